"""The dealing half, first part: participants at the struck price, then slow and fast sleeves.

Participants' requests are limited before they are priced: what cannot be paid stays units. Where a
vintage's own liquid holdings do not suffice, its sleeve units cross first to vintages with room for them.
"""
from alts401k.chart import (
    CASH,
    HELD,
    LIQUID,
    PAID,
    PAYABLE,
    VCASH,
    VFEE_DUE,
    VLINE,
    at_fast,
    at_participants,
    at_slow,
    base_hold,
    base_ring,
    base_v,
    kernel,
)
from alts401k.step.layout import (
    DUST,
    I_ABLE,
    I_ASKED,
    I_CROSSED,
    I_FAST,
    I_FILLED,
    I_FORCED,
    I_GATE_PLAN,
    I_GATE_SLEEVE,
    I_HEAD,
    I_NEED,
    I_NET,
    I_PHI,
    I_PRIVATE,
    I_SPEND,
    I_UNFILLED,
    I_VNET,
    IN_SHARE,
    IN_USD,
    LK_WHEN,
    M_GATE1,
    M_GATE2,
    OUT_SHARE,
    OUT_UNITS,
    RED,
    T_FAST_BAND,
    T_FLOOR,
    T_GATE1,
    T_GATE2,
    T_HARD_CAP,
    T_MAX_CHANGE,
    T_SLOW_BAND,
    T_VLINE_CAP,
    W_CROSS,
    W_DEAL,
    W_HERE,
    W_OPEN,
    W_SLOT,
    facts_v,
    info_l,
    info_lv,
    info_v,
    terms_l,
    terms_target,
    terms_v,
    when_mask,
)
from alts401k.step.layout import HEAD as W_HEAD
from alts401k.step.price import net_sleeve

assert LK_WHEN == 4  # the mask arithmetic below


