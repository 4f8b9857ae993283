"""Leaving an interval fund that participants hold directly: who waits, how long, and what the transfer rule asks."""

import pytest
from case_maker import EXAMPLES, WORLD, assumptions, census, one_sleeve, plan, write

from alts401k.verbs.exits import participant_exit
from alts401k.verbs.gather import gather
from alts401k.verbs.study import fund_pass

KEYS = [
    "frequency_months",
    "limit",
    "notice_days",
    "meets_three_month_rule",
    "rule_cite",
    "wait_days",
    "plan_exit_days",
    "unpaid_share_first_date",
    "note",
]


def case(folder, *, turnover=0.1, every_months=3, limit=0.05, notice_days=14, payment_days=7, kind="INTERVAL_23C3"):
    """One person of 35 in a fund of one sleeve that buys back on these terms."""
    fund = one_sleeve("stocks").replace('"CIT"', f'"{kind}"')
    fund += (
        f"[repurchase]\nevery_months = {every_months}\nlimit = {limit}\nnotice_days = {notice_days}\n"
        f"payment_days = {payment_days}\n"
    )
    return write(
        folder,
        fund=fund,
        baseline=one_sleeve("stocks"),
        people=census((1990, 60_000, 50_000, 0.1)),
        plan=plan(turnover_yearly=turnover),
        assumptions=assumptions(*WORLD),
    )


def said(folder):
    """What the results say of leaving."""
    g = gather(folder)
    return participant_exit(g, fund_pass(g, 2, 1).joined[0])


def test_a_fund_that_deals_daily_has_no_waits():
    """The examples without [repurchase] say nothing."""
    g = gather(EXAMPLES / "bitcoin-and-gold")
    assert participant_exit(g, fund_pass(g, 2, 1).joined[0]) is None


def test_the_interval_example_would_not_meet_the_rule_and_says_who_waits():
    """Its note names the rule, the people, and the plan of 12%."""
    found = said(EXAMPLES / "all-markets-interval")
    assert list(found) == KEYS and list(found["wait_days"]) == ["p50", "p95", "max"]
    assert found["meets_three_month_rule"] is False
    assert "2550.404c-5" in found["rule_cite"]
    for words in ("would not meet the transfer rule", "at least once in any 3 months", "first 90 days", "Who waits"):
        assert words in found["note"]
    for words in ("change jobs", "retire", "defaulted", "one plan of 12%"):
        assert words in found["note"]
    waits = found["wait_days"]
    assert 14 + 7 < waits["p50"] < waits["p95"] <= waits["max"]
    assert 0.5 < found["unpaid_share_first_date"] < 0.7 and found["plan_exit_days"] > 365


@pytest.mark.parametrize("change", [{"every_months": 6}, {"limit": 0.01}, {"payment_days": 37}, {"notice_days": 100}])
def test_each_term_makes_leaving_slower(tmp_path, change):
    """Dates further apart, a smaller limit, a later payment, a longer notice: the median wait grows."""
    usual = said(case(tmp_path / "a"))
    slower = said(case(tmp_path / "b", **change))
    assert slower["wait_days"]["p50"] > usual["wait_days"]["p50"] + 10
    assert slower["plan_exit_days"] > usual["plan_exit_days"]


def test_only_a_fund_that_pays_everybody_within_three_months_meets_the_rule(tmp_path):
    """A quarterly offer for the whole fund does; half-yearly ones do not, nor does a limit that a plan's exit meets."""
    assert said(case(tmp_path / "a", limit=1.0))["meets_three_month_rule"] is True
    assert said(case(tmp_path / "b", limit=1.0, every_months=6))["meets_three_month_rule"] is False
    calm = said(case(tmp_path / "c", limit=0.10, turnover=0.0))
    assert calm["unpaid_share_first_date"] == pytest.approx(1 - 0.10 / 0.12)
    assert calm["meets_three_month_rule"] is False
    assert said(case(tmp_path / "d", kind="TENDER_13E4"))["meets_three_month_rule"] is False


def test_an_interval_funds_offers_are_held_against_the_rule(tmp_path):
    """5% to 25% at a time is said of an interval fund, inside or outside, and of no other fund."""
    assert "as these terms do." in said(case(tmp_path / "a"))["note"]
    assert "which these terms do not." in said(case(tmp_path / "b", limit=0.04))["note"]
    assert "which these terms do not." in said(case(tmp_path / "c", limit=0.3))["note"]
    assert "23c-3" not in said(case(tmp_path / "d", kind="TENDER_13E4"))["note"]
