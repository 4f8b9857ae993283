"""Sixty-three sessions of a made-up fund family on a constructed tape, in real books.

The prices are no market's: each day's return is made from a hash of the asset and the date, so that the tape is
the same everywhere and nobody can take it for history. The events are those that a real quarter brings.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache
from importlib.resources import files

from alts401k.ledger import Books, Fact
from alts401k.operate import driver
from alts401k.operate.driver import Cited, Family, layout
from alts401k.operate.period import Day, deal_at, decimal_of, family_of, resolve, strike_at, utc
from alts401k.terms.fund import Fund
from alts401k.terms.periods import targets
from alts401k.units import CENT_PLACES, EXACT, UNIT_PLACES, from_quanta, to_quanta
from alts401k.units.sessions import sessions

SESSIONS = 63
FIRST_DAY = date(2025, 1, 2)
OPENING_PRICE = Decimal(10)
OPENING_USD = {"2045": Decimal(60_000_000), "2065": Decimal(40_000_000)}
COMMITMENT_USD = Decimal(6_000_000)
QUOTE_PLACES = 8
TAPE = "constructed tape, not market prices"
DAILY_SD = {"us_large_cap": Decimal("0.009"), "bitcoin": Decimal("0.03"), "cash": Decimal(0)}
CASH_RATE = Decimal("0.0430")
CLOSE = time(16, 0)

# What happens, by number of the session (0 is the first): its kind, whom it concerns, and how much.
LAST_MARK = date(2024, 9, 30)
NEW_MARK = date(2024, 12, 31)
MARK_DUE, MARK_ARRIVES, MARK_CHANGE = 29, 34, Decimal("1.0380")
PLAN_JOINS, PLAN_JOINS_USD = 33, Decimal("6500000.00")
PLAN_LEAVES, PLAN_LEAVES_SHARE = 35, Decimal("0.20")
CALL_NOTICED, CALL_DUE, CALL_USD = 40, 50, Decimal("612500.00")
PAYDAYS, PAY_USD = 10, {"2045": Decimal("186420.55"), "2065": Decimal("211305.80")}
FALL = {36: Decimal("-0.031"), 37: Decimal("-0.028"), 38: Decimal("-0.022")}


def fund_text() -> str:
    """The demonstration's fund document, as shipped."""
    return files("alts401k.operate").joinpath("demo_fund.toml").read_text(encoding="utf-8")


@cache
def fund() -> Fund:
    """The demonstration's fund."""
    return Fund.model_validate(tomllib.loads(fund_text()))


@cache
def days() -> tuple[Day, ...]:
    """The demonstration's sessions, each with its neighbours."""
    found = [FIRST_DAY - timedelta(days=2), *sessions(FIRST_DAY, SESSIONS + 1)]
    return tuple(Day(found[i - 1], found[i], found[i + 1]) for i in range(1, SESSIONS + 1))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _return(asset: str, session: date) -> Decimal:
    # The sum of twelve uniform numbers less 6 is nearly normal with standard deviation 1.
    digest = hashlib.sha256(f"{TAPE} {asset} {session}".encode()).digest()
    total = sum(int.from_bytes(digest[2 * i:2 * i + 2]) for i in range(12))
    return DAILY_SD[asset] * (Decimal(total) / 2**16 - 6)


@cache
def quotes() -> dict[str, tuple[Decimal, ...]]:
    """Unit value of each asset on the day before the first session and on every session (SESSIONS + 1,)."""
    found = {}
    with localcontext(EXACT):
        for asset in DAILY_SD:
            level, row = Decimal(100), [Decimal(100)]
            for number, day in enumerate(days()):
                if asset == "cash":
                    change = CASH_RATE * (day.session - day.before).days / 365
                elif asset == "us_large_cap" and number in FALL:
                    change = FALL[number]
                else:
                    change = _return(asset, day.session)
                level = (level * (1 + change)).quantize(Decimal(1).scaleb(-QUOTE_PLACES), ROUND_HALF_EVEN)
                row.append(level)
            found[asset] = tuple(row)
    return found


class _Paper:
    """Facts of one half day with the documents that they come from."""

    def __init__(self, day: date, known_at: str) -> None:
        self.day, self.known_at = day.isoformat(), known_at
        self.facts: list[Fact] = []

    def document(self, name: str, text: str) -> str:
        """Record a document by its hash before anything cites it."""
        self.facts.append(Fact(self.day, self.known_at, "document", name, 0, 0, _sha256(text), "demo", TAPE))
        return name

    def fact(self, kind: str, subject: str, amount: Decimal, places: int, document: str, *,
             on: date | None = None, text: str = "") -> None:
        """Record a fact that a document states."""
        self.facts.append(Fact((on.isoformat() if on else self.day), self.known_at, kind, subject,
                               to_quanta(amount, places), places, text, document, TAPE))

    def event(self, text: str) -> None:
        """Record what a person should know of the session."""
        self.facts.append(Fact(self.day, self.known_at, "event", "family", 0, 0, text, "demo", TAPE))


