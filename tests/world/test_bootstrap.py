"""History as a generator: rows as they were, short columns rebuilt, means centred, risks kept or met."""

import math

import numpy as np
import pytest
from drawn_months import ASSETS, MONTHS, TABLE, compiled_paths, market, sample, standard_error

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.generator import Generator
from alts401k.world import bootstrap, generators
from alts401k.world.market import build, with_sd


def raw(*names):
    """Log returns of the sum of some columns over the rows that are drawn."""
    first = int(np.flatnonzero(MONTHS == bootstrap.FIRST)[0])
    return np.log1p(sum(TABLE[name][first:first + len(bootstrap.ROWS)] for name in names))


def test_history_is_centred_exactly():
    """Rows and residuals have mean zero, so the mean log return is the market's whatever is rebuilt."""
    some = market("bootstrap")
    one = generators.tape(some, ASSETS, 1)
    np.testing.assert_allclose(one.table.mean(axis=0), 0.0, atol=1e-16)
    for first, count in one.pool:
        np.testing.assert_allclose(one.residual[first:first + count].mean(axis=0), 0.0, atol=1e-16)
    assert one.log_mean.tolist() == some.log_mean_monthly[[some.names.index(name) for name in ASSETS]].tolist()


def test_rows_are_history_where_there_is_history():
    """Apart from a constant; and only months that are fit for monthly risk are taken."""
    some = market("bootstrap")
    names = ("bitcoin", "cash", "gold", "intl_developed", "us_core_bonds", "us_large_cap", "us_small_cap")
    one = generators.tape(some, names, 1)
    sources = {"bitcoin": "bitcoin", "cash": "us_bills", "gold": "gold", "intl_developed": "intl_stocks",
               "us_core_bonds": "us_bonds", "us_large_cap": "us_stocks"}
    starts = {"bitcoin": "2015-01", "gold": "1982-01", "intl_developed": "1990-07"}
    for k, name in enumerate(names):
        own = raw(sources[name]) if name in sources else raw("us_stocks", "small_minus_big")
        used = bootstrap.ROWS >= np.datetime64(starts.get(name, "1962-02"))
        used &= ~np.isnan(own)
        np.testing.assert_allclose(np.diff(one.table[used, k] - own[used]), 0.0, atol=1e-15)
        missing = (one.missing > 0.0) & (np.array([np.any(one.residual[first:first + count, k] != 0.0)
                                                   for first, count in one.pool]))
        assert (missing.any(axis=1) == ~used).all()


def test_a_short_column_is_its_fit_plus_its_own_residuals():
    """Regression on longer columns over its own months; residuals enlarged for the degrees of freedom; columns of the
    same months draw theirs from the same month."""
    whole = bootstrap.rebuild({})
    k = whole.names.index("gold")
    months = bootstrap.ROWS >= np.datetime64("1982-01")
    x = np.column_stack([np.ones(len(months)), raw("us_stocks"), raw("us_bonds"), raw("us_stocks", "small_minus_big"),
                         raw("us_utilities")])
    gold = raw("gold")
    beta = np.linalg.lstsq(x[months], gold[months], rcond=None)[0]
    np.testing.assert_allclose(np.diff(whole.table[~months, k]), np.diff(x[~months] @ beta), atol=1e-13)
    rest = (gold - x @ beta)[months]
    pool = whole.pools.index((int(np.flatnonzero(months)[0]), len(months) - 1))
    np.testing.assert_allclose(whole.residual[whole.part(pool), k], rest * math.sqrt(len(rest) / (len(rest) - 5)),
                               atol=1e-13)
    intl, equity = (whole.names.index(name) for name in ("intl_developed", "private_equity_listed"))
    shared = whole.residual[whole.part(pool + 1)][:, [intl, equity]]
    assert np.corrcoef(shared.T)[0, 1] > 0.7


