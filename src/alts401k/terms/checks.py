"""What no single field can see: each check reads a raw document and skips what is malformed in it."""

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from alts401k.terms.fields import leaves
from alts401k.terms.generator import inconsistent

SLOW_ONLY = ("block", "liquidity", "floor", "gates", "crossing", "open", "unfilled", "mark")
SLOW_NEEDS = ("block", "liquidity", "gates", "mark")
EVERGREEN = ("CIT", "INTERVAL_23C3", "TENDER_13E4", "NT_BDC", "NT_REIT", "ETF", "SMA", "MUTUAL_FUND")
REPURCHASED = ("INTERVAL_23C3", "TENDER_13E4")
EVERGREEN_NEEDS = ("redemption_freq", "gate_pct_period", "unfilled")
NOT_TERMS = ("name", "modelled_on", "similar_because", "public_terms")
WEIGHT_TOLERANCE = 1e-9
# With the whole profit above the hurdle going to a manager no gross return gives more than the hurdle.
MOST_SHARE = 0.5
# The shipped IRS limits begin in 2015, the first year of a run that opens at the end of 2014.
FIRST_AS_OF = date(2014, 12, 31)
LAST_AS_OF = date(2100, 12, 31)
Path = tuple[str | int, ...]


class Finding(NamedTuple):
    """One thing wrong in a document: where, what, and what to do."""

    path: Path
    message: str
    fix: str


def dotted(path: Path) -> str:
    """`("gates", 1, "pct")` as `gates[1].pct`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def number(value: Any) -> float | None:
    """A finite number as a float, None for anything else (true and false are not numbers)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def table(value: Any) -> dict[str, Any]:
    """A table, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def array(value: Any) -> list[Any]:
    """An array, or an empty one for anything else."""
    return list(value) if isinstance(value, (list, tuple)) else []


def tables(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and content of every table inside a table."""
    return ((name, inner) for name, inner in table(value).items() if isinstance(inner, dict))


def fund(tree: Mapping[str, Any]) -> list[Finding]:
    """Every inconsistency inside one fund document."""
    return [
        *_vintages(tree),
        *_glide_path(tree),
        *_sleeves(tree),
        *_blocks(tree),
        *_regime(table(tree.get("regime"))),
        *(_managed_account(tree, table(tree.get("managed_account"))) if "managed_account" in tree else ()),
        *_repurchase(tree),
        *_public_terms(tree),
    ]


def _vintages(tree: Mapping[str, Any]) -> Iterator[Finding]:
    years = array(tree.get("vintages"))
    for i, (before, after) in enumerate(zip(years, years[1:], strict=False)):
        if isinstance(before, int) and isinstance(after, int) and after <= before:
            message = f"vintages: {after} follows {before}"
            yield Finding(("vintages", i + 1), message, "List target years once each, rising")


def _glide_path(tree: Mapping[str, Any]) -> Iterator[Finding]:
    path = table(tree.get("glide_path"))
    years = [number(value) for value in array(path.get("years_to_target"))]
    rows = table(path.get("weights"))
    at = ("glide_path", "years_to_target")
    if years and not array(tree.get("vintages")) and years != [0.0]:
        message = "glide_path.years_to_target has no target years to count from, as the fund has no vintages"
        yield Finding(at, message, "Write years_to_target = [0], or list the vintages")
    for i, (before, after) in enumerate(zip(years, years[1:], strict=False)):
        if before is not None and after is not None and after >= before:
            message = f"glide_path.years_to_target: {after:g} follows {before:g}"
            yield Finding((*at, i + 1), message, "Let the years fall strictly from column to column")
    sleeves = table(tree.get("sleeves"))
    if sleeves and rows:
        yield from _same_sleeves(rows, sleeves)
    if years and rows:
        yield from _columns(years, rows)


