"""The shipped assumption sets: rows of assets, correlations, and what a sceptic makes of the private ones."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alts401k.terms.assumptions import ReferenceFees
from alts401k.units import Problem, Problems
from alts401k.world.gross import NO_FEES, Fees, fees_of, gross_return, net_return

_FOLDER = Path(__file__).parent / "sets"
FILE = "assumptions.toml"
NET, GROSS = "net_of_manager", "gross"
SURVEY = "survey"


class AssetRow(NamedTuple):
    """What is assumed of one asset: yearly fractions, `sd` a yearly log sd before fees, returns None if not stated.

    `expected_return` is on the row's own `basis`; `net_return` and `gross_return` are after and before
    `reference_fees`, one stated and one worked out (`worked_out`).
    """

    name: str
    expected_return: float | None
    sd: float
    basis: str
    reference_fees: Fees
    source: str
    opposite: str
    shipped: bool
    evidence: str
    fees_source: str = ""
    fees_opposite: str = ""
    net_return: float | None = None
    gross_return: float | None = None


class CorrelationRow(NamedTuple):
    """Where one group of correlations comes from: the pairs (a, b, value), source, evidence mark, opposite view."""

    pairs: tuple[tuple[str, str, float], ...]
    source: str
    evidence: str
    opposite: str = ""


class Sceptic(NamedTuple):
    """A rule on private assets: their net return is at most their public counterpart's less `below_public` a year."""

    title: str
    source: str
    opposite: str
    below_public: float


class ShippedSet(NamedTuple):
    """One shipped set as it is read: the survey's rows in their fixed order, correlations (n, n), a rule or None."""

    title: str
    source: str
    inflation_yearly: float
    rows: tuple[AssetRow, ...]
    correlation: np.ndarray
    correlation_rows: tuple[CorrelationRow, ...]
    counterparts: Mapping[str, str]
    sceptic: Sceptic | None


def sets() -> frozenset[str]:
    """Names of the shipped assumption sets."""
    return frozenset(path.stem for path in _FOLDER.glob("*.toml"))


def log_sd(arithmetic_return: float, arithmetic_sd: float) -> float:
    """Yearly log sd of a lognormal return with this yearly mean and sd: sqrt(ln(1 + (sd / (1 + mean))^2))."""
    return math.sqrt(math.log1p((arithmetic_sd / (1.0 + arithmetic_return)) ** 2))


def public_counterpart(asset: str) -> str | None:
    """The public asset that a sceptic compares a private one with; None for every other asset."""
    return read(SURVEY).counterparts.get(asset)


def unknown_set(name: str) -> Problem:
    """The problem of a set that is not shipped."""
    known = ", ".join(sorted(sets()))
    return Problem(FILE, None, f"no assumption set is called {name!r}", f"use one of: {known}")


@lru_cache(maxsize=8)
def read(set_name: str) -> ShippedSet:
    """A shipped set by name; raises Problems for an unknown one. A sceptical set has the survey's rows and a rule."""
    if set_name not in sets():
        raise Problems([unknown_set(set_name)])
    data = tomllib.loads((_FOLDER / f"{set_name}.toml").read_text(encoding="utf-8"))
    head = data["set"]
    if "same_as" in head:
        return read(head["same_as"])
    if "based_on" in head:
        rule = Sceptic(head["title"], head["source"], head["opposite"], head["below_public"])
        return read(head["based_on"])._replace(title=rule.title, sceptic=rule)
    rows = tuple(
        _shipped_row(asset, head) for asset in sorted(data["asset"], key=lambda a: head["order"].index(a["name"]))
    )
    groups = _groups(data)
    matrix = np.eye(len(rows))
    at = {row.name: i for i, row in enumerate(rows)}
    for group in groups:
        for a, b, value in group.pairs:
            matrix[at[a], at[b]] = matrix[at[b], at[a]] = value
    matrix.setflags(write=False)
    return ShippedSet(head["title"], head["source"], head["inflation_yearly"], rows, matrix, groups,
                      data["public_counterparts"], None)


def _shipped_row(asset: dict[str, Any], head: dict[str, Any]) -> AssetRow:
    net = asset["basis"] == NET
    basis = f"; {head['basis_source'][0].lower()}{head['basis_source'][1:]}" if net else ""
    return worked_out(AssetRow(
        name=asset["name"],
        expected_return=asset.get("expected_return"),
        sd=asset["log_sd"] if "log_sd" in asset else log_sd(asset["arithmetic_return"], asset["arithmetic_sd"]),
        basis=asset["basis"],
        reference_fees=fees_of(ReferenceFees.model_validate(asset["reference_fees"])) if net else NO_FEES,
        source=asset.get("source", head["source"]) + basis,
        opposite=asset["opposite"],
        shipped=True,
        evidence=asset["evidence"],
        fees_source=head["fees_source"] if net else "",
        fees_opposite=head["fees_opposite"] if net else "",
    ))


def _groups(data: dict[str, Any]) -> tuple[CorrelationRow, ...]:
    block = data["correlation_block"]
    survey = tuple(
        (a, b, value)
        for i, a in enumerate(block["names"])
        for b, value in zip(block["names"][:i], block["lower"][i], strict=False)
    )
    groups = [CorrelationRow(survey, block["source"], block["evidence"], block["opposite"])]
    for row in data["correlation_row"]:
        pairs = tuple((row["asset"], other, value) for other, value in row["with"].items())
        groups.append(CorrelationRow(pairs, row["source"], row["evidence"]))
    return tuple(groups)


def worked_out(row: AssetRow) -> AssetRow:
    """The row with the return on the other side of its reference fees; raises ValueError where there is none."""
    stated = row.expected_return
    if stated is None:
        return row._replace(net_return=None, gross_return=None)
    if row.basis == NET:
        return row._replace(net_return=stated, gross_return=gross_return(stated, row.sd, row.reference_fees))
    return row._replace(net_return=net_return(stated, row.sd, row.reference_fees), gross_return=stated)


def sceptical(rows: Iterable[AssetRow], rule: Sceptic, own_too: bool) -> tuple[AssetRow, ...]:
    """The rows with the rule applied to each private asset after all fees, never raising one; risk unchanged.

    Rows of the case itself are left as stated unless `own_too`. Raises ValueError as `worked_out`.
    """
    rows = tuple(rows)
    by_name = {row.name: row for row in rows}
    return tuple(
        _sceptical(row, by_name.get(public_counterpart(row.name)), rule) if row.shipped or own_too else row
        for row in rows
    )


def _sceptical(row: AssetRow, public: AssetRow | None, rule: Sceptic) -> AssetRow:
    if public is None or row.net_return is None or public.net_return is None:
        return row
    net = min(row.net_return, public.net_return) - rule.below_public
    if net >= row.net_return:
        return row
    stated = net if row.basis == NET else gross_return(net, row.sd, row.reference_fees)
    source = f"{rule.title}: {100 * net:.2f}% a year net, against {public.name} at {100 * public.net_return:.2f}%. "
    opposite = f"{rule.opposite} Without this rule: {100 * row.expected_return:.2f}% a year, {row.basis}: {row.source}"
    return worked_out(row._replace(expected_return=stated, source=source + rule.source, opposite=opposite,
                                   evidence="A"))
