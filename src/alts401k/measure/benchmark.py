"""A fund beside its benchmark: weights, the four similarity questions, excess return, public market equivalent.

Weights are (V, years, n) by vintage, year and asset, each row adding up to 1; ``saving`` (V, years) says by what
dollars vintage-years count (all alike where none is positive). The thresholds are this project's: the proposed 29 CFR
2550.404a-6(k) asks for similar mandates, strategies, objectives and risks and names no number.
"""
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from alts401k.measure.pooled import Estimate, share_error

LEAST_COVERED = 0.95  # mandate: weight in classes that the benchmark covers itself or by a named public index
LEAST_OVERLAP = 0.75  # strategy: weight in the same assets
MOST_DISTANCE = 0.05  # objective: largest yearly distance of the glide paths
LEAST_CORRELATION = 0.90  # risk, with the ratio of volatilities below
MOST_RATIO = 1.25
# a year's rounding is about 1e-16: a variance below its square is none
_NOTHING = 1e-24


class Risk(NamedTuple):
    """Yearly log growth of fund and benchmark: standard deviations, that of their difference, correlation (None where
    one of them does not vary)."""

    fund: float
    benchmark: float
    tracking_error: float
    correlation: float | None

    @property
    def similar(self) -> bool:
        """Correlation of at least ``LEAST_CORRELATION`` and volatilities within a factor of ``MOST_RATIO``; two that
        do not vary are alike."""
        if self.correlation is None:
            return self.fund == self.benchmark == 0.0
        close = max(self.fund, self.benchmark) <= MOST_RATIO * min(self.fund, self.benchmark)
        return close and self.correlation >= LEAST_CORRELATION


def asset_weights(targets: Sequence[Sequence[Mapping[str, float]]], shares: Mapping[str, Mapping[str, float]],
                  assets: tuple[str, ...]) -> np.ndarray:
    """Weights of assets (V, years, n) from each vintage-year's weights of sleeves and what a dollar of a sleeve holds.

    An asset that ``assets`` does not name is left out, so that a row may add up to less than 1.
    """
    place = {name: i for i, name in enumerate(assets)}
    out = np.zeros((len(targets), len(targets[0]), len(assets)))
    for v, years in enumerate(targets):
        for y, row in enumerate(years):
            for sleeve, weight in row.items():
                for asset, share in shares[sleeve].items():
                    if asset in place:
                        out[v, y, place[asset]] += weight * share
    return out


def overlap(first: np.ndarray, second: np.ndarray, saving: np.ndarray) -> float:
    """Share of the dollars that two sets of weights hold in the same assets: the sum of the smaller weights."""
    return float(np.sum(_share(saving) * np.minimum(first, second).sum(axis=2)))


def distance_by_year(first: np.ndarray, second: np.ndarray, saving: np.ndarray) -> np.ndarray:
    """Share of the dollars to be traded to turn one year's weights into the other's (years,), 0 where nobody saves.

    Half the sum of differences for rows that add up to 1; what a row lacks counts as apart.
    """
    apart = np.maximum(np.maximum(first - second, 0.0).sum(axis=2), np.maximum(second - first, 0.0).sum(axis=2))
    weight = _share(saving)
    total = weight.sum(axis=0)
    return np.divide((weight * apart).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0.0)


def excess_return(value: np.ndarray, benchmark: np.ndarray, opening: float, saving: np.ndarray) -> Estimate:
    """Geometric growth a year of the fund over its benchmark's, less 1, and its standard error over paths.

    value, benchmark (paths, V, years): unit values at year end, both ``opening`` at the start.
    """
    ours, theirs, share = _growth(value, benchmark, opening, saving)
    path = (ours - theirs) @ share
    ratio = float(np.exp(np.mean(path)))
    return Estimate(ratio - 1.0, ratio * share_error(path))


def risk(value: np.ndarray, benchmark: np.ndarray, opening: float, saving: np.ndarray) -> Risk:
    """How fund and benchmark vary over paths, the variances of vintage-years averaged; arguments as
    ``excess_return``."""
    ours, theirs, share = _growth(value, benchmark, opening, saving)
    a, b = ours - ours.mean(axis=0), theirs - theirs.mean(axis=0)
    free = len(ours) - 1
    one, other, both, apart = (float(np.sum(x, axis=0) @ share) / free for x in (a * a, b * b, a * b, (a - b) ** 2))
    one, other, apart = (0.0 if x < _NOTHING else x for x in (one, other, apart))
    together = both / float(np.sqrt(one * other)) if one > 0.0 and other > 0.0 else None
    return Risk(float(np.sqrt(one)), float(np.sqrt(other)), float(np.sqrt(apart)), together)


def pme(money_in: np.ndarray, money_out: np.ndarray) -> dict[str, float] | None:
    """Kaplan-Schoar public market equivalent over paths: percentiles of money out over money in, each divided by the
    public index at its date, closing value as money out; (paths,) each. None if no path put money in.

    Above 1: savers were better off than in the index (Kaplan and Schoar, Journal of Finance 2005).
    """
    used = money_in > 0.0
    if not used.any():
        return None
    at = np.percentile(money_out[used] / money_in[used], [5.0, 50.0, 95.0])
    return dict(zip(("p5", "p50", "p95"), (float(x) for x in at), strict=True))


def mix(weights: np.ndarray, dollars: np.ndarray, assets: tuple[str, ...]) -> dict[str, float]:
    """First year's weights (V, years, n) by asset over the vintages, by dollars (V,), or alike without dollars."""
    share = _share(dollars)
    return {name: float(share @ weights[:, 0, i]) for i, name in enumerate(assets)}


def closest(own: Mapping[str, float], others: Sequence[Mapping[str, float]]) -> tuple[int, float]:
    """Index of the weights by asset nearest to ``own``, and the share held in the same assets; the first on a tie.

    Raises ValueError if there is nothing to choose from.
    """
    if not others:
        raise ValueError("there is no other investment to choose from")
    shares = [sum(min(w, other.get(asset, 0.0)) for asset, w in own.items()) for other in others]
    best = max(shares)
    # shares that differ by rounding alone are a tie
    k = next(i for i, x in enumerate(shares) if x >= best - 1e-12)
    return k, shares[k]


def _share(saving: np.ndarray) -> np.ndarray:
    """Weights of vintage-years (V, years) or vintages (V,) made to add up to 1; all alike where none is positive."""
    weight = np.where(saving > 0.0, saving, 0.0)
    if not weight.any():
        weight = np.ones_like(weight)
    return weight / weight.sum()


def _growth(value: np.ndarray, benchmark: np.ndarray, opening: float,
            saving: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Yearly log growth (paths, cells) of both in the vintage-years that count, and their weights (cells,)."""
    share = _share(saving)
    used = share > 0.0
    logs = []
    for x in (value, benchmark):
        before = np.concatenate([np.full((*x.shape[:2], 1), opening), x[:, :, :-1]], axis=2)
        logs.append(np.log(x[:, used] / before[:, used]))
    return logs[0], logs[1], share[used]
