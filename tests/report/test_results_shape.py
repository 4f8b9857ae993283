"""The shipped schema: closed, described, and the light check of the package agrees with a full validator."""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest

from alts401k.report import ResultsInvalid, schema, validate
from alts401k.report.shape import entries
from tests.report.results_page import PAGE, page
from tests.report.sample import interval_default, no_change, sample

FULL = jsonschema.Draft202012Validator(schema())


def _full(results: Any) -> bool:
    return FULL.is_valid(results)


def _light(results: Any) -> bool:
    try:
        validate(results)
    except ResultsInvalid:
        return False
    return True


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert set(schema()["properties"]) == {
        "run",
        "performance",
        "fees",
        "liquidity",
        "valuation",
        "benchmark",
        "complexity",
    }


def test_every_object_is_closed_and_every_number_has_a_unit():
    for path, rule in entries(schema(), ""):
        types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        assert rule.get("description"), path
        if "object" in types:
            closed = rule.get("additionalProperties")
            assert closed is False or ("propertyNames" in rule and isinstance(closed, dict)), path
        if {"number", "integer"} & set(types):
            assert rule.get("x-unit"), path


def test_headlines_carry_a_standard_error_and_a_formula():
    paired = schema()["properties"]["performance"]["properties"]["paired"]["properties"]
    assert list(paired) == [
        "median_wealth_change",
        "p5_wealth_change",
        "wealth_p5_change",
        "chance_better_off",
    ]
    for rule in paired.values():
        assert set(rule["required"]) == {"value", "standard_error"} and rule["x-formula"]


@pytest.mark.parametrize("make", [sample, no_change, interval_default])
def test_the_samples_have_the_shape(make):
    assert _full(make()) and _light(make())


def _places(value: Any, path: tuple = ()) -> list[tuple]:
    """Every place of the results; of a list the first item speaks for all."""
    found = [path]
    pairs = value.items() if isinstance(value, dict) else list(enumerate(value))[:1] if isinstance(value, list) else ()
    for key, part in pairs:
        found += _places(part, (*path, key))
    return found


def _with(results: Any, path: tuple, value: Any) -> Any:
    """The results with one value changed; all else is shared with the ones given."""
    if not path:
        return value
    changed = copy.copy(results)
    changed[path[0]] = _with(results[path[0]], path[1:], value)
    return changed


@pytest.mark.parametrize("room", sorted(sample()))
def test_both_checks_agree_on_every_change(room):
    results, refused = sample(), 0
    for path in [(), *_places(results[room], (room,))]:
        for value in (None, True, "", "Z", -2, 2.5, [], {}, {"other key": 1.0}):
            changed = _with(results, path, value)
            full = _full(changed)
            assert _light(changed) == full, (path, value)
            refused += not full
    assert refused > 100


def test_both_checks_agree_on_every_missing_and_every_added_key():
    results = sample()
    for path in _places(results):
        place = results
        for key in path:
            place = place[key]
        if not isinstance(place, dict):
            continue
        for key in place:
            less = _with(results, path, {k: v for k, v in place.items() if k != key})
            assert _light(less) == _full(less), (path, key)
        more = _with(results, path, {**place, "added": 1.0})
        assert _light(more) == _full(more), path


def test_numbers_that_json_does_not_have_are_refused():
    for value in (float("nan"), float("inf")):
        with pytest.raises(ResultsInvalid, match=r"fees\.total\.proposed: must be a finite number"):
            validate(_with(sample(), ("fees", "total", "proposed"), value))


def test_every_fault_is_named_at_once():
    broken = _with(_with(sample(), ("run", "paths"), 0), ("fees", "total", "baseline"), "much")
    with pytest.raises(ResultsInvalid) as caught:
        validate(broken)
    assert caught.value.items == [
        "results.fees.total.baseline: must be number, is str",
        "results.run.paths: must be at least 1, is 0",
    ]


def test_the_page_in_the_documents_is_that_of_the_schema():
    assert PAGE.read_text(encoding="utf-8") == page()
    for path, rule in entries(schema(), ""):
        if "x-formula" in rule:
            assert rule["x-formula"] in page(), path


def test_the_schema_file_is_plain_json():
    text = (PAGE.parents[1] / "src/alts401k/report/results.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == schema()
