"""How far the paired headlines of one case lie from another's, with the standard error of that distance."""
from typing import NamedTuple

import numpy as np

from alts401k.measure.pooled import share_error

REACH = 0.4  # share of q (1 - q) over which the density at the quantile q is taken: 10% about the median


class Wealths(NamedTuple):
    """Real wealth at 67, usd, under the proposed fund and today's (people, paths), and each person's weight (n,)."""

    proposed: np.ndarray
    baseline: np.ndarray
    weight: np.ndarray


def influences(of: Wealths) -> dict[str, np.ndarray]:
    """What each path (paths,) adds to each paired headline, up to a constant: its value varies as the mean of these.

    For a quantile this is minus the weight below it over the density there (the linearised quantile), for the ratio
    of two quantiles the difference of the two relative to their values (delta method).
    """
    ratio = of.proposed / of.baseline
    share = of.weight / of.weight.sum()
    worse, ruin = _quantile(of.proposed, share, 0.05), _quantile(of.baseline, share, 0.05)
    return {
        "median_wealth_change": _quantile(ratio, share, 0.5)[1],
        "p5_wealth_change": _quantile(ratio, share, 0.05)[1],
        "wealth_p5_change": worse[0] / ruin[0] * (worse[1] / worse[0] - ruin[1] / ruin[0]),
        "chance_better_off": share @ (ratio > 1.0 + 1e-12),
    }


def difference_errors(first: Wealths, second: Wealths, n_paths: int) -> dict[str, float]:
    """Standard errors of second less first, headline by headline, for a run of ``n_paths`` common paths, from some of
    them: path p of both is the same market, so what both have in common cancels."""
    a, b = influences(first), influences(second)
    scale = np.sqrt(len(a["chance_better_off"]) / n_paths)
    return {name: float(share_error(b[name] - a[name]) * scale) for name in a}


def independent_error(first: float, second: float) -> float:
    """Standard error of a difference of two numbers that share no draws; with common draws it is an upper bound as
    long as both move the same way."""
    return float(np.hypot(first, second))


def _quantile(x: np.ndarray, share: np.ndarray, q: float) -> tuple[float, np.ndarray]:
    """A pooled weighted quantile of x (people, paths), and its influence by path (paths,); zero where x does not vary.

    The density is that of the weight ``REACH q (1 - q)`` to either side of the quantile.
    """
    order = np.argsort(x, axis=None, kind="stable")
    weight = np.cumsum(np.broadcast_to(share[:, None] / x.shape[1], x.shape).ravel()[order])
    reach = REACH * q * (1.0 - q)
    places = np.minimum(np.searchsorted(weight, [q - reach, q, q + reach]), x.size - 1)
    low, at, high = (float(one) for one in x.ravel()[order[places]])
    below = share @ (x < at)
    return at, -below * (high - low) / (2.0 * reach)
