"""The Shapley average of a game of few players, and the standard errors that go with it."""
from itertools import combinations
from math import factorial

import numpy as np


def shapley(value: np.ndarray) -> np.ndarray:
    """Each player's average contribution over all orders of switching on (players, ...).

    value (2**players, ...): worth of each coalition, player k on where bit k of the index is set. The parts add up to
    value[all] - value[none] exactly (Shapley 1953).
    """
    n = int(value.shape[0]).bit_length() - 1
    if value.shape[0] != 1 << n:
        raise ValueError("a game of n players has 2**n coalitions")
    parts = np.zeros((n, *value.shape[1:]))
    for k in range(n):
        others = [j for j in range(n) if j != k]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                index = sum(1 << j for j in chosen)
                parts[k] += weight * (value[index | 1 << k] - value[index])
    return parts


def batch_errors(parts: np.ndarray) -> np.ndarray:
    """Standard errors (players,) of parts worked out batch by batch of paths (players, batches)."""
    return np.std(parts, axis=1, ddof=1) / np.sqrt(parts.shape[1])
