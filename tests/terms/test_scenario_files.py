"""Scenario files: CSV and Parquet give the same returns; everything wrong is named with its line, all at once."""

import io

import numpy as np
import pytest
from pydantic import ValidationError

from alts401k.terms.generator import Generator, inconsistent
from alts401k.terms.scenarios import MOST_PROBLEMS, read

HEADER = "scenario,month,cash,gold"
GOOD = "1,1,0.003,0.02\n1,2,0.004,-0.1\n2,1,0.002,0\n2,2,0.001,1e-3\n"


def csv(rows=GOOD, header=HEADER):
    return f"{header}\n{rows}".encode()


def wrong(data, returns="simple"):
    """Line and message of every problem; what to do is never left out."""
    scenarios, found = read("own.csv", data, returns)
    assert scenarios is None
    assert all(item.file == "own.csv" and item.fix for item in found)
    return [(item.line, item.message) for item in found]


def test_a_csv_file_is_read_whole():
    """Simple returns become gross ones; scenarios, months and assets in the file's order."""
    scenarios, found = read("own.csv", csv())
    assert found == []
    assert scenarios.file == "own.csv"
    assert scenarios.assets == ("cash", "gold")
    assert scenarios.growth.tolist() == [[[1.003, 1.02], [1.004, 0.9]], [[1.002, 1.0], [1.001, 1.001]]]


def test_gross_returns_are_taken_as_they_are():
    """The same cells, declared otherwise."""
    scenarios, found = read("own.csv", csv("1,1,1.003,0.5\n1,2,1.004,2\n"), "gross")
    assert found == []
    assert scenarios.growth.tolist() == [[[1.003, 0.5], [1.004, 2.0]]]


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: "\ufeff" + text,
    lambda text: text.rstrip("\n"),
    lambda text: text.replace("-0.1", '"-0.1"'),
    lambda text: text.replace(",0\n", ", 0 \n"),
])
def test_ways_to_write_a_csv_file_do_not_matter(change):
    """Line ends, a byte-order mark, quotes, spaces: the same numbers, read at once or cell by cell."""
    plain, _ = read("own.csv", csv())
    scenarios, found = read("own.csv", change(csv().decode()).encode())
    assert found == []
    assert scenarios.growth.tobytes() == plain.growth.tobytes()


def parquet(**columns):
    polars = pytest.importorskip("polars")
    file = io.BytesIO()
    polars.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def test_a_parquet_file_is_the_csv_file():
    """Whole numbers or fractions; found by the first bytes, not by the name."""
    columns = {"scenario": [1, 1, 2, 2], "month": [1, 2, 1, 2], "cash": [0.003, 0.004, 0.002, 0.001],
               "gold": [0.02, -0.1, 0.0, 1e-3]}
    scenarios, found = read("own.csv", parquet(**columns))
    assert found == []
    assert scenarios.growth.tobytes() == read("own.csv", csv())[0].growth.tobytes()


def test_faults_of_a_parquet_file():
    """Text, empty cells, a broken file, missing columns."""
    whole = {"scenario": [1, 1], "month": [1, 2], "cash": [0.003, 0.004]}
    assert wrong(parquet(**whole, gold=["a", "b"])) == [(None, "column gold holds String, not numbers")]
    assert wrong(parquet(**whole, gold=[0.1, None])) == [(3, "gold is empty")]
    assert wrong(parquet(**whole, gold=[0.1, float("inf")])) == [(3, "gold is inf, not a simple monthly return")]
    assert wrong(parquet(scenario=[1], month=[1], gold=[0.1])) == [(1, 'missing column "cash"')]
    ((line, message),) = wrong(parquet(**whole)[:40])
    assert line is None
    assert message.startswith("this is not a Parquet file that can be read")


@pytest.mark.parametrize(("header", "message"), [
    ("", "the first two columns are missing, not scenario, month"),
    ("month,scenario,cash", "the first two columns are month, scenario, not scenario, month"),
    ("scenario,month", "there is no column for any asset"),
    ("scenario,month,gold", 'missing column "cash"'),
    ("scenario,month,cash,cash", 'column "cash" is there 2 times'),
    ("scenario,month,cash,a b", 'the column name "a b" is not allowed'),
])
def test_faults_of_the_header(header, message):
    """Named on line 1."""
    assert wrong(csv(header=header)) == [(1, message)]


def test_every_faulty_cell_is_named():
    """All of them, with their lines; what reads as no number, is empty, or loses more than everything."""
    rows = "1,1,0.003,2%\n1,2,,-0.1\n2,1,0.002\n\n2,2,nan,0x1p3\n"
    assert wrong(csv(rows)) == [
        (2, 'gold is "2%", not a number'),
        (3, "cash is empty"),
        (4, "this row has 3 cells, not 4"),
        (5, "this row is blank"),
        (6, 'cash is "nan", not a number'),
        (6, 'gold is "0x1p3", not a number'),
    ]


