"""The closed form of a listed fund against the step, and which funds may take it."""

import numpy as np
import pytest
from small_funds import families, fund, interpreted, interpreted_plain, market, members, same_bytes

from alts401k.simulate import tally as loop
from alts401k.simulate.plain import is_plain
from alts401k.simulate.run import named_sums, replay, run

SEED, WORLD = 11, market()
LISTED = {"private": None, "stocks": (0.9, 0.35), "zbonds": (0.1, 0.65)}
FLOWS = {
    "monthly": members(),
    "at year end": members(year_end=True),
    "nobody": members(in_usd=0.0, turnover=0.0, retired=0.0),
    "all leave": members(turnover=0.0, retired=1.0),
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_step_gives_the_same(monkeypatch, name):
    """Units, true values, prices month by month within 1e-12, and every sum that the results use."""
    (family,) = families(fund(weights=LISTED), beside=(fund(),))
    assert is_plain(family)
    for path in range(3):
        (step,) = interpreted(monkeypatch, (family,), (FLOWS[name],), WORLD, path, SEED)
        closed = interpreted_plain(monkeypatch, family, FLOWS[name], WORLD, path, SEED)
        for field in ("units", "value", "struck"):
            assert np.allclose(getattr(closed, field), getattr(step, field), rtol=1e-12, atol=0.0), field
        held = step.trace[:, -4:] > 0.0
        assert np.allclose(closed.trace[:, -4:][held], step.trace[:, -4:][held], rtol=1e-12, atol=0.0)
        assert np.allclose(closed.trace[:, 1:3], step.trace[:, 1:3], rtol=1e-12, atol=0.0)
        scale = np.abs(step.sums).max()
        for k in (loop.LEAVERS, loop.JOINERS, loop.STAYERS):
            assert closed.sums[k] == 0.0 and abs(step.sums[k]) < 1e-6
        others = [k for k in range(len(step.sums)) if k not in (loop.LEAVERS, loop.JOINERS, loop.STAYERS)]
        assert np.allclose(closed.sums[others], step.sums[others], rtol=1e-10, atol=1e-16 * scale)
        assert np.allclose(closed.bins, step.bins, rtol=1e-12)


def test_the_driver_takes_it(monkeypatch):
    """Compiled, and the bytes of the interpreted form; beside a fund that needs the step, which it leaves alone."""
    pair = families(fund(weights=LISTED), fund())
    flows = (members(), members())
    both = run(pair, flows, WORLD, 5, SEED)
    (alone,) = run(pair[1:], flows[1:], WORLD, 5, SEED)
    assert same_bytes(both[1].value, alone.value) and same_bytes(both[1].units, alone.units)
    traces = replay(pair, flows, WORLD, 4, SEED)
    plain = interpreted_plain(monkeypatch, pair[0], flows[0], WORLD, 4, SEED)
    assert same_bytes(both[0].units[4], plain.units) and same_bytes(both[0].value[4], plain.value)
    assert same_bytes(both[0].sums[4], plain.sums)
    assert same_bytes(traces[0][:, 1:], plain.trace[:, 1:])
    assert not both[0].gated.any()
    assert (named_sums(both[0])["regime"] == [96.0, 0.0, 0.0, 0.0, 0.0]).all()


def test_a_replay_leaves_no_number_unwritten(monkeypatch):
    """Prices of the sleeves it lacks too: what was in memory before is no price."""
    pair = families(fund(weights=LISTED), fund())
    for path in range(3):
        trace = replay(pair[:1], (members(),), WORLD, path, SEED)[0]
        plain = interpreted_plain(monkeypatch, pair[0], members(), WORLD, path, SEED)
        assert same_bytes(trace[:, 0], plain.trace[:, 0])


@pytest.mark.parametrize(("why", "keys"), [
    ("a private holding", {"weights": None}),
    ("weights may stray", {"rebalance": {"fast_band": 0.01}}),
    ("cash is kept", {"sleeves": {"stocks": {"asset": "us_large_cap", "dealing": "daily", "cash_target": 0.02}}}),
    ("cover below its limit", {"regime": {"coverage_amber": 30.0, "stressed_outflow": 0.05}}),
])
def test_what_needs_the_step_takes_the_step(why, keys):
    """Each reason alone."""
    (plain,) = families(fund(weights=LISTED), beside=(fund(),))
    (other,) = families(fund(**{"weights": LISTED, **keys}), beside=(fund(),))
    assert is_plain(plain) and not is_plain(other), why
