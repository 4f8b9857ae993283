"""Why the answer is what it is: the change taken apart, the premium it needs, the inputs and terms that matter."""
import math
from typing import NamedTuple

import numpy as np

from alts401k.measure.search import root
from alts401k.measure.shapley import batch_errors, shapley
from alts401k.simulate.paired import median_change, ratios
from alts401k.simulate.twins import TWINS, pair_of, twins
from alts401k.terms.resolve import Family
from alts401k.units import Problems
from alts401k.verbs.gather import Progress
from alts401k.verbs.study import Study, guarded
from alts401k.verbs.variants import Variant, as_run, with_market
from alts401k.world.generators import moments
from alts401k.world.market import with_expected_return
from alts401k.world.shipped import read

PARTS = ("risk", "return", "diversification", "fees", "liquidity_drag", "smoothing")
LIQUIDITY, SMOOTHING = 16, 32
SEARCH = 0.50  # a return further than this from public equity's is not looked for
STATED = 0.10  # a premium beyond ten points either way is not stated; the return needed still is
PUBLIC_EQUITY = "us_large_cap"
WIDER = 0.02


def decomposition(s: Study, progress: Progress = None) -> dict:
    """The median change of wealth as a Shapley average over six switches, on the study's paths."""
    names = {name: 0.0 for name in (*PARTS, "residual", "total")}
    proposed, today = s.run.paths
    if np.array_equal(proposed.units[:s.n], today.units[:s.n]) and np.array_equal(proposed.value[:s.n],
                                                                                 today.value[:s.n]):
        return {**names, "paths": s.n, "stopped_months": 0, "standard_error": dict(names)}
    worth, stopped = _worth(s, progress)
    total, _ = median_change(ratios(s.baseline, proposed.units[:s.n], proposed.value[:s.n]), s.savers.weight)
    parts = shapley(worth)
    errors = batch_errors(np.vstack([parts[:, 1:], worth[-1:, 1:]]))
    found = dict(zip(PARTS, parts[:, 0].tolist(), strict=True))
    residual = total - math.fsum(found.values())
    return {**found, "residual": residual, "total": total, "paths": s.n, "stopped_months": stopped,
            "standard_error": {**dict(zip((*PARTS, "total"), errors.tolist(), strict=True)), "residual": 0.0}}


def _worth(s: Study, progress: Progress) -> tuple[np.ndarray, int]:
    """Median change with every set of switches on (64, 1 + chunks): over all paths, then by chunk of paths; and the
    months in which a twin would have lost more than it had. The two real funds are never among those."""
    vintages = [[b for _, b in s.pairs], [p for p, _ in s.pairs]]
    families = s.run.families[::-1]
    mean, cov = moments(s.g.market, s.assets)
    pair = pair_of(families, vintages, s.assets, mean, cov, s.g.case.plan.contribution_timing == "year_end")
    twin = twins(pair, s.g.market, s.assets, s.n, s.seed)
    factors = [_factors(s, x, vintages[x], twin, (0, TWINS - 1)[x]) for x in range(2)]
    by_pair = s.baseline._replace(groups=[
        g._replace(vintage_proposed=s.pairs.index((g.vintage_proposed, g.vintage_baseline))) for g in s.groups])
    rows = []
    buffer = np.empty((len(s.savers.weight), s.n))
    for on in range(4 * TWINS):
        drag, late = factors[bool(on & LIQUIDITY)][0], factors[bool(on & SMOOTHING)][1]
        units = twin.units[:, on % TWINS] * drag[0] * late[0]
        value = twin.value[:, on % TWINS] * drag[1] * late[1]
        whole, chunks = median_change(ratios(by_pair, units, value, buffer), s.savers.weight)
        rows.append([whole, *chunks[~np.isnan(chunks)]])
        if progress is not None:
            progress("taking apart", on + 1, 4 * TWINS)
    return np.array(rows), twin.stopped


def _factors(s: Study, x: int, rows: list[int], twin, on: int) -> tuple[tuple, tuple]:
    """What dealing by calendar, then late marks, multiply a fund's units and value by (each (paths, pairs, years))."""
    k = 1 - x  # the run has the proposed fund first
    paths = s.run.paths[k]
    as_marked = paths.units[:s.n, rows], paths.value[:s.n, rows]
    true = as_marked
    if any(s.run.families[k].present[:len(s.run.families[k].shape.slow)]):
        true_paths, = guarded((truly_marked(s.run.families[k]),), (s.run.joined[k],), s.g.market, s.n, s.seed)
        true = true_paths.units[:, rows], true_paths.value[:, rows]
    drag = true[0] / twin.units[:, on], true[1] / twin.value[:, on]
    return drag, (as_marked[0] / true[0], as_marked[1] / true[1])


def truly_marked(family: Family) -> Family:
    """The family with every private holding reported at once, every month and unsmoothed."""
    return family._replace(smoothing=np.zeros_like(family.smoothing), lag_months=np.zeros_like(family.lag_months),
                           report_months=np.ones_like(family.report_months))


class Beyond(Exception):
    """A return at which a fund, or its comparator, is ruined, or that no gross return gives: the search ends there."""


