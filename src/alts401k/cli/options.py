"""Arguments and options that several commands share, and how a result is written as JSON."""

import json
from pathlib import Path
from typing import Any

import click

# The defaults of `alts401k.evaluate`; a test holds the two together.
PATHS = 10_000
SEED = 20260101

CASE = (
    "CASE",
    "folder of the case: fund.toml, baseline.toml, plan.toml, assumptions.toml and, where there are any, "
    "alternatives/*.toml",
)


def _seed(ctx: click.Context, option: click.Parameter, value: int) -> int:
    if not 0 <= value < 2**63:
        raise click.BadParameter("a seed is a whole number from 0 to 2^63 - 1", ctx, option)
    return value


case = click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
paths = click.option(
    "--paths", metavar="N", type=click.IntRange(min=2), default=PATHS, show_default=True,
    help="Simulated market histories. Four times as many halve the standard errors.",
)
seed = click.option(
    "--seed", metavar="S", type=int, default=SEED, show_default=True, callback=_seed,
    help="Key of all randomness. The same seed and inputs give the same bytes on one machine.",
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Show no progress on standard error; --json implies it.")
as_json = click.option("--json", "as_json", is_flag=True, help="Write the result to standard output as JSON.")


def echo_json(data: Any) -> None:
    """Writes `data` as JSON to standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
