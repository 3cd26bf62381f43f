"""Whether a password is known from breaches, as the pool's configuration wants it asked."""

import structlog

from doorward.breach import check as breach_check
from doorward.breach.check import CompromisedCheck, EventKind, WhenUnreadable
from doorward.breach.corpus import Corpus, CorpusUnreadable
from doorward.directory.user import StoredPassword
from doorward.metrics.counts import Counts
from doorward.protection.screening import Screening
from doorward.risk.policy import Mode

_log = structlog.get_logger(__name__)


class KnownPasswords:
    """The breach corpus (`corpus`), asked on behalf of an attempt; what cannot be read is loud in the log."""

    def __init__(self, corpus: Corpus, when_unreadable: WhenUnreadable, counts: Counts) -> None:
        self.corpus = corpus
        self._when_unreadable = when_unreadable
        self._counts = counts

    def check(self, screening: Screening, password: str, event: EventKind) -> CompromisedCheck:
        """Ask the corpus for a password that is in hand, where the pool's configuration wants that."""
        # Choosing a password is no part of a custom sign-in, whatever led to it.
        pool_mode = Mode(screening.attempt.pool.advanced_security_mode)
        mode = pool_mode if event == "PASSWORD_CHANGE" else screening.mode
        checked = breach_check.check(
            password,
            event=event,
            mode=mode.value,
            configured=screening.configured.compromised,
            corpus=self.corpus,
            when_unreadable=self._when_unreadable,
        )
        if checked.outcome == "checked":
            self._counts.corpus("found" if checked.found else "not found")
        if checked.outcome == "unchecked":
            self._counts.corpus("unreadable")
            _log.error(
                "breach corpus unreadable",
                problem=checked.reason,
                password="refused" if checked.refuse else "passed unchecked",
                pool_id=screening.attempt.pool.id,
                operation=screening.attempt.operation,
            )
        return checked

    def check_stored(self, screening: Screening, stored: StoredPassword) -> CompromisedCheck:
        """Say what was found when a password was set: for SRP, where no password is in hand."""
        return breach_check.check_kept(
            stored.compromised,
            stored.corpus_version,
            mode=screening.mode.value,
            configured=screening.configured.compromised,
            when_unreadable=self._when_unreadable,
        )

    def found_in_leak(self, screening: Screening, leak: str) -> CompromisedCheck:
        """Say what follows where a sweep knew the password that is in hand."""
        return breach_check.found_in_leak(
            leak, mode=screening.mode.value, configured=screening.configured.compromised
        )

    def look_up(self, password: str) -> tuple[bool | None, str | None]:
        """Return whether a password is known, and to which corpus, whatever any pool wants; None where it
        cannot be read.
        """
        try:
            known, version = self.corpus.lookup(password) > 0, self.corpus.version
        except CorpusUnreadable as cause:
            self._counts.corpus("unreadable")
            _log.error("breach corpus unreadable", problem=str(cause), password="stored unchecked")
            return None, None
        self._counts.corpus("found" if known else "not found")
        return known, version
