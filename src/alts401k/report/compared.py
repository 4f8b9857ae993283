"""A comparison of two cases or two runs as text: inputs that differ, then how the headlines moved."""

from __future__ import annotations

import textwrap
from typing import Any

from alts401k.report.explained import kind_of, shown
from alts401k.report.words import show, show_error

WIDTH = 80
_LONGEST = 60  # characters of a value before it is cut


def comparison(data: dict[str, Any]) -> str:
    """What `compare` found, in lines of at most 80 columns (names may be longer)."""
    a, b = data["a"], data["b"]
    lines = [f"A  {_side(a)}", f"B  {_side(b)}", ""]
    if data["equal"]:
        lines += _wrap("A and B are equal: no input differs, so every number is the same." if not data["ran"] else
                       "A and B are equal: no input differs and no headline moved.")
        return "\n".join(lines) + "\n"
    lines += ["INPUTS that differ"] if data["inputs"] else ["INPUTS: none differs"]
    where = ""
    for row in data["inputs"]:
        if row["where"] != where:
            where = row["where"]
            lines.append(f"  {where}")
        lines += [*_wrap(row["key"], "    ", "      "), *_wrap(f"A  {_value(row['a'])}", "      ", "         "),
                  *_wrap(f"B  {_value(row['b'])}", "      ", "         ")]
    lines += ["", "HEADLINES from A to B, with one standard error of the move"]
    for row in data["headlines"]:
        lines += _headline(row)
    return "\n".join([*lines, "", *_wrap(_pairing(data))]) + "\n"


def _side(side: dict[str, Any]) -> str:
    run = f": {side['paths']:,} paths, seed {side['seed']}, run {side['id']}" if side["id"] else ""
    return f"{side['name']} ({side['kind']}){run}"


def _pairing(data: dict[str, Any]) -> str:
    if not data["paired"]:
        return (f"Not paired: {data['not_paired_because']}. A move is the difference of two runs, and its error that of"
                " independent draws.")
    return ("Paired: the same people meet the same markets under A and under B. 'at most' marks an error that leaves"
            " out what the two runs have in common, and so is too large rather than too small.")


def _headline(row: dict[str, Any]) -> list[str]:
    key, unit = row["key"], row["unit"]
    values = f"{shown(key, row['a'], unit)} -> {shown(key, row['b'], unit)}"
    if row["change"] is None:
        return [f"  {key}", f"      {values}"]
    if not row["change"]:
        return [f"  {key}", f"      {shown(key, row['a'], unit)}   unchanged"]
    kind = _moved_kind(key, unit)
    text = f"moved {show(row['change'], kind)}"
    if row["standard_error"] is not None:
        most = "at most " if row["error_of"] == "at most" else ""
        text += f" +/- {most}{show_error(row['standard_error'], kind)}"
    return [f"  {key}", f"      {values}   {text}"]


def _moved_kind(key: str, unit: str) -> str:
    """A move shows its sign, so shares and rates are told as changes."""
    kind = kind_of(key, unit)
    if kind in ("share", "rate"):
        return "change"
    return {"usd": "usd_signed", "text": "ratio", "count": "ratio"}.get(kind, kind)


def _value(value: Any) -> str:
    if value is None:
        return "(none)"
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False,
                         break_on_hyphens=False)
