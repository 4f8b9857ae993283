"""Small funds as documents, resolved on one market, and their fund pass compiled and interpreted.

Only two sizes are compiled in these tests: a private, two daily sleeves and two vintages; and one of each more.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
from numba import njit

from alts401k.simulate import paths as loop
from alts401k.simulate import plain, tally
from alts401k.simulate import run as driver
from alts401k.simulate.paths import Members
from alts401k.terms.assumptions import Assumptions
from alts401k.terms.fund import Fund
from alts401k.terms.resolve import Family, common_slots, resolve, union
from alts401k.world import draws
from alts401k.world.generators import tape
from alts401k.world.market import Market, build

AS_OF = date(2025, 12, 31)
YEARS = 4
OPENING = np.array([4e8, 6e8])
MARK = {"smoothing": 0.4, "lag_months": 2, "report_months": 3}
FEE = {"share": 0.125, "hurdle_yearly": 0.05, "catch_up": 1.0, "crystallise": "quarterly"}
BLOCK = {"vehicle_type": "NT_BDC", "redemption_freq": "Q", "gate_pct_period": 0.05, "unfilled": "LAPSE",
         "mgmt_fee": 0.01, "incentive_fee": FEE}
PRIVATE = {"asset": "private_debt", "dealing": "monthly", "block": "lender", "cash_target": 0.01,
           "fees": {"administrator": 0.001}, "line": {"cap": 0.05, "spread_yearly": 0.02}, "mark": MARK,
           "liquidity": {"asset": "cash", "target": 0.15, "minimum": 0.12, "maximum": 0.2},
           "gates": [{"window_months": 1, "pct": 0.02}, {"window_months": 3, "pct": 0.05}]}
PARTNERSHIPS = {"vehicle_type": "LP_CLOSED", "mgmt_fee": 0.015,
                "pace": {"call_rates": [0.25, 1 / 3, 0.5], "life_years": 12, "bow": 2.5, "growth_yearly": 0.13,
                         "commitment_growth_yearly": 0.03}}
WEIGHTS = {"private": (0.2, 0.1), "stocks": (0.6, 0.3), "zbonds": (0.2, 0.6)}


def daily(asset: str, fee: float = 0.0003, **keys) -> dict:
    """A fast sleeve."""
    return {"asset": asset, "dealing": "daily", "fees": {"manager": fee}, **keys}


def fund(weights: dict[str, tuple[float, float]] | None = None, sleeves: dict | None = None,
         blocks: dict | None = None, **keys) -> Fund:
    """A family of two vintages over a private, a stock and a bond sleeve, and what else is given; None removes one."""
    rows = {**WEIGHTS, **(weights or {})}
    held = {"private": PRIVATE, "stocks": daily("us_large_cap"), "zbonds": daily("us_core_bonds", 0.0002),
            **(sleeves or {})}
    held = {name: sleeve for name, sleeve in held.items() if rows[name] is not None}
    needed = {sleeve["block"] for sleeve in held.values() if "block" in sleeve}
    found = {"lender": BLOCK, **(blocks or {})}
    terms = {"name": "A small family", "vehicle_type": "CIT", "vintages": (2030, 2055),
             "trustee_fees": {"trustee": 0.001}, "line": {"cap": 0.02, "spread_yearly": 0.02},
             "rebalance": {"slow_band": 0.01, "max_change": 0.02},
             "regime": {"amber_over_target": 0.01, "hard_cap_over_target": 0.02}, **keys}
    return Fund(**terms, sleeves=held, blocks={name: found[name] for name in sorted(needed)},
                glide_path={"years_to_target": (25, 0),
                            "weights": {name: row for name, row in rows.items() if row is not None}})


def market(**assets) -> Market:
    """The shipped world, with these assets replaced or added: (expected return, yearly log sd)."""
    own = {name: {"expected_return": rate, "sd": sd, "basis": "gross", "source": "this test"}
           for name, (rate, sd) in assets.items()}
    return build(Assumptions(set="horizon-2026", family_assets_usd=1e9, limits_growth=0.02,
                             annuity_real_rate=0.02, assets=own))


def members(years: int = YEARS, in_usd: float = 2e6, turnover: float = 0.01, retired: float = 0.05,
            year_end: bool = False) -> Members:
    """The same flows in every year; the older vintage's people retire."""
    out = np.zeros((years, 2))
    out[:, 0] = retired
    return Members(np.full((years, 2), in_usd), np.full((years, 2), turnover), out, year_end)


