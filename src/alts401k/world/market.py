"""Capital market assumptions: shipped sets, a case's overrides, the joint lognormal world they define.

Truth is monthly and, unless the case asks for another generator, jointly lognormal. Every asset of a set is drawn
in one fixed order, used or not, and a case's own assets come after, so adding a sleeve changes no other asset's draw.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.terms.generator import Generator
from alts401k.terms.scenarios import Scenarios
from alts401k.terms.series import Series
from alts401k.units import Problem, Problems
from alts401k.world.gross import NO_FEES, Fees, fees_of
from alts401k.world.series import estimate
from alts401k.world.shipped import (
    FILE,
    NET,
    AssetRow,
    CorrelationRow,
    ShippedSet,
    log_sd,
    public_counterpart,
    read,
    sceptical,
    sets,
    unknown_set,
    worked_out,
)

if TYPE_CHECKING:
    from alts401k.terms.assumptions import AssetAssumption, Assumptions
    from alts401k.terms.case import Case

__all__ = [
    "AssetRow", "CorrelationRow", "Market", "asset_key", "assets", "build", "cholesky", "log_sd", "problems",
    "public_counterpart", "sceptic", "sets", "universe", "with_expected_return", "with_sd",
]

_MONTHS = 12
# A pivot this close to zero is a dependent asset, not an impossible matrix: correlations carry few digits.
_PIVOT_TOLERANCE = 1e-10


class Market(NamedTuple):
    """The joint world of one case; vectors (n,), matrices (n, n), in the order of `names`.

    `log_mean_monthly` is that of the gross return, nan for an asset without a stated one: any use of it shows.
    `generator` says how months are drawn; `scenarios` holds the case's own, None unless it draws from them.
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
    generator: Generator = Generator()
    scenarios: Scenarios | None = None
    series: Series | None = None


def universe(set_name: str) -> tuple[str, ...]:
    """Names of a shipped set's assets in their fixed order; raises Problems for an unknown set."""
    return tuple(row.name for row in read(set_name).rows)


def assets() -> frozenset[str]:
    """Names of every asset that some shipped set knows."""
    return frozenset(name for set_name in sets() for name in universe(set_name))


def asset_key(name: str) -> int:
    """The 64-bit key of an asset's draws: a hash of its name, so that it depends on nothing else."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def build(assumptions: Assumptions, series: Series | None = None, scenarios: Scenarios | None = None) -> Market:
    """The world of one case: the shipped set, then the case's overrides, then its own assets in name order.

    `series` and `scenarios` are those of the case. Raises Problems naming what is not stated, the correlations at
    fault when they cannot hold together, or an unknown set.
    """
    found = _problems(assumptions, series)
    if found:
        raise Problems(found)
    shipped = read(assumptions.set)
    base = _base(shipped, assumptions, series)
    correlation = _correlation(base, assumptions.correlations)
    factor, _ = cholesky(correlation)
    inflation = assumptions.inflation_yearly
    stated = tuple(
        CorrelationRow(((c.a, c.b, c.value),), c.source, "case") for c in assumptions.correlations
    )
    names = base.names
    return Market(
        names=names,
        keys=np.array([asset_key(name) for name in names], dtype=np.uint64),
        log_mean_monthly=np.array([_log_mean_monthly(row) for row in base.rows]),
        log_sd_monthly=np.array([row.sd / math.sqrt(_MONTHS) for row in base.rows]),
        factor=factor,
        inflation_yearly=shipped.inflation_yearly if inflation is None else inflation,
        rows=base.rows,
        correlation=correlation,
        correlation_rows=base.correlation_rows + stated,
        set_title=shipped.title,
        set_source=shipped.source,
        generator=assumptions.generator,
        scenarios=scenarios,
        series=series,
    )


def sceptic(market: Market, name: str) -> Market:
    """The market with a sceptical set's rule applied to every private asset, the case's own rows too.

    `name` is "no-premium" or "adverse"; raises ValueError for a set without a rule, Problems for an unknown one.
    """
    rule = read(name).sceptic
    if rule is None:
        raise ValueError(f"the set {name!r} has no rule for private assets")
    rows = sceptical(market.rows, rule, own_too=True)
    return _with_rows(market, rows)._replace(set_title=rule.title)


def with_expected_return(market: Market, asset: str, value: float) -> Market:
    """The market with one asset's return replaced: yearly geometric, on that asset's own basis.

    Raises ValueError for an asset that it has not, or where no gross return gives a net `value`.
    """
    return _with_row(market, asset, expected_return=value)


def with_sd(market: Market, asset: str, sd: float) -> Market:
    """The market with one asset's yearly log sd replaced; a net return is grossed up again. Raises ValueError."""
    return _with_row(market, asset, sd=sd)


