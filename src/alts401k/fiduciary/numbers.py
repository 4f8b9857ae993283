"""A number of the run, cited by its path into results.json."""

from __future__ import annotations

from typing import Any, NamedTuple


class Number(NamedTuple):
    """One value of the results: `path` is dotted from the top, `kind` says how to print it."""

    label: str
    path: str
    kind: str
    value: Any
    standard_error: float | None = None


def at(results: dict[str, Any], path: str) -> Any:
    """The value at a dotted path of the results, items of a list by their place; KeyError names a path to nowhere."""
    value: Any = results
    for key in path.split("."):
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            raise KeyError(path)
    return value


def number(results: dict[str, Any], label: str, path: str, kind: str) -> Number:
    """A value with its Monte Carlo standard error: from the headline itself, or from a `standard_error` above it."""
    value = at(results, path)
    if isinstance(value, dict):
        return Number(label, path, kind, value["value"], value["standard_error"])
    keys = path.split(".")
    for depth in range(len(keys) - 1, 0, -1):
        above = at(results, ".".join(keys[:depth]))
        found = _follow(above.get("standard_error"), keys[depth:]) if isinstance(above, dict) else None
        if found is not None:
            return Number(label, path, kind, value, found)
    return Number(label, path, kind, value)


class Statement(NamedTuple):
    """A sentence with {0}, {1}, ... where its numbers go; each number cites its path into the results."""

    text: str
    numbers: tuple[Number, ...] = ()


def asset_words(name: str) -> str:
    """An asset as words inside a sentence: `us_large_cap` becomes `US large cap`; braces doubled."""
    text = name.replace("_", " ")
    return escape(f"US{text[2:]}" if text.startswith("us ") else text)


def escape(text: str) -> str:
    """Words of the case with their braces doubled, so that they do not look like the places of numbers."""
    return text.replace("{", "{{").replace("}", "}}")


def _follow(value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
