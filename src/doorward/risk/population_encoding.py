"""A pool's counts as bytes: one byte for the version, then MessagePack.

They hold hashes and masses: no name, no address, no secret. What is decoded is what was encoded, to the bit,
so that a pool judges after a restart as it did before.
"""

from math import isfinite
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from doorward.risk.model import SHIPPED, Model
from doorward.risk.population import AT_MOST, REPORTED_AT_MOST, REPORTERS_AT_MOST, Population
from doorward.risk.traits import PLATFORM, TRAITS

VERSION: Final = 4
LONGEST: Final = 64 * 2**20
"""More bytes than any pool's counts have: longer input is refused unread."""

_Key = Annotated[int, Meta(ge=0, le=2**32 - 1)]
_Mass = Annotated[float, Meta(ge=0.0)]
_VERSION_BYTE: Final = bytes([VERSION])


class _Kept(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    landmark: float | None
    scale: Annotated[float, Meta(gt=0.0)]
    mass: _Mass
    totals: Annotated[list[_Mass], Meta(min_length=TRAITS, max_length=TRAITS)]
    hours: Annotated[list[_Mass], Meta(min_length=24, max_length=24)]
    days: Annotated[list[_Mass], Meta(min_length=7, max_length=7)]
    recent_landmark: float | None
    recent_scale: Annotated[float, Meta(gt=0.0)]
    recent: dict[_Key, _Mass]
    counts: Annotated[list[dict[_Key, _Mass]], Meta(min_length=TRAITS, max_length=TRAITS)]
    reports: Annotated[list[tuple[_Key, _Key, dict[_Key, float]]], Meta(max_length=REPORTED_AT_MOST)]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(_Kept)


class PopulationUnreadable(ValueError):
    """The bytes are no pool's counts of this version."""


def encode(population: Population) -> bytes:
    """The counts of a pool, at most about 15 bytes for each value held."""
    kept = _Kept(
        population.landmark,
        population.scale,
        population.mass,
        population.totals,
        population.hours,
        population.days,
        population.recent_landmark,
        population.recent_scale,
        population.recent,
        list(population.counts),
        [(trait, key, reporters) for (trait, key), reporters in population.reports.items()],
    )
    return _VERSION_BYTE + _encoder.encode(kept)


def decode(encoded: bytes, model: Model = SHIPPED) -> Population:
    """The counts that `encode` wrote.

    Raises PopulationUnreadable for another version, for damaged bytes, and for counts that no engine keeps.
    """
    if not encoded or len(encoded) > LONGEST:
        raise PopulationUnreadable(f"A pool's counts have 1 to {LONGEST} bytes; these are {len(encoded)}.")
    if encoded[0] != VERSION:
        raise PopulationUnreadable(
            f"A pool's counts of version {encoded[0]}; this engine reads version {VERSION}."
        )
    try:
        kept = _decoder.decode(memoryview(encoded)[1:])
    except (msgspec.DecodeError, RecursionError) as error:
        raise PopulationUnreadable("These bytes are no pool's counts.") from error
    if not _sound(kept):
        raise PopulationUnreadable("These are no counts that the engine keeps.")
    population = Population(model)
    population.landmark, population.scale, population.mass = kept.landmark, kept.scale, kept.mass
    population.totals = kept.totals
    population.hours, population.days = kept.hours, kept.days
    population.recent_landmark, population.recent_scale = kept.recent_landmark, kept.recent_scale
    population.recent = kept.recent
    population.counts = tuple(kept.counts)
    population.reports = {(trait, key): reporters for trait, key, reporters in kept.reports}
    return population


def _sound(kept: _Kept) -> bool:
    """Whether every number is finite and nothing is held beyond its bound."""
    numbers = [kept.landmark or 0.0, kept.scale, kept.mass, *kept.totals, *kept.hours, *kept.days]
    numbers += [kept.recent_landmark or 0.0, kept.recent_scale, *kept.recent.values()]
    return (
        all(map(isfinite, numbers))
        and len(kept.recent) <= AT_MOST[PLATFORM]
        and all(
            len(of_trait) <= most and all(map(isfinite, of_trait.values()))
            for of_trait, most in zip(kept.counts, AT_MOST, strict=True)
        )
        and all(
            trait < TRAITS and len(reporters) <= REPORTERS_AT_MOST and all(map(isfinite, reporters.values()))
            for trait, _, reporters in kept.reports
        )
    )
