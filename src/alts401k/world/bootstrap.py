"""History as a generator: every asset of a market as columns of the shipped history, short ones made as long.

Blocks of months are drawn from ROWS. A column that begins later (or ends earlier) is regressed, on its own months,
on longer ones; on other months its value is the fit plus a residual, and residuals are drawn in blocks of their own
months, one block for all columns with the same months. Means are the market's; what is kept of a column is its shape.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alts401k.world.draws import text_key
from alts401k.world.history import columns, history
from alts401k.world.market import cholesky
from alts401k.world.shipped import SURVEY, read

if TYPE_CHECKING:
    from alts401k.world.market import Market

# Bond yields are month ends from 1962-02 on; the listed stand-ins and gold end in 2025-04 or soon after.
FIRST, LAST = np.datetime64("1962-02"), np.datetime64("2025-04")
ROWS = np.arange(FIRST, LAST + 1)
# Assets of the sets by the columns whose returns add up to theirs.
COLUMNS = {
    "us_large_cap": ("us_stocks",),
    "us_small_cap": ("us_stocks", "small_minus_big"),
    "us_core_bonds": ("us_bonds",),
    "cash": ("us_bills",),
    "intl_developed": ("intl_stocks",),
    "gold": ("gold",),
    "bitcoin": ("bitcoin",),
}
# Listed stand-ins and their measured correlation with a fund index (PSP, VNQ, IGF; see history.toml): that part of an
# asset's risk is the column's, the rest is noise of its own, and the risk as a whole is the set's.
STAND_INS = {
    "private_equity": ("private_equity_listed", 0.929),
    "real_estate": ("real_estate_listed", 0.845),
    "listed_real_estate": ("real_estate_listed", 0.845),
    "infrastructure": ("infrastructure_listed", 0.943),
}
# What every shorter column is regressed on, beside longer columns that are themselves short.
_LONG = ("us_large_cap", "us_core_bonds", "us_small_cap", "us_utilities")
_LINKS = ("gold", "intl_developed")
# What an asset without a column is built from, by the set's correlations with these.
_BASE = ("us_large_cap", "us_core_bonds", "intl_developed", "gold")
LEAST_MONTHS = 24
_EXPLAINED = 1e-6


class Rebuilt(NamedTuple):
    """Columns of equal length: log returns less their mean (rows, n), and residuals (r, n) stacked pool by pool.

    pools are (first row, last row) of the months that a pool's residuals come from; a drawn row outside them adds one
    residual of that pool. real (n,) is the share of rows that are the column's own.
    """

    names: tuple[str, ...]
    table: np.ndarray
    residual: np.ndarray
    pools: tuple[tuple[int, int], ...]
    real: np.ndarray

    def missing(self) -> np.ndarray:
        """1.0 where a row (rows,) is outside a pool's months (pools,)."""
        t = np.arange(len(self.table))[:, None]
        edges = np.array(self.pools, dtype=np.int64).reshape(-1, 2)
        return ((t < edges[:, 0]) | (t > edges[:, 1])).astype(float)

    def part(self, pool: int) -> slice:
        """The rows of `residual` that are one pool's."""
        first = sum(last - begin + 1 for begin, last in self.pools[:pool])
        begin, last = self.pools[pool]
        return slice(first, first + last - begin + 1)

    def covariance(self, which: list[int]) -> np.ndarray:
        """Covariance of some columns' months as drawn, exactly: residuals have mean 0 and come apart from the rows.

        Sums run column by column: a pair's last bit may not depend on which others there are.
        """
        table = [np.ascontiguousarray(self.table[:, a]) for a in which]
        parts = [[np.ascontiguousarray(self.residual[self.part(k), a]) for a in which] for k in range(len(self.pools))]
        share = self.missing().mean(axis=0)
        found = np.empty((len(which), len(which)))
        for i in range(len(which)):
            for j in range(i + 1):
                value = (table[i] * table[j]).mean()
                for k, rows in enumerate(parts):
                    value += share[k] * (rows[i] * rows[j]).mean()
                found[i, j] = found[j, i] = value
        return found


