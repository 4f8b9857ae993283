"""Closed form of the step for a fund in which nothing is slow: the same result, without the step's cost.

Where no sleeve is gated, no band lets weights stray, no cash is kept and no vintage can fall short, a period of the
step reduces to ``price x (sum of weights x (1 + return - fee) - trustee fee)``: every dealing date ends at target,
and participants are paid in full. A test holds it to the step within 1e-12; anything else about a fund sends it to
the step.
"""
import numpy as np
from numba import njit, prange

from alts401k.chart import ILLIQUID, UNFUNDED, Shape, base_l, kernel
from alts401k.simulate.tally import ASKED, HEAD, L_SUMS, MONTHS, NET, REGIME, S_SUMS, VFEE
from alts401k.step import layout as at
from alts401k.terms.resolve import Family
from alts401k.world.draws import MEMORY, path_word, scratch_size, tape_year


def is_plain(family: Family) -> bool:
    """Whether the closed form holds for this family: decided by what it does, not by which sleeves it names."""
    V, S, L, _ = (len(x) for x in family.shape)
    terms = family.terms
    a, v = base_l(family.shape), at.terms_v(family.shape)
    target = terms[:, at.terms_target(family.shape):].reshape(len(terms), S, V)
    private = np.concatenate([family.b[a + k * L:a + (k + 1) * L] for k in (ILLIQUID, UNFUNDED)])

    def column(k: int) -> np.ndarray:
        return terms[:, v + k * V:v + (k + 1) * V]

    return bool(
        not private.any() and not target[:, :L].any() and not column(at.T_FAST_BAND).any()
        and not (terms[:, at.T_CASH * S:(at.T_CASH + 1) * S] * target.any(axis=2)).any()
        and (target.sum(axis=1) > 0.0).all()
        and (column(at.T_COVER_AMBER) * column(at.T_OUTFLOW) <= 1.0).all()
        and (column(at.T_COVER_RED) * column(at.T_OUTFLOW) <= 1.0).all()
        and (column(at.T_COVER_GATED) * column(at.T_OUTFLOW) <= 1.0).all()
    )


@kernel
def traded_weights(weight, terms, year, shape):
    """Write the weights that a dealing date of ``year`` ends at: fast targets, scaled to one; weight (fast, V)."""
    V = len(shape.vintages)
    L = len(shape.slow)
    g = at.terms_target(shape)
    for v in range(V):
        total = 0.0
        for s in range(weight.shape[0]):
            total += terms[year, g + (L + s) * V + v]
        for s in range(weight.shape[0]):
            weight[s, v] = terms[year, g + (L + s) * V + v] / total


@kernel
def plain_sleeves(net, weight, drawn, month, liquid, price, held, terms, year, sums, trace, t, shape):
    """Write each fast sleeve's growth after its fee into ``net`` (fast,); add up what it charged."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    for s in range(weight.shape[0]):
        fee = terms[year, at.T_FEE * S + L + s]
        net[s] = drawn[month, liquid[L + s]] - fee
        charged = 0.0
        if fee > 0.0 or trace.shape[0] > 0:
            for v in range(V):
                charged += held[v] * price[S + v] * weight[s, v]
            sums[HEAD + L + s] += charged * fee
        if trace.shape[0] > 0:
            if charged > 0.0:
                price[L + s] *= net[s]
            trace[t, L + s] = price[L + s]


@kernel
def plain_vintages(net, weight, cash_growth, month, price, held, terms, year, in_usd, turnover, retired, year_end,
                   units, sums, shape):
    """Strike every vintage, deal with its people; returns the month's opening net assets, redemptions, trustee fees,
    all in usd, and the number of vintages with holders."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    first = HEAD + S_SUMS * S + L_SUMS * len(shape.slow)
    family = 0.0
    asked = 0.0
    trustee = 0.0
    alive = 0.0
    for v in range(V):
        fee = terms[year, at.terms_v(shape) + at.T_VFEE * V + v]
        units_held = held[v]
        p = price[S + v]
        family += units_held * p
        if units_held > 0.0:
            grown = -fee
            for s in range(weight.shape[0]):
                grown += weight[s, v] * net[s]
            trustee += units_held * p * fee
            p *= grown
            price[S + v] = p
            x = grown - cash_growth
            sums[first + v] += 1.0
            sums[first + V + v] += x
            sums[first + 2 * V + v] += x * x
        inverse = 1.0 / p
        leaving = turnover[year, v]
        paid_in = turnover[year, v] * units_held * p
        if retired[year, v] > 0.0:
            leaving = min(1.0, leaving + retired[year, v] / (12.0 - retired[year, v] * month))
        if not year_end or month == 11:
            paid_in += in_usd[year, v]
            units[v, year] += inverse
        out = min(units_held, leaving * units_held)
        asked += out * p
        held[v] = units_held + paid_in * inverse - out
        if held[v] > 0.0:
            alive += 1.0
    return family, asked, trustee, alive


