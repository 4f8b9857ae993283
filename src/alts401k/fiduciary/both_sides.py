"""The case for and the case against a fund, argued from one run with equal room for each, and what must be true."""

from __future__ import annotations

from typing import Any, NamedTuple

from alts401k.fiduciary.answers import (
    CLEAR,
    break_even,
    breaking,
    clear,
    has_private,
    leaving,
    needed_returns,
    sceptics,
    suits_less,
    worst_stress,
)
from alts401k.fiduciary.numbers import Number, Statement, asset_words, at, escape, number

ROOM = 8  # points a side; the standing points below fill a side that the run leaves short


class Arguments(NamedTuple):
    """Both sides have the same number of points; `finding` stays open for the fiduciary."""

    case_for: tuple[Statement, ...]
    case_against: tuple[Statement, ...]
    must_be_true: tuple[Statement, ...]
    how_sure: tuple[Statement, ...]


def arguments(results: dict[str, Any]) -> Arguments:
    """Both cases, the conditions they rest on and how sure the numbers are; `results` as results.schema.json."""
    sides: dict[str, list[Statement]] = {"for": [], "against": []}
    points = (_outcomes, _yardsticks, _people, _breaks, _costs, _reasons, _sight, _risks)
    for side, statement in [point for part in points for point in part(results)]:
        sides[side].append(statement)
    sides["for"] += _standing_for(results)
    sides["against"] += _standing_against(results)
    room = min(ROOM, len(sides["for"]), len(sides["against"]))
    return Arguments(
        tuple(sides["for"][:room]), tuple(sides["against"][:room]), _must_be_true(results), _how_sure(results)
    )


_Sided = tuple[str, Statement]


def _by_sign(results: dict[str, Any], path: str, kind: str, better: str, worse: str) -> list[_Sided]:
    """One point on the side that the sign of a change speaks for; none when the change is nil or within its error."""
    n = number(results, "", path, kind)
    if not clear(n):
        return []
    return [("for", Statement(better, (n,))) if n.value > 0 else ("against", Statement(worse, (n,)))]


def _compare(
    results: dict[str, Any], path: str, kind: str, more_is: str, more: str, less: str, leaf: str = ""
) -> list[_Sided]:
    """One point from proposed against baseline; `more_is` names the side a higher proposed value speaks for.

    `path` has {} where the fund's name goes, `leaf` what follows it. None when both are alike or not defined.
    """
    pair = tuple(number(results, "", path.format(who) + leaf, kind) for who in ("proposed", "baseline"))
    proposed, baseline = (n.value for n in pair)
    if proposed is None or baseline is None or proposed == baseline:
        return []
    if proposed > baseline:
        return [(more_is, Statement(more, pair))]
    return [("against" if more_is == "for" else "for", Statement(less, pair))]


def _point(side: str, text: str, *numbers: Number) -> _Sided:
    return side, Statement(text, numbers)


def _outcomes(results: dict[str, Any]) -> list[_Sided]:
    """Points from what people end with, the middle first, then the bad and the good ends."""
    paired, income = "performance.paired", "performance.income_replacement.{}"
    chance = number(results, "", f"{paired}.chance_better_off", "share")
    worse = number(results, "", f"{paired}.p5_wealth_change", "change")
    points = _by_sign(
        results,
        f"{paired}.median_wealth_change",
        "change",
        "In the middle of all outcomes a person has more at 67 than with today's fund: {0}.",
        "In the middle of all outcomes a person has less at 67 than with today's fund: {0}.",
    )
    if chance.value > 0.5:
        points.append(_point("for", "More lifetimes end better than end worse: {0} end better off.", chance))
    elif chance.value < 0.5 and worse.value != 0:
        points.append(_point("against", "Fewer than half of lifetimes end better off: {0}.", chance))
    if worse.value < 0:
        text = "The same person can end far behind today's fund: one outcome in twenty is {0} or worse."
        points.append(_point("against", text, worse))
    elif worse.value > 0:
        points.append(_point("for", "Even the outcome at the worst twentieth is a gain: {0}.", worse))
    points += _by_sign(
        results,
        f"{paired}.wealth_p5_change",
        "change",
        "Bad lifetimes get better: wealth at the worst twentieth changes by {0}.",
        "Bad lifetimes get worse: wealth at the worst twentieth changes by {0}.",
    )
    return points + _compare(
        results,
        income,
        "share",
        "for",
        "Good lifetimes get better: at the best twentieth the account replaces {0} of pay, against {1}.",
        "Good lifetimes get worse: at the best twentieth the account replaces {0} of pay, against {1}.",
        ".p95",
    )


