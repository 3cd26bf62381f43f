"""Whether a password is known from breaches, and what the pool's configuration makes of it.

The configuration is `CompromisedCredentialsRiskConfiguration`: an event filter and an action. Nothing saved
means every event and BLOCK. Pure, but for the corpus that it asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from doorward.breach.corpus import Corpus, CorpusUnreadable

EventKind = Literal["SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE"]
Action = Literal["BLOCK", "NO_ACTION"]
SecurityMode = Literal["OFF", "AUDIT", "ENFORCED"]
WhenUnreadable = Literal["open", "closed"]
Outcome = Literal["checked", "not-asked", "unchecked"]

EVERY_EVENT: frozenset[EventKind] = frozenset({"SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE"})


@dataclass(frozen=True, slots=True)
class CompromisedPolicy:
    """Which events are checked and what a find does. Made without arguments, it is the default."""

    event_filter: frozenset[EventKind] = EVERY_EVENT
    action: Action = "BLOCK"


@dataclass(frozen=True, slots=True)
class CompromisedCheck:
    """What came of a check.

    `found`: the password is known, `seen` times. `block`: the attempt must not go on for that reason.
    `refuse`: the corpus could not be read and the pool would rather refuse than let pass; the caller answers
    with an error that speaks of the service, not of the password. `outcome` is `checked`; `not-asked` where
    mode or filter leave the event out; `unchecked` where the corpus could not be read, and `reason` says why.
    """

    found: bool
    block: bool
    corpus_version: str | None
    seen: int
    outcome: Outcome
    refuse: bool = False
    reason: str | None = None


NOT_ASKED = CompromisedCheck(found=False, block=False, corpus_version=None, seen=0, outcome="not-asked")


LEAK: Final = "leak:"
"""Begins what stands in place of a corpus version where a sweep, and no corpus, knew the password."""


def policy(event_filter: Iterable[EventKind] | None, action: Action | None) -> CompromisedPolicy:
    """Return a configuration's policy; a part that was left out (None) takes its default."""
    return CompromisedPolicy(
        event_filter=EVERY_EVENT if event_filter is None else frozenset(event_filter),
        action="BLOCK" if action is None else action,
    )


def check(
    password: str,
    *,
    event: EventKind,
    mode: SecurityMode,
    configured: CompromisedPolicy,
    corpus: Corpus,
    when_unreadable: WhenUnreadable = "open",
) -> CompromisedCheck:
    """Look a password up where mode and filter ask for it, and say what follows.

    Mode OFF and events outside the filter are not looked up. AUDIT and NO_ACTION find without blocking; they
    never refuse either, since an observing mode must not stop anybody.
    """
    if mode == "OFF" or event not in configured.event_filter:
        return NOT_ASKED
    acts = mode == "ENFORCED" and configured.action == "BLOCK"
    try:
        version = corpus.version
        seen = corpus.lookup(password)
    except CorpusUnreadable as cause:
        return CompromisedCheck(
            found=False,
            block=False,
            corpus_version=None,
            seen=0,
            outcome="unchecked",
            refuse=acts and when_unreadable == "closed",
            reason=str(cause),
        )
    found = seen > 0
    return CompromisedCheck(
        found=found, block=found and acts, corpus_version=version, seen=seen, outcome="checked"
    )


def found_in_leak(leak: str, *, mode: SecurityMode, configured: CompromisedPolicy) -> CompromisedCheck:
    """Return what follows where a sweep has seen the very password in a leak; `leak` begins with LEAK.

    The event filter is not asked: it says when passwords are looked up, and the sweep was asked for by hand.
    """
    return CompromisedCheck(
        found=True,
        block=mode == "ENFORCED" and configured.action == "BLOCK",
        corpus_version=leak,
        seen=1,
        outcome="checked",
        reason=f"the password stands in the leak {leak.removeprefix(LEAK)}, as a sweep has found",
    )
