"""Custom sign-ins over boto3: what the functions are asked, and what comes of what they decide."""

import runpy
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.lambda_emulator import ANSWER, TRIGGERS, Emulator, Event, FunctionFailed
from tests.people import PASSWORD, App, make_pool, make_user, sign_in, told
from tests.scenarios.challenged import offer, respond, with_phone
from tests.scenarios.custom import answer, app_of, begin, begin_with_password, custom, show_password
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running
from tests.tokens import verified

WRONG = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture(scope="module")
def quizzing(tmp_path_factory: pytest.TempPathFactory, emulator: Emulator) -> Iterator[RunningServer]:
    """A server whose functions are the emulator's."""
    with running(tmp_path_factory.mktemp("doorward"), lambda_endpoint=emulator.url, lambda_timeout=2) as one:
        yield one


@pytest.fixture
def app(quizzing: RunningServer, emulator: Emulator) -> App:
    emulator.reset()
    return custom(quizzing)


def test_a_right_answer_signs_in(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    asked = begin(quizzing, app)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"] == {"USERNAME": "anna", "question": "Which colour is the sky?"}
    granted = answer(quizzing, app, asked)["AuthenticationResult"]
    assert verified(quizzing, app, granted["IdToken"])["cognito:username"] == "anna"
    assert quizzing.anonymous.get_user(AccessToken=granted["AccessToken"])["Username"] == "anna"
    assert emulator.sources() == [
        "DefineAuthChallenge",
        "CreateAuthChallenge",
        "VerifyAuthChallengeResponse",
        "DefineAuthChallenge",
    ]


def test_the_functions_of_the_page_serve(tmp_path: Path) -> None:
    page = Path("docs/triggers.md").read_text(encoding="utf-8")
    source = page.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "functions.py").write_text(source, encoding="utf-8")
    functions = runpy.run_path(str(tmp_path / "functions.py"))
    with ThreadingHTTPServer(("127.0.0.1", 0), functions["Functions"]) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{listening.server_port}"
        with running(tmp_path / "data", lambda_endpoint=endpoint) as server:
            app = custom(server)
            assert answer(server, app, begin(server, app))["AuthenticationResult"]
            asked = begin(server, app)
            for _ in range(2):
                asked = answer(server, app, asked, "green")
            with refused(*WRONG):
                answer(server, app, asked, "green")
        listening.shutdown()


def test_the_functions_are_called_by_the_invoke_protocol(
    quizzing: RunningServer, emulator: Emulator, app: App
) -> None:
    begin(quizzing, app)
    assert emulator.paths == [
        "/2015-03-31/functions/define/invocations",
        "/2015-03-31/functions/create/invocations",
    ]
    for headers in emulator.headers:
        assert headers["x-amz-invocation-type"] == "RequestResponse"
        assert headers["content-type"] == "application/json"


