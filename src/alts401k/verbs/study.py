"""What every further question of ``evaluate`` starts from: the finished run, its first paths, its comparators."""
from typing import NamedTuple

import numpy as np

from alts401k.measure.matched import Matched, match, scales, yearly_sd
from alts401k.simulate import people as pass2
from alts401k.simulate.members import Joined, balances, expected_growth, join, vintage_of
from alts401k.simulate.paired import Yardstick, yardstick
from alts401k.simulate.people import Group, Savers
from alts401k.simulate.portfolio import Values, hold
from alts401k.simulate.run import FundPaths, Indices, run, used_assets
from alts401k.simulate.twins import flat_fees, listed_fees, look_through_weights
from alts401k.terms.fund import Fund
from alts401k.terms.resolve import OPENING_PRICE, Family, common_slots, resolve, union
from alts401k.units import Problem, Problems
from alts401k.verbs.benchmark import indices
from alts401k.verbs.gather import Gathered, Progress
from alts401k.world import generators
from alts401k.world.market import Market

STUDY_PATHS = 2_000
# of the proposed fund's volatility: the first at which the matched fund survives every path; the results print both
MATCHED_PARTS = (1.0, 0.8, 0.6, 0.4, 0.2)


class Run(NamedTuple):
    """Finished fund passes of both funds, proposed first: people joined, families, paths."""

    joined: tuple[Joined, Joined]
    families: tuple[Family, Family]
    paths: tuple[FundPaths, FundPaths]


class Study(NamedTuple):
    """A finished run and its first ``n`` paths: pairs (vintage of the proposed fund, vintage of today's), people in
    groups that share one, the matched fund (a vintage a pair), and the wealth in both comparators."""

    g: Gathered
    seed: int
    n: int
    run: Run
    assets: tuple[str, ...]
    savers: Savers
    groups: list[Group]
    pairs: list[tuple[int, int]]
    matched: Matched
    matched_values: Values
    baseline: Yardstick
    against_matched: Yardstick


def fund_pass(g: Gathered, n_paths: int, seed: int, progress: Progress = None) -> Run:
    """Resolve both funds on the union of their sleeves, join the people, and run all paths."""
    joined, families = families_of(g, (g.case.fund, g.case.baseline))
    index = public_indices(g)
    found = generators.problems(g.market, used_assets(families, index), n_paths, len(families[0].terms))
    if found:
        raise Problems(found)
    return Run(joined, families, guarded(families, joined, g.market, n_paths, seed, progress, index))


def study_assets(finished: Run) -> tuple[str, ...]:
    """Assets that either fund of a finished run holds, and cash, by name."""
    return used_assets(finished.families)


def public_indices(g: Gathered) -> Indices:
    """The public index of each private sleeve place, by fund, proposed first."""
    funds = (g.case.fund, g.case.baseline)
    return indices(funds, union(funds), g.market)


def families_of(g: Gathered, funds: tuple[Fund, ...], slots=None, n_slots: int | None = None,
                market: Market | None = None) -> tuple[tuple[Joined, ...], tuple[Family, ...]]:
    """Each fund joined by the people and resolved on the union of ``funds``' sleeves, or on ``slots``."""
    plan = g.case.plan
    slots, n_slots = slots or union(funds), n_slots or common_slots(funds)
    years = g.career.contributions_usd.shape[1]
    today = g.case.baseline
    growth = expected_growth(today, vintage_of(today, g.people, plan.as_of), plan.as_of, years, market or g.market)
    expected = balances(g.people.balance, g.career.contributions_usd, growth)
    joined = tuple(
        join(fund, g.people.birth_year, g.career.horizon_years, g.people.weight, g.career.contributions_usd, expected,
             plan.turnover_yearly, g.case.assumptions.family_assets_usd, plan.contribution_timing == "year_end",
             vintage_of(fund, g.people, plan.as_of))
        for fund in funds)
    families = tuple(resolve(fund, slots, n_slots, plan.as_of, years, j.opening_usd, j.outlook_usd)
                     for fund, j in zip(funds, joined, strict=True))
    return joined, families


