"""Named stresses: short tapes of monthly returns from the shipped history, and what savers and managers do meanwhile.

A month's public assets move as their columns of the history did. Private assets' true values move as their listed
stand-ins do without the borrowing inside them; any other asset as the case's own series did, else by the set's
correlations with the public ones.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.world.history import columns, history

if TYPE_CHECKING:
    from alts401k.terms.series import Series
    from alts401k.world.market import Market

_TABLE = Path(__file__).parent / "tables" / "stresses.toml"
_CASH, _STOCKS = "cash", "us_large_cap"


class Stress(NamedTuple):
    """One named stress: growth (months, n_assets) gross true returns, in the order of the assets asked for.

    extra_outflow (months,): share of units that leaves beyond the ordinary; marks_withheld, gates_shut (months,) bool:
    no private report arrives, nothing private is paid. level: "participant", "plan" or "both".
    """

    name: str
    title: str
    level: str
    months: int
    growth: np.ndarray
    extra_outflow: np.ndarray
    marks_withheld: np.ndarray
    gates_shut: np.ndarray
    note: str
    cite: str


def names() -> tuple[str, ...]:
    """Names of the shipped stresses in their order."""
    return tuple(row["name"] for row in _table()["stress"])


def stresses(market: Market, assets: tuple[str, ...], own: Series | None = None) -> tuple[Stress, ...]:
    """Every shipped stress for these assets of a market; raises ValueError as ``stress`` does."""
    return tuple(stress(name, market, assets, own) for name in names())


def stress(name: str, market: Market, assets: tuple[str, ...], own: Series | None = None) -> Stress:
    """One shipped stress for these assets of a market; ``own``: the case's series, for what has no shipped column.

    Raises ValueError for a name that is not shipped, an asset that the market lacks, or one that must be rebuilt from
    an expected return which nobody stated.
    """
    row = next((row for row in _table()["stress"] if row["name"] == name), None)
    if row is None:
        raise ValueError(f"no stress is called {name!r}; shipped are {', '.join(names())}")
    unknown = [asset for asset in assets if asset not in market.names]
    if unknown:
        raise ValueError(f"the market has no asset {', '.join(unknown)}")
    months = row["months"]
    place = [market.names.index(asset) for asset in assets]
    if "first" in row:
        logs, said = _observed(np.datetime64(row["first"], "M"), months, market, assets, own)
    else:
        logs, said = np.tile(market.log_mean_monthly[place], (months, 1)), ()
    bad = sorted({assets[i] for i in np.flatnonzero(~np.isfinite(logs).all(axis=0))})
    if bad:
        raise ValueError(f"stress {name}: no expected return is stated for {', '.join(bad)}")
    outflow = np.zeros(months)
    if "outflow" in row:
        outflow[row["outflow"]["month"] - 1] = row["outflow"]["share"]
    at = np.arange(months)
    note = ". ".join((row["note"], f"The other side: {row['opposite']}", *said)) + "."
    return Stress(name, row["title"], row["level"], months, np.exp(logs), outflow,
                  at < row.get("withheld_months", 0), at < row.get("shut_months", 0), note, row["cite"])


def unlevered_share(market: Market, asset: str) -> float:
    """Share s of a private asset's listed stand-in in its true return, the rest being bills: 1 / (1 + debt / equity).

    s = beta of the asset on US stocks in the market over the stand-in's beta in the shipped history, within 0 and 1:
    the stand-in is never levered up. Formula of de-levering: r = (r_listed + L r_bills) / (1 + L).
    """
    i, j = market.names.index(asset), market.names.index(_STOCKS)
    sd = market.log_sd_monthly
    if sd[j] == 0.0:
        return 1.0
    assumed = float(market.correlation[i, j] * sd[i] / sd[j])
    return min(1.0, max(0.0, assumed / _listed_beta(asset)))


@lru_cache(maxsize=1)
def _table() -> dict:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def _column(parts: list[str]) -> np.ndarray:
    """Simple monthly returns (t,) of a sum of columns, nan before all of them are fit for monthly risk."""
    months, table = history()
    total = np.zeros(len(months))
    for name in parts:
        total = total + np.where(months >= columns()[name].use_from, table[name], np.nan)
    return total


@lru_cache(maxsize=8)
def _listed_beta(asset: str) -> float:
    """Beta of a private asset's listed stand-in on US stocks: log returns of all months that both have."""
    table = _table()
    pair = np.log1p(np.stack([_column(table["private"][asset]), _column(table["stand_ins"][_STOCKS])]))
    both = np.cov(pair[:, np.isfinite(pair).all(axis=0)])
    return float(both[0, 1] / both[1, 1])