class Blocks(NamedTuple):
    """Every asset of a market in rows of history, in the order of the market: see `Tape` in world.draws.

    factor (n, n) and noise (n,) make normals of the assets' keys into noise of mean 0.
    """

    columns: Rebuilt
    factor: np.ndarray
    noise: np.ndarray
    rebuilt: np.ndarray

    def covariance(self) -> np.ndarray:
        """Covariance (n, n) of the monthly log returns drawn."""
        noise = self.noise[:, None] * self.factor
        return self.columns.covariance(list(range(len(self.noise)))) + noise @ noise.T

    def pool_keys(self) -> np.ndarray:
        """A key for each pool, a hash of its months."""
        names = [f"residuals {ROWS[first]} to {ROWS[last]}" for first, last in self.columns.pools]
        return np.array([text_key(name) for name in names], dtype=np.uint64)


def _log_column(names: tuple[str, ...]) -> np.ndarray:
    """Log returns (rows,) of the sum of some columns; nan before any of them is fit for monthly risk."""
    months, table = history()
    first = int(np.flatnonzero(months == FIRST)[0])
    found = np.zeros(len(ROWS))
    for name in names:
        found = found + np.where(columns()[name].use_from > ROWS, np.nan, table[name][first:first + len(ROWS)])
    return np.log1p(found)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, np.ndarray]:
    found = {name: _log_column(parts) for name, parts in COLUMNS.items()}
    found.update({parts[0]: _log_column((parts[0],)) for parts in STAND_INS.values()})
    found["us_utilities"] = _log_column(("us_utilities",))
    return found


