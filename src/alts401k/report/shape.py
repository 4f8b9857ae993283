"""The shape of results.json: the shipped JSON Schema and a light check of it that needs no other package."""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
}


class ResultsInvalid(ValueError):
    """Results that do not have the published shape; `.items` lists every place and what is wrong there."""

    def __init__(self, items: list[str]) -> None:
        self.items = items
        super().__init__("results do not match results.schema.json:\n" + "\n".join(items))


@lru_cache(maxsize=1)
def _text() -> str:
    return files(__package__).joinpath("results.schema.json").read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of results.json, with `x-unit` and `x-formula` beside the descriptions."""
    return json.loads(_text())


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    """The schema parsed once; nobody may change it."""
    return schema()


def entries(rule: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    """Every place of a schema in order, as (dotted path, rule); `[]` marks items and `*` keys of any name."""
    found = [(path, rule)]
    for name, part in rule.get("properties", {}).items():
        found += entries(part, f"{path}.{name}" if path else name)
    if isinstance(rule.get("additionalProperties"), dict):
        found += entries(rule["additionalProperties"], f"{path}.*")
    if "items" in rule:
        found += entries(rule["items"], f"{path}[]")
    return found


def validate(results: dict[str, Any]) -> None:
    """Check results against the shipped schema; raises ResultsInvalid with every fault, returns nothing."""
    items = sorted(_faults(results, _rules(), "results"))
    if items:
        raise ResultsInvalid(items)


def _faults(value: Any, rule: dict[str, Any], where: str) -> list[str]:
    """Faults of one value under one rule; knows just the keywords that the shipped schema uses."""
    names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    if not any(_is(value, name) for name in names):
        return [f"{where}: must be {' or '.join(names)}, is {type(value).__name__}"]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, dict):
        return _object_faults(value, rule, where)
    if isinstance(value, list):
        faults = [f for i, item in enumerate(value) for f in _faults(item, rule["items"], f"{where}[{i}]")]
        if len(value) < rule.get("minItems", 0):
            faults.append(f"{where}: needs at least {rule['minItems']} items, has {len(value)}")
        return faults
    if isinstance(value, str):
        return _string_faults(value, rule, where)
    return _number_faults(value, rule, where)


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def _object_faults(value: dict[str, Any], rule: dict[str, Any], where: str) -> list[str]:
    known = rule.get("properties", {})
    other = rule.get("additionalProperties", False)
    pattern = rule.get("propertyNames", {}).get("pattern", "")
    faults = [f"{where}.{key}: is missing" for key in rule.get("required", ()) if key not in value]
    for key, item in value.items():
        if key in known:
            faults += _faults(item, known[key], f"{where}.{key}")
        elif other is False:
            faults.append(f"{where}.{key}: is not a known key")
        elif not isinstance(key, str) or not re.search(pattern, key):
            faults.append(f"{where}.{key}: is not a name this place allows")
        else:
            faults += _faults(item, other, f"{where}.{key}")
    return faults


def _string_faults(value: str, rule: dict[str, Any], where: str) -> list[str]:
    faults = []
    if len(value) < rule.get("minLength", 0):
        faults.append(f"{where}: must not be empty")
    if not re.search(rule.get("pattern", ""), value):
        faults.append(f"{where}: {value!r} does not match {rule['pattern']}")
    if "enum" in rule and value not in rule["enum"]:
        faults.append(f"{where}: {value!r} is not one of {', '.join(rule['enum'])}")
    return faults


def _number_faults(value: float, rule: dict[str, Any], where: str) -> list[str]:
    if not math.isfinite(value):
        return [f"{where}: must be a finite number, is {value}"]
    if value < rule.get("minimum", value):
        return [f"{where}: must be at least {rule['minimum']}, is {value}"]
    if value > rule.get("maximum", value):
        return [f"{where}: must be at most {rule['maximum']}, is {value}"]
    return []
