"""Validation errors in the words of somebody who writes fund documents."""

from collections.abc import Iterator
from datetime import date, time
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from alts401k.terms.checks import Finding, Path, dotted, number
from alts401k.terms.fields import NAME_PATTERN

_KINDS = {
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2025-12-31",
    "tuple_type": "must be an array in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
_LIMITS = {
    "greater_than": ("gt", "must be above"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be below"),
    "less_than_equal": ("le", "must be at most"),
}


def findings(model: type[BaseModel], error: ValidationError) -> Iterator[Finding]:
    """Each error of one document, reworded; whole-document errors are left to `checks`, which place them."""
    for raw in error.errors(include_url=False):
        if raw["type"] != "value_error":
            yield _finding(model, raw)


def close(word: str, known: Any) -> str:
    """`Did you mean "..."? ` if one of the known words is close, else nothing: the start of a fix."""
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    match = get_close_matches(word.lower(), by_lower, n=1)
    return f'Did you mean "{by_lower[match[0]]}"? ' if match else ""


def shown(value: Any) -> str:
    """A value as its document writes it, at most about 40 characters long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (list, tuple)):
        return "an array"
    text = (
        f'"{value}"'
        if isinstance(value, str)
        else f"{value}"
        if isinstance(value, (date, time))
        else repr(value)
    )
    return text if len(text) <= 40 else text[:37] + "..."


def _finding(model: type[BaseModel], raw: Any) -> Finding:
    kind, context, value = raw["type"], raw.get("ctx", {}), raw["input"]
    in_key = bool(raw["loc"]) and raw["loc"][-1] == "[key]"
    path: Path = tuple(raw["loc"][:-1] if in_key else raw["loc"])
    around, info = _field_at(model, path)
    if kind == "extra_forbidden":
        return _unknown_key(path, around)
    if kind == "missing":
        where = f"{dotted(path[:-1])}: " if path[:-1] else ""
        return Finding(path, f'{where}missing key "{path[-1]}"', f"Add it; {_meaning(path, info)}")
    if in_key:
        message = f'{dotted(path[:-1])}: the name "{path[-1]}" is not allowed'
        return Finding(
            path, message, "Names are letters, digits, - and _, start with a letter and have at most 40"
        )
    if kind in _KINDS:
        fix = f"Correct it; {_meaning(path, info)}"
        if isinstance(value, str) and number(_parsed(value)) is not None and "number" in _KINDS[kind]:
            fix = "Remove the quotes"
        return Finding(path, f"{dotted(path)} is {shown(value)}, {_KINDS[kind]}", fix)
    if kind in _LIMITS:
        return _out_of_range(path, value, *_LIMITS[kind], context, info)
    if kind == "literal_error":
        return _not_a_word(path, value, context)
    return _wrong_size(path, value, kind, context, info)


def _unknown_key(path: Path, around: type[BaseModel] | None) -> Finding:
    known = list(around.model_fields) if around else []
    where = f"{dotted(path[:-1])}: " if path[:-1] else ""
    fix = close(str(path[-1]), known) or "Remove it. "
    fix += (
        f"The keys here are {', '.join(known)}" if len(known) <= 18 else "The schema command lists the keys"
    )
    return Finding(path, f'{where}unknown key "{path[-1]}"', fix)


def _out_of_range(
    path: Path, value: Any, key: str, words: str, context: Any, info: FieldInfo | None
) -> Finding:
    limit = context[key]
    if not _unit(info).startswith("fraction"):
        return Finding(
            path,
            f"{dotted(path)} is {shown(value)}, {words} {limit:g}",
            f"Correct it; {_meaning(path, info)}",
        )
    message = f"{dotted(path)} is {value:g} = {100 * value:g}%, {words} {limit:g} = {100 * limit:g}%"
    if value >= limit > 0 and value <= 100 * limit:
        return Finding(path, message, f"Write {value / 100:g} for {value:g}%")
    return Finding(path, message, f"Correct it; {_meaning(path, info)}")


def _not_a_word(path: Path, value: Any, context: Any) -> Finding:
    words = context["expected"].replace("'", '"')
    known = [word.strip(' "') for word in words.replace(" or ", ", ").split(",")]
    fix = close(value, known) if isinstance(value, str) else ""
    return Finding(path, f"{dotted(path)} is {shown(value)}", f"{fix}Write one of {words}")


def _wrong_size(path: Path, value: Any, kind: str, context: Any, info: FieldInfo | None) -> Finding:
    text = {
        "string_too_short": "is empty",
        "string_too_long": f"has more than {context.get('max_length')} characters",
        "too_short": "is empty",
        "too_long": f"has {context.get('actual_length')} entries, {context.get('max_length')} at most",
        "string_pattern_mismatch": f"is {shown(value)}, which has not the right form",
    }.get(kind, f"is {shown(value)}, which is not accepted here")
    if context.get("pattern") == NAME_PATTERN:
        return Finding(
            path, f"{dotted(path)} {text}", "Names are letters, digits, - and _, and start with a letter"
        )
    return Finding(path, f"{dotted(path)} {text}", f"Correct it; {_meaning(path, info)}")


def _parsed(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unit(info: FieldInfo | None) -> str:
    extra = info.json_schema_extra if info else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _meaning(path: Path, info: FieldInfo | None) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "it")
    return f"{name} means: {info.description} ({_unit(info)})" if info else "the schema command describes it"


def _field_at(model: type[BaseModel], path: Path) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The model around the end of a path, and the last field on the way to it."""
    here: Any = model
    around: type[BaseModel] | None = None
    info: FieldInfo | None = None
    for part in path:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            around = here
            # A key that no field has keeps the model around it, whose keys are then suggested.
            info = here.model_fields.get(str(part))
            here = info.annotation if info else None
        else:
            inner = [arg for arg in get_args(here) if arg is not Ellipsis]
            here = inner[-1] if inner else None
    return around, info


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
    return annotation
