"""Sessions of the New York Stock Exchange (XNYS), the valuation days of every fund here."""

import warnings
from datetime import date, timedelta
from functools import cache
from typing import Any

FIRST_YEAR = 1990
LAST_YEAR = 2050


@cache
def _calendar(first_year: int, last_year: int) -> Any:
    import exchange_calendars  # 0.4 s: only when a session is asked for

    with warnings.catch_warnings():
        # The library's use of pandas is not the caller's to mend.
        warnings.simplefilter("ignore", DeprecationWarning)
        # Its own horizon ends a year from today, so a run would depend on the clock.
        return exchange_calendars.get_calendar("XNYS", start=f"{first_year}-01-01", end=f"{last_year}-12-31")


def _span(first: date, last: date) -> Any:
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise ValueError(
            f"sessions are known from {FIRST_YEAR} to {LAST_YEAR}, not for {first} to {last}"
        )
    # A calendar ends at a session, so a holiday at the turn of the year needs the years around it.
    return _calendar(first.year - 1, last.year + 1)


def is_session(day: date) -> bool:
    """Whether the exchange opens on `day`; raises ValueError outside 1990 to 2050."""
    return bool(_span(day, day).is_session(day.isoformat()))


def sessions(start: date, count: int) -> list[date]:
    """The first `count` sessions on or after `start`; raises ValueError outside 1990 to 2050."""
    if count < 0:
        raise ValueError(f"a count of {count} sessions is negative")
    if count == 0:
        return []
    # 250 to 253 sessions a year, and never more than five days without one (September 2001: four).
    last = start + timedelta(days=count * 366 // 250 + 10)
    calendar = _span(start, last)
    found = calendar.sessions_in_range(start.isoformat(), last.isoformat())[:count]
    return [stamp.date() for stamp in found]
