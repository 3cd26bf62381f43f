"""Adaptive authentication: what an attempt's circumstances come to, and what the pool does about it."""

import pytest
from tests import srp
from tests.circumstances import (
    BRISBANE,
    CALIFORNIA,
    DAY,
    LAPTOP,
    LONDON,
    STRANGER,
    Device,
    sign_in_from,
)
from tests.conftest import ClockedServer
from tests.history import kept, latest, listed
from tests.people import PASSWORD, App, make_app, sign_in
from tests.scenarios.protected import configure, protected, takeover, with_habits
from tests.scenarios.refusals import BLOCKED, refused

from doorward.protection import queries

PROPAGATING = {"EnablePropagateAdditionalUserContextData": True}


def strange(server: ClockedServer, app: App) -> None:
    """Attempt anna's sign-in from a new country with a new device."""
    sign_in_from(server, app, "anna", BRISBANE, STRANGER)


def test_an_ordinary_sign_in_is_no_risk(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    sign_in_from(clocked, app, "anna")
    event = listed(clocked, app)[0]
    assert event["EventResponse"] == "Pass"
    assert event["EventRisk"] == {"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": False}


def test_the_first_sign_ins_of_a_user_are_not_blocked(clocked: ClockedServer) -> None:
    app = protected(clocked)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA)["AuthenticationResult"]


