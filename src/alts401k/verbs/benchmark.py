"""Factor (k): the composite of a fund's own weights, the four similarity questions, excess return, PME, a proxy."""
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alts401k.measure import benchmark as measure
from alts401k.simulate.members import Joined
from alts401k.simulate.portfolio import Values
from alts401k.simulate.run import FundPaths, named_sums
from alts401k.terms.case import Case
from alts401k.terms.fund import Fund, Sleeve
from alts401k.terms.periods import portfolio_targets, portfolios, targets
from alts401k.terms.resolve import OPENING_PRICE, Slot, years_left
from alts401k.verbs.gather import Gathered
from alts401k.world.market import Market, public_counterpart

FALLBACK = "us_large_cap"
NOTE = (
    "Each year the composite goes back to the fund's own target weights of that year, with no fee; a private holding "
    "is replaced by a public index, its liquid part and cash stay what they are. Examples (k)(2) and (k)(3) of the "
    "proposed rule accept a composite in proportion to the holdings, with a public market equivalent for a private "
    "sleeve, where it is explained in writing and the fiduciary reads, critically reviews and understands it; in "
    "(k)(2) an adviser independent of the manager builds it. The thresholds here are this project's own: the rule "
    "names none.")
PME_NOTE = (
    "A public market equivalent is of the whole sleeve as savers dealt with it, its liquid part and all fees included, "
    "over the index in the same months: above 1 they had more than in the index, and over decades a small yearly "
    "difference adds up.")


class Composite(NamedTuple):
    """The composite benchmark of the proposed fund: assets in name order with cash, and weights (V, years, n)."""

    assets: tuple[str, ...]
    weights: np.ndarray


def public_index(fund: Fund, name: str, market: Market) -> tuple[str, bool]:
    """The public index that stands for a sleeve's holding, and whether one is known.

    A slow sleeve: its block's ``benchmark_public`` if that is an asset of the market; any sleeve: the public
    counterpart of its asset; else a daily sleeve's own asset, and US stocks for a private one (known = False).
    """
    sleeve = fund.sleeves[name]
    if sleeve.slow and fund.blocks[sleeve.block].benchmark_public in market.names:
        return fund.blocks[sleeve.block].benchmark_public, True
    counterpart = public_counterpart(sleeve.asset)
    if counterpart is not None:
        return counterpart, True
    return (FALLBACK, False) if sleeve.slow else (sleeve.asset, True)


def indices(funds: Sequence[Fund], slots: Sequence[Slot], market: Market) -> tuple[tuple[str, ...], ...]:
    """By fund, the public index of each slow sleeve place of a union: the fund's own, or its definition's."""
    def one(fund: Fund, slot: Slot) -> str:
        own = slot.name in fund.sleeves and fund.sleeves[slot.name].slow == slot.slow
        return public_index(fund if own else slot.definition, slot.name, market)[0]

    return tuple(tuple(one(fund, slot) for slot in slots if slot.slow) for fund in funds)


def composite_of(case: Case, market: Market, years: int) -> Composite:
    """The composite's weights for ``years`` years: the fund's targets at the start of each, looked through."""
    shares = {name: _holds(sleeve, public_index(case.fund, name, market)[0])
              for name, sleeve in case.fund.sleeves.items()}
    assets = tuple(sorted({"cash"}.union(*shares.values())))
    return Composite(assets, measure.asset_weights(_targets(case, years), shares, assets))


def benchmark(g: Gathered, joined: Joined, paths: FundPaths, comparator: Values, head: dict) -> dict:
    """The benchmark section: ``comparator`` are the composite's paths on the fund's draws, ``head`` the composite and
    its note as ``sections.composite`` gives them."""
    case, market = g.case, g.market
    years = paths.value.shape[2]
    saving = joined.saving_usd.T
    excess = measure.excess_return(paths.value, comparator.value, OPENING_PRICE, saving)
    return {
        "composite": head["composite"], "reset": "yearly", "pme": _pme(case, market, paths),
        **_weights_questions(case, market, years, saving),
        "risk": _risk(measure.risk(paths.value, comparator.value, OPENING_PRICE, saving)),
        "excess_return": {"value": excess.value, "standard_error": excess.standard_error},
        "proxy": proxy(case, joined), "note": f"{head['note']} {NOTE} {PME_NOTE}",
    }


