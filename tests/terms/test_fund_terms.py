"""The documents as objects: frozen, strict, in a fixed order, and honest about what is published."""

import copy
import tomllib

import pytest
from case_files import EXAMPLES, load, page_files, write
from pydantic import ValidationError

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.checks import dotted
from alts401k.terms.fields import leaves
from alts401k.terms.fund import Fund
from alts401k.terms.plan import Plan

FILES = page_files()


@pytest.fixture
def tree():
    return tomllib.loads(FILES["fund.toml"])


def test_a_fund_reads_its_document(tree):
    fund = Fund.model_validate(tree)
    sleeve = fund.sleeves["private_credit"]
    assert fund.vintages == (2035, 2055)
    assert fund.glide_path.weights["stocks"] == (0.8, 0.4)
    assert (sleeve.slow, fund.sleeves["stocks"].slow) == (True, False)
    assert [(gate.window_months, gate.pct) for gate in sleeve.gates] == [(1, 0.02), (3, 0.05)]
    assert (sleeve.floor, sleeve.crossing, sleeve.open, sleeve.unfilled) == (0.005, True, True, "LAPSE")
    assert sleeve.mark.smoothing == 0.3
    assert fund.blocks["direct_lending"].incentive_fee.catch_up == 1.0


def test_defaults_are_those_of_the_schema(tree):
    fund = Fund.model_validate(tree)
    assert (fund.unit_price_places, fund.line.cap, fund.line.spread_yearly) == (4, 0.0, 0.0)
    rebalance, regime = fund.rebalance, fund.regime
    assert (rebalance.fast_band, rebalance.slow_band, rebalance.max_change) == (0.0, 0.03, 0.02)
    assert (regime.amber_over_target, regime.hard_cap_over_target) == (0.03, 0.05)
    assert (regime.coverage_amber, regime.coverage_red, regime.coverage_gated) == (1.5, 1.1, 1.0)
    assert (regime.unfunded_share, regime.stressed_outflow, regime.clean_periods) == (1.0, 0.05, 2)


@pytest.mark.parametrize(
    "part", [lambda fund: fund, lambda fund: fund.sleeves["stocks"], lambda fund: fund.regime]
)
def test_documents_are_frozen(tree, part):
    with pytest.raises(ValidationError, match="frozen"):
        part(Fund.model_validate(tree)).line = None


def test_the_order_of_the_file_does_not_matter(tree):
    other = copy.deepcopy(tree)
    for key in ("sleeves", "blocks"):
        other[key] = dict(reversed(tree[key].items()))
    other["glide_path"]["weights"] = dict(reversed(tree["glide_path"]["weights"].items()))
    first, second = Fund.model_validate(tree), Fund.model_validate(other)
    assert first == second
    assert list(second.sleeves) == list(second.glide_path.weights) == ["bonds", "private_credit", "stocks"]
    assert first.model_dump_json() == second.model_dump_json()


def test_a_sleeve_of_weight_zero_is_allowed(tree):
    tree["sleeves"]["gold"] = {"asset": "gold", "dealing": "daily"}
    tree["glide_path"]["weights"]["gold"] = [0.0, 0.0]
    assert Fund.model_validate(tree).glide_path.weights["gold"] == (0.0, 0.0)


def test_weights_may_miss_one_by_rounding_only(tree):
    tree["glide_path"]["weights"]["stocks"] = [0.8 + 9e-10, 0.4]
    Fund.model_validate(tree)
    tree["glide_path"]["weights"]["stocks"] = [0.8 + 2e-9, 0.4]
    with pytest.raises(ValidationError, match=r"column 1 \(30 years to target\)"):
        Fund.model_validate(tree)


def test_objects_made_in_code_are_checked_like_files(tree):
    del tree["blocks"]
    with pytest.raises(ValidationError, match=r"names \"direct_lending\", which is not in blocks"):
        Fund.model_validate(tree)
    plan = tomllib.loads(FILES["plan.toml"])
    with pytest.raises(ValidationError, match="both population and census"):
        Plan.model_validate({**plan, "population": "cps-2026"})
    assert Plan.model_validate({**plan, "population": None}).census == "people.csv"
    assumptions = tomllib.loads(FILES["assumptions.toml"])
    twice = assumptions["correlations"] + [
        {**assumptions["correlations"][0], "a": "us_large_cap", "b": "private_debt"}
    ]
    with pytest.raises(ValidationError, match="repeats"):
        Assumptions.model_validate({**assumptions, "correlations": twice})


