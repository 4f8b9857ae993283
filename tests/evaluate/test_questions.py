"""The further questions: break-even, inputs, groups, terms to ask about, stresses."""
import numpy as np
import pytest
from case_maker import (
    BUSY,
    EXAMPLES,
    WORLD,
    Private,
    asset,
    assumptions,
    census,
    family,
    finished,
    plan,
    studied,
    together,
    write,
)

from alts401k.measure.groups import median_stay, thirds
from alts401k.measure.search import root
from alts401k.simulate import people as pass2
from alts401k.simulate.paired import change, ratios
from alts401k.verbs import matters, why
from alts401k.verbs.evaluate import evaluate
from alts401k.verbs.people import by_group, headlines
from alts401k.verbs.study import savers_of, study

PEOPLE = census((1990, 60_000.0, 30_000.0, 0.06), (1978, 80_000.0, 120_000.0, 0.08), (1968, 40_000.0, 9_000.0, 0.03))
PATHS = 150
FREE = Private(target=0.0, minimum=0.0)
STOCKS = asset("us_large_cap", 0.07, 0.17)
PUBLIC = 0.0702  # what the set expects of US large companies


def twin_case(folder, premium: float):
    """Stocks, and beside them a private asset in step with them that earns ``premium`` more; nothing else differs."""
    world = (asset("stocks", PUBLIC, 0.17), asset("private", PUBLIC + premium, 0.17), together("private", "stocks"),
             WORLD[1], WORLD[3])
    still = {"rebalance": {"fast_band": 0.0, "slow_band": 1.0, "max_change": 1.0}}
    return write(folder, fund=family({"private": [0.3], "stocks": [0.7]}, private=FREE, **still),
                 baseline=family({"stocks": [1.0]}, **still), plan=plan(), people=PEOPLE,
                 assumptions=assumptions(*world))


@pytest.mark.parametrize("premium", [0.02, -0.03])
def test_an_asset_that_is_stocks_breaks_even_at_no_premium(tmp_path, premium):
    """Free, open, truly marked and in step with stocks: 0, whatever was assumed, against today's and matched alike."""
    found = why.break_even(studied(twin_case(tmp_path, premium), PATHS))
    assert found["asset"] == "private" and found["assumed"] == pytest.approx(premium, abs=1e-12)
    for name in ("baseline", "matched"):
        assert found[name] == pytest.approx(0.0, abs=1.5e-3)
        assert found["standard_error"][name] < 0.01
    assert [row["premium"] for row in found["curve"]] == sorted(row["premium"] for row in found["curve"])
    (needed,) = found["returns"]
    assert needed["baseline"] == pytest.approx(PUBLIC, abs=1.5e-3)


def test_a_premium_out_of_reach_is_null(tmp_path):
    """A fee of 8% a year on everything: no premium on three tenths of it within ten points makes up for it."""
    folder = twin_case(tmp_path, 0.02)
    text = (folder / "fund.toml").read_text(encoding="utf-8").replace("{ trustee = 0.0 }", "{ trustee = 0.08 }")
    write(folder, fund=text)
    found = why.break_even(studied(folder, PATHS))
    assert found["baseline"] is None and found["matched"] is None and found["standard_error"]["baseline"] is None


@pytest.mark.parametrize(("f", "expected"), [
    (lambda x: 3.0 * (x - 0.02), 0.02), (lambda x: np.expm1(5.0 * x) - 0.2, np.log(1.2) / 5.0),
    (lambda x: x + 9.0, None), (lambda x: 1.0, None)])
def test_a_root_is_found_or_refused(f, expected):
    """Straight and curved functions; one sign; flat."""
    found, slope = root(f, {0.0: f(0.0), 0.05: f(0.05)}, -0.5, 0.5)
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-3) and slope > 0.0


def busy(folder):
    held = {"private": [0.2], "stocks": [0.5], "bonds": [0.3]}
    return write(folder, fund=family(held, private=BUSY, stocks="us_large_cap", trustee_fee=0.002,
                                     rebalance={"slow_band": 0.02, "max_change": 0.02}),
                 baseline=family({"stocks": [0.6], "bonds": [0.4]}, stocks="us_large_cap"),
                 plan=plan(turnover_yearly=0.1), people=PEOPLE, assumptions=assumptions(STOCKS, *WORLD[1:]))


def test_inputs_move_the_answer_the_right_way(tmp_path):
    """More return of what only the fund holds helps, more fees hurt; the largest swing stands first."""
    rows = matters.inputs_that_matter(studied(busy(tmp_path), PATHS))
    swings = [row["swing"] for row in rows]
    assert swings == sorted(swings, reverse=True) and len(rows) >= 8
    by_name = {row["name"]: row for row in rows}
    assert by_name["assets.private.expected_return"]["change_low"] < 0.0 < by_name["assets.private.expected_return"][
        "change_high"]
    for name in ("trustee_fees", "mgmt_fee", "incentive_fee.share"):
        assert by_name[name]["change_low"] > 0.0 > by_name[name]["change_high"]
    assert by_name["liquidity"]["swing"] > 0.0 and by_name["gates"]["swing"] >= 0.0


