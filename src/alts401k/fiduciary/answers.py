"""The first page in sentences: what breaks even, who is served less, what could go wrong, how sure."""

from __future__ import annotations

from typing import Any

from alts401k.fiduciary.numbers import Number, Statement, asset_words, at, escape, number

CLEAR = 2  # standard errors from zero before a difference is called one
_MOST = 5  # points on what could go wrong
_KINDS = ("age", "pay", "balance", "likely_leaver")
_KIND_WORDS = {
    "age": "those aged {}",
    "pay": "those with pay {}",
    "balance": "those with a balance {}",
    "likely_leaver": "people who leave early ({})",
}
_WORST = ("green", "amber", "red", "gated", "suspended")


def clear(n: Number) -> bool:
    """True when a number is further from zero than its error explains."""
    return n.value != 0 and abs(n.value) > CLEAR * (n.standard_error or 0)


def break_even(results: dict[str, Any]) -> Statement:
    """In one sentence: the premium over public assets at which the median person is neither better nor worse off."""
    path = "performance.break_even_premium"
    found = at(results, path)
    if found["asset"] is None:
        return Statement("The fund holds no private asset, so there is no premium that it would have to earn.")
    needed, matched, assumed = (
        number(results, "", f"{path}.{key}", "size") for key in ("baseline", "matched", "assumed")
    )
    asset, public = asset_words(found["asset"]), asset_words(found["public_asset"] or "its public counterpart")
    if needed.value is None:
        median = number(results, "", "performance.paired.median_wealth_change", "change")
        side = "stays ahead" if median.value > 0 else "stays behind"
        return Statement(
            f"At no premium of {asset} over {public} from -10 to +10 points a year does the median person break even"
            f" with today's fund: with {{0}} a year {_way(assumed)}, as the case assumes, the fund {side}.",
            (assumed,),
        )
    gross = any(row["asset"] == found["asset"] and row["basis"] == "gross" for row in found["returns"])
    after = "" if gross else ", after its managers' fees,"
    text = (
        f"The median person is even with today's fund when {asset}{after} earns {{0}} a year {_way(needed)} than"
        f" {public}"
    )
    if matched.value is None:
        text += "; against the matched portfolio no premium within 10 points does it; the case assumes {1} "
        return Statement(f"{text}{_way(assumed)}.", (needed, assumed))
    text += f", and even with the matched portfolio at {{1}} {_way(matched)}; the case assumes {{2}} {_way(assumed)}."
    return Statement(text, (needed, matched, assumed))


def _way(premium: Number) -> str:
    return "less" if premium.value < 0 else "more"


def needed_returns(results: dict[str, Any]) -> tuple[Statement, ...]:
    """What each other asset in question must earn: those for which the break-even premium does not speak."""
    said = []
    main = at(results, "performance.break_even_premium.asset")
    for place, row in enumerate(at(results, "performance.break_even_premium.returns")):
        if row["asset"] == main:
            continue
        path = f"performance.break_even_premium.returns.{place}"
        words = asset_words(row["asset"])
        asset = words[:1].upper() + words[1:]
        assumed = number(results, "", f"{path}.assumed", "rate")
        if row["baseline"] is None:
            text = f"{asset} alone cannot decide it: no return within 10 points of {{0}}, as assumed, breaks even."
            said.append(Statement(text, (assumed,)))
        else:
            needed = number(results, "", f"{path}.baseline", "rate")
            text = f"{asset} must earn {{0}} a year for the median person to be even with today's fund; assumed: {{1}}."
            said.append(Statement(text, (needed, assumed)))
    return tuple(said)


def group_words(group: dict[str, Any]) -> str:
    """A group as a part of a sentence: `those aged 35 to 44`, `those with pay above $90,000`."""
    return escape(_KIND_WORDS[group["group"]].format(group["label"]))


def suits_less(results: dict[str, Any]) -> tuple[Statement, ...]:
    """For whom the fund does least, in words: the lowest median of each kind of group; losers first.

    A kind whose groups differ by no more than their errors says nothing; a kind of one group is held against everybody.
    """
    groups, everybody = at(results, "performance.by_group"), at(results, "performance.paired.median_wealth_change")
    found = []
    for kind in _KINDS:
        rows = [
            (row["median_wealth_change"]["value"], row["median_wealth_change"]["standard_error"], place)
            for place, row in enumerate(groups)
            if row["group"] == kind
        ]
        top = max(rows) if len(rows) > 1 else (everybody["value"], everybody["standard_error"], 0)
        if rows and min(rows)[0] + CLEAR * min(rows)[1] < top[0] - CLEAR * top[1]:
            found.append(min(rows)[2])
    said = {True: [], False: []}
    for place in found:
        path = f"performance.by_group.{place}"
        median = number(results, "", f"{path}.median_wealth_change", "change")
        worse = number(results, "", f"{path}.chance_worse_off", "share")
        loses = median.value < 0 and clear(median)
        text = "loses in the middle" if loses else "least" if median.value > 0 else "nothing to show"
        said[loses].append((group_words(groups[place]), text, median, worse))
    return tuple(_group_statement(*one) for one in (*said[True], *said[False]))


def _group_statement(who: str, text: str, median: Number, worse: Number) -> Statement:
    head = {
        "loses in the middle": f"It suits {who} worst",
        "least": f"It does least for {who}",
        "nothing to show": f"It shows no gain for {who}",
    }[text]
    return Statement(f"{head}: their median change is {{0}}, and {{1}} of their outcomes are worse.", (median, worse))


