"""The portfolio pass against the closed form of a fund that holds the same, and against a hand-worked month."""
import numpy as np
import pytest
from small_funds import families, fund, market, members

from alts401k.simulate.portfolio import hold
from alts401k.simulate.run import run, used_assets
from alts401k.simulate.twins import flat_fees, listed_fees, look_through_weights, target_weights

SEED, WORLD = 5, market()
LISTED = {"private": None, "stocks": (0.9, 0.35), "zbonds": (0.1, 0.65)}


@pytest.mark.parametrize("year_end", [False, True])
def test_a_listed_fund_held_as_a_portfolio_is_that_fund(year_end):
    """Units and values of the closed form, whose people's flows change no price."""
    (family,) = families(fund(weights=LISTED), beside=(fund(),))
    assets = used_assets((family,))
    (paths,) = run((family,), (members(year_end=year_end),), WORLD, 12, SEED)
    held = hold(WORLD, assets, look_through_weights(family, assets), flat_fees(family), year_end, 12, SEED)
    assert np.allclose(held.value, paths.value, rtol=1e-12, atol=0.0)
    assert np.allclose(held.units, paths.units, rtol=1e-12, atol=0.0)
    assert np.allclose(listed_fees(family), flat_fees(family), rtol=1e-12)


def test_weights_look_through_what_a_sleeve_keeps():
    """A fifth in a private sleeve that keeps 15% liquid, 1% of it as cash: 17% private, 3% bills."""
    (family,) = families(fund())
    assets = used_assets((family,))
    weights = dict(zip(assets, look_through_weights(family, assets)[1, 0], strict=True))
    full = dict(zip(assets, target_weights(family, assets)[1, 0], strict=True))
    share = full["private_debt"]
    assert weights["private_debt"] == pytest.approx(0.85 * share) and weights["cash"] == pytest.approx(0.15 * share)
    assert sum(weights.values()) == pytest.approx(1.0) and sum(full.values()) == pytest.approx(1.0)


def test_borrowing_is_a_weight_below_zero():
    """Twice the stocks less once the bills: each month twice one return less the other."""
    assets = ("cash", "us_large_cap")

    def first_year(cash: float, stocks: float) -> np.ndarray:
        weights = np.array([[[cash, stocks]]])
        return hold(WORLD, assets, weights, np.zeros((1, 1)), True, 40, SEED).value[:, 0, 0] / 10.0 - 1.0

    bills, stocks, twice = first_year(1.0, 0.0), first_year(0.0, 1.0), first_year(-1.0, 2.0)
    assert np.corrcoef(twice, stocks)[0, 1] > 0.99 and (bills > -0.05).all()
    assert twice.std() == pytest.approx(2.0 * stocks.std(), rel=0.15)


def test_a_comparator_that_loses_everything_is_an_error():
    """Thirty times the stocks is not a comparator."""
    weights = np.array([[[-29.0, 30.0]] * 4])
    with pytest.raises(FloatingPointError, match="comparator"):
        hold(WORLD, ("cash", "us_large_cap"), weights, np.zeros((1, 4)), False, 50, SEED)