def _yardsticks(results: dict[str, Any]) -> list[_Sided]:
    """Points from the matched portfolio, from the sets of those who doubt, and from the break-even premium."""
    points = _by_sign(
        results,
        "performance.matched.median_wealth_change",
        "change",
        "It is not only pay for risk: against public assets of the same true volatility the median change is {0}.",
        "Public assets of the same true volatility do better: against them the median change is {0}.",
    )
    points += _doubts(results)
    points += _rivals(results)
    found = at(results, "performance.break_even_premium")
    if found["baseline"] is not None and found["assumed"] is not None:
        needed, assumed = (
            number(results, "", f"performance.break_even_premium.{key}", "rate") for key in ("baseline", "assumed")
        )
        if assumed.value > needed.value:
            text = "The assumption leaves room: a premium of {0} a year is enough to break even, {1} is assumed."
            points.append(_point("for", text, needed, assumed))
        else:
            text = "Even as assumed it falls short: it needs a premium of {0} a year to break even, {1} is assumed."
            points.append(_point("against", text, needed, assumed))
    return points


def _doubts(results: dict[str, Any]) -> list[_Sided]:
    """Points from the sets of those who doubt private assets, the milder set first."""
    points: list[_Sided] = []
    for statement in sceptics(results):
        median = statement.numbers[0]
        if clear(median):
            points.append(("for" if median.value > 0 else "against", statement))
        elif at(results, "performance.paired.median_wealth_change.value") > 0:
            text = "The whole gain rests on the premium of private assets: under a set that doubts it {0} is left."
            points.append(_point("against", text, median))
    harsh = [point for point in points if point[0] == "against"]
    return [point for point in points if point[0] == "for"] + harsh[:1]


def _rivals(results: dict[str, Any]) -> list[_Sided]:
    """A point from the similar alternatives: the one that does best against the proposed fund."""
    rivals = at(results, "performance.alternatives")
    if not rivals:
        return []
    place = min(range(len(rivals)), key=lambda i: rivals[i]["median_wealth_change"]["value"])
    median = number(results, "", f"performance.alternatives.{place}.median_wealth_change", "change")
    name = escape(rivals[place]["name"])
    if not clear(median):
        return []
    if median.value < 0:
        return [_point("against", f"A similar fund does better: against {name} the median change is {{0}}.", median)]
    return [_point("for", f"It does better than each similar alternative, by least against {name}: {{0}}.", median)]


def _reasons(results: dict[str, Any]) -> list[_Sided]:
    """Points from the parts of the median change: what is skill of the build, what is risk, what is lost on the way."""
    path = "performance.decomposition"
    part = {
        key: number(results, "", f"{path}.{key}", "change")
        for key in ("risk", "return", "diversification", "fees", "liquidity_drag", "smoothing")
    }
    points = []
    if part["diversification"].value > 0 and clear(part["diversification"]):
        text = "Spreading over more assets adds {0} to the median by itself."
        points.append(_point("for", text, part["diversification"]))
    if part["risk"].value > 0 and clear(part["risk"]):
        text = "{0} of the median change is pay for taking more risk, which public assets offer for less."
        points.append(_point("against", text, part["risk"]))
    elif part["risk"].value < 0 and clear(part["risk"]):
        points.append(_point("for", "It takes less risk: that alone moves the median by {0}.", part["risk"]))
    lost = [part[key] for key in ("fees", "liquidity_drag", "smoothing")]
    if lost[0].value < 0 and clear(lost[0]):
        text = "Much is lost on the way: fees {0}, cash held for exits {1}, late prices {2} of the median."
        points.append(_point("against", text, *lost))
    return points


def _people(results: dict[str, Any]) -> list[_Sided]:
    """Points from groups: who loses, or that nobody does."""
    groups = at(results, "performance.by_group")
    losers = [statement for statement in suits_less(results) if "worst" in statement.text]
    if losers:
        return [("against", losers[0])]
    if groups and all(g["median_wealth_change"]["value"] > 0 for g in groups):
        place = min(range(len(groups)), key=lambda i: groups[i]["median_wealth_change"]["value"])
        least = number(results, "", f"performance.by_group.{place}.median_wealth_change", "change")
        return [_point("for", "Every group gains in the middle; the one that gains least, {0}.", least)]
    return []


def _breaks(results: dict[str, Any]) -> list[_Sided]:
    """Points from leaving, from the outflow that breaks the fund and from the hardest named stress."""
    points: list[_Sided] = []
    way_out = leaving(results)
    if way_out is not None:
        side = "for" if at(results, "liquidity.participant_exit.meets_three_month_rule") else "against"
        points.append((side, way_out))
    if not has_private(results):
        return points
    outflow, stress = breaking(results), worst_stress(results)
    points.append(("against" if outflow.numbers else "for", outflow))
    if stress is not None:
        hard = any(s["worst_regime"] in ("red", "gated", "suspended") for s in at(results, "liquidity.stresses"))
        calm = "Not even the hardest of the named stresses takes it past the second limit or stops an exit."
        points.append(("against", stress) if hard else ("for", Statement(calm)))
    return points


