"""Places inside the step's other flat vectors: facts, terms, calendar (``when``), info and state.

facts  what the world says of the period (rates of this period; usd + share pairs are affine in a balance)
terms  what the documents say, resolved for the period to bare numbers
when   integers of the period: what deals, which ring slot, which slots are inside a gate's window
info   what the step tells and nobody needs to carry: nets, fills, gates, scratch
state  regime and clean count of each vintage, carried forward
"""
from alts401k.chart import kernel

# facts: S, then L, then V
R_LIQUID, R_CASH, R_LINE = 0, 1, 2
S_FACTS = 3
R_MARK, CALL_USD, CALL_SHARE, DIST_USD, DIST_SHARE = 0, 1, 2, 3, 4
L_FACTS = 5
IN_USD, IN_SHARE, OUT_UNITS, OUT_SHARE, R_VLINE = 0, 1, 2, 3, 4
V_FACTS = 5

# terms: S, L, V, SV target
T_FEE, T_CASH, T_LINE_CAP = 0, 1, 2
S_TERMS = 3
T_CARRY, T_CATCH_UP, T_HURDLE, T_GATE1, T_GATE2, T_FLOOR, T_BLOCK_GATE1, T_BLOCK_GATE2 = 0, 1, 2, 3, 4, 5, 6, 7
T_COMMIT, T_FILL, T_LIQUID_TARGET, T_LIQUID_MIN, T_LIQUID_MAX, T_BLOCK_FEE = 8, 9, 10, 11, 12, 13
L_TERMS = 14
T_VFEE, T_VLINE_CAP, T_FAST_BAND, T_SLOW_BAND, T_MAX_CHANGE = 0, 1, 2, 3, 4
T_AMBER, T_HARD_CAP, T_COVER_AMBER, T_COVER_RED, T_COVER_GATED, T_UNFUNDED, T_OUTFLOW = 5, 6, 7, 8, 9, 10, 11
V_TERMS = 12

# when: 0 pay_day, 1 clean periods needed; then L families, then masks by slow sleeve and slot
W_PAY_DAY, W_CLEAN = 0, 1
HEAD = 2
W_DEAL, W_OPEN, W_CROSS, W_SLOT, W_BLOCK_DEAL, W_BLOCK_SLOT, W_ELIGIBLE, W_CRYSTALLISE, W_ASKS, W_HERE = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
L_WHEN = 10
M_GATE1, M_GATE2, M_BLOCK1, M_BLOCK2 = 0, 1, 2, 3
LK_WHEN = 4

# info: head, S, L, V, LV scratch
I_GATE_BLOCK, I_GATE_SLEEVE, I_GATE_PLAN, I_FORCED, I_LATE_USD = 0, 1, 2, 3, 4
I_HEAD = 5
DUST = 1_000_000  # a shortfall below one part in DUST of a request is arithmetic, not a gate
I_NET = 0
S_INFO = 1
I_ASKED, I_FILLED, I_CROSSED, I_UNFILLED, I_BLOCK_DUE, I_BLOCK_PAID, I_SCRATCH_L = 0, 1, 2, 3, 4, 5, 6
L_INFO = 7
I_VNET, I_FAST, I_NEED, I_ABLE, I_PHI, I_SPEND, I_PRIVATE = 0, 1, 2, 3, 4, 5, 6
V_INFO = 7

GREEN, AMBER, RED, GATED, SUSPENDED = 0, 1, 2, 3, 4


@kernel
def n_facts(shape):
    """Length of the facts vector."""
    return S_FACTS * len(shape.sleeves) + L_FACTS * len(shape.slow) + V_FACTS * len(shape.vintages)


@kernel
def n_terms(shape):
    """Length of the terms vector."""
    S = len(shape.sleeves)
    V = len(shape.vintages)
    return S_TERMS * S + L_TERMS * len(shape.slow) + V_TERMS * V + S * V


@kernel
def n_when(shape):
    """Length of the calendar vector."""
    L = len(shape.slow)
    return HEAD + L_WHEN * L + LK_WHEN * L * len(shape.slots)


@kernel
def n_info(shape):
    """Length of the info vector."""
    V = len(shape.vintages)
    L = len(shape.slow)
    return I_HEAD + S_INFO * len(shape.sleeves) + L_INFO * L + V_INFO * V + L * V


@kernel
def facts_l(shape):
    """First place of the L facts."""
    return S_FACTS * len(shape.sleeves)


@kernel
def facts_v(shape):
    """First place of the V facts."""
    return S_FACTS * len(shape.sleeves) + L_FACTS * len(shape.slow)


@kernel
def terms_l(shape):
    """First place of the L terms."""
    return S_TERMS * len(shape.sleeves)


@kernel
def terms_v(shape):
    """First place of the V terms."""
    return S_TERMS * len(shape.sleeves) + L_TERMS * len(shape.slow)


@kernel
def terms_target(shape):
    """First place of the targets, sleeve-major."""
    return terms_v(shape) + V_TERMS * len(shape.vintages)


@kernel
def when_mask(shape):
    """First place of the window masks, by family, slow sleeve and slot."""
    return HEAD + L_WHEN * len(shape.slow)


@kernel
def info_l(shape):
    """First place of the L infos."""
    return I_HEAD + S_INFO * len(shape.sleeves)


@kernel
def info_v(shape):
    """First place of the V infos."""
    return I_HEAD + S_INFO * len(shape.sleeves) + L_INFO * len(shape.slow)


@kernel
def info_lv(shape):
    """First place of the scratch by slow sleeve and vintage."""
    return info_v(shape) + V_INFO * len(shape.vintages)