@kernel
def plain_path(path, tape, months, price0, held0, terms, liquid, in_usd, turnover, retired, year_end, units, value,
               sums, bins, trace, shape):
    """Run path ``path`` of one plain family; arguments as in ``simulate.paths.one_path``, family by family.

    price0 (S + V,), held0 (V,), terms (years, n_terms), liquid (S,); units, value (V, years), sums (n_sums,) and bins
    (BINS,) are added to; trace (months, S + 2 V) if it has rows.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    n_fast = S - len(shape.slow)
    price = price0.copy()
    held = held0.copy()
    drawn = np.empty((12, tape.log_mean.shape[0]))
    scratch = np.empty(scratch_size(tape))
    memory = np.zeros(MEMORY, dtype=np.int64)
    net = np.empty(n_fast)
    weight = np.zeros((n_fast, V))
    word = path_word(tape.seed, path)
    family = 0.0
    asked = 0.0
    trustee = 0.0
    vintage_months = 0.0
    run_months = 0.0
    traded_weights(weight, terms, 0, shape)
    for t in range(months):
        year = t // 12
        month = t - 12 * year
        if month == 0:
            tape_year(drawn, scratch, memory, word, path, year, tape)
        if month == 1:  # a year's targets are traded to at its first dealing
            traded_weights(weight, terms, year, shape)
        plain_sleeves(net, weight, drawn, month, liquid, price, held, terms, year, sums, trace, t, shape)
        usd, out, fee, alive = plain_vintages(net, weight, drawn[month, tape.cash], month, price, held, terms, year,
                                              in_usd, turnover, retired, year_end, units, sums, shape)
        family += usd
        asked += out
        trustee += fee
        vintage_months += alive
        if alive > 0.0:
            run_months += 1.0
        if month == 11:
            for v in range(V):
                value[v, year] = price[S + v]
        if trace.shape[0] > 0:
            for v in range(V):
                trace[t, S + v] = price[S + v]
                trace[t, S + V + v] = price[S + v]
    sums[NET] += family
    sums[ASKED] += asked
    sums[VFEE] += trustee
    sums[MONTHS] += vintage_months
    sums[REGIME] += vintage_months
    bins[0] += run_months


@njit(cache=True)
def plain_block(lo, hi, tape, months, price0, held0, terms, liquid, in_usd, turnover, retired, year_end, units, value,
                sums, bins, trace, vintages, sleeves, slow, slots):
    """Run paths ``lo`` to ``hi`` of one plain family."""
    shape = Shape(vintages, sleeves, slow, slots)
    for p in range(lo, hi):
        plain_path(p, tape, months, price0, held0, terms, liquid, in_usd, turnover, retired, year_end, units[p],
                   value[p], sums[p], bins, trace, shape)


@njit(cache=True, parallel=True)
def run_plain(starts, tape, months, price0, held0, terms, liquid, in_usd, turnover, retired, year_end, units, value,
              sums, bins, trace, vintages, sleeves, slow, slots):
    """Run blocks of paths in parallel; bins (blocks, BINS)."""
    for k in prange(starts.shape[0] - 1):
        plain_block(starts[k], starts[k + 1], tape, months, price0, held0, terms, liquid, in_usd, turnover, retired,
                    year_end, units, value, sums, bins[k], trace, vintages, sleeves, slow, slots)
