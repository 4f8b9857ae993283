"""Stress: months without inflow, months in which most people leave, twice the usual risk; nothing may break.

40 paths of 240 months through the compiled fold, month by month: half of the months bring nothing in, in one of twenty
60% of units ask to leave, volatility is doubled. After every month everything is finite, prices are above zero,
holdings and units not below it, what was redeemed has been paid, and cash is not below zero.
"""

import numpy as np
import pytest

from alts401k.chart import accounts, legs
from alts401k.simulate.fold import fold_observed
from tests.step.random_family import random_scene
from tests.step.scene_books import Scene, Sizes, commodity, sums

SIZES = Sizes(3, 4, 1, 4)
PATHS, MONTHS = 40, 240
SLOTS = SIZES.K
SMALL = 1e-8  # of the family's dollars
WATCHED = ("CASH", "LIQUID", "ILLIQUID", "HOLD", "HELD", "PAYABLE", "VCASH", "VLINE", "LINE", "UNFUNDED", "QUEUE",
           "PAID", "CALL_DUE")


def opening(seed: int) -> Scene:
    """Three vintages at target, a partnership-like sleeve with a line, three listed ones; gates 2% and 5%."""
    x = random_scene(seed, SIZES)
    for name in ("CALL_USD", "DIST_USD", "OUT_UNITS", "QUEUE", "PAID", "BLOCK_PAID"):
        x.set(name, 0)
    for name, value in (("T_GATE1", 0.02), ("T_GATE2", 0.05), ("T_BLOCK_GATE1", 0.05), ("T_BLOCK_GATE2", 0.05),
                        ("T_LINE_CAP", 0.05), ("T_VLINE_CAP", 0.05), ("T_FILL", seed % 2), ("W_CLEAN", 2),
                        ("T_SLOW_BAND", 0.03), ("T_FAST_BAND", 0.0), ("T_FEE", 0.0001), ("T_COMMIT", 0.01)):
        x.set(name, value)
    for name in ("W_OPEN", "W_CROSS", "W_ASKS", "W_PAY_DAY", "W_DEAL"):
        x.set(name, 1)
    return x.balance()


def month(x: Scene, rng, t: int, inflow: np.ndarray) -> None:
    """Write one month's facts and calendar."""
    V, S, L, _ = SIZES
    wild = rng.normal(size=S + L)
    for s in range(S):
        x.set("R_LIQUID", np.expm1(0.004 + 0.09 * wild[s] - 0.5 * 0.09**2), s=s)
    x.set("R_MARK", np.expm1(0.01 + 0.12 * wild[S]) if t % 3 == 2 else 0.0)
    x.set("CALL_SHARE", rng.uniform(0.0, 0.15))
    x.set("DIST_SHARE", rng.uniform(0.0, 0.03))
    x.set("IN_SHARE", 0.01)
    for v in range(V):
        x.set("IN_USD", inflow[v] if rng.random() < 0.5 else 0.0, v=v)
        x.set("OUT_SHARE", 0.6 if rng.random() < 0.05 else 0.01, v=v)
    quarter = t // 3
    for name, value in (("W_BLOCK_DEAL", t % 3 == 2), ("W_CRYSTALLISE", t % 12 == 11), ("W_SLOT", t % SLOTS),
                        ("W_BLOCK_SLOT", quarter % SLOTS), ("W_ELIGIBLE", (quarter + 1) % SLOTS)):
        x.set(name, value)
    for k in range(SLOTS):
        x.set("M_GATE1", 0, k=k)
        x.set("M_GATE2", (t - k) % SLOTS in (1, 2), k=k)
        x.set("M_BLOCK1", 0, k=k)
        x.set("M_BLOCK2", 0, k=k)


@pytest.fixture(scope="module")
def legs_of():
    """The table of legs as arrays."""
    return tuple(np.array(side, dtype=np.int64) for side in legs(opening(0).shape))


@pytest.mark.parametrize("block", range(4))
def test_nothing_breaks(block, legs_of):
    """Ten paths at a time; and the corners were reached: runs, gates, lines, every regime."""
    reached = {"unfilled": 0, "line": 0, "sleeve_line": 0, "worst": 0, "red": 0}
    for path in range(10 * block, 10 * block + PATHS // 4):
        run_path(path, legs_of, reached)
    assert all(count > 0 for count in reached.values()), reached


def run_path(path: int, legs_of, reached: dict[str, int]) -> None:
    """One path; raises AssertionError in the month in which something breaks."""
    rng = np.random.default_rng(path)
    x = opening(path)
    inflow = np.array([x.net_vintage(v) for v in range(SIZES.V)]) * 0.03
    b, price, state = np.array(x.b), np.array(x.price), np.array(x.state, dtype=np.int64)
    out, info = np.array(x.out), np.array(x.info)
    at = {name: x.places(name)[1] for name in WATCHED}
    kinds = [commodity(a.family) for a in accounts(x.shape)]
    for t in range(MONTHS):
        month(x, rng, t, inflow)
        before = price.copy()
        fold_observed(b, price, state, np.array([x.facts]), np.array([x.terms]), np.array([x.when], dtype=np.int64),
                      *legs_of, out, info, *x.shape)
        scale = sum(abs(amount) for amount, kind in zip(b, kinds, strict=True) if kind == "usd")
        least = {name: b[places].min() for name, places in at.items()}
        assert np.isfinite(b).all() and np.isfinite(price).all() and np.isfinite(info).all(), t
        assert (price > 0.0).all(), t
        assert np.abs(np.log(price[:SIZES.S] / before[:SIZES.S])).max() < 0.7, t
        assert least["HOLD"] >= 0.0 and least["HELD"] >= 0.0, t
        assert np.abs(b[at["PAYABLE"]]).max() <= SMALL, t
        for name in ("CASH", "VCASH", "LIQUID", "ILLIQUID", "UNFUNDED", "QUEUE", "PAID"):
            assert least[name] >= -SMALL * scale, (name, t)
        assert max(b[at[name]].max() for name in ("VLINE", "LINE", "CALL_DUE")) <= SMALL * scale, t
        if t % 24 == 23:
            assert max(abs(total) for total in sums(list(b), x.shape).values()) <= 1e-12 * scale, t
        reached["unfilled"] += info[2] > 0.0
        reached["line"] += least["VLINE"] < -1.0
        reached["sleeve_line"] += least["LINE"] < -1.0
        reached["red"] += bool((state[:SIZES.V] == 2).any())
        reached["worst"] += bool((state[:SIZES.V] == 4).any())