def conditions(results: dict[str, Any]) -> tuple[Statement, ...]:
    """What must be true, short: what breaks even and what is assumed, without the other views."""
    held = [s["asset"] for s in at(results, "complexity.structure")]
    wanted = _new_assets(results) or held
    numbers = [
        (asset_words(row["asset"]), Number(row["name"], "run.assumptions", "rate", row["value"]))
        for row in at(results, "run.assumptions")
        if row.get("asset") in wanted and row["name"].endswith("expected_return") and row["value"] is not None
    ]
    said = _premiums(results)
    if numbers:
        each = ", ".join(f"{asset} {{{place}}}" for place, (asset, _) in enumerate(numbers))
        what = "What is new in it" if _new_assets(results) else "What it holds"
        said.append(Statement(f"{what} earns, compound a year: {each}.", tuple(n for _, n in numbers)))
    return (*said, *_standing_conditions(results))


def _premiums(results: dict[str, Any]) -> list[Statement]:
    """What the assets in question must earn; nothing where none is in question."""
    asked = at(results, "performance.break_even_premium.asset") is not None
    return [*([break_even(results)] if asked else []), *needed_returns(results)]


def _standing_conditions(results: dict[str, Any]) -> list[Statement]:
    said = []
    if has_private(results):
        text = "Private funds pay out, take cash and report as their terms and the assumed pace say."
        said.append(Statement(text))
    text = "People join, save and leave about as they are assumed to, and no wave of exits comes."
    return [*said, Statement(text)]


def _by_assumption(results: dict[str, Any]) -> Statement:
    """That the assumptions matter more than the draws, with the span between the sets."""
    medians = [
        number(results, "", f"performance.sets.{place}.median_wealth_change", "change")
        for place in range(len(at(results, "performance.sets")))
    ]
    if len({n.value for n in medians}) < 2:
        return Statement(
            "That error says nothing about the assumptions. Wrong assumptions can move the answer far more than the"
            " draws do."
        )
    low, high = (choose(medians, key=lambda n: n.value) for choose in (min, max))
    return Statement(
        "That error says nothing about the assumptions: between the sets of returns the median change goes from {0}"
        " to {1}.",
        (low, high),
    )


def _sight(results: dict[str, Any]) -> list[_Sided]:
    """Points from what an outsider can check."""
    level_3, assumed = (
        number(results, "", f"complexity.opacity.{key}", "share") for key in ("level_3", "assumed_terms")
    )
    if level_3.value > 0:
        text = "{0} of it is valued without a market, and {1} rests on terms that are assumed here."
        return [_point("against", text, level_3, assumed)]
    return [_point("for", "Everything in it has a market price.")]


def _costs(results: dict[str, Any]) -> list[_Sided]:
    """Points from what the fund costs and what it pays for risk."""
    points = _compare(
        results,
        "fees.total.{}",
        "rate",
        "against",
        "It costs more, every year and for certain: {0} of assets a year against {1}.",
        "It costs less: {0} of assets a year against {1}.",
    )
    return points + _compare(
        results,
        "performance.risk_adjusted.sharpe.{}",
        "ratio",
        "for",
        "It pays more for each unit of true risk: a Sharpe ratio of {0} against {1}.",
        "It pays less for each unit of true risk: a Sharpe ratio of {0} against {1}.",
    )


def _risks(results: dict[str, Any]) -> list[_Sided]:
    """Points from gates, late prices and borrowing."""
    points: list[_Sided] = []
    plan, sleeve = (
        number(results, "", f"liquidity.gate_probability.{who}", "rate") for who in ("plan", "sleeve")
    )
    peak = number(results, "", "liquidity.private_weight.max", "share")
    if plan.value > 0:
        early = number(results, "", "liquidity.gate_probability.first_20_years.plan", "rate")
        text = (
            "Savers themselves may wait: in {0} of years the fund could not pay every exit in full ({1} in the first"
            " 20 years)."
        )
        points.append(_point("against", text, plan, early))
    elif has_private(results):
        points.append(_point("for", "Savers could always leave: no simulated year saw exits paid in part."))
    if sleeve.value > 0:
        text = (
            "The private share can be hard to sell: in {0} of years a sleeve paid its sellers in part, and the"
            " private weight reached {1}."
        )
        points.append(_point("against", text, sleeve, peak))
    moved = tuple(
        number(results, "", f"valuation.dilution_usd_per_year.{who}", "usd_signed")
        for who in ("leavers", "joiners", "stayers")
    )
    if any(n.value != 0 for n in moved):
        text = (
            "Late prices move money between the plan's own people every year: {0} for leavers, {1} for joiners,"
            " {2} for those who stay."
        )
        points.append(_point("against", text, *moved))
    return points + _compare(
        results,
        "complexity.look_through_leverage.{}",
        "ratio",
        "against",
        "It borrows more: {0} of assets for each dollar of net assets, against {1}.",
        "It borrows less: {0} of assets for each dollar of net assets, against {1}.",
    )


