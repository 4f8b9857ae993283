"""The journal of a book of accounts as text for two independent auditors, `bean-check` and `hledger check`.

Units are legs of their own commodity, without a price: where cents are shared out, units times price does
not add up to the cents that were paid. Balance assertions at the end come from the running balances of
the books, the transactions from their transfers, so that each program compares the two for itself.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from alts401k.ledger import Account, Batch, Books, Transfer
from alts401k.units import decimal_text

LIABILITIES = ("LINE", "FEE_DUE", "CARRY_DUE", "CALL_DUE", "VLINE", "VFEE_DUE", "PAYABLE")
EQUITY = ("RESULT", "ISSUED", "COMMITTED", "GAIN_BASE", "ASKED", "PAID_BASE", "BLOCK_PAID_BASE",
          "PLANS", "VRESULT", "VISSUED")
LONGEST_COMMODITY = 24
TITLES = {"usd": "US dollar", "unit": "units of sleeve", "vunit": "units of vintage", "commit": "commitments of",
          "gain": "incentive base of", "ask": "requests at the block of", "paid": "gate windows of"}


class _Names(NamedTuple):
    accounts: dict[Account, str]
    commodities: dict[str, str]
    places: dict[str, int]
    held: dict[Account, str]

    def amount(self, account: Account, quanta: int) -> str:
        commodity = self.held[account]
        return f"{decimal_text(quanta, self.places[commodity])} {self.commodities[commodity]}"


def _word(text: str) -> str:
    """`text` as a part of an account name: letters, digits and dashes, first an upper-case letter or a digit."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "X"
    return plain[0].upper() + plain[1:]


def _account(account: Account) -> str:
    root = ("Liabilities" if account.family in LIABILITIES else
            "Equity" if account.family in EQUITY else "Assets")
    family = "-".join(part.capitalize() for part in _word(account.family).split("-"))
    parts = [root]
    if account.vintage:
        parts += ["Vintage", _word(account.vintage), family]
        if account.sleeve:
            parts.append(_word(account.sleeve))
    else:
        parts += ["Sleeve", _word(account.sleeve), family] if account.sleeve else [family]
    if account.slot >= 0:
        parts.append(f"Slot-{account.slot}")
    return ":".join(parts)


def _commodity(name: str) -> str:
    plain = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:LONGEST_COMMODITY].rstrip("-")
    return plain if plain[:1].isalpha() else f"C-{plain}"[:LONGEST_COMMODITY]


def _distinct(wanted: list[str], longest: int) -> list[str]:
    # Two names of the books may look alike once the grammar's alphabet is applied: the later gets a number.
    taken: set[str] = set()
    for index, text in enumerate(wanted):
        n = 1
        while text in taken:
            n += 1
            text = f"{wanted[index][:longest - len(str(n)) - 1]}-{n}"
        taken.add(text)
        wanted[index] = text
    return wanted


def _names(books: Books) -> _Names:
    commodities = books.commodities()
    held = books.accounts()
    codes = _distinct([_commodity(item.name) for item in commodities], LONGEST_COMMODITY)
    names = _distinct([_account(account) for account in held], 10_000)
    return _Names(dict(zip(held, names, strict=True)),
                  {item.name: code for item, code in zip(commodities, codes, strict=True)},
                  {item.name: item.places for item in commodities}, held)


def _title(commodity: str) -> str:
    kind, _, subject = commodity.partition(":")
    return f"{TITLES.get(kind, kind)} {subject}".strip()


def _opened(books: Books) -> str:
    for batch in books.batches():
        return batch.session
    return "1970-01-01"


def _prices(batch: Batch, names: _Names) -> Iterator[tuple[str, str]]:
    for fact in batch.facts:
        level, _, subject = fact.subject.partition(":")
        code = names.commodities.get(f"{'unit' if level == 'sleeve' else 'vunit'}:{subject}")
        if fact.kind == "price" and code:
            yield code, decimal_text(fact.value, fact.places)


def _legs(transfer: Transfer) -> tuple[tuple[Account, int], tuple[Account, int]]:
    return (transfer.debit, transfer.amount), (transfer.credit, -transfer.amount)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _tag(text: str) -> str:
    return re.sub(r"[,\n]", " ", text)


def beancount(books: Books) -> Iterator[str]:
    """Lines of the whole journal in beancount's grammar, ending with an exact balance assertion for each account."""
    names, opened, last = _names(books), _opened(books), None
    number, head = books.head()
    yield 'option "title" "Books of a fund family"'
    yield 'option "operating_currency" "USD"'
    yield f"; {number} linked groups, head {head}"
    for name, code in names.commodities.items():
        yield f"{opened} commodity {code}"
        yield f"  name: {_quoted(_title(name))}"
    for account, name in names.accounts.items():
        yield f"{opened} open {name} {names.commodities[names.held[account]]}"
    for batch in books.batches():
        last = batch.session
        yield ""
        for code, price in _prices(batch, names):
            yield f"{batch.session} price {code} {price} USD"
        if not batch.transfers:
            continue
        yield f"{batch.session} * {_quoted(f'{batch.half} {batch.phase}')} \"group {batch.id}\""
        yield f'  group: "{batch.id}"'
        yield f'  hash: "{batch.hash}"'
        yield f'  known_at: "{batch.known_at}"'
        for transfer in batch.transfers:
            for account, quanta in _legs(transfer):
                yield f"  {names.accounts[account]}  {names.amount(account, quanta)}"
                if quanta > 0:
                    yield f"    flow: {_quoted(transfer.flow)}"
                    yield f"    cite: {_quoted(f'{transfer.document}: {transfer.rule}')}"
    if last is None:
        return
    yield ""
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    for account, quanta in books.balances().items():
        number_text, code = names.amount(account, quanta).split(" ")
        # Without a stated tolerance a balance that is wrong by a whole quantum would pass.
        yield f"{after} balance {names.accounts[account]}  {number_text} ~ 0 {code}"


def hledger(books: Books) -> Iterator[str]:
    """Lines of the whole journal in hledger's grammar, ending with a balance assertion for each account."""
    names, opened, last = _names(books), _opened(books), None
    names = names._replace(commodities={name: f'"{code}"' if code != "USD" else code
                                        for name, code in names.commodities.items()})
    number, head = books.head()
    yield f"; {number} linked groups, head {head}"
    yield "decimal-mark ."
    for name, code in names.commodities.items():
        places = names.places[name]
        yield f"commodity 1000.{'0' * places} {code}  ; {_title(name)}"
    for name in names.accounts.values():
        yield f"account {name}"
    for batch in books.batches():
        last = batch.session
        yield ""
        for code, price in _prices(batch, names):
            yield f"P {batch.session} {code} {price} USD"
        if not batch.transfers:
            continue
        payee = re.sub(r"[;|\n]", " ", f"{batch.half} {batch.phase}")
        yield f"{batch.session} * ({batch.id}) {payee} | group {batch.id}"
        yield f"    ; hash:{batch.hash}, known_at:{batch.known_at}"
        for transfer in batch.transfers:
            for account, quanta in _legs(transfer):
                yield f"    {names.accounts[account]}  {names.amount(account, quanta)}"
                if quanta > 0:
                    yield f"    ; flow:{_tag(transfer.flow)}, cite:{_tag(f'{transfer.document}: {transfer.rule}')}"
    yield ""
    yield f"{last or opened} * balances of the books"
    for account, quanta in books.balances().items():
        yield f"    {names.accounts[account]}  {names.amount(account, 0)} = {names.amount(account, quanta)}"
