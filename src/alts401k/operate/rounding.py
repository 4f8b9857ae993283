"""Flows of a phase rounded once, in groups, to whole quanta: cents and millionths of a unit.

Alone, every flow is rounded half-even. Where cents must add up to something, a group is rounded:

participants   dollars follow rounded units; a request that is not filled is rounded so that it can be paid
slow sleeves   rows: what is crossed and what is dealt net are rounded, then shared out over the vintages
fast sleeves   columns for dollars, so that a vintage's cash ends at exactly 0; rows for units
fund_sleeves   what leaves a sleeve's cash, so that it ends at the rounded figure and never below 0
fund_vintages  what leaves a vintage's cash, never more than it holds
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from alts401k.chart import Shape, at_fast, at_participants, at_sleeves, at_slow, at_value, at_vfee, at_vintages, n_flows
from alts401k.step import layout as at
from alts401k.units import (
    CENT_PLACES,
    UNIT_PLACES,
    from_quanta,
    round_group,
    share_out,
    to_cents,
    to_quanta,
)

# Numbers of the slow sleeves' flows inside phase 8, in the order of the chart's table.
CALL, CALL_MEMO, DISTRIBUTE, PROCEEDS, PAY_CALL, PAY_CARRY = 1, 2, 3, 4, 5, 6


class Row(NamedTuple):
    """One slow sleeve's dealing, unrounded: usd by vintage (+ buys), units, and what each side adds up to."""

    trades: Sequence[Decimal]
    units: Sequence[Decimal]
    crossed: Decimal
    paid_in: Decimal
    paid_out: Decimal
    price: Decimal


def phase_range(shape: Shape, phase: str) -> tuple[int, int]:
    """First and one-past-last flow of a phase, by the chart's own offsets."""
    return {
        "value_sleeves": (at_value(shape), at_vfee(shape)),
        "value_vintages": (at_vfee(shape), at_participants(shape)),
        "participants": (at_participants(shape), at_slow(shape)),
        "forced": (at_slow(shape), at_slow(shape) + 2 * len(shape.slow) * len(shape.vintages)),
        "slow": (at_slow(shape), at_fast(shape)),
        "fast": (at_fast(shape), at_sleeves(shape)),
        "fund_sleeves": (at_sleeves(shape), at_vintages(shape)),
        "fund_vintages": (at_vintages(shape), n_flows(shape)),
    }[phase]


def alone(out: Sequence[Decimal], lo: int, hi: int) -> list[int]:
    """Flows `lo` to `hi` in cents, each half-even: the value phases."""
    return [to_cents(out[f]) for f in range(lo, hi)]


def participants(out: Sequence[Decimal], prices: Sequence[Decimal], filled: Sequence[bool], shape: Shape) -> list[int]:
    """CONTRIBUTE (cents), ISSUE, CANCEL (unit quanta), REDEEM (cents) of every vintage, in the order of the flows.

    ISSUE is what the rounded dollars buy and REDEEM what the rounded units are worth at the struck price. Where
    `filled` is false the request was cut to what can be sold today: it is rounded down by a cent for each sleeve
    that sells, since each of those sales is rounded too.
    """
    V = len(shape.vintages)
    f = at_participants(shape)
    margin = len(shape.sleeves) + 1
    rows: list[list[int]] = [[], [], [], []]
    for v in range(V):
        price = prices[v]
        cents = to_cents(out[f + v])
        units = to_quanta(out[f + 2 * V + v], UNIT_PLACES)
        if not filled[v] and price > 0:
            usd = from_quanta(max(0, to_cents(out[f + 3 * V + v]) - margin), CENT_PLACES)
            units = min(units, int(usd / price * 10**UNIT_PLACES))
        rows[0].append(cents)
        rows[1].append(to_quanta(from_quanta(cents, CENT_PLACES) / price, UNIT_PLACES) if price > 0 else 0)
        rows[2].append(units)
        rows[3].append(to_cents(from_quanta(units, UNIT_PLACES) * price))
    return [quanta for row in rows for quanta in row]


