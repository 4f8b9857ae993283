"""Books of a fund family in one SQLite file: transfers and facts, kept for ever, one hash chain over all."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from alts401k.ledger import schema

GENESIS = "0" * 64


class Refused(Exception):
    """The books did not take it; the message says why. Nothing of the transaction is kept."""


class Account(NamedTuple):
    """One account by name: what it is, whose, and its ring slot (-1 where there is none)."""

    family: str
    sleeve: str = ""
    vintage: str = ""
    slot: int = -1


class Transfer(NamedTuple):
    """`amount` (> 0) quanta from `credit` to `debit`, for the step's flow, by a rule of a document on file."""

    debit: Account
    credit: Account
    amount: int
    flow: str
    document: str
    rule: str


class Fact(NamedTuple):
    """Something true from `effective_on` (YYYY-MM-DD), known at `known_at` (UTC, ...Z): value x 10^-places, or text."""

    effective_on: str
    known_at: str
    kind: str
    subject: str
    value: int
    places: int
    text: str
    source: str
    cite: str


class Batch(NamedTuple):
    """One linked group, a phase of a session: all of it is on the books or none."""

    id: int
    session: str
    half: str
    phase: str
    known_at: str
    prev_hash: str
    hash: str
    commodities: tuple[tuple[str, int], ...]
    accounts: tuple[tuple[Account, str], ...]
    facts: tuple[Fact, ...]
    transfers: tuple[Transfer, ...]


class Commodity(NamedTuple):
    """A commodity's name, e.g. usd or unit:index, and the decimals of its quantum."""

    name: str
    places: int


