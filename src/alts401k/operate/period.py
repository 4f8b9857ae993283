"""One session's facts, terms and calendar as the step's vectors, from the fund's document and the ledger's facts.

A fact counts when it was on the books by the time of the half day that uses it, so a session that is resolved
again years later, from finished books, gives the same vectors: a mark that came late moves no earlier price.
"""

from datetime import date, datetime, time
from decimal import Decimal, localcontext
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alts401k.ledger import Books, Refused
from alts401k.operate.driver import ZERO, Family, Period, layout
from alts401k.step import layout as at
from alts401k.terms.calendar import slots_needed, write_sleeve
from alts401k.terms.fund import Fund
from alts401k.terms.periods import period_terms
from alts401k.terms.resolve import union
from alts401k.units import EXACT, from_quanta

NEW_YORK = ZoneInfo("America/New_York")
STRIKE_TIME = time(18, 0)
DEAL_TIME = time(9, 0)
DAYS_OF_YEAR = 365
FIRST_YEAR = 2000  # dealing dates are counted from its start, so a ring slot never depends on when books began


class Day(NamedTuple):
    """A session with the one before and the one after it."""

    before: date
    session: date
    after: date

    @property
    def ends_month(self) -> bool:
        """Whether no other session of the month follows."""
        return self.session.month != self.after.month


def utc(day: date, at_time: time) -> str:
    """A New York wall-clock time as UTC text, e.g. 2025-03-10T22:00:00Z for 18:00 in summer time."""
    local = datetime.combine(day, at_time, NEW_YORK)
    return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def strike_at(day: date) -> str:
    """When the prices of a session are struck, as UTC text."""
    return utc(day, STRIKE_TIME)


def deal_at(day: Day) -> str:
    """When the orders of a session are dealt, the morning after it, as UTC text."""
    return utc(day.after, DEAL_TIME)


def family_of(fund: Fund) -> Family:
    """The names and places of the family that a fund document describes; sleeves in canonical order."""
    slots = union((fund,))
    names = tuple(slot.name for slot in slots)
    vintages = tuple(str(year) for year in fund.vintages) or ("all",)
    return Family(fund.name, names, sum(slot.slow for slot in slots), vintages, slots_needed(fund),
                  tuple(fund.sleeves[name].price_places for name in names), fund.unit_price_places)


def resolve(books: Books, fund: Fund, day: Day) -> Period:
    """The vectors of one session; raises Refused when a price that the session needs is not on the books."""
    with localcontext(EXACT):
        family = family_of(fund)
        years = Decimal((day.session - day.before).days) / DAYS_OF_YEAR
        return Period(tuple(_facts(books, fund, family, day, years)), tuple(_terms(fund, family, day, years)),
                      tuple(_when(books, fund, family, day)))


def decimal_of(number: float) -> Decimal:
    """The decimal number that a document's float was written as: the shortest text that reads back to it."""
    return Decimal(repr(number))


def _facts(books: Books, fund: Fund, family: Family, day: Day, years: Decimal) -> list[Decimal]:
    S, L, V = len(family.sleeves), family.n_slow, len(family.vintages)
    shape = layout(family).shape
    x = [ZERO] * at.n_facts(shape)
    cash = _rate(books, day)
    for s, name in enumerate(family.sleeves):
        sleeve = fund.sleeves[name]
        asset = sleeve.liquidity.asset if sleeve.slow else sleeve.asset
        x[at.R_LIQUID * S + s] = _change(books, "quote", asset, day)
        x[at.R_CASH * S + s] = cash * years
        x[at.R_LINE * S + s] = (cash + decimal_of(sleeve.line.spread_yearly)) * years
    f, session, known_by = at.facts_l(shape), day.session.isoformat(), deal_at(day)
    for s, name in enumerate(family.sleeves[:L]):
        x[f + at.R_MARK * L + s] = _change(books, "mark", name, day)
        x[f + at.CALL_USD * L + s] = _total(books, "capital_call", name, session, known_by)
        x[f + at.DIST_USD * L + s] = _total(books, "distribution", name, session, known_by)
    f = at.facts_v(shape)
    for v, name in enumerate(family.vintages):
        x[f + at.IN_USD * V + v] = _total(books, "contribution", name, session, known_by)
        x[f + at.OUT_UNITS * V + v] = _total(books, "redemption", name, session, known_by)
        x[f + at.R_VLINE * V + v] = (cash + decimal_of(fund.line.spread_yearly)) * years
    return x


def _rate(books: Books, day: Day) -> Decimal:
    fact = books.fact("cash_rate", "usd", on=day.session.isoformat(), known_by=strike_at(day.session))
    return ZERO if fact is None else from_quanta(fact.value, fact.places)


def _change(books: Books, kind: str, subject: str, day: Day) -> Decimal:
    """Value as known at this strike over value as known at the last one, less 1: a late value counts when known."""
    values = []
    for session in (day.before, day.session):
        fact = books.fact(kind, subject, on=session.isoformat(), known_by=strike_at(session))
        if fact is None:
            raise Refused(f"no {kind} of {subject} is on the books for {session}")
        values.append(from_quanta(fact.value, fact.places))
    return values[1] / values[0] - 1


def _total(books: Books, kind: str, subject: str, session: str, known_by: str) -> Decimal:
    return sum((from_quanta(fact.value, fact.places)
                for fact in books.facts(kind, subject, on=session, known_by=known_by)), ZERO)


def _years_left(fund: Fund, v: int, day: date) -> Decimal:
    if not fund.vintages:
        return ZERO
    # As in a monthly run: a vintage reaches its target date at the end of the year it is named for.
    return fund.vintages[v] - (day.year + Decimal(day.timetuple().tm_yday) / DAYS_OF_YEAR - 1)


def _terms(fund: Fund, family: Family, day: Day, years: Decimal) -> list[Decimal]:
    left = [_years_left(fund, v, day.session) for v in range(len(family.vintages))]
    return period_terms(fund, family.sleeves, layout(family).shape, left, years, decimal_of)


def _dealing(day: Day, every: int) -> tuple[bool, int]:
    """Whether the session is a dealing date (last of a month divisible by `every`), and how many there have been."""
    months = 12 * (day.session.year - FIRST_YEAR) + day.session.month - (0 if day.ends_month else 1)
    return day.ends_month and day.session.month % every == 0, months // every


def _when(books: Books, fund: Fund, family: Family, day: Day) -> list[int]:
    shape = layout(family).shape
    x = [0] * at.n_when(shape)
    x[at.W_PAY_DAY] = int(day.ends_month)
    x[at.W_CLEAN] = fund.regime.clean_periods
    for s, name in enumerate(family.sleeves[:family.n_slow]):
        sleeve = fund.sleeves[name]
        write_sleeve(x, sleeve, fund.blocks[sleeve.block], s, shape, lambda every: _dealing(day, every),
                     sleeve.crossing and not overdue(books, name, day))
    return x


def overdue(books: Books, sleeve: str, day: Day) -> bool:
    """Whether a mark of the sleeve's holding was due before this session and not on the books by its strike."""
    known_by = strike_at(day.session)
    return any(due.effective_on < day.session.isoformat()
               and not books.facts("mark", sleeve, on=due.text, known_by=known_by)
               for due in books.facts("mark_due", sleeve, known_by=known_by))
