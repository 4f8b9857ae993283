"""The summary fits a screen and says what a committee asks first."""

from __future__ import annotations

import pytest

from alts401k.report import ResultsInvalid, summary
from tests.report.sample import no_change, sample


def _fits(text: str) -> None:
    lines = text.split("\n")
    assert len(lines) <= 28 and max(map(len, lines)) <= 80, text


@pytest.mark.parametrize("make", [sample, no_change])
def test_it_fits_a_screen(make):
    _fits(summary(make()))


def test_it_says_what_matters():
    text = summary(sample())
    for words in (
        "Sample Target Date with Private Sleeves",
        "Modelled on the published outline of Sample Trust",
        "17 terms public, 58",
        "12 left out",
        "+2.13% +/- 0.19",
        "-9.41% +/- 0.42",
        "61.8% +/- 1.2",
        "Social Security and tax are outside",
        "0.47% against 0.11%",
        "matched -0.41% +/- 0.20",
        "survey +2.13%, no-premium -3.12%, adverse -8.24%",
        "1.56%, matched 2.81%; assumed 2.57%",
        "23.0%; after a fall of 35%: 14.0%",
        "21.34% / 5.23% / 0.11%",
        "12.1% / 18.3% / 26.4%",
        "+$118,000 / -$91,000 / -$27,000",
        "HOW SURE",
        "proposed rule",
        "assumptions stated",
        "Run 0123456789abcdef",
    ):
        assert words in text, words


def test_it_fits_with_long_words_and_large_numbers():
    results = sample()
    run = results["run"]
    run["funds"]["proposed"].update(name="Long name " * 30, modelled_on="Another long name " * 20)
    run["funds"]["baseline"]["name"] = "x" * 300
    run["status_line"] = "The status of the proposed rule goes on and on. " * 20
    run["seed"] = 10**60
    for who in ("leavers", "joiners", "stayers"):
        results["valuation"]["dilution_usd_per_year"][who] = -1.23e15
    text = summary(results)
    _fits(text)
    assert text.split("\n")[-1].startswith("Run ")


def test_no_change_is_called_none():
    text = summary(no_change())
    assert "end alike at the median" in text and "+0.00" not in text and "-0.00" not in text


def test_an_answer_within_its_error_is_not_called_a_difference():
    results = sample()
    results["performance"]["paired"]["median_wealth_change"] = {"value": 0.001, "standard_error": 0.002}
    assert "within simulation error" in summary(results)


def test_other_shapes_are_refused():
    with pytest.raises(ResultsInvalid):
        summary({"run": {}})


def test_a_break_even_out_of_reach_is_none():
    results = sample()
    results["performance"]["break_even_premium"]["baseline"] = None
    assert "none, matched 2.81%" in summary(results)
    assert "holds no private asset" in summary(no_change())
