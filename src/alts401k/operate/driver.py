"""One day of a fund family in exact books: the same step as in a simulation, interpreted on Decimal.

`price` runs in the evening of a session and knows none of its orders; `deal` runs the next morning. Each reads
balances, prices and regimes from the ledger, steps phase by phase, rounds each phase's flows once, posts them as
whole quanta with their citation, and goes on from what was posted. A half day is one transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, localcontext
from functools import cache
from typing import NamedTuple

from alts401k import chart, step
from alts401k.ledger import Account, Books, Commodity, Fact, Refused, Transfer, Writer
from alts401k.operate import rounding
from alts401k.step import layout as at
from alts401k.units import (
    CENT_PLACES,
    EXACT,
    LEAST_UNITS,
    UNIT_PLACES,
    from_quanta,
    round_places,
    to_cents,
    to_quanta,
)

ZERO = Decimal(0)
REGIMES = ("GREEN", "AMBER", "RED", "GATED", "SUSPENDED")


class Family(NamedTuple):
    """Names and decimal places of a fund family; sleeves in canonical order, the first `n_slow` of them slow."""

    name: str
    sleeves: tuple[str, ...]
    n_slow: int
    vintages: tuple[str, ...]
    n_slots: int
    sleeve_places: tuple[int, ...]
    vintage_places: int


class Period(NamedTuple):
    """What the step needs of one session: facts and terms (Decimal) and the calendar (int), as flat vectors."""

    facts: tuple[Decimal, ...]
    terms: tuple[Decimal, ...]
    when: tuple[int, ...]


class Cited(NamedTuple):
    """Where a flow comes from: the document on file and the rule in it."""

    document: str
    rule: str


class Dealt(NamedTuple):
    """What the morning half tells of a session: usd asked, filled, crossed by slow sleeve, and three gates."""

    asked: tuple[Decimal, ...]
    filled: tuple[Decimal, ...]
    crossed: tuple[Decimal, ...]
    gated: tuple[bool, bool, bool]
    regimes: tuple[str, ...]


class Layout(NamedTuple):
    """A family's places in the flat vectors, and the ledger's name and decimals of each account and flow."""

    shape: chart.Shape
    accounts: tuple[Account, ...]
    commodities: tuple[str, ...]
    places: tuple[int, ...]
    flows: tuple[str, ...]
    flow_places: tuple[int, ...]
    debit: tuple[int, ...]
    credit: tuple[int, ...]


@cache
def layout(family: Family) -> Layout:
    """The layout of a family, made once."""
    shape = chart.shape_of(len(family.vintages), len(family.sleeves), family.n_slow, family.n_slots)
    accounts, commodities = [], []
    for account in chart.accounts(shape):
        sleeve = family.sleeves[account.sleeve] if account.sleeve >= 0 else ""
        vintage = family.vintages[account.vintage] if account.vintage >= 0 else ""
        accounts.append(Account(account.family, sleeve, vintage, account.slot))
        kind = "unit" if account.family == "HOLD" else chart.COMMODITY[account.family]
        owner = {"usd": "", "vunit": vintage}.get(kind, sleeve)
        commodities.append(f"{kind}:{owner}" if owner else kind)
    places = tuple(UNIT_PLACES if "unit:" in name else CENT_PLACES for name in commodities)
    debit, credit = chart.legs(shape)
    flows = chart.flows(shape)
    return Layout(shape, tuple(accounts), tuple(commodities), places, tuple(flow.name for flow in flows),
                  tuple(places[account] for account in debit), tuple(debit), tuple(credit))


class State(NamedTuple):
    """Balances, struck prices (sleeves, then vintages) and regimes with their clean counts, as the step reads them."""

    b: list[Decimal]
    price: list[Decimal]
    state: list[int]


def open_family(books: Books, family: Family, session: str, known_at: str, *, facts: Iterable[Fact],
                prices: Sequence[Decimal], flows: Sequence[int], cite: Callable[[str], Cited]) -> None:
    """Open every account of a family, its opening prices and regimes, and post its opening flows (quanta)."""
    place = layout(family)
    subjects = _subjects(family)
    opening = [Fact(session, known_at, "price", subject, to_quanta(price, n), n, "", "opening", "opening price")
               for subject, price, n in zip(subjects, prices, _price_places(family), strict=True)]
    opening += [Fact(session, known_at, kind, f"vintage:{vintage}", 0, 0, text, "opening", "opening regime")
                for vintage in family.vintages for kind, text in (("regime", REGIMES[0]), ("clean_count", ""))]
    commodities = [Commodity(name, n) for name, n in
                   dict(zip(place.commodities, place.places, strict=True)).items()]
    with books.writing() as writer:
        writer.post(session, "open", "accounts", known_at, commodities=commodities, facts=[*facts, *opening],
                    accounts=zip(place.accounts, place.commodities, strict=True))
        writer.post(session, "open", "opening balances", known_at,
                    transfers=_transfers(place, 0, flows, cite))


def read_state(books: Books, family: Family, session: str) -> State:
    """The state that the step starts from, read from the ledger as it stands on `session`."""
    place = layout(family)
    balances = books.balances()
    b = [from_quanta(balances[account], n) for account, n in zip(place.accounts, place.places, strict=True)]
    price = []
    for subject in _subjects(family):
        fact = _required(books, "price", subject, session)
        price.append(from_quanta(fact.value, fact.places))
    regimes = [_required(books, "regime", f"vintage:{v}", session).value for v in family.vintages]
    counts = [_required(books, "clean_count", f"vintage:{v}", session).value for v in family.vintages]
    return State(b, price, regimes + counts)


class _Half:
    """One half day being stepped: the ledger's writer and the vectors beside it, kept equal."""

    def __init__(self, writer: Writer, family: Family, session: str, half: str, known_at: str, now: State,
                 cite: Callable[[str], Cited]) -> None:
        self.writer, self.family, self.session, self.half = writer, family, session, half
        self.known_at, self.now, self.cite = known_at, now, cite
        self.place = layout(family)
        self.before = tuple(now.price)
        self.out: list[Decimal] = [ZERO] * len(self.place.flows)
        self.info: list[Decimal] = [ZERO] * at.n_info(self.place.shape)

    def post(self, phase: str, quanta: Sequence[int], flows: str = "", facts: Sequence[Fact] = ()) -> None:
        """Post a phase's rounded flows to the ledger and to the vector; `flows` names the range if it differs."""
        lo, hi = rounding.phase_range(self.place.shape, flows or phase)
        for f, amount in zip(range(lo, hi), quanta, strict=True):
            self.out[f] = from_quanta(amount, self.place.flow_places[f])
        chart.post(self.now.b, self.out, self.place.debit, self.place.credit, lo, hi)
        self.writer.post(self.session, self.half, phase, self.known_at, facts=facts,
                         transfers=_transfers(self.place, lo, quanta, self.cite))

    def strike(self, phase: str, first: int, last: int) -> None:
        """Round the prices `first` to `last` to their places and record them as facts; dust keeps its last price."""
        facts = []
        places, subjects = _price_places(self.family), _subjects(self.family)
        for i in range(first, last):
            if self.units(i) < from_quanta(LEAST_UNITS, UNIT_PLACES):
                self.now.price[i] = self.before[i]
            self.now.price[i] = round_places(self.now.price[i], places[i])
            facts.append(self.fact("price", subjects[i], to_quanta(self.now.price[i], places[i]), places[i]))
        self.writer.post(self.session, self.half, phase, self.known_at, facts=facts)

    def units(self, i: int) -> Decimal:
        """Units outstanding of the i-th price: a sleeve's, held by vintages, or a vintage's, held by plans."""
        S, V = len(self.family.sleeves), len(self.family.vintages)
        if i >= S:
            return self.now.b[chart.base_v(self.place.shape) + chart.HELD * V + i - S]
        first = chart.base_hold(self.place.shape) + i * V
        return sum(self.now.b[first:first + V], ZERO)

    def fact(self, kind: str, subject: str, value: int, places: int, text: str = "") -> Fact:
        """A fact that the books themselves state, effective on this session."""
        return Fact(self.session, self.known_at, kind, subject, value, places, text, "strike", "computed by the step")


