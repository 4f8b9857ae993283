"""Fat tails and states of markets: what the months of a tape are scaled and shifted by."""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from alts401k.world.market import Market

_FILE = Path(__file__).parent / "tables" / "regimes.toml"
TAIL_ROWS = 4096


class States(NamedTuple):
    """States of markets: chain and start probabilities, and what they do to the drivers' shocks and to all others.

    shift (states, drivers) and root (states, drivers, drivers) give a driver's shock shift + root z, which has mean 0
    and covariance 1 over all states; others (states,) scales every other shock and has mean square 1.
    """

    names: tuple[str, ...]
    chain: np.ndarray
    start: np.ndarray
    drivers: tuple[str, ...]
    shift: np.ndarray
    root: np.ndarray
    others: np.ndarray
    source: str
    opposite: str


@lru_cache(maxsize=1)
def states() -> States:
    """The shipped states, their rounded measurements brought to mean 0 and covariance 1 exactly."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    head, rows = data["regimes"], data["state"]
    chain = np.array([row["to"] for row in rows], dtype=float)
    chain /= chain.sum(axis=1, keepdims=True)
    start = stationary(chain)
    shift = np.array([row["shift"] for row in rows])
    shift = shift - start @ shift
    inside = np.array([_symmetric(row["covariance"]) for row in rows])
    whole = np.einsum("r,rij->ij", start, inside + shift[:, :, None] * shift[:, None, :])
    white = np.linalg.inv(np.linalg.cholesky(whole))
    squares = np.array([row["others"] for row in rows])
    return States(
        names=tuple(row["name"] for row in rows),
        chain=chain,
        start=start,
        drivers=tuple(head["drivers"]),
        shift=shift @ white.T,
        root=np.array([white @ np.linalg.cholesky(one) for one in inside]),
        others=np.sqrt(squares / (start @ squares)),
        source=head["source"],
        opposite=head["opposite"],
    )


def stationary(chain: np.ndarray) -> np.ndarray:
    """The probabilities that one step of a Markov chain (states, states) leaves as they are."""
    n = len(chain)
    equations = np.vstack([chain.T - np.eye(n), np.ones(n)])
    found = np.linalg.lstsq(equations, np.append(np.zeros(n), 1.0), rcond=None)[0]
    return found / found.sum()


def _symmetric(lower: list[list[float]]) -> np.ndarray:
    n = len(lower)
    return np.array([[lower[max(i, j)][min(i, j)] for j in range(n)] for i in range(n)])


def factors(market: Market, one: States) -> tuple[np.ndarray, np.ndarray]:
    """Factors (states, n, n) and shifts (states, n) of the universe's log returns in units of each asset's sd.

    Stocks, bonds and cash stand first in the order of the draws, so their shocks move all that is correlated with
    them. Sums run one by one: an asset's row may not depend, in its last bit, on how many others there are.
    """
    at = [market.names.index(name) for name in one.drivers]
    n = len(market.names)
    factor = np.zeros((len(one.names), n, n))
    shift = np.zeros((len(one.names), n))
    for r in range(len(one.names)):
        factor[r] = market.factor * one.others[r]
        for j, column in enumerate(at):
            factor[r][:, column] = 0.0
            for i in range(j, len(at)):
                factor[r][:, column] += market.factor[:, at[i]] * one.root[r, i, j]
            shift[r] += market.factor[:, column] * one.shift[r, j]
    return factor, shift


@lru_cache(maxsize=16)
def tail(df: float) -> np.ndarray:
    """Equally likely scales (TAIL_ROWS,) that turn normals into Student's t with ``df`` > 2 and variance one.

    Each is the root mean square of (df - 2) / chi-square over one of equally likely intervals of chi-square, so the
    mean square is 1; and the largest is finite, or the mean of a compounded return would not be.
    """
    edges = _chi_square_points(df, np.arange(1, TAIL_ROWS) / TAIL_ROWS)
    # E[1/X; X in an interval] of chi-square with df is the probability of the interval with df - 2, over df - 2.
    below = np.concatenate([[0.0], _chi_square(edges, df - 2.0), [1.0]])
    return np.sqrt(TAIL_ROWS * np.diff(below))


def _chi_square_points(df: float, probability: np.ndarray) -> np.ndarray:
    """Points (n,) below which chi-square with ``df`` lies with these probabilities, by bisection of its logarithm."""
    low = np.full(len(probability), -60.0)
    high = np.full(len(probability), math.log(df + 40.0 * math.sqrt(2.0 * df) + 40.0))
    for _ in range(70):
        middle = 0.5 * (low + high)
        below = _chi_square(np.exp(middle), df) < probability
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.exp(0.5 * (low + high))


def _chi_square(x: np.ndarray, df: float) -> np.ndarray:
    """Distribution function of chi-square with ``df`` > 0 at x (n,): the power series of the incomplete gamma."""
    a, y = 0.5 * df, 0.5 * x
    term = np.ones_like(y)
    total = np.ones_like(y)
    k = 0
    while (term > 1e-17 * total).any():
        k += 1
        term = term * y / (a + k)
        total = total + term
    return np.minimum(1.0, total * np.exp(a * np.log(y) - y - math.lgamma(a + 1.0)))
