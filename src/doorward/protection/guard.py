"""Protection: what stands between "the credentials are right" and "here are the tokens".

`screen` looks at the address, `assess` scores the attempt and decides, `record` writes the event down and learns
from a full success, `go_on` carries one on that waits, `observe` counts it after the commit. Mode OFF does none of it.
Beside it the breach corpus is asked (`known_passwords`) and feedback taken (`learning`).
"""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import Connection

from doorward.breach.check import NOT_ASKED, CompromisedCheck
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent, ChallengeResponse, EventResponse
from doorward.metrics.counts import Counts
from doorward.network.locator import Locator
from doorward.protection import configuration
from doorward.protection.account_facts import account_facts
from doorward.protection.attempt import Attempt, surroundings
from doorward.protection.calibrating import calibrated
from doorward.protection.learning import learn_from
from doorward.protection.pool_views import PoolViews
from doorward.protection.profiles import read_profile
from doorward.protection.recording import (
    new_event,
    with_answers,
    with_end,
    with_note,
    with_password_check,
    with_verdict,
    with_wait,
)
from doorward.protection.screening import (
    NO_FACTORS,
    HeldFactors,
    RefreshVerdict,
    Screening,
    Verdict,
    Waiting,
)
from doorward.protection.unblocking import is_let_in
from doorward.risk.circumstance import Circumstance
from doorward.risk.levels import Level
from doorward.risk.model import Model
from doorward.risk.policy import (
    Decision,
    IpException,
    Mode,
    Policy,
    Response,
    SetupAtRisk,
    UserFacts,
    decide,
)
from doorward.risk.profile import Profile
from doorward.risk.refresh_policy import BLOCKED_ADDRESS, as_acted, decide_refresh
from doorward.risk.scene import AccountFacts
from doorward.risk.score import Assessment, score
from doorward.risk.session import is_elsewhere, is_familiar
from doorward.risk.velocity import is_afar

_circumstance = msgspec.json.Decoder(Circumstance)


