"""The tables of a book of accounts: STRICT, integers and text only, nothing ever updated or deleted.

An imbalance cannot be written: a transfer moves one amount of one commodity from one account to another.
Running balances are rows of ``leg``, written by a trigger when a transfer is inserted and by nothing else,
so that a balance is both folded and checkable. Groups (``batch``) carry the hash chain.
"""

APPLICATION_ID = 0x34303142  # "401B", so that another SQLite file is not taken for books
SCHEMA_VERSION = 1
# Two such numbers still add up below 2^63; SQLite turns an integer overflow into a float without a word.
LIMIT = 4_000_000_000_000_000_000

TABLES = {
    "batch": """
CREATE TABLE batch (
  id INTEGER PRIMARY KEY,
  session TEXT NOT NULL CHECK (session IS date(session, '+0 days')),
  half TEXT NOT NULL CHECK (half IN ('open', 'price', 'deal')),
  phase TEXT NOT NULL CHECK (length(phase) > 0),
  known_at TEXT NOT NULL CHECK (known_at IS strftime('%Y-%m-%dT%H:%M:%SZ', known_at, '+0 days')),
  last_commodity INTEGER NOT NULL CHECK (last_commodity >= 0),
  last_account INTEGER NOT NULL CHECK (last_account >= 0),
  last_fact INTEGER NOT NULL CHECK (last_fact >= 0),
  last_transfer INTEGER NOT NULL CHECK (last_transfer >= 0),
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64)
) STRICT""",
    "commodity": """
CREATE TABLE commodity (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch (id),
  name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
  places INTEGER NOT NULL CHECK (places BETWEEN 0 AND 12)
) STRICT""",
    "account": """
CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch (id),
  family TEXT NOT NULL CHECK (length(family) > 0),
  sleeve TEXT NOT NULL,
  vintage TEXT NOT NULL,
  slot INTEGER NOT NULL CHECK (slot >= -1),
  commodity INTEGER NOT NULL REFERENCES commodity (id),
  UNIQUE (family, sleeve, vintage, slot)
) STRICT""",
    "fact": """
CREATE TABLE fact (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch (id),
  effective_on TEXT NOT NULL CHECK (effective_on IS date(effective_on, '+0 days')),
  known_at TEXT NOT NULL CHECK (known_at IS strftime('%Y-%m-%dT%H:%M:%SZ', known_at, '+0 days')),
  kind TEXT NOT NULL CHECK (length(kind) > 0),
  subject TEXT NOT NULL CHECK (length(subject) > 0),
  value INTEGER NOT NULL CHECK (value BETWEEN -4000000000000000000 AND 4000000000000000000),
  places INTEGER NOT NULL CHECK (places BETWEEN 0 AND 18),
  text TEXT NOT NULL,
  source TEXT NOT NULL CHECK (length(source) > 0),
  cite TEXT NOT NULL CHECK (length(cite) > 0)
) STRICT""",
    "transfer": """
CREATE TABLE transfer (
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch (id),
  debit INTEGER NOT NULL REFERENCES account (id),
  credit INTEGER NOT NULL REFERENCES account (id),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 4000000000000000000),
  flow TEXT NOT NULL CHECK (length(flow) > 0),
  document TEXT NOT NULL CHECK (length(document) > 0),
  rule TEXT NOT NULL CHECK (length(rule) > 0),
  CHECK (debit <> credit)
) STRICT""",
    "leg": """
CREATE TABLE leg (
  account INTEGER NOT NULL REFERENCES account (id),
  seq INTEGER NOT NULL CHECK (seq >= 1),
  transfer INTEGER NOT NULL REFERENCES transfer (id),
  amount INTEGER NOT NULL,
  balance INTEGER NOT NULL CHECK (balance BETWEEN -4000000000000000000 AND 4000000000000000000),
  PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID""",
}

CONTENTS = ("commodity", "account", "fact", "transfer")

INDEXES = {
    "fact_subject": "CREATE INDEX fact_subject ON fact (kind, subject, effective_on, id)",
    "fact_batch": "CREATE INDEX fact_batch ON fact (batch)",
    "transfer_batch": "CREATE INDEX transfer_batch ON transfer (batch)",
    "leg_transfer": "CREATE UNIQUE INDEX leg_transfer ON leg (transfer, account)",
}


