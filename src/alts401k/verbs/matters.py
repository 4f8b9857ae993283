"""Which inputs and which assumed terms move the answer: one at a time, on common paths."""
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from alts401k.simulate.paired import median_change, ratios
from alts401k.terms.fields import leaves
from alts401k.terms.fund import UNDESCRIBED, Fund
from alts401k.units import Problems
from alts401k.verbs.gather import Progress
from alts401k.verbs.sections import shown
from alts401k.verbs.study import Study
from alts401k.verbs.variants import first_paths, pair_in, with_fund
from alts401k.verbs.why import PUBLIC_EQUITY, questioned
from alts401k.world.market import Market, with_expected_return, with_sd

INPUT_PATHS, TERM_PATHS = 200, 50
POINT = 0.01


class Input(NamedTuple):
    """One input: its value and the two tried, and what makes a market or a fund of a value."""

    name: str
    title: str
    unit: str
    base: float
    low: float
    high: float
    market: Callable[[float], Market] | None
    fund: Callable[[float], Fund] | None


def inputs_that_matter(s: Study, progress: Progress = None) -> list[dict]:
    """Each input moved down and up by itself, and what the median change of wealth does; largest swing first.

    A value that no document may have, or with which a fund is ruined, is not tried: its side shows the case's own value
    and no change.
    """
    n = min(INPUT_PATHS, s.n)
    proposed = s.run.paths[0]
    base, chunks = median_change(ratios(first_paths(s.baseline, n), proposed.units[:n], proposed.value[:n]),
                                 s.savers.weight)
    rows, tried = [], _inputs(s)
    for k, x in enumerate(tried):
        changes = [_change_of(s, x, value, n) for value in (x.low, x.high)]
        sides = [x.base if c is None else value for c, value in zip(changes, (x.low, x.high), strict=True)]
        (low, low_chunks), (high, high_chunks) = [(base, chunks) if c is None else c for c in changes]
        swing = high_chunks - low_chunks
        swing = swing[~np.isnan(swing)]
        rows.append({"name": x.name, "title": x.title, "unit": x.unit,
                     "low": sides[0], "base": x.base, "high": sides[1],
                     "change_low": low - base, "change_high": high - base, "swing": abs(high - low),
                     "standard_error": float(swing.std(ddof=1) / math.sqrt(len(swing))) if len(swing) > 1 else 0.0})
        if progress is not None:
            progress("inputs", k + 1, len(tried))
    return sorted(rows, key=lambda row: (-row["swing"], row["name"]))


def _change_of(s: Study, x: Input, value: float, n: int) -> tuple[float, np.ndarray] | None:
    try:
        if x.market is not None:
            paths, today = pair_in(s, x.market(value), n)
            return _median(s, ratios(today, paths.units, paths.value))
        paths, matters = with_fund(s, x.fund(value), n)
    except (Problems, ValueError):  # a document's own checks raise a ValueError too
        return None
    if paths is None:
        if matters:
            return None
        paths = s.run.paths[0]
    return _median(s, ratios(first_paths(s.baseline, n), paths.units[:n], paths.value[:n]))


def _median(s: Study, ratio: np.ndarray):
    return median_change(ratio, s.savers.weight)


def _inputs(s: Study) -> list[Input]:
    """The inputs that are tried: returns and risks of the assets in question, of public equity, fees, gates, marks."""
    market, fund = s.g.market, s.g.case.fund
    rows = {row.name: row for row in market.rows}
    found = []
    for asset in [*questioned(s), *([PUBLIC_EQUITY] if PUBLIC_EQUITY in s.assets else [])]:
        r, sd = rows[asset].expected_return, rows[asset].sd
        found.append(Input(f"assets.{asset}.expected_return", f"return of {asset}", "a year", r, r - POINT, r + POINT,
                           lambda x, a=asset: with_expected_return(market, a, x), None))
        if asset != PUBLIC_EQUITY:
            found.append(Input(f"assets.{asset}.sd", f"risk of {asset}", "log, a year", sd, 0.8 * sd, 1.2 * sd,
                               lambda x, a=asset: with_sd(market, a, x), None))
    trustee = sum(fund.trustee_fees.values())
    found.append(Input("trustee_fees", "trustee's fees, all layers", "a year", trustee, 0.5 * trustee, 1.5 * trustee,
                       None, lambda x: scaled(fund, ("trustee_fees",), x / trustee if trustee else 1.0)))
    for title, keys, unit in (("managers' fees on private assets", ("mgmt_fee",), "times the terms"),
                              ("managers' share of profit", ("incentive_fee", "share"), "times the terms"),
                              ("liquidity kept in private sleeves", ("liquidity",), "times the terms"),
                              ("gates of private sleeves", ("gates",), "times the terms"),
                              ("smoothing of marks", ("mark", "smoothing"), "times the terms")):
        if any(sleeve.slow for sleeve in fund.sleeves.values()):
            found.append(Input(".".join(keys), title, unit, 1.0, 0.5, 1.5, None,
                               lambda x, keys=keys: scaled(fund, keys, x)))
    return [x for x in found if x.low != x.high]


