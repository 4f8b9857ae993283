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
from alts401k.terms.calendar import MONTHS_BETWEEN, dates_inside, notice_dates, slots_needed
from alts401k.terms.fund import Fund, Sleeve
from alts401k.terms.resolve import union
from alts401k.units import EXACT, from_quanta

NEW_YORK = ZoneInfo("America/New_York")
STRIKE_TIME = time(18, 0)
DEAL_TIME = time(9, 0)
DAYS_OF_YEAR = 365
FIRST_YEAR = 2000  # dealing dates are counted from its start, so a ring slot never depends on when books began
NO_LIMIT = Decimal(10) ** 9


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


def _decimal(number: float) -> Decimal:
    # repr of a float read from a document is the number as it was written there.
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
        x[at.R_LINE * S + s] = (cash + _decimal(sleeve.line.spread_yearly)) * years
    f, session, known_by = at.facts_l(shape), day.session.isoformat(), deal_at(day)
    for s, name in enumerate(family.sleeves[:L]):
        x[f + at.R_MARK * L + s] = _change(books, "mark", name, day)
        x[f + at.CALL_USD * L + s] = _total(books, "capital_call", name, session, known_by)
        x[f + at.DIST_USD * L + s] = _total(books, "distribution", name, session, known_by)
    f = at.facts_v(shape)
    for v, name in enumerate(family.vintages):
        x[f + at.IN_USD * V + v] = _total(books, "contribution", name, session, known_by)
        x[f + at.OUT_UNITS * V + v] = _total(books, "redemption", name, session, known_by)
        x[f + at.R_VLINE * V + v] = (cash + _decimal(fund.line.spread_yearly)) * years
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


def targets(fund: Fund, years_left: Decimal) -> dict[str, Decimal]:
    """Target weight of each sleeve `years_left` before the target date: linear between columns, flat outside."""
    columns = [_decimal(years) for years in fund.glide_path.years_to_target]
    weights = {name: [_decimal(weight) for weight in row] for name, row in fund.glide_path.weights.items()}
    right = next((i for i, years in enumerate(columns) if years <= years_left), len(columns) - 1)
    if right == 0 or years_left <= columns[right]:
        return {name: row[right] for name, row in weights.items()}
    part = (columns[right - 1] - years_left) / (columns[right - 1] - columns[right])
    return {name: row[right - 1] + (row[right] - row[right - 1]) * part for name, row in weights.items()}


def _years_left(fund: Fund, v: int, day: date) -> Decimal:
    if not fund.vintages:
        return ZERO
    # As in a monthly run: a vintage reaches its target date at the end of the year before its name.
    return fund.vintages[v] - (day.year + Decimal(day.timetuple().tm_yday) / DAYS_OF_YEAR - 1)


def _terms(fund: Fund, family: Family, day: Day, years: Decimal) -> list[Decimal]:
    S, L, V = len(family.sleeves), family.n_slow, len(family.vintages)
    shape = layout(family).shape
    x = [ZERO] * at.n_terms(shape)
    for s, name in enumerate(family.sleeves):
        sleeve = fund.sleeves[name]
        x[at.T_FEE * S + s] = sum(map(_decimal, sleeve.fees.values()), ZERO) * years
        x[at.T_CASH * S + s] = _decimal(sleeve.cash_target)
        x[at.T_LINE_CAP * S + s] = _decimal(sleeve.line.cap)
        if sleeve.slow:
            for row, value in _private_terms(fund, sleeve).items():
                x[at.terms_l(shape) + row * L + s] = value
    t, g = at.terms_v(shape), at.terms_target(shape)
    for v in range(V):
        weights = targets(fund, _years_left(fund, v, day.session))
        for s, name in enumerate(family.sleeves):
            x[g + s * V + v] = weights[name]
        private = sum((weights[name] for name in family.sleeves[:L]), ZERO)
        for row, value in _vintage_terms(fund, private, years).items():
            x[t + row * V + v] = value
    return x


def _vintage_terms(fund: Fund, private: Decimal, years: Decimal) -> dict[int, Decimal]:
    regime, rebalance = fund.regime, fund.rebalance
    return {
        at.T_VFEE: sum(map(_decimal, fund.trustee_fees.values()), ZERO) * years,
        at.T_VLINE_CAP: _decimal(fund.line.cap),
        at.T_FAST_BAND: _decimal(rebalance.fast_band), at.T_SLOW_BAND: _decimal(rebalance.slow_band),
        at.T_MAX_CHANGE: _decimal(rebalance.max_change),
        at.T_AMBER: private + _decimal(regime.amber_over_target),
        at.T_HARD_CAP: private + _decimal(regime.hard_cap_over_target),
        at.T_COVER_AMBER: _decimal(regime.coverage_amber), at.T_COVER_RED: _decimal(regime.coverage_red),
        at.T_COVER_GATED: _decimal(regime.coverage_gated), at.T_UNFUNDED: _decimal(regime.unfunded_share),
        at.T_OUTFLOW: _decimal(regime.stressed_outflow),
    }


