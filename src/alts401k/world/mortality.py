"""Lifetime income: survival by the Social Security cohort tables, and the price of a level real annuity."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

_FILE = Path(__file__).parent / "tables" / "mortality.csv"
_BASE_YEAR, _LAST_YEAR = 2025, 2095


class MortalityTable(NamedTuple):
    """Chance of death within a year in 2025 and its yearly log fall, (2, ages) each: male, female."""

    age: np.ndarray
    q_2025: np.ndarray
    fall_yearly: np.ndarray


@lru_cache(maxsize=1)
def table() -> MortalityTable:
    """The shipped table, ages 18 to 119 (source and measured error in `tables/mortality.toml`)."""
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = np.array([[int(cell) for cell in line.split(",")] for line in lines[1:]])
    return MortalityTable(rows[:, 0], rows[:, [1, 3]].T / 1e6, rows[:, [2, 4]].T / 1e5)


def survival(birth_year: np.ndarray | int, age: int = 67) -> np.ndarray:
    """Chance of men and women born in a year, alive at `age`, to reach each age from `age` to 119.

    Shape (2, births, 120 - age), first column 1. Cohort: the chance of death at age x is that of the year
    birth_year + x; it falls at a steady rate per age and sex until 2095.
    """
    born = np.atleast_1d(np.asarray(birth_year, dtype=np.int64))
    t = table()
    if not t.age[0] <= age <= t.age[-1]:
        raise ValueError(f"age {age} is outside the table, {t.age[0]} to {t.age[-1]}")
    first = age - int(t.age[0])
    year = np.minimum(born[:, None] + t.age[first:], _LAST_YEAR)
    fall = np.exp(-t.fall_yearly[:, None, first:] * (year - _BASE_YEAR))
    lives = 1.0 - np.minimum(t.q_2025[:, None, first:] * fall, 1.0)
    reached = np.cumprod(lives, axis=2)
    return np.concatenate((np.ones((2, len(born), 1)), reached[:, :, :-1]), axis=2)


def annuity_factor(birth_year: np.ndarray | int, real_rate: float, age: int = 67) -> np.ndarray | float:
    """Price at `age` of 1 real dollar a year for life, first paid at once; same shape as `birth_year`.

    Unisex: half the lives at `age` are men. `real_rate` is a yearly fraction above -1. No load, no profit.
    """
    if not real_rate > -1.0:
        raise ValueError(f"real_rate {real_rate} is not a yearly fraction above -1")
    alive = survival(birth_year, age).mean(axis=0)
    price = alive @ (1.0 + real_rate) ** -np.arange(alive.shape[1], dtype=np.float64)
    return float(price[0]) if np.ndim(birth_year) == 0 else price
