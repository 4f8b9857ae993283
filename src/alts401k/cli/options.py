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

case = click.argument("case", type=click.Path(exists=True, file_okay=False, path_type=Path))
paths = click.option(
    "--paths", metavar="N", type=click.IntRange(min=1), default=PATHS, show_default=True,
    help="Simulated market histories. Four times as many halve the standard errors.",
)
seed = click.option(
    "--seed", metavar="S", type=click.IntRange(0, 2**63 - 1), default=SEED, show_default=True,
    help="Key of all randomness. The same seed and inputs give the same bytes on one machine.",
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Show no progress on standard error.")
as_json = click.option("--json", "as_json", is_flag=True, help="Write the result as JSON, and show no progress.")


def echo_json(data: Any) -> None:
    """Writes `data` as JSON to standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))
