"""What is read off a fund's sums: fee layers, private weights, gates, dilution, marks, and pooled outcomes."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alts401k.measure import fund, outcomes


class Layer(NamedTuple):
    """A fee layer as the resolver names it."""

    name: str
    sleeve: int
    base: str
    rate_yearly: float


NOISE = np.random.Generator(np.random.PCG64(5))
PATHS = 40


def sums():
    """Sums of 40 paths of a family with one private sleeve of two."""
    net = 1e9 * (1.0 + 0.2 * NOISE.random(PATHS))
    return {
        "net": net,
        "vfee": 0.0003 * net / 12,
        "vline_interest": 1e-6 * net,
        "sleeve_fee": np.stack([0.0002 * net / 12, 0.0001 * net / 12], axis=1),
        "line_interest": np.zeros((PATHS, 2)),
        "block_fee": (0.0015 * net / 12)[:, None],
        "incentive": (0.001 * net / 12 * NOISE.random(PATHS))[:, None],
    }


LAYERS = (
    Layer("trustee", -1, "net_assets", 0.0002),
    Layer("adviser", -1, "net_assets", 0.0001),
    Layer("administrator", 0, "net_assets", 0.001),
    Layer("index", 1, "net_assets", 0.0003),
    Layer("block_management", 0, "block", 0.015),
)


def test_layers_add_up_to_the_total():
    """Shared by rate inside a level, and nothing is lost or counted twice."""
    s = sums()
    rates = fund.fee_rates(s, LAYERS)
    total, error = fund.fee_total(s)
    assert sum(rates.values()) == pytest.approx(total, rel=1e-12)
    assert rates["trustee"] == pytest.approx(2 * rates["adviser"], rel=1e-12)
    assert rates["trustee"] + rates["adviser"] == pytest.approx(0.0003, rel=1e-12)
    assert rates["block_management"] == pytest.approx(0.0015, rel=1e-12)
    assert set(rates) == {
        "trustee",
        "adviser",
        "administrator",
        "index",
        "block_management",
        "incentive",
        "borrowing",
    }
    assert 0.0 < error < total


def test_the_error_of_a_ratio_of_sums_is_its_spread():
    """Over repeated samples of paths: the reported error within 20% of the spread of the totals."""
    found = np.array([fund.fee_total(sums()) for _ in range(300)])
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(ddof=1), rel=0.2)


def test_a_free_fund_costs_nothing():
    """No layer is named and no error is claimed."""
    s = {name: 0.0 * x for name, x in sums().items()} | {"net": np.full(PATHS, 1e9)}
    assert fund.fee_rates(s, LAYERS) == {}
    assert fund.fee_total(s) == (0.0, 0.0)


def test_layers_of_one_name_are_one_layer():
    """Two sleeves that pay the same index manager."""
    rates = fund.fee_rates(
        sums(), (Layer("index", 0, "net_assets", 0.1), Layer("index", 1, "net_assets", 0.1))
    )
    assert rates["index"] == pytest.approx(0.0003, rel=1e-12)


@given(st.lists(st.floats(0.0, 0.9999), min_size=1, max_size=60))
def test_private_weights_to_a_quarter_of_a_point(shares):
    """Percentiles of a list of weights from its bins, and a histogram that sums to one."""
    bins = np.bincount([int(x * 400) for x in shares], minlength=400).astype(float)
    said = fund.private_weight(bins, max(shares))
    for name, q in (("p50", 0.5), ("p95", 0.95)):
        low, high = (
            np.quantile(shares, min(1.0, max(0.0, q + d)), method="inverted_cdf") for d in (-1e-9, 1e-9)
        )
        assert low - 0.0025 <= said[name] <= high + 0.0025
        assert said[name] <= said["max"]
    assert sum(said["histogram"]["share"]) == pytest.approx(1.0, rel=1e-12)
    assert len(said["histogram"]["edges"]) == len(said["histogram"]["share"]) + 1
    assert said["max"] == max(shares)


def test_gates_are_path_years():
    """Years with a gate over all years of all paths; the error is between paths."""
    years = np.zeros((3, PATHS, 10), dtype=bool)
    years[0, :4] = True  # four paths with a gate in every year
    years[1, :, 3] = True  # every path in one year
    s = {"net": np.ones(PATHS)} | {
        name: years[k].sum(axis=1).astype(float)
        for k, name in enumerate(("gate_block", "gate_sleeve", "gate_plan"))
    }
    said = fund.gates(s, years.sum(axis=1))
    assert (said["building_block"], said["sleeve"], said["plan"]) == (0.1, 0.1, 0.0)
    assert said["standard_error"]["sleeve"] == 0.0 < said["standard_error"]["building_block"]
    assert said["by_year"]["sleeve"] == [0.0] * 3 + [1.0] + [0.0] * 6


def test_dilution_is_the_plans_part_a_year():
    """Half the family's dollars over ten years; the three sum to zero, exactly."""
    leavers, joiners = NOISE.normal(-100.0, 10.0, PATHS), NOISE.normal(40.0, 10.0, PATHS)
    s = {"net": np.full(PATHS, 1e6), "leavers": leavers, "joiners": joiners, "stayers": -(leavers + joiners)}
    said = fund.dilution(s, 10, 0.5)
    assert said["leavers"] == pytest.approx(leavers.mean() / 20, rel=1e-12)
    assert said["leavers"] + said["joiners"] + said["stayers"] == 0.0
    assert said["standard_error"]["joiners"] == pytest.approx(
        joiners.std(ddof=1) / np.sqrt(PATHS) / 20, rel=1e-12
    )


