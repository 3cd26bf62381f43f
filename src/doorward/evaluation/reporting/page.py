"""One HTML file with every table and plot, which needs nothing from outside."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from doorward.evaluation.reporting.charts import Series, bar_chart, line_chart
from doorward.evaluation.reporting.glossary import ATTACKERS, TERMS, said
from doorward.evaluation.reporting.literature import REAUTHENTICATIONS
from doorward.evaluation.reporting.tables import Evaluation, Table, tables

_STYLE: Final = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;border-bottom:1px solid #8886;text-align:right}th.word,td.word{text-align:left}
.scroll{overflow-x:auto}.scroll th:first-child,.scroll td:first-child{position:sticky;left:0;background:Canvas}
.charts{display:grid;gap:1rem 2rem;
grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}
figure{margin:0}figure h3{margin:.3rem 0}figure>svg{width:100%;background:#fff;border:1px solid #8884}
td{white-space:nowrap}.facts td,.facts th{text-align:left;white-space:normal;vertical-align:top}
.facts th{font-weight:600}
.tick{font:11px system-ui,sans-serif;fill:#222}.grid{stroke:#0002;fill:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.3rem 0;font-size:.85rem}
.key{width:1.75rem;height:.7rem;margin-right:.4rem;vertical-align:middle;background:#fff}
.note{opacity:.75;max-width:50rem}
/* A chart shrinks with the page, and its letters with it. */
@media(max-width:36rem){.tick{font-size:15px}h1{font-size:1.5rem}}
"""
_PLOTTED: Final = (
    "naive",
    "vpn",
    "targeted",
    "targeted_asn",
    "residential_proxy",
    "phishing_proxy",
    "takeover",
)


def page(evaluation: Evaluation) -> str:
    """Return the whole page."""
    body = "".join(_sections(evaluation))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Doorward: evaluation</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _sections(evaluation: Evaluation) -> Iterator[str]:
    models = evaluation["models"]
    yield "<h1>How well risky sign-ins are told from ordinary ones</h1>"
    yield _data(evaluation)
    yield _meanings(models)
    yield (
        "<h2>Recall at few challenges</h2><p class='note'>Thresholds of the report stretch itself. The tables below "
        "set theirs on the stretch before, as one must in life, and so tell other figures. Fewer sign-ins than one "
        "cannot be asked: at the left a line is flat.</p><div class='charts'>"
    )
    for attacker in _PLOTTED:
        if lines := _roc(models, attacker):
            yield line_chart(
                f"{said(attacker)}: attacks caught",
                lines,
                x="share of legitimate sign-ins challenged",
                y="share of attacks caught",
                log_x=True,
            )
    yield (
        "</div><h2>How often a user is asked</h2><p class='note'>Each point is the median of the users who have so "
        "many sign-ins: they become fewer to the right, and the median may fall.</p><div class='charts'>"
    )
    for attacker in _PLOTTED:
        if curves := _curves(models, attacker):
            yield line_chart(
                f"{said(attacker)}: median re-authentications at TPR .99",
                curves,
                x="sign-ins",
                y="re-authentications",
            )
    yield "</div>"
    for name, model in models.items():
        if "levels" in model:
            yield from _engine(name, model)
    yield "<h2>Tables</h2>"
    for table in tables(evaluation):
        if table.rows:
            yield _table(table)


def _data(evaluation: Evaluation) -> str:
    data = evaluation["data"]
    begins = {
        "file": data["file"],
        "rows": f"{data['rows']:,}",
        "users": f"{data['users']:,}",
        "days": f"{data['days']:.1f}",
        "legitimate sign-ins by stretch": ", ".join(
            f"{name.replace('_', ' ')} {count:,}" for name, count in data["legitimate"].items()
        ),
        "attacks in the report stretch": _attacks(evaluation["models"])
        + f" (at most {data['attacks_wanted']:,} of each)",
        "seed": str(evaluation["seed"]),
    }
    rows = "".join(
        f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in begins.items()
    )
    return (
        f"<table class='facts'>{rows}</table><p>An attack replaces a legitimate sign-in at the same instant; "
        f"its donor comes from the {data['days_ahead']:g} days after that instant. Labels are never inputs. "
        "Sign-ins from addresses labelled as attackers' are no negatives. A user's first sign-in cannot be told "
        "from an impostor's and is reported in its own stratum only. Published points were measured on real "
        "sign-ins, under another protocol.</p>"
    )


