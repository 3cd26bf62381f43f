"""The attributes of a pool: standard ones changed, custom ones added."""

import json
from importlib.metadata import distribution
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.schema import (
    MAXIMUM_CUSTOM_ATTRIBUTES,
    STANDARD_ATTRIBUTES,
    STANDARD_NAMES,
    new_schema,
    with_custom_attributes,
)
from doorward.wire.contract import (
    NumberAttributeConstraintsType,
    SchemaAttributeType,
    StringAttributeConstraintsType,
)
from doorward.wire.errors import InvalidParameterException


def _entry(name: str | None = "team", **members: object) -> SchemaAttributeType:
    return msgspec.convert({"Name": name, "AttributeDataType": "String", **members}, SchemaAttributeType)


def _standard(name: str, **members: object) -> SchemaAttributeType:
    return msgspec.convert({"Name": name, **members}, SchemaAttributeType)


def _named(schema: list[SchemaAttributeType], name: str) -> SchemaAttributeType:
    (attribute,) = [attribute for attribute in schema if attribute.name == name]
    return attribute


def test_the_standard_attributes_are_openid_connects_with_cognitos_own() -> None:
    # OpenID Connect Core 1.0 §5.1, all of whose claims Cognito has.
    names = (
        "sub name given_name family_name middle_name nickname preferred_username profile picture website"
        " email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address"
        " updated_at"
    )
    assert [attribute.name for attribute in new_schema(None)] == names.split()
    kinds = {attribute.name: attribute.attribute_data_type for attribute in STANDARD_ATTRIBUTES}
    assert [name for name, kind in kinds.items() if kind == "Boolean"] == [
        "email_verified",
        "phone_number_verified",
    ]
    assert [name for name, kind in kinds.items() if kind == "Number"] == ["updated_at"]


def test_the_standard_attributes_are_as_the_aws_cli_shows_them() -> None:
    """The example of a described pool that comes with the aws CLI, for the attributes it leaves unchanged."""
    example = (
        Path(str(distribution("awscli").locate_file("awscli")))
        / "examples"
        / "cognito-idp"
        / "describe-user-pool.rst"
    )
    output = example.read_text().partition("Output::")[2].partition("For more information")[0]
    shown = json.loads(output.replace("\n", " "))["UserPool"]["SchemaAttributes"]
    ours = {attribute.name: msgspec.to_builtins(attribute) for attribute in STANDARD_ATTRIBUTES}
    compared = [attribute for attribute in shown if attribute["Name"] in ours]
    assert len(compared) >= 20
    for attribute in compared:
        # Whether they are required or mutable is the example pool's own choice.
        for member in ("AttributeDataType", "DeveloperOnlyAttribute"):
            assert ours[attribute["Name"]][member] == attribute[member], attribute["Name"]
        for member in ("StringAttributeConstraints", "NumberAttributeConstraints"):
            assert ours[attribute["Name"]].get(member) == attribute.get(member), attribute["Name"]


def test_a_standard_attribute_is_changed_where_it_stands_and_keeps_what_is_not_said() -> None:
    schema = new_schema(
        [
            _standard("email", Required=True, Mutable=False),
            _standard("nickname", StringAttributeConstraints={"MaxLength": "40"}),
        ]
    )
    assert [attribute.name for attribute in schema] == [attribute.name for attribute in STANDARD_ATTRIBUTES]
    email = _named(schema, "email")
    assert (email.required, email.mutable) == (True, False)
    nickname = _named(schema, "nickname")
    assert nickname.string_attribute_constraints == StringAttributeConstraintsType(
        min_length="0", max_length="40"
    )
    assert (nickname.required, nickname.mutable) == (False, True)


def test_custom_attributes_have_prefixes_and_empty_constraints() -> None:
    schema = new_schema(
        [
            _entry("team"),
            _entry("seen", AttributeDataType="Number", DeveloperOnlyAttribute=True),
            _entry("since", AttributeDataType="DateTime", Mutable=False),
            _entry("vip", AttributeDataType="Boolean"),
        ]
    )
    team, seen, since, vip = schema[20:]
    assert [attribute.name for attribute in schema[20:]] == [
        "custom:team",
        "dev:custom:seen",
        "custom:since",
        "custom:vip",
    ]
    assert team.string_attribute_constraints == StringAttributeConstraintsType()
    assert seen.number_attribute_constraints == NumberAttributeConstraintsType()
    assert since.string_attribute_constraints is None
    assert vip.number_attribute_constraints is None
    assert [attribute.mutable for attribute in schema[20:]] == [True, True, False, True]
    assert not any(attribute.required for attribute in schema[20:])


