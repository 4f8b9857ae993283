"""The schema of every file of a case, made from the models: as JSON Schema, and in words."""

from collections.abc import Iterator
from typing import Any

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.census import COLUMNS, MOST_DOLLARS, OPTIONAL
from alts401k.terms.fund import Fund
from alts401k.terms.plan import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS = {"fund": Fund, "plan": Plan, "assumptions": Assumptions}
FILES = {
    "fund": "fund.toml, baseline.toml, alternatives/*.toml",
    "plan": "plan.toml",
    "assumptions": "assumptions.toml",
    "census": "the CSV file that plan.toml names as census",
}

LIMITS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
WORD_UNITS = ("word", "words")


def schema() -> dict[str, Any]:
    """JSON Schema of fund, plan, assumptions and census, each key with description, unit, default."""
    found: dict[str, Any] = {}
    for name, model in MODELS.items():
        found[name] = {"$schema": DIALECT, "x-file": FILES[name], **model.model_json_schema()}
    found["census"] = _census()
    return found


def _census() -> dict[str, Any]:
    limits = {
        "birth_year": {},
        "pay": {"minimum": 0, "maximum": MOST_DOLLARS},
        "balance": {"minimum": 0, "maximum": MOST_DOLLARS},
        "deferral": {"minimum": 0, "maximum": 1},
        "opt_in": {"minimum": 0, "maximum": 1, "default": None},
    }
    columns = {
        name: {"type": kind, "description": description, "unit": unit, **limits[name]}
        for name, (description, unit, kind) in (COLUMNS | OPTIONAL).items()
    }
    row = {
        "description": "One person.",
        "type": "object",
        "additionalProperties": False,
        "required": list(COLUMNS),
        "properties": columns,
    }
    description = "One person a row: a UTF-8 CSV file whose header is exactly the columns, in any order."
    return {
        "$schema": DIALECT,
        "x-file": FILES["census"],
        "title": "Census",
        "description": description,
        "type": "array",
        "minItems": 1,
        "items": row,
    }


def describe() -> str:
    """Every key of every file in words: its type, unit, default and meaning, one a line."""
    pages = []
    for name, document in schema().items():
        lines = [FILES[name], document["description"], ""]
        if name == "census":
            lines += [
                _line(key, value, required=key in document["items"]["required"])
                for key, value in document["items"]["properties"].items()
            ]
        else:
            lines += _rows(document, document["$defs"], "")
        pages.append("\n".join(lines))
    return "\n\n\n".join(pages) + "\n"


def _rows(part: dict[str, Any], definitions: dict[str, Any], prefix: str) -> Iterator[str]:
    for key, value in part["properties"].items():
        yield _line(prefix + key, value, required=key in part.get("required", []))
        inner, suffix = _inside(value)
        if inner:
            yield from _rows(definitions[inner], definitions, f"{prefix}{key}{suffix}.")


def _inside(value: dict[str, Any]) -> tuple[str, str]:
    """Name of the model inside a property and how its path goes on: a table, tables by name, or an array."""
    for option in value.get("anyOf", [value]):
        for holder, suffix in (
            (option, ""),
            (option.get("additionalProperties"), ".NAME"),
            (_by_pattern(option), ".NAME"),
            (option.get("items"), "[]"),
        ):
            if isinstance(holder, dict) and "$ref" in holder:
                return holder["$ref"].rsplit("/", 1)[1], suffix
    return "", ""


def _by_pattern(option: dict[str, Any]) -> Any:
    return next(iter(option.get("patternProperties", {}).values()), None)


def _line(path: str, value: dict[str, Any], *, required: bool) -> str:
    options = value.get("anyOf", [value])
    words = [str(word) for option in (*options, value.get("items", {})) for word in option.get("enum", ())]
    notes = [" | ".join(words)] if words else []
    if not words or value["unit"] not in WORD_UNITS:
        notes.insert(0, value["unit"])
    notes += [
        f"{name} {option[key]:g}" for option in options for key, name in LIMITS.items() if key in option
    ]
    default = value.get("default")
    if required:
        notes.append("required")
    elif default not in (None, "", []) and not isinstance(default, dict):
        notes.append(f"default {str(default).lower() if isinstance(default, bool) else default}")
    if value.get("recorded_only"):
        notes.append("kept on file, not run")
    return f"  {path}\n      {value['description']} ({'; '.join(notes)})"
