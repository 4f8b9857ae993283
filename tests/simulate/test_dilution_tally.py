"""What the pass measures of a dealing date, on scenes worked out by hand."""

import numpy as np
import pytest

from alts401k.chart import shape_of
from alts401k.simulate import tally as loop
from alts401k.step import layout as at
from tests.step.kits import real
from tests.step.scene_books import Scene
from tests.step.transfers import ASSETS, family

TRUTH = 0.85


def tallied(x: Scene, truth: float) -> tuple[np.ndarray, list[float], list[float]]:
    """The sums of one period of a scene whose private units are truly worth ``truth``; true unit values around it."""
    V, _, L, _ = x.sizes
    shape = shape_of(*x.sizes)
    held = np.array(x.row("HELD"))
    kept = x.period(real())
    struck = np.array(kept["strike_vintages"][:len(x.b)])
    price, gap = np.array(x.price), np.zeros(L)
    holding = np.array([truth * sum(x.row("HOLD", s=s)) for s in range(L)])
    loop.true_gaps(struck, holding, gap, shape)
    now = np.array([loop.true_value(struck, price, gap, v, shape) for v in range(V)])
    sums, gates, bins = np.zeros(loop.n_sums(shape)), np.zeros(3, dtype=np.int64), np.zeros(loop.BINS)
    b = np.array(x.b)
    loop.tally_deal(b, np.array(x.out), np.array(x.info), price, now, held, np.array(x.state), np.array(x.terms), gates,
                    bins, sums, shape)
    loop.true_gaps(b, holding, gap, shape)
    after = [loop.true_value(b, price, gap, v, shape) for v in range(V)]
    return sums, list(now), after


def test_leavers_gain_what_stayers_lose():
    """A fifth truly 15% down and unmarked, a tenth leaves: +3.0928% and -0.3436%, in dollars, summing to zero."""
    x = family((0.6, 0.4), 0.2)
    x.set("OUT_SHARE", 0.1, v=0)
    sums, now, after = tallied(x, TRUTH)
    assert now == pytest.approx([0.97, 0.97], rel=1e-14)
    gone, stay = 0.06 * ASSETS, 0.54 * ASSETS
    assert sums[loop.LEAVERS] == pytest.approx(0.03 * gone, rel=1e-12)
    assert sums[loop.LEAVERS] / (0.97 * gone) == pytest.approx(0.030928, abs=5e-7)
    assert sums[loop.STAYERS] == pytest.approx(-0.03 * gone, rel=1e-12)
    assert sums[loop.STAYERS] / (0.97 * stay) == pytest.approx(-0.003436, abs=5e-7)
    assert sums[loop.JOINERS] == pytest.approx(0.0, abs=1e-9 * ASSETS)
    assert after[0] == pytest.approx((0.97 - 0.1) / 0.9, rel=1e-12) and after[1] == pytest.approx(0.97, rel=1e-12)


def test_joiners_pay_too_much_and_share_it_with_those_who_are_there():
    """Ten per cent come in at 1.00 for units worth 0.97: they lose what the others gain."""
    x = family((1.0,), 0.2)
    x.set("IN_USD", 0.1 * ASSETS)
    sums, _, after = tallied(x, TRUTH)
    value = (0.97 + 0.1) / 1.1
    assert after == pytest.approx([value], rel=1e-12)
    assert sums[loop.JOINERS] == pytest.approx(0.1 * ASSETS * (value - 1.0), rel=1e-12)
    assert sums[loop.STAYERS] == pytest.approx(ASSETS * (value - 0.97), rel=1e-12)
    assert sums[loop.JOINERS] + sums[loop.STAYERS] == pytest.approx(0.0, abs=1e-9 * ASSETS)
    assert sums[loop.LEAVERS] == 0.0


def test_the_true_mark_dilutes_nobody():
    """Leavers and joiners at a price that is the truth."""
    x = family((0.6, 0.4), 0.2)
    x.set("OUT_SHARE", 0.1)
    x.set("IN_USD", 0.05 * ASSETS)
    sums, now, after = tallied(x, 1.0)
    assert now == pytest.approx([1.0, 1.0], rel=1e-14) and after == pytest.approx([1.0, 1.0], rel=1e-12)
    assert np.abs(sums[[loop.LEAVERS, loop.JOINERS, loop.STAYERS]]).max() < 1e-9 * ASSETS


def test_only_what_is_paid_dilutes():
    """Ninety per cent ask and only the listed holdings can pay: the tally counts what was paid, and what was not."""
    x = family((1.0,), 0.2)
    x.set("OUT_SHARE", 0.9)
    sums, _, _ = tallied(x, TRUTH)
    paid = 0.8 * ASSETS
    assert sums[loop.LEAVERS] == pytest.approx(0.03 * paid, rel=1e-12)
    assert sums[loop.ASKED] == pytest.approx(0.9 * ASSETS, rel=1e-12)
    assert sums[loop.UNFILLED] == pytest.approx(0.1 * ASSETS, rel=1e-12)
    assert sums[loop.REGIME + at.SUSPENDED] == 1.0


def test_the_private_weight_is_at_marks_and_by_dollars():
    """Two vintages of 20% and 10%: the months' weight goes by their dollars, the largest is the larger."""
    x = family((0.75, 0.25), 0.2)
    x.set("HOLD", 0.025 * ASSETS, s=0, v=1)
    x.set("HOLD", 0.225 * ASSETS, s=1, v=1)
    x.set("ILLIQUID", 0.175 * ASSETS)
    x.set("LIQUID", 0.825 * ASSETS, s=1)
    x.balance()
    shape, held = shape_of(*x.sizes), np.array(x.row("HELD"))
    x.period(real())
    sums, gates, bins = np.zeros(loop.n_sums(shape)), np.zeros(3, dtype=np.int64), np.zeros(loop.BINS)
    loop.tally_deal(np.array(x.b), np.array(x.out), np.array(x.info), np.array(x.price), np.ones(2), held,
                    np.array(x.state), np.array(x.terms), gates, bins, sums, shape)
    assert sums[loop.PRIVATE_MAX] == pytest.approx(0.2, rel=1e-12)
    assert {int(k): round(float(bins[k]), 12) for k in np.flatnonzero(bins)} == {40: 0.25, 80: 0.75} or \
        {int(k): round(float(bins[k]), 12) for k in np.flatnonzero(bins)} == {40: 0.25, 79: 0.75}
    assert not gates.any()
