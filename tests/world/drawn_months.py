"""Months drawn by every generator, compiled once and sampled once for the tests of this folder."""

import math
from functools import lru_cache

import numpy as np
from numba import njit

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.generator import Generator
from alts401k.world import draws, generators
from alts401k.world.history import history
from alts401k.world.market import build

ASSETS = ("cash", "gold", "intl_developed", "private_debt", "private_equity", "us_core_bonds", "us_large_cap")
PATHS, YEARS = 3000, 20
DRAWN = ("lognormal", "fat-tails", "regimes", "bootstrap")
MONTHS, TABLE = history()


@njit
def compiled_paths(growth, some):
    """Gross returns (paths, 12 x years, assets)."""
    scratch = np.empty(draws.scratch_size(some))
    for path in range(growth.shape[0]):
        memory = np.zeros(draws.MEMORY, dtype=np.int64)
        word = draws.path_word(some.seed, path)
        for year in range(growth.shape[1] // 12):
            draws.tape_year(growth[path, 12 * year:12 * year + 12], scratch, memory, word, path, year, some)


def market(kind="lognormal", held=None, assets=None, **settings):
    """The shipped survey with a generator."""
    own = {name: {"expected_return": rate, "sd": sd, "basis": "gross", "source": "this test"}
           for name, (rate, sd) in (assets or {}).items()}
    some = build(Assumptions(set="survey", family_assets_usd=1e9, limits_growth=0.02, annuity_real_rate=0.02,
                             assets=own))
    return some._replace(generator=Generator(kind=kind, **settings), scenarios=held)


@lru_cache(maxsize=8)
def sample(kind):
    """Log returns (paths, months, assets) of one generator."""
    growth = np.empty((PATHS, 12 * YEARS, len(ASSETS)))
    compiled_paths(growth, generators.tape(market(kind), ASSETS, 20_260_101))
    return np.log(growth)


def standard_error(values):
    """Of a mean over independent paths (paths, ...)."""
    return values.std(axis=0) / math.sqrt(len(values))
