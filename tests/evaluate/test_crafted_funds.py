"""Funds made so that the answer is known: gates always or never, a weight that stays, an incentive fee by hand."""

import pytest
from case_maker import CALM, OPEN, Private, asset, assumptions, census, family, finished, plan, sections, write

from alts401k.simulate.run import named_sums

WORLD = {"private": 0.08, "liquid": 0.02, "stocks": 0.08, "bonds": 0.04}
WEIGHTS = {"private": [0.3], "stocks": [0.5], "bonds": [0.2]}
# Of one age, so that nobody leaves before the run ends.
TWINS = ((1995, 50_000, 100_000, 0), (1995, 50_000, 300_000, 0))


def case(folder, fund, people=TWINS, world=WORLD, **keys):
    """A riskless world with these returns; today's fund is all in stocks."""
    return write(
        folder,
        fund=fund,
        baseline=family({"private": [0.0], "stocks": [1.0], "bonds": [0.0]}),
        people=census(*people),
        plan=plan(**keys),
        assumptions=assumptions(*(asset(*x) for x in world.items())),
    )


# Targets fall a little every year from the second on, so a sleeve is asked every dealing date; it may pay next to
# nothing.
SELLING = {"slow_band": 0.0, "max_change": 1.0}
STUCK = {"gate": 1e-4, "block_gate": 1e-4, "target": 0.05, "minimum": 0.05, "maximum": 0.05}
NEVER, ALWAYS, FROM_THE_SECOND = [0.0] * 37, [1.0] * 37, [0.0] + [1.0] * 36


def falling(last, **terms):
    """The private weight falls from 60% to ``last`` over the run."""
    weights = {"private": [0.6, last], "stocks": [0.4, 1.0 - last], "bonds": [0.0, 0.0]}
    return family(weights, years=(36, -2), rebalance=SELLING, private=Private(**terms))


# Chance of a gate by year at the building block, the sleeve, the plan.
GATES = {
    "a quarterly sleeve that pays almost nothing": (
        falling(0.0, dealing="quarterly", **STUCK),
        (ALWAYS, FROM_THE_SECOND, NEVER),
    ),
    "a monthly one": (falling(0.0, **STUCK), (ALWAYS, FROM_THE_SECOND, NEVER)),
    "a sleeve that pays everything": (
        falling(0.3, target=0.5, minimum=0.3, maximum=0.7),
        (NEVER, NEVER, NEVER),
    ),
    "nobody asks": (family(WEIGHTS, private=Private(gate=0.0, block_gate=0.0)), (NEVER, NEVER, NEVER)),
    "a plan that is never covered": (
        family(
            WEIGHTS,
            regime={
                **CALM,
                "coverage_amber": 100,
                "coverage_red": 100,
                "coverage_gated": 100,
                "stressed_outflow": 0.05,
            },
        ),
        (NEVER, NEVER, ALWAYS),
    ),
}


@pytest.mark.parametrize("name", GATES)
def test_gates_that_always_or_never_close(tmp_path, name):
    """Probabilities of one or of zero, at each of the three levels, year by year."""
    fund, known = GATES[name]
    liquidity = sections(case(tmp_path / "case", fund), paths=2)["liquidity"]
    found = liquidity["gate_probability"]
    for level, by_year in zip(("building_block", "sleeve", "plan"), known, strict=True):
        assert found["by_year"][level] == by_year
        assert found[level] == pytest.approx(sum(by_year) / 37, rel=1e-12)
        assert found["standard_error"][level] == 0.0
    assert liquidity["regimes"]["gated"] == pytest.approx(
        known[2][0], abs=1 / 444
    )  # decided at a month's close
    if known[1] == NEVER:
        assert liquidity["unfilled_usd_share"] == 0.0
    else:
        assert liquidity["unfilled_usd_share"] > 0.99


def test_a_request_that_cannot_be_paid_in_full_is_a_gate_of_the_plan(tmp_path):
    """Everybody in one vintage goes within a year, and two thirds of it is private and closed: participants wait."""
    fund = family(
        {"private": [0.66], "stocks": [0.34], "bonds": [0.0]},
        rebalance=OPEN,
        private=Private(gate=0.0, block_gate=0.0, target=0.1),
    )
    people = ((1962, 50_000, 900_000, 0), (1995, 50_000, 1_000, 0))
    data = sections(case(tmp_path / "case", fund, people), paths=2)["liquidity"]
    by_year = data["gate_probability"]["by_year"]["plan"]
    assert (
        by_year[:4] == [0.0] * 4 and max(by_year) == 1.0
    )  # he is 67 after four years and leaves in the fifth
    assert by_year[4] + by_year[5] > 0.0
    assert data["regimes"]["suspended"] > 0.0


