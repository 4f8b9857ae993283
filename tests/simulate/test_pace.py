"""The pace of partnerships: the published model year by year, and a ladder that stands still."""

import pytest

from alts401k.terms.fund import Pace
from alts401k.terms.pace import cohort, ladder

# The paper's venture case worked out elsewhere in hundredths of the commitment: call, distribution, value, all paid.
WORKED = (
    (25.0000, 0.0000, 25.0000, 0.0000), (25.0000, 0.3204, 52.9296, 0.3204), (25.0000, 1.8691, 82.9414, 2.1894),
    (12.5000, 6.0124, 100.2114, 8.2018), (6.2500, 12.6902, 106.7987, 20.8920), (3.1250, 21.3339, 102.4737, 42.2259),
    (1.5625, 30.0942, 87.2636, 72.3201), (0.7812, 35.7835, 63.6055, 108.1036), (0.3906, 35.0128, 37.2521, 143.1164),
    (0.1953, 26.6856, 15.6046, 169.8019), (0.0977, 14.1860, 3.5449, 183.9880), (0.0488, 4.0057, 0.0488, 187.9937),
)
VENTURE = {"call_rates": [0.25, 1 / 3, 0.5], "life_years": 12, "bow": 2.5, "growth_yearly": 0.13,
           "commitment_growth_yearly": 0.0}
EXAMPLE = {"call_rates": [0.37, 0.19, 0.39], "life_years": 20, "bow": 1.64, "growth_yearly": 0.087, "scale": 1.104,
           "commitment_growth_yearly": 0.03}


def test_a_cohort_is_the_worked_table():
    """Twelve years of calls, distributions and value, to the table's last digit."""
    calls, paid, values = cohort(Pace(**VENTURE))
    total = 0.0
    for (call, dist, value, all_paid), c, d, v in zip(WORKED, calls, paid, values, strict=True):
        total += d
        assert (100 * c, 100 * d, 100 * v, 100 * total) == pytest.approx((call, dist, value, all_paid), abs=5.1e-5)


def test_the_published_figures():
    """Value peaks at 106.8 in year five, 188.0 is paid in all; the growth assumed is the rate of return."""
    calls, paid, values = cohort(Pace(**VENTURE))
    assert values.index(max(values)) == 4 and 100 * max(values) == pytest.approx(106.80, abs=0.01)
    assert 100 * sum(paid) == pytest.approx(187.99, abs=0.01)
    flows = [d - c for c, d in zip(calls, paid, strict=True)]
    flows[-1] += values[-1]
    assert sum(flow / 1.13**t for t, flow in enumerate(flows, 1)) == pytest.approx(0.0, abs=1e-12)


def test_the_yield_is_the_least_rate_and_everything_goes_at_the_end():
    """A real-estate case: 5% of value a year at least, all of it in the last year."""
    pace = Pace(call_rates=[0.4, 0.667, 0.4], life_years=12, bow=5.0, growth_yearly=0.08, yield_yearly=0.05,
                commitment_growth_yearly=0.0)
    calls, paid, values = cohort(pace)
    assert paid[1] == pytest.approx(0.05 * values[0] * 1.08, rel=1e-14)
    assert paid[11] == pytest.approx(values[10] * 1.08, rel=1e-14)
    assert values[11] == pytest.approx(calls[11], rel=1e-12)


def test_scale_multiplies_all_three():
    """Calls beyond the commitment."""
    plain, scaled = cohort(Pace(**VENTURE)), cohort(Pace(**VENTURE, scale=1.2))
    for one, other in zip(plain, scaled, strict=True):
        assert other == pytest.approx([1.2 * x for x in one], rel=1e-14)


@pytest.mark.parametrize("terms", [VENTURE, {**VENTURE, "commitment_growth_yearly": 0.05}, EXAMPLE])
def test_a_ladder_is_its_cohorts_added_up(terms):
    """Value, undrawn commitments, calls and distributions of a cohort a year, older ones smaller by the growth."""
    pace = Pace(**terms)
    calls, paid, values = cohort(pace)
    scale, n = terms.get("scale", 1.0), terms["life_years"]
    size = [(1.0 + terms["commitment_growth_yearly"]) ** -age for age in range(n)]
    nav = sum(size[age] * values[age - 1] for age in range(1, n))
    undrawn = sum(size[age] * (scale - sum(calls[:age])) for age in range(n))
    found = ladder(pace)
    assert found.unfunded_to_nav == pytest.approx(undrawn / nav, rel=1e-12)
    assert found.commitment_to_nav_yearly == pytest.approx(scale / nav, rel=1e-12)
    called = sum(size[age] * calls[age] for age in range(n)) / undrawn
    left = sum(size[age] * paid[age] for age in range(n)) / (nav * (1.0 + terms["growth_yearly"]))
    assert 1.0 - (1.0 - found.call_share) ** 12 == pytest.approx(called, rel=1e-12)
    assert 1.0 - (1.0 - found.distribution_share) ** 12 == pytest.approx(left, rel=1e-12)


def test_one_commitment_a_year_is_the_worked_exposure():
    """100 a year: 677.67 of value with the last cohort's remainder, 174.95 undrawn a year after each commitment."""
    found = ladder(Pace(**VENTURE))
    nav = 100.0 / found.commitment_to_nav_yearly
    assert nav + WORKED[-1][2] == pytest.approx(677.67, abs=0.01)
    assert found.unfunded_to_nav * nav - 100.0 + (100.0 - 99.9512) == pytest.approx(174.95, abs=0.01)


@pytest.mark.parametrize("terms", [VENTURE, {**VENTURE, "commitment_growth_yearly": 0.05}, EXAMPLE])
def test_a_ladder_stands_still(terms):
    """Year by year exactly, but for a dying cohort's remainder; month by month at its rates within 4% for ten years."""
    pace, found = Pace(**terms), ladder(Pace(**terms))
    growth, commitments = 1.0 + terms["growth_yearly"], 1.0 + terms["commitment_growth_yearly"]
    called = (1.0 - (1.0 - found.call_share) ** 12) * found.unfunded_to_nav
    left = (1.0 - (1.0 - found.distribution_share) ** 12) * growth
    remainder = cohort(pace)[2][-1] * found.commitment_to_nav_yearly
    assert growth + called - left == pytest.approx(commitments, abs=2.0 * remainder + 1e-12)
    nav, unfunded = 1.0, found.unfunded_to_nav
    for month in range(1, 121):
        nav *= growth ** (1.0 / 12.0)
        call, dist = found.call_share * unfunded, found.distribution_share * nav
        commit = found.commitment_to_nav_yearly / 12.0 * nav
        nav, unfunded = nav + call - dist, unfunded + commit - call
        assert abs(nav / commitments ** (month / 12.0) - 1.0) < 0.04
        assert 0.8 < unfunded / nav / found.unfunded_to_nav < 1.05


def test_a_ladder_that_never_holds_anything_is_refused():
    """Nothing is called before the year in which everything is paid back."""
    late = Pace(call_rates=[0.0, 1.0], life_years=2, bow=1.0, growth_yearly=0.0, commitment_growth_yearly=0.0)
    with pytest.raises(ValueError, match="holds nothing"):
        ladder(late)
