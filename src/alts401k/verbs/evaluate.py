"""``evaluate``: should this plan offer this fund? Two funds on common draws, measured for the plan's people."""
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alts401k.measure import outcomes
from alts401k.measure.pooled import equivalent_of_paths, yearly_sharpe
from alts401k.simulate import people as pass2
from alts401k.simulate.members import Joined, balances, expected_growth, join
from alts401k.simulate.run import FundPaths, named_sums, run
from alts401k.terms.resolve import OPENING_PRICE, common_slots, resolve, union, vintage_for
from alts401k.units import Problem, Problems
from alts401k.verbs.files import put
from alts401k.verbs.gather import Gathered, Progress, gather, package_sha256, run_id
from alts401k.verbs.sections import AGE_BANDS, complexity, composite, fees, liquidity, run_section, valuation

PATHS, SEED = 10_000, 20_260_101
LEVELS = (5, 25, 50, 75, 95)


class Results(NamedTuple):
    """What ``evaluate`` returns: the results (as in results.json) and where the two files are, if written."""

    data: dict
    results_path: Path | None
    report_path: Path | None


class Run(NamedTuple):
    """A finished pair of fund passes: (proposed, baseline) people joined and paths."""

    joined: tuple[Joined, Joined]
    paths: tuple[FundPaths, FundPaths]


def evaluate(case: Path | str, *, paths: int = PATHS, seed: int = SEED, out: Path | str | None = None,
             progress: Progress = None) -> Results:
    """Evaluate the proposed fund of a case folder against its baseline on ``paths`` common draws.

    Writes results.json and report.html into ``out`` if given, both whole or neither. Raises units.Problems for
    anything wrong in the case, ValueError for fewer than 2 paths or a seed outside 0..2^63-1.
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
    data = measured(g, finished, progress)
    data = {"run": run_section(g, package, run_id(g.case, package, seed, paths), seed, paths), **data}
    if out is None:
        return Results(data, None, None)
    return _write(data, Path(out))


def fund_pass(g: Gathered, n_paths: int, seed: int, progress: Progress = None) -> Run:
    """Resolve both funds on the union of their sleeves, join the people, and run all paths."""
    funds = (g.case.fund, g.case.baseline)
    plan, slots = g.case.plan, union(funds)
    years = g.career.contributions_usd.shape[1]
    growth = expected_growth(funds[1], vintage_for(funds[1], g.people.birth_year), plan.as_of, years, g.market)
    expected = balances(g.people.balance, g.career.contributions_usd, growth)
    joined = tuple(
        join(fund, g.people.birth_year, g.career.horizon_years, g.people.weight, g.career.contributions_usd, expected,
             plan.turnover_yearly, g.case.assumptions.family_assets_usd, plan.contribution_timing == "year_end")
        for fund in funds)
    families = tuple(resolve(fund, slots, common_slots(funds), plan.as_of, years, j.opening_usd,
                             j.outlook_usd)
                     for fund, j in zip(funds, joined, strict=True))
    try:
        return Run(joined, run(families, tuple(j.members for j in joined), g.market, n_paths, seed, progress))
    except (FloatingPointError, SystemError) as ruin:
        raise Problems([Problem("fund.toml", None, f"a fund of this case is ruined: {ruin}",
                                "let its blocks pay out, or keep more of it liquid")]) from ruin


def savers(g: Gathered) -> pass2.Savers:
    """The run's people as the participant pass needs them."""
    return pass2.savers_of(g.career, g.people.balance, g.people.weight, g.market.inflation_yearly, g.income_per_usd,
                           g.case.plan.contribution_timing == "year_end")


def measured(g: Gathered, finished: Run, progress: Progress = None) -> dict:
    """The six sections of the results from a finished run."""
    return {
        "performance": performance(g, finished, progress),
        "fees": fees(finished.paths),
        "liquidity": liquidity(finished.paths[0]),
        "valuation": valuation(finished.paths[0], finished.joined[0]),
        "benchmark": composite(g, finished.joined[0]),
        "complexity": complexity(g, finished.joined),
    }


