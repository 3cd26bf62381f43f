"""ListUsers: a pool's users, searched and page by page."""

import base64
import binascii
from typing import Final

import msgspec

from doorward.call import Call
from doorward.directory import attributes
from doorward.directory.attributes import VERIFIED
from doorward.directory.queries import user_pools
from doorward.directory.queries.user_search import Position, page
from doorward.directory.user import User
from doorward.directory.user_filter import UserFilter, parse_filter
from doorward.directory.user_pool import UserPool
from doorward.operations.user_creation import to_wire
from doorward.wire.contract import ListUsersRequest, ListUsersResponse, UserType
from doorward.wire.errors import InvalidParameterException

LARGEST_PAGE: Final = 60


class _Continuation(msgspec.Struct, frozen=True, array_like=True):
    """What a pagination token says: how the search went on, and which search it was."""

    wanted: UserFilter | None
    position: Position


_continuation = msgspec.json.Decoder(_Continuation)


def list_users(call: Call, request: ListUsersRequest) -> ListUsersResponse:
    """Return a page of a pool's users, in the order of the attribute searched for.

    Without a filter the oldest user comes first. Limit 0 is no limit but the largest page's 60. A token goes
    with the filter that it was given for.

    Raises ResourceNotFoundException for an unknown pool; InvalidParameterException where the filter or the
    token does not parse, or an attribute is asked for that the pool does not have.
    """
    wanted = parse_filter(request.filter or "")
    after = _position(request.pagination_token, wanted)
    limit = request.limit or LARGEST_PAGE
    with call.reading() as tx:
        pool = user_pools.require(tx, request.user_pool_id)
        _check_names(pool, request.attributes_to_get or [])
        found = page(tx, pool, wanted, limit + 1, after)
    shown = found[:limit]
    return ListUsersResponse(
        users=[_only(request.attributes_to_get, user) for _, user in shown],
        pagination_token=_token(wanted, shown[-1][0]) if len(found) > limit else None,
    )


def _check_names(pool: UserPool, names: list[str]) -> None:
    if not all(name in pool.schema or name in VERIFIED or name == "sub" for name in names):
        raise InvalidParameterException("One or more requested attributes do not exist.")


def _only(names: list[str] | None, user: User) -> UserType:
    if not names:
        return to_wire(user)
    asked = {name: value for name, value in user.attributes.items() if name in names}
    return msgspec.structs.replace(to_wire(user), attributes=attributes.to_wire(asked))


def _token(wanted: UserFilter | None, position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Continuation(wanted, position))).decode()


def _position(token: str | None, wanted: UserFilter | None) -> Position | None:
    if token is None:
        return None
    try:
        continuation = _continuation.decode(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise InvalidParameterException("Invalid pagination token.") from None
    if continuation.wanted != wanted:
        raise InvalidParameterException("The pagination token belongs to another filter.")
    return continuation.position