class Needed(NamedTuple):
    """What one asset must return for the median change to be zero: its return assumed, needed against baseline and
    matched (None outside the search), their standard errors, and the points tried: return to changes."""

    asset: str
    assumed: float
    needed: tuple[float | None, float | None]
    errors: tuple[float | None, float | None]
    tried: dict[float, Variant]


def break_even(s: Study, progress: Progress = None) -> dict:
    """The net premium over public equity that the main private asset needs, and the return of each that needs one."""
    rows = {row.name: row for row in s.g.market.rows}
    public = rows[PUBLIC_EQUITY].net_return
    wanted = questioned(s)
    found = []
    for k, asset in enumerate(wanted):
        found.append(needed(s, asset, public, (public - WIDER, public) if k == 0 else (_guess(s, found[0], asset),)))
        if progress is not None:
            progress("break-even", k + 1, len(wanted))
    returns = [{"asset": x.asset, "basis": rows[x.asset].basis, "assumed": x.assumed, "baseline": x.needed[0],
                "matched": x.needed[1]} for x in found]
    if not found:
        return {"baseline": None, "matched": None, "asset": None, "public_asset": PUBLIC_EQUITY, "assumed": None,
                "standard_error": {"baseline": None, "matched": None}, "paths": s.n, "curve": [], "returns": []}
    main = found[0]

    def premium(x: float | None) -> float | None:
        return None if x is None or abs(x - public) > STATED else x - public

    curve = [{"premium": x - public, "baseline": _estimate(v.baseline.median), "matched": _estimate(v.matched.median)}
             for x, v in sorted(main.tried.items())]
    return {"baseline": premium(main.needed[0]), "matched": premium(main.needed[1]), "asset": main.asset,
            "public_asset": PUBLIC_EQUITY, "assumed": main.assumed - public,
            "standard_error": {name: error if premium(x) is not None else None for name, x, error in zip(
                ("baseline", "matched"), main.needed, main.errors, strict=True)}, "paths": s.n, "curve": curve,
            "returns": returns}


def questioned(s: Study) -> list[str]:
    """Assets whose return decides: private equity first, then other private assets by weight, then those for which
    no survey states a return and which today's fund does not hold; of the proposed fund only."""
    family, weight = s.run.families[0], weights_of(s)
    private = {name for name, here in zip(family.private_asset, family.present, strict=False) if here}
    known = {row.name for row in read(s.g.case.assumptions.set).rows if row.expected_return is not None}
    known |= {sleeve.asset for sleeve in s.g.case.baseline.sleeves.values()}
    order = sorted(weight, key=lambda a: (a != "private_equity", a not in private, -weight[a], a))
    return [a for a in order if weight[a] > 0.0 and (a in private or a not in known)]


def _guess(s: Study, main: Needed, asset: str) -> float:
    """Where the answer for ``asset`` may lie, if a point of its return does what one of the main asset's does, by
    weight."""
    weight, first = weights_of(s), max(main.tried, key=lambda x: abs(x - main.assumed))
    assumed = next(row.net_return for row in s.g.market.rows if row.name == asset)
    if first == main.assumed:
        return assumed - WIDER
    slope = (main.tried[main.assumed].baseline.median.value - main.tried[first].baseline.median.value) / (
        main.assumed - first) * weight[asset] / weight[main.asset]
    if slope <= 0.0:
        return assumed - WIDER
    step = main.tried[main.assumed].baseline.median.value / slope
    return assumed - max(-2 * STATED, min(2 * STATED, step if abs(step) > 1e-3 else WIDER))


def weights_of(s: Study) -> dict[str, float]:
    """Largest target weight by asset, over the proposed fund's glide path."""
    fund, weight = s.g.case.fund, {}
    for name, sleeve in fund.sleeves.items():
        weight[sleeve.asset] = weight.get(sleeve.asset, 0.0) + max(fund.glide_path.weights[name])
    return weight


def needed(s: Study, asset: str, public: float, first: tuple[float, ...]) -> Needed:
    """The yearly return of ``asset``, net of its managers, at which the median change is zero, by comparator; ``first``
    the returns to try before the search."""
    row = next(row for row in s.g.market.rows if row.name == asset)
    assumed = row.net_return
    tried = {assumed: as_run(s)}  # a first try equal to it costs nothing

    def at(x: float) -> Variant:
        if x not in tried:
            try:
                market = with_expected_return(s.g.market, asset, row.expected_return + (x - assumed))
                tried[x] = with_market(s, market)
            except (Problems, ValueError, FloatingPointError) as ruin:
                raise Beyond from ruin
        return tried[x]

    answers, errors = [], []
    for side in ("baseline", "matched"):
        try:
            for x in first:
                at(x)
            known = {x: getattr(v, side).median.value for x, v in tried.items()}
            x, slope = root(lambda x, side=side: getattr(at(x), side).median.value, known, public - SEARCH,
                            public + SEARCH)
        except Beyond:
            x, slope = None, 0.0
        answers.append(x)
        near = min(tried, key=lambda y: abs(y - x)) if x is not None else None
        errors.append(getattr(tried[near], side).median.standard_error / slope if x is not None and slope > 0 else None)
    return Needed(asset, assumed, tuple(answers), tuple(errors), tried)


def _estimate(x) -> dict:
    return {"value": x.value, "standard_error": x.standard_error}
