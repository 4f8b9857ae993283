"""The change taken apart: parts that add up, and single differences that land in their own part."""
import pytest
from case_maker import (
    BUSY,
    WORLD,
    Private,
    asset,
    assumptions,
    census,
    paired,
    plan,
    sections,
    studied,
    together,
    write,
)
from case_maker import family as drifting

from alts401k.verbs.why import PARTS, decomposition

PEOPLE = census((1990, 60_000.0, 30_000.0, 0.06), (1978, 80_000.0, 120_000.0, 0.08))
PATHS = 200
BASE = {"stocks": [0.6], "bonds": [0.4]}
WITH = {"private": [0.2], "stocks": [0.4], "bonds": [0.4]}
TWIN = (asset("private", 0.09, 0.17), together("private", "stocks"))  # stocks with a premium
FREE = {"target": 0.0, "minimum": 0.0}


def family(weights: dict, **keys) -> str:
    """A family whose listed sleeves are back at target every month."""
    return drifting(weights, **{"rebalance": {"fast_band": 0.0, "slow_band": 1.0, "max_change": 1.0}, **keys})


def parts(folder, fund: str, baseline: str, *more: str, world=WORLD) -> dict:
    write(folder, fund=fund, baseline=baseline, plan=plan(), people=PEOPLE,
          assumptions=assumptions(*world, *more))
    found = decomposition(studied(folder, PATHS))
    assert sum(found[name] for name in PARTS) + found["residual"] == pytest.approx(found["total"], abs=1e-12)
    assert abs(found["residual"]) < 5e-4
    return found


def test_a_fund_equal_to_its_baseline_has_no_parts(tmp_path):
    """Exactly nothing."""
    found = parts(tmp_path, family(WITH, private=BUSY), family(WITH, private=BUSY))
    assert all(found[name] == 0.0 for name in (*PARTS, "residual", "total"))


def test_fees_alone_are_fees_alone(tmp_path):
    """Half a point more of trustee's fee, nothing else."""
    found = parts(tmp_path, family(BASE, trustee_fee=0.005), family(BASE))
    assert found["fees"] < -0.05 and found["fees"] == pytest.approx(found["total"], abs=1e-9)
    assert max(abs(found[name]) for name in PARTS if name != "fees") < 1e-9


def test_a_premium_at_the_same_risk_is_return_alone(tmp_path):
    """A private asset that moves in step with stocks, as risky, and earns two points more; open, truly marked, free."""
    world = tuple(x for x in WORLD if "assets.private]" not in x)
    found = parts(tmp_path, family(WITH, private=Private(**FREE)), family(BASE), *TWIN, world=world)
    assert found["return"] > 0.05 and found["return"] == pytest.approx(found["total"], rel=0.15)
    # what is bought counts as apart from the bonds that are kept, so a little risk comes and goes
    assert abs(found["risk"] + found["diversification"]) < 0.01 and found["fees"] == found["smoothing"] == 0.0


def test_more_of_the_same_risk_is_risk(tmp_path):
    """90/10 for 60/40: what is left for the return is what bonds were paid beyond their risk."""
    found = parts(tmp_path, family({"stocks": [0.9], "bonds": [0.1]}), family(BASE))
    assert found["risk"] > 0.05 and found["risk"] > abs(found["return"])
    assert max(abs(found[name]) for name in ("fees", "smoothing", "liquidity_drag")) < 1e-9


def test_every_part_of_a_busy_fund_and_the_headline(tmp_path):
    """Gates, late marks, fees, a liquidity sub-sleeve: the parts add up to the headline of the same paths."""
    found = parts(tmp_path, family(WITH, private=BUSY, rebalance={"slow_band": 0.02, "max_change": 0.02}), family(BASE))
    assert found["fees"] < 0.0 < found["return"] and found["liquidity_drag"] < 0.0 and found["smoothing"] != 0.0
    assert found["total"] == pytest.approx(paired(sections(tmp_path, PATHS, 1))["median_wealth_change"], abs=2e-4)
    assert all(error >= 0.0 for error in found["standard_error"].values())