def _same_sleeves(rows: dict[str, Any], sleeves: dict[str, Any]) -> Iterator[Finding]:
    for name in rows:
        if name not in sleeves:
            message = f'glide_path.weights: there is no sleeve "{name}"'
            yield Finding(("glide_path", "weights", name), message, f"Add [sleeves.{name}] or remove the row")
    for name in sleeves:
        if name not in rows:
            message = f'sleeve "{name}" has no row in glide_path.weights'
            yield Finding(
                ("sleeves", name), message, "Add a row of weights (zeros are allowed) or remove the sleeve"
            )


def _columns(years: list[float | None], rows: dict[str, Any]) -> Iterator[Finding]:
    ragged = False
    for name, row in rows.items():
        if isinstance(row, (list, tuple)) and len(row) != len(years):
            ragged = True
            message = (
                f"glide_path.weights.{name} has {len(row)} weights, years_to_target {len(years)} columns"
            )
            yield Finding(("glide_path", "weights", name), message, "Give one weight a column")
    cells = [[number(cell) for cell in array(row)] for row in rows.values()]
    if ragged or not all(cells) or any(cell is None for row in cells for cell in row):
        return
    for i, (year, column) in enumerate(zip(years, zip(*cells, strict=True), strict=True)):
        total = math.fsum(column)
        if abs(total - 1.0) > WEIGHT_TOLERANCE:
            where = f"column {i + 1}" if year is None else f"column {i + 1} ({year:g} years to target)"
            message = f"glide_path.weights: {where} sums to {total:.10g}, must be 1"
            yield Finding(
                ("glide_path", "weights"), message, "Change the weights of that column until they add up to 1"
            )


def _sleeves(tree: Mapping[str, Any]) -> Iterator[Finding]:
    blocks = table(tree.get("blocks"))
    for name, sleeve in tables(tree.get("sleeves")):
        at = ("sleeves", name)
        if sleeve.get("dealing") == "daily":
            for key in (key for key in SLOW_ONLY if sleeve.get(key) is not None):
                message = f"{dotted(at)}.{key} is only for sleeves that deal monthly or quarterly"
                yield Finding((*at, key), message, f"Remove {key}, or change dealing")
        elif sleeve.get("dealing") in ("monthly", "quarterly"):
            for key in (key for key in SLOW_NEEDS if sleeve.get(key) in (None, [], ())):
                message = f"{dotted(at)} deals {sleeve['dealing']} and has no {key}"
                yield Finding(at, message, f"Add {key}")
        block = sleeve.get("block")
        if isinstance(block, str) and block not in blocks:
            message = f'{dotted(at)}.block names "{block}", which is not in blocks'
            yield Finding(
                (*at, "block"), message, f"Add [blocks.{block}] or name one of: {', '.join(blocks) or 'none'}"
            )
        yield from _lapse_only(at, sleeve)
        yield from _liquidity(at, table(sleeve.get("liquidity")))
        yield from _gates(at, array(sleeve.get("gates")))


def _lapse_only(at: Path, terms: dict[str, Any]) -> Iterator[Finding]:
    if terms.get("unfilled") in ("CARRY", "CARRY_PRIORITY"):
        message = f"{dotted(at)}.unfilled is {terms['unfilled']}, which this version does not run"
        yield Finding(
            (*at, "unfilled"), message, 'Write unfilled = "LAPSE", so that unfilled requests are asked again'
        )


def _liquidity(at: Path, terms: dict[str, Any]) -> Iterator[Finding]:
    low, target, high = (number(terms.get(key)) for key in ("minimum", "target", "maximum"))
    if None not in (low, target, high) and not low <= target <= high:
        message = (
            f"{dotted(at)}.liquidity: target {target:g} is not between minimum {low:g} and maximum {high:g}"
        )
        yield Finding((*at, "liquidity"), message, "Order them minimum <= target <= maximum")


def _gates(at: Path, gates: list[Any]) -> Iterator[Finding]:
    seen: list[Any] = []
    for i, gate in enumerate(gates):
        window = table(gate).get("window_months")
        if number(window) is not None and window in seen:
            message = f"{dotted(at)}.gates[{i}] repeats the window of {window} months"
            yield Finding((*at, "gates", i), message, "Keep one gate a window")
        seen.append(window)


