"""An auth event as AdminListUserAuthEvents shows it: no reasons there, only what Cognito's shape has."""

from doorward.clock import Instant
from doorward.history.auth_event import AuthEvent
from doorward.wire.contract import (
    AuthEventType,
    ChallengeResponseType,
    EventContextDataType,
    EventFeedbackType,
    EventRiskType,
)


def to_wire(event: AuthEvent, now: Instant) -> AuthEventType:
    """Return an event in the API's shape. The level is left out where there is no risk.

    What is in progress though its time is over has failed, whether or not that has been written down yet.
    """
    overdue = event.open_until is not None and event.open_until <= now
    return AuthEventType(
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
    )