def _evening(number: int, day: Day) -> tuple[tuple[Fact, ...], dict[str, Cited]]:
    paper = _Paper(day.session, utc(day.session, CLOSE))
    level = {asset: row[number + 1] for asset, row in quotes().items()}
    lines = "\n".join(f"{asset},{value}" for asset, value in level.items())
    prices = paper.document(f"prices {day.session}", lines)
    for asset, value in level.items():
        paper.fact("quote", asset, value, QUOTE_PLACES, prices)
    cites = {"MARK_LIQUID": Cited(prices, "closing values"), "INTEREST": Cited(prices, "cash rate, actual/365")}
    if number == MARK_DUE:
        paper.event(f"the private mark of {NEW_MARK} was due by {day.before} and has not come: no crossing")
    if number == MARK_ARRIVES:
        name = paper.document(f"statement {NEW_MARK}", f"unit value {MARK_CHANGE} at {NEW_MARK}")
        paper.fact("mark", "private", MARK_CHANGE, QUOTE_PLACES, name, on=NEW_MARK)
        cites |= dict.fromkeys(("MARK_ILLIQUID", "GAIN_FLOW"), Cited(name, "adopted in full at the next strike"))
        paper.event(f"the mark of {NEW_MARK} arrives: +3.80%, adopted at this strike, no earlier price changes")
    if number == CALL_NOTICED:
        due = days()[CALL_DUE].session
        name = paper.document("call notice 1", f"{CALL_USD} due {due}")
        paper.fact("capital_call", "private", CALL_USD, CENT_PLACES, name, on=due)
        paper.event(f"capital call of {CALL_USD:,} noticed, due {due}")
    if number in FALL:
        paper.event(f"listed shares fall {-FALL[number]:.1%}")
    return tuple(paper.facts), cites


def _morning(books: Books, number: int, day: Day) -> tuple[tuple[Fact, ...], dict[str, Cited]]:
    paper = _Paper(day.session, utc(day.session, CLOSE))
    money: dict[str, Decimal] = {}
    units: dict[str, Decimal] = {}
    for v, vintage in enumerate(OPENING_USD):
        steady = Decimal(3 + (7 * number + 5 * v) % 11)
        money[vintage] = steady * Decimal("1203.17")
        units[vintage] = steady * Decimal("97.351209")
        if number % PAYDAYS == PAYDAYS - 1:
            money[vintage] += PAY_USD[vintage]
    if number % PAYDAYS == PAYDAYS - 1:
        paper.event(PAY_DAY)
    if number == PLAN_JOINS:
        money["2065"] += PLAN_JOINS_USD
        paper.event(f"a plan joins 2065 with {PLAN_JOINS_USD:,}")
    if number == PLAN_LEAVES:
        held = from_quanta(books.balances()[driver.Account("HELD", "", "2045")], UNIT_PLACES)
        units["2045"] += (held * PLAN_LEAVES_SHARE).quantize(Decimal(1).scaleb(-UNIT_PLACES), ROUND_HALF_EVEN)
        paper.event(f"a plan with {PLAN_LEAVES_SHARE:.0%} of 2045 leaves")
    lines = "\n".join(f"{vintage},{amount},{units[vintage]}" for vintage, amount in money.items())
    orders = paper.document(f"orders {day.session}", lines)
    for vintage, amount in money.items():
        paper.fact("contribution", vintage, amount, CENT_PLACES, orders)
        paper.fact("redemption", vintage, units[vintage], UNIT_PLACES, orders)
    cites = {flow: Cited(orders, "received before 4 pm New York, dealt at that session's price")
             for flow in ("CONTRIBUTE", "ISSUE", "CANCEL", "REDEEM", "PAY")}
    if number == CALL_DUE:
        cites |= dict.fromkeys(("CALL", "CALL_MEMO", "PAY_CALL"), Cited("call notice 1", "due on this session"))
        paper.event(f"capital call of {CALL_USD:,} paid from the liquidity sub-sleeve")
    return tuple(paper.facts), cites


