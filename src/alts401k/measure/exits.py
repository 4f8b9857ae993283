"""How long people wait who leave a fund that buys units back on fixed dates up to a limit, pro rata beyond it.

Everything is a share of the fund's units, the same on every path: requests come from the members' turnover and
retirements, and new contributions are taken to keep the fund's size between two dates. An unpaid request lapses
and is made again on the next date. Days count from the day a person wants to leave to the day of payment.
"""
from typing import NamedTuple

import numpy as np

DAYS_A_MONTH = 365.25 / 12.0
FIRST_YEARS = 20  # a closed group of savers runs off after that, and its last years say nothing of a going plan
STEPS_A_MONTH = 30  # people leave evenly, so many times a month
PLAN_SHARE = 0.12  # of the fund: the plan that leaves in the month-end stress pack of an operator
PAID = 1.0 - 1e-9


class Offers(NamedTuple):
    """Terms of the repurchase offers: months between two, limit as a share of the fund's units, days of notice
    before a date and from it to payment; first_months (n,): months after the opening of the first dates."""

    every_months: int
    limit: float
    notice_days: int
    payment_days: int
    dates_months: np.ndarray


class Waits(NamedTuple):
    """What leaving took: days from wanting to leave to payment, by dollars; the smallest fill of a date (1 = all
    paid), the share of dates below 1, and the part of the leaving dollars that are retirements."""

    p50: float
    p95: float
    most: float
    smallest_fill: float
    dates_below_one: float
    retired_share: float


class PlanExit(NamedTuple):
    """A plan that leaves at once on the opening day: days to its last payment, part unpaid at its first date."""

    days: float
    unpaid_share_first_date: float


