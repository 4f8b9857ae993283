"""``evaluate``: should this plan offer this fund? Two funds on common draws, measured for the plan's people."""
import json
from pathlib import Path
from typing import NamedTuple

from alts401k.simulate.portfolio import hold
from alts401k.units import Problem, Problems
from alts401k.verbs import against, matters, stress, why
from alts401k.verbs.benchmark import benchmark, composite_of
from alts401k.verbs.exits import participant_exit
from alts401k.verbs.files import put
from alts401k.verbs.gather import Gathered, Progress, gather, package_sha256, run_id
from alts401k.verbs.managed import managed_account
from alts401k.verbs.people import by_group, performance
from alts401k.verbs.sections import complexity, composite, fees, liquidity, run_section, valuation
from alts401k.verbs.study import Run, fund_pass, study, study_assets
from alts401k.world import generators

PATHS, SEED = 10_000, 20_260_101


class Results(NamedTuple):
    """What ``evaluate`` returns: the results (as in results.json) and where the two files are, if written."""

    data: dict
    results_path: Path | None
    report_path: Path | None


def evaluate(case: Path | str, *, paths: int = PATHS, seed: int = SEED, out: Path | str | None = None,
             progress: Progress = None) -> Results:
    """Evaluate the proposed fund of a case folder against its baseline on ``paths`` common draws.

    Writes results.json, results.csv, results.parquet, report.html and report.pdf into ``out`` if given, all or none.
    Raises units.Problems for anything wrong in the case, ValueError for fewer than 2 paths or a seed outside
    0..2^63-1.
    """
    if paths < 2:
        raise ValueError("paths must be at least 2: a standard error needs two")
    if not 0 <= seed < 2**63:
        raise ValueError("seed must be in 0..2^63-1")
    if out is not None and Path(out).exists() and not Path(out).is_dir():
        raise Problems([Problem(Path(out).name, None, "the folder for the results is a file", "name another --out")])
    package = package_sha256()
    g = gather(case)
    finished = fund_pass(g, paths, seed, progress)
    data = measured(g, finished, seed, progress)
    head = run_section(g, package, run_id(g.case, package, seed, paths), seed, paths)
    data = {"run": {**head, "generator": generators.about(g.market, study_assets(finished)),
                    "sets": [row["name"] for row in data["performance"]["sets"]]}, **data}
    if out is None:
        return Results(data, None, None)
    return _write(data, Path(out))


def measured(g: Gathered, finished: Run, seed: int, progress: Progress = None) -> dict:
    """The six sections of the results from a finished run, with the further questions, each on runs of its own."""
    data = headlined(g, finished, seed, progress)
    s = study(g, finished, seed)
    data["performance"] |= {
        "matched": against.matched(s, progress),
        "alternatives": against.alternatives(s, progress),
        "sets": against.assumption_sets(s, progress),
        "decomposition": why.decomposition(s, progress),
        "break_even_premium": why.break_even(s, progress),
        "inputs_that_matter": matters.inputs_that_matter(s, progress),
        "by_group": by_group(s),
    }
    data["liquidity"] |= {"smallest_breaking_outflow": stress.smallest_breaking_outflow(s),
                          "stresses": stress.named(s, progress)}
    data["complexity"]["ask_the_manager"] = matters.ask_the_manager(s, progress)
    return data


def headlined(g: Gathered, finished: Run, seed: int, progress: Progress = None) -> dict:
    """The six sections as far as the two fund passes themselves give them."""
    proposed = finished.paths[0]
    return {
        "performance": performance(g, finished, progress),
        "fees": fees(finished.paths),
        "liquidity": {**liquidity(proposed), "participant_exit": participant_exit(g, finished.joined[0])},
        "valuation": valuation(proposed, finished.joined[0]),
        "benchmark": compared(g, finished, seed),
        "complexity": {**complexity(g, finished.joined), "managed_account": managed_account(g, finished.joined[0])},
    }


def compared(g: Gathered, finished: Run, seed: int) -> dict:
    """The benchmark section: the composite held on the same draws."""
    proposed = finished.paths[0]
    n_paths, V, years = proposed.value.shape
    blend = composite_of(g.case, g.market, years)
    paths = hold(g.market, blend.assets, blend.weights, 0.0 * blend.weights[:, :, 0],
                 g.case.plan.contribution_timing == "year_end", n_paths, seed)
    return benchmark(g, finished.joined[0], proposed, paths, composite(g, finished.joined[0]))


def _write(data: dict, out: Path) -> Results:
    """Write the results and the report in their forms, all or none."""
    from alts401k.report import html, pdf
    from alts401k.verbs.tables import csv_bytes, parquet_bytes

    contents = {"results.json": (json.dumps(data, indent=1, sort_keys=False, allow_nan=False) + "\n").encode(),
                "results.csv": csv_bytes(data), "results.parquet": parquet_bytes(data),
                "report.html": html(data).encode(), "report.pdf": pdf(data)}
    out.mkdir(parents=True, exist_ok=True)
    put(out, contents)
    return Results(data, out / "results.json", out / "report.html")
