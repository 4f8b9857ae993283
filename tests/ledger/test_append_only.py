"""What is on the books stays; what does not balance, cite or fit never gets there."""

import ast
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_books import (
    ACCOUNTS,
    CASH,
    COMMODITIES,
    DAY,
    EVENING,
    HELD,
    HOLD,
    MORNING,
    PLANS,
    VCASH,
    VISSUED,
    document,
    price,
    transfer,
)

import alts401k.ledger
from alts401k.ledger import Account, Books, Fact, Refused, Transfer, verify
from alts401k.ledger.schema import LIMIT, TABLES

LATER = "2025-01-03T14:00:00Z"


def raw(path: Path) -> sqlite3.Connection:
    """A connection that knows nothing of the package, as any other program would open the file."""
    return sqlite3.connect(path, isolation_level=None)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}",
                                       "INSERT OR REPLACE INTO {0} SELECT * FROM {0} LIMIT 1"])
def test_every_table_is_append_only(path, table, statement):
    """No row of any table is changed, deleted or replaced, by any program."""
    db = raw(path)
    before = db.execute(f"SELECT * FROM {table}").fetchall()
    column = db.execute(f"SELECT * FROM {table}").description[0][0]
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement.format(table, column))
    assert db.execute(f"SELECT * FROM {table}").fetchall() == before and before


@pytest.mark.parametrize("row", [
    (1, 2, 1, 5, 5),            # no such movement
    (1, 2, 1, 100_000, 200_000),  # the first transfer again
    (1, 3, 3, -100_000, -100_000),  # the third again, with the right running balance
])
def test_a_balance_cannot_be_written_by_hand(path, row):
    """Balances are rows that only a transfer brings."""
    with pytest.raises(sqlite3.IntegrityError, match="balances move by transfers only"):
        raw(path).execute("INSERT INTO leg VALUES (?,?,?,?,?)", row)


def test_an_imbalance_cannot_be_written(path):
    """A transfer between a dollar account and a unit account, and one from an account to itself."""
    db = raw(path)
    db.execute("INSERT INTO batch SELECT 4, session, half, 'x', known_at, last_commodity, last_account, last_fact,"
               " last_transfer + 1, hash, substr(hash, 2) || 'g' FROM batch WHERE id = 3")
    with pytest.raises(sqlite3.IntegrityError, match="the same commodity"):
        db.execute("INSERT INTO transfer VALUES (5, 4, 1, 3, 5, 'FLOW', 'trust', 'rule')")
    with pytest.raises(sqlite3.IntegrityError, match="debit <> credit"):
        db.execute("INSERT INTO transfer VALUES (5, 4, 1, 1, 5, 'FLOW', 'trust', 'rule')")
    db.execute("INSERT INTO transfer VALUES (5, 4, 1, 2, 5, 'FLOW', 'trust', 'rule')")
    with pytest.raises(sqlite3.IntegrityError, match="states where it ends"):
        db.execute("INSERT INTO transfer VALUES (6, 4, 1, 2, 5, 'FLOW', 'trust', 'rule')")


@pytest.mark.parametrize("change", [
    {"amount": 0}, {"amount": -1}, {"amount": 1.5}, {"amount": True}, {"amount": "7"}, {"amount": LIMIT + 1},
    {"amount": 10**30}, {"debit": HELD}, {"debit": PLANS}, {"debit": Account("CASH", "gold")},
    {"document": "memo"}, {"document": ""}, {"rule": ""}, {"flow": ""},
])
def test_what_a_transfer_must_be(path, change):
    """A whole number of quanta above zero, two accounts of one commodity, a document on file, a rule."""
    with Books.open(path, read_only=False) as books:
        before = books.balances(), books.head()
        with pytest.raises(Refused), books.writing() as day:
            day.post(DAY, "deal", "good", LATER, transfers=[transfer(VCASH, PLANS, 1)])
            day.post(DAY, "deal", "bad", LATER, transfers=[transfer(VCASH, PLANS, 5)._replace(**change)])
        assert (books.balances(), books.head()) == before
    assert verify(path).ok


@pytest.mark.parametrize("fact", [
    price("sleeve:index", 1, 10)._replace(effective_on="2025-02-30"),
    price("sleeve:index", 1, 10)._replace(known_at="2025-01-02 23:00:00"),
    price("sleeve:index", 1, 10)._replace(known_at="2024-02-30T23:00:00Z"),
    price("sleeve:index", 1, 10)._replace(known_at="2025-01-04T00:00:00Z"),
    price("sleeve:index", 1, 10)._replace(value=1.0),
    price("sleeve:index", 1, 19),
    price("sleeve:index", 1, 10)._replace(cite=""),
])
def test_what_a_fact_must_be(path, fact):
    """A real date, a UTC time no later than its group's, a whole number, a source."""
    with Books.open(path, read_only=False) as books, pytest.raises(Refused), books.writing() as day:
        day.post(DAY, "deal", "facts", LATER, facts=[fact])
    assert verify(path).facts == 3


