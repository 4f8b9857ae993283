"""Made-up parts of a results object: who, why, against what and what could go wrong. No figure comes from a run."""

from __future__ import annotations

from typing import Any


def headline(value: float, standard_error: float) -> dict[str, float]:
    """A value with its standard error."""
    return {"value": value, "standard_error": standard_error}


def changes(median: float, bad: float, worst: float, chance: float) -> dict[str, Any]:
    """The four headlines of one comparison."""
    return {
        "median_wealth_change": headline(median, 0.002),
        "p5_wealth_change": headline(bad, 0.004),
        "wealth_p5_change": headline(worst, 0.005),
        "chance_better_off": headline(chance, 0.012),
    }


GENERATOR = {
    "kind": "fat-tails",
    "title": "Lognormal months with fat tails",
    "note": "All assets share the size of a bad month. Invented for the test.",
    "rebuilt": [{"asset": "private_debt", "share": 0.41}],
    "assets": [
        {"asset": "us_large_cap", "set_mean": 0.0655, "set_sd": 0.165, "drawn_mean": 0.0651, "drawn_sd": 0.166},
        {"asset": "private_equity", "set_mean": 0.0912, "set_sd": 0.22, "drawn_mean": 0.0909, "drawn_sd": 0.221},
    ],
}

MATCHED = {
    **changes(-0.0041, -0.0713, -0.0118, 0.4713),
    "volatility": {"proposed": 0.131, "baseline": 0.118, "matched": 0.131},
    "borrowed_share": 0.042,
    "weights": [
        {"asset": "us_large_cap", "baseline": 0.70, "matched": 0.812},
        {"asset": "us_core_bonds", "baseline": 0.30, "matched": 0.23},
        {"asset": "cash", "baseline": 0.0, "matched": -0.042},
    ],
    "note": "Every vintage is matched on its own. Borrowing costs the cash return. Invented for the test.",
}

ALTERNATIVES = [
    {
        "file": "alternatives/other.toml",
        "name": "Sample Balanced Fund",
        "paths": 400,
        **changes(0.0312, -0.0821, -0.0033, 0.664),
        "fees_total": 0.0031,
    }
]


def _set(name: str, title: str, median: float, bad: float, chance: float, matched: float, net: float) -> dict[str, Any]:
    figures = changes(median, bad, 0.0, chance)
    del figures["wealth_p5_change"]
    return {
        "name": name,
        "title": title,
        "paths": 400,
        **figures,
        "matched_median_wealth_change": headline(matched, 0.002),
        "returns": [
            {"asset": "private_equity", "net": net, "gross": net + 0.034},
            {"asset": "us_large_cap", "net": 0.0655, "gross": 0.0655},
        ],
    }


SETS = [
    _set("survey", "Returns as the survey has them", 0.0213, -0.0941, 0.6184, -0.0041, 0.0912),
    _set("no-premium", "Private assets earn what public ones earn", -0.0312, -0.1383, 0.302, -0.0561, 0.0655),
    _set("adverse", "Two points below that", -0.0824, -0.1911, 0.092, -0.1044, 0.0455),
]

_PARTS = {
    "risk": 0.0241,
    "return": 0.0283,
    "diversification": 0.0049,
    "fees": -0.0312,
    "liquidity_drag": -0.0039,
    "smoothing": -0.0010,
    "residual": 0.0001,
    "total": 0.0213,
}
DECOMPOSITION = {**_PARTS, "paths": 400, "stopped_months": 0, "standard_error": {name: 0.0006 for name in _PARTS}}

BREAK_EVEN = {
    "baseline": 0.0156,
    "matched": 0.0281,
    "asset": "private_equity",
    "public_asset": "us_large_cap",
    "assumed": 0.0257,
    "standard_error": {"baseline": 0.0011, "matched": 0.0013},
    "paths": 400,
    "curve": [
        {"premium": x, "baseline": headline(2.1 * x - 0.0328, 0.002), "matched": headline(2.0 * x - 0.0562, 0.002)}
        for x in (-0.04, -0.02, 0.0, 0.02, 0.04, 0.06)
    ],
    "returns": [
        {
            "asset": "private_equity",
            "basis": "net_of_manager",
            "assumed": 0.0912,
            "baseline": 0.0811,
            "matched": 0.0936,
        },
        {"asset": "private_debt", "basis": "net_of_manager", "assumed": 0.0834, "baseline": 0.0207, "matched": None},
    ],
}

