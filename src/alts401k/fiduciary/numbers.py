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
    """The value at a dotted path of the results; KeyError names the path when it leads nowhere."""
    value: Any = results
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            raise KeyError(path)
        value = value[key]
    return value


def number(results: dict[str, Any], label: str, path: str, kind: str) -> Number:
    """A value with its Monte Carlo standard error: from the headline itself, or from a `standard_error` above it."""
    value = at(results, path)
    if isinstance(value, dict):
        return Number(label, path, kind, value["value"], value["standard_error"])
    keys = path.split(".")
    for depth in range(len(keys) - 1, 0, -1):
        found = _follow(at(results, ".".join(keys[:depth])).get("standard_error"), keys[depth:])
        if found is not None:
            return Number(label, path, kind, value, found)
    return Number(label, path, kind, value)


def _follow(value: Any, keys: list[str]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
