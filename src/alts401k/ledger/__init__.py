"""Append-only books in integers: transfers, facts, running balances and a hash chain, in one SQLite file."""

from alts401k.ledger.books import (
    GENESIS,
    Account,
    Batch,
    Books,
    Commodity,
    Fact,
    Refused,
    Transfer,
    Writer,
    batch_hash,
)
from alts401k.ledger.verify import Check, Report, verify

__all__ = ["GENESIS", "Account", "Batch", "Books", "Check", "Commodity", "Fact", "Refused", "Report",
           "Transfer", "Writer", "batch_hash", "verify"]
