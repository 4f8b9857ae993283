"""The rules on leaving: what a default investment must let people do, and what an interval fund must offer."""

from datetime import date

import pytest

from alts401k import law


def test_a_default_lets_people_move_every_three_months_and_freely_at_first():
    """29 CFR 2550.404c-5(c)(5), read in summaries: marked so, and with the day the evidence reaches."""
    transfer = law.value("erisa.404c-5.transfer", date(2026, 11, 24))
    early = law.value("erisa.404c-5.first_90_days", date(2026, 11, 24))
    assert (transfer.value, transfer.unit, early.value, early.unit) == (3, "months", 90, "days")
    for rule in (transfer, early):
        assert "2550.404c-5(c)(5)" in rule.cite
        assert (rule.status, rule.evidence) == ("in_force", "S")
        assert rule.status_as_of < date(2026, 11, 24)
    with pytest.raises(law.NotInForce, match="2007-12-24"):
        law.value("erisa.404c-5.transfer", date(2007, 12, 23))


def test_an_interval_funds_offers_lie_between_five_and_twenty_five_per_cent():
    """17 CFR 270.23c-3; what it said before the text that was read is not entered, which is not the same as absent."""
    least, most = (law.value(f"ica.23c-3.offer_{name}", date(2025, 12, 31)) for name in ("least", "most"))
    assert (least.value, most.value) == (5, 25)
    assert law.value("ica.23c-3.intervals", date(2025, 12, 31)).value == "3, 6 or 12"
    assert law.value("ica.23c-3.notice", date(2025, 12, 31)).value == "21 to 42"
    with pytest.raises(law.NotEntered, match="has not been entered"):
        law.value("ica.23c-3.offer_least", date(2014, 12, 31))
