"""True values and marks: late, smooth marks move money between people and make none."""

import numpy as np
import pytest
from case_maker import (
    Private,
    asset,
    assumptions,
    census,
    family,
    finished,
    paired,
    plan,
    sections,
    together,
    wealth,
    write,
)

from alts401k.chart import HELD, base_v
from alts401k.simulate.run import named_sums, replay

WEIGHTS = {"private": [0.3], "stocks": [0.4], "bonds": [0.3]}
# One asset under four names: same mean, same risk, correlation one.
NAMES = ("stocks", "bonds", "private", "liquid")
SAME = [asset(name, 0.07, 0.15) for name in NAMES] + [
    together(a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :]
]
HOLDERS = ((1990, 50_000, 100_000, 0), (1990, 50_000, 300_000, 0))  # of one age: nobody leaves before the end
STALE = Private(smoothing=0.6, lag_months=3, report_months=1)
QUARTERLY = Private(smoothing=0.6, lag_months=3, report_months=3)


def same_returns(folder, proposed, people=HOLDERS, vintages=(2040, 2060), **keys):
    """The proposed family with these marks, today's with true ones; every asset earns the same."""
    return write(
        folder,
        fund=family(WEIGHTS, private=proposed, vintages=vintages),
        baseline=family(WEIGHTS, vintages=vintages),
        people=census(*people),
        plan=plan(**keys),
        assumptions=assumptions(*SAME),
    )


@pytest.mark.parametrize("marks", [STALE, QUARTERLY], ids=["monthly", "quarterly"])
def test_without_flows_marks_change_nobodys_wealth(tmp_path, marks):
    """Equal true returns, no flows, fees or trades: the same wealth to 1e-12 for every person on every path."""
    case = same_returns(tmp_path / "case", marks)
    g, run = finished(case, 40)
    assert np.abs(wealth(g, run, 0) / wealth(g, run, 1) - 1.0).max() < 1e-12
    assert np.ptp(wealth(g, run, 1)[0]) > 0.5 * wealth(g, run, 1)[0].mean()  # the paths do differ
    data = sections(case, paths=40)
    for name in ("median_wealth_change", "p5_wealth_change", "wealth_p5_change"):
        assert abs(paired(data)[name]) < 1e-12
    assert paired(data)["chance_better_off"] == 0.0  # rounding makes nobody better off
    marked = data["valuation"]["marks"]["private"]
    assert marked["sd_gap"] > 0.04  # and the marks are far from the truth
    assert (
        max(abs(x) for k, x in data["valuation"]["dilution_usd_per_year"].items() if k != "standard_error")
        < 1e-3
    )


def dealt(family_, member, trace):
    """What dealing did, worked out again from struck prices (months, V): price, units before, issued, redeemed."""
    v = len(family_.shape.vintages)
    price = trace[:, -2 * v : -v]
    held = opening_units(family_)
    before, issued, redeemed = (np.zeros_like(price) for _ in range(3))
    for t in range(len(price)):
        year, month = divmod(t, 12)
        leaving = member.retired[year] / (12.0 - member.retired[year] * month) + member.turnover[year]
        paid_in = member.in_usd[year] if not member.year_end or month == 11 else 0.0 * member.in_usd[year]
        before[t] = held
        issued[t] = paid_in / price[t] + member.turnover[year] * held
        redeemed[t] = np.minimum(1.0, leaving) * held
        held = held + issued[t] - redeemed[t]
    return price, before, issued, redeemed


def opening_units(family_):
    """Units of each vintage at the opening (V,)."""
    v = len(family_.shape.vintages)
    first = base_v(family_.shape) + HELD * v
    return family_.b[first : first + v].copy()


# All in the first of the vintages 2060 and 2090, and most of it the youngest's: nobody ever waits for money.
SAVERS = (
    (1998, 60_000, 500_000, 0.10),
    (1990, 60_000, 90_000, 0.10),
    (1978, 90_000, 150_000, 0.08),
    (1970, 80_000, 100_000, 0.08),
    (1962, 70_000, 100_000, 0.05),
)


# A block that neither pays nor is asked: its other investors would be a party to a payment at a stale mark.
CLOSED = STALE._replace(block_gate=0.0)


def test_with_flows_marks_only_transfer(tmp_path):
    """Equal true returns and flows: what goes in less what comes out, and what is left, is worth the same at truth.

    At the common growth G(t), opening + sum of (in - out) / G = the last true value / G, marks or no marks.
    """
    case = same_returns(tmp_path / "case", CLOSED, SAVERS, (2060, 2090), turnover_yearly=0.15)
    g, run = finished(case, 3, seed=5)
    families = tuple(paths.family for paths in run.paths)
    members = tuple(joined.members for joined in run.joined)
    away = [[], []]
    for path in range(3):
        traces = replay(families, members, g.market, path, 5)
        growth = traces[1][:, [0]] / 10.0  # the private sleeve with true marks, which is everybody's return
        for k, trace in enumerate(traces):
            price, before, issued, redeemed = dealt(families[k], members[k], trace)
            put_in = ((issued - redeemed) * price / growth).sum()
            left = ((before + issued - redeemed)[-1] * trace[-1, -2:] / growth[-1]).sum()
            assert left == pytest.approx(opening_units(families[k]).sum() * 10.0 + put_in, rel=1e-9)
            away[k].append(np.abs(price / trace[:, -2:] - 1.0).max())
    assert min(away[0]) > 0.02 and max(away[1]) < 1e-12  # stale prices in one fund, true ones in the other