def test_returns_that_cannot_be():
    """Simple ones above -1, gross ones above 0; a percent figure of hundreds of thousands is a wrong unit."""
    rows = "1,1,-1,0\n1,2,0.5,1001\n"
    assert wrong(csv(rows)) == [
        (2, "cash is -1, not a simple monthly return"),
        (3, "gold is 1001, not a simple monthly return"),
    ]
    assert wrong(csv(rows), "gross") == [
        (2, "cash is -1, not a gross monthly return"),
        (2, "gold is 0, not a gross monthly return"),
        (3, "gold is 1001, not a gross monthly return"),
    ]


@pytest.mark.parametrize(("rows", "line", "message"), [
    ("1,2,0,0\n1,1,0,0\n", 2, "scenario 1, month 2 stands where scenario 1, month 1 should"),
    ("0,1,0,0\n", 2, "scenario 0, month 1 stands where scenario 1, month 1 should"),
    ("1,1,0,0\n1,2,0,0\n3,1,0,0\n3,2,0,0\n", 4, "scenario 3, month 1 stands where scenario 2, month 1 should"),
    ("1,1,0,0\n1,2,0,0\n2,1,0,0\n3,1,0,0\n", 5, "scenario 3, month 1 stands where scenario 2, month 2 should"),
    ("1,1,0,0\n1,2,0,0\n2,1,0,0\n", 4, "the last scenario has 1 months, the first 2"),
    ("1,1,0,0\n1,1.5,0,0\n", 3, "scenario 1, month 1.5 stands where scenario 1, month 2 should"),
])
def test_rows_stand_in_order(rows, line, message):
    """The first row out of place is named: the rest follow from it."""
    assert wrong(csv(rows)) == [(line, message)]


def test_an_empty_file_and_a_header_alone():
    """And text that is no UTF-8, or no CSV."""
    assert wrong(csv("")) == [(1, "there is a header and no months")]
    assert wrong(csv() + b"\xff") == [(6, "this line is not UTF-8 text")]
    ((line, message),) = wrong(csv('1,1,"0.1,0\n'))
    assert line == 2
    assert message.startswith("this row cannot be read")


def test_a_thousand_faults_are_told_as_fifty():
    """And how many more."""
    found = wrong(csv("".join(f"1,{m},x,y\n" for m in range(1, 1001))))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1][1] == f"and {2000 - MOST_PROBLEMS} more problems in this file"


def test_a_large_file_is_read():
    """Two hundred thousand cells, as numpy wrote them."""
    cells = np.random.default_rng(1).normal(0.005, 0.02, (50_000, 2))
    keys = np.stack(np.divmod(np.arange(50_000), 100), axis=1) + 1
    rows = "".join(f"{s},{m},{a!r},{b!r}\n" for (s, m), (a, b) in zip(keys.tolist(), cells.tolist(), strict=True))
    scenarios, found = read("own.csv", csv(rows))
    assert found == []
    assert scenarios.growth.tobytes() == (cells + 1.0).reshape(500, 100, 2).tobytes()


def test_the_default_generator_is_lognormal():
    """Every key has a default, and nothing of it is wrong."""
    assert Generator().kind == "lognormal"
    assert list(inconsistent({})) == []


@pytest.mark.parametrize(("tree", "path", "message"), [
    ({"kind": "scenarios"}, ("kind",), 'kind = "scenarios" names no file'),
    ({"tail_df": 4.0}, ("tail_df",), 'generator.tail_df has no effect with kind = "lognormal"'),
    ({"kind": "bootstrap", "tail_df": 4.0}, ("tail_df",), 'generator.tail_df has no effect with kind = "bootstrap"'),
    ({"kind": "regimes", "mean_block_months": 6}, ("mean_block_months",),
     'generator.mean_block_months has no effect with kind = "regimes"'),
    ({"kind": "bootstrap", "repeat": True}, ("repeat",), 'generator.repeat has no effect with kind = "bootstrap"'),
    ({"scenarios": "own.csv"}, ("scenarios",), 'generator.scenarios has no effect with kind = "lognormal"'),
])
def test_keys_without_effect_are_refused(tree, path, message):
    """By the check that knows the line, and by the document itself."""
    ((where, what, fix),) = inconsistent(tree)
    assert (where, what) == (path, message)
    assert fix
    with pytest.raises(ValidationError, match="no effect|names no file"):
        Generator(**tree)


@pytest.mark.parametrize("tree", [
    {"kind": "fat-tails", "tail_df": 4.0},
    {"kind": "bootstrap", "mean_block_months": 24},
    {"kind": "scenarios", "scenarios": "own.csv", "scenario_returns": "gross", "repeat": True},
    {"kind": "regimes"},
])
def test_keys_with_their_kind_are_accepted(tree):
    """And kept."""
    assert list(inconsistent(tree)) == []
    assert Generator(**tree).model_dump(exclude_unset=True) == tree


@pytest.mark.parametrize("tree", [
    {"kind": "normal"}, {"kind": "fat-tails", "tail_df": 2.0}, {"kind": "bootstrap", "mean_block_months": 0},
    {"kind": "bootstrap", "mean_block_months": True}, {"kind": "scenarios", "scenarios": ""},
    {"kind": "scenarios", "scenarios": "own.csv", "scenario_returns": "log"}, {"surprise": 1},
])
def test_values_out_of_range_are_refused(tree):
    """Each by its own limit."""
    with pytest.raises(ValidationError):
        Generator(**tree)
