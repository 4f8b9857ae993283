"""One saver of 27 in a world without risk: what the program says against sums a person can do by hand."""

import numpy as np
import pytest
from case_maker import (
    HEADLINES,
    asset,
    assumptions,
    census,
    finished,
    one_sleeve,
    paired,
    plan,
    sections,
    wealth,
    write,
)

PAY, DEFERRAL, YEARS = 50_000.0, 0.10, 40
RATES = {"five": 0.05, "six": 0.06, "six_and_a_half": 0.065}


def saver(folder, proposed, baseline="six", sleeve_fee=0.0, trustee_fee=0.0, inflation=0.0, match="", **keys):
    """The case: no balance, no match, a level 10% of $50,000, which no IRS limit reaches."""
    keys.setdefault("contribution_timing", '"year_end"')
    return write(
        folder,
        fund=one_sleeve(proposed, sleeve_fee, trustee_fee),
        baseline=one_sleeve(baseline),
        plan=plan(match, **keys),
        people=census((1998, PAY, 0, DEFERRAL)),
        assumptions=assumptions(*(asset(*one) for one in RATES.items()), inflation=inflation),
    )


def saved(
    monthly_growth: float, pay_growth: float = 0.0, monthly: bool = False, first: float = PAY * DEFERRAL
) -> float:
    """Wealth at 67 of 40 years of savings, added up month by month."""
    total = 0.0
    for month in range(1, 12 * YEARS + 1):
        total *= monthly_growth
        paid_in = first * (1.0 + pay_growth) ** ((month - 1) // 12)
        if monthly:
            total += paid_in / 12.0
        elif month % 12 == 0:
            total += paid_in
    return total


def month(rate: float, fee: float = 0.0) -> float:
    """A month's growth at a yearly rate, less a twelfth of a fee taken from the month's opening value."""
    return (1.0 + rate) ** (1.0 / 12.0) - fee / 12.0


# How the case differs; change of wealth as a person would look it up, and to which half digit; worked out by hand.
CASES = {
    "half a point more return": (
        dict(proposed="six_and_a_half"),
        (0.1349, 5e-5),
        saved(month(0.065)) / saved(month(0.06)),
    ),
    "half a point more, pay grows 3%": (
        dict(proposed="six_and_a_half", pay_growth_yearly=0.03),
        (0.117, 5e-4),
        saved(month(0.065), 0.03) / saved(month(0.06), 0.03),
    ),
    "a point less return": (dict(proposed="five"), (-0.219, 5e-4), saved(month(0.05)) / saved(month(0.06))),
    "a point more fee in the sleeve": (
        dict(proposed="six", sleeve_fee=0.01),
        (-0.229, 5e-4),
        saved(month(0.06, 0.01)) / saved(month(0.06)),
    ),
    "a point more fee of the trustee": (
        dict(proposed="six", trustee_fee=0.01),
        (-0.229, 5e-4),
        saved(month(0.06, 0.01)) / saved(month(0.06)),
    ),
    "half a point more, paid in monthly": (
        dict(proposed="six_and_a_half", contribution_timing='"month_end"'),
        (0.1373, 5e-5),
        saved(month(0.065), monthly=True) / saved(month(0.06), monthly=True),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_change_of_wealth_is_the_one_worked_out_by_hand(tmp_path, name):
    """Every statistic of a world without risk is that one number, exact, and its standard error is zero."""
    keys, (figure, half_digit), ratio = CASES[name]
    data = sections(saver(tmp_path / "case", **keys), paths=2)
    found = paired(data)
    for headline in HEADLINES[:3]:
        assert found[headline] == pytest.approx(ratio - 1.0, rel=1e-11)
        assert found[headline] == pytest.approx(figure, abs=half_digit)
    assert found["chance_better_off"] == float(ratio > 1.0)
    assert [row["standard_error"] for row in data["performance"]["paired"].values()] == [0.0] * 4
    assert data["run"]["years"] == YEARS and data["run"]["people"] == 1
    (row,) = data["performance"]["by_age"]
    assert (row["age_from"], row["people"]) == (0, 1)
    assert row["median_wealth_change"] == row["p5_wealth_change"] == found["median_wealth_change"]


def test_wealth_is_the_annuity_sum(tmp_path):
    """In dollars: 5,000 a year for 40 years at 6.5% and at 6%, by the closed formula and in the results."""
    case = saver(tmp_path / "case", "six_and_a_half")
    g, run = finished(case, 2)
    said = sections(case, paths=2)["performance"]
    for k, (name, rate) in enumerate({"proposed": 0.065, "baseline": 0.06}.items()):
        by_formula = PAY * DEFERRAL * ((1.0 + rate) ** YEARS - 1.0) / rate
        assert wealth(g, run, k) == pytest.approx(np.full((1, 2), by_formula), rel=1e-12)
        # percentiles of dollars are read off a histogram of 1,024 bins an octave
        assert said["wealth_usd"][name]["p50"] == pytest.approx(by_formula, rel=1e-3)


def test_the_match_and_the_balance_count(tmp_path):
    """50 cents on the first 6%, 1% for everybody, and $20,000 already saved."""
    case = saver(tmp_path / "case", "six_and_a_half", match="rate = 0.5\nup_to = 0.06\nnonelective = 0.01")
    write(case, people=census((1998, PAY, 20_000, DEFERRAL)))
    yearly = PAY * (DEFERRAL + 0.5 * 0.06 + 0.01)
    g, run = finished(case, 2)
    for k, rate in enumerate((0.065, 0.06)):
        by_hand = saved(month(rate), first=yearly) + 20_000 * (1.0 + rate) ** YEARS
        assert wealth(g, run, k)[0] == pytest.approx(by_hand, rel=1e-12)


def test_inflation_turns_wealth_real_and_leaves_the_change_alone(tmp_path):
    """Dollars of the opening date: nominal wealth over (1 + inflation)^40."""
    with_inflation = sections(saver(tmp_path / "a", "six_and_a_half", inflation=0.025), paths=2)[
        "performance"
    ]
    without = sections(saver(tmp_path / "b", "six_and_a_half"), paths=2)["performance"]
    assert with_inflation["paired"] == without["paired"]
    real = saved(month(0.06)) / 1.025**YEARS
    assert with_inflation["wealth_usd"]["baseline"]["p50"] == pytest.approx(real, rel=1e-3)
    assert without["wealth_usd"]["baseline"]["p50"] == pytest.approx(saved(month(0.06)), rel=1e-3)


def test_a_year_is_twelve_contributions_or_one(tmp_path):
    """A last year of work: paid monthly it earns half a year or so, paid at the year's end nothing."""
    for timing, monthly in (('"month_end"', True), ('"year_end"', False)):
        case = saver(tmp_path / timing.strip('"'), "six", contribution_timing=timing)
        write(case, people=census((1959, PAY, 0, DEFERRAL)))
        g, run = finished(case, 2)
        by_hand = (
            sum(PAY * DEFERRAL / 12 * 1.06 ** (k / 12) for k in range(12)) if monthly else PAY * DEFERRAL
        )
        assert wealth(g, run, 0)[0] == pytest.approx(by_hand, rel=1e-12)


def test_money_within_the_limits_only(tmp_path):
    """Half of $200,000 is over the limit on deferrals: at 66 the published limit of 2026 with its catch-up goes in."""
    case = saver(tmp_path / "case", "six")
    write(case, people=census((1959, 200_000, 0, 0.5)))
    g, run = finished(case, 2)
    assert wealth(g, run, 0)[0] == pytest.approx(g.limits.elective[0] + g.limits.catch_up_50[0], rel=1e-12)
    assert (g.limits.elective[0], g.limits.catch_up_50[0]) == (24_500, 8_000)


def test_fees_of_one_sleeve_are_its_fee(tmp_path):
    """A fund of one sleeve costs its fee a year: a twelfth of it a month, on the month's opening value."""
    for keys, layer in (({"sleeve_fee": 0.01}, "manager"), ({"trustee_fee": 0.01}, "trustee")):
        case = saver(tmp_path / layer, "six", contribution_timing='"month_end"', **keys)
        write(case, people=census((1998, PAY, 20_000, DEFERRAL)))
        fees = sections(case, paths=2)["fees"]
        assert fees["total"]["proposed"] == pytest.approx(0.01, rel=1e-12)
        assert fees["total"]["baseline"] == 0.0
        assert fees["per_1000_usd"]["proposed"] == {
            layer: pytest.approx(1000 * fees["total"]["proposed"], rel=1e-12)
        }
        assert fees["per_1000_usd"]["baseline"] == {}
