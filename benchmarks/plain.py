"""Plain work: one saver, two assets, glide path, monthly contributions, against hand-written NumPy and QuantLib."""
import math
import time
from datetime import date
from statistics import median

import numpy as np

from alts401k.simulate import run
from alts401k.simulate.paths import Members
from alts401k.terms import periods, resolve
from alts401k.terms.assumptions import Assumptions
from alts401k.terms.fund import Fund
from alts401k.world import market

YEARS, PATHS, MONTHLY_USD, OPENING_USD = 40, 10_000, 1_000.0, 10_000.0
FUND = Fund.model_validate({
    "name": "Plain", "vehicle_type": "CIT", "vintages": [2065],
    "glide_path": {"years_to_target": [40.0, 0.0], "weights": {"stocks": [0.9, 0.4], "bonds": [0.1, 0.6]}},
    "sleeves": {"stocks": {"asset": "us_large_cap", "dealing": "daily"},
                "bonds": {"asset": "us_core_bonds", "dealing": "daily"}},
})
WORLD = market.build(Assumptions.model_validate({
    "set": "horizon-2026", "family_assets_usd": 1e9, "limits_growth": 0.02, "annuity_real_rate": 0.02}))


def engine(seed: int) -> np.ndarray:
    """Terminal wealth (paths,) by the step."""
    slots = resolve.union((FUND,))
    family = resolve.resolve(FUND, slots, resolve.common_slots((FUND,)), date(2025, 12, 31), YEARS,
                             np.array([OPENING_USD]), np.full((YEARS, 1), OPENING_USD))
    members = Members(np.full((YEARS, 1), MONTHLY_USD), np.zeros((YEARS, 1)), np.zeros((YEARS, 1)), False)
    out = run.run((family,), (members,), WORLD, PATHS, seed)[0]
    return (OPENING_USD / 10.0 + MONTHLY_USD * out.units[:, 0].sum(axis=1)) * out.value[:, 0, -1]


def _two_assets() -> tuple[np.ndarray, np.ndarray, float, list[dict[str, float]]]:
    rows = [WORLD.names.index("us_core_bonds"), WORLD.names.index("us_large_cap")]
    weights = [periods.targets(FUND, YEARS - y) for y in range(YEARS)]
    return WORLD.log_mean_monthly[rows], WORLD.log_sd_monthly[rows], float(WORLD.correlation[rows[0], rows[1]]), weights


def numpy_loop(seed: int) -> np.ndarray:
    """The same by a hand-written month loop over all paths; a year's targets are in force from its first dealing."""
    mean, sd, rho, weights = _two_assets()
    rng = np.random.default_rng(seed)
    wealth = np.full(PATHS, OPENING_USD)
    for year in range(YEARS):
        for month in range(12):
            now = weights[year - 1] if month == 0 and year else weights[year]
            z = rng.standard_normal((2, PATHS))
            bonds = np.exp(mean[0] + sd[0] * z[0])
            stocks = np.exp(mean[1] + sd[1] * (rho * z[0] + math.sqrt(1.0 - rho * rho) * z[1]))
            wealth *= now["bonds"] * bonds + now["stocks"] * stocks
            wealth += MONTHLY_USD
    return wealth


def quantlib_paths(seed: int, n_paths: int = 2_000) -> np.ndarray:
    """The same on QuantLib's correlated Black-Scholes paths, fewer of them."""
    import QuantLib as ql

    mean, sd, rho, weights = _two_assets()
    today = ql.Date(31, 12, 2025)
    ql.Settings.instance().evaluationDate = today
    flat = [ql.YieldTermStructureHandle(ql.FlatForward(today, 12.0 * mean[k] + 6.0 * sd[k] ** 2, ql.SimpleDayCounter()))
            for k in range(2)]
    zero = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.SimpleDayCounter()))
    processes = [ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(1.0)), zero, flat[k], ql.BlackVolTermStructureHandle(ql.BlackConstantVol(
            today, ql.NullCalendar(), sd[k] * math.sqrt(12.0), ql.SimpleDayCounter()))) for k in range(2)]
    joint = ql.StochasticProcessArray(processes, [[1.0, rho], [rho, 1.0]])
    months = 12 * YEARS
    times = list(ql.TimeGrid(float(YEARS), months))
    sequence = ql.GaussianRandomSequenceGenerator(
        ql.UniformRandomSequenceGenerator(2 * months, ql.UniformRandomGenerator(seed)))
    generator = ql.GaussianMultiPathGenerator(joint, times, sequence, False)
    wealth = np.empty(n_paths)
    for p in range(n_paths):
        sample = generator.next().value()
        bonds, stocks = np.array(sample[0]), np.array(sample[1])
        w = OPENING_USD
        for t in range(months):
            year, month = divmod(t, 12)
            now = weights[year - 1] if month == 0 and year else weights[year]
            w = w * (now["bonds"] * bonds[t + 1] / bonds[t] + now["stocks"] * stocks[t + 1] / stocks[t]) + MONTHLY_USD
        wealth[p] = w
    return wealth


def gap(a: np.ndarray, b: np.ndarray) -> float:
    """Difference of the means in standard errors."""
    errors = [x.std(ddof=1) / math.sqrt(len(x)) for x in (a, b)]
    return float((a.mean() - b.mean()) / math.hypot(*errors))


def _seconds(work, repeats: int = 5) -> float:
    work(0)
    spent = []
    for k in range(repeats):
        start = time.perf_counter()
        work(k)
        spent.append(time.perf_counter() - start)
    return median(spent)


def main() -> list[str]:
    """Measure and compare; lines of text."""
    ours, theirs = _seconds(engine), _seconds(numpy_loop)
    a, b, c = engine(1), numpy_loop(1), quantlib_paths(1)
    return [f"plain work, {PATHS:,} paths x {12 * YEARS} months, two assets: engine {ours:.3f} s, "
            f"NumPy {theirs:.3f} s, ratio {ours / theirs:.2f}",
            f"agreement of mean terminal wealth: NumPy {gap(a, b):+.2f} standard errors, QuantLib {gap(a, c):+.2f}"]
