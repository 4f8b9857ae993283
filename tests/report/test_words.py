"""Figures as they are printed."""

from __future__ import annotations

import pytest

from alts401k.report.words import assumption_value, plain_name, show, show_error, with_error


@pytest.mark.parametrize(
    "value, kind, text",
    [
        (0.0123, "change", "+1.23%"),
        (-0.0941, "change", "-9.41%"),
        (0.0, "change", "0.00%"),
        (-0.000001, "change", "0.00%"),
        (1e-7, "change", "0.00%"),
        (0.6184, "share", "61.8%"),
        (1.0, "share", "100.0%"),
        (0.00473, "rate", "0.47%"),
        (118_000.4, "usd_signed", "+$118,000"),
        (-27_000.0, "usd_signed", "-$27,000"),
        (0.2, "usd_signed", "$0"),
        (-0.2, "usd_signed", "$0"),
        (402_000.0, "usd", "$402,000"),
        (-5.0, "usd", "-$5"),
        (1.5, "unit_usd", "$1.50"),
        (1.087, "ratio", "1.09"),
        (10_000, "count", "10,000"),
        (None, "ratio", "not defined"),
        ("CIT", "text", "CIT"),
    ],
)
def test_show(value, kind, text):
    assert show(value, kind) == text


def test_an_unknown_kind_is_an_error():
    with pytest.raises(ValueError, match="unknown kind of number: bananas"):
        show(1.0, "bananas")


def test_errors_are_points_and_never_a_false_zero():
    assert with_error({"value": 0.0213, "standard_error": 0.0019}, "change") == "+2.13% ± 0.19"
    assert show_error(0.00004, "rate") == "<0.01"
    assert show_error(0.0004, "share") == "<0.1"
    assert show_error(0.0, "rate") == "0.00"
    assert show_error(1234.4, "usd_signed") == "$1,234"


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (0.0912, "a year", "9.12% a year"),
        (11_000_000_000, "USD", "$11,000,000,000"),
        (0.15, "share", "15%"),
        (0.05, "share of net assets", "5% of net assets"),
        (3, "months", "3 months"),
        (None, "a year", "none"),
        (True, "", "yes"),
        ("LAPSE", "", "LAPSE"),
        (4, "", "4"),
        (0.55, "correlation", "0.55 correlation"),
    ],
)
def test_assumption_value(value, unit, text):
    assert assumption_value(value, unit) == text


def test_plain_name():
    assert plain_name("private_equity") == "private equity"
    assert plain_name("us_large_cap") == "US large cap" and plain_name("return of us_tips") == "return of US tips"
    assert plain_name("bonus_plan") == "bonus plan"
