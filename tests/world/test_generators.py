"""Generators: moments as drawn, tails, states measured again, scenarios checked, and what is said of each."""

import math
import tomllib

import numpy as np
import pytest
from drawn_months import ASSETS, DRAWN, MONTHS, TABLE, market, sample, standard_error
from scipy import stats

from alts401k.terms.scenarios import Scenarios
from alts401k.world import generators, regimes


@pytest.mark.parametrize("kind", DRAWN)
def test_moments_are_those_drawn(kind):
    """Mean and covariance of monthly simple returns, within 4.5 standard errors over paths."""
    mean, covariance = generators.moments(market(kind), ASSETS)
    simple = np.expm1(sample(kind))
    by_path = simple.mean(axis=1)
    assert (np.abs(by_path.mean(axis=0) - mean) < 4.5 * standard_error(by_path)).all()
    away = simple - mean
    products = np.einsum("pma,pmb->pab", away, away) / simple.shape[1]
    assert (np.abs(products.mean(axis=0) - covariance) < 4.5 * standard_error(products)).all()
    assert (standard_error(products) < 0.03 * np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))).all()


@pytest.mark.parametrize("kind", DRAWN)
def test_mean_log_returns_are_the_set_s(kind):
    """The geometric return of every asset is the assumption, whatever the generator."""
    some = market(kind)
    wanted = some.log_mean_monthly[[some.names.index(name) for name in ASSETS]]
    by_path = sample(kind).mean(axis=1)
    assert (np.abs(by_path.mean(axis=0) - wanted) < 4.5 * standard_error(by_path)).all()


@pytest.mark.parametrize("kind", ["fat-tails", "regimes"])
def test_risk_and_correlations_are_the_set_s(kind):
    """Over all scales and states; sampled, and exactly from the tape."""
    some = market(kind)
    rows = [some.names.index(name) for name in ASSETS]
    sd = some.log_sd_monthly[rows]
    wanted = some.correlation[np.ix_(rows, rows)] * np.outer(sd, sd)
    one = generators.tape(some, ASSETS, 1)
    chance = np.diff(one.start, prepend=0.0)
    scale = (one.tail**2).mean() if len(one.tail) else 1.0
    exact = sum(p * (scale * f @ f.T + np.outer(d, d))
                for p, f, d in zip(chance, one.factors, one.shift, strict=True))
    np.testing.assert_allclose(exact, wanted, atol=1e-12 * wanted.max())
    np.testing.assert_allclose(chance @ one.shift, 0.0, atol=1e-15)
    away = sample(kind) - some.log_mean_monthly[rows]
    products = np.einsum("pma,pmb->pab", away, away) / away.shape[1]
    assert (np.abs(products.mean(axis=0) - wanted) < 4.5 * standard_error(products)).all()


@pytest.mark.parametrize("df", [2.5, 5.0, 30.0, 200.0])
def test_the_scales_are_those_of_student_s_t(df):
    """Each is the root mean square of its interval of chi-square, and their mean square is one."""
    scales = regimes.tail(df)
    points = stats.chi2.ppf(np.arange(regimes.TAIL_ROWS + 1) / regimes.TAIL_ROWS, df)
    found = regimes._chi_square_points(df, stats.chi2.cdf(points[1:-1], df))
    np.testing.assert_allclose(found, points[1:-1], rtol=1e-10)
    assert (np.diff(scales) < 0.0).all()
    middle = np.sqrt((df - 2.0) / points[1:-1])
    assert (scales[:-1] >= middle * (1.0 - 1e-9)).all()
    assert (scales[1:] <= middle * (1.0 + 1e-9)).all()
    assert (scales**2).mean() == pytest.approx(1.0, abs=1e-12)
    assert math.isfinite(scales[0])


def test_fat_tails_are_fat():
    """Kurtosis 3 E[scale^4], near 9 for five degrees of freedom; quantiles of t; one scale for a month's assets."""
    logs = sample("fat-tails")
    scales = regimes.tail(5.0)
    kurtosis = 3.0 * (scales**4).mean()
    assert 7.5 < kurtosis < 9.0
    some = market()
    k = ASSETS.index("us_large_cap")
    row = some.names.index("us_large_cap")
    z = (logs[:, :, k] - some.log_mean_monthly[row]) / some.log_sd_monthly[row]
    fourth = (z**4).mean(axis=1)
    assert abs(fourth.mean() - kurtosis) < 4.5 * standard_error(fourth)
    for q in (0.001, 0.01, 0.05):
        share = (z < stats.t.ppf(q, 5.0) * math.sqrt(0.6)).mean(axis=1)
        assert abs(share.mean() - q) < 4.5 * standard_error(share)
    g = ASSETS.index("gold")
    row = some.names.index("gold")
    other = (logs[:, :, g] - some.log_mean_monthly[row]) / some.log_sd_monthly[row]
    together = (z**2 * other**2).mean(axis=1)
    rho = some.correlation[row, some.names.index("us_large_cap")]
    assert abs(together.mean() - (1.0 + 2.0 * rho**2) * kurtosis / 3.0) < 4.5 * standard_error(together)


