"""`doorward simulate`: what would become of an attempt."""

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.file_history import NoSuchUser, simulate_after
from doorward.cli.options import Data, settings
from doorward.clock import SystemClock
from doorward.directory.queries import app_clients, users
from doorward.evaluation.atomic import atomically
from doorward.evaluation.rows import RowError
from doorward.metrics.counts import Counts
from doorward.network.locator import Locator
from doorward.protection.configured_guard import guard_of
from doorward.protection.described import LONGEST, Described, DescriptionError, described, from_json
from doorward.protection.simulating import NotScored, Simulation
from doorward.protection.simulating import simulate as simulate_attempt
from doorward.risk.policy import Mode
from doorward.signin.held_factors import held_factors


class ModeName(StrEnum):
    """The modes in which attempts are scored."""

    AUDIT = "AUDIT"
    ENFORCED = "ENFORCED"


app = typer.Typer(add_completion=False)


@app.command()
def simulate(
    user: Annotated[str, typer.Option("--user", help="The name that is signed in with.")],
    pool: Annotated[str | None, typer.Option("--pool", help="The user pool's id.")] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            "--history", help="Instead of a pool: a file of sign-ins in the public data set's format."
        ),
    ] = None,
    data: Data = None,
    address: Annotated[str | None, typer.Option(help="The IP address.")] = None,
    country: Annotated[
        str | None, typer.Option(help="Over what the address says: the country, as in DE.")
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(help="Over what the address says: the region, as the location database names it."),
    ] = None,
    user_agent: Annotated[str | None, typer.Option(help="The User-Agent header.")] = None,
    device_id: Annotated[str | None, typer.Option(help="The device's id, as EncodedData has it.")] = None,
    language: Annotated[str | None, typer.Option(help="The browser's language.")] = None,
    timezone: Annotated[str | None, typer.Option(help="The time zone, as the client writes it.")] = None,
    json: Annotated[
        str | None, typer.Option("--json", help="A file that describes the attempt, or - for standard input.")
    ] = None,
    client: Annotated[str | None, typer.Option(help="The app client. Default: the pool's settings.")] = None,
    mode: Annotated[ModeName | None, typer.Option(help="Instead of the pool's own.")] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json-out", help="Write the result here as JSON; - prints it.")
    ] = None,
) -> None:
    """Simulate an attempt; print or write what would become of it."""
    given = _described(
        json,
        address=address,
        country=country,
        region=region,
        user_agent=user_agent,
        device_id=device_id,
        language=language,
        timezone=timezone,
    )
    chosen_mode = Mode(mode.value) if mode else None
    if (pool is None) == (history is None):
        raise typer.BadParameter("name a pool or a file", param_hint="--pool, --history")
    if history is not None and client is not None:
        raise typer.BadParameter("a file has no app clients", param_hint="--client")
    if json_out is not None and (json_out.is_dir() or not json_out.absolute().parent.is_dir()):
        raise typer.BadParameter(f"{json_out} can be no file", param_hint="--json-out")
    if history is not None:
        try:
            locator = Locator(settings(data).geo_databases)
            result = simulate_after(history, user, given, chosen_mode or Mode.ENFORCED, locator)
        except (NoSuchUser, RowError) as problem:
            typer.echo(f"doorward: {problem}", err=True)
            raise typer.Exit(1) from None
    else:
        result = _in_pool(data, pool or "", user, given, client, chosen_mode)
    if json_out is None:
        _show(result)
    else:
        _write(json_out, msgspec.json.format(msgspec.json.encode(_as_json(result))))


def _in_pool(
    data: Path | None, pool: str, user: str, given: Described, client: str | None, mode: Mode | None
) -> Simulation:
    chosen = settings(data)
    opened = existing_vault(data)
    guard = guard_of(chosen, Counts())
    with opened.store.reading() as tx:
        found = require_pool(tx, pool)
        whose = users.find(tx, found, user)
        if whose is None:
            raise typer.BadParameter(f"there is no user {user!r} in the pool", param_hint="--user")
        of_client = app_clients.find(tx, client) if client else None
        if client and (of_client is None or of_client.pool_id != found.id):
            raise typer.BadParameter(f"there is no app client {client} in the pool", param_hint="--client")
        try:
            return simulate_attempt(
                tx,
                guard,
                found,
                whose,
                held_factors(found, whose),
                given,
                client_id=client,
                mode=mode,
                now=SystemClock().now(),
            )
        except NotScored as problem:
            raise typer.BadParameter(str(problem)) from None


def _as_json(result: Simulation) -> dict[str, Any]:
    """Return a result as it is written in JSON."""
    return {
        **asdict(result),
        "reasons": [msgspec.structs.asdict(reason) for reason in result.reasons],
        "thresholds": msgspec.structs.asdict(result.thresholds),
    }


def _described(json: str | None, **options: str | None) -> Described:
    given = {name: value for name, value in options.items() if value is not None}
    try:
        if json is None:
            return described(given)
        if given:
            raise typer.BadParameter(
                "describe the attempt by options or by JSON, not both", param_hint="--json"
            )
        if json == "-":
            return from_json(sys.stdin.buffer.read(LONGEST + 1))
        with Path(json).open("rb") as file:
            return from_json(file.read(LONGEST + 1))
    except DescriptionError as problem:
        raise typer.BadParameter(str(problem), param_hint="--json" if json else None) from None


def _write(to: Path, text: bytes) -> None:
    if str(to) == "-":
        typer.echo(text.decode())
    else:
        with atomically(to) as file:
            file.write(text.decode() + "\n")


def _show(result: Simulation) -> None:
    limits = result.thresholds
    typer.echo(f"score     {result.score:.3f}")
    typer.echo(
        f"level     {result.level}   (Low from {limits.low:g}, Medium from {limits.medium:g},"
        f" High from {limits.high:g}: {limits.source})"
    )
    typer.echo(f"decision  {result.decision}: {result.response} ({result.because})")
    if result.response != result.would_have:
        typer.echo(f"          ENFORCED would have: {result.would_have}")
    typer.echo(f"history   {tables.earlier(result.earlier_sign_ins)}, model {result.model_version}")
    tables.show(tables.of_reasons(result.prior, result.reasons))
