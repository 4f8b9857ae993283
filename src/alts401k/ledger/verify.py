"""Everything in a book of accounts added up again from its transfers, and what does not agree, with its place."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from alts401k.ledger import schema
from alts401k.ledger.books import GENESIS, Account, Batch, Fact, Refused, batch_hash, read_batches, recover
from alts401k.units import LEAST_UNITS, UNIT_PLACES, divide

SHOWN = 20
CONTRA = ("RESULT", "PLANS", "VRESULT")
NEVER_NEGATIVE = ("CASH", "VCASH", "LIQUID", "ILLIQUID", "HOLD", "HELD", "UNFUNDED")


class Check(NamedTuple):
    """One check: `found` is empty when it passed, else what is wrong and where; `scope` says what was looked at."""

    name: str
    scope: str
    found: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.found


class Report(NamedTuple):
    """Every check of one book, its size, and its head (number and hash of the last batch)."""

    checks: tuple[Check, ...]
    batches: int
    transfers: int
    facts: int
    head: str

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)


class _Walk:
    """Balances and prices as they were after each batch, folded from the transfers alone."""

    def __init__(self) -> None:
        self.balances: dict[Account, int] = {}
        self.commodity: dict[Account, str] = {}
        self.prices: dict[str, Fact] = {}

    def add(self, batch: Batch) -> None:
        for account, commodity in batch.accounts:
            self.commodity[account] = commodity
        for transfer in batch.transfers:
            self.balances[transfer.debit] = self.balances.get(transfer.debit, 0) + transfer.amount
            self.balances[transfer.credit] = self.balances.get(transfer.credit, 0) - transfer.amount
        for fact in batch.facts:
            if fact.kind == "price":
                self.prices[fact.subject] = fact

    def where(self, batch: Batch) -> str:
        return f"batch {batch.id} ({batch.session} {batch.half} {batch.phase})"

    def net_and_units(self, subject: str) -> tuple[int, int, int]:
        """Net assets of `sleeve:NAME` or `vintage:NAME` as (quanta, places) and units in quanta."""
        level, name = subject.split(":", 1)
        field = "sleeve" if level == "sleeve" else "vintage"
        cents = sum(amount for account, amount in self.balances.items()
                    if getattr(account, field) == name and self.commodity.get(account) == "usd"
                    and account.family not in CONTRA)
        if level == "sleeve":
            units = sum(amount for account, amount in self.balances.items()
                        if account.family == "HOLD" and account.sleeve == name)
            return cents, 2, units
        held = self.balances.get(Account("HELD", "", name), 0)
        places = max((fact.places for fact in self.prices.values()), default=0) + UNIT_PLACES
        net = cents * 10 ** (places - 2)
        for account, amount in self.balances.items():
            if account.family == "HOLD" and account.vintage == name and amount:
                price = self.prices.get(f"sleeve:{account.sleeve}")
                if price is None:
                    raise KeyError(f"sleeve:{account.sleeve}")
                net += amount * price.value * 10 ** (places - UNIT_PLACES - price.places)
        return net, places, held


def verify(path: Path | str) -> Report:
    """Check the books at `path` from end to end; raises Refused only if the file is missing or is not SQLite."""
    path = Path(path)
    if not path.is_file():
        raise Refused(f"there are no books at {path}")
    recover(path)
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    # A damaged text must be reported as damage, not end the reading.
    db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    checks: list[Check] = []
    try:
        checks += [_file(db), _schema(db)]
        return _verify(db, checks)
    except sqlite3.DatabaseError as error:
        return Report((*checks, Check("reading", "the SQLite file", (f"it cannot be read: {error}",))), 0, 0, 0, "")
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # A damaged row may hold what no row can: nothing, or bytes where a number was. The file check has its place.
        why = f"a row cannot be read, and the rest not be added up: {error}"
        return Report((*checks, Check("reading", "every row", _shown((why,)))), 0, 0, 0, "")
    finally:
        db.close()


def _verify(db: sqlite3.Connection, checks: list[Check]) -> Report:
    if not checks[1].ok and any("missing table" in line for line in checks[1].found):
        return Report(tuple(checks), 0, 0, 0, "")
    walk = _Walk()
    chain: list[str] = []
    cites: list[str] = []
    names: list[str] = []
    prices: list[str] = []
    negative: list[str] = []
    documents: set[str] = set()
    previous, expected, last = GENESIS, 1, None
    for batch in read_batches(db):
        if last is not None and (batch.session, batch.half) != (last.session, last.half):
            negative += _negative(walk, last)
        documents |= {fact.subject for fact in batch.facts if fact.kind == "document"}
        chain += _link(walk, batch, previous, expected)
        cites += [f"{walk.where(batch)}: {transfer.flow} cites {transfer.document}, which is not on file"
                  for transfer in batch.transfers if transfer.document not in documents]
        walk.add(batch)
        names += _names(walk, batch)
        prices += _prices(walk, batch)
        previous, expected, last = batch.hash, batch.id + 1, batch
    if last is not None:
        negative += _negative(walk, last)
    chain += _ends(db)
    count = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in schema.TABLES}
    struck = sum(1 for _ in db.execute("SELECT 1 FROM fact WHERE kind = 'price' AND source = 'strike'"))
    checks += [
        Check("chain", f"{count['batch']} linked groups", tuple(chain)),
        Check("zero sum", f"{count['commodity']} commodities", tuple(_zero_sum(walk))),
        Check("balances", f"{count['account']} accounts, {count['leg']} legs", tuple(_balances(db, walk))),
        Check("units", "units held against units issued", tuple(_units(walk))),
        Check("prices", f"{struck} struck prices computed again", tuple(prices)),
        Check("no negative cash or holding", "at the end of every half day", tuple(negative)),
        Check("names", "families, commodities and owners of accounts", tuple(names)),
        Check("citations", f"{count['transfer']} transfers, {len(documents)} documents", tuple(cites)),
    ]
    return Report(tuple(check._replace(found=_shown(check.found)) for check in checks),
                  count["batch"], count["transfer"], count["fact"], previous)


def _shown(found: tuple[str, ...]) -> tuple[str, ...]:
    lines = found if len(found) <= SHOWN else (*found[:SHOWN], f"and {len(found) - SHOWN} more")
    # Damaged text is shown byte by byte, since it cannot be printed.
    return tuple(line.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for line in lines)


def _file(db: sqlite3.Connection) -> Check:
    found = [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    found += [f"row {row} of {table} refers to a row of {parent} that is not there"
              for table, row, parent, _ in db.execute("PRAGMA foreign_key_check")]
    kind = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if kind != schema.APPLICATION_ID:
        found.append("the file does not say that it is a book of accounts")
    if version != schema.SCHEMA_VERSION:
        found.append(f"schema version {version}, not {schema.SCHEMA_VERSION}")
    return Check("file", "SQLite's own integrity and foreign keys", tuple(found))


def _schema(db: sqlite3.Connection) -> Check:
    want = schema.statements()
    have = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    found = []
    for name, text in want.items():
        kind = "table" if name in schema.TABLES else "index" if name in schema.INDEXES else "trigger"
        if name not in have:
            found.append(f"missing {kind} {name}")
        elif have[name].strip() != text:
            found.append(f"{kind} {name} is not as shipped")
    found += [f"{name} does not belong in the books" for name in sorted(set(have) - set(want))]
    return Check("schema", f"{len(schema.TABLES)} strict tables, {len(schema.TRIGGERS)} triggers", tuple(found))


def _link(walk: _Walk, batch: Batch, previous: str, expected: int) -> list[str]:
    found = []
    if batch.id != expected:
        found.append(f"{walk.where(batch)}: number {expected} was expected")
    if batch.prev_hash != previous:
        found.append(f"{walk.where(batch)}: does not name the hash of the group before it")
    if batch.hash != batch_hash(batch):
        found.append(f"{walk.where(batch)}: content does not have the hash {batch.hash[:12]}...")
    return found


def _ends(db: sqlite3.Connection) -> Iterable[str]:
    for table in schema.CONTENTS:
        # Counts agree with every batch's own end exactly when each batch is whole and nothing was added.
        for batch, end, found in db.execute(
                f"SELECT b.id, b.last_{table}, (SELECT coalesce(max(id), 0) FROM {table} WHERE batch <= b.id)"
                f" FROM batch b WHERE b.last_{table} <> (SELECT coalesce(max(id), 0) FROM {table}"
                " WHERE batch <= b.id) ORDER BY b.id"):
            yield f"batch {batch}: {table} rows end at {found}, not at {end}"
        n_rows, last = db.execute(f"SELECT count(*), coalesce(max(id), 0) FROM {table}").fetchone()
        if n_rows != last:
            yield f"{table}: {last - n_rows} of its {last} rows are missing"


def _zero_sum(walk: _Walk) -> Iterable[str]:
    totals: dict[str, int] = {}
    for account, amount in walk.balances.items():
        commodity = walk.commodity.get(account, "?")
        totals[commodity] = totals.get(commodity, 0) + amount
    return [f"{name} sums to {total} quanta" for name, total in totals.items() if total]


def _balances(db: sqlite3.Connection, walk: _Walk) -> Iterable[str]:
    names = {key: Account(*rest) for key, *rest in
             db.execute("SELECT id, family, sleeve, vintage, slot FROM account")}
    expected: dict[int, list[tuple[int, int]]] = {}
    for number, debit, credit, amount in db.execute("SELECT id, debit, credit, amount FROM transfer ORDER BY id"):
        expected.setdefault(debit, []).append((number, amount))
        expected.setdefault(credit, []).append((number, -amount))
    legs: dict[int, list[tuple[int, int, int, int]]] = {}
    for account, *rest in db.execute("SELECT account, seq, transfer, amount, balance FROM leg ORDER BY account, seq"):
        legs.setdefault(account, []).append(tuple(rest))
    for account in sorted(set(expected) | set(legs)):
        total = 0
        rows, wanted = legs.get(account, []), expected.get(account, [])
        if len(rows) != len(wanted):
            yield f"{label(names.get(account))}: {len(rows)} legs for {len(wanted)} transfers"
        for seq, ((number, amount), row) in enumerate(zip(wanted, rows, strict=False), 1):
            total += amount
            if row != (seq, number, amount, total):
                yield f"{label(names.get(account))}: transfer {number} leaves {total} quanta, the books say {row[3]}"
                break


def _units(walk: _Walk) -> Iterable[str]:
    holders: dict[str, int] = {}
    issued: dict[str, int] = {}
    for account, amount in walk.balances.items():
        commodity = walk.commodity.get(account, "?")
        if account.family in ("HOLD", "HELD"):
            holders[commodity] = holders.get(commodity, 0) + amount
        if account.family in ("ISSUED", "VISSUED"):
            issued[commodity] = issued.get(commodity, 0) - amount
    return [f"{name}: holders have {holders.get(name, 0)} quanta, {issued.get(name, 0)} are issued"
            for name in sorted(set(holders) | set(issued)) if holders.get(name, 0) != issued.get(name, 0)]


def _prices(walk: _Walk, batch: Batch) -> Iterable[str]:
    for fact in batch.facts:
        if fact.kind != "price" or fact.source != "strike":
            continue
        try:
            net, places, units = walk.net_and_units(fact.subject)
        except KeyError as missing:
            yield f"{walk.where(batch)}: {fact.subject} cannot be priced, {missing} has no price"
            continue
        if units < LEAST_UNITS:
            continue
        again = divide(net * 10 ** (fact.places + UNIT_PLACES), units * 10**places)
        if again != fact.value:
            yield (f"{walk.where(batch)}: price of {fact.subject} is {fact.value} x 10^-{fact.places},"
                   f" net assets over units give {again}")


def _negative(walk: _Walk, batch: Batch) -> Iterable[str]:
    return [f"after {batch.session} {batch.half}: {label(account)} is {amount} quanta"
            for account, amount in walk.balances.items()
            if amount < 0 and account.family in NEVER_NEGATIVE]


def _names(walk: _Walk, batch: Batch) -> Iterable[str]:
    from alts401k.chart import COMMODITY  # the compiler's marker costs half a second to import

    owner: dict[str, Callable[[Account], str]] = {
        "usd": lambda account: "", "vunit": lambda account: account.vintage}
    for account, commodity in batch.accounts:
        kind, _, subject = commodity.partition(":")
        if COMMODITY.get(account.family) != kind:
            yield f"{walk.where(batch)}: {label(account)} is kept in {commodity}"
        elif subject != owner.get(kind, lambda account: account.sleeve)(account):
            yield f"{walk.where(batch)}: {label(account)} is kept in {commodity}, another's units"


def label(account: Account | None) -> str:
    """An account's name for people: family, then sleeve, vintage and slot where there are any."""
    if account is None:
        return "an account that is not on file"
    parts = [account.family, account.sleeve, account.vintage, "" if account.slot < 0 else f"slot {account.slot}"]
    return " ".join(part for part in parts if part)