def test_dilution_that_makes_money_is_refused():
    """A dollar from nowhere is an error in the program, not a result; rounding of billions is neither."""
    leavers = np.full(PATHS, -1e6)
    s = {
        "net": np.full(PATHS, 1e12),
        "leavers": leavers,
        "joiners": 0.4 * -leavers,
        "stayers": 0.5 * -leavers,
    }
    with pytest.raises(ArithmeticError, match="zero"):
        fund.dilution(s, 10, 1.0)
    rounding = np.full(PATHS, 1e-4)  # a part in 1e16 of the net assets
    assert (
        fund.dilution({**s, "leavers": rounding, "joiners": rounding, "stayers": rounding}, 10, 1.0)[
            "leavers"
        ]
        > 0.0
    )


def test_gaps_of_marks():
    """Mean and spread of mark / truth - 1, and zeros for a sleeve that nobody ever held."""
    gaps = NOISE.normal(-0.02, 0.05, (PATHS, 120))
    s = {
        "gap_months": np.stack([np.full(PATHS, 120.0), np.zeros(PATHS)], axis=1),
        "gap_sum": np.stack([gaps.sum(axis=1), np.zeros(PATHS)], axis=1),
        "gap_squares": np.stack([(gaps**2).sum(axis=1), np.zeros(PATHS)], axis=1),
    }
    assert fund.mark_gaps(s, 0) == (pytest.approx(gaps.mean(), rel=1e-9), pytest.approx(gaps.std(), rel=1e-9))
    assert fund.mark_gaps(s, 1) == (0.0, 0.0)


def test_the_fan_of_a_dollar():
    """Real values by year, from one at the opening."""
    value = 10.0 * np.cumprod(NOISE.normal(1.05, 0.1, (200, 5)), axis=1)
    fan = outcomes.fan(value, 10.0, 0.02)
    assert fan["p50"][0] == 1.0
    assert fan["p5"][3] == pytest.approx(np.percentile(value[:, 2] / 10.0 / 1.02**3, 5), rel=1e-12)
    assert all(a < b < c for a, b, c in zip(fan["p5"][1:], fan["p50"][1:], fan["p95"][1:], strict=True))


