"""The shipped market history: golden statistics of every column, and the origin of each."""

import math

import numpy as np
import pytest

from alts401k.world.history import columns, history

MONTHS, TABLE = history()

# first, last, n, geometric % a year, sd % a year, lag-1 autocorrelation, worst month and its %, worst fall %
GOLDEN = {
    "us_stocks": ("1926-07", "2025-07", 1189, 10.269, 18.386, 0.090, "1931-09", -28.71, -83.652),
    "us_bills": ("1926-07", "2026-01", 1195, 3.286, 0.862, 0.976, "1938-11", -0.06, -0.090),
    "us_notes_10y": ("1926-07", "2026-01", 1195, 4.929, 6.376, 0.117, "1980-02", -7.971, -25.294),
    "us_notes_5y": ("1962-02", "2026-01", 768, 6.066, 5.320, 0.142, "1980-02", -7.495, -13.565),
    "us_bonds": ("1962-02", "2025-07", 762, 6.170, 4.758, 0.141, "1980-02", -5.186, -13.128),
    "inflation": ("1926-07", "2026-07", 1201, 2.978, 1.806, 0.484, "1932-01", -2.055, -28.811),
    "intl_stocks": ("1990-07", "2025-08", 422, 5.987, 16.365, 0.064, "2008-10", -21.03, -55.940),
    "gold": ("1971-12", "2025-04", 641, 8.459, 17.764, 0.183, "1980-03", -18.43, -62.942),
    "bitcoin": ("2012-02", "2024-12", 155, 112.408, 152.202, 0.104, "2022-06", -40.205, -79.228),
    "real_estate_listed": ("1926-07", "2025-05", 1187, 7.999, 20.701, 0.107, "1932-05", -34.889, -85.577),
    "infrastructure_listed": ("1990-07", "2025-05", 419, 7.718, 13.455, 0.040, "2008-10", -17.329, -49.175),
    "private_equity_listed": ("1990-07", "2025-07", 421, 11.691, 21.383, 0.065, "2008-10", -27.005, -67.462),
    "us_utilities": ("1926-07", "2025-05", 1187, 9.180, 18.881, 0.086, "1929-10", -29.72, -84.781),
    "small_minus_big": ("1926-07", "2025-07", 1189, 1.403, 10.933, 0.054, None, None, -54.896),
    "high_minus_low": ("1926-07", "2025-07", 1189, 3.447, 12.321, 0.197, None, None, -57.786),
}

# Peak, trough and recovery of the worst fall; the peak is the month end before it.
FALLS = {
    "us_stocks": ("1929-08", "1932-06", "1945-01"),
    "us_notes_10y": ("2020-07", "2023-10", None),
    "inflation": ("1926-11", "1933-03", "1944-07"),
    "intl_stocks": ("2007-10", "2009-02", "2013-12"),
    "gold": ("1980-09", "1999-07", "2007-08"),
    "bitcoin": ("2013-11", "2015-01", "2017-02"),
    "us_utilities": ("1929-09", "1935-02", "1951-12"),
}

COMMON = ("1990-07", "2025-04")
ORDER = (
    "us_stocks us_bills us_notes_10y us_bonds inflation intl_stocks gold "
    "real_estate_listed infrastructure_listed private_equity_listed"
).split()
# Correlations above the diagonal, in ORDER, 418 common months.
CORRELATIONS = [
    [0.002, -0.073, 0.105, -0.027, 0.766, 0.070, 0.767, 0.780, 0.951],
    [0.098, 0.179, 0.074, -0.028, -0.005, -0.029, -0.003, -0.030],
    [0.970, -0.199, -0.064, 0.192, 0.031, 0.007, -0.106],
    [-0.201, 0.079, 0.197, 0.163, 0.147, 0.066],
    [0.001, 0.023, -0.018, 0.013, -0.013],
    [0.218, 0.649, 0.933, 0.897],
    [0.072, 0.224, 0.124],
    [0.750, 0.807],
    [0.884],
]
BITCOIN = [0.204, -0.076, 0.018, 0.057, -0.100, 0.148, -0.072, 0.188, 0.153, 0.183]
GEO_SD = [
    (10.504, 15.246), (2.611, 0.634), (5.674, 7.416), (5.157, 4.023), (2.629, 1.174),
    (5.710, 16.402), (6.631, 14.510), (8.113, 15.518), (7.605, 13.457), (11.329, 21.415),
]  # fmt: skip


def span(name, first=None, last=None):
    """Months and returns of a column where it has values, between two months."""
    have = ~np.isnan(TABLE[name])
    if first:
        have &= (MONTHS >= np.datetime64(first)) & (MONTHS <= np.datetime64(last))
    return MONTHS[have], TABLE[name][have]


def geometric(returns):
    """Yearly geometric mean, percent."""
    return 100 * (np.exp(np.log1p(returns).sum() * 12 / len(returns)) - 1)


def sd(returns):
    """Yearly standard deviation, percent."""
    return 100 * returns.std(ddof=1) * math.sqrt(12)


def worst_fall(months, returns):
    """Percent, month end before the fall, trough, and the first month end back at the peak or None."""
    value = np.concatenate(([1.0], np.cumprod(1 + returns)))
    ends = np.concatenate(([months[0] - 1], months))
    peak = np.maximum.accumulate(value)
    trough = int(np.argmin(value / peak))
    top = int(np.argmax(value[: trough + 1]))
    back = np.flatnonzero(value[trough:] >= value[top])
    regained = str(ends[trough + back[0]]) if len(back) else None
    return 100 * (value[trough] / value[top] - 1), str(ends[top]), str(ends[trough]), regained


