"""From a return after the managers' fees to the one before them, and back, through reference fee terms.

The fee rule is that of `step.price.value_sleeves` on a holding without flows: each month the management fee on
the opening holding, and at each crystallisation `max(0, min(k (g - H), share g))` of the profit g above the
high-water mark, H the hurdle accrued on opening holdings since the last one, k the catch-up share. The fee leaves
the holding when it falls due. The fund opens on a crystallisation date and runs for the survey's twenty years.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.world.draws import mixed

if TYPE_CHECKING:
    from alts401k.terms.assumptions import ReferenceFees

YEARS, MONTHS = 20, 12
# Each draw is used with both signs, so the average log growth before fees is exact; what is left of chance is in
# the fees alone.
PAIRS = 1000
MONTHS_BETWEEN = {"yearly": 12, "quarterly": 3}
# The widest range of yearly log returns that is searched; a case may state returns from -50% to +100%.
LOWEST, HIGHEST = math.log(0.01), math.log(20.0)
_TOLERANCE = 1e-14
_SEARCHES = 80
# A month that loses more than everything (the fee is a share of the opening holding) leaves this much.
_LEAST_GROWTH = 1e-6
_SEED = np.uint64(0x9E3779B97F4A7C15)


class Fees(NamedTuple):
    """Reference fee terms: yearly rates, shares of profit, `months` between due dates (0 = no incentive fee)."""

    mgmt_fee: float = 0.0
    share: float = 0.0
    hurdle_yearly: float = 0.0
    catch_up: float = 0.0
    months: int = 0


NO_FEES = Fees()


def fees_of(terms: ReferenceFees) -> Fees:
    """Reference fee terms of a document; without a catch-up the manager's part above the hurdle is its share."""
    incentive = terms.incentive_fee
    if incentive is None or incentive.share == 0.0:
        return Fees(terms.mgmt_fee)
    return Fees(terms.mgmt_fee, incentive.share, incentive.hurdle_yearly, incentive.catch_up or incentive.share,
                MONTHS_BETWEEN[incentive.crystallise])


def words(fees: Fees) -> str:
    """Reference fee terms in words, for a report."""
    text = f"{100 * fees.mgmt_fee:g}% of net assets a year"
    if not fees.months:
        return text if fees.mgmt_fee else "none"
    text += f"; {100 * fees.share:g}% of profit"
    if fees.hurdle_yearly:
        text += f" over {100 * fees.hurdle_yearly:g}% a year"
        full = fees.catch_up == 1.0
        text += ", full catch-up" if full else (
            f", catch-up {100 * fees.catch_up:g}%" if fees.catch_up > fees.share else ", no catch-up")
    return f"{text}, above the high-water mark, due {'yearly' if fees.months == MONTHS else 'quarterly'}"


@lru_cache(maxsize=4096)
def gross_return(net: float, log_sd: float, fees: Fees) -> float:
    """The geometric return before these fees at which a fund on them grows by `net` a year in mean log terms.

    `log_sd` is yearly and before fees. Raises ValueError where no return up to +1,900% does. With a full catch-up
    and no risk many returns net the hurdle: then the lowest.
    """
    if fees == NO_FEES:
        return net
    want = math.log1p(net)
    return math.expm1(_solve(lambda log_mean: net_log_return(log_mean, log_sd, fees) - want, want))


@lru_cache(maxsize=4096)
def net_return(gross: float, log_sd: float, fees: Fees) -> float:
    """What a fund on these fees grows by a year in mean log terms, as a geometric return, if it earns `gross`."""
    return gross if fees == NO_FEES else math.expm1(net_log_return(math.log1p(gross), log_sd, fees))


def net_log_return(log_mean: float, log_sd: float, fees: Fees) -> float:
    """Mean yearly log growth over twenty years after fees; `log_mean`, `log_sd` yearly, before fees."""
    growth = _shocks(log_sd) * math.exp(log_mean / MONTHS) - fees.mgmt_fee / MONTHS
    growth = np.maximum(growth, _LEAST_GROWTH)
    if not fees.months:
        return float(np.log(growth).sum()) / (growth.size / MONTHS)
    periods = growth.reshape(-1, fees.months, growth.shape[1])
    held = np.ones((len(periods), growth.shape[1]))  # value a dollar at the period's start, month by month
    opening = np.zeros_like(held)
    for month in range(fees.months):
        opening += held
        held = held * periods[:, month]
    value, gain = np.ones(growth.shape[1]), np.zeros(growth.shape[1])
    for grown, months in zip(held, opening, strict=True):
        closing = value * grown
        gain += closing - value
        over = gain - (fees.hurdle_yearly / MONTHS) * (value * months)
        paid = np.maximum(0.0, np.minimum(fees.catch_up * over, fees.share * gain))
        value = closing - paid
        gain = np.minimum(gain, 0.0)  # a loss is carried forward, the hurdle begins again
    return float(np.log(value).mean()) / YEARS


def _solve(gap, start: float) -> float:
    """Where an increasing function is zero: secant steps that stay inside a bracket (Illinois), its lower end kept."""
    low, high = LOWEST, HIGHEST
    a, b = start, min(high, start + 0.02)
    gap_a, gap_b = gap(a), gap(b)
    while gap_b < 0.0 and b < high:
        a, gap_a = b, gap_b
        b = min(high, b + 2.0 * max(0.02, -gap_b))
        gap_b = gap(b)
    while gap_a > 0.0 and a > low:
        b, gap_b = a, gap_a
        a = max(low, a - 2.0 * max(0.02, gap_a))
        gap_a = gap(a)
    if gap_b < 0.0 or gap_a > 0.0:
        raise ValueError("no gross return gives this net return on these terms")
    weight_a, weight_b, side = gap_a, gap_b, 0
    for _ in range(_SEARCHES):
        if gap_a == 0.0 or b - a <= _TOLERANCE:
            break
        middle = b - weight_b * (b - a) / (weight_b - weight_a)
        if not a < middle < b:
            middle = 0.5 * (a + b)
        gap_m = gap(middle)
        # Illinois: the end that stays twice running counts for half, or it would stay for ever.
        if gap_m < 0.0:
            weight_b *= 0.5 if side < 0 else 1.0
            a, gap_a, weight_a, side = middle, gap_m, gap_m, -1
        else:
            weight_a *= 0.5 if side > 0 else 1.0
            b, weight_b, side = middle, gap_m, 1
    return a if gap_a == 0.0 else b


@lru_cache(maxsize=16)
def _shocks(log_sd: float) -> np.ndarray:
    """Monthly growth (240, 2 PAIRS) of a fund with yearly mean log return zero, each month's shocks at unit spread."""
    shocks = np.exp((log_sd / math.sqrt(MONTHS)) * _normals())
    shocks.setflags(write=False)
    return shocks


@lru_cache(maxsize=1)
def _normals() -> np.ndarray:
    """Fixed keyed normals (240, 2 PAIRS): mean zero, variance one in every month; Box and Muller (1958)."""
    counter = np.arange(YEARS * MONTHS * PAIRS, dtype=np.uint64) * np.uint64(2)
    first, second = (_uniform(mixed(mixed(counter + np.uint64(i)) + _SEED)) for i in (0, 1))
    half = (np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * math.pi * second)).reshape(YEARS * MONTHS, PAIRS)
    half /= np.sqrt((half * half).mean(axis=1, keepdims=True))
    return np.concatenate([half, -half], axis=1)


def _uniform(words_: np.ndarray) -> np.ndarray:
    return ((words_ >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52