def price(books: Books, family: Family, session: str, known_at: str, *, facts: Iterable[Fact],
          resolve: Callable[[], Period], cite: Callable[[str], Cited]) -> tuple[Decimal, ...]:
    """The evening half: record what was observed, value and strike; returns prices, sleeves then vintages, in usd.

    `resolve` is asked for the period once the facts are on the books. Raises Refused, with nothing kept, unless
    the session before was dealt.
    """
    last, half_before = books.last()
    if half_before == "price" or session <= last:
        raise Refused(f"{session} cannot be priced: the last half day on the books is {last} {half_before}")
    now = read_state(books, family, session)
    S, V = len(family.sleeves), len(family.vintages)
    with localcontext(EXACT), books.writing() as writer:
        half = _Half(writer, family, session, "price", known_at, now, cite)
        shape, b, out, info = half.place.shape, now.b, half.out, half.info
        writer.post(session, "price", "observed", known_at, facts=facts)
        period = resolve()
        step.value_sleeves(b, out, info, now.price, period.facts, period.terms, shape)
        # The gate's base is opening net assets, which the morning can no longer see in the balances.
        opening = [half.fact("opening_net_assets", f"sleeve:{name}", to_cents(info[at.I_HEAD + at.I_NET * S + s]),
                             CENT_PLACES) for s, name in enumerate(family.sleeves)]
        half.post("value_sleeves", rounding.alone(out, *rounding.phase_range(shape, "value_sleeves")), facts=opening)
        step.strike_sleeves(b, now.price, shape)
        half.strike("strike_sleeves", 0, S)
        step.value_vintages(b, out, info, period.facts, period.terms, shape)
        half.post("value_vintages", rounding.alone(out, *rounding.phase_range(shape, "value_vintages")))
        step.strike_vintages(b, info, now.price, shape)
        half.strike("strike_vintages", S, S + V)
        _agree(books, family, now)
    return tuple(now.price)


