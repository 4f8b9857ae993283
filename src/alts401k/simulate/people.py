"""The participant pass: every person's wealth at 67 on every path, as a matrix product, reduced as it is made.

wealth = (balance / opening price + contributions @ yearly sums of 1 / price) x true unit value at the horizon.
People are taken in groups that share vintages and horizon; nothing larger than one group by one batch of paths
is kept, so memory does not grow with people or paths. Two passes: histograms, then the paths' shares below the
quantiles, from which standard errors follow with the path as the unit.
"""
from typing import NamedTuple

import numpy as np
from numba import njit, prange
from threadpoolctl import threadpool_limits

from alts401k.chart import kernel
from alts401k.terms.resolve import OPENING_PRICE

FINE, COARSE = 13, 10  # bins an octave: 2^13 for ratios (0.01% wide), 2^10 for money
RATIO_OCTAVES, MONEY_OCTAVES = 16, 64  # histograms span 2^-8 to 2^8 and 2^-32 to 2^32
CHUNKS = 8  # fixed, so that results do not depend on the number of threads
BATCH = 2000  # paths a batch


class Group(NamedTuple):
    """People who share both vintages and the horizon; indices into the run's people."""

    vintage_proposed: int
    vintage_baseline: int
    horizon_years: int
    people: np.ndarray


class Savers(NamedTuple):
    """The people of a run, arrays (n,) unless said: balance usd, deposits (n, years) usd a date, weight,
    deflator at the horizon, income_per_usd (income replacement a real dollar buys; 0 = not measured)."""

    horizon_years: np.ndarray
    balance: np.ndarray
    deposits: np.ndarray
    weight: np.ndarray
    deflator: np.ndarray
    income_per_usd: np.ndarray


def savers_of(career, balance: np.ndarray, weight: np.ndarray, inflation_yearly: float, income_per_usd: np.ndarray,
              year_end: bool) -> Savers:
    """A run's people from their careers (``world.people.Career``): a year's contributions in one or twelve deposits."""
    return Savers(career.horizon_years, balance, career.contributions_usd / (1.0 if year_end else 12.0), weight,
                  (1.0 + inflation_yearly) ** career.horizon_years, income_per_usd)


class Tally(NamedTuple):
    """What the pass leaves: histograms by statistic, and the weight better off by path.

    ratio (bands, bins), money (4, bins) weights by bin: proposed / baseline wealth by age band, and its range, span
    (bands, 2); real wealth proposed and baseline, income replacement proposed and baseline; better (bands, paths)
    weight better off.
    """

    ratio: np.ndarray
    span: np.ndarray
    money: np.ndarray
    better: np.ndarray


class Below(NamedTuple):
    """Shares by path below given values, and the range of the values in each paired value's own bin.

    share (4 + 2 n, paths): ratio median, ratio 5%, proposed and baseline real wealth 5%, then n levels of income
    replacement, proposed and baseline; low, high (4,).
    """

    share: np.ndarray
    low: np.ndarray
    high: np.ndarray


