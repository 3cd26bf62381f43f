"""One step of the story: what was tried, how it ended, why, and whether that is what was promised."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from doorward.demo.front import Answer
from doorward.history.auth_event import AuthEvent

BLOCKED: Final = "Unable to login because of security reasons"
REVOKED: Final = "Refresh Token has been revoked"
WRONG: Final = "Incorrect username or password."

REASONS_SHOWN: Final = 3
ANY_LEVEL: Final = (None, "Low", "Medium", "High")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a step promises: the exception (None: it succeeds), its message, the levels that may come of it,
    and a signal that must have spoken. What is left out is not looked at; `recorded` is False where the
    operation is no attempt and leaves no event.
    """

    error: str | None = None
    message: str | None = None
    levels: Collection[str | None] = ANY_LEVEL
    signal: str | None = None
    recorded: bool = True


ALLOWED: Final = Expected(levels=(None, "Low"))
REFUSED_AS_WRONG: Final = Expected(error="NotAuthorizedException", message=WRONG)
BLOCKED_UNSEEN: Final = Expected(error="NotAuthorizedException", message=BLOCKED)
SESSION_ENDED: Final = Expected(error="NotAuthorizedException", message=REVOKED, levels=("High",))


def blocked_for(signal: str) -> Expected:
    """Return the promise of a block at High in which a signal had its part."""
    return Expected(error="NotAuthorizedException", message=BLOCKED, levels=("High",), signal=signal)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step as it is shown. `differences` is empty where it went as promised."""

    act: int
    tried: str
    where: str
    outcome: str
    error: str
    risk: str
    why: tuple[str, ...]
    differences: tuple[str, ...]


def step(
    act: int,
    tried: str,
    answer: Answer,
    event: AuthEvent | None,
    expected: Expected,
    why: tuple[str, ...] | None = None,
) -> Step:
    """Return the step that an answer and its stored event make; `why` replaces the event's own reasons."""
    return Step(
        act=act,
        tried=tried,
        where=_where(event) if event else "",
        outcome=_outcome(answer) if expected.recorded else "done",
        error=answer.error or "",
        risk=_risk(event) if event else "",
        why=why if why is not None else _why(event) if event else (),
        differences=tuple(_differences(answer, event, expected)),
    )


def _where(event: AuthEvent) -> str:
    context = event.context
    return f"{context.address or 'no address'}, {context.country or 'unknown'}; {context.device_name}"


def _outcome(answer: Answer) -> str:
    if answer.error is None:
        return "allowed"
    return "blocked" if answer.message in (BLOCKED, REVOKED) else "refused"


def _risk(event: AuthEvent) -> str:
    if event.risk.score is None:
        return ""
    return f"{event.risk.level or 'no risk'} ({event.risk.score:+.1f})"


def _why(event: AuthEvent) -> tuple[str, ...]:
    if event.risk.compromised:
        return (f"the password is known from breaches (corpus {event.risk.corpus_version})",)
    if event.risk.score is None:
        return (event.risk.because,) if event.risk.because else ()
    blocked = event.risk.response == "block"
    shown = [reason for reason in event.risk.reasons if reason.weight > 0 or not blocked][:REASONS_SHOWN]
    return tuple(f"{reason.weight:+.1f} {reason.sentence}" for reason in shown) or (event.risk.because,)


def _differences(answer: Answer, event: AuthEvent | None, expected: Expected) -> list[str]:
    found: list[str] = []
    if answer.error != expected.error:
        found.append(f"expected {expected.error or 'success'}, got {answer.error or 'success'}")
    if expected.message is not None and answer.message != expected.message:
        found.append(f"expected the message {expected.message!r}, got {answer.message!r}")
    if event is None:
        return [*found, "the attempt left no event"] if expected.recorded else found
    if event.risk.level not in expected.levels:
        levels = " or ".join(level or "no risk" for level in expected.levels)
        found.append(f"expected the level {levels}, got {_risk(event) or 'none'}")
    if expected.signal is not None and expected.signal not in {one.signal for one in event.risk.reasons}:
        found.append(f"expected the signal {expected.signal} among the reasons")
    return found
