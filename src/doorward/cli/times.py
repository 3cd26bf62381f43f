"""Instants as people read them."""

from datetime import UTC, datetime

from doorward.clock import Instant


def shown(at: Instant) -> str:
    """Return an instant in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")
