"""docs/results.md from the shipped schema; `python -m tests.report.results_page` in the repository writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alts401k.report import schema
from alts401k.report.shape import entries

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results.md"

_HEAD = """\
# Results: every key of `results.json`

This page is written from `src/alts401k/report/results.schema.json` (JSON Schema 2020-12), which ships with the
package. A test compares the two. Nothing else may stand in the file: every object is closed.

- Changes are fractions: 0.012 is +1.2%. Rates are yearly fractions.
- Real dollars are dollars of the day the run starts, `run.as_of`.
- `standard_error` is the Monte Carlo error. Its unit is the path, not the person: people on one path share its
  fate. It says nothing about whether the assumptions hold.
- `.*` stands for names that the case chooses, such as sleeves or fee layers; `[]` for the items of a list.
- Social Security and tax are outside every number.
- The file holds no time of day and no path of a machine. The same inputs, package and seed give the same bytes on
  one machine.
- The headings are the six factors of the proposed 29 CFR 2550.404a-6. It is a proposed rule.

In Python: `alts401k.evaluate(case).data`. To check a file against the schema, use any validator of JSON Schema.
"""
_ROOMS = {
    "run": "What was run",
    "performance": "(g) Performance",
    "fees": "(h) Fees",
    "liquidity": "(i) Liquidity",
    "valuation": "(j) Valuation",
    "benchmark": "(k) Benchmark",
    "complexity": "(l) Complexity",
}


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for room, title in _ROOMS.items():
        rule = schema()["properties"][room]
        parts.append(
            f"\n## `{room}`: {title}\n\n{rule['description']}\n\n| key | unit | meaning |\n|---|---|---|\n"
        )
        parts += [
            _row(path, part)
            for path, part in entries(rule, room)[1:]
            if "description" in part and not _is_item(path, part)
        ]
    return "".join(parts)


def _is_item(path: str, rule: dict[str, Any]) -> bool:
    """An item of a list that is an object: its keys follow, so it needs no row of its own."""
    return path.endswith("[]") and rule["type"] == "object"


def _row(path: str, rule: dict[str, Any]) -> str:
    types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    unit = rule.get("x-unit") or {"string": "text", "boolean": "true or false"}.get(types[0], "")
    meaning = rule["description"]
    if "enum" in rule:
        meaning += f" One of {', '.join(f'`{word}`' for word in rule['enum'])}."
    if "null" in types:
        meaning += " May be null."
    if "x-formula" in rule:
        meaning += f" Formula: `{rule['x-formula']}`."
    return f"| `{path}` | {unit} | {meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
