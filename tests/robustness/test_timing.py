"""Who exists is told neither by an answer nor by the work that it takes.

Time itself is not measured: the slow work is counted instead. Where a client hides who exists, a known and an
unknown name must cost the same Argon2 hashes and the same exponentiations, and be answered by the same bytes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import argon2
import gmpy2
import pytest
from pycognito.aws_srp import AWSSRP
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, make_user
from tests.robustness.load import Answer, ask
from tests.scenarios.choosing import choosing

WRONG = "Wrong-Horse-1-Battery"
KNOWN, UNKNOWN = "alice", "nobody"
HOURS_LATER = 4000.0

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

Request = Callable[[str], Answer]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the slow work of the whole process, wherever it is asked for."""
    counted: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            counted[name] += 1
            return real(*arguments, **more)

        return call

    for name in ("hash", "verify"):
        real = getattr(argon2.PasswordHasher, name)
        monkeypatch.setattr(argon2.PasswordHasher, name, counting(f"argon2 {name}", real))
    monkeypatch.setattr(gmpy2, "powmod_sec", counting("exponentiation", gmpy2.powmod_sec))
    yield counted


@pytest.fixture
def app(clocked: ClockedServer) -> App:
    """A client that hides who exists, in a pool with a confirmed user."""
    app = make_app(clocked, make_pool(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}))
    make_user(clocked, app.pool_id, KNOWN)
    return app


def both(work: Counter[str], request: Request) -> tuple[Answer, Answer]:
    """Ask the same about the known and the unknown name, and see that it cost the same."""
    work.clear()
    known = request(KNOWN)
    cost_of_known = Counter(work)
    work.clear()
    unknown = request(UNKNOWN)
    assert Counter(work) == cost_of_known
    return known, unknown


def same(known: Answer, unknown: Answer) -> None:
    """See that two answers are the same to the byte, but for the request's id and the moment."""
    assert known.status == unknown.status
    assert known.raw == unknown.raw
    differing = {"x-amzn-requestid", "date"}
    assert {name: value for name, value in known.headers.items() if name not in differing} == {
        name: value for name, value in unknown.headers.items() if name not in differing
    }


def test_a_wrong_password(clocked: ClockedServer, app: App, work: Counter[str]) -> None:
    """One Argon2 hash for each, up to the lock; during the lock none for either."""

    def request(name: str) -> Answer:
        return in_app(clocked, app, "InitiateAuth", **password_auth(name, WRONG))

    for _ in range(5):
        known, unknown = both(work, request)
        same(known, unknown)
        assert known.message == "Incorrect username or password."
        assert work == {"argon2 verify": 1}
    known, unknown = both(work, request)
    same(known, unknown)
    assert known.message == "Password attempts exceeded"
    assert work == {}


@pytest.mark.parametrize("password", ["", "x" * 256, "x" * 257, "Pferd-ß-😀", "with space", "\ud800"])
def test_a_password_that_cannot_be(
    clocked: ClockedServer, app: App, work: Counter[str], password: str
) -> None:
    """Whatever is sent as the password."""
    same(*both(work, lambda name: in_app(clocked, app, "InitiateAuth", **password_auth(name, password))))


def test_a_wrong_password_by_srp(clocked: ClockedServer, app: App, work: Counter[str]) -> None:
    """A challenge of the same shape, and a claim that fails in the same words."""

    def exchange(name: str, password: str) -> tuple[Answer, Answer]:
        srp = AWSSRP(name, password, app.pool_id, app.client_id, client=clocked.anonymous)
        begun = in_app(
            clocked, app, "InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=srp.get_auth_params()
        )
        claim = srp.process_challenge(begun.body["ChallengeParameters"], srp.get_auth_params())
        ended = in_app(
            clocked,
            app,
            "RespondToAuthChallenge",
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=claim,
        )
        return begun, ended

    begun: dict[str, Answer] = {}

    def request(name: str) -> Answer:
        begun[name], ended = exchange(name, WRONG)
        return ended

    known, unknown = both(work, request)
    same(known, unknown)
    assert work["exponentiation"] > 0
    assert shape(begun[KNOWN], KNOWN) == shape(begun[UNKNOWN], UNKNOWN)
    again, _ = exchange(UNKNOWN, WRONG)
    salts = [one.body["ChallengeParameters"]["SALT"] for one in (begun[UNKNOWN], again)]
    assert salts[0] == salts[1], "a real user's salt stays, so must a simulated one's"