@kernel
def bin_of(x, octaves, fineness):
    """Histogram bin of a positive number: its float's leading bits, ``2**fineness`` bins an octave, clipped."""
    k = (np.float64(x).view(np.int64) >> (52 - fineness)) - ((1023 - octaves // 2) << fineness)
    return min((octaves << fineness) - 1, max(0, k))


def bin_edges(octaves: int, fineness: int) -> np.ndarray:
    """Edges (bins + 1,) of a histogram with ``2**fineness`` bins an octave around 1."""
    k = np.arange((octaves << fineness) + 1, dtype=np.int64) + ((1023 - octaves // 2) << fineness)
    return (k << (52 - fineness)).view(np.float64)


@kernel
def reduce_chunk(lo, hi, proposed, value_p, baseline, value_b, weight, deflator, income, ratio, span, money, better):
    """Add one chunk of paths ``lo`` to ``hi`` of a group's wealth, units owned (people, paths) x value (paths,), to its
    own histograms."""
    for i in range(proposed.shape[0]):
        w = weight[i]
        d = 1.0 / deflator[i]
        k = income[i]
        for p in range(lo, hi):
            x = proposed[i, p] * value_p[p]
            y = baseline[i, p] * value_b[p]
            r = x / y
            ratio[bin_of(r, RATIO_OCTAVES, FINE)] += w
            span[0] = min(span[0], r)
            span[1] = max(span[1], r)
            if r > 1.0 + 1e-12:
                better[p] += w
            x = x * d
            y = y * d
            money[0, bin_of(x, MONEY_OCTAVES, COARSE)] += w
            money[1, bin_of(y, MONEY_OCTAVES, COARSE)] += w
            if k > 0.0:
                money[2, bin_of(x * k, MONEY_OCTAVES, COARSE)] += w
                money[3, bin_of(y * k, MONEY_OCTAVES, COARSE)] += w


@njit(cache=True)
def _reduce_one(lo, hi, proposed, value_p, baseline, value_b, weight, deflator, income, ratio, span, money, better):
    reduce_chunk(lo, hi, proposed, value_p, baseline, value_b, weight, deflator, income, ratio, span, money, better)


@njit(cache=True, parallel=True)
def reduce_group(edges, proposed, value_p, baseline, value_b, weight, deflator, income, ratio, span, money, better):
    """Reduce one batch of a group in parallel over fixed chunks of paths; ratio (CHUNKS, bins), span (CHUNKS, 2), money
    (CHUNKS, 4, bins); better (paths,)."""
    for c in prange(edges.shape[0] - 1):
        _reduce_one(edges[c], edges[c + 1], proposed, value_p, baseline, value_b, weight, deflator, income, ratio[c],
                    span[c], money[c], better)


@njit(cache=True, parallel=True)
def below_group(edges, proposed, value_p, baseline, value_b, weight, deflator, income, at, bins, levels, share, low,
                high):
    """Second pass over one batch: add weights below each value to share (4 + 2 n, paths), and follow the least and
    greatest value in each of the four paired values' bins; low, high (CHUNKS, 4).

    at (4,) are the paired values, bins (4, 2) the edges of their bins; levels (2, n) income replacement, proposed
    and baseline.
    """
    for c in prange(edges.shape[0] - 1):
        _below_one(edges[c], edges[c + 1], proposed, value_p, baseline, value_b, weight, deflator, income, at, bins,
                   levels, share, low[c], high[c])


@njit(cache=True)
def _below_one(lo, hi, proposed, value_p, baseline, value_b, weight, deflator, income, at, bins, levels, share, low,
               high):
    n = levels.shape[1]
    for i in range(proposed.shape[0]):
        w = weight[i]
        d = 1.0 / deflator[i]
        k = income[i]
        for p in range(lo, hi):
            x = proposed[i, p] * value_p[p]
            y = baseline[i, p] * value_b[p]
            r = x / y
            x = x * d
            y = y * d
            for q in range(4):
                z = r if q < 2 else (x if q == 2 else y)
                if z < at[q]:
                    share[q, p] += w
                if bins[q, 0] <= z < bins[q, 1]:
                    low[q] = min(low[q], z)
                    high[q] = max(high[q], z)
            if k > 0.0:
                for q in range(n):
                    share[4 + q, p] += w * (x * k < levels[0, q])
                    share[4 + n + q, p] += w * (y * k < levels[1, q])


def groups(vintage_proposed: np.ndarray, vintage_baseline: np.ndarray, horizon_years: np.ndarray) -> list[Group]:
    """People by shared vintages and horizon, in order of these three."""
    key = np.stack([vintage_proposed, vintage_baseline, horizon_years], axis=1)
    rows, which = np.unique(key, axis=0, return_inverse=True)
    which = which.ravel()
    return [Group(int(a), int(b), int(h), np.flatnonzero(which == k)) for k, (a, b, h) in enumerate(rows)]


def wealth(savers: Savers, group: Group, vintage: int, units: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Nominal wealth at the horizon in usd (people of the group, paths) from units, value (paths, V, years)."""
    return units_owned(savers, group, vintage, units) * value[:, vintage, group.horizon_years - 1][None, :]


def units_owned(savers: Savers, group: Group, vintage: int, units: np.ndarray) -> np.ndarray:
    """Units of ``vintage`` that the group's people own at the horizon (people, paths): one matrix product.

    The opening balance is a column of its own, bought at the opening price. The units are copied first: the product of
    a strided view does not reach the BLAS library and takes fifty times as long.
    """
    h = group.horizon_years
    money = np.concatenate([savers.deposits[group.people, :h], savers.balance[group.people, None]], axis=1)
    bought = np.empty((h + 1, units.shape[0]))
    bought[:h] = units[:, vintage, :h].T
    bought[h] = 1.0 / OPENING_PRICE
    return money @ bought


def _batches(savers: Savers, members: list[Group], proposed, baseline):
    n_paths = proposed.value.shape[0]
    for g, group in enumerate(members):
        for lo in range(0, n_paths, BATCH):
            hi = min(n_paths, lo + BATCH)
            pair = []
            for v, run in ((group.vintage_proposed, proposed), (group.vintage_baseline, baseline)):
                pair.append(units_owned(savers, group, v, run.units[lo:hi]))
                pair.append(np.ascontiguousarray(run.value[lo:hi, v, group.horizon_years - 1]))
            edges = np.linspace(0, hi - lo, CHUNKS + 1).astype(np.int64)
            yield g, lo, hi, edges, *pair


# Threads of the BLAS library that wait for work take the cores from the compiled loops beside them: with one thread
# the two passes take a fifth of the time.
one_blas_thread = threadpool_limits.wrap(limits=1, user_api="blas")


@one_blas_thread
def tally(savers: Savers, members: list[Group], bands: list[int], proposed, baseline, progress=None) -> Tally:
    """First pass: histograms, and weights better off by path.

    ``bands`` gives the age band of each group; ``proposed`` and ``baseline`` are ``simulate.run.FundPaths`` over
    the same draws.
    """
    n_paths = proposed.value.shape[0]
    ratio = np.zeros((max(bands) + 1, CHUNKS, RATIO_OCTAVES << FINE))
    span = np.tile([np.inf, -np.inf], (max(bands) + 1, CHUNKS, 1))
    money = np.zeros((CHUNKS, 4, MONEY_OCTAVES << COARSE))
    better = np.zeros((max(bands) + 1, n_paths))
    for g, lo, hi, edges, *owned in _batches(savers, members, proposed, baseline):
        people = members[g].people
        reduce_group(edges, *owned, savers.weight[people], savers.deflator[people], savers.income_per_usd[people],
                     ratio[bands[g]], span[bands[g]], money, better[bands[g], lo:hi])
        if progress is not None and hi == n_paths:
            progress("people", g + 1, len(members))
    span = np.stack([span[:, :, 0].min(axis=1), span[:, :, 1].max(axis=1)], axis=1)
    return Tally(ratio.sum(axis=1), span, money.sum(axis=0), better)


@one_blas_thread
def below(savers: Savers, members: list[Group], proposed, baseline, at: np.ndarray, bins: np.ndarray,
          levels: np.ndarray) -> Below:
    """Second pass: by path, the weight below the four values ``at``, which fell in bins with edges ``bins`` (4, 2), and
    below each of ``levels`` (2, n) of income replacement (see ``Below``)."""
    n_paths = proposed.value.shape[0]
    rows = 4 + levels.size
    share = np.zeros((rows, n_paths))
    low = np.full((CHUNKS, 4), np.inf)
    high = np.full((CHUNKS, 4), -np.inf)
    for g, lo, hi, edges, *owned in _batches(savers, members, proposed, baseline):
        people = members[g].people
        part = np.zeros((rows, hi - lo))
        below_group(edges, *owned, savers.weight[people], savers.deflator[people], savers.income_per_usd[people], at,
                    bins, levels, part, low, high)
        share[:, lo:hi] += part
    return Below(share, low.min(axis=0), high.max(axis=0))
