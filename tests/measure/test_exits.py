"""Waiting to leave a fund that buys back on dates: small schedules worked by hand."""

import numpy as np
import pytest

from alts401k.measure import exits
from alts401k.measure.exits import DAYS_A_MONTH, Offers, fills, leaving, plan_exit, waits
from alts401k.measure.managed import moves

NOBODY = np.zeros(240)


def offers(**terms):
    """Quarterly offers of 5%, without notice or delay unless said."""
    usual = {"every_months": 3, "limit": 0.05, "notice_days": 0, "payment_days": 0} | terms
    dates = np.arange(usual["every_months"], 253, usual["every_months"])
    return Offers(**usual, dates_months=dates)


def test_shares_that_leave_are_weighted_by_the_vintages_dollars():
    """Two vintages of 1 and 3 dollars; retirements are spread over the year, later years than 20 left out."""
    outlook = np.tile([1.0, 3.0], (30, 1))
    by_turnover, by_age = leaving(outlook, np.tile([0.01, 0.02], (30, 1)), np.tile([0.12, 0.0], (30, 1)))
    assert len(by_turnover) == len(by_age) == 240
    assert by_turnover == pytest.approx(np.full(240, 0.0175)) and by_age == pytest.approx(np.full(240, 0.0025))
    assert leaving(np.zeros((1, 2)), np.ones((1, 2)), np.ones((1, 2)))[0].tolist() == [0.0] * 12


def test_fills_carry_what_is_not_paid_until_nothing_is_left():
    """0.08, then 0.04 against 0.05 a date: 0.03 left, then 0.02, then nothing."""
    assert fills(np.array([0.08, 0.04]), 0.05) == pytest.approx([0.05 / 0.08, 0.05 / 0.07, 1.0])
    assert fills(np.array([0.02, 0.05]), 0.05).tolist() == [1.0, 1.0]
    # more than the whole fund cannot ask
    assert fills(np.array([0.9, 0.9]), 0.5) == pytest.approx([0.5 / 0.9, 0.5, 1.0])


def test_waits_of_people_who_are_all_paid_are_spread_over_the_interval():
    """Half wait more than half of a quarter, nobody longer than one; notice and payment are added."""
    plain = waits(offers(), np.full(240, 0.005), NOBODY, np.ones(240))
    assert plain.p50 == pytest.approx(1.5 * DAYS_A_MONTH, abs=1.0)
    assert plain.p95 == pytest.approx(0.95 * 3 * DAYS_A_MONTH, abs=1.0)
    assert 3 * DAYS_A_MONTH - 1.0 < plain.most < 3 * DAYS_A_MONTH
    assert (plain.smallest_fill, plain.dates_below_one, plain.retired_share) == (1.0, 0.0, 0.0)
    later = waits(offers(notice_days=20, payment_days=7), np.full(240, 0.005), NOBODY, np.ones(240))
    assert [later.p50, later.p95, later.most] == pytest.approx(
        [plain.p50 + 27, plain.p95 + 27, plain.most + 27], abs=1.1
    )


def test_waits_grow_with_an_outflow_above_the_limit():
    """6% a quarter against 5%: a queue builds, whose last dollars wait for years; retirements are told apart."""
    found = waits(offers(), np.full(240, 0.015), np.full(240, 0.005), np.ones(240))
    assert found.smallest_fill < 0.2 and found.dates_below_one > 0.9
    assert found.retired_share == pytest.approx(0.25)
    assert found.most > found.p95 > found.p50 > 365


def test_one_big_quarter_is_paid_on_two_dates():
    """8% wants to leave in the first month, and nobody else: 5/8 wait to month 3, 3/8 to month 6."""
    out = np.zeros(240)
    out[0] = 0.08
    found = waits(offers(), out, NOBODY, np.ones(240))
    assert found.most == pytest.approx(6 * DAYS_A_MONTH, abs=1.0)
    assert found.p50 < 3 * DAYS_A_MONTH < found.p95
    assert found.smallest_fill == pytest.approx(5 / 8)


def test_where_nobody_leaves_one_person_would_wait():
    """The times of the schedule itself."""
    found = waits(offers(), NOBODY, NOBODY, np.ones(240))
    assert found.p50 == pytest.approx(1.5 * DAYS_A_MONTH, abs=1.0) and found.smallest_fill == 1.0


def test_a_plan_of_twelve_per_cent_needs_three_quarters_at_five():
    """12% alone: 5, 5, 2; 7/12 is unpaid at first. Beside others it shares each date with them."""
    alone = plan_exit(offers(payment_days=7), NOBODY, NOBODY)
    assert alone.days == pytest.approx(9 * DAYS_A_MONTH + 7)
    assert alone.unpaid_share_first_date == pytest.approx(7 / 12)
    beside = plan_exit(offers(payment_days=7), np.full(240, 0.01), NOBODY)
    assert beside.unpaid_share_first_date == pytest.approx(1 - 0.05 / 0.15)
    assert beside.days > alone.days
    # a notice of more than a quarter misses the first date
    assert plan_exit(offers(notice_days=100), NOBODY, NOBODY).days == pytest.approx(12 * DAYS_A_MONTH)


def test_dates_go_on_beyond_those_listed():
    """A queue that outlives the listed dates is paid on later ones at the same interval."""
    short = offers()._replace(dates_months=np.array([3, 6]))
    out = np.full(12, 0.02)
    found = waits(short, out, np.zeros(12), np.ones(12))
    assert found.most == pytest.approx(waits(offers(), out, np.zeros(12), np.ones(12)).most)
    assert found.p50 == pytest.approx(waits(offers(), out, np.zeros(12), np.ones(12)).p50)


def test_the_rule_asks_for_dates_near_enough_and_for_every_request_in_full():
    """Each of the three ways to miss it, and the one to meet it."""
    flows = (np.ones((40, 1)), np.full((40, 1), 0.005), np.zeros((40, 1)))
    assert exits.exits(offers(limit=0.5), *flows, 3).within_rule is True
    assert exits.exits(offers(limit=0.5, every_months=6), *flows, 3).within_rule is False
    assert exits.exits(offers(limit=0.10), *flows, 3).within_rule is False  # the plan's exit
    # a year in which a fifth leaves every month, long after the plan's exit is paid
    heavy = np.zeros((40, 1))
    heavy[5] = 0.2
    found = exits.exits(offers(limit=0.3), flows[0], heavy, flows[2], 3)
    assert found.plan.unpaid_share_first_date == 0.0 and found.waits.smallest_fill < 1.0
    assert found.within_rule is False


def test_people_moved_by_a_service_are_counted_by_weight():
    """Portfolios 0 to 3 are vintages 0, 1 with and without private sleeves."""
    found = moves(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1]), 2)
    assert found == pytest.approx((0.3, 0.2, 0.5, 0.3))
