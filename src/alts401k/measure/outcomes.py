"""What a run says of people: paired wealth change, income replacement, wealth, by age; with standard errors."""
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


def thresholds(ratio: np.ndarray, ratio_edges: np.ndarray, money: np.ndarray, money_edges: np.ndarray) -> np.ndarray:
    """The four values whose shares below are needed: ratio median and 5%, proposed and baseline wealth 5% (4,)."""
    return np.array([quantile(ratio, ratio_edges, 0.5)[0], quantile(ratio, ratio_edges, 0.05)[0],
                     quantile(money[0], money_edges, 0.05)[0], quantile(money[1], money_edges, 0.05)[0]])


def paired(at: np.ndarray, low: np.ndarray, high: np.ndarray, share: np.ndarray, better: np.ndarray,
           weight: float, ratio: np.ndarray, ratio_edges: np.ndarray, money: np.ndarray,
           money_edges: np.ndarray) -> dict[str, Estimate]:
    """The four paired headlines, changes as fractions: proposed / baseline - 1 per person and path at 67.

    at, low, high (4,): threshold values and the range of values in their bins; share (4, paths) weight below;
    better (paths,) weight better off; ``weight`` the people's total.
    """
    below = share / weight
    value = [exact_in_bin(*x) for x in zip(at, low, high, strict=True)]
    places = [quantile(ratio, ratio_edges, 0.5)[1], quantile(ratio, ratio_edges, 0.05)[1],
              quantile(money[0], money_edges, 0.05)[1], quantile(money[1], money_edges, 0.05)[1]]
    dense = [density(ratio, ratio_edges, k, 0.005) for k in places[:2]]
    dense += [density(row, money_edges, k) for row, k in zip(money[:2], places[2:], strict=True)]
    return {
        "median_wealth_change": Estimate(value[0] - 1.0, quantile_error(below[0], dense[0])),
        "p5_wealth_change": Estimate(value[1] - 1.0, quantile_error(below[1], dense[1])),
        "wealth_p5_change": Estimate(value[2] / value[3] - 1.0, ratio_of_quantiles_error(
            value[2], below[2], dense[2], value[3], below[3], dense[3])),
        "chance_better_off": Estimate(float(np.mean(better)) / weight, share_error(better / weight)),
    }


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
