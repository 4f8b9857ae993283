"""The fund pass: many drawn paths of one or two families, month by month, in compiled loops.

Families of one run share each path's draws. What a path leaves behind: per vintage and year the sum of
1 / struck price and the true unit value at year end, and the yearly and lifetime sums of ``Sums``.
"""
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from alts401k.chart import (
    HELD,
    ILLIQUID,
    Shape,
    at_participants,
    at_sleeves,
    at_value,
    at_vfee,
    base_hold,
    base_l,
    base_v,
    kernel,
    n_flows,
)
from alts401k.simulate.fold import deal_half, price_half
from alts401k.step import layout as at
from alts401k.step.layout import (
    CALL_SHARE,
    DIST_SHARE,
    I_GATE_BLOCK,
    I_GATE_PLAN,
    I_GATE_SLEEVE,
    I_NEED,
    I_PRIVATE,
    I_VNET,
    IN_SHARE,
    IN_USD,
    OUT_SHARE,
    R_CASH,
    R_LINE,
    R_LIQUID,
    R_MARK,
    R_VLINE,
    facts_l,
    facts_v,
    info_l,
    info_v,
    n_facts,
    n_info,
)
from alts401k.world.draws import path_word, reported, year_growth

# columns of the per-path sums; S, L, V blocks follow the head
NET, VFEE, VLINE_INTEREST, ASKED, UNFILLED, LEAVERS, JOINERS, STAYERS = 0, 1, 2, 3, 4, 5, 6, 7
GATE_BLOCK, GATE_SLEEVE, GATE_PLAN, LATE, MONTHS, PRIVATE_MAX = 8, 9, 10, 11, 12, 13
SLOW_ASKED, SLOW_UNFILLED = 14, 15
REGIME = 16  # five columns, vintage-months by regime
HEAD = 21
S_SUMS = 2  # sleeve fees (without the block's), line interest
L_SUMS = 5  # block fee, incentive accrued (signed), sum and sum of squares of mark / truth - 1, months
V_SUMS = 3  # months, sum and sum of squares of true monthly returns above cash
BINS = 400  # private weight in steps of 0.25%


class Drawn(NamedTuple):
    """The draws of a run: seed, and the used assets' keyed lognormal months (n_used by n_keys factor)."""

    seed: int
    keys: np.ndarray
    log_mean: np.ndarray
    log_sd: np.ndarray
    factor: np.ndarray
    cash: int


class Members(NamedTuple):
    """What participants do to one family, the same on every path.

    in_usd (years, V) usd a month or, at year end, a year; turnover (years, V) monthly share of units leaving and
    joining; retired (years, V) share of opening units held by people past 67, who leave evenly over twelve months.
    """

    in_usd: np.ndarray
    turnover: np.ndarray
    retired: np.ndarray
    year_end: bool


@kernel
def n_sums(shape):
    """Number of per-path sums."""
    return HEAD + S_SUMS * len(shape.sleeves) + L_SUMS * len(shape.slow) + V_SUMS * len(shape.vintages)


@kernel
def write_facts(facts, b, growth, cash, liquid, private, spread, vspread, rho, call, dist, in_usd, turnover,
                retired, month, year_end, shape):
    """Fill one period's facts vector from the drawn month, the marks' returns and the members' flows."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    rate = growth[cash] - 1.0
    for s in range(S):
        facts[R_LIQUID * S + s] = growth[liquid[s]] - 1.0
        facts[R_CASH * S + s] = rate
        facts[R_LINE * S + s] = max(0.0, rate) + spread[s] / 12.0
    y = facts_l(shape)
    for i in range(L):
        facts[y + R_MARK * L + i] = rho[i]
        facts[y + CALL_SHARE * L + i] = call[i]
        facts[y + DIST_SHARE * L + i] = dist[i]
    y = facts_v(shape)
    for v in range(V):
        if year_end:
            facts[y + IN_USD * V + v] = in_usd[v] if month == 11 else 0.0
        else:
            facts[y + IN_USD * V + v] = in_usd[v]
        leaving = retired[v] / (12.0 - retired[v] * month)
        facts[y + IN_SHARE * V + v] = turnover[v]
        facts[y + OUT_SHARE * V + v] = min(1.0, leaving + turnover[v])
        facts[y + R_VLINE * V + v] = max(0.0, rate) + vspread / 12.0


@kernel
def true_gaps(b, true, gap, shape):
    """Per unit of each slow sleeve: true value above the marked one, in usd; gap (L,)."""
    V = len(shape.vintages)
    L = len(shape.slow)
    a = base_l(shape)
    h = base_hold(shape)
    for i in range(L):
        units = 0.0
        for v in range(V):
            units += b[h + i * V + v]
        gap[i] = (true[i] - b[a + ILLIQUID * L + i]) / units if units > 0.0 else 0.0


@kernel
def true_value(b, price, gap, v, shape):
    """True value of one unit of vintage ``v`` in usd: the struck price and the holders' part of the gaps."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    held = b[base_v(shape) + HELD * V + v]
    h = base_hold(shape)
    extra = 0.0
    for i in range(L):
        extra += b[h + i * V + v] * gap[i]
    return price[S + v] + extra / held if held > 0.0 else price[S + v]


