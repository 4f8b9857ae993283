"""The people of a plan: a shipped population of real workers, or a census; grouped into weighted types."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.terms.periods import asks_opt_in
from alts401k.units import Problem, Problems
from alts401k.world import cps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alts401k.terms.case import Case, Person
    from alts401k.terms.fund import Fund
    from alts401k.terms.limits import Limits
    from alts401k.terms.plan import Plan

# Twelve parts of pay, eight of balance and these bands of deferral keep the types of one age at 384 or fewer. Fewer
# parts would do for the paired change but not for the 5th percentile of wealth, which they raised by a sixth.
_DEFERRAL_BANDS = (0.0, 0.06, 0.10)
_PAY_PARTS, _BALANCE_PARTS = 12, 8
RETIREMENT_AGE = 67
_CATCH_UP_AGE = 50
_HIGHER_CATCH_UP_AGES = (60, 63)
_LAST_YEARS = 5


class People(NamedTuple):
    """Weighted people (n,): birth_year int64; pay a year and balance in dollars, deferral a share of pay.

    opt_in (n,) in [0, 1]: a fund's share of people who opt in reaches those from the top; None where no fund asks.
    """

    birth_year: np.ndarray
    pay: np.ndarray
    balance: np.ndarray
    deferral: np.ndarray
    weight: np.ndarray
    opt_in: np.ndarray | None = None


class Career(NamedTuple):
    """Working lives of the n people under 67, out of n_all; year y (1-based) is column y - 1.

    `horizon_years` int64 (n,) to age 67; `contributions_usd` (n, years) nominal, person and employer
    together, 0 after the horizon; `mean_real_pay_last5` (n,) in dollars of the opening date; `keep` bool
    (n_all,); `left_out` people already 67, by weight.
    """

    horizon_years: np.ndarray
    contributions_usd: np.ndarray
    mean_real_pay_last5: np.ndarray
    keep: np.ndarray
    left_out: int


def populations() -> frozenset[str]:
    """Names of the shipped populations."""
    return frozenset({cps.recipe()["population"]["name"]})


def population(name: str) -> People:
    """A shipped population; raises Problems for an unknown name.

    Deterministic: the recipe of `tables/people.toml`, with keyed noise (no generator state, no clock).
    """
    if name not in populations():
        known = ", ".join(sorted(populations()))
        message = f"no population is called {name!r}"
        raise Problems([Problem("plan.toml", None, message, f"use one of: {known}")])
    return _cps_people()


def from_census(rows: Iterable[Person]) -> People:
    """People from the validated rows of a census, each of weight 1; opt_in 1 or 0 where the census says."""
    rows = tuple(rows)
    asked = bool(rows) and all(row.opt_in is not None for row in rows)
    return People(
        birth_year=np.array([row.birth_year for row in rows], dtype=np.int64),
        pay=np.array([row.pay for row in rows], dtype=np.float64),
        balance=np.array([row.balance for row in rows], dtype=np.float64),
        deferral=np.array([row.deferral for row in rows], dtype=np.float64),
        weight=np.ones(len(rows)),
        opt_in=np.array([float(row.opt_in) for row in rows]) if asked else None,
    )


def types_of(case: Case) -> People:
    """The people of a case as weighted types: read, grouped, and told apart by opting in if a fund of the case asks."""
    everyone = population(case.plan.population) if case.census is None else from_census(case.census)
    shares = _opt_in_shares(case)
    if not shares:
        return grouped(everyone._replace(opt_in=None))
    return grouped(everyone) if everyone.opt_in is not None else _split(grouped(everyone), shares)


def opted_in(people: People, fund: Fund) -> np.ndarray | None:
    """Whether each person opted in to the fund's private sleeves, bool (n,); None where nobody was asked.

    A census's own 1 and 0, or the fund's ``opt_in_share`` of every kind of person.
    """
    if people.opt_in is None or not asks_opt_in(fund):
        return None
    share = fund.managed_account.opt_in_share
    return people.opt_in > (0.5 if share is None else 1.0 - share)


def problems(case: Case) -> list[Problem]:
    """Managed accounts that are told who opted in, and neither the census nor the document says who or how many."""
    found = []
    listed = case.census is not None and any(row.opt_in is not None for row in case.census)
    for file, fund in _funds(case):
        if not asks_opt_in(fund):
            continue
        share = fund.managed_account.opt_in_share
        if share is None and not listed:
            message = "managed_account.uses has opt_in, and nothing says who opted in"
            fix = "Add opt_in_share, or a column opt_in of 1 and 0 to the census"
            found.append(Problem(file, None, message, fix))
        if share is not None and listed:
            message = "managed_account.opt_in_share and the census's column opt_in both say who opted in"
            found.append(Problem(file, None, message, "Keep one of them"))
    return found


def _funds(case: Case) -> list[tuple[str, Fund]]:
    others = [(f"alternatives/{name}.toml", fund) for name, fund in case.alternatives]
    return [("fund.toml", case.fund), ("baseline.toml", case.baseline), *others]


def _opt_in_shares(case: Case) -> list[float]:
    """Every share of people that a fund of the case asks for, rising; 0.5 stands for who a census names."""
    asking = [fund.managed_account.opt_in_share for _, fund in _funds(case) if asks_opt_in(fund)]
    return sorted({0.5 if share is None else share for share in asking})


def _split(people: People, shares: list[float]) -> People:
    """Every type in parts, so that each of the shares is a whole number of parts, counted from the top of opt_in."""
    edges = [0.0, *(1.0 - share for share in reversed(shares)), 1.0]
    parts = [(low, high) for low, high in pairwise(edges) if high > low]
    columns = [np.concatenate([column] * len(parts)) for column in people[:-2]]
    weight = np.concatenate([people.weight * (high - low) for low, high in parts])
    middle = np.repeat([0.5 * (low + high) for low, high in parts], len(people.weight))
    return People(*columns, weight, middle)


def grouped(people: People, limit: int = 6000) -> People:
    """Equal people merged; above `limit` types also clustered by age, pay, deferral and balance.

    Total weight, pay, deferred dollars and balance are kept (to rounding); clustering is an approximation
    of the spread within a type, merging equal people is exact.
    """
    merged = _merge(people, _rows_as_groups(people))
    if len(merged.weight) <= limit:
        return merged
    return _merge(merged, _clusters(merged))


def years_to_run(people: People, as_of_year: int) -> int:
    """Years until the youngest is 67; 0 when everybody is. Age is the opening year less the birth year."""
    age = as_of_year - people.birth_year
    return max(0, RETIREMENT_AGE - int(age.min())) if len(age) else 0


def career(people: People, plan: Plan, inflation_yearly: float, limits: Limits) -> Career:
    """Pay and contributions of every person under 67, year by year until 67.

    Year y ends y years after `plan.as_of` and uses that calendar year's limits and the age at its end. Pay
    of year 1 is the stated pay; pay of year y is pay x profile(age + y - 1) / profile(age)
    x (1 + growth)^(y - 1), and real pay divides it by (1 + inflation)^y. Raises ValueError when the
    limits do not cover the years.
    Sources: IRC 402(g), 414(v), 415(c), 401(a)(17); profile: `pay_profile`.
    """
    age_all = plan.as_of.year - people.birth_year
    keep = age_all < RETIREMENT_AGE
    age = age_all[keep]
    horizon = RETIREMENT_AGE - age
    years = years_to_run(people, plan.as_of.year)
    if limits.first_year != plan.as_of.year + 1 or len(limits.elective) < years:
        raise ValueError(
            f"limits must cover {years} years from {plan.as_of.year + 1}; "
            f"they cover {len(limits.elective)} from {limits.first_year}"
        )
    year = np.arange(1, years + 1)
    working = year <= horizon[:, None]
    growth = inflation_yearly if plan.pay_growth_yearly is None else plan.pay_growth_yearly
    pay = people.pay[keep][:, None] * (1.0 + growth) ** (year - 1)
    if plan.pay_profile == "cps":
        pay = pay * pay_profile(age[:, None] + year - 1) / pay_profile(age)[:, None]
    last = working & (year > horizon[:, None] - _LAST_YEARS)
    real_pay = np.where(last, pay, 0.0) / (1.0 + inflation_yearly) ** year
    return Career(
        horizon_years=horizon.astype(np.int64),
        contributions_usd=np.where(working, _contributions(people, keep, plan, pay, age, limits), 0.0),
        mean_real_pay_last5=real_pay.sum(axis=1) / np.minimum(horizon, _LAST_YEARS),
        keep=keep,
        left_out=round(float(people.weight[~keep].sum())),
    )


def with_money(people: People, career: Career) -> tuple[People, Career, int]:
    """The people of a career who have a balance or a contribution, their careers, and how many have neither, by weight.

    ``people`` are everybody, as ``career`` was made from them.
    """
    people = _rows(people, career.keep)
    has = (people.balance > 0.0) | (career.contributions_usd.sum(axis=1) > 0.0)
    without = round(float(people.weight[~has].sum()))
    left = career._replace(horizon_years=career.horizon_years[has], contributions_usd=career.contributions_usd[has],
                           mean_real_pay_last5=career.mean_real_pay_last5[has])
    return _rows(people, has), left, without


def _rows(people: People, which: np.ndarray) -> People:
    return People(*(None if column is None else column[which] for column in people))


def pay_profile(age: np.ndarray) -> np.ndarray:
    """Mean wage by age in 2025 dollars, smoothed over five ages weighted by workers; flat outside the table.

    The mean, not the median: from 56 to 66 it falls 13%, the median 26%, because more of those who stay work
    part-time; Cocco, Gomes and Maenhout (2005) find 3% to 15% for one person from 55 to 65.
    """
    table = cps.wage_table()
    window = np.ones(5)
    earned = np.convolve(table.mean * table.workers, window, "same")
    smooth = earned / np.convolve(table.workers, window, "same")
    return smooth[np.clip(np.asarray(age) - table.age[0], 0, len(smooth) - 1)]


def _contributions(
    people: People, keep: np.ndarray, plan: Plan, pay: np.ndarray, age: np.ndarray, limits: Limits
) -> np.ndarray:
    """Person and employer money (n, years) within the limits, for pay (n, years) and age (n,) at as_of."""
    years = pay.shape[1]
    elective, additions, compensation = (
        column[:years] for column in (limits.elective, limits.annual_additions, limits.compensation)
    )
    age_at_end = age[:, None] + np.arange(1, years + 1)
    low, high = _HIGHER_CATCH_UP_AGES
    catch_up = np.where(age_at_end >= _CATCH_UP_AGE, limits.catch_up_50[:years], 0.0)
    catch_up = np.where((age_at_end >= low) & (age_at_end <= high), limits.catch_up_60_63[:years], catch_up)
    counted = np.minimum(pay, compensation)
    person = np.minimum(people.deferral[keep][:, None] * counted, elective + catch_up)
    # The match follows what is really deferred, so a deferral cut by the limit is matched as cut.
    matched = np.minimum(person, plan.match.up_to * counted)
    employer = plan.match.rate * matched + plan.match.nonelective * counted
    # Catch-up money stands outside the limit on annual additions, which also cannot exceed pay.
    room = np.minimum(additions, counted) - np.minimum(person, elective)
    return person + np.minimum(employer, np.maximum(room, 0.0))


@lru_cache(maxsize=1)
def _cps_people() -> People:
    savers = cps.savers()
    people = People(
        birth_year=cps.recipe()["population"]["as_of"].year - savers["age"],
        pay=savers["pay"],
        balance=savers["balance"],
        deferral=savers["deferral"],
        weight=np.ones(len(savers["age"])),
    )
    for column in people[:5]:
        column.setflags(write=False)
    return people


def _rows_as_groups(people: People) -> np.ndarray:
    """The group (n,) of each row, equal rows sharing one, numbered by birth year, pay, balance, deferral, opt_in."""
    table = np.column_stack((people.birth_year, people.pay, people.balance, people.deferral, *_asked(people)))
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)


def _clusters(people: People) -> np.ndarray:
    """The cluster (n,) of each type: birth year x part of pay x deferral band x part of balance, x opt_in if asked."""
    pay_part = np.zeros(len(people.weight), dtype=np.int64)
    balance_part = np.zeros_like(pay_part)
    for year in np.unique(people.birth_year):
        here = np.flatnonzero(people.birth_year == year)
        pay_part[here] = _part(people.pay[here], people.weight[here], _PAY_PARTS)
        balance_part[here] = _part(people.balance[here], people.weight[here], _BALANCE_PARTS)
    deferral_part = np.searchsorted(np.array(_DEFERRAL_BANDS), people.deferral, side="left")
    table = np.column_stack((people.birth_year, pay_part, deferral_part, balance_part, *_asked(people)))
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)


def _asked(people: People) -> tuple[np.ndarray, ...]:
    return () if people.opt_in is None else (people.opt_in,)


def _part(values: np.ndarray, weight: np.ndarray, parts: int) -> np.ndarray:
    """Which of `parts` equal weighted parts each value falls in (n,); equal values fall together."""
    unique, inverse = np.unique(values, return_inverse=True)
    mass = np.bincount(inverse, weights=weight, minlength=len(unique))
    middle = (np.cumsum(mass) - mass / 2.0) / mass.sum()
    return np.minimum((middle * parts).astype(np.int64), parts - 1)[inverse]


def _merge(people: People, group: np.ndarray) -> People:
    """One type per group: summed weight, weighted means; deferral by pay, so deferred dollars are kept."""
    size = int(group.max()) + 1 if len(group) else 0
    first = np.full(size, -1, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    alone = np.bincount(group, minlength=size) == 1

    def mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
        mass = np.bincount(group, weights=weight, minlength=size)
        total = np.bincount(group, weights=weight * values, minlength=size)
        # A group of one keeps its own figure to the last bit, and so does a group whose weights are zero.
        own = values[first]
        same = np.bincount(group, weights=(values != own[group]).astype(float), minlength=size) == 0
        return np.where(alone | same | (mass == 0.0), own, total / np.where(mass == 0.0, 1.0, mass))

    return People(
        birth_year=people.birth_year[first],
        pay=mean(people.pay, people.weight),
        balance=mean(people.balance, people.weight),
        deferral=mean(people.deferral, people.weight * np.maximum(people.pay, 1e-9)),
        weight=np.bincount(group, weights=people.weight, minlength=size),
        # one answer a group, because groups are told apart by it
        opt_in=None if people.opt_in is None else people.opt_in[first],
    )