def test_ages_without_people_have_no_row():
    """A plan of one age has one row, whichever of the bands it is in."""
    edges = np.linspace(0.5, 1.5, 11)
    ratio = np.zeros((2, 10))
    ratio[1, 5] = 4.0
    rows = outcomes.by_age(
        [(0, 34), (35, 66)],
        np.array([0.0, 4.0]),
        ratio,
        np.array([[np.inf, -np.inf], [1.02, 1.02]]),
        edges,
        np.array([[0.0, 0.0], [4.0, 2.0]]),
    )
    assert rows == [
        {
            "age_from": 35,
            "age_to": 66,
            "people": 4,
            "median_wealth_change": pytest.approx(0.02, rel=1e-12),
            "p5_wealth_change": pytest.approx(0.02, rel=1e-12),
            "chance_better_off": 0.75,
        }
    ]


def test_fill_rates_by_hand():
    """Dollars over paths and months: 95 of 100 to people, 30 of 40 by the sleeves, 8 of 10 by the blocks."""
    s = {"asked": np.array([60.0, 40.0]), "unfilled": np.array([5.0, 0.0]), "slow_asked": np.array([40.0, 0.0]),
         "slow_unfilled": np.array([10.0, 0.0]), "block_due": np.array([[6.0, 1.0], [3.0, 0.0]]),
         "block_paid": np.array([[5.0, 1.0], [2.0, 0.0]])}
    assert fund.fill_rates(s) == pytest.approx({"participants": 0.95, "sleeve": 0.75, "building_block": 0.8})


def test_nothing_asked_has_no_fill_rate():
    """A fund without private sleeves asks none of them, and a plan that nobody leaves asks nothing."""
    s = {name: np.zeros(2) for name in ("asked", "unfilled", "slow_asked", "slow_unfilled")}
    s |= {name: np.zeros((2, 0)) for name in ("block_due", "block_paid")}
    assert fund.fill_rates(s) == {"participants": None, "sleeve": None, "building_block": None}
    assert fund.fill_rates({**s, "asked": np.array([1.0, 0.0])})["participants"] == 1.0


def test_days_above_the_cap_by_hand():
    """Three of 24 vintage-months on one path and one of 16 on the other: 365 x 4 / 40 days, with the ratio's error."""
    found = fund.days_above_cap({"above_cap": np.array([3.0, 1.0]), "months": np.array([24.0, 16.0])})
    assert found["value"] == pytest.approx(36.5, rel=1e-12)
    # influence (3 - 2.4) / 20 and (1 - 1.6) / 20: sd 0.0424, over the root of two paths 0.03
    assert found["standard_error"] == pytest.approx(365.0 * 0.03, rel=1e-9)


def test_days_above_the_cap_err_as_they_vary():
    """Over repeated samples of paths: the reported error within 20% of the spread of the estimates."""
    rows = []
    for _ in range(300):
        months = 100.0 + NOISE.integers(0, 50, PATHS)
        above = NOISE.binomial(months.astype(int), 0.2 * NOISE.random(PATHS)).astype(float)
        found = fund.days_above_cap({"above_cap": above, "months": months})
        rows.append((found["value"], found["standard_error"]))
    value, error = np.array(rows).T
    assert error.mean() == pytest.approx(value.std(ddof=1), rel=0.2)


def test_nobody_is_above_a_cap():
    """Without a month with holders there are no days and no error."""
    none = {"above_cap": np.zeros(2), "months": np.zeros(2)}
    assert fund.days_above_cap(none) == {"value": 0.0, "standard_error": 0.0}


def test_the_worst_of_a_stress_by_hand():
    """Half falls to 0.5 and back, half stays: at worst -25%, weights of any size; nothing held does not fall."""
    growth = np.array([[0.5, 1.0], [2.0, 1.0]])
    assert fund.worst_change(growth, np.array([3.0, 3.0])) == pytest.approx(-0.25, rel=1e-12)
    assert fund.worst_change(growth, np.array([1.0, 0.0])) == pytest.approx(-0.5, rel=1e-12)
    assert fund.worst_change(np.full((3, 2), 1.01), np.array([1.0, 0.0])) == pytest.approx(0.01, rel=1e-9)
    assert fund.worst_change(growth, np.zeros(2)) == 0.0
