"""The commands about what a run says: explain, compare; and bench, which sets this program beside others."""

from pathlib import Path

import click

from alts401k.cli import options
from alts401k.cli.manual import ManualCommand, ManualGroup
from alts401k.cli.progress import Progress, clock

SIDES = [
    ("A", "folder of a case, or a results.json that `evaluate` wrote"),
    ("B", "another one, which is told against A"),
]


class _Explain(ManualCommand):
    """`explain --results FILE [KEY]` has no case: its first word is then the key."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Checks that there is a case or a results file, and that the case is a folder."""
        rest = super().parse_args(ctx, args)
        case, key, results = (ctx.params[name] for name in ("case", "key", "results"))
        if results is None and case is None:
            raise click.UsageError("Missing argument 'CASE' (or name a results file: --results FILE).", ctx)
        if results is not None and key is not None:
            raise click.UsageError("With --results there is no CASE: name the file and, if you like, a KEY.", ctx)
        if results is not None:
            ctx.params.update(case=None, key=case)
        elif not Path(case).is_dir():
            raise click.UsageError(f"Invalid value for 'CASE': Directory '{case}' does not exist.", ctx)
        return rest


@click.command(
    cls=_Explain,
    arguments=[
        options.CASE,
        ("KEY", "one number, or a group of them, by its key in results.json; all headlines when it is left out"),
    ],
    examples=[
        ("alts401k explain mycase --paths 1000", "Every headline: value, formula, code and inputs."),
        ("alts401k explain mycase fees.total.proposed", "One number, with every input that enters it."),
        ("alts401k explain --results out/mycase/results.json liquidity", "From a finished run, without running."),
    ],
)
@click.argument("case", required=False)
@click.argument("key", required=False)
@click.option(
    "--results", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Explain this results.json instead of running a case.",
)
@options.paths
@options.seed
@options.as_json
@options.quiet
def explain(
    case: str | None, key: str | None, results: Path | None, paths: int, seed: int, as_json: bool, quiet: bool
) -> None:
    """Show how a headline came about: formula, inputs with their sources, and the code that made it.

    The keys are those of results.json; docs/results.md lists them. Nothing is written.
    """
    from alts401k.verbs.explain import explain as verb

    with Progress(quiet or as_json) as progress:
        result = verb(case, key, paths=paths, seed=seed, results=results, progress=progress)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))


@click.command(
    cls=ManualCommand,
    arguments=SIDES,
    examples=[
        ("alts401k compare mycase other --paths 1000", "What differs, and how each headline moved."),
        ("alts401k compare out/old/results.json out/new/results.json", "Two finished runs."),
    ],
)
@click.argument("a", type=click.Path(exists=True, path_type=Path))
@click.argument("b", type=click.Path(exists=True, path_type=Path))
@options.paths
@options.seed
@options.as_json
@options.quiet
def compare(a: Path, b: Path, paths: int, seed: int, as_json: bool, quiet: bool) -> None:
    """Say what differs between two cases or two runs, key by key, and how each headline moved.

    Two cases run on the same seed and paths, so that the same markets befall both and small moves can be
    told from chance; beside a results file, a case runs on that file's. When the plans differ the people are
    not the same, and it says so. Nothing is written.
    """
    from alts401k.verbs.compare import compare as verb

    with Progress(quiet or as_json) as progress:
        result = verb(a, b, paths=paths, seed=seed, progress=progress)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))


@click.command(cls=ManualGroup, examples=[("alts401k bench peers", "The plain work by this program and others.")])
def bench() -> None:
    """Measure this program beside others on this machine."""


@bench.command(
    cls=ManualCommand,
    examples=[
        ("alts401k bench peers", "Those that are installed; the others are named with how to install them."),
        ("alts401k bench peers --paths 1000 --json", "Fewer paths, and every number."),
    ],
)
@click.option(
    "--paths", metavar="N", type=click.IntRange(min=200), default=options.PATHS, show_default=True,
    help="Simulated lives.",
)
@options.seed
@options.as_json
@options.quiet
def peers(paths: int, seed: int, as_json: bool, quiet: bool) -> None:
    """Do the same plain work with this program and with others, and give the ratios of seconds.

    The work is one saver over 480 months, two correlated assets along a glide path, a contribution each month.
    It is done by hand-written NumPy, QuantLib, HARK, vectorbt and manyfutures where they are installed; each
    says what it does differently. Where the work is the same, mean and percentiles are compared. Ratios are
    from one run on this machine: run it when nothing else runs. In a checkout, `make peers` installs them.
    """
    from alts401k.verbs.bench import bench_peers as verb

    with Progress(quiet or as_json) as progress:
        result = verb(clock, paths=paths, seed=seed, progress=progress)
    options.echo_json(result.data) if as_json else click.echo(str(result).rstrip("\n"))