@pytest.mark.parametrize(("session", "known_at"), [("2025-01-01", LATER), ("2025-01-03", MORNING)])
def test_books_go_forward(path, session, known_at):
    """Neither the session nor the knowledge of a group lies before the last."""
    with (Books.open(path, read_only=False) as books, pytest.raises(Refused, match="books go forward"),
          books.writing() as day):
        day.post(session, "price", "late", known_at)


def test_one_transaction_keeps_all_or_nothing(path):
    """An error of any kind after some groups leaves none of them, and the books can be written again."""
    with Books.open(path, read_only=False) as books:
        before = books.head()
        with pytest.raises(KeyboardInterrupt), books.writing() as day:
            day.post(DAY, "deal", "one", LATER, accounts=[(Account("CASH", "gold"), "usd")])
            day.post(DAY, "deal", "two", LATER, transfers=[transfer(Account("CASH", "gold"), CASH, 100)])
            raise KeyboardInterrupt
        assert books.head() == before
        assert Account("CASH", "gold") not in books.accounts()
        with books.writing() as day:
            with pytest.raises(Refused, match="one transaction at a time"), books.writing():
                pass
            day.post(DAY, "deal", "three", LATER, accounts=[(Account("CASH", "gold"), "usd")])
    assert verify(path).ok


def test_a_killed_process_leaves_nothing_half_posted(path):
    """The process dies between two groups of one transaction, without a chance to clean up."""
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); from small_books import *\n"
        "from alts401k.ledger import Books\n"
        "books = Books.open(sys.argv[1], read_only=False)\n"
        "with books.writing() as day:\n"
        "    day.post(DAY, 'deal', 'one', EVENING, transfers=[transfer(VCASH, PLANS, n) for n in range(1, 40000)])\n"
        "    os.kill(os.getpid(), 9)\n")
    done = subprocess.run([sys.executable, "-c", program, path, Path(__file__).parent], check=False)
    assert done.returncode == -9
    report = verify(path)
    assert report.ok and report.batches == 3
    with Books.open(path) as books:
        assert books.balances()[PLANS] == -100_000


def test_an_overflow_is_refused(path):
    """SQLite alone would turn the sum into a float; here the balance stops at its limit."""
    assert sqlite3.connect(":memory:").execute("SELECT typeof(9000000000000000000 + 9000000000000000000)"
                                               ).fetchone() == ("real",)
    with Books.open(path, read_only=False) as books:
        with books.writing() as day:
            day.post(DAY, "deal", "large", LATER, transfers=[transfer(VCASH, PLANS, LIMIT - 100_000)])
        with pytest.raises(Refused, match="balance"), books.writing() as day:
            day.post(DAY, "deal", "too large", LATER, transfers=[transfer(VCASH, PLANS, 100_001)])
    assert raw(path).execute("SELECT DISTINCT typeof(balance), typeof(amount) FROM leg").fetchall() == [
        ("integer", "integer")]
    assert verify(path).ok


def test_units_times_price_beyond_64_bits(path):
    """$400bn at 4 + 4 places passes 2^63; the price is computed again in whole numbers all the same."""
    units, usd = 40_000_000_000 * 10**6, 400_000_000_000 * 100
    assert units * 100_000 > 2**63
    with Books.open(path, read_only=False) as books, books.writing() as day:
        day.post(DAY, "deal", "large", LATER, transfers=[
            transfer(VCASH, PLANS, usd), transfer(HELD, VISSUED, units, "ISSUE"), transfer(CASH, VCASH, usd, "TRADE"),
            transfer(HOLD, Account("ISSUED", "index"), units, "UNITS")])
        day.post("2025-01-03", "price", "strike", LATER, facts=[
            price("sleeve:index", 10**11, 10)._replace(known_at=LATER),
            price("vintage:2045", 10**5, 4)._replace(known_at=LATER)])
    assert verify(path).ok


def test_no_float_in_the_room():
    """No float literal, no call of float, no true division anywhere in the ledger's sources."""
    folder = Path(alts401k.ledger.__file__).parent
    sources = sorted(folder.glob("*.py"))
    assert len(sources) >= 4
    for source in sources:
        assert floats(source.read_text(encoding="utf-8")) == []
    assert all("REAL" not in text and "STRICT" in text for text in TABLES.values())


def floats(text: str) -> list[int]:
    """Lines of a source on which a float can come to be."""
    return sorted(node.lineno for node in ast.walk(ast.parse(text))
                  if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
                  or (isinstance(node, ast.Name) and node.id == "float")
                  or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _is_path(node)))


