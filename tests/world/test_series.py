"""Risk and correlations of a case's own series: against the shipped history, beside each other, inside a set."""

import math

import numpy as np
import pytest
from test_market import assumptions, built

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.series import Series
from alts401k.units import Problems
from alts401k.world import market
from alts401k.world.history import history
from alts401k.world.series import STAND_INS

MONTHS, TABLE = history()
SILVER = {"expected_return": 0.03, "basis": "gross", "source": "a test"}
SIZE = len(market.universe("survey"))


def window(first: str, last: str) -> slice:
    at = [int(np.flatnonzero(MONTHS == np.datetime64(month, "M"))[0]) for month in (first, last)]
    return slice(at[0], at[1] + 1)


def series(first: str, last: str, **columns) -> Series:
    """Simple monthly returns, an array a column over these months, nan where there is nothing."""
    months = tuple(str(month) for month in MONTHS[window(first, last)])
    values = tuple(tuple(None if math.isnan(x) else float(x) for x in column) for column in columns.values())
    return Series("own.csv", tuple(columns), months, values)


def case(correlations=(), **assets) -> Assumptions:
    return assumptions(correlations, own_series="own.csv", **assets)


def of(world, a: str, b: str) -> float:
    return world.correlation[world.names.index(a), world.names.index(b)]


def noise(first: str, last: str, sd: float = 0.06, seed: int = 1) -> np.ndarray:
    w = window(first, last)
    return np.expm1(np.random.default_rng(seed).normal(0.0, sd, w.stop - w.start))


def test_risk_is_that_of_the_monthly_log_returns():
    own = noise("2000-01", "2019-12")
    world = market.build(case(silver=SILVER), series("2000-01", "2019-12", silver=own))
    row = world.rows[-1]
    expected = np.std(np.log1p(own), ddof=1) * math.sqrt(12)
    assert row.name == "silver" and row.sd == pytest.approx(expected, rel=1e-12)
    assert world.log_sd_monthly[-1] == pytest.approx(expected / math.sqrt(12), rel=1e-12)
    assert row.expected_return == 0.03 and not row.shipped
    assert row.source == ("a test; standard deviation of 240 monthly log returns in own.csv, 2000-01 to 2019-12")


def test_a_copy_of_a_column_has_its_correlations_within_the_set():
    """The shipped gold under another name: as near gold as the set allows, and with the rest as history says."""
    w = window("1990-07", "2025-04")
    world = market.build(case(oro=SILVER), series("1990-07", "2025-04", oro=TABLE["gold"][w]))
    said = world.correlation_rows[-1]
    kept = 1.0 if "times" not in said.source else float(said.source.split("All times ")[1].split(",")[0])
    assert 0.9 < kept <= 1.0
    assert of(world, "oro", "gold") == pytest.approx(kept, abs=6e-4)
    stocks = np.corrcoef(np.log1p(TABLE["gold"][w]), np.log1p(TABLE["us_stocks"][w]))[0, 1]
    assert of(world, "oro", "us_large_cap") == pytest.approx(kept * stocks, abs=6e-4)
    assert market.cholesky(world.correlation)[1] is None


def test_what_has_no_history_gets_what_the_rest_implies():
    """With private equity: the regression on the classes that were measured, in the set's own correlations."""
    w = window("1990-07", "2019-12")
    mixed = 0.5 * TABLE["us_stocks"][w] + noise("1990-07", "2019-12", 0.04)
    world = market.build(case(silver=SILVER), series("1990-07", "2019-12", silver=mixed))
    names = world.names[:SIZE]
    seen = [i for i, name in enumerate(names) if name in STAND_INS]
    inside = world.correlation[:SIZE, :SIZE]
    measured = world.correlation[-1, :SIZE][seen]
    implied = inside[:, seen] @ np.linalg.solve(inside[np.ix_(seen, seen)], measured)
    others = [i for i in range(SIZE) if i not in seen]
    assert world.correlation[-1, others] == pytest.approx(implied[others], abs=4e-3)
    assert of(world, "silver", "private_equity") > 0.2 and of(world, "silver", "us_large_cap") > 0.4
    assert "All times" not in world.correlation_rows[-1].source


def test_months_unfit_for_risk_and_too_few_months_are_not_measured():
    """Bitcoin's history counts from 2015: twenty common months say nothing, forty-eight do."""
    for last, measured in (("2016-08", False), ("2018-12", True)):
        w = window("2012-02", last)
        world = market.build(case(coin=SILVER), series("2012-02", last, coin=TABLE["bitcoin"][w]))
        assert (of(world, "coin", "bitcoin") > 0.9) == measured


