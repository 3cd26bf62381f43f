"""App clients over the wire."""

from typing import Any

import pytest
from tests.scenarios.refusals import refused
from tests.server import RunningServer


def _pool(server: RunningServer, **members: Any) -> str:
    return server.administrator.create_user_pool(PoolName="Pool", **members)["UserPool"]["Id"]


def _create(server: RunningServer, pool_id: str, **members: Any) -> dict[str, Any]:
    return dict(
        server.administrator.create_user_pool_client(UserPoolId=pool_id, ClientName="App", **members)[
            "UserPoolClient"
        ]
    )


def test_a_client_that_only_has_a_name_has_cognitos_defaults(server: RunningServer) -> None:
    pool_id = _pool(server)
    client = _create(server, pool_id)
    client_id = client.pop("ClientId")
    assert len(client_id) == 26
    assert client_id == client_id.lower()
    assert client_id.isalnum()
    assert client.pop("CreationDate") == client.pop("LastModifiedDate")
    assert client == {
        "UserPoolId": pool_id,
        "ClientName": "App",
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": False,
        "PreventUserExistenceErrors": "LEGACY",
        "EnableTokenRevocation": True,
        "EnablePropagateAdditionalUserContextData": False,
        "AuthSessionValidity": 3,
        "ClientType": "REGULAR",
    }


def test_a_secret_is_made_or_handed_in_and_outlives_an_update(server: RunningServer) -> None:
    pool_id = _pool(server)
    made = _create(server, pool_id, GenerateSecret=True)
    assert len(made["ClientSecret"]) == 51
    assert made["ClientSecret"] == made["ClientSecret"].lower()
    assert made["ClientSecret"].isalnum()
    assert _create(server, pool_id, GenerateSecret=True)["ClientSecret"] != made["ClientSecret"]
    given = _create(server, pool_id, ClientSecret="abcdefghijklmnopqrstuvwx")
    assert given["ClientSecret"] == "abcdefghijklmnopqrstuvwx"
    updated = server.administrator.update_user_pool_client(
        UserPoolId=pool_id, ClientId=made["ClientId"], EnablePropagateAdditionalUserContextData=True
    )["UserPoolClient"]
    assert updated["ClientSecret"] == made["ClientSecret"]
    with refused("InvalidParameterException", "GenerateSecret"):
        _create(server, pool_id, GenerateSecret=True, ClientSecret="abcdefghijklmnopqrstuvwx")


def test_an_update_returns_what_it_leaves_out_to_the_default(server: RunningServer) -> None:
    pool_id = _pool(server)
    before = _create(
        server,
        pool_id,
        RefreshTokenValidity=5,
        EnableTokenRevocation=False,
        PreventUserExistenceErrors="ENABLED",
        CallbackURLs=["https://a.example"],
        ExplicitAuthFlows=["ADMIN_NO_SRP_AUTH"],
        ReadAttributes=["email"],
        AuthSessionValidity=15,
    )
    server.administrator.update_user_pool_client(UserPoolId=pool_id, ClientId=before["ClientId"])
    after = server.administrator.describe_user_pool_client(UserPoolId=pool_id, ClientId=before["ClientId"])
    plain = _create(server, pool_id)
    own = {"ClientId", "CreationDate", "LastModifiedDate", "UserPoolId"}
    changed = dict(after["UserPoolClient"])
    assert {k: v for k, v in changed.items() if k not in own} == {
        k: v for k, v in plain.items() if k not in own
    }
    assert changed["CreationDate"] == before["CreationDate"]
    assert changed["LastModifiedDate"] > before["LastModifiedDate"]


def test_the_default_refresh_token_lives_thirty_days_in_any_unit(server: RunningServer) -> None:
    pool_id = _pool(server)
    for unit, value in (("days", 30), ("hours", 720), ("minutes", 43_200), ("seconds", 2_592_000)):
        client = _create(server, pool_id, RefreshTokenValidity=0, TokenValidityUnits={"RefreshToken": unit})
        assert client["RefreshTokenValidity"] == value


