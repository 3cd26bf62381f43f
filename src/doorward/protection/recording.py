"""Writing an attempt down: the auth event, with everything that explains it."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import NOT_ASKED, CompromisedCheck
from doorward.clock import new_uuid
from doorward.history import queries as events
from doorward.history.auth_event import (
    AuthEvent,
    ChallengeResponse,
    EventContext,
    EventReason,
    EventResponse,
    EventRisk,
    RiskLevel,
)
from doorward.protection.screening import RefreshVerdict, Screening, Verdict, Waiting
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
    verdict: Verdict | RefreshVerdict | None,
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
        refresh_of=attempt.refresh_of,
        by=attempt.by,
    )


def with_answers(
    event: AuthEvent, response: EventResponse, answered: Sequence[ChallengeResponse]
) -> AuthEvent:
    """Return an event with how challenges were answered since: each stands there once, as it was answered last."""
    by_name = {one.challenge_name: one for one in (*event.challenges, *answered)}
    return msgspec.structs.replace(event, response=response, challenges=list(by_name.values()))


def with_verdict(event: AuthEvent, screening: Screening, verdict: Verdict) -> AuthEvent:
    """Return an event with what was thought of the attempt later; what the corpus said stays."""
    risk = msgspec.structs.replace(
        _risk(screening, verdict, NOT_ASKED),
        compromised=event.risk.compromised,
        corpus_version=event.risk.corpus_version,
    )
    circumstance = msgspec.Raw(msgspec.json.encode(screening.surroundings.circumstance))
    return msgspec.structs.replace(event, risk=risk, circumstance=circumstance)


def with_password_check(event: AuthEvent, compromised: CompromisedCheck) -> AuthEvent:
    """Return an event with what the corpus said of one more password.

    What was found stays found; where one of the passwords could not be checked, the event does not say that
    nothing was found.
    """
    if compromised.outcome == "not-asked":
        return event
    because = event.risk.because
    if compromised.because not in because:
        because = _joined(because, compromised.because)
    risk = msgspec.structs.replace(event.risk, because=because)
    if compromised.outcome == "checked":
        risk = msgspec.structs.replace(
            risk,
            compromised=bool(event.risk.compromised) or compromised.found,
            seen=max(event.risk.seen, compromised.seen),
            corpus_version=compromised.corpus_version,
        )
    elif not risk.compromised:
        risk = msgspec.structs.replace(risk, compromised=None, corpus_version=None)
    return msgspec.structs.replace(event, risk=risk)


def with_note(event: AuthEvent, note: str) -> AuthEvent:
    """Return an event that also tells what came of the attempt beside its answer."""
    if not note:
        return event
    return msgspec.structs.replace(
        event, risk=msgspec.structs.replace(event.risk, because=_joined(event.risk.because, note))
    )


def with_wait(tx: Connection, event: AuthEvent, waiting: Waiting) -> AuthEvent:
    """Return an event in progress with what it waits for; the first prompt for a second factor has a number."""
    prompted = event.prompted
    if waiting.prompted and prompted is None:
        prompted = events.next_number(tx, event.pool_id)
    return msgspec.structs.replace(event, open_until=waiting.until, prompted=prompted)


def with_end(tx: Connection, event: AuthEvent) -> AuthEvent:
    """Return an event that has come to its end, with its number in the pool."""
    return msgspec.structs.replace(event, concluded=events.next_number(tx, event.pool_id), open_until=None)


def _risk(
    screening: Screening, verdict: Verdict | RefreshVerdict | None, compromised: CompromisedCheck
) -> EventRisk:
    found = compromised.found if compromised.outcome == "checked" else None
    if verdict is None:
        return EventRisk(
            mode=screening.mode.value,
            decision="NoRisk",
            compromised=found,
            seen=compromised.seen,
            corpus_version=compromised.corpus_version,
            because=compromised.because,
        )
    assessment, decision = verdict.assessment, verdict.decision
    return EventRisk(
        mode=screening.mode.value,
        decision=decision.risk_decision.value,
        level=_LEVELS[assessment.level] if assessment else None,
        score=assessment.score if assessment else None,
        response=decision.response.value,
        would_have=decision.would_have.value,
        because=_joined(decision.because, compromised.because),
        model_version=assessment.model_version if assessment else None,
        compromised=found,
        seen=compromised.seen,
        corpus_version=compromised.corpus_version,
        earlier_sign_ins=verdict.earlier_sign_ins,
        afar=verdict.afar,
        reasons=[
            EventReason(reason.signal, reason.value, reason.weight, reason.sentence)
            for reason in (assessment.reasons if assessment else ())
        ],
    )


def _joined(*sentences: str) -> str:
    return "; ".join(filter(None, sentences))
