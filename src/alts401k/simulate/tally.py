"""What a path leaves behind besides prices: columns of the per-path sums, and the kernels that add to them.

Truth is followed here, beside the step, which never sees it.
"""
from alts401k.chart import (
    HELD,
    ILLIQUID,
    at_participants,
    at_sleeves,
    at_slow,
    at_value,
    at_vfee,
    base_hold,
    base_l,
    base_v,
    kernel,
)
from alts401k.step import layout as at
from alts401k.step.layout import (
    I_GATE_BLOCK,
    I_GATE_PLAN,
    I_GATE_SLEEVE,
    I_NEED,
    I_PHI,
    I_PRIVATE,
    I_VNET,
    info_l,
    info_v,
)

# columns of the per-path sums; S, L, V blocks follow the head
NET, VFEE, VLINE_INTEREST, ASKED, UNFILLED, LEAVERS, JOINERS, STAYERS = 0, 1, 2, 3, 4, 5, 6, 7
GATE_BLOCK, GATE_SLEEVE, GATE_PLAN, LATE, MONTHS, PRIVATE_MAX = 8, 9, 10, 11, 12, 13
SLOW_ASKED, SLOW_UNFILLED, ABOVE_CAP = 14, 15, 16
REGIME = 17  # five columns, vintage-months by regime
HEAD = 22
S_SUMS = 2  # sleeve fees (without the block's), line interest
# block fee, incentive accrued (signed), sum and sum of squares of mark / truth - 1, months; due and paid by the block;
# savers' money into the sleeve and out of it (closing value included), each over the public index of its date
L_SUMS = 9
V_SUMS = 3  # months, sum and sum of squares of true monthly returns above cash
BINS = 400  # private weight in steps of 0.25%


@kernel
def n_sums(shape):
    """Number of per-path sums."""
    return HEAD + S_SUMS * len(shape.sleeves) + L_SUMS * len(shape.slow) + V_SUMS * len(shape.vintages)


@kernel
def true_gaps(b, true, gap, shape):
    """Per unit of each slow sleeve: true value above the marked one, in usd; gap (L,)."""
    V = len(shape.vintages)
    L = len(shape.slow)
    a = base_l(shape)
    h = base_hold(shape)
    for i in range(L):
        units = 0.0
        for v in range(V):
            units += b[h + i * V + v]
        gap[i] = (true[i] - b[a + ILLIQUID * L + i]) / units if units > 0.0 else 0.0


@kernel
def true_value(b, price, gap, v, shape):
    """True value of one unit of vintage ``v`` in usd: the struck price and the holders' part of the gaps."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    held = b[base_v(shape) + HELD * V + v]
    h = base_hold(shape)
    extra = 0.0
    for i in range(L):
        extra += b[h + i * V + v] * gap[i]
    return price[S + v] + extra / held if held > 0.0 else price[S + v]


@kernel
def tally_price(b, out, info, price, before, now, gap, true, terms, cash_rate, sums, shape):
    """After the strike: fees of the period, true unit values ``now`` (V,), true returns above cash, mark gaps."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    z = at_vfee(shape)
    first = HEAD + S_SUMS * S + L_SUMS * L
    fee = 0.0
    interest = 0.0
    for v in range(V):
        fee += out[z + v]
        interest += out[z + V + v]
        now[v] = true_value(b, price, gap, v, shape)
        if b[base_v(shape) + HELD * V + v] > 0.0:
            x = now[v] / before[v] - 1.0 - cash_rate
            sums[first + v] += 1.0
            sums[first + V + v] += x
            sums[first + 2 * V + v] += x * x
    sums[VFEE] += fee
    sums[VLINE_INTEREST] += interest
    f = at_value(shape)
    for s in range(S):
        sums[HEAD + s] += out[f + 3 * S + s]
        sums[HEAD + S + s] += out[f + 2 * S + s]
    k = HEAD + S_SUMS * S
    a = base_l(shape) + ILLIQUID * L
    for j in range(L):
        fee = (b[a + j] - out[f + 4 * S + j]) * terms[at.terms_l(shape) + at.T_BLOCK_FEE * L + j]
        sums[k + j] += fee
        sums[k + L + j] += out[f + 4 * S + L + j]
        if b[a + j] > 0.0 and true[j] > 0.0:
            x = b[a + j] / true[j] - 1.0
            sums[k + 2 * L + j] += x
            sums[k + 3 * L + j] += x * x
            sums[k + 4 * L + j] += 1.0


