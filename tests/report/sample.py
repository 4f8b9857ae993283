"""A results object made up for tests of the pages: every figure is invented and none comes from a run."""

from __future__ import annotations

import copy

from tests.report import sample_parts as parts
from tests.report.sample_parts import headline as _headline

_FAN_YEARS = list(range(0, 41, 5))


def _fan(low: float, mid: float, high: float) -> dict[str, list[float]]:
    """Three growing lines, one value for each entry of _FAN_YEARS."""
    return {
        name: [round((1 + rate) ** year, 6) for year in _FAN_YEARS]
        for name, rate in (("p5", low), ("p50", mid), ("p95", high))
    }


def _row(
    name: str, value: object, unit: str, kind: str, source: str, opposite: str = "", **more: str
) -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "source": source,
        "kind": kind,
        "opposite": opposite,
        **more,
    }


def _sleeve(
    sleeve: str, asset: str, dealing: str, block: str, longest: float, shortest: float, in_baseline: bool
) -> dict[str, object]:
    return {
        "sleeve": sleeve,
        "asset": asset,
        "dealing": dealing,
        "block": block,
        "private": bool(block),
        "in_baseline": in_baseline,
        "weight_longest": longest,
        "weight_shortest": shortest,
    }


_ASSUMPTIONS = [
    _row(
        "assets.private_equity.expected_return",
        0.0912,
        "a year",
        "survey",
        "Invented survey, page 7",
        "Others find no lead over public shares once fees are paid.",
        asset="private_equity",
    ),
    _row(
        "assets.private_debt.expected_return",
        0.0834,
        "a year",
        "survey",
        "Invented survey, page 8",
        "A default wave would take the spread away.",
        asset="private_debt",
    ),
    _row(
        "assets.us_large_cap.expected_return",
        0.0655,
        "a year",
        "survey",
        "Invented survey, page 2",
        "",
        asset="us_large_cap",
    ),
    _row(
        "family_assets_usd",
        11_000_000_000,
        "USD",
        "assumed",
        "Invented case",
        "A smaller family deals in lumps.",
    ),
    _row("plan.turnover_yearly", 0.11, "a year", "assumed", "Invented case", "A layoff may triple it."),
    _row("fund.regime.hard_cap_over_target", 0.05, "share of net assets", "assumed", "Invented case"),
    _row("fund.trustee_fees.trustee", 0.0008, "a year", "public", "Invented brochure, page 3"),
    _row("irc.402g.elective_deferrals", 24_500, "USD", "law", "26 USC 402(g), invented for the test"),
]

_RUN = {
    "id": "0123456789abcdef" * 4,
    "seed": 20260101,
    "paths": 400,
    "years": 40,
    "people": 5000,
    "left_out_67": 12,
    "left_out_without_money": 3,
    "case": "sample-case",
    "plan": "Sample plan",
    "population": "sample-people",
    "as_of": "2025-12-31",
    "inputs": [{"file": "assumptions.toml", "sha256": "a" * 64}, {"file": "fund.toml", "sha256": "b" * 64}],
    "package_sha256": "c" * 64,
    "package_version": "0.0.0",
    "assumption_set": "sample-set",
    "generator": parts.GENERATOR,
    "sets": ["survey", "no-premium", "adverse"],
    "status_line": "29 CFR 2550.404a-6 was a proposed rule on the day of this sample.",
    "terms_public": 17,
    "terms_assumed": 58,
    "funds": {
        "proposed": {
            "name": "Sample Target Date with Private Sleeves",
            "modelled_on": "Sample Trust Company",
            "vehicle_type": "CIT",
            "vintages": 11,
        },
        "baseline": {
            "name": "Sample Target Date Index",
            "modelled_on": "",
            "vehicle_type": "CIT",
            "vintages": 11,
        },
        "alternatives": [
            {
                "file": "alternatives/other.toml",
                "name": "Sample Balanced Fund",
                "modelled_on": "",
                "vehicle_type": "MUTUAL_FUND",
                "similar_because": "Same glide path, public assets only.",
            }
        ],
    },
    "assumptions": _ASSUMPTIONS,
}