def _observed(first: np.datetime64, months: int, market: Market, assets: tuple[str, ...],
              own: Series | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Log returns (months, n_assets) of a window of the history, and sentences on what was not observed."""
    table = _table()
    start = int(np.flatnonzero(history()[0] == first)[0])
    window = slice(start, start + months)
    seen = {name: np.log1p(_column(parts)[window]) for name, parts in table["stand_ins"].items()}
    bills = np.expm1(seen[_CASH])
    logs = np.empty((months, len(assets)))
    filled: list[str] = []
    theirs: list[str] = []
    unlevered: list[str] = []
    for k, asset in enumerate(assets):
        if asset in table["private"]:
            listed = _column(table["private"][asset])[window]
            share = unlevered_share(market, asset)
            logs[:, k] = np.log1p(share * listed + (1.0 - share) * bills)
            unlevered.append(f"{_plain([asset])} {share:.0%} of it (at worst {_worst(logs[:, k]):.0%}, as listed "
                             f"{_worst(np.log1p(listed)):.0%})")
        elif asset in seen:
            logs[:, k] = seen[asset]
        else:
            logs[:, k] = _own(own, asset, first, months)
            if np.isfinite(logs[:, k]).any():
                theirs.append(asset)
        gap = np.isnan(logs[:, k])
        if gap.any():
            logs[gap, k] = _rebuilt(asset, gap, seen, market)
            filled.append(asset)
    said = []
    if unlevered:
        said.append("True values of private assets move as their listed stand-ins without borrowing, the rest as "
                    f"bills: {', '.join(unlevered)}; whoever must sell at listed prices would count the larger fall")
    if theirs:
        said.append(f"From the case's own series: {_plain(theirs)}")
    if filled:
        said.append("Not in the history of these months and rebuilt as expected values by the set's correlations, "
                    f"which is mild in a fall: {_plain(filled)}")
    return logs, tuple(said)


def _own(own: Series | None, asset: str, first: np.datetime64, months: int) -> np.ndarray:
    """An asset's log returns (months,) in the case's own series, nan where it has none."""
    if own is None or asset not in own.names:
        return np.full(months, np.nan)
    found = dict(zip(own.months, own.of(asset), strict=True))
    row = [found.get(str(first + k)) for k in range(months)]
    return np.array([np.nan if x is None else np.log1p(x) for x in row])


def _plain(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _worst(logs: np.ndarray) -> float:
    """Lowest cumulative change within the window, as a fraction; nan months are left out."""
    return float(np.expm1(np.min(np.cumsum(np.nan_to_num(logs)))))


def _rebuilt(asset: str, gap: np.ndarray, seen: dict[str, np.ndarray], market: Market) -> np.ndarray:
    """An asset's expected log returns in the months of ``gap``, given the public ones of the same month.

    Multivariate normal regression on standardised returns: mean + sd x C_mo C_oo^+ z; the pseudo-inverse also serves
    public assets of which one depends on the others.
    """
    i = market.names.index(asset)
    mean, sd = market.log_mean_monthly, market.log_sd_monthly
    out = np.empty(int(gap.sum()))
    for n, t in enumerate(np.flatnonzero(gap)):
        given = [market.names.index(name) for name in _table()["rebuilt"]["given"]
                 if name in market.names and name != asset and np.isfinite(seen[name][t])]
        given = [j for j in given if sd[j] > 0.0 and np.isfinite(mean[j])]
        z = np.array([(seen[market.names[j]][t] - mean[j]) / sd[j] for j in given])
        inverse = np.linalg.pinv(market.correlation[np.ix_(given, given)], rcond=1e-9, hermitian=True)
        out[n] = mean[i] + sd[i] * float(market.correlation[i, given] @ inverse @ z)
    return out