def batch_hash(batch: Batch) -> str:
    """SHA-256 of the hash before and the batch's content as canonical JSON (RFC 8785: amounts are strings)."""
    content = {
        "accounts": [[*account, commodity] for account, commodity in batch.accounts],
        "batch": batch.id,
        "commodities": [list(item) for item in batch.commodities],
        "facts": [[*fact[:4], str(fact.value), *fact[5:]] for fact in batch.facts],
        "half": batch.half,
        "known_at": batch.known_at,
        "phase": batch.phase,
        "session": batch.session,
        "transfers": [[list(t.debit), list(t.credit), str(t.amount), *t[3:]] for t in batch.transfers],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{batch.prev_hash}{text}".encode("utf-8", "surrogateescape")).hexdigest()


def _whole(number: object, what: str) -> int:
    # bool is an int to Python and would be stored as one.
    if type(number) is not int:
        raise Refused(f"{what} is {number!r}; books hold whole numbers of quanta only")
    if abs(number) > schema.LIMIT:
        raise Refused(f"{what} is {number}, beyond the limit of {schema.LIMIT} quanta")
    return number


class Books:
    """An open book; `Books.create` makes one, `Books.open` reads one, `writing()` is the only way in."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._db = connection
        self._writing = False
        self._ids: dict[Account, int] = {}
        self._held: dict[int, str] = {}
        self._commodities: dict[str, tuple[int, int]] = {}
        self._load_names()

    @classmethod
    def create(cls, path: Path | str) -> "Books":
        """New, empty books at `path`; raises Refused if there is a file already."""
        path = Path(path)
        if path.exists():
            raise Refused(f"{path} exists; books are never written over")
        db = _connect(path, read_only=False)
        db.execute(f"PRAGMA application_id={schema.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={schema.SCHEMA_VERSION}")
        db.execute("BEGIN IMMEDIATE")
        for text in schema.statements().values():
            db.execute(text)
        db.execute("COMMIT")
        return cls(db, path)

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = True) -> "Books":
        """The books at `path`; raises Refused if the file is missing or is something else."""
        path = Path(path)
        if not path.is_file():
            raise Refused(f"there are no books at {path}")
        recover(path)
        db = _connect(path, read_only=read_only)
        try:
            kind = db.execute("PRAGMA application_id").fetchone()[0]
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if kind != schema.APPLICATION_ID or version != schema.SCHEMA_VERSION:
                raise Refused(f"{path} is not a book of accounts of version {schema.SCHEMA_VERSION}")
            return cls(db, path)
        except sqlite3.DatabaseError as error:
            db.close()
            raise Refused(f"{path} cannot be read as books: {error}") from None
        except Refused:
            db.close()
            raise

    def close(self) -> None:
        """Close the file; a transaction still open is rolled back."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading ---------------------------------------------------------------------------------

    def _load_names(self) -> None:
        self._commodities = {name: (key, places) for key, name, places in
                             self._db.execute("SELECT id, name, places FROM commodity ORDER BY id")}
        names = {key: name for name, (key, _) in self._commodities.items()}
        self._ids.clear()
        self._held.clear()
        for key, family, sleeve, vintage, slot, commodity in self._db.execute(
                "SELECT id, family, sleeve, vintage, slot, commodity FROM account ORDER BY id"):
            self._ids[Account(family, sleeve, vintage, slot)] = key
            self._held[key] = names[commodity]

    def commodities(self) -> tuple[Commodity, ...]:
        """Every commodity on the books, in the order in which they were opened."""
        return tuple(Commodity(name, places) for name, (_, places) in self._commodities.items())

    def accounts(self) -> dict[Account, str]:
        """Every account and the name of its commodity, in the order in which they were opened."""
        return {account: self._held[key] for account, key in self._ids.items()}

    def balances(self, *, batch: int | None = None) -> dict[Account, int]:
        """Balance of every account in quanta, debit positive: now, or as it stood after `batch`."""
        if batch is None:
            last = self._db.execute("SELECT max(id) FROM transfer").fetchone()[0]
        else:
            last = self._db.execute("SELECT max(id) FROM transfer WHERE batch <= ?", (batch,)).fetchone()[0]
        found = dict(self._db.execute(
            "SELECT id, coalesce((SELECT balance FROM leg WHERE account = a.id AND transfer <= ?"
            " ORDER BY seq DESC LIMIT 1), 0) FROM account a ORDER BY id", (last or 0,)))
        return {account: found[key] for account, key in self._ids.items()}

    def known(self, known_by: str) -> int:
        """Number of the last batch recorded at or before `known_by` (UTC, ...Z); 0 if none."""
        row = self._db.execute("SELECT max(id) FROM batch WHERE known_at <= ?", (known_by,)).fetchone()
        return row[0] or 0

    def facts(self, kind: str, subject: str | None = None, *, on: str | None = None,
              known_by: str | None = None) -> list[Fact]:
        """Every fact of `kind` (of `subject`, effective exactly `on`, recorded by `known_by`), as recorded."""
        rows = self._db.execute(
            "SELECT effective_on, f.known_at, kind, subject, value, places, text, source, cite FROM fact f"
            " JOIN batch b ON b.id = f.batch WHERE kind = ? AND (? IS NULL OR subject = ?)"
            " AND (? IS NULL OR effective_on = ?) AND (? IS NULL OR b.known_at <= ?) ORDER BY f.id",
            (kind, subject, subject, on, on, known_by, known_by))
        return [Fact(*row) for row in rows]

    def fact(self, kind: str, subject: str, *, on: str, known_by: str | None = None) -> Fact | None:
        """The fact in force on `on` as recorded by `known_by` (None: as known now), or None if there is none."""
        row = self._db.execute(
            "SELECT effective_on, f.known_at, kind, subject, value, places, text, source, cite FROM fact f"
            " JOIN batch b ON b.id = f.batch WHERE kind = ? AND subject = ? AND effective_on <= ?"
            " AND (? IS NULL OR b.known_at <= ?) ORDER BY effective_on DESC, f.id DESC LIMIT 1",
            (kind, subject, on, known_by, known_by)).fetchone()
        return Fact(*row) if row else None

    def head(self) -> tuple[int, str]:
        """Number and hash of the last batch; (0, sixty-four zeros) for empty books."""
        row = self._db.execute("SELECT id, hash FROM batch ORDER BY id DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else (0, GENESIS)

    def last(self) -> tuple[str, str]:
        """Session and half day of the last batch; two empty texts for empty books."""
        row = self._db.execute("SELECT session, half FROM batch ORDER BY id DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else ("", "")

    def batches(self) -> Iterator[Batch]:
        """Every batch with all it holds, in order."""
        return read_batches(self._db)

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One transaction: every batch posted inside is kept, or none; raises Refused for what the books refuse."""
        if self._writing:
            raise Refused("the books are being written already; one transaction at a time")
        self._db.execute("BEGIN IMMEDIATE")
        self._writing = True
        try:
            yield Writer(self)
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._load_names()
            if isinstance(error, sqlite3.IntegrityError):
                raise Refused(str(error)) from error
            raise
        finally:
            self._writing = False


class Writer:
    """What `Books.writing()` hands out: posts linked groups inside one transaction."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def post(self, session: str, half: str, phase: str, known_at: str, *,
             commodities: Sequence[Commodity] = (), accounts: Iterable[tuple[Account, str]] = (),
             facts: Iterable[Fact] = (), transfers: Iterable[Transfer] = ()) -> str:
        """Post one linked group and return its hash; raises Refused if any part of it is not acceptable."""
        number, prev = self._books.head()
        batch = Batch(number + 1, session, half, phase, known_at, prev, "",
                      tuple(tuple(item) for item in commodities), tuple(accounts), tuple(facts), tuple(transfers))
        for fact in batch.facts:
            _whole(fact.value, f"the fact {fact.kind} of {fact.subject}")
        for transfer in batch.transfers:
            _whole(transfer.amount, f"the transfer {transfer.flow}")
        batch = batch._replace(hash=batch_hash(batch))
        try:
            self._write(batch)
        except sqlite3.IntegrityError as error:
            raise Refused(f"{session} {half} {phase}: {error}") from error
        return batch.hash

    def _write(self, batch: Batch) -> None:
        books, db = self._books, self._books._db
        last_fact, last_transfer = db.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM fact), (SELECT coalesce(max(id), 0) FROM transfer)").fetchone()
        db.execute("INSERT INTO batch VALUES (?,?,?,?,?,?,?,?,?,?,?)", (
            *batch[:5], len(books._commodities) + len(batch.commodities), len(books._ids) + len(batch.accounts),
            last_fact + len(batch.facts), last_transfer + len(batch.transfers), batch.prev_hash, batch.hash))
        for name, places in batch.commodities:
            key = len(books._commodities) + 1
            db.execute("INSERT INTO commodity VALUES (?,?,?,?)", (key, batch.id, name, places))
            books._commodities[name] = (key, places)
        for account, commodity in batch.accounts:
            if commodity not in books._commodities:
                raise Refused(f"{account} is kept in {commodity}, which is not a commodity of these books")
            key = len(books._ids) + 1
            db.execute("INSERT INTO account VALUES (?,?,?,?,?,?,?)",
                       (key, batch.id, *account, books._commodities[commodity][0]))
            books._ids[account] = key
            books._held[key] = commodity
        db.executemany("INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                       [(n, batch.id, *fact) for n, fact in enumerate(batch.facts, last_fact + 1)])
        db.executemany("INSERT INTO transfer VALUES (?,?,?,?,?,?,?,?)", [
            (n, batch.id, self._id(t.debit), self._id(t.credit), t.amount, t.flow, t.document, t.rule)
            for n, t in enumerate(batch.transfers, last_transfer + 1)])

    def _id(self, account: Account) -> int:
        try:
            return self._books._ids[account]
        except KeyError:
            raise Refused(f"{account} is not an account of these books") from None


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if read_only:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    else:
        # Owner only: books say what people and plans hold.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(path, isolation_level=None)
        # Not WAL: SQLite before 3.51.3 can corrupt a file in that mode when its log is reset.
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA recursive_triggers=ON")
    return db


def recover(path: Path) -> None:
    """Let SQLite take back what a process that died in mid-transaction left behind, which a reader may not do."""
    journal = path.with_name(f"{path.name}-journal")
    if journal.exists() and os.access(path, os.W_OK):
        db = sqlite3.connect(path)
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError:
            pass  # whoever opens the file next says what is wrong with it
        finally:
            db.close()


def read_batches(db: sqlite3.Connection) -> Iterator[Batch]:
    """Every batch of an open database in order, read without trusting that they are whole."""
    commodities = {key: name for key, name in db.execute("SELECT id, name FROM commodity")}
    accounts = {key: (Account(family, sleeve, vintage, slot), commodities.get(commodity, ""))
                for key, family, sleeve, vintage, slot, commodity in
                db.execute("SELECT id, family, sleeve, vintage, slot, commodity FROM account")}
    unknown = Account("?")
    for row in db.execute("SELECT id, session, half, phase, known_at, prev_hash, hash FROM batch ORDER BY id"):
        opened = db.execute("SELECT id FROM account WHERE batch = ? ORDER BY id", (row[0],))
        yield Batch(
            *row,
            tuple(db.execute("SELECT name, places FROM commodity WHERE batch = ? ORDER BY id", (row[0],))),
            tuple(accounts[key] for (key,) in opened),
            tuple(Fact(*fact) for fact in db.execute(
                "SELECT effective_on, known_at, kind, subject, value, places, text, source, cite"
                " FROM fact WHERE batch = ? ORDER BY id", (row[0],))),
            tuple(Transfer(accounts.get(debit, (unknown, ""))[0], accounts.get(credit, (unknown, ""))[0], *rest)
                  for debit, credit, *rest in db.execute(
                      "SELECT debit, credit, amount, flow, document, rule FROM transfer"
                      " WHERE batch = ? ORDER BY id", (row[0],))),
        )
