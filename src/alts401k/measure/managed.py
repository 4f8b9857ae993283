"""What a managed account does to people: how many it moves from the vintage of their age, and how many opt in."""
from typing import NamedTuple

import numpy as np


class Moves(NamedTuple):
    """Shares of people by weight: in an earlier (older) or later vintage than their age's, in the same one, and with
    private sleeves in their portfolio."""

    earlier: float
    later: float
    same: float
    opted_in: float


def moves(weight: np.ndarray, portfolio: np.ndarray, by_age: np.ndarray, n_vintages: int) -> Moves:
    """Count people (n,) of these weights by portfolio against the vintage of their age; portfolio v is vintage
    v % n_vintages, and from n_vintages on one without private sleeves."""
    vintage = portfolio % n_vintages

    def part(which: np.ndarray) -> float:
        return float(np.average(which, weights=weight))

    return Moves(part(vintage < by_age), part(vintage > by_age), part(vintage == by_age), part(portfolio < n_vintages))