def _window(column: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(~np.isnan(column))
    return int(rows[0]), int(rows[-1])


def _inside(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def rebuild(own: dict[str, np.ndarray]) -> Rebuilt:
    """The shipped columns and a case's own ones (rows,), nan where not available, all made as long as ROWS.

    An own column is fitted to shipped ones only, so another of them changes nothing in it.
    """
    raw = {**_shipped(), **own}
    windows = {name: _window(column) for name, column in raw.items()}
    whole = (0, len(ROWS) - 1)
    names = sorted(raw, key=lambda name: (windows[name][0], -windows[name][1], name))
    pools = tuple(sorted({windows[name] for name in names} - {whole}, key=lambda window: (window[0], -window[1])))
    starts = dict(zip(pools, np.cumsum([0, *(last - first + 1 for first, last in pools)]), strict=False))
    size = sum(last - first + 1 for first, last in pools)
    table = {name: raw[name].copy() for name in names}
    residual = {name: np.zeros(size) for name in names}
    for name in names:
        window = windows[name]
        if window == whole:
            continue
        regressors = [*_LONG, *(link for link in _LINKS if windows[link] != window and _inside(window, windows[link]))]
        first, last = window
        y = raw[name][first:last + 1]
        x = np.column_stack([np.ones(len(y)), *(raw[one][first:last + 1] for one in regressors)])
        beta = np.linalg.lstsq(x, y, rcond=None)[0]
        fit = beta[0] + sum(b * table[one] for b, one in zip(beta[1:], regressors, strict=True))
        table[name] = np.where(np.isnan(raw[name]), fit, raw[name])
        residual[name] = sum(b * residual[one] for b, one in zip(beta[1:], regressors, strict=True))
        rest = (y - x @ beta) * np.sqrt(len(y) / (len(y) - x.shape[1]))
        residual[name][starts[window]:starts[window] + len(y)] += rest - rest.mean()
    values = np.column_stack([table[name] - table[name].mean() for name in names])
    real = np.array([np.mean(~np.isnan(raw[name])) for name in names])
    return Rebuilt(tuple(names), values, np.column_stack([residual[name] for name in names]), pools, real)


def own_columns(market: Market) -> dict[str, np.ndarray]:
    """Log returns (rows,) of the case's own assets that its series file holds, where it has months enough in ROWS."""
    series = market.series
    if series is None:
        return {}
    at = {str(month): i for i, month in enumerate(ROWS)}
    found = {}
    for row in market.rows:
        if row.shipped or row.name not in series.names:
            continue
        column = np.full(len(ROWS), np.nan)
        for month, value in zip(series.months, series.of(row.name), strict=True):
            if month in at and value is not None:
                column[at[month]] = np.log1p(value)
        if np.count_nonzero(~np.isnan(column)) >= LEAST_MONTHS:
            found[f"own {row.name}"] = column
    return found


def blocks(market: Market) -> Blocks:
    """Every asset of the market in rows of history.

    An asset with a column keeps the column's risk, times the market's sd over the survey's; a stand-in's, a built
    asset's and a case's own asset's risk is the market's.
    """
    whole = rebuild(own_columns(market))
    sd = np.sqrt([whole.covariance([k])[0, 0] for k in range(len(whole.names))])
    place = {name: i for i, name in enumerate(whole.names)}
    base = [place[name] for name in _BASE]
    related = whole.covariance(base) / np.outer(sd[base], sd[base])
    n = len(market.names)
    weight = np.zeros((len(whole.names), n))
    noise = np.zeros(n)
    rebuilt = np.ones(n)
    usual = {row.name: row.sd for row in read(SURVEY).rows}
    for a, row in enumerate(market.rows):
        risk = market.log_sd_monthly[a]
        k = place.get(f"own {row.name}", place.get(row.name) if row.name in COLUMNS else None)
        if k is not None:
            weight[k, a] = row.sd / usual.get(row.name, row.sd) if row.shipped else risk / sd[k]
            rebuilt[a] = 1.0 - whole.real[k]
        elif row.name in STAND_INS:
            column, fidelity = STAND_INS[row.name]
            k = place[column]
            weight[k, a] = risk * fidelity / sd[k]
            noise[a] = risk * np.sqrt(1.0 - fidelity**2)
            rebuilt[a] = 1.0 - whole.real[k]
        else:
            towards = np.array([market.correlation[a, market.names.index(name)] for name in _BASE])
            beta = np.linalg.lstsq(related, towards, rcond=None)[0]
            explained = float(beta @ towards)
            beta = beta / np.sqrt(max(1.0, explained))
            weight[base, a] = risk * beta / sd[base]
            noise[a] = risk * np.sqrt(1.0 - min(1.0, explained))
    kept = Rebuilt(market.names, _combined(whole.table, weight), _combined(whole.residual, weight), whole.pools,
                   1.0 - rebuilt)
    return Blocks(kept, _noise_factor(market, noise), noise, rebuilt)


def _combined(columns: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """columns (t, c) times weight (c, n), each sum term by term, so that an asset's bytes are its own."""
    found = np.zeros((len(columns), weight.shape[1]))
    for k, a in np.argwhere(weight != 0.0):
        found[:, a] += weight[k, a] * columns[:, k]
    return found


def _noise_factor(market: Market, noise: np.ndarray) -> np.ndarray:
    """Factor (n, n) of the noises' correlations: those of the set that are left when the base assets are known."""
    base = [market.names.index(name) for name in _BASE]
    noisy = [a for a in range(len(market.names)) if noise[a] > 0.0 and a not in base]
    known = market.correlation[np.ix_(base, base)]
    beta = {a: np.linalg.lstsq(known, market.correlation[base, a], rcond=None)[0] for a in noisy}
    left = np.eye(len(noisy))
    rest = {a: 1.0 - float(market.correlation[base, a] @ beta[a]) for a in noisy}
    for i, a in enumerate(noisy):
        for j, b in enumerate(noisy[:i]):
            if rest[a] > _EXPLAINED and rest[b] > _EXPLAINED:
                value = market.correlation[a, b] - float(market.correlation[base, a] @ beta[b])
                left[i, j] = left[j, i] = value / np.sqrt(rest[a] * rest[b])
    low, wrong = cholesky(left)
    if wrong is not None:
        # Rounding has left no room for a nearly dependent asset: from there on noises stand alone.
        low[wrong:] = np.eye(len(noisy))[wrong:]
    factor = np.zeros((len(noise), len(noise)))
    factor[np.ix_(noisy, noisy)] = low
    return factor
