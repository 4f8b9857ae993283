"""Dealing dates, rings and windows of a resolved calendar against plain dates kept in lists."""

from datetime import date

import numpy as np
import pytest
from small_funds import BLOCK, PARTNERSHIPS, PRIVATE, families, fund

from alts401k.step import layout as at
from alts401k.terms.calendar import calendar, slots_needed
from alts401k.terms.resolve import union

MONTH_ENDS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
OPENINGS = [date(2025, month, MONTH_ENDS[month - 1]) for month in (12, 1, 2, 5, 9, 11)]
EVERY = {"monthly": 1, "quarterly": 3, "M": 1, "Q": 3, "S": 6, "A": 12}


class Row:
    """One period's calendar of the one slow sleeve, by name."""

    def __init__(self, fund_, as_of: date, periods: int) -> None:
        self.shape = families(fund_)[0].shape
        self.rows = calendar(fund_, (union((fund_,))[0].name,), as_of, periods, self.shape)
        self.slots = len(self.shape.slots)

    def get(self, t: int, name: str) -> int:
        """An integer of period t (0 is the first month after the opening)."""
        return int(self.rows[t, at.HEAD + getattr(at, name) * len(self.shape.slow)])

    def mask(self, t: int, name: str) -> list[int]:
        """Slots of one of the windows."""
        first = at.when_mask(self.shape) + getattr(at, name) * self.slots
        return self.rows[t, first:first + self.slots].tolist()


def months(as_of: date, t: int) -> int:
    """Months since the year 0 at the end of period t."""
    return 12 * as_of.year + as_of.month + t + 1


def with_terms(dealing: str, gates: list[tuple[int, float]], **block):
    """A fund whose private sleeve deals and is gated like this."""
    sleeve = {**PRIVATE, "dealing": dealing, "gates": [{"window_months": w, "pct": p} for w, p in gates]}
    return fund(sleeves={"private": sleeve}, blocks={"lender": {**BLOCK, **block}})


@pytest.mark.parametrize("as_of", OPENINGS)
@pytest.mark.parametrize("dealing", ["monthly", "quarterly"])
@pytest.mark.parametrize("redemptions", ["M", "Q", "S", "A"])
def test_things_deal_in_months_that_divide(as_of, dealing, redemptions):
    """Quarterly in March, June, September, December, whatever month the run opens in; vintages always cross."""
    row = Row(with_terms(dealing, [(12, 0.1)], redemption_freq=redemptions), as_of, 30)
    for t in range(30):
        month = months(as_of, t)
        assert row.get(t, "W_DEAL") == int(month % EVERY[dealing] == 0)
        assert row.get(t, "W_BLOCK_DEAL") == int(month % EVERY[redemptions] == 0)
        assert row.get(t, "W_CRYSTALLISE") == int(month % 3 == 0)
        assert row.get(t, "W_CROSS") == row.get(t, "W_OPEN") == row.get(t, "W_HERE") == row.get(t, "W_ASKS") == 1
        assert row.rows[t, at.W_PAY_DAY] == 1 and row.rows[t, at.W_CLEAN] == 2


@pytest.mark.parametrize("as_of", OPENINGS)
@pytest.mark.parametrize(("dealing", "windows"), [
    ("monthly", (1, 3)), ("monthly", (3, 12)), ("monthly", (6, 1)), ("quarterly", (3, 12)), ("quarterly", (12, 6)),
    ("quarterly", (1, 3)),
])
def test_a_window_s_mask_is_the_dealing_dates_inside_it(as_of, dealing, windows):
    """Once the ring is full, the marked slots hold exactly the earlier dates less than the window's months ago."""
    row = Row(with_terms(dealing, [(w, 0.1) for w in windows]), as_of, 40)
    ring: dict[int, int] = {}
    checked = 0
    for t in range(40):
        if not row.get(t, "W_DEAL"):
            continue
        now = months(as_of, t)
        for name, window in zip(("M_GATE1", "M_GATE2"), windows, strict=True):
            inside = {month for month in (now - k * EVERY[dealing] for k in range(1, 13)) if now - month < window}
            held = {ring.get(k) for k, marked in enumerate(row.mask(t, name)) if marked}
            if t >= 13:
                assert held == inside, (t, window)
                checked += 1
            assert held <= inside | {None}
        assert not row.mask(t, "M_GATE1")[row.get(t, "W_SLOT")]
        ring[row.get(t, "W_SLOT")] = now
    assert checked > 8


