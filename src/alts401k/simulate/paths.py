"""The fund pass: many drawn paths of one or two families, month by month, in compiled loops.

Families of one run share each path's draws. What a path leaves behind: per vintage and year the sum of
1 / struck price and the true unit value at year end, and the yearly and lifetime sums of ``Sums``.
"""
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from alts401k.chart import HELD, ILLIQUID, Shape, base_l, base_v, kernel, n_flows
from alts401k.simulate.fold import deal_half, price_half
from alts401k.simulate.tally import (
    GATE_BLOCK,
    NET,
    charge_truth,
    follow_truth,
    tally_deal,
    tally_ends,
    tally_flows,
    tally_price,
    true_gaps,
    true_value,
)
from alts401k.step.layout import (
    CALL_SHARE,
    DIST_SHARE,
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
    n_facts,
    n_info,
)
from alts401k.world.draws import MEMORY, path_word, reported, scratch_size, tape_year


class Members(NamedTuple):
    """What participants do to one family, the same on every path.

    in_usd (years, V) usd a month or, at year end, a year; turnover (years, V) monthly share of units leaving and
    joining; retired (years, V) share of opening units held by people past 67, who leave evenly over twelve months.
    """

    in_usd: np.ndarray
    turnover: np.ndarray
    retired: np.ndarray
    year_end: bool


class Scene(NamedTuple):
    """Everything a run of F families knows before its draws; arrays have the family first and are only read.

    b (F, n_accounts), price (F, S + V) opening; terms (F, years, n_terms), when (F, months, n_when); liquid (F, S),
    private, index (F, L) places of assets on the tape: liquid holding, private holding, public index of the private
    one; spreads yearly; smoothing, lag, every, call, dist (F, L); members' flows (F, years, V); shock (months, 2):
    extra share of units leaving and, above 0, no marks; it has no rows in an ordinary run. state (F, 2 V) opening
    regimes. debit, credit (n_flows,).
    """

    months: int
    first_month: int
    year_end: bool
    b: np.ndarray
    price: np.ndarray
    state: np.ndarray
    terms: np.ndarray
    when: np.ndarray
    liquid: np.ndarray
    private: np.ndarray
    index: np.ndarray
    spread: np.ndarray
    vspread: np.ndarray
    smoothing: np.ndarray
    lag: np.ndarray
    every: np.ndarray
    call: np.ndarray
    dist: np.ndarray
    in_usd: np.ndarray
    turnover: np.ndarray
    retired: np.ndarray
    shock: np.ndarray
    debit: np.ndarray
    credit: np.ndarray


@kernel
def write_facts(facts, growth, cash, rho, scene, f, t, shape):
    """Fill month ``t``'s facts vector of family ``f`` from the drawn month, the marks' returns rho (L,) and the
    members' flows."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    year = t // 12
    month = t - 12 * year
    rate = growth[cash] - 1.0
    for s in range(S):
        facts[R_LIQUID * S + s] = growth[scene.liquid[f, s]] - 1.0
        facts[R_CASH * S + s] = rate
        facts[R_LINE * S + s] = max(0.0, rate) + scene.spread[f, s] / 12.0
    y = facts_l(shape)
    for i in range(L):
        facts[y + R_MARK * L + i] = rho[i]
        facts[y + CALL_SHARE * L + i] = scene.call[f, i]
        facts[y + DIST_SHARE * L + i] = scene.dist[f, i]
    y = facts_v(shape)
    extra = scene.shock[t, 0] if scene.shock.shape[0] > 0 else 0.0
    for v in range(V):
        if scene.year_end and month != 11:
            facts[y + IN_USD * V + v] = 0.0
        else:
            facts[y + IN_USD * V + v] = scene.in_usd[f, year, v]
        turnover = scene.turnover[f, year, v]
        retired = scene.retired[f, year, v]
        leaving = retired / (12.0 - retired * month) + extra
        facts[y + IN_SHARE * V + v] = turnover
        facts[y + OUT_SHARE * V + v] = min(1.0, leaving + turnover)
        facts[y + R_VLINE * V + v] = max(0.0, rate) + scene.vspread[f] / 12.0


@kernel
def close_month(b, price, true, gap, before, t, year_end, gates, units, value, struck, sums, gated, trace, shape):
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
            struck[v, year] = price[S + v]
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
def write_end(end, b, price, state, f, shape):
    """Leave family ``f``'s closing books in end (F, n_accounts + S + V + 2 V): balances, prices, regime state."""
    n = b.shape[0]
    m = n + price.shape[0]
    for k in range(n):
        end[f, k] = b[k]
    for k in range(price.shape[0]):
        end[f, n + k] = price[k]
    for k in range(state.shape[0]):
        end[f, m + k] = state[k]


@kernel
def see_marks(rho, true, level, flows, ring, b, growth, scene, f, t, shape):
    """Month ``t`` of family ``f``'s private holdings: grow their truth and their public index (L,), and write the
    returns that the marks show into rho (L,)."""
    L = len(shape.slow)
    for i in range(L):
        true[i] *= growth[scene.private[f, i]]
        level[i] *= growth[scene.index[f, i]]
        carried = b[base_l(shape) + ILLIQUID * L + i]
        seen = reported(true[i], carried, flows[i], ring[i], scene.first_month + t + 1, scene.smoothing[f, i],
                        scene.lag[f, i], scene.every[f, i])
        if scene.shock.shape[0] > 0 and scene.shock[t, 1] > 0.0:
            seen = carried
        rho[i] = seen / carried - 1.0 if carried > 0.0 else 0.0


