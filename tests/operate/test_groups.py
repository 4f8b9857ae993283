"""Rounding groups: rows and columns reach their totals, gates pay exactly what they may, nobody's cash goes below 0."""

import random
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene import Vectors

from alts401k import chart, step
from alts401k.operate import rounding
from alts401k.operate.driver import Family, layout
from alts401k.operate.rounding import Row, slow_row
from alts401k.step import layout as at
from alts401k.units import EXACT, from_quanta, to_cents, to_quanta

usd = st.decimals(min_value=-(10**8), max_value=10**8, allow_nan=False, allow_infinity=False, places=7)
prices = st.decimals(min_value="0.5", max_value="500", allow_nan=False, allow_infinity=False, places=10)
BOOKS = 10_000


def row_of(wishes: list[Decimal], price: Decimal, capacity: Decimal, deals: bool) -> Row:
    """A row as the step fills it: crossed first, then dealt net up to a capacity, pro rata on each side."""
    with localcontext(EXACT):
        buys, sells = sum(max(q, Decimal(0)) for q in wishes), sum(max(-q, Decimal(0)) for q in wishes)
        crossed = min(buys, sells)
        paid_in, paid_out = (buys - crossed, min(sells - crossed, capacity)) if deals else (Decimal(0), Decimal(0))
        fill_buy = (crossed + paid_in) / buys if buys else Decimal(0)
        fill_sell = (crossed + paid_out) / sells if sells else Decimal(0)
        trades = [q * (fill_buy if q > 0 else fill_sell) for q in wishes]
        return Row(trades, [trade / price for trade in trades], crossed, paid_in, paid_out, price)


@settings(max_examples=300, deadline=None)
@given(st.lists(usd, min_size=1, max_size=9), prices, st.decimals(0, 10**7, places=6), st.booleans())
def test_a_row_reaches_its_totals(wishes, price, capacity, deals):
    """Dollars and units of a slow sleeve add up to what was dealt net; each vintage is within a quantum or two."""
    row = row_of(wishes, price, capacity, deals)
    cents, quanta, net_out = slow_row(row)
    assert sum(cents) == to_cents(row.paid_in) - to_cents(row.paid_out) and net_out == to_cents(row.paid_out)
    assert sum(x for x in cents if x > 0) == (to_cents(row.crossed) + to_cents(row.paid_in) if any(cents) else 0)
    net_units = (Fraction(row.paid_in) - Fraction(row.paid_out)) / Fraction(price) * 10**6
    assert abs(sum(quanta) - net_units) <= Fraction("0.5000001")
    for got, want in zip(cents, row.trades, strict=True):
        assert abs(got - Fraction(want) * 100) < 2 and (want or not got)
    for got, want in zip(quanta, row.units, strict=True):
        assert abs(got - Fraction(want) * 10**6) < 3 and (want or not got)


@settings(max_examples=200, deadline=None)
@given(st.lists(usd, min_size=2, max_size=9), prices)
def test_a_day_of_crossing_alone_issues_nothing(wishes, price):
    """On a day without dealing both rows sum to zero to the last quantum: both legs or neither."""
    cents, quanta, net_out = slow_row(row_of(wishes, price, Decimal(0), deals=False))
    assert (sum(cents), sum(quanta), net_out) == (0, 0, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(usd, min_size=2, max_size=9), prices, st.integers(1, 10**13), st.booleans())
def test_whoever_leaves_gives_up_exactly_what_it_holds(wishes, price, held, deals):
    """A full exit is in units: not one quantum more or less, however the others round."""
    row = row_of([-abs(wishes[0]) - 1, *wishes[1:]], price, Decimal(10**10), deals)
    if not deals and not row.crossed:
        return
    units = [-from_quanta(held, 6), *row.units[1:]]
    _, quanta, _ = slow_row(row._replace(units=units))
    assert quanta[0] == -held


