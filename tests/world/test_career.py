"""Working lives: pay, contributions within the limits of each year, and real pay before 67."""

from datetime import date

import numpy as np
import pytest

from alts401k.terms.limits import limits
from alts401k.terms.plan import Plan
from alts401k.world.people import People, career, pay_profile, population, years_to_run

LIMITS = limits(2026, 60, 0.0)


def plan(**changes):
    keys = {"name": "a plan", "as_of": date(2025, 12, 31), "population": "cps-2026", "pay_profile": "level"}
    return Plan.model_validate({**keys, "pay_growth_yearly": 0.0, **changes})


def people(*rows):
    """People from rows of (birth_year, pay, deferral)."""
    year, pay, deferral = (np.array(column) for column in zip(*rows, strict=True))
    n = len(rows)
    return People(year.astype(np.int64), pay.astype(float), np.zeros(n), deferral.astype(float), np.ones(n))


def contributions(row, inflation=0.0, table=LIMITS, **changes):
    return career(people(row), plan(**changes), inflation, table).contributions_usd[0]


def wealth(paid, rate):
    """Value at the end of year-end payments (years,)."""
    return (paid * (1 + rate) ** np.arange(len(paid) - 1, -1, -1)).sum()


def test_forty_level_payments_and_half_a_point():
    paid = contributions((1998, 50000, 0.1))
    assert paid.tolist() == [5000.0] * 40
    assert wealth(paid, 0.065) / wealth(paid, 0.06) == pytest.approx(1.1349, abs=5e-5)
    assert wealth(paid, 0.05) / wealth(paid, 0.06) - 1 == pytest.approx(-0.219, abs=5e-4)


def test_growth_of_pay_starts_with_the_second_year():
    paid = contributions((1998, 50000, 0.1), pay_growth_yearly=0.03)
    assert paid[:3] == pytest.approx([5000.0, 5150.0, 5304.5], rel=1e-14)
    assert wealth(paid, 0.065) / wealth(paid, 0.06) == pytest.approx(1.117, abs=5e-4)


def test_nothing_is_paid_after_67_and_those_already_67_are_left_out():
    born = ((year, 1e4, 0.1) for year in (1960, 1958, 1950, 1959))
    found = career(people(*born), plan(), 0.0, LIMITS)
    assert found.keep.tolist() == [True, False, False, True] and found.left_out == 2
    assert found.horizon_years.tolist() == [2, 1]
    assert found.contributions_usd.tolist() == [[1000.0, 1000.0], [1000.0, 0.0]]


def test_a_plan_of_people_past_67_has_no_years():
    old = people((1950, 1e4, 0.1))
    found = career(old, plan(), 0.0, LIMITS)
    assert years_to_run(old, 2025) == 0 and found.left_out == 1
    assert found.contributions_usd.shape == (0, 0) and found.mean_real_pay_last5.shape == (0,)


def test_years_follow_the_opening_date():
    table = limits(2017, 60, 0.0)
    paid = contributions((1980, 1e6, 1.0), as_of=date(2016, 6, 30), table=table)
    # Year 1 ends 2017-06-30 under the limits of 2017, at age 37; the run lasts to 67.
    assert len(paid) == 31 and paid[0] == 18000.0 and paid[1] == 18500.0


def test_no_stated_growth_means_pay_keeps_up_with_prices():
    found = career(people((1990, 50000, 0.1)), plan(pay_growth_yearly=None), 0.03, LIMITS)
    assert found.contributions_usd[0, 10] == pytest.approx(5000 * 1.03**10, rel=1e-14)
    # Pay of a year is in that year's dollars, deflated to its end: one year of inflation is left over.
    assert found.mean_real_pay_last5[0] == pytest.approx(50000 / 1.03, rel=1e-13)


def test_real_pay_is_the_mean_of_the_last_five_years_or_fewer():
    found = career(people((1990, 100.0, 0.0), (1961, 100.0, 0.0)), plan(pay_growth_yearly=0.02), 0.01, LIMITS)
    last = [100 * 1.02 ** (y - 1) / 1.01**y for y in range(28, 33)]
    assert found.mean_real_pay_last5[0] == pytest.approx(np.mean(last), rel=1e-13)
    few = [100 * 1.02 ** (y - 1) / 1.01**y for y in range(1, 4)]
    assert found.mean_real_pay_last5[1] == pytest.approx(np.mean(few), rel=1e-13)


