"""IRS limits year by year: the published figures, and after the last of them a stated growth."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np

from alts401k import law

_RULES = {
    "elective": "irc.402g.elective_deferrals",
    "catch_up_50": "irc.414v.catch_up_50",
    "catch_up_60_63": "irc.414v.catch_up_60_63",
    "annual_additions": "irc.415c.annual_additions",
    "compensation": "irc.401a17.compensation",
}


class Limits(NamedTuple):
    """Yearly limits in dollars (n_years,) from `first_year` on; `assumed` (n_years,) marks the grown years.

    Where the higher catch-up of ages 60 to 63 does not exist yet, the figure from 50 stands in its place.
    """

    elective: np.ndarray
    catch_up_50: np.ndarray
    catch_up_60_63: np.ndarray
    annual_additions: np.ndarray
    compensation: np.ndarray
    last_published: int
    assumed: np.ndarray
    first_year: int


def limits(first_year: int, n_years: int, growth_yearly: float) -> Limits:
    """Limits of `n_years` calendar years; after the last published one they grow by `growth_yearly`.

    Grown figures are not rounded. Raises law.NotEntered for years before the first published one.
    Source: the `irc.*` rules of the law room.
    """
    last = min(law.last_entered(rule_id).year for rule_id in _RULES.values())
    years = range(first_year, first_year + n_years)
    growth = np.array([(1.0 + growth_yearly) ** max(0, year - last) for year in years])
    columns = {
        name: np.array([_published(name, min(year, last)) for year in years], dtype=np.float64) * growth
        for name in _RULES
    }
    return Limits(
        **columns,
        last_published=last,
        assumed=np.array([year > last for year in years], dtype=bool),
        first_year=first_year,
    )


def _published(name: str, year: int) -> int:
    found = law.look(_RULES[name], date(year, 12, 31))
    if isinstance(found, law.Absent) and found.why == "not_in_force" and name == "catch_up_60_63":
        return _published("catch_up_50", year)
    return law.value(_RULES[name], date(year, 12, 31)).value