INPUTS_THAT_MATTER = [
    {
        "name": "assets.private_equity.expected_return",
        "title": "Return of private equity, net of its managers",
        "unit": "a year",
        "low": 0.0712,
        "base": 0.0912,
        "high": 0.1112,
        "change_low": -0.0416,
        "change_high": 0.0428,
        "swing": 0.0844,
        "standard_error": 0.0011,
    },
    {
        "name": "fund.sleeves.private_equity.fee",
        "title": "Incentive fee of private equity",
        "unit": "share",
        "low": 0.10,
        "base": 0.125,
        "high": 0.20,
        "change_low": 0.0048,
        "change_high": -0.0112,
        "swing": 0.016,
        "standard_error": 0.0004,
    },
    {
        "name": "plan.turnover_yearly",
        "title": "Turnover of the plan",
        "unit": "a year",
        "low": 0.05,
        "base": 0.11,
        "high": 0.20,
        "change_low": 0.0008,
        "change_high": -0.0009,
        "swing": 0.0017,
        "standard_error": 0.0003,
    },
]


def _group(group: str, label: str, people: int, median: float, bad: float, worse: float) -> dict[str, Any]:
    return {
        "group": group,
        "label": label,
        "people": people,
        "median_wealth_change": headline(median, 0.003),
        "p5_wealth_change": headline(bad, 0.005),
        "chance_worse_off": headline(worse, 0.013),
    }


BY_GROUP = [
    _group("age", "up to 34", 1400, 0.031, -0.121, 0.36),
    _group("age", "35 to 44", 1350, 0.024, -0.101, 0.37),
    _group("age", "45 to 54", 1250, 0.013, -0.066, 0.41),
    _group("age", "55 to 66", 1000, -0.009, -0.059, 0.55),
    _group("pay", "to $59,000", 1667, 0.022, -0.095, 0.38),
    _group("pay", "$59,000 to $104,000", 1667, 0.021, -0.094, 0.38),
    _group("pay", "above $104,000", 1666, 0.021, -0.093, 0.39),
    _group("balance", "to $21,000", 1667, 0.034, -0.112, 0.36),
    _group("balance", "$21,000 to $83,000", 1667, 0.021, -0.094, 0.38),
    _group("balance", "above $83,000", 1666, 0.014, -0.071, 0.41),
    _group("likely_leaver", "leaves within 7 years", 5000, -0.012, -0.042, 0.57),
]

BREAKING = {
    "value": 0.23,
    "standard_error": 0.006,
    "p5": 0.11,
    "opening": 0.31,
    "after_fall": 0.14,
    "fall": 0.35,
    "paths": 200,
    "years": 5,
}
FILL_RATE = {"participants": 0.9996, "sleeve": 0.981, "building_block": 0.903}


def _stress(name: str, title: str, level: str, start: float, top: float, days: float, regime: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "level": level,
        "months": 18,
        "public_change": -0.46,
        "private_true_change": -0.31,
        "private_weight_start": start,
        "private_weight_max": top,
        "days_above_cap": days,
        "worst_regime": regime,
        "gated_months": 4.0 if regime == "gated" else 0.0,
        "fill_participants": 0.93 if regime == "gated" else 1.0,
        "fill_sleeve": 0.62,
        "fill_block": None,
        "unit_value_worst": -0.33,
        "baseline_value_worst": -0.29,
        "note": "Marks do not move for six months. Invented for the test.",
        "cite": "an invented history",
    }


STRESSES = [
    _stress("2008", "October 2007 to February 2009", "both", 0.121, 0.214, 151.0, "red"),
    _stress("march-2020", "March 2020", "participant", 0.121, 0.158, 0.0, "amber"),
    _stress("2022-no-marks", "2022, public markets fall and nothing is marked", "both", 0.121, 0.163, 31.0, "amber"),
    _stress("gate-two-years", "A gate of two years", "plan", 0.121, 0.181, 92.0, "red"),
    _stress("plan-leaves", "A plan of 12% leaves", "plan", 0.121, 0.139, 0.0, "gated"),
]

