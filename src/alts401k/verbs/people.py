"""Outcomes of people: paired headlines against one comparator, income, wealth, groups."""
from typing import NamedTuple

import numpy as np

from alts401k.measure import groups as groupings
from alts401k.measure import outcomes
from alts401k.measure.pooled import Estimate, equivalent_of_paths, yearly_sharpe
from alts401k.simulate import people as pass2
from alts401k.simulate.paired import change, ratios, yardstick
from alts401k.simulate.run import named_sums
from alts401k.terms.resolve import OPENING_PRICE
from alts401k.verbs.gather import Gathered, Progress
from alts401k.verbs.sections import AGE_BANDS
from alts401k.verbs.study import Run, Study, savers_of

LEVELS = (5, 25, 50, 75, 95)


class Outcome(NamedTuple):
    """What the full participant pass leaves beside the paired headlines."""

    tally: pass2.Tally
    below: pass2.Below
    income: list[dict[str, float]]
    ratio_edges: np.ndarray
    money_edges: np.ndarray


def headlines(people: pass2.Savers, members: list[pass2.Group], fund, other,
              progress: Progress = None) -> tuple[dict[str, Estimate], Outcome]:
    """The four paired headlines of ``fund`` against ``other`` (units, value (paths, V, years)), by two passes."""
    bands = [band_of(67 - group.horizon_years) for group in members]
    t = pass2.tally(people, members, bands, fund, other, progress)
    ratio_edges = pass2.bin_edges(pass2.RATIO_OCTAVES, pass2.FINE)
    money_edges = pass2.bin_edges(pass2.MONEY_OCTAVES, pass2.COARSE)
    at = outcomes.thresholds(t.ratio.sum(axis=0), ratio_edges, t.money, money_edges)
    income = [outcomes.quantiles(row, money_edges, LEVELS) for row in t.money[2:]]
    b = pass2.below(people, members, fund, other, np.array([x.value for x in at]), np.array([x.edges for x in at]),
                    np.array([list(row.values()) for row in income]))
    pairs = outcomes.paired(at, b.low, b.high, b.share[:4], t.better.sum(axis=0), float(people.weight.sum()))
    return pairs, Outcome(t, b, income, ratio_edges, money_edges)


def performance(g: Gathered, finished: Run, progress: Progress = None) -> dict:
    """Paired outcomes of people, income replacement, risk-adjusted returns, the fan of one dollar."""
    people = savers_of(g)
    proposed, baseline = finished.paths
    members = pass2.groups(finished.joined[0].vintage, finished.joined[1].vintage, people.horizon_years)
    pairs, found = headlines(people, members, proposed, baseline, progress)
    t, b, income, n = found.tally, found.below, found.income, len(LEVELS)
    in_band = np.bincount([band_of(67 - h) for h in people.horizon_years], weights=people.weight,
                          minlength=len(AGE_BANDS))
    names = ("proposed", "baseline")
    return {
        "paired": {name: {"value": x.value, "standard_error": x.standard_error} for name, x in pairs.items()},
        "income_replacement": {
            **dict(zip(names, income, strict=True)),
            "standard_error": {name: outcomes.quantile_errors(
                t.money[2 + k], found.money_edges, LEVELS, b.share[4 + n * k:4 + n * (k + 1)])
                for k, name in enumerate(names)}},
        "wealth_usd": {name: outcomes.quantiles(t.money[k], found.money_edges, (5, 50, 95))
                       for k, name in enumerate(names)},
        "risk_adjusted": risk_adjusted(g, finished),
        "wealth_fan": wealth_fan(g, finished),
        "by_age": outcomes.by_age(list(AGE_BANDS), in_band, t.ratio, t.span, found.ratio_edges, t.better),
    }


def band_of(age: int) -> int:
    """Which of ``sections.AGE_BANDS`` an age falls in."""
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


def by_group(s: Study) -> list[dict]:
    """Change of wealth by age, pay and balance, and for people as if they left early, on the study's paths."""
    proposed, today = s.run.paths
    ratio = ratios(s.baseline, proposed.units[:s.n], proposed.value[:s.n])
    g, weight = s.g, s.savers.weight
    rows = []
    ages = np.array([67 - h for h in s.savers.horizon_years])
    bands = [(f"{lo} to {hi}" if lo else f"up to {hi}", (ages >= lo) & (ages <= hi)) for lo, hi in AGE_BANDS]
    parts = [("age", bands), ("pay", groupings.thirds(g.people.pay, weight)),
             ("balance", groupings.thirds(g.people.balance, weight))]
    for group, found in parts:
        for label, inside in found:
            if inside.any() and weight[inside].sum() > 0.0:
                rows.append(_group_row(group, label, ratio[inside], weight[inside]))
    years = groupings.median_stay(g.case.plan.turnover_yearly, int(s.savers.horizon_years.max()))
    early = s.savers._replace(horizon_years=np.minimum(s.savers.horizon_years, years))
    members = pass2.groups(s.run.joined[0].vintage, s.run.joined[1].vintage, early.horizon_years)
    left = ratios(yardstick(early, members, today.units[:s.n], today.struck[:s.n]), proposed.units[:s.n],
                  proposed.struck[:s.n])
    rows.append(_group_row("likely_leaver", f"leaves within {years} years, at the struck price", left, weight))
    return rows


def _group_row(group: str, label: str, ratio: np.ndarray, weight: np.ndarray) -> dict:
    found = change(np.ascontiguousarray(ratio), weight)
    worse = Estimate(float(((ratio < 1.0 - 1e-12) * weight[:, None]).sum() / (weight.sum() * ratio.shape[1])),
                     found.better.standard_error)
    return {"group": group, "label": label, "people": int(round(float(weight.sum()))),
            "median_wealth_change": found.median._asdict(), "p5_wealth_change": found.p5._asdict(),
            "chance_worse_off": worse._asdict()}