def _pace(at: Path, block: Mapping[str, Any]) -> Iterator[Finding]:
    # A ladder opens with cohorts aged up to life - 1, so what is called in the last year alone is never held.
    life, rates = number(table(block.get("pace")).get("life_years")), array(table(block.get("pace")).get("call_rates"))
    held = [number(rate) for rate in (rates if life is None else rates[: max(0, int(life) - 1)])]
    if held and all(rate == 0 for rate in held):
        message = f"{dotted(at)}.pace calls nothing before its last year, so the partnerships never hold anything"
        yield Finding((*at, "pace", "call_rates"), message, "Write the part of the unfunded called in each year")


def _blocks(tree: Mapping[str, Any]) -> Iterator[Finding]:
    used = [sleeve.get("block") for _, sleeve in tables(tree.get("sleeves"))]
    for name, block in tables(tree.get("blocks")):
        at = ("blocks", name)
        if name not in used:
            yield Finding(
                at, f"{dotted(at)} is used by no sleeve", f'Write block = "{name}" in a sleeve or remove it'
            )
        if block.get("vehicle_type") == "LP_CLOSED":
            if block.get("pace") is None:
                message = f"{dotted(at)} is LP_CLOSED and has no pace"
                yield Finding(
                    at, message, f"Add [blocks.{name}.pace] with call_rates, life_years, bow, growth_yearly"
                )
        elif block.get("vehicle_type") in EVERGREEN:
            for key in (key for key in EVERGREEN_NEEDS if block.get(key) is None):
                message = f"{dotted(at)} is {block['vehicle_type']} and has no {key}"
                yield Finding(at, message, f'Add {key}, or vehicle_type = "LP_CLOSED" with a pace')
            if block.get("pace") is not None:
                message = f"{dotted(at)}.pace is only for LP_CLOSED, not {block['vehicle_type']}"
                yield Finding((*at, "pace"), message, "Remove pace, or change vehicle_type")
        yield from _pace(at, block)
        yield from _lapse_only(at, block)
        if len(array(block.get("gate_pct_rolling"))) > 1:
            message = f"{dotted(at)}.gate_pct_rolling has more than one window, and this version runs one"
            yield Finding((*at, "gate_pct_rolling", 1), message, "Keep the tightest window")
        debt, most = number(block.get("leverage")), number(block.get("leverage_max"))
        if debt is not None and most is not None and debt > most:
            message = f"{dotted(at)}.leverage {debt:g} is above leverage_max {most:g}"
            yield Finding((*at, "leverage"), message, "Lower leverage or raise leverage_max")


def _regime(regime: dict[str, Any]) -> Iterator[Finding]:
    # Defaults stand in for what is left out, because they are in force too.
    amber = number(regime.get("amber_over_target", 0.03))
    cap = number(regime.get("hard_cap_over_target", 0.05))
    if amber is not None and cap is not None and amber > cap:
        message = f"regime: amber_over_target {amber:g} is above hard_cap_over_target {cap:g}"
        yield Finding(
            ("regime",), message, "AMBER comes before the hard cap: lower the first or raise the second"
        )
    levels = [number(regime.get(f"coverage_{name}", value)) for name, value in COVERAGES]
    if None not in levels and levels != sorted(levels):
        message = "regime: coverage must be gated <= red <= amber, and is " + ", ".join(
            f"{x:g}" for x in levels
        )
        yield Finding(("regime",), message, "Reorder coverage_gated, coverage_red and coverage_amber")


COVERAGES = (("gated", 1.0), ("red", 1.1), ("amber", 1.5))


