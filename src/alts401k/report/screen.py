"""The result on one screen: at most 28 lines of 80 columns, plain text."""

from __future__ import annotations

import textwrap
from typing import Any

from alts401k.fiduciary import arguments
from alts401k.report.shape import validate
from alts401k.report.words import outline, short_usd, show, with_error

WIDTH, LINES = 80, 28
_KEPT = 77  # columns of a line that is cut, before the dots
_LABEL = 36


def summary(results: dict[str, Any]) -> str:
    """Results as at most 28 lines of at most 80 characters; raises ResultsInvalid on results of another shape."""
    validate(results)
    lines = [*_head(results["run"]), *_people(results["performance"]), *_wrong(results), *_sure(results)]
    return "\n".join(lines[:LINES])


def _cut(text: str, width: int = WIDTH) -> str:
    return textwrap.shorten(text, width, placeholder="...")


def _wrap(text: str, lines: int, first: str = "", rest: str = "  ") -> list[str]:
    """Text in at most `lines` lines of the screen's width, the last one cut if need be."""
    wrapper = textwrap.TextWrapper(
        WIDTH, initial_indent=first, subsequent_indent=rest, max_lines=lines, placeholder="..."
    )
    return wrapper.wrap(text)


def _row(label: str, text: str) -> str:
    return _cut_line(f"  {label:<{_LABEL}}{text}")


def _cut_line(text: str) -> str:
    text = text.rstrip()
    return text if len(text) <= WIDTH else text[:_KEPT] + "..."


def _head(run: dict[str, Any]) -> list[str]:
    proposed, baseline = run["funds"]["proposed"], run["funds"]["baseline"]
    model = outline(proposed["modelled_on"])
    left = f", {show(run['left_out_67'], 'count')} left out (67 or older)" if run["left_out_67"] else ""
    return [
        _cut(proposed["name"]),
        _cut(f"against today's fund: {baseline['name']}"),
        *_wrap(f"{model} {run['terms_public']} terms public, {run['terms_assumed']} assumed.", 2, "", ""),
        _cut_line(
            f"{show(run['people'], 'count')} people{left}, {run['years']} years,"
            f" {show(run['paths'], 'count')} paths, seed {run['seed']}"
        ),
    ]


def _people(performance: dict[str, Any]) -> list[str]:
    paired, matched, income = (performance[key] for key in ("paired", "matched", "income_replacement"))
    at = income["proposed"]
    sets, needed = performance["sets"], performance["break_even_premium"]
    return [
        "FOR OUR PEOPLE at 67, after inflation; Social Security and tax are outside",
        "  +/- one standard error of the draws; matched: public assets, same true risk",
        *(
            _row(label, f"{with_error(paired[key], kind, '+/-')}, matched {with_error(matched[key], kind, '+/-')}")
            for label, key, kind in (
                ("Median change of wealth", "median_wealth_change", "change"),
                ("Change at the worst twentieth", "p5_wealth_change", "change"),
                ("Chance of being better off", "chance_better_off", "share"),
            )
        ),
        _cut_line(f"  Median, {show(sets[0]['paths'], 'count')} paths: {', '.join(_set(one) for one in sets)}"),
        _row("Premium a year that breaks even", _premium(needed)),
        _row(
            "Income replacement (90% range)",
            f"{show(at['p50'], 'share')} ({show(at['p5'], 'share')} to {show(at['p95'], 'share')}),"
            f" today's {show(income['baseline']['p50'], 'share')}",
        ),
    ]


def _set(one: dict[str, Any]) -> str:
    return f"{one['name']} {show(one['median_wealth_change']['value'], 'change')}"


def _premium(needed: dict[str, Any]) -> str:
    """The premium of the private asset at which the median change is nil, against both yardsticks."""
    if needed["asset"] is None:
        return "holds no private asset"
    today, matched = ("none" if needed[key] is None else show(needed[key], "rate") for key in ("baseline", "matched"))
    return f"{today}, matched {matched}; assumed {show(needed['assumed'], 'rate')}"


def _wrong(results: dict[str, Any]) -> list[str]:
    liquidity, fees = results["liquidity"], results["fees"]["total"]
    weight, gates, outflow, moved = (
        liquidity["private_weight"],
        liquidity["gate_probability"],
        liquidity["smallest_breaking_outflow"],
        results["valuation"]["dilution_usd_per_year"],
    )
    worst = results["performance"]["paired"]["wealth_p5_change"]
    complexity = results["complexity"]
    layers, leverage = complexity["layers"], complexity["look_through_leverage"]
    return [
        "WHAT COULD GO WRONG, AND WHAT IT COSTS",
        _row("Bad lifetimes: worst twentieth", with_error(worst, "change", "+/-")),
        _row("Outflow in 30 days that breaks it", _outflow(outflow)),
        _row(
            "Private weight 50% / 95% / largest",
            " / ".join(show(weight[key], "share") for key in ("p50", "p95", "max")),
        ),
        _row(
            "Gates a year block/sleeve/plan",
            " / ".join(show(gates[key], "rate") for key in ("building_block", "sleeve", "plan"))
            + f" (20 y: {show(gates['first_20_years']['plan'], 'rate')})",
        ),
        _row(
            "Late prices leavers/joiners/stayers",
            " / ".join(short_usd(moved[key]) for key in ("leavers", "joiners", "stayers")),
        ),
        _row(
            "Fees a year, every layer",
            f"{show(fees['proposed'], 'rate')} against {show(fees['baseline'], 'rate')}",
        ),
        _row(
            "Layers; assets per net dollar",
            f"{layers['proposed']} against {layers['baseline']};"
            f" {show(leverage['proposed'], 'ratio')} against {show(leverage['baseline'], 'ratio')}",
        ),
    ]


def _outflow(found: dict[str, Any]) -> str:
    usual, fallen = ("none" if found[key] >= 1 else show(found[key], "share") for key in ("value", "after_fall"))
    return f"{usual}; after a fall of {show(found['fall'], 'fall')}: {fallen}"


def _sure(results: dict[str, Any]) -> list[str]:
    first = arguments(results).how_sure[0]
    words = first.text.format(
        *[
            with_error({"value": n.value, "standard_error": n.standard_error}, n.kind, "+/-")
            if n.standard_error is not None
            else show(n.value, n.kind)
            for n in first.numbers
        ]
    )
    return [
        "HOW SURE",
        *_wrap(f"{words} All of it holds for the assumptions stated.", 3, "  "),
        *_wrap(f"Law: {results['run']['status_line']}", 2),
        f"Run {results['run']['id'][:16]}",
    ]
