"""From a model's scores to its figures, in the form in which they are written down."""

from collections.abc import Sequence
from typing import Any, Final

from doorward.evaluation.collected import LONGEST, Collected, Column
from doorward.evaluation.metrics import (
    CAUGHT,
    CHALLENGED,
    SIGN_INS,
    Groups,
    auc,
    reauthentications,
    roc,
    share_reaching,
    threshold_catching,
    threshold_challenging,
)
from doorward.evaluation.stretches import Stretch

STRATA: Final = {"0": (0, 0), "1-4": (1, 4), "5+": (5, 2**32)}
"""Earlier sign-ins."""
REAUTHENTICATED: Final = (0.98, 0.99, 0.995, 0.999)
"""TPRs at whose thresholds re-authentications are counted, as the published figures are."""
ROC_SHARES: Final = tuple(10 ** (-4 + exponent / 8) for exponent in range(33))
CURVE: Final = LONGEST
"""Sign-ins up to which re-authentications are told."""
FEWEST: Final = 20
"""Attacks below which an attacker is left out."""


def figures(collected: Collected, seed: int) -> dict[str, dict[str, Any]]:
    """Return the figures for each attacker.

    Thresholds come from the stretch before the report; `realised` tells what they came to in the report.
    """
    negatives_before = collected.legitimate.sorted(Stretch.THRESHOLDS)
    negatives = collected.legitimate.sorted(Stretch.REPORT)
    of_strata = {
        name: collected.legitimate.sorted(Stretch.REPORT, low, high) for name, (low, high) in STRATA.items()
    }
    users = collected.first_sign_ins()
    return {
        attacker: _of_attacker(
            collected,
            column,
            users=users,
            before=negatives_before,
            negatives=negatives,
            of_strata=of_strata,
            seed=seed,
        )
        for attacker, column in collected.attacks.items()
        if len(column.sorted(Stretch.REPORT)) >= FEWEST
    }


def _of_attacker(
    collected: Collected,
    column: Column,
    *,
    users: Sequence[Sequence[float]],
    before: list[float],
    negatives: list[float],
    of_strata: dict[str, list[float]],
    seed: int,
) -> dict[str, Any]:
    positives = column.sorted(Stretch.REPORT)
    # The file's own takeovers are few; where none fell into the earlier stretch, theirs set the thresholds.
    positives_before = column.sorted(Stretch.THRESHOLDS) or positives
    before = before or negatives
    challenging = {str(share): threshold_challenging(before, share) for share in CHALLENGED}
    catching = {str(share): threshold_catching(positives_before, share) for share in CAUGHT}
    curves = {
        str(share): reauthentications(users, threshold_catching(positives_before, share), CURVE)
        for share in REAUTHENTICATED
    }
    return {
        "attacks": len(positives),
        "auc": auc(negatives, positives),
        "recall_at": {key: share_reaching(positives, t) for key, t in challenging.items()},
        "asked_at_tpr": {key: share_reaching(negatives, t) for key, t in catching.items()},
        "realised": {
            "challenged": {key: share_reaching(negatives, t) for key, t in challenging.items()},
            "tpr": {key: share_reaching(positives, t) for key, t in catching.items()},
        },
        "median_reauthentications": {
            key: {str(count): curve[count - 1] for count in SIGN_INS} for key, curve in curves.items()
        },
        "reauthentication_curves": curves,
        "roc": {"challenged": list(ROC_SHARES), "tpr": roc(negatives, positives, ROC_SHARES)},
        "strata": {
            name: _stratum(of_strata[name], column.sorted(Stretch.REPORT, low, high))
            for name, (low, high) in STRATA.items()
        },
        "intervals": _groups(collected.legitimate, column).intervals(challenging, catching, seed),
    }


def _stratum(negatives: list[float], positives: list[float]) -> dict[str, float | int]:
    """A stratum's own figures, thresholds set within it."""
    return {
        "legitimate": len(negatives),
        "attacks": len(positives),
        "auc": auc(negatives, positives),
        "recall_at_0.01": share_reaching(positives, threshold_challenging(negatives, 0.01))
        if negatives
        else float("nan"),
        "asked_at_tpr_0.99": share_reaching(negatives, threshold_catching(positives, 0.99)),
    }


def _groups(legitimate: Column, attacks: Column) -> Groups:
    groups = Groups()
    for user, score in legitimate.each(Stretch.REPORT):
        groups.negative(user, score)
    for user, score in attacks.each(Stretch.REPORT):
        groups.positive(user, score)
    return groups
