"""Results as one flat table for a spreadsheet or a data frame: CSV and Parquet of every figure in results.json."""
import csv
import io
from typing import Any, NamedTuple

_EXACT = 2**53  # a whole number above it does not fit a 64-bit float and stands in ``text`` as well
HEAD = ("key", "value", "text", "standard_error")


class Row(NamedTuple):
    """One figure or word of the results: ``key`` is its dotted path, items of a list by their place."""

    key: str
    value: float | int | None
    text: str | None
    standard_error: float | None


def flat(results: dict[str, Any]) -> list[Row]:
    """Every leaf of the results in their order; a headline {value, standard_error} is one row under its own path.

    Numbers stand in ``value``, words and true/false in ``text``; what is null has neither. A standard error stands
    beside its number, where the results keep it beside or above.
    """
    return _rows(results, "", {})


def _rows(part: Any, path: str, errors: Any) -> list[Row]:
    """Rows of one part; ``errors`` are the standard errors kept above it."""
    if isinstance(part, dict):
        return _of_object(part, path, errors)
    if isinstance(part, list):
        return [row for place, item in enumerate(part) for row in _rows(item, _join(path, str(place)), {})]
    error = errors if isinstance(errors, (int, float)) else None
    if isinstance(part, bool):
        return [Row(path, None, "true" if part else "false", None)]
    if isinstance(part, (int, float)):
        exact = None if abs(part) <= _EXACT or isinstance(part, float) else str(part)
        return [Row(path, part, exact, error)]
    return [Row(path, None, part, None)]


def _of_object(part: dict[str, Any], path: str, errors: Any) -> list[Row]:
    own = part.get("standard_error")
    below = own if isinstance(own, dict) else errors if isinstance(errors, dict) else {}
    headline = "value" in part and isinstance(own, (int, float))
    rows = []
    for key, item in part.items():
        if key == "standard_error" and (headline or isinstance(own, dict)):
            continue
        if key == "value" and headline:
            rows += _rows(item, path, own)
        else:
            rows += _rows(item, _join(path, key), below.get(key, {}))
    return rows


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def csv_bytes(results: dict[str, Any]) -> bytes:
    """The flat table as CSV (UTF-8, LF, a head); numbers in the fewest digits that read back the same."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(["" if cell is None else cell for cell in row] for row in flat(results))
    return out.getvalue().encode()


def parquet_bytes(results: dict[str, Any]) -> bytes:
    """The flat table as Parquet: key and text as strings, value and standard_error as 64-bit floats."""
    import polars

    columns = list(zip(*flat(results), strict=True))
    kinds = (polars.String, polars.Float64, polars.String, polars.Float64)
    frame = polars.DataFrame([
        polars.Series(name, [float(x) if kind is polars.Float64 and x is not None else x for x in column], dtype=kind)
        for name, kind, column in zip(HEAD, kinds, columns, strict=True)])
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return out.getvalue()
