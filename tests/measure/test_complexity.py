"""Opacity, concentration and borrowing of a fund at the opening, worked by hand."""

import pytest

from alts401k.measure import complexity
from alts401k.measure.complexity import Holding

STOCKS = Holding("stocks", 0.6, 0.0, None, 0.0, False, False)
LOANS = Holding("loans", 0.2, 0.17, "lender", 0.8, True, True)
BUYOUT = Holding("buyout", 0.2, 0.17, "partners", 0.0, False, True)
FUND = (STOCKS, LOANS, BUYOUT)


def test_opacity():
    """34% in blocks, half of it in a block of which nothing is published, 40% in sleeves with an assumed term."""
    assert complexity.opacity(FUND) == pytest.approx({"level_3": 0.34, "undisclosed": 0.17, "assumed_terms": 0.4})


def test_a_public_fund_hides_nothing():
    """A daily sleeve without a published term is not an undisclosed block."""
    assert complexity.opacity((STOCKS,)) == {"level_3": 0.0, "undisclosed": 0.0, "assumed_terms": 0.0}


def test_concentration():
    """60/20/20 is as concentrated as 1/0.44 = 2.27 equal sleeves; of two equal blocks the first by name."""
    found = complexity.concentration(FUND)
    assert found["largest_sleeve"] == {"name": "stocks", "weight": 0.6}
    assert found["largest_block"] == {"name": "lender", "weight": 0.17}
    assert found["effective_sleeves"] == pytest.approx(1.0 / 0.44, rel=1e-12)


def test_a_block_of_two_sleeves():
    """Two sleeves in one block are one exposure; a fund without a block has none."""
    shared = BUYOUT._replace(block="lender"), LOANS, Holding("land", 0.6, 0.3, "land", 0.0, True, True)
    assert complexity.concentration(shared)["largest_block"]["name"] == "lender"
    assert complexity.concentration(shared)["largest_block"]["weight"] == pytest.approx(0.34, rel=1e-12)
    assert complexity.concentration((STOCKS,))["largest_block"] is None


def test_equal_sleeves_count_themselves():
    """Four of a quarter are four, and the first by name is the largest."""
    rows = [Holding(name, 0.25, 0.0, None, 0.0, False, False) for name in "dbca"]
    assert complexity.concentration(rows)["effective_sleeves"] == pytest.approx(4.0, rel=1e-12)
    assert complexity.concentration(rows)["largest_sleeve"]["name"] == "a"


def test_borrowing_by_hand():
    """Debt 0.17 x 0.8 = 13.6% of net assets at 3.54% + 2%; a 30% fall takes 17% x (54% + 30%), 10.2% without debt."""
    found = complexity.leverage(FUND, 0.0354)
    assert found == pytest.approx({
        "look_through": 1.136, "cost_yearly": 0.136 * 0.0554, "fall": 0.30, "loss": 0.17 * 0.54 + 0.17 * 0.30,
        "loss_unlevered": 0.34 * 0.30}, rel=1e-12)


def test_a_block_loses_no_more_than_all_of_it():
    """Four dollars of debt on one of equity are gone after a fall of 20%; a dearer loan costs in proportion."""
    wild = (LOANS._replace(leverage=4.0),)
    assert complexity.leverage(wild, 0.03)["loss"] == pytest.approx(0.17, rel=1e-12)
    assert complexity.leverage(wild, 0.03, fall=0.1)["loss"] == pytest.approx(0.085, rel=1e-12)
    assert complexity.leverage(wild, 0.03, spread_yearly=0.07)["cost_yearly"] == pytest.approx(
        2.0 * complexity.leverage(wild, 0.03)["cost_yearly"], rel=1e-12)


def test_a_fund_without_debt():
    """Nothing is borrowed, so nothing is paid for it and the fall is the same."""
    found = complexity.leverage((STOCKS, BUYOUT), 0.03)
    assert (found["look_through"], found["cost_yearly"]) == (1.0, 0.0)
    assert found["loss"] == found["loss_unlevered"] == pytest.approx(0.051, rel=1e-12)
