"""How often one address may ask: a token bucket for each, in bounded memory."""

import threading
from collections import OrderedDict
from ipaddress import IPv6Address

from doorward.clock import Instant
from doorward.network.address import parse_or_none, prefix

MAX_ADDRESSES = 10_000
BURST_SECONDS = 10.0
"""What has not been used within these may be used at once."""


class RateBound:
    """At most `per_second` requests of one address in the long run; IPv6 counts by its /48.

    Requests whose address is not known share a bucket. Beyond `MAX_ADDRESSES` the one that asked longest ago
    is forgotten.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * BURST_SECONDS)
        self._buckets: OrderedDict[str, tuple[float, Instant]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str | None, now: Instant) -> float:
        """Take one request, and return 0.0; or return how many seconds it is too early for it."""
        key = _key(address)
        with self._lock:
            left, at = self._buckets.pop(key, (self._most, now))
            left = min(self._most, left + max(0.0, now - at) * self._per_second)
            allowed = left >= 1.0
            self._buckets[key] = (left - 1.0 if allowed else left, now)
            if len(self._buckets) > MAX_ADDRESSES:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self._per_second


def _key(address: str | None) -> str:
    parsed = parse_or_none(address)
    if isinstance(parsed, IPv6Address):
        return prefix(parsed)
    return str(parsed)
