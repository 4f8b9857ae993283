"""The two examples hold what they say: published outlines, terms published or assumed, sources."""

import math
import re
import shutil

import pytest
from case_files import EXAMPLES, load

from alts401k.terms.periods import targets
from alts401k.units import Problems
from alts401k.verbs.check import check

NAMES = ["bitcoin-and-gold", "target-date-cit"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_checks_against_the_shipped_world(name):
    report = check(EXAMPLES / name)
    case = load(EXAMPLES / name)
    assert (report.case, report.fund) == (name, case.fund.name)
    assert f"{report.fund}, modelled on the published outline of {report.modelled_on}" in str(report)
    assert (report.terms_public, report.terms_assumed) == case.fund.term_counts()
    assert report.people == 5000
    assert set(report.files) == {path for path, _ in case.files}
    assert report.data["files"] == list(report.files)
    assert f"{report.terms_public} published, {report.terms_assumed} assumed" in str(report)


@pytest.mark.parametrize("name", NAMES)
def test_no_product_is_named_as_the_fund(name):
    case = load(EXAMPLES / name)
    for fund in (case.fund, case.baseline, *(fund for _, fund in case.alternatives)):
        assert not re.search(r"Panorix|LifePath|Great Gray|BlackRock|Fidelity|Vanguard", fund.name)
    assert case.alternatives and all(fund.similar_because for _, fund in case.alternatives)
    assert all(term.cite for term in case.fund.public_terms)


def test_the_target_date_example_has_its_shape():
    fund, baseline = load(EXAMPLES / "target-date-cit").fund, load(EXAMPLES / "target-date-cit").baseline
    assert fund.vintages == baseline.vintages == tuple(range(2020, 2071, 5))
    slow = [name for name, sleeve in fund.sleeves.items() if sleeve.slow]
    assert (len(fund.sleeves), slow) == (8, ["private_credit", "private_equity"])
    assert set(baseline.sleeves) == set(fund.sleeves) - set(slow)
    assert fund.blocks[fund.sleeves["private_equity"].block].vehicle_type == "LP_CLOSED"
    assert fund.blocks[fund.sleeves["private_credit"].block].gate_pct_period == 0.05


def test_private_weights_stay_in_the_published_range_and_move_from_equity_to_credit():
    fund, baseline = load(EXAMPLES / "target-date-cit").fund, load(EXAMPLES / "target-date-cit").baseline
    bonds = ("us_core_bonds", "tips")
    before = math.inf
    for years in range(45, -40, -1):
        weight, today = targets(fund, years), targets(baseline, years)
        assert 0.05 - 1e-12 <= weight["private_equity"] + weight["private_credit"] <= 0.20 + 1e-12
        assert weight["private_equity"] <= before
        before = weight["private_equity"]
        public_bonds = sum(weight[name] for name in bonds)
        assert public_bonds + weight["private_credit"] == pytest.approx(
            sum(today[name] for name in bonds), abs=1e-12
        )
    assert targets(fund, 25)["private_equity"] > targets(fund, 25)["private_credit"]
    assert targets(fund, 0)["private_equity"] < targets(fund, 0)["private_credit"]
    equity = [1.0 - sum(targets(baseline, years)[name] for name in bonds) for years in (40, 0, -20)]
    assert equity == pytest.approx([0.90, 0.45, 0.30], abs=1e-12)


def test_the_bitcoin_example_keeps_cash_for_flows_and_states_its_return():
    case = load(EXAMPLES / "bitcoin-and-gold")
    for name in ("bitcoin", "gold"):
        assert case.fund.glide_path.weights[name] == (0.05,)
        assert case.fund.sleeves[name].cash_target == 0.05
        assert name not in case.baseline.sleeves
    assert case.fund.sleeves["bitcoin"].fees["account"] == 0.0090
    bitcoin = case.assumptions.assets["bitcoin"]
    # The neutral view: the same average year as US stocks in the survey, 8.32%, at bitcoin's own volatility.
    assert math.exp(math.log(1.0832) - bitcoin.sd**2 / 2) - 1 == pytest.approx(
        bitcoin.expected_return, abs=5e-4
    )
    assert "assumption" in bitcoin.source and "28.3%" in bitcoin.opposite


def test_bitcoin_without_a_stated_return_is_a_problem(tmp_path):
    folder = shutil.copytree(EXAMPLES / "bitcoin-and-gold", tmp_path / "case")
    text = (folder / "assumptions.toml").read_text(encoding="utf-8")
    (folder / "assumptions.toml").write_text(text[: text.index("[assets.bitcoin]")], encoding="utf-8")
    with pytest.raises(Problems) as raised:
        check(folder)
    assert [item.file for item in raised.value.items] == ["assumptions.toml"]
    assert "bitcoin" in raised.value.items[0].message
    assert sorted(path.name for path in folder.rglob("*.toml")) == [
        *("assumptions.toml", "baseline.toml", "fund.toml", "gold-only.toml", "plan.toml"),
    ]
