"""A case's own scenarios: a CSV or Parquet file with columns scenario, month, then one column an asset.

scenario counts from 1 and month from 1, in order and without gaps, every scenario with the same number of months.
A cell is the asset's return of that month, simple (0.01) or gross (1.01) as the case declares, before the fund's
and its managers' fees. There is a column for cash, and for each asset that a fund of the case holds.
"""

import csv
import io
import math
import re
from typing import NamedTuple

import numpy as np

from alts401k.terms.fields import NAME_PATTERN
from alts401k.units import Problem

KEYS = ("scenario", "month")
MOST_PROBLEMS = 50
LARGEST_GROWTH = 1000.0
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_PARQUET = b"PAR1"


class Scenarios(NamedTuple):
    """Gross monthly returns (scenarios, months, assets) of the named assets, in the file's order."""

    file: str
    assets: tuple[str, ...]
    growth: np.ndarray


def read(name: str, data: bytes, returns: str = "simple") -> tuple[Scenarios | None, list[Problem]]:
    """The scenarios in a file, or everything wrong with it; `returns` is "simple" or "gross"."""
    found: list[Problem] = []
    table = _parquet(name, data, found) if data[:4] == _PARQUET else _csv(name, data, found)
    if table is None or found:
        return None, _first(name, found)
    header, lines, rows = table
    if not len(rows):
        return None, [Problem(name, 1, "there is a header and no months", "Add one row a scenario and month")]
    months = _order(name, lines, rows[:, :2], found)
    _sizes(name, header, lines, rows[:, 2:], returns, found)
    if found:
        return None, _first(name, found)
    growth = rows[:, 2:] + (1.0 if returns == "simple" else 0.0)
    return Scenarios(name, header[2:], np.ascontiguousarray(growth.reshape(-1, months, growth.shape[1]))), []


def _first(name: str, found: list[Problem]) -> list[Problem]:
    found = sorted(found, key=lambda item: item.line or 0)
    if len(found) <= MOST_PROBLEMS:
        return found
    more = f"and {len(found) - MOST_PROBLEMS} more problems in this file"
    return [*found[:MOST_PROBLEMS], Problem(name, found[MOST_PROBLEMS].line, more, "Correct these first")]


def _header(name: str, header: list[str], found: list[Problem]) -> bool:
    wanted = "The header is scenario,month, then one column an asset"
    before = len(found)
    if tuple(header[:2]) != KEYS:
        message = f"the first two columns are {', '.join(header[:2]) or 'missing'}, not scenario, month"
        found.append(Problem(name, 1, message, wanted))
    elif len(header) == 2:
        found.append(Problem(name, 1, "there is no column for any asset", wanted))
    for column in dict.fromkeys(header[2:]):
        if not re.fullmatch(NAME_PATTERN, column) or len(column) > 40:
            fix = "Names are letters, digits, - and _, start with a letter and have at most 40"
            found.append(Problem(name, 1, f'the column name "{column[:60]}" is not allowed', fix))
        if header.count(column) > 1:
            message = f'column "{column}" is there {header.count(column)} times'
            found.append(Problem(name, 1, message, "Keep one of them"))
    if not found and "cash" not in header:
        found.append(Problem(name, 1, 'missing column "cash"', "Every run needs the return of cash"))
    return len(found) == before


