"""Reported marks against lists kept by hand, and the truth's own books."""

import numpy as np
import pytest

from alts401k.chart import ILLIQUID, at_sleeves, base_l, n_accounts, n_flows, shape_of
from alts401k.simulate.tally import follow_truth
from alts401k.step.layout import T_FILL, n_terms, terms_l
from alts401k.world.draws import reported

GROWTH = [1.04, 0.93, 1.10, 1.00, 0.81, 1.20, 1.07, 0.99, 1.02, 0.95, 1.11, 1.01, 0.97, 1.05, 1.03]
FLOWS = [0.0, 25.0, -40.0, 0.0, 13.0, -7.0, 100.0, 0.0, -31.0, 4.0, 0.0, -55.0, 60.0, 1.0, -2.0]


def marks(smoothing: float, lag: int, every: int, flows: list[float],
          first_month: int = 12) -> list[tuple[float, float]]:
    """Mark and truth of every month, before its flows, by the kernel; flows at month ends, at truth."""
    true, mark, ring, total, out = 1000.0, 1000.0, np.full(12, 1000.0), 0.0, []
    for t, (growth, flow) in enumerate(zip(GROWTH, flows, strict=True)):
        true *= growth
        mark = reported(true, mark, total, ring, first_month + t + 1, smoothing, lag, every)
        out.append((mark, true))
        true, mark, total = true + flow, mark + flow, total + flow
    return out


def by_hand(smoothing: float, lag: int, every: int, flows: list[float], first_month: int = 12) -> list[float]:
    """The same from whole histories: the truth of `lag` months ago and what flowed since, the opening before that."""
    history, true = [1000.0], 1000.0
    for growth, flow in zip(GROWTH, flows, strict=True):
        history.append(true * growth)
        true = history[-1] + flow
    out, mark = [], 1000.0
    for t in range(1, len(history)):
        if (first_month + t) % every == 0:
            seen = max(0, t - lag)
            since = sum(flows[max(0, seen - 1):t - 1])
            mark = (1.0 - smoothing) * (history[seen] + since) + smoothing * mark
        out.append(mark)
        mark += flows[t - 1]
    return out


def test_a_true_mark_is_the_truth():
    """No smoothing, no lag, every month."""
    for mark, true in marks(0.0, 0, 1, FLOWS):
        assert mark == pytest.approx(true, rel=1e-14)


def test_smoothing_alone():
    """Six tenths of the truth and four of the last mark."""
    last = 1000.0
    for mark, true in marks(0.4, 0, 1, [0.0] * 15):
        assert mark == pytest.approx(0.6 * true + 0.4 * last, rel=1e-14)
        last = mark


def test_a_late_mark_is_an_old_truth():
    """Two months old; before there is one that old, the opening."""
    truths = [1000.0, 1000.0] + [true for _, true in marks(0.0, 0, 1, [0.0] * 15)]
    assert [mark for mark, _ in marks(0.0, 2, 1, [0.0] * 15)] == pytest.approx(truths[:15], rel=1e-14)


def test_between_reports_the_last_one_stands():
    """Quarterly, by the calendar: months 3, 6, 9 and 12 report, whatever month the run began in."""
    for first_month in (12, 1, 4):
        found = [mark for mark, _ in marks(0.2, 1, 3, [0.0] * 15, first_month)]
        previous = [1000.0, *found[:-1]]
        for t, (mark, before) in enumerate(zip(found, previous, strict=True), 1):
            assert (mark != before) == ((first_month + t) % 3 == 0), (first_month, t)


@pytest.mark.parametrize("every", [1, 3, 6, 12])
@pytest.mark.parametrize("lag", [0, 1, 5, 11])
@pytest.mark.parametrize("smoothing", [0.0, 0.35, 0.9])
def test_everything_together_is_the_history_by_hand(smoothing, lag, every):
    """Smoothed, late, seldom, rolled forward for calls and distributions since."""
    for first_month in (12, 5):
        found = [mark for mark, _ in marks(smoothing, lag, every, FLOWS, first_month)]
        assert found == pytest.approx(by_hand(smoothing, lag, every, FLOWS, first_month), rel=1e-12)


def test_a_flow_moves_mark_and_truth_alike():
    """A distribution is dollars: with a growth of nothing mark and truth stay as far apart as they were."""
    true, mark, ring, total = 1000.0, 900.0, np.full(12, 1000.0), 0.0
    for month, flow in enumerate([-100.0, 50.0, -300.0, 0.0, -20.0], 1):
        mark = reported(true, mark, total, ring, month, 0.99999999, 3, 1)
        assert true - mark == pytest.approx(100.0, abs=1e-4)
        true, mark, total = true + flow, mark + flow, total + flow


def test_calls_distributions_and_proceeds_reach_the_truth():
    """A partnership's calls and distributions are dollars; an evergreen block sells and redeems units at its mark, so
    the same part of the truth comes and goes."""
    shape = shape_of(1, 3, 2, 2)
    terms = np.zeros(n_terms(shape))
    terms[terms_l(shape) + T_FILL * 2 + 1] = 1.0
    out, b = np.zeros(n_flows(shape)), np.zeros(n_accounts(shape))
    f, a = at_sleeves(shape), base_l(shape) + ILLIQUID * 2
    for i, (call, dist, paid) in enumerate(((20.0, 100.0, 0.0), (30.0, 40.0, 216.0))):
        out[f + 2 + i], out[f + 6 + i], out[f + 8 + i] = call, dist, paid
        b[a + i] = 1000.0 + call - dist - paid
    true, flows = np.array([1200.0, 800.0]), np.array([5.0, 7.0])
    follow_truth(out, true, flows, b, terms, shape)
    moved = (30.0 - 216.0) / 960.0 * (800.0 - 40.0)
    assert true == pytest.approx([1120.0, 800.0 - 40.0 + moved], rel=1e-14)
    assert flows == pytest.approx([5.0 - 80.0, 7.0 - 40.0 + moved], rel=1e-14)


def test_a_block_that_is_paid_out_in_full_leaves_no_truth_behind():
    """Mark 700, truth 500: all of the one and all of the other."""
    shape = shape_of(1, 2, 1, 2)
    out, b = np.zeros(n_flows(shape)), np.zeros(n_accounts(shape))
    out[at_sleeves(shape) + 4] = 700.0
    true, flows, terms = np.array([500.0]), np.zeros(1), np.zeros(n_terms(shape))
    terms[terms_l(shape) + T_FILL] = 1.0
    follow_truth(out, true, flows, b, terms, shape)
    assert true[0] == pytest.approx(0.0, abs=1e-12) and flows[0] == -500.0
