"""Capital market assumptions: shipped sets, a case's overrides, the joint lognormal world they define.

Truth is monthly and jointly lognormal. Every asset of a set is drawn in one fixed order, used or not, and a
case's own assets come after, so adding a sleeve changes no other asset's draw.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.units import Problem, Problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alts401k.terms.assumptions import Assumptions
    from alts401k.terms.case import Case

_FOLDER = Path(__file__).parent / "sets"
_FILE = "assumptions.toml"
_MONTHS = 12
# A pivot this close to zero is a dependent asset, not an impossible matrix: correlations carry few digits.
_PIVOT_TOLERANCE = 1e-10


class AssetRow(NamedTuple):
    """What is assumed of one asset: yearly fractions, `sd` a yearly log sd, return None if not stated."""

    name: str
    expected_return: float | None
    sd: float
    basis: str
    reference_fees_yearly: float
    source: str
    opposite: str
    shipped: bool
    evidence: str


class CorrelationRow(NamedTuple):
    """Where one group of correlations comes from: the pairs (a, b, value), source and evidence mark."""

    pairs: tuple[tuple[str, str, float], ...]
    source: str
    evidence: str


class Market(NamedTuple):
    """The joint lognormal world of one case; vectors (n,), matrices (n, n), in the order of `names`.

    `log_mean_monthly` is nan for an asset without a stated return: any use of it shows.
    """

    names: tuple[str, ...]
    keys: np.ndarray
    log_mean_monthly: np.ndarray
    log_sd_monthly: np.ndarray
    factor: np.ndarray
    inflation_yearly: float
    rows: tuple[AssetRow, ...]
    correlation: np.ndarray
    correlation_rows: tuple[CorrelationRow, ...]
    set_title: str
    set_source: str


class _Set(NamedTuple):
    title: str
    source: str
    inflation_yearly: float
    rows: tuple[AssetRow, ...]
    correlation: np.ndarray
    correlation_rows: tuple[CorrelationRow, ...]


def sets() -> frozenset[str]:
    """Names of the shipped assumption sets."""
    return frozenset(path.stem for path in _FOLDER.glob("*.toml"))


def universe(set_name: str) -> tuple[str, ...]:
    """Names of a shipped set's assets in their fixed order; raises Problems for an unknown set."""
    return tuple(row.name for row in _read(set_name).rows)


def assets() -> frozenset[str]:
    """Names of every asset that some shipped set knows."""
    return frozenset(name for set_name in sets() for name in universe(set_name))


def log_sd(arithmetic_return: float, arithmetic_sd: float) -> float:
    """Yearly log sd of a lognormal return with this yearly mean and sd: sqrt(ln(1 + (sd / (1 + mean))^2))."""
    return math.sqrt(math.log1p((arithmetic_sd / (1.0 + arithmetic_return)) ** 2))


def asset_key(name: str) -> int:
    """The 64-bit key of an asset's draws: a hash of its name, so that it depends on nothing else."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def build(assumptions: Assumptions) -> Market:
    """The world of one case: the shipped set, then the case's overrides, then its own assets in name order.

    Raises Problems naming the correlations at fault when they cannot hold together, or the set is unknown.
    """
    found = _problems_of_matrix(assumptions)
    if found:
        raise Problems(found)
    shipped = _read(assumptions.set)
    rows = _rows(shipped, assumptions)
    names = tuple(row.name for row in rows)
    correlation = _correlation(shipped, names, assumptions.correlations)
    factor, _ = cholesky(correlation)
    inflation = assumptions.inflation_yearly
    stated = tuple(
        CorrelationRow(((c.a, c.b, c.value),), c.source, "case") for c in assumptions.correlations
    )
    return Market(
        names=names,
        keys=np.array([asset_key(name) for name in names], dtype=np.uint64),
        log_mean_monthly=np.array([_log_mean_monthly(row) for row in rows]),
        log_sd_monthly=np.array([row.sd / math.sqrt(_MONTHS) for row in rows]),
        factor=factor,
        inflation_yearly=shipped.inflation_yearly if inflation is None else inflation,
        rows=rows,
        correlation=correlation,
        correlation_rows=shipped.correlation_rows + stated,
        set_title=shipped.title,
        set_source=shipped.source,
    )


def problems(case: Case) -> list[Problem]:
    """What in a case's market assumptions would stop a run: returns not stated, bad correlations."""
    assumptions = case.assumptions
    if assumptions.set not in sets():
        return [_unknown_set(assumptions.set)]
    rows = _rows(_read(assumptions.set), assumptions)
    stated = {row.name for row in rows if row.expected_return is not None}
    found = [
        Problem(
            _FILE,
            None,
            f"{name} is held ({', '.join(where)}) but no expected return is stated for it",
            f"add [assets.{name}] with expected_return, sd, basis and source",
        )
        for name, where in sorted(_held(case).items())
        if name not in stated
    ]
    return found + _problems_of_matrix(assumptions)