@settings(max_examples=200, deadline=None)
@given(st.lists(usd, min_size=2, max_size=9), prices, st.randoms(use_true_random=False))
def test_the_order_of_vintages_changes_no_total(wishes, price, rng):
    """Shuffled, the rows have the same sums and each vintage gets the same within the quantum that ties decide."""
    order = list(range(len(wishes)))
    rng.shuffle(order)
    one = slow_row(row_of(wishes, price, Decimal(10**6), deals=True))
    two = slow_row(row_of([wishes[i] for i in order], price, Decimal(10**6), deals=True))
    assert [sum(part) for part in one[:2]] == [sum(part) for part in two[:2]] and one[2] == two[2]
    assert all(abs(one[0][i] - two[0][n]) <= 1 for n, i in enumerate(order))


GATED = Family("gated", ("private", "index"), 1, ("A", "B", "C"), 4, (10, 10), 4)


def gate_book(rng: random.Random):
    """One random gate: balances, prices, terms with two gates, three windows of history; vintages over their band."""
    x, shape = Vectors(GATED), layout(GATED).shape
    V, S, L, K = (len(part) for part in shape)
    b = [Decimal(0)] * chart.n_accounts(shape)
    price = [Decimal(rng.randrange(10**10, 50 * 10**10)).scaleb(-10) for _ in range(S)] + [Decimal(10)] * V
    info = [Decimal(0)] * at.n_info(shape)
    for v in range(V):
        for s, most in ((0, 10**12), (1, 10**13)):
            b[chart.base_hold(shape) + s * V + v] = from_quanta(rng.randrange(most), 6)
        x.set("TARGET", "private", Decimal(rng.randrange(0, 30)) / 100, vintage=GATED.vintages[v])
        for name, value in (("T_SLOW_BAND", "0.01"), ("T_MAX_CHANGE", rng.choice(["0.02", "0.3"]))):
            x.set(name, GATED.vintages[v], Decimal(value))
    step.net_vintages(b, info, price, shape)
    info[at.I_HEAD + at.I_NET * S] = from_quanta(rng.randrange(1, 10**10), 2)
    b[chart.CASH * S], b[chart.LIQUID * S] = (from_quanta(rng.randrange(10**9), 2) for _ in range(2))
    b[chart.base_l(shape) + chart.ILLIQUID * L] = from_quanta(rng.randrange(10**9), 2)
    ring = chart.base_ring(shape) + chart.PAID * L * K
    for k in range(K):
        b[ring + k] = from_quanta(rng.randrange(10**7), 2)
        x.set("M_GATE1", "private", Decimal(rng.randrange(2)), k)
        x.set("M_GATE2", "private", Decimal(rng.randrange(2)), k)
    values = {"T_GATE1": Decimal(rng.randrange(1, 50)) / 1000, "T_GATE2": Decimal(rng.randrange(1, 90)) / 1000,
              "T_FLOOR": Decimal("0.005"), "W_DEAL": Decimal(rng.random() < 0.9), "W_OPEN": Decimal(1),
              "W_CROSS": Decimal(rng.randrange(2)), "W_SLOT": Decimal(rng.randrange(K))}
    for name, value in values.items():
        x.set(name, "private", value)
    return shape, b, price, info, x, ring


