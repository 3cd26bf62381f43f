"""`doorward events`: what was recorded of attempts, with the reasons that the API's shape has no member for."""

from typing import Annotated

import typer
from rich.table import Table

from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data, Pool
from doorward.cli.times import shown
from doorward.clock import SystemClock
from doorward.directory.queries import users
from doorward.history import queries
from doorward.history.auth_event import AuthEvent, EventRisk
from doorward.history.on_the_wire import to_wire

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command("list")
def list_events(
    pool: Pool,
    user: Annotated[
        str | None,
        typer.Option("--user", help="The user's name, alias or sub. Default: all, and unknown names."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 20,
    data: Data = None,
) -> None:
    """List the latest events of a pool or of one user, each with what weighed most."""
    with existing_vault(data).store.reading() as tx:
        found = require_pool(tx, pool)
        if user is None:
            events = list(queries.of_pool_since(tx, found.id, 0.0, limit))[::-1]
        else:
            whose = users.find(tx, found, user)
            if whose is None:
                raise typer.BadParameter(f"there is no user {user} in {found.id}", param_hint="--user")
            events = queries.of_user(tx, found.id, whose.sub, limit, None)
    table = Table(
        "when (UTC)", "event", "user", "type", "result", "risk", "response", "from", "mostly because"
    )
    for event in events:
        table.add_row(
            shown(event.created_at),
            event.event_id,
            event.username,
            event.event_type,
            _result(event),
            _scored(event.risk),
            event.risk.response,
            ", ".join(part for part in (event.context.address, event.context.country) if part),
            _mostly(event.risk),
        )
    tables.show(table)


@app.command()
def show(
    event_id: Annotated[str, typer.Argument(help="The event's id, as AdminListUserAuthEvents tells it.")],
    pool: Pool,
    data: Data = None,
) -> None:
    """Show one event whole: what was done, why, and every reason with its weight."""
    with existing_vault(data).store.reading() as tx:
        found = require_pool(tx, pool)
        event = queries.find(tx, found.id, event_id)
    if event is None:
        raise typer.BadParameter(f"there is no event {event_id} in {found.id}", param_hint="EVENT_ID")
    table = Table(show_header=False)
    for name, value in _told(event):
        table.add_row(name, value)
    tables.show(table)
    if event.risk.score is not None:
        prior = event.risk.score - sum(reason.weight for reason in event.risk.reasons)
        tables.show(tables.of_reasons(prior, event.risk.reasons))


def _told(event: AuthEvent) -> list[tuple[str, str]]:
    risk, context = event.risk, event.context
    answers = ", ".join(
        f"{one.by or one.challenge_name} {one.challenge_response}" for one in event.challenges
    )
    place = ", ".join(part for part in (context.city, context.country) if part)
    lines = [
        ("event", f"{event.event_type} ({event.operation}) of {event.username}"),
        ("when", f"{shown(event.created_at)} UTC"),
        ("result", _result(event) + (f": {answers}" if answers else "")),
        ("from", f"{context.address or 'an unknown address'} ({context.address_source}) {place}".strip()),
        ("with", f"{context.device_name}; context data {context.context_signature}"),
        (
            "risk",
            _scored(risk) + (f", {tables.earlier(risk.earlier_sign_ins)}" if risk.model_version else ""),
        ),
        ("decision", f"{risk.decision}: {risk.response}" + (f" ({risk.because})" if risk.because else "")),
        ("mode", risk.mode),
    ]
    if risk.would_have != risk.response:
        lines.append(("ENFORCED", f"would have: {risk.would_have}"))
    if risk.compromised:
        lines.append(("password", f"known from breaches, seen {risk.seen} times ({risk.corpus_version})"))
    if event.by is not None:
        lines.append(("by", event.by))
    if event.refresh_of is not None:
        lines.append(("refresh of", event.refresh_of or "a session without an event"))
    if event.feedback is not None:
        lines.append(("feedback", f"{event.feedback.value}, {shown(event.feedback.at)} UTC"))
    return lines


def _result(event: AuthEvent) -> str:
    return to_wire(event, SystemClock().now()).event_response or ""


def _scored(risk: EventRisk) -> str:
    if risk.score is None:
        return "not scored"
    return f"{risk.level or 'none'} ({risk.score:+.1f})"


def _mostly(risk: EventRisk) -> str:
    """Return the sentence of the heaviest reason for the level, else what the policy says."""
    if risk.level is not None and risk.reasons:
        return max(risk.reasons, key=lambda reason: reason.weight).sentence
    return risk.because
