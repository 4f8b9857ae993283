"""The field's own files: here the whole journal as plain-text accounting, for beancount and hledger."""

from alts401k.formats.plaintext import beancount, hledger

__all__ = ["beancount", "hledger"]
