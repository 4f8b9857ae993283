"""The incentive account in dollars against the rule on one unit, its closed form, and subscriptions."""

import numpy as np
import pytest

from tests.step import incentive
from tests.step.kits import real


def test_without_flows_it_is_the_high_water_mark_of_a_unit():
    """Five years of random months, yearly crystallisation, fee paid out of the fund: same unit values."""
    incentive.high_water_mark(real())


def test_a_year_in_one_period_is_the_closed_form():
    """Below the hurdle, in the catch-up and above it."""
    incentive.closed_form(real())


@pytest.mark.parametrize(("gross", "net"), [
    (0.0625, 0.05), (0.065, 0.05), (0.069643, 0.05), (0.08, 0.05906), (0.10, 0.07656), (0.12, 0.09406),
    (0.15, 0.12031),
])
def test_published_terms_give_the_worked_figures(gross, net):
    """1.25% a year, 12.5% over 5% with full catch-up: figures worked out elsewhere, to their last digit."""
    x = incentive.evergreen(1)
    x.set("R_MARK", gross)
    x.period(real())
    assert x.price[0] - 1.0 == pytest.approx(net, abs=5.1e-6)


@pytest.mark.parametrize("gross", [-0.05, 0.03, 0.0625, 0.067, 0.0696, 0.08, 0.12, 0.2])
def test_twelve_months_come_near_the_closed_form(gross):
    """The monthly convention, a twelfth of each rate on the month's opening holding, is an approximation of the year.

    Fee and hurdle are charged on what has grown since January, which moves a year's net return by less than half
    the year's growth of both: (1.25% + 5%) x growth / 2.
    """
    x, monthly = incentive.evergreen(12), (1.0 + gross) ** (1.0 / 12.0) - 1.0
    x.set("R_MARK", monthly)
    hurdle, holding, gain = 0.0, 1.0, 0.0
    for month in range(1, 13):
        x.set("W_CRYSTALLISE", month == 12)
        x.period(real())
        hurdle += holding * 0.05 / 12.0
        gain += holding * (monthly - 0.0125 / 12.0)
        holding *= 1.0 + monthly - 0.0125 / 12.0
    exact = holding - 1.0 - max(0.0, min(gain - hurdle, 0.125 * gain))
    assert x.price[0] - 1.0 == pytest.approx(exact, abs=1e-12)
    assert abs(exact - incentive.net_of_year(gross, 0.0125, 0.125, 0.05)) < 0.0625 * abs(gross) / 2.0 + 1e-12


def test_a_partial_catch_up_lies_between():
    """With half of the profit above the hurdle going to the manager until it has its share."""
    for gross, fee in ((0.05, 0.0), (0.06, 0.005), (0.0666, 0.0083), (0.0668, 0.00835), (0.09, 0.01125)):
        x = incentive.private_only(0.125)
        x.set("T_HURDLE", 0.05)
        x.set("T_CATCH_UP", 0.5)
        x.set("R_MARK", gross)
        x.period(real())
        assert gross - (x.price[0] - 1.0) == pytest.approx(fee, abs=1e-12)


def test_a_loss_gives_the_accrual_back_before_it_is_due():
    """Accrued in spring, lost in autumn, owed to nobody in between."""
    x = incentive.private_only(0.2)
    accrued = []
    for rate in (0.10, -0.05, -0.10, 0.2):
        x.set("R_MARK", rate)
        x.period(real())
        accrued.append(-x.get("CARRY_DUE", s=0) / incentive.UNITS)
    assert accrued == pytest.approx([0.02, 0.009, 0.0, 0.2 * (1.1 * 0.95 * 0.9 * 1.2 - 1.0)], abs=1e-12)


def test_a_fee_that_cannot_be_paid_stays_owed():
    """It falls due on a day without cash: owed before, owed after, in the next month's price too, until it is paid."""
    incentive.unpaid_stays_owed(real())


def test_a_subscription_moves_no_price():
    """Ninefold money in at the struck price, with a fee accrued, with a loss carried forward, inside the hurdle."""
    incentive.no_jump(real())


def test_a_newcomer_shares_an_old_loss():
    """The price of having no jump: profit up to the old mark costs nobody a fee, newcomers included."""
    x = incentive.private_only(0.2)
    x.set("R_MARK", -0.3)
    x.period(real())
    x.set("W_DEAL", 1)
    x.set("T_SLOW_BAND", 0)
    x.set("R_MARK", 0)
    x.set("IN_USD", 700_000)
    x.period(real())
    assert np.isclose(x.get("HOLD", s=0, v=0), 2 * incentive.UNITS)
    x.set("IN_USD", 0)
    x.set("R_LIQUID", 0.2)  # what came in waits in the liquid sub-sleeve
    x.set("R_MARK", 0.2)
    x.period(real())
    assert x.get("CARRY_DUE", s=0) == 0.0
