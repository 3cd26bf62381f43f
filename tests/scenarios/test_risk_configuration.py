"""Saving and reading the advanced-security settings of a pool and of its app clients."""

from typing import Any

import msgspec
import pytest
from tests.contract.raw_api import RawApi
from tests.people import App, make_app, make_pool
from tests.scenarios.protected import compromised, configure, protected, ranges, takeover
from tests.scenarios.refusals import refused
from tests.server import RunningServer

from doorward.directory.access_keys import create_access_key
from doorward.protection import calibrating
from doorward.risk.calibration import Budget, Calibration
from doorward.risk.levels import SHIPPED_THRESHOLDS, Thresholds
from doorward.risk.model import SHIPPED
from doorward.risk.traits import NAMES

OFF = ("UserPoolAddOnNotEnabledException", "Advanced security is not enabled for the user pool.")
SENDER = "arn:aws:ses:eu-west-1:000000000000:identity/security@example.org"
NO_MFA = ("InvalidParameterException", "need the user pool's MFA to be OPTIONAL or ON")


@pytest.fixture(scope="module")
def app(server: RunningServer) -> App:
    return protected(server)


def describe(server: RunningServer, app: App, *, client: bool = False) -> Any:
    whose: dict[str, Any] = {"ClientId": app.client_id} if client else {}
    return server.administrator.describe_risk_configuration(UserPoolId=app.pool_id, **whose)[
        "RiskConfiguration"
    ]


def refused_and_nothing_kept(server: RunningServer, app: App, part: str, **parts: Any) -> None:
    before = describe(server, app)
    with refused("InvalidParameterException", part):
        configure(server, app, **parts)
    assert describe(server, app) == before


def notifying(**notification: Any) -> dict[str, Any]:
    """Return the settings of a pool that notifies, with a NotifyConfiguration where one is given."""
    actions = {"LowAction": {"EventAction": "BLOCK", "Notify": True}}
    configured = {"NotifyConfiguration": notification} if notification else {}
    return {"AccountTakeoverRiskConfiguration": {"Actions": actions, **configured}}


def templated(**mail: str) -> dict[str, Any]:
    """Return settings with a template, whose notifications are off."""
    chosen = {"Subject": "A sign-in was blocked", "HtmlBody": "<p>Blocked</p>", "TextBody": "Blocked"} | mail
    return {
        "AccountTakeoverRiskConfiguration": {
            "Actions": {"LowAction": {"EventAction": "BLOCK", "Notify": False}},
            "NotifyConfiguration": {"SourceArn": SENDER, "BlockEmail": chosen},
        }
    }


def test_only_the_ids_are_described_where_nothing_was_saved(server: RunningServer) -> None:
    app = protected(server)
    assert describe(server, app) == {"UserPoolId": app.pool_id}
    assert describe(server, app, client=True) == {"UserPoolId": app.pool_id, "ClientId": app.client_id}


def test_doorwards_own_member_tells_the_thresholds_and_boto3_passes_over_it(server: RunningServer) -> None:
    app = protected(server)
    said = raw(server, app)
    assert said == {
        "RiskConfiguration": {"UserPoolId": app.pool_id},
        "DoorwardRiskModel": {
            "ModelVersion": SHIPPED.version,
            "Low": SHIPPED_THRESHOLDS.low,
            "Medium": SHIPPED_THRESHOLDS.medium,
            "High": SHIPPED_THRESHOLDS.high,
            "Source": "shipped",
            "Concentrations": dict(zip(NAMES, SHIPPED.alphas, strict=True)),
            "ConcentrationsSource": "shipped",
        },
    }
    described = server.administrator.describe_risk_configuration(UserPoolId=app.pool_id)
    assert set(described) == {"RiskConfiguration", "ResponseMetadata"}


def test_a_calibration_is_described_until_the_model_is_another(server: RunningServer) -> None:
    app = protected(server)
    found = Calibration(
        thresholds=Thresholds(1.0, 2.5, 7.0, "calibrated"),
        source="calibrated",
        sign_ins=5000,
        users=200,
        expected=None,
        caught={},
        at=1_700_000_000.0,
        budget=Budget(),
        model_version=SHIPPED.version,
        because="for a test",
    )
    assert described_model(server, app, found) == ("calibrated", 7.0, 1_700_000_000.0)
    older = msgspec.structs.replace(found, model_version="doorward-0")
    assert described_model(server, app, older) == ("shipped", SHIPPED_THRESHOLDS.high, None)


