"""Pictures of the results as SVG text: same results, same bytes. Geometry of a drawing only, no statistics."""

from __future__ import annotations

import io
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from alts401k.report.words import plain_name, short_usd, show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PROPOSED, BASELINE, INK, RULE, BAD = "#0b6e6e", "#b4621b", "#22303a", "#d5dbe0", "#a3263b"
_LAYERS = (
    "#0b6e6e",
    "#b4621b",
    "#3f5d8c",
    "#8a5a83",
    "#7a7f2e",
    "#4f8fb3",
    "#a3263b",
    "#6b7680",
    "#c79a2b",
    "#2f7d4f",
)
_STYLE = {
    "svg.hashsalt": "alts401k",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "axes.formatter.use_mathtext": False,
    "path.simplify": False,
}
_SEEN = 0.002  # share of months below which a bin of the histogram is too thin to see
_WIDTH, _HEIGHT = 5.0, 3.1  # inches at 72 units: narrow, so that text stays readable on a phone


def charts(results: dict[str, Any]) -> dict[str, str]:
    """SVG text by name: fan, income, ages, fees; with a private sleeve also weights, gates, gate_years, dilution."""
    import matplotlib

    private = any(sleeve["private"] for sleeve in results["complexity"]["structure"])
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **_STYLE}):
        return {
            name: _svg(draw(results), name, alt)
            for name, (draw, alt) in _DRAWERS.items()
            if private or name not in _PRIVATE
        }


def _canvas(height: float = _HEIGHT) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _svg(figure: Figure, name: str, alt: str) -> str:
    """Figure as inline SVG: no declaration, no date, ids of its own, the font of the page, `alt` read aloud."""
    out = io.StringIO()
    figure.savefig(
        out,
        format="svg",
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        transparent=True,
    )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg [^>]*?) height="[^"]*"', rf'\1 role="img" aria-label="{alt}"', text, count=1)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = text.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "").replace("xlink:href", "href")
    text = re.sub(r"'DejaVu Sans'(, [^;\"]*)?", "inherit", text)
    text = text.replace("font: 11px inherit", "font-size: 11px")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _fan(results: dict[str, Any]) -> Figure:
    from matplotlib.ticker import LogLocator

    fan = results["performance"]["wealth_fan"]
    figure, axes = _canvas(3.4)
    for who, colour, label in (
        ("baseline", BASELINE, "today's fund"),
        ("proposed", PROPOSED, "proposed fund"),
    ):
        band = fan[who]
        axes.fill_between(fan["years"], band["p5"], band["p95"], color=colour, alpha=0.16, linewidth=0)
        axes.plot(
            fan["years"],
            band["p50"],
            color=colour,
            linewidth=2,
            label=f"{label}, median",
            linestyle="-" if who == "proposed" else (0, (4, 2)),
        )
        for edge in ("p5", "p95"):
            axes.plot(
                fan["years"],
                band[edge],
                color=colour,
                linewidth=0.8,
                linestyle="-" if who == "proposed" else (0, (4, 2)),
            )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"${value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: "")
    axes.set_xlabel("years from the start")
    axes.set_ylabel("real value of $1")
    axes.grid(axis="y")
    axes.legend(frameon=False, loc="upper left")
    return figure


def _income(results: dict[str, Any]) -> Figure:
    income = results["performance"]["income_replacement"]
    figure, axes = _canvas(1.9)
    for row, (who, colour) in enumerate((("baseline", BASELINE), ("proposed", PROPOSED))):
        at = income[who]
        axes.plot([at["p5"], at["p95"]], [row, row], color=colour, linewidth=2, solid_capstyle="round")
        axes.plot(
            [at["p25"], at["p75"]], [row, row], color=colour, linewidth=12, alpha=0.55, solid_capstyle="butt"
        )
        axes.plot(
            [at["p50"]],
            [row],
            marker="o",
            color="white",
            markeredgecolor=colour,
            markersize=9,
            markeredgewidth=2,
        )
    axes.set_yticks([0, 1], ["today's", "proposed"])
    axes.set_ylim(-0.6, 1.6)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.set_xlabel("income from the account, share of pay")
    axes.grid(axis="x")
    return figure


def _ages(results: dict[str, Any]) -> Figure:
    groups = results["performance"]["by_age"]
    figure, axes = _canvas(2.7)
    rows = list(range(len(groups)))
    bad, mid = [g["p5_wealth_change"] for g in groups], [g["median_wealth_change"] for g in groups]
    axes.hlines(rows, bad, mid, color=RULE, linewidth=4)
    axes.plot(bad, rows, "s", color=BAD, markersize=7, label="worst twentieth")
    axes.plot(mid, rows, "o", color=PROPOSED, markersize=8, label="median")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(rows, [f"{g['age_from'] or ''} to {g['age_to']}".strip() for g in groups])
    axes.invert_yaxis()
    axes.set_ylabel("age now")
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:+g}%" if value else "0")
    axes.xaxis.set_major_locator(_few_ticks())
    axes.set_xlabel("change of wealth at 67")
    axes.grid(axis="x")
    figure.legend(frameon=False, loc="outside upper left", ncols=2)
    return figure


def layer_names(results: dict[str, Any]) -> list[str]:
    """Fee layers of either fund, dearest in the proposed fund first, ties by name."""
    proposed, baseline = (results["fees"]["per_1000_usd"][who] for who in ("proposed", "baseline"))
    return sorted({**proposed, **baseline}, key=lambda name: (-proposed.get(name, 0.0), name))