@kernel
def participants(b, out, info, price, facts, terms, when, state, shape):
    """Phase 5: contributions in usd, redemptions in units, both at this period's struck price.

    A redemption is filled by ``phi``: 1, or what cash, fast holdings, crossed private units and, last, the
    line (a share of what stays) can pay; what is owed on the line is repaid before leavers. The unfilled part stays
    units, priced on the day it is paid.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    f = at_participants(shape)
    a = base_v(shape)
    i = info_v(shape)
    t = terms_v(shape)
    y = facts_v(shape)
    short = 0
    for v in range(V):
        p = price[S + v]
        held = b[a + HELD * V + v]
        inflow = facts[y + IN_USD * V + v] + facts[y + IN_SHARE * V + v] * held * p
        units = min(held, facts[y + OUT_UNITS * V + v] + facts[y + OUT_SHARE * V + v] * held)
        asked = units * p
        cash = b[a + VCASH * V + v] + b[a + PAYABLE * V + v] + b[a + VFEE_DUE * V + v] + b[a + VLINE * V + v]
        spare = cash + inflow + info[i + I_FAST * V + v] - asked
        need = max(0, -spare)
        info[i + I_ABLE * V + v] = spare
        info[i + I_NEED * V + v] = need
        out[f + v] = inflow
        if p > 0:
            out[f + V + v] = inflow / p
        else:
            out[f + V + v] = inflow * 0
        out[f + 2 * V + v] = units
        out[f + 3 * V + v] = asked
        if need > 0:
            short = 1
    info[I_FORCED] = inflow * 0
    info[I_GATE_PLAN] = inflow * 0
    if short > 0:
        cross_forced(b, out, info, price, terms, when, state, shape)
    for v in range(V):
        need = info[i + I_NEED * V + v]
        if need > 0:
            left = info[i + I_VNET * V + v] + out[f + v] - out[f + 3 * V + v]
            need -= min(need, max(0, terms[t + T_VLINE_CAP * V + v] * left))
            info[i + I_NEED * V + v] = need
        asked = out[f + 3 * V + v]
        info[i + I_PHI * V + v] = asked * 0 + 1
        if need * DUST * DUST > asked and asked > 0:
            phi = max(0, asked - need) / asked
            out[f + 2 * V + v] = out[f + 2 * V + v] * phi
            out[f + 3 * V + v] = asked * phi
            info[i + I_PHI * V + v] = phi
            if need * DUST > asked:
                info[I_GATE_PLAN] = asked * 0 + 1


@kernel
def cross_forced(b, out, info, price, terms, when, state, shape):
    """Cross private units from vintages that cannot pay their leavers to vintages with room.

    Participants are paid before bands are kept: buyers take up to their hard cap on private assets and what they
    can spend, pro rata; both legs or neither; the sleeve issues nothing. Writes TRADE_SLOW and UNITS_SLOW and
    reduces the need.
    """
    V = len(shape.vintages)
    L = len(shape.slow)
    h = base_hold(shape)
    f = at_slow(shape)
    i = info_v(shape)
    x = info_lv(shape)
    t = terms_v(shape)
    g = terms_target(shape)
    for s in range(L):
        asked = price[s] * 0
        room = price[s] * 0
        for v in range(V):
            holding = b[h + s * V + v] * price[s]
            sell = min(info[i + I_NEED * V + v], holding)
            if sell > 0:
                asked += sell
                info[x + s * V + v] = -sell
            else:
                cap = terms[t + T_HARD_CAP * V + v] * info[i + I_VNET * V + v]
                buy = max(0, min(cap - info[i + I_PRIVATE * V + v], info[i + I_ABLE * V + v]))
                if state[v] >= RED or terms[g + s * V + v] <= 0:
                    buy = buy * 0
                room += buy
                info[x + s * V + v] = buy
        for v in range(V):
            out[f + s * V + v] = price[s] * 0
            out[f + L * V + s * V + v] = price[s] * 0
        if when[W_HEAD + W_CROSS * L + s] > 0 and asked > 0 and room > 0 and price[s] > 0:
            info[I_FORCED] = price[s] * 0 + 1
            moved = min(asked, room)
            given = moved / asked  # exactly 1 when room suffices, so that no dust of a request is left
            taken = moved / room
            for v in range(V):
                want = info[x + s * V + v]
                if want < 0:
                    trade = want * given
                    info[i + I_NEED * V + v] = max(0, info[i + I_NEED * V + v] + trade)
                else:
                    trade = want * taken
                    info[i + I_ABLE * V + v] -= trade
                    info[i + I_PRIVATE * V + v] += trade
                out[f + s * V + v] = trade
                units = trade / price[s]
                if trade + b[h + s * V + v] * price[s] <= 0:
                    units = -b[h + s * V + v]
                out[f + L * V + s * V + v] = units


@kernel
def slow_wishes(b, info, price, terms, state, s, shape):
    """What each vintage wants of slow sleeve ``s`` in usd (+ buys), steps a to e; into info's scratch."""
    V = len(shape.vintages)
    h = base_hold(shape)
    i = info_v(shape)
    x = info_lv(shape) + s * V
    t = terms_v(shape)
    g = terms_target(shape) + s * V
    for v in range(V):
        nav = info[i + I_VNET * V + v]
        holding = b[h + s * V + v] * price[s]
        spend = info[i + I_SPEND * V + v]
        want = terms[g + v] * nav
        room = terms[t + T_SLOW_BAND * V + v] * nav
        q = want - holding
        if want > 0 and holding <= want + room and want <= holding + room:
            q = q * 0
        most = terms[t + T_MAX_CHANGE * V + v] * nav
        q = max(-most, min(most, q))
        if q > 0:
            q = min(q, max(0, spend))
            if state[v] >= RED:
                q = q * 0
        if spend < 0:
            q = min(q, spend)
        info[x + v] = max(-holding, q)