@kernel
def tally_price(b, out, info, price, before, now, gap, true, terms, cash_rate, sums, shape):
    """After the strike: fees of the period, true unit values ``now`` (V,), true returns above cash, mark gaps."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    z = at_vfee(shape)
    first = HEAD + S_SUMS * S + L_SUMS * L
    fee = 0.0
    interest = 0.0
    for v in range(V):
        fee += out[z + v]
        interest += out[z + V + v]
        now[v] = true_value(b, price, gap, v, shape)
        if b[base_v(shape) + HELD * V + v] > 0.0:
            x = now[v] / before[v] - 1.0 - cash_rate
            sums[first + v] += 1.0
            sums[first + V + v] += x
            sums[first + 2 * V + v] += x * x
    sums[VFEE] += fee
    sums[VLINE_INTEREST] += interest
    f = at_value(shape)
    for s in range(S):
        sums[HEAD + s] += out[f + 3 * S + s]
        sums[HEAD + S + s] += out[f + 2 * S + s]
    k = HEAD + S_SUMS * S
    a = base_l(shape) + ILLIQUID * L
    for j in range(L):
        fee = (b[a + j] - out[f + 4 * S + j]) * terms[at.terms_l(shape) + at.T_BLOCK_FEE * L + j]
        sums[k + j] += fee
        sums[k + L + j] += out[f + 4 * S + L + j]
        if b[a + j] > 0.0 and true[j] > 0.0:
            x = b[a + j] / true[j] - 1.0
            sums[k + 2 * L + j] += x
            sums[k + 3 * L + j] += x * x
            sums[k + 4 * L + j] += 1.0


@kernel
def tally_deal(b, out, info, price, now, held, state, years_gate, bins, sums, shape):
    """After dealing: dilution by leavers, joiners and stayers, gates, regimes, private weights.

    Returns the closing net assets of the vintages with holders, in usd.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    f = at_participants(shape)
    i = info_v(shape)
    a = base_v(shape)
    asked = 0.0
    unfilled = 0.0
    leavers = 0.0
    joiners = 0.0
    stayers = 0.0
    months = 0.0
    largest = sums[PRIVATE_MAX]
    family = 0.0
    for v in range(V):
        if b[a + HELD * V + v] > 0.0:
            family += info[i + I_VNET * V + v]
    for v in range(V):
        paid_in = out[f + v]
        issued = out[f + V + v]
        gone = out[f + 2 * V + v]
        paid = out[f + 3 * V + v]
        after = held[v] + issued - gone
        asked += paid + info[i + I_NEED * V + v]
        unfilled += info[i + I_NEED * V + v]
        if after > 0.0 and now[v] != price[S + v]:
            value = (held[v] * now[v] + paid_in - paid) / after
            leavers += paid - gone * now[v]
            joiners += issued * value - paid_in
            stayers += (held[v] - gone) * (value - now[v])
        if b[a + HELD * V + v] > 0.0:
            share = info[i + I_PRIVATE * V + v] / info[i + I_VNET * V + v]
            months += 1.0
            sums[REGIME + state[v]] += 1.0
            largest = max(largest, share)
            bins[min(BINS - 1, max(0, int(share * BINS)))] += info[i + I_VNET * V + v] / family
            if state[v] == at.GATED:
                years_gate[2] = 1
    sums[ASKED] += asked
    sums[UNFILLED] += unfilled
    sums[LEAVERS] += leavers
    sums[JOINERS] += joiners
    sums[STAYERS] += stayers
    sums[MONTHS] += months
    sums[PRIVATE_MAX] = largest
    if info[I_GATE_BLOCK] > 0.0:
        years_gate[0] = 1
    if info[I_GATE_SLEEVE] > 0.0:
        years_gate[1] = 1
    if info[I_GATE_PLAN] > 0.0:
        years_gate[2] = 1
    sums[LATE] += info[at.I_LATE_USD]
    for s in range(len(shape.slow)):
        sums[SLOW_ASKED] += info[info_l(shape) + at.I_ASKED * len(shape.slow) + s]
        sums[SLOW_UNFILLED] += info[info_l(shape) + at.I_UNFILLED * len(shape.slow) + s]
    return family


