"""Writing an attempt down: the auth event, with everything that explains it."""

from collections.abc import Mapping

import msgspec

from doorward.breach.check import CompromisedCheck
from doorward.clock import new_uuid
from doorward.history.auth_event import (
    AuthEvent,
    ChallengeResponse,
    EventContext,
    EventReason,
    EventResponse,
    EventRisk,
    RiskLevel,
)
from doorward.protection.screening import Screening, Verdict
from doorward.risk.levels import Level

_LEVELS: Mapping[Level, RiskLevel | None] = {
    Level.NONE: None,
    Level.LOW: "Low",
    Level.MEDIUM: "Medium",
    Level.HIGH: "High",
}

LONGEST_USER_AGENT = 1024
"""Characters of a user agent that an event keeps."""


def new_event(
    screening: Screening,
    response: EventResponse,
    challenges: list[ChallengeResponse],
    verdict: Verdict | None,
    compromised: CompromisedCheck,
) -> AuthEvent:
    """Return the event of an attempt. No secret of the attempt is in it."""
    attempt = screening.attempt
    context = attempt.context
    place = screening.surroundings.place
    return AuthEvent(
        event_id=new_uuid(),
        pool_id=attempt.pool.id,
        client_id=attempt.client_id,
        sub=attempt.user.sub if attempt.user else None,
        username=attempt.username,
        event_type=attempt.event_type,
        operation=attempt.operation,
        request_id=attempt.request_id,
        created_at=attempt.now,
        response=response,
        challenges=challenges,
        risk=_risk(screening, verdict, compromised),
        context=EventContext(
            address=context.address,
            address_source=context.address_source,
            device_name=screening.surroundings.agent.device_name,
            user_agent=context.user_agent[:LONGEST_USER_AGENT] if context.user_agent else None,
            timezone=context.device.timezone,
            city=place.city,
            country=place.country_name or place.country,
            context_signature=context.device.signature,
            context_problem=context.device.problem,
        ),
        circumstance=msgspec.Raw(msgspec.json.encode(screening.surroundings.circumstance)),
    )


def with_password_check(event: AuthEvent, compromised: CompromisedCheck) -> AuthEvent:
    """Return an event with what the corpus said of one more password; what was found stays found."""
    if compromised.outcome != "checked":
        return event
    risk = msgspec.structs.replace(
        event.risk,
        compromised=bool(event.risk.compromised) or compromised.found,
        corpus_version=compromised.corpus_version,
    )
    return msgspec.structs.replace(event, risk=risk)


def _risk(screening: Screening, verdict: Verdict | None, compromised: CompromisedCheck) -> EventRisk:
    found = compromised.found if compromised.outcome == "checked" else None
    if verdict is None:
        return EventRisk(
            mode=screening.mode.value,
            decision="NoRisk",
            compromised=found,
            corpus_version=compromised.corpus_version,
            because=compromised.reason or "",
        )
    assessment, decision = verdict.assessment, verdict.decision
    return EventRisk(
        mode=screening.mode.value,
        decision=decision.risk_decision.value,
        level=_LEVELS[assessment.level] if assessment else None,
        score=assessment.score if assessment else None,
        response=decision.response.value,
        would_have=decision.would_have.value,
        because="; ".join(filter(None, (decision.because, compromised.reason))),
        model_version=assessment.model_version if assessment else None,
        compromised=found,
        corpus_version=compromised.corpus_version,
        earlier_sign_ins=verdict.earlier_sign_ins,
        afar=verdict.afar,
        reasons=[
            EventReason(reason.signal, reason.value, reason.weight, reason.sentence)
            for reason in (assessment.reasons if assessment else ())
        ],
    )