def _csv(name: str, data: bytes, found: list[Problem]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray] | None:
    """Header, line of each row and cells (rows, columns) of a CSV file; what cannot be read goes to `found`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found.append(Problem(name, line, "this line is not UTF-8 text", "Save the file as UTF-8, or as Parquet"))
        return None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    cells: list[list[float]] = []
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if not _header(name, header, found):
            return None
        plain = _plain_numbers(text, len(header))
        if plain is not None:
            return tuple(header), np.arange(2, len(plain) + 2), plain
        for row in rows:
            if len(row) == len(header):
                cells.append([_number(name, rows.line_num, *pair, found) for pair in zip(header, row, strict=True)])
                lines.append(rows.line_num)
            else:
                message = f"this row has {len(row)} cells, not {len(header)}" if row else "this row is blank"
                found.append(Problem(name, rows.line_num, message, "Write one number a column"))
    except csv.Error as error:
        found.append(Problem(name, rows.line_num, f"this row cannot be read: {error}", "Save the file as plain CSV"))
    return tuple(header), np.array(lines), np.array(cells, dtype=float).reshape(len(cells), len(header))


def _plain_numbers(text: str, columns: int) -> np.ndarray | None:
    """All rows (rows, columns) of a file in which nothing is wrong, read in one go; None if it must be read slowly."""
    lines = text.count("\n") + (not text.endswith("\n"))
    if lines < 2 or not text.partition("\n")[2].strip():
        return None
    try:
        rows = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1, comments=None, ndmin=2)
    except ValueError:
        return None
    return rows if rows.shape == (lines - 1, columns) and np.isfinite(rows).all() else None


def _number(name: str, line: int, column: str, cell: str, found: list[Problem]) -> float:
    text = cell.strip()
    if text.isascii() and _NUMBER.fullmatch(text):
        return float(text)
    what = f'is "{text[:40]}", not a number' if text else "is empty"
    found.append(Problem(name, line, f"{column} {what}", "Write a plain number such as 0.0123, without %"))
    return math.nan


def _parquet(name: str, data: bytes, found: list[Problem]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray] | None:
    """The same of a Parquet file, whose first row of data is called line 2, as in a CSV file."""
    import polars  # a second of a run that needs it

    try:
        frame = polars.read_parquet(io.BytesIO(data))
    except (polars.exceptions.PolarsError, OSError) as error:
        found.append(Problem(name, None, f"this is not a Parquet file that can be read: {error}", "Write it again"))
        return None
    if not _header(name, frame.columns, found):
        return None
    for column, kind in frame.schema.items():
        if not kind.is_numeric():
            found.append(Problem(name, None, f"column {column} holds {kind}, not numbers", "Write it as numbers"))
    if found:
        return None
    rows = frame.cast(polars.Float64).to_numpy()
    lines = np.arange(2, len(rows) + 2)
    for row, column in np.argwhere(np.isnan(rows)):
        message = f"{frame.columns[column]} is empty"
        found.append(Problem(name, int(lines[row]), message, "Write a plain number such as 0.0123"))
    return tuple(frame.columns), lines, rows


def _order(name: str, lines: np.ndarray, keys: np.ndarray, found: list[Problem]) -> int:
    """Months a scenario has; rows out of order go to `found`, the first of each run of them only."""
    ends = np.flatnonzero(keys[1:, 0] != keys[:-1, 0])
    months = int(ends[0]) + 1 if len(ends) else len(keys)
    expected = np.stack([1 + np.arange(len(keys)) // months, 1 + np.arange(len(keys)) % months], axis=1)
    wrong = np.flatnonzero((keys != expected).any(axis=1))
    if len(wrong):
        row = wrong[0]
        (scenario, month), (s, m) = keys[row], expected[row]
        message = f"scenario {scenario:g}, month {month:g} stands where scenario {s}, month {m} should"
        fix = "Count scenarios and months from 1, in order, without gaps, as many months in each scenario"
        found.append(Problem(name, int(lines[row]), message, fix))
    elif len(keys) % months:
        message = f"the last scenario has {len(keys) % months} months, the first {months}"
        found.append(Problem(name, int(lines[-1]), message, "Give every scenario the same number of months"))
    return months


def _sizes(name: str, header: tuple[str, ...], lines: np.ndarray, cells: np.ndarray, returns: str,
           found: list[Problem]) -> None:
    """Returns that lose everything, or that are no month's return."""
    growth = cells + (1.0 if returns == "simple" else 0.0)
    with np.errstate(invalid="ignore"):
        bad = ~((growth > 0.0) & (growth <= LARGEST_GROWTH))
    for row, column in np.argwhere(bad & ~np.isnan(cells)):
        value = cells[row, column]
        lowest = "above -1" if returns == "simple" else "above 0"
        message = f"{header[2 + column]} is {value:g}, not a {returns} monthly return"
        fix = f"Write a number {lowest}; the case says scenario_returns = \"{returns}\""
        found.append(Problem(name, int(lines[row]), message, fix))
