"""What one month's outflow breaks, and stated months through the step."""
import numpy as np
import pytest
from small_funds import families, fund, market, members

from alts401k.simulate.run import Books, run_to, used_assets
from alts401k.simulate.strain import breaking_outflow, flat_tape, live_through, opening_private_weight, tape_of
from alts401k.step.layout import GATED
from alts401k.world.generators import tape

WORLD, SEED = market(), 3
CALM = {"amber_over_target": 1.0, "hard_cap_over_target": 1.0, "coverage_amber": 0.0, "coverage_red": 0.0,
        "coverage_gated": 0.0}


def breaking(document, books: Books | None = None, month: int = 0, fall: float = 0.0) -> np.ndarray:
    (family,) = families(document)
    assets = used_assets((family,))
    growth = np.where(np.array(assets) == "us_large_cap", 1.0 - fall, 1.0)
    flat = flat_tape(tape(WORLD, assets, SEED), growth)
    opening = Books(family.b[None], family.price[None], family.state[None])
    return breaking_outflow(family, members(), books or opening, month, flat, assets, np.array([True, True]))


def test_a_shortfall_comes_when_the_listed_part_and_the_line_are_spent():
    """The vintage with a fifth in a closed private sleeve, no crossing, no line: four fifths can leave."""
    closed = {"private": {**fund().sleeves["private"].model_dump(exclude_unset=True), "crossing": False}}
    found = breaking(fund(regime=CALM, line={"cap": 0.0}, sleeves=closed, weights={
        "private": (0.2, 0.2), "stocks": (0.6, 0.3), "zbonds": (0.2, 0.5)}))
    assert found[0] == pytest.approx(0.8, abs=1e-3)


def test_a_fall_of_the_same_month_lowers_it():
    """Stocks at 60% fall by half: 0.5 listed of 0.7 left is 5 in 7."""
    closed = {"private": {**fund().sleeves["private"].model_dump(exclude_unset=True), "crossing": False}}
    weights = {"private": (0.2, 0.2), "stocks": (0.6, 0.6), "zbonds": (0.2, 0.2)}
    found = breaking(fund(regime=CALM, line={"cap": 0.0}, sleeves=closed, weights=weights), fall=0.5)
    assert found[0] == pytest.approx(5 / 7, abs=2e-3)


def test_nothing_breaks_a_fund_that_is_listed():
    """Everybody can leave."""
    weights = {"private": (0.0, 0.0), "stocks": (0.6, 0.3), "zbonds": (0.4, 0.7)}
    assert breaking(fund(regime=CALM, weights=weights)).tolist() == [1.0]


def test_a_gate_on_cover_breaks_first():
    """Cover of stressed outflow below 1 is GATED: a quarter of the fund as stress needs a quarter of it liquid."""
    tight = {**CALM, "coverage_amber": 1.0, "coverage_red": 1.0, "coverage_gated": 1.0, "stressed_outflow": 0.5}
    loose = breaking(fund(regime=CALM))[0]
    assert breaking(fund(regime=tight))[0] < loose
    (family,) = families(fund(regime=tight))
    shut = family._replace(state=np.array([GATED, GATED, 0, 0]))  # not one clean period yet
    assert breaking(fund(regime=tight), Books(shut.b[None], shut.price[None], shut.state[None]))[0] == 0.0


def test_books_of_many_paths_each_have_their_own_answer():
    """After two years: as many as paths, between 0 and 1, and a path alone is a path of many."""
    (family,) = families(fund())
    books = run_to(family, members(), WORLD, 24, 8, SEED)
    found = breaking(fund(), books, 24)
    assert found.shape == (8,) and ((found >= 0.0) & (found <= 1.0)).all() and len(set(found)) > 1
    alone = breaking(fund(), Books(*(x[2:3] for x in books)), 24)
    assert alone[0] == found[2]


def test_stated_months_are_lived_through_as_stated():
    """Stocks fall by a fifth in the second month, no mark arrives: the private weight rises by what is listed."""
    (family,) = families(fund(regime=CALM, rebalance={"fast_band": 1.0, "slow_band": 1.0, "max_change": 1.0}))
    assets = used_assets((family,))
    growth = np.ones((12, len(assets)))
    growth[1, assets.index("us_large_cap")] = 0.8
    drawn = tape_of(tape(WORLD, assets, SEED), growth)
    still = members(in_usd=0.0, turnover=0.0, retired=0.0)
    shock = np.zeros((12, 2))
    calm = live_through(family, still, drawn, assets, shock, np.zeros(12, dtype=bool))
    assert calm.trace.shape == (12, 3 + 4) and calm.sums["asked"][0] == 0.0
    assert calm.trace[0, -1] > calm.trace[1, -1]
    shock[5, 0] = 0.3
    leaving = live_through(family, still, drawn, assets, shock, np.zeros(12, dtype=bool))
    held = family.price[-1] * 0.3 * 1e9 / 10.0
    assert leaving.sums["asked"][0] == pytest.approx(held, rel=0.2)
    assert opening_private_weight(family) == pytest.approx(0.85 * (0.14 * 0.4 + 0.2 * 0.6), rel=0.3)


def test_shut_gates_pay_nothing():
    """A fund that wants less of its private sleeve gets none of it while the gates are shut."""
    regime = {"amber_over_target": 1.0, "hard_cap_over_target": 1.0}
    weights = {"private": (0.2, 0.2), "stocks": (0.6, 0.3), "zbonds": (0.2, 0.5)}
    (family,) = families(fund(regime=regime, weights=weights))
    assets = used_assets((family,))
    growth = np.ones((24, len(assets)))
    growth[0, assets.index("us_large_cap")] = 0.5
    drawn = tape_of(tape(WORLD, assets, SEED), growth)
    still = members(in_usd=0.0, turnover=0.0, retired=0.0)
    shock = np.zeros((24, 2))
    open_, shut = (live_through(family, still, drawn, assets, shock, np.full(24, closed)) for closed in (False, True))
    assert open_.sums["slow_asked"][0] > open_.sums["slow_unfilled"][0]
    assert shut.sums["slow_asked"][0] == pytest.approx(shut.sums["slow_unfilled"][0]) and shut.sums["slow_asked"][0] > 0
