"""The step sees marks and never the truth; marks alone move money between people and make none."""

import ast
from pathlib import Path

import numpy as np
import pytest
from small_funds import BLOCK, PRIVATE, daily, families, fund, interpreted, market, members, same_bytes

from alts401k import chart, step
from alts401k.chart import HELD, base_v
from alts401k.simulate import paths as loop
from alts401k.simulate.run import named_sums, replay, run

SEED = 3
FLOWS = members()
V = 2


def imported(path: Path) -> set[str]:
    """Modules that a source imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


def test_the_step_cannot_import_the_world():
    """Nothing but chart and itself, and no name in it speaks of a truth."""
    sources = [path for room in (chart, step) for path in Path(room.__file__).parent.glob("*.py")]
    assert {path.name for path in sources} >= {"__init__.py", "layout.py", "price.py", "deal.py", "fund.py"}
    for path in sources:
        known = ("typing", "numba.extending", "alts401k.chart", "alts401k.step")
        assert all(name.startswith(known) for name in imported(path)), path.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {node.id} if isinstance(node, ast.Name) else {node.arg} if isinstance(node, ast.arg) else set()
            assert not any(word in name.lower() for name in names for word in ("true", "truth", "growth")), path.name


def blind(family):
    """The family with marks that never look at the truth: the last mark stands for ever, rolled forward."""
    return family._replace(smoothing=np.ones(len(family.shape.slow)))


@pytest.mark.parametrize("truth", [(0.5, 0.4), (-0.3, 0.1), (0.08, 0.0)])
def test_another_truth_with_the_same_marks_is_the_same_run(truth):
    """Struck prices, fees, gates, regimes are the same bytes; only true values and what is measured by them differ."""
    family = blind(families(fund())[0])
    one, other = (run((family,), (FLOWS,), market(private_debt=moments), 20, SEED)[0]
                  for moments in ((0.09, 0.1), truth))
    assert same_bytes(one.units, other.units)
    assert same_bytes(one.bins, other.bins) and same_bytes(one.gated, other.gated)
    assert not np.isclose(one.value, other.value, rtol=1e-6).any()
    measured = {"leavers", "joiners", "stayers", "gap_sum", "gap_squares", "excess_sum", "excess_squares", "pme_in",
                "pme_out"}
    mine, theirs = named_sums(one), named_sums(other)
    for name in mine:
        assert same_bytes(mine[name], theirs[name]) is (name not in measured), name
    prices, others = (replay((family,), (FLOWS,), market(private_debt=moments), 7, SEED)[0]
                      for moments in ((0.09, 0.1), truth))
    assert same_bytes(prices[:, :-V], others[:, :-V]) and not same_bytes(prices[:, -V:], others[:, -V:])


def test_another_truth_with_the_same_marks_moves_no_flow(monkeypatch):
    """All the books, month by month: crafted marks that rise, fall and stand, and a truth that does as it likes."""
    seen = []

    def dealt(b, out, *rest):
        loop_deal(b, out, *rest)
        seen[-1].append((b.copy(), out.copy()))

    def crafted(true, mark, flows, ring, month, *terms):
        return mark * (1.0 + 0.02 * (month % 5 - 2))

    loop_deal = loop.deal_half
    for moments in ((0.09, 0.1), (0.4, 0.6)):
        seen.append([])
        interpreted(monkeypatch, families(fund()), (FLOWS,), market(private_debt=moments), 2, SEED, deal_half=dealt,
                    reported=crafted)
    assert len(seen[0]) == 48
    for (b, out), (other_b, other_out) in zip(*seen, strict=True):
        assert same_bytes(b, other_b) and same_bytes(out, other_out)


def test_marks_that_see_the_truth_do_move_flows(monkeypatch):
    """So it is the marks that carried nothing over in the two tests above."""
    values = [interpreted(monkeypatch, families(fund()), (FLOWS,), market(private_debt=moments), 2, SEED)[0].units
              for moments in ((0.09, 0.1), (0.4, 0.6))]
    assert not same_bytes(*values)


# One asset everywhere, no fees, no cash, and nothing that trades: every sleeve earns the same in truth.
CALM = {"amber_over_target": 1.0, "hard_cap_over_target": 1.0, "coverage_amber": 0.0, "coverage_red": 0.0,
        "coverage_gated": 0.0}
STILL = {"rebalance": {"fast_band": 1.0, "slow_band": 1.0, "max_change": 1.0}, "regime": CALM, "trustee_fees": {},
         "line": {"cap": 0.0}}


def one_asset(smoothing: float, block_gate: float = 0.0) -> dict:
    """Keys of a fund whose sleeves all hold stocks; only the marks of the private one differ."""
    private = {**PRIVATE, "asset": "us_large_cap", "cash_target": 0.0, "fees": {}, "line": {"cap": 0.0}, "floor": 0.0,
               "mark": {"smoothing": smoothing, "lag_months": 3 if smoothing else 0, "report_months": 1},
               "gates": [{"window_months": 1, "pct": 1.0}, {"window_months": 3, "pct": 1.0}],
               "liquidity": {"asset": "us_large_cap", "target": 0.2, "minimum": 0.0, "maximum": 1.0}}
    block = {**BLOCK, "mgmt_fee": 0.0, "incentive_fee": None, "gate_pct_period": block_gate}
    return {"sleeves": {"private": private, "stocks": daily("us_large_cap", 0.0), "zbonds": daily("us_large_cap", 0.0)},
            "blocks": {"lender": block}, "weights": {"private": (0.3, 0.3), "stocks": (0.4, 0.4), "zbonds": (0.3, 0.3)},
            **STILL}


def total_at_truth(trace: np.ndarray, family, flows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True dollars of the family before and after dealing, by month, and net dollars in, from prices alone."""
    held = family.b[base_v(family.shape) + HELD * V:][:V].copy()
    before, after, net_in = (np.zeros(len(trace)) for _ in range(3))
    opening = held * 10.0
    after[-1] = opening.sum()
    for t, row in enumerate(trace):
        price, truth = row[-2 * V:-V], row[-V:]
        year, month = divmod(t, 12)
        leaving = np.minimum(1.0, flows.turnover[year] + flows.retired[year] / (12.0 - flows.retired[year] * month))
        coming = flows.in_usd[year] + flows.turnover[year] * held * price
        paid = leaving * held * price
        net_in[t] = (coming - paid).sum()
        held = held + coming / price - leaving * held
        after[t] = (held * truth).sum()
        before[t] = after[t] - net_in[t]
    return before, after, net_in


