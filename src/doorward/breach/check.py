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

LEAK: Final = "leak:"
"""Begins what stands in place of a corpus version where a sweep, and no corpus, knew the password."""
EVERY_EVENT: frozenset[EventKind] = frozenset({"SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE"})


@dataclass(frozen=True, slots=True)
class CompromisedPolicy:
    """Which events are checked and what a find does. Made without arguments, it is the default."""

    event_filter: frozenset[EventKind] = EVERY_EVENT
    action: Action = "BLOCK"


@dataclass(frozen=True, slots=True)
class CompromisedCheck:
    """What came of a check.

    `found`: the password is known, `seen` times (0 where nobody counted). `block`: the attempt must not go on
    for that reason.
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

    @property
    def because(self) -> str:
        """What was found, or why nothing could be, in words; empty where there is nothing to say."""
        if self.outcome == "unchecked":
            return self.reason or ""
        if not self.found:
            return ""
        version = self.corpus_version or ""
        if version.startswith(LEAK):
            return f"the password stands in the leak {version.removeprefix(LEAK)}, as a sweep has found"
        if self.seen == 0:
            return f"the password is known to corpus {self.corpus_version}"
        times = "once" if self.seen == 1 else f"{self.seen} times"
        return f"the password was seen {times} in corpus {self.corpus_version}"


NOT_ASKED = CompromisedCheck(found=False, block=False, corpus_version=None, seen=0, outcome="not-asked")


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
        seen = corpus.lookup(password)
        # Asked for after the look-up: a corpus elsewhere tells its version with the answer.
        version = corpus.version
    except CorpusUnreadable as cause:
        return _unchecked(acts, when_unreadable, str(cause))
    found = seen > 0
    return CompromisedCheck(
        found=found, block=found and acts, corpus_version=version, seen=seen, outcome="checked"
    )


def check_kept(
    known: bool | None,
    corpus_version: str | None,
    *,
    mode: SecurityMode,
    configured: CompromisedPolicy,
    when_unreadable: WhenUnreadable = "open",
) -> CompromisedCheck:
    """Say what follows at a sign-in that shows no password (SRP) from what was found when it was last seen.

    `known` is None for a password that no corpus has been asked for. That is as good as an unreadable corpus.
    """
    if mode == "OFF" or "SIGN_IN" not in configured.event_filter:
        return NOT_ASKED
    acts = mode == "ENFORCED" and configured.action == "BLOCK"
    if known is None:
        return _unchecked(acts, when_unreadable, "the stored password has not been checked against a corpus")
    return CompromisedCheck(
        found=known, block=known and acts, corpus_version=corpus_version, seen=0, outcome="checked"
    )


def _unchecked(acts: bool, when_unreadable: WhenUnreadable, reason: str) -> CompromisedCheck:
    return CompromisedCheck(
        found=False,
        block=False,
        corpus_version=None,
        seen=0,
        outcome="unchecked",
        refuse=acts and when_unreadable == "closed",
        reason=reason,
    )


def found_in_leak(leak: str, *, mode: SecurityMode, configured: CompromisedPolicy) -> CompromisedCheck:
    """Return what follows where a sweep has seen the very password in a leak; `leak` begins with LEAK.

    The event filter is not asked: it says when passwords are looked up, and the sweep was asked for by hand.
    """
    return CompromisedCheck(
        found=True,
        block=mode == "ENFORCED" and configured.action == "BLOCK",
        corpus_version=leak,
        seen=0,
        outcome="checked",
    )
