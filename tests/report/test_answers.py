"""The first page in sentences: each says what its numbers say, and each number is the one at its path."""

from __future__ import annotations

import pytest

from alts401k.fiduciary import arguments, at, break_even, breaking, conditions, could_go_wrong, leaving, suits_less
from tests.report.sample import interval_default, no_change, sample


def _said(*statements) -> str:
    return " ".join(s.text.format(*(n.value for n in s.numbers)) for s in statements)


@pytest.mark.parametrize("make", [sample, no_change, interval_default])
def test_every_number_is_the_one_at_its_path(make):
    results = make()
    found = [break_even(results), breaking(results), *suits_less(results), *could_go_wrong(results)]
    found += [leaving(results)] if leaving(results) else []
    for statement in found:
        for n in statement.numbers:
            value = at(results, n.path)
            assert (value["value"] if isinstance(value, dict) else value) == n.value, n.path


def test_the_break_even_is_one_sentence():
    words = _said(break_even(sample()))
    assert "private equity, after its managers' fees, earns 0.0156 a year more than US large cap" in words
    assert "even with the matched portfolio at 0.0281 more; the case assumes 0.0257 more" in words
    assert words.count(". ") == 0
    results = sample()
    results["performance"]["break_even_premium"].update(baseline=-0.0117, matched=-0.0102)
    assert "a year less than US large cap" in _said(break_even(results))
    assert "no private asset" in _said(break_even(no_change()))


def test_a_break_even_out_of_reach_says_on_which_side_the_fund_stays():
    results = sample()
    results["performance"]["break_even_premium"]["baseline"] = None
    assert "stays ahead" in _said(break_even(results))
    results["performance"]["paired"]["median_wealth_change"]["value"] = -0.02
    assert "stays behind" in _said(break_even(results))
    results = sample()
    results["performance"]["break_even_premium"]["matched"] = None
    assert "against the matched portfolio no premium within 10 points does it" in _said(break_even(results))


def test_whom_it_suits_less_names_losers_first_and_no_noise():
    said = suits_less(sample())
    assert [s.text.split(":")[0] for s in said] == [
        "It suits those aged 55 to 66 worst",
        "It suits people who leave early (leaves within 7 years) worst",
        "It does least for those with a balance above $83,000",
    ]
    results = sample()
    for group in results["performance"]["by_group"]:
        group["median_wealth_change"] = {"value": 0.02, "standard_error": 0.001}
    assert suits_less(results) == ()


def test_a_group_that_loses_is_a_point_against_and_none_is_one_for():
    assert "aged 55 to 66 worst" in _said(*arguments(sample()).case_against)
    results = sample()
    for group in results["performance"]["by_group"]:
        group["median_wealth_change"]["value"] = 0.01
    sides = arguments(results)
    assert "Every group gains" in _said(*sides.case_for)
    assert "aged 55 to 66 worst" not in _said(*sides.case_against)


def test_the_outflow_that_breaks_it_is_said_as_it_is():
    assert "once 0.23 of it leaves within 30 days" in _said(breaking(sample()))
    results = sample()
    results["liquidity"]["smallest_breaking_outflow"].update(value=1.0, opening=1.0)
    assert "On most paths no outflow breaks the fund" in _said(breaking(results))
    results["liquidity"]["smallest_breaking_outflow"].update(p5=1.0, after_fall=1.0)
    assert "Even if everybody left" in _said(breaking(results))


def test_a_default_that_fails_the_three_month_rule_comes_first():
    words = could_go_wrong(interval_default())[0].text
    assert "would fail the three-month transfer rule of 29 CFR 2550.404c-5(c)(5)(i)" in words
    assert "would fail" in _said(*arguments(interval_default()).case_against)
    results = interval_default()
    results["liquidity"]["participant_exit"]["meets_three_month_rule"] = True
    assert "lets participants move" in leaving(results).text and "fail" not in leaving(results).text
    assert "lets participants move" in _said(*arguments(results).case_for)
    assert leaving(sample()) is None


