"""A table of the report: a caption, a head and rows of text."""

from __future__ import annotations

from typing import Any, NamedTuple

from alts401k.report.words import show, with_error


class Table(NamedTuple):
    """A caption, a head and rows of text; the first column heads its row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def changes_row(label: str, found: dict[str, Any], keys: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """A label and its headlines with their errors; `keys` are (key, kind of number)."""
    return label, *(with_error(found[key], kind) for key, kind in keys)


def pair_row(label: str, found: dict[str, Any], kind: str) -> tuple[str, str, str]:
    """A label with the figures of the proposed fund and of the baseline."""
    return label, show(found["proposed"], kind), show(found["baseline"], kind)