def test_a_gate_pays_the_lesser_of_what_is_asked_and_what_it_may():
    """In 10,000 random books, to the cent: paid = min(asked, capacity), the capacity computed here a second time."""
    rng, gated, paid_nothing = random.Random(401), 0, 0
    with localcontext(EXACT):
        for _ in range(BOOKS):
            shape, b, price, info, x, ring = gate_book(rng)
            V, S, L, K = (len(part) for part in shape)
            period = x.period()
            out = [Decimal(0)] * chart.n_flows(shape)
            step.slow_sleeves(b, out, info, price, period.terms, period.when, [0] * 2 * V, shape)
            quanta = rounding.slow(out, info, price, b, period.when, shape, ring)
            l, t, m = at.info_l(shape), at.terms_l(shape), at.when_mask(shape)
            asked, crossed = info[l + at.I_ASKED * L], info[l + at.I_CROSSED * L]
            net = b[chart.CASH * S] + b[chart.LIQUID * S] + b[chart.base_l(shape) + chart.ILLIQUID * L]
            opened = info[at.I_HEAD + at.I_NET * S]
            room = [period.terms[t + (at.T_GATE1 + g) * L] * opened
                    - sum(b[ring + k] for k in range(K) if period.when[m + g * K + k]) for g in range(2)]
            room.append(b[chart.CASH * S] + b[chart.LIQUID * S] - period.terms[t + at.T_FLOOR * L] * net)
            deals = period.when[at.HEAD + at.W_DEAL * L]
            want = min(asked - crossed, max(Decimal(0), min(room))) if deals else Decimal(0)
            sold = sum(-cents for cents in quanta[:V] if cents < 0)
            assert sold == to_cents(want) + to_cents(crossed)
            slot = period.when[at.HEAD + at.W_SLOT * L]
            windows = quanta[2 * V * L:]
            assert windows == [to_cents(want) - to_cents(b[ring + k]) if deals and k == slot else 0 for k in range(K)]
            holds = b[chart.base_hold(shape):chart.base_hold(shape) + V]
            assert all(to_quanta(h, 6) + q >= 0 for h, q in zip(holds, quanta[V:2 * V], strict=True))
            gated += want < asked - crossed
            paid_nothing += want == 0
    assert gated > 3000 and paid_nothing > 100


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(usd, min_size=3, max_size=3), min_size=2, max_size=2))
def test_a_column_of_fast_sleeves_reaches_its_cash(columns):
    """Two vintages over three fast sleeves: each column sums to its rounded total, each row of units to its own."""
    shape = chart.shape_of(2, 3, 0, 1)
    out = [Decimal(0)] * chart.n_flows(shape)
    f = chart.at_fast(shape)
    for v, column in enumerate(columns):
        for s, amount in enumerate(column):
            out[f + s * 2 + v] = amount
            out[f + 6 + s * 2 + v] = amount / 7
    with localcontext(EXACT):
        quanta = rounding.fast(out, shape)
        for v, column in enumerate(columns):
            assert sum(quanta[v:6:2]) == to_cents(sum(column, Decimal(0)))
        for s in range(3):
            assert sum(quanta[6 + 2 * s:8 + 2 * s]) == to_quanta(sum(out[f + 6 + 2 * s:f + 8 + 2 * s], Decimal(0)), 6)


@pytest.mark.parametrize(("units", "price", "cancel", "redeem"), [
    ("3", "10.1921", 3_000_000, 3058), ("0.0000005", "10", 0, 0), ("0.0000015", "10", 2, 0),
    ("1234.5678905", "9.5", 1234567890, 1172839),
])
def test_dollars_follow_rounded_units(units, price, cancel, redeem):
    """REDEEM is the rounded units at the struck price, not the rounded wish."""
    shape = chart.shape_of(1, 1, 0, 1)
    out = [Decimal(0)] * chart.n_flows(shape)
    f = chart.at_participants(shape)
    out[f + 2], out[f + 3] = Decimal(units), Decimal(units) * Decimal(price)
    assert rounding.participants(out, [Decimal(price)], [True], shape) == [0, 0, cancel, redeem]


def test_a_request_that_was_cut_is_rounded_down():
    """What can only just be paid leaves a cent for each sleeve whose sale is rounded."""
    shape = chart.shape_of(1, 2, 1, 1)
    out = [Decimal(0)] * chart.n_flows(shape)
    f = chart.at_participants(shape)
    out[f], out[f + 2], out[f + 3] = Decimal("12.34"), Decimal("33.3333333333"), Decimal("333.333333333")
    contribute, issue, cancel, redeem = rounding.participants(out, [Decimal(10)], [False], shape)
    assert (contribute, issue, cancel, redeem) == (1234, 1_234_000, 33_330_000, 33330)