def test_a_client_that_rotates_its_refresh_tokens_does_not_renew_in_the_old_way(
    server: RunningServer,
) -> None:
    client = _create(server, _pool(server), RefreshTokenRotation={"Feature": "ENABLED"})
    assert client["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    assert client["ExplicitAuthFlows"] == ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"]


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.org/in?next=%2F",
        "http://localhost",
        "http://localhost:8001/in",
        "http://127.0.0.1:3000",
        "http://[::1]:3000/",
        "myapp://example",
        "com.example.app:/in",
    ],
)
def test_redirect_targets(server: RunningServer, url: str) -> None:
    client = _create(server, _pool(server), CallbackURLs=[url], LogoutURLs=[url], DefaultRedirectURI=url)
    assert client["CallbackURLs"] == client["LogoutURLs"] == [url]
    assert client["DefaultRedirectURI"] == url


@pytest.mark.parametrize(
    ("error", "part", "members"),
    [
        (
            "InvalidParameterException",
            "ALLOW_",
            {"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]},
        ),
        (
            "InvalidParameterException",
            "RefreshTokenRotation",
            {
                "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
                "RefreshTokenRotation": {"Feature": "ENABLED"},
            },
        ),
        (
            "InvalidParameterException",
            "client secret",
            {"EnablePropagateAdditionalUserContextData": True},
        ),
        ("InvalidParameterException", "token validity", {"AccessTokenValidity": 25}),
        (
            "InvalidParameterException",
            "token validity",
            {"AccessTokenValidity": 4, "TokenValidityUnits": {"AccessToken": "minutes"}},
        ),
        (
            "InvalidParameterException",
            "token validity",
            {
                "IdTokenValidity": 2,
                "RefreshTokenValidity": 1,
                "TokenValidityUnits": {"RefreshToken": "hours"},
            },
        ),
        ("InvalidParameterException", "Invalid read attributes", {"ReadAttributes": ["custom:none"]}),
        ("InvalidParameterException", "Invalid write attributes", {"WriteAttributes": ["custom:none"]}),
        ("InvalidParameterException", "Invalid write attributes", {"WriteAttributes": ["name", "sub"]}),
        (
            "InvalidParameterException",
            "Invalid write attributes",
            {"WriteAttributes": ["name", "email_verified"]},
        ),
        (
            "InvalidParameterException",
            "Invalid write attributes",
            {"WriteAttributes": ["name", "dev:custom:seen"]},
        ),
        ("InvalidParameterException", "name", {"WriteAttributes": ["email"]}),
        ("InvalidParameterException", "does not exist", {"SupportedIdentityProviders": ["Google"]}),
        (
            "InvalidParameterException",
            "cannot use the HTTP protocol",
            {"CallbackURLs": ["http://app.example.org"]},
        ),
        (
            "InvalidParameterException",
            "cannot use the HTTP protocol",
            {"LogoutURLs": ["http://localhost.example.org"]},
        ),
        ("InvalidParameterException", "valid URL", {"CallbackURLs": ["http://localhost@evil.example"]}),
        ("InvalidParameterException", "valid URL", {"CallbackURLs": ["https://a.example\\@b.example"]}),
        ("InvalidParameterException", "valid URL", {"CallbackURLs": ["https://[::1"]}),
        ("InvalidParameterException", "valid URL", {"CallbackURLs": ["https://a.example:port"]}),
        ("InvalidParameterException", "valid URL", {"CallbackURLs": ["https:///path"]}),
        ("InvalidParameterException", "fragment", {"CallbackURLs": ["https://a.example/#b"]}),
        ("InvalidParameterException", "fragment", {"CallbackURLs": ["https://a.example/#"]}),
        ("InvalidParameterException", "absolute", {"CallbackURLs": ["/in"]}),
        ("InvalidParameterException", "scheme", {"CallbackURLs": ["JavaScript:alert(1)"]}),
        (
            "InvalidParameterException",
            "DefaultRedirectURI",
            {"CallbackURLs": ["https://a.example"], "DefaultRedirectURI": "https://b.example"},
        ),
        ("InvalidOAuthFlowException", "AllowedOAuthFlows", {"AllowedOAuthFlowsUserPoolClient": True}),
        (
            "InvalidOAuthFlowException",
            "CallbackUrls can not be empty",
            {"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]},
        ),
        (
            "InvalidOAuthFlowException",
            "along with code flow",
            {"AllowedOAuthFlows": ["code", "client_credentials"]},
        ),
        ("InvalidOAuthFlowException", "client secret", {"AllowedOAuthFlows": ["client_credentials"]}),
        ("ScopeDoesNotExistException", "shop/read", {"AllowedOAuthScopes": ["openid", "shop/read"]}),
        ("InvalidParameterException", "ApplicationArn", {"AnalyticsConfiguration": {}}),
        (
            "InvalidParameterException",
            "RoleArn",
            {"AnalyticsConfiguration": {"ApplicationId": "ab"}},
        ),
        ("FeatureUnavailableInTierException", "LITE", {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}),
    ],
)
def test_members_that_contradict_each_other_or_the_pool_are_refused_and_change_nothing(
    server: RunningServer, error: str, part: str, members: dict[str, Any]
) -> None:
    pool_id = _pool(
        server,
        UserPoolTier="LITE",
        Schema=[
            {"Name": "name", "Required": True},
            {"Name": "seen", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
        ],
    )
    with refused(error, part):
        _create(server, pool_id, **members)
    assert server.administrator.list_user_pool_clients(UserPoolId=pool_id)["UserPoolClients"] == []
    before = _create(server, pool_id)
    with refused(error, part):
        server.administrator.update_user_pool_client(
            UserPoolId=pool_id, ClientId=before["ClientId"], **members
        )
    after = server.administrator.describe_user_pool_client(UserPoolId=pool_id, ClientId=before["ClientId"])
    assert after["UserPoolClient"] == before


def test_a_client_is_found_in_its_own_pool_only(server: RunningServer) -> None:
    pool_id, other = _pool(server), _pool(server)
    client_id = _create(server, pool_id)["ClientId"]
    cognito = server.administrator
    sentence = f"User pool client {client_id} does not exist."
    with refused("ResourceNotFoundException", sentence):
        cognito.describe_user_pool_client(UserPoolId=other, ClientId=client_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.update_user_pool_client(UserPoolId=other, ClientId=client_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.delete_user_pool_client(UserPoolId=other, ClientId=client_id)
    cognito.delete_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    with refused("ResourceNotFoundException", sentence):
        cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    with refused("ResourceNotFoundException", "User pool eu-west-1_AAAAAAAAA does not exist."):
        cognito.create_user_pool_client(UserPoolId="eu-west-1_AAAAAAAAA", ClientName="a")


def test_the_list_shows_each_client_of_the_pool_once(server: RunningServer) -> None:
    pool_id = _pool(server)
    made = {_create(server, pool_id)["ClientId"] for _ in range(5)}
    _create(server, _pool(server))
    pages = server.administrator.get_paginator("list_user_pool_clients").paginate(
        UserPoolId=pool_id, PaginationConfig={"PageSize": 2}
    )
    listed = [client for page in pages for client in page["UserPoolClients"]]
    assert [client["ClientId"] for client in listed] == sorted(made)
    assert {(client["UserPoolId"], client["ClientName"]) for client in listed} == {(pool_id, "App")}
    whole = server.administrator.list_user_pool_clients(UserPoolId=pool_id)
    assert whole["UserPoolClients"] == listed
    assert "NextToken" not in whole
    kind: Any = {"ClientType": "DCR"}
    registered = server.administrator.list_user_pool_clients(UserPoolId=pool_id, **kind)
    assert registered["UserPoolClients"] == []


def test_no_secret_is_kept_in_the_clear(server: RunningServer) -> None:
    secret = _create(server, _pool(server), GenerateSecret=True)["ClientSecret"]
    data = server.services.settings.data
    kept = b"".join(file.read_bytes() for file in data.iterdir() if file.name.startswith("doorward.db"))
    assert b"eu-west-1_" in kept
    assert secret.encode() not in kept
