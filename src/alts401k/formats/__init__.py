"""The field's own files: the whole journal as plain-text accounting, and one line a session."""

from alts401k.formats.daily import DayRow, VintageDay, daily, daily_csv, daily_table, percent
from alts401k.formats.plaintext import beancount, hledger

__all__ = ["DayRow", "VintageDay", "beancount", "daily", "daily_csv", "daily_table", "hledger", "percent"]
