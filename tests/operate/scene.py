"""Scenes: a family, its opening books and its days, from names and numbers instead of places in vectors."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from alts401k import chart
from alts401k.ledger import Account, Books, Commodity, Fact, Transfer
from alts401k.operate.driver import REGIMES, Cited, Family, Period, layout
from alts401k.step import layout as at
from alts401k.units import to_quanta

EVE, EVE_AT = "2025-01-01", "2025-01-01T23:00:00Z"
CONTRAS = {"usd": "PLANS", "unit": "ISSUED", "vunit": "VISSUED", "commit": "COMMITTED", "gain": "GAIN_BASE",
           "ask": "ASKED", "paid": "PAID_BASE"}
DOCUMENT = Fact(EVE, EVE_AT, "document", "scene", 0, 0, "ab" * 32, "scene", "made up")


def cite(flow: str) -> Cited:
    """Every flow of a scene cites the scene."""
    return Cited("scene", f"what {flow} is")


def session(number: int) -> tuple[str, str, str]:
    """The n-th day of a scene (1 is the first), with the UTC times of its strike and of its dealing."""
    day = f"2025-01-{number + 1:02d}"
    return day, f"{day}T23:00:00Z", f"2025-01-{number + 2:02d}T14:00:00Z"


def open_scene(path: Path, family: Family, balances: Mapping[Account, int], prices: Iterable[Decimal],
               regimes: Mapping[str, str] | None = None) -> Books:
    """Books with these balances in quanta; each commodity's one contra account takes whatever they sum to."""
    place = layout(family)
    held = dict(zip(place.accounts, place.commodities, strict=True))
    places = dict(zip(place.commodities, place.places, strict=True))
    contra = {}
    for account, commodity in held.items():
        if account.family == CONTRAS[commodity.partition(":")[0]]:
            contra.setdefault(commodity, account)
    transfers = []
    for account, quanta in balances.items():
        other = contra[held[account]]
        if quanta and account != other:
            sides = (account, other) if quanta > 0 else (other, account)
            transfers.append(Transfer(*sides, abs(quanta), "OPENING", *cite("opening")))
    subjects = [f"sleeve:{name}" for name in family.sleeves] + [f"vintage:{name}" for name in family.vintages]
    decimals = [*family.sleeve_places, *(family.vintage_places for _ in family.vintages)]
    facts = [Fact(EVE, EVE_AT, "price", subject, to_quanta(price, n), n, "", "opening", "made up")
             for subject, price, n in zip(subjects, prices, decimals, strict=True)]
    for vintage in family.vintages:
        regime = (regimes or {}).get(vintage, "GREEN")
        for kind, value, text in (("regime", REGIMES.index(regime), regime), ("clean_count", 0, "")):
            facts.append(Fact(EVE, EVE_AT, kind, f"vintage:{vintage}", value, 0, text, "opening", "x"))
    books = Books.create(path)
    with books.writing() as writer:
        writer.post(EVE, "open", "opening", EVE_AT, accounts=held.items(), facts=[DOCUMENT, *facts],
                    commodities=[Commodity(name, n) for name, n in places.items()], transfers=transfers)
    return books


class Vectors:
    """A period being written by name: `set("R_LIQUID", "index", Decimal("0.01"))` and so on."""

    def __init__(self, family: Family) -> None:
        self.family, self.shape = family, layout(family).shape
        self.facts = [Decimal(0)] * at.n_facts(self.shape)
        self.terms = [Decimal(0)] * at.n_terms(self.shape)
        self.when = [0] * at.n_when(self.shape)
        self.when[at.W_CLEAN] = 1
        for name in family.sleeves[:family.n_slow]:
            self.set("W_HERE", name, Decimal(1))

    def set(self, name: str, owner: str, value: Decimal, slot: int = -1, vintage: str = "") -> None:
        """One number: `name` as the layout calls it, or TARGET with a sleeve and a vintage."""
        S, L, V, K = len(self.family.sleeves), self.family.n_slow, len(self.family.vintages), self.family.n_slots
        s = self.family.sleeves.index(owner) if owner in self.family.sleeves else -1
        v = self.family.vintages.index(owner) if owner in self.family.vintages else -1
        if name == "TARGET":
            self.terms[at.terms_target(self.shape) + s * V + self.family.vintages.index(vintage)] = value
            return
        row = getattr(at, name)
        if name in ("R_LIQUID", "R_CASH", "R_LINE"):
            self.facts[row * S + s] = value
        elif name in ("R_MARK", "CALL_USD", "CALL_SHARE", "DIST_USD", "DIST_SHARE"):
            self.facts[at.facts_l(self.shape) + row * L + s] = value
        elif name in ("IN_USD", "IN_SHARE", "OUT_UNITS", "OUT_SHARE", "R_VLINE"):
            self.facts[at.facts_v(self.shape) + row * V + v] = value
        elif name in ("T_FEE", "T_CASH", "T_LINE_CAP"):
            self.terms[row * S + s] = value
        elif name.startswith("T_"):
            first, n, i = (at.terms_v(self.shape), V, v) if v >= 0 else (at.terms_l(self.shape), L, s)
            self.terms[first + row * n + i] = value
        elif name in ("W_PAY_DAY", "W_CLEAN"):
            self.when[row] = int(value)
        elif name.startswith("W_"):
            self.when[at.HEAD + row * L + s] = int(value)
        elif name.startswith("M_"):
            self.when[at.when_mask(self.shape) + row * L * K + s * K + slot] = int(value)
        else:
            raise KeyError(name)

    def period(self) -> Period:
        """What the step reads."""
        return Period(tuple(self.facts), tuple(self.terms), tuple(self.when))

    def resolve(self) -> Callable[[], Period]:
        """The period as the drivers ask for it."""
        period = self.period()
        return lambda: period


def signed_flows(books: Books, half: str, on: str) -> dict[tuple[str, Account, Account], int]:
    """Every flow of a half day in quanta, by name and accounts as the chart names debit and credit."""
    sides = {name: (debit, credit) for _, table in chart.PHASES for name, _, debit, credit in table}
    found: dict[tuple[str, Account, Account], int] = {}
    for batch in books.batches():
        if (batch.session, batch.half) != (on, half):
            continue
        for t in batch.transfers:
            straight = t.debit.family == sides[t.flow][0]
            key = (t.flow, t.debit, t.credit) if straight else (t.flow, t.credit, t.debit)
            found[key] = found.get(key, 0) + (t.amount if straight else -t.amount)
    return found


def totals(books: Books) -> Iterable[tuple[str, dict[str, int]]]:
    """After each linked group, the sum of every commodity in quanta."""
    held: dict[Account, str] = {}
    sums: dict[str, int] = {}
    for batch in books.batches():
        held.update(dict(batch.accounts))
        for t in batch.transfers:
            sums[held[t.debit]] = sums.get(held[t.debit], 0) + t.amount
            sums[held[t.credit]] = sums.get(held[t.credit], 0) - t.amount
        yield f"{batch.session} {batch.half} {batch.phase}", dict(sums)
