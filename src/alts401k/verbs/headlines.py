"""The headline numbers of a run: where each stands in results.json, its formula, the code that made it, what enters it.

`explain` and `compare` read them from here. The tables name places of the schema and functions of the package; a test
holds both to what there is.
"""

import difflib
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from alts401k.fiduciary.numbers import at, number
from alts401k.report import ResultsInvalid, schema, validate
from alts401k.units import Problem, Problems

HEADLINES = (
    "performance.paired.median_wealth_change",
    "performance.paired.p5_wealth_change",
    "performance.paired.wealth_p5_change",
    "performance.paired.chance_better_off",
    "performance.income_replacement.proposed.p50",
    "performance.income_replacement.baseline.p50",
    "performance.risk_adjusted.sharpe.proposed",
    "performance.risk_adjusted.sharpe.baseline",
    "performance.risk_adjusted.certainty_equivalent.change",
    "performance.matched.median_wealth_change",
    "performance.matched.p5_wealth_change",
    "performance.break_even_premium.baseline",
    "performance.break_even_premium.matched",
    "performance.decomposition.risk",
    "performance.decomposition.return",
    "performance.decomposition.diversification",
    "performance.decomposition.fees",
    "performance.decomposition.liquidity_drag",
    "performance.decomposition.smoothing",
    "performance.decomposition.residual",
    "fees.total.proposed",
    "fees.total.baseline",
    "liquidity.private_weight.p50",
    "liquidity.private_weight.max",
    "liquidity.gate_probability.building_block",
    "liquidity.gate_probability.sleeve",
    "liquidity.gate_probability.plan",
    "liquidity.unfilled_usd_share",
    "liquidity.smallest_breaking_outflow",
    "liquidity.days_above_cap",
    "liquidity.fill_rate.participants",
    "liquidity.fill_rate.sleeve",
    "liquidity.fill_rate.building_block",
    "valuation.dilution_usd_per_year.leavers",
    "valuation.dilution_usd_per_year.joiners",
    "valuation.dilution_usd_per_year.stayers",
    "benchmark.excess_return",
    "complexity.look_through_leverage.proposed",
    "complexity.layers.proposed",
    "complexity.opacity.level_3",
    "complexity.opacity.undisclosed",
    "complexity.opacity.assumed_terms",
    "complexity.concentration.effective_sleeves",
)

MARKET = ("assets.*", "correlations.*", "generator*", "inflation_yearly")
PEOPLE = ("plan.*", "limits_growth", "irs_limits", "family_assets_usd")
WHOLE_FUND = ("fund.*",)
RUN = (*MARKET, *PEOPLE, *WHOLE_FUND)


class Made(NamedTuple):
    """Everything below `place`: the functions that made it, outermost first, and patterns of the assumptions that
    enter it."""

    place: str
    code: tuple[str, ...]
    enters: tuple[str, ...]


