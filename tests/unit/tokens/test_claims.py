from hypothesis import given
from hypothesis import strategies as st

from doorward.tokens.claims import TokenFacts, access_token_claims, id_token_claims

FACTS = TokenFacts(
    sub="8c7d",
    username="mia",
    issuer="https://id.example/eu-west-1_aB3dE5fG7",
    client_id="client",
    auth_time=1_700_000_000.9,
    origin_jti="origin",
    event_id="event",
)
COMMON = {
    "sub": "8c7d",
    "iss": "https://id.example/eu-west-1_aB3dE5fG7",
    "auth_time": 1_700_000_000,
    "iat": 1_700_000_100,
    "exp": 1_700_000_400,
    "jti": "jti",
    "origin_jti": "origin",
    "event_id": "event",
}
IN_A_GROUP = TokenFacts(
    sub="8c7d",
    username="mia",
    issuer="i",
    client_id="client",
    auth_time=1.0,
    origin_jti="o",
    event_id="e",
    groups=("admins", "readers"),
    roles=("arn:aws:iam::1:role/a",),
    preferred_role="arn:aws:iam::1:role/a",
    device_key="eu-west-1_d",
)


def id_claims(attributes: dict[str, str]) -> dict[str, object]:
    return id_token_claims(FACTS, "jti", 1_700_000_100.5, 300, attributes=attributes)


def test_an_access_token_says_who_may_do_what_and_no_more() -> None:
    assert access_token_claims(FACTS, "jti", 1_700_000_100.5, 300) == {
        **COMMON,
        "token_use": "access",
        "client_id": "client",
        "username": "mia",
        "scope": "aws.cognito.signin.user.admin",
    }


def test_groups_roles_and_device_stand_where_cognito_puts_them() -> None:
    access = access_token_claims(IN_A_GROUP, "jti", 1.0, 300, scopes=("openid", "email"))
    assert access["cognito:groups"] == ["admins", "readers"]
    assert access["device_key"] == "eu-west-1_d"
    assert access["scope"] == "openid email"
    assert "cognito:roles" not in access
    identity = id_token_claims(IN_A_GROUP, "jti", 1.0, 300, attributes={}, nonce="n")
    assert identity["cognito:groups"] == ["admins", "readers"]
    assert identity["cognito:roles"] == ["arn:aws:iam::1:role/a"]
    assert identity["cognito:preferred_role"] == "arn:aws:iam::1:role/a"
    assert identity["nonce"] == "n"
    assert "device_key" not in identity


def test_an_id_token_carries_the_attributes_as_openid_types_them() -> None:
    attributes = {
        "email": "mia@example.com",
        "email_verified": "true",
        "phone_number": "+4912345678",
        "phone_number_verified": "false",
        "address": "Hauptstraße 1",
        "updated_at": "1700000000",
        "custom:age": "42",
        "custom:active": "true",
    }
    assert id_claims(attributes) == {
        **COMMON,
        "token_use": "id",
        "aud": "client",
        "cognito:username": "mia",
        "email": "mia@example.com",
        "email_verified": True,
        "phone_number": "+4912345678",
        "phone_number_verified": False,
        "address": {"formatted": "Hauptstraße 1"},
        "updated_at": 1_700_000_000,
        "custom:age": "42",
        "custom:active": "true",
    }


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "sub",
                "iss",
                "aud",
                "exp",
                "iat",
                "token_use",
                "cognito:groups",
                "cognito:username",
                "client_id",
                "scope",
                "username",
                "nonce",
                "jti",
                "origin_jti",
                "event_id",
                "version",
                "nbf",
            ]
        ),
        st.text(),
    )
)
def test_no_attribute_stands_in_for_a_claim_of_the_pool(attributes: dict[str, str]) -> None:
    assert id_claims(attributes) == id_claims({})
