"""Tables of what could go wrong: liquidity, stresses, the benchmark, opacity, leverage, and what to ask the manager."""

from __future__ import annotations

from typing import Any

from alts401k.report.rows import Table
from alts401k.report.words import assumption_value, plain_name, show, show_error, with_error

_QUESTIONS = ("mandate", "strategy", "objective", "risk")


def wrong_tables(results: dict[str, Any]) -> dict[str, Table]:
    """Tables of the new parts of liquidity, benchmark and complexity, by name."""
    liquidity, benchmark, complexity = (results[room] for room in ("liquidity", "benchmark", "complexity"))
    return {
        "breaking": _breaking(liquidity["smallest_breaking_outflow"]),
        "participant_level": _participant_level(liquidity),
        "plan_level": _plan_level(liquidity),
        "stresses_people": _stresses_people(liquidity["stresses"]),
        "stresses_plan": _stresses_plan(liquidity["stresses"]),
        "exit": _exit(liquidity["participant_exit"]),
        "similarity": _similarity(benchmark),
        "pme": _pme(benchmark["pme"]),
        "opacity": _opacity(complexity),
        "leverage": _leverage(complexity["leverage"]),
        "managed": _managed(complexity.get("managed_account")),
        "ask": _ask(results),
    }


def _breaking(found: dict[str, Any]) -> Table:
    rows = (
        ("on the opening day", show(found["opening"], "share")),
        (
            f"after {show(found['years'], 'count')} years, median path",
            f"{show(found['value'], 'share')} ± {show_error(found['standard_error'], 'share')}",
        ),
        ("the same, worst twentieth of paths", show(found["p5"], "share")),
        (
            f"at the start, after public markets fall by {show(found['fall'], 'fall')}",
            show(found["after_fall"], "share"),
        ),
    )
    return Table("Smallest share leaving in 30 days that gates the fund or is not paid in full", ("", "share"), rows)


def _filled(value: float | None) -> str:
    return "nothing asked" if value is None else show(value, "share")


def _participant_level(liquidity: dict[str, Any]) -> Table:
    gates = liquidity["gate_probability"]
    return Table(
        "Participant level",
        ("", "whole run", "first 20 years"),
        (
            (
                "Chance in a year that a participant must wait",
                show(gates["plan"], "rate"),
                show(gates["first_20_years"]["plan"], "rate"),
            ),
            ("Dollars asked by participants, paid on the day due", _filled(liquidity["fill_rate"]["participants"]), ""),
        ),
    )


def _plan_level(liquidity: dict[str, Any]) -> Table:
    fill = liquidity["fill_rate"]
    return Table(
        "Plan level",
        ("", "figure"),
        (
            ("Days a year above the hard cap on private assets", with_error(liquidity["days_above_cap"], "days")),
            ("Dollars asked of sleeves, paid on the dealing date", _filled(fill["sleeve"])),
            ("Dollars asked of building blocks, paid on the dealing date", _filled(fill["building_block"])),
            ("Dollars asked of slow sleeves, not paid at once", show(liquidity["unfilled_usd_share"], "rate")),
        ),
    )


def _stresses_people(stresses: list[dict[str, Any]]) -> Table:
    return Table(
        "Participant level: what a person sees in each stress",
        ("stress", "months", "exits paid", "months gated", "worst change of a unit", "today's fund"),
        tuple(
            (
                stress["title"],
                show(stress["months"], "months"),
                _filled(stress["fill_participants"]),
                show(stress["gated_months"], "months"),
                show(stress["unit_value_worst"], "percent"),
                show(stress["baseline_value_worst"], "percent"),
            )
            for stress in stresses
        ),
    )


def _moved(value: float | None) -> str:
    return "none held" if value is None else show(value, "percent")


def _stresses_plan(stresses: list[dict[str, Any]]) -> Table:
    return Table(
        "Plan level: what happens inside the fund in each stress",
        ("stress", "US large cap", "private, true", "private weight", "days above cap", "worst regime", "sleeves paid"),
        tuple(
            (
                stress["title"],
                *(_moved(stress[key]) for key in ("public_change", "private_true_change")),
                f"{show(stress['private_weight_start'], 'share')} to {show(stress['private_weight_max'], 'share')}",
                show(stress["days_above_cap"], "count"),
                stress["worst_regime"],
                _filled(stress["fill_sleeve"]),
            )
            for stress in stresses
        ),
    )


def _exit(found: dict[str, Any] | None) -> Table:
    """How a participant leaves a fund that does not deal daily; no rows where it does."""
    caption, head = "How a participant leaves", ("", "figure")
    if found is None:
        return Table(caption, head, ())
    wait = found["wait_days"]
    limit = "no limit" if found["limit"] is None else f"{show(found['limit'], 'share')} of the fund"
    plan = "not within the run" if found["plan_exit_days"] is None else show(found["plan_exit_days"], "count")
    return Table(
        caption,
        head,
        (
            ("Months between dealing dates", show(found["frequency_months"], "months")),
            ("Most bought back on one date", limit),
            ("Notice, days", show(found["notice_days"], "count")),
            (
                "Days waited: median / 95th percentile / longest",
                " / ".join(show(wait[key], "count") for key in ("p50", "p95", "max")),
            ),
            ("When a whole plan leaves: unpaid on the first date", show(found["unpaid_share_first_date"], "share")),
            ("Days until such a plan is out", plan),
            (
                f"A move at least every three months ({found['rule_cite']})",
                "possible" if found["meets_three_month_rule"] else "not possible",
            ),
        ),
    )