def test_a_chosen_first_factor(clocked: ClockedServer, work: Counter[str]) -> None:
    """Codes that are sent, guessed and run out, passwords that are wrong: of a name like the known one's."""
    app = choosing(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    make_user(clocked, app.pool_id, KNOWN)

    def choose(name: str, **parameters: str) -> Answer:
        given = {"USERNAME": name, **parameters}
        return in_app(clocked, app, "InitiateAuth", AuthFlow="USER_AUTH", AuthParameters=given)

    offered = choose(KNOWN).body["AvailableChallenges"]
    names = [f"{UNKNOWN}{number}" for number in range(40)]
    alike = next(name for name in names if choose(name).body["AvailableChallenges"] == offered)
    named = {KNOWN: KNOWN, UNKNOWN: alike}
    asked: dict[str, Answer] = {}

    def send(name: str) -> Answer:
        asked[name] = choose(named[name], PREFERRED_CHALLENGE="EMAIL_OTP")
        return asked[name]

    def guess(name: str) -> Answer:
        return answer(name, EMAIL_OTP_CODE="wrong")

    def answer(name: str, **responses: str) -> Answer:
        return in_app(
            clocked,
            app,
            "RespondToAuthChallenge",
            ChallengeName=asked[name].body["ChallengeName"],
            Session=asked[name].body["Session"],
            ChallengeResponses={"USERNAME": named[name], **responses},
        )

    for _ in range(3):
        known, unknown = both(work, send)
        assert shape(known, KNOWN) == shape(unknown, alike)
        for _ in range(6):
            same(*both(work, guess))
    for _ in range(20):
        known, unknown = both(work, send)
        assert known.status == unknown.status
    same(known, unknown)
    assert known.code == "TooManyRequestsException"

    def select(name: str) -> Answer:
        asked[name] = choose(named[name])
        return answer(name, ANSWER="PASSWORD", PASSWORD=WRONG)

    for _ in range(5):
        same(*both(work, select))
    known, unknown = both(work, lambda name: choose(named[name]))
    same(known, unknown)
    assert known.message == "Password attempts exceeded"


def test_a_forgotten_password(clocked: ClockedServer, app: App, work: Counter[str]) -> None:
    """The same shape of delivery, the same limit, and the same refusals of codes and new passwords."""

    def forgot(name: str) -> Answer:
        return in_app(clocked, app, "ForgotPassword", Username=name)

    def confirm(code: str, password: str) -> Request:
        return lambda name: in_app(
            clocked, app, "ConfirmForgotPassword", Username=name, ConfirmationCode=code, Password=password
        )

    known, unknown = both(work, confirm("000000", PASSWORD))
    same(known, unknown)
    assert known.code == "ExpiredCodeException"

    known, unknown = both(work, forgot)
    assert known.status == unknown.status == 200
    assert shape(known, KNOWN) == shape(unknown, UNKNOWN)

    wrong = f"{(int(clocked.last_code(app.pool_id)) + 1) % 1_000_000:06}"
    outcomes = []
    for password in ("weak", *[PASSWORD] * 24):
        known, unknown = both(work, confirm(wrong, password))
        same(known, unknown)
        assert work == {}
        outcomes.append(known.code)
    assert outcomes[:2] == ["InvalidPasswordException", "CodeMismatchException"]
    assert outcomes[-1] == "LimitExceededException"

    clocked.clock.advance(HOURS_LATER)
    answers = [both(work, forgot) for _ in range(24)]
    assert [known.status for known, _ in answers] == [unknown.status for _, unknown in answers]
    same(*answers[-1])
    assert answers[-1][0].code == "LimitExceededException"


def test_a_code_for_a_sign_up(clocked: ClockedServer, app: App, work: Counter[str]) -> None:
    """Who waits for his confirmation is told from nobody neither by a new code nor by a wrong one."""
    signed_up = in_app(
        clocked,
        app,
        "SignUp",
        Username="waiting",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "waiting@example.org"}],
    )
    assert signed_up.status == 200

    def as_waiting(operation: str, **more: str) -> Request:
        return lambda name: in_app(
            clocked, app, operation, Username="waiting" if name == KNOWN else name, **more
        )

    known, unknown = both(work, as_waiting("ResendConfirmationCode"))
    assert known.status == unknown.status == 200
    assert shape(known, "waiting") == shape(unknown, UNKNOWN)

    wrong = f"{(int(clocked.last_code(app.pool_id)) + 1) % 1_000_000:06}"
    codes = []
    for _ in range(16):
        known, unknown = both(work, as_waiting("ConfirmSignUp", ConfirmationCode=wrong))
        same(known, unknown)
        codes.append(known.code)
    assert codes == ["CodeMismatchException"] * 15 + ["LimitExceededException"]
    for _ in range(5):
        known, unknown = both(work, as_waiting("ResendConfirmationCode"))
    same(known, unknown)
    assert known.code == "LimitExceededException"


def test_a_client_that_does_not_hide_says_so(clocked: ClockedServer, app: App, work: Counter[str]) -> None:
    """The counterpart: LEGACY tells, so that the tests above do not pass for want of a difference."""
    legacy = make_app(clocked, app.pool_id, PreventUserExistenceErrors="LEGACY")
    for operation, members in (
        ("InitiateAuth", password_auth(UNKNOWN, WRONG)),
        ("ForgotPassword", {"Username": UNKNOWN}),
        ("ResendConfirmationCode", {"Username": UNKNOWN}),
        ("ConfirmSignUp", {"Username": UNKNOWN, "ConfirmationCode": "000000"}),
    ):
        answer = in_app(clocked, legacy, operation, **members)
        assert (answer.code, answer.message) == ("UserNotFoundException", "User does not exist.")


def in_app(server: ClockedServer, app: App, operation: str, **members: Any) -> Answer:
    """Ask for an operation that names the client."""
    return ask(server.endpoint, operation, {"ClientId": app.client_id, **members})


def password_auth(name: str, password: str) -> dict[str, Any]:
    """Return the members of a password sign-in."""
    return {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": name, "PASSWORD": password}}


def shape(answer: Answer, name: str) -> Any:
    """Return an answer with what must differ from name to name replaced by its form."""

    def form(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: form(one) for key, one in value.items()}
        if value == name:
            return "the name"
        # A salt is a number and bears no leading zeros; a code's address is masked to two letters.
        if re.fullmatch(r"[0-9a-f]{26,32}|[0-9a-f]{760,768}", value):
            return "a number"
        if re.fullmatch(r"[A-Za-z0-9+/_-]{40,}={0,2}", value):
            return f"{len(value)} characters"
        return re.sub(r"[a-z](?=\*\*\*)", "a", value)

    return form(answer.body)
