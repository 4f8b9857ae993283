"""More risk is not skill: what a fund gains against today's assets at its own true risk."""
import math

import numpy as np
import pytest
from case_maker import WORLD, assumptions, census, plan, studied, together, write
from case_maker import family as drifting

from alts401k.verbs.against import matched
from alts401k.verbs.variants import as_run

PEOPLE = census((1990, 60_000.0, 30_000.0, 0.06), (1975, 80_000.0, 120_000.0, 0.08))
PATHS, BETA = 200, 1.5
BILLS = 0.0354  # the set's yearly return of cash


def levered() -> tuple[str, ...]:
    """Stocks with half as much again borrowed at the cash rate, as an asset: no skill in it."""
    mean, sd = math.log1p(0.07) / 12, 0.17 / math.sqrt(12)
    grown = math.exp(mean + sd**2 / 2)
    risk = BETA * grown * math.sqrt(math.expm1(sd**2))
    wanted = 1 + BETA * (grown - 1) - (BETA - 1) * (math.exp(math.log1p(BILLS) / 12) - 1)
    log_sd = math.sqrt(math.log1p((risk / wanted) ** 2))
    rate = math.expm1(12 * (math.log(wanted) - log_sd**2 / 2))
    return (
        f'[assets.levered]\nexpected_return = {rate}\nsd = {log_sd * math.sqrt(12)}\nbasis = "gross"\n'
        'source = "this test"\n',
        f'[assets.cash]\nexpected_return = {BILLS}\nsd = 0.001\nbasis = "gross"\nsource = "this test"\n',
        together("levered", "stocks"),
    )


def family(weights: dict, **keys) -> str:
    """A family back at target every month."""
    return drifting(weights, rebalance={"fast_band": 0.0, "slow_band": 1.0, "max_change": 1.0}, **keys)


def case(folder, fund: str, baseline: str):
    return write(folder, fund=fund, baseline=baseline, plan=plan(), people=PEOPLE,
                 assumptions=assumptions(*WORLD, *levered()))


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_a_fund_with_leverage_and_no_skill_gains_nothing(tmp_path, share):
    """Against today's fund it looks like skill; against the matched one nothing is left."""
    rest = {} if share == 1.0 else {"bonds": [1.0 - share]}
    s = studied(case(tmp_path, family({"stocks": [share], **rest}, stocks="levered"),
                     family({"stocks": [share], **rest})), PATHS)
    found = as_run(s)
    assert found.baseline.median.value > 0.05
    assert found.matched.median.value < 0.01
    if share == 1.0:
        assert found.matched.median.value == pytest.approx(0.0, abs=0.02)
        assert matched(s)["borrowed_share"] == pytest.approx(BETA - 1.0, abs=0.02)


def test_more_stocks_are_matched_by_more_stocks(tmp_path):
    """90/10 against 60/40: the matched fund is 90/10, and nothing is left at all."""
    s = studied(case(tmp_path, family({"stocks": [0.9], "bonds": [0.1]}), family({"stocks": [0.6], "bonds": [0.4]})),
                PATHS)
    found, row = as_run(s), matched(s)
    assert abs(found.matched.median.value) < 2e-4 < 0.05 < found.baseline.median.value
    weights = {w["asset"]: w["matched"] for w in row["weights"]}
    assert weights == {"stocks": pytest.approx(0.9, abs=1e-6), "bonds": pytest.approx(0.1, abs=1e-6)}
    assert row["borrowed_share"] == 0.0
    assert row["volatility"]["matched"] == pytest.approx(row["volatility"]["proposed"], rel=1e-4)


def test_a_fund_equal_to_its_baseline_is_its_own_match(tmp_path):
    """Nothing changes on any path."""
    same = family({"stocks": [0.6], "bonds": [0.4]})
    s = studied(case(tmp_path, same, same), PATHS)
    assert np.array_equal(s.matched_values.value, s.run.paths[1].value)
    found = as_run(s)
    assert found.matched.median.value == found.baseline.median.value == 0.0
    assert (s.matched.weights == s.matched.weights[:, :1]).all() and not s.matched.borrowed.any()
