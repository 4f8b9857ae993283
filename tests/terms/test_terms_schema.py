"""The published schema holds every key, with its meaning, unit and default, and accepts the examples."""

import re
import tomllib
from datetime import date
from typing import get_args

import pytest
from case_files import EXAMPLES, page_files
from jsonschema import Draft202012Validator, FormatChecker

from alts401k.terms.census import COLUMNS
from alts401k.terms.checks import EVERGREEN
from alts401k.terms.fund import Block, VehicleType
from alts401k.terms.schema import describe, schema

# The term sheet of a building block: every field that a fund's documents may state.
TERM_SHEET = (
    "vehicle_type legal_name lei cusip isin figi aip_security_id subscription_freq "
    "subscription_notice_bd redemption_freq notice_days request_deadline_rule pricing_lag_days "
    "payment_lag_days gate_pct_period gate_pct_rolling gate_scope overflow_pct unfilled "
    "priority_classes lockup_months early_redemption_fee_pct early_redemption_fee_window_months "
    "holdback_pct holdback_until_audit in_kind_allowed suspension_rights valuation_freq "
    "valuation_lag_days estimate_policy_id mgmt_fee incentive_fee leverage leverage_max "
    "benchmark_public benchmark_private source_doc_hash effective_from superseded_by"
)


def parts(document):
    yield document.get("items", document)
    yield from document.get("$defs", {}).values()


def plain(tree):
    """TOML dates as JSON text."""
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree.isoformat() if isinstance(tree, date) else tree


def validator(kind):
    return Draft202012Validator(schema()[kind], format_checker=FormatChecker())


@pytest.mark.parametrize("kind", ["fund", "plan", "assumptions", "census"])
def test_every_key_has_a_meaning_and_a_unit_and_a_default_or_is_required(kind):
    document = schema()[kind]
    Draft202012Validator.check_schema(document)
    for part in parts(document):
        assert part["description"]
        assert part["additionalProperties"] is False
        for key, value in part["properties"].items():
            assert value["description"] and value["unit"], key
            assert ("default" in value) is (key not in part.get("required", [])), key


def test_the_term_sheet_has_every_field():
    assert set(TERM_SHEET.split()) <= set(Block.model_fields)


def test_evergreen_vehicles_are_all_but_partnerships():
    assert set(EVERGREEN) == set(get_args(VehicleType)) - {"LP_CLOSED"}


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_examples_follow_the_schema(path):
    kind = path.stem if path.stem in ("plan", "assumptions") else "fund"
    tree = plain(tomllib.loads(path.read_text(encoding="utf-8")))
    assert list(validator(kind).iter_errors(tree)) == []
    assert list(validator(kind).iter_errors({**tree, "surprise": 1})) != []


def test_the_schema_refuses_what_the_loader_refuses():
    tree = plain(tomllib.loads(page_files()["fund.toml"]))
    for sleeve in tree["sleeves"].values():
        for gate in sleeve.get("gates", ()):
            gate["pct"] = 5
    assert [error.json_path for error in validator("fund").iter_errors(tree)] == [
        "$.sleeves.private_credit.gates[0].pct",
        "$.sleeves.private_credit.gates[1].pct",
    ]


def test_a_census_row_follows_the_schema():
    person = {"birth_year": 1980, "pay": 1.0, "balance": 0, "deferral": 0.07}
    assert list(validator("census").iter_errors([person])) == []
    assert list(validator("census").iter_errors([{**person, "deferral": 7}])) != []
    assert list(COLUMNS) == ["birth_year", "pay", "balance", "deferral"]


def test_words_name_every_key_of_every_file():
    text = describe()
    for document in schema().values():
        for part in parts(document):
            for key in part["properties"]:
                assert re.search(rf"^  (\S+\.)?{key}$", text, re.MULTILINE), key
    assert "sleeves.NAME.gates[].pct" in text
    assert "default 0.005" in text
    assert "lockup (fraction" not in text
    assert re.search(r"lockup_months\n.*kept on file, not run", text)
    assert not re.search(r"notice_days\n.*kept on file", text)
