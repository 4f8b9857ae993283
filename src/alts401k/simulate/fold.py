"""One whole period, unrounded, and its compiled fold over an observed tape of facts."""
import numpy as np
from numba import njit

from alts401k import step
from alts401k.chart import (
    Shape,
    at_fast,
    at_participants,
    at_sleeves,
    at_slow,
    at_value,
    at_vfee,
    at_vintages,
    kernel,
    n_flows,
    post,
    post_trades,
)
from alts401k.step.layout import I_FORCED


@kernel
def price_half(b, out, info, price, facts, terms, debit, credit, shape):
    """Phases 0 to 4 of a period: everything up to the struck vintage prices."""
    step.value_sleeves(b, out, info, price, facts, terms, shape)
    post(b, out, debit, credit, at_value(shape), at_vfee(shape))
    step.strike_sleeves(b, price, shape)
    step.value_vintages(b, out, info, facts, terms, shape)
    post(b, out, debit, credit, at_vfee(shape), at_participants(shape))
    step.strike_vintages(b, info, price, shape)


@kernel
def deal_half(b, out, info, price, facts, terms, when, state, debit, credit, shape):
    """Phases 5 to 10 of a period: dealing at the struck prices, funding, regime."""
    step.participants(b, out, info, price, facts, terms, when, state, shape)
    post(b, out, debit, credit, at_participants(shape), at_slow(shape))
    slow = len(shape.slow)
    if info[I_FORCED] > 0:
        post_trades(b, out, at_slow(shape), 0, slow, shape)
    step.slow_sleeves(b, out, info, price, terms, when, state, shape)
    post_trades(b, out, at_slow(shape), 0, slow, shape)
    post(b, out, debit, credit, at_slow(shape) + 2 * slow * len(shape.vintages), at_fast(shape))
    step.fast_sleeves(b, out, info, price, terms, shape)
    post_trades(b, out, at_fast(shape), slow, len(shape.sleeves), shape)
    step.fund_sleeves(b, out, info, facts, terms, when, state, shape)
    post(b, out, debit, credit, at_sleeves(shape), at_vintages(shape))
    step.fund_vintages(b, out, info, terms, when, shape)
    post(b, out, debit, credit, at_vintages(shape), n_flows(shape))
    step.decide_regime(b, info, price, terms, when, state, shape)


@njit(cache=True)
def fold_observed(b, price, state, facts, terms, when, debit, credit, out, info, vintages, sleeves, slow, slots):
    """Step a family over an observed tape, in place, unrounded.

    b (n_accounts,), price (S + V,), state (2 V,) int64 are changed; facts (T, n_facts), terms (T, n_terms),
    when (T, n_when) int64 are the tape; out and info are left as of the last period. Returns prices (T, S + V).
    """
    shape = Shape(vintages, sleeves, slow, slots)
    prices = np.empty((facts.shape[0], price.shape[0]))
    for t in range(facts.shape[0]):
        price_half(b, out, info, price, facts[t], terms[t], debit, credit, shape)
        deal_half(b, out, info, price, facts[t], terms[t], when[t], state, debit, credit, shape)
        for i in range(price.shape[0]):
            prices[t, i] = price[i]
    return prices
