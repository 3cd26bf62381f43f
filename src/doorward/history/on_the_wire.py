"""An auth event as AdminListUserAuthEvents shows it: no reasons there, and little more than Cognito's shape has.

The types of events are an enumeration of the model's, which knows no refresh and no help by an administrator. They
bear the nearest type, and members of Doorward's own, which the SDKs pass over, tell what they are.
"""

from doorward.clock import Instant
from doorward.history.auth_event import AuthEvent
from doorward.wire.contract import (
    AuthEventType,
    ChallengeResponseType,
    EventContextDataType,
    EventFeedbackType,
    EventRiskType,
)


class AuthEventShown(AuthEventType, frozen=True, kw_only=True):
    """The API's shape. `doorward_refresh_of` is of a refresh: the event of the sign-in that began the session.

    `doorward_operation` is told where somebody acted in the user's stead, and `doorward_by` who.
    """

    doorward_refresh_of: str | None = None
    doorward_operation: str | None = None
    doorward_by: str | None = None


def to_wire(event: AuthEvent, now: Instant) -> AuthEventShown:
    """Return an event in the API's shape. The level is left out where there is no risk.

    What is in progress though its time is over has failed, whether or not that has been written down yet.
    """
    overdue = event.open_until is not None and event.open_until <= now
    return AuthEventShown(
        event_id=event.event_id,
        event_type=event.event_type,
        creation_date=event.created_at,
        event_response="Fail" if overdue else event.response,
        event_risk=EventRiskType(
            risk_decision=event.risk.decision,
            risk_level=event.risk.level,
            compromised_credentials_detected=event.risk.compromised,
        ),
        challenge_responses=[
            ChallengeResponseType(
                challenge_name=challenge.challenge_name, challenge_response=challenge.challenge_response
            )
            for challenge in event.challenges
        ],
        event_context_data=EventContextDataType(
            ip_address=event.context.address,
            device_name=event.context.device_name,
            timezone=event.context.timezone,
            city=event.context.city,
            country=event.context.country,
        ),
        event_feedback=EventFeedbackType(
            feedback_value=event.feedback.value,
            provider=event.feedback.provider,
            feedback_date=event.feedback.at,
        )
        if event.feedback
        else None,
        doorward_refresh_of=event.refresh_of,
        doorward_operation=event.operation if event.by is not None else None,
        doorward_by=event.by,
    )