def test_terms_to_ask_about_are_ordered_by_what_they_do(tmp_path):
    """Every assumed term once; fees move the answer, a name does not."""
    s = studied(busy(tmp_path), PATHS)
    rows = matters.ask_the_manager(s)
    effects = [abs(row["effect"]) for row in rows]
    assert effects == sorted(effects, reverse=True)
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys)) and "name" not in keys
    effect = {row["key"]: row["effect"] for row in rows}
    assert effect["trustee_fees.trustee"] != 0.0 != effect["blocks.lender.mgmt_fee"]
    assert effect["unit_price_places"] == 0.0
    public = s.g.case.fund.model_copy(update={"public_terms": s.g.case.fund.public_terms})
    assert public.term_counts()[1] >= len(rows)


def test_groups_are_the_people_and_add_up(tmp_path):
    """Thirds by pay and balance, bands by age, and everybody once more as a leaver."""
    rows = by_group(studied(busy(tmp_path), PATHS))
    for name in ("age", "pay", "balance", "likely_leaver"):
        assert sum(row["people"] for row in rows if row["group"] == name) == 3
    for row in rows:
        assert 0.0 <= row["chance_worse_off"]["value"] <= 1.0
        assert row["p5_wealth_change"]["value"] <= row["median_wealth_change"]["value"]


def test_a_third_is_a_third():
    """By weight; equal figures stay together."""
    found = thirds(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.ones(6))
    assert [inside.tolist() for _, inside in found] == [
        [True, True, False, False, False, False], [False, False, True, True, False, False],
        [False, False, False, False, True, True]]
    level = thirds(np.ones(4), np.ones(4))
    assert [int(inside.sum()) for _, inside in level] == [4, 0, 0]
    assert [median_stay(x, 30) for x in (0.0, 0.1, 0.5, 1.0)] == [30, 7, 1, 1]


def test_the_lean_pass_is_the_full_pass(tmp_path):
    """Median, worst twentieth and chance of the same people and paths by either pass."""
    g, run = finished(busy(tmp_path), PATHS)
    s = study(g, run, 1)
    groups = pass2.groups(run.joined[0].vintage, run.joined[1].vintage, s.savers.horizon_years)
    full, _ = headlines(savers_of(g), groups, *run.paths)
    lean = change(ratios(s.baseline, run.paths[0].units, run.paths[0].value), s.savers.weight)
    assert lean.median.value == pytest.approx(full["median_wealth_change"].value, abs=2e-4)
    assert lean.p5.value == pytest.approx(full["p5_wealth_change"].value, abs=2e-4)
    assert lean.better.value == pytest.approx(full["chance_better_off"].value, abs=1e-12)
    assert lean.median.standard_error == pytest.approx(full["median_wealth_change"].standard_error, rel=0.1)


def test_shipped_cases_have_a_gain_that_depends_on_the_premium():
    """Under the sceptics' sets the shipped target-date case gains less, in their order."""
    from alts401k.verbs.against import assumption_sets

    g, run = finished(EXAMPLES / "target-date-cit", 60)
    rows = {row["name"]: row["median_wealth_change"]["value"] for row in assumption_sets(study(g, run, 1))}
    assert rows["survey"] > rows["no-premium"] > rows["adverse"]


STILL = {"rebalance": {"fast_band": 0.0, "slow_band": 1.0, "max_change": 1.0}}
HARD_CASES = {
    # what a step further would ruin, or no document may say: the evaluation still ends with a report
    "all in one coin": (family({"stocks": [1.0]}, stocks="coin", **STILL), family({"stocks": [0.6], "bonds": [0.4]})),
    "terms near their limits": (
        family({"private": [0.9], "stocks": [0.1]}, private=Private(
            fee=0.02, target=0.7, minimum=0.5, maximum=0.9, smoothing=0.9, gate=0.02, block_gate=0.05,
            block="mgmt_fee = 0.4")),
        family({"stocks": [0.6], "bonds": [0.4]})),
    "today's fund is private": (
        family({"stocks": [0.6], "bonds": [0.4]}), family({"private": [1.0]}, private=Private())),
    "the same fund": (family({"private": [0.2], "stocks": [0.8]}, private=BUSY),) * 2,
}


@pytest.mark.parametrize("name", HARD_CASES)
def test_hard_cases_end_with_a_report(tmp_path, name):
    """Every file is written, and what could not be tried shows the case's own value."""
    fund, baseline = HARD_CASES[name]
    write(tmp_path / "case", fund=fund, baseline=baseline, plan=plan(turnover_yearly=0.2), people=PEOPLE,
          assumptions=assumptions(*WORLD, asset("coin", 0.05, 0.9)))
    data = evaluate(tmp_path / "case", paths=60, out=tmp_path / "out").data
    assert len(list((tmp_path / "out").iterdir())) == 5
    vol, found = data["performance"]["matched"]["volatility"], data["performance"]["decomposition"]
    assert abs(found["residual"]) < 1e-9 and found["stopped_months"] >= 0
    if name == "all in one coin":
        assert vol["matched"] > 4 * vol["baseline"]
    if name == "terms near their limits":
        rows = {row["name"]: row for row in data["performance"]["inputs_that_matter"]}
        assert rows["mgmt_fee"]["high"] == rows["mgmt_fee"]["base"] and rows["mgmt_fee"]["change_high"] == 0.0
        assert rows["mgmt_fee"]["low"] < rows["mgmt_fee"]["base"] and rows["mgmt_fee"]["change_low"] > 0.0
