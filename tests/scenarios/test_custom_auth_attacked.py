"""Custom sign-ins attacked: by who answers the challenges, and by who answers for the functions."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.lambda_emulator import ANSWER, ARN, TRIGGERS, Emulator, Event, FunctionFailed, emulating, respond
from tests.people import PASSWORD, App, make_user, sign_in, told
from tests.scenarios.challenged import ON, choose, offer, phone_of
from tests.scenarios.custom import answer, app_of, begin, begin_with_password, custom, show_password
from tests.server import RunningServer, running

from doorward.clock import SetClock, SystemClock, monotonic
from doorward.triggers.functions import ATTEMPTS, LONGEST_ANSWER
from doorward.wire.dispatch import waits_for_functions

INVALID = ("NotAuthorizedException", "Invalid session for the user.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
TOO_MANY = "Too many wrong codes"
SECONDS = 0.4


@pytest.fixture(scope="module")
def clock() -> SetClock:
    return SetClock(SystemClock().now())


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, emulator: Emulator, clock: SetClock
) -> Iterator[RunningServer]:
    """A server whose functions are the emulator's, and must hurry."""
    data = tmp_path_factory.mktemp("doorward")
    with running(data, clock, lambda_endpoint=emulator.url, lambda_timeout=SECONDS) as one:
        yield one


@pytest.fixture
def app(server: RunningServer, emulator: Emulator) -> App:
    emulator.reset()
    return custom(server)


def refusal(attempt: Callable[[], Any]) -> tuple[str, str]:
    """What an attempt is told that fails."""
    with pytest.raises(ClientError) as refused:
        attempt()
    return told(refused.value)


def endless(emulator: Emulator) -> None:
    """Let the functions ask for ever: what stops a guesser is not they."""
    emulator.functions["define"] = lambda event: {
        "response": {
            "challengeName": "CUSTOM_CHALLENGE",
            "issueTokens": any(
                one["challengeResult"]
                for one in event["request"]["session"]
                if one["challengeName"] == "CUSTOM_CHALLENGE"
            ),
        }
        | (
            {"challengeName": "PASSWORD_VERIFIER"}
            if [one["challengeName"] for one in event["request"]["session"]] == ["SRP_A"]
            else {}
        )
    }


