"""Verification finds each kind of damage and says where; damage is done as a thief would, below the triggers."""

import sqlite3

import pytest
from small_books import (
    CASH,
    DAY,
    EVENING,
    PLANS,
    VCASH,
    price,
    transfer,
)

from alts401k.ledger import Account, Books, Refused, batch_hash, verify
from alts401k.ledger.books import read_batches

LATER = "2025-01-03T14:00:00Z"


def damage(path, *statements: str) -> None:
    """Drop every trigger, do the damage, put the triggers back."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("BEGIN")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    for _, sql in triggers:
        db.execute(sql)
    db.execute("COMMIT")
    db.close()


def found(path) -> dict[str, str]:
    """What is wrong, by check."""
    return {check.name: " | ".join(check.found) for check in verify(path).checks if not check.ok}


def test_a_sound_book(path):
    """Every check passes and says what it looked at."""
    report = verify(path)
    assert report.ok and (report.batches, report.transfers, report.facts) == (3, 4, 3)
    assert len(report.checks) == 10 and all(check.scope for check in report.checks)
    with Books.open(path) as books:
        assert books.head() == (3, report.head)


@pytest.mark.parametrize(("statement", "check", "where"), [
    ("UPDATE transfer SET amount = amount + 1 WHERE id = 3", "chain", "batch 2 (2025-01-02 open opening)"),
    ("UPDATE transfer SET amount = amount + 1 WHERE id = 3", "balances", "transfer 3 leaves"),
    ("UPDATE transfer SET rule = 'article 5' WHERE id = 1", "chain", "batch 2"),
    ("UPDATE transfer SET document = 'other' WHERE id = 1", "citations", "cites other, which is not on file"),
    ("UPDATE transfer SET credit = 5 WHERE id = 1", "balances", "CASH index: 1 legs for 2 transfers"),
    ("UPDATE fact SET value = value + 1 WHERE id = 2", "prices", "price of sleeve:index is 100000000001"),
    ("UPDATE fact SET value = value + 1 WHERE id = 3", "prices", "net assets over units give 100000"),
    ("UPDATE fact SET text = 'other' WHERE id = 1", "chain", "batch 1"),
    ("UPDATE batch SET known_at = '2025-01-02T14:00:01Z' WHERE id = 1", "chain", "batch 1"),
    ("UPDATE batch SET prev_hash = hash WHERE id = 2", "chain", "batch 2 (2025-01-02 open opening): does not name"),
    ("UPDATE leg SET balance = balance + 1 WHERE account = 5", "balances", "CASH index: transfer 3 leaves 100000"),
    ("DELETE FROM leg WHERE account = 5", "balances", "CASH index: 0 legs for 1 transfers"),
    ("DELETE FROM transfer WHERE id = 4", "chain", "batch 2: transfer rows end at 3, not at 4"),
    ("DELETE FROM transfer WHERE id = 2", "chain", "transfer: 1 of its 4 rows are missing"),
    ("DELETE FROM batch WHERE id = 2", "chain", "number 2 was expected"),
    ("UPDATE account SET commodity = 3 WHERE id = 5", "zero sum", "usd sums to"),
    ("UPDATE account SET commodity = 3 WHERE id = 5", "names", "CASH index is kept in unit:index"),
    ("UPDATE account SET family = 'RESULT' WHERE id = 6", "units", "unit:index: holders have"),
    ("UPDATE commodity SET places = 3 WHERE id = 1", "chain", "batch 1"),
    ("UPDATE transfer SET debit = 99 WHERE id = 1", "file", "refers to a row of account that is not there"),
    ("CREATE TABLE notes (text TEXT)", "schema", "notes does not belong"),
    ("PRAGMA user_version = 7", "file", "schema version 7"),
    ("PRAGMA application_id = 7", "file", "does not say that it is a book"),
])
def test_each_kind_of_damage_is_found(path, statement, check, where):
    """One statement of damage, the check that must find it, and the place that it must name."""
    damage(path, statement)
    assert where in found(path)[check]


@pytest.mark.parametrize(("table", "columns"), [
    ("fact", ("effective_on", "known_at", "kind", "subject", "value", "places", "text", "source", "cite")),
    ("transfer", ("debit", "credit", "amount", "flow", "document", "rule")),
    ("account", ("family", "sleeve", "vintage", "slot", "commodity")), ("commodity", ("name", "places")),
    ("batch", ("session", "half", "phase", "known_at", "prev_hash", "hash")),
])
def test_every_column_is_in_the_chain(path, table, columns):
    """Whatever is changed in the last row of a table, its group no longer has its hash."""
    original = path.read_bytes()
    db = sqlite3.connect(path)
    row = dict(zip([item[1] for item in db.execute(f"PRAGMA table_info({table})")],
                   db.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1").fetchone(), strict=True))
    db.close()
    other = {"effective_on": "2025-01-01", "known_at": "2025-01-02T13:00:00Z", "session": "2025-01-03", "half": "deal",
             "prev_hash": "0" * 64, "hash": "f" * 64, "slot": 3, "debit": 1, "credit": 1, "commodity": 1}
    for column in columns:
        value = other.get(column, row[column] + 1 if isinstance(row[column], int) else f"{row[column]}x")
        damage(path, f"UPDATE {table} SET {column} = '{value}' WHERE id = {row['id']}")
        assert "chain" in found(path), column
        path.write_bytes(original)
    assert verify(path).ok


def test_a_missing_or_changed_trigger_is_found(path):
    """The guards themselves are part of the books."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("DROP TRIGGER leg_no_update")
    db.execute("DROP TRIGGER fact_no_delete")
    db.execute("CREATE TRIGGER fact_no_delete BEFORE DELETE ON fact BEGIN SELECT 1; END")
    assert found(path) == {"schema": "trigger fact_no_delete is not as shipped | missing trigger leg_no_update"}