def test_fitted_concentrations_are_described_and_score(server: RunningServer) -> None:
    app = protected(server)
    alphas = tuple(round(2 * alpha, 4) for alpha in SHIPPED.alphas)
    found = Calibration(
        thresholds=Thresholds(1.0, 2.5, 7.0, "calibrated"),
        source="calibrated",
        sign_ins=5000,
        users=200,
        expected=None,
        caught={},
        at=1_700_000_000.0,
        budget=Budget(),
        model_version=f"{SHIPPED.version}-fitted",
        because="for a test",
        alphas=alphas,
    )
    described_model(server, app, found)
    model = raw(server, app)["DoorwardRiskModel"]
    assert model["ConcentrationsSource"] == "fitted"
    assert model["Concentrations"] == dict(zip(NAMES, alphas, strict=True))
    with server.services.store.reading() as tx:
        acting = calibrating.calibrated(tx, app.pool_id, SHIPPED)
    assert (acting.alphas, acting.thresholds, acting.version) == (
        alphas,
        found.thresholds,
        f"{SHIPPED.version}-fitted",
    )
    for damaged in (
        {"alphas": alphas[:-1]},
        {"alphas": (-1.0, *alphas[1:])},
        {"model_version": "doorward-0"},
    ):
        kept = msgspec.structs.replace(found, **damaged)
        assert described_model(server, app, kept)[0] == "shipped"


def described_model(server: RunningServer, app: App, found: Calibration) -> tuple[str, float, float | None]:
    """Keep a calibration; return source, threshold of High and instant as DescribeRiskConfiguration has them."""
    services = server.services
    with services.store.writing() as tx:
        calibrating.keep(tx, app.pool_id, found)
    model = raw(server, app)["DoorwardRiskModel"]
    return model["Source"], model["High"], model.get("CalibratedAt")


def raw(server: RunningServer, app: App) -> dict[str, Any]:
    """Return what DescribeRiskConfiguration answers, as it stands in the body."""
    with server.services.store.writing() as tx:
        key, secret = create_access_key(
            tx, server.services.keyring, name="raw", role="read-only", pool_id=app.pool_id, now=0.0
        )
    api = RawApi(server.endpoint, key.id, secret)
    try:
        return api.call("DescribeRiskConfiguration", {"UserPoolId": app.pool_id}, signed=True).said
    finally:
        api.close()


def test_what_was_saved_is_described(server: RunningServer, app: App) -> None:
    parts = {
        **takeover(low="NO_ACTION", medium="BLOCK", high="BLOCK"),
        **compromised("NO_ACTION", "SIGN_IN", "SIGN_UP"),
        **ranges(skipped=("192.0.2.0/24",), blocked=("198.51.100.0/24", "2001:db8::/32")),
    }
    saved = configure(server, app, **parts)
    assert {name: saved[name] for name in parts} == parts
    assert saved["UserPoolId"] == app.pool_id
    assert saved["LastModifiedDate"]
    assert describe(server, app) == saved


def test_what_is_saved_replaces_the_whole(server: RunningServer, app: App) -> None:
    configure(server, app, **takeover(low="BLOCK"), **ranges(blocked=("192.0.2.0/24",)))
    configure(server, app, **compromised("BLOCK"))
    assert set(describe(server, app)) == {
        "UserPoolId",
        "CompromisedCredentialsRiskConfiguration",
        "LastModifiedDate",
    }


def test_a_clients_settings_are_kept_apart(server: RunningServer, app: App) -> None:
    configure(server, app, **takeover(low="BLOCK"))
    configure(server, app, client=True, **takeover(low="NO_ACTION"))
    own = describe(server, app, client=True)
    assert own["ClientId"] == app.client_id
    assert (
        own["AccountTakeoverRiskConfiguration"] != describe(server, app)["AccountTakeoverRiskConfiguration"]
    )


