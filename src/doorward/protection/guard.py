"""Protection: what stands between "the credentials are right" and "here are the tokens".

`screen` looks at the address, `assess` at the risk, `record` writes the event down, `learn` makes a full
success part of what is normal, `observe` counts it after the commit. Mode OFF does none of it.
"""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import CompromisedCheck, EventKind, WhenUnreadable
from doorward.breach.check import check as check_password
from doorward.breach.corpus import Corpus
from doorward.clock import Instant, new_uuid
from doorward.history import queries as events
from doorward.history.auth_event import (
    AuthEvent,
    ChallengeResponse,
    EventContext,
    EventFeedback,
    EventReason,
    EventResponse,
    EventRisk,
)
from doorward.network.locator import Locator
from doorward.protection import configuration, queries
from doorward.protection.attempt import Attempt, Surroundings, surroundings
from doorward.protection.pool_views import HISTORY_EVENTS, HISTORY_SECONDS, PoolView, PoolViews
from doorward.risk import policy, profile
from doorward.risk.account import AccountFacts
from doorward.risk.circumstance import Circumstance
from doorward.risk.model import Model
from doorward.risk.policy import Decision
from doorward.risk.profile import Profile
from doorward.risk.score import Assessment, score

_circumstance = msgspec.json.Decoder(Circumstance)


@dataclass(frozen=True, kw_only=True)
class Screening:
    """An attempt with the configuration that acts on it and what the always-lists say of its address."""

    attempt: Attempt
    mode: policy.Mode
    configured: configuration.ProtectionConfiguration
    surroundings: Surroundings
    exception: policy.IpException

    @property
    def blocked(self) -> bool:
        """Whether the address is refused whatever else is true."""
        return self.mode == "ENFORCED" and self.exception == "block"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the engine thinks of an attempt and what the policy makes of it."""

    assessment: Assessment | None
    decision: Decision


class Guard:
    """The engine, the corpus and the pools' views, put together."""

    def __init__(
        self,
        *,
        locator: Locator,
        corpus: Corpus,
        model: Model,
        when_unreadable: WhenUnreadable,
        set_up_at_high: bool,
    ) -> None:
        self._locator = locator
        self._corpus = corpus
        self._model = model
        self._when_unreadable = when_unreadable
        self._set_up_at_high = set_up_at_high
        self.views = PoolViews()

    def screen(self, tx: Connection, attempt: Attempt) -> Screening:
        """Find the configuration that acts on an attempt, and what the always-lists say of its address."""
        configured = configuration.effective(tx, attempt.pool.id, attempt.client_id)
        around = surroundings(attempt, self._locator)
        mode = policy.Mode(attempt.pool.advanced_security_mode)
        exception = configured.exception(attempt.context.address) if mode != policy.Mode.OFF else None
        return Screening(
            attempt=attempt, mode=mode, configured=configured, surroundings=around, exception=exception
        )