def _managed_account(tree: Mapping[str, Any], terms: dict[str, Any]) -> Iterator[Finding]:
    at = ("managed_account",)
    uses = [word for word in array(terms.get("uses")) if isinstance(word, str)]
    if not array(tree.get("vintages")):
        yield Finding(at, "managed_account has no vintages to choose from", "List the vintages, or remove the table")
    for i, word in enumerate(uses):
        if word in uses[:i]:
            yield Finding((*at, "uses", i), f'managed_account.uses lists "{word}" twice', "Keep one of them")
    if uses and "age" not in uses:
        message = "managed_account.uses has no age, and a person's vintage begins with it"
        yield Finding((*at, "uses"), message, 'Add "age"')
    if "balance" in uses and "pay" not in uses:
        message = "managed_account.uses has balance and no pay, and the path is in years of pay"
        yield Finding((*at, "uses"), message, 'Add "pay", or remove "balance"')
    if terms.get("path") is None and {"balance", "deferral"} & {*uses}:
        message = "managed_account uses balance or deferral and has no path to judge them by"
        yield Finding(at, message, "Add [managed_account.path] with ages, balance_to_pay and deferral")
    yield from _saving_path((*at, "path"), table(terms.get("path")))
    yield from _private_weights(tree, terms, uses)


def _saving_path(at: Path, path: dict[str, Any]) -> Iterator[Finding]:
    ages, balances = array(path.get("ages")), array(path.get("balance_to_pay"))
    if ages and balances and len(ages) != len(balances):
        message = f"{dotted(at)} has {len(balances)} balances and {len(ages)} ages"
        yield Finding((*at, "balance_to_pay"), message, "Give one balance an age")
    years = [number(age) for age in ages]
    for i, (before, after) in enumerate(pairwise(years)):
        if before is not None and after is not None and after <= before:
            message = f"{dotted(at)}.ages: {after:g} follows {before:g}"
            yield Finding((*at, "ages", i + 1), message, "Let the ages rise strictly")


def _private_weights(tree: Mapping[str, Any], terms: dict[str, Any], uses: list[str]) -> Iterator[Finding]:
    """The cap of an account on its private sleeves, and listed sleeves to give their weights back to."""
    slow = [name for name, sleeve in tables(tree.get("sleeves")) if sleeve.get("dealing") in ("monthly", "quarterly")]
    rows = table(table(tree.get("glide_path")).get("weights"))
    columns = list(zip(*([number(cell) for cell in array(rows.get(name))] for name in slow), strict=False))
    private = [math.fsum(column) for column in columns if None not in column]
    if "opt_in" in uses and tree.get("sleeves") and not slow:
        message = "managed_account.uses has opt_in, and no sleeve is private"
        yield Finding(("managed_account", "uses"), message, 'Remove "opt_in"')
    cap = number(terms.get("private_cap"))
    if cap is not None and private and max(private) > cap + WEIGHT_TOLERANCE:
        message = f"private sleeves have {max(private):g} of the account, above private_cap {cap:g}"
        yield Finding(("managed_account", "private_cap"), message, "Lower their weights or raise the cap")
    if "opt_in" in uses and private and max(private) >= 1.0 - WEIGHT_TOLERANCE:
        message = "glide_path.weights: a column has private sleeves only, so nothing is left for who did not opt in"
        yield Finding(("glide_path", "weights"), message, "Give listed sleeves some weight in every column")


def _repurchase(tree: Mapping[str, Any]) -> Iterator[Finding]:
    kind = tree.get("vehicle_type")
    if kind in REPURCHASED and tree.get("repurchase") is None:
        message = f"vehicle_type is {kind}, which buys units back on dates of its own, and there is no [repurchase]"
        fix = "Add [repurchase] with every_months, limit, notice_days and payment_days"
        yield Finding(("vehicle_type",), message, fix)
    yield from _lapse_only(("repurchase",), table(tree.get("repurchase")))


