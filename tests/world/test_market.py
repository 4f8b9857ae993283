"""Capital market assumptions: the shipped sets, a case's own figures, and the joint world they define."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.case import load_case
from alts401k.terms.generator import Generator
from alts401k.terms.scenarios import Scenarios
from alts401k.units import Problems
from alts401k.world import market
from alts401k.world.gross import NO_FEES, Fees, gross_return
from alts401k.world.history import history
from alts401k.world.people import populations

ROOT = Path(__file__).resolve().parents[2]
SET = "survey"
PRIVATE = {"private_equity", "private_debt", "real_estate", "infrastructure"}
GOLD_LIKE = {"expected_return": 0.05, "sd": 0.2, "basis": "gross", "source": "a test"}

# Horizon 2026, Exhibit 17, 20 years: geometric, arithmetic, standard deviation.
SURVEY = {
    "us_large_cap": (0.0702, 0.0832, 0.1643),
    "us_small_cap": (0.0738, 0.0932, 0.2036),
    "intl_developed": (0.0711, 0.0870, 0.1802),
    "emerging": (0.0750, 0.1008, 0.2274),
    "us_core_bonds": (0.0510, 0.0528, 0.0603),
    "us_long_bonds": (0.0535, 0.0588, 0.1069),
    "high_yield": (0.0624, 0.0671, 0.0953),
    "intl_bonds": (0.0414, 0.0445, 0.0736),
    "emerging_debt": (0.0597, 0.0647, 0.0996),
    "cash": (0.0354, 0.0357, 0.0156),
    "tips": (0.0454, 0.0476, 0.0605),
    "real_estate": (0.0663, 0.0783, 0.1597),
    "hedge_funds": (0.0634, 0.0682, 0.0842),
    "commodities": (0.0491, 0.0660, 0.1789),
    "infrastructure": (0.0716, 0.0832, 0.1483),
    "private_equity": (0.0971, 0.1217, 0.2206),
    "private_debt": (0.0780, 0.0838, 0.1146),
}


def assumptions(correlations=(), shipped=SET, own_series=None, **assets):
    return Assumptions.model_validate(
        {
            "set": shipped,
            **({"series": {"file": own_series}} if own_series else {}),
            "family_assets_usd": 1e9,
            "limits_growth": 0.02,
            "annuity_real_rate": 0.02,
            "assets": assets,
            "correlations": [{"a": a, "b": b, "value": v, "source": "a test"} for a, b, v in correlations],
        }
    )


def built(correlations=(), shipped=SET, **assets):
    return market.build(assumptions(correlations, shipped, **assets))


def rows_of(world):
    return {row.name: row for row in world.rows}


def test_the_universe_is_the_survey_with_gold_and_bitcoin_common_assets_first():
    assert sorted(market.universe(SET)) == sorted((*SURVEY, "gold", "bitcoin", "listed_real_estate"))
    assert market.universe(SET)[:3] == ("us_large_cap", "us_core_bonds", "cash")
    # Last, so that no draw of the others depends on it.
    assert market.universe(SET)[-1] == "listed_real_estate"
    assert market.sets() == {"survey", "horizon-2026", "no-premium", "adverse"}
    assert all(market.universe(name) == market.universe(SET) for name in market.sets())
    assert market.assets() == set(market.universe(SET))


def test_the_dated_name_is_the_survey():
    one, other = built(), built(shipped="horizon-2026")
    assert one.rows == other.rows and one.factor.tobytes() == other.factor.tobytes()
    assert one.set_title == other.set_title


def test_every_survey_row_is_the_survey():
    world = built()
    assert [row.name for row in world.rows] == list(world.names)
    for row in (row for row in world.rows if row.name in SURVEY):
        geometric, arithmetic, sd = SURVEY[row.name]
        assert row.expected_return == geometric
        assert row.sd == market.log_sd(arithmetic, sd)
        # A lognormal with this mean and sd has nearly the survey's geometric mean: the figures agree.
        assert arithmetic - sd**2 / 2 == pytest.approx(geometric, abs=0.0017)
    assert world.inflation_yearly == 0.0244


def test_log_sd_turns_the_survey_into_a_lognormal():
    log_sd = market.log_sd(0.0832, 0.1643)
    assert log_sd == pytest.approx(0.15081849, abs=1e-8)
    mean = math.exp(0.03 + log_sd**2 / 2)
    spread = mean * math.sqrt(math.exp(log_sd**2) - 1)
    assert spread / mean == pytest.approx(0.1643 / 1.0832, rel=1e-12)


def test_monthly_numbers_are_gross_of_the_managers():
    world = built()
    at = {name: i for i, name in enumerate(world.names)}
    assert world.log_mean_monthly[at["us_large_cap"]] == math.log1p(0.0702) / 12
    for name in PRIVATE:
        row = world.rows[at[name]]
        assert row.gross_return == gross_return(row.expected_return, row.sd, row.reference_fees)
        assert world.log_mean_monthly[at[name]] == math.log1p(row.gross_return) / 12
        assert row.net_return == row.expected_return < row.gross_return
    # 1.5% and 20% over 8% take about 3.8 points, 1% and 12.5% over 5% about 2.2.
    assert world.rows[at["private_equity"]].gross_return == pytest.approx(0.1353, abs=2e-4)
    assert world.rows[at["private_debt"]].gross_return == pytest.approx(0.1001, abs=2e-4)
    assert world.log_sd_monthly[at["gold"]] == 0.149 / math.sqrt(12)
    net = {**GOLD_LIKE, "basis": "net_of_manager", "reference_fees_yearly": 0.01}
    gold = built(gold=net)
    # One rate of 1% a year is charged monthly on what has grown: a little more than a point in log terms.
    assert gold.log_mean_monthly[at["gold"]] == math.log1p(gold.rows[at["gold"]].gross_return) / 12
    assert gold.rows[at["gold"]].gross_return == pytest.approx(0.0605, abs=2e-4)
    assert gold.rows[at["gold"]].reference_fees == Fees(0.01)


def test_every_row_has_a_source_an_opposite_and_its_basis():
    for row in built().rows:
        assert row.source and len(row.opposite) > 40 and row.evidence in {"P", "S", "C", "A"} and row.shipped
        assert (row.basis == "net_of_manager") == (row.name in PRIVATE)
        assert (row.reference_fees != NO_FEES) == (row.name in PRIVATE)
        assert bool(row.fees_source) == bool(row.fees_opposite) == (row.name in PRIVATE)
        assert ("[G]" in row.source) == (row.name in PRIVATE)
    opposite = {row.name: row.opposite for row in built().rows}
    assert "Phalippou" in opposite["private_equity"] and "No premium" in opposite["private_equity"]


def test_every_pair_is_stated_once_and_the_matrix_holds():
    world = built()
    pairs = [frozenset((a, b)) for row in world.correlation_rows for a, b, _ in row.pairs]
    n = len(world.names)
    assert len(pairs) == len(set(pairs)) == n * (n - 1) // 2
    assert all(row.source and row.evidence in {"P", "C", "A"} for row in world.correlation_rows)
    assert np.array_equal(world.correlation, world.correlation.T)
    assert np.linalg.eigvalsh(world.correlation)[0] > 0.09
    assert np.allclose(world.factor @ world.factor.T, world.correlation, atol=1e-14)
    assert np.array_equal(world.factor, np.tril(world.factor))


def test_stated_correlations_of_private_debt_gold_and_bitcoin():
    world = built()
    at = {name: i for i, name in enumerate(world.names)}

    def between(a, b):
        return world.correlation[at[a], at[b]]

    assert between("private_equity", "us_large_cap") == 0.73
    assert between("private_debt", "private_equity") == 0.55
    assert between("private_debt", "us_large_cap") == between("high_yield", "us_large_cap") == 0.62
    assert between("bitcoin", "us_large_cap") == 0.35
    assert between("gold", "us_core_bonds") == 0.11


def test_bitcoin_has_no_return_until_a_case_states_one():
    world = built()
    row = next(row for row in world.rows if row.name == "bitcoin")
    assert row.expected_return is None
    place = world.names.index("bitcoin")
    assert np.flatnonzero(np.isnan(world.log_mean_monthly)).tolist() == [place]
    stated = built(bitcoin={**GOLD_LIKE, "sd": 0.6, "expected_return": 0.07})
    assert stated.log_mean_monthly[place] == math.log1p(0.07) / 12 and not stated.rows[place].shipped
    assert np.array_equal(stated.factor, world.factor) and np.array_equal(stated.keys, world.keys)


def test_own_assets_come_after_and_change_nothing_before():
    plain = built()
    more = built([("zinc", "gold", 0.4)], zinc=GOLD_LIKE, art=GOLD_LIKE)
    assert more.names == (*plain.names, "art", "zinc")
    n = len(plain.names)
    assert more.factor[:n, :n].tobytes() == plain.factor.tobytes()
    assert np.array_equal(more.keys[:n], plain.keys)
    assert more.factor[n].tolist() == [0.0] * n + [1.0, 0.0]
    assert (more.factor @ more.factor.T)[n + 1, plain.names.index("gold")] == pytest.approx(0.4, abs=1e-14)


def test_a_riskless_own_asset_is_allowed():
    world = built(stable={**GOLD_LIKE, "sd": 0.0})
    assert world.log_sd_monthly[-1] == 0.0 and world.factor[-1, -1] == 1.0


def test_keys_depend_on_the_name_alone():
    world = built(gold=GOLD_LIKE, art=GOLD_LIKE)
    assert world.keys.dtype == np.uint64 and len(set(world.keys.tolist())) == len(world.names)
    assert [int(key) for key in world.keys] == [market.asset_key(name) for name in world.names]
    # blake2b of the name, 8 bytes, little-endian: fixed, or every published run would change.
    assert market.asset_key("us_large_cap") == 9248928662532451346


def test_overrides_that_cannot_hold_name_the_pair_and_the_room_left():
    with pytest.raises(Problems) as caught:
        built([("us_large_cap", "us_small_cap", -0.9), ("gold", "cash", 0.2)])
    (problem,) = caught.value.items
    assert problem.file == "assumptions.toml"
    assert "us_large_cap and us_small_cap at -0.9" in problem.message and "gold" not in problem.message
    assert "between 0.49 and 0.98" in problem.fix
    for edge in (0.49, 0.98):
        built([("us_large_cap", "us_small_cap", edge), ("gold", "cash", 0.2)])
    for beyond in (0.48, 0.99):
        with pytest.raises(Problems):
            built([("us_large_cap", "us_small_cap", beyond), ("gold", "cash", 0.2)])


def test_overrides_that_only_fail_together_are_all_named():
    # Either alone can hold; a thing cannot move with gold and against it and with what gold moves with.
    both = [("art", "gold", 0.9), ("art", "zinc", 0.9), ("zinc", "gold", -0.9)]
    with pytest.raises(Problems) as caught:
        built(both, art=GOLD_LIKE, zinc=GOLD_LIKE)
    for a, b, _ in both:
        assert f"{a} and {b}" in caught.value.items[0].message


def test_an_unknown_set_is_refused():
    unknown = assumptions().model_copy(update={"set": "horizon-1926"})
    with pytest.raises(Problems, match="horizon-1926"):
        market.build(unknown)
    with pytest.raises(Problems, match="horizon-1926"):
        market.universe("horizon-1926")


def test_correlations_of_unknown_or_equal_assets_are_refused():
    for pair, said in ((("tin", "gold", 0.1), "unknown asset: tin"), (("gold", "gold", 0.5), "with itself")):
        one = assumptions([("gold", "cash", 0.1)])
        row = one.correlations[0].model_copy(update=dict(zip("ab", pair[:2], strict=True)))
        with pytest.raises(Problems, match=said):
            market.build(one.model_copy(update={"correlations": (row,)}))
    twice = assumptions([("gold", "cash", 0.1)])
    with pytest.raises(Problems, match="stated twice"):
        market.build(twice.model_copy(update={"correlations": twice.correlations * 2}))


def test_cholesky_finds_what_is_impossible_and_allows_what_is_merely_dependent():
    alike = np.array([[1.0, 1.0, 0.3], [1.0, 1.0, 0.3], [0.3, 0.3, 1.0]])
    factor, bad = market.cholesky(alike)
    assert bad is None and np.allclose(factor @ factor.T, alike, atol=1e-12)
    impossible = np.array([[1.0, 1.0, 0.3], [1.0, 1.0, -0.3], [0.3, -0.3, 1.0]])
    assert market.cholesky(impossible)[1] == 2


def test_a_case_that_holds_bitcoin_without_a_return_is_told_so():
    case = load_case(
        ROOT / "examples" / "bitcoin-and-gold",
        populations=populations(),
        assets=market.assets(),
        sets=market.sets(),
    )
    assert market.problems(case) == []
    silent = replace(case, assumptions=case.assumptions.model_copy(update={"assets": {}}))
    (problem,) = market.problems(silent)
    assert problem.file == "assumptions.toml" and "bitcoin is held" in problem.message
    assert "fund.toml" in problem.message and "[assets.bitcoin]" in problem.fix
    lost = replace(case, assumptions=case.assumptions.model_copy(update={"set": "none"}))
    assert "no assumption set" in market.problems(lost)[0].message


def test_scenarios_need_a_column_for_everything_that_is_held():
    case = load_case(
        ROOT / "examples" / "bitcoin-and-gold",
        populations=populations(),
        assets=market.assets(),
        sets=market.sets(),
    )
    held = {sleeve.asset for fund in (case.fund, case.baseline) for sleeve in fund.sleeves.values()}
    whole = Scenarios("ours.csv", ("cash", *sorted(held)), np.ones((1, 12, 1 + len(held))))
    assert market.problems(replace(case, scenarios=whole)) == []
    (problem,) = market.problems(replace(case, scenarios=whole._replace(assets=("cash", *sorted(held - {"gold"})))))
    assert (problem.file, problem.line) == ("ours.csv", 1)
    assert 'missing column "gold"' in problem.message and "fund.toml sleeve gold" in problem.message


def test_a_market_carries_its_generator_and_scenarios():
    plain = built()
    assert plain.generator.kind == "lognormal" and plain.scenarios is None
    fat = assumptions().model_copy(update={"generator": Generator(kind="fat-tails", tail_df=4.0)})
    ours = Scenarios("ours.csv", ("cash",), np.ones((1, 12, 1)))
    world = market.build(fat, None, ours)
    assert world.generator.tail_df == 4.0 and world.scenarios is ours
    assert world.log_mean_monthly.tobytes() == plain.log_mean_monthly.tobytes()


def test_listed_real_estate_has_history_s_figures_and_honest_marks():
    """Risk and the measured correlations of the stand-in, less the independent risk added to it."""
    months, table = history()
    logs = {name: np.log1p(column) for name, column in table.items()}

    def inside(first, last):
        return (months >= np.datetime64(first, "M")) & (months <= np.datetime64(last, "M"))

    listed = logs["real_estate_listed"]
    own = float(np.std(listed[inside("2004-10", "2025-05")], ddof=1)) * math.sqrt(12)
    world = built()
    row = rows_of(world)["listed_real_estate"]
    assert row.sd == pytest.approx(math.hypot(own, 0.117), abs=1e-3) and row.evidence == "A"
    assert row.expected_return == SURVEY["real_estate"][0] and row.basis == "gross"
    parts = {"us_large_cap": logs["us_stocks"], "intl_developed": logs["intl_stocks"], "gold": logs["gold"],
             "us_core_bonds": logs["us_bonds"], "us_long_bonds": logs["us_notes_10y"], "cash": logs["us_bills"],
             "us_small_cap": np.log1p(table["us_stocks"] + table["small_minus_big"])}
    at = {name: i for i, name in enumerate(world.names)}
    common = inside("1990-07", "2025-04")
    for name, other in parts.items():
        measured = np.corrcoef(listed[common], other[common])[0, 1] * own / row.sd
        assert world.correlation[at["listed_real_estate"], at[name]] == pytest.approx(measured, abs=8e-3)


def test_the_page_on_data_shows_the_fees_and_the_gross_returns_of_the_code():
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    world = built()
    for name in PRIVATE:
        row = rows_of(world)[name]
        (shown,) = [line.split("|") for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert shown[2].strip() == f"{100 * row.net_return:.2f}%"
        assert shown[4].strip() == f"{100 * row.gross_return:.2f}%"
        assert shown[3].strip().startswith(f"{100 * row.reference_fees.mgmt_fee:.1f}%")
    smallest = np.linalg.eigvalsh(world.correlation)[0]
    assert f"smallest eigenvalue {smallest:.3f}" in page and f"matrix of {len(world.names)} assets" in page
