"""Sessions of the exchange: known holidays, half-days, and a horizon that is not the clock's."""

from datetime import date

import pytest

from alts401k.units.sessions import is_session, sessions

CLOSED = [
    date(2001, 9, 11), date(2012, 10, 29), date(2018, 12, 5), date(2025, 1, 1), date(2025, 1, 9), date(2025, 1, 20),
    date(2025, 4, 18), date(2025, 6, 19), date(2025, 7, 4), date(2025, 12, 25), date(2026, 11, 26), date(2025, 3, 8),
]


@pytest.mark.parametrize("day", CLOSED)
def test_closed(day):
    """Holidays, days of mourning, storms, attacks and Saturdays."""
    assert not is_session(day)


@pytest.mark.parametrize("day", [date(2025, 1, 2), date(2025, 7, 3), date(2025, 11, 28), date(2024, 12, 24)])
def test_open(day):
    """A half-day is a session."""
    assert is_session(day)


def test_the_quarter_of_the_demonstration():
    """63 sessions from the first of 2025, in order, none twice."""
    found = sessions(date(2025, 1, 1), 63)
    assert (found[0], found[5], found[-1]) == (date(2025, 1, 2), date(2025, 1, 10), date(2025, 4, 3))
    assert len(set(found)) == 63 and found == sorted(found)


def test_a_long_run_and_an_empty_one():
    """A year has about 252; nothing is nothing."""
    found = sessions(date(2001, 9, 4), 2520)
    assert len(found) == 2520 and 3640 <= (found[-1] - found[0]).days <= 3670
    assert sessions(date(2025, 1, 1), 0) == []


def test_beyond_the_horizon():
    """A day nobody can know is refused; so is a negative count."""
    with pytest.raises(ValueError, match="1990 to 2050"):
        is_session(date(2051, 1, 3))
    with pytest.raises(ValueError, match="1990 to 2050"):
        sessions(date(1989, 12, 1), 5)
    with pytest.raises(ValueError, match="negative"):
        sessions(date(2025, 1, 1), -1)


def test_far_ahead_does_not_depend_on_the_clock():
    """The library alone stops a year from today."""
    assert is_session(date(2050, 6, 15))
