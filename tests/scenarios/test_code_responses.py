"""Every case of docs/choice-based-sign-in.md, played through the server."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.circumstances import LAPTOP, LONDON, context
from tests.people import App, make_user
from tests.scenarios.challenged import EVERY, ON, choose, offer, phone_of, respond
from tests.scenarios.choosing import begin, choosing
from tests.scenarios.first_factor_stage import check, described, name_of
from tests.scenarios.test_responses import Stage
from tests.server import RunningServer, running
from tools.code_responses import BOTH, OTHER, PAGE, SAME, USERS, WAYS, code_cases, page
from tools.first_factor_cases import FirstFactorCase
from tools.responses import UNABLE

from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

CODES = {"email": "EMAIL_OTP", "phone_number": "SMS_OTP"}
SECOND = {"email": "EMAIL_OTP", "phone_number": "SMS_MFA"}
OF = {"email": "phone_number", "phone_number": "email"}
"""The other channel."""


def channel_of(case: FirstFactorCase) -> str:
    return "phone_number" if "SMS" in case.flow else "email"


class CodeStage(Stage):
    """Pools of every kind, and the same people in them, who can all be sent a code as the first factor."""

    def _made(self, mfa: str, mode: str, anything: bool) -> App:
        server = self.server
        app = choosing(
            server,
            UserPoolAddOns={"AdvancedSecurityMode": mode},
            AutoVerifiedAttributes=["email", "phone_number"],
        )
        factors = EVERY if anything else ["SMS_MFA"]
        offer(server, app.pool_id, "OPTIONAL", factors)
        for user in USERS:
            for channel in CODES:
                for has_password in (True, False):
                    if not anything and user != UNABLE:
                        continue
                    self._settle(app, user, channel, has_password)
        offer(server, app.pool_id, mfa, [] if mfa == "OFF" else factors)
        return app

    def _settle(self, app: App, user: str, channel: str, has_password: bool) -> None:
        server, name = self.server, name_of(user, has_password, channel)
        address = {"email": f"{name}@example.org", "phone_number": phone_of(name)}
        has = {channel: address[channel], f"{channel}_verified": "true"}
        if user in {OTHER, BOTH}:
            has |= {OF[channel]: address[OF[channel]]}
        if has_password:
            sub = make_user(server, app.pool_id, name, attributes={"email": "", "email_verified": ""} | has)
        else:
            sub = server.anonymous.sign_up(
                ClientId=app.client_id,
                Username=name,
                UserAttributes=[{"Name": channel, "Value": address[channel]}],
            )["UserSub"]
            server.administrator.admin_confirm_sign_up(UserPoolId=app.pool_id, Username=name)
            server.administrator.admin_update_user_attributes(
                UserPoolId=app.pool_id,
                Username=name,
                UserAttributes=[{"Name": key, "Value": value} for key, value in has.items()],
            )
        self._subs[app.pool_id, name] = sub
        chosen = {OTHER: [OF[channel]], SAME: [channel], BOTH: ["email", "phone_number"]}.get(user, [])
        if chosen:
            choose(server, app, name, **{SECOND[one]: ON for one in chosen})
        with server.services.store.writing() as tx:
            # Of somebody who has signed in before: what is rare for a new user is never above Low.
            queries.keep_profile(tx, app.pool_id, sub, encode(Profile(successes=100)))


def sign_in(server: RunningServer, app: App, name: str, case: FirstFactorCase) -> Any:
    """Begin with a code and give it, up to the tokens or what else is asked for; or to what is offered instead."""
    challenge = CODES[channel_of(case)]
    if not case.flow.startswith("admin"):
        asked = begin(server, app, name, challenge)
        if asked["ChallengeName"] != challenge:
            return asked
        return respond(server, app, asked, name, **{f"{challenge}_CODE": server.last_code(app.pool_id)})
    as_administrator: dict[str, Any] = {
        "UserPoolId": app.pool_id,
        "ClientId": app.client_id,
        "ContextData": context(app, name, LONDON, LAPTOP, server.services.clock.now()),
    }
    asked = server.administrator.admin_initiate_auth(
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": name, "PREFERRED_CHALLENGE": challenge},
        **as_administrator,
    )
    if asked["ChallengeName"] != challenge:
        return asked
    return server.administrator.admin_respond_to_auth_challenge(
        ChallengeName=challenge,
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, f"{challenge}_CODE": server.last_code(app.pool_id)},
        **as_administrator,
    )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeStage]:
    """A server of its own, which sends as many codes as are asked for."""
    with running(tmp_path_factory.mktemp("doorward"), messages_per_address=10_000) as server:
        yield CodeStage(server)


@pytest.mark.parametrize("case", list(code_cases()), ids=described)
def test_the_case(stage: CodeStage, case: FirstFactorCase) -> None:
    app = stage.prepare(case)
    name = name_of(case.user, case.has_password, channel_of(case))
    challenge = CODES[channel_of(case)]
    check(stage, app, name, case, challenge, lambda: sign_in(stage.server, app, name, case))


def test_every_way_in_meets_every_outcome() -> None:
    by_way = {way: {case.outcome for case in code_cases() if case.flow == way} for way in WAYS}
    second = {"SMS_MFA", "EMAIL_OTP"}
    common = {case.outcome for case in code_cases()} - second
    assert all(common < met and met & second for met in by_way.values())


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
