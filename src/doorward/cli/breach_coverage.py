"""`doorward breach coverage`: which stored passwords were checked against what."""

from collections import Counter
from typing import Literal

import typer
from rich.table import Table

from doorward.breach.check import LEAK
from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.embedded import FILE_NAME
from doorward.breach.file import read_header
from doorward.breach.range_client import RangeClient
from doorward.cli import tables
from doorward.cli.data import existing_vault, require_pool
from doorward.cli.options import Data, Pool, settings
from doorward.settings import Settings
from doorward.sweep import queries

Standing = Literal["present", "older", "leak", "unchecked"]
_ORDER: tuple[Standing, ...] = ("present", "older", "leak", "unchecked")


app = typer.Typer(add_completion=False)


@app.command()
def coverage(pool: Pool, data: Data = None) -> None:
    """Print the standings of a pool's stored passwords."""
    chosen = settings(data)
    with existing_vault(data).store.reading() as tx:
        require_pool(tx, pool)
        counted = queries.coverage(tx, pool)
        users, words = queries.count_deferred(tx, pool)
    present = _present(chosen)
    passwords: Counter[tuple[Standing, str]] = Counter()
    compromised: Counter[tuple[Standing, str]] = Counter()
    for version, known, count in counted:
        checked = version if known is not None else None
        against = _standing(checked, present), checked or "nothing"
        passwords[against] += count
        compromised[against] += count if known else 0
    table = Table("standing", "checked against", "stored passwords", "compromised")
    for against in sorted(passwords, key=lambda one: (_ORDER.index(one[0]), one[1])):
        known_here = "unknown" if against[0] == "unchecked" else str(compromised[against])
        table.add_row(*against, str(passwords[against]), known_here)
    table.add_row("all", "", str(passwords.total()), str(compromised.total()))
    tables.show(table)
    if present is not None:
        up_to_date = sum(count for (standing, _), count in passwords.items() if standing == "present")
        typer.echo(f"checked against the present corpus ({present}): {up_to_date} of {passwords.total()}")
    if users or words:
        typer.echo(f"waiting for a sign-in: leaked passwords of {users} users, and {words} of anybody's")


def _present(chosen: Settings) -> str | None:
    """Return the version of the corpus that is asked now; None, and say why, where it cannot be read.

    A range endpoint is one corpus, whatever the day that stands behind its name.
    """
    if chosen.corpus_range_url is not None:
        return f"range:{RangeClient(chosen.corpus_range_url, chosen.corpus_range_timeout).host}"
    try:
        return read_header(chosen.corpus or chosen.data / FILE_NAME).version
    except CorpusUnreadable as problem:
        typer.echo(f"doorward: the present corpus cannot be read: {problem}", err=True)
        return None


def _standing(version: str | None, present: str | None) -> Standing:
    if version is None:
        return "unchecked"
    if version.startswith(LEAK):
        return "leak"
    same = version == present or (version.startswith("range:") and version.split(" ")[0] == present)
    return "present" if same else "older"
