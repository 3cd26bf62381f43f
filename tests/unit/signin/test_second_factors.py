"""Which factors a user can be challenged with, by what the pool offers and what he has."""

import pytest

from doorward.directory.second_factors import SecondFactors
from doorward.directory.user import Factor, User
from doorward.directory.user_pool import UserPool
from doorward.signin.second_factors import (
    FACTORS,
    can_set_up,
    can_set_up_in_sign_in,
    loses_last,
    preferred,
    usable,
)
from doorward.wire.contract import EmailMfaConfigType, UserPoolMfaType, UserPoolType

SMS: Factor = "SMS_MFA"
TOKEN: Factor = "SOFTWARE_TOKEN_MFA"
EMAIL: Factor = "EMAIL_OTP"
PHONE = {"phone_number": "+15550100"}
MAIL = {"email": "ann@example.org"}


def pool(mode: UserPoolMfaType, *offered: Factor) -> UserPool:
    return UserPool(
        id="eu-west-1_aB3dE5fG7",
        created_at=0,
        modified_at=0,
        configuration=UserPoolType(mfa_configuration=mode),
        tags={},
        factors=SecondFactors(
            sms=SMS in offered,
            software_token=TOKEN in offered,
            email=EmailMfaConfigType() if EMAIL in offered else None,
        ),
    )


def user(*factors: Factor, has: dict[str, str] | None = None, prefers: Factor | None = None) -> User:
    return User(
        pool_id="eu-west-1_aB3dE5fG7",
        sub="sub",
        username="ann",
        status="CONFIRMED",
        enabled=True,
        created_at=0,
        modified_at=0,
        attributes=has or {},
        factors=factors,
        preferred_factor=prefers,
    )


@pytest.mark.parametrize(
    ("mode", "offered", "factors", "attributes", "expected"),
    [
        # MFA is off: nothing is asked for, whatever the user has.
        ("OFF", (), FACTORS, PHONE | MAIL, ()),
        # OPTIONAL: what the user has chosen, as far as it reaches him.
        ("OPTIONAL", FACTORS, (), PHONE | MAIL, ()),
        ("OPTIONAL", FACTORS, FACTORS, PHONE | MAIL, FACTORS),
        ("OPTIONAL", FACTORS, (SMS, EMAIL), MAIL, (EMAIL,)),
        ("OPTIONAL", FACTORS, (SMS,), PHONE | {"phone_number_verified": "false"}, (SMS,)),
        ("OPTIONAL", (TOKEN,), (SMS, EMAIL), PHONE | MAIL, ()),
        # An app that was set up stays asked for when the pool takes no new ones.
        ("OPTIONAL", (SMS,), (SMS, TOKEN), PHONE, (SMS, TOKEN)),
        # ON: an address that is there is a factor, unless another was chosen.
        ("ON", FACTORS, (), PHONE | MAIL, (SMS, EMAIL)),
        ("ON", (SMS, TOKEN), (), PHONE | MAIL, (SMS,)),
        ("ON", (TOKEN,), (), PHONE | MAIL, ()),
        ("ON", FACTORS, (), {}, ()),
        ("ON", FACTORS, (TOKEN,), PHONE | MAIL, (TOKEN,)),
        ("ON", (TOKEN, EMAIL), (SMS,), PHONE | MAIL, (EMAIL,)),
        ("ON", FACTORS, (), {"phone_number": ""}, ()),
    ],
)
def test_what_a_user_can_be_challenged_with(
    mode: UserPoolMfaType,
    offered: tuple[Factor, ...],
    factors: tuple[Factor, ...],
    attributes: dict[str, str],
    expected: tuple[Factor, ...],
) -> None:
    assert usable(pool(mode, *offered), user(*factors, has=attributes)) == expected


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (user(), None),
        (user(TOKEN), TOKEN),
        (user(SMS, TOKEN, has=PHONE), None),
        (user(SMS, TOKEN, prefers=SMS, has=PHONE), SMS),
        # The preferred one does not reach him, so that the other is all there is.
        (user(SMS, TOKEN, prefers=SMS), TOKEN),
    ],
)
def test_which_factor_comes_without_a_choice(who: User, expected: Factor | None) -> None:
    assert preferred(who, usable(pool("OPTIONAL", *FACTORS), who)) == expected


@pytest.mark.parametrize(
    ("mode", "offered", "who", "told", "within"),
    [
        ("ON", FACTORS, user(), FACTORS, (TOKEN, EMAIL)),
        ("ON", (SMS,), user(), (SMS,), ()),
        ("ON", (TOKEN,), user(has=PHONE), (TOKEN,), (TOKEN,)),
        ("OPTIONAL", FACTORS, user(TOKEN), (SMS, EMAIL), (EMAIL,)),
        ("OFF", (), user(), (), ()),
    ],
)
def test_what_a_user_can_set_up(
    mode: UserPoolMfaType,
    offered: tuple[Factor, ...],
    who: User,
    told: tuple[Factor, ...],
    within: tuple[Factor, ...],
) -> None:
    assert can_set_up(pool(mode, *offered), who) == told
    assert can_set_up_in_sign_in(pool(mode, *offered), who) == within


def test_a_factor_goes_with_its_address_and_the_preference_with_it() -> None:
    both = user(SMS, TOKEN, prefers=SMS, has=PHONE)
    without = both.with_attributes({"name": "Ann"})
    assert (without.factors, without.preferred_factor) == ((TOKEN,), None)
    moved = both.with_attributes({"phone_number": "+15550199", "phone_number_verified": "false"})
    assert (moved.factors, moved.preferred_factor) == ((SMS, TOKEN), SMS)


@pytest.mark.parametrize(
    ("mode", "before", "after", "expected"),
    [
        ("ON", user(TOKEN), user(), True),
        ("ON", user(has=PHONE), user(), True),
        ("ON", user(TOKEN, has=PHONE), user(has=PHONE), False),
        ("ON", user(), user(), False),
        ("OPTIONAL", user(TOKEN), user(), False),
    ],
)
def test_who_loses_his_last_factor(mode: UserPoolMfaType, before: User, after: User, expected: bool) -> None:
    assert loses_last(pool(mode, *FACTORS), before, after) is expected
