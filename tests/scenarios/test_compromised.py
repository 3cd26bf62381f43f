"""Compromised credentials: a password known from breaches, at sign-in, sign-up and change."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests import srp
from tests.history import latest, listed
from tests.people import PASSWORD, App, make_app, make_user, sign_in
from tests.scenarios.protected import compromised, configure, protected, switch
from tests.scenarios.refusals import COMPROMISED, RESET_FOR_SECURITY, refused
from tests.server import RunningServer, running

from doorward.breach.corpus import CorpusUnreadable

KNOWN = "password1"
"""In every list of common passwords."""
RELAXED = {"Policies": {"PasswordPolicy": {"MinimumLength": 6}}}
"""A policy that lets a breached password pass, so that it is the corpus that speaks."""


def pool(server: RunningServer, mode: str = "ENFORCED", password: str = KNOWN, **settings: Any) -> App:
    """Make a pool with the user berta, who chose a password known from breaches before anybody looked."""
    app = protected(server, "OFF", **RELAXED, **settings)
    make_user(server, app.pool_id, "berta", password)
    switch(server, app, mode, **RELAXED, **settings)
    return app


def status(server: RunningServer, app: App, username: str = "berta") -> str:
    return server.administrator.admin_get_user(UserPoolId=app.pool_id, Username=username)["UserStatus"]


def sign_up(server: RunningServer, app: App, password: str = KNOWN) -> Any:
    return server.anonymous.sign_up(
        ClientId=app.client_id,
        Username="new",
        Password=password,
        UserAttributes=[{"Name": "email", "Value": "new@example.org"}],
    )


def change(server: RunningServer, app: App, proposed: str = KNOWN) -> None:
    server.anonymous.change_password(
        AccessToken=sign_in(server, app, "anna")["AccessToken"],
        PreviousPassword=PASSWORD,
        ProposedPassword=proposed,
    )


def detected(server: RunningServer, app: App, username: str = "berta") -> bool | None:
    return listed(server, app, username)[0]["EventRisk"].get("CompromisedCredentialsDetected")


def test_a_sign_in_with_a_known_password_is_refused(server: RunningServer) -> None:
    app = pool(server)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)
    assert status(server, app) == "RESET_REQUIRED"


def test_it_stays_refused_until_the_password_is_replaced(server: RunningServer) -> None:
    app = pool(server)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)


def test_the_event_says_that_the_password_is_known(server: RunningServer) -> None:
    app = pool(server)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)
    assert listed(server, app, "berta")[0]["EventResponse"] == "Fail"
    assert detected(server, app) is True
    assert latest(server, app).risk.corpus_version == server.services.known_passwords.corpus.version


def test_a_forgotten_passwords_code_is_the_way_out(server: RunningServer) -> None:
    app = pool(server)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)
    server.anonymous.forgot_password(ClientId=app.client_id, Username="berta")
    confirmation: Any = {
        "ClientId": app.client_id,
        "Username": "berta",
        "ConfirmationCode": server.last_code(app.pool_id),
    }
    with refused(*COMPROMISED):
        server.anonymous.confirm_forgot_password(**confirmation, Password="password")
    server.anonymous.confirm_forgot_password(**confirmation, Password=PASSWORD)
    assert status(server, app) == "CONFIRMED"
    assert sign_in(server, app, "berta")["AccessToken"]


def test_a_wrong_password_that_is_known_is_just_wrong(server: RunningServer) -> None:
    app = pool(server, password=PASSWORD)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(server, app, "berta", KNOWN)
    assert status(server, app) == "CONFIRMED"
    assert detected(server, app) is None


def test_a_password_in_no_list_signs_in(server: RunningServer) -> None:
    app = pool(server, password=PASSWORD)
    assert sign_in(server, app, "berta")["AccessToken"]
    assert detected(server, app) is False


def test_srp_is_refused_by_what_was_found_when_the_password_was_set(server: RunningServer) -> None:
    app = pool(server)
    with refused(*RESET_FOR_SECURITY):
        srp.sign_in(server, app, "berta", KNOWN)
    assert status(server, app) == "RESET_REQUIRED"
    assert detected(server, app) is True


def test_srp_with_a_password_in_no_list_signs_in(server: RunningServer) -> None:
    app = pool(server, password=PASSWORD)
    assert srp.sign_in(server, app, "berta")["AuthenticationResult"]


def test_a_sign_up_with_a_known_password_is_refused_and_makes_nobody(server: RunningServer) -> None:
    app = pool(server)
    with refused(*COMPROMISED):
        sign_up(server, app)
    with refused("UserNotFoundException"):
        status(server, app, "new")
    event = latest(server, app)
    assert (event.event_type, event.response, event.risk.compromised) == ("SignUp", "Fail", True)


def test_a_change_to_a_known_password_is_refused_and_changes_nothing(server: RunningServer) -> None:
    app = pool(server)
    with refused(*COMPROMISED):
        change(server, app)
    assert sign_in(server, app, "anna")["AccessToken"]


def test_a_new_password_in_place_of_a_temporary_one_is_checked(server: RunningServer) -> None:
    app = pool(server)
    session = invited(server, app)
    with refused(*COMPROMISED):
        choose(server, app, session, KNOWN)
    assert detected(server, app, "invited") is True
    assert choose(server, app, session, PASSWORD)["AuthenticationResult"]


def test_audit_records_it_on_the_way_past_a_temporary_password(server: RunningServer) -> None:
    app = pool(server, "AUDIT")
    assert choose(server, app, invited(server, app), KNOWN)["AuthenticationResult"]
    assert detected(server, app, "invited") is True


def test_audit_records_a_sign_in_and_lets_it_pass(server: RunningServer) -> None:
    app = pool(server, "AUDIT")
    assert sign_in(server, app, "berta", KNOWN)["AccessToken"]
    assert status(server, app) == "CONFIRMED"
    assert detected(server, app) is True


def test_audit_lets_a_sign_up_and_a_change_pass(server: RunningServer) -> None:
    app = pool(server, "AUDIT")
    sign_up(server, app)
    assert detected(server, app, "new") is True
    change(server, app)
    assert detected(server, app, "anna") is True


def test_off_asks_nothing(server: RunningServer) -> None:
    app = pool(server, "OFF")
    assert sign_in(server, app, "berta", KNOWN)["AccessToken"]
    sign_up(server, app)
    change(server, app)


def test_no_action_records_and_lets_pass(server: RunningServer) -> None:
    app = pool(server)
    configure(server, app, **compromised("NO_ACTION"))
    assert sign_in(server, app, "berta", KNOWN)["AccessToken"]
    assert detected(server, app) is True
    assert srp.sign_in(server, app, "berta", KNOWN)["AuthenticationResult"]
    sign_up(server, app)


@pytest.mark.parametrize("event", ["SIGN_UP", "PASSWORD_CHANGE"])
def test_a_sign_in_that_the_filter_leaves_out_is_not_checked(server: RunningServer, event: str) -> None:
    app = pool(server)
    configure(server, app, **compromised("BLOCK", event))
    assert sign_in(server, app, "berta", KNOWN)["AccessToken"]
    assert detected(server, app) is None
    assert srp.sign_in(server, app, "berta", KNOWN)["AuthenticationResult"]


def test_the_filter_leaves_sign_up_and_change_out(server: RunningServer) -> None:
    app = pool(server)
    configure(server, app, **compromised("BLOCK", "SIGN_IN"))
    sign_up(server, app)
    change(server, app)
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "anna", KNOWN)


def test_the_filter_checks_what_it_names(server: RunningServer) -> None:
    app = pool(server)
    configure(server, app, **compromised("BLOCK", "SIGN_UP"))
    with refused(*COMPROMISED):
        sign_up(server, app)
    change(server, app)


def test_a_clients_configuration_acts_for_it_alone(server: RunningServer) -> None:
    app = pool(server)
    other = make_app(server, app.pool_id)
    configure(server, app, client=True, **compromised("NO_ACTION"))
    assert sign_in(server, app, "berta", KNOWN)["AccessToken"]
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, other, "berta", KNOWN)


def test_an_always_allowed_address_does_not_make_a_known_password_good(server: RunningServer) -> None:
    app = pool(server)
    configure(server, app, RiskExceptionConfiguration={"SkippedIPRangeList": ["127.0.0.0/8"]})
    with refused(*RESET_FOR_SECURITY):
        sign_in(server, app, "berta", KNOWN)


class Unreadable:
    """A corpus whose file is gone."""

    version = "gone"

    def lookup(self, password: str) -> int:
        raise CorpusUnreadable("The corpus file is gone.")


UNCHECKED = (
    "NotAuthorizedException",
    "The password could not be checked for known breaches. Try again later.",
)


@pytest.fixture(params=["open", "closed"])
def without_corpus(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, RunningServer]]:
    """A server whose corpus cannot be read, and what its settings make of that."""
    data = tmp_path_factory.mktemp("doorward")
    with running(data, corpus_unreadable=request.param, corpus=Unreadable()) as server:
        yield request.param, server


def test_an_unreadable_corpus_lets_pass_or_refuses_as_the_settings_say(
    without_corpus: tuple[str, RunningServer],
) -> None:
    setting, server = without_corpus
    app = pool(server)
    session = invited(server, app)
    attempts = (
        lambda: sign_in(server, app, "anna"),
        lambda: sign_up(server, app, PASSWORD),
        lambda: choose(server, app, session, PASSWORD),
    )
    for attempt in attempts:
        if setting == "open":
            assert attempt()
        else:
            with refused(*UNCHECKED):
                attempt()
        assert latest(server, app).risk.compromised is None


def test_an_unreadable_corpus_never_stops_audit(without_corpus: tuple[str, RunningServer]) -> None:
    _, server = without_corpus
    app = pool(server, "AUDIT")
    assert sign_in(server, app, "anna")["AccessToken"]
    assert latest(server, app).risk.because.endswith("The corpus file is gone.")


def invited(server: RunningServer, app: App) -> str:
    """Return the session of a user whose temporary password is to be replaced."""
    temporary = "Only-For-Now-1"
    # A server whose corpus cannot be read would refuse the temporary password too: take the check off.
    configure(server, app, **compromised("NO_ACTION"))
    make_user(server, app.pool_id, "invited")
    server.administrator.admin_set_user_password(
        UserPoolId=app.pool_id, Username="invited", Password=temporary, Permanent=False
    )
    answer = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "invited", "PASSWORD": temporary},
    )
    configure(server, app)
    return answer["Session"]


def choose(server: RunningServer, app: App, session: str, password: str) -> Any:
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"USERNAME": "invited", "NEW_PASSWORD": password},
    )