def test_many_degrees_of_freedom_are_nearly_normal():
    """Moments come near the lognormal ones."""
    mean, covariance = generators.moments(market("fat-tails", tail_df=200.0), ASSETS)
    normal, wanted = generators.moments(market(), ASSETS)
    np.testing.assert_allclose(mean, normal, rtol=1e-3)
    np.testing.assert_allclose(covariance, wanted, rtol=0.03, atol=1e-8)


def test_lognormal_moments_in_closed_form():
    """exp(mu + sd^2 / 2) - 1 and its square times exp(covariance) - 1."""
    some = market()
    mean, covariance = generators.moments(some, ("cash", "us_large_cap"))
    rows = [some.names.index(name) for name in ("cash", "us_large_cap")]
    sd, mu = some.log_sd_monthly[rows], some.log_mean_monthly[rows]
    np.testing.assert_allclose(mean, np.expm1(mu + sd**2 / 2.0), rtol=1e-12)
    rho = some.correlation[rows[0], rows[1]]
    assert covariance[0, 1] == pytest.approx((1 + mean[0]) * (1 + mean[1]) * math.expm1(rho * sd[0] * sd[1]), rel=1e-8)
    assert covariance[1, 1] == pytest.approx((1 + mean[1]) ** 2 * math.expm1(sd[1] ** 2), rel=1e-8)


def measured_states():
    """The states of the shipped history by the stated rule, 1962-02 to 2025-07, and the three drivers' shocks."""
    first, end = (int(np.flatnonzero(MONTHS == np.datetime64(month))[0]) for month in ("1962-02", "2025-08"))
    wealth = np.concatenate([[1.0], np.cumprod(1.0 + TABLE["us_stocks"][:end])])
    prices = np.concatenate([[1.0], np.cumprod(1.0 + TABLE["inflation"][:end])])
    state = []
    for t in range(first, end):  # levels [t] are those at the opening of month t
        crisis = wealth[t] <= 0.8 * wealth[:t + 1].max()
        state.append(1 if crisis else 2 if prices[t] >= 1.05 * prices[t - 12] else 0)
    logs = np.array([np.log1p(TABLE[name][first:end]) for name in ("us_stocks", "us_bonds", "us_bills")])
    logs = logs - logs.mean(axis=1, keepdims=True)
    shocks = np.linalg.solve(np.linalg.cholesky(logs @ logs.T / logs.shape[1]), logs)
    return np.array(state), shocks, first, end


def test_the_states_are_those_of_the_shipped_history():
    """Every rounded number of regimes.toml, measured again."""
    data = tomllib.loads(regimes._FILE.read_text(encoding="utf-8"))
    state, shocks, first, end = measured_states()
    others = []
    for name in data["regimes"]["others"]:
        y = np.log1p(TABLE[name][first:end])
        known = ~np.isnan(y)
        x = np.vstack([np.ones(known.sum()), shocks[:, known]]).T
        rest = y[known] - x @ np.linalg.lstsq(x, y[known], rcond=None)[0]
        others.append([np.mean((rest[state[known] == r] / rest.std()) ** 2) for r in range(3)])
    for r, row in enumerate(data["state"]):
        inside = state == r
        assert row["months"] == inside.sum()
        assert row["to"] == [int(np.sum(inside[:-1] & (state[1:] == s))) for s in range(3)]
        np.testing.assert_allclose(row["shift"], shocks[:, inside].mean(axis=1), atol=0.0051)
        covariance = np.cov(shocks[:, inside], bias=True)
        for i in range(3):
            np.testing.assert_allclose(row["covariance"][i], covariance[i, :i + 1], atol=0.0051)
        assert row["others"] == pytest.approx(np.mean([one[r] for one in others]), abs=0.0051)


