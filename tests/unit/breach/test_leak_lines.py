"""What a line of a leak may mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.breach.leak_lines import READINGS, guess, name_forms, readings

SEPARATORS = ":;\t|,"
PLAIN = st.text(st.characters(exclude_characters=SEPARATORS + '"', exclude_categories=["C", "Z"]), min_size=1)
ANY = st.text(min_size=1, max_size=64).filter(lambda text: text == text.strip())


@settings(deadline=None)
@given(name=PLAIN, separator=st.sampled_from(SEPARATORS), password=ANY)
def test_name_and_password_are_found_whatever_separates_them(
    name: str, separator: str, password: str
) -> None:
    assert (name, password) == next(readings(f"{name}{separator}{password}"))


@settings(deadline=None)
@given(line=st.text(max_size=400))
def test_any_line_has_few_readings_each_a_part_of_it(line: str) -> None:
    found = list(readings(line))
    assert len(found) == len(set(found)) <= 3 * (2 * READINGS + 1)
    for name, password in found:
        assert name
        assert name in line
        assert 0 < len(password) <= 256
        assert password in line or password.replace('"', '""') in line


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("anna@example.org:secret", ("anna@example.org", "secret")),
        ("anna:se:cr;et", ("anna", "se:cr;et")),
        ("a;b:secret", ("a;b", "secret")),
        ("  anna  : secret ", ("anna", " secret ")),
        ("anna : secret", ("anna", "secret")),
        ('"anna","se""cr,et"', ("anna", 'se"cr,et')),
        ("anna@example.org secret words", ("anna@example.org", "secret words")),
        ("anna@example.org  se:cret", ("anna@example.org", "se:cret")),
        ("4711:anna:se:cret", ("anna", "se:cret")),
        ('"4711";"anna@example.org";"se;cret"', ("anna@example.org", "se;cret")),
        ("anna:" + "x" * 256, ("anna", "x" * 256)),
        ("anna:pässwörd\x00", ("anna", "pässwörd\x00")),
    ],
)
def test_a_reading(line: str, meant: tuple[str, str]) -> None:
    assert meant in set(readings(line))


@pytest.mark.parametrize(
    "line", ["", ":", "anna:", ":secret", "anna", "anna:" + "x" * 257, "x" * 3000 + ":y", "anna secret"]
)
def test_no_reading(line: str) -> None:
    assert list(readings(line)) == []


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Anna@Example.org", ["anna@example.org"]),
        ("+44 20 7183-8750", ["+44 20 7183-8750", "+442071838750"]),
        ("00442071838750", ["00442071838750", "+442071838750"]),
        ("442071838750", ["442071838750", "+442071838750"]),
        ("STRASSE", ["strasse"]),
        ("Straße", ["strasse"]),
        ("12345", ["12345"]),
    ],
)
def test_the_forms_of_a_name(name: str, forms: list[str]) -> None:
    assert name_forms(name) == forms


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["a@example.org:x", "b;y", "c\tz"], "pairs"),
        (["a@example.org x", "b@example.org y"], "pairs"),
        (["correct horse battery", "p@ss word", "secret"], None),
        (["123456", "password", "qwerty"] * 10 + ["a:b"], "passwords"),
        (["123456", "password", "a:b"], None),
        (["", "  "], None),
        ([], None),
    ],
)
def test_the_kind_of_a_leak(lines: list[str], kind: str | None) -> None:
    assert guess(lines) == kind
