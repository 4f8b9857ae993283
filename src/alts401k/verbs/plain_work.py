"""The plain work that every life-cycle program can be asked for, and how this package does it.

One saver opens with 10,000 dollars, pays in 1,000 at each month end for 40 years, and holds two correlated assets
along a straight glide path, rebalanced monthly, without fees. The answer is wealth at the end, nominal, a path.
"""

from datetime import date
from typing import NamedTuple

import numpy as np

from alts401k.simulate.paths import Members
from alts401k.simulate.run import run
from alts401k.terms.assumptions import Assumptions
from alts401k.terms.fund import Fund
from alts401k.terms.periods import targets
from alts401k.terms.resolve import OPENING_PRICE, common_slots, resolve, union
from alts401k.world.market import Market, build

YEARS, MONTHS, MONTHLY_USD, OPENING_USD = 40, 480, 1_000.0, 10_000.0
OPENING = date(2025, 12, 31)
ASSETS = ("us_core_bonds", "us_large_cap")
TITLE = "one saver, two correlated assets, glide path from 90% to 40% stocks, 1,000 dollars a month"
FUND = {
    "name": "Plain", "vehicle_type": "CIT", "vintages": [2065],
    "glide_path": {"years_to_target": [40.0, 0.0], "weights": {"stocks": [0.9, 0.4], "bonds": [0.1, 0.6]}},
    "sleeves": {"stocks": {"asset": ASSETS[1], "dealing": "daily"}, "bonds": {"asset": ASSETS[0], "dealing": "daily"}},
}
WORLD = {"set": "horizon-2026", "family_assets_usd": 1e9, "limits_growth": 0.02, "annuity_real_rate": 0.02}


class Plain(NamedTuple):
    """The work in bare numbers: log mean and log sd a month of bonds and stocks (2,), their correlation, and the
    weights in force in each month (480, 2)."""

    fund: Fund
    market: Market
    log_mean: np.ndarray
    log_sd: np.ndarray
    correlation: float
    weights: np.ndarray


class Wealth(NamedTuple):
    """Wealth at the end by path, usd: with the monthly contributions, and of the opening dollars alone (a lump sum)."""

    saved: np.ndarray
    lump_sum: np.ndarray


def plain() -> Plain:
    """The work, with the survey's figures for US bonds and large US stocks."""
    fund, market = Fund.model_validate(FUND), build(Assumptions.model_validate(WORLD))
    rows = [market.names.index(name) for name in ASSETS]
    by_year = [targets(fund, YEARS - year) for year in range(YEARS)]
    # A year's targets are in force from its first dealing, which is at the end of its first month.
    in_force = [by_year[max(0, month - 1) // 12] for month in range(MONTHS)]
    return Plain(fund, market, market.log_mean_monthly[rows], market.log_sd_monthly[rows],
                 float(market.correlation[rows[0], rows[1]]), np.array([[w["bonds"], w["stocks"]] for w in in_force]))


def ours(work: Plain, n_paths: int, seed: int) -> Wealth:
    """The work by this package's step, as `evaluate` runs it."""
    slots = union((work.fund,))
    family = resolve(work.fund, slots, common_slots((work.fund,)), OPENING, YEARS, np.array([OPENING_USD]),
                     np.full((YEARS, 1), OPENING_USD))
    members = Members(np.full((YEARS, 1), MONTHLY_USD), np.zeros((YEARS, 1)), np.zeros((YEARS, 1)), False)
    paths = run((family,), (members,), work.market, n_paths, seed)[0]
    end = paths.value[:, 0, -1]
    return Wealth((OPENING_USD / OPENING_PRICE + MONTHLY_USD * paths.units[:, 0].sum(axis=1)) * end,
                  OPENING_USD / OPENING_PRICE * end)