@kernel
def charge_truth(b, out, terms, true, flows, shape):
    """Take the block's fee of the period, charged on its mark, out of the true holding too; true, flows (L,) usd."""
    L = len(shape.slow)
    a = base_l(shape) + ILLIQUID * L
    f = at_value(shape) + 4 * len(shape.sleeves)
    for i in range(L):
        fee = (b[a + i] - out[f + i]) * terms[at.terms_l(shape) + at.T_BLOCK_FEE * L + i]
        true[i] -= fee
        flows[i] -= fee


@kernel
def follow_truth(out, true, flows, b, terms, shape):
    """Carry calls, distributions and block proceeds over to the true holding; true (L,) usd.

    Calls and distributions of a partnership are cash and move at their dollars; an evergreen block sells and redeems
    its units at its mark, so the true holding moves by the same share. flows (L,) accumulates what left and came, at
    truth.
    """
    L = len(shape.slow)
    a = base_l(shape)
    f = at_sleeves(shape)
    for i in range(L):
        call = out[f + L + i]
        dist = out[f + 3 * L + i]
        paid = out[f + 4 * L + i]
        marked = b[a + ILLIQUID * L + i] - call + paid
        moved = call - dist
        if terms[at.terms_l(shape) + at.T_FILL * L + i] > 0.0 and marked > 0.0:
            moved = -dist + (true[i] - dist) * (call - paid) / marked
        true[i] += moved
        flows[i] += moved


