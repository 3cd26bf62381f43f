"""Every case of a passkey in docs/choice-based-sign-in.md, played through the server."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.authenticator import Credential
from tests.circumstances import LAPTOP, LONDON, context
from tests.people import PASSWORD, App
from tests.scenarios import choosing, passkeys
from tests.scenarios.challenged import EVERY, ON, choose, offer, phone_of, respond
from tests.scenarios.first_factor_stage import check, described, name_of
from tests.scenarios.test_responses import Stage
from tests.server import RunningServer, running
from tools.first_factor_cases import NOT_OFFERED, FirstFactorCase
from tools.passkey_responses import BOTH, PASSKEY_USERS, PASSKEY_WAYS, passkey_cases
from tools.responses import ONE, UNABLE

from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

FIRST_FACTORS = ("PASSWORD", "EMAIL_OTP", "WEB_AUTHN")


class PasskeyStage(Stage):
    """Pools of every kind, and the same people in them, each with a passkey."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__(server)
        self.passkeys: dict[tuple[str, str], Credential] = {}

    def _made(self, mfa: str, mode: str, anything: bool) -> App:
        server = self.server
        app = choosing.choosing(server, FIRST_FACTORS, UserPoolAddOns={"AdvancedSecurityMode": mode})
        passkeys.configure(server, app.pool_id, **passkeys.MULTI_FACTOR)
        factors = EVERY if anything else ["SMS_MFA"]
        for user in PASSKEY_USERS:
            for has_password in (True, False):
                if anything != (user == UNABLE):
                    self._register(app, user, has_password)
        offer(server, app.pool_id, "OPTIONAL", factors)
        for user in (ONE, BOTH) if anything else ():
            for has_password in (True, False):
                name = name_of(user, has_password)
                choose(server, app, name, SMS_MFA=ON)
                if user == BOTH:
                    server.administrator.admin_set_user_mfa_preference(
                        UserPoolId=app.pool_id, Username=name, WebAuthnMfaSettings={"Enabled": True}
                    )
        offer(server, app.pool_id, mfa, [] if mfa == "OFF" else factors)
        return app

    def _register(self, app: App, user: str, has_password: bool) -> None:
        """Let somebody sign up, and register a passkey; his address goes, so that it is no second factor."""
        server, name = self.server, name_of(user, has_password)
        password: Any = {"Password": PASSWORD} if has_password else {}
        sub = server.anonymous.sign_up(
            ClientId=app.client_id,
            Username=name,
            UserAttributes=[{"Name": "email", "Value": f"{name}@example.org"}],
            **password,
        )["UserSub"]
        server.anonymous.confirm_sign_up(
            ClientId=app.client_id, Username=name, ConfirmationCode=server.last_code(app.pool_id)
        )
        asked = choosing.begin(server, app, name, "EMAIL_OTP")
        tokens = respond(server, app, asked, name, EMAIL_OTP_CODE=server.last_code(app.pool_id))
        token = tokens["AuthenticationResult"]["AccessToken"]
        self.passkeys[app.pool_id, name] = passkeys.register(server, token)
        server.administrator.admin_delete_user_attributes(
            UserPoolId=app.pool_id, Username=name, UserAttributeNames=["email"]
        )
        if user in {ONE, BOTH}:
            server.administrator.admin_update_user_attributes(
                UserPoolId=app.pool_id,
                Username=name,
                UserAttributes=[{"Name": "phone_number", "Value": phone_of(name)}],
            )
        self._subs[app.pool_id, name] = sub
        with server.services.store.writing() as tx:
            # Of somebody who has signed in before: what is rare for a new user is never above Low.
            queries.keep_profile(tx, app.pool_id, sub, encode(Profile(successes=100)))


def sign_in(stage: PasskeyStage, app: App, name: str, way: str) -> Any:
    """Begin with a passkey and show it, up to the tokens or what else is asked for; or to what is offered instead."""
    server, passkey = stage.server, stage.passkeys[app.pool_id, name]
    if not way.startswith("admin"):
        asked = choosing.begin(server, app, name, "WEB_AUTHN")
        if asked["ChallengeName"] != "WEB_AUTHN":
            return asked
        return passkeys.show(server, app, asked, name, passkey)
    where = context(app, name, LONDON, LAPTOP, server.services.clock.now())
    return passkeys.sign_in_by_administrator(server, app, name, passkey, ContextData=where)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PasskeyStage]:
    """A server of its own, which sends as many codes as are asked for."""
    with running(tmp_path_factory.mktemp("doorward"), messages_per_address=10_000) as server:
        yield PasskeyStage(server)


@pytest.mark.parametrize("case", list(passkey_cases()), ids=described)
def test_the_case(stage: PasskeyStage, case: FirstFactorCase) -> None:
    app = stage.prepare(case)
    name = name_of(case.user, case.has_password)
    check(stage, app, name, case, "WEB_AUTHN", lambda: sign_in(stage, app, name, case.flow))


def test_every_way_in_meets_every_outcome() -> None:
    by_way = {way: {case.outcome for case in passkey_cases() if case.flow == way} for way in PASSKEY_WAYS}
    assert set(map(frozenset, by_way.values())) == {frozenset(case.outcome for case in passkey_cases())}
    assert NOT_OFFERED in by_way["passkey"]
