"""Sceptical sets, a changed return or risk, and a net figure beside its gross twin."""

import math

import numpy as np
import pytest
from test_market import GOLD_LIKE, PRIVATE, built, rows_of

from alts401k.units import Problems
from alts401k.world import market
from alts401k.world.gross import NO_FEES, Fees, gross_return

SURVEY = rows_of(built())
PUBLIC = {
    "private_equity": "us_large_cap",
    "private_debt": "high_yield",
    "real_estate": "listed_real_estate",
    "infrastructure": "us_large_cap",
}


def test_every_private_asset_has_a_public_counterpart_and_no_other():
    assert {name: market.public_counterpart(name) for name in SURVEY} == {name: PUBLIC.get(name) for name in SURVEY}
    assert market.public_counterpart("a thing of the case") is None


@pytest.mark.parametrize(("name", "below"), [("no-premium", 0.0), ("adverse", 0.02)])
def test_sceptical_sets_cut_private_returns_net_of_fees_and_nothing_else(name, below):
    world, survey = built(shipped=name), built()
    for row in world.rows:
        if row.name not in PRIVATE:
            assert row == SURVEY[row.name]
            continue
        public = SURVEY[PUBLIC[row.name]].expected_return
        assert row.net_return == row.expected_return == min(public, SURVEY[row.name].net_return) - below
        assert row.sd == SURVEY[row.name].sd and row.basis == "net_of_manager"
        assert row.gross_return == gross_return(row.net_return, row.sd, row.reference_fees)
        if row != SURVEY[row.name]:
            assert row.evidence == "A" and SURVEY[row.name].source in row.opposite and PUBLIC[row.name] in row.source
    # The survey expects as much of real estate as of its listed kind, so without a premium that one row stands.
    assert (world.rows[world.names.index("real_estate")] == SURVEY["real_estate"]) == (below == 0.0)
    assert world.factor.tobytes() == survey.factor.tobytes()
    assert np.array_equal(world.log_sd_monthly, survey.log_sd_monthly)
    assert world.set_title != survey.set_title and world.set_source == survey.set_source


@pytest.mark.parametrize("name", ["no-premium", "adverse"])
def test_the_rule_applied_to_a_market_is_the_set(name):
    world, other = market.sceptic(built(), name), built(shipped=name)
    assert world.rows == other.rows and world.set_title == other.set_title
    assert world.log_mean_monthly[:10].tobytes() == other.log_mean_monthly[:10].tobytes()
    assert market.sceptic(other, "no-premium").rows == other.rows


def test_a_case_s_own_row_stands_in_a_set_and_is_cut_by_the_rule_after_it():
    own = {**GOLD_LIKE, "expected_return": 0.15, "basis": "net_of_manager"}
    for name in ("survey", "no-premium", "adverse"):
        row = rows_of(built(shipped=name, private_equity=own))["private_equity"]
        assert row.net_return == 0.15 and row.source == "a test"
    cut = rows_of(market.sceptic(built(private_equity=own), "adverse"))["private_equity"]
    assert cut.net_return == 0.0702 - 0.02 and "15.00% a year" in cut.opposite and not cut.shipped
    assert rows_of(built(private_equity=own, us_large_cap={**GOLD_LIKE, "expected_return": 0.04}))[
        "private_equity"].net_return == 0.15
    poor = rows_of(market.sceptic(built(us_large_cap={**GOLD_LIKE, "expected_return": 0.04}), "no-premium"))
    assert poor["private_equity"].net_return == 0.04


def test_a_low_figure_is_never_raised():
    own = {**GOLD_LIKE, "expected_return": 0.03, "basis": "net_of_manager"}
    world = built(private_equity=own)
    assert market.sceptic(world, "no-premium").rows[world.names.index("private_equity")].net_return == 0.03
    assert market.sceptic(world, "adverse").rows[world.names.index("private_equity")].net_return == 0.03 - 0.02


def test_only_a_sceptical_set_has_a_rule():
    with pytest.raises(ValueError, match="no rule"):
        market.sceptic(built(), "survey")
    with pytest.raises(Problems, match="gloomy"):
        market.sceptic(built(), "gloomy")