def test_dilution_is_what_leavers_and_joiners_are_paid_beside_the_truth(tmp_path):
    """Again from prices: a leaver gets price - truth a unit, a joiner pays it, stayers have the rest; in the plan's
    dollars."""
    case = same_returns(tmp_path / "case", QUARTERLY, SAVERS, (2060, 2090), turnover_yearly=0.15)
    g, run = finished(case, 4, seed=7)
    families = tuple(paths.family for paths in run.paths)
    members = tuple(joined.members for joined in run.joined)
    by_hand = np.zeros((4, 3))
    for path in range(4):
        trace = replay(families, members, g.market, path, 7)[0]
        price, before, issued, redeemed = dealt(families[0], members[0], trace)
        after = before + issued - redeemed
        value = trace[:, -2:]
        held = before > 0.0
        truth = np.where(held, after * value + (redeemed - issued) * price, 0.0) / np.where(held, before, 1.0)
        by_hand[path] = (
            (redeemed * (price - truth)).sum(),
            (issued * (value - price)).sum(),
            ((before - redeemed) * (value - truth)).sum(),
        )
    by_hand /= run.joined[0].scale * run.paths[0].units.shape[2]
    sums = named_sums(run.paths[0])
    for k, name in enumerate(("leavers", "joiners", "stayers")):
        said = sums[name] / run.joined[0].scale / run.paths[0].units.shape[2]
        assert said == pytest.approx(by_hand[:, k], rel=1e-6, abs=1e-6 * np.abs(by_hand).max())
    data = sections(case, paths=4, seed=7)["valuation"]["dilution_usd_per_year"]
    assert data["leavers"] == pytest.approx(by_hand[:, 0].mean(), rel=1e-6)
    assert data["joiners"] == pytest.approx(by_hand[:, 1].mean(), rel=1e-6)
    assert data["leavers"] + data["joiners"] + data["stayers"] == pytest.approx(0.0, abs=1e-9)
    assert data["standard_error"]["leavers"] == pytest.approx(by_hand[:, 0].std(ddof=1) / 2.0, rel=1e-6)


def test_in_a_rising_market_late_marks_cost_leavers_and_pay_joiners(tmp_path):
    """Marks behind a private asset that only rises: sold below the truth, bought below it; and the reverse falling."""
    for rate, sign in ((0.10, 1.0), (-0.10, -1.0)):
        world = [asset("private", rate), asset("liquid", 0.02), asset("stocks", 0.05), asset("bonds", 0.03)]
        case = write(
            tmp_path / str(rate),
            fund=family(WEIGHTS, private=STALE),
            baseline=family(WEIGHTS),
            people=census(*SAVERS),
            plan=plan(turnover_yearly=0.15),
            assumptions=assumptions(*world),
        )
        data = sections(case, paths=2)["valuation"]
        dilution = data["dilution_usd_per_year"]
        assert sign * dilution["leavers"] < 0.0 < sign * dilution["joiners"]
        assert dilution["stayers"] == pytest.approx(-dilution["leavers"] - dilution["joiners"], rel=1e-12)
        # (1 - 0.6) truth of three months ago + 0.6 the last mark: steady, the mark is that many months behind
        m = (1.0 + rate) ** (1.0 / 12.0)
        behind = 0.4 * m**-3 / (1.0 - 0.6 / m) - 1.0
        assert data["marks"]["private"]["mean_gap"] == pytest.approx(behind, rel=0.02)


def test_true_marks_of_a_large_plan_are_no_dilution(tmp_path):
    """Marks equal to the truth leave only rounding between price and value, however many dollars it is a part of."""
    case = write(
        tmp_path / "case",
        fund=family(WEIGHTS),
        baseline=family(WEIGHTS),
        assumptions=assumptions(
            asset("private", 0.1, 0.2),
            asset("liquid", 0.02),
            asset("stocks", 0.05, 0.15),
            asset("bonds", 0.03, 0.05),
            family_assets_usd=1e9,
        ),
        plan=plan(turnover_yearly=0.15),
        people=census((2009, 50_000, 1e9, 0.06), (1998, 50_000, 1e9, 0.10), (1958, 50_000, 10_000, 0.06)),
    )
    dilution = sections(case, paths=50)["valuation"]["dilution_usd_per_year"]
    assert max(abs(dilution[name]) for name in ("leavers", "joiners", "stayers")) < 1.0