def deal(books: Books, family: Family, session: str, known_at: str, *, facts: Iterable[Fact],
         resolve: Callable[[], Period], cite: Callable[[str], Cited]) -> Dealt:
    """The morning half: participants at the struck price, slow and fast sleeves, funding, next regime.

    Raises Refused, with nothing kept, unless the last half day on the books is this session's pricing.
    """
    if books.last() != (session, "price"):
        raise Refused(f"{session} cannot be dealt: it was not the last to be priced")
    now = read_state(books, family, session)
    S, V, L = len(family.sleeves), len(family.vintages), family.n_slow
    with localcontext(EXACT), books.writing() as writer:
        half = _Half(writer, family, session, "deal", known_at, now, cite)
        b, info, shape = now.b, half.info, half.place.shape
        writer.post(session, "deal", "orders", known_at, facts=facts)
        period = resolve()
        for s, name in enumerate(family.sleeves):
            info[at.I_HEAD + at.I_NET * S + s] = from_quanta(
                _required(books, "opening_net_assets", f"sleeve:{name}", session).value, CENT_PLACES)
        step.net_vintages(b, info, now.price, shape)
        _dealing_phases(half, period)
        step.decide_regime(b, info, now.price, period.terms, period.when, now.state, shape)
        regimes = [half.fact("regime", f"vintage:{name}", now.state[v], 0, REGIMES[now.state[v]])
                   for v, name in enumerate(family.vintages)]
        regimes += [half.fact("clean_count", f"vintage:{name}", now.state[V + v], 0)
                    for v, name in enumerate(family.vintages)]
        writer.post(session, "deal", "regime", known_at, facts=regimes)
        _agree(books, family, now)
    i = at.info_l(shape)
    told = [tuple(info[i + row * L + s] for s in range(L)) for row in (at.I_ASKED, at.I_FILLED, at.I_CROSSED)]
    gates = tuple(info[row] > 0 for row in (at.I_GATE_BLOCK, at.I_GATE_SLEEVE, at.I_GATE_PLAN))
    return Dealt(*told, gates, tuple(REGIMES[now.state[v]] for v in range(V)))


