"""One thing changed in a finished case: the proposed fund's document, the market or the plan, on the same paths."""
from typing import NamedTuple

import numpy as np

from alts401k.simulate.paired import Change, Yardstick, change, ratios, yardstick
from alts401k.simulate.portfolio import hold
from alts401k.simulate.run import FundPaths
from alts401k.simulate.twins import listed_fees
from alts401k.terms.fund import Fund
from alts401k.terms.resolve import common_slots, union
from alts401k.verbs.study import Study, families_of, guarded
from alts401k.world.market import Market


class Variant(NamedTuple):
    """What the change of wealth becomes, against today's fund and against the matched one."""

    baseline: Change
    matched: Change


def as_run(s: Study) -> Variant:
    """The case as it was run, on the study's paths."""
    proposed = s.run.paths[0]
    return _changes(s, proposed, s.baseline, s.against_matched)


def with_market(s: Study, market: Market) -> Variant:
    """The same funds in another market; comparators run again only where it touches them.

    The matched fund keeps its weights.
    """
    proposed, today = pair_in(s, market, s.n)
    if today is s.baseline:
        return _changes(s, proposed, today, s.against_matched)
    fee = listed_fees(s.run.families[1])[[b for _, b in s.pairs]]
    year_end = s.g.case.plan.contribution_timing == "year_end"
    values = hold(market, s.assets, s.matched.weights, fee, year_end, s.n, s.seed)
    return _changes(s, proposed, today, yardstick(s.savers, s.against_matched.groups, values.units, values.value))


def pair_in(s: Study, market: Market, n: int) -> tuple[FundPaths, Yardstick]:
    """The proposed fund in another market on the first ``n`` paths, and today's fund there as a comparator."""
    proposed, = guarded(s.run.families[:1], s.run.joined[:1], market, n, s.seed)
    today = s.run.families[1]
    held = {name for name, here in zip((*today.private_asset, *today.liquid_asset[len(today.private_asset):]),
                                       today.present, strict=True) if here}
    held |= {name for name, here in zip(today.liquid_asset, today.present, strict=True) if here}
    if not changed_assets(s.g.market, market) & held:
        return proposed, s.baseline if n == s.n else first_paths(s.baseline, n)
    paths, = guarded(s.run.families[1:], s.run.joined[1:], market, n, s.seed)
    return proposed, yardstick(s.savers, s.groups, paths.units, paths.value)


def with_fund(s: Study, fund: Fund, n: int) -> tuple[FundPaths | None, bool]:
    """The changed proposed fund on the first ``n`` paths, and whether anything in the run depends on the change.

    None for a change that would need more ring slots than the run has.
    """
    case = s.g.case
    n_slots = common_slots((case.fund, case.baseline))
    if common_slots((fund,)) > n_slots:
        return None, True
    joined, families = families_of(s.g, (fund,), union((case.fund, case.baseline)), n_slots)
    before = s.run.families[0]
    same = all(np.array_equal(getattr(families[0], k), getattr(before, k)) for k in (
        "terms", "when", "b", "price", "smoothing", "lag_months", "report_months", "call_share", "distribution_share",
        "line_spread_yearly", "vline_spread_yearly"))
    if same and np.array_equal(joined[0].vintage, s.run.joined[0].vintage):
        return None, False
    return guarded(families, joined, s.g.market, n, s.seed)[0], True


def changed_assets(before: Market, after: Market) -> set[str]:
    """Names of the assets whose mean or standard deviation differs between two markets of the same assets."""
    differs = (before.log_mean_monthly != after.log_mean_monthly) | (before.log_sd_monthly != after.log_sd_monthly)
    both_open = np.isnan(before.log_mean_monthly) & np.isnan(after.log_mean_monthly)
    return {name for name, yes in zip(before.names, differs & ~both_open, strict=True) if yes}


def first_paths(against: Yardstick, n: int) -> Yardstick:
    """The comparator on its first ``n`` paths."""
    return against._replace(wealth=[w[:, :n] for w in against.wealth])


def _changes(s: Study, proposed: FundPaths, today: Yardstick, other: Yardstick) -> Variant:
    units, value, weight = proposed.units[:s.n], proposed.value[:s.n], s.savers.weight
    return Variant(*(change(ratios(against, units, value), weight) for against in (today, other)))