def test_bills_keep_their_memory_and_stocks_their_falls():
    """Bills' autocorrelation within blocks; the worst twentieth of twelve-month returns is that of history's."""
    some = market("bootstrap")
    logs = sample("bootstrap")
    cash = logs[:, :, ASSETS.index("cash")]
    away = cash - cash.mean()
    own = raw("us_bills") - raw("us_bills").mean()
    lagged = (away[:, 1:] * away[:, :-1]).mean(axis=1)
    wanted = 11.0 / 12.0 * np.mean(own * np.roll(own, 1))
    assert abs(lagged.mean() - wanted) < 4.5 * standard_error(lagged)
    assert lagged.mean() / (away**2).mean() > 0.85
    stocks = logs[:, :, ASSETS.index("us_large_cap")]
    stocks = stocks - some.log_mean_monthly[some.names.index("us_large_cap")]
    history_stocks = raw("us_stocks") - raw("us_stocks").mean()
    ring = np.concatenate([history_stocks, history_stocks])
    twelve = np.array([ring[t:t + 12].sum() for t in range(len(history_stocks))])
    drawn = stocks[:, :12 * (stocks.shape[1] // 12)].reshape(len(stocks), -1, 12).sum(axis=2)
    assert np.quantile(drawn, 0.05) == pytest.approx(np.quantile(twelve, 0.05), abs=0.015)
    assert drawn.min() < -0.5


def test_blocks_have_the_mean_length_asked_for():
    """Steps that are not to the next month of history come once in so many months."""
    for length in (3, 12, 60):
        names = ("cash", "us_core_bonds", "us_large_cap")
        one = generators.tape(market("bootstrap", mean_block_months=length), names, 3)
        growth = np.empty((200, 240, 3))
        compiled_paths(growth, one)
        mark = np.array([97.1, 7.3, 1.0])  # returns of one column come twice, of three together never
        values = (one.log_mean + one.table) @ mark
        assert len(np.unique(values.round(9))) == len(values)
        order = np.argsort(values)
        found = order[np.searchsorted(values[order], np.log(growth) @ mark - 1e-10)]
        jumps = np.mean(found[:, 1:] != (found[:, :-1] + 1) % len(values))
        assert jumps == pytest.approx(1.0 / length, rel=0.08)
    one = generators.tape(market("bootstrap", mean_block_months=1), ("cash", "us_large_cap"), 3)
    assert one.stop == 1.0


def test_risk_of_an_asset_without_a_column_is_the_set_s():
    """Stand-ins and built assets have the set's sd; built ones its correlations with stocks and with each other."""
    some = market("bootstrap")
    found = bootstrap.blocks(some).covariance()
    at = {name: i for i, name in enumerate(some.names)}
    sd = np.sqrt(np.diag(found))
    built = [name for name in some.names if name not in (*bootstrap.COLUMNS, *bootstrap.STAND_INS)]
    assert {"emerging", "high_yield", "tips", "private_debt", "commodities"} <= set(built)
    for name in (*built, *bootstrap.STAND_INS):
        assert sd[at[name]] == pytest.approx(some.log_sd_monthly[at[name]], rel=1e-12)
    for name in built:
        for other in ("us_large_cap", "us_core_bonds", "intl_developed", "gold"):
            value = found[at[name], at[other]] / sd[at[name]] / sd[at[other]]
            assert value == pytest.approx(some.correlation[at[name], at[other]], abs=1e-10)
    pair = found[at["high_yield"], at["private_debt"]] / sd[at["high_yield"]] / sd[at["private_debt"]]
    assert pair == pytest.approx(0.75, abs=0.03)
    column = sd[at["us_large_cap"]]
    assert column == pytest.approx(raw("us_stocks").std(), rel=1e-12)


def test_a_stated_sd_is_met():
    """A case's own figure exactly; another sd of a shipped asset in proportion."""
    some = market("bootstrap", assets={"us_large_cap": (0.07, 0.2), "bitcoin": (0.05, 0.6), "art": (0.04, 0.1)})
    sd = np.sqrt(np.diag(bootstrap.blocks(some).covariance()) * 12.0)
    for name, value in (("us_large_cap", 0.2), ("bitcoin", 0.6), ("art", 0.1)):
        assert sd[some.names.index(name)] == pytest.approx(value, rel=1e-12)
    usual = market("bootstrap")
    row = usual.names.index("us_core_bonds")
    more = with_sd(usual, "us_core_bonds", 1.25 * usual.rows[row].sd)
    before, after = (np.sqrt(bootstrap.blocks(one).covariance()[row, row]) for one in (usual, more))
    assert after == pytest.approx(1.25 * before, rel=1e-12)


def test_impossible_betas_are_cut_to_the_stated_risk():
    """Long stocks and short bonds: history's correlation of the two is higher than the set's, so that no mix of the
    columns has these correlations; the sd is kept and the correlations shrink."""
    usual = market()
    pair = [usual.names.index(name) for name in ("us_large_cap", "us_core_bonds")]
    weight = np.linalg.solve(usual.correlation[np.ix_(pair, pair)], [0.7, -0.6])
    stated = [{"a": "odd", "b": name, "value": round(float(usual.correlation[k, pair] @ weight), 6),
               "source": "this test"} for k, name in enumerate(usual.names)]
    some = build(Assumptions(
        set="survey", family_assets_usd=1e9, limits_growth=0.02, annuity_real_rate=0.02, correlations=stated,
        assets={"odd": {"expected_return": 0.05, "sd": 0.2, "basis": "gross", "source": "this test"}},
    ))._replace(generator=Generator(kind="bootstrap"))
    row = some.names.index("odd")
    found = bootstrap.blocks(some)
    covariance = found.covariance()
    assert math.sqrt(covariance[row, row] * 12.0) == pytest.approx(0.2, rel=1e-12)
    assert found.noise[row] == 0.0
    correlation = covariance[row, pair] / np.sqrt(covariance[row, row] * np.diag(covariance)[pair])
    assert (np.abs(correlation) < [0.7, 0.6]).all()
    assert correlation == pytest.approx([0.7 / math.sqrt(1.13), -0.6 / math.sqrt(1.13)], abs=0.03)


class OwnSeries:
    """A return series file of a case."""

    file = "own.csv"

    def __init__(self, **columns):
        self.names = tuple(columns)
        self.months = tuple(str(month) for month in np.arange("2010-01", "2026-01", dtype="datetime64[M]"))
        self.columns = columns

    def of(self, name):
        """One column."""
        return self.columns[name]


class OwnMarket:
    """A market with a series."""

    def __init__(self, some, series):
        self.__dict__.update(some._asdict(), series=series)


def own_series(seed, first=0):
    """Monthly returns from 2010 on, the first ones missing."""
    values = np.random.default_rng(seed).normal(0.01, 0.05, 192)
    return (None,) * first + tuple(float(x) for x in values[first:])


def test_a_case_s_series_is_a_further_column():
    """Its own months as they are, the rest rebuilt; with the sd stated; another series changes nothing in it."""
    own = own_series(1, first=24)
    some = market("bootstrap", assets={"silver": (0.04, 0.25), "ether": (0.05, 0.8)})
    with_one = OwnMarket(some, OwnSeries(silver=own))
    names = ("cash", "silver", "us_large_cap")
    one = generators.tape(with_one, names, 1)
    used = (bootstrap.ROWS >= np.datetime64("2012-01"))
    logs = np.log1p(np.array(own[24:24 + used.sum()], dtype=float))
    slope = np.ptp(one.table[used, 1]) / np.ptp(logs)
    np.testing.assert_allclose(np.diff(one.table[used, 1]), slope * np.diff(logs), atol=1e-13)
    found = bootstrap.blocks(with_one)
    row = some.names.index("silver")
    assert math.sqrt(found.covariance()[row, row] * 12.0) == pytest.approx(0.25, rel=1e-12)
    assert found.rebuilt[row] == pytest.approx(1.0 - used.mean())
    assert one.log_sd[1] == 0.0
    with_two = OwnMarket(some, OwnSeries(ether=own_series(2), silver=own))
    growth = [np.empty((40, 240, 3)) for _ in range(2)]
    for out, each in zip(growth, (with_one, with_two), strict=True):
        compiled_paths(out, generators.tape(each, names, 4))
    assert growth[0].tobytes() == growth[1].tobytes()
    plain = np.empty((40, 240, 3))
    compiled_paths(plain, generators.tape(some, names, 4))
    assert plain[:, :, [0, 2]].tobytes() == growth[0][:, :, [0, 2]].tobytes()
    assert not np.array_equal(plain[:, :, 1], growth[0][:, :, 1])


def test_a_series_too_short_is_not_a_column():
    """Under two years of common months the set's correlations are used instead."""
    some = market("bootstrap", assets={"silver": (0.04, 0.25)})
    short = tuple(value if k < 23 else None for k, value in enumerate(own_series(1)))
    assert bootstrap.own_columns(OwnMarket(some, OwnSeries(silver=short))) == {}
    enough = tuple(value if k < 24 else None for k, value in enumerate(own_series(1)))
    assert list(bootstrap.own_columns(OwnMarket(some, OwnSeries(silver=enough)))) == ["own silver"]


def test_shares_rebuilt_are_printed():
    """Months of 759 that are not a column's own; an asset without a column is rebuilt in full."""
    said = generators.about(market("bootstrap"), ("bitcoin", *ASSETS))
    shares = {row["asset"]: row["share"] for row in said["rebuilt"]}
    assert shares == pytest.approx({"bitcoin": 639 / 759, "gold": 239 / 759, "intl_developed": 341 / 759,
                                    "private_equity": 341 / 759, "private_debt": 1.0})
    assert generators.about(market("regimes"), ASSETS)["rebuilt"] == []