def test_the_table_is_whole():
    assert (str(MONTHS[0]), str(MONTHS[-1]), len(MONTHS)) == ("1926-07", "2026-07", 1201)
    assert (np.diff(MONTHS) == np.timedelta64(1, "M")).all()
    assert set(TABLE) == set(GOLDEN) == set(columns())
    assert sum(int((~np.isnan(column)).sum()) for column in TABLE.values()) == 13120
    assert sum(np.nansum(column) for column in TABLE.values()) == pytest.approx(88.93617, abs=1e-8)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden_statistics(name):
    first, last, n, geo, spread, ac1, worst_month, worst, fall = GOLDEN[name]
    months, returns = span(name)
    assert (str(months[0]), str(months[-1]), len(returns)) == (first, last, n)
    assert (np.diff(months) == np.timedelta64(1, "M")).all()
    assert geometric(returns) == pytest.approx(geo, abs=6e-4)
    assert sd(returns) == pytest.approx(spread, abs=6e-4)
    assert np.corrcoef(returns[1:], returns[:-1])[0, 1] == pytest.approx(ac1, abs=6e-4)
    if worst_month:
        assert str(months[np.argmin(returns)]) == worst_month
        assert 100 * returns.min() == pytest.approx(worst, abs=6e-4)
    assert worst_fall(months, returns)[0] == pytest.approx(fall, abs=6e-4)


@pytest.mark.parametrize("name", sorted(FALLS))
def test_dates_of_the_worst_fall(name):
    assert worst_fall(*span(name))[1:] == FALLS[name]


def test_correlations_of_the_common_window():
    values = np.array([span(name, *COMMON)[1] for name in ORDER])
    assert values.shape == (10, 418)
    found = np.corrcoef(values)
    for i, row in enumerate(CORRELATIONS):
        assert found[i, i + 1 :] == pytest.approx(row, abs=6e-4)
    for returns, (geo, spread) in zip(values, GEO_SD, strict=True):
        assert geometric(returns) == pytest.approx(geo, abs=6e-4)
        assert sd(returns) == pytest.approx(spread, abs=6e-4)


def test_bitcoin_against_each_column_on_its_own_months():
    months, coin = span("bitcoin")
    for name, expected in zip(ORDER, BITCOIN, strict=True):
        other = span(name, months[0], months[-1])[1]
        assert np.corrcoef(coin, other)[0, 1] == pytest.approx(expected, abs=6e-4)


STOCKS, ABROAD, BONDS = "us_stocks", "intl_stocks", "us_bonds"


@pytest.mark.parametrize(
    ("weights", "first", "last", "geo", "spread", "fall"),
    [
        ({STOCKS: 0.6, BONDS: 0.4}, "1962-02", "2025-07", 9.071, 9.973, -31.01),
        ({STOCKS: 0.54, ABROAD: 0.36, BONDS: 0.1}, "1990-07", "2025-07", 8.705, 13.342, -48.14),
        ({STOCKS: 0.36, ABROAD: 0.24, BONDS: 0.4}, "1990-07", "2025-07", 7.723, 9.164, -32.80),
        ({STOCKS: 0.6, "us_notes_10y": 0.4}, "1926-07", "2025-07", 8.572, 11.479, -62.95),
    ],
)
def test_monthly_rebalanced_mixtures(weights, first, last, geo, spread, fall):
    months = span("us_stocks", first, last)[0]
    mixed = sum(weight * span(name, first, last)[1] for name, weight in weights.items())
    assert geometric(mixed) == pytest.approx(geo, abs=6e-4)
    assert sd(mixed) == pytest.approx(spread, abs=6e-4)
    assert worst_fall(months, mixed)[0] == pytest.approx(fall, abs=6e-3)


def test_real_returns():
    golden = {"us_stocks": 7.084, "us_bills": 0.310, "us_notes_10y": 1.907, "us_bonds": 2.270}
    for name, expected in golden.items():
        months, returns = span(name)
        prices = span("inflation", months[0], months[-1])[1]
        assert geometric((1 + returns) / (1 + prices) - 1) == pytest.approx(expected, abs=6e-4)


def test_the_years_everybody_remembers():
    for year, expected in {1931: -43.76, 1933: 56.80, 1937: -34.73, 2008: -36.66}.items():
        returns = span("us_stocks", f"{year}-01", f"{year}-12")[1]
        assert 100 * (np.prod(1 + returns) - 1) == pytest.approx(expected, abs=6e-3)


def test_shapes_that_the_assumption_set_takes_from_here():
    gold = np.log1p(span("gold", "1982-01", "2025-12")[1])
    coin = np.log1p(span("bitcoin", "2015-01", "2025-12")[1])
    assert (len(gold), len(coin)) == (520, 120)
    assert gold.std(ddof=1) * math.sqrt(12) == pytest.approx(0.149, abs=5e-4)
    assert coin.std(ddof=1) * math.sqrt(12) == pytest.approx(0.71, abs=5e-3)
    since = span("us_stocks", "2015-01", "2024-12")[1]
    assert np.corrcoef(span("bitcoin", "2015-01", "2024-12")[1], since)[0, 1] == pytest.approx(0.35, abs=5e-3)


def test_every_column_states_its_origin():
    for name, column in columns().items():
        assert column.what and column.error and column.citations
        assert len(column.citations) == len(column.licences) and all(column.licences)
        assert column.timing in {"month_end", "estimated_month_end", "index_month"}
        assert span(name)[0][0] <= column.use_from < span(name)[0][-1]
    assert str(columns()["us_notes_10y"].use_from) == "1962-02"
    assert str(columns()["gold"].use_from) == "1982-01"


def test_the_table_cannot_be_changed_by_a_reader():
    with pytest.raises(ValueError, match="read-only"):
        TABLE["gold"][0] = 1.0