def _with_row(market: Market, asset: str, **changed: float) -> Market:
    rows = list(market.rows)
    place = market.names.index(asset)
    rows[place] = worked_out(rows[place]._replace(**changed))
    return _with_rows(market, tuple(rows))


def _with_rows(market: Market, rows: tuple[AssetRow, ...]) -> Market:
    return market._replace(
        rows=rows,
        log_mean_monthly=np.array([_log_mean_monthly(row) for row in rows]),
        log_sd_monthly=np.array([row.sd / math.sqrt(_MONTHS) for row in rows]),
    )


def problems(case: Case) -> list[Problem]:
    """What in a case's market assumptions would stop a run: returns or fees not stated, bad correlations, scenarios
    without an asset that is held."""
    assumptions = case.assumptions
    found = _problems(assumptions, case.series)
    if found and assumptions.set not in sets():
        return found
    held = _held(case)
    stated = {row.name for row in read(assumptions.set).rows if row.expected_return is not None}
    silent = [
        Problem(
            FILE,
            None,
            f"{name} is held ({', '.join(where)}) but no expected return is stated for it",
            f"add [assets.{name}] with expected_return, sd, basis and source",
        )
        for name, where in sorted(held.items())
        if name not in stated and name not in assumptions.assets
    ]
    return silent + found + _problems_of_scenarios(case.scenarios, held)


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


class _Base(NamedTuple):
    """Rows and correlations before the case's own correlations."""

    names: tuple[str, ...]
    rows: tuple[AssetRow, ...]
    correlation: np.ndarray
    correlation_rows: tuple[CorrelationRow, ...]


def _base(shipped: ShippedSet, assumptions: Assumptions, series: Series | None) -> _Base:
    known = {row.name: row for row in shipped.rows}
    own = assumptions.assets
    silent = tuple(name for name in sorted(own) if own[name].sd is None)
    names = tuple(row.name for row in shipped.rows) + tuple(name for name in sorted(own) if name not in known)
    matrix = np.eye(len(names))
    size = len(shipped.rows)
    matrix[:size, :size] = shipped.correlation
    sources = shipped.correlation_rows
    sds: dict[str, tuple[float, str]] = {}
    if silent:
        found = estimate(series, silent, names[:size], shipped.correlation)
        sds = {name: (float(sd), said) for name, sd, said in zip(silent, found.sd, found.words, strict=True)}
        new = [i for i, name in enumerate(silent) if name not in known]
        at = [names.index(silent[i]) for i in new]
        if at:
            matrix[:size, at] = found.with_set[:, new]
            matrix[at, :size] = found.with_set[:, new].T
            matrix[np.ix_(at, at)] = found.among[np.ix_(new, new)]
        sources += _measured(names, at, size, matrix, series, found.kept)
    rows = tuple(_own_row(name, own[name], known.get(name), sds.get(name)) if name in own else known[name]
                 for name in names)
    if shipped.sceptic is not None:
        rows = sceptical(rows, shipped.sceptic, own_too=False)
    return _Base(names, rows, matrix, sources)


def _measured(names: tuple[str, ...], at: list[int], size: int, matrix: np.ndarray, series: Series,
              kept: float) -> tuple[CorrelationRow, ...]:
    """One group of correlations an asset with a series: its own against the set and against those before it."""
    source = (f"{series.file} against the shipped history of the class over their common months; classes without a "
              "history: what those correlations imply; between two series: their common months")
    if kept < 1.0:
        source += f". All times {kept:.2f}, the most that can hold together with the set's own correlations"
    return tuple(
        CorrelationRow(
            tuple((names[i], names[j], float(matrix[i, j])) for j in (*range(size), *(k for k in at if k < i))),
            source, "case")
        for i in at
    )


def _own_row(name: str, a: AssetAssumption, shipped: AssetRow | None, risk: tuple[float, str] | None) -> AssetRow:
    fees, fees_source = _fees(a, shipped)
    return worked_out(AssetRow(
        name=name,
        expected_return=a.expected_return,
        sd=a.sd if a.sd is not None else risk[0],
        basis=a.basis,
        reference_fees=fees,
        source=a.source if a.sd is not None else f"{a.source}; {risk[1]}",
        opposite=a.opposite,
        shipped=False,
        evidence="case",
        fees_source=fees_source,
        fees_opposite=shipped.fees_opposite if shipped else "",
    ))


def _fees(a: AssetAssumption, shipped: AssetRow | None) -> tuple[Fees, str]:
    """Reference fees of a case's own row: its terms, its one rate, or the set's for that asset."""
    if a.reference_fees is not None:
        return fees_of(a.reference_fees), f"stated in {FILE}"
    if "reference_fees_yearly" in a.model_fields_set:
        return Fees(a.reference_fees_yearly), f"stated in {FILE}"
    return (shipped.reference_fees, shipped.fees_source) if shipped else (NO_FEES, "")


