"""The commands about a case: evaluate, check, new, examples, schema."""

from pathlib import Path

import click

from alts401k.cli import options
from alts401k.cli.manual import ManualCommand
from alts401k.cli.progress import Progress


@click.command(
    cls=ManualCommand,
    arguments=[options.CASE],
    files=[
        ("DIR/report.html", "the report: one file, no network, opens in any browser"),
        ("DIR/report.pdf", "the same report as pages, for a committee's book"),
        ("DIR/results.json", "every number of the report and more; it holds no time and no path"),
        ("DIR/results.csv", "the same numbers as a table, one a row, for a spreadsheet"),
        ("DIR/results.parquet", "the same table for Python, R or a data base"),
    ],
    examples=[
        ("alts401k evaluate examples/target-date-cit", "Report and results go to out/target-date-cit."),
        ("alts401k evaluate mycase --paths 1000 --out quick", "A quicker, rougher look."),
        ("alts401k evaluate mycase --json | jq .performance.paired", "Only some numbers, for another program."),
    ],
)
@options.case
@options.paths
@options.seed
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the report and the results.  [default: out/ and the name of the case]",
)
@options.as_json
@options.quiet
def evaluate(case: Path, paths: int, seed: int, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Compare the proposed fund with today's for the people of the plan.

    Both funds are run through the same simulated markets, month by month, until the youngest participant
    is 67. The result is arranged by six factors: performance, fees, liquidity, valuation, benchmark and
    complexity. A summary that fits a screen is printed; the report makes the case for the fund and the
    case against it.

    An input with anything wrong in it is refused with every fault, its file and its line, and nothing is
    written.
    """
    from alts401k.verbs import summary
    from alts401k.verbs.evaluate import evaluate as verb

    folder = out if out is not None else Path("out") / case.resolve().name
    with Progress(quiet or as_json) as progress:
        results = verb(case, paths=paths, seed=seed, out=folder, progress=progress)
    if as_json:
        options.echo_json(results.data)
        return
    click.echo(summary(results.data).rstrip("\n"))
    click.echo(f"Report   {results.report_path}, report.pdf")
    click.echo(f"Results  {results.results_path}, results.csv, results.parquet")


@click.command(
    cls=ManualCommand,
    arguments=[options.CASE],
    examples=[
        ("alts401k check mycase", "Every fault at once, one a line, or none."),
        ("alts401k check mycase --json", "The same for another program."),
    ],
)
@options.case
@options.as_json
@click.pass_context
def check(ctx: click.Context, case: Path, as_json: bool) -> None:
    """Say everything that is wrong with a case, with file and line, without running it.

    Nothing is written. `evaluate` and `document` make the same check first.
    """
    from alts401k.verbs import Problems
    from alts401k.verbs.check import check as verb

    if not as_json:
        click.echo(str(verb(case)).rstrip("\n"))
        return
    try:
        report = verb(case)
    except Problems as problems:
        options.echo_json({"problems": [problem._asdict() for problem in problems.items]})
        ctx.exit(2)
    options.echo_json({"problems": [], **report.data})


@click.command(
    cls=ManualCommand,
    arguments=[("DIR", "folder to make; it must not exist yet, or be empty")],
    examples=[("alts401k new mycase --like bitcoin-and-gold", "Then edit the files in mycase.")],
)
@click.argument("dir", type=click.Path(path_type=Path))
@click.option("--like", metavar="NAME", required=True, help="The example to begin from (see: alts401k examples).")
def new(dir: Path, like: str) -> None:
    """Begin a case of your own: a copy of an example, to be edited."""
    from alts401k.verbs.examples import new as verb

    folder = verb(dir, like)
    click.echo(f"Made {folder}, a copy of the example {like}. Edit its files; then:")
    click.echo(f"  alts401k check {folder}\n  alts401k evaluate {folder}")


@click.command(cls=ManualCommand, examples=[("alts401k examples", "The names, each with what it is modelled on.")])
@options.as_json
def examples(as_json: bool) -> None:
    """List the example cases that come with the package."""
    from alts401k.verbs.examples import examples as verb

    found = verb()
    if as_json:
        options.echo_json([example._asdict() for example in found])
        return
    for example in found:
        click.echo(example.name)
        outline = f" Modelled on the published outline of {example.modelled_on}." if example.modelled_on else ""
        click.echo(f"  {example.title}.{outline}")


@click.command(
    cls=ManualCommand,
    examples=[
        ("alts401k schema | less", "Every key in words, with its unit and its default."),
        ("alts401k schema --json | jq .plan", "The JSON Schema of plan.toml, for an editor or a form."),
    ],
)
@options.as_json
def schema(as_json: bool) -> None:
    """Describe every key of the files of a case."""
    from alts401k.verbs import schema_text
    from alts401k.verbs.examples import schema as verb

    if as_json:
        options.echo_json(verb())
    else:
        click.echo(schema_text().rstrip("\n"))