def families(*funds: Fund, years: int = YEARS, beside: tuple[Fund, ...] = ()) -> tuple[Family, ...]:
    """The funds resolved on the union of their sleeves, and of those ``beside``."""
    everyone = (*funds, *beside)
    return tuple(resolve(one, union(everyone), common_slots(everyone), AS_OF, years, OPENING,
                         np.tile(OPENING, (years, 1))) for one in funds)


class Path(NamedTuple):
    """What one path of one family leaves: as in ``simulate.run.FundPaths``, and the monthly trace."""

    units: np.ndarray
    value: np.ndarray
    struck: np.ndarray
    sums: np.ndarray
    bins: np.ndarray
    gated: np.ndarray
    trace: np.ndarray


@njit
def compiled_word(seed, path):
    return draws.path_word(seed, path)


def path_word(seed: int, path: int) -> np.uint64:
    """The word of a path: 64-bit arithmetic wraps only when compiled, and leaves as a plain integer."""
    return np.uint64(compiled_word(seed, path))


@njit
def compiled_year(growth, scratch, memory, word, path, year, tape):
    """A year's draws, compiled for the same reason."""
    draws.tape_year(growth, scratch, memory, word, path, year, tape)


def interpreted(monkeypatch, some: tuple[Family, ...], flows: tuple[Members, ...], world: Market, path: int, seed: int,
                **replaced) -> tuple[Path, ...]:
    """One path in plain Python, only the draws compiled; names of ``simulate.paths`` may be replaced."""
    for name, kernel in {"path_word": path_word, "tape_year": compiled_year, **replaced}.items():
        monkeypatch.setattr(loop, name, kernel)
    shape = some[0].shape
    F, V, S, years = len(some), len(shape.vintages), len(shape.sleeves), some[0].terms.shape[0]
    left = Path(*(np.zeros((F, V, years)) for _ in range(3)), np.zeros((F, tally.n_sums(shape))),
                np.zeros((F, tally.BINS)), np.zeros((F, 3, years), dtype=np.int64),
                np.zeros((F, 12 * years, S + 2 * V)))
    assets = driver.used_assets(some)
    loop.one_path(path, tape(world, assets, seed), driver.scene(some, flows, assets), *left, np.empty((F, 0)), shape)
    monkeypatch.undo()
    return tuple(Path(*(one[f] for one in left)) for f in range(F))


def interpreted_plain(monkeypatch, family: Family, flows: Members, world: Market, path: int, seed: int) -> Path:
    """One path of the closed form in plain Python, only the draws compiled; it has no gates."""
    monkeypatch.setattr(plain, "path_word", path_word)
    monkeypatch.setattr(plain, "tape_year", compiled_year)
    V, S, years = len(family.shape.vintages), len(family.shape.sleeves), family.terms.shape[0]
    left = (np.zeros((V, years)), np.zeros((V, years)), np.zeros(tally.n_sums(family.shape)), np.zeros(tally.BINS),
            np.zeros((12 * years, S + 2 * V)))
    assets = driver.used_assets((family,))
    arguments = driver._plain_arguments(family, flows, tape(world, assets, seed), assets)
    plain.plain_path(path, *arguments, *left, family.shape)
    monkeypatch.undo()
    return Path(*left[:2], left[1], *left[2:4], np.zeros((3, years), dtype=np.int64), left[4])


def same_bytes(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, so that zero and minus zero differ."""
    one, other = np.ascontiguousarray(one), np.ascontiguousarray(other)
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
