"""The table of legs against a list written by hand, its places, and the two ways to post it."""

from decimal import Decimal

import numpy as np
import pytest

from alts401k import chart
from tests.step import checks
from tests.step.kits import real
from tests.step.leg_list import ACCOUNTS, LEGS, owner

SIZES = [(1, 1, 0, 1), (1, 2, 0, 1), (1, 1, 1, 1), (3, 4, 1, 4), (2, 3, 3, 2), (11, 8, 2, 4)]


def test_the_list_by_hand_is_sound():
    """Both accounts of a row count the same thing, and no account is in two blocks."""
    kinds = {name: kind for accounts in ACCOUNTS.values() for name, kind in accounts.items()}
    assert len(kinds) == sum(len(accounts) for accounts in ACCOUNTS.values())
    for _, name, _, debit, credit, kind in LEGS:
        assert (kinds[debit], kinds[credit]) == (kind, kind), name


@pytest.mark.parametrize("sizes", SIZES)
def test_legs_are_those_of_the_list(sizes):
    """Order, names, indices, debit and credit of every flow of families of several shapes."""
    checks.legs(real(), sizes)


def test_the_chart_names_the_same_accounts_and_commodities():
    """Blocks, order and commodities."""
    assert chart.S_FAMILIES == tuple(ACCOUNTS["S"])
    assert chart.L_FAMILIES == tuple(ACCOUNTS["L"])
    assert chart.V_FAMILIES == tuple(ACCOUNTS["V"])
    assert chart.LK_FAMILIES == tuple(ACCOUNTS["LK"])
    assert chart.COMMODITY == {name: kind for accounts in ACCOUNTS.values() for name, kind in accounts.items()}
    for block in ("S", "L", "V", "LK"):
        for number, name in enumerate(ACCOUNTS[block]):
            assert getattr(chart, name) == number, name


@pytest.mark.parametrize("sizes", SIZES)
def test_accounts_and_flows_are_counted(sizes):
    """Sizes of both vectors, in closed form and by counting."""
    V, S, L, K = sizes
    shape = chart.shape_of(*sizes)
    assert chart.n_accounts(shape) == len(chart.accounts(shape)) == 6 * S + 11 * L + 8 * V + S * V + 3 * L * K
    assert chart.n_flows(shape) == len(chart.flows(shape)) == 7 * S + 13 * L + 9 * V + 2 * S * V + 3 * L * K
    assert len(set(chart.accounts(shape))) == chart.n_accounts(shape)
    assert len(set(chart.flows(shape))) == chart.n_flows(shape)


@pytest.mark.parametrize("sizes", SIZES)
def test_offsets_are_where_the_phases_begin(sizes):
    """The kernels' offsets against the order of the flows."""
    shape = chart.shape_of(*sizes)
    starts = [chart.at_value, chart.at_vfee, chart.at_participants, chart.at_slow, chart.at_fast, chart.at_sleeves,
              chart.at_vintages, chart.n_flows]
    edges = [start(shape) for start in starts]
    for (phase, _), lo, hi in zip(chart.PHASES, edges[:-1], edges[1:], strict=True):
        names = [f.phase for f in chart.flows(shape)]
        assert names[lo:hi] == [phase] * (hi - lo)
        assert chart.phase_range(shape, phase) == ((lo, hi) if hi > lo else (0, 0))


@pytest.mark.parametrize("sizes", SIZES)
def test_blocks_of_accounts_begin_where_the_bases_say(sizes):
    """First account of each block."""
    shape = chart.shape_of(*sizes)
    accounts = chart.accounts(shape)
    assert accounts[0] == ("CASH", 0, -1, -1)
    assert accounts[chart.base_v(shape)] == ("VCASH", -1, 0, -1)
    assert accounts[chart.base_hold(shape)] == ("HOLD", 0, 0, -1)
    if sizes[2]:
        assert accounts[chart.base_l(shape)] == ("ILLIQUID", 0, -1, -1)
        assert accounts[chart.base_ring(shape)] == ("QUEUE", 0, -1, 0)


@pytest.mark.parametrize("sizes", SIZES)
def test_both_legs_count_the_same_thing(sizes):
    """A flow moves one commodity of one sleeve or vintage: dollars, that sleeve's units, that vintage's units."""
    shape = chart.shape_of(*sizes)
    accounts = chart.accounts(shape)
    for flow, debit, credit in zip(chart.flows(shape), *chart.legs(shape), strict=True):
        one, other = accounts[debit], accounts[credit]
        assert debit != credit
        assert chart.COMMODITY[one.family] == chart.COMMODITY[other.family], flow
        if chart.COMMODITY[one.family] != "usd":
            assert one.sleeve == other.sleeve or owner(one.family) == "V", flow
        for side in (one, other):
            assert side.sleeve in (-1, flow.sleeve) and side.vintage in (-1, flow.vintage), flow


def test_what_is_no_family_is_refused():
    """More slow sleeves than sleeves, no vintage, no slot."""
    for sizes in [(1, 1, 2, 1), (0, 1, 0, 1), (1, 1, 0, 0), (1, 1, -1, 1)]:
        with pytest.raises(ValueError, match="not a family"):
            chart.shape_of(*sizes)


@pytest.mark.parametrize("number", [float, Decimal])
@pytest.mark.parametrize("sizes", SIZES)
def test_trades_posted_alone_are_the_table(sizes, number):
    """The short cut for trades gives the table's balances to the last bit, for slow and for fast sleeves."""
    V, S, L, _ = sizes
    shape = chart.shape_of(*sizes)
    rng = np.random.default_rng(sum(sizes))
    b = [number(repr(float(x))) for x in rng.normal(0.0, 1e9, chart.n_accounts(shape))]
    out = [number(x) for x in rng.normal(0.0, 1e6, chart.n_flows(shape)) * rng.integers(0, 2, chart.n_flows(shape))]
    debit, credit = chart.legs(shape)
    for first, lo, hi in ((chart.at_slow(shape), 0, L), (chart.at_fast(shape), L, S)):
        table, alone = list(b), list(b)
        chart.post(table, out, debit, credit, first, first + 2 * (hi - lo) * V)
        chart.post_trades(alone, out, first, lo, hi, shape)
        assert [str(x) for x in table] == [str(x) for x in alone]
        assert any(out[first:first + 2 * (hi - lo) * V]) == (table != b)