def proxy(case: Case, joined: Joined) -> dict:
    """The investment whose expected return stands in for a history that the fund lacks: of the alternatives and
    today's fund the one with the largest share of assets in common at the opening, the first on a tie.

    The rule asks for a different investment that is not the benchmark: these are funds, the benchmark is a blend.
    """
    others = [("alternative", fund) for _, fund in case.alternatives] + [("baseline", case.baseline)]
    own = _opening_assets(case, case.fund, joined)
    k, share = measure.closest(own, [_opening_assets(case, fund, joined) for _, fund in others])
    kind, fund = others[k]
    why = (f"The fund has no history of its own here. Among today's fund and the alternatives (number: "
           f"{len(others) - 1}) this one has most in common with it: {share:.0%} of the dollars in the same assets at "
           "the opening. It is a fund with its own terms and fees, not the composite.")
    return {"name": fund.name, "kind": kind, "why": why}


def _holds(sleeve: Sleeve, held: str) -> dict[str, float]:
    """What a dollar of a sleeve holds: its asset (as ``held``), its liquidity sub-sleeve, cash."""
    liquid = sleeve.liquidity.target if sleeve.slow else sleeve.cash_target
    parts = [(held, 1.0 - liquid), ("cash", min(sleeve.cash_target, liquid))]
    if sleeve.slow:
        parts.append((sleeve.liquidity.asset, max(0.0, liquid - sleeve.cash_target)))
    found: dict[str, float] = {}
    for asset, share in parts:
        if share > 0.0:
            found[asset] = found.get(asset, 0.0) + share
    return found


def _targets(case: Case, years: int) -> list[list[dict[str, float]]]:
    """The proposed fund's weights of sleeves by portfolio and year."""
    return [[portfolio_targets(case.fund, v, years_left(case.fund, v, case.plan.as_of, y)) for y in range(years)]
            for v in range(portfolios(case.fund))]


def _opening_assets(case: Case, fund: Fund, joined: Joined) -> dict[str, float]:
    """Weights by asset of a fund at the opening, at the proposed fund's years to each target date and dollars."""
    shares = {name: _holds(sleeve, sleeve.asset) for name, sleeve in fund.sleeves.items()}
    assets = tuple(sorted(set().union(*shares.values())))
    left = [years_left(case.fund, v, case.plan.as_of, 0) for v in range(portfolios(case.fund))]
    own = fund is case.fund
    rows = [[portfolio_targets(fund, v, x) if own else targets(fund, x)] for v, x in enumerate(left)]
    return measure.mix(measure.asset_weights(rows, shares, assets), joined.opening_usd, assets)


def _pme(case: Case, market: Market, paths: FundPaths) -> dict:
    """KS-PME of each private sleeve that savers put money into, by name, and the index it is measured against."""
    sums, family = named_sums(paths), paths.family
    found = {}
    for i in range(len(family.shape.slow)):
        if not family.present[i]:
            continue
        at = measure.pme(sums["pme_in"][:, i], sums["pme_out"][:, i])
        if at is not None:
            name = family.sleeves[i]
            found[name] = {"index": public_index(case.fund, name, market)[0], **at}
    return found


def _answer(similar: bool, fund: str, other: str, number: float | None, measured: str) -> dict:
    return {"similar": bool(similar), "fund": fund, "benchmark": other, "measure": number, "measured": measured}