def _sides(values: Sequence[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    return [max(value, Decimal(0)) for value in values], [max(-value, Decimal(0)) for value in values]


def slow_row(row: Row) -> tuple[list[int], list[int], int]:
    """One slow sleeve's trades in cents and units in quanta, by vintage, and what it paid out net in cents.

    Both rows add up to what was dealt net, so a day of crossing alone issues no unit; a vintage that leaves
    the sleeve gives up exactly the units it holds, and the others share the rest.
    """
    buys, sells = _sides(row.trades)
    crossed, net_in, net_out = to_cents(row.crossed), to_cents(row.paid_in), to_cents(row.paid_out)
    bought = share_out(crossed + net_in if any(buys) else 0, buys)
    sold = share_out(crossed + net_out if any(sells) else 0, sells)
    taken, given = _sides(row.units)
    given_quanta = round_group(given, UNIT_PLACES, to_quanta(sum(given), UNIT_PLACES))
    total_given = sum(given_quanta)
    if row.paid_out <= 0:
        out_quanta = 0
    elif row.crossed <= 0:
        out_quanta = total_given
    else:
        out_quanta = min(total_given, to_quanta(row.paid_out / row.price, UNIT_PLACES))
    in_quanta = to_quanta(row.paid_in / row.price, UNIT_PLACES) if row.paid_in > 0 else 0
    taken_quanta = share_out(total_given - out_quanta + in_quanta if any(taken) else 0, taken)
    return ([b - s for b, s in zip(bought, sold, strict=True)],
            [t - g for t, g in zip(taken_quanta, given_quanta, strict=True)], net_out)


def slow(out: Sequence[Decimal], info: Sequence[Decimal], prices: Sequence[Decimal], b: Sequence[Decimal],
         when: Sequence[int], shape: Shape, paid_ring: int) -> list[int]:
    """TRADE_SLOW (cents), UNITS_SLOW (quanta) and WINDOW (cents), in the order of the flows.

    `paid_ring` is the place of the first PAID account: the window flow replaces what the slot held before.
    """
    V, _, L, K = (len(x) for x in shape)
    f, i = at_slow(shape), at.info_l(shape)
    trades: list[int] = []
    units: list[int] = []
    windows: list[int] = []
    for s in range(L):
        row = out[f + s * V:f + (s + 1) * V]
        crossed = info[i + at.I_CROSSED * L + s]
        paid_out = info[i + at.I_FILLED * L + s] - crossed
        paid_in = max(sum(max(value, Decimal(0)) for value in row) - crossed, Decimal(0))
        deals = when[at.HEAD + at.W_DEAL * L + s] > 0
        cents, quanta, net_out = slow_row(Row(
            row, out[f + (L + s) * V:f + (L + s + 1) * V], crossed,
            paid_in if deals else Decimal(0), paid_out if deals else Decimal(0), prices[s]))
        trades += cents
        units += quanta
        slot = when[at.HEAD + at.W_SLOT * L + s]
        windows += [net_out - to_cents(b[paid_ring + s * K + k]) if deals and k == slot else 0 for k in range(K)]
    return trades + units + windows


def forced(out: Sequence[Decimal], prices: Sequence[Decimal], shape: Shape) -> list[int]:
    """TRADE_SLOW and UNITS_SLOW of a forced crossing: all of it crossed, nothing issued."""
    V, _, L, _ = (len(x) for x in shape)
    f = at_slow(shape)
    trades: list[int] = []
    units: list[int] = []
    for s in range(L):
        row = out[f + s * V:f + (s + 1) * V]
        moved = sum((max(value, Decimal(0)) for value in row), Decimal(0))
        cents, quanta, _ = slow_row(Row(row, out[f + (L + s) * V:f + (L + s + 1) * V],
                                        moved, Decimal(0), Decimal(0), prices[s]))
        trades += cents
        units += quanta
    return trades + units


def fast(out: Sequence[Decimal], shape: Shape) -> list[int]:
    """TRADE_FAST (cents, by column) and UNITS_FAST (quanta, by row), in the order of the flows."""
    V, S, L, _ = (len(x) for x in shape)
    f, n = at_fast(shape), (S - L) * V
    trades = [0] * n
    for v in range(V):
        column = [out[f + s * V + v] for s in range(S - L)]
        for s, cents in enumerate(round_group(column, CENT_PLACES, to_cents(sum(column, Decimal(0))))):
            trades[s * V + v] = cents
    units: list[int] = []
    for s in range(S - L):
        row = out[f + n + s * V:f + n + (s + 1) * V]
        units += round_group(row, UNIT_PLACES, to_quanta(sum(row, Decimal(0)), UNIT_PLACES))
    return trades + units


def fund_vintages(out: Sequence[Decimal], b: Sequence[Decimal], vcash: int, shape: Shape) -> list[int]:
    """VDRAW, PAY and PAY_VFEE in cents; `vcash` is the place of the first VCASH account.

    Cash is never spent twice: what is missing is paid less of the fee, which stays accrued, and then of the last
    cents of participants' money, where a line was drawn to a cap that is no whole cent. Raises ValueError when
    more of it than rounding is missing.
    """
    V, S, _, _ = (len(x) for x in shape)
    cents = alone(out, *phase_range(shape, "fund_vintages"))
    for v in range(V):
        draw, pay, fee = (cents[row * V + v] for row in range(3))
        lack = pay + fee - draw - to_cents(b[vcash + v])
        if lack - fee > S + 1:
            raise ValueError(f"vintage {v} lacks {lack} cents to pay what was dealt")
        if lack > 0:
            cents[2 * V + v] -= min(lack, fee)
            cents[V + v] -= max(0, lack - fee)
    return cents


def fund_sleeves(out: Sequence[Decimal], b: Sequence[Decimal], call_due: int, shape: Shape) -> list[int]:
    """Flows of phase 8 in cents, in their order; `call_due` is the place of the first CALL_DUE account.

    Memoranda follow their dollars (CALL_MEMO the call, BLOCK_WINDOW the proceeds). Of each sleeve's payments those
    that are not whole cents are rounded together, so that its cash ends at the rounded figure.
    """
    _, S, L, K = (len(x) for x in shape)
    f = at_sleeves(shape)
    r = f + 9 * L + 2 * L * K
    cents = [to_cents(out[k]) for k in range(f, at_vintages(shape))]
    for s in range(S):
        free = [(r + s, -1), (r + S + s, -1), (r + 2 * S + s, 1)]
        drift = Decimal(0)
        if s < L:
            call, pay_call = f + CALL * L + s, f + PAY_CALL * L + s
            paid_whole = out[pay_call] == out[call] - b[call_due + s]
            fixed = [out[f + DISTRIBUTE * L + s], out[f + PROCEEDS * L + s], -out[call] if paid_whole else Decimal(0)]
            rounded = round_group(fixed, CENT_PLACES, to_cents(sum(fixed)))
            drift = sum(fixed) - from_quanta(sum(rounded), CENT_PLACES)
            cents[DISTRIBUTE * L + s], cents[PROCEEDS * L + s] = rounded[:2]
            if paid_whole:
                cents[CALL * L + s] = -rounded[2]
                cents[PAY_CALL * L + s] = -rounded[2] - to_cents(b[call_due + s])
            else:
                free.append((pay_call, -1))
            cents[CALL_MEMO * L + s] = cents[CALL * L + s]
            for k in range(9 * L + L * K + s * K, 9 * L + L * K + (s + 1) * K):
                if out[f + k] != 0:
                    cents[k] = rounded[1] + to_cents(out[f + k] - fixed[1])
            free.append((f + PAY_CARRY * L + s, -1))
        _pay_together(out, cents, f, free, drift)
    return cents


def _pay_together(out: Sequence[Decimal], cents: list[int], first: int, free: list[tuple[int, int]],
                  drift: Decimal) -> None:
    # Signed so that + raises cash; whole cents stay as they are, the others move by less than one.
    amounts = [sign * out[place] for place, sign in free]
    if all(amount == from_quanta(to_cents(amount), CENT_PLACES) for amount in amounts):
        return
    total = to_cents(sum(amounts, drift))
    for (place, sign), part in zip(free, round_group(amounts, CENT_PLACES, total), strict=True):
        cents[place - first] = sign * part