@kernel
def tally_deal(b, out, info, price, now, held, state, terms, years_gate, bins, sums, shape):
    """After dealing: dilution by leavers, joiners and stayers, gates, regimes, private weights.

    Returns the closing net assets of the vintages with holders, in usd.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    f = at_participants(shape)
    i = info_v(shape)
    a = base_v(shape)
    asked = 0.0
    unfilled = 0.0
    leavers = 0.0
    joiners = 0.0
    stayers = 0.0
    months = 0.0
    above = 0.0
    cap = at.terms_v(shape) + at.T_HARD_CAP * V
    largest = sums[PRIVATE_MAX]
    family = 0.0
    for v in range(V):
        if b[a + HELD * V + v] > 0.0:
            family += info[i + I_VNET * V + v]
    for v in range(V):
        paid_in = out[f + v]
        issued = out[f + V + v]
        gone = out[f + 2 * V + v]
        paid = out[f + 3 * V + v]
        after = held[v] + issued - gone
        need = 0.0
        if info[i + I_PHI * V + v] < 1.0:  # a line past its limit needs money too, but nobody who asked waits for it
            need = info[i + I_NEED * V + v]
        asked += paid + need
        unfilled += need
        if after > 0.0 and now[v] != price[S + v]:
            value = (held[v] * now[v] + paid_in - paid) / after
            leavers += paid - gone * now[v]
            joiners += issued * value - paid_in
            stayers += (held[v] - gone) * (value - now[v])
        if b[a + HELD * V + v] > 0.0:
            share = info[i + I_PRIVATE * V + v] / info[i + I_VNET * V + v]
            months += 1.0
            if info[i + I_PRIVATE * V + v] > terms[cap + v] * info[i + I_VNET * V + v]:
                above += 1.0
            sums[REGIME + state[v]] += 1.0
            largest = max(largest, share)
            bins[min(BINS - 1, max(0, int(share * BINS)))] += info[i + I_VNET * V + v] / family
            if state[v] == at.GATED:
                years_gate[2] = 1
    sums[ASKED] += asked
    sums[UNFILLED] += unfilled
    sums[LEAVERS] += leavers
    sums[JOINERS] += joiners
    sums[STAYERS] += stayers
    sums[MONTHS] += months
    sums[ABOVE_CAP] += above
    sums[PRIVATE_MAX] = largest
    if info[I_GATE_BLOCK] > 0.0:
        years_gate[0] = 1
    if info[I_GATE_SLEEVE] > 0.0:
        years_gate[1] = 1
    if info[I_GATE_PLAN] > 0.0:
        years_gate[2] = 1
    sums[LATE] += info[at.I_LATE_USD]
    return family


@kernel
def tally_flows(out, info, level, sums, shape):
    """What was asked of slow sleeves and their blocks and what was filled; savers' money into and out of each, net of
    crossings, over its public index ``level`` (L,)."""
    V = len(shape.vintages)
    L = len(shape.slow)
    k = HEAD + S_SUMS * len(shape.sleeves)
    l = info_l(shape)
    for s in range(L):
        sums[SLOW_ASKED] += info[l + at.I_ASKED * L + s]
        sums[SLOW_UNFILLED] += info[l + at.I_UNFILLED * L + s]
        sums[k + 5 * L + s] += info[l + at.I_BLOCK_DUE * L + s]
        sums[k + 6 * L + s] += info[l + at.I_BLOCK_PAID * L + s]
        net = 0.0
        for v in range(V):
            net += out[at_slow(shape) + s * V + v]
        sums[k + 7 * L + s] += max(0.0, net) / level[s]
        sums[k + 8 * L + s] += max(0.0, -net) / level[s]


@kernel
def tally_ends(b, price, gap, level, column, sums, shape):
    """Add what savers hold of each slow sleeve, at truth and over its index, to the money in (7) or out (8)."""
    V = len(shape.vintages)
    L = len(shape.slow)
    k = HEAD + S_SUMS * len(shape.sleeves)
    h = base_hold(shape)
    for s in range(L):
        units = 0.0
        for v in range(V):
            units += b[h + s * V + v]
        sums[k + column * L + s] += units * (price[s] + gap[s]) / level[s]


@kernel
def charge_truth(b, out, terms, true, flows, shape):
    """Take the block's fee of the period, charged on its mark, out of the true holding too; true, flows (L,) usd."""
    L = len(shape.slow)
    a = base_l(shape) + ILLIQUID * L
    f = at_value(shape) + 4 * len(shape.sleeves)
    for i in range(L):
        fee = (b[a + i] - out[f + i]) * terms[at.terms_l(shape) + at.T_BLOCK_FEE * L + i]
        true[i] -= fee
        flows[i] -= fee


@kernel
def follow_truth(out, true, flows, b, terms, shape):
    """Carry calls, distributions and block proceeds over to the true holding; true (L,) usd.

    Calls and distributions of a partnership are cash and move at their dollars; an evergreen block sells and redeems
    its units at its mark, so the true holding moves by the same share. flows (L,) accumulates what left and came, at
    truth.
    """
    L = len(shape.slow)
    a = base_l(shape)
    f = at_sleeves(shape)
    for i in range(L):
        call = out[f + L + i]
        dist = out[f + 3 * L + i]
        paid = out[f + 4 * L + i]
        marked = b[a + ILLIQUID * L + i] - call + paid
        moved = call - dist
        if terms[at.terms_l(shape) + at.T_FILL * L + i] > 0.0 and marked > 0.0:
            moved = -dist + (true[i] - dist) * (call - paid) / marked
        true[i] += moved
        flows[i] += moved
