"""ListUsers: a pool's users, searched and page by page."""

from typing import Final

import msgspec

from doorward.call import Call
from doorward.directory import attributes
from doorward.directory.attributes import VERIFIED
from doorward.directory.queries import user_pools
from doorward.directory.queries.user_search import Position, page
from doorward.directory.user import User
from doorward.directory.user_filter import parse_filter
from doorward.directory.user_pool import UserPool
from doorward.operations import pagination
from doorward.operations.user_creation import to_wire
from doorward.wire.contract import ListUsersRequest, ListUsersResponse, UserType
from doorward.wire.errors import InvalidParameterException

LARGEST_PAGE: Final = 60

_position = msgspec.json.Decoder(Position)


def list_users(call: Call, request: ListUsersRequest) -> ListUsersResponse:
    """Return a page of a pool's users, in the order of the attribute searched for.

    Without a filter the oldest user comes first. Limit 0 is no limit but the largest page's 60. A token goes
    with the filter that it was given for.

    Raises ResourceNotFoundException for an unknown pool; InvalidParameterException where the filter or the
    token does not parse, or an attribute is asked for that the pool does not have.
    """
    wanted = parse_filter(request.filter or "")
    scope = (request.user_pool_id, request.filter or "")
    token = pagination.position(call, scope, request.pagination_token, member="PaginationToken")
    after = _position.decode(token) if token is not None else None
    limit = request.limit or LARGEST_PAGE
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        _check_names(pool, request.attributes_to_get or [])
        found = page(tx, pool, wanted, limit + 1, after)
    shown, following = pagination.page(call, scope, found, limit, _key)
    return ListUsersResponse(
        users=[_only(request.attributes_to_get, user) for _, user in shown],
        pagination_token=following,
    )


def _key(found: tuple[Position, User]) -> str:
    return msgspec.json.encode(found[0]).decode()


def _check_names(pool: UserPool, names: list[str]) -> None:
    if not all(name in pool.schema or name in VERIFIED or name == "sub" for name in names):
        raise InvalidParameterException("One or more requested attributes do not exist.")


def _only(names: list[str] | None, user: User) -> UserType:
    if not names:
        return to_wire(user)
    asked = {name: value for name, value in user.attributes.items() if name in names}
    return msgspec.structs.replace(to_wire(user), attributes=attributes.to_wire(asked))
