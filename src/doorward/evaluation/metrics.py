"""What is measured of a model's scores. A sign-in is challenged where its score reaches the threshold."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import ceil, floor, inf, nan, nextafter
from statistics import median
from typing import Final

from doorward.clock import seeded

CHALLENGED: Final = (0.001, 0.01, 0.05, 0.1)
"""Shares of legitimate sign-ins challenged at which the recall is told."""
CAUGHT: Final = (0.9, 0.98, 0.99, 0.995)
"""Shares of attacks caught (TPR) at which the share of legitimate sign-ins challenged is told."""
SIGN_INS: Final = (4, 12, 39)
"""Numbers of sign-ins after which a user's re-authentications are counted."""
_BINS: Final = 128
_DRAWS: Final = 200
_TOLERANCE: Final = 1e-9


def auc(negatives: Sequence[float], positives: Iterable[float]) -> float:
    """Return the chance that a positive scores above a negative, ties counting half (Mann-Whitney).

    `negatives` are sorted. NaN where one side is empty.
    """
    wins = count = 0
    for score in positives:
        wins += bisect_left(negatives, score) + bisect_right(negatives, score)
        count += 1
    return wins / (2 * len(negatives) * count) if count and negatives else nan


def share_reaching(scores: Sequence[float], threshold: float) -> float:
    """Return the share of sorted scores that reach a threshold."""
    return (len(scores) - bisect_left(scores, threshold)) / len(scores) if scores else nan


def threshold_challenging(negatives: Sequence[float], share: float) -> float:
    """Return the least threshold that challenges at most this share of the sorted negatives.

    Equal scores cannot be parted: a model with few distinct scores may challenge far less.
    """
    allowed = floor(share * len(negatives) + _TOLERANCE)
    if allowed >= len(negatives):
        return -inf
    return nextafter(negatives[len(negatives) - allowed - 1], inf)


def threshold_catching(positives: Sequence[float], share: float) -> float:
    """Return the greatest threshold that catches at least this share of the sorted positives."""
    if not positives:
        return nan
    wanted = max(ceil(share * len(positives) - _TOLERANCE), 1)
    return positives[len(positives) - wanted]


def reauthentications(users: Iterable[Sequence[float]], threshold: float, most: int) -> list[float | None]:
    """Return, for 1 to `most` sign-ins, the median of how many of a user's first so many were challenged.

    The median is over the users with at least so many. `users` has each one's scores in order; NaN (not
    scored) is never challenged. None: there is no such user.
    """
    counts: list[list[int]] = [[] for _ in range(most)]
    for scores in users:
        challenged = 0
        for so_far, score in zip(counts, scores, strict=False):
            challenged += score >= threshold
            so_far.append(challenged)
    return [float(median(so_far)) if so_far else None for so_far in counts]


def roc(negatives: Sequence[float], positives: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Return the recall at each share of challenged negatives; both sides sorted."""
    return [share_reaching(positives, threshold_challenging(negatives, share)) for share in shares]


class Groups:
    """Scores in groups of users, from which intervals are drawn by bootstrap.

    Users fall into groups by a hash, and whole groups are drawn with replacement: that keeps a user's
    sign-ins together and costs no more for a million of them.
    """

    def __init__(self, groups: int = 100) -> None:
        self.groups = groups
        self._negatives: list[list[float]] = [[] for _ in range(groups)]
        self._positives: list[list[float]] = [[] for _ in range(groups)]

    def negative(self, user: int, score: float) -> None:
        self._negatives[user % self.groups].append(score)

    def positive(self, user: int, score: float) -> None:
        self._positives[user % self.groups].append(score)

    def intervals(
        self, challenging: dict[str, float], catching: dict[str, float], seed: int
    ) -> dict[str, list[float] | dict[str, list[float]]]:
        """Return 95 % intervals of the AUC, of the recall and of the challenged share at fixed thresholds."""
        edges = self._edges()
        low = [_histogram(scores, edges) for scores in self._negatives]
        high = [_histogram(scores, edges) for scores in self._positives]
        recall = {key: [_reaching(s, t) for s in self._positives] for key, t in challenging.items()}
        asked = {key: [_reaching(s, t) for s in self._negatives] for key, t in catching.items()}
        areas: list[float] = []
        recalls: dict[str, list[float]] = {key: [] for key in recall}
        askeds: dict[str, list[float]] = {key: [] for key in asked}
        chance = seeded(seed, "bootstrap")
        for _ in range(_DRAWS):
            drawn = [int(chance.random() * self.groups) for _ in range(self.groups)]
            negatives = sum(len(self._negatives[group]) for group in drawn)
            positives = sum(len(self._positives[group]) for group in drawn)
            if not negatives or not positives:
                continue
            areas.append(_binned_auc(_summed(low, drawn), _summed(high, drawn)))
            for key, counts in recall.items():
                recalls[key].append(sum(counts[group] for group in drawn) / positives)
            for key, counts in asked.items():
                askeds[key].append(sum(counts[group] for group in drawn) / negatives)
        return {
            "auc": _middle(areas),
            "recall_at": {key: _middle(values) for key, values in recalls.items()},
            "asked_at_tpr": {key: _middle(values) for key, values in askeds.items()},
        }

    def _edges(self) -> list[float]:
        """Bin edges at the quantiles of both sides."""
        edges: set[float] = set()
        for side in (self._negatives, self._positives):
            scores = sorted(score for group in side for score in group)
            edges.update(scores[len(scores) * number // _BINS] for number in range(_BINS) if scores)
        return sorted(edges)


def _histogram(scores: list[float], edges: list[float]) -> list[int]:
    counts = [0] * (len(edges) + 1)
    for score in scores:
        counts[bisect_right(edges, score)] += 1
    return counts


def _reaching(scores: list[float], threshold: float) -> int:
    return sum(score >= threshold for score in scores)


def _summed(histograms: list[list[int]], drawn: list[int]) -> list[int]:
    return [sum(column) for column in zip(*(histograms[group] for group in drawn), strict=True)]


def _binned_auc(negatives: list[int], positives: list[int]) -> float:
    wins = 0.0
    below = 0
    for negative, positive in zip(negatives, positives, strict=True):
        wins += positive * (below + negative / 2)
        below += negative
    return wins / (below * sum(positives))


def _middle(values: list[float]) -> list[float]:
    """The 2.5th and 97.5th percentile."""
    if not values:
        return []
    values.sort()
    last = len(values) - 1
    return [values[round(last * 0.025)], values[round(last * 0.975)]]
