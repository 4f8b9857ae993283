"""The two roads from the same books: the compiled step on floats and the interpreted step on Decimal, unrounded."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

import numpy as np

from alts401k import chart
from alts401k.ledger import Books
from alts401k.operate.driver import Family, Period, State, layout
from alts401k.simulate.fold import deal_half, fold_observed, price_half
from alts401k.step import layout as at
from alts401k.units import EXACT, from_quanta


def states(books: Books, family: Family) -> list[State]:
    """The state that each session started from, in order, and the last one's end: folded from the journal."""
    place = layout(family)
    balances = dict.fromkeys(place.accounts, 0)
    price: dict[str, Decimal] = {}
    regime: dict[str, int] = {}
    count: dict[str, int] = {}
    subjects = [f"sleeve:{name}" for name in family.sleeves] + [f"vintage:{name}" for name in family.vintages]
    names = [f"vintage:{name}" for name in family.vintages]

    def now() -> State:
        b = [from_quanta(balances[account], n) for account, n in zip(place.accounts, place.places, strict=True)]
        return State(b, [price[name] for name in subjects], [regime[v] for v in names] + [count[v] for v in names])

    found, half = [], "open"
    for batch in books.batches():
        if batch.half == "price" and half != "price":
            found.append(now())
        half = batch.half
        for t in batch.transfers:
            balances[t.debit] += t.amount
            balances[t.credit] -= t.amount
        for fact in batch.facts:
            if fact.kind == "price":
                price[fact.subject] = from_quanta(fact.value, fact.places)
            elif fact.kind in ("regime", "clean_count"):
                (regime if fact.kind == "regime" else count)[fact.subject] = fact.value
    return [*found, now()]


def exact(family: Family, start: State, period: Period) -> State:
    """One whole period on Decimal, nothing rounded."""
    place = layout(family)
    b, price, state = list(start.b), list(start.price), list(start.state)
    out, info = [Decimal(0)] * len(place.flows), [Decimal(0)] * at.n_info(place.shape)
    with localcontext(EXACT):
        price_half(b, out, info, price, period.facts, period.terms, place.debit, place.credit, place.shape)
        deal_half(b, out, info, price, period.facts, period.terms, period.when, state, place.debit, place.credit,
                  place.shape)
    return State(b, price, state)


def compiled(family: Family, start: State, periods: Sequence[Period]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Balances at the end (n_accounts,), prices of each period (T, S + V) and regimes (2 V,), folded on floats."""
    place = layout(family)
    b, state = np.array(start.b, dtype=float), np.array(start.state, dtype=np.int64)
    facts = np.array([period.facts for period in periods], dtype=float)
    terms = np.array([period.terms for period in periods], dtype=float)
    when = np.array([period.when for period in periods], dtype=np.int64)
    prices = fold_observed(
        b, np.array(start.price, dtype=float), state, facts, terms, when, np.array(place.debit), np.array(place.credit),
        np.zeros(len(place.flows)), np.zeros(at.n_info(place.shape)), *place.shape)
    return b, prices, state


def scales(family: Family, b: Sequence[Decimal]) -> np.ndarray:
    """The largest balance of each account's kind (money, units, memoranda), at least 1."""
    place = layout(family)
    kinds = [name.partition(":")[0] for name in place.commodities]
    largest = {kind: max(1.0, *(float(abs(x)) for x, k in zip(b, kinds, strict=True) if k == kind)) for kind in kinds}
    return np.array([largest["usd" if kind in ("commit", "gain", "ask", "paid") else kind] for kind in kinds])


def places_of(family: Family, name: str) -> list[int]:
    """Places of one family of accounts in the balance vector."""
    return [i for i, account in enumerate(layout(family).accounts) if account.family == name]


def net_usd(family: Family, b: Sequence, price: Sequence) -> list:
    """Net assets of each vintage: cash, line, fee and payable, and its sleeve units at the price."""
    S, V = len(family.sleeves), len(family.vintages)
    hold = chart.base_hold(layout(family).shape)
    return [sum(b[places_of(family, name)[v]] for name in ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE"))
            + sum(b[hold + s * V + v] * price[s] for s in range(S)) for v in range(V)]