@pytest.mark.parametrize("asset", sorted(PRIVATE))
def test_a_net_figure_and_its_gross_twin_give_one_answer(asset):
    """The printed gross return stated as gross, with the set's risk: the same world, and the same sceptic's world."""
    shipped = SURVEY[asset]
    twin = {**GOLD_LIKE, "expected_return": float(repr(shipped.gross_return)), "sd": shipped.sd, "basis": "gross"}
    one, other = built(), built(**{asset: twin})
    assert one.log_mean_monthly[:9].tobytes() == other.log_mean_monthly[:9].tobytes()
    row = rows_of(other)[asset]
    assert row.basis == "gross" and row.net_return == pytest.approx(shipped.net_return, abs=1e-12)
    for name in ("no-premium", "adverse"):
        net, gross = market.sceptic(one, name), market.sceptic(other, name)
        assert np.nanmax(np.abs(net.log_mean_monthly - gross.log_mean_monthly)) < 1e-13


def test_a_changed_return_is_on_the_asset_s_own_basis():
    world = built()
    for name, value in (("private_equity", 0.08), ("us_large_cap", 0.05), ("bitcoin", 0.1)):
        changed = market.with_expected_return(world, name, value)
        place = world.names.index(name)
        row = changed.rows[place]
        assert row.expected_return == value and row.basis == world.rows[place].basis
        assert changed.log_mean_monthly[place] == math.log1p(row.gross_return) / 12
        others = np.arange(len(world.names)) != place
        assert np.array_equal(changed.log_mean_monthly[others], world.log_mean_monthly[others], equal_nan=True)
        assert changed._replace(rows=(), log_mean_monthly=None, log_sd_monthly=None)[3:] == world._replace(
            rows=(), log_mean_monthly=None, log_sd_monthly=None)[3:]
    same = market.with_expected_return(world, "private_equity", 0.0971)
    assert same.rows == world.rows and same.log_mean_monthly.tobytes() == world.log_mean_monthly.tobytes()


def test_changed_risk_grosses_a_net_return_up_again():
    world = built()
    changed = market.with_sd(world, "private_equity", 0.30)
    place = world.names.index("private_equity")
    row = changed.rows[place]
    assert row.net_return == 0.0971 and row.gross_return == gross_return(0.0971, 0.30, row.reference_fees)
    assert row.gross_return != world.rows[place].gross_return
    assert changed.log_sd_monthly[place] == 0.30 / math.sqrt(12)
    public = market.with_sd(world, "us_large_cap", 0.30)
    assert public.log_mean_monthly.tobytes() == world.log_mean_monthly.tobytes()


def test_an_asset_that_the_market_has_not_is_refused():
    for change in (market.with_expected_return, market.with_sd):
        with pytest.raises(ValueError):
            change(built(), "tulips", 0.1)


def test_own_fees_are_stated_once_or_are_those_of_the_set():
    net = {**GOLD_LIKE, "basis": "net_of_manager"}
    assert rows_of(built(private_debt=net))["private_debt"].reference_fees == SURVEY["private_debt"].reference_fees
    free = {**net, "reference_fees_yearly": 0.0}
    assert rows_of(built(private_debt=free))["private_debt"].reference_fees == NO_FEES
    terms = {"mgmt_fee": 0.02, "incentive_fee": {"share": 0.1, "crystallise": "yearly"}}
    row = rows_of(built(private_debt={**net, "reference_fees": terms}))["private_debt"]
    assert row.reference_fees == Fees(0.02, 0.1, 0.0, 0.1, 12) and row.fees_source == "stated in assumptions.toml"
    assert rows_of(built(art=free))["art"].gross_return == 0.05


def test_a_net_return_that_does_not_say_which_fees_it_has_paid_is_refused():
    net = {**GOLD_LIKE, "basis": "net_of_manager"}
    for name in ("art", "gold"):
        with pytest.raises(Problems, match=f"assets.{name}.*does not say which fees"):
            built(**{name: net})


def test_every_net_return_that_a_case_may_state_has_a_gross_one():
    """The dearest terms that are accepted, at both ends of returns and risks."""
    dear = {"mgmt_fee": 0.5, "incentive_fee": {"share": 0.5, "catch_up": 1.0, "crystallise": "quarterly"}}
    for value in (-0.5, 1.0):
        for sd in (0.0, 3.0):
            art = {**GOLD_LIKE, "expected_return": value, "sd": sd, "basis": "net_of_manager", "reference_fees": dear}
            assert rows_of(built(art=art))["art"].gross_return > value
