"""Pools, clients and attributes for the directory's tests."""

from typing import Any

from doorward.directory.app_client import AppClient
from doorward.directory.user_pool import UserPool
from doorward.wire.contract import (
    AttributeType,
    NumberAttributeConstraintsType,
    SchemaAttributeType,
    StringAttributeConstraintsType,
    UserPoolClientType,
    UserPoolType,
)


def text(name: str, shortest: int = 0, longest: int = 2048, **members: Any) -> SchemaAttributeType:
    return SchemaAttributeType(
        name=name,
        attribute_data_type="String",
        string_attribute_constraints=StringAttributeConstraintsType(
            min_length=str(shortest), max_length=str(longest)
        ),
        **members,
    )


def number(name: str, smallest: str | None, largest: str | None) -> SchemaAttributeType:
    return SchemaAttributeType(
        name=name,
        attribute_data_type="Number",
        number_attribute_constraints=NumberAttributeConstraintsType(min_value=smallest, max_value=largest),
    )


SCHEMA = [
    text("sub", 1, mutable=False, required=True),
    text("name"),
    text("preferred_username"),
    text("email"),
    SchemaAttributeType(name="email_verified", attribute_data_type="Boolean"),
    text("phone_number"),
    SchemaAttributeType(name="phone_number_verified", attribute_data_type="Boolean"),
    text("birthdate", 10, 10),
    number("updated_at", "0", None),
    text("custom:team", 2, 8),
    text("custom:badge", mutable=False),
    text("dev:custom:rank", developer_only_attribute=True),
    number("custom:age", "-5", "130"),
    SchemaAttributeType(name="custom:since", attribute_data_type="DateTime"),
    SchemaAttributeType(name="custom:member", attribute_data_type="Boolean"),
]


def pool(*, required: tuple[str, ...] = (), **members: Any) -> UserPool:
    schema = [
        text(attribute.name or "", required=True) if attribute.name in required else attribute
        for attribute in SCHEMA
    ]
    configuration = UserPoolType(id="eu-west-1_aaaaaaaaa", schema_attributes=schema, **members)
    return UserPool(
        id="eu-west-1_aaaaaaaaa", created_at=0.0, modified_at=0.0, configuration=configuration, tags={}
    )


def client(**members: Any) -> AppClient:
    return AppClient(
        id="client",
        pool_id="eu-west-1_aaaaaaaaa",
        created_at=0.0,
        modified_at=0.0,
        sealed_secret=None,
        configuration=UserPoolClientType(**members),
    )


def given(**values: str | None) -> list[AttributeType]:
    """`custom_team` stands for `custom:team`."""
    return [
        AttributeType(name=name.replace("custom_", "custom:").replace("dev_", "dev:"), value=value)
        for name, value in values.items()
    ]
