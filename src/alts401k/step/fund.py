"""The dealing half, second part: funding of sleeves and vintages, and the regime of the next period."""
from alts401k.chart import (
    BLOCK_PAID,
    CALL_DUE,
    CARRY_DUE,
    CASH,
    FEE_DUE,
    GAIN,
    HELD,
    HURDLE,
    ILLIQUID,
    LINE,
    LIQUID,
    PAYABLE,
    QUEUE,
    UNFUNDED,
    VCASH,
    VFEE_DUE,
    VLINE,
    at_sleeves,
    at_vintages,
    base_hold,
    base_l,
    base_ring,
    base_v,
    kernel,
)
from alts401k.step.layout import (
    AMBER,
    CALL_SHARE,
    CALL_USD,
    DIST_SHARE,
    DIST_USD,
    DUST,
    GATED,
    GREEN,
    I_BLOCK_DUE,
    I_BLOCK_PAID,
    I_GATE_BLOCK,
    I_LATE_USD,
    I_PHI,
    I_PRIVATE,
    I_SCRATCH_L,
    I_UNFILLED,
    I_VNET,
    M_BLOCK1,
    M_BLOCK2,
    RED,
    SUSPENDED,
    T_AMBER,
    T_BLOCK_GATE1,
    T_BLOCK_GATE2,
    T_CASH,
    T_COMMIT,
    T_COVER_AMBER,
    T_COVER_GATED,
    T_COVER_RED,
    T_FILL,
    T_HARD_CAP,
    T_LINE_CAP,
    T_LIQUID_MAX,
    T_LIQUID_MIN,
    T_LIQUID_TARGET,
    T_OUTFLOW,
    T_UNFUNDED,
    T_VLINE_CAP,
    W_ASKS,
    W_BLOCK_DEAL,
    W_BLOCK_SLOT,
    W_CLEAN,
    W_CRYSTALLISE,
    W_ELIGIBLE,
    W_HERE,
    W_PAY_DAY,
    facts_l,
    info_l,
    info_v,
    terms_l,
    terms_v,
    when_mask,
)
from alts401k.step.layout import HEAD as W_HEAD
from alts401k.step.price import net_sleeve, net_vintages


@kernel
def block_deal(b, out, info, terms, when, s, left, shape):
    """What slow sleeve ``s``'s building block pays on its dealing date in usd; the queue of the date lapses.

    The block pays at most its gate shares of the holding, less what it paid inside each rolling window, and
    never more than ``left``, the holding after distributions.
    """
    L = len(shape.slow)
    K = len(shape.slots)
    f = at_sleeves(shape) + 9 * L + s * K
    q = base_ring(shape) + QUEUE * L * K + s * K
    r = base_ring(shape) + BLOCK_PAID * L * K + s * K
    m = when_mask(shape) + s * K
    t = terms_l(shape)
    l = info_l(shape)
    paid = left * 0
    for k in range(K):
        out[f + k] = left * 0
        out[f + L * K + k] = left * 0
    info[l + I_BLOCK_DUE * L + s] = left * 0
    if when[W_HEAD + W_BLOCK_DEAL * L + s] > 0:
        slot = when[W_HEAD + W_BLOCK_SLOT * L + s]
        due = b[q + slot]
        one = terms[t + T_BLOCK_GATE1 * L + s] * left
        two = terms[t + T_BLOCK_GATE2 * L + s] * left
        for k in range(K):
            one -= b[r + k] * when[m + M_BLOCK1 * L * K + k]
            two -= b[r + k] * when[m + M_BLOCK2 * L * K + k]
        paid = max(0, min(min(due, left), min(one, two)))
        out[f + slot] = -due
        out[f + L * K + slot] = paid - b[r + slot]
        info[l + I_BLOCK_DUE * L + s] = due
        if (due - paid) * DUST > due:
            info[I_GATE_BLOCK] = left * 0 + 1
    info[l + I_BLOCK_PAID * L + s] = paid
    return paid


@kernel
def calm_share(b, state, s, shape):
    """Share of slow sleeve ``s``'s units held by vintages that are not RED or worse; 1 if nobody holds it."""
    V = len(shape.vintages)
    h = base_hold(shape) + s * V
    units = b[h] * 0
    calm = b[h] * 0
    for v in range(V):
        units += b[h + v]
        if state[v] < RED:
            calm += b[h + v]
    if units > 0:
        return calm / units
    return units + 1


