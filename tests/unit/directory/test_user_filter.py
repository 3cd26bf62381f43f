"""The filter of ListUsers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.queries.user_search import after_all_with
from doorward.directory.user_filter import SEARCHABLE, UserFilter, parse_filter
from doorward.wire.errors import InvalidParameterException


@pytest.mark.parametrize(
    ("text", "attribute", "operator", "value"),
    [
        ('email = "ann@example.com"', "email", "=", "ann@example.com"),
        ('email="ann@example.com"', "email", "=", "ann@example.com"),
        ('phone_number ^= "+1312"', "phone_number", "^=", "+1312"),
        ('phone_number^="+1312"', "phone_number", "^=", "+1312"),
        ('  cognito:user_status\t=\n"CONFIRMED"  ', "cognito:user_status", "=", "CONFIRMED"),
        (r'name = "Ann \"The Fox\" Lee"', "name", "=", 'Ann "The Fox" Lee'),
        (r'name = "back\\slash"', "name", "=", "back\\slash"),
        (r'name = "ends with one\\"', "name", "=", "ends with one\\"),
        ('name ^= ""', "name", "^=", ""),
        ('name = "a = b ^= c"', "name", "=", "a = b ^= c"),
    ],
)
def test_a_filter_is_read(text: str, attribute: str, operator: str, value: str) -> None:
    found = parse_filter(text)
    assert found is not None
    assert (found.attribute, found.operator, found.value) == (attribute, operator, value)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_a_blank_filter_lets_everybody_pass(text: str) -> None:
    assert parse_filter(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "email",
        "email =",
        "email = ann",
        'email "ann"',
        'email == "ann"',
        'email != "ann"',
        'email = "ann',
        'email = ann"',
        'email = "ann" and name = "Ann"',
        'email = "a"b"',
        r'email = "a\nb"',
        r'email = "a\"',
        "email = 'ann'",
        '= "ann"',
        '"email" = "ann"',
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        parse_filter(text)
    assert refused.value.message == "Error while parsing filter."


@pytest.mark.parametrize("name", ["custom:team", "address", "EMAIL", "email_verified", "enabled"])
def test_what_cannot_be_searched_for_is_named(name: str) -> None:
    with pytest.raises(InvalidParameterException) as refused:
        parse_filter(f'{name} = "x"')
    assert refused.value.message == f"Invalid search attribute: {name}"


@given(
    attribute=st.sampled_from(sorted(SEARCHABLE)),
    operator=st.sampled_from(["=", "^="]),
    value=st.text(max_size=60),
    gaps=st.tuples(*[st.sampled_from(["", " ", "  ", "\t"])] * 4),
)
def test_every_value_can_be_written(
    attribute: str, operator: str, value: str, gaps: tuple[str, str, str, str]
) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    text = f'{gaps[0]}{attribute}{gaps[1]}{operator}{gaps[2]}"{escaped}"{gaps[3]}'
    assert parse_filter(text) == UserFilter(attribute, operator, value)  # type: ignore[arg-type]  # sampled


@given(st.text(max_size=256))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_filter(text)
    except InvalidParameterException:
        return
    assert found is None or found.attribute in SEARCHABLE


@given(beginning=st.text(min_size=1), text=st.text())
def test_what_begins_so_lies_between_the_beginning_and_its_end(beginning: str, text: str) -> None:
    end = after_all_with(beginning)
    for candidate in (text, beginning + text):
        between = candidate >= beginning and (end is None or candidate < end)
        assert between == candidate.startswith(beginning)


@given(st.text(min_size=1))
def test_the_end_of_a_beginning_can_be_stored(beginning: str) -> None:
    (after_all_with(beginning) or "").encode()
