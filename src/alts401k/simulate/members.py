"""From people to a family's flows: who is in which vintage, what comes in each month, who leaves."""
from datetime import date
from typing import NamedTuple

import numpy as np

from alts401k.simulate.paths import Members
from alts401k.terms.fund import Fund
from alts401k.terms.periods import portfolio_targets, portfolios
from alts401k.terms.resolve import portfolio_for, vintage_for, years_left
from alts401k.world.market import Market
from alts401k.world.people import People, opted_in


class Joined(NamedTuple):
    """A fund's people: portfolio index (n,), a vintage's unless people may opt in, opening assets of each portfolio
    in usd (V,), flows, the factor from the plan's dollars to the family's (1 if the plan holds nothing yet), and the
    expected dollars of people still saving at the start of each year (years, V), by which portfolios are weighted,
    and the same with those who are about to leave, by which commitments are paced."""

    vintage: np.ndarray
    opening_usd: np.ndarray
    members: Members
    scale: float
    saving_usd: np.ndarray
    outlook_usd: np.ndarray


def vintage_of(fund: Fund, people: People, as_of: date) -> np.ndarray:
    """Index of each person's portfolio in the family (n,): the vintage, which a managed account may move, and after
    the vintages the same ones without private sleeves for people who did not opt in."""
    return portfolio_for(fund, as_of, people.birth_year, people.pay, people.balance, people.deferral,
                         opted_in(people, fund))


def expected_growth(fund: Fund, vintage: np.ndarray, as_of, years: int, market: Market) -> np.ndarray:
    """Growth a year (n, years) of each person's vintage at its targets and the assets' geometric returns.

    Only used to say what share of a vintage belongs to people past 67; the same numbers serve every fund of a run.
    """
    rate = dict(zip(market.names, np.expm1(12.0 * market.log_mean_monthly), strict=True))
    n_vintages = portfolios(fund)
    table = np.zeros((n_vintages, years))
    for v in range(n_vintages):
        for y in range(years):
            weight = portfolio_targets(fund, v, years_left(fund, v, as_of, y))
            table[v, y] = sum(w * rate[fund.sleeves[name].asset] for name, w in weight.items() if w > 0)
    return table[vintage]


def balances(balance: np.ndarray, contributions: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """Expected balances (n, years + 1) of each person: last year's grown, plus the year's contributions."""
    out = np.empty((len(balance), contributions.shape[1] + 1))
    out[:, 0] = balance
    for y in range(contributions.shape[1]):
        out[:, y + 1] = out[:, y] * (1.0 + growth[:, y]) + contributions[:, y]
    return out


def join(fund: Fund, birth_year: np.ndarray, horizon_years: np.ndarray, weight: np.ndarray,
         contributions: np.ndarray, expected: np.ndarray, turnover_yearly: float, family_assets_usd: float,
         year_end: bool, vintage: np.ndarray | None = None) -> Joined:
    """Aggregate the plan's people into one family's flows, scaled from the plan's balances to the family's assets.

    contributions (n, years) usd a year; expected (n, years + 1) balances. People who reached 67 at the end of a
    year leave evenly over the next; leavers by turnover are replaced by joiners of the same type and balance.
    vintage (n,): each person's portfolio as ``vintage_of`` gives it; left out, the vintage of the year of birth.
    """
    vintage = vintage_for(fund, birth_year) if vintage is None else vintage
    n_vintages, years = portfolios(fund), contributions.shape[1]

    def by_vintage(per_person: np.ndarray) -> np.ndarray:
        return np.bincount(vintage, weights=weight * per_person, minlength=n_vintages)

    total = float(np.sum(weight * expected[:, 0]))
    scale = family_assets_usd / total if total > 0.0 else 1.0
    in_usd = np.zeros((years, n_vintages))
    retired = np.zeros((years, n_vintages))
    turnover = np.zeros((years, n_vintages))
    saving = np.zeros((years, n_vintages))
    outlook = np.zeros((years, n_vintages))
    monthly = 1.0 - (1.0 - turnover_yearly) ** (1.0 / 12.0)
    for y in range(years):
        in_usd[y] = scale * by_vintage(contributions[:, y]) / (1.0 if year_end else 12.0)
        gone = by_vintage(np.where(horizon_years == y, expected[:, y], 0.0))
        here = by_vintage(np.where(horizon_years > y, expected[:, y], 0.0))
        saving[y] = scale * here
        all_units = gone + here
        outlook[y] = scale * all_units
        retired[y] = np.divide(gone, all_units, out=np.zeros(n_vintages), where=all_units > 0.0)
        turnover[y] = monthly * np.divide(here, all_units, out=np.zeros(n_vintages), where=all_units > 0.0)
    members = Members(in_usd, turnover, retired, year_end)
    return Joined(vintage, scale * by_vintage(expected[:, 0]), members, scale, saving,
                  outlook)
