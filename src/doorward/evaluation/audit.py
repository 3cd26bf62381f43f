"""The fingerprint audit: rhythm and rarity alone must not betray which sign-ins were put there by us.

An attack that replaces a legitimate sign-in at the same instant can be told apart for the wrong reason: because
the simulation draws hours that nobody keeps, or circumstances that are rarer, or more common, than people's own.
A classifier that sees only that, and nothing of whether circumstance and user belong together, must do no better
than chance. (Protocol, point 2: an AUC near .5 passes, .6 fails.)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import cos, exp, log1p, pi, sin
from typing import Final, NamedTuple
from zlib import crc32

from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.rows import Row

FAILS_AT: Final = 0.6
"""AUC of the fingerprint classifier from which a simulation is refused."""
MOST_PAIRS: Final = 6000
WARM_UP: Final = 14 * 86_400.0
"""Seconds at the beginning in which rarity is only learned."""

FEATURES: Final = (
    "hour (sine)",
    "hour (cosine)",
    "weekend",
    "days since the user's last",
    "earlier sign-ins of the user",
    "earlier sightings of the address",
    "of the /24",
    "of the ASN",
    "of the country",
    "of the user agent string",
    "of the browser",
    "of the operating system",
)
_DAY: Final = 86_400.0
_ROUNDS: Final = 40
_RATE: Final = 0.5
_HALVES: Final = 2
_THURSDAY: Final = 4
"""1970-01-01 was one; days are counted from it."""

Sample = tuple[float, ...]
Attacker = Callable[[Row, Sequence[Row]], Row | None]
"""Given a legitimate sign-in and the next ones of others, returns what an impostor shows in its place at its
instant, under its user id; None where it has nothing to offer."""


class Fingerprint(NamedTuple):
    """What the audit found. `by_feature` are AUCs of each feature alone, at least .5."""

    pairs: int
    auc: float
    by_feature: dict[str, float]

    @property
    def passed(self) -> bool:
        """Tell whether simulated and real could not be told apart."""
        return self.auc < FAILS_AT


class Rarity:
    """How often each value was seen so far, and when each user was last seen."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, object], int] = {}
        self._users: dict[int, tuple[int, float]] = {}

    def features(self, row: Row) -> Sample:
        """Return what rhythm and rarity say of an attempt before it is learned."""
        count, last = self._users.get(row.user_id, (0, row.at))
        hour = 2.0 * pi * (row.at % _DAY) / _DAY
        return (
            sin(hour),
            cos(hour),
            float((int(row.at // _DAY) + _THURSDAY - 1) % 7 > _THURSDAY),
            log1p((row.at - last) / _DAY),
            log1p(count),
            *(log1p(self._seen.get(key, 0)) for key in _keys(row)),
        )

    def learn(self, row: Row) -> None:
        """Count a legitimate sign-in."""
        for key in _keys(row):
            self._seen[key] = self._seen.get(key, 0) + 1
        count, _ = self._users.get(row.user_id, (0, 0.0))
        self._users[row.user_id] = (count + 1, row.at)


def _keys(row: Row) -> Iterator[tuple[int, object]]:
    values = (
        row.address,
        row.address.rsplit(".", 1)[0],
        row.asn,
        row.country,
        row.user_agent,
        row.browser,
        row.os,
    )
    return enumerate(values)


def naive(real: Row, later: Sequence[Row]) -> Row | None:
    """The naive attacker: the whole circumstance of the next sign-in of somebody else."""
    donor = next((row for row in later if row.user_id != real.user_id), None)
    if donor is None:
        return None
    return Row(
        real.index, real.at, real.user_id, donor.round_trip_ms, donor.address, donor.country, donor.region,
        donor.city, donor.asn, donor.user_agent, donor.browser, donor.os, donor.device_type, True, False, False,
        donor.device_id, donor.language, donor.time_zone,
    )  # fmt: skip


def audit(rows: Iterable[Row], attacker: Attacker = naive, *, ahead: int = 8, every: int = 50) -> Fingerprint:
    """Replace every so many-th legitimate sign-in by the attacker's and try to tell the two apart.

    `ahead` is how many later sign-ins the attacker may choose a donor from. Users fall into two halves; what is
    learned on one is measured on the other. Raises ValueError where there are too few rows for that.
    """
    rarity, pairs, window = Rarity(), list[tuple[int, Sample, Sample]](), list[Row]()
    begins: float | None = None
    step = every
    turn = 0
    for row in rows:
        if not row.successful or row.attack_ip or row.user_id == UNKNOWN_USER:
            continue
        begins = row.at if begins is None else begins
        window.append(row)
        if len(window) <= ahead:
            continue
        real = window.pop(0)
        turn += 1
        if turn % step == 0 and real.at >= begins + WARM_UP:
            simulated = attacker(real, window)
            if simulated is not None:
                pairs.append((real.user_id, rarity.features(real), rarity.features(simulated)))
                if len(pairs) >= MOST_PAIRS:
                    # Thinned out evenly over the time that has passed.
                    pairs = pairs[::2]
                    step *= 2
        rarity.learn(real)
    return _told_apart(pairs)


def _told_apart(pairs: list[tuple[int, Sample, Sample]]) -> Fingerprint:
    halves: list[list[tuple[Sample, bool]]] = [[], []]
    for user, real, simulated in pairs:
        # The id itself may be anything; its checksum's last bit is fair.
        halves[crc32(str(user).encode()) % _HALVES] += [(real, False), (simulated, True)]
    if min(map(len, halves)) < _HALVES * len(FEATURES):
        raise ValueError("too few sign-ins for the fingerprint audit")
    scored: list[tuple[float, bool]] = []
    for train, test in (halves, halves[::-1]):
        score = _logistic(train)
        scored += [(score(sample), simulated) for sample, simulated in test]
    both = halves[0] + halves[1]
    alone = {}
    for place, name in enumerate(FEATURES):
        auc = area_under_curve([(sample[place], simulated) for sample, simulated in both])
        alone[name] = max(auc, 1.0 - auc)
    return Fingerprint(len(pairs), area_under_curve(scored), alone)


def _logistic(samples: list[tuple[Sample, bool]]) -> Callable[[Sample], float]:
    """Fit a logistic regression on the features and their squares, by gradient descent."""
    count, width = len(samples), len(samples[0][0])
    means = [sum(sample[i] for sample, _ in samples) / count for i in range(width)]
    spreads = [
        (sum((sample[i] - means[i]) ** 2 for sample, _ in samples) / count) ** 0.5 or 1.0
        for i in range(width)
    ]

    def shaped(sample: Sample) -> list[float]:
        plain = [(value - mean) / spread for value, mean, spread in zip(sample, means, spreads, strict=True)]
        return [1.0, *plain, *(min(value * value, 9.0) - 1.0 for value in plain)]

    listed = [(shaped(sample), float(simulated)) for sample, simulated in samples]
    weights = [0.0] * (2 * width + 1)
    for _ in range(_ROUNDS):
        slope = [0.0] * len(weights)
        for values, label in listed:
            off = label - 1.0 / (1.0 + exp(-_dot(weights, values)))
            slope = [total + off * value for total, value in zip(slope, values, strict=True)]
        weights = [weight + _RATE * total / count for weight, total in zip(weights, slope, strict=True)]
    return lambda sample: _dot(weights, shaped(sample))


def _dot(weights: list[float], values: list[float]) -> float:
    product = sum(weight * value for weight, value in zip(weights, values, strict=True))
    return min(max(product, -30.0), 30.0)


def area_under_curve(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the probability that a positive scores above a negative, ties counting half (Mann and Whitney).

    Raises ValueError where one of the two is missing.
    """
    ordered = sorted(scored)
    positives = sum(positive for _, positive in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        raise ValueError("an AUC needs positives and negatives")
    starts = [0, *(place for place, (a, b) in enumerate(pairwise(ordered), 1) if a[0] != b[0]), len(ordered)]
    ranks = 0.0
    for first, end in pairwise(starts):
        # Ties share the mean of their ranks, which count from 1.
        ranks += (first + 1 + end) / 2.0 * sum(positive for _, positive in ordered[first:end])
    return (ranks - positives * (positives + 1) / 2.0) / (positives * negatives)
