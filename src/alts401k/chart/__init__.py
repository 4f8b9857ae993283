"""Accounts, flows and the table that says which two accounts each flow moves.

Balances, flows and terms travel as flat vectors; an account's place is ``family * count + index``
inside its block. Blocks, in order: S (one a sleeve), L (one a slow sleeve), V (one a vintage), SV
(sleeve by vintage) and LK (slow sleeve by ring slot). Slow sleeves come first in the canonical order,
so slow sleeve ``i`` is sleeve ``i``. Flat places live for one run; books name accounts by
(family, sleeve, vintage, slot).

Signs: debit positive, credit negative. Every commodity sums to zero at all times.
"""
from typing import NamedTuple

from numba.extending import register_jitable

kernel = register_jitable(forceinline=True)


class Shape(NamedTuple):
    """Sizes of a fund family carried as tuple lengths, so that the compiler sees constants."""

    vintages: tuple
    sleeves: tuple
    slow: tuple
    slots: tuple


def shape_of(n_vintages: int, n_sleeves: int, n_slow: int, n_slots: int) -> Shape:
    """The shape of a family with these counts; slow sleeves are the first ``n_slow``."""
    if not 0 <= n_slow <= n_sleeves or n_vintages < 1 or n_slots < 1:
        raise ValueError(f"not a family: {n_vintages=} {n_sleeves=} {n_slow=} {n_slots=}")
    return Shape((0,) * n_vintages, (0,) * n_sleeves, (0,) * n_slow, (0,) * n_slots)


# --- accounts: number of the family inside its block ------------------------------------------------
# S, usd except ISSUED (units of the sleeve)
CASH, LIQUID, LINE, FEE_DUE, RESULT, ISSUED = 0, 1, 2, 3, 4, 5
S_ACCOUNTS = 6
# L: ILLIQUID, CALL_DUE, CARRY_DUE usd; UNFUNDED/COMMITTED commit; GAIN/HURDLE/GAIN_BASE gain;
# ASKED ask; PAID_BASE, BLOCK_PAID_BASE paid
ILLIQUID, CALL_DUE, CARRY_DUE, UNFUNDED, COMMITTED, GAIN = 0, 1, 2, 3, 4, 5
HURDLE, GAIN_BASE, ASKED, PAID_BASE, BLOCK_PAID_BASE = 6, 7, 8, 9, 10
L_ACCOUNTS = 11
# V, usd except HELD/VISSUED (units of the vintage)
VCASH, VLINE, VFEE_DUE, PAYABLE, PLANS, VRESULT, HELD, VISSUED = 0, 1, 2, 3, 4, 5, 6, 7
V_ACCOUNTS = 8
# LK rings, one slot a dealing date
QUEUE, PAID, BLOCK_PAID = 0, 1, 2
LK_ACCOUNTS = 3


