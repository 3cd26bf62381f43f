from dataclasses import dataclass

import pytest

from doorward.breach.check import (
    NOT_ASKED,
    Action,
    CompromisedPolicy,
    EventKind,
    SecurityMode,
    WhenUnreadable,
    check,
    check_kept,
    policy,
)
from doorward.breach.corpus import CorpusUnreadable


@dataclass
class Counts:
    """A corpus that knows one password and remembers being asked."""

    version: str = "counts-1"
    asked: int = 0

    def lookup(self, password: str) -> int:
        self.asked += 1
        return 42 if password == "known" else 0


class Broken:
    version = "broken-1"

    def lookup(self, password: str) -> int:
        raise CorpusUnreadable("corpus.bin is cut off.")


ALL: tuple[EventKind, ...] = ("SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE")


@pytest.mark.parametrize("event", ALL)
def test_by_default_a_known_password_blocks_every_event(event: EventKind) -> None:
    result = check("known", event=event, mode="ENFORCED", configured=policy(None, None), corpus=Counts())
    assert (result.found, result.block, result.seen, result.corpus_version) == (True, True, 42, "counts-1")
    assert (result.outcome, result.refuse) == ("checked", False)


def test_an_unknown_password_passes() -> None:
    result = check("rare", event="SIGN_UP", mode="ENFORCED", configured=CompromisedPolicy(), corpus=Counts())
    assert (result.found, result.block, result.seen, result.outcome) == (False, False, 0, "checked")


@pytest.mark.parametrize(
    ("mode", "action"), [("AUDIT", "BLOCK"), ("AUDIT", "NO_ACTION"), ("ENFORCED", "NO_ACTION")]
)
def test_observing_finds_and_does_not_block(mode: SecurityMode, action: Action) -> None:
    result = check("known", event="SIGN_IN", mode=mode, configured=policy(None, action), corpus=Counts())
    assert (result.found, result.block) == (True, False)


def test_off_does_not_ask() -> None:
    corpus = Counts()
    assert (
        check("known", event="SIGN_IN", mode="OFF", configured=policy(None, None), corpus=corpus) == NOT_ASKED
    )
    assert corpus.asked == 0


@pytest.mark.parametrize("chosen", ALL)
@pytest.mark.parametrize("event", ALL)
def test_only_events_in_the_filter_are_asked(chosen: EventKind, event: EventKind) -> None:
    corpus = Counts()
    result = check("known", event=event, mode="ENFORCED", configured=policy([chosen], "BLOCK"), corpus=corpus)
    assert (result.block, corpus.asked) == ((True, 1) if event == chosen else (False, 0))


@pytest.mark.parametrize(
    ("mode", "action", "setting", "refuse"),
    [
        ("ENFORCED", "BLOCK", "closed", True),
        ("ENFORCED", "BLOCK", "open", False),
        ("ENFORCED", "NO_ACTION", "closed", False),
        ("AUDIT", "BLOCK", "closed", False),
    ],
)
def test_an_unreadable_corpus_refuses_only_where_a_find_would_have_blocked(
    mode: SecurityMode, action: Action, setting: WhenUnreadable, refuse: bool
) -> None:
    result = check(
        "known",
        event="SIGN_IN",
        mode=mode,
        configured=policy(None, action),
        corpus=Broken(),
        when_unreadable=setting,
    )
    assert (result.outcome, result.refuse, result.found, result.block) == ("unchecked", refuse, False, False)
    assert result.reason == "corpus.bin is cut off."


def test_no_result_shows_the_password() -> None:
    result = check("known", event="SIGN_IN", mode="ENFORCED", configured=policy(None, None), corpus=Counts())
    assert "'known'" not in repr(result)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("known", "the password was seen 42 times in corpus counts-1"), ("rare", "")],
)
def test_a_find_says_how_often_and_where(password: str, sentence: str) -> None:
    result = check(password, event="SIGN_IN", mode="AUDIT", configured=CompromisedPolicy(), corpus=Counts())
    assert result.because == sentence


class Learning:
    """A corpus elsewhere, which tells its version with its first answer."""

    version = "unknown"

    def lookup(self, password: str) -> int:
        self.version = "of today"
        return 1


def test_the_version_is_that_of_the_answer() -> None:
    result = check("known", event="SIGN_IN", mode="AUDIT", configured=CompromisedPolicy(), corpus=Learning())
    assert result.because == "the password was seen once in corpus of today"


@pytest.mark.parametrize(
    ("known", "setting", "found", "block", "refuse", "outcome"),
    [
        (True, "open", True, True, False, "checked"),
        (False, "closed", False, False, False, "checked"),
        (None, "open", False, False, False, "unchecked"),
        (None, "closed", False, False, True, "unchecked"),
    ],
)
def test_what_is_kept_counts_where_no_password_is_shown(
    known: bool | None, setting: WhenUnreadable, found: bool, block: bool, refuse: bool, outcome: str
) -> None:
    result = check_kept(
        known, "counts-1", mode="ENFORCED", configured=CompromisedPolicy(), when_unreadable=setting
    )
    assert (result.found, result.block, result.refuse, result.outcome) == (found, block, refuse, outcome)


@pytest.mark.parametrize("known", [True, None])
def test_what_is_kept_blocks_nobody_where_the_pool_observes_or_does_not_ask(known: bool | None) -> None:
    observing: list[tuple[SecurityMode, CompromisedPolicy]] = [
        ("AUDIT", CompromisedPolicy()),
        ("ENFORCED", policy(None, "NO_ACTION")),
    ]
    silent: list[tuple[SecurityMode, CompromisedPolicy]] = [
        ("OFF", CompromisedPolicy()),
        ("ENFORCED", policy(["SIGN_UP"], "BLOCK")),
    ]
    for mode, configured in observing:
        result = check_kept(known, "counts-1", mode=mode, configured=configured, when_unreadable="closed")
        assert (result.found, result.block, result.refuse) == (bool(known), False, False)
    for mode, configured in silent:
        kept = check_kept(known, "counts-1", mode=mode, configured=configured, when_unreadable="closed")
        assert kept == NOT_ASKED