def test_a_private_weight_that_stays(tmp_path):
    """Two assets with one return and no flows: 30% for ever, whatever the percentile (bins are a quarter point)."""
    world = {**WORLD, "liquid": 0.08, "bonds": 0.08}
    weight = sections(case(tmp_path / "case", family(WEIGHTS), world=world), paths=2)["liquidity"][
        "private_weight"
    ]
    assert weight["max"] == pytest.approx(0.3, abs=1e-9)
    assert weight["p50"] == pytest.approx(0.3, abs=0.0025) and weight["p95"] == pytest.approx(0.3, abs=0.0025)
    share = dict(zip(weight["histogram"]["edges"], weight["histogram"]["share"], strict=False))
    assert share[0.275] + share[0.3] == pytest.approx(1.0, abs=1e-12)


def incentive_by_hand(opening, rate, fee, share, hurdle, catch_up, years, every):
    """Dollars of incentive fee on a holding nobody adds to, month by month: the manager's fee leaves the holding,
    what is left of the profit counts, the hurdle accrues simply, a profit is taken at its date and a loss
    is carried forward."""
    holding, gain, needed, due, total = opening, 0.0, 0.0, 0.0, 0.0
    monthly = (1.0 + rate) ** (1.0 / 12.0) - 1.0
    for month in range(1, 12 * years + 1):
        gain += holding * (monthly - fee / 12.0)
        needed += holding * hurdle / 12.0
        holding *= 1.0 + monthly - fee / 12.0
        owed = max(0.0, min((catch_up or share) * (gain - needed), share * gain))
        total += owed - due
        due = owed
        if month % every == 0:
            due, needed = 0.0, 0.0
            gain = min(gain, 0.0)
    return total


@pytest.mark.parametrize(
    ("rate", "hurdle", "catch_up", "crystallise"),
    [
        (0.12, 0.06, 1.0, "yearly"),
        (0.12, 0.06, 0.5, "quarterly"),
        (0.12, 0.06, 0.0, "yearly"),
        (0.12, 0.0, 1.0, "yearly"),
        (0.07, 0.08, 1.0, "yearly"),
        (0.09, 0.08, 1.0, "yearly"),
    ],
)
def test_an_incentive_fee_by_hand(tmp_path, rate, hurdle, catch_up, crystallise):
    """Share 20%, manager's fee 1%: the run's dollars, and their place among the layers."""
    terms = (
        f"mgmt_fee = 0.01\nincentive_fee = {{ share = 0.2, hurdle_yearly = {hurdle}, catch_up = {catch_up}, "
        f'crystallise = "{crystallise}" }}'
    )
    fund = family(WEIGHTS, private=Private(target=0.6, block=terms))
    years = 12
    folder = case(
        tmp_path / "case", fund, ((2025 + years - 67, 50_000, 100_000, 0),), {**WORLD, "private": rate}
    )
    _, run = finished(folder, 2)
    sums = named_sums(run.paths[0])
    opening = 1e9 * 0.3 * 0.4
    known = incentive_by_hand(
        opening, rate, 0.01, 0.2, hurdle, catch_up, years, {"yearly": 12, "quarterly": 3}[crystallise]
    )
    assert sums["incentive"][0, 0] == pytest.approx(known, rel=1e-9, abs=1e-3)
    grown = (1 + rate) ** (1 / 12) - 0.01 / 12
    fee = opening * 0.01 / 12 * sum(grown**k for k in range(12 * years))
    assert sums["block_fee"][0, 0] == pytest.approx(fee, rel=1e-9)
    layers = sections(folder, paths=2)["fees"]["per_1000_usd"]["proposed"]
    assert layers.get("incentive", 0.0) == pytest.approx(12_000 * known / sums["net"][0], rel=1e-9, abs=1e-9)
    assert layers["block_management"] == pytest.approx(12_000 * fee / sums["net"][0], rel=1e-9)
    assert (known > 0.0) == (rate - 0.01 > hurdle)


def test_leverage_and_layers_of_a_fund_all_private(tmp_path):
    """Everything in the private sleeve, a tenth of it liquid, its block with 80 cents of debt a dollar of equity."""
    fund = family(
        {"private": [1.0], "stocks": [0.0], "bonds": [0.0]},
        private=Private(target=0.1, block="leverage = 0.8"),
    )
    complexity = sections(case(tmp_path / "case", fund), paths=2)["complexity"]
    assert complexity["look_through_leverage"] == {
        "proposed": pytest.approx(1 + 0.9 * 0.8, rel=1e-12),
        "baseline": 1.0,
    }
    assert complexity["layers"]["proposed"] == 3
    assert complexity["sleeves"] == 3
