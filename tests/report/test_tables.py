"""The tables: every row fits its head, every figure of the new parts stands in one of them, in the right order."""

from __future__ import annotations

import pytest

from alts401k.report.rows import Table
from alts401k.report.tables import tables
from tests.report.sample import interval_default, no_change, sample


def _each(results: dict) -> list[Table]:
    found = []
    for name, one in tables(results).items():
        if name not in ("sources", "unmoving", "untried"):
            found += [one] if isinstance(one, Table) else list(one)
    return found


def _rows(name: str, results: dict | None = None) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in tables(results or sample())[name].rows}


@pytest.mark.parametrize("make", [sample, no_change, interval_default])
def test_every_row_fits_its_head(make):
    for table in _each(make()):
        assert table.caption and all(len(row) == len(table.head) for row in table.rows), table.caption
        assert all(isinstance(cell, str) for row in table.rows for cell in row), table.caption


def test_headlines_stand_against_both_yardsticks():
    rows = _rows("headlines")
    assert rows["Median change of wealth"] == ("+2.13% ± 0.19", "-0.41% ± 0.20")
    assert rows["Chance of being better off"] == ("61.8% ± 1.2", "47.1% ± 1.2")


def test_the_sets_stand_side_by_side():
    rows = _rows("sets")
    assert [name.split(":")[0] for name in rows] == ["survey", "no-premium", "adverse"]
    adverse = rows["adverse: Two points below that"]
    assert adverse == ("-8.24% ± 0.20", "-10.44% ± 0.20", "-19.11% ± 0.40", "9.2% ± 1.2")
    assert _rows("returns")["private equity"] == ("9.12% / 12.52%", "6.55% / 9.95%", "4.55% / 7.95%")


def test_an_alternative_has_its_result_or_says_that_it_has_none():
    assert _rows("alternatives")["Sample Balanced Fund (mutual fund)"][1:] == (
        "+3.12% ± 0.20", "-8.21% ± 0.40", "66.4% ± 1.2", "0.31%",
    )
    results = sample()
    results["performance"]["alternatives"] = []
    assert _rows("alternatives", results)["Sample Balanced Fund (mutual fund)"][1:] == ("not simulated",) * 4


def test_the_parts_of_the_change_end_with_their_total():
    rows = tables(sample())["decomposition"].rows
    assert rows[0] == ("more or less risk", "+2.41%", "0.06") and rows[-1] == ("total", "+2.13%", "0.06")
    assert len(rows) == 8


def test_a_break_even_out_of_reach_is_said():
    rows = _rows("break_even")
    assert rows["private equity, net of its managers"] == ("9.12%", "8.11%", "9.36%")
    assert rows["private debt, net of its managers"][2] == "none within 10 points"


def test_groups_come_in_the_order_age_pay_balance_leavers():
    results = sample()
    results["performance"]["by_group"].reverse()
    names = list(_rows("groups", results))
    kinds = [name.split()[0] for name in names]
    assert kinds == ["age"] * 4 + ["pay"] * 3 + ["balance"] * 3 + ["leaves"]
    assert _rows("groups")["age 55 to 66"] == ("1,000", "-0.90% ± 0.30", "-5.90% ± 0.50", "55.0% ± 1.3")


def test_inputs_keep_their_units():
    assert _rows("inputs_that_matter")["Return of private equity, net of its managers"][:3] == (
        "7.12% a year", "9.12% a year", "11.12% a year",
    )


def test_both_levels_of_liquidity_have_tables_of_their_own():
    people, plan = _rows("stresses_people")["A plan of 12% leaves"], _rows("stresses_plan")["A plan of 12% leaves"]
    assert people == ("18", "93.0%", "4", "-33%", "-29%")
    assert plan == ("-46%", "-31%", "12.1% to 13.9%", "0", "gated", "62.0%")
    assert "Participant level" in tables(sample())["participant_level"].caption
    assert _rows("plan_level")["Days a year above the hard cap on private assets"] == ("11.4 ± 1.3",)
    assert _rows("stresses_plan", no_change())["March 2020"][1] == "none held"
    assert _rows("plan_level", no_change())["Dollars asked of sleeves, paid on the dealing date"] == ("nothing asked",)


def test_how_a_participant_leaves_stands_only_where_it_is_not_daily():
    assert _rows("exit") == {}
    rows = _rows("exit", interval_default())
    assert rows["Days waited: median / 95th percentile / longest"] == ("62 / 210 / 730",)
    assert rows["A move at least every three months (29 CFR 2550.404c-5(c)(5)(i))"] == ("not possible",)
    results = interval_default()
    results["liquidity"]["participant_exit"].update(limit=None, plan_exit_days=None, meets_three_month_rule=True)
    rows = _rows("exit", results)
    assert rows["Most bought back on one date"] == ("no limit",)
    assert rows["Days until such a plan is out"] == ("not within the run",)
    assert rows["A move at least every three months (29 CFR 2550.404c-5(c)(5)(i))"] == ("possible",)


def test_the_four_answers_of_the_benchmark_stand_with_their_measure():
    rows = _rows("similarity")
    assert list(rows) == ["mandate", "strategy", "objective", "risk"]
    assert rows["risk"][0] == "not similar" and rows["risk"][3].startswith("ratio of volatilities")
    assert rows["objective"][3] == "words of the two documents"
    assert _rows("pme")["private equity"] == ("US large cap", "0.81", "1.06", "1.38")


def test_opacity_spread_and_borrowing():
    rows = _rows("opacity")
    assert rows["Valued without a market (level 3)"] == ("14.0%",)
    assert rows["Largest building block"] == ("pe ladder, 9.0%",)
    assert _rows("opacity", no_change())["Largest building block"] == ("none",)
    assert _rows("leverage")["Loss of the fund when private holdings fall by 35%"] == ("5.1%",)


def test_what_a_managed_account_is_told_stands_only_where_there_is_one():
    assert _rows("managed") == {}
    rows = _rows("managed", interval_default())
    assert rows["Not told"] == ("balance, deferral",) and rows["People in the same one"] == ("66.0%",)
    results = interval_default()
    results["complexity"]["managed_account"].update(opted_in=None, not_told=[], same_as_vintage=True)
    rows = _rows("managed", results)
    assert rows["People who chose private sleeves"] == ("not asked",) and rows["Not told"] == ("nothing is missing",)
    assert rows["Every portfolio is that of the plain vintage"] == ("yes",)


def test_terms_to_ask_for_keep_their_order_and_those_that_move_nothing_are_named():
    rows = _rows("ask")
    assert list(rows) == ["sleeves.private_equity.incentive_fee", "regime.hard_cap_over_target"]
    assert rows["regime.hard_cap_over_target"] == (
        "5% of net assets", "2.5% of net assets and 10% of net assets", "+0.08%",
    )
    assert tables(sample())["unmoving"] == ("sleeves.private_debt.floor",)
    assert tables(sample())["untried"] == ("sleeves.private_debt.dealing",)
