"""Cases for these tests: the one docs/case-folder.md builds, and a TOML writer that knows its lines."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from alts401k.terms.case import Case, load_case
from alts401k.units import Problem, Problems

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "case-folder.md"
EXAMPLES = ROOT / "examples"
KNOWN: dict[str, frozenset[str]] = {
    "populations": frozenset({"cps-2026"}),
    "sets": frozenset({"survey", "horizon-2026", "no-premium", "adverse"}),
    "assets": frozenset(
        (
            *("us_large_cap", "us_small_cap", "intl_developed", "emerging", "us_core_bonds", "cash", "tips"),
            *("private_equity", "private_debt", "high_yield", "gold", "bitcoin"),
            *("real_estate", "infrastructure", "listed_real_estate"),
        )
    ),
}


def page_files() -> dict[str, str]:
    """File name to text of every block of the page that stands under a file's name."""
    pattern = r"\*\*`([\w./-]+)`\*\*\n\n```(?:toml|csv)\n(.*?)```"
    return dict(re.findall(pattern, PAGE.read_text(encoding="utf-8"), re.DOTALL))


def write(folder: Path, files: dict[str, str]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return folder


def load(folder: Path) -> Case:
    """The case of a folder in a world with a handful of names."""
    return load_case(folder, **KNOWN)


def problems(folder: Path) -> list[Problem]:
    """Everything wrong with a folder; nothing if it loads."""
    try:
        load(folder)
    except Problems as found:
        return found.items
    return []


def toml(tree: dict[str, Any]) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """A document as TOML text, one key a line, and the line of each of its values and array elements."""
    lines: list[str] = []
    where: dict[tuple[str | int, ...], int] = {}

    def table(part: dict[str, Any], path: tuple[str | int, ...], title: str) -> None:
        inner = [key for key, value in part.items() if _opens_table(value)]
        for key in (key for key in part if key not in inner):
            where[(*path, key)] = len(lines) + 1
            for index in range(len(part[key]) if isinstance(part[key], list) else 0):
                where[(*path, key, index)] = len(lines) + 1
            lines.append(f"{_key(key)} = {_value(part[key])}")
        for key in inner:
            below = f"{title}.{_key(key)}" if title else _key(key)
            elements = part[key] if isinstance(part[key], list) else [part[key]]
            for index, element in enumerate(elements):
                one = isinstance(part[key], dict)
                at = (*path, key) if one else (*path, key, index)
                lines.append(f"[{below}]" if one else f"[[{below}]]")
                where[at] = len(lines)
                table(element, at, below)

    table(tree, (), "")
    return "\n".join(lines) + "\n", where


def _opens_table(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(element, dict) for element in value)
    return isinstance(value, dict) and bool(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        escaped = "".join(f"\\u{ord(c):04x}" if c < " " or c in '"\\\x7f' else c for c in value)
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(_value(element) for element in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    return repr(value)