def test_a_forged_chain_still_meets_the_arithmetic(path):
    """Whoever changes an amount and computes every hash again is stopped by prices and balances."""
    damage(path, "UPDATE transfer SET amount = 90000 WHERE id = 3")
    db = sqlite3.connect(path)
    hashes, prev = [], "0" * 64
    for batch in read_batches(db):
        prev_of_this, prev = prev, batch_hash(batch._replace(prev_hash=prev))
        hashes.append((prev_of_this, prev, batch.id))
    db.close()
    damage(path, *(f"UPDATE batch SET prev_hash = '{before}', hash = '{now}' WHERE id = {number}"
                   for before, now, number in hashes))
    assert set(found(path)) == {"balances", "prices"}


def test_negative_cash_is_found_at_the_end_of_the_half_day_only(path):
    """Between phases cash may be owed; when a half day ends it may not."""
    with Books.open(path, read_only=False) as books:
        with books.writing() as day:
            day.post(DAY, "deal", "one", LATER, transfers=[transfer(PLANS, VCASH, 100)])
            day.post(DAY, "deal", "two", LATER, transfers=[transfer(VCASH, PLANS, 100)])
        assert verify(path).ok
        with books.writing() as day:
            day.post("2025-01-03", "price", "one", LATER, transfers=[transfer(PLANS, VCASH, 100)])
    assert found(path) == {"no negative cash or holding": "after 2025-01-03 price: VCASH 2045 is -100 quanta"}


def test_a_wrong_price_is_found_when_it_is_struck(path):
    """A price that does not follow from the balances of its moment, in an otherwise honest book."""
    with Books.open(path, read_only=False) as books, books.writing() as day:
        day.post("2025-01-03", "price", "strike", LATER, facts=[
            price("vintage:2045", 100_001, 4, known_at=LATER), price("sleeve:gold", 1, 4, known_at=LATER)])
    assert "price of vintage:2045 is 100001 x 10^-4, net assets over units give 100000" in found(path)["prices"]


def test_a_price_without_holders_stands(path):
    """An emptied sleeve keeps its last price: there is nothing to compute it from."""
    with Books.open(path, read_only=False) as books, books.writing() as day:
        day.post(DAY, "deal", "empty", LATER, transfers=[
            transfer(VCASH, CASH, 100_000),
            transfer(Account("ISSUED", "index"), Account("HOLD", "index", "2045"), 10**8)])
        day.post("2025-01-03", "price", "strike", LATER, facts=[price("sleeve:index", 123, 10, known_at=LATER)])
    assert verify(path).ok


def test_a_flipped_byte_is_found(path):
    """Each byte of a number, a name, a rule and a hash in the raw file, one at a time."""
    original = path.read_bytes()
    for needle in (b"article 4", b"CONTRIBUTE", b"2025-01-02T17:00:00Z", b"net assets over units", b"PLANS"):
        at = original.index(needle)
        for offset in range(0, len(needle), 3):
            changed = bytearray(original)
            changed[at + offset] ^= 0x11
            path.write_bytes(changed)
            assert not verify(path).ok, (needle, offset)
    path.write_bytes(original)
    assert verify(path).ok


@pytest.mark.parametrize("change", [
    ("UPDATE fact SET text = CAST(x'b8b8' AS TEXT) WHERE id = 1", "chain", "batch 1"),
    ("UPDATE batch SET phase = CAST(x'616bb8' AS TEXT) WHERE id = 2", "chain", r"ak\xb8"),
])
def test_damaged_text_is_shown_byte_by_byte(path, change):
    """Bytes that are no text neither end the reading nor the printing."""
    statement, check, where = change
    damage(path, statement)
    assert where in found(path)[check]
    "".join(found(path).values()).encode("utf-8")


def test_a_row_of_another_type_is_reported(path):
    """A number that became bytes: the file check has its place, the rest says that it could not go on."""
    original, needle = path.read_bytes(), b"article 4"
    changed = bytearray(original)
    at = original.index(needle)
    # The record's header says how its last column is stored: 31 is a text of 9 bytes, 30 a blob of 9.
    header = original.rindex(bytes([31]), 0, at)
    changed[header] = 30
    path.write_bytes(changed)
    report = verify(path)
    assert not report.ok and report.checks[-1].name == "reading"
    assert any("transfer" in line for line in report.checks[0].found)


def test_many_findings_are_cut_short(path):
    """The first twenty and a count; what is wrong everywhere need not be said everywhere."""
    with Books.open(path, read_only=False) as books, books.writing() as day:
        for number in range(30):
            day.post(DAY, "deal", f"phase {number}", LATER, transfers=[transfer(VCASH, PLANS, 1)])
    damage(path, "UPDATE batch SET hash = substr(hash, 2) || 'x'")
    lines = next(check.found for check in verify(path).checks if check.name == "chain")
    assert len(lines) == 21 and lines[-1].endswith(" more")


def test_an_unfinished_write_is_seen(path):
    """Groups that state more than they hold: whoever appends by hand cannot finish quietly."""
    damage(path, "INSERT INTO batch SELECT 4, session, half, 'x', known_at, last_commodity, last_account, last_fact,"
                 " last_transfer + 1, hash, substr(hash, 2) || 'x' FROM batch WHERE id = 3")
    assert "batch 4: transfer rows end at 4, not at 5" in found(path)["chain"]
    with (Books.open(path, read_only=False) as books, pytest.raises(Refused, match="not complete"),
          books.writing() as day):
        day.post(DAY, "deal", "x", EVENING)