@kernel
def fund_private(b, out, info, facts, terms, when, state, s, shape):
    """Calls, distributions, block dealing, commitments and requests of slow sleeve ``s``; returns cash in, net.

    Commitments run at the pace of the terms while the liquidity sub-sleeve is at target, slow to nothing at its
    minimum, go up to twice the pace above target, and stop in proportion to the holders that are RED or worse. An
    evergreen block is topped up from the liquidity sub-sleeve above its maximum and asked for money when the
    sub-sleeve falls below its minimum or when sellers went unfilled.
    """
    S = len(shape.sleeves)
    L = len(shape.slow)
    K = len(shape.slots)
    a = base_l(shape) + s
    t = terms_l(shape) + s
    y = facts_l(shape) + s
    f = at_sleeves(shape) + s
    holding = b[a + ILLIQUID * L]
    unfunded = b[a + UNFUNDED * L]
    call = max(0, min(unfunded, facts[y + CALL_USD * L] + facts[y + CALL_SHARE * L] * unfunded))
    dist = max(0, min(holding, facts[y + DIST_USD * L] + facts[y + DIST_SHARE * L] * holding))
    paid = holding * 0
    asks = when[W_HEAD + W_ASKS * L + s]
    if asks > 0:
        paid = block_deal(b, out, info, terms, when, s, holding - dist, shape)
    else:  # a block that cannot be asked never deals
        info[info_l(shape) + I_BLOCK_DUE * L + s] = paid
        info[info_l(shape) + I_BLOCK_PAID * L + s] = paid
        for k in range(K):
            out[at_sleeves(shape) + 9 * L + s * K + k] = paid
            out[at_sleeves(shape) + 9 * L + L * K + s * K + k] = paid
    crystallise = when[W_HEAD + W_CRYSTALLISE * L + s]
    due = call - b[a + CALL_DUE * L]
    carry = -(crystallise * b[a + CARRY_DUE * L])
    fee = -(when[W_PAY_DAY] * b[FEE_DUE * S + s])
    cash_in = dist + paid - due - carry
    net = net_sleeve(b, s, shape)
    liquid = b[CASH * S + s] + b[LIQUID * S + s] + b[LINE * S + s] + cash_in - fee
    calm = calm_share(b, state, s, shape)
    span = (terms[t + T_LIQUID_TARGET * L] - terms[t + T_LIQUID_MIN * L]) * net
    room = liquid - terms[t + T_LIQUID_MIN * L] * net
    commit = terms[t + T_COMMIT * L] * max(0, net)
    if span > 0:
        commit = commit * max(0, min(2, room / span))
    ask = info[info_l(shape) + I_UNFILLED * L + s]
    target = terms[t + T_LIQUID_TARGET * L] * net
    if liquid > terms[t + T_LIQUID_MAX * L] * net:
        commit += terms[t + T_FILL * L] * max(0, liquid - target - (unfunded - call))
    if liquid < terms[t + T_LIQUID_MIN * L] * net:
        ask += target - liquid
    out[f] = commit * calm
    out[f + L] = call
    out[f + 2 * L] = call
    out[f + 3 * L] = dist
    out[f + 4 * L] = paid
    out[f + 5 * L] = due
    out[f + 6 * L] = carry
    out[f + 7 * L] = crystallise * max(0, b[a + GAIN * L])
    out[f + 8 * L] = crystallise * b[a + HURDLE * L]
    if asks > 0:
        q = base_ring(shape) + QUEUE * L * K + s * K
        w = at_sleeves(shape) + 9 * L + s * K
        pending = ask * 0
        for k in range(K):
            pending += b[q + k] + out[w + k]
        out[w + when[W_HEAD + W_ELIGIBLE * L + s]] += max(0, min(ask - pending, holding - dist - paid - pending))
    return cash_in


