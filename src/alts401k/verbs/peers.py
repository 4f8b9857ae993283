"""The plain work (`plain_work`) by other programs: each in a function of its own, which says what it does differently.

Nothing here is part of a result: these are other people's engines, called as their users call them, and imported only
when they are asked for. Each function prepares (builds, solves, compiles) and returns the work itself, to be timed:
`work(seed)` gives wealth at the end by path (n,), or None where the program computes something else.
"""

import math
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import numpy as np

from alts401k.verbs.plain_work import MONTHLY_USD, MONTHS, OPENING_USD, YEARS, Plain

Work = Callable[[int], np.ndarray | None]
SAVED, LUMP_SUM, OTHER = "saved", "lump_sum", "other"


class Peer(NamedTuple):
    """One program: the package that brings it ("" when it needs none), its licence, which part of the work it does
    (SAVED all of it, LUMP_SUM without contributions, OTHER something else), and the function that prepares it."""

    name: str
    package: str
    licence: str
    does: str
    prepare: Callable[[Plain, int], Work]

    @property
    def version(self) -> str | None:
        """The installed version, None when it is not installed."""
        try:
            return version(self.package or "numpy")
        except PackageNotFoundError:
            return None

    @property
    def differs(self) -> str:
        """What it does differently, in one line."""
        return " ".join((self.prepare.__doc__ or "").split())


def numpy_loop(work: Plain, n_paths: int) -> Work:
    """The same work, written by hand: a loop over months with all paths at once, on one core. Its random numbers
    cannot be replayed a path at a time, and it knows no fund beyond two assets."""
    mean, sd, weights = work.log_mean, work.log_sd, work.weights
    rest = math.sqrt(1.0 - work.correlation**2)

    def run(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        wealth = np.full(n_paths, OPENING_USD)
        for month in range(MONTHS):
            z = rng.standard_normal((2, n_paths))
            bonds = np.exp(mean[0] + sd[0] * z[0])
            stocks = np.exp(mean[1] + sd[1] * (work.correlation * z[0] + rest * z[1]))
            wealth *= weights[month, 0] * bonds + weights[month, 1] * stocks
            wealth += MONTHLY_USD
        return wealth

    return run


def quantlib(work: Plain, n_paths: int) -> Work:
    """The same work: QuantLib draws the correlated paths of the two assets one path at a time, as its Python users get
    them, and NumPy adds up the money. One core. It prices derivatives; it has no saver and no fund."""
    import QuantLib as ql

    today = ql.Date(31, 12, 2025)
    ql.Settings.instance().evaluationDate = today
    days, never = ql.SimpleDayCounter(), ql.NullCalendar()

    def flat(rate: float) -> ql.YieldTermStructureHandle:
        return ql.YieldTermStructureHandle(ql.FlatForward(today, rate, days))

    def process(k: int) -> ql.BlackScholesMertonProcess:
        # The drift of the log price is the rate less half the variance.
        volatility = ql.BlackConstantVol(today, never, float(work.log_sd[k]) * math.sqrt(12.0), days)
        return ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(1.0)), flat(0.0),
            flat(float(12.0 * work.log_mean[k] + 6.0 * work.log_sd[k] ** 2)),
            ql.BlackVolTermStructureHandle(volatility))

    rho = work.correlation
    joint = ql.StochasticProcessArray([process(0), process(1)], [[1.0, rho], [rho, 1.0]])
    times = list(ql.TimeGrid(float(YEARS), MONTHS))

    def run(seed: int) -> np.ndarray:
        uniform = ql.UniformRandomSequenceGenerator(2 * MONTHS, ql.UniformRandomGenerator(seed % 2**31 + 1))
        generator = ql.GaussianMultiPathGenerator(joint, times, ql.GaussianRandomSequenceGenerator(uniform), False)
        price = np.empty((n_paths, 2, MONTHS + 1))
        for path in range(n_paths):
            sample = generator.next().value()
            price[path, 0], price[path, 1] = sample[0], sample[1]
        growth = price[:, :, 1:] / price[:, :, :-1]
        wealth = np.full(n_paths, OPENING_USD)
        for month in range(MONTHS):
            wealth *= growth[:, :, month] @ work.weights[month]
            wealth += MONTHLY_USD
        return wealth

    return run


