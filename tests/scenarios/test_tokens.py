"""What a sign-in brings: the tokens' claims, their keys and how long they live."""

from typing import Any

import pytest
from tests.conftest import ClockedServer
from tests.people import PASSWORD, App, make_app, make_pool, make_user, sign_in
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running
from tests.tokens import fetch, kid, published_keys, verified

from doorward.retention import delete_expired

EXPIRED = ("NotAuthorizedException", "Access Token has expired")
CUSTOM = [{"Name": "team", "AttributeDataType": "String", "Mutable": True}]


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    pool = make_pool(server, Schema=CUSTOM)
    make_user(server, pool, "anna", attributes={"custom:team": "blue", "phone_number": "+14155550100"})
    return make_app(server, pool)


def refresh(server: RunningServer, app: App, token: str) -> Any:
    return server.anonymous.initiate_auth(
        ClientId=app.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )["AuthenticationResult"]


def test_the_id_token_tells_who_the_user_is(server: RunningServer, app: App) -> None:
    claims = verified(server, app, sign_in(server, app, "anna")["IdToken"])
    user = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")
    sub = next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "sub")
    assert claims["sub"] == sub
    assert claims["aud"] == app.client_id
    assert claims["token_use"] == "id"
    assert claims["cognito:username"] == "anna"
    assert (claims["email"], claims["email_verified"]) == ("anna@example.org", True)
    assert (claims["phone_number"], claims["phone_number_verified"]) == ("+14155550100", False)
    assert claims["custom:team"] == "blue"


def test_the_id_token_tells_no_more_than_the_client_may_read(server: RunningServer) -> None:
    hidden = {"Name": "score", "AttributeDataType": "String", "DeveloperOnlyAttribute": True}
    pool = make_pool(server, Schema=[*CUSTOM, hidden])
    make_user(server, pool, "anna", attributes={"custom:team": "blue", "dev:custom:score": "7"})
    everything, team = make_app(server, pool), make_app(server, pool, ReadAttributes=["custom:team"])
    told = verified(server, everything, sign_in(server, everything, "anna")["IdToken"])
    assert (told["email"], told["custom:team"]) == ("anna@example.org", "blue")
    assert "dev:custom:score" not in told
    told = verified(server, team, sign_in(server, team, "anna")["IdToken"])
    assert told["custom:team"] == "blue"
    assert "email" not in told


