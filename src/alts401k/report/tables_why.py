"""Tables of performance: against what, under which set, why, for whom, and what moves the answer."""

from __future__ import annotations

from typing import Any

from alts401k.report.names import GROUP_KINDS, PARTS, group_name, vehicle
from alts401k.report.rows import Table, changes_row
from alts401k.report.words import assumption_value, plain_name, show, show_error, with_error

_CHANGES = (
    ("median_wealth_change", "change"),
    ("p5_wealth_change", "change"),
    ("wealth_p5_change", "change"),
    ("chance_better_off", "share"),
)
_NOT_SIMULATED = ("not simulated", "not simulated", "not simulated", "not simulated")
_CHANGE_WORDS = {
    "median_wealth_change": "Median change of wealth",
    "p5_wealth_change": "Change at the worst twentieth",
    "wealth_p5_change": "Change of the worst twentieth of wealth",
    "chance_better_off": "Chance of being better off",
}


def why_tables(results: dict[str, Any]) -> dict[str, Table]:
    """Tables of the new parts of performance, by name."""
    performance = results["performance"]
    return {
        "headlines": _headlines(performance),
        "matched": _matched(performance["matched"]),
        "alternatives": _alternatives(results),
        "sets": _sets(performance["sets"]),
        "returns": _returns(performance["sets"]),
        "decomposition": _decomposition(performance["decomposition"]),
        "break_even": _break_even(performance["break_even_premium"]),
        "inputs_that_matter": _inputs(performance["inputs_that_matter"]),
        "groups": _groups(performance["by_group"]),
        "generator": _generator(results["run"]["generator"]),
    }


def _headlines(performance: dict[str, Any]) -> Table:
    paired, matched = performance["paired"], performance["matched"]
    return Table(
        "Wealth at 67, after inflation, ± one standard error, against",
        ("", "today's fund", "matched portfolio"),
        tuple(
            (_CHANGE_WORDS[key], with_error(paired[key], kind), with_error(matched[key], kind))
            for key, kind in _CHANGES
        ),
    )


def _matched(matched: dict[str, Any]) -> Table:
    volatility = matched["volatility"]
    return Table(
        "The matched portfolio: the baseline's assets at the proposed fund's true volatility",
        ("", "today's", "matched"),
        (
            *(
                (plain_name(row["asset"]), show(row["baseline"], "share"), show(row["matched"], "share"))
                for row in matched["weights"]
            ),
            ("volatility a year", show(volatility["baseline"], "share"), show(volatility["matched"], "share")),
        ),
    )


def _alternatives(results: dict[str, Any]) -> Table:
    """Named alternatives with why they are similar, and how the proposed fund does against each."""
    found = {row["file"]: row for row in results["performance"]["alternatives"]}
    named = results["run"]["funds"]["alternatives"]
    return Table(
        "The proposed fund against similar alternatives",
        ("fund", "why it is similar", "median", "worst twentieth", "better off", "fees a year"),
        tuple(
            (
                f"{row['name']} ({vehicle(row['vehicle_type'])})",
                row["similar_because"],
                *(
                    (
                        with_error(found[row["file"]]["median_wealth_change"], "change"),
                        with_error(found[row["file"]]["p5_wealth_change"], "change"),
                        with_error(found[row["file"]]["chance_better_off"], "share"),
                        show(found[row["file"]]["fees_total"], "rate"),
                    )
                    if row["file"] in found
                    else _NOT_SIMULATED
                ),
            )
            for row in named
        ),
    )


def _sets(sets: list[dict[str, Any]]) -> Table:
    keys = (
        ("median_wealth_change", "change"),
        ("matched_median_wealth_change", "change"),
        ("p5_wealth_change", "change"),
        ("chance_better_off", "share"),
    )
    return Table(
        f"The same fund under each set of returns, on {show(sets[0]['paths'], 'count')} of the same paths",
        ("set", "median", "median, matched", "worst twentieth", "better off"),
        tuple(changes_row(f"{one['name']}: {one['title']}", one, keys) for one in sets),
    )


def _returns(sets: list[dict[str, Any]]) -> Table:
    assets = dict.fromkeys(row["asset"] for one in sets for row in one["returns"])
    by_set = [{row["asset"]: row for row in one["returns"]} for one in sets]
    return Table(
        "Compound return a year by set: after the manager's fees / before them",
        ("asset", *(one["name"] for one in sets)),
        tuple(
            (
                plain_name(asset),
                *(
                    f"{show(rows[asset]['net'], 'rate')} / {show(rows[asset]['gross'], 'rate')}"
                    if asset in rows
                    else "not used"
                    for rows in by_set
                ),
            )
            for asset in assets
        ),
    )


def _decomposition(found: dict[str, Any]) -> Table:
    errors = found["standard_error"]
    return Table(
        "Where the median change comes from",
        ("part", "points", "standard error"),
        tuple(
            (name, show(found[key], "change"), show_error(errors[key], "change"))
            for key, name in {**PARTS, "total": "total"}.items()
        ),
    )


def _break_even(found: dict[str, Any]) -> Table:
    return Table(
        "Return a year that each asset must earn, all else as assumed, to be even at the median with",
        ("asset", "assumed", "today's fund", "matched portfolio"),
        tuple(
            (
                f"{plain_name(row['asset'])}, {'gross' if row['basis'] == 'gross' else 'net of its managers'}",
                show(row["assumed"], "rate"),
                *(
                    "none within 10 points" if row[who] is None else show(row[who], "rate")
                    for who in ("baseline", "matched")
                ),
            )
            for row in found["returns"]
        ),
    )


def _inputs(rows: list[dict[str, Any]]) -> Table:
    return Table(
        "One input at a time: the values tried, and by how much each moves the median change",
        ("input", "low", "in the case", "high", "at low", "at high", "swing"),
        tuple(
            (
                plain_name(row["title"]),
                *(assumption_value(row[key], row["unit"]) for key in ("low", "base", "high")),
                show(row["change_low"], "change"),
                show(row["change_high"], "change"),
                f"{show(row['swing'], 'rate')} ± {show_error(row['standard_error'], 'rate')}",
            )
            for row in rows
        ),
    )


def _groups(groups: list[dict[str, Any]]) -> Table:
    keys = (
        ("median_wealth_change", "change"),
        ("p5_wealth_change", "change"),
        ("chance_worse_off", "share"),
    )
    rows = []
    for kind in GROUP_KINDS:
        for g in (g for g in groups if g["group"] == kind):
            name, *figures = changes_row(group_name(g), g, keys)
            rows.append((name, show(g["people"], "count"), *figures))
    return Table(
        "Change of wealth at 67 by group, against today's fund",
        ("group", "people", "median", "worst twentieth", "worse off"),
        tuple(rows),
    )


def _generator(generator: dict[str, Any]) -> Table:
    return Table(
        "What the set asks of each asset, and what the draws have",
        ("asset", "return, set", "return, drawn", "sd, set", "sd, drawn"),
        tuple(
            (
                plain_name(row["asset"]),
                show(row["set_mean"], "rate"),
                show(row["drawn_mean"], "rate"),
                show(row["set_sd"], "share"),
                show(row["drawn_sd"], "share"),
            )
            for row in generator["assets"]
        ),
    )