def hark(work: Plain, n_paths: int) -> Work:
    """Another question: HARK finds the saving and the share of stocks that are best for a saver with a given utility,
    then simulates one agent a path on them. 480 monthly periods with sure pay and one risky asset beside a riskless
    one; its returns are draws from five points. Preparing is the solution of the model. One core."""
    from HARK.ConsumptionSaving.ConsPortfolioModel import PortfolioConsumerType

    mean = math.exp(float(work.log_mean[1]) + 0.5 * float(work.log_sd[1]) ** 2)
    agent = PortfolioConsumerType(
        cycles=1, T_cycle=MONTHS, T_sim=MONTHS, AgentCount=n_paths, sim_common_Rrisky=False, DiscFac=0.96 ** (1 / 12),
        LivPrb=[1.0] * MONTHS, PermGroFac=[1.0] * MONTHS, Rfree=[math.exp(float(work.log_mean[0]))] * MONTHS,
        RiskyAvg=mean, RiskyStd=float(work.log_sd[1]), UnempPrb=0.0, PermShkStd=[0.0] * MONTHS, PermShkCount=1,
        TranShkStd=[0.0] * MONTHS, TranShkCount=1)
    agent.solve()

    def run(seed: int) -> None:
        agent.seed = seed % 2**31
        agent.initialize_sim()
        agent.simulate()

    return run


def vectorbt(work: Plain, n_paths: int) -> Work:
    """Part of the work: the open edition takes no contributions, so it holds a lump sum along the same glide path,
    rebalanced monthly by orders. It tests trading rules on given prices, so NumPy draws them. One core."""
    import pandas as pd
    import vectorbt as vbt

    def held(paths: int, seed: int) -> np.ndarray:
        z = np.random.default_rng(seed).standard_normal((MONTHS, paths, 2))
        z[:, :, 1] = work.correlation * z[:, :, 0] + math.sqrt(1.0 - work.correlation**2) * z[:, :, 1]
        price = np.ones((MONTHS + 1, paths, 2))
        price[1:] = np.exp(np.cumsum(work.log_mean + work.log_sd * z, axis=0))
        # The order at the end of a month brings the weights of the next; the last rebalances for nothing.
        wanted = np.concatenate([work.weights, work.weights[-1:]])
        book = vbt.Portfolio.from_orders(
            close=pd.DataFrame(price.reshape(MONTHS + 1, 2 * paths)), size=np.tile(wanted, (1, paths)),
            size_type="targetpercent", group_by=np.repeat(np.arange(paths), 2), cash_sharing=True, call_seq="auto",
            init_cash=OPENING_USD, freq="30D")
        return np.asarray(book.final_value())

    held(2, 0)  # compiles
    return lambda seed: held(n_paths, seed)


def manyfutures(work: Plain, n_paths: int) -> Work:
    """Another question: a whole household in euros, by the year until 100, with tax, pension, home, children and
    mortality, and one return series that is resampled in blocks. One core."""
    from datetime import date as day

    from manyfutures import Assumptions, Household, Profile, Scenario, Start, scenario
    from manyfutures.models import Adult, MortgageTerms, Position, StudentLoanTerms

    profile = Profile(first_adult=Adult(born=day(1998, 1, 1), life_series="men"),
                      partner=Adult(born=1998, life_series="women"))
    household = Household(
        gross_income=100_000, working_years_spending=30_000, pension=20_000, child_birth_ages=(),
        daycare_days_per_week=0, daycare_monthly_per_day=0, childcare_reimbursement_rate=0.0, after_school_monthly=0,
        mortgage=MortgageTerms(rate=0.035, term=30, start=day(2024, 1, 1)),
        student_loan=StudentLoanTerms(rate=0.03, repayment=100, repayment_day=1))
    position = Position(portfolio=OPENING_USD, crypto=0, cash_buffer=5_000, home_value=300_000,
                        mortgage_balance=200_000, student_loan=1_000)
    plan = Scenario(retirement_age=67, annual_spending=30_000, must_have_spending=20_000, bridge_income=0,
                    downsize=False, n_sims=n_paths)
    mean, sd = 12.0 * float(work.log_mean[1]), math.sqrt(12.0) * float(work.log_sd[1])

    def run(seed: int) -> None:
        returns = np.exp(np.random.default_rng(seed).normal(mean, sd, 120)) - 1.0
        start = Start(today=day(2025, 12, 31), position=position, returns=returns, return_years=np.arange(1906, 2026))
        scenario.run(plan, start, household=household, profile=profile, assumptions=Assumptions())

    return run


COMMONS = "Apache-2.0 with Commons Clause, which forbids selling it: not among the tools that `make peers` installs"
PEERS = (
    Peer("NumPy, by hand", "", "BSD-3-Clause", SAVED, numpy_loop),
    Peer("QuantLib", "QuantLib", "BSD-3-Clause", SAVED, quantlib),
    Peer("HARK", "econ-ark", "Apache-2.0", OTHER, hark),
    Peer("vectorbt", "vectorbt", COMMONS, LUMP_SUM, vectorbt),
    Peer("manyfutures", "manyfutures", "MIT", OTHER, manyfutures),
)