def _refuse(name: str, event: str, table: str, when: str, why: str) -> str:
    condition = f"\nWHEN {when}" if when else ""
    return (f"CREATE TRIGGER {name} BEFORE {event} ON {table}{condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _next_id(table: str) -> str:
    return f"NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM {table})"


def _open_batch(table: str) -> str:
    return (f"NEW.batch IS NOT (SELECT max(id) FROM batch)"
            f" OR NEW.id > (SELECT last_{table} FROM batch WHERE id = NEW.batch)")


_LAST_BALANCE = "coalesce((SELECT balance FROM leg WHERE account = {0} ORDER BY seq DESC LIMIT 1), 0)"
_NEXT_SEQ = "coalesce((SELECT max(seq) FROM leg WHERE account = {0}), 0) + 1"


def _triggers() -> dict[str, str]:
    out: dict[str, str] = {}

    def add(name: str, event: str, table: str, when: str, why: str) -> None:
        out[name] = _refuse(name, event, table, when, why)

    for table in TABLES:
        add(f"{table}_no_update", "UPDATE", table, "", f"books are append-only: {table} is never updated")
        add(f"{table}_no_delete", "DELETE", table, "", f"books are append-only: {table} is never deleted from")
        if table != "leg":
            # Also what stops INSERT OR REPLACE, which removes rows without firing a delete trigger.
            add(f"{table}_next_id", "INSERT", table, _next_id(table),
                f"books are append-only: a {table} takes the next number")
    for table in CONTENTS:
        add(f"{table}_in_open_batch", "INSERT", table, _open_batch(table),
            f"a {table} belongs to the last batch, which states where it ends")
    add("commodity_once", "INSERT", "commodity", "EXISTS (SELECT 1 FROM commodity WHERE name = NEW.name)",
        "the commodity is on the books already")
    add("account_once", "INSERT", "account",
        "EXISTS (SELECT 1 FROM account WHERE family = NEW.family AND sleeve = NEW.sleeve"
        " AND vintage = NEW.vintage AND slot = NEW.slot)", "the account is on the books already")
    add("batch_chain", "INSERT", "batch",
        "NEW.prev_hash IS NOT coalesce((SELECT hash FROM batch ORDER BY id DESC LIMIT 1), "
        f"'{'0' * 64}')", "a batch names the hash of the one before it")
    add("batch_once", "INSERT", "batch", "EXISTS (SELECT 1 FROM batch WHERE hash = NEW.hash)",
        "a batch with this hash is on the books already")
    add("batch_forward", "INSERT", "batch",
        "EXISTS (SELECT 1 FROM batch WHERE id = (SELECT max(id) FROM batch)"
        " AND (session > NEW.session OR known_at > NEW.known_at))",
        "books go forward: neither session nor known_at may be earlier than the last batch")
    add("batch_whole", "INSERT", "batch", " OR ".join(
        f"(SELECT coalesce(max(id), 0) FROM {table}) <> coalesce((SELECT last_{table} FROM batch"
        f" ORDER BY id DESC LIMIT 1), 0) OR NEW.last_{table} < (SELECT coalesce(max(id), 0) FROM {table})"
        for table in CONTENTS), "the batch before is not complete")
    add("fact_known", "INSERT", "fact", "NEW.known_at > (SELECT known_at FROM batch WHERE id = NEW.batch)",
        "a fact cannot be recorded before it is known")
    add("transfer_one_commodity", "INSERT", "transfer",
        "(SELECT commodity FROM account WHERE id = NEW.debit)"
        " IS NOT (SELECT commodity FROM account WHERE id = NEW.credit)",
        "both accounts of a transfer hold the same commodity")
    add("transfer_cites", "INSERT", "transfer",
        "NOT EXISTS (SELECT 1 FROM fact WHERE kind = 'document' AND subject = NEW.document)",
        "a transfer cites a document whose hash is on the books")
    add("leg_by_transfer", "INSERT", "leg",
        "EXISTS (SELECT 1 FROM leg WHERE transfer = NEW.transfer AND account = NEW.account)"
        " OR NOT EXISTS (SELECT 1 FROM transfer t WHERE t.id = NEW.transfer"
        " AND t.id = (SELECT max(id) FROM transfer) AND"
        " ((t.debit = NEW.account AND t.amount = NEW.amount)"
        " OR (t.credit = NEW.account AND -t.amount = NEW.amount)))"
        f" OR NEW.seq IS NOT {_NEXT_SEQ.format('NEW.account')}"
        f" OR NEW.balance IS NOT {_LAST_BALANCE.format('NEW.account')} + NEW.amount",
        "balances move by transfers only")
    out["transfer_post"] = (
        "CREATE TRIGGER transfer_post AFTER INSERT ON transfer\nBEGIN\n" + "\n".join(
            f"  INSERT INTO leg (account, seq, transfer, amount, balance) SELECT {account},"
            f" {_NEXT_SEQ.format(account)}, NEW.id, {amount}, {_LAST_BALANCE.format(account)} + {amount};"
            for account, amount in (("NEW.debit", "NEW.amount"), ("NEW.credit", "-NEW.amount"))
        ) + "\nEND")
    return out


TRIGGERS = _triggers()


def statements() -> dict[str, str]:
    """Every object of the schema by name, as SQLite stores its text."""
    objects = {**TABLES, **INDEXES, **TRIGGERS}
    return {name: text.strip() for name, text in objects.items()}