def funding(calls: str, cash: str, line_share: str, private: str = "1000.01"):
    """Flows of phase 8 for one slow sleeve that must draw its line or leave a call late, and its rounded cents."""
    family = Family("funding", ("private",), 1, ("A",), 2, (10,), 4)
    place, x = layout(family), Vectors(family)
    shape = place.shape
    b = [Decimal(0)] * chart.n_accounts(shape)
    b[chart.CASH], b[chart.base_l(shape) + chart.ILLIQUID] = Decimal(cash), Decimal(private)
    b[chart.base_l(shape) + chart.UNFUNDED] = Decimal("900.00")
    x.set("CALL_SHARE", "private", Decimal(calls))
    x.set("T_LINE_CAP", "private", Decimal(line_share))
    x.set("T_LIQUID_MAX", "private", Decimal(1))
    period, info = x.period(), [Decimal(0)] * at.n_info(shape)
    out = [Decimal(0)] * chart.n_flows(shape)
    with localcontext(EXACT):
        step.fund_sleeves(b, out, info, period.facts, period.terms, period.when, [0, 0], shape)
        cents = rounding.fund_sleeves(out, b, chart.base_l(shape) + chart.CALL_DUE, shape)
    lo = chart.at_sleeves(shape)
    return {name: cents[f - lo] for f, name in enumerate(place.flows) if lo <= f < chart.at_vintages(shape)
            and cents[f - lo]}


@settings(max_examples=300, deadline=None)
@given(st.decimals(0, 1, places=7), st.decimals(0, 500, places=2), st.decimals(0, "0.2", places=6))
def test_a_sleeves_cash_never_ends_below_zero(calls, cash, line_share):
    """Calls, line and lateness are fractions of cents; what is paid never exceeds what there is, by not one cent."""
    flows = funding(str(calls), str(cash), str(line_share))
    end = to_cents(cash) - flows.get("PAY_CALL", 0) - flows.get("BUY", 0) + flows.get("DRAW", 0)
    assert end >= 0
    assert flows.get("CALL", 0) == flows.get("CALL_MEMO", 0) >= flows.get("PAY_CALL", 0) >= 0


def test_a_late_call_is_split_to_the_cent():
    """A call of 300.00 meets 100.00 of cash and a line worth 5.5% of 1,100.01: 60.50055 drawn, 139.49945 late."""
    assert funding("0.333333333333333333333", "100.00", "0.055") == {
        "CALL": 30000, "CALL_MEMO": 30000, "PAY_CALL": 16050, "DRAW": 6050}


def test_halves_of_cents_are_paid_together():
    """Alone, 60.005 drawn is 60.00 and 160.015 paid is 160.02: a cent more than there is."""
    third = "0.333333333333333333333"
    assert (to_cents(Decimal("60.005")), to_cents(Decimal("160.015"))) == (6000, 16002)
    assert funding(third, "100.01", "0.060005", private="899.99") == {
        "CALL": 30000, "CALL_MEMO": 30000, "PAY_CALL": 16002, "DRAW": 6001}


def test_a_vintage_that_cannot_pay_is_an_error():
    """A few cents wait with the fee; a dollar that was dealt and is not there stops the half day."""
    shape = chart.shape_of(1, 1, 0, 1)
    b = [Decimal(0)] * chart.n_accounts(shape)
    vcash = chart.base_v(shape) + chart.VCASH
    b[vcash] = Decimal("10.00")
    out = [Decimal(0)] * chart.n_flows(shape)
    f = chart.at_vintages(shape)
    out[f + 1], out[f + 2] = Decimal("9.99"), Decimal("0.05")
    assert rounding.fund_vintages(out, b, vcash, shape) == [0, 999, 1]
    out[f + 1] = Decimal("10.01")
    assert rounding.fund_vintages(out, b, vcash, shape) == [0, 1000, 0]
    out[f + 1] = Decimal("11.00")
    with pytest.raises(ValueError, match="lacks 105 cents"):
        rounding.fund_vintages(out, b, vcash, shape)