def test_without_flows_marks_change_nobodys_wealth():
    """Equal true returns: true values of every vintage, month and path within 1e-12, the struck ones far apart."""
    nobody = members(in_usd=0.0, turnover=0.0, retired=0.0)
    smooth, true = (families(fund(**one_asset(x)))[0] for x in (0.8, 0.0))
    for path in range(5):
        marked, plain = (replay((one,), (nobody,), market(), path, SEED)[0] for one in (smooth, true))
        assert np.abs(marked[:, -V:] / plain[:, -V:] - 1.0).max() < 1e-12
        assert np.abs(marked[:, -2 * V:-V] / plain[:, -2 * V:-V] - 1.0).max() > 0.01
    one, other = (run((x,), (nobody,), market(), 20, SEED)[0] for x in (smooth, true))
    assert np.abs(one.value / other.value - 1.0).max() < 1e-12


def test_with_flows_marks_only_transfer():
    """Equal true returns and flows: no true dollar is made or lost, and leavers, joiners and stayers sum to zero."""
    smooth, true = (families(fund(**one_asset(x)))[0] for x in (0.8, 0.0))
    moved = 0.0
    for path in range(5):
        marked, plain = (replay((one,), (FLOWS,), market(), path, SEED)[0] for one in (smooth, true))
        growth = plain[:, 1] / np.concatenate(([10.0], plain[:-1, 1]))  # of the one asset
        for trace, family in ((marked, smooth), (plain, true)):
            before, after, _ = total_at_truth(trace, family, FLOWS)
            opening = np.concatenate(([1e9], after[:-1]))
            assert np.abs(before / (opening * growth) - 1.0).max() < 1e-11
        moved = max(moved, np.abs(marked[:, -V:] / plain[:, -V:] - 1.0).max())
    assert moved > 1e-4  # but whose dollar it is does depend on the marks
    sums = named_sums(run((smooth,), (FLOWS,), market(), 20, SEED)[0])
    gross = np.abs(sums["leavers"]) + np.abs(sums["joiners"]) + np.abs(sums["stayers"])
    assert (gross > 1e4).all()
    assert np.abs(sums["leavers"] + sums["joiners"] + sums["stayers"]).max() < 1e-9 * gross.min()