def cholesky(matrix: np.ndarray) -> tuple[np.ndarray, int | None]:
    """Lower factor L, L L' = matrix (n, n), and the first row that makes it not positive semi-definite.

    Row i depends on rows up to i only, to the last bit, so appended assets change nothing before them;
    a dependent asset (correlation exactly 1) is allowed. The row is None when the matrix holds.
    """
    n = len(matrix)
    low = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            rest = float(matrix[i, j]) - math.fsum(low[i][k] * low[j][k] for k in range(j))
            if low[j][j] > 0.0:
                low[i][j] = rest / low[j][j]
            elif abs(rest) > math.sqrt(_PIVOT_TOLERANCE):
                return np.array(low), i
        pivot = float(matrix[i, i]) - math.fsum(x * x for x in low[i][:i])
        if pivot < -_PIVOT_TOLERANCE:
            return np.array(low), i
        low[i][i] = math.sqrt(pivot) if pivot > _PIVOT_TOLERANCE else 0.0
    return np.array(low), None


@lru_cache(maxsize=8)
def _read(set_name: str) -> _Set:
    if set_name not in sets():
        raise Problems([_unknown_set(set_name)])
    data = tomllib.loads((_FOLDER / f"{set_name}.toml").read_text(encoding="utf-8"))
    head = data["set"]
    rows = tuple(
        AssetRow(
            name=a["name"],
            expected_return=a.get("expected_return"),
            sd=a["log_sd"] if "log_sd" in a else log_sd(a["arithmetic_return"], a["arithmetic_sd"]),
            basis=a["basis"],
            reference_fees_yearly=a["reference_fees_yearly"],
            source=a.get("source", head["source"]),
            opposite=a["opposite"],
            shipped=True,
            evidence=a["evidence"],
        )
        for a in sorted(data["asset"], key=lambda a: head["order"].index(a["name"]))
    )
    block = data["correlation_block"]
    groups = [
        CorrelationRow(
            tuple(
                (a, b, value)
                for i, a in enumerate(block["names"])
                for b, value in zip(block["names"][:i], block["lower"][i], strict=False)
            ),
            block["source"],
            block["evidence"],
        )
    ]
    for row in data["correlation_row"]:
        pairs = tuple((row["asset"], other, value) for other, value in row["with"].items())
        groups.append(CorrelationRow(pairs, row["source"], row["evidence"]))
    matrix = np.eye(len(rows))
    at = {row.name: i for i, row in enumerate(rows)}
    for group in groups:
        for a, b, value in group.pairs:
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = value
    matrix.setflags(write=False)
    return _Set(head["title"], head["source"], head["inflation_yearly"], rows, matrix, tuple(groups))


def _unknown_set(name: str) -> Problem:
    known = ", ".join(sorted(sets()))
    return Problem(_FILE, None, f"no assumption set is called {name!r}", f"use one of: {known}")


def _rows(shipped: _Set, assumptions: Assumptions) -> tuple[AssetRow, ...]:
    known = {row.name for row in shipped.rows}
    own = {
        name: AssetRow(
            name=name,
            expected_return=a.expected_return,
            sd=a.sd,
            basis=a.basis,
            reference_fees_yearly=a.reference_fees_yearly,
            source=a.source,
            opposite=a.opposite,
            shipped=False,
            evidence="case",
        )
        for name, a in assumptions.assets.items()
    }
    return tuple(own.get(row.name, row) for row in shipped.rows) + tuple(
        own[name] for name in sorted(own) if name not in known
    )