def test_two_series_are_measured_against_each_other():
    one, other = noise("2000-01", "2014-12", seed=1), noise("2000-01", "2014-12", seed=2)
    both = series("2000-01", "2014-12", zinc=one, art=0.8 * one + 0.2 * other)
    world = market.build(case(zinc=SILVER, art=SILVER), both)
    assert world.names[-2:] == ("art", "zinc")
    r = np.corrcoef(np.log1p(one), np.log1p(0.8 * one + 0.2 * other))[0, 1]
    assert of(world, "art", "zinc") == pytest.approx(r, abs=6e-4)
    rows = world.correlation_rows[-2:]
    pairs = [frozenset(pair[:2]) for row in world.correlation_rows for pair in row.pairs]
    assert len(pairs) == len(set(pairs)) and all(row.evidence == "case" for row in rows)
    assert frozenset(("art", "zinc")) in pairs and len(pairs) == (SIZE + 2) * (SIZE + 1) // 2


def test_estimates_that_cannot_hold_are_scaled_and_said():
    """Three copies of one column are dependent; nothing is repaired silently."""
    copy = TABLE["us_stocks"][window("1990-07", "2019-12")]
    own = series("1990-07", "2019-12", a1=copy, a2=copy, a3=copy)
    world = market.build(case(a1=SILVER, a2=SILVER, a3=SILVER), own)
    said = world.correlation_rows[-1].source
    kept = float(said.split("All times ")[1].split(",")[0])
    assert 0.5 < kept < 1.0 and "can hold together" in said
    assert of(world, "a1", "a2") == pytest.approx(kept, abs=6e-4)
    assert market.cholesky(world.correlation)[1] is None


def test_own_correlations_come_on_top_and_are_checked():
    own = series("2000-01", "2014-12", silver=noise("2000-01", "2014-12"))
    world = market.build(case([("silver", "gold", 0.5)], silver=SILVER), own)
    assert of(world, "silver", "gold") == 0.5
    with pytest.raises(Problems, match="silver and gold at 0.99"):
        market.build(case([("silver", "gold", 0.99), ("silver", "us_large_cap", 0.9)], silver=SILVER), own)


def test_a_series_changes_nothing_before_it():
    own = series("2000-01", "2014-12", silver=noise("2000-01", "2014-12"))
    plain, world = built(), market.build(case(silver=SILVER), own)
    assert world.factor[:SIZE, :SIZE].tobytes() == plain.factor.tobytes()
    assert world.rows[:SIZE] == plain.rows and np.array_equal(world.keys[:SIZE], plain.keys)


def test_an_asset_of_the_set_keeps_the_set_s_correlations():
    own = series("2000-01", "2014-12", gold=noise("2000-01", "2014-12"))
    plain, world = built(), market.build(case(gold=SILVER), own)
    assert np.array_equal(plain.correlation, world.correlation)
    assert world.rows[world.names.index("gold")].sd != plain.rows[plain.names.index("gold")].sd


def test_stated_risk_takes_nothing_from_the_series():
    own = series("2000-01", "2014-12", silver=TABLE["gold"][window("2000-01", "2014-12")])
    world = market.build(case(silver={**SILVER, "sd": 0.3}), own)
    assert world.rows[-1].sd == 0.3 and of(world, "silver", "gold") == 0.0


def test_a_series_that_never_moves_has_no_risk_and_no_correlation():
    flat = np.full(180, 0.002)
    world = market.build(case(vault=SILVER), series("2000-01", "2014-12", vault=flat))
    assert world.rows[-1].sd == pytest.approx(0.0, abs=1e-12)
    assert np.abs(world.correlation[-1, :-1]).max() == 0.0


def test_appraised_values_are_noticed():
    shocks = np.random.default_rng(4).normal(0.005, 0.02, 180)
    smooth = np.empty(180)
    last = 0.005
    for i, shock in enumerate(shocks):
        last = smooth[i] = 0.4 * shock + 0.6 * last
    world = market.build(case(offices=SILVER), series("2000-01", "2014-12", offices=smooth))
    assert "as of appraised values" in world.rows[-1].source
    world = market.build(case(silver=SILVER), series("2000-01", "2014-12", silver=shocks))
    assert "appraised" not in world.rows[-1].source


def test_a_series_before_the_history_or_after_it_is_no_error():
    months = tuple(f"{2031 + i // 12}-{i % 12 + 1:02d}" for i in range(36))
    values = tuple(float(x) for x in noise("2000-01", "2002-12"))
    for years in (months, tuple(month.replace("203", "190") for month in months)):
        world = market.build(case(silver=SILVER), Series("own.csv", ("silver",), years, (values,)))
        assert np.abs(world.correlation[-1, :-1]).max() == 0.0


def test_without_a_series_risk_must_be_stated():
    """The document says so when it names no file, the market when it gets no series, or one without the column."""
    with pytest.raises(ValueError, match='missing key "sd"'):
        assumptions(silver=SILVER)
    tin = series("2000-01", "2014-12", tin=noise("2000-01", "2014-12"))
    for own in (None, tin):
        with pytest.raises(Problems, match="no sd and no series"):
            market.build(case(silver=SILVER), own)
