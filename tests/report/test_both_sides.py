"""The case for and the case against: equal room, each point on the side its number speaks for, all numbers cited."""

from __future__ import annotations

import pytest

from alts401k.fiduciary import FACTORS, OPEN_FINDING, arguments, at, file, number
from tests.report.sample import no_change, sample


def _text(statements) -> str:
    return " ".join(s.text for s in statements)


def _flip(results: dict) -> dict:
    """The same run with proposed and baseline speaking the other way round."""
    paired = results["performance"]["paired"]
    for name in ("median_wealth_change", "p5_wealth_change", "wealth_p5_change"):
        paired[name]["value"] = -paired[name]["value"]
    paired["chance_better_off"]["value"] = 0.31
    for pair in (
        results["fees"]["total"],
        results["performance"]["risk_adjusted"]["sharpe"],
        results["complexity"]["look_through_leverage"],
    ):
        pair["proposed"], pair["baseline"] = pair["baseline"], pair["proposed"]
    return results


@pytest.mark.parametrize("make", [sample, no_change, lambda: _flip(sample())])
def test_both_sides_have_equal_room(make):
    sides = arguments(make())
    assert len(sides.case_for) == len(sides.case_against) >= 4
    assert sides.must_be_true and sides.how_sure


def test_each_point_stands_on_the_side_its_number_speaks_for():
    good, bad = arguments(sample()), arguments(_flip(sample()))
    assert "has more at 67" in _text(good.case_for) and "costs more" in _text(good.case_against)
    assert "has less at 67" in _text(bad.case_against) and "costs less" in _text(bad.case_for)
    assert "more for each unit" in _text(good.case_for) and "less for each unit" not in _text(good.case_for)
    assert "Fewer than half of lifetimes" in _text(bad.case_against)


def test_a_change_within_its_error_is_no_point():
    results = sample()
    results["performance"]["paired"]["median_wealth_change"] = {"value": 0.003, "standard_error": 0.002}
    sides = arguments(results)
    assert "at 67 than with today's fund" not in _text(sides.case_for) + _text(sides.case_against)


def test_what_must_be_true_names_new_assets_and_the_other_view():
    words = _text(arguments(sample()).must_be_true)
    assert "Private equity earns" in words and "Others find no lead" in words
    assert "US large cap earns" not in words


def test_braces_in_words_of_the_case_are_words():
    results = sample()
    results["run"]["assumptions"][0].update(unit="a {year}", opposite="{0} and {x}")
    statement = next(s for s in arguments(results).must_be_true if s.text.startswith("Private equity earns"))
    assert statement.text.format("9%").endswith(
        "9% a {year}, compound (survey). The other view: {0} and {x}."
    )


def test_every_number_is_the_one_at_its_path():
    results = sample()
    sides = arguments(results)
    for statement in (*sides.case_for, *sides.case_against, *sides.how_sure):
        for n in statement.numbers:
            found = at(results, n.path)
            assert (found["value"] if isinstance(found, dict) else found) == n.value


def test_standard_errors_are_found_where_they_stand():
    results = sample()
    assert number(results, "", "performance.paired.chance_better_off", "share").standard_error == 0.0123
    assert number(results, "", "liquidity.gate_probability.sleeve", "rate").standard_error == 0.0032
    assert number(results, "", "performance.income_replacement.proposed.p50", "share").standard_error == 0.004
    assert number(results, "", "performance.risk_adjusted.sharpe.proposed", "ratio").standard_error is None
    with pytest.raises(KeyError, match="fees.none"):
        number(results, "", "fees.none", "rate")


def test_the_file_has_six_headings_and_finds_nothing():
    from datetime import date

    filed = file(
        sample(), [("fund.toml", "b" * 64), ("assumptions.toml", "a" * 64)], "a line", date(2026, 6, 30)
    )
    assert [h.paragraph for h in filed.headings] == list("ghijkl") == [f.paragraph for f in FACTORS]
    plain = filed.as_dict()
    assert [name["file"] for name in plain["inputs"]] == ["assumptions.toml", "fund.toml"]
    for factor in plain["factors"]:
        assert (
            "proposed 29 CFR 2550.404a-6" in factor["cite"]
            and f"paragraph ({factor['paragraph']})" in factor["cite"]
        )
        assert factor["numbers"] and factor["evidence"] and factor["not_in_this_run"]
        assert all(f["finding"] == OPEN_FINDING for f in factor["findings"])
        for n in factor["numbers"]:
            found = at(sample(), n["path"])
            assert (found["value"] if isinstance(found, dict) else found) == n["value"]
    liquidity = plain["factors"][2]["findings"]
    assert [f["question"].split(":")[0] for f in liquidity] == ["Participant level", "Plan level"]
