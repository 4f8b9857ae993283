"""A census file: one person a row, columns birth_year, pay, balance, deferral, and opt_in where people were asked."""

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from alts401k.terms.wording import close
from alts401k.units import Problem

COLUMNS = {
    "birth_year": (
        "year of birth; age is the year of as_of minus it, and must be 16 to 100",
        "year",
        "integer",
    ),
    "pay": ("pay in the last year, 0 or more", "US dollars a year", "number"),
    "balance": ("account balance at as_of, 0 or more", "US dollars", "number"),
    "deferral": ("part of pay the person puts in, 0 to 1; 7% is 0.07", "fraction of pay", "number"),
}
OPTIONAL = {
    "opt_in": (
        "a managed account's private sleeves: 1 = the person opted in, 0 = did not; the column may be left out",
        "1 or 0",
        "integer",
    ),
}
YOUNGEST, OLDEST, RETIRED = 16, 100, 67
MOST_DOLLARS = 1e12
MOST_PROBLEMS = 50
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_YEAR = re.compile(r"\d{1,4}")


class Person(NamedTuple):
    """One row of a census: a year, dollars a year, dollars, a fraction of pay, the line in the file, and whether the
    person opted in to private sleeves (None where the file does not say)."""

    birth_year: int
    pay: float
    balance: float
    deferral: float
    line: int
    opt_in: bool | None = None


def read(name: str, text: str, as_of_year: int | None) -> tuple[tuple[Person, ...], list[Problem]]:
    """People of a census and everything wrong with it; without `as_of_year` ages are not checked."""
    people: list[Person] = []
    found: list[Problem] = []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        found += _header(name, header)
        if found:
            return (), found
        for row in rows:
            person, wrong = _person(
                name, rows.line_num, dict.fromkeys(header, "") | dict(zip(header, row, strict=False)), row, as_of_year
            )
            found += wrong
            if person:
                people.append(person)
    except csv.Error as error:
        found.append(
            Problem(name, rows.line_num, f"this row cannot be read: {error}", "Save the file as plain CSV")
        )
    if not people and not found:
        found.append(Problem(name, 1, "there is a header and no people", "Add one row a person"))
    if as_of_year is not None and people and all(as_of_year - one.birth_year >= RETIRED for one in people):
        message = f"every person is {RETIRED} or older, so nobody is left to save"
        found.append(Problem(name, 1, message, "Add people who are younger"))
    if len(found) > MOST_PROBLEMS:
        more = f"and {len(found) - MOST_PROBLEMS} more problems in this file"
        found = [
            *found[:MOST_PROBLEMS],
            Problem(name, found[MOST_PROBLEMS].line, more, "Correct these first"),
        ]
    return tuple(people), found


def _header(name: str, header: list[str]) -> Iterator[Problem]:
    columns = ", ".join(COLUMNS)
    for column in (*COLUMNS, *OPTIONAL):
        if header.count(column) > 1:
            yield Problem(
                name, 1, f'column "{column}" is there {header.count(column)} times', "Keep one of them"
            )
        if column in COLUMNS and column not in header:
            yield Problem(name, 1, f'missing column "{column}"', f"The header is {','.join(COLUMNS)}")
    for column in dict.fromkeys(header):
        if column not in COLUMNS and column not in OPTIONAL:
            known = f"The columns are {columns}, and opt_in where people were asked, and no others"
            fix = f"{close(column, (*COLUMNS, *OPTIONAL))}{known}"
            yield Problem(name, 1, f'unknown column "{column[:60]}"', fix)


def _person(
    name: str, line: int, cells: dict[str, str], row: list[str], as_of_year: int | None
) -> tuple[Person | None, list[Problem]]:
    if not any(cell.strip() for cell in row):
        return None, [Problem(name, line, "this row is blank", "Remove it")]
    if len(row) != len(cells):
        message = f"this row has {len(row)} cells, not {len(cells)}"
        return None, [
            Problem(name, line, message, "Write numbers without thousands separators, one a column")
        ]
    found: list[Problem] = []
    year = _birth_year(name, line, cells["birth_year"].strip(), as_of_year, found)
    pay = _amount(name, line, "pay", cells["pay"].strip(), found)
    balance = _amount(name, line, "balance", cells["balance"].strip(), found)
    deferral = _amount(name, line, "deferral", cells["deferral"].strip(), found)
    opt_in = _opt_in(name, line, cells["opt_in"].strip(), found) if "opt_in" in cells else None
    if found:
        return None, found
    return Person(year, pay, balance, deferral, line, opt_in), []


def _opt_in(name: str, line: int, text: str, found: list[Problem]) -> bool:
    if text not in ("0", "1"):
        message = f"opt_in is {_cell(text)}, not 1 or 0" if text else "opt_in is empty"
        found.append(Problem(name, line, message, "Write 1 for a person who opted in, 0 for one who did not"))
    return text == "1"


def _birth_year(name: str, line: int, text: str, as_of_year: int | None, found: list[Problem]) -> int:
    if not _YEAR.fullmatch(text) or not text.isascii():
        message = f"birth_year is {_cell(text)}, not a year" if text else "birth_year is empty"
        found.append(Problem(name, line, message, "Write a year such as 1980"))
        return 0
    year = int(text)
    if as_of_year is not None and not YOUNGEST <= as_of_year - year <= OLDEST:
        message = f"birth_year is {year}, which is age {as_of_year - year} in {as_of_year}"
        first, last = as_of_year - OLDEST, as_of_year - YOUNGEST
        fix = f"People are {YOUNGEST} to {OLDEST}: write a year from {first} to {last}"
        found.append(Problem(name, line, message, fix))
    return year


def _amount(name: str, line: int, column: str, text: str, found: list[Problem]) -> float:
    meaning = f"Write {COLUMNS[column][0]}"
    if not text:
        found.append(Problem(name, line, f"{column} is empty", meaning))
        return 0.0
    if not _NUMBER.fullmatch(text) or not text.isascii():
        fix = "Write a plain number such as 85000.00, without $, % or separators"
        found.append(Problem(name, line, f"{column} is {_cell(text)}, not a number", fix))
        return 0.0
    value = float(text)
    if column == "deferral" and 1.0 < value <= 100.0:
        message = f"deferral is {text} = {100 * value:g}% of pay"
        found.append(Problem(name, line, message, f"Write {value / 100:g} for {value:g}%"))
    elif not 0.0 <= value <= (1.0 if column == "deferral" else MOST_DOLLARS):
        found.append(Problem(name, line, f"{column} is {_cell(text)}, out of range", meaning))
    return value


def _cell(text: str) -> str:
    return f'"{text[:40]}"'