_PASS = "alts401k.simulate.run.run"
_PEOPLE = "alts401k.simulate.people.tally"
_PAIRED = "alts401k.simulate.paired.change"
_HOLD = "alts401k.simulate.portfolio.hold"
_HELD = ("plan.*", "fund.vintages", "fund.glide_path.*", "fund.sleeves.*.asset")
# The longest place that a number lies below is its own.
MADE = (
    Made("performance.paired", ("alts401k.measure.outcomes.paired", _PEOPLE, _PASS), RUN),
    Made("performance.income_replacement", ("alts401k.measure.outcomes.quantiles", _PEOPLE, _PASS),
         (*RUN, "annuity_real_rate")),
    Made("performance.wealth_usd", ("alts401k.measure.outcomes.quantiles", _PEOPLE, _PASS), RUN),
    Made("performance.risk_adjusted.sharpe", ("alts401k.measure.pooled.yearly_sharpe", _PASS), RUN),
    Made("performance.risk_adjusted.certainty_equivalent", ("alts401k.measure.pooled.equivalent_of_paths", _PASS),
         (*RUN, "risk_aversion")),
    Made("performance.wealth_fan", ("alts401k.measure.outcomes.fan", _PASS), RUN),
    Made("performance.by_age", ("alts401k.measure.outcomes.by_age", _PEOPLE, _PASS), RUN),
    Made("performance.matched",
         ("alts401k.measure.outcomes.paired", "alts401k.measure.matched.match", _HOLD, _PASS), RUN),
    Made("performance.alternatives", ("alts401k.measure.outcomes.paired", "alts401k.verbs.against.alternatives", _PASS),
         RUN),
    Made("performance.sets", (_PAIRED, "alts401k.verbs.against.assumption_sets", _PASS), RUN),
    Made("performance.decomposition", ("alts401k.measure.shapley.shapley", "alts401k.verbs.why.decomposition", _PASS),
         RUN),
    Made("performance.break_even_premium", ("alts401k.measure.search.root", "alts401k.verbs.why.break_even", _PASS),
         RUN),
    Made("performance.inputs_that_matter", (_PAIRED, "alts401k.verbs.matters.inputs_that_matter", _PASS), RUN),
    Made("performance.by_group", (_PAIRED, "alts401k.verbs.people.by_group", _PASS), RUN),
    Made("fees.total", ("alts401k.measure.fund.fee_total", _PASS), RUN),
    Made("fees.per_1000_usd", ("alts401k.measure.fund.fee_rates", _PASS), RUN),
    Made("liquidity.private_weight", ("alts401k.measure.fund.private_weight", _PASS), RUN),
    Made("liquidity.gate_probability", ("alts401k.measure.fund.gates", _PASS), RUN),
    Made("liquidity.regimes", ("alts401k.measure.fund.regimes", _PASS), RUN),
    Made("liquidity.unfilled_usd_share", ("alts401k.verbs.sections.liquidity", _PASS), RUN),
    Made("liquidity.smallest_breaking_outflow", ("alts401k.verbs.stress.smallest_breaking_outflow", _PASS), RUN),
    Made("liquidity.days_above_cap", ("alts401k.measure.fund.days_above_cap", _PASS), RUN),
    Made("liquidity.fill_rate", ("alts401k.measure.fund.fill_rates", _PASS), RUN),
    Made("liquidity.stresses", ("alts401k.verbs.stress.named", _PASS), RUN),
    Made("liquidity.participant_exit", ("alts401k.measure.exits.exits", "alts401k.verbs.exits.participant_exit"),
         ("plan.*", "fund.*")),
    Made("valuation.dilution_usd_per_year", ("alts401k.measure.fund.dilution", _PASS), RUN),
    Made("valuation.marks", ("alts401k.measure.fund.mark_gaps", _PASS), RUN),
    Made("benchmark", ("alts401k.verbs.benchmark.benchmark", _HOLD, _PASS), RUN),
    Made("benchmark.composite", ("alts401k.measure.fund.blend",), _HELD),
    Made("benchmark.pme", ("alts401k.measure.benchmark.pme", _PASS), RUN),
    Made("benchmark.excess_return", ("alts401k.measure.benchmark.excess_return", _HOLD, _PASS), RUN),
    Made("complexity", ("alts401k.verbs.sections.complexity",), ("plan.*", "fund.*")),
    Made("complexity.opacity", ("alts401k.measure.complexity.opacity",), ("plan.*", "fund.*")),
    Made("complexity.concentration", ("alts401k.measure.complexity.concentration",), _HELD),
    Made("complexity.leverage", ("alts401k.measure.complexity.leverage",),
         ("plan.*", "fund.*", "assets.*", "complexity.borrowing_spread")),
    Made("complexity.ask_the_manager", (_PAIRED, "alts401k.verbs.matters.ask_the_manager", _PASS), RUN),
    Made("complexity.look_through_leverage", ("alts401k.measure.fund.look_through",),
         (*_HELD, "fund.sleeves.*.liquidity.target", "fund.sleeves.*.block", "fund.blocks.*.leverage")),
)


class Headline(NamedTuple):
    """One number of a run. `value` is null where the run left it undefined; `code` and `enters` as in `Made`."""

    path: str
    value: Any
    standard_error: float | None
    unit: str
    description: str
    formula: str
    code: tuple[str, ...]
    enters: tuple[str, ...]


def read_results(file: Path) -> dict[str, Any]:
    """The results of a file that `evaluate` wrote; raises Problems when it is not one, or of another version."""
    fix = "Name a results.json that this version of `alts401k evaluate` wrote"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Problems([Problem(str(file), getattr(error, "lineno", None), "this is not JSON", fix)]) from error
    try:
        validate(data)
    except ResultsInvalid as error:
        more = f", and {len(error.items) - 1} more" if len(error.items) > 1 else ""
        raise Problems([Problem(str(file), None, f"{error.items[0]}{more}", fix)]) from error
    return data