def _attacks(models: dict[str, Any]) -> str:
    """How many attacks of each attacker the figures rest on."""
    counts = {
        attacker: found["attacks"]
        for model in models.values()
        for attacker, found in model["attackers"].items()
    }
    return ", ".join(f"{said(attacker)} {count:,}" for attacker, count in counts.items()) or "none"


def _meanings(models: dict[str, Any]) -> str:
    """What the names of the attackers in this report, and the terms, mean."""
    present = {name for model in models.values() for name in [*model["attackers"], *model.get("levels", {})]}
    meanings = {said(name): meaning for name, meaning in ATTACKERS.items() if name in present} | TERMS
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(told)}</td></tr>" for name, told in meanings.items()
    )
    return f"<h2>What the names mean</h2><table class='facts'>{rows}</table>"


def _roc(models: dict[str, Any], attacker: str) -> list[Series]:
    return [
        Series(name, list(zip(found["roc"]["challenged"], found["roc"]["tpr"], strict=True)))
        for name, model in models.items()
        if (found := model["attackers"].get(attacker)) is not None
    ]


def _curves(models: dict[str, Any], attacker: str) -> list[Series]:
    lines = []
    for name, model in models.items():
        if (found := model["attackers"].get(attacker)) is not None:
            curve = found["reauthentication_curves"]["0.99"]
            points = [(float(n), value) for n, value in enumerate(curve, 1) if value is not None]
            if points:
                lines.append(Series(name, points))
    if lines and (published := REAUTHENTICATIONS.get(attacker)):
        points = [(float(n), float(value)) for n, value in published["0.99"].items()]
        lines.append(Series("published (Wiefling et al., TOPS 2022)", points, joined=False))
    return lines


def _engine(name: str, model: dict[str, Any]) -> Iterator[str]:
    yield (
        f"<h2>Levels and reasons: {escape(name)}</h2><p class='note'>At the engine's own thresholds. "
        "A reason is counted where it is among the three heaviest that speak against an attempt.</p>"
        "<div class='charts'>"
    )
    legitimate = model["levels"].get("legitimate", {})
    total = _total(legitimate)
    yield bar_chart(
        "Legitimate sign-ins at each level",
        [(level, legitimate.get(level, 0) / total) for level in ("None", "Low", "Medium", "High")],
        percent=True,
    )
    yield bar_chart(
        "At Low or above (of so many)",
        [
            (f"{said(who)} ({_total(counts):,})", 1.0 - counts.get("None", 0) / _total(counts))
            for who, counts in model["levels"].items()
        ],
        percent=True,
    )
    for who, reasons in model["reasons"].items():
        counts = sorted(reasons.items(), key=lambda item: -item[1])
        yield bar_chart(
            f"Reasons against: {said(who)}",
            [(said(signal), count / _total(model["levels"].get(who, {}))) for signal, count in counts],
            percent=True,
        )
    yield "</div>"


def _total(levels: dict[str, int]) -> int:
    """How many attempts were given a level; 1 where none was."""
    return max(sum(levels.values()), 1)


def _table(table: Table) -> str:
    head = "".join(_cell("th", place, column, table) for place, column in enumerate(table.columns))
    body = "".join(
        f"<tr>{''.join(_cell('td', place, text, table) for place, text in enumerate(row))}</tr>"
        for row in table.rows
    )
    # What scrolls must be reached without a mouse.
    return (
        f"<h3>{escape(table.title)}</h3><p class='note'>{escape(table.note)}</p>"
        f"<div class='scroll' tabindex='0' role='region' aria-label='{escape(table.title)}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(tag: str, place: int, text: str, table: Table) -> str:
    word = " class='word'" if place < table.words else ""
    return f"<{tag}{word}>{escape(text)}</{tag}>"
