"""One HTML file with every table and plot, which needs nothing from outside."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

from doorward.evaluation.reporting.charts import Series, bar_chart, line_chart
from doorward.evaluation.reporting.literature import REAUTHENTICATIONS
from doorward.evaluation.reporting.tables import Evaluation, Table, tables

_STYLE: Final = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;border-bottom:1px solid #8886;text-align:right}th:first-child,td:first-child{text-align:left}
.scroll{overflow-x:auto}.charts{display:grid;gap:1rem 2rem;
grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}
figure{margin:0}figure h3{margin:.3rem 0}figure>svg{width:100%;background:#fff;border:1px solid #8884}
td{white-space:nowrap}.facts td{text-align:left;white-space:normal}.facts th{font-weight:600}
.tick{font:11px system-ui,sans-serif;fill:#222}.grid{stroke:#0002;fill:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.3rem 0;font-size:.85rem}
.key{width:1.75rem;height:.7rem;margin-right:.4rem;vertical-align:middle;background:#fff}
.note{color:#777}
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
    yield "<h2>Recall at few challenges</h2><div class='charts'>"
    for attacker in _PLOTTED:
        if lines := _roc(models, attacker):
            yield line_chart(
                f"{_said(attacker)}: attacks caught",
                lines,
                x="share of legitimate sign-ins challenged",
                y="share of attacks caught",
                log_x=True,
            )
    yield "</div><h2>How often a user is asked</h2><div class='charts'>"
    for attacker in _PLOTTED:
        if curves := _curves(models, attacker):
            yield line_chart(
                f"{_said(attacker)}: median re-authentications at TPR .99",
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
        "attacks of each attacker in the report": f"{data['attacks_wanted']:,} or as many as there are",
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
    yield f"<h2>Levels and reasons: {escape(name)}</h2><div class='charts'>"
    legitimate = model["levels"].get("legitimate", {})
    total = max(sum(legitimate.values()), 1)
    yield bar_chart(
        "Legitimate sign-ins at each level",
        [(level, legitimate.get(level, 0) / total) for level in ("None", "Low", "Medium", "High")],
        percent=True,
    )
    yield bar_chart(
        "At Low or above",
        [
            (_said(who), 1.0 - counts.get("None", 0) / max(sum(counts.values()), 1))
            for who, counts in model["levels"].items()
        ],
        percent=True,
    )
    for who, reasons in model["reasons"].items():
        counts = sorted(reasons.items(), key=lambda item: -item[1])
        yield bar_chart(
            f"Most frequent reasons among the three heaviest, {_said(who)}",
            [(signal, float(count)) for signal, count in counts],
        )
    yield "</div>"


def _said(attacker: str) -> str:
    """An attacker's name as people write it: `residential_proxy` is one word for machines only."""
    return attacker.replace("_", " ")


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return (
        f"<h3>{escape(table.title)}</h3><p class='note'>{escape(table.note)}</p>"
        f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
