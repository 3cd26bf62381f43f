"""Configurations as they are kept: read back as they were, whatever a request may say."""

import msgspec
import pytest

from doorward.directory.schema import STANDARD_ATTRIBUTES, with_custom_attributes
from doorward.store import configurations
from doorward.wire.contract import (
    AcrLevelConfigType,
    LambdaConfigType,
    SchemaAttributeType,
    UserPoolPolicyType,
    UserPoolType,
)


def test_a_configuration_that_no_request_could_hold_is_read_back() -> None:
    pool = UserPoolType(
        id="eu-west-1_abc",
        name="N" * 500,
        creation_date=1.25,
        policies=UserPoolPolicyType(),
        lambda_config=LambdaConfigType(kms_key_id="arn"),
        auto_verified_attributes=["email"],
        schema_attributes=with_custom_attributes(
            STANDARD_ATTRIBUTES,
            [SchemaAttributeType(name=f"a{number}", attribute_data_type="String") for number in range(50)],
        ),
        user_pool_tags={"a": "b"},
        acr_configuration={"Level1": AcrLevelConfigType(acr_value="one")},
        mfa_configuration="ON",
    )
    kept = configurations.encode(pool)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(kept, type=UserPoolType)
    read = configurations.decode(UserPoolType, kept)
    assert read == pool
    assert configurations.encode(read) == kept


def test_a_member_that_a_later_version_no_longer_has_is_left_out() -> None:
    assert configurations.decode(UserPoolType, b'{"Name":"a","Gone":1}') == UserPoolType(name="a")
