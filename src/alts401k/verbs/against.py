"""Against what: the matched fund, the similar alternatives, and what the sceptics' assumption sets make of the case."""
import numpy as np

from alts401k.measure import fund as measure
from alts401k.measure.matched import yearly_sd
from alts401k.measure.pooled import Estimate
from alts401k.simulate import people as pass2
from alts401k.simulate.plain import is_plain
from alts401k.simulate.portfolio import hold
from alts401k.simulate.run import named_sums, used_assets
from alts401k.simulate.twins import flat_fees, look_through_weights
from alts401k.terms.fund import Fund
from alts401k.terms.resolve import OPENING_PRICE, common_slots, union
from alts401k.verbs.gather import Progress
from alts401k.verbs.people import headlines
from alts401k.verbs.study import Study, families_of, guarded
from alts401k.verbs.variants import Variant, as_run, with_market
from alts401k.world.market import sceptic

MATCHED_NOTE = (
    "Today's listed assets, their shares moved between the risky and the defensive ones until each vintage's true "
    "volatility, year by year, is that of the proposed fund; today's fees. The mix inside each part stays. Where the "
    "proposed fund's exposures add up to more than its money, or where no mix is risky enough, the matched fund "
    "borrows at the cash rate; less than that where so much borrowing would lose everything on some path, and then "
    "its volatility is the lower one printed.")
SCEPTICS = ("no-premium", "adverse")


def estimates(found: dict[str, Estimate]) -> dict:
    """Estimates as results hold them."""
    return {name: {"value": x.value, "standard_error": x.standard_error} for name, x in found.items()}


def matched(s: Study, progress: Progress = None) -> dict:
    """Headlines of the proposed fund against the matched one on all paths, and what the matched fund is."""
    pairs, _ = headlines(s.savers, s.against_matched.groups, s.run.paths[0], s.matched_values, progress)
    today = s.run.families[1]
    base = look_through_weights(today, s.assets)[[b for _, b in s.pairs]]
    rows_of = [p for p, _ in s.pairs], [b for _, b in s.pairs]
    dollars = _shares(s, s.run.joined[0].saving_usd.T[rows_of[0]])
    rows = {name: (dollars[:, :, None] * w).sum(axis=(0, 1)) for name, w in (("baseline", base),
                                                                             ("matched", s.matched.weights))}
    lived = {"proposed": s.run.paths[0].value[:s.n, rows_of[0]], "baseline": s.run.paths[1].value[:s.n, rows_of[1]],
             "matched": s.matched_values.value[:s.n]}
    vol = {name: float(dollars.sum(axis=1) @ yearly_sd(value, OPENING_PRICE, dollars > 0.0))
           for name, value in lived.items()}
    weights = [{"asset": a, **{name: float(row[k]) for name, row in rows.items()}} for k, a in enumerate(s.assets)
               if any(abs(row[k]) > 1e-12 for row in rows.values())]
    return {**estimates(pairs), "volatility": vol, "borrowed_share": float((dollars * s.matched.borrowed).sum()),
            "weights": weights, "note": MATCHED_NOTE}


def _shares(s: Study, saving: np.ndarray) -> np.ndarray:
    """Shares of the dollars saved by pair and year (pairs, years), adding up to 1: a proposed vintage's split by its
    pairs' people; all alike if nobody has saved."""
    people = np.array([sum(s.savers.weight[g.people].sum() for g in s.groups
                           if (g.vintage_proposed, g.vintage_baseline) == pair) for pair in s.pairs])
    whole = np.array([sum(w for w, (p, _) in zip(people, s.pairs, strict=True) if p == pair[0]) for pair in s.pairs])
    found = saving * (people / whole)[:, None]
    found = found if found.sum() > 0.0 else np.ones_like(found)
    return found / found.sum()


def alternatives(s: Study, progress: Progress = None) -> list[dict]:
    """The proposed fund against each similar alternative of the case, on the study's paths."""
    rows = []
    for k, (file, fund) in enumerate(s.g.case.alternatives):
        rows.append(_alternative(s, file, fund))
        if progress is not None:
            progress("alternatives", k + 1, len(s.g.case.alternatives))
    return rows


def _alternative(s: Study, file: str, fund: Fund) -> dict:
    case = s.g.case
    usual = union((case.fund, case.baseline))
    n_slots = max(common_slots((case.fund, case.baseline)), common_slots((fund,)))
    fits = {(x.name, x.slow) for x in union((fund,))} <= {(x.name, x.slow) for x in usual}
    (joined,), (family,) = families_of(s.g, (fund,), usual if fits else union((fund,)), n_slots)
    if is_plain(family):  # no new compiled shape for a fund that needs no step
        assets = used_assets((family,))
        weights, fees = look_through_weights(family, assets), flat_fees(family)
        paths = hold(s.g.market, assets, weights, fees, case.plan.contribution_timing == "year_end", s.n, s.seed)
        saving = joined.saving_usd.T
        total = float(12.0 * (fees * saving).sum() / saving.sum()) if saving.sum() > 0.0 else float(12.0 * fees.mean())
    else:
        paths, = guarded((family,), (joined,), s.g.market, s.n, s.seed)
        total, _ = measure.fee_total(named_sums(paths))
    groups = pass2.groups(s.run.joined[0].vintage, joined.vintage, s.savers.horizon_years)
    proposed = s.run.paths[0]
    short = proposed._replace(units=proposed.units[:s.n], value=proposed.value[:s.n])
    pairs, _ = headlines(s.savers, groups, short, paths)
    return {"file": file, "name": fund.name, "paths": s.n, **estimates(pairs), "fees_total": total}


def assumption_sets(s: Study, progress: Progress = None) -> list[dict]:
    """The case as stated, then under each sceptics' set, on the study's paths."""
    rows = [_set_row(s, s.g.case.assumptions.set, s.g.market, as_run(s))]
    others = [name for name in SCEPTICS if name != s.g.case.assumptions.set]
    for k, name in enumerate(others):
        market = sceptic(s.g.market, name)
        rows.append(_set_row(s, name, market, with_market(s, market)))
        if progress is not None:
            progress("assumption sets", k + 1, len(others))
    return rows


def _set_row(s: Study, name: str, market, found: Variant) -> dict:
    family = s.run.families[0]
    private = sorted({a for a, here in zip(family.private_asset, family.present, strict=False) if here})
    returns = [{"asset": row.name, "net": row.net_return, "gross": row.gross_return} for row in market.rows
               if row.name in private]
    against = found.baseline
    return {"name": name, "title": market.set_title, "paths": s.n, **estimates({
        "median_wealth_change": against.median, "p5_wealth_change": against.p5, "chance_better_off": against.better,
        "matched_median_wealth_change": found.matched.median}), "returns": returns}
