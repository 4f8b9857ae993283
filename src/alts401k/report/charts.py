"""Pictures of the results as SVG text: same results, same bytes. Geometry of a drawing only, no statistics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from alts401k.report.drawing import (
    INK,
    RULE,
    WIDTH,
    Plot,
    legend,
    legend_height,
    log_ticks,
    ticks,
    whole_ticks,
    words_width,
)
from alts401k.report.names import GROUP_KINDS, PARTS, group_name
from alts401k.report.words import plain_name, short_usd, show

PROPOSED, BASELINE, MATCHED, BAD = "#0b6e6e", "#b4621b", "#3f5d8c", "#a3263b"
_LAYERS = (
    *(PROPOSED, BASELINE, MATCHED, "#8a5a83", "#7a7f2e"),
    *("#4f8fb3", BAD, "#6b7680", "#c79a2b", "#2f7d4f"),
)
_SEEN = 0.002  # share of months below which a bin of the histogram is too thin to see
_ROW = 26.0  # height of one lying bar
_FOOT = 40.0  # room for the names of ticks and a title below them
_LABEL = 0.3  # of a picture's width, kept free for words beside its bars
_DASH = "5 3"
_AGAINST = "against today's fund"
_WITH_MATCHED = "against the matched portfolio"


def charts(results: dict[str, Any]) -> dict[str, str]:
    """SVG text by name; those about private assets only where the fund holds one, others only with something to see."""
    private = any(sleeve["private"] for sleeve in results["complexity"]["structure"])
    drawn = {}
    for name, (draw, alt) in _DRAWERS.items():
        if (private or name not in _PRIVATE) and (name not in _NEEDS or _NEEDS[name](results)):
            drawn[name] = draw(results).svg(alt)
    return drawn


def layer_names(results: dict[str, Any]) -> list[str]:
    """Fee layers of either fund, dearest in the proposed fund first, ties by name."""
    proposed, baseline = (results["fees"]["per_1000_usd"][who] for who in ("proposed", "baseline"))
    return sorted({**proposed, **baseline}, key=lambda name: (-proposed.get(name, 0.0), name))


def _percent(value: float) -> str:
    return f"{100 * value:.4g}%"


def _signed(value: float) -> str:
    return f"{100 * value:+.4g}%" if abs(value) > 1e-12 else "0"


def _reach(values: Sequence[float], least: float = 0.0, room: float = 0.06) -> tuple[float, float]:
    """From the smallest to the largest value, zero always inside, with some room; never of no width."""
    low, high = min(0.0, *values), max(0.0, *values)
    high = max(high, least) if low > -least else high
    pad = room * (high - low) or 0.01
    return (low - pad if low < 0 else 0.0), high + pad


def _rows(
    names: Sequence[str], across: tuple[float, float], entries: Sequence[tuple[str, str, str]] = (), row: float = _ROW
) -> Plot:
    """A picture of named rows with a legend above it."""
    top = legend_height(entries) + 6.0 if entries else 4.0
    plot = Plot(top + row * len(names) + _FOOT, across, rows=names, top=top, bottom=_FOOT)
    if entries:
        legend(plot, entries, 8.0)
    return plot


def _fan(results: dict[str, Any]) -> Plot:
    fan = results["performance"]["wealth_fan"]
    years = fan["years"]
    values = [v for who in ("proposed", "baseline") for key in ("p5", "p95") for v in fan[who][key]]
    entries = (("proposed fund, median", PROPOSED, "line"), ("today's fund, median", BASELINE, "dash"))
    low, high = 0.92 * min(values), 1.08 * max(values)
    across = (years[0], max(years[-1], years[0] + 1))
    plot = Plot(250.0, across, (low, high), log=True, top=36.0, margin=40.0)
    legend(plot, entries, 8.0)
    plot.axis_up(log_ticks(low, high), lambda v: f"${v:g}")
    for who, colour, dash in (("baseline", BASELINE, _DASH), ("proposed", PROPOSED, "")):
        band = fan[who]
        bottom, top = list(zip(years, band["p5"])), list(zip(years, band["p95"]))
        plot.area([*bottom, *reversed(top)], colour, 0.16)
        for edge in (bottom, top):
            plot.line(edge, colour, 0.8, dash)
        plot.line(zip(years, band["p50"]), colour, 2.2, dash)
    plot.axis_across(whole_ticks(*across), lambda v: f"{v:g}", "years from the start", grid=False)
    return plot


def _income(results: dict[str, Any]) -> Plot:
    income = results["performance"]["income_replacement"]
    high = 1.06 * max(income[who]["p95"] for who in ("proposed", "baseline"))
    plot = _rows(("proposed", "today's"), (0.0, high or 1.0), row=34.0)
    plot.axis_across(ticks(0.0, high), _percent, "income from the account, share of pay")
    for row, (who, colour) in enumerate((("proposed", PROPOSED), ("baseline", BASELINE))):
        at = income[who]
        plot.line([(at["p5"], row), (at["p95"], row)], colour, 2.0)
        plot.bar(row, at["p25"], at["p75"], colour, 0.36)
        plot.dot(at["p50"], row, colour, hollow=True)
    plot.row_names()
    return plot


def _sets(results: dict[str, Any]) -> Plot:
    sets = results["performance"]["sets"]
    keys = (("median_wealth_change", PROPOSED, False), ("matched_median_wealth_change", MATCHED, True))
    found = [s[key] for s in sets for key, _, _ in keys]
    values = [one["value"] + side * 2 * one["standard_error"] for one in found for side in (-1, 1)]
    across = _reach(values)
    entries = ((f"median {_AGAINST}", PROPOSED, "dot"), (f"median {_WITH_MATCHED}", MATCHED, "square"))
    plot = _rows([s["name"] for s in sets], across, entries, 32.0)
    plot.axis_across(ticks(*across), _signed, "median change of wealth at 67")
    plot.upright(0.0)
    for row, one in enumerate(sets):
        for key, colour, square in keys:
            value, reach = one[key]["value"], 2 * one[key]["standard_error"]
            at = row + (0.16 if square else -0.16)
            plot.line([(value - reach, at), (value + reach, at)], colour, 1.4)
            plot.dot(value, at, colour, square=square)
    plot.row_names()
    return plot


def _groups(results: dict[str, Any]) -> Plot:
    groups = results["performance"]["by_group"]
    ordered = [g for kind in GROUP_KINDS for g in groups if g["group"] == kind]
    across = _reach([g[key]["value"] for g in ordered for key in ("median_wealth_change", "p5_wealth_change")])
    entries = (("median", PROPOSED, "dot"), ("worst twentieth", BAD, "square"))
    plot = _rows([group_name(g) for g in ordered], across, entries, 22.0)
    plot.axis_across(ticks(*across, 5), _signed, "change of wealth at 67, against today's fund")
    plot.upright(0.0)
    for row, g in enumerate(ordered):
        mid, bad = g["median_wealth_change"]["value"], g["p5_wealth_change"]["value"]
        plot.line([(bad, row), (mid, row)], RULE, 4.0)
        plot.dot(bad, row, BAD, square=True)
        plot.dot(mid, row, PROPOSED)
    plot.row_names()
    return plot


def _decomposition(results: dict[str, Any]) -> Plot:
    """A waterfall: each part starts where the one above it ended."""
    parts = results["performance"]["decomposition"]
    names = [name for name in PARTS if name != "residual"]
    ends = list(accumulate(parts[name] for name in names))
    low, high = _reach([*ends, parts["total"]])
    across = (low, high + _LABEL * (high - low))
    plot = _rows([*(PARTS[name] for name in names), "total"], across)
    plot.axis_across(ticks(*across, 5), _signed, "change of the median wealth at 67")
    plot.upright(0.0)
    for row, (name, start, end) in enumerate(zip(names, [0.0, *ends], ends)):
        plot.bar(row, start, end, PROPOSED if end >= start else BAD)
        if row + 1 < len(names):
            plot.line([(end, row - 0.28), (end, row + 1.28)], INK, 0.7)
        plot.note(row, start, end, show(parts[name], "change"))
    plot.bar(len(names), 0.0, parts["total"], MATCHED)
    plot.note(len(names), 0.0, parts["total"], show(parts["total"], "change"))
    plot.row_names()
    return plot


def _break_even(results: dict[str, Any]) -> Plot:
    found = results["performance"]["break_even_premium"]
    curve = found["curve"]
    lines = (("baseline", _AGAINST, PROPOSED, ""), ("matched", _WITH_MATCHED, MATCHED, _DASH))
    entries = [(words, colour, "dash" if dash else "line") for _, words, colour, dash in lines]
    entries.append(("break-even", INK, "ring"))
    premiums = [point["premium"] for point in curve]
    low, high = _reach([point[who]["value"] for point in curve for who, *_ in lines])
    top = legend_height(entries) + 20.0
    plot = Plot(230.0 + top, (premiums[0], max(premiums[-1], premiums[0] + 0.01)), (low, high), top=top, margin=44.0)
    legend(plot, entries, 8.0)
    plot.axis_up(ticks(low, high), _signed)
    plot.line([(plot.across[0], 0.0), (plot.across[1], 0.0)], INK, 1.0)
    assumed = found["assumed"]
    if assumed is not None and plot.across[0] <= assumed <= plot.across[1]:
        plot.upright(assumed, INK, 1.0, "2 2")
        words = f"assumed {show(assumed, 'rate')}"
        half = words_width(words) / 2
        plot.words(min(max(plot.x(assumed), half), WIDTH - half), plot.top - 7, words, "middle")
    for who, _, colour, dash in lines:
        plot.line([(point["premium"], point[who]["value"]) for point in curve], colour, 2.2, dash)
        if found[who] is not None and plot.across[0] <= found[who] <= plot.across[1]:
            plot.dot(found[who], 0.0, colour, hollow=True)
    plot.axis_across(ticks(*plot.across), _signed, "premium over its public counterpart, a year", grid=False)
    return plot


def _inputs(results: dict[str, Any]) -> Plot:
    """A tornado: by how much the low and the high value of each input, one at a time, move the median change."""
    rows = results["performance"]["inputs_that_matter"][:10]
    across = _reach([row[key] for row in rows for key in ("change_low", "change_high")])
    entries = (("at the low value", BASELINE, "bar"), ("at the high value", PROPOSED, "bar"))
    top = legend_height(entries) + 4.0
    plot = Plot(top + 37.0 * len(rows) + _FOOT, across, (len(rows) - 0.5, -0.5), margin=12.0, top=top)
    legend(plot, entries, 8.0)
    plot.axis_across(ticks(*across), _signed, "moves the median change by")
    for number, row in enumerate(rows):
        plot.heading(number - 0.27, plain_name(row["title"]))
        for key, colour in (("change_low", BASELINE), ("change_high", PROPOSED)):
            plot.bar(number + 0.2, 0.0, row[key], colour, 0.36)
        plot.line([(0.0, number - 0.04), (0.0, number + 0.44)], INK, 1.2)
    return plot


def _fees(results: dict[str, Any]) -> Plot:
    per_1000 = results["fees"]["per_1000_usd"]
    names = layer_names(results)
    colours = {name: _LAYERS[i % len(_LAYERS)] for i, name in enumerate(names)}
    entries = [(plain_name(name), colours[name], "bar") for name in names]
    high = 1.06 * max([0.01, *(x for who in ("proposed", "baseline") for x in accumulate(per_1000[who].values()))])
    plot = _rows(("proposed", "today's"), (0.0, high), entries, 36.0)
    plot.axis_across(ticks(0.0, high), lambda v: f"${v:g}", "dollars a year for each $1,000")
    for row, who in enumerate(("proposed", "baseline")):
        costs = [per_1000[who].get(name, 0.0) for name in names]
        for name, cost, start in zip(names, costs, [0.0, *accumulate(costs)]):
            if cost > 0:
                plot.bar(row, start, start + cost, colours[name], 0.6, "#ffffff")
    plot.row_names()
    return plot


def _weights(results: dict[str, Any]) -> Plot:
    weight = results["liquidity"]["private_weight"]
    histogram = weight["histogram"]
    marks = (("p50", "median", ""), ("p95", "95th percentile", "5 3"), ("max", "largest", "1.5 2"))
    kinds = {"": "line", "5 3": "dash", "1.5 2": "dots"}
    entries = [(f"{words} {show(weight[key], 'share')}", INK, kinds[dash]) for key, words, dash in marks]
    bins = list(zip(histogram["edges"], histogram["edges"][1:], histogram["share"]))
    seen = [edge for _, edge, share in bins if share >= _SEEN]
    across = (0.0, 1.05 * max([*seen, weight["p95"], 0.01]))
    top = legend_height(entries) + 8.0
    plot = Plot(150.0 + top + _FOOT, across, (0.0, 1.08 * max([share for *_, share in bins] + [0.01])), top=top)
    legend(plot, entries, 8.0)
    plot.axis_up(ticks(*plot.up, 5), _percent)
    for left, right, share in bins:
        if share > 0 and left < across[1]:
            plot.box(left, min(right, across[1]), 0.0, share, PROPOSED)
    for key, _, dash in marks:
        if weight[key] <= across[1]:
            plot.upright(weight[key], INK, 1.4, dash)
    title = "private weight, as reported (up: share of months)"
    plot.axis_across(ticks(*across), _percent, title, grid=False)
    return plot


def _stresses(results: dict[str, Any]) -> Plot:
    stresses = results["liquidity"]["stresses"]
    keys = ("private_weight_start", "private_weight_max")
    across = (0.0, 1.12 * max(0.01, *(stress[key] for stress in stresses for key in keys)))
    entries = (("at the start", BASELINE, "ring"), ("largest", BAD, "dot"))
    top = legend_height(entries) + 4.0
    plot = Plot(top + 36.0 * len(stresses) + _FOOT, across, (len(stresses) - 0.5, -0.5), margin=12.0, top=top)
    legend(plot, entries, 8.0)
    plot.axis_across(ticks(*across), _percent, "private weight, as reported")
    for row, stress in enumerate(stresses):
        start, most = (stress[key] for key in keys)
        plot.heading(row - 0.26, stress["title"].split(":")[0])
        plot.line([(start, row + 0.18), (most, row + 0.18)], RULE, 4.0)
        plot.dot(start, row + 0.18, BASELINE, hollow=True)
        plot.dot(most, row + 0.18, BAD)
    return plot


def _breaking(results: dict[str, Any]) -> Plot:
    found = results["liquidity"]["smallest_breaking_outflow"]
    rows = (
        ("on the opening day", "opening"),
        (f"after {found['years']} years, median", "value"),
        ("worst twentieth", "p5"),
        (f"after a fall of {show(found['fall'], 'fall')}", "after_fall"),
    )
    plot = _rows([name for name, _ in rows], (0.0, 1.18))
    plot.axis_across([0.0, 0.25, 0.5, 0.75, 1.0], _percent, "share of the fund leaving within 30 days")
    for row, (_, key) in enumerate(rows):
        plot.bar(row, 0.0, found[key], BAD if key in ("p5", "after_fall") else PROPOSED)
        plot.note(row, 0.0, found[key], "none" if found[key] >= 1 else show(found[key], "share"))
    plot.row_names()
    return plot


def _gates(results: dict[str, Any]) -> Plot:
    gates = results["liquidity"]["gate_probability"]
    rows = (("building_block", BASELINE), ("sleeve", PROPOSED), ("plan", BAD))
    across = (0.0, 1.25 * max(0.01, *(gates[name] for name, _ in rows)))
    plot = _rows([plain_name(name) for name, _ in rows], across)
    plot.axis_across(ticks(*across, 5), _percent, "chance of at least one gate in a year")
    for row, (name, colour) in enumerate(rows):
        plot.bar(row, 0.0, gates[name], colour)
        plot.note(row, 0.0, gates[name], show(gates[name], "rate"))
    plot.row_names()
    return plot


def _gate_years(results: dict[str, Any]) -> Plot:
    by_year = results["liquidity"]["gate_probability"]["by_year"]
    lines = (("building_block", BASELINE, _DASH), ("sleeve", PROPOSED, ""), ("plan", BAD, ""))
    entries = [(plain_name(name), colour, "dash" if dash else "line") for name, colour, dash in lines]
    years = len(by_year["plan"])
    up = (0.0, 1.08 * max(0.01, *(v for name, *_ in lines for v in by_year[name])))
    plot = Plot(196.0, (1.0, max(years, 2)), up, top=26.0)
    legend(plot, entries, 8.0)
    plot.axis_up(ticks(*up, 5), _percent)
    for name, colour, dash in lines:
        if years > 1:
            plot.line(zip(range(1, years + 1), by_year[name]), colour, 2.0, dash)
        else:
            plot.dot(1.0, by_year[name][0], colour)
    title = "year of the run (up: paths with a gate)"
    plot.axis_across(whole_ticks(1.0, max(years, 2)), lambda v: f"{v:g}", title, grid=False)
    return plot


def _dilution(results: dict[str, Any]) -> Plot:
    moved = results["valuation"]["dilution_usd_per_year"]
    names = ("leavers", "joiners", "stayers")
    reach = max(1.0, *(abs(moved[name]) for name in names)) * 1.9
    plot = _rows(names, (-reach, reach))
    plot.axis_across(
        ticks(-reach, reach, 4), lambda v: short_usd(v) if abs(v) > 1e-9 else "$0", "gained (+) or paid (-) a year"
    )
    plot.upright(0.0)
    for row, name in enumerate(names):
        value = moved[name]
        plot.bar(row, 0.0, value, PROPOSED if value >= 0 else BAD)
        plot.note(row, 0.0, value, short_usd(value))
    plot.row_names()
    return plot


_PRIVATE = (  # nothing to see in these when every sleeve deals daily
    *("weights", "gates", "gate_years", "dilution", "stresses", "breaking"),
)
_NEEDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "break_even": lambda results: results["performance"]["break_even_premium"]["curve"],
    "inputs": lambda results: results["performance"]["inputs_that_matter"],
    "groups": lambda results: results["performance"]["by_group"],
    "sets": lambda results: results["performance"]["sets"],
    "stresses": lambda results: results["liquidity"]["stresses"],
}
_IN_TABLE = "The table has the figures."
_DRAWERS: dict[str, tuple[Callable[[dict[str, Any]], Plot], str]] = {
    "fan": (_fan, "Fan chart: real value of one dollar over the years, median and range of both funds."),
    "income": (_income, f"Ranges of income replacement, proposed and today's fund. {_IN_TABLE}"),
    "sets": (_sets, f"Median change under each set of returns, against two yardsticks. {_IN_TABLE}"),
    "groups": (_groups, f"Median and worst-twentieth change of wealth by group of people. {_IN_TABLE}"),
    "decomposition": (_decomposition, f"Waterfall of the parts of the median change. {_IN_TABLE}"),
    "break_even": (_break_even, "Lines of the median change against the premium of the private asset."),
    "inputs": (_inputs, f"Bars of how far a low and a high value of each input move the median change. {_IN_TABLE}"),
    "fees": (_fees, f"Stacked bars of cost by layer for each $1,000. {_IN_TABLE}"),
    "weights": (_weights, "Histogram of the private weight with median, 95th percentile and largest value."),
    "stresses": (_stresses, f"Private weight at the start and at its largest in each named stress. {_IN_TABLE}"),
    "breaking": (_breaking, f"Bars of the smallest outflow that breaks the fund, in four states. {_IN_TABLE}"),
    "gates": (_gates, f"Bars of the chance of a gate in a year by level. {_IN_TABLE}"),
    "gate_years": (_gate_years, "Lines of the share of paths with a gate in each year of the run, by level."),
    "dilution": (_dilution, f"Bars of dollars gained or paid by leavers, joiners and stayers. {_IN_TABLE}"),
}
