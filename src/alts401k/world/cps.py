"""The shipped savers: wages of the Current Population Survey joined to published balances and deferrals."""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

_TABLES = Path(__file__).parent / "tables"
_NORMAL = NormalDist()
_GRID = 2000


class WageTable(NamedTuple):
    """Wages by age of US workers, rows by age (m,): workers counted, mean and percentiles in 2025 dollars."""

    age: np.ndarray
    workers: np.ndarray
    mean: np.ndarray
    percentiles: np.ndarray


@lru_cache(maxsize=1)
def recipe() -> dict:
    """The shipped recipe with its sources, as read from `tables/people.toml`."""
    return tomllib.loads((_TABLES / "people.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def wage_table() -> WageTable:
    """The shipped wages by age, 18 to 80 (source and licence in `tables/people.toml`)."""
    text = (_TABLES / recipe()["wages"]["file"]).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    table = np.array([[float(cell) for cell in line.split(",")] for line in lines[1:]])
    hundred = 100.0
    return WageTable(table[:, 0].astype(np.int64), table[:, 1], table[:, 2] * hundred, table[:, 3:] * hundred)


def savers() -> dict[str, np.ndarray]:
    """The 5,000 savers: `age`, `pay`, `balance` and `deferral`, (people,) each.

    The recipe is `tables/people.toml`. Deterministic: ranks and keyed noise, no generator state, no clock.
    """
    population, bands = recipe()["population"], recipe()["bands"]
    ages = np.arange(population["first_age"], population["last_age"] + 1)
    wages = [_participants(int(age)) for age in ages]
    counts = _counts(ages, np.array([mass for mass, _ in wages]), population["people"])
    age = np.repeat(ages, counts)
    pay = np.concatenate([_quantiles(by_rank, n) for (_, by_rank), n in zip(wages, counts, strict=True)])
    band = np.searchsorted(np.array(bands["first_age"]), age, side="right") - 1
    person = np.arange(len(age), dtype=np.uint64)
    thrift, noise = (_normals(population["seed"], channel, person) for channel in (1, 2))
    score = _standardised(np.log(pay), band)
    coupling = recipe()["coupling"]
    deferral = np.array(bands["deferral_mean"])[band] * np.exp(
        coupling["deferral_on_pay"] * score
        + coupling["deferral_on_thrift"] * thrift
        # Half the variance of the thrift term, so that the mean of a band is the published one.
        - coupling["deferral_on_thrift"] ** 2 / 2.0
    )
    rank = (
        coupling["balance_on_pay"] * score
        + coupling["balance_on_thrift"] * thrift
        + coupling["balance_on_noise"] * noise
    )
    return {
        "age": age,
        "pay": pay,
        "balance": _balances(rank, band),
        "deferral": np.clip(np.rint(deferral * 100.0), 1.0, 50.0) / 100.0,
    }


def _participants(age: int) -> tuple[float, np.ndarray]:
    """How many workers of an age save in a plan, and their pay (grid,) by rank: CPS wages x participation."""
    table = wage_table()
    row = int(np.flatnonzero(table.age == age)[0])
    wage = _wage_by_rank(table.mean[row], table.percentiles[row])
    rule = recipe()["participation"]
    odds_at_40000 = math.log(rule["at_40000_usd"] / (1.0 - rule["at_40000_usd"]))
    logit = odds_at_40000 + rule["slope"] * np.log(wage * recipe()["wages"]["deflator_to_2023"] / 40_000.0)
    saves = np.where(wage >= recipe()["wages"]["floor_usd"], 1.0 / (1.0 + np.exp(-logit)), 0.0)
    share = np.cumsum(saves)
    midpoints = (np.arange(_GRID) + 0.5) / _GRID
    by_rank = np.interp(midpoints, (share - saves / 2.0) / share[-1], wage)
    return float(table.workers[row] * saves.mean()), by_rank


def _wage_by_rank(mean: float, percentiles: np.ndarray) -> np.ndarray:
    """Wages (grid,) at equally spaced ranks: log wage linear in the normal score, a Pareto tail above P90.

    The tail's index is the one that reproduces the mean.
    """
    ranks = np.array([0.10, 0.25, 0.50, 0.75, 0.90])
    scores = np.array([_NORMAL.inv_cdf(float(rank)) for rank in ranks])
    logs = np.log(percentiles)
    grid = (np.arange(_GRID) + 0.5) / _GRID
    z = np.array([_NORMAL.inv_cdf(float(rank)) for rank in grid])
    slope = (logs[1] - logs[0]) / (scores[1] - scores[0])
    body = np.where(z < scores[0], logs[0] + slope * (z - scores[0]), np.interp(z, scores, logs))
    wage = np.exp(body)
    above = grid > ranks[-1]
    top_share = above.mean()
    over = (mean - wage[~above].sum() / _GRID) / (top_share * percentiles[-1])
    index = over / (over - 1.0)
    wage[above] = percentiles[-1] * (top_share / (1.0 - grid[above])) ** (1.0 / index)
    return wage


def _counts(ages: np.ndarray, mass: np.ndarray, people: int) -> np.ndarray:
    """How many people of each age: participants tilted towards the published balances, largest remainder."""
    rule = recipe()["ages"]
    decade = (ages - rule["tilt_from_age"]) / 10.0
    tilted = mass * np.exp(rule["tilt"] * decade + rule["tilt_squared"] * decade**2)
    exact = tilted / tilted.sum() * people
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: people - counts.sum()]] += 1
    return counts


def _quantiles(by_rank: np.ndarray, n: int) -> np.ndarray:
    """Pay (n,) at n equally spaced ranks of a distribution given by rank (grid,), in whole dollars."""
    at = (np.arange(n) + 0.5) / n * len(by_rank) - 0.5
    return np.rint(np.interp(at, np.arange(len(by_rank)), by_rank))


def _standardised(values: np.ndarray, band: np.ndarray) -> np.ndarray:
    out = np.empty_like(values)
    for b in np.unique(band):
        here = band == b
        out[here] = (values[here] - values[here].mean()) / values[here].std()
    return out


def _balances(rank: np.ndarray, band: np.ndarray) -> np.ndarray:
    """Balances (n,) by rank within the age band: slices of a lognormal with the published mean and median.

    Each person stands for one slice and holds its mean, so the band's mean is the published one.
    """
    bands = recipe()["bands"]
    out = np.empty(len(rank))
    targets = zip(bands["balance_mean_usd"], bands["balance_median_usd"], strict=True)
    for b, (mean, median) in enumerate(targets):
        here = np.flatnonzero(band == b)
        n = len(here)
        sigma = math.sqrt(2.0 * math.log(mean / median))
        # Share of the total held below each boundary between slices: Phi(z - sigma).
        below = [0.0] + [_NORMAL.cdf(_NORMAL.inv_cdf(i / n) - sigma) for i in range(1, n)] + [1.0]
        slices = np.diff(np.array(below)) * mean * n
        order = np.argsort(rank[here], kind="stable")
        out[here[order]] = np.rint(slices)
    return out


def _normals(seed: int, channel: int, person: np.ndarray) -> np.ndarray:
    """Standard normals (n,), each a pure function of (seed, channel, person): splitmix64, inverse normal."""
    with np.errstate(over="ignore"):
        x = person + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(channel << 32)
        for _ in range(2):
            x = x + np.uint64(0x9E3779B97F4A7C15)
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            x = x ^ (x >> np.uint64(31))
    uniform = ((x >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return np.array([_NORMAL.inv_cdf(float(u)) for u in uniform])
