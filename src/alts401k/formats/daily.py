"""One line a session, folded from a book's transfers and facts: as CSV for programs and as a table for people."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from alts401k.ledger import Account, Books, Fact
from alts401k.units import CENT_PLACES, UNIT_PLACES, decimal_text, divide

CASH_FAMILIES = ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE")
SHARE_PLACES = 6


class VintageDay(NamedTuple):
    """One vintage after a session's dealing; texts are exact decimals, amounts in usd."""

    name: str
    price: str
    net_usd: str
    units: str
    private_share: str
    regime: str
    contributed_usd: str
    redeemed_usd: str


class DayRow(NamedTuple):
    """One session: prices by sleeve, its vintages, what slow sleeves were asked for, filled and crossed, and events."""

    session: str
    sleeve_prices: tuple[tuple[str, str], ...]
    vintages: tuple[VintageDay, ...]
    asked_usd: str
    filled_usd: str
    crossed_usd: str
    gated: bool
    events: tuple[str, ...]


class _Fold:
    """Balances and facts in force, folded batch by batch; what belongs to one session is forgotten with it."""

    def __init__(self) -> None:
        self.balances: dict[Account, int] = {}
        self.facts: dict[tuple[str, str], Fact] = {}
        self.session: list[Fact] = []
        self.moved: dict[tuple[str, str], int] = {}

    def vintage(self, name: str) -> VintageDay:
        places = max(fact.places for (kind, _), fact in self.facts.items() if kind == "price") + UNIT_PLACES
        net = private = 0
        for account, amount in self.balances.items():
            if account.vintage != name:
                continue
            if account.family in CASH_FAMILIES:
                net += amount * 10 ** (places - CENT_PLACES)
            elif account.family == "HOLD":
                price = self.facts["price", f"sleeve:{account.sleeve}"]
                value = amount * price.value * 10 ** (places - UNIT_PLACES - price.places)
                net += value
                private += value if Account("ILLIQUID", account.sleeve) in self.balances else 0
        price = self.facts["price", f"vintage:{name}"]
        share = divide(private * 10**SHARE_PLACES, net) if net else 0
        return VintageDay(
            name, decimal_text(price.value, price.places),
            decimal_text(divide(net, 10 ** (places - CENT_PLACES)), CENT_PLACES),
            decimal_text(self.balances.get(Account("HELD", "", name), 0), UNIT_PLACES),
            decimal_text(share, SHARE_PLACES), self.facts["regime", f"vintage:{name}"].text,
            decimal_text(self.moved.get(("CONTRIBUTE", name), 0), CENT_PLACES),
            decimal_text(self.moved.get(("REDEEM", name), 0), CENT_PLACES))

    def total(self, kind: str) -> int:
        return sum(fact.value for fact in self.session if fact.kind == kind)


def daily(books: Books) -> Iterator[DayRow]:
    """Every session that was dealt, in order, as it stood when its dealing was done."""
    fold = _Fold()
    sleeves: list[str] = []
    vintages: list[str] = []
    for batch in books.batches():
        for account, _ in batch.accounts:
            fold.balances[account] = 0
            if account.family == "CASH":
                sleeves.append(account.sleeve)
            if account.family == "VCASH":
                vintages.append(account.vintage)
        for transfer in batch.transfers:
            fold.balances[transfer.debit] += transfer.amount
            fold.balances[transfer.credit] -= transfer.amount
            key = (transfer.flow, transfer.debit.vintage or transfer.credit.vintage)
            fold.moved[key] = fold.moved.get(key, 0) + transfer.amount
        for fact in batch.facts:
            fold.facts[fact.kind, fact.subject] = fact
            fold.session.append(fact)
        if batch.half == "deal" and batch.phase == "regime":
            asked, filled = fold.total("asked"), fold.total("filled")
            deals = any(fact.kind == "gate" for fact in fold.session)
            yield DayRow(
                batch.session,
                tuple((name, decimal_text(fold.facts["price", f"sleeve:{name}"].value,
                                          fold.facts["price", f"sleeve:{name}"].places)) for name in sleeves),
                tuple(fold.vintage(name) for name in vintages),
                decimal_text(asked, CENT_PLACES), decimal_text(filled, CENT_PLACES),
                decimal_text(fold.total("crossed"), CENT_PLACES), deals,
                tuple(fact.text for fact in fold.session if fact.kind == "event"))
        if batch.half in ("open", "deal") and batch.phase in ("opening balances", "regime"):
            fold.session.clear()
            fold.moved.clear()


def daily_csv(books: Books) -> str:
    """Prices, net assets, weights and flows of every session as CSV with a header; events joined by '; '."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(daily(books)):
        fields: dict[str, str] = {"session": row.session}
        fields |= {f"{name} price": price for name, price in row.sleeve_prices}
        for vintage in row.vintages:
            fields |= {f"{vintage.name} {key}": value for key, value in vintage._asdict().items() if key != "name"}
        fields |= {"private asked_usd": row.asked_usd, "private filled_usd": row.filled_usd,
                   "private crossed_usd": row.crossed_usd, "gated": "yes" if row.gated else "no",
                   "events": "; ".join(row.events)}
        if number == 0:
            writer.writerow(fields)
        writer.writerow(fields.values())
    return out.getvalue()


def daily_table(books: Books) -> str:
    """The same for people: a line a session, and below it what happened."""
    lines: list[str] = []
    for number, row in enumerate(daily(books)):
        if number == 0:
            head = "".join(f"  {v.name + ' price':>12}{'net assets':>16}{'private':>9}  {'regime':<9}"
                           for v in row.vintages)
            lines += [f"{'session':<10}{head}".rstrip(), ""]
        cells = "".join(f"  {v.price:>12}{v.net_usd:>16}{percent(v.private_share):>9}  {v.regime:<9}"
                        for v in row.vintages)
        lines.append(f"{row.session:<10}{cells}".rstrip())
        lines += [f"{'':12}- {event}" for event in row.events]
        if row.crossed_usd != "0.00":
            lines.append(f"{'':12}- vintages cross {row.crossed_usd} usd of private units with each other")
        if row.gated:
            lines.append(f"{'':12}- gate: of {row.asked_usd} usd asked of the private sleeve"
                         f" {row.filled_usd} is filled")
    return "\n".join(lines) + "\n"


def percent(share: str) -> str:
    """A share written as an exact decimal, in percent with two decimals."""
    tenths = divide(int(share.replace(".", "")), 10 ** (SHARE_PLACES - 4))
    return f"{decimal_text(tenths, 2)}%"