def scaled(fund: Fund, keys: tuple[str, ...], factor: float) -> Fund:
    """The fund with every number whose path holds ``keys`` in a row multiplied by ``factor``, shares held to 1."""
    tree = fund.model_dump(mode="python", exclude_unset=True)

    def walk(node: Any, path: tuple[str, ...]) -> Any:
        if isinstance(node, dict):
            return {k: walk(x, (*path, k)) for k, x in node.items()}
        if isinstance(node, (list, tuple)):
            return tuple(walk(x, path) for x in node)
        hit = any(path[i:i + len(keys)] == keys for i in range(len(path)))
        if hit and isinstance(node, float):
            return min(1.0, node * factor)
        return node

    return Fund.model_validate(walk(tree, ()))


def ask_the_manager(s: Study, progress: Progress = None) -> list[dict]:
    """Every assumed term of the proposed fund, ordered by what half as much and half as much again would do to the
    median change of wealth; equal terms of several sleeves or blocks are moved together."""
    n = min(TERM_PATHS, s.n)
    fund, proposed = s.g.case.fund, s.run.paths[0]
    base = _median(s, ratios(first_paths(s.baseline, n), proposed.units[:n], proposed.value[:n]))[0]
    public = {term.key for term in fund.public_terms}
    terms = {key: value for key, value in leaves(fund.model_dump(exclude=set(UNDESCRIBED))).items()
             if key not in public}
    rows, together = [], _together(terms)
    for k, (keys, value) in enumerate(together):
        tried = [_tried(s, keys, value, factor, n) for factor in (0.5, 1.5)]
        effects = [t[1] - base if t is not None and t[1] is not None else 0.0 for t in tried]
        rows.append({"key": _named(keys), "value": shown(value), "effect": max(effects, key=abs),
                     "low": None if tried[0] is None else shown(tried[0][0]),
                     "high": None if tried[1] is None else shown(tried[1][0])})
        if progress is not None:
            progress("terms", k + 1, len(together))
    return sorted(rows, key=lambda row: (-abs(row["effect"]), row["key"]))


def _together(terms: dict[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    """Keys of equal terms of several sleeves or blocks together: ("sleeves.a.floor", "sleeves.b.floor"), 0.005."""
    found: dict[tuple, list[str]] = {}
    for key, value in terms.items():
        parts = key.split(".")
        alike = (parts[0], *parts[2:]) if parts[0] in ("sleeves", "blocks") and len(parts) > 2 else (key,)
        found.setdefault((alike, repr(value)), []).append(key)
    return [(tuple(keys), terms[keys[0]]) for keys in found.values()]


def _named(keys: tuple[str, ...]) -> str:
    if len(keys) == 1:
        return keys[0]
    head, *rest = keys[0].split(".")
    return f"{head}.*.{'.'.join(rest[1:])} ({len(keys)} alike)"


def _tried(s: Study, keys: tuple[str, ...], value: Any, factor: float, n: int) -> tuple[Any, float | None] | None:
    """The value tried and the median change with it (None where nothing depends on it); None if it cannot be tried."""
    moved = _moved(value, factor)
    if moved is None:
        return None
    tree = s.g.case.fund.model_dump(mode="python", exclude_unset=True)
    for key in keys:
        _put(tree, key.split("."), moved)
    try:
        paths, matters = with_fund(s, Fund.model_validate(tree), n)
    except (Problems, ValueError):  # a value that the document may not have, or that ruins the fund
        return None
    if paths is None:
        return None if matters else (moved, None)
    return moved, _median(s, ratios(first_paths(s.baseline, n), paths.units[:n], paths.value[:n]))[0]


def _moved(value: Any, factor: float) -> Any:
    if isinstance(value, bool):
        return not value if factor > 1.0 else None
    if isinstance(value, int):
        moved = round(value * factor)
        return moved if moved != value else value + (1 if factor > 1.0 else -1)
    if isinstance(value, float):
        return _plain(value * factor) if value != 0.0 else None
    if isinstance(value, tuple) and value and all(isinstance(x, dict) for x in value):
        return tuple({k: _plain(x * factor) if isinstance(x, float) else x for k, x in row.items()} for row in value)
    return None


def _plain(value: float) -> float:
    """The value without the dust of its product: it is written out as what was tried."""
    return float(f"{value:.12g}")


def _put(tree: dict, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value
