"""`doorward breach`: the corpus of passwords known from breaches."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from doorward.breach.asked import asked_corpus
from doorward.breach.building import LEAST_MEMORY, BuildError, Plan
from doorward.breach.building import build as build_corpus
from doorward.breach.corpus import CorpusUnreadable, digest
from doorward.breach.embedded import ensure_embedded
from doorward.breach.file import CorpusFile, read_header
from doorward.breach.format import LONGEST_NAME, REMAINDER_BITS, FormatError, Header
from doorward.breach.range_corpus import RangeCorpus
from doorward.breach.sources import SourceError, examine
from doorward.breach.verifying import verify as verify_corpus
from doorward.breach.writing import TooUneven
from doorward.cli.on_call import add_on_call
from doorward.cli.options import Data, settings
from doorward.cli.progress import shares
from doorward.clock import SystemClock
from doorward.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)
add_on_call(
    app,
    "sweep",
    "breach_sweep",
    """Find the accounts whose password stands in a leak, and treat them as the pool's policy says.

    What is stopped goes on where it was when the same leak is swept again. Nothing of the leak is written down.
    """,
)
add_on_call(
    app,
    "coverage",
    "breach_coverage",
    """Show how many stored passwords were checked against which corpus, and how many are known or unchecked.

    A password is checked when it is set, and again whenever its user signs in with it, against the corpus of that day.

    `present` is the corpus that is asked now, `older` any other; `leak` stands where a sweep has found them.
    """,
)

OfCorpus = Annotated[
    Path | None, typer.Option("--corpus", help="The corpus file. Default: what the server asks.")
]


@app.command("build")
def build(
    out: Annotated[Path, typer.Argument(help="The corpus file to make, or to replace when all is done.")],
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="Word lists, SHA-1 dumps (HASH:COUNT), directories of range files, corpora; plain, .gz, .xz, .zst."
        ),
    ],
    *,
    memory: Annotated[int, typer.Option(min=LEAST_MEMORY, help="Mebibytes to work in.")] = 512,
    name: Annotated[str | None, typer.Option(help="The corpus's name. Default: the file's.")] = None,
    min_count: Annotated[int, typer.Option(min=1, help="Leave out what was seen less often.")] = 1,
    words: Annotated[
        bool | None,
        typer.Option(
            "--words/--hashes", help="What the files hold. Default: what the first line looks like."
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not go on with an interrupted build.")] = False,
) -> None:
    """Build a corpus from lists of breached passwords. An interrupted build goes on with the same command."""
    if not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"{out.absolute().parent} is not a directory", param_hint="OUT")
    if out.is_dir():
        raise typer.BadParameter(f"{out} is a directory; name a file", param_hint="OUT")
    called = name or out.stem or out.name
    if len(called.encode()) > LONGEST_NAME:
        raise typer.BadParameter(f"it is longer than {LONGEST_NAME} bytes", param_hint="--name")
    try:
        examined = tuple(examine(path, words) for path in sources)
        plan = Plan(out.absolute(), examined, called, memory, min_count)
        with shares() as progress:
            header = build_corpus(plan, SystemClock().now(), progress, fresh)
    except (SourceError, BuildError, CorpusUnreadable, TooUneven, FormatError) as problem:
        _fail(problem)
    typer.echo(f"{out}: {header.entries:,} passwords in {header.length:,} bytes, version {header.version}")


@app.command("info")
def info(corpus: OfCorpus = None, data: Data = None) -> None:
    """Show what a corpus says of itself."""
    path = _chosen(corpus, settings(data))
    try:
        header = read_header(path)
    except CorpusUnreadable as problem:
        _fail(problem)
    _show(path, header)


@app.command("check")
def check(corpus: OfCorpus = None, data: Data = None) -> None:
    """Say whether passwords are known: one that is typed, unseen, or one a line from standard input."""
    known = _asked(corpus, settings(data))
    try:
        if sys.stdin.isatty():
            _answer(known.lookup_digest(digest(typer.prompt("Password", hide_input=True))))
            return
        for line in sys.stdin.buffer:
            password = line.removesuffix(b"\n").removesuffix(b"\r")
            _answer(known.lookup_digest(hashlib.sha1(password, usedforsecurity=False).digest()))
    except CorpusUnreadable as problem:
        _fail(problem)


@app.command("verify")
def verify(corpus: OfCorpus = None, data: Data = None) -> None:
    """Read a corpus from end to end: digests, places and order of all entries."""
    path = _chosen(corpus, settings(data))
    try:
        with shares() as progress:
            header = verify_corpus(path, progress)
    except CorpusUnreadable as problem:
        _fail(problem)
    typer.echo(f"{path}: {header.entries:,} passwords, all in order")


def _asked(corpus: Path | None, chosen: Settings) -> CorpusFile | RangeCorpus:
    if corpus is None and chosen.corpus_range_url is not None:
        return asked_corpus(chosen, SystemClock())
    return CorpusFile(_chosen(corpus, chosen), chosen.corpus_min_count)


def _chosen(corpus: Path | None, chosen: Settings) -> Path:
    if corpus is not None:
        return corpus
    if chosen.corpus_range_url is not None:
        typer.echo("doorward: the server asks a range endpoint and no file; --corpus names one", err=True)
        raise typer.Exit(1)
    if chosen.corpus is not None:
        return chosen.corpus
    try:
        return ensure_embedded(chosen.data, SystemClock().now())
    except CorpusUnreadable as problem:
        _fail(problem)


def _answer(seen: int) -> None:
    typer.echo(f"compromised: seen {seen} times" if seen else "not found")


def _show(path: Path, header: Header) -> None:
    rows = {
        "file": str(path),
        "version": header.version,
        "name": header.name,
        "created": datetime.fromtimestamp(header.created, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "passwords": f"{header.entries:,}",
        "bytes": f"{header.length:,} ({header.length / max(1, header.entries):.2f} each)",
        "segments": ", ".join(f"{one.entries:,} in {one.blocks:,} blocks" for one in header.segments),
        "kept": f"{REMAINDER_BITS} bits beyond the block's number",
        "false hits": f"{header.false_positive_rate:.2g} of passwords that are in no list",
        "digest": header.digest.hex(),
    }
    for label, value in rows.items():
        typer.echo(f"{label:<11}{value}")


def _fail(problem: Exception) -> NoReturn:
    typer.echo(f"doorward: {problem}", err=True)
    raise typer.Exit(1)
