"""The case's own return series: a CSV or Parquet file of dates and one column an asset, as monthly returns."""

import csv
import io
import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

from alts401k.terms.wording import close
from alts401k.units import Problem

DATE = "date"
LEAST_MONTHS = 24
# Bitcoin's best month was +445%; ten times the price in a month is a wrong unit or a split.
MOST_RETURN = 10.0
MOST_PROBLEMS = 50
# A month counts as whole if its last (first) row is this many days from its end (beginning): a holiday weekend.
DAYS_OFF = 6
MONTHS_A_YEAR = 12
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_PARQUET = b"PAR1"


class Series(NamedTuple):
    """Monthly simple returns of a case's own assets, from one file.

    `months` (t,) as "2020-01"; `returns` by name, each (t,), None before a series begins and after it ends.
    """

    file: str
    names: tuple[str, ...]
    months: tuple[str, ...]
    returns: tuple[tuple[float | None, ...], ...]

    def of(self, name: str) -> tuple[float | None, ...]:
        """One asset's returns (t,); raises ValueError for a name that the file has not."""
        return self.returns[self.names.index(name)]


class _Row(NamedTuple):
    """One row: its line (None in Parquet), its number as words, its day, and its values by column."""

    line: int | None
    words: str
    day: date
    values: list[float | None]


def read(name: str, data: bytes, kind: str) -> tuple[Series | None, list[Problem]]:
    """The series of a file and everything wrong with it; `kind` is "returns" or "prices", Parquet is known by its
    first bytes. A file with several rows a month is reduced to month ends; a month begun or not ended is left out.
    """
    found: list[Problem] = []
    table = _parquet(name, data, found) if data[:4] == _PARQUET else _csv(name, data, found)
    if table is None:
        return None, found
    header, cells = table
    found += _header(name, header)
    if found:
        return None, found
    rows = [row for row in (_row(name, header, line, words, row, kind, found) for line, words, row in cells) if row]
    found += _order(name, rows)
    if not rows and not found:
        found.append(Problem(name, 1, "there is a header and no rows", "Add one row a month"))
    if not found:
        months = [(key, list(days)) for key, days in groupby(rows, lambda row: (row.day.year, row.day.month))]
        daily = any(len(days) > 1 for _, days in months)
        found += _gaps(name, header, months, rows, blanks=daily and kind == "prices")
    if found:
        return None, _capped(name, found)
    columns = [_monthly(months, i, kind, daily) for i in range(len(header) - 1)]
    found += _jumps(name, header, months, columns)
    series = Series(name, tuple(header[1:]), tuple(f"{y:04d}-{m:02d}" for (y, m), _ in months),
                    tuple(tuple(column) for column in columns))
    return (None, _capped(name, found)) if found else (series, [])


def _capped(name: str, found: list[Problem]) -> list[Problem]:
    if len(found) <= MOST_PROBLEMS:
        return found
    more = f"and {len(found) - MOST_PROBLEMS} more problems in this file"
    return [*found[:MOST_PROBLEMS], Problem(name, found[MOST_PROBLEMS].line, more, "Correct these first")]


_Cells = list[tuple[int | None, str, list[str]]]