_PERFORMANCE = {
    "paired": {
        "median_wealth_change": _headline(0.0213, 0.0019),
        "p5_wealth_change": _headline(-0.0941, 0.0042),
        "wealth_p5_change": _headline(-0.0127, 0.0051),
        "chance_better_off": _headline(0.6184, 0.0123),
    },
    "income_replacement": {
        "proposed": {"p5": 0.151, "p25": 0.287, "p50": 0.412, "p75": 0.603, "p95": 1.083},
        "baseline": {"p5": 0.153, "p25": 0.281, "p50": 0.403, "p75": 0.587, "p95": 1.041},
        "standard_error": {
            "proposed": {"p5": 0.002, "p25": 0.003, "p50": 0.004, "p75": 0.006, "p95": 0.011},
            "baseline": {"p5": 0.002, "p25": 0.003, "p50": 0.004, "p75": 0.006, "p95": 0.011},
        },
    },
    "wealth_usd": {
        "proposed": {"p5": 61_000.0, "p50": 402_000.0, "p95": 1_804_000.0},
        "baseline": {"p5": 62_000.0, "p50": 394_000.0, "p95": 1_733_000.0},
    },
    "risk_adjusted": {
        "sharpe": {"proposed": 0.312, "baseline": 0.298},
        "certainty_equivalent": {"proposed": 0.0243, "baseline": 0.0236, "change": 0.0007},
    },
    "wealth_fan": {
        "years": _FAN_YEARS,
        "proposed": _fan(0.004, 0.037, 0.067),
        "baseline": _fan(0.005, 0.036, 0.064),
    },
    "by_age": [
        {
            "age_from": low,
            "age_to": low + 9,
            "people": people,
            "median_wealth_change": mid,
            "p5_wealth_change": bad,
            "chance_better_off": chance,
        }
        for low, people, mid, bad, chance in (
            (27, 1400, 0.031, -0.121, 0.64),
            (37, 1350, 0.024, -0.101, 0.63),
            (47, 1250, 0.013, -0.066, 0.59),
            (57, 1000, 0.004, -0.029, 0.55),
        )
    ],
    "matched": parts.MATCHED,
    "alternatives": parts.ALTERNATIVES,
    "sets": parts.SETS,
    "decomposition": parts.DECOMPOSITION,
    "break_even_premium": parts.BREAK_EVEN,
    "inputs_that_matter": parts.INPUTS_THAT_MATTER,
    "by_group": parts.BY_GROUP,
}

_SAMPLE = {
    "run": _RUN,
    "performance": _PERFORMANCE,
    "fees": {
        "total": {
            "proposed": 0.00473,
            "baseline": 0.00112,
            "standard_error": {"proposed": 0.00004, "baseline": 0.0},
        },
        "per_1000_usd": {
            "proposed": {
                "trustee": 0.8,
                "index managers": 0.3,
                "private managers": 2.1,
                "incentive": 1.4,
                "line of credit": 0.13,
            },
            "baseline": {"trustee": 0.8, "index managers": 0.32},
        },
    },
    "liquidity": {
        "private_weight": {
            "p50": 0.121,
            "p95": 0.183,
            "max": 0.264,
            "histogram": {
                "edges": [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3],
                "share": [0.06, 0.2, 0.46, 0.21, 0.06, 0.01],
            },
        },
        "gate_probability": {
            "building_block": 0.2134,
            "sleeve": 0.0523,
            "plan": 0.0011,
            "standard_error": {"building_block": 0.0061, "sleeve": 0.0032, "plan": 0.0004},
            "first_20_years": {"building_block": 0.21, "sleeve": 0.12, "plan": 0.003},
            "by_year": {
                "building_block": [0.2, 0.21, 0.23],
                "sleeve": [0.04, 0.05, 0.07],
                "plan": [0.0, 0.001, 0.002],
            },
        },
        "regimes": {"green": 0.901, "amber": 0.081, "red": 0.0171, "gated": 0.0009, "suspended": 0.0},
        "unfilled_usd_share": 0.0312,
        "smallest_breaking_outflow": parts.BREAKING,
        "days_above_cap": _headline(11.4, 1.3),
        "fill_rate": parts.FILL_RATE,
        "stresses": parts.STRESSES,
        "participant_exit": None,
    },
    "valuation": {
        "dilution_usd_per_year": {"leavers": 118_000.0, "joiners": -91_000.0, "stayers": -27_000.0},
        "marks": {
            "private_equity": {
                "smoothing": 0.4,
                "lag_months": 3,
                "report_months": 3,
                "mean_gap": -0.0124,
                "sd_gap": 0.0613,
            },
            "private_debt": {
                "smoothing": 0.2,
                "lag_months": 1,
                "report_months": 1,
                "mean_gap": -0.0011,
                "sd_gap": 0.0142,
            },
        },
    },
    "benchmark": parts.BENCHMARK,
    "complexity": {
        "look_through_leverage": {"proposed": 1.087, "baseline": 1.0},
        "layers": {"proposed": 3, "baseline": 2},
        "sleeves": 4,
        "instruments": 7,
        **parts.COMPLEXITY,
        "structure": [
            _sleeve("us_shares", "us_large_cap", "daily", "", 0.74, 0.31, True),
            _sleeve("bonds", "us_core_bonds", "daily", "", 0.08, 0.58, True),
            _sleeve("private_equity", "private_equity", "quarterly", "pe_ladder", 0.15, 0.03, False),
            _sleeve("private_debt", "private_debt", "quarterly", "evergreen_credit", 0.03, 0.08, False),
        ],
    },
}


def sample() -> dict:
    """A fresh copy of the made-up results."""
    return copy.deepcopy(_SAMPLE)