def test_every_value_in_force_is_counted_as_published_or_assumed(tree):
    public, assumed = Fund.model_validate(tree).term_counts()
    assert public == 1
    tree["public_terms"].append({"key": "glide_path.weights.stocks", "cite": "Fact sheet, 2026"})
    assert Fund.model_validate(tree).term_counts() == (2, assumed - 1)
    tree["regime"] = {"clean_periods": 3}
    assert Fund.model_validate(tree).term_counts() == (2, assumed - 1)
    tree["blocks"]["direct_lending"]["lockup_months"] = 12
    assert Fund.model_validate(tree).term_counts() == (2, assumed)
    tree["modelled_on"] = "Modelled on the published outline of nobody"
    assert Fund.model_validate(tree).term_counts() == (2, assumed)


def test_only_written_values_can_be_published(tree):
    tree["public_terms"][0]["key"] = "regime.clean_periods"
    with pytest.raises(ValidationError, match="not a value of this file"):
        Fund.model_validate(tree)


def test_a_published_value_is_listed_once(tree):
    tree["public_terms"] *= 2
    with pytest.raises(ValidationError, match="twice"):
        Fund.model_validate(tree)


def test_leaves_are_scalars_and_whole_arrays():
    tree = {"a": {"b": 1, "c": [1, 2], "d": {}}, "e": "", "f": False, "g": None, "h": [{"i": 1}]}
    assert leaves(tree) == {"a.b": 1, "a.c": [1, 2], "f": False, "h": [{"i": 1}]}


def test_paths_are_written_with_dots_and_brackets():
    assert dotted(("gates", 1, "pct")) == "gates[1].pct"
    assert dotted(()) == ""


def test_one_window_of_rolling_gates_runs(tree):
    tree["blocks"]["direct_lending"]["gate_pct_rolling"] = [
        {"window": 3, "pct": 0.05},
        {"window": 12, "pct": 0.2},
    ]
    with pytest.raises(ValidationError, match="more than one window"):
        Fund.model_validate(tree)


def test_a_partnership_block_has_a_pace_and_an_evergreen_one_has_none():
    fund = tomllib.loads((EXAMPLES / "target-date-cit" / "fund.toml").read_text(encoding="utf-8"))
    fund["blocks"]["buyout_partnerships"]["vehicle_type"] = "TENDER_13E4"
    with pytest.raises(ValidationError) as raised:
        Fund.model_validate(fund)
    for words in (
        "has no redemption_freq",
        "has no gate_pct_period",
        "has no unfilled",
        "pace is only for LP_CLOSED",
    ):
        assert words in str(raised.value)


def test_a_partnership_that_never_holds_anything_is_refused():
    fund = tomllib.loads((EXAMPLES / "target-date-cit" / "fund.toml").read_text(encoding="utf-8"))
    pace = fund["blocks"]["buyout_partnerships"]["pace"]
    for change in ({"call_rates": [0.0]}, {"call_rates": [0.0, 0.0], "life_years": 3}, {"life_years": 1}):
        fund["blocks"]["buyout_partnerships"]["pace"] = {**pace, **change}
        with pytest.raises(ValidationError, match="never hold anything|life_years"):
            Fund.model_validate(fund)
    fund["blocks"]["buyout_partnerships"]["pace"] = {**pace, "call_rates": [0.0, 0.5], "life_years": 3}
    Fund.model_validate(fund)


def test_a_case_keeps_people_hashes_and_alternatives(tmp_path):
    case = load(write(tmp_path / "mine", FILES))
    assert case.folder_name == "mine"
    assert case.census[1] == (1985, 88000.0, 71000.0, 0.07, 3, None)
    assert [name for name, _ in case.alternatives] == ["more-bonds"]
    assert [name for name, _ in case.files] == sorted(FILES)
    assert all(len(digest) == 64 for _, digest in case.files)
    with pytest.raises(AttributeError):
        case.fund = None
    write(tmp_path / "mine", {"people.csv": FILES["people.csv"].replace("62000", "62001")})
    changed = load(tmp_path / "mine")
    assert [a[0] for a, b in zip(case.files, changed.files, strict=True) if a != b] == ["people.csv"]


def test_a_byte_order_mark_windows_lines_and_any_column_order_are_read(tmp_path):
    plain = load(write(tmp_path / "plain", FILES))
    marked = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in FILES.items()}
    rows = [line.split(",") for line in FILES["people.csv"].split()]
    marked["people.csv"] = "\ufeff" + "".join(",".join(reversed(row)) + "\r\n" for row in rows)
    other = load(write(tmp_path / "marked", marked))
    assert (other.fund, other.plan, other.assumptions) == (plain.fund, plain.plan, plain.assumptions)
    assert other.census == plain.census


def test_the_proposed_fund_may_be_a_copy_of_the_baseline(tmp_path):
    case = load(write(tmp_path, {**FILES, "fund.toml": FILES["baseline.toml"]}))
    assert case.fund == case.baseline


def test_a_case_without_alternatives_is_complete(tmp_path):
    case = load(write(tmp_path, {name: text for name, text in FILES.items() if "/" not in name}))
    assert case.alternatives == ()
