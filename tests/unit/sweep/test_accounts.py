"""Which accounts a name leads to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.sweep.accounts import Accounts


@settings(deadline=None)
@given(
    known=st.lists(st.tuples(st.text(), st.uuids().map(str)), max_size=40),
    asked=st.lists(st.text(), max_size=20),
)
def test_a_name_leads_to_all_its_accounts_and_to_no_other(
    known: list[tuple[str, str]], asked: list[str]
) -> None:
    wanted = [*asked, *(name.upper() for name, _ in known)]
    expected = [{sub for name, sub in known if name.casefold() == one.casefold()} for one in wanted]
    assert list(map(set, Accounts(known).find(wanted))) == expected


def test_nobody() -> None:
    assert Accounts(()).find(["anna"]) == [[]]
    assert Accounts([("anna", "1")]).find([]) == []