def interval_default() -> dict:
    """The made-up results of a default that deals quarterly with participants, as a managed account."""
    results = sample()
    results["run"]["funds"]["proposed"]["managed_account"] = True
    results["complexity"]["managed_account"] = copy.deepcopy(parts.MANAGED_ACCOUNT)
    results["liquidity"]["participant_exit"] = copy.deepcopy(parts.PARTICIPANT_EXIT)
    return results


def no_change() -> dict:
    """The made-up results of a proposed fund that is its own baseline and holds nothing private."""
    results = sample()
    run, performance = results["run"], results["performance"]
    run["funds"]["proposed"] = dict(run["funds"]["baseline"])
    run["assumptions"] = [row for row in run["assumptions"] if "private" not in str(row.get("asset", ""))]
    for name in ("median_wealth_change", "p5_wealth_change", "wealth_p5_change", "chance_better_off"):
        performance["paired"][name] = _headline(0.0, 0.0)
    _nothing_changes(performance)
    for part in (
        performance["income_replacement"],
        performance["wealth_usd"],
        performance["wealth_fan"],
        performance["risk_adjusted"]["sharpe"],
        results["fees"]["per_1000_usd"],
        results["fees"]["total"],
        results["complexity"]["look_through_leverage"],
        results["complexity"]["layers"],
    ):
        part["proposed"] = copy.deepcopy(part["baseline"])
    performance["risk_adjusted"]["certainty_equivalent"] = {
        "proposed": 0.0236,
        "baseline": 0.0236,
        "change": 0.0,
    }
    results["liquidity"] = {
        "private_weight": {
            "p50": 0.0,
            "p95": 0.0,
            "max": 0.0,
            "histogram": {"edges": [0.0, 0.05], "share": [1.0]},
        },
        "gate_probability": {
            "building_block": 0.0,
            "sleeve": 0.0,
            "plan": 0.0,
            "first_20_years": {"building_block": 0.0, "sleeve": 0.0, "plan": 0.0},
            "by_year": {"building_block": [0.0], "sleeve": [0.0], "plan": [0.0]},
        },
        "regimes": {"green": 1.0, "amber": 0.0, "red": 0.0, "gated": 0.0, "suspended": 0.0},
        "unfilled_usd_share": 0.0,
        "smallest_breaking_outflow": {**parts.BREAKING, "value": 1.0, "p5": 1.0, "opening": 1.0, "after_fall": 1.0},
        "days_above_cap": _headline(0.0, 0.0),
        "fill_rate": {"participants": 1.0, "sleeve": None, "building_block": None},
        "stresses": [
            {**stress, "private_weight_start": 0.0, "private_weight_max": 0.0, "days_above_cap": 0.0,
             "worst_regime": "green", "fill_sleeve": None, "private_true_change": None, "unit_value_worst": -0.29}
            for stress in parts.STRESSES[:2]
        ],
        "participant_exit": None,
    }
    results["valuation"] = {
        "dilution_usd_per_year": {"leavers": 0.0, "joiners": 0.0, "stayers": 0.0},
        "marks": {},
    }
    results["complexity"]["structure"] = [s for s in results["complexity"]["structure"] if not s["private"]]
    results["complexity"].update(sleeves=2, instruments=2)
    results["benchmark"] = copy.deepcopy(parts.NO_PRIVATE_BENCHMARK)
    results["complexity"].update(
        opacity={"level_3": 0.0, "undisclosed": 0.0, "assumed_terms": 0.0},
        concentration={
            "largest_sleeve": {"name": "us_shares", "weight": 0.7},
            "largest_block": None,
            "effective_sleeves": 1.7,
        },
        leverage={"look_through": 1.0, "cost_yearly": 0.0, "fall": 0.35, "loss": 0.0, "loss_unlevered": 0.0},
        ask_the_manager=[],
    )
    return results


def _nothing_changes(performance: dict) -> None:
    """Every comparison of two equal funds without a private asset, in place."""
    for group in performance["by_age"]:
        group.update(median_wealth_change=0.0, p5_wealth_change=0.0, chance_better_off=0.0)
    still = _headline(0.0, 0.0)
    for part in (performance["matched"], *performance["alternatives"], *performance["sets"], *performance["by_group"]):
        for key, value in part.items():
            if isinstance(value, dict) and "standard_error" in value:
                part[key] = dict(still)
    performance["matched"].update(volatility={"proposed": 0.118, "baseline": 0.118, "matched": 0.118})
    performance["matched"]["borrowed_share"] = 0.0
    parts_ = performance["decomposition"]
    for name in parts_["standard_error"]:
        parts_[name] = parts_["standard_error"][name] = 0.0
    performance["break_even_premium"] = {
        "baseline": None,
        "matched": None,
        "asset": None,
        "public_asset": None,
        "assumed": None,
        "standard_error": {"baseline": None, "matched": None},
        "paths": 400,
        "curve": [],
        "returns": [],
    }
    performance["inputs_that_matter"] = []