@kernel
def match_inside(b, info, price, terms, state, s, excess, shape):
    """Let vintages inside their band take the ``excess`` of sells over buys (usd, signed) of slow sleeve ``s``.

    Bands keep a family from dealing with its private pools; between vintages a unit crosses at the struck price
    at no cost, so those inside the band buy from sellers up to its upper edge, and those above target sell to
    buyers down to target, pro rata. Returns the signed total added to the wishes.
    """
    V = len(shape.vintages)
    h = base_hold(shape)
    i = info_v(shape)
    x = info_lv(shape) + s * V
    t = terms_v(shape)
    g = terms_target(shape) + s * V
    room = excess * 0
    for v in range(V):
        if info[x + v] == 0:
            nav = info[i + I_VNET * V + v]
            gap = terms[g + v] * nav - b[h + s * V + v] * price[s]
            most = terms[t + T_MAX_CHANGE * V + v] * nav
            can = excess * 0
            if excess > 0 and terms[g + v] > 0 and state[v] < RED:
                edge = gap + terms[t + T_SLOW_BAND * V + v] * nav
                can = max(0, min(edge, min(most, info[i + I_SPEND * V + v])))
            if excess < 0 and gap < 0:
                can = min(-gap, most)
            info[i + I_ABLE * V + v] = can
            room += can
    if room > 0:
        moved = min(room, max(excess, -excess))
        if excess < 0:
            moved = -moved
        taken = moved / room
        for v in range(V):
            if info[x + v] == 0:
                info[x + v] = info[i + I_ABLE * V + v] * taken
        return moved
    return room


@kernel
def gate_capacity(b, info, terms, when, s, shape):
    """What slow sleeve ``s`` may pay out on this dealing date in usd: rolling limits, cash, floor; at least 0."""
    S = len(shape.sleeves)
    L = len(shape.slow)
    K = len(shape.slots)
    r = base_ring(shape) + PAID * L * K + s * K
    m = when_mask(shape) + s * K
    t = terms_l(shape)
    base = info[I_HEAD + I_NET * S + s]
    one = terms[t + T_GATE1 * L + s] * base
    two = terms[t + T_GATE2 * L + s] * base
    for k in range(K):
        one -= b[r + k] * when[m + M_GATE1 * L * K + k]
        two -= b[r + k] * when[m + M_GATE2 * L * K + k]
    floor = terms[t + T_FLOOR * L + s] * net_sleeve(b, s, shape)
    liquid = b[CASH * S + s] + b[LIQUID * S + s] - floor
    return max(0, min(one, min(two, liquid)))


@kernel
def spendable(b, info, price, shape):
    """Write what each vintage can spend (cash, line and fast holdings) and its net assets after flows, in usd."""
    V = len(shape.vintages)
    a = base_v(shape)
    h = base_hold(shape)
    i = info_v(shape)
    for v in range(V):
        spend = (b[a + VCASH * V + v] + b[a + PAYABLE * V + v] + b[a + VFEE_DUE * V + v]
                 + b[a + VLINE * V + v] + info[i + I_FAST * V + v])
        nav = spend
        for s in range(len(shape.slow)):
            nav += b[h + s * V + v] * price[s]
        info[i + I_SPEND * V + v] = spend
        info[i + I_VNET * V + v] = nav


@kernel
def deal_slow(b, out, info, price, terms, when, s, buys, sells, shape):
    """Fill the wishes of slow sleeve ``s``, ``buys`` and ``sells`` in usd: crossing, gate, fills, trades and units."""
    V = len(shape.vintages)
    L = len(shape.slow)
    K = len(shape.slots)
    h = base_hold(shape) + s * V
    f = at_slow(shape)
    i = info_v(shape)
    x = info_lv(shape) + s * V
    l = info_l(shape) + s
    deals = when[W_HEAD + W_DEAL * L + s]
    crossed = when[W_HEAD + W_CROSS * L + s] * min(buys, sells)
    rest_buys = buys - crossed
    rest_sells = sells - crossed
    paid_in = deals * when[W_HEAD + W_OPEN * L + s] * rest_buys
    paid_out = price[s] * 0
    for k in range(K):
        out[f + 2 * L * V + s * K + k] = price[s] * 0
    if deals > 0:
        slot = when[W_HEAD + W_SLOT * L + s]
        paid_out = min(rest_sells, gate_capacity(b, info, terms, when, s, shape))
        if (rest_sells - paid_out) * DUST * DUST <= sells:
            paid_out = rest_sells
        out[f + 2 * L * V + s * K + slot] = paid_out - b[base_ring(shape) + PAID * L * K + s * K + slot]
        if (rest_sells - paid_out) * DUST > sells:
            info[I_GATE_SLEEVE] = price[s] * 0 + 1
    info[l + I_ASKED * L] = deals * sells
    info[l + I_FILLED * L] = crossed + paid_out
    info[l + I_CROSSED * L] = crossed
    info[l + I_UNFILLED * L] = deals * (rest_sells - paid_out)
    fill_buy = price[s] * 0 + 1  # exactly 1 when everything is filled, so that an exit leaves no dust
    fill_sell = price[s] * 0 + 1
    if buys > 0 and paid_in < rest_buys:
        fill_buy = (crossed + paid_in) / buys
    if sells > 0 and paid_out < rest_sells:
        fill_sell = (crossed + paid_out) / sells
    for v in range(V):
        q = info[x + v]
        units = price[s] * 0
        if q > 0:
            trade = fill_buy * q
        else:
            trade = fill_sell * q
        if price[s] > 0:
            units = trade / price[s]
        else:
            trade = trade * 0
        if q < 0 and q + b[h + v] * price[s] <= 0:
            units = -(fill_sell * b[h + v])
        out[f + s * V + v] = trade
        out[f + L * V + s * V + v] = units
        info[i + I_SPEND * V + v] -= trade


