"""A server with pools, clients and users on it, so that a random request finds something to act on."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.contents import Contents, contents, put_back
from tests.contract.raw_api import RawApi
from tests.devices import ALWAYS, confirm
from tests.people import ALL_FLOWS, PASSWORD, App, make_app, make_user, sign_in
from tests.server import RunningServer, running

from doorward.client_context import encoded_data
from doorward.clock import SetClock, SystemClock
from doorward.directory.access_keys import create_access_key
from doorward.history import queries as events
from doorward.history.feedback_token import feedback_token
from doorward.messages.delivery import Postbox, deliver_due

TEMPORARY = "Temporary-Horse-9-Battery"
FIRST_FACTORS = ("PASSWORD", "EMAIL_OTP", "SMS_OTP")

_ATTRIBUTES: list[Any] = [
    {"Name": "note", "AttributeDataType": "String", "Mutable": True},
    {"Name": "badge", "AttributeDataType": "String", "Mutable": False},
    {
        "Name": "age",
        "AttributeDataType": "Number",
        "Mutable": True,
        "NumberAttributeConstraints": {"MinValue": "0", "MaxValue": "150"},
    },
    {"Name": "count", "AttributeDataType": "Number", "Mutable": True},
    {"Name": "since", "AttributeDataType": "DateTime", "Mutable": True},
    {"Name": "member", "AttributeDataType": "Boolean", "Mutable": True},
    {"Name": "inner", "AttributeDataType": "String", "DeveloperOnlyAttribute": True, "Mutable": True},
]
_POOLS: dict[str, dict[str, Any]] = {
    "guarded": {
        "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"},
        "Schema": _ATTRIBUTES,
        "DeviceConfiguration": ALWAYS,
    },
    "aliased": {
        "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
        "AliasAttributes": ["email", "phone_number", "preferred_username"],
        "AutoVerifiedAttributes": ["email", "phone_number"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "Schema": _ATTRIBUTES,
    },
    "addressed": {"UsernameAttributes": ["email", "phone_number"], "Schema": _ATTRIBUTES},
}


@dataclass(frozen=True)
class Place:
    """A pool, and by the API's member and parameter names what in it a request may name."""

    pool_id: str
    apps: Mapping[str, App]
    names: Mapping[str, tuple[str, ...]]


class Stage:
    """The server, its places, and what its store held when all was set up."""

    def __init__(self, server: RunningServer, api: RawApi) -> None:
        self.server = server
        self.api = api
        self.places = [_place(server, name, settings) for name, settings in _POOLS.items()]
        _empty_outbox(server)
        self._kept: Contents = contents(server.services.store)

    @property
    def contents(self) -> Contents:
        """What the store holds now."""
        return contents(self.server.services.store)

    def set_back(self) -> None:
        """Undo everything that happened since the stage was set."""
        put_back(self.server.services.store, self._kept)


@contextmanager
def staged(data: Path, **settings: Any) -> Iterator[Stage]:
    """Run a server with a stage on it. Its clock stands still: nothing expires."""
    with running(data, SetClock(SystemClock().now()), **settings) as server:
        with server.services.store.writing() as tx:
            key, secret = create_access_key(
                tx, server.services.keyring, name="stage", role="administrator", pool_id=None, now=0.0
            )
        api = RawApi(server.endpoint, key.id, secret)
        yield Stage(server, api)
        api.close()


