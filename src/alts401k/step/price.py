"""The evening half of a period: value the sleeves, strike them, value the vintages, strike them.

Nothing of the period's own participant flows is needed or seen here (forward pricing).
"""
from alts401k.chart import (
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
    VCASH,
    VFEE_DUE,
    VLINE,
    at_value,
    at_vfee,
    base_hold,
    base_l,
    base_v,
    kernel,
)
from alts401k.step.layout import (
    I_FAST,
    I_HEAD,
    I_NET,
    I_PRIVATE,
    I_VNET,
    R_CASH,
    R_LINE,
    R_LIQUID,
    R_MARK,
    R_VLINE,
    T_BLOCK_FEE,
    T_CARRY,
    T_CATCH_UP,
    T_FEE,
    T_HURDLE,
    T_VFEE,
    facts_l,
    facts_v,
    info_v,
    terms_l,
    terms_v,
)


@kernel
def net_sleeve(b, s, shape):
    """Net assets of sleeve ``s`` in usd, from the books."""
    S = len(shape.sleeves)
    L = len(shape.slow)
    net = b[CASH * S + s] + b[LIQUID * S + s] + b[LINE * S + s] + b[FEE_DUE * S + s]
    if s < L:
        a = base_l(shape) + s
        net += b[a + ILLIQUID * L] + b[a + CALL_DUE * L] + b[a + CARRY_DUE * L]
    return net


@kernel
def net_vintages(b, info, price, shape):
    """Write each vintage's net assets, private part and fast part at ``price`` into info, in usd."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    a = base_v(shape)
    h = base_hold(shape)
    i = info_v(shape)
    for v in range(V):
        info[i + I_PRIVATE * V + v] = b[h + v] * 0
        info[i + I_FAST * V + v] = b[h + v] * 0
    for s in range(L):
        for v in range(V):
            info[i + I_PRIVATE * V + v] += b[h + s * V + v] * price[s]
    for s in range(L, S):
        for v in range(V):
            info[i + I_FAST * V + v] += b[h + s * V + v] * price[s]
    for v in range(V):
        cash = (b[a + VCASH * V + v] + b[a + VLINE * V + v] + b[a + VFEE_DUE * V + v]
                + b[a + PAYABLE * V + v])
        info[i + I_VNET * V + v] = cash + info[i + I_PRIVATE * V + v] + info[i + I_FAST * V + v]


@kernel
def value_sleeves(b, out, info, price, facts, terms, shape):
    """Phases 0 and 1: opening nets at the last struck prices; marks, interest, fees, incentive accrual.

    ``facts`` and ``terms`` are rates of this period. The fee base is opening net assets. The block's own fee is taken
    out of the opening private holding, as a manager's statement shows it; the incentive accrual on what is left is
    ``max(0, min(k (g - H), share g)) - accrued`` with g the profit above the high-water mark in usd, H the
    hurdle accrued, k the catch-up share: signed, so that a loss reverses it.
    """
    S = len(shape.sleeves)
    L = len(shape.slow)
    f = at_value(shape)
    net_vintages(b, info, price, shape)
    for s in range(S):
        net = net_sleeve(b, s, shape)
        info[I_HEAD + I_NET * S + s] = net
        out[f + s] = b[LIQUID * S + s] * facts[R_LIQUID * S + s]
        out[f + S + s] = b[CASH * S + s] * facts[R_CASH * S + s]
        out[f + 2 * S + s] = -(b[LINE * S + s] * facts[R_LINE * S + s])
        out[f + 3 * S + s] = max(0, net) * terms[T_FEE * S + s]
    a = base_l(shape)
    t = terms_l(shape)
    y = facts_l(shape)
    g = f + 4 * S
    for s in range(L):
        holding = b[a + ILLIQUID * L + s]
        marked = holding * facts[y + R_MARK * L + s]
        fee = holding * terms[t + T_BLOCK_FEE * L + s]
        gain = marked - fee
        hurdle = holding * terms[t + T_HURDLE * L + s]
        above = b[a + GAIN * L + s] + gain
        over = above - (b[a + HURDLE * L + s] + hurdle)
        earned = max(0, min(terms[t + T_CATCH_UP * L + s] * over, terms[t + T_CARRY * L + s] * above))
        out[g + s] = gain
        out[g + L + s] = earned + b[a + CARRY_DUE * L + s]
        out[g + 2 * L + s] = gain
        out[g + 3 * L + s] = hurdle


@kernel
def strike_sleeves(b, price, shape):
    """Phase 2: unit price of each sleeve = net assets / units of its holders; unchanged if nobody holds it."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    h = base_hold(shape)
    for s in range(S):
        units = b[h + s * V]
        for v in range(1, V):
            units += b[h + s * V + v]
        if units > 0:
            price[s] = net_sleeve(b, s, shape) / units


@kernel
def value_vintages(b, out, info, facts, terms, shape):
    """Phase 3: trustee fee on opening net assets and interest on the vintage's line, in usd."""
    V = len(shape.vintages)
    f = at_vfee(shape)
    a = base_v(shape)
    i = info_v(shape)
    t = terms_v(shape)
    y = facts_v(shape)
    for v in range(V):
        out[f + v] = max(0, info[i + I_VNET * V + v]) * terms[t + T_VFEE * V + v]
        out[f + V + v] = -(b[a + VLINE * V + v] * facts[y + R_VLINE * V + v])


@kernel
def strike_vintages(b, info, price, shape):
    """Phase 4: unit price of each vintage = net assets at the struck sleeve prices / units held by plans."""
    V = len(shape.vintages)
    S = len(shape.sleeves)
    a = base_v(shape)
    i = info_v(shape)
    net_vintages(b, info, price, shape)
    for v in range(V):
        units = b[a + HELD * V + v]
        if units > 0:
            price[S + v] = info[i + I_VNET * V + v] / units
