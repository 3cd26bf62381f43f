"""The circumstances of one attempt: everything the engine may look at, and nothing else."""

from math import isfinite
from typing import Final, Literal

import msgspec

NetworkKind = Literal["residential", "mobile", "hosting", "vpn", "tor"]
ContextSignature = Literal["valid", "invalid", "absent"]

LATEST: Final = float(2**40)
"""Seconds since the epoch beyond which a time is taken for a mistake (the year 36812)."""


class Circumstance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one attempt. Every field but the time may be None: *unknown*, which is not risky.

    `at` is in seconds since the epoch, `latitude` and `longitude` in degrees, `accuracy_km` the radius in
    which the place is believed to lie. `device_id` and the other values that a client sends are hints;
    `remembered_device` is True only where the device proved its own secret (device SRP).

    Raises ValueError where `at` is not a finite number of seconds within ±2⁴⁰.
    """

    at: float
    address: str | None = None
    prefix: str | None = None
    asn: int | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_km: float | None = None
    network_kind: NetworkKind | None = None
    user_agent: str | None = None
    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    device_type: str | None = None
    device_id: str | None = None
    fingerprint: str | None = None
    language: str | None = None
    timezone: str | None = None
    remembered_device: bool = False
    context_signature: ContextSignature = "absent"

    def __post_init__(self) -> None:
        if not (isfinite(self.at) and -LATEST <= self.at <= LATEST):
            raise ValueError("The time of an attempt must be a finite number of seconds since the epoch.")