def test_a_call_with_only_the_ids_deletes_what_was_saved(server: RunningServer, app: App) -> None:
    configure(server, app, **takeover(low="BLOCK"))
    configure(server, app, client=True, **takeover(low="NO_ACTION"))
    configure(server, app, client=True)
    assert set(describe(server, app, client=True)) == {"UserPoolId", "ClientId"}
    assert "AccountTakeoverRiskConfiguration" in describe(server, app)


def test_deleting_a_client_deletes_its_settings(server: RunningServer, app: App) -> None:
    gone = make_app(server, app.pool_id)
    configure(server, gone, client=True, **takeover(low="NO_ACTION"))
    server.administrator.delete_user_pool_client(UserPoolId=app.pool_id, ClientId=gone.client_id)
    with refused("ResourceNotFoundException"):
        describe(server, gone, client=True)


@pytest.mark.parametrize(
    ("actions", "stronger", "weaker"),
    [
        ({"low": "BLOCK", "medium": "NO_ACTION", "high": "BLOCK"}, "BLOCK", "NO_ACTION"),
        ({"low": "NO_ACTION", "medium": "BLOCK", "high": "NO_ACTION"}, "BLOCK", "NO_ACTION"),
        ({"low": "BLOCK", "high": "NO_ACTION"}, "BLOCK", "NO_ACTION"),
    ],
)
def test_a_higher_level_may_not_have_the_weaker_response(
    server: RunningServer, app: App, actions: dict[str, str], stronger: str, weaker: str
) -> None:
    sentence = f"({weaker}) may not be weaker than the response to a lower one ({stronger})."
    refused_and_nothing_kept(server, app, sentence, **takeover(**actions))


@pytest.mark.parametrize(
    ("low", "medium"),
    [
        ("MFA_REQUIRED", "MFA_IF_CONFIGURED"),
        ("BLOCK", "MFA_REQUIRED"),
        ("MFA_IF_CONFIGURED", "NO_ACTION"),
    ],
)
def test_the_mfa_responses_stand_between_no_action_and_block(
    server: RunningServer, low: str, medium: str
) -> None:
    app = offering_mfa(server)
    refused_and_nothing_kept(server, app, "may not be weaker", **takeover(low=low, medium=medium))
    configure(server, app, **takeover(low=medium, medium=low))


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
def test_the_mfa_responses_need_a_pool_with_mfa(server: RunningServer, app: App, action: str) -> None:
    with refused(*NO_MFA):
        configure(server, app, **takeover(high=action))
    configure(server, offering_mfa(server), **takeover(high=action))


def test_notifying_needs_a_sender(server: RunningServer, app: App) -> None:
    refused_and_nothing_kept(server, app, "Notify needs a NotifyConfiguration", **notifying())


def test_the_sender_must_be_verified(server: RunningServer, app: App) -> None:
    refused_and_nothing_kept(
        server, app, f"The e-mail identity {SENDER} is not verified.", **notifying(SourceArn=SENDER)
    )


@pytest.mark.parametrize("member", ["Subject", "HtmlBody", "TextBody"])
def test_a_placeholder_that_does_not_exist_is_named(server: RunningServer, app: App, member: str) -> None:
    sentence = "BlockEmail has the unknown placeholder {shoe-size}."
    refused_and_nothing_kept(server, app, sentence, **templated(**{member: "Your {shoe-size}"}))


@pytest.mark.parametrize("placeholder", ["{one-click-link-valid}", "{one-click-link-invalid}"])
def test_a_one_click_link_needs_a_domain(server: RunningServer, app: App, placeholder: str) -> None:
    refused_and_nothing_kept(
        server, app, "needs the user pool to have a domain", **templated(HtmlBody=f"Click {placeholder}")
    )


def test_a_template_with_known_placeholders_is_kept_with_its_style_sheet(
    server: RunningServer, app: App
) -> None:
    body = "<style>p {color: red}</style> {username} {ip-address} {city} {country} {login-time}"
    saved = configure(server, app, **templated(HtmlBody=body))
    mail = saved["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"]["BlockEmail"]
    assert mail["HtmlBody"] == body