@kernel
def n_accounts(shape):
    """Number of accounts of a family."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    K = len(shape.slots)
    return S_ACCOUNTS * S + L_ACCOUNTS * L + V_ACCOUNTS * V + S * V + LK_ACCOUNTS * L * K


@kernel
def base_l(shape):
    """First place of the L block."""
    return S_ACCOUNTS * len(shape.sleeves)


@kernel
def base_v(shape):
    """First place of the V block."""
    return S_ACCOUNTS * len(shape.sleeves) + L_ACCOUNTS * len(shape.slow)


@kernel
def base_hold(shape):
    """First place of HOLD, the sleeve units that each vintage holds, sleeve-major."""
    return base_v(shape) + V_ACCOUNTS * len(shape.vintages)


@kernel
def base_ring(shape):
    """First place of the rings, by family, slow sleeve and slot."""
    return base_hold(shape) + len(shape.sleeves) * len(shape.vintages)


# --- flows -----------------------------------------------------------------------------------------
# (name, shape, debit family, credit family), phase by phase; a phase posts a contiguous range.
# Signed flows may be negative: MARK_*, CARRY, GAIN, TRADE, UNITS, WINDOW, ASK, BLOCK_WINDOW, BUY, DRAW, VDRAW.
PHASES = (
    ("value_sleeves", (
        ("MARK_LIQUID", "S", "LIQUID", "RESULT"),
        ("INTEREST", "S", "CASH", "RESULT"),
        ("LINE_INTEREST", "S", "RESULT", "LINE"),
        ("FEE", "S", "RESULT", "FEE_DUE"),
        ("MARK_ILLIQUID", "L", "ILLIQUID", "RESULT"),
        ("CARRY", "L", "RESULT", "CARRY_DUE"),
        ("GAIN_FLOW", "L", "GAIN", "GAIN_BASE"),
        ("HURDLE_FLOW", "L", "HURDLE", "GAIN_BASE"),
    )),
    ("value_vintages", (
        ("VFEE", "V", "VRESULT", "VFEE_DUE"),
        ("VLINE_INTEREST", "V", "VRESULT", "VLINE"),
    )),
    ("participants", (
        ("CONTRIBUTE", "V", "VCASH", "PLANS"),
        ("ISSUE", "V", "HELD", "VISSUED"),
        ("CANCEL", "V", "VISSUED", "HELD"),
        ("REDEEM", "V", "PLANS", "PAYABLE"),
    )),
    ("slow", (
        ("TRADE_SLOW", "LV", "CASH", "VCASH"),
        ("UNITS_SLOW", "LV", "HOLD", "ISSUED"),
        ("WINDOW", "LK", "PAID", "PAID_BASE"),
    )),
    ("fast", (
        ("TRADE_FAST", "FV", "CASH", "VCASH"),
        ("UNITS_FAST", "FV", "HOLD", "ISSUED"),
    )),
    ("fund_sleeves", (
        ("COMMIT", "L", "UNFUNDED", "COMMITTED"),
        ("CALL", "L", "ILLIQUID", "CALL_DUE"),
        ("CALL_MEMO", "L", "COMMITTED", "UNFUNDED"),
        ("DISTRIBUTE", "L", "CASH", "ILLIQUID"),
        ("PROCEEDS", "L", "CASH", "ILLIQUID"),
        ("PAY_CALL", "L", "CALL_DUE", "CASH"),
        ("PAY_CARRY", "L", "CARRY_DUE", "CASH"),
        ("CRYSTALLISE", "L", "GAIN_BASE", "GAIN"),
        ("HURDLE_RESET", "L", "GAIN_BASE", "HURDLE"),
        ("ASK", "LK", "QUEUE", "ASKED"),
        ("BLOCK_WINDOW", "LK", "BLOCK_PAID", "BLOCK_PAID_BASE"),
        ("PAY_FEE", "S", "FEE_DUE", "CASH"),
        ("BUY", "S", "LIQUID", "CASH"),
        ("DRAW", "S", "CASH", "LINE"),
    )),
    ("fund_vintages", (
        ("VDRAW", "V", "VCASH", "VLINE"),
        ("PAY", "V", "PAYABLE", "VCASH"),
        ("PAY_VFEE", "V", "VFEE_DUE", "VCASH"),
    )),
)

S_FAMILIES = ("CASH", "LIQUID", "LINE", "FEE_DUE", "RESULT", "ISSUED")
L_FAMILIES = ("ILLIQUID", "CALL_DUE", "CARRY_DUE", "UNFUNDED", "COMMITTED", "GAIN", "HURDLE", "GAIN_BASE",
              "ASKED", "PAID_BASE", "BLOCK_PAID_BASE")
V_FAMILIES = ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE", "PLANS", "VRESULT", "HELD", "VISSUED")
LK_FAMILIES = ("QUEUE", "PAID", "BLOCK_PAID")
COMMODITY = {
    **{f: "usd" for f in S_FAMILIES + L_FAMILIES[:3] + V_FAMILIES},
    "ISSUED": "unit", "HOLD": "unit", "HELD": "vunit", "VISSUED": "vunit",
    "UNFUNDED": "commit", "COMMITTED": "commit", "GAIN": "gain", "HURDLE": "gain", "GAIN_BASE": "gain",
    "QUEUE": "ask", "ASKED": "ask", "PAID": "paid", "PAID_BASE": "paid",
    "BLOCK_PAID": "paid", "BLOCK_PAID_BASE": "paid",
}


class Account(NamedTuple):
    """One account by name: indices are -1 where the family has none."""

    family: str
    sleeve: int
    vintage: int
    slot: int


class Flow(NamedTuple):
    """One flow by name: indices are -1 where the flow has none."""

    phase: str
    name: str
    sleeve: int
    vintage: int
    slot: int


def accounts(shape: Shape) -> list[Account]:
    """Every account of the family, in the order of the balance vector."""
    V, S, L, K = (len(x) for x in shape)
    out = [Account(f, s, -1, -1) for f in S_FAMILIES for s in range(S)]
    out += [Account(f, s, -1, -1) for f in L_FAMILIES for s in range(L)]
    out += [Account(f, -1, v, -1) for f in V_FAMILIES for v in range(V)]
    out += [Account("HOLD", s, v, -1) for s in range(S) for v in range(V)]
    out += [Account(f, s, -1, k) for f in LK_FAMILIES for s in range(L) for k in range(K)]
    return out


def _indices(kind: str, shape: Shape) -> list[tuple[int, int, int]]:
    V, S, L, K = (len(x) for x in shape)
    return {
        "S": [(s, -1, -1) for s in range(S)],
        "L": [(s, -1, -1) for s in range(L)],
        "V": [(-1, v, -1) for v in range(V)],
        "LV": [(s, v, -1) for s in range(L) for v in range(V)],
        "FV": [(s, v, -1) for s in range(L, S) for v in range(V)],
        "LK": [(s, -1, k) for s in range(L) for k in range(K)],
    }[kind]


def flows(shape: Shape) -> list[Flow]:
    """Every flow of the family, in the order of the flow vector."""
    return [Flow(phase, name, s, v, k) for phase, table in PHASES for name, kind, _, _ in table
            for s, v, k in _indices(kind, shape)]


def phase_range(shape: Shape, phase: str) -> tuple[int, int]:
    """First and one-past-last place of a phase's flows in the flow vector."""
    places = [i for i, f in enumerate(flows(shape)) if f.phase == phase]
    return (places[0], places[-1] + 1) if places else (0, 0)


