"""One period, phase by phase, through the table of legs alone: the yardstick for the driver's own composition.

A kernel like those it calls, so that the same text runs on floats, Decimals and Fractions, and compiled.
"""

from alts401k import step
from alts401k.chart import (
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
)
from alts401k.step.layout import I_FORCED

NAMES = (
    "value_sleeves", "strike_sleeves", "value_vintages", "strike_vintages", "participants", "forced", "slow", "fast",
    "fund_sleeves", "fund_vintages", "regime",
)


@kernel
def keep(kept, stage, b, price, state):
    """Copy balances, prices and states after a stage into row `stage` of `kept`."""
    n = len(b)
    for i in range(n):
        kept[stage][i] = b[i]
    for i in range(len(price)):
        kept[stage][n + i] = price[i]
    for i in range(len(state)):
        kept[stage][n + len(price) + i] = state[i]


@kernel
def stages(b, out, info, price, facts, terms, when, state, debit, credit, kept, shape):
    """Step one period, keeping everything after each of the stages in `NAMES`; kept (11, n) is written."""
    slow_trades = at_slow(shape) + 2 * len(shape.slow) * len(shape.vintages)
    step.value_sleeves(b, out, info, price, facts, terms, shape)
    post(b, out, debit, credit, at_value(shape), at_vfee(shape))
    keep(kept, 0, b, price, state)
    step.strike_sleeves(b, price, shape)
    keep(kept, 1, b, price, state)
    step.value_vintages(b, out, info, facts, terms, shape)
    post(b, out, debit, credit, at_vfee(shape), at_participants(shape))
    keep(kept, 2, b, price, state)
    step.strike_vintages(b, info, price, shape)
    keep(kept, 3, b, price, state)
    step.participants(b, out, info, price, facts, terms, when, state, shape)
    post(b, out, debit, credit, at_participants(shape), at_slow(shape))
    keep(kept, 4, b, price, state)
    if info[I_FORCED] > 0:
        post(b, out, debit, credit, at_slow(shape), slow_trades)
    keep(kept, 5, b, price, state)
    step.slow_sleeves(b, out, info, price, terms, when, state, shape)
    post(b, out, debit, credit, at_slow(shape), at_fast(shape))
    keep(kept, 6, b, price, state)
    step.fast_sleeves(b, out, info, price, terms, shape)
    post(b, out, debit, credit, at_fast(shape), at_sleeves(shape))
    keep(kept, 7, b, price, state)
    step.fund_sleeves(b, out, info, facts, terms, when, state, shape)
    post(b, out, debit, credit, at_sleeves(shape), at_vintages(shape))
    keep(kept, 8, b, price, state)
    step.fund_vintages(b, out, info, terms, when, shape)
    post(b, out, debit, credit, at_vintages(shape), n_flows(shape))
    keep(kept, 9, b, price, state)
    step.decide_regime(b, info, price, terms, when, state, shape)
    keep(kept, 10, b, price, state)
