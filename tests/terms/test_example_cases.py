"""The examples hold what they say: published outlines, terms published or assumed, sources."""

import math
import re
import shutil

import pytest
from case_files import EXAMPLES, load

from alts401k.terms.periods import targets
from alts401k.units import Problems
from alts401k.verbs.check import check

NAMES = [
    "all-markets-interval",
    "bitcoin-and-gold",
    "index-plus-private",
    "infrastructure-and-real-estate",
    "managed-account",
    "target-date-cit",
]
FIRMS = (
    r"Panorix|LifePath|Great Gray|BlackRock|Fidelity|Vanguard|Wellington|Blackstone|WVB|State Street|IndexPlus|Apollo"
    r"|Empower|TIAA"
)
EQUITY = ("us_large_cap", "us_small_cap", "intl_developed", "emerging")
BONDS = ("us_core_bonds", "tips", "high_yield")


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
        assert not re.search(FIRMS, fund.name)
    assert case.alternatives and all(fund.similar_because for _, fund in case.alternatives)
    assert all(term.cite for term in case.fund.public_terms)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_takes_the_newest_survey(name):
    assert load(EXAMPLES / name).assumptions.set == "survey"


def private_weight(fund, years):
    """Target weight of all private sleeves so many years before the target date."""
    return sum(weight for name, weight in targets(fund, years).items() if fund.sleeves[name].slow)


def test_the_index_family_has_a_tenth_in_private_markets_at_every_age():
    """Private equity and real assets in place of stocks, credit in place of bonds, one for one."""
    case = load(EXAMPLES / "index-plus-private")
    assert case.fund.vintages == case.baseline.vintages and case.fund.vehicle_type == "CIT"
    for years in (50, 25, 19, 10, 2, 0, -5, -30):
        weight, today = targets(case.fund, years), targets(case.baseline, years)
        assert private_weight(case.fund, years) == pytest.approx(0.10, abs=1e-12)
        stocks = sum(weight[name] for name in EQUITY if name in weight)
        assert stocks + weight["private_equity"] + weight["real_assets"] == pytest.approx(
            sum(today[name] for name in EQUITY if name in today), abs=1e-12
        )
        (other,) = (fund for _, fund in case.alternatives)
        assert not any(sleeve.slow for sleeve in other.sleeves.values())
        for name in ("us_large_cap", "us_core_bonds", "tips"):
            assert targets(other, years)[name] == weight[name]


def test_slow_units_deal_quarterly_on_notice_and_unfilled_requests_lapse():
    """Infrastructure and real estate: the sleeve, its block and the queue between them."""
    fund = load(EXAMPLES / "infrastructure-and-real-estate").fund
    slow = {name: sleeve for name, sleeve in fund.sleeves.items() if sleeve.slow}
    assert sorted(slow) == ["infrastructure", "real_estate"] and fund.vintages == ()
    for sleeve in slow.values():
        block = fund.blocks[sleeve.block]
        assert (sleeve.dealing, sleeve.unfilled, block.unfilled) == ("quarterly", "LAPSE", "LAPSE")
        assert (block.redemption_freq, block.gate_pct_period, block.pace) == ("Q", 0.05, None)
        assert block.notice_days >= 30
    assert fund.blocks["open_end_infrastructure"].notice_days == 90
    assert private_weight(fund, 0) == pytest.approx(0.15)


def test_the_interval_example_keeps_its_ranges_and_is_bought_back_quarterly():
    """Stocks 40 to 60 points, bonds 15 to 30, private up to 40; one fund for all ages."""
    fund = load(EXAMPLES / "all-markets-interval").fund
    weight = targets(fund, 0)
    assert 0.40 <= sum(weight[name] for name in EQUITY if name in weight) <= 0.60
    assert 0.15 <= sum(weight[name] for name in BONDS if name in weight) <= 0.30
    assert 0.0 < private_weight(fund, 0) <= 0.40
    assert (fund.vehicle_type, fund.vintages) == ("INTERVAL_23C3", ())
    assert (fund.repurchase.every_months, fund.repurchase.limit, fund.repurchase.unfilled) == (3, 0.05, "LAPSE")
    # the outline's ranges were read in no document, so they are not among its published values
    assert not any("weights" in term.key for term in fund.public_terms)


def test_the_managed_account_uses_everything_and_caps_private_sleeves_at_a_tenth():
    """Its alternative is the same service without private sleeves; today's fund knows the age alone."""
    case = load(EXAMPLES / "managed-account")
    account = case.fund.managed_account
    assert account.uses == ("age", "pay", "balance", "deferral", "opt_in")
    assert account.private_cap == 0.10 and 0.0 < account.opt_in_share < 1.0
    assert max(private_weight(case.fund, years) for years in range(40, -20, -1)) <= 0.10 + 1e-12
    assert case.baseline.managed_account is None and case.baseline.vintages == case.fund.vintages
    ((_, other),) = case.alternatives
    assert other.managed_account.fee == account.fee and other.managed_account.path == account.path
    assert other.managed_account.uses == account.uses[:-1]
    assert "managed_account.private_cap" in [term.key for term in case.fund.public_terms]


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