def legs(shape: Shape) -> tuple[list[int], list[int]]:
    """Place of the debit and of the credit account of every flow, by broadcasting the flow's index."""
    place = {a: i for i, a in enumerate(accounts(shape))}
    sides = {name: (d, c) for _, table in PHASES for name, _, d, c in table}

    def side(family: str, f: Flow) -> int:
        in_s = family in S_FAMILIES or family in L_FAMILIES
        if family == "HOLD":
            return place[Account(family, f.sleeve, f.vintage, -1)]
        if family in LK_FAMILIES:
            return place[Account(family, f.sleeve, -1, f.slot)]
        return place[Account(family, f.sleeve, -1, -1) if in_s else Account(family, -1, f.vintage, -1)]

    table = flows(shape)
    return [side(sides[f.name][0], f) for f in table], [side(sides[f.name][1], f) for f in table]


# Number of flows per phase block, used by the kernels to find a flow; kept beside the table and checked against it.
@kernel
def at_value(shape):
    """First flow of phase 1 (value the sleeves): 4 S families, then 4 L families."""
    return 0


@kernel
def at_vfee(shape):
    """First flow of phase 3 (value the vintages): VFEE, VLINE_INTEREST."""
    return 4 * len(shape.sleeves) + 4 * len(shape.slow)


@kernel
def at_participants(shape):
    """First flow of phase 5: CONTRIBUTE, ISSUE, CANCEL, REDEEM."""
    return at_vfee(shape) + 2 * len(shape.vintages)


@kernel
def at_slow(shape):
    """First flow of phase 6: TRADE_SLOW, UNITS_SLOW, WINDOW."""
    return at_participants(shape) + 4 * len(shape.vintages)


@kernel
def at_fast(shape):
    """First flow of phase 7: TRADE_FAST, UNITS_FAST."""
    L = len(shape.slow)
    return at_slow(shape) + 2 * L * len(shape.vintages) + L * len(shape.slots)


@kernel
def at_sleeves(shape):
    """First flow of phase 8: 9 L families, 2 LK families, 3 S families."""
    return at_fast(shape) + 2 * (len(shape.sleeves) - len(shape.slow)) * len(shape.vintages)


@kernel
def at_vintages(shape):
    """First flow of phase 9: VDRAW, PAY, PAY_VFEE."""
    L = len(shape.slow)
    return at_sleeves(shape) + 9 * L + 2 * L * len(shape.slots) + 3 * len(shape.sleeves)


@kernel
def n_flows(shape):
    """Number of flows of a family."""
    return at_vintages(shape) + 3 * len(shape.vintages)


@kernel
def post(b, out, debit, credit, lo, hi):
    """Post flows ``lo`` to ``hi``: debit one account, credit another; b (n_accounts,), out (n_flows,)."""
    for f in range(lo, hi):
        b[debit[f]] += out[f]
        b[credit[f]] -= out[f]


@kernel
def post_trades(b, out, trades, lo, hi, shape):
    """Post the trades and units of sleeves ``lo`` to ``hi``, whose TRADE flows start at ``trades``.

    The same legs, in the same order, as the table gives (a test compares them byte for byte); a sleeve's cash is
    kept in a register instead of being read back after every vintage, which halves the time.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    cash = base_v(shape) + VCASH * V
    hold = base_hold(shape)
    units = trades + (hi - lo) * V
    for s in range(lo, hi):
        f = (s - lo) * V
        total = b[CASH * S + s]
        issued = b[ISSUED * S + s]
        for v in range(V):
            total += out[trades + f + v]
            issued -= out[units + f + v]
        b[CASH * S + s] = total
        b[ISSUED * S + s] = issued
        for v in range(V):
            b[cash + v] -= out[trades + f + v]
            b[hold + s * V + v] += out[units + f + v]
