"""The fund pass: compiled and interpreted, alone and together, in any order and on any number of threads."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_funds import families, fund, interpreted, market, members, same_bytes

from alts401k.simulate import tally as loop
from alts401k.simulate.run import FundPaths, named_sums, replay, run

SEED = 20_260_101
WORLD = market()
PROPOSED = fund()
OTHER = fund(weights={"private": (0.05, 0.15), "stocks": (0.75, 0.25)}, trustee_fees={"trustee": 0.002})
PAIR = families(PROPOSED, OTHER)
FLOWS = (members(), members(in_usd=1e6, turnover=0.02))


def same(one: FundPaths, other: FundPaths, rows: slice = slice(None)) -> bool:
    """Whether the paths' own results are the same bytes."""
    return all(same_bytes(getattr(one, name)[rows], getattr(other, name)[rows]) for name in ("units", "value", "sums"))


@pytest.fixture(scope="module")
def finished():
    """A pair of families on 120 paths, which is more than two blocks."""
    return run(PAIR, FLOWS, WORLD, 120, SEED)


@pytest.mark.parametrize("path", [0, 1, 77])
def test_compiled_is_interpreted(finished, monkeypatch, path):
    """Everything a path leaves, of both families, gates, regimes and true values included."""
    plain = interpreted(monkeypatch, PAIR, FLOWS, WORLD, path, SEED)
    traces = replay(PAIR, FLOWS, WORLD, path, SEED)
    for found, by_hand, trace in zip(finished, plain, traces, strict=True):
        assert same_bytes(found.units[path], by_hand.units)
        assert same_bytes(found.value[path], by_hand.value)
        assert same_bytes(found.sums[path], by_hand.sums)
        assert same_bytes(trace, by_hand.trace)
        assert by_hand.bins.sum() == pytest.approx(len(trace), rel=1e-12)


def test_something_happens(finished):
    """Gates bind, marks are off and dilute, the line is used: what the other tests compare is not nothing."""
    sums = named_sums(finished[0])
    for name in ("gate_sleeve", "gate_block", "leavers", "incentive", "gap_squares"):
        assert np.abs(sums[name]).max() > 0.0, name
    assert sums["regime"][:, 1:].sum() > 0.0


@pytest.mark.parametrize("path", [0, 49, 50, 119])
def test_a_path_alone_is_the_path_of_many(finished, path):
    """Replayed by its key: year-end values, and sums of 1 / price, are in the trace."""
    V = 2
    for found, trace in zip(finished, replay(PAIR, FLOWS, WORLD, path, SEED), strict=True):
        assert same_bytes(found.value[path].T, trace[11::12, -V:])
        yearly = np.zeros(found.units[path].shape)
        for t, row in enumerate(trace):
            yearly[:, t // 12] += 1.0 / row[-2 * V:-V]
        assert same_bytes(found.units[path], yearly)


@settings(deadline=None, derandomize=True, max_examples=10)
@given(st.integers(2, 119))
def test_the_number_of_paths_changes_none_of_them(finished, n):
    """The first paths of a short run are those of a long one."""
    for short, long in zip(run(PAIR, FLOWS, WORLD, n, SEED), finished, strict=True):
        assert same(short, long._replace(
            units=long.units[:n], value=long.value[:n], struck=long.struck[:n], sums=long.sums[:n]))


def test_the_order_of_paths_changes_none_of_them(finished):
    """Blocks of one path each, last first."""
    family, flows = PAIR[0], FLOWS[0]
    left = {}
    for path in (119, 3, 118, 0):
        trace = replay((family,), (flows,), WORLD, path, SEED)[0]
        left[path] = trace[11::12, -2:].T
    for path, value in left.items():
        assert same_bytes(finished[0].value[path], value)


def test_families_alone_are_families_together(finished):
    """Another family on the same draws changes nothing, with the assets it adds or without."""
    for k in range(2):
        alone = run(PAIR[k:k + 1], FLOWS[k:k + 1], WORLD, 120, SEED)[0]
        assert same(alone, finished[k]) and same_bytes(alone.bins, finished[k].bins)
    swapped = run(PAIR[::-1], FLOWS[::-1], WORLD, 120, SEED)
    assert same(swapped[0], finished[1]) and same(swapped[1], finished[0])


def test_one_thread_gives_the_bytes_of_two(finished):
    """Histograms and counts of gates too, which are added up over blocks."""
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one core")
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        single = run(PAIR, FLOWS, WORLD, 120, SEED)
        numba.set_num_threads(2)
        double = run(PAIR, FLOWS, WORLD, 120, SEED)
    finally:
        numba.set_num_threads(before)
    for one, two, found in zip(single, double, finished, strict=True):
        assert same(one, two) and same(one, found)
        assert same_bytes(one.bins, two.bins) and same_bytes(one.gated, two.gated)


def test_the_seed_is_the_run(finished):
    """The same seed again gives the same bytes, the next one other paths; no two paths are alike."""
    again = run(PAIR, FLOWS, WORLD, 120, SEED)
    other = run(PAIR, FLOWS, WORLD, 120, SEED + 1)
    for k in range(2):
        assert same(again[k], finished[k])
        assert not np.isin(other[k].value, finished[k].value).any()
        assert len(np.unique(finished[k].value[:, 0, 0])) == 120


def test_the_same_fund_twice_is_the_same_bytes():
    """Every vintage, every path, every sum."""
    twice = run((PAIR[0], PAIR[0]), (FLOWS[0], FLOWS[0]), WORLD, 60, SEED)
    assert same(*twice) and same_bytes(twice[0].bins, twice[1].bins) and same_bytes(twice[0].gated, twice[1].gated)


def test_progress_is_told_after_each_batch():
    """Paths done of paths in all, ending at all of them."""
    told = []
    run(PAIR, FLOWS, WORLD, 1650, SEED, lambda *said: told.append(said))
    assert [stage for stage, _, _ in told] == ["paths"] * len(told) and len(told) > 1
    assert [done for _, done, _ in told] == sorted({done for _, done, _ in told})
    assert told[-1][1] == told[-1][2]


def test_a_path_that_is_not_finite_is_an_error():
    """Nothing that is not a number leaves the pass."""
    broken = PAIR[0]._replace(b=np.where(PAIR[0].b > 0.0, np.nan, PAIR[0].b))
    with pytest.raises(FloatingPointError, match="not finite"):
        run((broken,), FLOWS[:1], WORLD, 2, SEED)


def test_sums_are_named_to_the_last_column(finished):
    """As many names as columns, each where the loop writes it."""
    named = named_sums(finished[0])
    assert sum(1 if block.ndim == 1 else block.shape[1] for block in named.values()) == loop.n_sums(PAIR[0].shape)
    # 48 months of two vintages
    assert (named["months"] == 96.0).all() and (named["regime"].sum(axis=1) == 96.0).all()
    assert (named["months_held"] == 48.0).all()
