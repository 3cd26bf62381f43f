"""The tables of an evaluation, as plain cells: the terminal and the page show the same."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any, Final

import msgspec

from doorward.evaluation.measured import REAUTHENTICATED, STRATA
from doorward.evaluation.metrics import CAUGHT, CHALLENGED, SIGN_INS
from doorward.evaluation.reporting.glossary import said

Evaluation = dict[str, Any]
"""What `evaluate` returns."""

ABSENT: Final = "–"


class Table(msgspec.Struct, frozen=True):
    """A title, a sentence about it, the names of the columns and the cells."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    words: int = 1
    """How many columns at the left hold names; in the others are figures."""


def tables(evaluation: Evaluation) -> Iterator[Table]:
    """Yield every table that has something to say."""
    models = evaluation["models"]
    attackers = dict.fromkeys(name for model in models.values() for name in model["attackers"])
    for attacker in attackers:
        yield _per_attacker(models, attacker)
    for attacker in attackers:
        yield _reauthentications(models, attacker)
    yield _strata(models, attackers)
    for name, model in models.items():
        if model.get("campaigns"):
            yield _campaigns(name, model["campaigns"])
        if model.get("ablation"):
            yield _ablation(name, model["ablation"])
        if model.get("levels"):
            yield _levels(name, model["levels"])
    yield _cost(models)


def _per_attacker(models: dict[str, Any], attacker: str) -> Table:
    rows = []
    for name, model in models.items():
        if (found := model["attackers"].get(attacker)) is None:
            continue
        low_high = found["intervals"]["auc"]
        interval = f" ({low_high[0]:.3f}-{low_high[1]:.3f})" if low_high else ""
        rows.append(
            (
                name,
                number(found["auc"]) + interval,
                *(number(found["recall_at"][str(share)]) for share in CHALLENGED),
                *(number(found["asked_at_tpr"][str(share)]) for share in CAUGHT),
            )
        )
    return Table(
        f"Attacker: {said(attacker)}",
        "Sign-ins with at least one before them; thresholds set on the stretch before the report.",
        (
            "model",
            "AUC (95 %)",
            *(f"recall at {share:.1%}" for share in CHALLENGED),
            *(f"asked at TPR {share}" for share in CAUGHT),
        ),
        rows,
    )


def _reauthentications(models: dict[str, Any], attacker: str) -> Table:
    rows = []
    for name, model in models.items():
        if (found := model["attackers"].get(attacker)) is not None:
            medians = found["median_reauthentications"]
            cells = ("/".join(count(medians[str(tpr)][str(n)]) for n in SIGN_INS) for tpr in REAUTHENTICATED)
            rows.append((name, *cells))
    return Table(
        f"Median re-authentications, {said(attacker)}",
        f"After {', '.join(map(str, SIGN_INS))} sign-ins of users who came after the warm-up, by TPR.",
        ("model", *(f"TPR {tpr}" for tpr in REAUTHENTICATED)),
        rows,
    )


def _strata(models: dict[str, Any], attackers: dict[str, None]) -> Table:
    rows = [
        (
            said(attacker),
            name,
            *(
                f"{number(found['strata'][stratum]['auc'])} / "
                f"{number(found['strata'][stratum]['asked_at_tpr_0.99'])}"
                for stratum in STRATA
            ),
        )
        for attacker in attackers
        for name, model in models.items()
        if (found := model["attackers"].get(attacker)) is not None
    ]
    columns = ("attacker", "model", *(f"{name} earlier" for name in STRATA))
    return Table(
        "By earlier sign-ins", "AUC / share asked at TPR .99, within the stratum.", columns, rows, words=2
    )


def _campaigns(name: str, campaigns: dict[str, Any]) -> Table:
    rows = [
        (
            said(campaign),
            f"{found['found_within_50']} of {found['played']}",
            count(found["median_found_at_attempt"]),
            count(found["median_challenged_at_attempt"]),
            number(found["challenged_of_first_50"]),
            number(found["challenged_of_later_successes"]),
            number(found["legitimate_challenged_meanwhile"]),
            number(found["legitimate_challenged_otherwise"]),
            str(found["legitimate_meanwhile"]),
        )
        for campaign, found in campaigns.items()
    ]
    return Table(
        f"Campaigns, {name}",
        "At the threshold that challenges at most 0.1 % of all legitimate sign-ins in either stretch. "
        "Found: reached it with reasons from what is done.",
        (
            "campaign",
            "found within 50",
            "median attempt",
            "first challenged",
            "of first 50",
            "of later hits",
            "legitimate asked meanwhile",
            "without it",
            "sign-ins",
        ),
        rows,
    )


def _ablation(name: str, ablation: dict[str, Any]) -> Table:
    attackers = list(next(iter(ablation.values())))
    rows = [
        (
            off,
            *(
                f"{number(found[attacker]['auc'])} / {number(found[attacker]['recall_at_0.01'])} / "
                f"{number(found[attacker]['asked_at_tpr_0.99'])}"
                for attacker in attackers
            ),
        )
        for off, found in ablation.items()
    ]
    return Table(
        f"One group of signals off, {name}",
        "AUC / recall at 1 % / share asked at TPR .99, on a sample, thresholds of the report itself.",
        ("off", *map(said, attackers)),
        rows,
    )


def _levels(name: str, levels: dict[str, dict[str, int]]) -> Table:
    names = ("None", "Low", "Medium", "High")
    rows = [
        (said(who), *(f"{counts.get(level, 0) / sum(counts.values()):.2%}" for level in names))
        for who, counts in levels.items()
    ]
    return Table(
        f"Levels at the engine's thresholds, {name}", "Of the report stretch.", ("who", *names), rows
    )


def _cost(models: dict[str, Any]) -> Table:
    rows = []
    for name, model in models.items():
        published = model.get("microseconds_per_score_as_published")
        rows.append(
            (
                name,
                model.get("model_version", ABSENT),
                f"{model['microseconds_per_score']:.1f}",
                f"{published:.0f}" if published else ABSENT,
                f"{model['bytes_per_user']:.0f}",
            )
        )
    return Table(
        "Cost",
        "As published: on data frames, filtering the history for each sign-in.",
        ("model", "version", "µs a score", "µs as published", "bytes a user"),
        rows,
    )


def number(value: float | None) -> str:
    """Show a share or an area with four digits."""
    return ABSENT if value is None or isnan(value) else f"{value:.4f}"


def count(value: float | None) -> str:
    """Show a count that may be a half."""
    return ABSENT if value is None else f"{value:g}"