def _private_terms(fund: Fund, sleeve: Sleeve) -> dict[int, Decimal]:
    """Terms of a slow sleeve in books.

    Fees inside the building block are 0 here: its manager's statement, which is what is marked to, is net of them.
    New commitments are 0 too: in books they are made by a document, not by a pace.
    """
    gates = [_decimal(gate.pct) for gate in sleeve.gates] + [NO_LIMIT, NO_LIMIT]
    block = fund.blocks[sleeve.block]
    rolling = [_decimal(gate.pct) for gate in block.gate_pct_rolling] + [NO_LIMIT]
    return {
        at.T_GATE1: gates[0], at.T_GATE2: gates[1], at.T_FLOOR: _decimal(sleeve.floor),
        at.T_BLOCK_GATE1: NO_LIMIT if block.gate_pct_period is None else _decimal(block.gate_pct_period),
        at.T_BLOCK_GATE2: rolling[0], at.T_FILL: ZERO if block.pace else Decimal(1),
        at.T_LIQUID_TARGET: _decimal(sleeve.liquidity.target),
        at.T_LIQUID_MIN: _decimal(sleeve.liquidity.minimum),
        at.T_LIQUID_MAX: _decimal(sleeve.liquidity.maximum),
    }


def _dealing(day: Day, every: int) -> tuple[bool, int]:
    """Whether the session is a dealing date (last of a month divisible by `every`), and how many there have been."""
    months = 12 * (day.session.year - FIRST_YEAR) + day.session.month - (0 if day.ends_month else 1)
    return day.ends_month and day.session.month % every == 0, months // every


def _mask(window_dates: int, number: int, n_slots: int) -> list[int]:
    return [int(1 <= (number - slot) % n_slots < window_dates) for slot in range(n_slots)]


def _when(books: Books, fund: Fund, family: Family, day: Day) -> list[int]:
    L, K = family.n_slow, family.n_slots
    shape = layout(family).shape
    x = [0] * at.n_when(shape)
    x[at.W_PAY_DAY] = int(day.ends_month)
    x[at.W_CLEAN] = fund.regime.clean_periods
    for s, name in enumerate(family.sleeves[:L]):
        sleeve = fund.sleeves[name]
        block = fund.blocks[sleeve.block]
        every = MONTHS_BETWEEN[sleeve.dealing]
        deals, number = _dealing(day, every)
        row = {at.W_HERE: 1, at.W_DEAL: int(deals), at.W_OPEN: int(sleeve.open), at.W_SLOT: number % K,
               at.W_CROSS: int(sleeve.crossing and not overdue(books, name, day))}
        windows = ([dates_inside(gate.window_months, every) for gate in sleeve.gates] + [1, 1])[:2]
        masks = [_mask(window, number, K) for window in windows] + [[0] * K, [0] * K]
        if block.redemption_freq is not None:
            each = MONTHS_BETWEEN[block.redemption_freq]
            block_deals, seen = _dealing(day, each)
            row |= {at.W_BLOCK_DEAL: int(block_deals), at.W_BLOCK_SLOT: seen % K,
                    at.W_ELIGIBLE: (seen + notice_dates(block)) % K, at.W_ASKS: 1}
            rolling = [dates_inside(gate.window, each) for gate in block.gate_pct_rolling] or [1]
            masks[2:] = [_mask(1, seen, K), _mask(rolling[0], seen, K)]
        for family_of_when, value in row.items():
            x[at.HEAD + family_of_when * L + s] = value
        for kind, mask in enumerate(masks):
            first = at.when_mask(shape) + kind * L * K + s * K
            x[first:first + K] = mask
    return x


def overdue(books: Books, sleeve: str, day: Day) -> bool:
    """Whether a mark of the sleeve's holding was due before this session and not on the books by its strike."""
    known_by = strike_at(day.session)
    return any(due.effective_on < day.session.isoformat()
               and not books.facts("mark", sleeve, on=due.text, known_by=known_by)
               for due in books.facts("mark_due", sleeve, known_by=known_by))
