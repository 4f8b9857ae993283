"""Blocks of paths on threads, for loops that release the interpreter: compiled once, not again for a parallel loop."""
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

PATHS_PER_BLOCK = 50


def by_blocks(n_paths: int, block: Callable[[int, int], int | None]) -> list:
    """Call ``block(lo, hi)`` for every block of paths, on as many threads as numba uses; the results in order."""
    edges = np.append(np.arange(0, n_paths, PATHS_PER_BLOCK), n_paths).tolist()
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        return list(pool.map(block, edges[:-1], edges[1:]))
