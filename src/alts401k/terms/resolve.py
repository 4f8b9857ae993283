"""From documents to bare numbers: what the step needs of a fund, period by period, and its opening books."""
from datetime import date
from typing import NamedTuple

import numpy as np

from alts401k import chart
from alts401k.chart import Shape, shape_of
from alts401k.step import layout as at
from alts401k.terms.calendar import calendar, slots_needed
from alts401k.terms.fund import Fund
from alts401k.terms.pace import Ladder, ladder

OPENING_PRICE = 10.0
PACING_YEARS = 7
NO_LIMIT = 1e9  # a gate that is not there: this multiple of net assets


class Layer(NamedTuple):
    """One fee layer: where it is charged (sleeve index, -1 = vintage), its base and its yearly rate."""

    name: str
    sleeve: int
    base: str  # "net_assets" | "block"
    rate_yearly: float


class Family(NamedTuple):
    """A fund resolved for a monthly run; sleeves in canonical order, slow ones first.

    terms (years, n_terms), when (months, n_when) int64; b (n_accounts,), price (S + V,), state (2 V,) opening;
    asset names by sleeve (liquid holding) and by slow sleeve (private holding); marks by slow sleeve;
    calls and distributions (L,) monthly shares; spreads yearly fractions.
    """

    name: str
    shape: Shape
    sleeves: tuple[str, ...]
    vintages: tuple[int, ...]
    present: tuple[bool, ...]
    liquid_asset: tuple[str, ...]
    private_asset: tuple[str, ...]
    b: np.ndarray
    price: np.ndarray
    state: np.ndarray
    terms: np.ndarray
    when: np.ndarray
    smoothing: np.ndarray
    lag_months: np.ndarray
    report_months: np.ndarray
    call_share: np.ndarray
    distribution_share: np.ndarray
    line_spread_yearly: np.ndarray
    vline_spread_yearly: float
    layers: tuple[Layer, ...]
    first_month: int


class Slot(NamedTuple):
    """One sleeve place of a pair of funds: its name, whether it is slow, and a fund that defines it."""

    name: str
    slow: bool
    definition: Fund


def union(funds: tuple[Fund, ...]) -> tuple[Slot, ...]:
    """Every sleeve of the funds in canonical order: slow ones by name, then fast ones by name."""
    found: dict[tuple[bool, str], Slot] = {}
    for fund in funds:
        for name, sleeve in fund.sleeves.items():
            found.setdefault((not sleeve.slow, name), Slot(name, sleeve.slow, fund))
    return tuple(found[key] for key in sorted(found))


def common_slots(funds: tuple[Fund, ...]) -> int:
    """Ring slots that serve all the funds."""
    return max(slots_needed(fund) for fund in funds)


def targets(fund: Fund, years_to_target: float) -> dict[str, float]:
    """Target weight of each sleeve at this distance from the target date: linear between columns, flat outside."""
    at_years = list(reversed(fund.glide_path.years_to_target))
    return {
        name: float(np.interp(years_to_target, at_years, list(reversed(row))))
        for name, row in fund.glide_path.weights.items()
    }


def vintage_for(fund: Fund, birth_year: np.ndarray, target_age: int = 65) -> np.ndarray:
    """Index of each person's vintage (n,): the target year nearest to birth year + target age, earlier on a tie."""
    if not fund.vintages:
        return np.zeros(len(birth_year), dtype=np.int64)
    distance = np.abs(np.asarray(fund.vintages)[None, :] - (np.asarray(birth_year)[:, None] + target_age))
    return np.argmin(distance, axis=1)


def _years_left(fund: Fund, v: int, as_of: date, year: int) -> float:
    if not fund.vintages:
        return 0.0
    return fund.vintages[v] - (as_of.year + as_of.month / 12.0 - 1.0 + year)