RULES = {
    "FEE": "sleeves.*.fees on opening net assets, actual/365", "VFEE": "trustee_fees on opening net assets, actual/365",
    "LINE_INTEREST": "line.spread_yearly over the cash rate", "VLINE_INTEREST": "line.spread_yearly over the cash rate",
    "TRADE_SLOW": "rebalance.slow_band, gates, crossing", "UNITS_SLOW": "rebalance.slow_band, gates, crossing",
    "WINDOW": "gates", "TRADE_FAST": "rebalance.fast_band", "UNITS_FAST": "rebalance.fast_band",
    "BUY": "cash_target", "DRAW": "line.cap", "VDRAW": "line.cap", "PAY_FEE": "fees are paid at month end",
    "PAY_VFEE": "fees are paid at month end",
}
TERMS = "fund terms"
PAY_DAY = "pay day"


def _citing(cites: dict[str, Cited]) -> Callable[[str], Cited]:
    return lambda flow: cites.get(flow) or Cited(TERMS, RULES.get(flow, "glide_path and sleeves at the opening"))


def open_books(books: Books) -> Family:
    """Open the family's accounts with every vintage at target and all unit prices 10."""
    terms, family = fund(), family_of(fund())
    eve = days()[0].before
    known_at = strike_at(eve)
    paper = _Paper(eve, known_at)
    paper.event(f"books opened on a {TAPE}")
    paper.document(TERMS, fund_text())
    paper.facts.append(Fact(eve.isoformat(), known_at, "terms", family.name, 0, 0, fund_text(), TERMS, TAPE))
    for asset, row in quotes().items():
        paper.fact("quote", asset, row[0], QUOTE_PLACES, TERMS)
    paper.fact("mark", "private", Decimal(1), QUOTE_PLACES, TERMS, on=LAST_MARK)
    paper.fact("mark_due", "private", Decimal(0), 0, TERMS, on=days()[MARK_DUE - 1].session, text=NEW_MARK.isoformat())
    paper.fact("cash_rate", "usd", CASH_RATE, UNIT_PLACES, TERMS)
    n_prices = len(family.sleeves) + len(family.vintages)
    with localcontext(EXACT):
        flows = _opening_flows(terms, family)
    driver.open_family(books, family, eve.isoformat(), known_at, facts=paper.facts,
                       prices=[OPENING_PRICE] * n_prices, flows=flows, cite=_citing({}))
    return family


def _opening_flows(terms: Fund, family: Family) -> list[int]:
    place = layout(family)
    amounts = [Decimal(0)] * len(place.flows)
    index = {(flow.name, flow.sleeve, flow.vintage): f
             for f, flow in enumerate(driver.chart.flows(place.shape)) if flow.slot < 0}
    sleeve_usd = [Decimal(0)] * len(family.sleeves)
    for v, (vintage, usd) in enumerate(OPENING_USD.items()):
        years_left = Decimal(int(vintage) - days()[0].session.year)
        amounts[index["CONTRIBUTE", -1, v]] = usd
        amounts[index["ISSUE", -1, v]] = usd / OPENING_PRICE
        for s, weight in enumerate(targets(terms, years_left, decimal_of)[name] for name in family.sleeves):
            kind = "SLOW" if s < family.n_slow else "FAST"
            amounts[index[f"TRADE_{kind}", s, v]] = usd * weight
            amounts[index[f"UNITS_{kind}", s, v]] = usd * weight / OPENING_PRICE
            sleeve_usd[s] += usd * weight
    for s, name in enumerate(family.sleeves):
        sleeve = terms.sleeves[name]
        kept = sleeve_usd[s] * Decimal(repr(sleeve.cash_target))
        private = Decimal(0)
        if s < family.n_slow:
            private = sleeve_usd[s] * (1 - Decimal(repr(sleeve.liquidity.target)))
            for flow in ("CALL", "PAY_CALL"):
                amounts[index[flow, s, -1]] = private
            amounts[index["COMMIT", s, -1]] = COMMITMENT_USD
        amounts[index["BUY", s, -1]] = sleeve_usd[s] - private - kept
    return [to_quanta(amount, places) for amount, places in zip(amounts, place.flow_places, strict=True)]


def run(books: Books, family: Family) -> Iterator[Day]:
    """Strike and deal every session of the demonstration; yields each when it is on the books."""
    terms = fund()
    for number, day in enumerate(days()):
        session = day.session.isoformat()
        evening, cites = _evening(number, day)
        driver.price(books, family, session, strike_at(day.session), facts=evening,
                     resolve=lambda day=day: resolve(books, terms, day), cite=_citing(cites))
        morning, cites = _morning(books, number, day)
        driver.deal(books, family, session, deal_at(day), facts=morning,
                    resolve=lambda day=day: resolve(books, terms, day), cite=_citing(cites))
        yield day