def _standing_for(results: dict[str, Any]) -> list[Statement]:
    """Points that hold for a fund of this build; they fill the side when the run's own numbers leave room."""
    chance = number(results, "", "performance.paired.chance_better_off", "share")
    new = _new_assets(results)
    points = []
    if new:
        names = ", ".join(asset_words(name) for name in new)
        points.append(
            Statement(f"It adds what today's fund does not hold, so less rests on any one market: {names}.")
        )
    if not has_private(results):
        points.append(
            Statement("Everything it holds deals daily. No manager can gate it and no price comes late.")
        )
    if 0 < chance.value <= 0.5:
        points.append(Statement("Still, {0} of lifetimes end better off.", (chance,)))
    return [
        *points,
        Statement(
            "The comparison is on true values. Marks that look calm because they are late earn the fund"
            " nothing here."
        ),
        Statement("Fees of every layer that the terms state are taken off before anything is compared."),
        Statement(
            "Both funds meet the same people and markets, so luck in the draws does not favour either."
        ),
        Statement("Every number can be recomputed from the inputs and the run id at the end of this page."),
    ]


def _standing_against(results: dict[str, Any]) -> list[Statement]:
    assumed = number(results, "", "run.terms_assumed", "count")
    public = number(results, "", "run.terms_public", "count")
    points = []
    assets = _new_assets(results)
    if "private_equity" in assets:
        points.append(
            Statement(
                "Whether private equity beats public shares after fees is disputed: Harris, Jenkinson and Kaplan (2014)"
                " find a lead, Phalippou (2020) finds about the public return since 2006."
            )
        )
    if "bitcoin" in assets:
        points.append(
            Statement(
                "Bitcoin pays no income from which a return could be worked out. Its return here is"
                " the case's own figure."
            )
        )
    return [
        *points,
        Statement("Much is not known: {0} terms of the fund are assumed, {1} are public.", (assumed, public)),
        Statement(f"The model is kinder than life: no panic, {_tails(results)}no fraud."),
        Statement("Today's fund is simpler to explain and to oversee, and that has a value of its own."),
        Statement("Returns of every asset are assumptions, and a lifetime is long enough for them to fail."),
    ]


def _tails(results: dict[str, Any]) -> str:
    return "no fat tails, " if at(results, "run.generator.kind") == "lognormal" else ""


def _new_assets(results: dict[str, Any]) -> list[str]:
    """Assets that the proposed fund holds and the baseline does not, in canonical order."""
    return [s["asset"] for s in at(results, "complexity.structure") if not s["in_baseline"]]


def _must_be_true(results: dict[str, Any]) -> tuple[Statement, ...]:
    new = _new_assets(results)
    held = [s["asset"] for s in at(results, "complexity.structure")]
    wanted = new or held
    found = _premiums(results)
    for row in at(results, "run.assumptions"):
        if (
            row.get("asset") in wanted
            and row["name"].endswith("expected_return")
            and row["value"] is not None
        ):
            n = Number(row["name"], "run.assumptions", "rate", row["value"])
            doubt = f" The other view: {escape(row['opposite'].rstrip('.'))}." if row["opposite"] else ""
            words = asset_words(row["asset"])
            asset = words[:1].upper() + words[1:]
            unit = escape(row["unit"].replace("_", " "))
            found.append(Statement(f"{asset} earns {{0}} {unit}, compound ({row['kind']}).{doubt}", (n,)))
    found += _standing_conditions(results)
    return tuple(found)


def _how_sure(results: dict[str, Any]) -> tuple[Statement, ...]:
    median = number(results, "", "performance.paired.median_wealth_change", "change")
    paths = number(results, "", "run.paths", "count")
    clear = abs(median.value) > CLEAR * median.standard_error
    if median.value == 0 and median.standard_error == 0:
        first = Statement("The two funds end alike at the median of {1} paths: {0}.", (median, paths))
    elif clear:
        first = Statement(
            "Simulation error is small: {1} paths put the median at {0}. The sign would most likely"
            " hold with other draws.",
            (median, paths),
        )
    else:
        first = Statement(
            "The median change of {0} is within simulation error of {1} paths: no difference is shown.",
            (median, paths),
        )
    return (
        first,
        _by_assumption(results),
        Statement(
            "A few tens of years of data cannot settle what a new asset will earn. Read the sign and the"
            " size, not the second decimal."
        ),
    )