def resolve(fund: Fund, slots: tuple[Slot, ...], n_slots: int, as_of: date, years: int,
            opening_usd: np.ndarray, outlook_usd: np.ndarray) -> Family:
    """Resolve ``fund`` on a pair's sleeve places for ``years`` years of months after ``as_of``.

    opening_usd (V,): net assets of each vintage at the opening, in which every vintage stands at target, all
    unit prices are 10 and a private sleeve is a steady ladder (partnerships) or fully invested (evergreen).
    outlook_usd (years, V): the vintages' expected assets at the start of each year, by which commitments are
    paced.
    """
    n_slow = sum(slot.slow for slot in slots)
    n_vintages = max(1, len(fund.vintages))
    shape = shape_of(n_vintages, len(slots), n_slow, n_slots)
    has = tuple(s.name in fund.sleeves and fund.sleeves[s.name].slow == s.slow for s in slots)
    source = [fund if h else s.definition for s, h in zip(slots, has, strict=True)]
    slow = tuple(s.name if h else None for s, h in zip(slots[:n_slow], has, strict=False))
    ladders = [_ladder(fund, name) for name in slow]
    sleeves = [f.sleeves[s.name] for f, s in zip(source, slots, strict=True)]
    terms = np.stack([_terms(fund, slots, has, ladders, shape, as_of, y) for y in range(years)])
    _pace(terms, shape, outlook_usd)
    b, price = _opening(fund, slots, has, ladders, shape, terms[0], opening_usd)
    marks = [s.mark for s in sleeves[:n_slow]]
    return Family(
        name=fund.name, shape=shape, sleeves=tuple(s.name for s in slots), vintages=fund.vintages, present=has,
        liquid_asset=tuple(s.liquidity.asset if s.slow else s.asset for s in sleeves),
        private_asset=tuple(s.asset for s in sleeves[:n_slow]),
        b=b, price=price, state=np.zeros(2 * n_vintages, dtype=np.int64), terms=terms,
        when=calendar(fund, slow, as_of, 12 * years, shape),
        smoothing=np.array([m.smoothing for m in marks], dtype=float),
        lag_months=np.array([m.lag_months for m in marks], dtype=np.int64),
        report_months=np.array([m.report_months for m in marks], dtype=np.int64),
        call_share=np.array([x.call_share for x in ladders], dtype=float),
        distribution_share=np.array([x.distribution_share for x in ladders], dtype=float),
        line_spread_yearly=np.array([s.line.spread_yearly for s in sleeves]),
        vline_spread_yearly=fund.line.spread_yearly,
        layers=_layers(fund, slots, has), first_month=as_of.month,
    )


def _ladder(fund: Fund, name: str | None) -> Ladder:
    """Rates of a slow sleeve's block: a partnership ladder, or an evergreen that calls what was subscribed."""
    pace = None if name is None else fund.blocks[fund.sleeves[name].block].pace
    return Ladder(1.0, 0.0, 0.0, 0.0) if pace is None else ladder(pace)


def _pace(terms: np.ndarray, shape: Shape, outlook_usd: np.ndarray) -> None:
    """Scale each year's commitments by what the sleeve is expected to need ``PACING_YEARS`` later against now.

    Money committed today is mostly invested by then; a sleeve that will be needed less commits less, and one past
    the run's end commits nothing. In place.
    """
    V, S, L, _ = (len(x) for x in shape)
    years = len(terms)
    g, t = at.terms_target(shape), at.terms_l(shape) + at.T_COMMIT * L
    for s in range(L):
        need = (terms[:, g + s * V:g + (s + 1) * V] * outlook_usd).sum(axis=1)
        later = np.zeros(years)
        later[:max(0, years - PACING_YEARS)] = need[PACING_YEARS:]
        terms[:, t + s] *= np.divide(later, need, out=np.zeros(years), where=need > 0.0)


def _layers(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...]) -> tuple[Layer, ...]:
    layers = [Layer(name, -1, "net_assets", rate) for name, rate in fund.trustee_fees.items()]
    for s, (slot, here) in enumerate(zip(slots, has, strict=True)):
        if not here:
            continue
        sleeve = fund.sleeves[slot.name]
        layers += [Layer(name, s, "net_assets", rate) for name, rate in sleeve.fees.items()]
        if slot.slow:
            layers.append(Layer("block_management", s, "block", fund.blocks[sleeve.block].mgmt_fee))
    return tuple(layers)


def _terms(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...], ladders: list[Ladder], shape: Shape,
           as_of: date, year: int) -> np.ndarray:
    """The terms vector of one year (n_terms,), rates per month: a yearly rate / 12."""
    V, S, L, _ = (len(x) for x in shape)
    x = np.zeros(at.n_terms(shape))
    for s, (slot, here) in enumerate(zip(slots, has, strict=True)):
        if not here:
            continue
        sleeve = fund.sleeves[slot.name]
        x[at.T_FEE * S + s] = sum(sleeve.fees.values()) / 12.0
        x[at.T_CASH * S + s] = sleeve.cash_target
        x[at.T_LINE_CAP * S + s] = sleeve.line.cap
        if slot.slow:
            for family, value in _private_terms(fund, slot.name, ladders[s]).items():
                x[at.terms_l(shape) + family * L + s] = value
    t, g = at.terms_v(shape), at.terms_target(shape)
    for v in range(V):
        weight = targets(fund, _years_left(fund, v, as_of, year))
        private = 0.0
        for s, (slot, here) in enumerate(zip(slots, has, strict=True)):
            x[g + s * V + v] = weight[slot.name] if here else 0.0
            private += x[g + s * V + v] if slot.slow else 0.0
        for family, value in _vintage_terms(fund, private).items():
            x[t + family * V + v] = value
    return x


