"""Which tags a pool can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.tags import MAXIMUM_TAGS, violation


@pytest.mark.parametrize("tags", [{}, {"Größe": "9"}, {"a b_c.d:e/f=g+h-i@j": ""}, {"laws:a": "x"}])
def test_tags_that_are_fine(tags: dict[str, str]) -> None:
    assert violation(tags) is None


@pytest.mark.parametrize("tags", [{"aws:": "x"}, {"Aws:x": "x"}, {"a*": "x"}, {"a": "x\n"}, {"a": "x\ty"}])
def test_tags_that_are_not(tags: dict[str, str]) -> None:
    assert violation(tags) is not None


@given(st.integers(0, 2 * MAXIMUM_TAGS))
def test_their_number(count: int) -> None:
    assert (violation({str(number): "" for number in range(count)}) is None) == (count <= MAXIMUM_TAGS)
