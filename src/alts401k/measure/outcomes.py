"""What a run says of people: paired wealth change, income replacement, wealth, by age; with standard errors."""
from typing import NamedTuple

import numpy as np

from alts401k.measure.pooled import (
    Estimate,
    density,
    exact_in_bin,
    quantile,
    quantile_error,
    ratio_of_quantiles_error,
    share_error,
)


class Threshold(NamedTuple):
    """A pooled quantile: its estimate from a histogram, the edges of the bin it fell in, and the density there."""

    value: float
    edges: tuple[float, float]
    density: float


def thresholds(ratio: np.ndarray, ratio_edges: np.ndarray, money: np.ndarray,
               money_edges: np.ndarray) -> list[Threshold]:
    """The four quantiles of the paired headlines: ratio median and 5%, proposed and baseline real wealth 5%."""
    rows = ((ratio, ratio_edges, 0.5, 0.005), (ratio, ratio_edges, 0.05, 0.005),
            (money[0], money_edges, 0.05, 0.02), (money[1], money_edges, 0.05, 0.02))
    found = []
    for weights, edges, q, reach in rows:
        value, k = quantile(weights, edges, q)
        # the outer bins also hold everything beyond them
        low = -np.inf if k == 0 else float(edges[k])
        high = np.inf if k == len(weights) - 1 else float(edges[k + 1])
        found.append(Threshold(value, (low, high), density(weights, edges, k, reach)))
    return found


def paired(at: list[Threshold], low: np.ndarray, high: np.ndarray, share: np.ndarray, better: np.ndarray,
           weight: float) -> dict[str, Estimate]:
    """The four paired headlines, changes as fractions: proposed / baseline - 1 per person and path at 67.

    low, high (4,): range of the values in the thresholds' bins; share (4, paths) weight below each threshold;
    better (paths,) weight better off; ``weight`` the people's total.
    """
    below = share / weight
    value = [exact_in_bin(x.value, a, b) for x, a, b in zip(at, low, high, strict=True)]
    return {
        "median_wealth_change": Estimate(value[0] - 1.0, quantile_error(below[0], at[0].density)),
        "p5_wealth_change": Estimate(value[1] - 1.0, quantile_error(below[1], at[1].density)),
        "wealth_p5_change": Estimate(value[2] / value[3] - 1.0, ratio_of_quantiles_error(
            value[2], below[2], at[2].density, value[3], below[3], at[3].density)),
        "chance_better_off": Estimate(float(np.mean(better)) / weight, share_error(better / weight)),
    }


def quantile_errors(weights: np.ndarray, edges: np.ndarray, levels: tuple[int, ...],
                    share_below: np.ndarray) -> dict[str, float]:
    """Standard errors of the percentiles of a histogram by name, from each path's weight below them (n, paths)."""
    total = weights.sum()
    if total <= 0.0:
        return {f"p{q}": 0.0 for q in levels}
    people = total / share_below.shape[1]
    return {f"p{q}": quantile_error(row / people, density(weights, edges, quantile(weights, edges, q / 100.0)[1]))
            for q, row in zip(levels, share_below, strict=True)}


def quantiles(weights: np.ndarray, edges: np.ndarray, levels: tuple[int, ...]) -> dict[str, float]:
    """Percentiles of a histogram by name: {"p5": ..}; zeros where nothing was measured."""
    if weights.sum() <= 0.0:
        return {f"p{q}": 0.0 for q in levels}
    return {f"p{q}": quantile(weights, edges, q / 100.0)[0] for q in levels}


def by_age(bands: list[tuple[int, int]], people: np.ndarray, ratio: np.ndarray, span: np.ndarray,
           edges: np.ndarray, better: np.ndarray) -> list[dict]:
    """The paired change by age band at the opening: ratio (bands, bins) and its range span (bands, 2), better
    (bands, paths), people (bands,)."""
    rows = []
    for k, (lo, hi) in enumerate(bands):
        if people[k] <= 0.0:
            continue
        rows.append({"age_from": lo, "age_to": hi, "people": int(round(people[k])),
                     "median_wealth_change": exact_in_bin(quantile(ratio[k], edges, 0.5)[0], *span[k]) - 1.0,
                     "p5_wealth_change": exact_in_bin(quantile(ratio[k], edges, 0.05)[0], *span[k]) - 1.0,
                     "chance_better_off": float(np.mean(better[k]) / people[k])})
    return rows


def fan(value: np.ndarray, opening: float, inflation_yearly: float) -> dict[str, list[float]]:
    """Real value of one dollar: 5th, 50th and 95th percentile over paths by year, from unit values (paths, years)."""
    real = value / opening / (1.0 + inflation_yearly) ** np.arange(1, value.shape[1] + 1)
    rows = np.percentile(real, [5.0, 50.0, 95.0], axis=0)
    return {name: [1.0] + [float(x) for x in row] for name, row in zip(("p5", "p50", "p95"), rows, strict=True)}


def middle_person(birth_year: np.ndarray, weight: np.ndarray) -> int:
    """Index of the person of median age by weight; birth_year, weight (n,)."""
    order = np.argsort(birth_year, kind="stable")
    return int(order[np.searchsorted(np.cumsum(weight[order]), 0.5 * weight.sum())])


def income_per_usd(annuity_price: np.ndarray, mean_pay: np.ndarray) -> np.ndarray:
    """Income replacement that a real dollar at 67 buys (n,): 1 / (price of 1 a year x mean real pay); 0 without pay."""
    return np.divide(1.0, annuity_price * mean_pay, out=np.zeros(len(mean_pay)), where=mean_pay > 0.0)
