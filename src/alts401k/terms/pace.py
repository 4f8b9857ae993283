"""A steady ladder of partnership commitments, reduced to the rates that a pooled sleeve needs.

Yearly pace of one commitment: Takahashi and Alexander (2002); a ladder holds one cohort a year whose
commitments grow at a constant rate.
"""
from typing import NamedTuple

from alts401k.terms.fund import Pace


class Ladder(NamedTuple):
    """Rates of a steady ladder: monthly shares, and ratios to its net asset value."""

    call_share: float
    distribution_share: float
    unfunded_to_nav: float
    commitment_to_nav_yearly: float


def cohort(pace: Pace) -> tuple[list[float], list[float], list[float]]:
    """Calls, distributions and closing value of one unit committed, by year of life 1..life (lists), scaled.

    C(t) = RC(t) (1 - called), D(t) = max(Y, (t/L)^B) NAV(t-1)(1+G), NAV(t) = NAV(t-1)(1+G) + C(t) - D(t).
    """
    called, value = 0.0, 0.0
    calls, paid, values = [], [], []
    for t in range(1, pace.life_years + 1):
        rate = pace.call_rates[min(t, len(pace.call_rates)) - 1]
        call = rate * (1.0 - called)
        share = min(1.0, max(pace.yield_yearly, (t / pace.life_years) ** pace.bow))
        grown = value * (1.0 + pace.growth_yearly)
        called += call
        value = grown + call - share * grown
        calls.append(pace.scale * call)
        paid.append(pace.scale * share * grown)
        values.append(pace.scale * value)
    return calls, paid, values


def ladder(pace: Pace) -> Ladder:
    """The steady ladder of ``pace``: cohorts aged 0 (just committed) to life - 1 at the opening.

    Raises ValueError for a pace that never holds anything, which no checked document has.
    """
    calls, paid, values = cohort(pace)
    n = pace.life_years
    weight = [(1.0 + pace.commitment_growth_yearly) ** -age for age in range(n)]
    value = [0.0] + values[:-1]
    left, unfunded = pace.scale, [pace.scale]
    for call in calls[:-1]:
        left -= call
        unfunded.append(left)
    nav = sum(w * x for w, x in zip(weight, value, strict=True))
    open_unfunded = sum(w * x for w, x in zip(weight, unfunded, strict=True))
    call_year = sum(w * x for w, x in zip(weight, calls, strict=True))
    paid_year = sum(w * x for w, x in zip(weight, paid, strict=True))
    grown = nav * (1.0 + pace.growth_yearly)
    if nav <= 0.0:
        raise ValueError("a pace that calls nothing before its last year holds nothing")
    return Ladder(
        call_share=1.0 - max(0.0, 1.0 - call_year / open_unfunded) ** (1.0 / 12.0),
        distribution_share=1.0 - max(0.0, 1.0 - paid_year / grown) ** (1.0 / 12.0),
        unfunded_to_nav=open_unfunded / nav,
        commitment_to_nav_yearly=pace.scale / nav,
    )