class Guard:
    """The engine and the pools' views, put together."""

    def __init__(
        self,
        *,
        locator: Locator,
        model: Model,
        setup: SetupAtRisk,
        counts: Counts,
    ) -> None:
        self._locator = locator
        self.model = model
        self._setup = setup
        self._counts = counts
        self.views = PoolViews()

    def screen(self, tx: Connection, attempt: Attempt) -> Screening:
        """Find the configuration that acts on an attempt and what the always-lists say of its address."""
        mode = Mode(attempt.mode)
        configured = configuration.effective(tx, attempt.pool.id, attempt.client_id)
        if mode is not Mode.OFF:
            # Built here, where the transaction only reads: replaying a long history must not hold the writer.
            self.views.of(tx, attempt.pool.id, attempt.now)
        return Screening(
            attempt=attempt,
            mode=mode,
            configured=configured,
            surroundings=surroundings(attempt.context, attempt.now, self._locator),
            exception=IpException.NONE if mode is Mode.OFF else configured.exception(attempt.context.address),
        )

    def assess(self, tx: Connection, screening: Screening, held: HeldFactors = NO_FACTORS) -> Verdict:
        """Score an attempt whose credentials are right, and decide what is done about it.

        `held` are the user's second factors, as sign-in knows them.
        """
        if screening.mode is Mode.OFF:
            return Verdict(assessment=None, decision=self._decide(screening, Level.NONE, held))
        user = screening.attempt.user
        profile = read_profile(tx, user.pool_id, user.sub) if user else Profile()
        assessment = self._score(tx, screening, profile, account_facts(user, profile, screening.attempt.now))
        decision = self._decide(screening, assessment.level, held)
        let_in = decision.would_have is Response.BLOCK and is_let_in(tx, screening)
        if let_in:
            decision = self._decide(screening, assessment.level, held, let_in=True)
        return Verdict(
            assessment=assessment,
            decision=decision,
            earlier_sign_ins=profile.successes,
            afar=is_afar(profile, screening.surroundings.circumstance),
            let_in=let_in,
        )

    def assess_refresh(
        self, tx: Connection, screening: Screening, held: HeldFactors
    ) -> RefreshVerdict | None:
        """Score the refresh of a session that has moved since its sign-in, and decide what is done about it.

        None for the ordinary refresh, which is not scored: from the client or the network that the sign-in came from,
        or one that the user is known by; from an address that is always allowed; of a sign-in that was not recorded.
        """
        attempt, present = screening.attempt, screening.surroundings.circumstance
        if screening.mode is Mode.OFF or attempt.user is None:
            return None
        if screening.exception is IpException.BLOCK:
            return RefreshVerdict(assessment=None, decision=as_acted(BLOCKED_ADDRESS, screening.mode))
        if screening.exception is IpException.ALLOW or not attempt.refresh_of:
            return None
        began = events.find(tx, attempt.pool.id, attempt.refresh_of)
        if began is None or not is_elsewhere(_circumstance.decode(began.circumstance), present):
            return None
        user = attempt.user
        profile = read_profile(tx, user.pool_id, user.sub)
        if is_familiar(profile, present):
            return None
        assessment = self._score(tx, screening, profile, account_facts(user, profile, attempt.now))
        return RefreshVerdict(
            assessment=assessment,
            decision=decide_refresh(
                self._policy(screening), assessment.level, second_factor_active=held.active
            ),
            earlier_sign_ins=profile.successes,
            afar=is_afar(profile, present),
        )

    def with_remembered_device(self, tx: Connection, screening: Screening, event_id: str | None) -> Screening:
        """Return a sign-in's screening where it comes from a remembered device that has proven its secret.

        The circumstance is the one that the event was begun in; that of the present request without an event.
        """
        event = events.find(tx, screening.attempt.pool.id, event_id) if event_id else None
        present = screening.surroundings.circumstance
        began = _circumstance.decode(event.circumstance) if event else present
        proven = msgspec.structs.replace(began, remembered_device=True)
        return replace(screening, surroundings=replace(screening.surroundings, circumstance=proven))

    def level_of_stranger(self, tx: Connection, screening: Screening) -> Level:
        """Return the level that the attempt would have for a name that leads to nobody.

        It follows from where and how often it is tried alone: what depends on it tells nothing of a user.
        """
        return self._score(tx, screening, Profile(), AccountFacts()).level

    def block(self, screening: Screening) -> Verdict:
        """Return the verdict on an always-blocked address, which is not scored."""
        return Verdict(assessment=None, decision=self._decide(screening, Level.NONE, NO_FACTORS))

    def record(
        self,
        tx: Connection,
        screening: Screening,
        *,
        response: EventResponse,
        challenges: list[ChallengeResponse],
        verdict: Verdict | RefreshVerdict | None = None,
        compromised: CompromisedCheck = NOT_ASKED,
        waiting: Waiting | None = None,
        note: str = "",
    ) -> AuthEvent | None:
        """Write the event down, and let a sign-in that has fully succeeded become part of what is normal.

        `waiting` is for what is in progress, `note` what came of the attempt beside its answer. Returns None in mode
        OFF, where nothing is recorded.
        """
        if screening.mode is Mode.OFF:
            return None
        event = with_note(new_event(screening, response, challenges, verdict, compromised), note)
        event = self._written(tx, event, waiting, learns=event.is_sign_in)
        events.add(tx, event)
        return event

    def go_on(
        self,
        tx: Connection,
        pool_id: str,
        event_id: str,
        response: EventResponse,
        *,
        answered: Sequence[ChallengeResponse] = (),
        compromised: CompromisedCheck = NOT_ASKED,
        waiting: Waiting | None = None,
        judged_anew: tuple[Screening, Verdict] | None = None,
        note: str = "",
    ) -> AuthEvent | None:
        """Carry an event that is in progress on, or bring it to its end; a full success teaches.

        `answered` is how challenges have been answered since; the last word on each counts. `compromised` is
        what was found of a password that was chosen on the way, `judged_anew` what the attempt came to once
        its device had proven itself, `note` what came of it beside its answer. A sign-in that was reported as not
        the user's own while it was in progress teaches nothing.
        """
        event = events.find(tx, pool_id, event_id)
        if event is None or event.response != "InProgress":
            return None
        if judged_anew is not None:
            event = with_verdict(event, *judged_anew)
        event = with_note(with_password_check(with_answers(event, response, answered), compromised), note)
        event = self._written(tx, event, waiting, learns=not event.is_reported)
        events.change(tx, event)
        return event

    def observe(self, event: AuthEvent) -> None:
        """Count an event, and in its pool's view, once it is committed."""
        self._counts.attempt(event)
        view = self.views.known(event.pool_id)
        if view is not None:
            view.observe(event)

    def observe_feedback(self, event: AuthEvent) -> None:
        """Count feedback in the pool's view, once it is committed."""
        view = self.views.known(event.pool_id)
        if view is not None:
            view.observe_feedback(event)

    def _score(
        self, tx: Connection, screening: Screening, profile: Profile, account: AccountFacts
    ) -> Assessment:
        attempt, circumstance = screening.attempt, screening.surroundings.circumstance
        view = self.views.of(tx, attempt.pool.id, attempt.now)
        subject = attempt.user.sub if attempt.user else attempt.username
        with view.lock:
            return score(
                circumstance,
                profile,
                view.population,
                view.velocity.view(circumstance, subject, attempt.now),
                account,
                calibrated(tx, attempt.pool.id, self.model),
            )

    def _decide(
        self, screening: Screening, level: Level, held: HeldFactors, *, let_in: bool = False
    ) -> Decision:
        facts = UserFacts(
            second_factor_active=held.active,
            can_set_up_factor=held.can_set_up,
            mfa_on=held.always_asked,
            device_replaces_mfa=held.device_stands,
            passkey_replaces_mfa=held.passkey_stands,
            let_in=let_in,
        )
        return decide(self._policy(screening), level, facts, screening.exception)

    def _policy(self, screening: Screening) -> Policy:
        return Policy(mode=screening.mode, actions=screening.configured.actions, setup=self._setup)

    def _written(
        self, tx: Connection, event: AuthEvent, waiting: Waiting | None, *, learns: bool
    ) -> AuthEvent:
        """Return an event as it is kept: numbered, with its lesson learned or its end in sight."""
        if event.response == "InProgress":
            return event if waiting is None else with_wait(tx, event, waiting)
        if event.response == "Pass" and learns:
            event = learn_from(tx, event, self.model)
        return with_end(tx, event)