def test_the_access_token_tells_what_it_is_for(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    claims = verified(server, app, tokens["AccessToken"])
    assert claims["client_id"] == app.client_id
    assert claims["token_use"] == "access"
    assert claims["scope"] == "aws.cognito.signin.user.admin"
    assert claims["username"] == "anna"
    assert claims["sub"] == verified(server, app, tokens["IdToken"])["sub"]
    assert not {"aud", "email", "custom:team", "cognito:username"} & set(claims)


def test_both_tokens_are_of_one_family_and_each_is_its_own(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    of_id = verified(server, app, tokens["IdToken"])
    of_access = verified(server, app, tokens["AccessToken"])
    assert of_id["origin_jti"] == of_access["origin_jti"]
    assert of_id["jti"] != of_access["jti"]


def test_times_are_the_moment_of_the_sign_in(clocked: ClockedServer) -> None:
    app = made(clocked)
    claims = verified(clocked, app, sign_in(clocked, app, "anna")["AccessToken"])
    now = int(clocked.clock.now())
    assert (claims["auth_time"], claims["iat"], claims["exp"]) == (now, now, now + 3600)


def test_a_refresh_keeps_when_and_by_what_the_user_signed_in(clocked: ClockedServer) -> None:
    app = made(clocked, mode="AUDIT")
    tokens = sign_in(clocked, app, "anna")
    before = verified(clocked, app, tokens["AccessToken"])
    clocked.clock.advance(1800)
    after = verified(clocked, app, refresh(clocked, app, tokens["RefreshToken"])["AccessToken"])
    for claim in ("auth_time", "origin_jti", "event_id", "sub"):
        assert after[claim] == before[claim]
    assert after["jti"] != before["jti"]
    assert after["iat"] == before["iat"] + 1800


def test_a_refresh_tells_the_attributes_as_they_are_now(server: RunningServer) -> None:
    app = made(server)
    token = sign_in(server, app, "anna")["RefreshToken"]
    server.administrator.admin_update_user_attributes(
        UserPoolId=app.pool_id, Username="anna", UserAttributes=[{"Name": "name", "Value": "Anna"}]
    )
    assert verified(server, app, refresh(server, app, token)["IdToken"])["name"] == "Anna"


@pytest.mark.parametrize("mode", ["AUDIT", "ENFORCED"])
def test_event_id_names_the_event_where_advanced_security_is_on(server: RunningServer, mode: str) -> None:
    app = made(server, mode=mode)
    tokens = sign_in(server, app, "anna")
    [event] = server.administrator.admin_list_user_auth_events(UserPoolId=app.pool_id, Username="anna")[
        "AuthEvents"
    ]
    assert verified(server, app, tokens["AccessToken"])["event_id"] == event["EventId"]
    assert verified(server, app, tokens["IdToken"])["event_id"] == event["EventId"]


def test_there_is_no_event_id_where_advanced_security_is_off(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    assert "event_id" not in verified(server, app, tokens["AccessToken"])
    assert "event_id" not in verified(server, app, tokens["IdToken"])


def test_the_id_token_holds_what_the_client_may_read(server: RunningServer, app: App) -> None:
    narrow = make_app(server, app.pool_id, ReadAttributes=["email"])
    claims = verified(server, narrow, sign_in(server, narrow, "anna")["IdToken"])
    assert "email" in claims
    assert not {"custom:team", "phone_number"} & set(claims)


def test_access_and_id_tokens_are_signed_by_different_keys(server: RunningServer, app: App) -> None:
    tokens = sign_in(server, app, "anna")
    assert kid(tokens["AccessToken"]) != kid(tokens["IdToken"])
    assert {kid(tokens["AccessToken"]), kid(tokens["IdToken"])} == set(published_keys(server, app.pool_id))


def test_an_id_token_is_no_access_token(server: RunningServer, app: App) -> None:
    with refused("NotAuthorizedException", "Invalid Access Token"):
        server.anonymous.get_user(AccessToken=sign_in(server, app, "anna")["IdToken"])


def test_a_changed_token_is_refused(server: RunningServer, app: App) -> None:
    header, payload, signature = sign_in(server, app, "anna")["AccessToken"].split(".")
    changed = payload[:-2] + ("A" if payload[-2] != "A" else "B") + payload[-1]
    with refused("NotAuthorizedException", "Invalid Access Token"):
        server.anonymous.get_user(AccessToken=f"{header}.{changed}.{signature}")


def test_pools_have_keys_of_their_own(server: RunningServer, app: App) -> None:
    other = make_pool(server)
    assert not set(published_keys(server, other)) & set(published_keys(server, app.pool_id))


def test_new_keys_sign_and_old_ones_still_verify(clocked: ClockedServer) -> None:
    app = made(clocked)
    before = sign_in(clocked, app, "anna")
    rotate(clocked, app)
    after = sign_in(clocked, app, "anna")
    assert kid(before["AccessToken"]) != kid(after["AccessToken"])
    assert len(published_keys(clocked, app.pool_id)) == 4
    for tokens in (before, after):
        assert verified(clocked, app, tokens["AccessToken"])["username"] == "anna"
        assert clocked.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_old_keys_go_once_no_token_of_theirs_can_live(clocked: ClockedServer) -> None:
    app = made(clocked)
    first = set(published_keys(clocked, app.pool_id))
    rotate(clocked, app)
    clocked.clock.advance(86_400)
    delete_expired(clocked.services)
    assert first < set(published_keys(clocked, app.pool_id))
    clocked.clock.advance(1)
    delete_expired(clocked.services)
    kept = set(published_keys(clocked, app.pool_id))
    assert not first & kept
    assert len(kept) == 2


def test_tokens_live_as_long_as_the_client_says(clocked: ClockedServer) -> None:
    app = made(
        clocked,
        AccessTokenValidity=10,
        IdTokenValidity=1,
        RefreshTokenValidity=2,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "days", "RefreshToken": "days"},
    )
    tokens = sign_in(clocked, app, "anna")
    access = verified(clocked, app, tokens["AccessToken"])
    of_id = verified(clocked, app, tokens["IdToken"])
    assert tokens["ExpiresIn"] == 600
    assert (access["exp"] - access["iat"], of_id["exp"] - of_id["iat"]) == (600, 86_400)


def test_an_access_token_expires(clocked: ClockedServer) -> None:
    app = made(clocked)
    token = sign_in(clocked, app, "anna")["AccessToken"]
    clocked.clock.advance(3599)
    clocked.anonymous.get_user(AccessToken=token)
    clocked.clock.advance(1)
    with refused(*EXPIRED):
        clocked.anonymous.get_user(AccessToken=token)


def test_a_refresh_token_expires(clocked: ClockedServer) -> None:
    app = made(clocked, RefreshTokenValidity=2)
    token = sign_in(clocked, app, "anna")["RefreshToken"]
    clocked.clock.advance(2 * 86_400 - 1)
    assert refresh(clocked, app, token)["AccessToken"]
    clocked.clock.advance(1)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        refresh(clocked, app, token)


def test_the_keys_and_the_issuer_are_discovered(server: RunningServer, app: App) -> None:
    issuer = f"{server.endpoint}/{app.pool_id}"
    found = fetch(f"{issuer}/.well-known/openid-configuration")
    assert found["issuer"] == issuer
    assert fetch(found["jwks_uri"])["keys"]
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]


def test_the_issuer_has_cognitos_form_where_the_settings_say_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("doorward"), issuer="cognito") as server:
        app = made(server)
        issuer = f"https://cognito-idp.eu-west-1.amazonaws.com/{app.pool_id}"
        tokens = sign_in(server, app, "anna")
        assert verified(server, app, tokens["IdToken"], issuer=issuer)["iss"] == issuer
        assert server.anonymous.get_user(AccessToken=tokens["AccessToken"])["Username"] == "anna"


def test_the_issuer_is_under_the_public_url(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("doorward"), public_url="https://id.example.org/") as server:
        app = made(server)
        issuer = f"https://id.example.org/{app.pool_id}"
        assert verified(server, app, sign_in(server, app, "anna")["IdToken"], issuer=issuer)["iss"] == issuer


def made(server: RunningServer, mode: str = "OFF", **settings: Any) -> App:
    """Make a pool with one user and an app client with these settings."""
    pool = make_pool(server, UserPoolAddOns={"AdvancedSecurityMode": mode})
    make_user(server, pool, "anna", PASSWORD)
    return make_app(server, pool, **settings)


def rotate(server: RunningServer, app: App) -> None:
    issuer, now = server.services.issuer, server.services.clock.now()
    keys = issuer.new_keys()
    with server.services.store.writing() as tx:
        issuer.keep_keys(tx, app.pool_id, keys, now)