@kernel
def slow_sleeves(b, out, info, price, terms, when, state, shape):
    """Phase 6: slow sleeves in canonical order: what each vintage wishes, what crosses, what the gate lets through.

    Sleeves draw on a vintage's spendable cash one after another, so the first has priority. Unfilled sells
    lapse and are decided anew next period. A sleeve that the documents do not have is passed over: its flows stay
    zero.
    """
    V = len(shape.vintages)
    L = len(shape.slow)
    x = info_lv(shape)
    info[I_GATE_SLEEVE] = price[0] * 0
    spendable(b, info, price, shape)
    for s in range(L):
        if when[W_HEAD + W_HERE * L + s] == 0:
            continue
        slow_wishes(b, info, price, terms, state, s, shape)
        buys = price[s] * 0
        sells = price[s] * 0
        for v in range(V):
            q = info[x + s * V + v]
            buys += max(0, q)
            sells += max(0, -q)
        if when[W_HEAD + W_CROSS * L + s] > 0 and buys != sells:
            matched = match_inside(b, info, price, terms, state, s, sells - buys, shape)
            buys += max(0, matched)
            sells += max(0, -matched)
        deal_slow(b, out, info, price, terms, when, s, buys, sells, shape)


@kernel
def fast_sleeves(b, out, info, price, terms, shape):
    """Phase 7: fast sleeves absorb the rest, ``trade = alpha target + beta holding``, cash to zero.

    Outside the band to target (alpha = spendable / sum of fast targets, beta = -1); inside it pro rata to
    holdings, which keeps the public mix; nothing spendable: everything is sold. A full exit is in units.
    """
    V = len(shape.vintages)
    S = len(shape.sleeves)
    L = len(shape.slow)
    a = base_v(shape)
    h = base_hold(shape)
    f = at_fast(shape)
    n = (S - L) * V
    i = info_v(shape)
    t = terms_v(shape)
    g = terms_target(shape)
    for v in range(V):
        cash = b[a + VCASH * V + v] + b[a + PAYABLE * V + v] + b[a + VFEE_DUE * V + v]
        fast = info[i + I_FAST * V + v]
        spend = cash + b[a + VLINE * V + v] + fast
        total = spend * 0
        for s in range(L, S):
            total += terms[g + s * V + v]
        band = terms[t + T_FAST_BAND * V + v] * info[i + I_VNET * V + v] * total
        broken = 0
        for s in range(L, S):
            has = b[h + s * V + v] * price[s] * total
            want = terms[g + s * V + v] * spend
            if has > want + band or want > has + band:
                broken = 1
        alpha = spend * 0
        beta = spend * 0 - 1
        if spend > 0 and total > 0:
            if broken > 0 or fast <= 0:
                alpha = spend / total
            else:
                beta = cash / fast
        for s in range(L, S):
            k = (s - L) * V + v
            left = alpha * terms[g + s * V + v]
            holding = b[h + s * V + v] * price[s]
            trade = left + beta * holding
            units = spend * 0
            if price[s] > 0:
                units = trade / price[s]
            if left <= 0 and beta <= -1:
                units = -b[h + s * V + v]
            out[f + k] = trade
            out[f + n + k] = units
