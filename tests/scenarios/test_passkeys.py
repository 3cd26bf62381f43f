"""Passkeys registered, listed and deleted, and what a pool and its users need for it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests import authenticator
from tests.authenticator import BACKED_UP, BACKUP_ELIGIBLE, PARTY, USER_PRESENT, VERIFIED
from tests.conftest import ClockedServer
from tests.people import make_app, make_pool, make_user, sign_in
from tests.scenarios.passkeys import (
    GONE,
    INVALID,
    MULTI_FACTOR,
    NOT_SUPPORTED,
    PASSKEYS_ALLOWED,
    begin,
    complete,
    configure,
    listed,
    register,
    sign_in_with,
    token_of,
    with_passkeys,
)
from tests.scenarios.refusals import refused
from tests.server import RunningServer, running
from webauthn.helpers import base64url_to_bytes


def test_what_the_browser_is_asked(server: RunningServer) -> None:
    app = with_passkeys(server)
    sub = make_user(server, app.pool_id, "ann", attributes={"name": "Ann Other"})
    options = begin(server, sign_in(server, app, "ann")["AccessToken"])
    assert options["rp"] == {"id": PARTY, "name": PARTY}
    assert base64url_to_bytes(options["user"].pop("id")).decode() == sub
    assert options["user"] == {"name": "ann", "displayName": "Ann Other"}
    assert len(base64url_to_bytes(options["challenge"])) == 32
    assert [one["alg"] for one in options["pubKeyCredParams"] if one["alg"] != -8] == [-7, -257]
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "preferred",
    }
    assert (options["attestation"], options["excludeCredentials"], options["timeout"]) == (
        "none",
        [],
        180_000,
    )


def test_the_authenticator_shows_the_address_that_the_user_signs_in_with(server: RunningServer) -> None:
    app = with_passkeys(server, UsernameAttributes=["email"])
    make_user(server, app.pool_id, "ann@example.org", attributes={"email": "ann@example.org"})
    token = sign_in(server, app, "ann@example.org")["AccessToken"]
    options = begin(server, token)
    assert options["user"]["name"] == "ann@example.org"
    assert b"ann" not in base64url_to_bytes(options["user"]["id"])


def test_a_passkey_is_registered_listed_and_deleted(server: RunningServer) -> None:
    app = with_passkeys(server)
    token = token_of(server, app, "ann")
    credential = register(server, token)
    (told,) = listed(server, token)
    assert told.pop("CreatedAt").year >= 2024
    assert told == {
        "CredentialId": credential.name,
        "FriendlyCredentialName": told["FriendlyCredentialName"],
        "RelyingPartyId": PARTY,
        "AuthenticatorAttachment": "platform",
        "AuthenticatorTransports": ["hybrid", "internal"],
    }
    assert told["FriendlyCredentialName"]
    factors = server.anonymous.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
    assert factors == ["PASSWORD", "WEB_AUTHN"]
    (excluded,) = begin(server, token)["excludeCredentials"]
    assert excluded == {"id": credential.name, "type": "public-key", "transports": ["hybrid", "internal"]}
    server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=credential.name)
    assert listed(server, token) == []
    factors = server.anonymous.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
    assert factors == ["PASSWORD"]
    with refused("ResourceNotFoundException"):
        server.anonymous.delete_web_authn_credential(AccessToken=token, CredentialId=credential.name)


def test_a_browser_may_hand_in_its_answer_as_text(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    _, answer = authenticator.create(begin(server, token))
    complete(server, token, json.dumps(answer))
    assert len(listed(server, token)) == 1


def test_passkeys_are_told_by_pages_and_are_at_most_twenty(clocked: ClockedServer) -> None:
    app = with_passkeys(clocked)
    token = token_of(clocked, app, "ann")
    made = []
    for _ in range(20):
        made.append(register(clocked, token).name)
        clocked.clock.advance(1)
    with refused("LimitExceededException"):
        begin(clocked, token)
    pages: list[list[str]] = []
    more: dict[str, Any] = {}
    while True:
        page: Any = clocked.anonymous.list_web_authn_credentials(AccessToken=token, MaxResults=8, **more)
        pages.append([one["CredentialId"] for one in page["Credentials"]])
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert [len(page) for page in pages] == [8, 8, 4]
    assert [name for page in pages for name in page] == made
    other = token_of(clocked, app, "bob")
    with refused(INVALID, "NextToken"):
        clocked.anonymous.list_web_authn_credentials(AccessToken=other, **more)


def test_pools_without_passkeys(server: RunningServer) -> None:
    app = make_app(server, make_pool(server))
    token = token_of(server, app, "ann")
    with refused("WebAuthnNotEnabledException"):
        begin(server, token)
    app = make_app(server, make_pool(server, Policies=PASSKEYS_ALLOWED))
    token = token_of(server, app, "ann")
    with refused("WebAuthnConfigurationMissingException"):
        begin(server, token)
    _, answer = authenticator.create({"rp": {"id": PARTY}, "user": {"id": ""}, "challenge": "AAAA"})
    with refused(GONE):
        complete(server, token, answer)
    configure(server, app.pool_id)
    register(server, token)


def test_passkeys_need_a_good_token_and_no_reset(server: RunningServer) -> None:
    app = with_passkeys(server)
    token = token_of(server, app, "ann")
    with refused("NotAuthorizedException"):
        begin(server, token[:-4] + "AAAA")
    answer = authenticator.create(begin(server, token))[1]
    server.anonymous.global_sign_out(AccessToken=token)
    for act in (
        lambda: begin(server, token),
        lambda: complete(server, token, answer),
        lambda: listed(server, token),
    ):
        with refused("NotAuthorizedException"):
            act()
    token = sign_in(server, app, "ann")["AccessToken"]
    server.administrator.admin_reset_user_password(UserPoolId=app.pool_id, Username="ann")
    with refused("PasswordResetRequiredException"):
        begin(server, token)


@pytest.mark.parametrize(
    "origin", ["https://example.org", "https://a.b.example.org", "https://example.org:8443"]
)
def test_the_domain_and_those_below_it_are_allowed(server: RunningServer, origin: str) -> None:
    register(server, token_of(server, with_passkeys(server), "ann"), origin=origin)


def test_an_origin_that_the_operator_trusts(tmp_path: Path) -> None:
    trusted = "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
    with running(tmp_path, passkey_origins=f"https://example.com, {trusted}") as server:
        app = with_passkeys(server)
        token = token_of(server, app, "ann")
        passkey = register(server, token, origin=trusted)
        sign_in_with(server, app, "ann", passkey, origin=trusted)
        register(server, token, origin="https://example.com")
        with refused("WebAuthnOriginNotAllowedException"):
            register(server, token, origin=trusted + "x")


def test_a_changed_relying_party_leaves_passkeys_behind(server: RunningServer) -> None:
    app = with_passkeys(server)
    token = token_of(server, app, "ann")
    register(server, token)
    configure(server, app.pool_id, "app.example.org")
    assert begin(server, token)["excludeCredentials"] == []
    factors = server.anonymous.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"]
    assert (factors, len(listed(server, token))) == (["PASSWORD"], 1)
    told = server.administrator.admin_get_user_auth_factors(UserPoolId=app.pool_id, Username="ann")
    assert told["ConfiguredUserAuthFactors"] == ["PASSWORD"]
    configure(server, app.pool_id)
    told = server.administrator.admin_get_user_auth_factors(UserPoolId=app.pool_id, Username="ann")
    assert told["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]


@pytest.mark.parametrize(
    "configured", [{"verification": "required"}, {"verification": "preferred", **MULTI_FACTOR}]
)
def test_a_user_who_must_be_verified(server: RunningServer, configured: dict[str, str]) -> None:
    app = with_passkeys(server)
    configure(server, app.pool_id, **configured)
    token = token_of(server, app, "ann")
    assert begin(server, token)["authenticatorSelection"]["userVerification"] == "required"
    with refused(NOT_SUPPORTED):
        register(server, token, flags=USER_PRESENT)
    register(server, token, flags=VERIFIED | BACKUP_ELIGIBLE | BACKED_UP)


def test_a_user_who_need_not_be_verified_must_be_there(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    with refused(INVALID):
        register(server, token, flags=0)
    with refused(INVALID):
        register(server, token, flags=VERIFIED | BACKED_UP)
    register(server, token, flags=USER_PRESENT)


def test_an_attestation_that_nobody_asked_for_is_not_read(server: RunningServer) -> None:
    token = token_of(server, with_passkeys(server), "ann")
    register(server, token, fmt="packed", statement={"alg": -7, "sig": b"none", "x5c": [b"garbage"]})
    register(server, token, fmt="of tomorrow", statement={"sig": b"none"})


def test_passkeys_go_with_their_user(server: RunningServer) -> None:
    app = with_passkeys(server)
    token = token_of(server, app, "ann")
    credential = register(server, token)
    options = begin(server, token)
    server.anonymous.delete_user(AccessToken=token)
    again = token_of(server, app, "ann")
    assert listed(server, again) == []
    with refused(GONE):
        complete(server, again, authenticator.create(options)[1])
    register(server, again, credential=credential)


@pytest.mark.parametrize(
    "party",
    [
        "Example.org",
        "https://example.org",
        "example.org:443",
        "127.0.0.1",
        "-a.org",
        "a..org",
        "a b",
        "é.org",
    ],
)
def test_a_relying_party_is_a_domain(server: RunningServer, party: str) -> None:
    pool_id = make_pool(server)
    with refused(INVALID, "RelyingPartyId must be a domain"):
        configure(server, pool_id, party)


def test_where_mfa_is_required_a_passkey_that_is_one_factor_begins_no_sign_in(server: RunningServer) -> None:
    cognito, pool_id = server.administrator, make_pool(server, Policies=PASSKEYS_ALLOWED)
    token: Any = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    with refused(INVALID, "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required"):
        cognito.set_user_pool_mfa_config(UserPoolId=pool_id, **token)
    configure(server, pool_id, **MULTI_FACTOR)
    cognito.set_user_pool_mfa_config(UserPoolId=pool_id, **token)
    with refused(INVALID, "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required"):
        configure(server, pool_id)
    required = make_pool(server)
    cognito.set_user_pool_mfa_config(UserPoolId=required, **token)
    policies: Any = PASSKEYS_ALLOWED
    with refused(INVALID, "WEB_AUTHN cannot be used as an auth factor when MFA is enabled"):
        cognito.update_user_pool(UserPoolId=required, MfaConfiguration="ON", Policies=policies)
