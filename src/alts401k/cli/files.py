"""The commands about the decision file: document, verify."""

from datetime import datetime
from pathlib import Path

import click

from alts401k.cli import options
from alts401k.cli.books import VERIFY_EXITS
from alts401k.cli.manual import ManualCommand
from alts401k.cli.progress import Progress


@click.command(
    cls=ManualCommand,
    arguments=[options.CASE],
    files=[("FILE.zip", "the decision file: inputs, results, the six headings, and a hash of each part")],
    examples=[
        ("alts401k document mycase --on 2026-10-01 --out decision.zip", "The law is cited as it stood that day."),
    ],
)
@options.case
@click.option(
    "--on", metavar="DATE", required=True, type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the decision, as YYYY-MM-DD. Today's date is never assumed.",
)
@options.paths
@click.option(
    "--out", metavar="FILE.zip", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@options.seed
@options.as_json
@options.quiet
def document(case: Path, on: datetime, paths: int, out: Path, seed: int, as_json: bool, quiet: bool) -> None:
    """Write the file that shows how a decision was reached and what it rested on.

    The case is evaluated and put under the six headings, with the number of the run, a hash of every input
    and one sentence on the status of the proposed safe harbor on that day.
    """
    from alts401k.verbs.document import document as verb

    with Progress(quiet or as_json) as progress:
        result = verb(case, on.date(), paths=paths, out=out, seed=seed, progress=progress)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))


@click.command(
    cls=ManualCommand,
    arguments=[("FILE.zip", "a file that `alts401k document` wrote")],
    exits=VERIFY_EXITS,
    examples=[("alts401k verify decision.zip", "Has any byte of it changed since it was written?")],
)
@click.argument("file", metavar="FILE.zip", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.as_json
@click.pass_context
def verify(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Check every part of a decision file against its hash."""
    from alts401k.verbs.document import verify as verb

    result = verb(file)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))
    ctx.exit(0 if result.ok else 1)
