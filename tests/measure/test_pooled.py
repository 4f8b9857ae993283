"""Quantiles from histograms, and standard errors with the path as the unit, against numpy and against simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k.measure.pooled import (
    certainty_equivalent,
    density,
    exact_in_bin,
    quantile,
    quantile_error,
    ratio_of_quantiles_error,
    share_error,
    yearly_sharpe,
)

EDGES = np.geomspace(0.01, 100.0, 2001)
WIDTH = EDGES[1] / EDGES[0] - 1.0
values = st.lists(st.floats(0.02, 50.0), min_size=1, max_size=60)
levels = st.floats(1e-6, 1.0)


def histogram(sample, weights=None):
    """Weights by bin."""
    return np.histogram(sample, EDGES, weights=weights)[0].astype(float)


@given(values, levels)
def test_a_quantile_is_the_one_of_the_values_to_a_bin(sample, q):
    """The inverse of the distribution function, as numpy has it, within one bin's width.

    At a level that falls between two values a hair's rounding picks either: then it is between them.
    """
    value, k = quantile(histogram(sample), EDGES, q)
    assert EDGES[k] <= value <= EDGES[k + 1]
    low = np.quantile(sample, max(0.0, q - 1e-9), method="inverted_cdf")
    high = np.quantile(sample, min(1.0, q + 1e-9), method="inverted_cdf")
    assert low * (1.0 - 1.01 * WIDTH) <= value <= high * (1.0 + 1.01 * WIDTH)


@given(st.lists(st.tuples(st.floats(0.02, 50.0), st.integers(1, 9)), min_size=1, max_size=40), levels)
def test_a_weight_is_as_many_values(pairs, q):
    """A value of weight three is that value three times."""
    sample, weight = np.array([x for x, _ in pairs]), np.array([w for _, w in pairs])
    once = quantile(histogram(sample, weight.astype(float)), EDGES, q)
    assert once == quantile(histogram(np.repeat(sample, weight)), EDGES, q)
    scaled, k = quantile(histogram(sample, weight * 7.0), EDGES, q)
    assert (scaled, k) == (pytest.approx(once[0], rel=1e-9), once[1])


@given(values, st.tuples(levels, levels))
def test_quantiles_rise_with_the_level(sample, pair):
    """A higher level never has a lower quantile."""
    low, high = sorted(pair)
    weights = histogram(sample)
    assert quantile(weights, EDGES, low)[0] <= quantile(weights, EDGES, high)[0]


def test_an_empty_histogram_has_no_quantile():
    """There is nothing to take a quantile of."""
    with pytest.raises(ValueError, match="no weight"):
        quantile(np.zeros(3), np.arange(4.0), 0.5)


@given(st.floats(0.1, 10.0), st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_a_value_held_to_a_range(estimate, low, extra):
    """Inside it is itself, outside the nearer end; a range of one value is that value."""
    high = low + extra
    held = exact_in_bin(estimate, low, high)
    assert low <= held <= high
    assert held == estimate or held in (low, high)
    assert exact_in_bin(estimate, low, low) == low


def test_density_of_a_known_distribution():
    """A normal sample's density at its centre and at its fifth percentile, within a few percent."""
    noise = np.random.Generator(np.random.PCG64(1))
    sample = 10.0 + noise.standard_normal(400_000)
    weights = histogram(sample)
    for q, known in ((0.5, 0.39894), (0.05, 0.10314)):
        _, k = quantile(weights, EDGES, q)
        assert density(weights, EDGES, k) == pytest.approx(known, rel=0.05)


@given(st.lists(st.floats(-5.0, 5.0), min_size=2, max_size=30))
def test_the_error_of_a_mean(sample):
    """The sample's standard deviation over the root of its size."""
    assert share_error(np.array(sample)) == pytest.approx(
        np.std(sample, ddof=1) / np.sqrt(len(sample)), rel=1e-12
    )


def draw_people(noise, paths, people):
    """Wealth of people on paths: a common lognormal fate, and a little of one's own."""
    return np.exp(0.4 * noise.standard_normal((paths, 1)) + 0.2 * noise.standard_normal((paths, people)))


