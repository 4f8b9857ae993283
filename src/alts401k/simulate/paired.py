"""The lean participant pass: wealth of every person against one comparator, kept whole for a few thousand paths.

Used where many variants of a fund are held against the same comparator (assumption sets, break-even, decomposition,
inputs, groups): the comparator's wealth is worked out once. Memory: 16 bytes a person and path.
"""
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from alts401k.chart import kernel
from alts401k.measure.pooled import Estimate, density, exact_in_bin, quantile, quantile_error, share_error
from alts401k.simulate.people import (
    CHUNKS,
    FINE,
    RATIO_OCTAVES,
    Group,
    Savers,
    bin_edges,
    bin_of,
    one_blas_thread,
    wealth,
)


class Yardstick(NamedTuple):
    """A comparator's wealth: one array (people of the group, paths) in usd a group of savers."""

    savers: Savers
    groups: list[Group]
    wealth: list[np.ndarray]


class Change(NamedTuple):
    """Median, 5th percentile and chance better off of the change of wealth, each with its standard error over paths."""

    median: Estimate
    p5: Estimate
    better: Estimate


@one_blas_thread
def yardstick(savers: Savers, groups: list[Group], units: np.ndarray, value: np.ndarray) -> Yardstick:
    """The wealth of every saver in the comparator's vintage, from units and value (paths, V, years)."""
    return Yardstick(savers, groups, [wealth(savers, g, g.vintage_baseline, units, value) for g in groups])


@one_blas_thread
def ratios(against: Yardstick, units: np.ndarray, value: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Wealth in the fund over wealth in the comparator (people, paths), person by person and path by path."""
    n_paths = value.shape[0]
    found = np.empty((len(against.savers.weight), n_paths)) if out is None else out
    for group, other in zip(against.groups, against.wealth, strict=True):
        mine = wealth(against.savers, group, group.vintage_proposed, units, value)
        np.divide(mine, other, out=mine)
        found[group.people] = mine
    return found


@kernel
def bin_chunk(lo, hi, ratio, weight, hist, span):
    """Add the weights of ratio[:, lo:hi] to a histogram (bins,), and follow least and greatest, span (2,)."""
    for i in range(ratio.shape[0]):
        w = weight[i]
        for p in range(lo, hi):
            r = ratio[i, p]
            hist[bin_of(r, RATIO_OCTAVES, FINE)] += w
            span[0] = min(span[0], r)
            span[1] = max(span[1], r)


@njit(cache=True)
def _bin_one(lo, hi, ratio, weight, hist, span):
    bin_chunk(lo, hi, ratio, weight, hist, span)


@njit(cache=True, parallel=True)
def bin_all(edges, ratio, weight, hist, span):
    """Histogram (CHUNKS, bins) and span (CHUNKS, 2) of ratio (people, paths) by chunk of paths."""
    for c in prange(edges.shape[0] - 1):
        _bin_one(edges[c], edges[c + 1], ratio, weight, hist[c], span[c])


@njit(cache=True)
def _below_one(lo, hi, ratio, weight, at, share):
    for i in range(ratio.shape[0]):
        w = weight[i]
        for p in range(lo, hi):
            r = ratio[i, p]
            if r < at[0]:
                share[0, p] += w
            if r < at[1]:
                share[1, p] += w
            if r > 1.0 + 1e-12:
                share[2, p] += w


@njit(cache=True, parallel=True)
def below_all(edges, ratio, weight, at, share):
    """Weights below at[0], below at[1] and above one by path, share (3, paths), in parallel by chunk."""
    for c in prange(edges.shape[0] - 1):
        _below_one(edges[c], edges[c + 1], ratio, weight, at, share)


_EDGES = bin_edges(RATIO_OCTAVES, FINE)


def _histogram(ratio: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, tuple[float, float], np.ndarray]:
    edges = np.linspace(0, ratio.shape[1], CHUNKS + 1).astype(np.int64)
    hist = np.zeros((CHUNKS, RATIO_OCTAVES << FINE))
    span = np.tile([np.inf, -np.inf], (CHUNKS, 1))
    bin_all(edges, ratio, weight, hist, span)
    return hist, (float(span[:, 0].min()), float(span[:, 1].max())), edges


def _at(hist: np.ndarray, span: tuple[float, float], q: float) -> float:
    return exact_in_bin(quantile(hist, _EDGES, q)[0], *span)


def change(ratio: np.ndarray, weight: np.ndarray) -> Change:
    """The change of wealth over people and paths, from ratios (people, paths) and people's weights."""
    hist, span, edges = _histogram(ratio, weight)
    total = hist.sum(axis=0)
    at = np.array([_at(total, span, 0.5), _at(total, span, 0.05)])
    share = np.zeros((3, ratio.shape[1]))
    below_all(edges, ratio, weight, at, share)
    share /= weight.sum()
    errors = [quantile_error(share[k], density(total, _EDGES, quantile(total, _EDGES, q)[1], 0.005))
              for k, q in enumerate((0.5, 0.05))]
    return Change(Estimate(at[0] - 1.0, errors[0]), Estimate(at[1] - 1.0, errors[1]),
                  Estimate(float(share[2].mean()), share_error(share[2])))


def median_change(ratio: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    """Median change of wealth, and the same by chunk of paths (CHUNKS,), from which an error can be had."""
    hist, span, _ = _histogram(ratio, weight)
    by_chunk = [_at(row, span, 0.5) - 1.0 if row.any() else np.nan for row in hist]
    return _at(hist.sum(axis=0), span, 0.5) - 1.0, np.array(by_chunk)