def test_catch_up_by_age_at_the_end_of_the_year():
    paid = contributions((1977, 200000, 0.5))
    by_age = dict(zip(range(49, 68), paid, strict=True))
    assert by_age[49] == 24500.0 and by_age[50] == by_age[59] == 32500.0
    assert [by_age[age] for age in (60, 61, 62, 63)] == [35750.0] * 4
    assert by_age[64] == by_age[67] == 32500.0


def test_pay_above_the_compensation_limit_does_not_count():
    generous = {"match": {"rate": 0.0, "up_to": 0.0, "nonelective": 0.05}}
    assert contributions((1990, 1e6, 0.0), **generous)[0] == pytest.approx(0.05 * 360000, rel=1e-14)
    assert contributions((1990, 1e6, 0.04))[0] == pytest.approx(0.04 * 360000, rel=1e-14)


def test_the_match_formula():
    match = {"match": {"rate": 0.5, "up_to": 0.06, "nonelective": 0.02}}
    assert contributions((1990, 1e5, 0.04), **match)[0] == pytest.approx(4000 + 2000 + 2000, rel=1e-14)
    assert contributions((1990, 1e5, 0.10), **match)[0] == pytest.approx(10000 + 3000 + 2000, rel=1e-14)
    # 20% of 300,000 is cut to 24,500; 6% of pay is 18,000, so the match is whole.
    assert contributions((1990, 3e5, 0.20), **match)[0] == pytest.approx(24500 + 9000 + 6000, rel=1e-14)
    # Matched up to 10%: 30,000 would be matched, but only 24,500 is deferred.
    wide = {"match": {"rate": 1.0, "up_to": 0.10, "nonelective": 0.0}}
    assert contributions((1990, 3e5, 0.20), **wide)[0] == pytest.approx(2 * 24500, rel=1e-14)


def test_annual_additions_are_cut_but_not_the_catch_up():
    lavish = {"match": {"rate": 1.0, "up_to": 0.10, "nonelective": 0.20}}
    young, old = ((year, 3.5e5, 0.20) for year in (1990, 1970))
    assert contributions(young, **lavish)[0] == pytest.approx(72000, rel=1e-14)
    assert contributions(old, **lavish)[0] == pytest.approx(72000 + 8000, rel=1e-14)
    # Additions cannot exceed pay either: everything deferred leaves no room for the employer.
    assert contributions((1990, 10000, 1.0), **lavish)[0] == pytest.approx(10000, rel=1e-14)


def test_pay_follows_the_profile_of_wages_by_age():
    found = career(people((1990, 40000, 0.1)), plan(pay_profile="cps"), 0.0, LIMITS).contributions_usd[0]
    profile = pay_profile(np.arange(35, 67))
    assert found == pytest.approx(4000 * profile / profile[0], rel=1e-13)
    assert found[0] == 4000.0


def test_the_profile_is_the_smoothed_mean_and_flat_outside():
    profile = pay_profile(np.arange(16, 101))
    assert profile[0] == profile[1] == profile[2] and profile[-1] == profile[80 - 16]
    inside = pay_profile(np.arange(27, 67))
    assert 27 + int(inside.argmax()) in range(50, 55)
    assert inside.max() / inside[0] == pytest.approx(1.63, abs=0.02)
    assert inside[-1] / pay_profile(56) - 1 == pytest.approx(-0.13, abs=0.01)
    # Age 45: ages 43 to 47, weighted by workers.
    mean = np.array([898, 931, 920, 932, 887]) * 100.0
    workers = np.array([5925, 5944, 5918, 5837, 5662])
    assert pay_profile(45) == pytest.approx((mean * workers).sum() / workers.sum(), rel=1e-13)


def test_limits_that_do_not_cover_the_years_are_refused():
    for table in (limits(2027, 60, 0.0), limits(2026, 31, 0.0)):
        with pytest.raises(ValueError, match="limits must cover 32 years from 2026"):
            career(people((1990, 1.0, 0.1)), plan(), 0.0, table)


def test_the_shipped_population_over_forty_years():
    ordinary = plan(pay_profile="cps", pay_growth_yearly=None)
    found = career(population("cps-2026"), ordinary, 0.0244, limits(2026, 40, 0.025))
    assert found.contributions_usd.shape == (5000, 40) and found.left_out == 0
    assert (found.contributions_usd >= 0).all() and (found.mean_real_pay_last5 > 0).all()
    paid = found.contributions_usd > 0
    assert (paid.sum(axis=1) == found.horizon_years).all()
