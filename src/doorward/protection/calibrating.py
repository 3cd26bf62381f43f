"""A pool's own thresholds and concentrations: found from its history, kept, and used on every attempt."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.protection.pool_views import outcome_of
from doorward.risk.calibration import Budget, Calibration, calibrate
from doorward.risk.circumstance import Circumstance
from doorward.risk.fitting import fit, fitted_version, is_fitted
from doorward.risk.model import Model
from doorward.risk.past_attempt import PastAttempt
from doorward.risk.velocity import Outcome

_circumstance = msgspec.json.Decoder(Circumstance)


def past_attempts(tx: Connection, pool_id: str) -> Iterator[PastAttempt]:
    """Yield the attempts of a pool's history, the oldest first.

    A legitimate sign-in is one that succeeded fully and was not reported as somebody else's, or was confirmed as
    the user's own. What was reported, and what is not a sign-in, is left out; failures are there for velocity's
    sake.
    """
    for event in events.every_of_pool(tx, pool_id):
        judged = event.feedback.value if event.feedback else None
        if not event.is_sign_in or event.response == "InProgress" or judged == "Invalid":
            continue
        yield PastAttempt(
            user=event.sub or event.username,
            circumstance=_circumstance.decode(event.circumstance),
            earlier=event.risk.earlier_sign_ins,
            outcome=_outcome(event),
        )


def _outcome(event: AuthEvent) -> Outcome:
    """Return how an attempt ended. That a factor was asked for before it failed is no attempt of its own here."""
    if event.feedback is not None and event.feedback.value == "Valid":
        return Outcome.SUCCESS
    ended = outcome_of(event)
    return Outcome.FAILURE if ended is Outcome.CHALLENGE_FAILED else ended


def calibrate_pool(tx: Connection, pool_id: str, model: Model, budget: Budget, now: Instant) -> Calibration:
    """Return what a pool's history comes to under a budget; nothing is kept.

    Concentrations that were fitted to the pool stay as they are.
    """
    acting = kept(tx, pool_id, model)
    return _with_concentrations(tx, pool_id, _fitted(model, acting.alphas if acting else None), budget, now)


def fit_pool(tx: Connection, pool_id: str, model: Model, budget: Budget, now: Instant) -> Calibration:
    """Return the concentrations under which a pool's history is least surprising, and thresholds for them.

    Nothing is kept. Of too short a history the result's `source` is `shipped`, and it has no concentrations.
    """
    lessons = (
        (attempt.user, attempt.circumstance)
        for attempt in past_attempts(tx, pool_id)
        if attempt.outcome is Outcome.SUCCESS
    )
    return _with_concentrations(tx, pool_id, fit(lessons, model), budget, now)


def keep(tx: Connection, pool_id: str, calibration: Calibration) -> None:
    """Let a calibration act from the next attempt on; one without thresholds of its own takes the last away."""
    if calibration.source == "calibrated":
        queries.keep_calibration(tx, pool_id, msgspec.json.encode(calibration), calibration.at)
    else:
        queries.remove_calibration(tx, pool_id)


def kept(tx: Connection, pool_id: str, model: Model) -> Calibration | None:
    """Return the calibration that acts in a pool; None where the model's own thresholds do."""
    return _acting(queries.encoded_calibration(tx, pool_id), model.version)


def calibrated(tx: Connection, pool_id: str, model: Model) -> Model:
    """Return the model with the pool's own thresholds and concentrations where it has some."""
    acting = kept(tx, pool_id, model)
    return acting_model(model, acting)


def acting_model(model: Model, acting: Calibration | None) -> Model:
    """Return the model as a calibration has it act."""
    if acting is None:
        return model
    return msgspec.structs.replace(_fitted(model, acting.alphas), thresholds=acting.thresholds)


def _with_concentrations(
    tx: Connection, pool_id: str, model: Model, budget: Budget, now: Instant
) -> Calibration:
    found = calibrate(past_attempts(tx, pool_id), at=now, budget=budget, model=model)
    own = is_fitted(model.version) and found.source == "calibrated"
    return msgspec.structs.replace(found, alphas=model.alphas) if own else found


def _fitted(model: Model, alphas: tuple[float, ...] | None) -> Model:
    if alphas is None:
        return model
    return msgspec.structs.replace(model, version=fitted_version(model.version), alphas=alphas)


@lru_cache(maxsize=1024)
def _acting(encoded: bytes | None, version: str) -> Calibration | None:
    """The calibration, if it is of this model: the scores of another mean something else.

    The kept bytes are the key, so that what was calibrated anew is read anew.
    """
    if encoded is None:
        return None
    try:
        found = msgspec.json.decode(encoded, type=Calibration)
    except (msgspec.DecodeError, ValueError):
        return None
    if found.alphas is not None:
        version = fitted_version(version)
    return found if found.model_version == version else None
