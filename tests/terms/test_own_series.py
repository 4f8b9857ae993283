"""The case's own return series: CSV and Parquet, returns and prices, days and months, and every way to get it wrong."""

import io
import math
from datetime import date, datetime, timedelta

import polars
import pytest

from alts401k.terms import series
from alts401k.terms.series import MOST_PROBLEMS, read

MONTHLY = """\
date,silver,ether
2020-01-31,0.01,
2020-02-29,-0.02,
2020-03-31,0.03,0.25
2020-04-30,0.04,-0.5
"""


def csv(text: str, kind: str = "returns"):
    own, found = read("r.csv", text.encode(), kind)
    assert (own is None) == bool(found)
    return own, [(item.line, item.message) for item in found]


def good(text: str, kind: str = "returns") -> series.Series:
    own, found = csv(text, kind)
    assert found == []
    return own


def parquet(columns: dict, kind: str = "returns"):
    buffer = io.BytesIO()
    polars.DataFrame(columns).write_parquet(buffer)
    return read("r.parquet", buffer.getvalue(), kind)


def test_monthly_returns_are_read_as_they_are():
    own = good(MONTHLY)
    assert own == series.Series(
        "r.csv",
        ("silver", "ether"),
        ("2020-01", "2020-02", "2020-03", "2020-04"),
        ((0.01, -0.02, 0.03, 0.04), (None, None, 0.25, -0.5)),
    )
    assert own.of("ether")[2] == 0.25
    with pytest.raises(ValueError):
        own.of("tin")


@pytest.mark.parametrize(
    "text",
    [
        MONTHLY.replace("-31,", ",").replace("-29,", ",").replace("-30,", ","),
        MONTHLY.replace("2020-02-29", "2020-02-01"),
        "\ufeff" + MONTHLY.replace("\n", "\r\n"),
        MONTHLY.replace(",", " , "),
        MONTHLY.replace("0.01", "+1e-2"),
    ],
    ids=["months", "any day", "windows", "spaces", "exponent"],
)
def test_the_same_returns_written_otherwise(text):
    assert good(text) == good(MONTHLY)


def test_prices_give_returns_from_the_second_month_on():
    own = good("date,a,b\n2020-01,100,\n2020-02,110,5\n2020-03,99,6\n2020-04,,3\n", "prices")
    assert own.months == ("2020-01", "2020-02", "2020-03", "2020-04")
    assert own.of("a") == (None, 110 / 100 - 1, 99 / 110 - 1, None)
    assert own.of("b") == (None, None, 6 / 5 - 1, 3 / 6 - 1)


def days(first: date, last: date) -> list[date]:
    every = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5]


def test_days_of_prices_are_reduced_to_month_ends():
    """The price of a month is its last; a month that the file leaves in the middle is left out."""
    rows = [(day, 100.0 + i) for i, day in enumerate(days(date(2021, 1, 12), date(2021, 5, 14)))]
    own = good("date,a\n" + "".join(f"{day},{price}\n" for day, price in rows), "prices")
    ends = {day.month: price for day, price in rows}
    assert own.months == ("2021-01", "2021-02", "2021-03", "2021-04", "2021-05")
    expected = [None, *(ends[m] / ends[m - 1] - 1 for m in (2, 3, 4)), None]
    assert own.of("a") == tuple(expected)


def test_a_day_without_a_price_is_a_holiday_and_a_month_without_one_an_error():
    rows = [f"{day},{100 + i}" for i, day in enumerate(days(date(2021, 1, 4), date(2021, 4, 30)))]
    whole = good("date,a\n" + "\n".join(rows) + "\n", "prices")
    shut = [row.split(",")[0] + "," if row.startswith("2021-02-1") else row for row in rows]
    assert good("date,a\n" + "\n".join(shut) + "\n", "prices") == whole
    gone = [row.split(",")[0] + "," if row.startswith("2021-02") else row for row in rows]
    _, found = csv("date,a\n" + "\n".join(gone) + "\n", "prices")
    assert found == [(22, "a is blank between values")]


def test_days_of_returns_are_compounded_without_the_months_begun_or_not_ended():
    rows = [(day, 0.001 * (i % 7 - 3)) for i, day in enumerate(days(date(2021, 1, 12), date(2021, 5, 14)))]
    own = good("date,a\n" + "".join(f"{day},{rate!r}\n" for day, rate in rows))
    expected = [None, *(math.prod(1 + r for day, r in rows if day.month == m) - 1 for m in (2, 3, 4)), None]
    assert own.of("a") == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["returns", "prices"])
def test_parquet_is_the_same_file(kind):
    """Dates as dates, as times or as words; whole numbers; nulls."""
    words = ["2020-01-31", "2020-02-29", "2020-03-31"]
    dates = [date.fromisoformat(word) for word in words]
    columns = {"a": [0.5, 0.25, None], "b": [1, 2, 3]}
    text = "date,a,b\n2020-01-31,0.5,1\n2020-02-29,0.25,2\n2020-03-31,,3\n"
    expected = good(text, kind)
    for written in (words, dates, [datetime(d.year, d.month, d.day, 16, 30) for d in dates]):
        own, found = parquet({"date": written, **columns}, kind)
        assert found == [] and own._replace(file="r.csv") == expected


