"""What the documents of a case share: strict frozen models, names, rows, fields that state their unit."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError

T = TypeVar("T")


class Document(BaseModel):
    """A frozen part of a document: unknown keys, quoted numbers, true for 1, NaN, infinity are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=False
    )


def _row(value: Any) -> Any:
    # TOML arrays arrive as lists; a frozen document keeps tuples.
    return tuple(value) if isinstance(value, list) else value


def whole_number(value: Any) -> Any:
    """The value itself; raises for true and 1.0, which Python takes for an allowed 1."""
    if type(value) is int:
        return value
    raise PydanticKnownError("int_type")


def _by_name(value: dict[str, T]) -> dict[str, T]:
    # The order of sleeves, blocks and fee layers is part of a result: it may not depend on the file's.
    return {name: value[name] for name in sorted(value)}


NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]
Row = Annotated[tuple[T, ...], BeforeValidator(_row)]
Named = Annotated[dict[Name, T], AfterValidator(_by_name)]


def field(description: str, unit: str, default: Any = ..., **limits: Any) -> Any:
    """A pydantic field with its description, its unit (for the schema and for messages) and its limits."""
    return Field(default, description=description, json_schema_extra={"unit": unit}, **limits)


def recorded(description: str, unit: str, default: Any = ..., **limits: Any) -> Any:
    """A field that is validated and kept on file; no run depends on it yet, and the schema says so."""
    extra = {"unit": unit, "recorded_only": True}
    return Field(default, description=description, json_schema_extra=extra, **limits)


def rate(description: str, default: Any = ..., *, ge: float = 0.0, le: float = 0.5, **limits: Any) -> Any:
    """A yearly rate as a fraction: 0.0125 is 1.25% a year."""
    return field(description, "fraction a year", default, ge=ge, le=le, **limits)


def share(description: str, default: Any = ..., *, of: str = "net assets", **limits: Any) -> Any:
    """A share in [0, 1] of something that the unit names."""
    return field(description, f"fraction of {of}", default, ge=0.0, le=1.0, **limits)


def leaves(tree: Any, prefix: str = "") -> dict[str, Any]:
    """Dotted path to value of every leaf: a scalar or a whole array is one, an empty one is none."""
    if isinstance(tree, Mapping):
        found: dict[str, Any] = {}
        for key, value in tree.items():
            found.update(leaves(value, f"{prefix}.{key}" if prefix else str(key)))
        return found
    return {} if tree is None or tree == "" or tree == () or tree == [] else {prefix: tree}
