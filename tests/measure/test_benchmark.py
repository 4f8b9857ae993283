"""A fund beside its benchmark, worked by hand, and the proposed rule's worked examples (k)(1) to (k)(3)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alts401k.measure import benchmark

ASSETS = ("bonds", "cash", "private", "stocks")
SHARES = {"lend": {"private": 0.85, "cash": 0.15}, "index": {"stocks": 1.0}, "notes": {"bonds": 1.0}}
# two vintages, two years: the young one moves 10 points from stocks to bonds
TARGETS = [
    [{"lend": 0.2, "index": 0.7, "notes": 0.1}, {"lend": 0.2, "index": 0.6, "notes": 0.2}],
    [{"lend": 0.1, "index": 0.3, "notes": 0.6}, {"lend": 0.1, "index": 0.3, "notes": 0.6}],
]
OWN = benchmark.asset_weights(TARGETS, SHARES, ASSETS)
COMPOSITE = benchmark.asset_weights(TARGETS, {**SHARES, "lend": {"bonds": 0.85, "cash": 0.15}}, ASSETS)
ALIKE = np.zeros((2, 2))
NOISE = np.random.Generator(np.random.PCG64(7))


def test_weights_look_through_the_sleeves():
    """17% private and 3% cash in a 20% sleeve; rows add up to one; what is not named is left out."""
    assert OWN[0, 0] == pytest.approx([0.1, 0.03, 0.17, 0.7], rel=1e-12)
    assert OWN[1, 1] == pytest.approx([0.6, 0.015, 0.085, 0.3], rel=1e-12)
    assert OWN.sum(axis=2) == pytest.approx(np.ones((2, 2)), rel=1e-12)
    assert benchmark.asset_weights(TARGETS, SHARES, ("stocks",))[0, 1] == pytest.approx([0.6], rel=1e-12)


def test_overlap_by_hand():
    """All but the private part; by dollars 83% in the young vintage and 91.5% in the old one."""
    assert benchmark.overlap(OWN, COMPOSITE, ALIKE) == pytest.approx(1.0 - (0.17 + 0.085) / 2, rel=1e-12)
    assert benchmark.overlap(OWN, COMPOSITE, np.array([[3.0, 3.0], [1.0, 1.0]])) == pytest.approx(
        0.75 * 0.83 + 0.25 * 0.915, rel=1e-12)
    assert benchmark.overlap(OWN, OWN, ALIKE) == pytest.approx(1.0, rel=1e-12)


def test_distance_by_year():
    """Ten points in the second year against the path left at its first; nothing in a year without savers."""
    still = np.repeat(OWN[:, :1], 2, axis=1)
    assert benchmark.distance_by_year(OWN, still, np.array([[1.0, 1.0], [0.0, 0.0]])) == pytest.approx([0.0, 0.1])
    assert benchmark.distance_by_year(OWN, still, ALIKE) == pytest.approx([0.0, 0.05])
    assert benchmark.distance_by_year(OWN, still, np.array([[1.0, 0.0], [1.0, 0.0]])) == pytest.approx([0.0, 0.0])


def test_what_has_no_index_is_apart():
    """A row that lacks its private part is as far off as that part is large, from either side."""
    known = benchmark.asset_weights(TARGETS, {**SHARES, "lend": {"cash": 0.15}}, ASSETS)
    young = np.array([[1.0, 1.0], [0.0, 0.0]])
    assert benchmark.distance_by_year(known, COMPOSITE, young) == pytest.approx([0.17, 0.17])
    assert benchmark.distance_by_year(COMPOSITE, known, young) == pytest.approx([0.17, 0.17])


def test_excess_return_by_hand():
    """One vintage, two years: 10% and 20% against 5% and 5%: the geometric mean of 1.1/1.05 and 1.2/1.05, less 1."""
    value = np.array([[[11.0, 13.2]], [[11.0, 13.2]]])
    other = np.array([[[10.5, 11.025]], [[10.5, 11.025]]])
    found = benchmark.excess_return(value, other, 10.0, np.ones((1, 2)))
    assert found.value == pytest.approx(np.sqrt(1.1 * 1.2) / 1.05 - 1.0, rel=1e-12)
    assert found.standard_error == pytest.approx(0.0, abs=1e-15)
    first = benchmark.excess_return(value, other, 10.0, np.array([[1.0, 0.0]]))
    assert first.value == pytest.approx(1.1 / 1.05 - 1.0, rel=1e-12)
    assert benchmark.excess_return(other, other, 10.0, np.ones((1, 2))) == (0.0, 0.0)


def test_the_error_of_an_excess_is_the_spread_of_repeated_samples():
    """300 samples of 50 paths: mean reported error within 15% of the spread, and the mean is the one put in."""
    rows = []
    for _ in range(300):
        logs = NOISE.normal(0.05, 0.1, (50, 2, 6))
        value = np.exp(np.cumsum(logs + NOISE.normal(0.01, 0.03, logs.shape), axis=2))
        rows.append(benchmark.excess_return(value, np.exp(np.cumsum(logs, axis=2)), 1.0, np.ones((2, 6))))
    found = np.array(rows)
    assert found[:, 0].mean() == pytest.approx(np.expm1(0.01), abs=3e-4)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(ddof=1), rel=0.15)


def two_years(logs):
    """Unit values of one vintage from yearly log growth (paths, years)."""
    return np.exp(np.cumsum(np.asarray(logs, dtype=float), axis=1))[:, None, :]


def test_risk_by_hand():
    """Three paths: growth -0.1, 0, 0.1 against -0.1, 0.1, 0: variances 0.01, covariance 0.005, correlation 0.5."""
    found = benchmark.risk(two_years([[-0.1], [0.0], [0.1]]), two_years([[-0.1], [0.1], [0.0]]), 1.0, np.ones((1, 1)))
    assert found == pytest.approx((0.1, 0.1, 0.1, 0.5), rel=1e-9)
    assert not found.similar


def test_means_of_years_are_not_risk():
    """A year that grows more on every path adds nothing to volatility, and a constant lag nothing to the tracking."""
    up = [[-0.1, 0.9], [0.1, 1.1]]
    found = benchmark.risk(two_years(up), two_years(np.array(up) - 0.02), 1.0, np.ones((1, 2)))
    assert found.fund == pytest.approx(0.1 * np.sqrt(2.0), rel=1e-9)
    assert found.tracking_error == 0.0
    assert found.correlation == pytest.approx(1.0, rel=1e-9)
    assert found.similar


@pytest.mark.parametrize(("found", "similar"), [
    (benchmark.Risk(0.10, 0.10, 0.04, 0.90), True),
    (benchmark.Risk(0.10, 0.10, 0.05, 0.89), False),
    (benchmark.Risk(0.10, 0.08, 0.03, 0.95), True),
    (benchmark.Risk(0.10, 0.079, 0.03, 0.95), False),
    (benchmark.Risk(0.079, 0.10, 0.03, 0.95), False),
    (benchmark.Risk(0.10, 0.0, 0.10, None), False),
    (benchmark.Risk(0.0, 0.0, 0.0, None), True),
])
def test_similar_risk_at_its_thresholds(found, similar):
    """Correlation from 0.90, volatilities up to 1.25 times, and two that never vary."""
    assert found.similar is similar


def test_cash_beside_cash():
    """What does not vary has no correlation."""
    flat = two_years([[0.03, 0.03], [0.03, 0.03]])
    assert benchmark.risk(flat, flat, 1.0, np.ones((1, 2))) == (0.0, 0.0, 0.0, None)


def test_pme_by_hand():
    """100 in at an index of 1, 200 out at an index of 1.5: 1.333; equal to the index: 1; nothing in: no answer."""
    assert benchmark.pme(np.array([100.0]), np.array([200 / 1.5]))["p50"] == pytest.approx(4 / 3, rel=1e-12)
    # two calls of 50 at 1.0 and 1.25, then 60 out at 1.2 and 66 left at 1.5
    assert benchmark.pme(np.array([50 / 1.0 + 50 / 1.25]), np.array([60 / 1.2 + 66 / 1.5]))["p5"] == pytest.approx(
        94.0 / 90.0, rel=1e-12)
    assert benchmark.pme(np.zeros(3), np.zeros(3)) is None


@given(st.lists(st.tuples(st.floats(1.0, 1e9), st.floats(0.0, 1e9)), min_size=1, max_size=50))
def test_pme_over_paths(pairs):
    """Percentiles over the paths that put money in, in order; a path without any changes nothing."""
    paid, back = np.array(pairs).T
    found = benchmark.pme(paid, back)
    assert found["p5"] <= found["p50"] <= found["p95"]
    assert found["p50"] == pytest.approx(float(np.median(back / paid)), rel=1e-12)
    assert benchmark.pme(np.append(paid, 0.0), np.append(back, 5.0)) == found


def test_the_closest_investment():
    """The largest share in common, the first on a tie, to rounding; nothing to choose from is refused."""
    own = {"stocks": 0.6, "bonds": 0.3, "private": 0.1}
    near, far = {"stocks": 0.65, "bonds": 0.35}, {"stocks": 1.0}
    assert benchmark.closest(own, [far, near]) == (1, pytest.approx(0.9, rel=1e-12))
    assert benchmark.closest(own, [near, {"stocks": 0.7, "bonds": 0.3}])[0] == 0
    assert benchmark.closest(own, [{"stocks": 0.1 + 0.2}, {"stocks": 0.3}])[0] == 0
    assert benchmark.closest(own, [{"gold": 1.0}]) == (0, 0.0)
    with pytest.raises(ValueError, match="no other investment"):
        benchmark.closest(own, [])


def test_a_mix_over_the_vintages():
    """First year, three quarters of the dollars in the young vintage; vintages alike where there are no dollars."""
    assert benchmark.mix(OWN, np.array([3.0, 1.0]), ASSETS) == pytest.approx(
        {"bonds": 0.225, "cash": 0.02625, "private": 0.14875, "stocks": 0.6}, rel=1e-12)
    assert benchmark.mix(OWN, np.zeros(2), ASSETS)["stocks"] == pytest.approx(0.5, rel=1e-12)


def test_example_k1():
    """A de-risking mix against US large companies alone: neither strategy nor objective is similar."""
    index = np.zeros_like(COMPOSITE)
    index[:, :, ASSETS.index("stocks")] = 1.0
    assert benchmark.overlap(OWN, index, ALIKE) < benchmark.LEAST_OVERLAP
    assert benchmark.distance_by_year(COMPOSITE, index, ALIKE).max() > benchmark.MOST_DISTANCE


def test_example_k2():
    """A composite in proportion to the holdings, the private sleeve by its index: similar, with 13% private."""
    assert benchmark.overlap(OWN, COMPOSITE, ALIKE) >= benchmark.LEAST_OVERLAP
    assert benchmark.distance_by_year(COMPOSITE, COMPOSITE, ALIKE).max() == 0.0


def test_example_k3():
    """Public stocks and bonds only: the composite is the asset allocation itself."""
    public = benchmark.asset_weights([[{"index": 0.6, "notes": 0.4}]], SHARES, ASSETS)
    assert benchmark.overlap(public, public, np.zeros((1, 1))) == pytest.approx(1.0, rel=1e-12)