def test_connections_are_kept(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    before = emulator.connections
    for _ in range(3):
        answer(quizzing, app, begin(quizzing, app))
    assert emulator.connections - before <= 1


def test_the_events_are_cognitos(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    """Member for member, with nothing added: functions are written for them."""
    answer(quizzing, app, begin(quizzing, app), ClientMetadata={"from": "the app"})
    user = quizzing.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
    attributes = {one["Name"]: one["Value"] for one in user["UserAttributes"]}
    shared = {
        "version": "1",
        "region": "eu-west-1",
        "userPoolId": app.pool_id,
        "userName": "anna",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": app.client_id},
    }
    common = {
        "userAttributes": attributes | {"cognito:user_status": "CONFIRMED"},
        "userNotFound": False,
    }
    metadata = {"clientMetadata": {"from": "the app"}}
    result = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "COLOUR"}
    undecided = {"challengeName": None, "issueTokens": None, "failAuthentication": None}
    uncreated = {
        "publicChallengeParameters": None,
        "privateChallengeParameters": None,
        "challengeMetadata": None,
    }
    assert emulator.events == [
        shared
        | {
            "triggerSource": "DefineAuthChallenge_Authentication",
            "request": common | {"session": []},
            "response": undecided,
        },
        shared
        | {
            "triggerSource": "CreateAuthChallenge_Authentication",
            "request": common | {"challengeName": "CUSTOM_CHALLENGE", "session": []},
            "response": uncreated,
        },
        shared
        | {
            "triggerSource": "VerifyAuthChallengeResponse_Authentication",
            "request": common
            | metadata
            | {"privateChallengeParameters": {"answer": ANSWER}, "challengeAnswer": ANSWER},
            "response": {"answerCorrect": None},
        },
        shared
        | {
            "triggerSource": "DefineAuthChallenge_Authentication",
            "request": common | metadata | {"session": [result]},
            "response": undecided,
        },
    ]


def test_the_password_first(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    exchange = begin_with_password(quizzing, app)
    assert exchange.challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    srp_a = {"challengeName": "SRP_A", "challengeResult": True, "challengeMetadata": None}
    assert emulator.events[-1]["request"]["session"] == [srp_a]
    asked = show_password(quizzing, exchange, ClientMetadata={"from": "the app"})
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    verifier = {"challengeName": "PASSWORD_VERIFIER", "challengeResult": True, "challengeMetadata": None}
    assert emulator.events[-2]["request"]["session"] == [srp_a, verifier]
    assert emulator.events[-2]["request"]["clientMetadata"] == {"from": "the app"}
    assert "AuthenticationResult" in answer(quizzing, app, asked)


def test_the_wrong_password_first_asks_no_function(
    quizzing: RunningServer, emulator: Emulator, app: App
) -> None:
    exchange = begin_with_password(quizzing, app, password="Wrong-Horse-9-Battery")
    emulator.events.clear()
    with pytest.raises(ClientError) as refused:
        show_password(quizzing, exchange)
    assert told(refused.value) == WRONG
    assert emulator.events == []


def test_several_rounds(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    first = begin(quizzing, app)
    second = answer(quizzing, app, first, "red")
    assert second["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert second["Session"] != first["Session"]
    third = answer(quizzing, app, second, "green")
    assert "AuthenticationResult" in answer(quizzing, app, third)
    results = [one["challengeResult"] for one in emulator.events[-1]["request"]["session"]]
    assert results == [False, False, True]


def test_the_functions_end_it(quizzing: RunningServer, app: App) -> None:
    asked = begin(quizzing, app)
    for wrong in ("red", "green"):
        asked = answer(quizzing, app, asked, wrong)
    with pytest.raises(ClientError) as refused:
        answer(quizzing, app, asked, "yellow")
    assert told(refused.value) == WRONG
    with pytest.raises(ClientError, match="Invalid session"):
        answer(quizzing, app, asked)


def test_as_an_administrator(quizzing: RunningServer, app: App) -> None:
    whose: Any = {"UserPoolId": app.pool_id, "ClientId": app.client_id}
    asked = quizzing.administrator.admin_initiate_auth(
        AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "anna"}, **whose
    )
    granted = quizzing.administrator.admin_respond_to_auth_challenge(
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "anna", "ANSWER": ANSWER},
        **whose,
    )
    assert "AuthenticationResult" in granted


def test_the_client_must_be_allowed(quizzing: RunningServer, emulator: Emulator) -> None:
    emulator.reset()
    closed = custom(quizzing, app={"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]})
    with pytest.raises(ClientError, match="CUSTOM_AUTH flow not enabled for this client"):
        begin(quizzing, closed)
    old = custom(quizzing, app={"ExplicitAuthFlows": ["CUSTOM_AUTH_FLOW_ONLY"]})
    assert begin(quizzing, old)["ChallengeName"] == "CUSTOM_CHALLENGE"


def test_a_client_with_a_secret(quizzing: RunningServer, emulator: Emulator) -> None:
    emulator.reset()
    secret = custom(quizzing, app={"GenerateSecret": True})
    asked = begin(quizzing, secret)
    assert "AuthenticationResult" in answer(quizzing, secret, asked)
    with pytest.raises(ClientError, match="SECRET_HASH was not received"):
        begin(quizzing, App(secret.pool_id, secret.client_id))


def test_a_pool_without_functions(quizzing: RunningServer, emulator: Emulator) -> None:
    emulator.reset()
    for lacking in [{}, *({k: v for k, v in TRIGGERS.items() if k != name} for name in TRIGGERS)]:
        bare = custom(quizzing, LambdaConfig=lacking)
        with pytest.raises(ClientError) as refused:
            begin(quizzing, bare)
        assert told(refused.value) == (
            "InvalidParameterException",
            "Custom auth lambda trigger is not configured for the user pool.",
        )
    assert emulator.events == []


def test_the_functions_of_a_pool_come_back_as_they_were_given(quizzing: RunningServer, app: App) -> None:
    pool = quizzing.administrator.describe_user_pool(UserPoolId=app.pool_id)["UserPool"]
    assert pool["LambdaConfig"] == TRIGGERS


def behind_the_functions(quizzing: RunningServer, emulator: Emulator) -> tuple[App, Any]:
    """Let mia, who has a second factor, answer the functions; return what she is asked then."""
    emulator.reset()
    asking = app_of(quizzing, make_pool(quizzing, LambdaConfig=TRIGGERS))
    offer(quizzing, asking.pool_id)
    with_phone(quizzing, asking, "mia")
    return asking, answer(quizzing, asking, begin(quizzing, asking, "mia"), username="mia")


def test_a_second_factor_comes_behind(quizzing: RunningServer, emulator: Emulator) -> None:
    asking, asked = behind_the_functions(quizzing, emulator)
    assert asked["ChallengeName"] == "SMS_MFA"
    called = len(emulator.events)
    granted = respond(quizzing, asking, asked, "mia", SMS_MFA_CODE=quizzing.last_code(asking.pool_id))
    assert "AuthenticationResult" in granted
    assert len(emulator.events) == called


def test_a_temporary_password_is_replaced_behind(quizzing: RunningServer, app: App) -> None:
    quizzing.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="new", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = show_password(quizzing, begin_with_password(quizzing, app, "new"))
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    asked = answer(quizzing, app, asked, username="new")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    granted = respond(quizzing, app, asked, "new", NEW_PASSWORD="Better-Horse-8-Staple")
    assert "AuthenticationResult" in granted


def test_who_shows_no_password_need_not_replace_one(quizzing: RunningServer, app: App) -> None:
    quizzing.administrator.admin_create_user(
        UserPoolId=app.pool_id, Username="new", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    assert "AuthenticationResult" in answer(quizzing, app, begin(quizzing, app, "new"), username="new")


def test_a_disabled_user_is_told_so_after_the_answer(quizzing: RunningServer, app: App) -> None:
    asked = begin(quizzing, app)
    quizzing.administrator.admin_disable_user(UserPoolId=app.pool_id, Username="anna")
    with pytest.raises(ClientError, match="User is disabled"):
        answer(quizzing, app, asked)


def test_a_new_password_ends_a_sign_in_that_showed_the_old_one(quizzing: RunningServer, app: App) -> None:
    asked = show_password(quizzing, begin_with_password(quizzing, app))
    quizzing.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="anna", Password="Better-Horse-8-Staple", Permanent=True
    )
    with pytest.raises(ClientError, match="Invalid session"):
        answer(quizzing, app, asked)


def test_a_new_password_ends_what_waits_behind_the_functions_too(
    quizzing: RunningServer, emulator: Emulator
) -> None:
    """The user may have changed it because somebody else reads what the functions send him."""
    asking, asked = behind_the_functions(quizzing, emulator)
    quizzing.administrator.admin_set_user_password(
        UserPoolId=asking.pool_id, Username="mia", Password="Better-Horse-8-Staple", Permanent=True
    )
    with pytest.raises(ClientError, match="Invalid session"):
        respond(quizzing, asking, asked, "mia", SMS_MFA_CODE=quizzing.last_code(asking.pool_id))


def test_a_password_changed_while_the_function_thinks(
    quizzing: RunningServer, emulator: Emulator, app: App
) -> None:
    asked = show_password(quizzing, begin_with_password(quizzing, app))
    verify = emulator.functions["verify"]

    def slowly(event: Event) -> Any:
        quizzing.administrator.admin_set_user_password(
            UserPoolId=app.pool_id, Username="anna", Password="Better-Horse-8-Staple", Permanent=True
        )
        return verify(event)

    emulator.functions["verify"] = slowly
    with pytest.raises(ClientError, match="Invalid session"):
        answer(quizzing, app, asked)


def test_a_user_deleted_while_the_function_thinks(
    quizzing: RunningServer, emulator: Emulator, app: App
) -> None:
    asked, verify = begin(quizzing, app), emulator.functions["verify"]

    def slowly(event: Event) -> Any:
        quizzing.administrator.admin_delete_user(UserPoolId=app.pool_id, Username="anna")
        return verify(event)

    emulator.functions["verify"] = slowly
    with pytest.raises(ClientError, match="Invalid session"):
        answer(quizzing, app, asked)


class TestNobody:
    """A name that leads to nobody."""

    def test_is_asked_like_anybody(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        asked = begin(quizzing, app, "nobody")
        assert asked["ChallengeParameters"] == {
            "USERNAME": "nobody",
            "question": "Which colour is the sky?",
        }
        request = emulator.events[0]["request"]
        assert request["userNotFound"] is True
        assert request["userAttributes"] == {}
        again = answer(quizzing, app, asked, username="nobody")
        assert again["ChallengeName"] == "CUSTOM_CHALLENGE"

    def test_gets_no_tokens_whatever_the_functions_say(
        self, quizzing: RunningServer, emulator: Emulator, app: App
    ) -> None:
        asked = begin(quizzing, app, "nobody")
        emulator.functions["verify"] = lambda event: {"response": {"answerCorrect": True}}
        with pytest.raises(ClientError) as refused:
            answer(quizzing, app, asked, username="nobody")
        assert told(refused.value) == WRONG

    def test_who_gets_the_name_meanwhile_is_not_who_was_asked(
        self, quizzing: RunningServer, emulator: Emulator, app: App
    ) -> None:
        asked = begin(quizzing, app, "later")
        make_user(quizzing, app.pool_id, "later")
        with pytest.raises(ClientError, match="Invalid session"):
            answer(quizzing, app, asked, username="later")

    def test_with_the_password_first_nothing_differs(
        self, quizzing: RunningServer, emulator: Emulator, app: App
    ) -> None:
        exchange = begin_with_password(quizzing, app, "nobody")
        assert exchange.challenge["ChallengeName"] == "PASSWORD_VERIFIER"
        with pytest.raises(ClientError) as refused:
            show_password(quizzing, exchange)
        assert told(refused.value) == WRONG

    def test_is_told_where_the_client_hides_nobody(self, quizzing: RunningServer, emulator: Emulator) -> None:
        emulator.reset()
        open_app = custom(quizzing, app={"PreventUserExistenceErrors": "LEGACY"})
        with pytest.raises(ClientError, match="UserNotFoundException"):
            begin(quizzing, open_app, "nobody")
        assert emulator.events == []
        begin(quizzing, open_app)
        assert "userNotFound" not in emulator.events[0]["request"]


class TestDecisions:
    """What DefineAuthChallenge may decide."""

    def decides(self, emulator: Emulator, **response: Any) -> None:
        emulator.functions["define"] = lambda event: {"response": response}

    def test_tokens_at_once(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        self.decides(emulator, issueTokens=True)
        assert "AuthenticationResult" in begin(quizzing, app)

    def test_no_tokens_for_srp_a_alone(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        """Every challenge so far was right: a function that asks no more would open the door to anybody."""
        emulator.functions["define"] = lambda event: {
            "response": {"issueTokens": all(one["challengeResult"] for one in event["request"]["session"])}
        }
        with pytest.raises(ClientError, match="InvalidLambdaResponseException"):
            begin_with_password(quizzing, app)

    def test_failing_beats_tokens(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        self.decides(emulator, issueTokens=True, failAuthentication=True, challengeName="CUSTOM_CHALLENGE")
        with pytest.raises(ClientError) as refused:
            begin(quizzing, app)
        assert told(refused.value) == WRONG

    @pytest.mark.parametrize("name", ["SMS_MFA", "PASSWORD_VERIFIER", "SRP_A", "made up", "x" * 10_000])
    def test_no_other_challenge(
        self, quizzing: RunningServer, emulator: Emulator, app: App, name: str
    ) -> None:
        self.decides(emulator, challengeName=name)
        with pytest.raises(ClientError, match="can ask for CUSTOM_CHALLENGE") as refused:
            begin(quizzing, app)
        assert told(refused.value)[0] == "InvalidLambdaResponseException"

    def test_nothing_at_all(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        self.decides(emulator)
        with pytest.raises(ClientError, match="neither names a challenge"):
            begin(quizzing, app)

    def test_no_end(self, quizzing: RunningServer, emulator: Emulator, app: App) -> None:
        """A function that goes on for ever is stopped."""
        self.decides(emulator, challengeName="CUSTOM_CHALLENGE")
        asked = begin(quizzing, app)
        rounds = 0
        with pytest.raises(ClientError) as refused:
            while True:
                asked = answer(quizzing, app, asked)
                rounds += 1
        assert told(refused.value) == WRONG
        assert rounds == 19

    def test_numbers_and_truth_values_become_texts(
        self, quizzing: RunningServer, emulator: Emulator, app: App
    ) -> None:
        emulator.functions["create"] = lambda event: {
            "response": {
                "publicChallengeParameters": {"digits": 6, "sent": True, "left": None, "USERNAME": "bob"},
                "privateChallengeParameters": {"answer": 123456},
            }
        }
        asked = begin(quizzing, app)
        assert asked["ChallengeParameters"] == {"USERNAME": "anna", "digits": "6", "sent": "true"}
        assert "AuthenticationResult" in answer(quizzing, app, asked, "123456")


@pytest.mark.parametrize("says_so", [True, False], ids=["Lambda", "runtime interface emulator"])
@pytest.mark.parametrize("name", ["define", "create"])
def test_an_error_of_a_function_reaches_the_client(
    quizzing: RunningServer, emulator: Emulator, app: App, name: str, says_so: bool
) -> None:
    def fails(event: Event) -> Any:
        raise FunctionFailed("You have\nno credit")

    emulator.functions[name], emulator.says_so = fails, says_so
    with pytest.raises(ClientError) as refused:
        begin(quizzing, app)
    assert told(refused.value) == (
        "UserLambdaValidationException",
        f"{name.capitalize()}AuthChallenge failed with error You have\nno credit.",
    )


def test_a_password_sign_in_asks_no_function(quizzing: RunningServer, emulator: Emulator, app: App) -> None:
    sign_in(quizzing, app, "anna")
    assert emulator.events == []
