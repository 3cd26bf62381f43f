"""The operations on tags. A user pool is all that can be tagged."""

import msgspec
from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory import tags
from doorward.directory.queries import user_pools
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from doorward.wire.errors import InvalidParameterException, ResourceNotFoundException


def tag_resource(call: Call, request: TagResourceRequest) -> TagResourceResponse:
    """Give a pool tags, beside those it has and in place of those of the same name.

    Raises ResourceNotFoundException for an ARN that is no pool's, InvalidParameterException for tags that a
    pool cannot have.
    """
    with call.writing() as tx:
        pool = _pool(tx, request.resource_arn)
        all_tags = pool.tags | request.tags
        if sentence := tags.violation(all_tags):
            raise InvalidParameterException(sentence)
        user_pools.change(tx, msgspec.structs.replace(pool, tags=all_tags))
    return TagResourceResponse()


def untag_resource(call: Call, request: UntagResourceRequest) -> UntagResourceResponse:
    """Take tags away from a pool; it need not have them.

    Raises ResourceNotFoundException for an ARN that is no pool's.
    """
    with call.writing() as tx:
        pool = _pool(tx, request.resource_arn)
        kept = {key: value for key, value in pool.tags.items() if key not in request.tag_keys}
        user_pools.change(tx, msgspec.structs.replace(pool, tags=kept))
    return UntagResourceResponse()


def list_tags_for_resource(call: Call, request: ListTagsForResourceRequest) -> ListTagsForResourceResponse:
    """Return a pool's tags. Raises ResourceNotFoundException for an ARN that is no pool's."""
    with call.reading() as tx:
        return ListTagsForResourceResponse(tags=_pool(tx, request.resource_arn).tags)


def _pool(tx: Connection, arn: str) -> UserPool:
    pool = user_pools.find(tx, arn.rpartition("/")[2])
    if pool is None or pool.arn != arn:
        raise ResourceNotFoundException(f"Resource {arn[:256]} does not exist.")
    return pool