def headlines(data: dict[str, Any], key: str | None = None) -> list[Headline]:
    """The headlines that a run has, or every number at and below the dotted ``key``; raises Problems for a key that
    leads nowhere."""
    if key is None:
        return [headline(data, path) for path in HEADLINES if _is_there(data, path)]
    if not _is_there(data, key) or key.split(".")[0] == "run":
        near = difflib.get_close_matches(key, _places(data), n=3, cutoff=0.4)
        fix = f"Did you mean {' or '.join(near)}?" if near else "docs/results.md lists every key"
        raise Problems([Problem(key, None, "no number of the results has this key", fix)])
    return [headline(data, path) for path in _numbers(at(data, key), key)]


def headline(data: dict[str, Any], path: str) -> Headline:
    """One number with all that is known about it; KeyError when the path leads nowhere."""
    found = number(data, "", path, "")
    rules = _rules(path)

    def nearest(name: str) -> str:
        return next((rule[name] for rule in reversed(rules) if name in rule), "")

    made = made_by(path)
    # Terms of the proposed fund do not touch a number of today's fund alone.
    alone = "baseline" in path.split(".") and "break_even_premium" not in path
    enters = tuple(one for one in made.enters if not (alone and one.startswith("fund.")))
    formulas = list(dict.fromkeys(rule["x-formula"] for rule in rules if "x-formula" in rule))
    meaning = (rules[-2] if len(rules) > path.count(".") + 1 else rules[-1]).get("description", "")
    return Headline(path, found.value, found.standard_error, nearest("x-unit"), meaning, "; ".join(formulas), made.code,
                    enters)


def made_by(path: str) -> Made:
    """Which code made the number at a path and what enters it; no code for a place that the table does not name.

    Rows of a list belong to the list: `liquidity.stresses[].months` to `liquidity.stresses`.
    """
    path = path.split("[")[0]
    known = [made for made in MADE if path == made.place or path.startswith(made.place + ".")]
    return max(known, key=lambda made: len(made.place), default=Made(path, (), RUN))


def entering(rows: list[dict[str, Any]], enters: tuple[str, ...], unused: tuple[str, ...]) -> list[dict[str, Any]]:
    """The assumption rows that enter a number: named by its patterns, without terms that are only kept on file."""
    return [row for row in rows if any(fnmatchcase(row["name"], one) for one in enters)
            and not any(fnmatchcase(row["name"], one) for one in unused)]


def kept_on_file() -> tuple[str, ...]:
    """Patterns of the fund's terms that are recorded and enter no run, as names of assumptions."""
    from alts401k.terms.schema import schema as documents

    fund = documents()["fund"]
    return tuple(sorted(_recorded(fund, fund["$defs"], "fund")))


def _recorded(part: dict[str, Any], definitions: dict[str, Any], prefix: str) -> list[str]:
    found = []
    for name, rule in part.get("properties", {}).items():
        path = f"{prefix}.{name}"
        if rule.get("recorded_only"):
            found += [path, path + ".*"]
            continue
        for option in rule.get("anyOf", [rule]):
            by_pattern = next(iter(option.get("patternProperties", {}).values()), None)
            for holder, suffix in ((option, ""), (option.get("additionalProperties"), ".*"), (by_pattern, ".*")):
                if isinstance(holder, dict) and "$ref" in holder:
                    inner = definitions[holder["$ref"].rsplit("/", 1)[1]]
                    found += _recorded(inner, definitions, path + suffix)
    return found


def _is_there(data: dict[str, Any], path: str) -> bool:
    try:
        at(data, path)
    except KeyError:
        return False
    return True


def _numbers(value: Any, path: str) -> list[str]:
    """Paths of the numbers at and below a place; a list counts as one, texts and standard errors as none."""
    if isinstance(value, dict) and "value" not in value:
        below = [_numbers(part, f"{path}.{name}") for name, part in value.items() if name != "standard_error"]
        return [one for found in below for one in found]
    return [] if isinstance(value, str) and value else [path]


def _places(data: dict[str, Any]) -> list[str]:
    """Every dotted place that a key can name."""
    found: list[str] = []

    def walk(value: Any, path: str) -> None:
        found.append(path)
        if isinstance(value, dict) and "value" not in value:
            for name, part in value.items():
                walk(part, f"{path}.{name}")

    for section, value in data.items():
        if section != "run":
            walk(value, section)
    return found


def _rules(path: str) -> list[dict[str, Any]]:
    """The schema's rules along a path, outermost first; of {value, standard_error} also that of the value."""
    rule, found = schema(), []
    for name in path.split("."):
        other = rule.get("additionalProperties")
        rule = rule.get("properties", {}).get(name, other if isinstance(other, dict) else {})
        found.append(rule)
    return [*found, *([rule["properties"]["value"]] if "value" in rule.get("properties", {}) else [])]
