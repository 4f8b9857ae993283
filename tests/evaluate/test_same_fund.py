"""A proposed fund that is today's fund, or today's with a sleeve of weight zero, changes exactly nothing."""

import re
import shutil

import numpy as np
import pytest
from case_maker import (
    BUSY,
    EXAMPLES,
    HEADLINES,
    WORLD,
    assumptions,
    census,
    family,
    finished,
    plan,
    sections,
    wealth,
    write,
)

SAVERS = (
    (1998, 50_000, 0, 0.08),
    (1985, 90_000, 120_000, 0.10),
    (1976, 70_000, 200_000, 0.06),
    (1966, 80_000, 400_000, 0.12),
)
BANDS = {"fast_band": 0.0, "slow_band": 0.01, "max_change": 0.02}
YEARS = (30, 0)


def busy(private, stocks, bonds):
    """A family with these rows of weights (None = no such sleeve) and the busy terms."""
    rows = {"private": private, "stocks": stocks, "bonds": bonds}
    return family(
        {name: row for name, row in rows.items() if row is not None},
        private=BUSY,
        years=YEARS,
        rebalance=BANDS,
        regime={},
        trustee_fee=0.001,
    )


def nothing_changes(data):
    """Every change of the results is zero to the last bit, and what is said of both funds is the same."""
    performance = data["performance"]
    for name in HEADLINES:
        assert performance["paired"][name] == {"value": 0.0, "standard_error": 0.0}
    assert performance["by_age"]
    for row in performance["by_age"]:
        assert [row[key] for key in ("median_wealth_change", "p5_wealth_change", "chance_better_off")] == [
            0.0
        ] * 3
    for section in ("income_replacement", "wealth_usd", "wealth_fan"):
        assert performance[section]["proposed"] == performance[section]["baseline"]
    for key in ("sharpe", "certainty_equivalent"):
        assert performance["risk_adjusted"][key]["proposed"] == performance["risk_adjusted"][key]["baseline"]
    assert performance["risk_adjusted"]["certainty_equivalent"]["change"] == 0.0
    assert data["fees"]["total"]["proposed"] == data["fees"]["total"]["baseline"]
    assert data["fees"]["per_1000_usd"]["proposed"] == data["fees"]["per_1000_usd"]["baseline"]


@pytest.mark.parametrize("name", ["target-date-cit", "bitcoin-and-gold"])
def test_a_fund_against_itself(tmp_path, name):
    """A copy of an example's fund as both funds."""
    case = shutil.copytree(EXAMPLES / name, tmp_path / name)
    shutil.copy(case / "fund.toml", case / "baseline.toml")
    data = sections(case, paths=50)
    nothing_changes(data)
    for key in ("look_through_leverage", "layers"):
        assert data["complexity"][key]["proposed"] == data["complexity"][key]["baseline"]


# Today's fund without the sleeve, the proposed one with it at weight zero: whichever sleeve, whoever has it.
ZERO = {
    "a daily sleeve, first by name": (
        busy([0.2, 0.1], [0.8, 0.9], None),
        busy([0.2, 0.1], [0.8, 0.9], [0, 0]),
    ),
    "a daily sleeve, last by name": (
        busy([0.2, 0.1], None, [0.8, 0.9]),
        busy([0.2, 0.1], [0, 0], [0.8, 0.9]),
    ),
    "a private sleeve": (busy(None, [0.7, 0.5], [0.3, 0.5]), busy([0, 0], [0.7, 0.5], [0.3, 0.5])),
}


@pytest.mark.parametrize("who", ["proposed", "baseline"])
@pytest.mark.parametrize("name", ZERO)
def test_a_sleeve_of_weight_zero(tmp_path, name, who):
    """On every path of every person, not only in the statistics."""
    without, with_it = ZERO[name] if who == "proposed" else reversed(ZERO[name])
    case = write(
        tmp_path / "case",
        baseline=without,
        fund=with_it,
        people=census(*SAVERS),
        plan=plan(turnover_yearly=0.12, pay_profile='"cps"'),
        assumptions=assumptions(*WORLD, inflation=0.024),
    )
    g, run = finished(case, 50)
    assert np.array_equal(wealth(g, run, 0), wealth(g, run, 1))
    assert np.array_equal(run.paths[0].units, run.paths[1].units)
    data = sections(case, paths=50)
    nothing_changes(data)
    if "daily" in name:  # the private sleeve was busy: these would be zero in a fund that does nothing
        assert data["liquidity"]["gate_probability"]["sleeve"] > 0.0
        assert data["valuation"]["marks"]["private"]["sd_gap"] > 0.0
        assert data["fees"]["per_1000_usd"]["proposed"]["incentive"] > 0.0


def test_a_sleeve_of_weight_zero_that_would_keep_cash(tmp_path):
    """A listed fund runs in closed form; terms of a sleeve nobody holds must not send one of the pair elsewhere."""
    today = family({"stocks": [1.0]}, private=None, rebalance={"fast_band": 0.0}, trustee_fee=0.001)
    rows = {"private": [0.0], "stocks": [1.0], "bonds": [0.0]}
    proposed = family(rows, private=BUSY, rebalance={"fast_band": 0.0}, trustee_fee=0.001)
    proposed = proposed.replace("[sleeves.bonds]\n", "[sleeves.bonds]\ncash_target = 0.05\n")
    assert "cash_target" in proposed
    case = write(
        tmp_path / "case",
        baseline=today,
        fund=proposed,
        people=census(*SAVERS),
        plan=plan(turnover_yearly=0.12),
        assumptions=assumptions(*WORLD),
    )
    nothing_changes(sections(case, paths=50))


@pytest.mark.parametrize("sleeve", ["tips", "private_credit", "private_equity"])
def test_a_sleeve_of_weight_zero_in_the_example(tmp_path, sleeve):
    """The example's fund without one of its sleeves, whose weight goes to bonds, against the same with it at zero."""
    case = shutil.copytree(EXAMPLES / "target-date-cit", tmp_path / "case")
    text = (case / "fund.toml").read_text(encoding="utf-8")
    rows = {
        name: re.search(rf"^{name} += +\[(.*)\]", text, re.MULTILINE) for name in (sleeve, "us_core_bonds")
    }
    weights = {name: [float(x) for x in row[1].split(",")] for name, row in rows.items()}
    both = [round(a + b, 6) for a, b in zip(*weights.values(), strict=True)]
    text = text.replace(rows["us_core_bonds"][0], f"us_core_bonds = {both}")
    with_it = text.replace(rows[sleeve][0], f"{sleeve} = {[0.0] * len(both)}")
    without = text.replace(rows[sleeve][0], "")
    for header in [rf"sleeves\.{sleeve}"] + {
        "private_credit": [r"blocks\.direct_lending"],
        "private_equity": [r"blocks\.buyout_partnerships", r"blocks\.buyout_partnerships\.pace"],
    }.get(sleeve, []):
        without, count = re.subn(rf"^\[{header}\]\n(?:(?!\[).*\n)*", "", without, flags=re.MULTILINE)
        assert count == 1
    parts = re.split(r"(?=^\[\[public_terms\]\])", without, flags=re.MULTILINE)
    gone = (
        sleeve,
        "direct_lending"
        if sleeve == "private_credit"
        else "buyout_partnerships"
        if "equity" in sleeve
        else "-",
    )
    without = "".join(
        part for part in parts if "[[public_terms]]" not in part or not any(x in part for x in gone)
    )
    (case / "fund.toml").write_text(with_it, encoding="utf-8")
    (case / "baseline.toml").write_text(without, encoding="utf-8")
    nothing_changes(sections(case, paths=50))