def _similarity(benchmark: dict[str, Any]) -> Table:
    rows = []
    for name in _QUESTIONS:
        found = benchmark[name]
        rows.append(
            (
                name,
                "similar" if found["similar"] else "not similar",
                found["fund"],
                found["benchmark"],
                found["measured"],
            )
        )
    return Table(
        "Is the composite similar? What the data answer",
        ("in", "answer", "the fund", "the composite", "measured"),
        tuple(rows),
    )


def _pme(found: dict[str, dict[str, Any]]) -> Table:
    return Table(
        "Public market equivalent of private sleeves (above 1 beats the index)",
        ("sleeve", "index", "worst twentieth", "median", "best twentieth"),
        tuple(
            (plain_name(name), plain_name(row["index"]), *(show(row[key], "ratio") for key in ("p5", "p50", "p95")))
            for name, row in sorted(found.items())
        ),
    )


def _opacity(complexity: dict[str, Any]) -> Table:
    opacity, spread = complexity["opacity"], complexity["concentration"]
    largest = [spread["largest_sleeve"], spread["largest_block"]]
    named = [
        "none" if one is None else f"{plain_name(one['name'])}, {show(one['weight'], 'share')}" for one in largest
    ]
    return Table(
        "Opacity and concentration, of net assets",
        ("", "figure"),
        (
            ("Valued without a market (level 3)", show(opacity["level_3"], "share")),
            ("In blocks without a published term", show(opacity["undisclosed"], "share")),
            ("Resting on assumed terms", show(opacity["assumed_terms"], "share")),
            ("Largest sleeve", named[0]),
            ("Largest building block", named[1]),
            ("Sleeves, counted as if equal", show(spread["effective_sleeves"], "days")),
        ),
    )


def _managed(found: dict[str, Any] | None) -> Table:
    """What a managed account is told and does; no rows without one."""
    caption, head = "What the managed account is told, does and costs", ("", "figure")
    if found is None:
        return Table(caption, head, ())
    opted = "not asked" if found["opted_in"] is None else show(found["opted_in"], "share")
    return Table(
        caption,
        head,
        (
            ("Told of each person", ", ".join(found["uses"])),
            ("Not told", ", ".join(found["not_told"]) or "nothing is missing"),
            ("Fee of the service a year", show(found["fee"], "rate")),
            ("People put in an earlier target year than by age", show(found["moved_earlier"], "share")),
            ("People put in a later one", show(found["moved_later"], "share")),
            ("People in the same one", show(found["same_vintage"], "share")),
            ("People who chose private sleeves", opted),
            ("Every portfolio is that of the plain vintage", "yes" if found["same_as_vintage"] else "no"),
        ),
    )


def _leverage(found: dict[str, Any]) -> Table:
    fall = show(found["fall"], "fall")
    return Table(
        "Borrowing and what it costs in a fall",
        ("", "figure"),
        (
            ("Assets per dollar of net assets, looked through", show(found["look_through"], "ratio")),
            ("Cost of borrowing a year, of net assets", show(found["cost_yearly"], "rate")),
            (f"Loss of the fund when private holdings fall by {fall}", show(found["loss"], "share")),
            ("The same without borrowing", show(found["loss_unlevered"], "share")),
        ),
    )


def _ask(results: dict[str, Any]) -> Table:
    """Assumed terms that move the answer, the largest effect first, with the two values tried."""
    units = {row["name"]: row["unit"] for row in results["run"]["assumptions"]}
    rows = []
    for term in results["complexity"]["ask_the_manager"]:
        if term["effect"] == 0:
            continue
        unit = units.get(f"fund.{term['key']}", "")
        tried = [assumption_value(term[key], unit) for key in ("low", "high") if term[key] is not None]
        rows.append(
            (
                term["key"],
                assumption_value(term["value"], unit),
                " and ".join(tried) or "none",
                show(term["effect"], "change"),
            )
        )
    return Table(
        "Assumed terms that move the answer, and the most by which they move the median change",
        ("term", "assumed", "tried", "effect"),
        tuple(rows),
    )


def unmoving_terms(results: dict[str, Any], tried: bool) -> tuple[str, ...]:
    """Assumed terms that move nothing, in the order of the results: those that were tried, or those that were not."""
    terms = [term for term in results["complexity"]["ask_the_manager"] if term["effect"] == 0]
    moved = [term["key"] for term in terms if (term["low"] is not None or term["high"] is not None) == tried]
    return tuple(dict.fromkeys(moved))