def _log_mean_monthly(row: AssetRow) -> float:
    return math.nan if row.gross_return is None else math.log1p(row.gross_return) / _MONTHS


def _correlation(base: _Base, overrides: Iterable) -> np.ndarray:
    matrix = base.correlation.copy()
    at = {name: i for i, name in enumerate(base.names)}
    for c in overrides:
        matrix[at[c.a], at[c.b]] = matrix[at[c.b], at[c.a]] = c.value
    return matrix


def _problems(assumptions: Assumptions, series: Series | None) -> list[Problem]:
    """Everything that would stop `build`."""
    if assumptions.set not in sets():
        return [unknown_set(assumptions.set)]
    shipped = read(assumptions.set)
    found = _problems_of_rows(shipped, assumptions, series)
    if found:
        return found
    return _problems_of_matrix(_base(shipped, assumptions, series), assumptions.correlations)


def _problems_of_rows(shipped: ShippedSet, assumptions: Assumptions, series: Series | None) -> list[Problem]:
    found = []
    known = {row.name: row for row in shipped.rows}
    for name, a in assumptions.assets.items():
        if a.sd is None and (series is None or name not in series.names):
            message = f"[assets.{name}] has no sd and no series to take it from"
            found.append(Problem(FILE, None, message, "state sd, or add a [series] file with a column of that name"))
        stated = a.reference_fees is not None or "reference_fees_yearly" in a.model_fields_set
        if a.basis == NET and not stated and (name not in known or known[name].reference_fees == NO_FEES):
            message = f"[assets.{name}] is net_of_manager and does not say which fees its return has paid"
            fix = "add reference_fees = { mgmt_fee = ..., incentive_fee = ... } (mgmt_fee = 0.0 if it has paid none)"
            found.append(Problem(FILE, None, message, fix))
    return found


def _problems_of_scenarios(scenarios: Scenarios | None, held: dict[str, list[str]]) -> list[Problem]:
    if scenarios is None:
        return []
    return [
        Problem(scenarios.file, 1, f'missing column "{name}", which is held ({", ".join(where)})',
                "add its returns, or draw from another generator")
        for name, where in sorted(held.items())
        if name not in scenarios.assets
    ]


def _problems_of_matrix(base: _Base, stated: tuple) -> list[Problem]:
    found = _problems_of_pairs(stated, frozenset(base.names))
    if found:
        return found
    if _holds(base, stated):
        return []
    # The shipped matrix holds together, so the case's own figures broke it; name those that alone undo it.
    alone = [c for i, c in enumerate(stated) if _holds(base, stated[:i] + stated[i + 1 :])]
    guilty = alone or list(stated)
    pairs = "; ".join(f"{c.a} and {c.b} at {c.value:g}" for c in guilty)
    fix = "bring them nearer the shipped figures, or state the other correlations that go with them"
    if len(alone) == 1:
        low, high = _range(base, stated, alone[0])
        fix = f"with the other correlations as they are it must lie between {low:.2f} and {high:.2f}; "
        fix += "or state the others that go with it"
    return [Problem(FILE, None, f"these correlations cannot hold together with the rest: {pairs}", fix)]


def _problems_of_pairs(stated: Iterable, names: frozenset[str]) -> list[Problem]:
    found, seen = [], set()
    for c in stated:
        pair = frozenset((c.a, c.b))
        unknown = sorted(pair - names)
        if unknown:
            message = f"correlation of an unknown asset: {', '.join(unknown)}"
            found.append(Problem(FILE, None, message, "name an asset of the set or of [assets]"))
        elif len(pair) == 1:
            message = f"correlation of {c.a} with itself"
            found.append(Problem(FILE, None, message, "remove it: it is always 1"))
        elif pair in seen:
            message = f"correlation of {c.a} and {c.b} is stated twice"
            found.append(Problem(FILE, None, message, "keep one of the two"))
        seen.add(pair)
    return found


def _holds(base: _Base, overrides: Iterable) -> bool:
    return cholesky(_correlation(base, overrides))[1] is None


def _range(base: _Base, stated: tuple, one: object) -> tuple[float, float]:
    """Lowest and highest value of one correlation, in hundredths, that hold together with the others."""
    matrix = _correlation(base, tuple(c for c in stated if c is not one))
    i, j = base.names.index(one.a), base.names.index(one.b)
    good = []
    for hundredth in range(-100, 101):
        matrix[i, j] = matrix[j, i] = hundredth / 100
        if cholesky(matrix)[1] is None:
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
