"""What a case's own return series say: risk of an asset, and correlations with the shipped history and each other."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from alts401k.terms.series import LEAST_MONTHS, Series
from alts401k.world.history import columns, history

MONTHS = 12
# Which columns of the shipped history stand for an asset of a set (added up). Private assets are left out: listed
# stand-ins move with stocks far more than the sets say of them.
STAND_INS = {
    "us_large_cap": ("us_stocks",),
    "us_small_cap": ("us_stocks", "small_minus_big"),
    "intl_developed": ("intl_stocks",),
    "us_core_bonds": ("us_bonds",),
    "us_long_bonds": ("us_notes_10y",),
    "cash": ("us_bills",),
    "gold": ("gold",),
    "bitcoin": ("bitcoin",),
    "listed_real_estate": ("real_estate_listed",),
}
# Appraised values trail the market; from here on the words say so.
SMOOTHED = 0.3
PLACES = 3
# Least eigenvalue that counts as holding together: correlations carry three digits.
_LEAST = 1e-6


class Estimates(NamedTuple):
    """Of assets whose risk comes from their series: yearly log sds (k,), correlations with the set's assets (n, k)
    and among themselves (k, k), the part of them that was kept (1 = all), and words on each sd (k,)."""

    names: tuple[str, ...]
    sd: np.ndarray
    with_set: np.ndarray
    among: np.ndarray
    kept: float
    words: tuple[str, ...]


def estimate(own: Series, names: tuple[str, ...], set_names: tuple[str, ...], correlation: np.ndarray) -> Estimates:
    """Risk and correlations of the series `names`, beside a set's assets with their `correlation` (n, n).

    Classes without a column of history get what the classes with one imply. Where all of it cannot hold together with
    the set, every estimate is scaled by the largest hundredth that can.
    """
    logs = np.stack([_log(own.of(name)) for name in names])
    months = np.array(own.months, dtype="datetime64[M]")
    sd = np.array([_sd(x) for x in logs])
    with_set = np.stack([_with_set(x, months, set_names, correlation) for x in logs], axis=1)
    among = np.eye(len(names))
    for i in range(len(names)):
        for j in range(i):
            among[i, j] = among[j, i] = _correlation(logs[i], logs[j]) or 0.0
    kept = next(k / 100.0 for k in range(100, -1, -1) if _holds(correlation, with_set, among, k / 100.0))
    words = tuple(_words(own, name, x) for name, x in zip(names, logs, strict=True))
    return Estimates(names, sd, *_scaled(with_set, among, kept), kept, words)


def _log(returns: tuple[float | None, ...]) -> np.ndarray:
    return np.array([math.nan if x is None else math.log1p(x) for x in returns])


def _sd(x: np.ndarray) -> float:
    return float(np.std(x[~np.isnan(x)], ddof=1)) * math.sqrt(MONTHS)


def _words(own: Series, name: str, x: np.ndarray) -> str:
    there = np.flatnonzero(~np.isnan(x))
    text = (f"standard deviation of {len(there)} monthly log returns in {own.file}, "
            f"{own.months[there[0]]} to {own.months[there[-1]]}")
    x = x[there]
    lagged = _correlation(x[1:], x[:-1])
    if lagged is not None and lagged > SMOOTHED:
        text += (f"; each month's correlation with the month before is {lagged:.2f}, as of appraised values, and then "
                 "the true risk is higher")
    return text


def _correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    """Correlation over common months, None if there are too few or one of the two never moves."""
    both = ~(np.isnan(x) | np.isnan(y))
    if both.sum() < LEAST_MONTHS:
        return None
    x, y = x[both] - x[both].mean(), y[both] - y[both].mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / size if size > 0.0 else None


def _stand_in(asset: str, months: np.ndarray) -> np.ndarray:
    """Monthly log returns of an asset's history at these months, nan where there is none fit for risk."""
    known, table = history()
    parts = STAND_INS[asset]
    value = np.log1p(sum(table[part] for part in parts))
    value = np.where(known >= max(columns()[part].use_from for part in parts), value, np.nan)
    place = (months - known[0]).astype(int)
    inside = (place >= 0) & (place < len(known))
    return np.where(inside, value[np.where(inside, place, 0)], np.nan)


def _with_set(x: np.ndarray, months: np.ndarray, set_names: tuple[str, ...], correlation: np.ndarray) -> np.ndarray:
    """Correlations (n,) of one series: measured where there is history, else implied by what was measured."""
    measured = {
        i: value
        for i, name in enumerate(set_names)
        if name in STAND_INS and (value := _correlation(x, _stand_in(name, months))) is not None
    }
    if not measured:
        return np.zeros(len(set_names))
    seen = np.array(sorted(measured))
    values = np.array([measured[i] for i in seen])
    out = correlation[:, seen] @ np.linalg.solve(correlation[np.ix_(seen, seen)], values)
    out[seen] = values
    return out


def _scaled(with_set: np.ndarray, among: np.ndarray, kept: float) -> tuple[np.ndarray, np.ndarray]:
    off = np.round(kept * (among - np.eye(len(among))), PLACES)
    return np.round(kept * with_set, PLACES), np.eye(len(among)) + off


def _holds(correlation: np.ndarray, with_set: np.ndarray, among: np.ndarray, kept: float) -> bool:
    side, corner = _scaled(with_set, among, kept)
    whole = np.block([[correlation, side], [side.T, corner]])
    return bool(np.linalg.eigvalsh(whole)[0] > _LEAST)