@kernel
def fund_sleeves(b, out, info, facts, terms, when, state, shape):
    """Phase 8: each sleeve's cash back to target: sell or buy liquid holdings, draw or repay the line.

    Order of use: cash, liquid holdings, line. What then lacks is paid less of the call first (it stays in
    CALL_DUE, late), then of the incentive fee, then of fees: cash never ends below zero.
    """
    S = len(shape.sleeves)
    L = len(shape.slow)
    K = len(shape.slots)
    f = at_sleeves(shape) + 9 * L + 2 * L * K
    z = at_sleeves(shape)
    info[I_GATE_BLOCK] = b[CASH * S] * 0
    info[I_LATE_USD] = b[CASH * S] * 0
    for s in range(S):
        net = net_sleeve(b, s, shape)
        fee = -(when[W_PAY_DAY] * b[FEE_DUE * S + s])
        c = b[CASH * S + s] - fee
        if s < L and when[W_HEAD + W_HERE * L + s] > 0:
            c += fund_private(b, out, info, facts, terms, when, state, s, shape)
        target = terms[T_CASH * S + s] * max(0, net)
        owed = -b[LINE * S + s]
        sell = max(0, min(target - c, b[LIQUID * S + s]))
        c2 = c + sell
        draw = max(0, min(-c2, terms[T_LINE_CAP * S + s] * max(0, net) - owed))
        repay = max(0, min(c2 - target, owed))
        spare = max(0, c2 - repay - target)
        lack = max(0, -(c2 + draw))
        if lack > 0:
            if s < L:
                late = max(0, min(lack, out[z + 5 * L + s]))
                out[z + 5 * L + s] -= late
                info[I_LATE_USD] += late
                lack -= late
                carry = out[z + 6 * L + s]
                unpaid = max(0, min(lack, carry))
                if carry > 0 and unpaid > 0:  # what is not paid is not crystallised, or its accrual would reverse
                    kept = unpaid / carry
                    out[z + 7 * L + s] -= kept * out[z + 7 * L + s]
                    out[z + 8 * L + s] -= kept * out[z + 8 * L + s]
                out[z + 6 * L + s] = carry - unpaid
                lack -= unpaid
            fee -= max(0, min(lack, fee))
        out[f + s] = fee
        out[f + S + s] = spare - sell
        out[f + 2 * S + s] = draw - repay


@kernel
def fund_vintages(b, out, info, terms, when, shape):
    """Phase 9: pay participants and the trustee; draw the vintage's line for a gap, repay it from a surplus.

    What was redeemed is always payable; a trustee fee that cash and line cannot pay stays owed.
    """
    V = len(shape.vintages)
    a = base_v(shape)
    f = at_vintages(shape)
    i = info_v(shape)
    t = terms_v(shape)
    for v in range(V):
        fee = -(when[W_PAY_DAY] * b[a + VFEE_DUE * V + v])
        owed = -b[a + PAYABLE * V + v]
        drawn = -b[a + VLINE * V + v]
        c = b[a + VCASH * V + v] - owed - fee
        room = max(0, terms[t + T_VLINE_CAP * V + v] * info[i + I_VNET * V + v] - drawn)
        draw = max(0, min(-c, room))
        fee -= max(0, min(-(c + draw), fee))
        out[f + v] = draw - max(0, min(c, drawn))
        out[f + V + v] = owed
        out[f + 2 * V + v] = fee


@kernel
def decide_regime(b, info, price, terms, when, state, shape):
    """Phase 10: regime of the next period from closing books; up at once, down after clean periods.

    ``state`` holds the regime (V,) then the count of clean periods (V,), integers. Thresholds are products:
    private value against shares of net assets, by more than a millionth (crossing fills vintages exactly to their
    band, where rounding must not decide); liquid value against cover x (c1 unfunded + c2 net assets).
    """
    V = len(shape.vintages)
    L = len(shape.slow)
    a = base_v(shape)
    c = base_l(shape)
    h = base_hold(shape)
    i = info_v(shape)
    l = info_l(shape)
    t = terms_v(shape)
    net_vintages(b, info, price, shape)
    for s in range(L):
        units = b[h + s * V]
        for v in range(1, V):
            units += b[h + s * V + v]
        info[l + I_SCRATCH_L * L + s] = units * 0
        if units > 0:
            info[l + I_SCRATCH_L * L + s] = b[c + UNFUNDED * L + s] / units
    for v in range(V):
        nav = info[i + I_VNET * V + v]
        private = info[i + I_PRIVATE * V + v]
        level = GREEN
        if b[a + HELD * V + v] > 0:
            unfunded = nav * 0
            for s in range(L):
                unfunded += b[h + s * V + v] * info[l + I_SCRATCH_L * L + s]
            need = terms[t + T_UNFUNDED * V + v] * unfunded + terms[t + T_OUTFLOW * V + v] * nav
            liquid = nav - private
            weighed = private * DUST
            amber = (terms[t + T_AMBER * V + v] * DUST + 1) * nav
            cap = (terms[t + T_HARD_CAP * V + v] * DUST + 1) * nav
            if weighed > amber or liquid < terms[t + T_COVER_AMBER * V + v] * need:
                level = AMBER
            if weighed > cap or liquid < terms[t + T_COVER_RED * V + v] * need:
                level = RED
            if liquid < terms[t + T_COVER_GATED * V + v] * need:
                level = GATED
            if (1 - info[i + I_PHI * V + v]) * DUST > 1:
                level = SUSPENDED
        if level >= state[v]:
            state[v] = level
            state[V + v] = 0
        else:
            state[V + v] += 1
            if state[V + v] >= when[W_CLEAN]:
                state[v] = level
                state[V + v] = 0
