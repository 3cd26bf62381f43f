"""A corpus that is elsewhere: asked over the k-anonymity protocol, remembered for a while, and left alone when ill.

Of a password only the first five hex digits of its SHA-1 leave; the rest is looked for here.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

import structlog

from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.range_client import Answer
from doorward.breach.range_source import PREFIX_DIGITS
from doorward.clock import Clock, Instant

_BODY = re.compile(rb"(?:[0-9A-Fa-f]{35}:[0-9]{1,12}\r?\n)*(?:[0-9A-Fa-f]{35}:[0-9]{1,12})?[\r\n]*")
_ENTRY_BYTES: Final = 300
"""What an entry of the cache costs beside its lines: key, tuple, and two objects' heads."""
_DAY: Final = 86_400.0

_log = structlog.get_logger(__name__)


class RangeCorpus:
    """Passwords that a range endpoint knows.

    `ask` fetches the range of a prefix, `name` is the endpoint's. What was seen less than `threshold` times is
    not known. An answer is good for `cache_seconds`; the oldest used go first where they take more than
    `cache_bytes`. After a failure nobody asks for `pause_seconds`, and then one asks for all: until he has an
    answer the corpus is unreadable at once, so that an endpoint that is dead keeps nobody waiting.
    """

    def __init__(
        self,
        ask: Callable[[str], Answer],
        name: str,
        clock: Clock,
        *,
        threshold: int = 1,
        cache_bytes: int = 32 * 1024 * 1024,
        cache_seconds: float = _DAY,
        pause_seconds: float = 10.0,
    ) -> None:
        self._ask = ask
        self._name = name
        self._clock = clock
        self._threshold = threshold
        self._cache_bytes = cache_bytes
        self._cache_seconds = cache_seconds
        self._pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, tuple[Instant, bytes]] = OrderedDict()
        self._cached_bytes = 0
        self._failed_at: Instant | None = None
        self._newest: Instant | None = None
        self._day = ""

    @property
    def version(self) -> str:
        """The endpoint, and the newest day on which one of its answers says that it was changed."""
        return f"range:{self._name}{self._day}"

    def lookup(self, password: str) -> int:
        """Return how often the endpoint has seen the password; 0 below the threshold. Raises CorpusUnreadable."""
        return self.lookup_digest(digest(password))

    def lookup_digest(self, sha1: bytes) -> int:
        """Return how often the endpoint has seen the password with this SHA-1 digest. Raises CorpusUnreadable."""
        key = sha1.hex().upper().encode()
        prefix, suffix = key[:PREFIX_DIGITS].decode(), key[PREFIX_DIGITS:]
        lines = self._remembered(prefix)
        if lines is None:
            lines = self._asked(prefix)
        at = lines.find(b"\n" + suffix + b":")
        if at < 0:
            return 0
        start = at + len(suffix) + 2
        return int(lines[start : lines.index(b"\n", start)])

    def _remembered(self, prefix: str) -> bytes | None:
        """Return the lines of a prefix where they are known and still good; else see whether to ask."""
        now = self._clock.now()
        with self._lock:
            known = self._cache.get(prefix)
            if known is not None:
                if 0 <= now - known[0] < self._cache_seconds:
                    self._cache.move_to_end(prefix)
                    return known[1]
                self._forget(prefix)
            if self._failed_at is not None:
                if 0 <= now - self._failed_at < self._pause_seconds:
                    raise CorpusUnreadable(f"{self._name} failed a moment ago and is not asked again yet.")
                # This one tries; until it knows, the others go on without.
                self._failed_at = now
        return None

    def _asked(self, prefix: str) -> bytes:
        try:
            answer = self._ask(prefix)
            lines = _known_lines(answer.body, self._threshold, self._name)
        except CorpusUnreadable as cause:
            now = self._clock.now()
            with self._lock:
                self._failed_at = now
            _log.error("range endpoint failed", endpoint=self._name, problem=str(cause))
            raise
        now = self._clock.now()
        with self._lock:
            if self._failed_at is not None:
                _log.warning("range endpoint answers again", endpoint=self._name)
            self._failed_at = None
            self._date(answer.last_modified, now)
            self._remember(prefix, lines, now)
        return lines

    def _remember(self, prefix: str, lines: bytes, now: Instant) -> None:
        self._forget(prefix)
        self._cache[prefix] = (now, lines)
        self._cached_bytes += len(lines) + _ENTRY_BYTES
        while self._cached_bytes > self._cache_bytes:
            self._forget(next(iter(self._cache)))

    def _forget(self, prefix: str) -> None:
        gone = self._cache.pop(prefix, None)
        if gone is not None:
            self._cached_bytes -= len(gone[1]) + _ENTRY_BYTES

    def _date(self, last_modified: str | None, now: Instant) -> None:
        """Take note of how new the list is. A date that is none, or in the future, says nothing."""
        try:
            parsed = parsedate_to_datetime(last_modified or "")
            parsed = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
            at = parsed.timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            return
        if at <= now + _DAY and (self._newest is None or at > self._newest):
            self._newest = at
            self._day = f" {parsed:%Y-%m-%d}"


def _known_lines(body: bytes, threshold: int, name: str) -> bytes:
    r"""Return the lines of passwords that count as known, each between two `\n`.

    Padding has a count of 0, and so never counts. Raises CorpusUnreadable where this is no range.
    """
    if not _BODY.fullmatch(body):
        raise CorpusUnreadable(f"{name} answered with something else than a range.")
    kept = [
        suffix.upper() + b":" + count
        for suffix, _, count in (line.partition(b":") for line in body.split())
        if int(count) >= threshold
    ]
    return b"\n" + b"".join(line + b"\n" for line in kept)