def _public_terms(tree: Mapping[str, Any]) -> Iterator[Finding]:
    found = leaves({key: value for key, value in tree.items() if key not in NOT_TERMS})
    seen: list[str] = []
    for i, term in enumerate(array(tree.get("public_terms"))):
        key = table(term).get("key")
        if not isinstance(key, str):
            continue
        at = ("public_terms", i, "key")
        if key in seen:
            yield Finding(at, f'public_terms lists "{key}" twice', "Keep one of them")
        elif key in NOT_TERMS:
            yield Finding(at, f'public_terms: "{key}" is not a term', "Remove it")
        elif key not in found and any(path.startswith(f"{key}.") for path in found):
            message = f'public_terms: "{key}" is a table'
            yield Finding(at, message, "Name the values inside it one by one, those that are published")
        elif key not in found:
            yield Finding(
                at,
                f'public_terms: "{key}" is not a value of this file',
                "Correct the path or write the value",
            )
        seen.append(key)


def plan(tree: Mapping[str, Any]) -> list[Finding]:
    """Every inconsistency inside a plan document."""
    found: list[Finding] = []
    as_of = tree.get("as_of")
    if isinstance(as_of, date) and not isinstance(as_of, datetime):
        if as_of < date.max and (as_of + timedelta(days=1)).day != 1:
            found.append(
                Finding(("as_of",), f"as_of {as_of} is not a month end", "Write the last day of a month")
            )
        if as_of < FIRST_AS_OF:
            message = f"as_of {as_of} is before {FIRST_AS_OF}, and the IRS limits known here begin in 2015"
            found.append(Finding(("as_of",), message, "Write a later month end"))
        if as_of > LAST_AS_OF:
            found.append(
                Finding(("as_of",), f"as_of {as_of} is after {LAST_AS_OF}", "Write an earlier month end")
            )
    sources = [key for key in ("population", "census") if tree.get(key) is not None]
    if len(sources) == 2:
        message = "both population and census are given"
        found.append(
            Finding(("census",), message, "Keep one: population for shipped people, census for your own")
        )
    if not sources:
        message = "neither population nor census is given"
        found.append(Finding((), message, 'Add population = "NAME" or census = "FILE.csv"'))
    return found


def assumptions(tree: Mapping[str, Any]) -> list[Finding]:
    """Every inconsistency inside an assumptions document."""
    generator = table(tree.get("generator"))
    found = [Finding(("generator", *path), message, fix) for path, message, fix in inconsistent(generator)]
    found += _assets(tree)
    pairs: list[tuple[Any, ...]] = []
    for i, entry in enumerate(array(tree.get("correlations"))):
        a, b = table(entry).get("a"), table(entry).get("b")
        if not isinstance(a, str) or not isinstance(b, str):
            continue
        if a == b:
            message = f'correlations[{i}] is of "{a}" with itself'
            found.append(Finding(("correlations", i), message, "Name two different assets"))
        elif tuple(sorted((a, b))) in pairs:
            message = f'correlations[{i}] repeats "{a}" with "{b}"'
            found.append(Finding(("correlations", i), message, "Keep one entry a pair"))
        pairs.append(tuple(sorted((a, b))))
    return found


def _assets(tree: Mapping[str, Any]) -> Iterator[Finding]:
    for name, asset in tables(tree.get("assets")):
        at = ("assets", name)
        if asset.get("sd") is None and tree.get("series") is None:
            message = f'{dotted(at)}: missing key "sd"'
            yield Finding(at, message, f"Add it, or a [series] file with a column {name}")
        flat, terms = asset.get("reference_fees_yearly"), asset.get("reference_fees")
        if flat is not None and terms is not None:
            message = f"{dotted(at)} states both reference_fees_yearly and reference_fees"
            yield Finding((*at, "reference_fees_yearly"), message, "Keep one of the two")
        share = number(table(table(terms).get("incentive_fee")).get("share"))
        if share is not None and MOST_SHARE < share <= 1.0:
            path = (*at, "reference_fees", "incentive_fee", "share")
            message = f"{dotted(path)} is {share:g} = {100 * share:g}%, and no net return reaches back through that"
            yield Finding(path, message, f"Write at most {MOST_SHARE:g}")