@pytest.mark.parametrize(
    "entry",
    [
        _standard("email", AttributeDataType="Number"),
        _standard("email", DeveloperOnlyAttribute=True),
        _standard("sub", Mutable=True),
        _standard("sub", Required=False),
        _standard("email_verified", StringAttributeConstraints={"MinLength": "1"}),
        _standard("birthdate", StringAttributeConstraints={"MinLength": "11"}),
        _entry(None),
        _standard("team"),
        _entry(Required=True),
        _entry(NumberAttributeConstraints={"MinValue": "1"}),
        _entry(StringAttributeConstraints={"MinLength": "9", "MaxLength": "8"}),
        _entry(StringAttributeConstraints={"MaxLength": "2049"}),
        _entry(StringAttributeConstraints={"MinLength": "-1"}),
        _entry(StringAttributeConstraints={"MinLength": ""}),
        _entry(StringAttributeConstraints={"MinLength": "٣"}),
        _entry(AttributeDataType="Number", NumberAttributeConstraints={"MinValue": "2", "MaxValue": "-2"}),
        _entry(AttributeDataType="Number", NumberAttributeConstraints={"MinValue": "9" * 5000}),
        _entry(AttributeDataType="Number", NumberAttributeConstraints={"MinValue": "1.5"}),
    ],
)
def test_entries_that_break_a_rule(entry: SchemaAttributeType) -> None:
    with pytest.raises(InvalidParameterException):
        new_schema([entry])


def test_no_attribute_is_there_twice() -> None:
    for twice in ([_entry("a"), _entry("a")], [_standard("email"), _standard("email")]):
        with pytest.raises(InvalidParameterException):
            new_schema(twice)
    with pytest.raises(InvalidParameterException, match="Existing attribute already has name custom:a"):
        with_custom_attributes(new_schema([_entry("a")]), [_entry("a")])


def test_fifty_custom_attributes_and_no_more() -> None:
    full = with_custom_attributes(
        new_schema(None), [_entry(f"a{number}") for number in range(MAXIMUM_CUSTOM_ATTRIBUTES)]
    )
    assert len(full) == 70
    with pytest.raises(InvalidParameterException, match="at most 50"):
        with_custom_attributes(full, [_entry("one-more")])


_texts = st.none() | st.text(max_size=8) | st.integers(-10, 3000).map(str)
_entries = st.builds(
    SchemaAttributeType,
    name=st.sampled_from([*sorted(STANDARD_NAMES), "a", "b", "custom:a"]),
    attribute_data_type=st.sampled_from([None, "String", "Number", "Boolean", "DateTime"]),
    developer_only_attribute=st.none() | st.booleans(),
    mutable=st.none() | st.booleans(),
    required=st.none() | st.booleans(),
    string_attribute_constraints=st.none()
    | st.builds(StringAttributeConstraintsType, min_length=_texts, max_length=_texts),
    number_attribute_constraints=st.none()
    | st.builds(NumberAttributeConstraintsType, min_value=_texts, max_value=_texts),
)


@given(st.lists(_entries, max_size=4))
def test_a_schema_is_sound_or_refused(entries: list[SchemaAttributeType]) -> None:
    try:
        schema = new_schema(entries)
    except InvalidParameterException:
        return
    names = [attribute.name for attribute in schema]
    assert len(set(names)) == len(names)
    assert set(names) >= STANDARD_NAMES
    for attribute in schema:
        text, number = attribute.string_attribute_constraints, attribute.number_attribute_constraints
        assert (text is not None) == (attribute.attribute_data_type == "String")
        assert (number is not None) == (attribute.attribute_data_type == "Number")
        if text is not None:
            assert 0 <= int(text.min_length or 0) <= int(text.max_length or 2048) <= 2048
        assert None not in (attribute.mutable, attribute.required, attribute.developer_only_attribute)