def breaking(results: dict[str, Any]) -> Statement:
    """The smallest outflow that gates the fund or leaves someone unpaid, in one sentence."""
    path = "liquidity.smallest_breaking_outflow"
    whole, bad, fallen = (number(results, "", path + leaf, "share") for leaf in ("", ".p5", ".after_fall"))
    fall = number(results, "", f"{path}.fall", "fall")
    if min(whole.value, bad.value, fallen.value) >= 1:
        return Statement("Even if everybody left within 30 days, the fund would not gate and would pay in full.")
    if whole.value >= 1:
        return Statement(
            "On most paths no outflow breaks the fund; on the worst twentieth it gates or pays in part once {0} of it"
            " leaves within 30 days; after public markets fall by {1}, once {2} does.",
            (bad, fall, fallen),
        )
    return Statement(
        "The fund gates or pays in part once {0} of it leaves within 30 days (median path after {1} years; {2} on the"
        " worst twentieth, {3} at the start after public markets fall by {4}).",
        (whole, number(results, "", f"{path}.years", "count"), bad, fallen, fall),
    )


def worst_stress(results: dict[str, Any]) -> Statement | None:
    """The named stress with the worst regime, then the largest private weight; None without a private sleeve."""
    stresses = at(results, "liquidity.stresses")
    ranked = [
        (_WORST.index(s["worst_regime"]), s["gated_months"], s["private_weight_max"], -place)
        for place, s in enumerate(stresses)
    ]
    if not ranked or not has_private(results):
        return None
    place = -max(ranked)[3]
    stress, path = stresses[place], f"liquidity.stresses.{place}"
    weight, gated = (
        number(results, "", f"{path}.private_weight_max", "share"),
        number(results, "", f"{path}.gated_months", "months"),
    )
    title = escape(stress["title"].split(":")[0])
    if gated.value > 0:
        text = f"Hardest named stress ({title}): {{0}} months gated, and the private weight reaches {{1}}."
        return Statement(text, (gated, weight))
    regime = stress["worst_regime"]
    text = f"Hardest named stress ({title}): the regime at worst is {regime}, and the private weight reaches {{0}}."
    return Statement(text, (weight,))


def leaving(results: dict[str, Any]) -> Statement | None:
    """How a participant leaves a fund that does not deal daily; None where it does."""
    found = at(results, "liquidity.participant_exit")
    if found is None:
        return None
    path = "liquidity.participant_exit"
    months = number(results, "", f"{path}.frequency_months", "months")
    late = number(results, "", f"{path}.wait_days.p95", "count")
    unpaid = number(results, "", f"{path}.unpaid_share_first_date", "share")
    rule = (
        f"It lets participants move as {escape(found['rule_cite'])} asks of a default"
        if found["meets_three_month_rule"]
        else f"As a default it would fail the three-month transfer rule of {escape(found['rule_cite'])}"
    )
    return Statement(
        f"{rule}: it deals with participants every {{0}} months, one leaving dollar in twenty waits {{1}} days or more,"
        " and when a whole plan leaves, {2} of what is asked stays unpaid on the first date.",
        (months, late, unpaid),
    )


def could_go_wrong(results: dict[str, Any]) -> tuple[Statement, ...]:
    """What could go wrong, the most important first; never more than five points."""
    bad = number(results, "", "performance.paired.p5_wealth_change", "change")
    gates, early = (
        number(results, "", f"liquidity.gate_probability.{key}", "rate") for key in ("plan", "first_20_years.plan")
    )
    said: list[Statement | None] = [leaving(results)]
    if bad.value < 0:
        said.append(Statement("One outcome in twenty ends {0} or further from today's fund.", (bad,)))
    said += [breaking(results), worst_stress(results)]
    if has_private(results):
        said.append(Statement("Savers had to wait in {0} of years ({1} in the first 20 years).", (gates, early)))
    leverage = at(results, "complexity.leverage")
    if leverage["loss"] > leverage["loss_unlevered"]:
        fall, loss, plain = (
            number(results, "", f"complexity.leverage.{key}", kind)
            for key, kind in (("fall", "fall"), ("loss", "share"), ("loss_unlevered", "share"))
        )
        text = "Borrowing deepens falls: when private holdings fall by {0} the fund loses {1}, without borrowing {2}."
        said.append(Statement(text, (fall, loss, plain)))
    return tuple(s for s in said if s is not None)[:_MOST]


def sceptics(results: dict[str, Any]) -> tuple[Statement, ...]:
    """What the median change becomes under each of the sets that doubt private assets."""
    said = []
    for place, one in enumerate(at(results, "performance.sets")):
        if one["name"] in ("no-premium", "adverse"):
            path = f"performance.sets.{place}"
            median, matched = (
                number(results, "", f"{path}.{key}", "change")
                for key in ("median_wealth_change", "matched_median_wealth_change")
            )
            what = {
                "no-premium": "If private assets earn no more than public ones",
                "adverse": "If private assets earn two points a year less than public ones",
            }[one["name"]]
            text = f"{what}, the median change is {{0}} ({{1}} against the matched portfolio)."
            said.append(Statement(text, (median, matched)))
    return tuple(said)


def has_private(results: dict[str, Any]) -> bool:
    """True when the proposed fund holds a sleeve that does not deal daily."""
    return any(s["private"] for s in at(results, "complexity.structure"))