def test_the_hardest_stress_is_the_one_with_the_worst_regime():
    assert "A plan of 12% leaves" in _said(*could_go_wrong(sample()))
    results = sample()
    results["liquidity"]["stresses"][-1]["worst_regime"] = "green"
    results["liquidity"]["stresses"][-1]["gated_months"] = 0.0
    assert "October 2007" in _said(*could_go_wrong(results))
    for stress in results["liquidity"]["stresses"]:
        stress["worst_regime"] = "amber"
    assert "Not even the hardest" in _said(*arguments(results).case_for)


def test_the_sets_of_those_who_doubt_are_argued():
    assert "If private assets earn no more than public ones" in _said(*arguments(sample()).case_against)
    results = sample()
    for one in results["performance"]["sets"]:
        one["median_wealth_change"]["value"] = 0.03
    sides = arguments(results)
    assert "earn no more than public" in _said(*sides.case_for) and "two points" in _said(*sides.case_for)
    assert "earn no more than public" not in _said(*sides.case_against)
    results["performance"]["sets"][1]["median_wealth_change"]["value"] = 0.0001
    assert "whole gain rests on the premium" in _said(*arguments(results).case_against)


def test_a_fund_that_only_takes_more_risk_is_said_to():
    results = sample()
    results["performance"]["paired"]["p5_wealth_change"]["value"] = 0.0
    results["performance"]["paired"]["wealth_p5_change"]["value"] = 0.0
    results["performance"]["sets"] = []
    words = _said(*arguments(results).case_against)
    assert "is pay for taking more risk" in words and "Public assets of the same true volatility do better" in words
    results["performance"]["matched"]["median_wealth_change"]["value"] = 0.02
    assert "not only pay for risk" in _said(*arguments(results).case_for)


def test_an_alternative_that_does_better_is_a_point_against():
    assert "better than each similar alternative" in _said(*arguments(sample()).case_for)
    results = sample()
    results["performance"]["alternatives"][0]["median_wealth_change"]["value"] = -0.02
    assert "against Sample Balanced Fund the median change is -0.02" in _said(*arguments(results).case_against)


def test_conditions_are_short_and_name_what_is_assumed():
    words = _said(*conditions(sample()))
    assert "What is new in it earns, compound a year: private equity 0.0912, private debt 0.0834." in words
    assert "The other view" not in words
    assert "What it holds earns" in _said(*conditions(no_change()))


def test_braces_in_names_of_the_case_are_words():
    results = sample()
    results["liquidity"]["stresses"][-1]["title"] = "{0} and {x}"
    results["performance"]["by_group"][3]["label"] = "{y}"
    results["performance"]["alternatives"][0]["name"] = "{z}"
    said = _said(*could_go_wrong(results), *suits_less(results), *arguments(results).case_for)
    assert "{0} and {x}" in said and "aged {y} worst" in said and "against {z}" in said


def test_fat_tails_are_not_called_missing_when_they_are_drawn():
    results = no_change()
    assert "no fat tails" not in _said(*arguments(results).case_against)
    results["run"]["generator"]["kind"] = "lognormal"
    assert "no fat tails" in _said(*arguments(results).case_against)


def test_an_asset_without_a_manager_breaks_even_without_their_fees():
    results = no_change()
    results["performance"]["break_even_premium"].update(
        baseline=0.03, matched=0.04, asset="bitcoin", public_asset="us_large_cap", assumed=0.01,
        returns=[{"asset": "bitcoin", "basis": "gross", "assumed": 0.08, "baseline": 0.10, "matched": 0.11}],
    )
    words = _said(*conditions(results))
    assert "when bitcoin earns 0.03 a year more than US large cap" in words and "managers' fees" not in words


def test_sets_that_give_one_answer_are_not_called_a_span():
    assert "Wrong assumptions can move the answer" in _said(*arguments(no_change()).how_sure)
    assert "between the sets of returns" in _said(*arguments(sample()).how_sure)
