"""Groups of a plan's people: thirds by a figure, and how long half of them stay."""
import math

import numpy as np


def thirds(figure: np.ndarray, weight: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Three groups of about equal weight by ``figure`` (n,) in usd: a label and who is in it, bool (n,); equal figures
    stay together, so a group may be empty."""
    order = np.argsort(figure, kind="stable")
    mass = np.cumsum(weight[order])
    edges = [float(figure[order[min(len(order) - 1, int(np.searchsorted(mass, mass[-1] * k / 3.0)))]]) for k in (1, 2)]
    low, high = figure <= edges[0], figure > edges[1]
    return [(f"to ${edges[0]:,.0f}", low), (f"${edges[0]:,.0f} to ${edges[1]:,.0f}", ~low & ~high),
            (f"above ${edges[1]:,.0f}", high)]


def median_stay(turnover_yearly: float, most_years: int) -> int:
    """Whole years until half of those here today have left, at least 1 and at most ``most_years``."""
    if turnover_yearly <= 0.0:
        return most_years
    if turnover_yearly >= 1.0:
        return 1
    return max(1, min(most_years, math.ceil(math.log(0.5) / math.log1p(-turnover_yearly))))