@kernel
def one_path(path, tape, scene, units, value, struck, sums, bins, gated, trace, end, shape):
    """Run path ``path`` of every family of ``scene`` over its months on one tape of draws.

    units, value, struck (F, V, years): sum over the year of 1 / struck price at the dates of contributions, true and
    struck unit value at year end (usd). sums (F, n_sums), bins (F, BINS), gated (F, 3, years) are added to; trace
    (F, months, S + 2 V), if it has columns, gets sleeve prices, vintage prices and true unit values; end, if it has
    columns, the closing books (see ``write_end``).
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    F = scene.b.shape[0]
    b = scene.b.copy()
    price = scene.price.copy()
    out = np.zeros((F, n_flows(shape)))
    info = np.zeros((F, n_info(shape)))
    facts = np.zeros(n_facts(shape))
    state = scene.state.copy()
    drawn = np.empty((12, tape.log_mean.shape[0]))
    scratch = np.empty(scratch_size(tape))
    memory = np.zeros(MEMORY, dtype=np.int64)
    true = np.zeros((F, L))
    flows = np.zeros((F, L))
    ring = np.zeros((F, L, 12))
    level = np.ones((F, L))
    rho = np.zeros(L)
    gap = np.zeros(L)
    held = np.zeros(V)
    before = np.zeros((F, V))
    now, nav = np.zeros(V), np.zeros(F)
    gates = np.zeros((F, 3), dtype=np.int64)
    for f in range(F):
        true[f] = b[f, base_l(shape) + ILLIQUID * L:base_l(shape) + (ILLIQUID + 1) * L]
        for i in range(L):
            ring[f, i] = true[f, i]
        for v in range(V):
            before[f, v] = price[f, S + v]
            nav[f] += b[f, base_v(shape) + HELD * V + v] * price[f, S + v]
        tally_ends(b[f], price[f], gap, level[f], 7, sums[f], shape)
    word = path_word(tape.seed, path)
    for t in range(scene.months):
        year = t // 12
        if t == 12 * year:
            tape_year(drawn, scratch, memory, word, path, year, tape)
        growth = drawn[t - 12 * year]
        for f in range(F):
            sums[f, NET] += nav[f]
            see_marks(rho, true[f], level[f], flows[f], ring[f], b[f], growth, scene, f, t, shape)
            write_facts(facts, growth, tape.cash, rho, scene, f, t, shape)
            terms = scene.terms[f, year]
            price_half(b[f], out[f], info[f], price[f], facts, terms, scene.debit, scene.credit, shape)
            charge_truth(b[f], out[f], terms, true[f], flows[f], shape)
            true_gaps(b[f], true[f], gap, shape)
            tally_price(b[f], out[f], info[f], price[f], before[f], now, gap, true[f], terms, growth[tape.cash] - 1.0,
                        sums[f], shape)
            for v in range(V):
                held[v] = b[f, base_v(shape) + HELD * V + v]
            deal_half(b[f], out[f], info[f], price[f], facts, terms, scene.when[f, t], state[f], scene.debit,
                      scene.credit, shape)
            follow_truth(out[f], true[f], flows[f], b[f], terms, shape)
            tally_flows(out[f], info[f], level[f], sums[f], shape)
            nav[f] = tally_deal(b[f], out[f], info[f], price[f], now, held, state[f], terms, gates[f], bins[f], sums[f],
                                shape)
            close_month(b[f], price[f], true[f], gap, before[f], t, scene.year_end, gates[f], units[f], value[f],
                        struck[f], sums[f], gated[f], trace[f], shape)
    for f in range(F):
        true_gaps(b[f], true[f], gap, shape)
        tally_ends(b[f], price[f], gap, level[f], 8, sums[f], shape)
        if end.shape[1] > 0:
            write_end(end, b[f], price[f], state[f], f, shape)


@njit(cache=True)
def run_block(lo, hi, tape, scene, units, value, struck, sums, bins, gated, trace, ends, vintages, sleeves, slow,
              slots):
    """Run paths ``lo`` to ``hi``; outputs are indexed by path, except bins and gated of this block."""
    shape = Shape(vintages, sleeves, slow, slots)
    for p in range(lo, hi):
        one_path(p, tape, scene, units[p], value[p], struck[p], sums[p], bins, gated, trace, ends[p], shape)


@njit(cache=True, parallel=True)
def run_paths(starts, tape, scene, units, value, struck, sums, bins, gated, trace, ends, vintages, sleeves, slow,
              slots):
    """Run blocks of paths in parallel: block k holds paths starts[k] to starts[k + 1]; bins (blocks, F, BINS),
    gated (blocks, F, 3, years).

    The body of the parallel loop is one call, because numba can drop writes made through tuples built in it.
    """
    for k in prange(starts.shape[0] - 1):
        run_block(starts[k], starts[k + 1], tape, scene, units, value, struck, sums, bins[k], gated[k], trace, ends,
                  vintages, sleeves, slow, slots)
