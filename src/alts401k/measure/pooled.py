"""Quantiles of pooled, weighted outcomes from histograms, and their standard errors with the path as the unit."""
from typing import NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A number and its Monte Carlo standard error, same unit."""

    value: float
    standard_error: float


def quantile(weights: np.ndarray, edges: np.ndarray, q: float) -> tuple[float, int]:
    """The ``q`` quantile of a histogram (bins,) with edges (bins + 1,), linear inside its bin, and the bin."""
    total = np.cumsum(weights)
    if total[-1] <= 0.0:
        raise ValueError("no weight in the histogram")
    k = int(np.searchsorted(total, q * total[-1]))
    inside = (q * total[-1] - (total[k] - weights[k])) / weights[k]
    return float(edges[k] + inside * (edges[k + 1] - edges[k])), k


def density(weights: np.ndarray, edges: np.ndarray, k: int, reach: float = 0.02) -> float:
    """Probability density near bin ``k``: the weight within a relative ``reach`` of it over the width."""
    middle = 0.5 * (edges[k] + edges[k + 1])
    lo, hi = np.searchsorted(edges, [middle * (1.0 - reach), middle * (1.0 + reach)])
    lo, hi = max(0, int(lo) - 1), min(len(weights), int(hi))
    return float(weights[lo:hi].sum() / weights.sum() / (edges[hi] - edges[lo]))


def share_error(share: np.ndarray) -> float:
    """Standard error of a mean over paths, from each path's share (paths,)."""
    return float(np.std(share, ddof=1) / np.sqrt(len(share)))


def quantile_error(share_below: np.ndarray, density_at: float) -> float:
    """Standard error of a pooled quantile: that of the paths' shares below it over the density there.

    The clustered form of the usual quantile error: people on one path share its fate (Francisco and Fuller 1991).
    """
    return share_error(share_below) / density_at


def ratio_of_quantiles_error(first: float, below_first: np.ndarray, density_first: float, second: float,
                             below_second: np.ndarray, density_second: float) -> float:
    """Standard error of first / second, two quantiles of the same paths, by linearisation (delta method)."""
    influence = below_second / (density_second * second) - below_first / (density_first * first)
    return abs(first / second) * share_error(influence)


def exact_in_bin(estimate: float, low: float, high: float) -> float:
    """The estimate, held to the range of the values in its bin: a bin of one value gives that value."""
    return float(min(max(estimate, low), high))


def certainty_equivalent(growth: np.ndarray, weight: np.ndarray, aversion: int) -> float:
    """The sure yearly growth - 1 worth as much as yearly growth factors (paths, n) weighted by weight (n,).

    mean(x^(1 - a))^(1 / (1 - a)) - 1 for constant relative risk aversion a; the geometric mean for a = 1.
    """
    share = weight / weight.sum()
    if aversion == 1:
        return float(np.exp(np.mean(np.log(growth) @ share)) - 1.0)
    return float(np.mean(growth ** (1 - aversion) @ share) ** (1.0 / (1.0 - aversion)) - 1.0)


def equivalent_of_paths(value: np.ndarray, opening: float, inflation_yearly: float, weight: np.ndarray,
                        aversion: int) -> float:
    """Certainty equivalent a year of true real growth of unit values (paths, V, years), vintage-years weighted by (V,
    years); where no weight is positive all vintage-years count alike."""
    before = np.concatenate([np.full((*value.shape[:2], 1), opening), value[:, :, :-1]], axis=2)
    used = weight > 0.0
    if not used.any():
        weight = np.ones_like(weight)
        used = weight > 0.0
    growth = (value[:, used] / before[:, used]) / (1.0 + inflation_yearly)
    return certainty_equivalent(growth, weight[used], aversion)


def yearly_sharpe(months: np.ndarray, total: np.ndarray, squares: np.ndarray, weight: np.ndarray) -> float | None:
    """Sharpe ratio a year of true monthly returns above cash, vintages (V,) weighted; None where nothing varies.

    months, total, squares (V,): number, sum and sum of squares of the returns, pooled over paths.
    """
    used = (months > 1) & (weight > 0.0)
    n = months[used]
    mean = total[used] / n
    variance = np.maximum(0.0, squares[used] / n - mean * mean)
    # a month's rounding is about 1e-16: what varies less than this does not vary
    varies = variance > 1e-24
    if not varies.any():
        return None
    ratio = np.sqrt(12.0) * mean[varies] / np.sqrt(variance[varies])
    return float(np.average(ratio, weights=weight[used][varies]))


def quantile_of_paths(value: np.ndarray, q: float) -> tuple[float, float]:
    """The ``q`` quantile of one number a path (paths,), and its standard error from the ranks around it.

    The error is half the distance between the values one binomial standard deviation of ranks below and above.
    """
    ordered = np.sort(value)
    n = len(ordered)
    reach = np.sqrt(n * q * (1.0 - q))
    low, high = (int(np.clip(round(n * q + x), 0, n - 1)) for x in (-reach, reach))
    return float(np.quantile(ordered, q)), float(0.5 * (ordered[high] - ordered[low]))
