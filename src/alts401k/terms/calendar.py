"""When things deal: the integers of every period, from documents and the opening date."""
import math
from datetime import date

import numpy as np

from alts401k.chart import Shape
from alts401k.step import layout as at
from alts401k.terms.fund import Block, Fund, Sleeve

MONTHS_BETWEEN = {"D": 1, "M": 1, "Q": 3, "S": 6, "A": 12, "monthly": 1, "quarterly": 3, "yearly": 12}


def month_of(as_of: date, period: int) -> int:
    """Calendar month 1..12 of the ``period``-th month after ``as_of`` (1 = the first)."""
    return (as_of.month - 1 + period) % 12 + 1


def deals(as_of: date, period: int, every: int) -> bool:
    """Whether a thing that deals every ``every`` months does so in this period: months divisible by it."""
    return month_of(as_of, period) % every == 0


def deal_number(as_of: date, period: int, every: int) -> int:
    """How many dealing dates have been since the start of the opening year, this period's included."""
    return (as_of.month + period) // every


def dates_inside(window_months: int, every: int) -> int:
    """Dealing dates inside a rolling window that ends on a dealing date, that date included."""
    return max(1, window_months // every)


def slots_needed(fund: Fund) -> int:
    """Ring slots the fund needs: the longest window, or the longest notice, in dealing dates, and one more."""
    need = 1
    for sleeve in fund.sleeves.values():
        if not sleeve.slow:
            continue
        every = MONTHS_BETWEEN[sleeve.dealing]
        need = max([need] + [dates_inside(gate.window_months, every) for gate in sleeve.gates])
        block = fund.blocks[sleeve.block]
        if block.redemption_freq is not None:
            each = MONTHS_BETWEEN[block.redemption_freq]
            need = max([need, notice_dates(block)] + [dates_inside(g.window, each) for g in block.gate_pct_rolling])
    return need + 1


def notice_dates(block: Block) -> int:
    """Dealing dates between a request and the first date it can be paid on, at least one."""
    each = MONTHS_BETWEEN[block.redemption_freq]
    return max(1, math.ceil((block.notice_days or 0) / (30.4375 * each)))


def _masks(window_dates: list[int], number: int, n_slots: int) -> list[list[int]]:
    """For each window, which ring slots hold an earlier date inside it: 1 or 0, this date's own slot 0."""
    return [[int(1 <= (number - k) % n_slots < dates) for k in range(n_slots)] for dates in window_dates]


def _sleeve_row(sleeve: Sleeve, block: Block, as_of: date, period: int, n_slots: int):
    every = MONTHS_BETWEEN[sleeve.dealing]
    number = deal_number(as_of, period, every)
    row = {
        at.W_HERE: 1,
        at.W_DEAL: int(deals(as_of, period, every)),
        at.W_OPEN: int(sleeve.open),
        at.W_CROSS: int(sleeve.crossing),
        at.W_SLOT: number % n_slots,
    }
    windows = [dates_inside(g.window_months, every) for g in sleeve.gates] or [1]
    masks = _masks((windows + windows)[:2], number, n_slots)
    block_masks = [[0] * n_slots, [0] * n_slots]
    if block.redemption_freq is not None:
        each = MONTHS_BETWEEN[block.redemption_freq]
        seen = deal_number(as_of, period, each)
        row[at.W_BLOCK_DEAL] = int(deals(as_of, period, each))
        row[at.W_BLOCK_SLOT] = seen % n_slots
        row[at.W_ELIGIBLE] = (seen + notice_dates(block)) % n_slots
        row[at.W_ASKS] = 1
        rolling = [dates_inside(g.window, each) for g in block.gate_pct_rolling] or [1]
        block_masks = _masks([1, rolling[0]], seen, n_slots)
    if block.incentive_fee is not None:
        due = MONTHS_BETWEEN[block.incentive_fee.crystallise]
        row[at.W_CRYSTALLISE] = int(deals(as_of, period, due))
    return row, masks + block_masks


def calendar(fund: Fund, slow: tuple[str | None, ...], as_of: date, n_periods: int, shape: Shape) -> np.ndarray:
    """The calendar vectors (n_periods, n_when) int64 of a fund run monthly from the month end ``as_of``.

    ``slow`` names the slow sleeves in canonical order, None where this fund lacks one of its pair's sleeves.
    """
    L, K = len(shape.slow), len(shape.slots)
    when = np.zeros((n_periods, at.n_when(shape)), dtype=np.int64)
    when[:, at.W_PAY_DAY] = 1
    when[:, at.W_CLEAN] = fund.regime.clean_periods
    for i, name in enumerate(slow):
        if name is None:
            continue
        sleeve = fund.sleeves[name]
        for t in range(n_periods):
            row, masks = _sleeve_row(sleeve, fund.blocks[sleeve.block], as_of, t + 1, K)
            for family, value in row.items():
                when[t, at.HEAD + family * L + i] = value
            for family, mask in enumerate(masks):
                first = at.when_mask(shape) + family * L * K + i * K
                when[t, first:first + K] = mask
    return when
