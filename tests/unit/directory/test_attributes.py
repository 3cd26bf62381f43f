"""User attributes against a schema."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from tests.unit.directory.pools import SCHEMA, client, given, pool

from doorward.directory.attributes import after_update, at_creation, blank, missing, readable
from doorward.wire.contract import AttributeType
from doorward.wire.errors import InvalidParameterException, NotAuthorizedException

ANN = {"sub": "s-1", "email": "ann@example.com", "email_verified": "true", "name": "Ann"}
NOT_TO_SCHEMA = "Attributes did not conform to the schema: "


def test_a_new_user_gets_what_is_given_and_flags_for_his_addresses() -> None:
    values = at_creation(pool(), client(), given(email="ann@example.com", name="Ann", custom_team="red"))
    assert values == {
        "email": "ann@example.com",
        "name": "Ann",
        "custom:team": "red",
        "email_verified": "false",
    }


def test_an_administrator_says_what_is_verified() -> None:
    values = at_creation(pool(), None, given(email="ann@example.com", email_verified="True"))
    assert values["email_verified"] == "true"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"custom_hat": "x"}, NOT_TO_SCHEMA + "Type for attribute {custom:hat} could not be determined"),
        ({"hat": "x"}, NOT_TO_SCHEMA + "hat: Attribute does not exist in the schema."),
        ({"custom_team": "x"}, NOT_TO_SCHEMA + "custom:team: String must be no shorter than 2 characters"),
        (
            {"custom_team": "x" * 9},
            NOT_TO_SCHEMA + "custom:team: String must be no longer than 8 characters",
        ),
        (
            {"birthdate": "1/2/1990"},
            NOT_TO_SCHEMA + "birthdate: String must be no shorter than 10 characters",
        ),
        ({"birthdate": "1990-02-30"}, NOT_TO_SCHEMA + "birthdate: Date must be in the form YYYY-MM-DD"),
        ({"custom_age": "many"}, NOT_TO_SCHEMA + "custom:age: Value must be a number"),
        ({"custom_age": "1e2"}, NOT_TO_SCHEMA + "custom:age: Value must be a number"),
        ({"custom_age": "١"}, NOT_TO_SCHEMA + "custom:age: Value must be a number"),
        ({"custom_age": "-6"}, NOT_TO_SCHEMA + "custom:age: Number must be no less than -5"),
        ({"custom_age": "130.5"}, NOT_TO_SCHEMA + "custom:age: Number must be no greater than 130"),
        ({"custom_member": "yes"}, NOT_TO_SCHEMA + "custom:member: Value must be true or false"),
        (
            {"custom_since": "soon"},
            NOT_TO_SCHEMA + "custom:since: Value must be a date and time in the form of ISO 8601",
        ),
        ({"name": "x" * 2049}, NOT_TO_SCHEMA + "name: String must be no longer than 2048 characters"),
        ({"email": "ann"}, "Invalid email address format."),
        ({"email": "ann@example"}, "Invalid email address format."),
        ({"email": "ann@example.com\n"}, "Invalid email address format."),
        ({"phone_number": "12025550100"}, "Invalid phone number format."),
        ({"phone_number": "+1 202 555 0100"}, "Invalid phone number format."),
        ({"phone_number": "+1"}, "Invalid phone number format."),
        ({"phone_number": None}, "Attribute value for phone_number must not be null."),
        ({"sub": "me"}, "Cannot modify the non-mutable attribute sub"),
        ({"identities": "[]"}, "Cannot modify the non-mutable attribute identities"),
        ({"email_verified": "true"}, "Email is required to verify/un-verify an email"),
        (
            {"phone_number_verified": "false"},
            "Phone number is required to verify/un-verify a phone number",
        ),
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, str | None], sentence: str) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        at_creation(pool(), None, given(**values))
    assert refused.value.message == sentence


@pytest.mark.parametrize(
    "values",
    [
        {"email": "Zoë@münchen.example"},
        {"email": "ann@corp.local"},
        {"phone_number": "+12025550100"},
        {"phone_number": "+4915112345678"},
        {"birthdate": "1990-02-28"},
        {"custom_age": "-5"},
        {"custom_age": "12.5"},
        {"custom_since": "2026-01-31T10:20:30Z"},
        {"custom_since": "2026-01-31"},
        {"custom_member": "TRUE"},
        {"dev_custom_rank": "1"},
        {"updated_at": "0"},
    ],
)
def test_what_fits_is_taken_as_it_is(values: dict[str, str | None]) -> None:
    kept = at_creation(pool(), None, given(**values))
    assert {attribute.name: attribute.value for attribute in given(**values)}.items() <= kept.items()


def test_every_broken_value_is_named_and_none_repeated() -> None:
    with pytest.raises(InvalidParameterException) as refused:
        at_creation(pool(), None, given(custom_age="secret-1", custom_member="secret-2"))
    assert "custom:age: " in refused.value.message
    assert "custom:member: " in refused.value.message
    assert "secret" not in refused.value.message


def test_an_attribute_is_given_once() -> None:
    with pytest.raises(InvalidParameterException) as refused:
        at_creation(pool(), None, [*given(name="Ann"), *given(name="Bea")])
    assert refused.value.message == "Attribute name is given more than once."


def test_a_sign_up_gives_what_is_required() -> None:
    demanding = pool(required=("name", "email"))
    with pytest.raises(InvalidParameterException) as refused:
        at_creation(demanding, client(), given(name=""))
    assert refused.value.message == (
        NOT_TO_SCHEMA + "name: The attribute is required\nemail: The attribute is required"
    )
    assert at_creation(demanding, None, given(name="Ann")) == {"name": "Ann"}
    assert missing(demanding, {"name": "Ann"}) == ["email"]


@pytest.mark.parametrize(
    "values",
    [{"custom_team": "red"}, {"email_verified": "true"}, {"dev_custom_rank": "1"}],
)
def test_a_client_writes_only_what_it_may(values: dict[str, str | None]) -> None:
    limited = client(write_attributes=["name", "email", "email_verified", "dev:custom:rank"])
    with pytest.raises(NotAuthorizedException) as refused:
        at_creation(pool(), limited, given(email="ann@example.com", **values))
    assert refused.value.message == "A client attempted to write unauthorized attribute"
    with pytest.raises(NotAuthorizedException):
        after_update(pool(), limited, ANN, given(**values))


def test_no_client_verifies_an_address_even_without_a_list() -> None:
    with pytest.raises(NotAuthorizedException):
        after_update(pool(), client(), ANN, given(email="new@example.com", email_verified="true"))


def test_a_changed_address_is_not_verified_any_more() -> None:
    after = after_update(pool(), client(), ANN, given(email="new@example.com"))
    assert (after["email"], after["email_verified"]) == ("new@example.com", "false")


def test_the_same_address_stays_verified() -> None:
    assert after_update(pool(), client(), ANN, given(email="ann@example.com")) == ANN


def test_an_administrator_changes_and_verifies_in_one_call() -> None:
    after = after_update(pool(), None, ANN, given(email="new@example.com", email_verified="true"))
    assert after["email_verified"] == "true"


def test_a_blank_value_takes_an_attribute_away() -> None:
    assert after_update(pool(), client(), ANN, given(name="")) == {
        name: value for name, value in ANN.items() if name != "name"
    }


def test_a_flag_goes_with_its_address() -> None:
    assert after_update(pool(), None, ANN, blank(["email", "email"])) == {"sub": "s-1", "name": "Ann"}


def test_an_address_that_goes_cannot_be_verified() -> None:
    with pytest.raises(InvalidParameterException) as refused:
        after_update(pool(), None, ANN, given(email="", email_verified="true"))
    assert refused.value.message == "Email is required to verify/un-verify an email"


def test_what_is_required_stays() -> None:
    with pytest.raises(InvalidParameterException) as refused:
        after_update(pool(required=("name",)), None, ANN, blank(["name"]))
    assert refused.value.message == "Invalid user attributes: name: The attribute is required"


@pytest.mark.parametrize("value", ["new", ""])
def test_what_is_immutable_is_set_at_creation_only(value: str) -> None:
    assert at_creation(pool(), client(), given(custom_badge="7")) == {"custom:badge": "7"}
    for attributes in (ANN, ANN | {"custom:badge": "7"}):
        with pytest.raises(InvalidParameterException) as refused:
            after_update(pool(), None, attributes, given(custom_badge=value))
        assert refused.value.message == "user.custom:badge: Attribute cannot be updated."


def test_an_update_names_what_is_not_in_the_schema() -> None:
    with pytest.raises(InvalidParameterException) as refused:
        after_update(pool(), None, ANN, given(custom_hat="x"))
    assert refused.value.message == "user.custom:hat: Attribute does not exist in the schema."


def test_a_client_reads_what_it_may_and_always_the_sub() -> None:
    attributes = ANN | {"custom:team": "red", "dev:custom:rank": "1"}
    assert readable(pool(), client(read_attributes=["email"]), attributes) == {
        "sub": "s-1",
        "email": "ann@example.com",
    }
    assert readable(pool(), client(), attributes) == ANN | {"custom:team": "red"}


@for_all(
    given_values=st.lists(
        st.builds(
            AttributeType,
            name=st.one_of(
                st.sampled_from([attribute.name or "" for attribute in SCHEMA]), st.text(max_size=32)
            ),
            value=st.one_of(
                st.none(),
                st.sampled_from(["", "true", "12", "+12025550100", "a@example.com", "2020-01-01"]),
                st.text(max_size=12),
            ),
        ),
        max_size=5,
    ),
    administrator=st.booleans(),
)
def test_any_update_is_refused_or_leaves_a_sound_user(
    given_values: list[AttributeType], administrator: bool
) -> None:
    try:
        after = after_update(pool(), None if administrator else client(), ANN, given_values)
    except (InvalidParameterException, NotAuthorizedException):
        return
    assert after["sub"] == "s-1"
    assert all(after.values())
    assert set(after) <= set(pool().schema)
    assert ("email_verified" in after) == ("email" in after)
    if not administrator:
        assert after.get("email_verified") != "true" or after["email"] == ANN["email"]