def test_the_states_come_as_often_as_they_should():
    """Stationary from the first month on: a crisis shows in the squares of stock returns, whose autocorrelation is
    positive; the chain's own stationary shares are left as they are by a step."""
    states = regimes.states()
    np.testing.assert_allclose(states.start @ states.chain, states.start, atol=1e-14)
    np.testing.assert_allclose(states.start, [0.683, 0.127, 0.189], atol=0.001)
    logs = sample("regimes")[:, :, ASSETS.index("us_large_cap")]
    first, late = (logs[:, :1] ** 2).mean(axis=1), (logs[:, -1:] ** 2).mean(axis=1)
    assert abs(first.mean() - late.mean()) < 4.5 * math.hypot(standard_error(first), standard_error(late))
    squares = (logs - logs.mean()) ** 2
    away = squares - squares.mean()
    memory = (away[:, 1:] * away[:, :-1]).mean(axis=1)
    assert memory.mean() > 10.0 * standard_error(memory)
    chance = states.start
    variance = np.einsum("rij,rij->ri", states.root, states.root)[:, 0]
    moves = variance + states.shift[:, 0] ** 2
    known = (chance * moves) @ states.chain @ moves - 1.0
    row = market().names.index("us_large_cap")
    scale = market().log_sd_monthly[row] ** 4
    assert abs(memory.mean() / scale - known) < 4.5 * standard_error(memory) / scale


def test_stocks_and_bonds_fall_together_in_inflation():
    """Their correlation by state, from the tape: negative in a crisis, positive in inflation."""
    one = generators.tape(market("regimes"), ("cash", "us_core_bonds", "us_large_cap"), 1)
    found = []
    for factor in one.factors:
        covariance = factor @ factor.T
        found.append(covariance[1, 2] / math.sqrt(covariance[1, 1] * covariance[2, 2]))
    assert found[1] < -0.05
    assert found[2] > 0.3
    assert one.shift[2, 0] > 0.8 * market().log_sd_monthly[2]


def file_of(n=4, months=24, names=("cash", "gold")):
    cells = np.random.default_rng(5).normal(1.005, 0.03, (n, months, len(names)))
    return Scenarios("own.csv", names, cells)


def test_scenarios_that_are_too_few_or_too_short_are_named():
    """Everything at once, with what there is; nothing when they suffice, or may repeat."""
    some = market("scenarios", file_of(), scenarios="own.csv")
    assert generators.problems(some, ("cash", "gold"), 4, 2) == []
    found = generators.problems(some, ("cash", "gold", "tips"), 5, 3)
    assert [problem.file for problem in found] == ["own.csv"] * 3
    text = "\n".join(str(problem) for problem in found)
    assert '"tips"' in text
    assert "24 months, and the run needs 36" in text
    assert "4 scenarios, and the run asks for 5 paths" in text
    again = market("scenarios", file_of(), scenarios="own.csv", repeat=True)
    assert generators.problems(again, ("cash", "gold"), 5, 2) == []
    assert generators.problems(market("bootstrap"), ("cash", "gold"), 10**6, 99) == []


def test_scenarios_without_a_file_are_refused():
    """A market made by hand can say scenarios and hold none."""
    some = market("scenarios", scenarios="own.csv")
    with pytest.raises(ValueError, match="holds none"):
        generators.tape(some, ("cash", "gold"), 1)


def test_moments_and_words_of_scenarios():
    """Of the file's own months."""
    held = file_of()
    some = market("scenarios", held, scenarios="own.csv")
    mean, covariance = generators.moments(some, ("gold", "cash"))
    flat = held.growth.reshape(-1, 2)[:, ::-1]
    np.testing.assert_allclose(mean, flat.mean(axis=0) - 1.0, rtol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(flat.T, bias=True), rtol=1e-12)
    said = generators.about(some, ("cash", "gold"))
    assert "4 scenarios of 24 months from own.csv" in said["note"]
    assert said["assets"][1]["drawn_sd"] == pytest.approx(np.log(flat[:, 0]).std() * math.sqrt(12.0))


@pytest.mark.parametrize("kind", DRAWN)
def test_what_is_said_is_what_is_drawn(kind):
    """Geometric means and log sds, set and drawn; plain numbers and words only."""
    said = generators.about(market(kind), ASSETS)
    assert set(said) == {"kind", "title", "note", "rebuilt", "assets"}
    assert said["kind"] == kind
    assert len(said["note"]) > 80
    logs = sample(kind)
    for k, row in enumerate(said["assets"]):
        assert set(row) == {"asset", "set_mean", "set_sd", "drawn_mean", "drawn_sd"}
        assert all(type(value) in (str, float) for value in row.values())
        assert row["drawn_mean"] == pytest.approx(row["set_mean"], rel=1e-12)
        assert row["drawn_sd"] == pytest.approx(logs[:, :, k].std() * math.sqrt(12.0), rel=0.02)
        assert kind == "bootstrap" or row["drawn_sd"] == pytest.approx(row["set_sd"], rel=1e-12)