@kernel
def close_month(b, price, true, gap, before, t, year_end, gates, units, value, sums, gated, trace, shape):
    """What month ``t`` leaves behind: closing true values ``before`` (V,), yearly sums of 1 / price, gates of the
    year."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    year = t // 12
    last = t == 12 * year + 11
    true_gaps(b, true, gap, shape)
    for v in range(V):
        before[v] = true_value(b, price, gap, v, shape)
        if price[S + v] > 0.0 and (last or not year_end):
            units[v, year] += 1.0 / price[S + v]
        if last:
            value[v, year] = before[v]
    if last:
        for k in range(3):
            sums[GATE_BLOCK + k] += gates[k]
            gated[k, year] += gates[k]
            gates[k] = 0
    if trace.shape[0] > 0:
        for s in range(S + V):
            trace[t, s] = price[s]
        for v in range(V):
            trace[t, S + V + v] = before[v]


@kernel
def one_path(path, seed, draw_keys, log_mean, log_sd, factor, cash, months, first_month, b0, price0, terms, when,
             liquid, private, spread, vspread, smoothing, lag, every, call, dist, in_usd, turnover, retired,
             year_end, debit, credit, units, value, sums, bins, gated, trace, shape):
    """Run path ``path`` of every family over ``months`` months on one tape of draws.

    Family arrays have the family first. units, value (F, V, years): sum over the year of 1 / struck price at the
    dates of contributions, true unit value at year end (usd). sums (F, n_sums), bins (F, BINS), gated (F, 3, years)
    are added to; trace (F, months, S + 2 V), if it has rows, gets sleeve prices, vintage prices and true unit
    values.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    F = b0.shape[0]
    b = b0.copy()
    price = price0.copy()
    out = np.zeros((F, n_flows(shape)))
    info = np.zeros((F, n_info(shape)))
    facts = np.zeros(n_facts(shape))
    state = np.zeros((F, 2 * V), dtype=np.int64)
    drawn = np.empty((12, log_mean.shape[0]))
    u = np.empty(12 * draw_keys.shape[0])
    z = np.empty(12 * draw_keys.shape[0])
    true = np.zeros((F, L))
    flows = np.zeros((F, L))
    ring = np.zeros((F, L, 12))
    rho = np.zeros(L)
    gap = np.zeros(L)
    held = np.zeros(V)
    before = np.zeros((F, V))
    now = np.zeros(V)
    nav = np.zeros(F)
    gates = np.zeros((F, 3), dtype=np.int64)
    a = base_l(shape)
    for f in range(F):
        for i in range(L):
            true[f, i] = b[f, a + ILLIQUID * L + i]
            ring[f, i] = true[f, i]
        for v in range(V):
            before[f, v] = price[f, S + v]
            nav[f] += b[f, base_v(shape) + HELD * V + v] * price[f, S + v]
    word = path_word(seed, path)
    for t in range(months):
        year = t // 12
        if t == 12 * year:
            year_growth(drawn, u, z, word, year, draw_keys, log_mean, log_sd, factor)
        growth = drawn[t - 12 * year]
        for f in range(F):
            sums[f, NET] += nav[f]
            for i in range(L):
                true[f, i] *= growth[private[f, i]]
                carried = b[f, a + ILLIQUID * L + i]
                seen = reported(true[f, i], carried, flows[f, i], ring[f, i], first_month + t + 1, smoothing[f, i],
                                lag[f, i], every[f, i])
                rho[i] = seen / carried - 1.0 if carried > 0.0 else 0.0
            write_facts(facts, b[f], growth, cash, liquid[f], private[f], spread[f], vspread[f], rho, call[f],
                        dist[f], in_usd[f, year], turnover[f, year], retired[f, year], t - 12 * year, year_end, shape)
            price_half(b[f], out[f], info[f], price[f], facts, terms[f, year], debit, credit, shape)
            charge_truth(b[f], out[f], terms[f, year], true[f], flows[f], shape)
            true_gaps(b[f], true[f], gap, shape)
            tally_price(b[f], out[f], info[f], price[f], before[f], now, gap, true[f], terms[f, year],
                        growth[cash] - 1.0, sums[f], shape)
            for v in range(V):
                held[v] = b[f, base_v(shape) + HELD * V + v]
            deal_half(b[f], out[f], info[f], price[f], facts, terms[f, year], when[f, t], state[f], debit, credit,
                      shape)
            follow_truth(out[f], true[f], flows[f], b[f], terms[f, year], shape)
            nav[f] = tally_deal(b[f], out[f], info[f], price[f], now, held, state[f], gates[f], bins[f], sums[f], shape)
            close_month(b[f], price[f], true[f], gap, before[f], t, year_end, gates[f], units[f], value[f], sums[f],
                        gated[f], trace[f], shape)


@njit(cache=True)
def run_block(lo, hi, seed, draw_keys, log_mean, log_sd, factor, cash, months, first_month, b0, price0, terms, when,
              liquid, private, spread, vspread, smoothing, lag, every, call, dist, in_usd, turnover, retired,
              year_end, debit, credit, units, value, sums, bins, gated, trace, vintages, sleeves, slow, slots):
    """Run paths ``lo`` to ``hi`` of one block; outputs are indexed by path less ``lo``'s block start."""
    shape = Shape(vintages, sleeves, slow, slots)
    for p in range(lo, hi):
        one_path(p, seed, draw_keys, log_mean, log_sd, factor, cash, months, first_month, b0, price0, terms, when,
                 liquid, private, spread, vspread, smoothing, lag, every, call, dist, in_usd, turnover, retired,
                 year_end, debit, credit, units[p], value[p], sums[p], bins, gated, trace, shape)


@njit(cache=True, parallel=True)
def run_paths(starts, seed, draw_keys, log_mean, log_sd, factor, cash, months, first_month, b0, price0, terms, when,
              liquid, private, spread, vspread, smoothing, lag, every, call, dist, in_usd, turnover, retired,
              year_end, debit, credit, units, value, sums, bins, gated, trace, vintages, sleeves, slow, slots):
    """Run blocks of paths in parallel: block k holds paths starts[k] to starts[k + 1]; bins (blocks, F, BINS),
    gated (blocks, F, 3, years).

    The body of the parallel loop is one call, because numba can drop writes made through tuples built in it.
    """
    for k in prange(starts.shape[0] - 1):
        run_block(starts[k], starts[k + 1], seed, draw_keys, log_mean, log_sd, factor, cash, months, first_month, b0,
                  price0, terms, when, liquid, private, spread, vspread, smoothing, lag, every, call, dist, in_usd,
                  turnover, retired, year_end, debit, credit, units, value, sums, bins[k], gated[k], trace, vintages,
                  sleeves, slow, slots)