def test_parquet_errors_name_the_row():
    columns = {"date": ["2020-01", "2020-03"], "a": [0.1, float("nan")], "b": ["x", "0.2"]}
    own, found = parquet(columns)
    assert own is None
    assert [(item.file, item.line, item.message) for item in found] == [
        ("r.parquet", None, 'row 1: b is "x", not a number'),
        ("r.parquet", None, 'row 2: a is "nan", not a number'),
    ]
    _, found = parquet({"date": ["2020-01", "2020-03"], "a": [0.1, 0.2]})
    assert [item.message for item in found] == ["row 2: 2020-03 follows 2020-01: months are missing"]
    own, found = read("r.parquet", b"PAR1 and nothing more", "returns")
    assert own is None and "not a Parquet file that can be read" in found[0].message


WRONG = [
    ("", 1, "this file is empty"),
    ("date\n2020-01\n", 1, "there is no column after date"),
    ("day,a\n2020-01,0\n", 1, 'the first column is "day", not "date"'),
    ("date,a,a\n2020-01,0,0\n", 1, 'column "a" is there 2 times'),
    ("date,a,\n2020-01,0,0\n", 1, "a column has no name"),
    ("date,a\n", 1, "there is a header and no rows"),
    ("date,a\n2020-13,0\n", 2, 'date is "2020-13", not a day'),
    ("date,a\n2020-02-30,0\n", 2, 'date is "2020-02-30", not a day'),
    ("date,a\n01/31/2020,0\n", 2, 'date is "01/31/2020", not a day'),
    ("date,a\n0000-01,0\n", 2, 'date is "0000-01", not a day'),
    ("date,a\n2020-01,0\n2020-01,0\n", 3, "2020-01-31 follows 2020-01-31"),
    ("date,a\n2020-02,0\n2020-01,0\n", 3, "2020-01-31 follows 2020-02-29"),
    ("date,a\n2020-01,0\n2020-03,0\n", 3, "2020-03 follows 2020-01: months are missing"),
    ("date,a\n2020-01,0\n2020-02,\n2020-03,0\n", 3, "a is blank between values"),
    ("date,a\n2020-01,\n2020-02,\n", 1, 'column "a" has no values'),
    ("date,a\n2020-01,0,0\n", 2, "this row has 3 cells, not 2"),
    ("date,a\n2020-01,0\n\n2020-02,0\n", 3, "this row is blank"),
    ("date,a\n2020-01,nan\n", 2, 'a is "nan", not a number'),
    ("date,a\n2020-01,1%\n", 2, 'a is "1%", not a number'),
    ("date,a\n2020-01,٣\n", 2, "not a number"),
    ("date,a\n2020-01,-1\n", 2, "a is -1 = -100%, which is no return"),
    ("date,a\n2020-01,12.5\n", 2, "a is 12.5 = 1250%, which is no return"),
    ('date,a\n2020-01,"0\n', 2, "this row cannot be read"),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG, ids=[row[2][:40] for row in WRONG])
def test_each_error_has_its_line_and_words(text, line, message):
    _, found = csv(text)
    assert any(at == line and message in said for at, said in found), found
    assert len(found) == 1


@pytest.mark.parametrize(("cell", "message"), [("0", "a price is above 0"), ("-3", "a price is above 0"),
                                               ("1e400", "a price is above 0"), ("1200", "times that of the month")])
def test_prices_are_above_zero_and_do_not_jump(cell, message):
    _, found = csv(f"date,a\n2020-01,100\n2020-02,{cell}\n2020-03,100\n".replace("1200", "1201"), "prices")
    assert found[0][0] == 3 and message in found[0][1]
    assert good("date,a\n2020-01,100\n2020-02,1100\n", "prices").of("a")[1] == 10.0


def test_a_return_in_per_cent_is_shown_as_a_fraction():
    _, found = read("r.csv", b"date,a\n2020-01,12.5\n", "returns")
    assert found[0].fix.startswith("Write 0.125 for 12.5%")


def test_not_utf_8_names_the_line():
    own, found = read("r.csv", b"date,a\n2020-01,\xe9\n", "returns")
    assert own is None and (found[0].line, found[0].message) == (2, "this line is not UTF-8 text")


def test_all_errors_come_at_once_and_many_are_counted():
    _, found = csv("date,a,b\n2020-1,x,\n2020-02,2e5,y\n")
    assert [line for line, _ in found] == [2, 2, 3, 3]
    _, found = csv("date,a\n" + "2020-01,x\n" * 80)
    assert len(found) == MOST_PROBLEMS + 1 and found[-1][1] == "and 30 more problems in this file"