def guarded(families: tuple[Family, ...], joined: tuple[Joined, ...], market: Market, n_paths: int, seed: int,
            progress: Progress = None, index: Indices = ()) -> tuple[FundPaths, ...]:
    """Run the families; raises Problems for a fund that is ruined on some path."""
    try:
        return run(families, tuple(j.members for j in joined), market, n_paths, seed, progress, index)
    except (FloatingPointError, SystemError) as ruin:
        raise Problems([Problem("fund.toml", None, f"a fund of this case is ruined: {ruin}",
                                "let its blocks pay out, or keep more of it liquid")]) from ruin


def savers_of(g: Gathered) -> Savers:
    """The run's people as the participant pass needs them."""
    return pass2.savers_of(g.career, g.people.balance, g.people.weight, g.market.inflation_yearly, g.income_per_usd,
                           g.case.plan.contribution_timing == "year_end")


def study(g: Gathered, finished: Run, seed: int) -> Study:
    """Prepare the further questions on the first paths of a finished run."""
    n = min(STUDY_PATHS, finished.paths[0].value.shape[0])
    savers = savers_of(g)
    groups = pass2.groups(finished.joined[0].vintage, finished.joined[1].vintage, savers.horizon_years)
    pairs = sorted({(x.vintage_proposed, x.vintage_baseline) for x in groups})
    assets = used_assets(finished.families, public_indices(g))
    matched, values = matched_fund(g, finished, pairs, assets, seed)
    by_pair = [x._replace(vintage_baseline=pairs.index((x.vintage_proposed, x.vintage_baseline))) for x in groups]
    today = finished.paths[1]
    return Study(
        g, seed, n, finished, assets, savers, groups, pairs, matched, values,
        yardstick(savers, groups, today.units[:n], today.value[:n]),
        yardstick(savers, by_pair, values.units[:n], values.value[:n]))


def matched_fund(g: Gathered, finished: Run, pairs: list[tuple[int, int]], assets: tuple[str, ...],
                 seed: int) -> tuple[Matched, Values]:
    """Today's listed assets re-weighted, pair by pair, to the proposed fund's true risk, on all paths of the run.

    The proposed fund's weights give its risk in the model; what gates, bands and fees make of it is measured on the
    run, and the weights are worked out again for the measured risk.
    """
    mean, cov = generators.moments(g.market, assets)
    proposed, today = finished.families
    rows, other = [list(x) for x in zip(*pairs, strict=True)]
    fund = look_through_weights(proposed, assets)[rows]
    base = listed_only(today, look_through_weights(today, assets), assets)[other]
    year_end = g.case.plan.contribution_timing == "year_end"
    n_paths = finished.paths[0].value.shape[0]
    fee = listed_fees(today)[other]
    if np.array_equal(fund, base) and np.array_equal(flat_fees(proposed)[rows], fee):
        same = finished.paths[1]
        return (Matched(base, np.zeros(base.shape[:2])),
                Values(same.units[:, other], same.value[:, other]))
    model = hold(g.market, assets, fund, flat_fees(proposed)[rows], year_end, min(n_paths, STUDY_PATHS), seed)
    real = finished.paths[0].value[:len(model.value), rows]
    saving = finished.joined[0].saving_usd.T[rows] > 0.0
    scale = scales(yearly_sd(real, OPENING_PRICE, saving), yearly_sd(model.value, OPENING_PRICE, saving))
    for part in MATCHED_PARTS:
        found = match(base, fund, assets.index("cash"), cov, mean, part * scale)
        try:
            return found, hold(g.market, assets, found.weights, fee, year_end, n_paths, seed)
        except FloatingPointError:  # borrowed so much that it lost everything: no yardstick
            continue
    raise Problems([Problem("baseline.toml", None, "today's listed assets are ruined on some path",
                            "state lower risks, or hold less in one asset")])


def listed_only(family: Family, weights: np.ndarray, assets: tuple[str, ...]) -> np.ndarray:
    """The family's weights (V, years, n) without its private assets, scaled to add up to 1."""
    private = [assets.index(name) for name, here in zip(family.private_asset, family.present, strict=False) if here]
    kept = weights.copy()
    kept[:, :, private] = 0.0
    kept[:, :, assets.index("cash")] += kept.sum(axis=2) <= 0.0  # a fund without anything listed: bills
    return kept / kept.sum(axis=2, keepdims=True)
