"""An attempt as somebody describes it, to see what the engine would think of it."""

from math import isfinite
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from doorward.clock import Instant
from doorward.network.address import parse_or_none, shown
from doorward.network.locator import Locator
from doorward.protection.attempt import Surroundings, surroundings
from doorward.protection.client_context import ClientContext
from doorward.risk.circumstance import LATEST
from doorward.wire.context_data import ContextData

LONGEST = 1 << 20
"""Bytes of a description that are read."""

_OF_THE_PLACE = ("country", "region", "city", "asn", "network_kind", "latitude", "longitude", "accuracy_km")


class DescriptionError(ValueError):
    """A description that describes no attempt; the message says what is wrong."""


class Described(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attempt. What is left out is unknown; nothing is required.

    `at` is in seconds since the epoch. Where the address is follows from the address; `country` (ISO 3166-1
    alpha-2) and the other members of the place stand in for a database, each over what the address says.
    `user_agent` is the header; browser, system and kind of device follow from it.

    Raises DescriptionError where an address does not parse or a number is not finite.
    """

    address: str | None = None
    user_agent: str | None = None
    device_id: str | None = None
    fingerprint: str | None = None
    language: str | None = None
    timezone: str | None = None
    at: Annotated[float, Meta(ge=-LATEST, le=LATEST)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    region: str | None = None
    city: str | None = None
    asn: Annotated[int, Meta(ge=1, le=2**32 - 1)] | None = None
    network_kind: Literal["residential", "mobile", "hosting", "vpn", "tor"] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    accuracy_km: Annotated[float, Meta(ge=0, le=20_100)] | None = None
    remembered_device: bool = False

    def __post_init__(self) -> None:
        if self.address is not None and parse_or_none(self.address) is None:
            raise DescriptionError(f"{shown(self.address)} is no IP address.")
        for name in ("at", "latitude", "longitude", "accuracy_km"):
            number = getattr(self, name)
            if number is not None and not isfinite(number):
                raise DescriptionError(f"{name} must be a finite number.")

    def context(self) -> ClientContext:
        """Return the client's side of the attempt, as a request would have brought it."""
        device = ContextData(
            signature="valid" if self.device_id or self.fingerprint else "absent",
            device_id=self.device_id,
            fingerprint=self.fingerprint,
            language=self.language,
            timezone=self.timezone,
        )
        return ClientContext(
            address=self.address, address_source="described", user_agent=self.user_agent, device=device
        )

    def surroundings(self, now: Instant, locator: Locator) -> Surroundings:
        """Return what address and user agent come to, with what is said of the place put over it."""
        return self.over(surroundings(self.context(), now, locator))

    def over(self, found: Surroundings) -> Surroundings:
        """Return surroundings with what is said of the place put over what was found.

        The region and city that were found are none of another country's.
        """
        given = {name: value for name in _OF_THE_PLACE if (value := getattr(self, name)) is not None}
        if self.country is not None and self.country != found.circumstance.country:
            given = {"region": None, "city": None} | given
        circumstance = msgspec.structs.replace(
            found.circumstance, remembered_device=self.remembered_device, **given
        )
        return Surroundings(place=found.place, agent=found.agent, circumstance=circumstance)


def described(members: object) -> Described:
    """Return the description that a mapping of members makes. Raises DescriptionError."""
    try:
        return msgspec.convert(members, Described)
    except msgspec.ValidationError as problem:
        raise DescriptionError(_wrong(problem)) from None


def from_json(text: bytes) -> Described:
    """Return the description that a JSON object makes. Raises DescriptionError."""
    if len(text) > LONGEST:
        raise DescriptionError(f"The description is longer than {LONGEST} bytes.")
    try:
        return msgspec.json.decode(text, type=Described)
    except DescriptionError:
        raise
    except (msgspec.DecodeError, RecursionError) as problem:
        raise DescriptionError(_wrong(problem)) from None


def _wrong(problem: Exception) -> str:
    return f"The description is wrong: {str(problem).rstrip('.')}."
