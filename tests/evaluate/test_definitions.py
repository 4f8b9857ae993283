"""Every headline worked out a second time, by loops over months, people and paths, from prices alone."""

import numpy as np
import pytest
from case_maker import (
    BUSY,
    HEADLINES,
    WORLD,
    asset,
    assumptions,
    census,
    family,
    finished,
    plan,
    sections,
    wealth,
    write,
)

from alts401k.simulate.run import named_sums, replay
from alts401k.world.mortality import survival

PATHS, SEED, INFLATION, GROWTH = 60, 11, 0.02, 0.03
# The last is 60 on the opening date, and two are alike.
PEOPLE = (
    (1999, 60_000, 0, 0.10),
    (1988, 90_000, 120_000, 0.08),
    (1988, 90_000, 120_000, 0.08),
    (1977, 45_000, 60_000, 0.05),
    (1970, 120_000, 600_000, 0.10),
    (1965, 70_000, 250_000, 0.12),
)
MATCH = (0.5, 0.06, 0.01)
TERMS = BUSY._replace(block=BUSY.block.replace("leverage = 0.5", "leverage = 0.75"))


def households(folder, timing="month_end"):
    """A family with private credit against the same without; six people; a bit of everything."""
    proposed = family(
        {"private": [0.2, 0.1], "stocks": [0.6, 0.4], "bonds": [0.2, 0.5]},
        private=TERMS,
        years=(30, 0),
        rebalance={"slow_band": 0.02},
        regime={},
        trustee_fee=0.001,
    )
    baseline = family(
        {"stocks": [0.8, 0.5], "bonds": [0.2, 0.5]},
        years=(30, 0),
        rebalance={},
        regime={},
        trustee_fee=0.0005,
    )
    rate, up_to, nonelective = MATCH
    return write(
        folder,
        fund=proposed,
        baseline=baseline,
        people=census(*PEOPLE),
        plan=plan(
            f"rate = {rate}\nup_to = {up_to}\nnonelective = {nonelective}",
            pay_growth_yearly=GROWTH,
            turnover_yearly=0.12,
            contribution_timing=f'"{timing}"',
        ),
        assumptions=assumptions(*WORLD, inflation=INFLATION, family_assets_usd=5e8),
    )


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """The results, the run they come from, and wealth at 67 (2, 6, paths) from prices, month by month."""
    case = households(tmp_path_factory.mktemp("households") / "case")
    data = sections(case, paths=PATHS, seed=SEED)
    g, run = finished(case, PATHS, SEED)
    families = tuple(paths.family for paths in run.paths)
    members = tuple(joined.members for joined in run.joined)
    nominal = np.zeros((2, len(PEOPLE), PATHS))
    for path in range(PATHS):
        for k, trace in enumerate(replay(families, members, g.market, path, SEED)):
            for i, (born, pay, balance, deferral) in enumerate(PEOPLE):
                v = int(abs(born + 65 - 2040) > abs(born + 65 - 2060))
                horizon = 67 - (2025 - born)
                units = balance / 10.0
                for month in range(12 * horizon):
                    rate, up_to, nonelective = MATCH
                    yearly = (
                        pay
                        * (1.0 + GROWTH) ** (month // 12)
                        * (deferral + rate * min(deferral, up_to) + nonelective)
                    )
                    units += yearly / 12.0 / trace[month, -4 + v]
                nominal[k, i, path] = units * trace[12 * horizon - 1, -2 + v]
    return data, g, run, nominal


HORIZON = np.array([67 - (2025 - row[0]) for row in PEOPLE])


def quantile(values, q):
    """The least value with at least a share ``q`` of all values at or below it."""
    return np.quantile(np.ravel(values), q, method="inverted_cdf")


def test_wealth_of_every_person_on_every_path(by_hand):
    """The matrix product over yearly sums is the loop over months."""
    _, g, run, nominal = by_hand
    of_types = [wealth(g, run, k) for k in (0, 1)]  # the two who are alike are one type of weight 2
    for k in (0, 1):
        assert len(of_types[k]) == len(PEOPLE) - 1
        for i, row in enumerate(PEOPLE):
            (j,) = np.flatnonzero((g.people.birth_year == row[0]) & (g.people.pay == row[1]))
            assert of_types[k][j] == pytest.approx(nominal[k, i], rel=1e-11)
    assert sorted(g.people.weight) == [1.0] * 4 + [2.0]


def test_paired_headlines(by_hand):
    """Proposed / baseline - 1, people and paths pooled; histograms have 8,192 bins an octave, 1,024 for dollars."""
    data, _, _, nominal = by_hand
    said = {name: data["performance"]["paired"][name]["value"] for name in HEADLINES}
    ratio = nominal[0] / nominal[1]
    real = nominal / (1.0 + INFLATION) ** HORIZON[None, :, None]
    assert 1.0 + said["median_wealth_change"] == pytest.approx(quantile(ratio, 0.5), rel=1.3e-4)
    assert 1.0 + said["p5_wealth_change"] == pytest.approx(quantile(ratio, 0.05), rel=1.3e-4)
    assert said["chance_better_off"] == pytest.approx((ratio > 1.0).mean(), rel=1e-12)
    low = [quantile(real[k], 0.05) for k in (0, 1)]
    assert 1.0 + said["wealth_p5_change"] == pytest.approx(low[0] / low[1], rel=2e-3)
    for k, name in enumerate(("proposed", "baseline")):
        for q in (5, 50, 95):
            wealth_usd = data["performance"]["wealth_usd"][name][f"p{q}"]
            assert wealth_usd == pytest.approx(quantile(real[k], q / 100), rel=1e-3)


def test_standard_error_of_the_chance_is_that_of_the_paths(by_hand):
    """The mean over people on each path is one observation."""
    data, _, _, nominal = by_hand
    by_path = (nominal[0] > nominal[1]).mean(axis=0)
    said = data["performance"]["paired"]["chance_better_off"]["standard_error"]
    assert said == pytest.approx(by_path.std(ddof=1) / np.sqrt(PATHS), rel=1e-12)
    people = (nominal[0] > nominal[1]).std() / np.sqrt(by_path.size * len(PEOPLE))
    assert said > 1.3 * people  # people on one path share its fate


def test_changes_by_age(by_hand):
    """The bands are ages at the opening: 26 and 37, 37, 48, 55 and 60."""
    data, _, _, nominal = by_hand
    ratio = nominal[0] / nominal[1]
    rows = {(row["age_from"], row["age_to"]): row for row in data["performance"]["by_age"]}
    for band, who in {(0, 34): [0], (35, 44): [1, 2], (45, 54): [3], (55, 66): [4, 5]}.items():
        row = rows.pop(band)
        assert row["people"] == len(who)
        assert row["chance_better_off"] == pytest.approx((ratio[who] > 1.0).mean(), rel=1e-12)
        assert 1.0 + row["median_wealth_change"] == pytest.approx(quantile(ratio[who], 0.5), rel=1.3e-4)
        assert 1.0 + row["p5_wealth_change"] == pytest.approx(quantile(ratio[who], 0.05), rel=1.3e-4)
    assert not rows


def test_income_replacement(by_hand):
    """Real wealth over the price of a level real income for life from 67, over mean real pay of the last five years."""
    data, _, _, nominal = by_hand
    replacement = np.zeros_like(nominal)
    for i, (born, pay, _, _) in enumerate(PEOPLE):
        alive = survival(born)[:, 0, :].mean(axis=0)
        price = sum(x / 1.02**k for k, x in enumerate(alive))
        last = range(HORIZON[i] - 4, HORIZON[i] + 1)
        real_pay = np.mean([pay * (1 + GROWTH) ** (y - 1) / (1 + INFLATION) ** y for y in last])
        replacement[:, i] = nominal[:, i] / (1 + INFLATION) ** HORIZON[i] / price / real_pay
    for k, name in enumerate(("proposed", "baseline")):
        for q in (5, 25, 50, 75, 95):
            said = data["performance"]["income_replacement"][name][f"p{q}"]
            assert said == pytest.approx(quantile(replacement[k], q / 100), rel=1e-3), (name, q)


def test_certainty_equivalent_and_sharpe_of_a_simple_fund(tmp_path):
    """One listed asset: the sure growth is exp(mean - a sd^2 / 2 + sd^2 / 2), the Sharpe ratio that of its months."""
    world = (asset("stocks", 0.06, 0.10), asset("cash", 0.0))
    fund = family({"stocks": [1.0], "bonds": [0.0]}, private=TERMS, bonds="stocks", rebalance={}, regime={})
    today = family(
        {"stocks": [0.0], "bonds": [1.0], "private": [0.0]},
        private=TERMS,
        stocks="bonds",
        bonds="stocks",
        rebalance={},
        regime={},
    )
    case = write(
        tmp_path / "case",
        fund=fund,
        baseline=today,
        people=census((1990, 60_000, 50_000, 0.1)),
        plan=plan(),
        assumptions=assumptions(
            *world, asset("bonds", 0.0), asset("private", 0.0), asset("liquid", 0.0), risk_aversion=4
        ),
    )
    risk = sections(case, paths=1000)["performance"]["risk_adjusted"]
    # growth^(1 - a) of a lognormal year: exp((1 - a) mean + (1 - a)^2 sd^2 / 2), to the power 1 / (1 - a)
    assert risk["certainty_equivalent"]["proposed"] == pytest.approx(
        1.06 * np.exp(-3 * 0.10**2 / 2) - 1, abs=0.002
    )
    monthly, sd = 1.06 ** (1 / 12), 0.10 / np.sqrt(12)
    mean = monthly * np.exp(sd**2 / 2) - 1
    spread = (mean + 1) * np.sqrt(np.expm1(sd**2))
    assert risk["sharpe"]["proposed"] == pytest.approx(np.sqrt(12) * mean / spread, abs=0.02)


def test_fees_by_layer_add_up(by_hand):
    """Layers times a thousand, and the layers that the documents name."""
    fees = by_hand[0]["fees"]
    for name, layers in (
        ("proposed", {"trustee", "administrator", "block_management", "incentive"}),
        ("baseline", {"trustee"}),
    ):
        rows = fees["per_1000_usd"][name]
        assert set(rows) == layers
        assert sum(rows.values()) == pytest.approx(1000.0 * fees["total"][name], rel=1e-12)
    assert fees["per_1000_usd"]["baseline"]["trustee"] == pytest.approx(0.5, rel=0.01)
    assert fees["per_1000_usd"]["proposed"]["trustee"] == pytest.approx(1.0, rel=0.01)


def test_private_weight_and_gates_from_the_paths(by_hand):
    """What is said of the proposed fund agrees with its own paths' counts."""
    data, _, run, _ = by_hand
    sums = named_sums(run.paths[0])
    liquidity = data["liquidity"]
    years = data["run"]["years"]
    for level, name in (("building_block", "gate_block"), ("sleeve", "gate_sleeve"), ("plan", "gate_plan")):
        share = sums[name] / years
        assert liquidity["gate_probability"][level] == pytest.approx(share.mean(), rel=1e-12)
        assert liquidity["gate_probability"]["standard_error"][level] == pytest.approx(
            share.std(ddof=1) / np.sqrt(PATHS), rel=1e-12
        )
        assert np.mean(liquidity["gate_probability"]["by_year"][level]) == pytest.approx(
            share.mean(), rel=1e-12
        )
    assert 0.0 < liquidity["gate_probability"]["sleeve"] < 1.0
    assert sum(liquidity["regimes"].values()) == pytest.approx(1.0, rel=1e-12)
    weight = liquidity["private_weight"]
    assert 0.05 < weight["p50"] < weight["p95"] < weight["max"]
    assert weight["max"] == sums["private_max"].max()
    assert sum(weight["histogram"]["share"]) == pytest.approx(1.0, rel=1e-12)


def test_structure(by_hand):
    """Look-through leverage by hand: 1 + weight x (1 - liquidity target) x debt / equity, by the plan's dollars."""
    data = by_hand[0]
    dollars = {0: 60_000 + 600_000 + 250_000, 1: 0 + 2 * 120_000}  # vintages 2040 and 2060
    weight = {0: 0.1 + 0.1 * 15 / 30, 1: 0.2}  # 15 and 35 years to go on 2025-12-31
    private = sum(dollars[v] * weight[v] for v in dollars) / sum(dollars.values())
    complexity = data["complexity"]
    assert complexity["look_through_leverage"]["proposed"] == pytest.approx(
        1 + private * 0.85 * 0.75, rel=1e-3
    )
    assert complexity["look_through_leverage"]["baseline"] == 1.0
    assert complexity["layers"] == {"proposed": 3, "baseline": 2}
    composite = {row["asset"]: row["weight"] for row in data["benchmark"]["composite"]}
    assert composite["private"] == pytest.approx(private, rel=1e-3)
    assert sum(composite.values()) == pytest.approx(1.0, rel=1e-12)
