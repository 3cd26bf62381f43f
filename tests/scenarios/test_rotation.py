"""GetTokensFromRefreshToken, and refresh tokens that are replaced with every use."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.history import kept
from tests.people import App, make_app, make_pool, make_user, sign_in, told
from tests.scenarios.protected import protected
from tests.scenarios.refusals import refused
from tests.server import RunningServer

from doorward.store.sealing import Keyring
from doorward.tokens.refresh_token import new_refresh_token, successors

REUSED = ("RefreshTokenReuseException", "Refresh token reuse detected")
INVALID = ("NotAuthorizedException", "Invalid Refresh Token")
REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")


def rotating(grace: int | None = None, **settings: Any) -> dict[str, Any]:
    """Return the settings of a client that rotates."""
    rotation: dict[str, Any] = {"Feature": "ENABLED"}
    if grace is not None:
        rotation["RetryGracePeriodSeconds"] = grace
    return {
        "RefreshTokenRotation": rotation,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        **settings,
    }


def make(server: RunningServer, grace: int | None = None, **settings: Any) -> App:
    """Make a pool with anna in it, and a client that rotates."""
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    return make_app(server, pool_id, **rotating(grace, **settings))


def renew(server: RunningServer, app: App, token: str, **given: Any) -> Any:
    secret = {"ClientSecret": app.secret} if app.secret else {}
    return server.anonymous.get_tokens_from_refresh_token(
        ClientId=app.client_id, RefreshToken=token, **{**secret, **given}
    )["AuthenticationResult"]


def test_each_refresh_brings_another_token(server: RunningServer) -> None:
    app = make(server)
    token = sign_in(server, app, "anna")["RefreshToken"]
    seen = {token}
    for _ in range(4):
        tokens = renew(server, app, token)
        token = tokens["RefreshToken"]
        assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"
        assert tokens["IdToken"]
        assert tokens["TokenType"] == "Bearer"
        seen.add(token)
    assert len(seen) == 5


@pytest.mark.parametrize("feature", [{}, {"RefreshTokenRotation": {"Feature": "DISABLED"}}])
def test_without_rotation_the_token_stays(server: RunningServer, feature: dict[str, Any]) -> None:
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    app = make_app(server, pool_id, **feature)
    token = sign_in(server, app, "anna")["RefreshToken"]
    for _ in range(2):
        tokens = renew(server, app, token)
        assert tokens["AccessToken"]
        assert "RefreshToken" not in tokens


def test_the_flow_that_does_not_rotate_is_closed_to_such_a_client(server: RunningServer) -> None:
    """Whichever names its flows have, the old ones too."""
    pool_id = make_pool(server)
    make_user(server, pool_id, "anna")
    for flows in (["ALLOW_USER_PASSWORD_AUTH"], ["USER_PASSWORD_AUTH"]):
        app = make_app(server, pool_id, **rotating(ExplicitAuthFlows=flows))
        token = sign_in(server, app, "anna")["RefreshToken"]
        with refused("InvalidParameterException", "REFRESH_TOKEN_AUTH flow not enabled for this client"):
            server.anonymous.initiate_auth(
                ClientId=app.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": token},
            )


def test_a_replaced_token_that_comes_back_ends_the_session(clocked: ClockedServer) -> None:
    """Two hold tokens of it, and nobody can tell which of them is the thief."""
    app = make(clocked)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    tokens = renew(clocked, app, first)
    with refused(*REUSED):
        renew(clocked, app, first)
    with refused(*REVOKED):
        renew(clocked, app, tokens["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        clocked.anonymous.get_user(AccessToken=tokens["AccessToken"])
    with refused(*REVOKED):
        renew(clocked, app, first)
    assert sign_in(clocked, app, "anna")["RefreshToken"]


def test_so_does_one_that_was_replaced_long_ago(clocked: ClockedServer) -> None:
    app = make(clocked, 60)
    first = token = sign_in(clocked, app, "anna")["RefreshToken"]
    for _ in range(3):
        clocked.clock.advance(3600)
        token = renew(clocked, app, token)["RefreshToken"]
    clocked.clock.advance(3600)
    with refused(*REUSED):
        renew(clocked, app, first)
    with refused(*REVOKED):
        renew(clocked, app, token)


def test_within_the_grace_a_repetition_gets_the_same_answer(clocked: ClockedServer) -> None:
    app = make(clocked, 30)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    second = renew(clocked, app, first)["RefreshToken"]
    clocked.clock.advance(29.9)
    again = renew(clocked, app, first)
    assert again["RefreshToken"] == second
    assert again["AccessToken"]
    clocked.clock.advance(0.1)
    with refused(*REUSED):
        renew(clocked, app, first)


def test_the_grace_does_not_begin_anew_with_a_repetition(clocked: ClockedServer) -> None:
    app = make(clocked, 30)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    for _ in range(3):
        renew(clocked, app, first)
        clocked.clock.advance(10)
    with refused(*REUSED):
        renew(clocked, app, first)


def test_a_tab_left_behind_within_the_grace_ends_nothing(clocked: ClockedServer) -> None:
    """Its token was replaced twice meanwhile: it is refused, and the other tab goes on."""
    app = make(clocked, 60)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    third = renew(clocked, app, renew(clocked, app, first)["RefreshToken"])["RefreshToken"]
    with refused(*REUSED):
        renew(clocked, app, first)
    assert renew(clocked, app, third)["AccessToken"]


def test_a_new_token_lives_no_longer_than_the_first(clocked: ClockedServer) -> None:
    app = make(
        clocked,
        RefreshTokenValidity=2,
        TokenValidityUnits={"RefreshToken": "hours", "AccessToken": "minutes", "IdToken": "minutes"},
        AccessTokenValidity=10,
        IdTokenValidity=10,
    )
    token = sign_in(clocked, app, "anna")["RefreshToken"]
    clocked.clock.advance(3600)
    token = renew(clocked, app, token)["RefreshToken"]
    clocked.clock.advance(3600)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        renew(clocked, app, token)


def test_of_many_at_once_all_get_the_same_token_within_the_grace(server: RunningServer) -> None:
    app = make(server, 60)
    token = sign_in(server, app, "anna")["RefreshToken"]
    with ThreadPoolExecutor(8) as threads:
        got = set(threads.map(lambda _: renew(server, app, token)["RefreshToken"], range(8)))
    assert len(got) == 1


def test_of_many_at_once_one_wins_without_grace(server: RunningServer) -> None:
    app = make(server)
    token = sign_in(server, app, "anna")["RefreshToken"]

    def attempt(_: int) -> bool:
        try:
            return bool(renew(server, app, token)["RefreshToken"])
        except ClientError as error:
            assert told(error) in {REUSED, REVOKED}
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


def test_without_grace_a_request_that_came_before_the_rotation_is_late_too(clocked: ClockedServer) -> None:
    """It waited for the rotation to be written, and so bears an earlier instant."""
    app = make(clocked)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    renew(clocked, app, first)
    clocked.clock.advance(-1)
    with refused(*REUSED):
        renew(clocked, app, first)


def test_a_client_shows_its_secret(server: RunningServer) -> None:
    app = make(server, GenerateSecret=True)
    token = sign_in(server, app, "anna")["RefreshToken"]
    unable = ("NotAuthorizedException", f"Unable to verify secret for client {app.client_id}")
    with refused(*unable):
        renew(server, app, token, ClientSecret="notTheSecretOfThisClient0")
    with refused(*unable):
        renew(server, App(app.pool_id, app.client_id), token)
    # Whoever cannot prove himself has not used it up.
    second = renew(server, app, token)["RefreshToken"]
    with refused(*unable):
        renew(server, App(app.pool_id, app.client_id), token)
    assert renew(server, app, second)["RefreshToken"]


def test_a_token_is_its_clients_alone(server: RunningServer) -> None:
    app = make(server)
    token = sign_in(server, app, "anna")["RefreshToken"]
    for other in (make_app(server, app.pool_id, **rotating()), make(server)):
        with refused(*INVALID):
            renew(server, other, token)
    assert renew(server, app, token)["RefreshToken"]


@pytest.mark.parametrize("rotated", [False, True])
def test_what_only_begins_like_a_token_is_none(clocked: ClockedServer, rotated: bool) -> None:
    app = make(clocked, 60)
    token = sign_in(clocked, app, "anna")["RefreshToken"]
    if rotated:
        token = renew(clocked, app, token)["RefreshToken"]
    for made_up in (token[:24], token[:24] + "A" * 40, token[:-1], token + "A", "A" * 64, "x", "A" * 5000):
        with pytest.raises(ClientError) as caught:
            renew(clocked, app, made_up)
        assert told(caught.value) in {INVALID, REUSED}
    assert renew(clocked, app, token)["RefreshToken"]


def test_what_only_begins_like_a_token_revokes_nothing(server: RunningServer) -> None:
    app = make(server)
    token = sign_in(server, app, "anna")["RefreshToken"]
    for made_up in (token[:24], token[:24] + "A" * 40):
        server.anonymous.revoke_token(ClientId=app.client_id, Token=made_up)
    assert renew(server, app, token)["RefreshToken"]


@pytest.mark.parametrize("shown", range(4))
def test_every_token_of_a_session_revokes_it(server: RunningServer, shown: int) -> None:
    """The good one, the one before, and those that were replaced long ago: a tab left behind signs out too."""
    app = make(server, 60)
    tokens: Any = [sign_in(server, app, "anna")]
    for _ in range(3):
        tokens.append(renew(server, app, tokens[-1]["RefreshToken"]))
    another = sign_in(server, app, "anna")["RefreshToken"]
    server.anonymous.revoke_token(ClientId=app.client_id, Token=tokens[shown]["RefreshToken"])
    with refused(*REVOKED):
        renew(server, app, tokens[-1]["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        server.anonymous.get_user(AccessToken=tokens[-1]["AccessToken"])
    assert renew(server, app, another)["RefreshToken"]


def test_a_replaced_token_revokes_nothing_for_another_client(server: RunningServer) -> None:
    app = make(server, 60)
    first = sign_in(server, app, "anna")["RefreshToken"]
    third = renew(server, app, renew(server, app, first)["RefreshToken"])["RefreshToken"]
    server.anonymous.revoke_token(ClientId=make_app(server, app.pool_id, **rotating()).client_id, Token=first)
    assert renew(server, app, third)["RefreshToken"]


@pytest.mark.parametrize("mode", ["OFF", "AUDIT", "ENFORCED"])
def test_reuse_is_refused_in_every_mode_and_told_where_there_is_a_history(
    clocked: ClockedServer, mode: str
) -> None:
    """It is no matter of risk: the token is good no more."""
    app = protected(clocked, mode, app=rotating())
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    clocked.clock.advance(60)
    renew(clocked, app, first)
    with refused(*REUSED):
        renew(clocked, app, first)
    events = kept(clocked, app.pool_id)
    if mode == "OFF":
        assert events == []
        return
    began, reused = events
    assert (reused.refresh_of, reused.response, reused.learned) == (began.event_id, "Fail", False)
    assert (reused.risk.decision, reused.risk.response) == ("AccountTakeover", "revoke")


def test_rotation_that_is_turned_on_later_takes_up_the_sessions(clocked: ClockedServer) -> None:
    pool_id = make_pool(clocked)
    make_user(clocked, pool_id, "anna")
    app = make_app(clocked, pool_id)
    token = sign_in(clocked, app, "anna")["RefreshToken"]
    settings = rotating()
    clocked.administrator.update_user_pool_client(
        UserPoolId=pool_id, ClientId=app.client_id, ClientName="app", **settings
    )
    second = renew(clocked, app, token)["RefreshToken"]
    clocked.administrator.update_user_pool_client(
        UserPoolId=pool_id,
        ClientId=app.client_id,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],
    )
    refresh: Any = {"ClientId": app.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH"}
    assert clocked.anonymous.initiate_auth(**refresh, AuthParameters={"REFRESH_TOKEN": second})[
        "AuthenticationResult"
    ]["AccessToken"]
    with refused(*REVOKED):
        clocked.anonymous.initiate_auth(**refresh, AuthParameters={"REFRESH_TOKEN": token})


def test_rotation_that_is_turned_off_leaves_no_replaced_token_good(clocked: ClockedServer) -> None:
    """Nor what only begins like one: within the grace of the last rotation neither was told from the good one."""
    app = make(clocked, 60)
    first = sign_in(clocked, app, "anna")["RefreshToken"]
    third = renew(clocked, app, renew(clocked, app, first)["RefreshToken"])["RefreshToken"]
    clocked.administrator.update_user_pool_client(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],
        RefreshTokenRotation={"Feature": "DISABLED", "RetryGracePeriodSeconds": 60},
    )
    for bad in (first, third[:24], third[:24] + "A" * 40):
        with refused(*REUSED):
            renew(clocked, app, bad)
        with refused(*REVOKED):
            clocked.anonymous.initiate_auth(
                ClientId=app.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": bad},
            )
    assert renew(clocked, app, third)["AccessToken"]


def test_a_new_sealing_key_does_not_part_a_client_from_its_repetition() -> None:
    old = Keyring([("1", b"a" * 32)])
    both = Keyring([("1", b"a" * 32), ("2", b"b" * 32)])
    token = new_refresh_token()
    (before,) = successors(old, token)
    assert before in successors(both, token)
    assert successors(both, token)[0] != before
    assert {len(one) for one in (token, *successors(both, token))} == {64}
