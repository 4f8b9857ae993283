"""The commands about books: operate demo, operate verify, operate export."""

from pathlib import Path

import click

from alts401k.cli import options
from alts401k.cli.manual import USUAL_EXITS, ManualCommand, ManualGroup
from alts401k.cli.progress import Progress

VERIFY_EXITS = (USUAL_EXITS[0], ("1", "something does not agree; or the system refused"), *USUAL_EXITS[2:])
BOOKS = ("BOOKS", "the file books.sqlite of a fund")

books = click.argument("books", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command(
    cls=ManualGroup,
    files=[("books.sqlite", "the books: integers only, appended to and never changed")],
    examples=[
        ("alts401k operate demo --out demo", "Sixty-three days of a small fund family."),
        ("alts401k operate verify demo/books.sqlite", "Add everything up again."),
    ],
)
def operate() -> None:
    """Strike a fund day by day into exact double-entry books, check them, take them elsewhere."""


@operate.command(
    cls=ManualCommand,
    files=[
        ("DIR/books.sqlite", "the books that the demonstration leaves"),
        ("DIR/prices.csv", "every price of every session, for a spreadsheet"),
        ("DIR/days.txt", "the same days as a table to read"),
    ],
    examples=[("alts401k operate demo --out demo", "The books are then in demo/books.sqlite.")],
)
@click.option(
    "--out", metavar="DIR", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the books; it is made when it does not exist.",
)
@options.as_json
@options.quiet
def demo(out: Path, as_json: bool, quiet: bool) -> None:
    """Operate a small fund family for 63 trading sessions.

    Two vintages over an index, a private and a bitcoin sleeve, with contributions every pay day, one gate,
    one capital call and one private value that arrives late. Books that exist are never written over.
    """
    from alts401k.verbs.operate import operate_demo

    with Progress(quiet or as_json):
        result = operate_demo(out)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))


@operate.command(
    cls=ManualCommand,
    arguments=[BOOKS],
    exits=VERIFY_EXITS,
    examples=[("alts401k operate verify demo/books.sqlite", "Says what was added up, or what does not agree.")],
)
@books
@options.as_json
@click.pass_context
def verify(ctx: click.Context, books: Path, as_json: bool) -> None:
    """Add up every transfer again and check every balance, price and link of the books."""
    from alts401k.verbs.operate import operate_verify

    result = operate_verify(books)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))
    ctx.exit(0 if result.ok else 1)


@operate.command(
    cls=ManualCommand,
    arguments=[BOOKS],
    examples=[
        ("alts401k operate export demo/books.sqlite --format beancount > demo.bean", "Then: bean-check demo.bean"),
        ("alts401k operate export demo/books.sqlite --format hledger > demo.hl", "Then: hledger -f demo.hl check"),
    ],
)
@books
@click.option(
    "--format", "layout", required=True, type=click.Choice(["beancount", "hledger"]),
    help="The plain-text accounting program that is to read it.",
)
def export(books: Path, layout: str) -> None:
    """Write the books as plain text to standard output, for an independent program to check."""
    from alts401k.verbs.operate import operate_export

    click.echo(operate_export(books, layout), nl=False)
