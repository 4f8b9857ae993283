"""The six factors of the proposed 29 CFR 2550.404a-6, (g) to (l): what is asked, what bears on it, what is open.

Paraphrased from the proposal, 91 FR 16088 (31 March 2026), paragraphs (e) to (l). It is a proposed rule.
"""

from __future__ import annotations

from typing import NamedTuple

RULE = "proposed 29 CFR 2550.404a-6, 91 FR 16088"


class Wanted(NamedTuple):
    """A number to take from the results; a path that ends in `.*` takes every entry of that object."""

    label: str
    path: str
    kind: str


class Factor(NamedTuple):
    """One factor; `open_points` are what the proposal looks at and this run cannot supply."""

    paragraph: str
    heading: str
    question: str
    numbers: tuple[Wanted, ...]
    open_points: tuple[str, ...]
    findings: tuple[str, ...]


def _both(label: str, path: str, kind: str) -> tuple[Wanted, Wanted]:
    return (
        Wanted(f"{label}, proposed fund", f"{path}.proposed", kind),
        Wanted(f"{label}, today's fund", f"{path}.baseline", kind),
    )


_P = "performance"
_TRIPLE = (
    "that the writing was read, critically reviewed and understood, and that nothing known speaks against it"
)

FACTORS: tuple[Factor, ...] = (
    Factor(
        "g",
        "Performance",
        "Was a reasonable number of similar alternatives considered, and do the fund's risk-adjusted expected"
        " returns, after all fees and over a fitting horizon, further the purposes of the plan?",
        (
            Wanted("Median change of wealth at 67", f"{_P}.paired.median_wealth_change", "change"),
            Wanted("Change at the worst twentieth", f"{_P}.paired.p5_wealth_change", "change"),
            Wanted("Change of the worst twentieth of wealth", f"{_P}.paired.wealth_p5_change", "change"),
            Wanted("Chance of being better off", f"{_P}.paired.chance_better_off", "share"),
            Wanted(
                "Median change against public assets of the same risk", f"{_P}.matched.median_wealth_change", "change"
            ),
            Wanted(
                "Premium of the private asset that breaks even with today's fund",
                f"{_P}.break_even_premium.baseline",
                "rate",
            ),
            Wanted(
                "Premium that breaks even with public assets of the same risk",
                f"{_P}.break_even_premium.matched",
                "rate",
            ),
            *_both("Median income replacement", f"{_P}.income_replacement.{{}}.p50", "share"),
            *_both("Sharpe ratio on true returns", f"{_P}.risk_adjusted.sharpe", "ratio"),
            *_both(
                "Certainty-equivalent real return a year", f"{_P}.risk_adjusted.certainty_equivalent", "rate"
            ),
            Wanted("Years simulated", "run.years", "count"),
        ),
        (
            "why the number of alternatives is reasonable and why each is similar",
            "why the horizon fits the people of the plan",
            "how much risk the people of the plan can bear",
        ),
        ("Do the risk-adjusted expected returns, net of fees, further the purposes of the plan?",),
    ),
    Factor(
        "h",
        "Fees",
        "Are the fund's fees and expenses appropriate, given its risk-adjusted expected returns and any other value"
        " it brings?",
        (
            *_both("All fees, of assets a year", "fees.total", "rate"),
            Wanted("Per $1,000 a year, proposed fund", "fees.per_1000_usd.proposed.*", "per_1000"),
            Wanted("Per $1,000 a year, today's fund", "fees.per_1000_usd.baseline.*", "per_1000"),
        ),
        (
            "whether a cheaper share class with the same rights is open to a plan of this size",
            "if the fund costs more than a similar one: what value, other than return, is paid for",
        ),
        ("Are the fees and expenses appropriate?",),
    ),
    Factor(
        "i",
        "Liquidity",
        "Will the fund be liquid enough for the needs to be expected, of each participant and of the plan?",
        (
            Wanted("Private weight, median", "liquidity.private_weight.p50", "share"),
            Wanted("Private weight, 95th percentile", "liquidity.private_weight.p95", "share"),
            Wanted("Private weight, largest", "liquidity.private_weight.max", "share"),
            Wanted(
                "Chance of a gate in a year, building block",
                "liquidity.gate_probability.building_block",
                "rate",
            ),
            Wanted("Chance of a gate in a year, sleeve", "liquidity.gate_probability.sleeve", "rate"),
            Wanted("Chance of a gate in a year, plan", "liquidity.gate_probability.plan", "rate"),
            Wanted("Share of time in regime", "liquidity.regimes.*", "rate"),
            Wanted(
                "Share of dollars asked of slow sleeves and not paid at once",
                "liquidity.unfilled_usd_share",
                "rate",
            ),
            Wanted(
                "Smallest share leaving in 30 days that gates the fund or is not paid in full, median",
                "liquidity.smallest_breaking_outflow",
                "share",
            ),
            Wanted(
                "The same after public markets fall", "liquidity.smallest_breaking_outflow.after_fall", "share"
            ),
            Wanted("Days a year above the hard cap on private assets", "liquidity.days_above_cap", "days"),
            Wanted("Share of dollars asked that is filled", "liquidity.fill_rate.*", "share"),
        ),
        (
            "a written representation on a liquidity risk management program, or due diligence of one's own, and "
            + _TRIPLE,
            "notice and instalment terms for a plan that leaves, ends, merges or changes its recordkeeper",
            "how exits of other investors of the fund are borne",
        ),
        (
            "Participant level: is liquidity sufficient for each person's needs?",
            "Plan level: is liquidity sufficient for the plan's needs?",
        ),
    ),
    Factor(
        "j",
        "Valuation",
        "Has the fund adopted adequate measures so that it can be valued in time and accurately, as the plan needs?",
        (
            Wanted(
                "Gained or paid a year through late prices, leavers",
                "valuation.dilution_usd_per_year.leavers",
                "usd_signed",
            ),
            Wanted(
                "Gained or paid a year through late prices, joiners",
                "valuation.dilution_usd_per_year.joiners",
                "usd_signed",
            ),
            Wanted(
                "Gained or paid a year through late prices, stayers",
                "valuation.dilution_usd_per_year.stayers",
                "usd_signed",
            ),
        ),
        (
            "a written representation that assets without a market are valued by a conflict-free, independent process"
            " at least quarterly under FASB ASC 820, and " + _TRIPLE,
            "whether a manager moves assets between its own vehicles at a price it influences",
        ),
        ("Are the measures for timely and accurate valuation adequate?",),
    ),
    Factor(
        "k",
        "Performance benchmark",
        "Does the fund have a meaningful benchmark (similar mandate, strategy, objective and risk), and how do its"
        " risk-adjusted expected returns compare with it?",
        (
            *_both(
                "Certainty-equivalent real return a year", f"{_P}.risk_adjusted.certainty_equivalent", "rate"
            ),
            Wanted("Expected return over the composite a year, net of fees", "benchmark.excess_return", "rate"),
        ),
        (
            "whether the fiduciary agrees with the answers that the data give on mandate, strategy, objective and risk",
            "who built the composite, and whether that person is independent of the manager",
            "for a fund without history: the record of another, similar investment that is not the benchmark",
            "whether the same benchmark stands beside every other alternative of the menu",
        ),
        ("Is the benchmark meaningful, and how does the fund compare with it?",),
    ),
    Factor(
        "l",
        "Complexity",
        "Does the fiduciary have the skills, knowledge, experience and capacity to understand the fund well enough,"
        " or must it seek help?",
        (
            *_both("Layers of vehicles", "complexity.layers", "count"),
            *_both("Assets per dollar of net assets", "complexity.look_through_leverage", "ratio"),
            Wanted("Sleeves", "complexity.sleeves", "count"),
            Wanted("Instruments", "complexity.instruments", "count"),
            Wanted("Share valued without a market", "complexity.opacity.level_3", "share"),
            Wanted("Share in blocks of which no term is published", "complexity.opacity.undisclosed", "share"),
            Wanted("Share that rests on assumed terms", "complexity.opacity.assumed_terms", "share"),
            Wanted("Terms with a public source", "run.terms_public", "count"),
            Wanted("Terms assumed", "run.terms_assumed", "count"),
        ),
        (
            "each fee the plan may pay: its expected average, when it is paid and how it is worked out",
            "a written representation that no fee of an underlying fund is passed through, where that is claimed, and "
            + _TRIPLE,
            "the name and role of whoever helps, if help is needed",
        ),
        (
            "Is the fiduciary able to understand the fund alone, or is help needed, and whose? One of the two.",
        ),
    ),
)
