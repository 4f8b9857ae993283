"""The documents' terms of one period as the step's vector, in floats for a run and in decimals for books."""
from collections.abc import Callable, Sequence
from typing import TypeVar

from alts401k.chart import Shape
from alts401k.step import layout as at
from alts401k.terms.fund import Fund, Sleeve

Number = TypeVar("Number")
NO_LIMIT = 1e9  # a gate that is not there: this multiple of net assets


def targets(fund: Fund, years_left: Number, number: Callable[[float], Number] = float) -> dict[str, Number]:
    """Target weight of each sleeve ``years_left`` before the target date: linear between columns, flat outside."""
    columns = [number(years) for years in fund.glide_path.years_to_target]
    right = next((i for i, years in enumerate(columns) if years <= years_left), len(columns) - 1)
    if right == 0 or years_left <= columns[right]:
        return {name: number(row[right]) for name, row in fund.glide_path.weights.items()}
    part = (columns[right - 1] - years_left) / (columns[right - 1] - columns[right])
    return {name: number(row[right - 1]) + (number(row[right]) - number(row[right - 1])) * part
            for name, row in fund.glide_path.weights.items()}


def asks_opt_in(fund: Fund) -> bool:
    """Whether people choose if their portfolio holds private sleeves: a managed account that is told who opted in."""
    return fund.managed_account is not None and "opt_in" in fund.managed_account.uses


def portfolios(fund: Fund) -> int:
    """Unitised portfolios of the family: its vintages (one without any), twice where people may opt in.

    Portfolio v is vintage v % n; from n on it is the same vintage without private sleeves.
    """
    return max(1, len(fund.vintages)) * (2 if asks_opt_in(fund) else 1)


def portfolio_targets(fund: Fund, v: int, years_left: Number,
                      number: Callable[[float], Number] = float) -> dict[str, Number]:
    """Target weights of portfolio ``v``: its vintage's, with private weights given back to the listed sleeves pro
    rata in a portfolio of people who did not opt in."""
    weight = targets(fund, years_left, number)
    if v < max(1, len(fund.vintages)):
        return weight
    listed = sum((w for name, w in weight.items() if not fund.sleeves[name].slow), number(0.0))
    return {name: number(0.0) if fund.sleeves[name].slow else w / listed for name, w in weight.items()}


def period_terms(fund: Fund, names: Sequence[str | None], shape: Shape, years_left: Sequence[Number], years: Number,
                 number: Callable[[float], Number]) -> list[Number]:
    """The terms vector (n_terms,) of one period of ``years`` years.

    names: sleeves in canonical order, None where this fund lacks one of its pair's; years_left (V,): each portfolio's
    years to its target date; number: makes the vector's numbers out of the documents' floats.
    """
    V, S, L, _ = (len(x) for x in shape)
    zero = number(0.0)
    x = [zero] * at.n_terms(shape)
    for s, name in enumerate(names):
        if name is None:
            continue
        sleeve = fund.sleeves[name]
        x[at.T_FEE * S + s] = sum(map(number, sleeve.fees.values()), zero) * years
        x[at.T_CASH * S + s] = number(sleeve.cash_target)
        x[at.T_LINE_CAP * S + s] = number(sleeve.line.cap)
        if sleeve.slow:
            for family, value in _private_terms(fund, sleeve).items():
                x[at.terms_l(shape) + family * L + s] = number(value)
    t, g = at.terms_v(shape), at.terms_target(shape)
    for v in range(V):
        weight = portfolio_targets(fund, v, years_left[v], number)
        for s, name in enumerate(names):
            x[g + s * V + v] = zero if name is None else weight[name]
        private = sum((weight[name] for name in names[:L] if name is not None), zero)
        for family, value in _vintage_terms(fund, private, years, number).items():
            x[t + family * V + v] = value
    return x


def _vintage_terms(fund: Fund, private: Number, years: Number, number: Callable[[float], Number]) -> dict[int, Number]:
    regime, rebalance = fund.regime, fund.rebalance
    fees = [*fund.trustee_fees.values(), *([fund.managed_account.fee] if fund.managed_account else [])]
    return {
        at.T_VFEE: sum(map(number, fees), number(0.0)) * years,
        at.T_VLINE_CAP: number(fund.line.cap),
        at.T_FAST_BAND: number(rebalance.fast_band), at.T_SLOW_BAND: number(rebalance.slow_band),
        at.T_MAX_CHANGE: number(rebalance.max_change),
        at.T_AMBER: private + number(regime.amber_over_target),
        at.T_HARD_CAP: private + number(regime.hard_cap_over_target),
        at.T_COVER_AMBER: number(regime.coverage_amber), at.T_COVER_RED: number(regime.coverage_red),
        at.T_COVER_GATED: number(regime.coverage_gated), at.T_UNFUNDED: number(regime.unfunded_share),
        at.T_OUTFLOW: number(regime.stressed_outflow),
    }


def _private_terms(fund: Fund, sleeve: Sleeve) -> dict[int, float]:
    """Terms of a slow sleeve that runs and books share: gates, floor, the liquidity sub-sleeve, evergreen refill."""
    block = fund.blocks[sleeve.block]
    gates = [gate.pct for gate in sleeve.gates] + [NO_LIMIT, NO_LIMIT]
    rolling = [gate.pct for gate in block.gate_pct_rolling] + [NO_LIMIT]
    return {
        at.T_GATE1: gates[0], at.T_GATE2: gates[1], at.T_FLOOR: sleeve.floor,
        at.T_BLOCK_GATE1: NO_LIMIT if block.gate_pct_period is None else block.gate_pct_period,
        at.T_BLOCK_GATE2: rolling[0], at.T_FILL: 0.0 if block.pace else 1.0,
        at.T_LIQUID_TARGET: sleeve.liquidity.target, at.T_LIQUID_MIN: sleeve.liquidity.minimum,
        at.T_LIQUID_MAX: sleeve.liquidity.maximum,
    }
