"""When things deal: the integers of every period, from documents and the opening date."""
import math
from collections.abc import Callable
from datetime import date

import numpy as np

from alts401k.chart import Shape
from alts401k.step import layout as at
from alts401k.terms.fund import Block, Fund, Sleeve

Dealing = Callable[[int], tuple[bool, int]]
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
            windows = [dates_inside(gate.window, each) for gate in block.gate_pct_rolling]
            need = max([need, notice_dates(block, each - 1), *windows])
    return need + 1


def notice_dates(block: Block, months_since: int) -> int:
    """Dealing dates from a request, made ``months_since`` months after the last, to the first that keeps its notice."""
    each = MONTHS_BETWEEN[block.redemption_freq]
    return max(1, math.ceil(((block.notice_days or 0) / 30.4375 + months_since) / each))


def masks_of(window_dates: list[int], number: int, n_slots: int) -> list[list[int]]:
    """For each window, which ring slots hold an earlier date inside it: 1 or 0, this date's own slot 0."""
    return [[int(1 <= (number - k) % n_slots < dates) for k in range(n_slots)] for dates in window_dates]


def write_sleeve(x, sleeve: Sleeve, block: Block, i: int, shape: Shape, dealing: Dealing, crossing: bool) -> None:
    """Write slow sleeve ``i``'s part of one period's calendar vector ``x``.

    ``dealing(every)`` says for a thing that deals every so many months whether it does so in the period, and how many
    dates there have been with it; ``crossing`` whether vintages may cross its units now.
    """
    L, K = len(shape.slow), len(shape.slots)
    every = MONTHS_BETWEEN[sleeve.dealing]
    deals_now, number = dealing(every)
    row = {at.W_HERE: 1, at.W_DEAL: int(deals_now), at.W_OPEN: int(sleeve.open), at.W_CROSS: int(crossing),
           at.W_SLOT: number % K}
    windows = ([dates_inside(gate.window_months, every) for gate in sleeve.gates] + [1, 1])[:2]
    masks = masks_of(windows, number, K) + [[0] * K, [0] * K]
    if block.redemption_freq is not None:
        each = MONTHS_BETWEEN[block.redemption_freq]
        block_deals, seen = dealing(each)
        row |= {at.W_BLOCK_DEAL: int(block_deals), at.W_BLOCK_SLOT: seen % K,
                at.W_ELIGIBLE: (seen + notice_dates(block, dealing(1)[1] - seen * each)) % K, at.W_ASKS: 1}
        rolling = [dates_inside(gate.window, each) for gate in block.gate_pct_rolling] or [1]
        masks[2:] = masks_of([1, rolling[0]], seen, K)
    if block.incentive_fee is not None:
        row[at.W_CRYSTALLISE] = int(dealing(MONTHS_BETWEEN[block.incentive_fee.crystallise])[0])
    for family, value in row.items():
        x[at.HEAD + family * L + i] = value
    for family, mask in enumerate(masks):
        first = at.when_mask(shape) + family * L * K + i * K
        x[first:first + K] = mask


def calendar(fund: Fund, slow: tuple[str | None, ...], as_of: date, n_periods: int, shape: Shape) -> np.ndarray:
    """The calendar vectors (n_periods, n_when) int64 of a fund run monthly from the month end ``as_of``.

    ``slow`` names the slow sleeves in canonical order, None where this fund lacks one of its pair's sleeves.
    """
    when = np.zeros((n_periods, at.n_when(shape)), dtype=np.int64)
    when[:, at.W_PAY_DAY] = 1
    when[:, at.W_CLEAN] = fund.regime.clean_periods
    for i, name in enumerate(slow):
        if name is None:
            continue
        sleeve = fund.sleeves[name]
        for t in range(n_periods):
            def dealing(every: int, period: int = t + 1) -> tuple[bool, int]:
                return deals(as_of, period, every), deal_number(as_of, period, every)

            write_sleeve(when[t], sleeve, fund.blocks[sleeve.block], i, shape, dealing, sleeve.crossing)
    return when
