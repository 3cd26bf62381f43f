"""Where an address is: the user's own databases first, the built-in list of countries otherwise.

Of several databases the first that knows a position decides about country and city; failing that the first
that names a country; the autonomous system and the kind of network come from the first that knows them, so
that a City, an ASN and an Anonymous-IP file together make one place. Nothing here ever fails a sign-in: an
address that is absent, private, unreadable or unknown to every source is an unknown place.
"""

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import iptocc
import structlog

from doorward.clock import Instant
from doorward.network import record
from doorward.network.address import Address, is_public, parse_or_none
from doorward.network.mmdb import Record, Snapshot, Watched
from doorward.network.place import UNKNOWN, NetworkKind, Place

_log = structlog.get_logger(__name__)

CHECK_EVERY_SECONDS = 60.0
REMEMBERED_PLACES = 16_384


class Locator:
    """Finds the place of an address, and keeps up with databases that are replaced while it runs."""

    def __init__(
        self,
        databases: Sequence[Path] = (),
        *,
        check_every: float = CHECK_EVERY_SECONDS,
        remember: int = REMEMBERED_PLACES,
    ) -> None:
        """Open the databases. One that cannot be opened is a problem to report, not an error.

        `check_every`: seconds between two looks whether a file was replaced. `remember`: how many places are
        kept ready.
        """
        self._watched = tuple(Watched(path) for path in databases)
        self._check_every = check_every
        self._remember = remember
        self._checking = threading.Lock()
        self._checked: Instant | None = None
        self._find: Callable[[str], Place] = self._finder()
        self._read_changed()

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the databases at present, one sentence each."""
        return tuple(watched.problem for watched in self._watched if watched.problem)

    def sources(self) -> tuple[str, ...]:
        """Return what the places come from, the most trusted first: database types and the built-in list."""
        kinds = [watched.snapshot.kind for watched in self._watched if watched.snapshot]
        return (*kinds, "iptocc")

    def locate(self, address: str | None, now: Instant) -> Place:
        """Return what is known about an address; `now` paces the looks for replaced databases."""
        if self._watched and (self._checked is None or abs(now - self._checked) >= self._check_every):
            self.refresh(now)
        return self._find(address) if address else UNKNOWN

    def refresh(self, now: Instant) -> None:
        """Look now whether a database was replaced. While one thread looks, the others go on with what is."""
        if not self._checking.acquire(blocking=False):
            return
        try:
            self._checked = now
            self._read_changed()
        finally:
            self._checking.release()

    def _read_changed(self) -> None:
        # A list, since every file is to be looked at, not only those up to the first change.
        changed = [watched for watched in self._watched if watched.refresh()]
        if not changed:
            return
        for watched in changed:
            if watched.problem:
                _log.warning("location_database_unreadable", problem=watched.problem)
            elif watched.snapshot:
                _log.info(
                    "location_database_read",
                    path=str(watched.path),
                    type=watched.snapshot.kind,
                    built=watched.snapshot.built,
                )
        self._find = self._finder()

    def _finder(self) -> Callable[[str], Place]:
        """Return the look-up over the present snapshots, with a memory of its own: new data, new memory."""
        databases = tuple(
            (watched, watched.snapshot) for watched in self._watched if watched.snapshot is not None
        )

        @lru_cache(maxsize=self._remember)
        def find(address: str) -> Place:
            parsed = parse_or_none(address)
            if parsed is None or not is_public(parsed):
                return UNKNOWN
            return _place(parsed, databases)

        def bounded(address: str) -> Place:
            # The memory must not keep texts that are too long to be an address.
            return find(address) if len(address) <= 45 else UNKNOWN

        return bounded


def _place(address: Address, databases: Sequence[tuple[Watched, Snapshot]]) -> Place:
    nearest: record.Spot | None = None
    system: tuple[int, str | None] | None = None
    kind: NetworkKind | None = None
    for watched, snapshot in databases:
        found = _record(watched, snapshot, address)
        if found is None:
            continue
        here = record.spot(found)
        if here is not None and (nearest is None or (nearest.whole_country and not here.whole_country)):
            nearest = here
        system = system or record.autonomous_system(found)
        kind = kind or record.network_kind(found)
    if nearest is None:
        code = iptocc.country_code(str(address))
        nearest = record.country_spot(code) if code else None
    number, organisation = system or (None, None)
    if nearest is None:
        return Place(asn=number, as_organisation=organisation, kind=kind)
    return Place(
        country=nearest.country,
        country_name=nearest.country_name,
        region=nearest.region,
        city=nearest.city,
        latitude=nearest.latitude,
        longitude=nearest.longitude,
        accuracy_km=nearest.accuracy_km,
        asn=number,
        as_organisation=organisation,
        kind=kind,
    )


def _record(watched: Watched, snapshot: Snapshot, address: Address) -> Record | None:
    try:
        return snapshot.lookup(address)
    # No damage to a file may end a sign-in, and the reader's errors have no common class of their own.
    except Exception as cause:
        if watched.problem is None:
            watched.problem = (
                f"The location database {watched.path} is damaged ({type(cause).__name__}); "
                "where it cannot be read, the other sources serve."
            )
            _log.warning("location_database_damaged", problem=watched.problem)
        return None
