"""The history of a user's attempts, and feedback on them."""

from typing import Literal

import msgspec

from doorward.call import Call
from doorward.directory.queries import user_pools, users
from doorward.directory.user_pool import UserPool
from doorward.history import feedback_token
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent, EventFeedback
from doorward.history.on_the_wire import to_wire
from doorward.operations import pagination
from doorward.protection.learning import take_feedback
from doorward.signin.assessed import by_whom
from doorward.wire.contract import (
    AdminListUserAuthEventsRequest,
    AdminListUserAuthEventsResponse,
    AdminUpdateAuthEventFeedbackRequest,
    AdminUpdateAuthEventFeedbackResponse,
    UpdateAuthEventFeedbackRequest,
    UpdateAuthEventFeedbackResponse,
)
from doorward.wire.errors import (
    NotAuthorizedException,
    ResourceNotFoundException,
    UserPoolAddOnNotEnabledException,
)

MOST_AT_ONCE = 60


def admin_list_user_auth_events(
    call: Call, request: AdminListUserAuthEventsRequest
) -> AdminListUserAuthEventsResponse:
    """Return a user's events, the newest first.

    MaxResults of 0, or none, is the most there can be on a page. Raises UserNotFoundException,
    UserPoolAddOnNotEnabledException where advanced security is OFF, InvalidParameterException for a NextToken
    that is not of this list.
    """
    limit = request.max_results or MOST_AT_ONCE
    with call.reading() as tx:
        pool = _guarded_pool(user_pools.require(tx, request.user_pool_id))
        user = users.require(tx, pool, request.username)
        scope = (pool.id, user.sub)
        after = _read_position(pagination.position(call, scope, request.next_token))
        found = events.of_user(tx, pool.id, user.sub, limit + 1, after)
    page, next_token = pagination.page(call, scope, found, limit, _position)
    return AdminListUserAuthEventsResponse(
        auth_events=[to_wire(event, call.now) for event in page], next_token=next_token
    )


def admin_update_auth_event_feedback(
    call: Call, request: AdminUpdateAuthEventFeedbackRequest
) -> AdminUpdateAuthEventFeedbackResponse:
    """Say whether an attempt was the user's own; it acts on his very next one.

    Raises UserNotFoundException, ResourceNotFoundException for an unknown event,
    UserPoolAddOnNotEnabledException where advanced security is OFF.
    """
    with call.writing() as tx:
        pool = _guarded_pool(user_pools.require(tx, request.user_pool_id))
        user = users.require(tx, pool, request.username)
        event = events.find(tx, pool.id, request.event_id)
        if event is None or event.sub != user.sub:
            raise _no_such_event(request.event_id)
        feedback = _feedback(request.feedback_value, "Admin", call.now, by_whom(call))
        judged = take_feedback(tx, event, feedback, call.services.guard.model)
    call.services.guard.observe_feedback(judged)
    return AdminUpdateAuthEventFeedbackResponse()


def update_auth_event_feedback(
    call: Call, request: UpdateAuthEventFeedbackRequest
) -> UpdateAuthEventFeedbackResponse:
    """Say, as the user and by the token from a mail, whether an attempt was one's own. The token works once.

    Raises NotAuthorizedException for a token that is wrong, expired or used, and for an event or user that it
    does not belong to: who exists is not told without one. UserPoolAddOnNotEnabledException where advanced
    security is OFF.
    """
    refused = NotAuthorizedException("Invalid feedback token.")
    with call.writing() as tx:
        pool = _guarded_pool(user_pools.require(tx, request.user_pool_id))
        user = users.find(tx, pool, request.username)
        event = events.find(tx, pool.id, request.event_id)
        if user is None or event is None or event.sub != user.sub:
            raise refused
        keyring = call.services.keyring
        if not feedback_token.is_valid(keyring, event, request.feedback_token, call.now):
            raise refused
        if event.token_used:
            raise refused
        feedback = _feedback(request.feedback_value, "User", call.now)
        used = msgspec.structs.replace(event, token_used=True)
        judged = take_feedback(tx, used, feedback, call.services.guard.model)
    call.services.guard.observe_feedback(judged)
    return UpdateAuthEventFeedbackResponse()


def _guarded_pool(pool: UserPool) -> UserPool:
    if pool.advanced_security_mode == "OFF":
        raise UserPoolAddOnNotEnabledException("Advanced security is not enabled for the user pool.")
    return pool


def _feedback(
    value: Literal["Valid", "Invalid"], provider: str, now: float, by: str | None = None
) -> EventFeedback:
    return EventFeedback(value=value, provider=provider, at=now, by=by)


def _no_such_event(event_id: str) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"Auth event {event_id} does not exist.")


def _position(event: AuthEvent) -> str:
    return f"{event.created_at!r} {event.event_id}"


def _read_position(position: str | None) -> tuple[float, str] | None:
    if position is None:
        return None
    created_at, _, event_id = position.partition(" ")
    return float(created_at), event_id
