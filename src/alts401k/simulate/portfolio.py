"""The portfolio pass: unit values of vintages that hold listed assets at stated weights, back at them every month.

For comparators that no document describes: the matched fund and the composite benchmark. Weights may be below zero
(money borrowed at that asset's return); nothing is gated, nothing is smoothed.
"""
from typing import NamedTuple

import numpy as np
from numba import njit

from alts401k.chart import kernel
from alts401k.simulate.threads import by_blocks
from alts401k.terms.resolve import OPENING_PRICE
from alts401k.world.draws import MEMORY, path_word, scratch_size, tape_year
from alts401k.world.generators import tape
from alts401k.world.market import Market


class Values(NamedTuple):
    """units, value (paths, V, years): yearly sums of 1 / unit value at the dates of contributions, unit value at year
    end in usd."""

    units: np.ndarray
    value: np.ndarray


@kernel
def portfolio_path(path, tape, weights, fee, year_end, units, value):
    """Run path ``path``: weights (V, years, n) on the tape's assets, fee (V, years) a month; writes units, value
    (V, years). A year's weights are traded to at its first dealing, so they, and their fees, work from its second
    month."""
    V, years, n = weights.shape
    drawn = np.empty((12, n))
    scratch = np.empty(scratch_size(tape))
    memory = np.zeros(MEMORY, dtype=np.int64)
    price = np.full(V, OPENING_PRICE)
    word = path_word(tape.seed, path)
    for year in range(years):
        tape_year(drawn, scratch, memory, word, path, year, tape)
        for m in range(12):
            w = year if m > 0 or year == 0 else year - 1
            for v in range(V):
                grown = -fee[v, w]
                for a in range(n):
                    grown += weights[v, w, a] * drawn[m, a]
                price[v] *= grown
                if m == 11 or not year_end:
                    units[v, year] += 1.0 / price[v]
        for v in range(V):
            value[v, year] = price[v]


@njit(cache=True, nogil=True)
def portfolio_block(lo, hi, tape, weights, fee, year_end, units, value):
    """Run paths ``lo`` to ``hi``."""
    for p in range(lo, hi):
        portfolio_path(p, tape, weights, fee, year_end, units[p], value[p])


def hold(market: Market, assets: tuple[str, ...], weights: np.ndarray, fee_monthly: np.ndarray, year_end: bool,
         n_paths: int, seed: int) -> Values:
    """Unit values of ``weights`` (V, years, n), which add up to 1, on ``assets`` (with "cash") less ``fee_monthly``
    (V, years), on the same draws as every other run of ``seed``; raises FloatingPointError if one is not above zero."""
    V, years, _ = weights.shape
    units, value = np.zeros((n_paths, V, years)), np.zeros((n_paths, V, years))
    held = tape(market, assets, seed), np.ascontiguousarray(weights), np.ascontiguousarray(fee_monthly), year_end
    by_blocks(n_paths, lambda lo, hi: portfolio_block(lo, hi, *held, units, value))
    if not (np.isfinite(value).all() and (value > 0.0).all()):
        raise FloatingPointError("a comparator lost all its value")
    return Values(units, value)