def _csv(name: str, data: bytes, found: list[Problem]) -> tuple[list[str], _Cells] | None:
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found.append(Problem(name, line, "this line is not UTF-8 text", "Save the file as UTF-8 CSV, or as Parquet"))
        return None
    if not text.strip():
        found.append(Problem(name, 1, "this file is empty", "Fill it in: a column date, then one column an asset"))
        return None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        cells: _Cells = [(rows.line_num, "this row", [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        found.append(
            Problem(name, rows.line_num, f"this row cannot be read: {error}", "Save the file as plain CSV")
        )
        return None
    return header, cells


def _parquet(name: str, data: bytes, found: list[Problem]) -> tuple[list[str], _Cells] | None:
    import polars  # 60 MB that only a Parquet file needs

    try:
        frame = polars.read_parquet(io.BytesIO(data))
    except (polars.exceptions.PolarsError, OSError, ValueError) as error:
        words = str(error).split("\n")[0][:100]
        found.append(Problem(name, None, f"this is not a Parquet file that can be read: {words}", "Write it again"))
        return None
    if DATE in frame.columns and frame.schema[DATE].is_temporal():
        frame = frame.with_columns(polars.col(DATE).cast(polars.Date))
    rows = enumerate(frame.iter_rows(), 1)
    return list(frame.columns), [(None, f"row {i}", [_text(cell) for cell in row]) for i, row in rows]


def _text(cell: object) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)


def _header(name: str, header: list[str]) -> Iterator[Problem]:
    line = 1
    if not header or header[0] != DATE:
        first = f'the first column is "{header[0][:40]}"' if header else "there is no header"
        fix = f"{close(header[0], [DATE]) if header else ''}The header is date, then one column an asset"
        yield Problem(name, line, f'{first}, not "{DATE}"', fix)
    elif len(header) == 1:
        yield Problem(name, line, "there is no column after date", "Add one column an asset")
    for column in dict.fromkeys(header):
        if not column:
            yield Problem(name, line, "a column has no name", "Name each column like its asset in [assets]")
        elif header.count(column) > 1:
            message = f'column "{column[:40]}" is there {header.count(column)} times'
            yield Problem(name, line, message, "Keep one of them")


def _row(
    name: str, header: list[str], line: int | None, words: str, cells: list[str], kind: str, found: list[Problem]
) -> _Row | None:
    if not any(cells):
        found.append(Problem(name, line, f"{words} is blank", "Remove it"))
        return None
    if len(cells) != len(header):
        message = f"{words} has {len(cells)} cells, not {len(header)}"
        found.append(Problem(name, line, message, "Write numbers without thousands separators, one a column"))
        return None
    before = len(found)
    day = _day(cells[0])
    if day is None:
        message = f"{words}: date is {_cell(cells[0])}, not a day or a month"
        found.append(Problem(name, line, message, "Write dates such as 2024-12-31 or 2024-12"))
    where = "" if line else f"{words}: "
    values = [
        _value(name, line, f"{where}{column}", text, kind, found)
        for column, text in zip(header[1:], cells[1:], strict=True)
    ]
    return _Row(line, where, day, values) if day and len(found) == before else None


def _day(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    try:
        return date(year, month, int(match[3]) if match[3] else monthrange(year, month)[1])
    except ValueError:  # calendar.IllegalMonthError is one
        return None


def _value(name: str, line: int | None, column: str, text: str, kind: str, found: list[Problem]) -> float | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or not text.isascii():
        fix = "Write a plain number, or nothing where there is none"
        found.append(Problem(name, line, f"{column} is {_cell(text)}, not a number", fix))
        return None
    value = float(text)
    if kind == "prices" and not 0.0 < value < float("inf"):
        found.append(Problem(name, line, f"{column} is {text}, and a price is above 0", "Correct it"))
    if kind == "returns" and not -1.0 < value <= MOST_RETURN:
        message = f"{column} is {text} = {100 * value:g}%, which is no return of a month or a day"
        fix = f'Write {value / 100:g} for {value:g}%, or kind = "prices" if these are prices'
        found.append(Problem(name, line, message, fix))
    return value


def _order(name: str, rows: list[_Row]) -> Iterator[Problem]:
    for before, after in zip(rows, rows[1:], strict=False):
        if after.day <= before.day:
            message = f"{after.words}{after.day} follows {before.day}"
            yield Problem(name, after.line, message, "List each date once, the oldest first")


_Months = list[tuple[tuple[int, int], list[_Row]]]


def _gaps(name: str, header: list[str], months: _Months, rows: list[_Row], *, blanks: bool) -> Iterator[Problem]:
    """Months that are missing, and blanks between a column's first value and its last.

    With `blanks` (days of prices) a day without a price is allowed, a month without one is not.
    """
    for (before, _), (after, days) in zip(months, months[1:], strict=False):
        if _number(after) - _number(before) > 1:
            message = f"{days[0].words}{_month(after)} follows {_month(before)}: months are missing"
            yield Problem(name, days[0].line, message, "Add them")
    units = [days for _, days in months] if blanks else [[row] for row in rows]
    for i, column in enumerate(header[1:]):
        full = [any(row.values[i] is not None for row in unit) for unit in units]
        if not any(full):
            yield Problem(name, 1, f'column "{column[:40]}" has no values', "Fill it in or remove it")
            continue
        first, last = full.index(True), len(full) - 1 - full[::-1].index(True)
        for k in range(first, last):
            if not full[k]:
                row = units[k][0]
                message = f"{row.words}{column} is blank between values"
                yield Problem(name, row.line, message, "Fill it in: a series may begin late or end early, not pause")


def _number(month: tuple[int, int]) -> int:
    return MONTHS_A_YEAR * month[0] + month[1]


def _month(month: tuple[int, int]) -> str:
    return f"{month[0]:04d}-{month[1]:02d}"


def _monthly(months: _Months, i: int, kind: str, daily: bool) -> list[float | None]:
    """Monthly returns of column `i`; without the months that a daily column begins or ends in the middle of."""
    if kind == "prices":
        ends = [_last(days, i, key, daily) for key, days in months]
        pairs = zip([None, *ends], ends, strict=False)
        return [None if before is None or after is None else after / before - 1.0 for before, after in pairs]
    return [_compounded(days, i, key, daily) for key, days in months]


def _last(days: list[_Row], i: int, month: tuple[int, int], daily: bool) -> float | None:
    there = [row for row in days if row.values[i] is not None]
    if not there or (daily and monthrange(*month)[1] - there[-1].day.day > DAYS_OFF):
        return None
    return there[-1].values[i]


def _compounded(days: list[_Row], i: int, month: tuple[int, int], daily: bool) -> float | None:
    there = [row for row in days if row.values[i] is not None]
    if not there:
        return None
    late = monthrange(*month)[1] - there[-1].day.day > DAYS_OFF
    if daily and (late or there[0].day.day > DAYS_OFF):
        return None
    growth = 1.0
    for row in there:
        growth *= 1.0 + row.values[i]
    # A single row is that month's return as written, to the last digit.
    return there[0].values[i] if len(there) == 1 else growth - 1.0


def _jumps(name: str, header: list[str], months: _Months, columns: list[list[float | None]]) -> Iterator[Problem]:
    for column, values in zip(header[1:], columns, strict=True):
        for (_, days), value in zip(months, values, strict=True):
            if value is not None and value > MOST_RETURN:
                row = days[-1]
                message = f"{row.words}{column} is {1.0 + value:.4g} times that of the month before"
                yield Problem(name, row.line, message, "Correct it: a unit has changed, or shares were split")


def _cell(text: str) -> str:
    return f'"{text[:40]}"'