def _place(server: RunningServer, name: str, settings: Mapping[str, Any]) -> Place:
    administrator, services = server.administrator, server.services
    pool = administrator.create_user_pool(
        **{
            "PoolName": name,
            "AutoVerifiedAttributes": ["email"],
            "UserPoolTags": {"a": "b"},
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": list(FIRST_FACTORS)}},
            **settings,
        }
    )["UserPool"]
    administrator.set_user_pool_mfa_config(
        UserPoolId=pool["Id"],
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    app = make_app(server, pool["Id"], ExplicitAuthFlows=[*ALL_FLOWS, "ALLOW_CUSTOM_AUTH"])
    open_app = make_app(server, pool["Id"], PreventUserExistenceErrors="LEGACY")
    secret_app = make_app(server, pool["Id"], GenerateSecret=True)
    by_address = name == "addressed"
    ada, bob, eve = (f"{who}@example.org" if by_address else who for who in ("ada", "bob", "eve"))
    attributes = {"custom:note": "hm", "custom:age": "9"}
    own = {"email": ada, **attributes} if by_address else attributes
    sub = make_user(server, pool["Id"], ada, attributes=own)
    administrator.admin_create_user(
        UserPoolId=pool["Id"], Username=bob, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    server.anonymous.sign_up(
        ClientId=app.client_id,
        Username=eve,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "eve@example.org"}],
    )
    code = server.last_code(pool["Id"])
    tokens = sign_in(server, app, ada)
    session = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": bob, "PASSWORD": TEMPORARY},
    )["Session"]
    asked = server.anonymous.initiate_auth(
        ClientId=app.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": ada, "SRP_A": "abcdef"}
    )
    block = asked["ChallengeParameters"]["SECRET_BLOCK"]
    choices = [
        server.anonymous.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": who, "PREFERRED_CHALLENGE": preferred},
        )["Session"]
        for who in (ada, bob)
        for preferred in ("", *FIRST_FACTORS)
    ]
    hashes = tuple(secret_app.secret_hash(who) for who in (ada, bob, eve))
    passwords = (PASSWORD, TEMPORARY)
    users = (ada, bob, eve, sub)
    names: dict[str, tuple[str, ...]] = {
        "UserPoolId": (pool["Id"],),
        "ClientId": (app.client_id, open_app.client_id, secret_app.client_id),
        "Username": users,
        "AccessToken": (tokens["AccessToken"],) * 3 + _forged(tokens["AccessToken"]) + (tokens["IdToken"],),
        "EncodedData": tuple(_context_data(app, pool["Id"], ada, int(services.clock.now() * 1000))),
        "Token": (tokens["RefreshToken"], tokens["AccessToken"]),
        "ResourceArn": (pool["Arn"],),
        "Session": (session, block, *choices),
        "ANSWER": FIRST_FACTORS,
        "PREFERRED_CHALLENGE": FIRST_FACTORS,
        **_events(server, pool["Id"], sub),
        "ConfirmationCode": (code,),
        "Code": (code,),
        "SecretHash": hashes,
        "Password": passwords,
        "PreviousPassword": passwords,
        "ProposedPassword": (*passwords, "Another-Horse-9-Battery"),
        "TemporaryPassword": passwords,
        "NextToken": _page_tokens(server, pool["Id"]),
        "PaginationToken": _page_tokens(server, pool["Id"]),
        "USERNAME": users,
        "USER_ID_FOR_SRP": users,
        "PASSWORD": passwords,
        "NEW_PASSWORD": passwords,
        "SECRET_HASH": hashes,
        "REFRESH_TOKEN": (tokens["RefreshToken"],),
        "SRP_A": ("abcdef", "1" + "0" * 700),
        "PASSWORD_CLAIM_SECRET_BLOCK": (block,),
        "TIMESTAMP": ("Tue Sep 1 10:00:00 UTC 2026",),
        "PasswordVerifier": ("Ag==",),
        "Salt": ("AQ==",),
    }
    if "NewDeviceMetadata" in tokens:
        key, waiting, device_block = _device(server, app, tokens, ada)
        names["DeviceKey"] = names["DEVICE_KEY"] = (key,)
        names["Session"] = (*names["Session"], waiting, device_block)
        names["PASSWORD_CLAIM_SECRET_BLOCK"] = (block, device_block)
    return Place(pool["Id"], {one.client_id: one for one in (app, open_app, secret_app)}, names)


def _device(server: RunningServer, app: App, tokens: Any, username: str) -> tuple[str, str, str]:
    """A device's key, the session of a sign-in that waits for it, and the secret block of one that is half through."""
    device = confirm(server, app, tokens, username)
    block = device.proof().start(device.begin()["Session"])["ChallengeParameters"]["SECRET_BLOCK"]
    return device.key, device.begin()["Session"], block


def _empty_outbox(server: RunningServer) -> None:
    """Do what the server's own thread would do at some later moment, and change the outbox by it."""
    services = server.services
    postbox = Postbox(store=services.store, keyring=services.keyring, clock=services.clock, server=None)
    deliver_due(postbox)


def _forged(token: str) -> tuple[str, ...]:
    """Tokens that are nearly the real one."""
    header, claims, signature = token.split(".")
    headers = (
        b'{"alg":"none"}', b'{"alg":"HS256","kid":"x"}', b'{"alg":"RS256","kid":5}', b'{"alg":"RS256"}',
        b"[]", b"[" * 900, b"\xff", b'{"alg":"RS256","kid":"\\u0000","crit":["b64"],"b64":false}',
    )  # fmt: skip
    others = (b'{"iss":5}', b'{"iss":"\\u0000"}', b'{"iss":"/"}', b"null", b'{"a":' * 900, b"\xff")
    return (
        f"{header}.{claims}.{signature[:-4]}AAAA",
        f"{header}.{claims}.A",
        f"{header}..{signature}",
        *(f"{_base64url(other)}.{claims}.{signature}" for other in headers),
        *(f"{header}.{_base64url(other)}.{signature}" for other in others),
    )


def _base64url(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _context_data(app: App, pool_id: str, username: str, now_ms: int) -> Iterator[str]:
    """Context data that is signed as it should be, whatever it says."""
    for value in (
        "",
        "\x00",
        "é" * 900,
        "Mozilla/5.0 (" * 70,
        "9" * 900,
        "+99:99",
        "en-GB",
        "\u202e",
        "Apple/a/b/-:1/-/-:-/c",
    ):
        yield encoded_data(
            app.client_id, pool_id, username, now_ms=now_ms, user_agent=value, device_id=value, language=value,
            fingerprint=value, platform=value, timezone=value, other_fields={"DeviceName": value, "x": value},
        )  # fmt: skip


def _events(server: RunningServer, pool_id: str, sub: str) -> dict[str, tuple[str, ...]]:
    """The events of a user, and the tokens for feedback on them; a pool without protection has none."""
    services = server.services
    with services.store.reading() as tx:
        found = events.of_user(tx, pool_id, sub, 10, None)
    if not found:
        return {}
    tokens = (feedback_token(services.keyring, event, services.clock.now()) for event in found)
    return {"EventId": tuple(event.event_id for event in found), "FeedbackToken": tuple(tokens)}


def _page_tokens(server: RunningServer, pool_id: str) -> tuple[str, ...]:
    clients = server.administrator.list_user_pool_clients(UserPoolId=pool_id, MaxResults=1)
    users = server.administrator.list_users(UserPoolId=pool_id, Limit=1)
    return clients["NextToken"], users["PaginationToken"]