def _log_mean_monthly(row: AssetRow) -> float:
    if row.expected_return is None:
        return math.nan
    # A survey quotes private assets after their managers' fees; the fund's terms charge those fees, so the
    # market must earn the return before them.
    back = row.reference_fees_yearly if row.basis == "net_of_manager" else 0.0
    return math.log1p(row.expected_return + back) / _MONTHS


def _correlation(shipped: _Set, names: tuple[str, ...], overrides: Iterable) -> np.ndarray:
    matrix = np.eye(len(names))
    size = len(shipped.rows)
    matrix[:size, :size] = shipped.correlation
    at = {name: i for i, name in enumerate(names)}
    for c in overrides:
        matrix[at[c.a], at[c.b]] = matrix[at[c.b], at[c.a]] = c.value
    return matrix


def _problems_of_matrix(assumptions: Assumptions) -> list[Problem]:
    shipped = _read(assumptions.set)
    names = tuple(row.name for row in _rows(shipped, assumptions))
    stated = assumptions.correlations
    found = _problems_of_pairs(stated, frozenset(names))
    if found:
        return found
    if cholesky(_correlation(shipped, names, stated))[1] is None:
        return []
    # The shipped matrix holds together, so the case's own figures broke it; name those that alone undo it.
    alone = [c for i, c in enumerate(stated) if _holds(shipped, names, stated[:i] + stated[i + 1 :])]
    guilty = alone or list(stated)
    pairs = "; ".join(f"{c.a} and {c.b} at {c.value:g}" for c in guilty)
    fix = "bring them nearer the shipped figures, or state the other correlations that go with them"
    if len(alone) == 1:
        low, high = _range(shipped, names, stated, alone[0])
        fix = f"with the other correlations as they are it must lie between {low:.2f} and {high:.2f}; "
        fix += "or state the others that go with it"
    return [Problem(_FILE, None, f"these correlations cannot hold together with the rest: {pairs}", fix)]


def _problems_of_pairs(stated: Iterable, names: frozenset[str]) -> list[Problem]:
    found, seen = [], set()
    for c in stated:
        pair = frozenset((c.a, c.b))
        unknown = sorted(pair - names)
        if unknown:
            message = f"correlation of an unknown asset: {', '.join(unknown)}"
            found.append(Problem(_FILE, None, message, "name an asset of the set or of [assets]"))
        elif len(pair) == 1:
            message = f"correlation of {c.a} with itself"
            found.append(Problem(_FILE, None, message, "remove it: it is always 1"))
        elif pair in seen:
            message = f"correlation of {c.a} and {c.b} is stated twice"
            found.append(Problem(_FILE, None, message, "keep one of the two"))
        seen.add(pair)
    return found


def _holds(shipped: _Set, names: tuple[str, ...], overrides: Iterable) -> bool:
    return cholesky(_correlation(shipped, names, overrides))[1] is None


def _range(shipped: _Set, names: tuple[str, ...], stated: tuple, one: object) -> tuple[float, float]:
    """Lowest and highest value of one correlation, in hundredths, that hold together with the others."""
    others = tuple(c for c in stated if c is not one)
    base = _correlation(shipped, names, others)
    i, j = names.index(one.a), names.index(one.b)
    good = []
    for hundredth in range(-100, 101):
        base[i, j] = base[j, i] = hundredth / 100
        if cholesky(base)[1] is None:
            good.append(hundredth / 100)
    return (good[0], good[-1])


def _held(case: Case) -> dict[str, list[str]]:
    """Asset names that some fund of the case holds, each with the sleeves that hold it."""
    funds = [("fund.toml", case.fund), ("baseline.toml", case.baseline)]
    funds += [(f"alternatives/{name}.toml", fund) for name, fund in case.alternatives]
    held: dict[str, list[str]] = {}
    for file, fund in funds:
        for sleeve_name, sleeve in fund.sleeves.items():
            held.setdefault(sleeve.asset, []).append(f"{file} sleeve {sleeve_name}")
            liquidity = sleeve.liquidity
            if liquidity is not None:
                held.setdefault(liquidity.asset, []).append(f"{file} sleeve {sleeve_name}, its liquidity")
    return held
