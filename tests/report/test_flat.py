"""Results as CSV and Parquet: every leaf once, errors beside their numbers, the same in both, the same bytes."""

from __future__ import annotations

import csv
import io
from typing import Any

import polars

from alts401k.fiduciary import at
from alts401k.verbs.tables import HEAD, csv_bytes, flat, parquet_bytes
from tests.report.sample import interval_default, no_change, sample


def _leaves(part: Any) -> int:
    """Leaves of the results that are no standard error."""
    if isinstance(part, dict):
        return sum(_leaves(item) for key, item in part.items() if key != "standard_error")
    return sum(map(_leaves, part)) if isinstance(part, list) else 1


def test_every_leaf_is_one_row_under_its_path():
    for make in (sample, no_change, interval_default):
        rows = flat(make())
        keys = [row.key for row in rows]
        assert len(keys) == len(set(keys))
        assert len([row for row in rows if not row.key.endswith("standard_error")]) == _leaves(make())
        for row in rows:
            found = at(make(), row.key)
            found = found["value"] if isinstance(found, dict) else found
            if isinstance(found, bool):
                assert (row.value, row.text) == (None, "true" if found else "false")
            elif isinstance(found, (int, float)):
                assert row.value == found and row.text is None
            else:
                assert (row.value, row.text) == (None, found)


def test_standard_errors_stand_beside_their_numbers():
    errors = {row.key: row.standard_error for row in flat(sample())}
    assert errors["performance.paired.median_wealth_change"] == 0.0019
    assert errors["performance.income_replacement.proposed.p50"] == 0.004
    assert errors["performance.decomposition.fees"] == 0.0006
    assert errors["performance.break_even_premium.matched"] == 0.0013
    assert errors["liquidity.smallest_breaking_outflow"] == 0.006
    assert errors["liquidity.smallest_breaking_outflow.p5"] is None and errors["run.paths"] is None
    assert errors["performance.by_group.3.chance_worse_off"] == 0.013


def test_csv_reads_back_the_same():
    rows = list(csv.reader(io.StringIO(csv_bytes(sample()).decode())))
    assert tuple(rows[0]) == HEAD and b"\r" not in csv_bytes(sample())
    for text, row in zip(rows[1:], flat(sample()), strict=True):
        assert text[0] == row.key and text[2] == (row.text or "")
        assert (float(text[1]) if text[1] else None) == row.value
        assert (float(text[3]) if text[3] else None) == row.standard_error


def test_parquet_holds_the_same_table():
    frame = polars.read_parquet(io.BytesIO(parquet_bytes(sample())))
    assert frame.columns == list(HEAD)
    assert frame.dtypes == [polars.String, polars.Float64, polars.String, polars.Float64]
    assert frame.rows() == [tuple(row) for row in flat(sample())]
    assert parquet_bytes(sample()) == parquet_bytes(sample())


def test_a_whole_number_too_large_for_a_float_is_kept_as_words_too():
    results = sample()
    results["run"]["seed"] = 2**62 + 1
    row = next(row for row in flat(results) if row.key == "run.seed")
    assert row.value == 2**62 + 1 and row.text == str(2**62 + 1)


def test_words_with_commas_and_quotes_survive():
    results = sample()
    results["benchmark"]["note"] = 'a, "b"\nc'
    rows = list(csv.reader(io.StringIO(csv_bytes(results).decode())))
    assert next(row for row in rows if row[0] == "benchmark.note")[2] == 'a, "b"\nc'
