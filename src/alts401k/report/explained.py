"""An explanation of numbers as text: value, formula, code, and the inputs with their sources."""

from __future__ import annotations

import textwrap
from typing import Any

from alts401k.report.words import assumption_value, show, show_error

WIDTH = 80
_BY_UNIT = (
    ("fraction a year", "rate"),
    ("fraction of assets a year", "rate"),
    ("fraction", "share"),
    ("USD a year per $1,000", "per_1000"),
    ("USD a year", "usd_signed"),
    ("real USD", "usd"),
    ("days", "days"),
    ("ratio", "ratio"),
    ("count", "count"),
)


def explanation(data: dict[str, Any]) -> str:
    """What `explain` found, in lines of at most 80 columns (names and citations may be longer)."""
    run = data["run"]
    lines = [
        *_wrap(f"{run['case']}: {run['paths']:,} paths, seed {run['seed']}, {run['people']:,} people of {run['plan']}"
               f" as of {run['as_of']}; run {run['id']}"),
    ]
    for number in data["numbers"]:
        lines += ["", *_number(number)]
    lines += ["", "INPUTS that enter them, each with its source"]
    for row in data["assumptions"]:
        lines += _input(row)
    files = ", ".join(entry["file"] for entry in data["files"])
    lines += ["", *_wrap(f"Read from {files}. Today's fund and the people enter through their files.")]
    return "\n".join(lines) + "\n"


def kind_of(key: str, unit: str) -> str:
    """How a number of the results is printed, from its unit and its name."""
    if unit.startswith("fraction") and ("change" in key or "decomposition" in key):
        return "change"
    return next((kind for start, kind in _BY_UNIT if unit.startswith(start)), "text")


def shown(key: str, value: Any, unit: str) -> str:
    """A number of the results as text; a list by how many rows it has."""
    if isinstance(value, list):
        return f"{len(value)} rows (--json shows them)"
    kind = kind_of(key, unit)
    return show(value, "ratio" if kind in ("text", "count") and isinstance(value, float) else kind)


def _number(number: dict[str, Any]) -> list[str]:
    value = shown(number["key"], number["value"], number["unit"])
    if number["standard_error"] is not None:
        kind = kind_of(number["key"], number["unit"])
        value += f" +/- {show_error(number['standard_error'], 'ratio' if kind == 'text' else kind)}"
    unit = f" ({number['unit']})" if number["unit"] else ""
    groups = _groups(number["inputs"])
    return [
        number["key"],
        f"  {value}{unit}",
        *_wrap(number["meaning"], "  ", "  "),
        *_wrap(f"Formula  {number['formula'] or 'stated by the meaning above'}", "  ", "           "),
        *_wrap(f"Code     room {number['room']}: {', from '.join(number['code'])}", "  ", "           "),
        *_wrap(f"Inputs   {groups}", "  ", "           "),
    ]


def _groups(names: list[str]) -> str:
    """How many inputs of each family enter, in the order of the list."""
    heads: dict[str, list[str]] = {}
    for name in names:
        heads.setdefault(name.split(".")[0], []).append(name)
    return ", ".join(head if found == [head] else f"{head}.* ({len(found)})" for head, found in heads.items())


def _input(row: dict[str, Any]) -> list[str]:
    value = assumption_value(row["value"], row["unit"])
    return [*_wrap(f"{row['name']} = {value}", "  ", "      "),
            *_wrap(f"{row['kind']}: {row['source']}", "      ", "      ")]


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)