def test_a_new_country_with_a_new_device_is_blocked_by_default(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        strange(clocked, app)


def test_the_event_of_a_blocked_attempt_tells_risk_and_circumstance(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        strange(clocked, app)
    event = listed(clocked, app)[0]
    assert (event["EventType"], event["EventResponse"]) == ("SignIn", "Fail")
    assert event["EventRisk"]["RiskDecision"] == "AccountTakeover"
    assert event["EventRisk"]["RiskLevel"] == "High"
    assert event["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    assert event["EventContextData"] == {
        "IpAddress": BRISBANE,
        "DeviceName": "Firefox 127, Linux",
        "Timezone": STRANGER.timezone,
        "Country": "Australia",
    }


def test_the_kept_event_says_why_in_words(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        strange(clocked, app)
    risk = latest(clocked, app).risk
    said = {reason.signal: reason.sentence for reason in risk.reasons}
    assert said["network"] == "first sign-in from AU, after 14 from elsewhere"
    assert said["nothing_familiar"] == "country and device are both new"
    assert said["client"].startswith("a device not seen before")
    assert risk.because == "high risk, configured response BLOCK"
    assert risk.score is not None
    assert risk.model_version


def test_a_blocked_attempt_teaches_nothing(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    for _ in range(3):
        with refused(*BLOCKED):
            strange(clocked, app)
        clocked.clock.advance(DAY)


def test_the_user_himself_goes_on_signing_in_after_a_blocked_attempt(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    with refused(*BLOCKED):
        strange(clocked, app)
    assert sign_in_from(clocked, app, "anna")["AuthenticationResult"]


@pytest.mark.parametrize(("address", "device"), [(CALIFORNIA, LAPTOP), (LONDON, None)])
def test_one_thing_new_is_not_blocked(clocked: ClockedServer, address: str, device: Device | None) -> None:
    app = with_habits(clocked)
    assert sign_in_from(clocked, app, "anna", address, device)["AuthenticationResult"]


def test_a_wrong_password_is_an_event_that_was_not_scored(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=1)
    with refused("NotAuthorizedException"):
        sign_in_from(clocked, app, "anna", password="Wrong-Horse-9")
    event = listed(clocked, app)[0]
    assert event["EventResponse"] == "Fail"
    assert event["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Failure"}]
    assert event["EventRisk"]["RiskDecision"] == "NoRisk"
    assert latest(clocked, app).risk.score is None


def test_wrong_passwords_do_not_become_habits(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    for _ in range(14):
        with refused("NotAuthorizedException"):
            sign_in_from(clocked, app, "anna", BRISBANE, STRANGER, "Wrong-Horse-9")
        clocked.clock.advance(DAY)
    with refused(*BLOCKED):
        strange(clocked, app)


def test_audit_allows_and_tells_what_it_would_have_done(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT")
    strange(clocked, app)
    risk = latest(clocked, app).risk
    assert (risk.mode, risk.level, risk.response, risk.would_have) == ("AUDIT", "High", "allow", "block")
    assert listed(clocked, app)[0]["EventRisk"]["RiskDecision"] == "AccountTakeover"


def test_what_audit_lets_pass_becomes_a_habit(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT")
    scores = []
    for _ in range(5):
        strange(clocked, app)
        scores.append(latest(clocked, app).risk.score or 0.0)
        clocked.clock.advance(DAY)
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0 < scores[0]


def test_off_neither_judges_nor_records(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "OFF", days=2)
    strange(clocked, app)
    assert kept(clocked, app.pool_id) == []


def test_turning_it_on_acts_on_the_next_attempt(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT")
    clocked.administrator.update_user_pool(
        UserPoolId=app.pool_id, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"}
    )
    with refused(*BLOCKED):
        strange(clocked, app)


def test_each_level_has_the_response_that_is_configured_for_it(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="BLOCK"))
    with refused(*BLOCKED):
        strange(clocked, app)
    clocked.clock.advance(DAY)
    assert sign_in_from(clocked, app, "anna", CALIFORNIA, None)["AuthenticationResult"]
    assert latest(clocked, app).risk.level == "Medium"


def test_no_action_lets_a_high_risk_pass_and_records_it(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION"))
    strange(clocked, app)
    event = listed(clocked, app)[0]
    assert (event["EventResponse"], event["EventRisk"]["RiskLevel"]) == ("Pass", "High")


def test_a_level_left_out_has_the_response_of_the_one_below(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION"))
    strange(clocked, app)
    assert latest(clocked, app).risk.because.startswith("high risk, configured response NO_ACTION")


def test_optional_mfa_lets_a_user_without_a_factor_pass(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    offer_totp(clocked, app)
    configure(clocked, app, **takeover(high="MFA_IF_CONFIGURED"))
    strange(clocked, app)
    assert latest(clocked, app).risk.response == "allow"


def test_required_mfa_refuses_a_user_without_a_factor_at_high_risk(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    offer_totp(clocked, app)
    configure(clocked, app, **takeover(high="MFA_REQUIRED"))
    with refused(*BLOCKED):
        strange(clocked, app)
    assert latest(clocked, app).risk.response == "refuse"


def test_a_clients_own_configuration_replaces_the_pools_for_it_alone(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    other = make_app(clocked, app.pool_id)
    configure(clocked, app, client=True, **takeover(low="NO_ACTION"))
    with refused(*BLOCKED):
        strange(clocked, other)
    strange(clocked, app)


def test_a_client_whose_configuration_is_deleted_is_under_the_pools_again(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, client=True, **takeover(low="NO_ACTION"))
    configure(clocked, app, client=True)
    with refused(*BLOCKED):
        strange(clocked, app)


def test_a_part_that_a_clients_configuration_leaves_out_has_its_default(clocked: ClockedServer) -> None:
    app = with_habits(clocked)
    configure(clocked, app, **takeover(low="NO_ACTION"))
    skipped = {"RiskExceptionConfiguration": {"SkippedIPRangeList": [f"{CALIFORNIA}/32"]}}
    configure(clocked, app, client=True, **skipped)
    with refused(*BLOCKED):
        strange(clocked, app)


def test_srp_is_judged_too(clocked: ClockedServer) -> None:
    # pycognito reads the machine's clock, which the simulated days must therefore end at.
    clocked.clock.advance(-14 * DAY)
    app = with_habits(clocked, app={"GenerateSecret": True} | PROPAGATING)
    exchange = srp.begin(clocked, app, "anna")
    with refused(*BLOCKED):
        clocked.anonymous.respond_to_auth_challenge(
            ClientId=app.client_id,
            ChallengeName="PASSWORD_VERIFIER",
            ChallengeResponses=exchange.answer(),
            UserContextData={
                "IpAddress": BRISBANE,
                "EncodedData": STRANGER.describe(app, "anna", clocked.clock.now()),
            },
        )


def test_a_server_that_passes_nothing_on_is_never_high(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT")
    clocked.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "anna", "PASSWORD": PASSWORD},
    )
    event = latest(clocked, app)
    assert event.context.address is None
    assert event.risk.level in {None, "Low"}


def test_an_unreadable_profile_locks_nobody_out(clocked: ClockedServer) -> None:
    app = with_habits(clocked, days=2)
    event = latest(clocked, app)
    with clocked.services.store.writing() as tx:
        queries.keep_profile(tx, app.pool_id, event.sub or "", b"not a profile")
    assert sign_in_from(clocked, app, "anna")["AuthenticationResult"]


def test_a_stuffing_campaign_makes_the_guess_that_succeeds_risky(clocked: ClockedServer) -> None:
    app = with_habits(clocked, "AUDIT", days=1)
    for number in range(30):
        with refused("NotAuthorizedException"):
            sign_in_from(clocked, app, f"name{number}", LONDON, None)
        clocked.clock.advance(1)
    sign_in_from(clocked, app, "anna", LONDON, None)
    risk = latest(clocked, app).risk
    assert "stuffing" in {reason.signal for reason in risk.reasons}
    assert risk.level is not None


def test_public_sign_ins_are_judged_by_the_connections_address(clocked: ClockedServer) -> None:
    app = protected(clocked)
    sign_in(clocked, app, "anna")
    context = latest(clocked, app).context
    assert (context.address, context.address_source) == ("127.0.0.1", "connection")


def offer_totp(server: ClockedServer, app: App) -> None:
    server.administrator.set_user_pool_mfa_config(
        UserPoolId=app.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
