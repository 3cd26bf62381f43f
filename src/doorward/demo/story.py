"""What happens after two quiet weeks: seven acts over the wire, each step with what it promises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from doorward.call import Services
from doorward.demo.chance import base36
from doorward.demo.front import Answer, Front, Operator
from doorward.demo.origin import Origin, linux_computer
from doorward.demo.people import Person
from doorward.demo.setting_up import BREACHED_PASSWORD, DemoPool
from doorward.demo.step import (
    ALLOWED,
    BLOCKED_UNSEEN,
    REFUSED_AS_WRONG,
    SESSION_ENDED,
    Expected,
    Step,
    blocked_for,
    step,
)
from doorward.demo.traffic import usual_origin
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.messages import outbox

NAMES_TRIED: Final = 30
RIGHT_AT: Final = (16, 23, 30)
"""Which of the names in the burst the attacker has the right password of."""
UNKNOWN_AT: Final = (2, 7, 11, 18, 26)
"""Which of them nobody in the pool has."""

_RECENT_SECONDS = 300.0
_RECENT_EVENTS = 500


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who plays: the heroine, whose password is known to somebody; the user with the breached password, whose
    stored one is `BREACHED_PASSWORD`; everybody else.
    """

    heroine: Person
    breached: Person
    others: tuple[Person, ...]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the acts are played on."""

    services: Services
    pool: DemoPool
    front: Front
    operator: Operator
    cast: Cast

    def event_of(self, answer: Answer) -> AuthEvent | None:
        """Return the stored event of an attempt, with its reasons."""
        since = self.services.clock.now() - _RECENT_SECONDS
        with self.services.store.reading() as tx:
            recent = events.of_pool_since(tx, self.pool.id, since, _RECENT_EVENTS)
            return next((event for event in recent if event.request_id == answer.request_id), None)

    def step(
        self, act: int, tried: str, answer: Answer, expected: Expected, why: tuple[str, ...] | None = None
    ) -> Step:
        """Compare what came back, and the event that was stored, with what was promised."""
        return step(act, tried, answer, self.event_of(answer), expected, why)

    def code_sent_to(self, person: Person) -> str:
        """Return the code of the latest message to a person, as `doorward messages` shows it."""
        with self.services.store.reading() as tx:
            held = outbox.held(tx, self.services.keyring, self.pool.id)
        codes = [one.message.code for one in held if one.message and one.message.username == person.username]
        return codes[-1] if codes else ""


Act = Callable[[Stage], Iterator[Step]]


def from_abroad(person: Person) -> Origin:
    """Return a country and a device that are both new to a person who lives in the United Kingdom."""
    return Origin("177.32.4.5", linux_computer(person.username, "abroad"), "pt-BR", "-03:00")


def a_usual_sign_in(stage: Stage) -> Iterator[Step]:
    """The heroine signs in at home."""
    she = stage.cast.heroine
    answer = stage.front.sign_in(she.username, she.password, usual_origin(she))
    yield stage.step(1, f"{she.username} signs in at home", answer, ALLOWED)


def from_a_new_country(stage: Stage) -> Iterator[Step]:
    """Somebody has her password, and neither her network nor her device."""
    she = stage.cast.heroine
    answer = stage.front.sign_in(she.username, she.password, from_abroad(she))
    tried = f"{she.username}, right password, new country and device"
    yield stage.step(2, tried, answer, blocked_for("nothing_familiar"))


def a_stuffing_burst(stage: Stage) -> Iterator[Step]:
    """Thirty names with leaked passwords from one address, which is in the users' own country."""
    origin = Origin("185.17.148.9", linux_computer("stuffing"), "en-GB", "00:00")
    # The first are the heroine's compatriots, so that the country alone does not give the attacker away.
    right, wrong = iter(stage.cast.others[: len(RIGHT_AT)]), iter(stage.cast.others[len(RIGHT_AT) :])
    hit: list[Step] = []
    missed: list[Step] = []
    for turn in range(1, NAMES_TRIED + 1):
        if turn in RIGHT_AT:
            person = next(right)
            answer = stage.front.sign_in(person.username, person.password, origin)
            tried = f"{person.username}, right password, name {turn} of the {NAMES_TRIED}"
            hit.append(stage.step(3, tried, answer, blocked_for("stuffing")))
            continue
        name = base36(7, "unknown", turn) if turn in UNKNOWN_AT else next(wrong).username
        answer = stage.front.sign_in(name, f"leaked-{base36(6, 'leaked', turn)}-1", origin)
        tried = f"{NAMES_TRIED - len(RIGHT_AT)} of {NAMES_TRIED} names tried from one address"
        missed.append(stage.step(3, tried, answer, REFUSED_AS_WRONG, ("wrong password or unknown name",)))
    yield _together(missed)
    yield from hit