def _vintage_terms(fund: Fund, private: float) -> dict[int, float]:
    regime, rebalance = fund.regime, fund.rebalance
    return {
        at.T_VFEE: sum(fund.trustee_fees.values()) / 12.0, at.T_VLINE_CAP: fund.line.cap,
        at.T_FAST_BAND: rebalance.fast_band, at.T_SLOW_BAND: rebalance.slow_band,
        at.T_MAX_CHANGE: rebalance.max_change,
        at.T_AMBER: private + regime.amber_over_target, at.T_HARD_CAP: private + regime.hard_cap_over_target,
        at.T_COVER_AMBER: regime.coverage_amber, at.T_COVER_RED: regime.coverage_red,
        at.T_COVER_GATED: regime.coverage_gated, at.T_UNFUNDED: regime.unfunded_share,
        at.T_OUTFLOW: regime.stressed_outflow,
    }


def _private_terms(fund: Fund, name: str, rates: Ladder) -> dict[int, float]:
    """Terms of a slow sleeve: incentive fee, gates, liquidity sub-sleeve, and the pace of commitments."""
    sleeve = fund.sleeves[name]
    block = fund.blocks[sleeve.block]
    fee = block.incentive_fee
    invested = 1.0 - sleeve.liquidity.target
    rolling = block.gate_pct_rolling
    return {
        at.T_CARRY: fee.share if fee else 0.0,
        # without a catch-up the manager's part of profit above the hurdle is its share of it
        at.T_CATCH_UP: (fee.catch_up or fee.share) if fee else 0.0,
        at.T_HURDLE: fee.hurdle_yearly / 12.0 if fee else 0.0,
        at.T_GATE1: sleeve.gates[0].pct if sleeve.gates else NO_LIMIT,
        at.T_GATE2: sleeve.gates[1].pct if len(sleeve.gates) > 1 else NO_LIMIT,
        at.T_FLOOR: sleeve.floor,
        at.T_BLOCK_GATE1: NO_LIMIT if block.gate_pct_period is None else block.gate_pct_period,
        at.T_BLOCK_GATE2: rolling[0].pct if rolling else NO_LIMIT,
        at.T_COMMIT: rates.commitment_to_nav_yearly * invested / 12.0 if block.pace else 0.0,
        at.T_FILL: 0.0 if block.pace else 1.0,
        at.T_LIQUID_TARGET: sleeve.liquidity.target,
        at.T_LIQUID_MIN: sleeve.liquidity.minimum,
        at.T_LIQUID_MAX: sleeve.liquidity.maximum,
        at.T_BLOCK_FEE: block.mgmt_fee / 12.0,
    }


def _opening(fund: Fund, slots: tuple[Slot, ...], has: tuple[bool, ...], ladders: list[Ladder], shape: Shape,
             terms: np.ndarray, opening_usd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Opening balances (n_accounts,) and prices (S + V,): every vintage at target, contra accounts balancing."""
    V, S, L, _ = (len(x) for x in shape)
    b = np.zeros(chart.n_accounts(shape))
    price = np.full(S + V, OPENING_PRICE)
    target = terms[at.terms_target(shape):].reshape(S, V)
    held = target * np.asarray(opening_usd)[None, :]
    sleeve_usd = held.sum(axis=1)
    l, v0, h = chart.base_l(shape), chart.base_v(shape), chart.base_hold(shape)
    b[h:h + S * V] = (held / OPENING_PRICE).ravel()
    for s in range(S):
        if not has[s]:
            continue
        sleeve = fund.sleeves[slots[s].name]
        private = 0.0
        if s < L:
            private = sleeve_usd[s] * (1.0 - sleeve.liquidity.target)
            b[l + chart.ILLIQUID * L + s] = private
            b[l + chart.UNFUNDED * L + s] = private * ladders[s].unfunded_to_nav
            b[l + chart.COMMITTED * L + s] = -private * ladders[s].unfunded_to_nav
        cash = sleeve_usd[s] * sleeve.cash_target
        b[chart.CASH * S + s] = cash
        b[chart.LIQUID * S + s] = sleeve_usd[s] - private - cash
        b[chart.ISSUED * S + s] = -sleeve_usd[s] / OPENING_PRICE
    b[v0 + chart.HELD * V:v0 + (chart.HELD + 1) * V] = opening_usd / OPENING_PRICE
    b[v0 + chart.VISSUED * V:v0 + (chart.VISSUED + 1) * V] = -opening_usd / OPENING_PRICE
    b[v0 + chart.PLANS * V:v0 + (chart.PLANS + 1) * V] = -np.asarray(opening_usd)  # what plans paid in before
    return b, price
