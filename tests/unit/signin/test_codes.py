"""Where codes go and how that is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.signin.codes import masked, recovery_attribute, sign_up_attribute
from doorward.signin.recovery import only_by_administrator
from doorward.signin.stand_in import is_stand_in, stand_in, subject
from doorward.store.sealing import Keyring
from doorward.wire.contract import AccountRecoverySettingType, RecoveryOptionType, UserPoolType

KEYRING = Keyring([("one", bytes(32))])


def pool_with(*recovery: str, verifies: list[str] | None = None) -> UserPool:
    mechanisms = [
        RecoveryOptionType(priority=place, name=name)  # type: ignore[arg-type]  # a parameter's text
        for place, name in enumerate(recovery, 1)
    ]
    return UserPool(
        id="eu-west-1_aB3dE5fG7",
        created_at=0,
        modified_at=0,
        configuration=UserPoolType(
            auto_verified_attributes=verifies,  # type: ignore[arg-type]  # a parameter's text
            account_recovery_setting=AccountRecoverySettingType(recovery_mechanisms=mechanisms)
            if mechanisms
            else None,
        ),
        tags={},
    )


def user_with(*verified: str, second_factor: bool = False) -> User:
    return User(
        pool_id="eu-west-1_aB3dE5fG7",
        sub="sub",
        username="alice",
        status="CONFIRMED",
        enabled=True,
        created_at=0,
        modified_at=0,
        attributes={
            "email": "alice@example.org",
            "phone_number": "+442079460123",
            **{f"{name}_verified": "true" for name in verified},
        },
        factors=("SMS_MFA",) if second_factor else (),
    )


@pytest.mark.parametrize(
    ("order", "verified", "second_factor", "where"),
    [
        ((), ("email", "phone_number"), False, "phone_number"),
        ((), ("email", "phone_number"), True, "email"),
        ((), ("email",), False, "email"),
        ((), (), False, None),
        (("verified_email", "verified_phone_number"), ("email", "phone_number"), False, "email"),
        (("verified_email", "verified_phone_number"), ("phone_number",), False, "phone_number"),
        (("verified_phone_number",), ("email",), False, None),
        (("admin_only",), ("email", "phone_number"), False, None),
    ],
)
def test_a_forgotten_passwords_code_goes_to_the_first_verified_address(
    order: tuple[str, ...], verified: tuple[str, ...], second_factor: bool, where: str | None
) -> None:
    pool, user = pool_with(*order), user_with(*verified, second_factor=second_factor)
    assert recovery_attribute(pool, user) == where
    assert only_by_administrator(pool) == (order == ("admin_only",))


@pytest.mark.parametrize(
    ("verifies", "where"),
    [(None, None), (["email"], "email"), (["email", "phone_number"], "phone_number")],
)
def test_a_sign_ups_code_goes_where_the_pool_verifies(verifies: list[str] | None, where: str | None) -> None:
    assert sign_up_attribute(pool_with(verifies=verifies), user_with()) == where


@given(st.emails())
def test_a_masked_address_tells_two_letters(address: str) -> None:
    shown = masked("email", address)
    assert len(shown) == 9
    assert (shown[0], shown[5]) == (address[0], address.rpartition("@")[2][0])


def test_a_masked_number_does_not_tell_its_length() -> None:
    assert masked("phone_number", "+442079460123") == masked("phone_number", "+490123")


@given(st.text(min_size=1, max_size=128), st.text(min_size=1, max_size=128))
def test_a_stand_in_is_always_the_same_and_keeps_no_name(name: str, other: str) -> None:
    pool = pool_with()
    one = stand_in(KEYRING, pool, name)
    assert one == stand_in(KEYRING, pool, name)
    assert is_stand_in(one)
    assert one.sub == subject(KEYRING, pool, None, name)
    assert (one.sub == subject(KEYRING, pool, None, other)) == (name == other)
    assert len(one.sub) < 64
    assert one.verified("email") or one.verified("phone_number")