@pytest.mark.parametrize(
    ("lists", "sentence"),
    [
        ({"skipped": ("somewhere",)}, "in SkippedIPRangeList is not an IP range in CIDR notation"),
        ({"blocked": ("192.0.2.0/33",)}, "in BlockedIPRangeList is not an IP range in CIDR notation"),
        ({"blocked": ("192.0.2.1/24",)}, "The range 192.0.2.1/24 in BlockedIPRangeList has host bits set"),
        ({"skipped": ("2001:db8::1/32",)}, "The range 2001:db8::1/32 in SkippedIPRangeList has host bits"),
        (
            {"skipped": ("192.0.2.0/24",), "blocked": ("192.0.2.0/24",)},
            "The range 192.0.2.0/24 stands in both SkippedIPRangeList and BlockedIPRangeList.",
        ),
    ],
)
def test_a_range_that_cannot_be_kept_is_named(
    server: RunningServer, app: App, lists: dict[str, tuple[str, ...]], sentence: str
) -> None:
    refused_and_nothing_kept(server, app, sentence, **ranges(**lists))


def test_each_list_holds_two_hundred_ranges(server: RunningServer) -> None:
    app = protected(server)
    two_hundred = tuple(f"10.0.{number}.0/24" for number in range(200))
    saved = configure(server, app, **ranges(blocked=two_hundred))
    assert len(saved["RiskExceptionConfiguration"]["BlockedIPRangeList"]) == 200
    with refused("InvalidParameterException"):
        configure(server, app, **ranges(blocked=(*two_hundred, "10.1.0.0/24")))


@pytest.mark.parametrize("filtered", [[], ["SIGN_IN", "SIGN_IN"]])
def test_an_event_filter_is_a_set_of_events(server: RunningServer, app: App, filtered: list[str]) -> None:
    parts: Any = {
        "CompromisedCredentialsRiskConfiguration": {
            "EventFilter": filtered,
            "Actions": {"EventAction": "BLOCK"},
        }
    }
    saved = configure(server, app, **parts)
    assert saved["CompromisedCredentialsRiskConfiguration"]["EventFilter"] == filtered


def test_it_needs_advanced_security(server: RunningServer) -> None:
    app = protected(server, "OFF")
    with refused(*OFF):
        configure(server, app, **takeover(low="BLOCK"))
    with refused(*OFF):
        describe(server, app)


def test_the_settings_outlive_that_it_was_off(server: RunningServer) -> None:
    app = protected(server)
    saved = configure(server, app, **takeover(low="NO_ACTION"))
    for mode in ("OFF", "AUDIT"):
        add_ons: Any = {"AdvancedSecurityMode": mode}
        server.administrator.update_user_pool(UserPoolId=app.pool_id, UserPoolAddOns=add_ons)
    assert describe(server, app) == saved


def test_a_client_of_another_pool_is_unknown(server: RunningServer, app: App) -> None:
    other = make_app(server, make_pool(server))
    mixed = App(app.pool_id, other.client_id)
    with refused("ResourceNotFoundException"):
        configure(server, mixed, client=True, **takeover(low="BLOCK"))
    with refused("ResourceNotFoundException"):
        describe(server, mixed, client=True)


def test_an_unknown_pool_is_unknown(server: RunningServer) -> None:
    nowhere = App("eu-west-1_000000000", "0" * 26)
    with refused("ResourceNotFoundException", "User pool eu-west-1_000000000 does not exist."):
        configure(server, nowhere, **takeover(low="BLOCK"))


def offering_mfa(server: RunningServer) -> App:
    app = protected(server)
    server.administrator.set_user_pool_mfa_config(
        UserPoolId=app.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    return app


def test_mfa_cannot_be_turned_off_under_a_response_that_asks_for_it(server: RunningServer) -> None:
    app = protected(server)
    server.administrator.set_user_pool_mfa_config(
        UserPoolId=app.pool_id,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    configure(server, app, client=True, **takeover(high="MFA_REQUIRED"))
    with refused("InvalidParameterException", app.client_id):
        server.administrator.set_user_pool_mfa_config(UserPoolId=app.pool_id, MfaConfiguration="OFF")
    with refused("InvalidParameterException", app.client_id):
        server.administrator.update_user_pool(UserPoolId=app.pool_id)
    configure(server, app, client=True)
    server.administrator.set_user_pool_mfa_config(UserPoolId=app.pool_id, MfaConfiguration="OFF")