@pytest.mark.parametrize("window", [3, 6, 12])
def test_a_block_s_rolling_window(window):
    """Of a block that pays quarterly, by the same rule; the limit of one date alone looks at no other date."""
    rolling = [{"window": window, "pct": 0.05}]
    row = Row(with_terms("monthly", [(1, 0.02)], gate_pct_rolling=rolling), OPENINGS[0], 40)
    ring: dict[int, int] = {}
    for t in range(40):
        if row.get(t, "W_BLOCK_DEAL"):
            now = months(OPENINGS[0], t)
            held = {ring.get(k) for k, marked in enumerate(row.mask(t, "M_BLOCK2")) if marked}
            assert t < 13 or held == {now - k for k in (3, 6, 9) if k < window}
            assert not any(row.mask(t, "M_BLOCK1"))
            ring[row.get(t, "W_BLOCK_SLOT")] = now


@pytest.mark.parametrize(("redemptions", "notice_days"), [
    ("M", 0), ("M", 30), ("M", 45), ("M", 90), ("Q", 0), ("Q", 30), ("Q", 45), ("Q", 60), ("Q", 90), ("S", 95),
    ("A", 120),
])
def test_notice_is_kept(redemptions, notice_days):
    """A request is paid on the first dealing date that lies its notice after it, and on no earlier one.

    Month ends are taken to be 30.4375 days apart. A request is also made between dealing dates, when the next one
    may be too near.
    """
    own = with_terms("monthly", [(1, 0.02)], redemption_freq=redemptions, notice_days=notice_days)
    needed = max(1, -(-notice_days * 10_000 // 304_375))
    for as_of in OPENINGS[:3]:
        row = Row(own, as_of, 60)
        waiting: dict[int, int] = {}
        waits = []
        for t in range(60):
            if row.get(t, "W_BLOCK_DEAL"):
                paid = [asked for asked, slot in waiting.items() if slot == row.get(t, "W_BLOCK_SLOT")]
                waits += [t - asked for asked in paid]
                waiting = {asked: slot for asked, slot in waiting.items() if asked not in paid}
            waiting[t] = row.get(t, "W_ELIGIBLE")
        assert len(waits) > 12
        assert min(waits) * 30.4375 >= notice_days, "paid before its notice had passed"
        assert needed <= min(waits) and max(waits) < needed + EVERY[redemptions]


def test_slots_hold_the_longest_window_and_notice_and_one_more():
    """The date whose slot is written must not be one that a window still needs."""
    assert slots_needed(with_terms("monthly", [(1, 0.02), (3, 0.05)])) == 4
    assert slots_needed(with_terms("monthly", [(12, 0.1)])) == 13
    assert slots_needed(with_terms("quarterly", [(12, 0.1)])) == 5
    assert slots_needed(with_terms("monthly", [(1, 0.1)], redemption_freq="M", notice_days=120)) == 5
    assert slots_needed(fund(weights={"private": None, "stocks": (1.0, 1.0), "zbonds": (0.0, 0.0)})) == 2


def test_partnerships_deal_with_nobody():
    """No dealing date, no request: calls and distributions come by themselves."""
    own = fund(sleeves={"private": {**PRIVATE, "block": "buyouts"}}, blocks={"buyouts": PARTNERSHIPS})
    row = Row(own, OPENINGS[0], 12)
    for name in ("W_BLOCK_DEAL", "W_ASKS", "W_CRYSTALLISE"):
        assert not any(row.get(t, name) for t in range(12))


def test_a_sleeve_the_fund_lacks_is_passed_over():
    """Nothing of its calendar is set, so that the step leaves it alone."""
    listed = fund(weights={"private": None, "stocks": (0.7, 0.4), "zbonds": (0.3, 0.6)})
    here, away = families(fund(), listed)
    first, last = at.HEAD, at.n_when(away.shape)
    assert not away.when[:, first:last].any()
    assert here.when[:, first:last].any()
    assert np.array_equal(away.when[:, :first], here.when[:, :first])
