"""What must move, and which way, when one term of a fund or one belief about the world is changed."""

import re

import pytest
from case_maker import EXAMPLES, Private, asset, assumptions, census, family, paired, plan, sections, write

from alts401k.report import html
from alts401k.verbs.evaluate import evaluate

ROWS = (
    (1996, 55_000, 5_000, 0.06),
    (1990, 70_000, 60_000, 0.08),
    (1981, 85_000, 150_000, 0.10),
    (1974, 60_000, 90_000, 0.05),
    (1968, 110_000, 450_000, 0.12),
    (1963, 50_000, 200_000, 0.05),
)
TERMS = Private(
    fee=0.001,
    target=0.15,
    minimum=0.1,
    maximum=0.25,
    gate=0.05,
    block_gate=0.05,
    smoothing=0.3,
    lag_months=1,
    block="mgmt_fee = 0.01",
)
WORLD = {"stocks": (0.07, 0.17), "bonds": (0.045, 0.06), "private": (0.085, 0.28), "liquid": (0.03, 0.01)}


def run(folder, terms=TERMS, trustee_fee=0.001, world=(), weights=None, seed=4, **keys):
    """The case with some of its numbers changed, 200 paths of one seed."""
    weights = weights or {"private": [0.2, 0.1], "stocks": [0.6, 0.4], "bonds": [0.2, 0.5]}
    fund = family(
        weights,
        years=(30, 0),
        rebalance={"slow_band": 0.02},
        regime={},
        private=terms,
        trustee_fee=trustee_fee,
    )
    today = family(
        {"stocks": [0.8, 0.5], "bonds": [0.2, 0.5]},
        years=(30, 0),
        rebalance={},
        regime={},
        trustee_fee=0.0005,
    )
    numbers = {**WORLD, **dict(world)}
    case = write(
        folder,
        fund=fund,
        baseline=today,
        people=census(*ROWS),
        plan=plan(turnover_yearly=0.1),
        assumptions=assumptions(
            *(asset(name, *row) for name, row in numbers.items()), inflation=0.02, **keys
        ),
    )
    return sections(case, paths=200, seed=seed)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The case as it stands."""
    return run(tmp_path_factory.mktemp("before") / "case")


def test_a_dearer_trustee_costs_what_it_charges(before, tmp_path):
    """A tenth of a point more a year: every headline falls, fees rise by it, and nothing of the baseline moves."""
    after = run(tmp_path / "case", trustee_fee=0.002)
    assert after["fees"]["total"]["proposed"] - before["fees"]["total"]["proposed"] == pytest.approx(
        0.001, rel=0.01
    )
    assert after["fees"]["per_1000_usd"]["proposed"]["trustee"] == pytest.approx(2.0, rel=0.01)
    for name in ("median_wealth_change", "p5_wealth_change", "wealth_p5_change"):
        assert paired(after)[name] < paired(before)[name] - 0.002
    assert paired(after)["chance_better_off"] < paired(before)["chance_better_off"]
    assert after["fees"]["total"]["baseline"] == before["fees"]["total"]["baseline"]
    for section in ("income_replacement", "wealth_usd", "wealth_fan"):
        assert after["performance"][section]["baseline"] == before["performance"][section]["baseline"]


def test_a_better_private_asset_pays(before, tmp_path):
    """Two points more a year on a fifth to a tenth of the fund: the median rises, today's fund does not notice."""
    after = run(tmp_path / "case", world={"private": (0.105, 0.28)})
    assert 0.01 < paired(after)["median_wealth_change"] - paired(before)["median_wealth_change"] < 0.15
    assert paired(after)["chance_better_off"] > paired(before)["chance_better_off"]
    assert after["performance"]["wealth_usd"]["baseline"] == before["performance"]["wealth_usd"]["baseline"]
    risk = [data["performance"]["risk_adjusted"] for data in (before, after)]
    assert risk[1]["sharpe"]["proposed"] > risk[0]["sharpe"]["proposed"]
    assert risk[1]["certainty_equivalent"]["change"] > risk[0]["certainty_equivalent"]["change"]


def test_smoother_marks_are_smoother_and_make_nobody_rich(before, tmp_path):
    """Twice the smoothing: marks stray further from the truth; the median moves by less than one part in 200."""
    after = run(tmp_path / "case", TERMS._replace(smoothing=0.6))
    gaps = [data["valuation"]["marks"]["private"]["sd_gap"] for data in (before, after)]
    assert gaps[1] > 1.1 * gaps[0]
    assert abs(paired(after)["median_wealth_change"] - paired(before)["median_wealth_change"]) < 0.005
    # risk is that of true returns, so smoothing does not make a fund look calm
    sharpe = [data["performance"]["risk_adjusted"]["sharpe"]["proposed"] for data in (before, after)]
    assert sharpe[1] == pytest.approx(sharpe[0], rel=0.02)


def test_more_risk_at_the_same_return_widens_the_outcomes(before, tmp_path):
    """A private asset twice as risky: the worst twentieth falls further behind today's fund."""
    after = run(tmp_path / "case", world={"private": (0.085, 0.50)})
    assert paired(after)["p5_wealth_change"] < paired(before)["p5_wealth_change"] - 0.03


def test_tighter_gates_close_more_often(before, tmp_path):
    """Half of a percent a month instead of five."""
    after = run(tmp_path / "case", TERMS._replace(gate=0.005))
    assert (
        after["liquidity"]["gate_probability"]["sleeve"]
        > before["liquidity"]["gate_probability"]["sleeve"] + 0.1
    )
    assert after["liquidity"]["unfilled_usd_share"] > before["liquidity"]["unfilled_usd_share"]


def test_a_dearer_annuity_replaces_less(before, tmp_path):
    """A real rate of zero: the same wealth buys less income."""
    after = run(tmp_path / "case", annuity_real_rate=0.0)
    for fund in ("proposed", "baseline"):
        for q, value in after["performance"]["income_replacement"][fund].items():
            assert value < 0.9 * before["performance"]["income_replacement"][fund][q]
    assert after["performance"]["paired"] == before["performance"]["paired"]


def test_the_size_of_the_family_changes_shares_of_nothing(before, tmp_path):
    """Ten times the dollars in the same proportions: the same results to rounding."""
    after = run(tmp_path / "case", family_assets_usd=1e10)
    for name in ("median_wealth_change", "p5_wealth_change", "chance_better_off"):
        assert paired(after)[name] == pytest.approx(paired(before)[name], abs=1e-9)
    assert after["fees"]["total"]["proposed"] == pytest.approx(before["fees"]["total"]["proposed"], rel=1e-9)
    assert (
        after["liquidity"]["gate_probability"]["sleeve"] == before["liquidity"]["gate_probability"]["sleeve"]
    )
    dilution = [data["valuation"]["dilution_usd_per_year"]["leavers"] for data in (before, after)]
    assert dilution[1] == pytest.approx(
        dilution[0], rel=1e-6
    )  # of the plan's own dollars, which are the same


def test_the_report_is_about_this_run():
    """The page says the headline that the results hold."""
    before = evaluate(EXAMPLES / "bitcoin-and-gold", paths=20).data
    page = re.sub(r"<[^>]+>", " ", html(before))
    change = 100 * paired(before)["median_wealth_change"]
    assert f"{change:+.2f}%" in page.replace("\N{MINUS SIGN}", "-")
    assert before["run"]["id"] in page
