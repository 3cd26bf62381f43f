"""`doorward demo`: a real server, two weeks of everyday life, and what happens when somebody else comes."""

import errno
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from doorward import logging
from doorward.cli.options import settings

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The data directory. Default: a new one, deleted at the end."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 9700,
    once: Annotated[
        bool,
        typer.Option("--once", help="End after the story: status 0 only if each step went as described."),
    ] = False,
    sign_ins: Annotated[int, typer.Option(min=1, hidden=True, help="Everyday sign-ins, about.")] = 1500,
) -> None:
    """Perform the story; the exit status says whether each step went as it is described."""
    try:
        # Here, because boto3 comes with the extra alone.
        from doorward.demo.performance import StageTaken, perform  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if missing.name not in {"boto3", "botocore"}:
            raise
        typer.echo(
            "doorward: the demo calls the server with boto3, which is missing: pip install 'doorward[demo]'",
            err=True,
        )
        raise typer.Exit(1) from None
    # The table is to be read undisturbed, and the codes are to stay readable rather than being mailed.
    logging.configure("warning", "console")
    with ExitStack() as stack:
        directory = data or Path(stack.enter_context(TemporaryDirectory(prefix="doorward-demo-")))
        chosen = settings(directory, port=port, host="127.0.0.1").model_copy(update={"smtp_host": None})
        try:
            status = perform(chosen, once=once, about=sign_ins)
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise
            typer.echo(f"doorward: port {port} is taken; --port names another, 0 any free one", err=True)
            raise typer.Exit(1) from None
        except StageTaken as problem:
            typer.echo(f"doorward: {problem}", err=True)
            raise typer.Exit(1) from None
    raise typer.Exit(status)
