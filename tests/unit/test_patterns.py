"""Patterns are read as Java reads them, in linear time."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.contract.inputs import SHAPES, matches

from doorward.wire.patterns import matcher

PATTERNS = sorted({shape["pattern"] for shape in SHAPES.values() if "pattern" in shape})
MARKED = [pattern for pattern in PATTERNS if "##" in pattern or "@[" in pattern]

letters = st.one_of(st.sampled_from("{}#@*_-a1é漢\t\n\r\x0b\x1c\u0085\u00a0\u2028 :/."), st.characters())


@pytest.mark.parametrize("pattern", PATTERNS)
@given(value=st.text(letters, max_size=30))
@example(value="a\n")
@example(value="")
def test_every_pattern_of_the_model_reads_as_java_reads_it(pattern: str, value: str) -> None:
    assert matcher(pattern)(value) == matches(pattern, value)


@pytest.mark.parametrize("pattern", MARKED)
@given(
    value=st.lists(st.sampled_from(["{####}", "{##", "##}", "#", "a", "@", "é", "\n", "\x00"])).map("".join)
)
def test_the_linear_reading_agrees_with_the_engine(pattern: str, value: str) -> None:
    assert matcher(pattern)(value) == matches(pattern, value)


@pytest.mark.parametrize("pattern", MARKED)
@pytest.mark.parametrize("unit", ["{####}", "{##", "{## ##}", "@"])
@pytest.mark.timeout(5)
def test_a_hostile_value_takes_linear_time(pattern: str, unit: str) -> None:
    assert not matcher(pattern)(unit * 200_000 + "\x00\n")


@pytest.mark.parametrize(
    ("pattern", "value", "good"),
    [
        (r"[\w]+", "é", False),
        (r"[\S]+", "a\u00a0b", True),
        (r"[\S]+", "a b", False),
        (r"\w\d\s", "a1 ", True),
        (r"\W\D\S", "éé\u00a0", True),
        (r"a.c", "a\u0085c", False),
        (r"(?s)a.c", "a\u0085c", True),
        (r"^[a-z]+$", "abc\n", False),
        (r"[a]+b[a]*", "aab", True),
        (r"[ab]*ab[ab]+", "ab", False),
    ],
)
def test_java_differs_from_python(pattern: str, value: str, good: bool) -> None:
    assert matcher(pattern)(value) is good


def test_what_is_no_pattern_is_named() -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        matcher("[a")