def test_errors_of_quantiles_are_the_spread_of_repeated_samples():
    """200 samples of 300 paths with 20 people each: the mean reported error is the spread of the estimates within 15%.

    A spread of 200 values is itself uncertain by 5%; an error that took people for the unit would be less than half.
    """
    noise = np.random.Generator(np.random.PCG64(2))
    rows = {0.5: [], 0.05: [], "ratio": []}
    for _ in range(200):
        wealth = draw_people(noise, 300, 20)
        other = wealth * np.exp(0.1 * noise.standard_normal((300, 1)) + 0.05)
        found = {}
        for name, sample in (("one", wealth), ("other", other)):
            weights = histogram(sample)
            for q in (0.5, 0.05):
                value, k = quantile(weights, EDGES, q)
                below = (sample < value).mean(axis=1)
                found[name, q] = (value, below, density(weights, EDGES, k))
        for q in (0.5, 0.05):
            value, below, dense = found["one", q]
            rows[q].append((value, quantile_error(below, dense)))
        one, two = found["other", 0.05], found["one", 0.05]
        rows["ratio"].append((one[0] / two[0], ratio_of_quantiles_error(*one, *two)))
    for name, row in rows.items():
        estimate, error = np.array(row).T
        assert error.mean() == pytest.approx(estimate.std(ddof=1), rel=0.15), name


def test_a_ratio_of_equal_quantiles_has_no_error():
    """Both are the same on every path, so nothing moves."""
    below = np.array([0.1, 0.0, 0.2, 0.05])
    assert ratio_of_quantiles_error(2.0, below, 0.3, 2.0, below, 0.3) == 0.0


growths = st.lists(st.floats(0.2, 3.0), min_size=1, max_size=30)


@given(growths, st.integers(1, 10))
@settings(max_examples=60)
def test_a_certainty_equivalent_is_the_sure_growth_of_equal_utility(growth, aversion):
    """Its utility is the mean utility; it lies between the worst and the mean, and falls with aversion."""
    column = np.array(growth)[:, None]
    sure = 1.0 + certainty_equivalent(column, np.ones(1), aversion)

    def utility(x):
        return np.log(x) if aversion == 1 else x ** (1 - aversion) / (1 - aversion)

    assert utility(sure) == pytest.approx(utility(column).mean(), rel=1e-9, abs=1e-9)
    assert column.min() - 1e-9 <= sure <= column.mean() + 1e-9
    if aversion < 10:
        assert 1.0 + certainty_equivalent(column, np.ones(1), aversion + 1) <= sure + 1e-9


def test_a_certainty_equivalent_weights_its_years():
    """A year with all the dollars is the only year that counts."""
    growth = np.array([[1.1, 0.5], [1.2, 0.7]])
    alone = certainty_equivalent(growth[:, :1], np.ones(1), 4)
    assert certainty_equivalent(growth, np.array([3.0, 0.0]), 4) == pytest.approx(alone, rel=1e-12)
    assert certainty_equivalent(growth, np.array([1.0, 1.0]), 4) < alone


def test_sharpe_is_that_of_the_months():
    """Mean over spread of the monthly excess returns, times the root of twelve; vintages by dollars."""
    noise = np.random.Generator(np.random.PCG64(3))
    excess = noise.normal([0.004, 0.001], [0.04, 0.01], (600, 2))
    sums = len(excess) * np.ones(2), excess.sum(axis=0), (excess**2).sum(axis=0)
    each = np.sqrt(12.0) * excess.mean(axis=0) / excess.std(axis=0)
    assert yearly_sharpe(*sums, np.array([1.0, 0.0])) == pytest.approx(each[0], rel=1e-9)
    assert yearly_sharpe(*sums, np.array([1.0, 3.0])) == pytest.approx((each[0] + 3 * each[1]) / 4, rel=1e-9)


def test_sharpe_of_what_does_not_vary_is_nothing():
    """Cash has no excess and no spread."""
    assert yearly_sharpe(np.array([12.0]), np.array([0.0]), np.array([0.0]), np.array([1.0])) is None
    assert yearly_sharpe(np.array([12.0]), np.array([0.12]), np.array([0.0012]), np.array([1.0])) is None