def _dealing_phases(half: _Half, period: Period) -> None:
    place, b, out, info, price, state = (
        half.place, half.now.b, half.out, half.info, half.now.price, half.now.state)
    shape, facts, terms, when = place.shape, period.facts, period.terms, period.when
    V, S, L, K = (len(x) for x in shape)
    step.participants(b, out, info, price, facts, terms, when, state, shape)
    phi = at.info_v(shape) + at.I_PHI * V
    filled = [info[phi + v] == 1 for v in range(V)]
    half.post("participants", rounding.participants(out, price[S:], filled, shape))
    if info[at.I_FORCED] > 0:
        half.post("forced crossing", rounding.forced(out, price, shape), flows="forced")
    step.slow_sleeves(b, out, info, price, terms, when, state, shape)
    ring = chart.base_ring(shape) + chart.PAID * L * K
    quanta = rounding.slow(out, info, price, b, when, shape, ring)
    half.post("slow", quanta, facts=_told(half))
    step.fast_sleeves(b, out, info, price, terms, shape)
    half.post("fast", rounding.fast(out, shape))
    step.fund_sleeves(b, out, info, facts, terms, when, state, shape)
    call_due = chart.base_l(shape) + chart.CALL_DUE * L
    half.post("fund_sleeves", rounding.fund_sleeves(out, b, call_due, shape))
    step.fund_vintages(b, out, info, terms, when, shape)
    vcash = chart.base_v(shape) + chart.VCASH * V
    half.post("fund_vintages", rounding.fund_vintages(out, b, vcash, shape))


def _told(half: _Half) -> list[Fact]:
    """By slow sleeve in cents: what was asked, what of it was filled, what of that was crossed, what a gate left."""
    L, i = half.family.n_slow, at.info_l(half.place.shape)
    amounts = [(kind, f"sleeve:{name}", to_cents(half.info[i + row * L + s]))
               for s, name in enumerate(half.family.sleeves[:L])
               for kind, row in (("asked", at.I_ASKED), ("filled", at.I_FILLED), ("crossed", at.I_CROSSED))]
    told = [half.fact(kind, subject, cents, CENT_PLACES) for kind, subject, cents in amounts if cents]
    told += [half.fact("gate", f"sleeve:{name}", to_cents(half.info[i + at.I_UNFILLED * L + s]), CENT_PLACES)
             for s, name in enumerate(half.family.sleeves[:L])
             if half.info[i + at.I_UNFILLED * L + s] * at.DUST > half.info[i + at.I_ASKED * L + s]]
    return told


def _transfers(place: Layout, first: int, quanta: Sequence[int], cite: Callable[[str], Cited]) -> list[Transfer]:
    out = []
    for f, amount in enumerate(quanta, first):
        if amount == 0:
            continue
        sides = (place.accounts[place.debit[f]], place.accounts[place.credit[f]])
        debit, credit = sides if amount > 0 else sides[::-1]
        out.append(Transfer(debit, credit, abs(amount), place.flows[f], *cite(place.flows[f])))
    return out


def _subjects(family: Family) -> list[str]:
    return [f"sleeve:{name}" for name in family.sleeves] + [f"vintage:{name}" for name in family.vintages]


def _price_places(family: Family) -> list[int]:
    return [*family.sleeve_places, *(family.vintage_places for _ in family.vintages)]


def _required(books: Books, kind: str, subject: str, session: str) -> Fact:
    fact = books.fact(kind, subject, on=session)
    if fact is None:
        raise Refused(f"the books hold no {kind} of {subject} on {session}; was the session before it closed?")
    return fact


def _agree(books: Books, family: Family, now: State) -> None:
    # The vector was posted to beside the ledger; if the two ever differ, nothing of the half day is kept.
    place, balances = layout(family), books.balances()
    for i, account in enumerate(place.accounts):
        if from_quanta(balances[account], place.places[i]) != now.b[i]:
            raise Refused(f"{account} is {balances[account]} quanta in the ledger and {now.b[i]} in the step")