class TestClients:
    """Whoever answers the challenges."""

    def test_a_session_serves_once(self, server: RunningServer, app: App) -> None:
        asked = begin(server, app)
        answer(server, app, asked)
        assert refusal(lambda: answer(server, app, asked)) == INVALID

    def test_a_session_that_was_answered_wrongly_serves_no_more(
        self, server: RunningServer, app: App
    ) -> None:
        asked = begin(server, app)
        answer(server, app, asked, "red")
        assert refusal(lambda: answer(server, app, asked)) == INVALID

    def test_of_answers_that_come_at_once_one_is_looked_at(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        asked = begin(server, app)
        emulator.events.clear()

        def attempt(given: str) -> str:
            try:
                answer(server, app, asked, given)
            except ClientError as refused:
                return told(refused)[1]
            return "answered"

        with ThreadPoolExecutor(8) as several:
            outcomes = list(several.map(attempt, ["red", "green", "pink", "grey"] * 2))
        assert outcomes.count("answered") == 1
        assert outcomes.count(INVALID[1]) == 7
        assert emulator.sources().count("VerifyAuthChallengeResponse") == 1

    def test_another_clients_session(self, server: RunningServer, app: App) -> None:
        asked = begin(server, app)
        other = app_of(server, app.pool_id)
        assert refusal(lambda: answer(server, other, asked)) == INVALID
        assert "AuthenticationResult" in answer(server, app, asked)

    def test_another_pools_session(self, server: RunningServer, app: App) -> None:
        asked = begin(server, app)
        assert refusal(lambda: answer(server, custom(server), asked)) == INVALID

    def test_another_users_session(self, server: RunningServer, app: App) -> None:
        make_user(server, app.pool_id, "mallory")
        asked = begin(server, app, "mallory")
        assert refusal(lambda: answer(server, app, asked, username="anna")) == INVALID

    @pytest.mark.parametrize(
        "name",
        [
            "SMS_MFA",
            "SOFTWARE_TOKEN_MFA",
            "EMAIL_OTP",
            "NEW_PASSWORD_REQUIRED",
            "MFA_SETUP",
            "DEVICE_SRP_AUTH",
        ],
    )
    def test_another_challenges_name(self, server: RunningServer, app: App, name: str) -> None:
        asked = begin(server, app)
        given = {
            "USERNAME": "anna",
            **{f"{factor}_CODE": "123456" for factor in ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")},
            "NEW_PASSWORD": "Better-Horse-8-Staple",
            "DEVICE_KEY": "eu-west-1_12345678-1234-1234-1234-123456789012",
            "SRP_A": "ab" * 384,
        }
        assert refusal(lambda: answer(server, app, asked, ChallengeName=name, ChallengeResponses=given)) in (
            INVALID,
            ("ResourceNotFoundException", "Device does not exist."),
        )
        assert "AuthenticationResult" in answer(server, app, asked)

    def test_a_session_of_a_password_sign_in_is_none_of_a_custom_one(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        """Nor does the challenge that waits for the password let anybody answer something else."""
        exchange = begin_with_password(server, app)
        block = {"Session": exchange.parameters["SECRET_BLOCK"]}
        assert refusal(lambda: answer(server, app, block)) == INVALID
        offer(server, app.pool_id, factors=["SMS_MFA"])
        make_user(server, app.pool_id, "mia", attributes={"phone_number": phone_of("mia")})
        choose(server, app, "mia", SMS_MFA=ON)
        asked = server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "mia", "PASSWORD": "Correct-Horse-9-Battery"},
        )
        assert refusal(lambda: answer(server, app, asked, username="mia")) == INVALID

    def test_the_password_alone_is_not_enough(self, server: RunningServer, app: App) -> None:
        """The session behind the password waits for the functions, whatever else is sent for it."""
        asked = show_password(server, begin_with_password(server, app))
        assert "AuthenticationResult" not in asked
        with pytest.raises(ClientError, match="Invalid session"):
            server.anonymous.respond_to_auth_challenge(
                ClientId=app.client_id,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=asked["Session"],
                ChallengeResponses={"USERNAME": "anna", "NEW_PASSWORD": "Better-Horse-8-Staple"},
            )

    def test_an_expired_session(self, server: RunningServer, app: App, clock: SetClock) -> None:
        asked = begin(server, app)
        clock.advance(181)
        assert refusal(lambda: answer(server, app, asked))[1] == (
            "Invalid session for the user, session is expired."
        )

    @pytest.mark.parametrize("session", ["x" * 20, "é" * 64, "a" * 2048, "\U0001f600" * 64])
    def test_a_made_up_session(self, server: RunningServer, app: App, session: str) -> None:
        assert refusal(lambda: answer(server, app, {"Session": session})) == INVALID

    def test_no_session_and_no_answer(self, server: RunningServer, app: App) -> None:
        with pytest.raises(ClientError, match="Invalid session"):
            server.anonymous.respond_to_auth_challenge(
                ClientId=app.client_id,
                ChallengeName="CUSTOM_CHALLENGE",
                ChallengeResponses={"USERNAME": "anna", "ANSWER": ANSWER},
            )
        asked = begin(server, app)
        assert refusal(lambda: answer(server, app, asked, "")) == (
            "InvalidParameterException",
            "Missing required parameter ANSWER",
        )
        assert "AuthenticationResult" in answer(server, app, asked)

    def test_ten_answers_in_one_sign_in(self, server: RunningServer, emulator: Emulator, app: App) -> None:
        """Behind the password, where no lockout comes first, five wrong answers end it."""
        endless(emulator)
        asked = show_password(server, begin_with_password(server, app))
        for _ in range(4):
            asked = answer(server, app, asked, "red")
        assert TOO_MANY in refusal(lambda: answer(server, app, asked, "red"))[1]
        assert refusal(lambda: answer(server, app, asked)) == INVALID

    def test_ten_answers_behind_the_password_close_it_until_an_administrator_opens_it(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        """The right password does not forgive them, or whoever has it could guess for ever."""
        endless(emulator)
        for _ in range(2):
            asked = show_password(server, begin_with_password(server, app))
            for _ in range(4):
                asked = answer(server, app, asked, "red")
            refusal(lambda: answer(server, app, asked, "red"))  # noqa: B023 - called at once
        emulator.events.clear()
        exchange = begin_with_password(server, app)
        assert TOO_MANY in refusal(lambda: show_password(server, exchange))[1]
        assert emulator.sources() == ["DefineAuthChallenge"]
        server.administrator.admin_set_user_password(
            UserPoolId=app.pool_id, Username="anna", Password=PASSWORD, Permanent=True
        )
        asked = show_password(server, begin_with_password(server, app))
        assert "AuthenticationResult" in answer(server, app, asked)

    def test_wrong_answers_without_the_password_lock_as_wrong_passwords_do(
        self, server: RunningServer, emulator: Emulator, app: App, clock: SetClock
    ) -> None:
        endless(emulator)
        asked = begin(server, app)
        for _ in range(4):
            asked = answer(server, app, asked, "red")
        refusal(lambda: answer(server, app, asked, "red"))
        emulator.events.clear()
        assert refusal(lambda: begin(server, app)) == LOCKED
        assert refusal(lambda: sign_in(server, app, "anna")) == LOCKED
        assert emulator.events == []
        clock.advance(2)
        assert "AuthenticationResult" in answer(server, app, begin(server, app))

    def test_the_right_password_forgives_no_wrong_answers_without_it(
        self, server: RunningServer, emulator: Emulator, app: App, clock: SetClock
    ) -> None:
        """Or whoever has it could sign in with it between his guesses, and guess for ever."""
        endless(emulator)
        for _ in range(2):
            asked = answer(server, app, begin(server, app), "red")
            answer(server, app, asked, "red")
            sign_in(server, app, "anna")
        asked = answer(server, app, begin(server, app), "red")
        sign_in(server, app, "anna")
        emulator.events.clear()
        assert refusal(lambda: answer(server, app, asked)) == LOCKED
        assert emulator.events == []
        clock.advance(1)
        assert "AuthenticationResult" in answer(server, app, asked)
        assert "AuthenticationResult" not in answer(server, app, begin(server, app), "red")

    def test_a_lock_leaves_the_session_to_its_owner(
        self, server: RunningServer, emulator: Emulator, app: App, clock: SetClock
    ) -> None:
        asked = begin(server, app)
        for _ in range(5):
            refusal(lambda: sign_in(server, app, "anna", "Wrong-Horse-9-Battery"))
        emulator.events.clear()
        assert refusal(lambda: answer(server, app, asked)) == LOCKED
        assert emulator.events == []
        clock.advance(2)
        assert "AuthenticationResult" in answer(server, app, asked)

    def test_many_sessions_answered_at_once_get_no_more_guesses(
        self, server: RunningServer, emulator: Emulator, app: App, clock: SetClock
    ) -> None:
        """Each was opened before any was answered wrongly: those behind the fifth do not count, right or wrong."""
        sessions = [begin(server, app) for _ in range(10)]
        together = threading.Barrier(10)
        verify = emulator.functions["verify"]

        def all_at_once(event: Event) -> Any:
            together.wait(10)
            return verify(event)

        emulator.functions["verify"] = all_at_once

        def attempt(asked: Any) -> str:
            try:
                answer(server, app, asked, "red")
            except ClientError as refused:
                return told(refused)[1]
            return "looked at"

        with ThreadPoolExecutor(10) as several:
            outcomes = list(several.map(attempt, sessions))
        assert outcomes.count("looked at") == 5
        assert outcomes.count(LOCKED[1]) == 5
        clock.advance(1000)

    def test_a_function_that_fails_at_a_wrong_answer_counts_it(
        self, server: RunningServer, emulator: Emulator, app: App, clock: SetClock
    ) -> None:
        def fails(event: Event) -> Any:
            raise FunctionFailed("no")

        emulator.functions["verify"] = fails
        for _ in range(5):
            told_so = refusal(lambda: answer(server, app, begin(server, app), "red"))
            assert told_so == (
                "UserLambdaValidationException",
                "VerifyAuthChallengeResponse failed with error no.",
            )
        assert refusal(lambda: begin(server, app)) == LOCKED
        clock.advance(1000)

    def test_what_the_function_keeps_is_nowhere_to_be_read(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        secret = "the-answer-nobody-may-read-8831"
        emulator.functions["create"] = lambda event: {
            "response": {"privateChallengeParameters": {"answer": secret}}
        }
        asked = begin(server, app)
        assert secret not in json.dumps(asked, default=str)
        answer(server, app, asked, "red")
        data = server.services.settings.data
        for kept in data.iterdir():
            if kept.is_file():
                assert secret.encode() not in kept.read_bytes()


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)


def drips(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    pause = threading.Event()
    try:
        while not pause.wait(SECONDS / 8):
            handler.wfile.write(b" ")
    except OSError:
        handler.close_connection = True


def closes(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"response": {')
    handler.close_connection = True


def huge(handler: BaseHTTPRequestHandler) -> None:
    try:
        respond(handler, b" " * (LONGEST_ANSWER + 1))
    except OSError:
        handler.close_connection = True


def says(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: respond(handler, body, status, headers)


UNEXPECTED = "UnexpectedLambdaException"
INVALID_ANSWER = "InvalidLambdaResponseException"
ILL: dict[str, tuple[Callable[[BaseHTTPRequestHandler], None], str, int]] = {
    "silent": (silent, UNEXPECTED, ATTEMPTS),
    "drips": (drips, UNEXPECTED, ATTEMPTS),
    "closes": (closes, UNEXPECTED, 1),
    "half an answer": (half, UNEXPECTED, 1),
    "huge": (huge, UNEXPECTED, 1),
    "500": (says(b"", 500), UNEXPECTED, 1),
    "404": (says(b'{"message": "Function not found"}', 404), UNEXPECTED, 1),
    "redirect": (says(b"", 302, Location="http://169.254.169.254/"), UNEXPECTED, 1),
    "redirect that keeps the method": (says(b"", 307, Location="http://127.0.0.1:1/"), UNEXPECTED, 1),
    "compressed": (says(b"x", 200, **{"Content-Encoding": "gzip"}), UNEXPECTED, 1),
    "empty": (says(b""), INVALID_ANSWER, 1),
    "no JSON": (says(b"Task timed out after 3.00 seconds"), INVALID_ANSWER, 1),
    "no UTF-8": (says(b'{"response": {"challengeName": "\xff"}}'), INVALID_ANSWER, 1),
    "a text": (says(b'"Authentication approved"'), INVALID_ANSWER, 1),
    "a list": (says(b"[1]"), INVALID_ANSWER, 1),
    "null": (says(b"null"), INVALID_ANSWER, 1),
    "no response": (says(b'{"version": "1"}'), INVALID_ANSWER, 1),
    "a response that is null": (says(b'{"response": null}'), INVALID_ANSWER, 1),
    "wrong types": (says(b'{"response": {"challengeName": ["CUSTOM_CHALLENGE"]}}'), INVALID_ANSWER, 1),
    "tokens as a text": (says(b'{"response": {"issueTokens": "true"}}'), INVALID_ANSWER, 1),
    "tokens as a number": (says(b'{"response": {"issueTokens": 1}}'), INVALID_ANSWER, 1),
    "deep": (says(b'{"response": {}, "x": ' + b"[" * 100_000), INVALID_ANSWER, 1),
}


class TestFunctions:
    """Whoever answers for the functions."""

    @pytest.mark.parametrize("name", ILL)
    def test_an_ill_function_ends_in_time_with_the_apis_own_error(
        self, server: RunningServer, emulator: Emulator, app: App, name: str
    ) -> None:
        emulator.behaviour, error, attempts = ILL[name]
        began = monotonic()
        code, message = refusal(lambda: begin(server, app))
        assert code == error
        assert monotonic() - began < (attempts + 1) * SECONDS + 1
        assert len(emulator.events) == attempts
        assert "127.0.0.1" not in message
        # Nothing was half-written, and the function is called again as before.
        emulator.reset()
        assert "AuthenticationResult" in answer(server, app, begin(server, app))

    def test_it_is_called_again_where_it_was_too_slow(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        attempts = iter([silent, silent])

        def second_thoughts(handler: BaseHTTPRequestHandler) -> None:
            slow = next(attempts, None)
            if slow is not None:
                slow(handler)
            else:
                respond(handler, b'{"response": {"issueTokens": true}}')

        emulator.behaviour = second_thoughts
        assert "AuthenticationResult" in begin(server, app)
        assert len(emulator.events) == ATTEMPTS

    @pytest.mark.parametrize(
        "response",
        [
            {"answerCorrect": None},
            {},
            {"answerCorrect": False},
        ],
    )
    def test_only_a_plain_yes_is_a_right_answer(
        self, server: RunningServer, emulator: Emulator, app: App, response: Any
    ) -> None:
        asked = begin(server, app)
        emulator.functions["verify"] = lambda event: {"response": response}
        assert answer(server, app, asked)["ChallengeName"] == "CUSTOM_CHALLENGE"

    @pytest.mark.parametrize("given", ["true", 1, [True], {"value": True}])
    def test_a_yes_of_another_type_is_no_answer(
        self, server: RunningServer, emulator: Emulator, app: App, given: Any
    ) -> None:
        asked = begin(server, app)
        emulator.functions["verify"] = lambda event: {"response": {"answerCorrect": given}}
        assert refusal(lambda: answer(server, app, asked))[0] == INVALID_ANSWER
        assert refusal(lambda: answer(server, app, asked)) == INVALID

    def test_a_function_that_cannot_be_asked_has_not_found_the_answer_wrong(
        self, server: RunningServer, emulator: Emulator, app: App
    ) -> None:
        for _ in range(5):
            asked = begin(server, app)
            emulator.behaviour = closes
            assert refusal(lambda: answer(server, app, asked))[0] == UNEXPECTED  # noqa: B023 - called at once
            emulator.behaviour = None
        assert "AuthenticationResult" in answer(server, app, begin(server, app))

    @pytest.mark.parametrize(
        "response",
        [
            {"publicChallengeParameters": {"a": "x" * 65_536}},
            {"privateChallengeParameters": {str(number): "x" * 100 for number in range(1000)}},
            {"challengeMetadata": "x" * 2049},
            {"publicChallengeParameters": {"a": {"b": "c"}}},
            {"publicChallengeParameters": ["a"]},
            {"privateChallengeParameters": {"a": [1]}},
            {"challengeMetadata": 5},
        ],
    )
    def test_a_challenge_beyond_its_bounds(
        self, server: RunningServer, emulator: Emulator, app: App, response: Any
    ) -> None:
        emulator.functions["create"] = lambda event: {"response": response}
        assert refusal(lambda: begin(server, app))[0] == INVALID_ANSWER

    def test_nobody_is_listening(self, server: RunningServer, emulator: Emulator) -> None:
        with running(
            server.services.settings.data / "other",
            lambda_endpoint="http://127.0.0.1:1",
            lambda_timeout=SECONDS,
        ) as other:
            app = custom(other)
            assert refusal(lambda: begin(other, app)) == (
                UNEXPECTED,
                "DefineAuthChallenge invocation failed due to error: no valid answer.",
            )

    def test_no_endpoint(self, emulator: Emulator, tmp_path: Any) -> None:
        with running(tmp_path) as bare:
            app = custom(bare)
            assert refusal(lambda: begin(bare, app)) == (
                UNEXPECTED,
                "DefineAuthChallenge invocation failed: no endpoint is configured for its function.",
            )

    @pytest.mark.parametrize(
        "arn",
        [
            ARN + "../../../admin",
            ARN + "define/../../x",
            "arn:aws:lambda:eu-west-1:123456789012:layer:define",
            "arn:aws:s3:eu-west-1:123456789012:function:define",
            ARN + "@169.254.169.254",
        ],
    )
    def test_whoever_configures_pools_leads_the_server_nowhere(
        self, server: RunningServer, emulator: Emulator, arn: str
    ) -> None:
        emulator.reset()
        app = custom(server, LambdaConfig=TRIGGERS | {"DefineAuthChallenge": arn})
        assert refusal(lambda: begin(server, app))[0] == UNEXPECTED
        assert emulator.events == []

    def test_functions_of_their_own_endpoints(self, emulator: Emulator, tmp_path: Any) -> None:
        """Each of the runtime interface emulators serves one function, by the name `function`."""
        emulator.reset()
        with emulating() as own:
            own.functions["function"] = own.functions["verify"]
            settings: dict[str, Any] = {
                "lambda_endpoint": f"{emulator.url}/prefix",
                "lambda_functions": f"verify={own.url}/2015-03-31/functions/function/invocations",
            }
            emulator.behaviour = by_the_function_after_the_prefix(emulator)
            with running(tmp_path, **settings) as one:
                app = custom(
                    one,
                    LambdaConfig=TRIGGERS
                    | {"CreateAuthChallenge": TRIGGERS["CreateAuthChallenge"] + ":live"},
                )
                assert "AuthenticationResult" in answer(one, app, begin(one, app))
        assert own.paths == ["/2015-03-31/functions/function/invocations"]
        assert emulator.paths == [
            "/prefix/2015-03-31/functions/define/invocations",
            "/prefix/2015-03-31/functions/create/invocations?Qualifier=live",
            "/prefix/2015-03-31/functions/define/invocations",
        ]


def by_the_function_after_the_prefix(emulator: Emulator) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        event = json.loads(json.dumps(emulator.events[-1]))
        name = handler.path.split("/")[4]
        respond(handler, json.dumps(emulator.functions[name](event)).encode())

    return behave


def test_slow_functions_leave_passwords_to_others(emulator: Emulator, tmp_path: Any) -> None:
    """More sign-ins than there are lanes for passwords wait for a function; a password is looked at meanwhile."""
    emulator.reset()
    with running(tmp_path, lambda_endpoint=emulator.url, lambda_timeout=30) as server:
        app, waiting, enough, go_on = custom(server), [], threading.Event(), threading.Event()
        define = emulator.functions["define"]

        def slowly(event: Event) -> Any:
            waiting.append(event)
            if len(waiting) == 12:
                enough.set()
            go_on.wait(30)
            return define(event)

        emulator.functions["define"] = slowly
        with ThreadPoolExecutor(12) as several:
            begun = [several.submit(begin, server, app) for _ in range(12)]
            assert enough.wait(20)
            assert sign_in(server, app, "anna")["AccessToken"]
            go_on.set()
            assert all(one.result()["ChallengeName"] == "CUSTOM_CHALLENGE" for one in begun)


@pytest.mark.parametrize(
    ("operation", "body", "waits"),
    [
        ("InitiateAuth", {"AuthFlow": "CUSTOM_AUTH"}, True),
        ("AdminInitiateAuth", {"AuthFlow": "CUSTOM_AUTH"}, True),
        ("RespondToAuthChallenge", {"ChallengeName": "CUSTOM_CHALLENGE"}, True),
        ("AdminRespondToAuthChallenge", {"ChallengeName": "CUSTOM_CHALLENGE"}, True),
        ("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "ChallengeName": "CUSTOM_CHALLENGE"}, False),
        (
            "RespondToAuthChallenge",
            {"ChallengeName": "NEW_PASSWORD_REQUIRED", "AuthFlow": "CUSTOM_AUTH"},
            False,
        ),
        ("SignUp", {"AuthFlow": "CUSTOM_AUTH", "ChallengeName": "CUSTOM_CHALLENGE"}, False),
        ("InitiateAuth", {"AuthFlow": ["CUSTOM_AUTH"]}, False),
        ("InitiateAuth", ["CUSTOM_AUTH"], False),
        ("InitiateAuth", {"ClientMetadata": {"AuthFlow": "CUSTOM_AUTH"}}, False),
    ],
)
def test_nobody_talks_a_password_into_the_lane_of_the_functions(
    operation: str, body: Any, waits: bool
) -> None:
    assert waits_for_functions(operation, json.dumps(body).encode()) is waits