def leaving(outlook_usd: np.ndarray, turnover: np.ndarray, retired: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the fund that leave in each of the first years' months by turnover and by retirement (months,).

    outlook_usd (years, V) expected dollars; turnover (years, V) monthly, retired (years, V) yearly shares of units.
    """
    years = min(FIRST_YEARS, len(outlook_usd))
    total = outlook_usd[:years].sum(axis=1, keepdims=True)
    weight = np.divide(outlook_usd[:years], total, out=np.zeros_like(outlook_usd[:years]), where=total > 0.0)
    by_turnover = (weight * turnover[:years]).sum(axis=1)
    by_age = (weight * retired[:years]).sum(axis=1) / 12.0
    return np.repeat(by_turnover, 12), np.repeat(by_age, 12)


class Exit(NamedTuple):
    """Leaving the fund: the members' waits, a plan's exit, and whether every request was paid within the rule's
    months by dates no further apart."""

    waits: Waits
    plan: PlanExit
    within_rule: bool


def exits(offers: Offers, outlook_usd: np.ndarray, turnover: np.ndarray, retired: np.ndarray, rule_months: int) -> Exit:
    """What leaving takes for the members whose yearly flows these are (years, V), and for a plan that leaves at once.

    within_rule: dates at most ``rule_months`` apart, and no request of either kind paid in part.
    """
    by_turnover, by_age = leaving(outlook_usd, turnover, retired)
    fund_usd = np.repeat(outlook_usd[:FIRST_YEARS].sum(axis=1), 12)
    found = waits(offers, by_turnover, by_age, fund_usd)
    plan = plan_exit(offers, by_turnover, by_age)
    full = found.smallest_fill >= PAID and plan.unpaid_share_first_date <= 1.0 - PAID
    return Exit(found, plan, full and offers.every_months <= rule_months)


def _days(offers: Offers, k: np.ndarray | int) -> np.ndarray | float:
    """Day of the ``k``-th date after the opening; after the listed dates they go on at the same interval."""
    last = len(offers.dates_months) - 1
    listed = offers.dates_months[np.minimum(k, last)]
    return DAYS_A_MONTH * (listed + offers.every_months * np.maximum(0, np.asarray(k) - last))


def _asked_first(offers: Offers, days: np.ndarray) -> np.ndarray:
    """The first date (n,) that keeps the notice of people who want to leave on these days."""
    listed = DAYS_A_MONTH * offers.dates_months - offers.notice_days
    # beyond the listed dates: as many intervals on as are needed
    late = np.ceil(np.maximum(0.0, days - listed[-1]) / (DAYS_A_MONTH * offers.every_months) - 1e-9)
    return np.where(days <= listed[-1], np.searchsorted(listed, days), len(listed) - 1 + late.astype(np.int64))


def fills(new: np.ndarray, limit: float) -> np.ndarray:
    """Part of the requests paid on each date (n,), from new requests (m,) as shares of the fund; n >= m, until
    nothing is left. A fund's whole is the most that can be asked."""
    found, waiting = [], 0.0
    for k in range(10**7):
        waiting = min(1.0, waiting + (new[k] if k < len(new) else 0.0))
        if k >= len(new) and waiting <= 0.0:
            break
        fill = 1.0 if waiting <= limit else limit / waiting
        found.append(fill)
        waiting = 0.0 if fill == 1.0 else waiting * (1.0 - fill)
    return np.array(found)


def waits(offers: Offers, by_turnover: np.ndarray, by_age: np.ndarray, fund_usd: np.ndarray) -> Waits:
    """Waiting of everybody who leaves in these months (months,), weighted by the fund's dollars of the month.

    Where nobody leaves, that of one person at any time.
    """
    months = len(by_turnover)
    share = by_turnover + by_age
    quiet = share.sum() <= 0.0
    day = DAYS_A_MONTH * (np.arange(months * STEPS_A_MONTH) + 0.5) / STEPS_A_MONTH
    first = _asked_first(offers, day)
    asked = np.bincount(first, weights=np.repeat(share, STEPS_A_MONTH) / STEPS_A_MONTH)
    filled = fills(asked, offers.limit)
    dollars = np.repeat(np.ones(months) if quiet else share * fund_usd, STEPS_A_MONTH)
    found, weight = [], []
    for k in np.unique(first):
        here = first == k
        left, date = 1.0, int(k)
        while left > 0.0:
            fill = filled[date] if date < len(filled) else 1.0
            found.append(_days(offers, date) - day[here] + offers.payment_days)
            weight.append(dollars[here] * left * fill)
            left = 0.0 if fill == 1.0 else left * (1.0 - fill)
            date += 1
    p50, p95 = _quantiles(np.concatenate(found), np.concatenate(weight))
    paid = np.concatenate(found)[np.concatenate(weight) > 0.0]
    total = float((share * fund_usd).sum())
    return Waits(p50, p95, float(paid.max()), float(filled.min()), float(np.mean(filled < PAID)),
                 float((by_age * fund_usd).sum()) / total if total > 0.0 else 0.0)


def _quantiles(values: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Median and 95th percentile of weighted values."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    at = np.searchsorted(total, np.array([0.5, 0.95]) * total[-1])
    p50, p95 = values[order][np.minimum(at, len(values) - 1)]
    return float(p50), float(p95)


def plan_exit(offers: Offers, by_turnover: np.ndarray, by_age: np.ndarray, plan_share: float = PLAN_SHARE) -> PlanExit:
    """A plan of ``plan_share`` of the fund asks on the opening day, beside the people who leave anyway, pro rata."""
    steps = len(by_turnover) * STEPS_A_MONTH
    day = DAYS_A_MONTH * (np.arange(steps) + 0.5) / STEPS_A_MONTH
    share = np.repeat(by_turnover + by_age, STEPS_A_MONTH) / STEPS_A_MONTH
    asked = np.bincount(_asked_first(offers, day), weights=share)
    start = int(_asked_first(offers, np.zeros(1))[0])
    asked[start] += plan_share
    filled = fills(asked, offers.limit)
    date = start
    while filled[date] < PAID:
        date += 1
    return PlanExit(float(_days(offers, date)) + offers.payment_days, 1.0 - float(filled[start]))
