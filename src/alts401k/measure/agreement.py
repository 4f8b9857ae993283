"""Whether two independent samples of one quantity agree: differences of mean and percentiles in standard errors."""
from typing import NamedTuple

import numpy as np

LEVELS = (5, 50, 95)
MOST = 3.0


class Gap(NamedTuple):
    """One statistic of two samples, and their difference (first less second) in standard errors of the difference."""

    statistic: str
    first: float
    second: float
    standard_errors: float


def mean_of(sample: np.ndarray) -> tuple[float, float]:
    """Mean of a sample (n,) and its standard error; n at least 2."""
    return float(sample.mean()), float(sample.std(ddof=1) / np.sqrt(len(sample)))


def percentile_of(sample: np.ndarray, level: float) -> tuple[float, float]:
    """Percentile ``level`` of a sample (n,) and its standard error: a quarter of the distance between the order
    statistics two standard deviations of the binomial count to either side, its 95% interval (Woodruff 1952)."""
    ordered = np.sort(sample)
    n, q = len(ordered), level / 100.0
    reach = 2.0 * np.sqrt(n * q * (1.0 - q))
    at = np.clip(np.round([q * n - reach, q * n + reach]).astype(int), 0, n - 1)
    return float(np.percentile(ordered, level)), float(0.25 * (ordered[at[1]] - ordered[at[0]]))


def gaps(first: np.ndarray, second: np.ndarray) -> list[Gap]:
    """Differences of mean and of the 5th, 50th and 95th percentile of two independent samples (n,), (m,)."""
    pairs = [("mean", mean_of(first), mean_of(second))]
    pairs += [(f"p{level}", percentile_of(first, level), percentile_of(second, level)) for level in LEVELS]
    found = []
    for name, (a, a_error), (b, b_error) in pairs:
        error = float(np.hypot(a_error, b_error))
        apart = 0.0 if a == b else float("inf") if error == 0.0 else (a - b) / error
        found.append(Gap(name, a, b, float(apart)))
    return found


def agree(found: list[Gap]) -> bool:
    """True when no statistic differs by more than three standard errors."""
    return all(abs(gap.standard_errors) <= MOST for gap in found)