def _fees(results: dict[str, Any]) -> Figure:
    per_1000 = results["fees"]["per_1000_usd"]
    names = layer_names(results)
    figure, axes = _canvas(2.9)
    for row, who in ((0, "baseline"), (1, "proposed")):
        costs = [per_1000[who].get(name, 0.0) for name in names]
        starts = [0.0, *accumulate(costs)]
        for i, (cost, start) in enumerate(zip(costs, starts)):
            axes.barh(
                row,
                cost,
                left=start,
                height=0.55,
                color=_LAYERS[i % len(_LAYERS)],
                edgecolor="white",
                linewidth=0.6,
                label=plain_name(names[i]) if row else None,
            )
    axes.set_yticks([0, 1], ["today's", "proposed"])
    axes.xaxis.set_major_formatter(lambda value, _: f"${value:g}")
    axes.set_xlabel("dollars a year for each $1,000")
    axes.grid(axis="x")
    if names:
        figure.legend(frameon=False, loc="outside lower left", ncols=2, fontsize=10)
    return figure


def _weights(results: dict[str, Any]) -> Figure:
    weight = results["liquidity"]["private_weight"]
    histogram = weight["histogram"]
    figure, axes = _canvas(2.7)
    axes.stairs(histogram["share"], histogram["edges"], fill=True, color=PROPOSED, alpha=0.75)
    for name, style in (("p50", "-"), ("p95", (0, (4, 2))), ("max", (0, (1, 1.5)))):
        label = {"p50": "median", "p95": "95th percentile", "max": "largest"}[name]
        axes.axvline(
            weight[name],
            color=INK,
            linewidth=1.3,
            linestyle=style,
            label=f"{label} {show(weight[name], 'share')}",
        )
    axes.set_ylim(bottom=0)
    seen = [
        edge for edge, share in zip(histogram["edges"][1:], histogram["share"], strict=True) if share >= _SEEN
    ]
    axes.set_xlim(0, max([*seen, weight["p95"]]) * 1.05)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.xaxis.set_major_locator(_few_ticks())
    axes.set_xlabel("private weight of a vintage, as reported")
    axes.set_ylabel("share of months")
    figure.legend(frameon=False, loc="outside upper left", ncols=2, fontsize=10)
    return figure


def _gates(results: dict[str, Any]) -> Figure:
    gates = results["liquidity"]["gate_probability"]
    names = ("building_block", "sleeve", "plan")
    values = [gates[name] for name in names]
    figure, axes = _canvas(2.1)
    bars = axes.barh([2, 1, 0], values, height=0.55, color=[BASELINE, PROPOSED, BAD])
    axes.bar_label(bars, [show(value, "rate") for value in values], padding=4)
    axes.set_yticks([2, 1, 0], ["building block", "sleeve", "plan"])
    axes.set_xlim(0, max(0.01, *values) * 1.25)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.xaxis.set_major_locator(_few_ticks())
    axes.set_xlabel("chance of at least one gate in a year")
    axes.grid(axis="x")
    return figure


def _gate_years(results: dict[str, Any]) -> Figure:
    by_year = results["liquidity"]["gate_probability"]["by_year"]
    figure, axes = _canvas(2.5)
    styles = (
        ("building_block", BASELINE, (0, (4, 2))),
        ("sleeve", PROPOSED, "-"),
        ("plan", BAD, "-"),
    )
    for name, colour, style in styles:
        years = range(1, len(by_year[name]) + 1)
        axes.plot(years, by_year[name], color=colour, linestyle=style, linewidth=2, label=plain_name(name))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g}%")
    axes.set_xlabel("year of the run")
    axes.set_ylabel("paths with a gate")
    axes.grid(axis="y")
    figure.legend(frameon=False, loc="outside upper left", ncols=3, fontsize=10)
    return figure


def _dilution(results: dict[str, Any]) -> Figure:
    moved = results["valuation"]["dilution_usd_per_year"]
    names = ("leavers", "joiners", "stayers")
    values = [moved[name] for name in names]
    figure, axes = _canvas(2.1)
    bars = axes.barh([2, 1, 0], values, height=0.55, color=[PROPOSED if v >= 0 else BAD for v in values])
    axes.bar_label(bars, [short_usd(value) for value in values], padding=4)
    axes.set_yticks([2, 1, 0], list(names))
    reach = max(1.0, *(abs(value) for value in values)) * 1.9
    axes.set_xlim(-reach, reach)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda value, _: short_usd(value) if value else "$0")
    axes.xaxis.set_major_locator(_few_ticks(4))
    axes.set_xlabel("gained (+) or paid (-) a year")
    axes.grid(axis="x")
    return figure


def _few_ticks(count: int = 6) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(count)


_PRIVATE = (
    "weights",
    "gates",
    "gate_years",
    "dilution",
)  # nothing to see in these when every sleeve deals daily
_DRAWERS = {
    "fan": (_fan, "Fan chart: real value of one dollar over the years, median and range of both funds."),
    "income": (
        _income,
        "Ranges of income replacement, proposed and today's fund. The table has the figures.",
    ),
    "ages": (_ages, "Median and worst-twentieth change of wealth by age group. The table has the figures."),
    "fees": (_fees, "Stacked bars of cost by layer for each $1,000. The table has the figures."),
    "weights": (_weights, "Histogram of the private weight with median, 95th percentile and largest value."),
    "gates": (_gates, "Bars of the chance of a gate in a year by level. The table has the figures."),
    "gate_years": (_gate_years, "Lines of the share of paths with a gate in each year of the run, by level."),
    "dilution": (
        _dilution,
        "Bars of dollars gained or paid by leavers, joiners and stayers. The table has the figures.",
    ),
}