PARTICIPANT_EXIT = {
    "frequency_months": 3.0,
    "limit": 0.05,
    "notice_days": 30.0,
    "meets_three_month_rule": False,
    "rule_cite": "29 CFR 2550.404c-5(c)(5)(i)",
    "wait_days": {"p50": 62.0, "p95": 210.0, "max": 730.0},
    "plan_exit_days": 1095.0,
    "unpaid_share_first_date": 0.35,
    "note": "A participant asks on any day of a quarter. Invented for the test.",
}


def _similar(similar: bool, fund: str, benchmark: str, measure: float | None, measured: str) -> dict[str, Any]:
    return {"similar": similar, "fund": fund, "benchmark": benchmark, "measure": measure, "measured": measured}


BENCHMARK = {
    "composite": [
        {"asset": "us_large_cap", "weight": 0.62},
        {"asset": "us_core_bonds", "weight": 0.24},
        {"asset": "private_equity", "weight": 0.09},
        {"asset": "private_debt", "weight": 0.05},
    ],
    "reset": "yearly",
    "pme": {"private_equity": {"index": "us_large_cap", "p5": 0.81, "p50": 1.06, "p95": 1.38}},
    "mandate": _similar(True, "four kinds of assets", "the same four", 1.0, "shared weight; similar from 0.9"),
    "strategy": _similar(True, "weights by years to 67", "the same, reset yearly", 0.02, "mean distance; up to 0.05"),
    "objective": _similar(True, "growth, then income", "the same", None, "words of the two documents"),
    "risk": _similar(False, "volatility 13.1%", "volatility 11.4%", 1.15, "ratio of volatilities; 0.9 to 1.1"),
    "excess_return": headline(-0.0021, 0.0002),
    "proxy": {
        "name": "Sample private equity trust",
        "kind": "listed trust",
        "why": "Holds the same kind of companies.",
    },
    "note": "Built from the fund's own target weights. It has no history of its own.",
}

COMPLEXITY = {
    "opacity": {"level_3": 0.14, "undisclosed": 0.09, "assumed_terms": 0.14},
    "concentration": {
        "largest_sleeve": {"name": "us_shares", "weight": 0.62},
        "largest_block": {"name": "pe_ladder", "weight": 0.09},
        "effective_sleeves": 2.2,
    },
    "leverage": {
        "look_through": 1.087,
        "cost_yearly": 0.0041,
        "fall": 0.35,
        "loss": 0.051,
        "loss_unlevered": 0.044,
    },
    "ask_the_manager": [
        {
            "key": "sleeves.private_equity.incentive_fee",
            "value": 0.125,
            "effect": -0.0112,
            "low": 0.10,
            "high": 0.20,
        },
        {"key": "regime.hard_cap_over_target", "value": 0.05, "effect": 0.0008, "low": 0.025, "high": 0.1},
        {"key": "sleeves.private_debt.floor", "value": 0.005, "effect": 0.0, "low": 0.0, "high": 0.01},
        {"key": "sleeves.private_debt.dealing", "value": "quarterly", "effect": 0.0, "low": None, "high": None},
    ],
}

MANAGED_ACCOUNT = {
    "uses": ["age", "pay"],
    "not_told": ["balance", "deferral"],
    "fee": 0.0035,
    "moved_earlier": 0.21,
    "moved_later": 0.13,
    "same_vintage": 0.66,
    "opted_in": 0.4,
    "same_as_vintage": False,
    "example": "l2",
    "note": "The service decides once, at the opening. Invented for the test.",
}

NO_PRIVATE_BENCHMARK = {
    **BENCHMARK,
    "composite": [{"asset": "us_large_cap", "weight": 0.7}, {"asset": "us_core_bonds", "weight": 0.3}],
    "pme": {},
    "risk": _similar(True, "volatility 11.8%", "volatility 11.8%", 1.0, "ratio of volatilities; 0.9 to 1.1"),
    "excess_return": headline(-0.0011, 0.0),
    "proxy": None,
}