def _is_path(node: ast.BinOp) -> bool:
    return isinstance(node.right, ast.Constant) and isinstance(node.right.value, str)


def test_the_search_for_floats_finds_them():
    """Each of the three ways."""
    assert floats("x = 1.5\ny = float(3)\nz = 1 / 3\nw = folder / 'name'\n") == [1, 2, 3]


def test_columns_hold_whole_numbers_and_text_only(path):
    """A float is refused by the file itself."""
    db = raw(path)
    with pytest.raises(sqlite3.IntegrityError, match="cannot store REAL"):
        db.execute("INSERT INTO commodity VALUES (4, 3, 'eur', 2.5)")
    types = {row[2] for table in TABLES for row in db.execute(f"PRAGMA table_info({table})")}
    assert types == {"INTEGER", "TEXT"}


def test_the_journal_mode_is_not_the_one_with_the_bug(path):
    """SQLite before 3.51.3 can corrupt a file when the write-ahead log is reset."""
    with Books.open(path, read_only=False) as books:
        assert books._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert books._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert not list(path.parent.glob("*-wal"))


def test_books_are_never_written_over(path):
    """Neither books nor anything else at that place."""
    with pytest.raises(Refused, match="never written over"):
        Books.create(path)


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be read as one" * 50])
def test_another_file_is_not_taken_for_books(tmp_path, content):
    """Opening says so; verifying reports it."""
    other = tmp_path / "other.sqlite"
    other.write_bytes(content)
    with pytest.raises(Refused, match="book"):
        Books.open(other)
    assert not verify(other).ok


def test_a_missing_file_is_not_made(tmp_path):
    """Reading never creates."""
    for read in (Books.open, verify):
        with pytest.raises(Refused, match="there are no books"):
            read(tmp_path / "none.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_reading_does_not_write(path):
    """A read-only book refuses the writer."""
    with Books.open(path) as books, pytest.raises(sqlite3.OperationalError, match="readonly"), books.writing() as day:
        day.post(DAY, "deal", "x", LATER)


def test_as_known_at(path):
    """A value that came late is in force for its date from then on, and was not before."""
    late = Fact("2024-12-31", LATER, "mark", "private", 1_038_000_00, 8, "", "statement", "letter of the manager")
    early = late._replace(effective_on="2024-09-30", known_at=MORNING, value=10**8)
    with Books.open(path, read_only=False) as books:
        with books.writing() as day:
            day.post("2025-01-02", "deal", "facts", EVENING, facts=[early])
            day.post("2025-01-03", "price", "facts", LATER, facts=[late])
        assert books.fact("mark", "private", on="2025-01-03") == late
        assert books.fact("mark", "private", on="2025-01-03", known_by=EVENING) == early
        assert books.fact("mark", "private", on="2024-10-01") == early
        assert books.fact("mark", "private", on="2024-09-29") is None
        assert books.balances(batch=1)[VCASH] == 0 and books.balances(batch=2)[HOLD] == 100_000_000
        assert books.known(NOON_LESS_ONE) == 1 and books.known(EVENING) == 4
        assert [fact.value for fact in books.facts("mark", "private", known_by=EVENING)] == [10**8]


NOON_LESS_ONE = "2025-01-02T16:59:59Z"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(range(4)), st.sampled_from(range(4)), st.integers(1, 10**15)), max_size=30))
def test_any_list_of_transfers_sums_to_zero(tmp_path_factory, moves):
    """Whatever is posted between dollar accounts, balances equal the fold and sum to zero."""
    path = tmp_path_factory.mktemp("books") / "books.sqlite"
    names = [VCASH, PLANS, CASH, Account("RESULT", "index")]
    want = dict.fromkeys(names, 0)
    with Books.create(path) as books:
        with books.writing() as day:
            day.post(DAY, "open", "accounts", MORNING, commodities=COMMODITIES[:1], facts=[document()],
                     accounts=[(name, "usd") for name in names])
            posted = [Transfer(names[d], names[c], amount, "F", "trust", "r") for d, c, amount in moves if d != c]
            day.post(DAY, "deal", "moves", EVENING, transfers=posted)
        for move in posted:
            want[move.debit] += move.amount
            want[move.credit] -= move.amount
        assert books.balances() == want and sum(want.values()) == 0
    found = {check.name: check.found for check in verify(path).checks}
    assert not any(lines for name, lines in found.items() if not name.startswith("no negative"))


def test_the_small_book_holds_what_it_says(path):
    """The ground that the other tests stand on."""
    with Books.open(path) as books:
        assert [account for account, _ in ACCOUNTS] == list(books.accounts())
        assert books.balances() == {VCASH: 0, PLANS: -100_000, HELD: 10**8, VISSUED: -(10**8), CASH: 100_000,
                                    HOLD: 10**8, Account("ISSUED", "index"): -(10**8)}