def _weights_questions(case: Case, market: Market, years: int, saving: np.ndarray) -> dict:
    """Mandate, strategy and objective, answered from the weights of fund and composite."""
    fund, rows = case.fund, _targets(case, years)
    index = {name: public_index(fund, name, market) for name in fund.sleeves}
    own = {name: _holds(sleeve, sleeve.asset) for name, sleeve in fund.sleeves.items()}
    composite = {name: _holds(sleeve, index[name][0]) for name, sleeve in fund.sleeves.items()}
    # an asset that no index is known for is covered by nothing
    covered = {name: _holds(sleeve, index[name][0] if index[name][1] else "") for name, sleeve in fund.sleeves.items()}
    assets = tuple(sorted(set().union(*own.values(), *composite.values())))
    ours, theirs, through = (measure.asset_weights(rows, shares, assets) for shares in (own, composite, covered))
    return {"mandate": mandate(fund, index, measure.overlap(through, theirs, saving)),
            "strategy": strategy(index, fund, measure.overlap(ours, theirs, saving)),
            "objective": objective(fund, float(measure.distance_by_year(through, theirs, saving).max()))}


def mandate(fund: Fund, index: dict[str, tuple[str, bool]], covered: float) -> dict:
    """Vehicle and classes of assets: what part of the fund the benchmark covers, itself or by a named index."""
    swapped = {s.asset: index[name] for name, s in fund.sleeves.items() if index[name][0] != s.asset}
    classes = sorted({sleeve.asset for sleeve in fund.sleeves.values()})
    named = "".join(f"; {_plain(asset)} by {_plain(to)}{'' if known else ', for want of an index of its own'}"
                    for asset, (to, known) in sorted(swapped.items()))
    target = f"{len(fund.vintages)} target dates" if fund.vintages else "one mix for all ages"
    return _answer(
        covered >= measure.LEAST_COVERED,
        f"{fund.vehicle_type}, {target}; classes: {_plain(*classes)}",
        f"A blend of indices in no vehicle; classes: {_plain(*(c for c in classes if c not in swapped))}{named}",
        covered, f"{covered:.1%} of the fund's weight is in classes that the benchmark covers, itself or by a named "
        f"index; similar from {measure.LEAST_COVERED:.0%}")


def strategy(index: dict[str, tuple[str, bool]], fund: Fund, share: float) -> dict:
    """Overlap of asset weights, private assets counted as what they are."""
    private = sorted({s.asset for name, s in fund.sleeves.items() if index[name][0] != s.asset})
    other = f"without {_plain(*private)}, whose sleeves have a public market equivalent" if private else "no others"
    return _answer(
        share >= measure.LEAST_OVERLAP, "Holds its assets at the glide path's weights",
        f"The same assets at the same weights, {other}", share,
        f"{share:.1%} of the dollars are in the same assets over the run; similar from {measure.LEAST_OVERLAP:.0%}")


def objective(fund: Fund, distance: float) -> dict:
    """Glide path: the largest distance of any year's weights, private assets counted as their index."""
    years = fund.glide_path.years_to_target
    last = min(years)
    end = f"{-last:g} years after it" if last < 0 else f"{last:g} years before it" if last > 0 else "that date"
    path = (f"Weights move from {max(years):g} years before the target date to {end}"
            if len(years) > 1 else "One mix at all ages")
    return _answer(
        distance <= measure.MOST_DISTANCE, path, "The same path: each year's weights are the fund's own targets",
        distance, f"at most {distance:.1%} of the dollars lie apart in a year, each private asset counted as its index "
        f"and one without an index as apart; similar up to {measure.MOST_DISTANCE:.0%}")


def _plain(*names: str) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _risk(found: measure.Risk) -> dict:
    together = "none, as one does not vary" if found.correlation is None else f"{found.correlation:.2f}"
    return _answer(
        found.similar, f"Volatility {found.fund:.1%} a year", f"Volatility {found.benchmark:.1%} a year",
        found.tracking_error,
        f"tracking error {found.tracking_error:.1%} a year, correlation of yearly growth {together}; similar from a "
        f"correlation of {measure.LEAST_CORRELATION:.2f} and with one volatility at most {measure.MOST_RATIO:g} times "
        "the other")
