"""Signing in without showing the password: USER_SRP_AUTH, as pycognito does it."""

import pytest
from tests import srp
from tests.circumstances import LAPTOP
from tests.people import PASSWORD, App, make_app, make_pool, make_user
from tests.scenarios.refusals import BAD_SESSION, NO_USER, WRONG, refused
from tests.server import RunningServer


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    pool = make_pool(server)
    make_user(server, pool, "anna")
    return make_app(server, pool)


def answer(server: RunningServer, app: App, responses: dict[str, str], **members: str) -> None:
    server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=responses,
        **members,  # type: ignore[arg-type]
    )


def test_the_right_password_brings_tokens(server: RunningServer, app: App) -> None:
    tokens = srp.sign_in(server, app, "anna")["AuthenticationResult"]
    assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_a_wrong_password_is_refused(server: RunningServer, app: App) -> None:
    with refused(*WRONG):
        srp.sign_in(server, app, "anna", "Wrong-Horse-9")


def test_a_server_speaks_srp_for_its_user(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    challenge = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters=exchange.srp.get_auth_params(),
    )
    exchange.challenge = dict(challenge)
    tokens = server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.answer(),
    )
    assert tokens["AuthenticationResult"]["AccessToken"]


def test_the_challenge_brings_what_the_libraries_read(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    assert exchange.challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    assert set(exchange.parameters) == {"SALT", "SRP_B", "SECRET_BLOCK", "USER_ID_FOR_SRP", "USERNAME"}


def test_the_session_may_come_with_the_answer(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    answer(server, app, exchange.answer(), Session=exchange.challenge["Session"])


def test_a_session_that_is_not_the_exchanges_is_refused(server: RunningServer, app: App) -> None:
    exchange, other = srp.begin(server, app, "anna"), srp.begin(server, app, "anna")
    with refused(*BAD_SESSION):
        answer(server, app, exchange.answer(), Session=other.challenge["Session"])


def test_an_answer_serves_once(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    responses = exchange.answer()
    answer(server, app, responses)
    with refused(*BAD_SESSION):
        answer(server, app, responses)


def test_a_wrong_answer_ends_the_exchange(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    with refused(*WRONG):
        answer(server, app, exchange.answer(PASSWORD_CLAIM_SIGNATURE="AAAA"))
    with refused(*BAD_SESSION):
        answer(server, app, exchange.answer())


def test_the_answer_of_one_exchange_does_not_fit_another(server: RunningServer, app: App) -> None:
    one, other = srp.begin(server, app, "anna"), srp.begin(server, app, "anna")
    with refused(*WRONG):
        answer(server, app, one.answer(PASSWORD_CLAIM_SECRET_BLOCK=other.parameters["SECRET_BLOCK"]))


def test_a_timestamp_long_past_is_refused(server: RunningServer, app: App) -> None:
    exchange = srp.begin(server, app, "anna")
    with refused(*WRONG):
        answer(server, app, exchange.answer(TIMESTAMP="Mon Jan 1 00:00:00 UTC 2024"))


@pytest.mark.parametrize("timestamp", ["yesterday", "Mon Jan 99 00:00:00 UTC 2024"])
def test_a_timestamp_that_is_none_is_a_wrong_parameter(
    server: RunningServer, app: App, timestamp: str
) -> None:
    exchange = srp.begin(server, app, "anna")
    with refused("InvalidParameterException"):
        answer(server, app, exchange.answer(TIMESTAMP=timestamp))
    answer(server, app, exchange.answer())


@pytest.mark.parametrize(
    "missing",
    ["USERNAME", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"],
)
def test_a_missing_response_is_named(server: RunningServer, app: App, missing: str) -> None:
    responses = srp.begin(server, app, "anna").answer()
    del responses[missing]
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        answer(server, app, responses)


@pytest.mark.parametrize("srp_a", ["0", "not hexadecimal", "f" * 5000])
def test_a_client_value_that_proves_nothing_is_refused(server: RunningServer, app: App, srp_a: str) -> None:
    with refused("InvalidParameterException"):
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": "anna", "SRP_A": srp_a},
        )


def test_the_name_in_another_case_signs_in_where_case_does_not_count(server: RunningServer) -> None:
    pool = make_pool(server, UsernameConfiguration={"CaseSensitive": False})
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    assert srp.sign_in(server, app, "ANNA")["AuthenticationResult"]["AccessToken"]


def test_an_alias_signs_in(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["email"])
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    assert srp.sign_in(server, app, "anna@example.org")["AuthenticationResult"]["AccessToken"]


def test_an_address_that_stands_for_the_name_signs_in(server: RunningServer) -> None:
    pool = make_pool(server, UsernameAttributes=["email"])
    app = make_app(server, pool)
    make_user(server, pool, "anna@example.org", attributes={"email": "anna@example.org"})
    assert srp.sign_in(server, app, "anna@example.org")["AuthenticationResult"]["AccessToken"]


def test_context_data_made_for_the_name_that_the_challenge_told_is_believed(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["email"], UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    exchange = srp.begin(server, app, "anna@example.org")
    server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=exchange.answer(),
        UserContextData={"EncodedData": LAPTOP.describe(app, "anna", server.services.clock.now())},
    )
    [event] = server.administrator.admin_list_user_auth_events(UserPoolId=pool, Username="anna")["AuthEvents"]
    assert event["EventContextData"]["Timezone"] == LAPTOP.timezone


def test_an_unknown_name_gets_a_challenge_that_is_always_the_same(server: RunningServer, app: App) -> None:
    one, other = srp.begin(server, app, "nobody"), srp.begin(server, app, "nobody")
    known = srp.begin(server, app, "anna")
    assert one.parameters["SALT"] == other.parameters["SALT"]
    assert one.parameters["SRP_B"] != other.parameters["SRP_B"]
    assert one.parameters["USER_ID_FOR_SRP"] == "nobody"
    assert set(one.parameters) == set(known.parameters)
    for name in ("SALT", "SRP_B", "SECRET_BLOCK"):
        assert abs(len(one.parameters[name]) - len(known.parameters[name])) <= 4


def test_an_unknown_names_answer_is_a_wrong_password(server: RunningServer, app: App) -> None:
    with refused(*WRONG):
        srp.sign_in(server, app, "nobody", PASSWORD)


def test_an_unknown_address_gets_an_id_shaped_like_a_real_one(server: RunningServer) -> None:
    app = make_app(server, make_pool(server, UsernameAttributes=["email"]))
    one = srp.begin(server, app, "nobody@example.org").parameters["USER_ID_FOR_SRP"]
    assert one == srp.begin(server, app, "nobody@example.org").parameters["USER_ID_FOR_SRP"]
    assert [len(part) for part in one.split("-")] == [8, 4, 4, 4, 12]


def test_an_unknown_alias_is_not_told_back_as_no_known_one_is(server: RunningServer) -> None:
    pool = make_pool(server, AliasAttributes=["email"])
    app = make_app(server, pool)
    one = srp.begin(server, app, "nobody@example.org").parameters["USER_ID_FOR_SRP"]
    assert one == srp.begin(server, app, "nobody@example.org").parameters["USER_ID_FOR_SRP"]
    assert "@" not in one
    assert srp.begin(server, app, "nobody").parameters["USER_ID_FOR_SRP"] == "nobody"


def test_an_unknown_name_is_told_in_lower_case_as_known_ones_are_where_case_does_not_count(
    server: RunningServer,
) -> None:
    pool = make_pool(server, UsernameConfiguration={"CaseSensitive": False})
    app = make_app(server, pool)
    make_user(server, pool, "anna")
    assert srp.begin(server, app, "ANNA").parameters["USER_ID_FOR_SRP"] == "anna"
    assert srp.begin(server, app, "NOBODY").parameters["USER_ID_FOR_SRP"] == "nobody"


def test_an_unknown_name_is_called_unknown_where_the_client_does_not_hide_it(
    server: RunningServer, app: App
) -> None:
    legacy = make_app(server, app.pool_id, PreventUserExistenceErrors="LEGACY")
    with refused(*NO_USER):
        srp.begin(server, legacy, "nobody")