def from_an_always_blocked_range(stage: Stage) -> Iterator[Step]:
    """An address on the pool's always-block list: the password makes no difference."""
    person = stage.cast.others[-1]
    origin = Origin("185.220.101.5", person.computer, person.country.language, person.country.timezone)
    for password, which in ((person.password, "right"), ("some-other-1", "wrong")):
        answer = stage.front.sign_in(person.username, password, origin)
        tried = f"{person.username}, {which} password, always-blocked range"
        yield stage.step(4, tried, answer, BLOCKED_UNSEEN)


def breached_passwords(stage: Stage) -> Iterator[Step]:
    """A password that is in the lists of breaches, at sign-up and at sign-in, and the way out."""
    front, he = stage.front, stage.cast.breached
    home = usual_origin(he)
    answer = front.sign_up("newcomer", "qwerty123", home)
    refused = Expected(error="InvalidPasswordException")
    yield stage.step(5, "newcomer signs up with the password qwerty123", answer, refused)

    answer = front.sign_in(he.username, BREACHED_PASSWORD, home)
    reset = Expected(error="PasswordResetRequiredException")
    yield stage.step(5, f"{he.username} signs in with {BREACHED_PASSWORD}, set long ago", answer, reset)

    answer = front.forgot_password(he.username, home)
    sent = (f"a code was sent to {he.username}@example.com (doorward messages)",)
    yield stage.step(5, f"{he.username} asks for a code (ForgotPassword)", answer, Expected(), sent)

    code = stage.code_sent_to(he)
    answer = front.confirm_forgot_password(he.username, code, he.password, home)
    chosen = ("the code was right, the new password is in no list",)
    tried = f"{he.username} chooses another password (ConfirmForgotPassword)"
    yield stage.step(5, tried, answer, Expected(), chosen)

    answer = front.sign_in(he.username, he.password, home)
    yield stage.step(5, f"{he.username} signs in with the new password", answer, ALLOWED)


def it_was_she(stage: Stage) -> Iterator[Step]:
    """The heroine rings up: it was she after all. The operator says so, and she tries again."""
    she = stage.cast.heroine
    event_id = stage.operator.latest_risky_event(she.username)
    tried = "the operator confirms the attempt of act 2 (feedback Valid)"
    if event_id is None:
        answer = Answer("", "no event", "No attempt of hers was High.")
    else:
        answer = stage.operator.confirm(she.username, event_id)
    yield stage.step(6, tried, answer, Expected(recorded=False), (f"event {event_id}",))

    answer = stage.front.sign_in(she.username, she.password, from_abroad(she))
    yield stage.step(6, f"{she.username}, the very same attempt again", answer, ALLOWED)


def a_stolen_session(stage: Stage) -> Iterator[Step]:
    """Somebody has a user's refresh token, which needs no password."""
    person = stage.cast.others[-2]
    home = usual_origin(person)
    session = stage.front.sign_in(person.username, person.password, home)
    yield stage.step(7, f"{person.username} signs in at home", session, ALLOWED)

    thief = Origin("177.32.4.6", linux_computer("thief"), "pt-BR", "-03:00")
    answer = stage.front.refresh(person.username, session.refresh_token, thief)
    tried = f"{person.username}'s refresh token, new country and device"
    yield stage.step(7, tried, answer, SESSION_ENDED)


ACTS: Final[tuple[Act, ...]] = (
    a_usual_sign_in,
    from_a_new_country,
    a_stuffing_burst,
    from_an_always_blocked_range,
    breached_passwords,
    it_was_she,
    a_stolen_session,
)


def play(stage: Stage) -> Iterator[Step]:
    """Play all acts in their order."""
    for act in ACTS:
        yield from act(stage)


def _together(steps: list[Step]) -> Step:
    """Show steps that are all alike as one; every difference of theirs stays."""
    last = steps[-1]
    differences = tuple(difference for one in steps for difference in one.differences)
    return Step(
        act=last.act,
        tried=last.tried,
        where=last.where,
        outcome=last.outcome,
        error=last.error,
        risk=last.risk,
        why=last.why,
        differences=differences,
    )