def performance(g: Gathered, finished: Run, progress: Progress = None) -> dict:
    """Paired outcomes of people, income replacement, risk-adjusted returns, the fan of one dollar."""
    people = savers(g)
    proposed, baseline = finished.paths
    members = pass2.groups(finished.joined[0].vintage, finished.joined[1].vintage, people.horizon_years)
    bands = [_band(67 - group.horizon_years) for group in members]
    t = pass2.tally(people, members, bands, proposed, baseline, progress)
    ratio_edges = pass2.bin_edges(pass2.RATIO_OCTAVES, pass2.FINE)
    money_edges = pass2.bin_edges(pass2.MONEY_OCTAVES, pass2.COARSE)
    ratio = t.ratio.sum(axis=0)
    at = outcomes.thresholds(ratio, ratio_edges, t.money, money_edges)
    income = [outcomes.quantiles(row, money_edges, LEVELS) for row in t.money[2:]]
    b = pass2.below(people, members, proposed, baseline, np.array([x.value for x in at]),
                    np.array([x.edges for x in at]), np.array([list(row.values()) for row in income]))
    weight = float(people.weight.sum())
    pairs = outcomes.paired(at, b.low, b.high, b.share[:4], t.better.sum(axis=0), weight)
    in_band = np.bincount([_band(67 - h) for h in people.horizon_years], weights=people.weight,
                          minlength=len(AGE_BANDS))
    names, n = ("proposed", "baseline"), len(LEVELS)
    return {
        "paired": {name: {"value": x.value, "standard_error": x.standard_error} for name, x in pairs.items()},
        "income_replacement": {
            **dict(zip(names, income, strict=True)),
            "standard_error": {name: outcomes.quantile_errors(
                t.money[2 + k], money_edges, LEVELS, b.share[4 + n * k:4 + n * (k + 1)])
                for k, name in enumerate(names)}},
        "wealth_usd": {name: outcomes.quantiles(t.money[k], money_edges, (5, 50, 95))
                       for k, name in enumerate(names)},
        "risk_adjusted": risk_adjusted(g, finished),
        "wealth_fan": wealth_fan(g, finished),
        "by_age": outcomes.by_age(list(AGE_BANDS), in_band, t.ratio, t.span, ratio_edges,
                                   t.better),
    }


def _band(age: int) -> int:
    return next(k for k, (lo, hi) in enumerate(AGE_BANDS) if lo <= age <= hi)


def risk_adjusted(g: Gathered, finished: Run) -> dict:
    """Sharpe ratio of monthly, certainty equivalent of yearly real true returns; vintages weighted by dollars saved."""
    sharpe, equivalent = [], []
    for joined, paths in zip(finished.joined, finished.paths, strict=True):
        sums = named_sums(paths)
        weight = joined.saving_usd.T
        sharpe.append(yearly_sharpe(sums["months_held"].sum(axis=0), sums["excess_sum"].sum(axis=0),
                                    sums["excess_squares"].sum(axis=0), weight.sum(axis=1)))
        equivalent.append(equivalent_of_paths(paths.value, OPENING_PRICE, g.market.inflation_yearly, weight,
                                              g.case.assumptions.risk_aversion))
    return {"sharpe": dict(zip(("proposed", "baseline"), sharpe, strict=True)),
            "certainty_equivalent": {"proposed": equivalent[0], "baseline": equivalent[1],
                                     "change": equivalent[0] - equivalent[1]}}


def wealth_fan(g: Gathered, finished: Run) -> dict:
    """The fan of one dollar in the vintage of the plan's middle person (median age by weight), for both funds."""
    person = outcomes.middle_person(g.people.birth_year, g.people.weight)
    years = int(g.career.horizon_years[person])
    fans = {}
    for name, joined, paths in zip(("proposed", "baseline"), finished.joined, finished.paths, strict=True):
        value = paths.value[:, joined.vintage[person], :years]
        fans[name] = outcomes.fan(value, OPENING_PRICE, g.market.inflation_yearly)
    return {"years": list(range(years + 1)), **fans}


def _write(data: dict, out: Path) -> Results:
    """Write results.json and report.html, both or neither."""
    from alts401k.report import html

    texts = {"results.json": json.dumps(data, indent=1, sort_keys=False, allow_nan=False) + "\n",
             "report.html": html(data)}
    out.mkdir(parents=True, exist_ok=True)
    put(out, {name: text.encode() for name, text in texts.items()})
    return Results(data, out / "results.json", out / "report.html")
