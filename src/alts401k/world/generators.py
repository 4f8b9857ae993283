"""Generators of market returns: from a market and the assets used to the tape that compiled loops draw from."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from alts401k.units import Problem
from alts401k.world import bootstrap, regimes
from alts401k.world.draws import BOOTSTRAP, LOGNORMAL, SCENARIOS, TAILS_AND_REGIMES, Tape

if TYPE_CHECKING:
    from alts401k.terms.scenarios import Scenarios
    from alts401k.world.market import Market

MONTHS_A_YEAR = 12
_TITLES = {
    "lognormal": "lognormal months",
    "fat-tails": "months with fat tails",
    "regimes": "calm, crisis and inflation",
    "bootstrap": "blocks of history",
    "scenarios": "the case's own scenarios",
}


def _scenarios(market: Market) -> Scenarios:
    if market.scenarios is None:
        raise ValueError("the generator is scenarios, but the market holds none")
    return market.scenarios


def _places(market: Market, assets: tuple[str, ...]) -> list[int]:
    return [market.names.index(name) for name in assets]


def tape(market: Market, assets: tuple[str, ...], seed: int) -> Tape:
    """The draws of these assets, which include "cash", in the market's generator.

    A row of the universe's factor depends on the assets before it only, and keys that no used row needs are left out,
    which changes no sum: so an asset more changes no other draw. Raises ValueError for an asset that the market, or the
    scenario file, does not have.
    """
    rows = _places(market, assets)
    make = {
        "lognormal": _lognormal,
        "fat-tails": _fat_tails,
        "regimes": _regimes,
        "bootstrap": _bootstrap,
        "scenarios": partial(_from_file, assets=assets),
    }[market.generator.kind]
    return _empty(seed, assets.index("cash"), market, rows)._replace(**make(market, rows))


def _empty(seed: int, cash: int, market: Market, rows: list[int]) -> Tape:
    """A tape with what every mode has, and nothing else: always the same types, so that loops compile once."""
    return Tape(
        seed=seed,
        rich=np.empty((0,) * (1 if market.generator.kind in ("lognormal", "scenarios") else 2)),
        cash=cash,
        mode=LOGNORMAL,
        keys=np.empty(0, dtype=np.uint64),
        log_mean=market.log_mean_monthly[rows],
        log_sd=market.log_sd_monthly[rows],
        factor=np.empty((len(rows), 0)),
        factors=np.empty((0, 0, 0)),
        shift=np.empty((0, 0)),
        chain=np.empty((0, 0)),
        start=np.empty(0),
        tail=np.empty(0),
        table=np.empty((0, 0)),
        missing=np.empty((0, 0)),
        residual=np.empty((0, 0)),
        pool=np.empty((0, 2), dtype=np.int64),
        pool_keys=np.empty(0, dtype=np.uint64),
        stop=0.0,
        span=0,
        repeat=0,
    )


def _lognormal(market: Market, rows: list[int]) -> dict[str, Any]:
    factor = market.factor[rows]
    used = np.flatnonzero(np.any(factor != 0.0, axis=0))
    return {"keys": market.keys[used], "factor": np.ascontiguousarray(factor[:, used])}


def _stated(market: Market, rows: list[int], factor: np.ndarray, shift: np.ndarray, chain: np.ndarray,
            start: np.ndarray, tail: np.ndarray) -> dict[str, Any]:
    """Months by state: factor (states, n, n) and shift (states, n) in units of each asset's sd."""
    factor = factor[:, rows]
    used = np.flatnonzero(np.any(factor != 0.0, axis=(0, 1)))
    sd = market.log_sd_monthly[rows]
    return {
        "mode": TAILS_AND_REGIMES,
        "keys": market.keys[used],
        "factors": np.ascontiguousarray(factor[:, :, used] * sd[None, :, None]),
        "shift": np.ascontiguousarray(shift[:, rows] * sd),
        "chain": np.cumsum(chain, axis=1),
        "start": np.cumsum(start),
        "tail": tail,
    }


def _fat_tails(market: Market, rows: list[int]) -> dict[str, Any]:
    one = np.ones((1, 1))
    tail = regimes.tail(market.generator.tail_df).copy()
    return _stated(market, rows, market.factor[None], np.zeros((1, len(market.names))), one, one[0], tail)


def _regimes(market: Market, rows: list[int]) -> dict[str, Any]:
    states = regimes.states()
    return _stated(market, rows, *regimes.factors(market, states), states.chain, states.start, np.empty(0))


def _bootstrap(market: Market, rows: list[int]) -> dict[str, Any]:
    blocks = bootstrap.blocks(market)
    factor = blocks.factor[rows]
    used = np.flatnonzero(np.any(factor != 0.0, axis=0))
    parts = [blocks.columns.part(k) for k in range(len(blocks.columns.pools))]
    return {
        "mode": BOOTSTRAP,
        "keys": market.keys[used],
        "log_sd": blocks.noise[rows],
        "factor": np.ascontiguousarray(factor[:, used]),
        "table": np.ascontiguousarray(blocks.columns.table[:, rows]),
        "missing": blocks.columns.missing(),
        "residual": np.ascontiguousarray(blocks.columns.residual[:, rows]),
        "pool": np.array([(part.start, part.stop - part.start) for part in parts], dtype=np.int64),
        "pool_keys": blocks.pool_keys(),
        "stop": 1.0 / market.generator.mean_block_months,
    }


def _from_file(market: Market, _: list[int], assets: tuple[str, ...]) -> dict[str, Any]:
    found = _scenarios(market)
    columns = [found.assets.index(name) for name in assets]
    table = found.growth[:, :, columns].reshape(-1, len(columns))
    return {
        "mode": SCENARIOS,
        "table": np.ascontiguousarray(table),
        "span": found.growth.shape[1],
        "repeat": int(market.generator.repeat),
    }


def problems(market: Market, assets: tuple[str, ...], paths: int, years: int) -> list[Problem]:
    """Why a run of so many paths and years of these assets cannot be drawn: the scenario file is too small for it."""
    if market.generator.kind != "scenarios":
        return []
    found = _scenarios(market)
    have, months, _ = found.growth.shape
    wrong = [
        Problem(found.file, 1, f'there is no column "{name}", which a fund of the case holds', "Add its returns")
        for name in assets
        if name not in found.assets
    ]
    if months < MONTHS_A_YEAR * years:
        message = f"a scenario has {months} months, and the run needs {MONTHS_A_YEAR * years}"
        wrong.append(Problem(found.file, None, message, "Give each scenario every month of the run"))
    if paths > have and not market.generator.repeat:
        message = f"there are {have} scenarios, and the run asks for {paths} paths"
        wrong.append(Problem(found.file, None, message, f"Run at most {have} paths, or write repeat = true"))
    return wrong


def moments(market: Market, assets: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean (n,) and covariance (n, n) of the monthly simple returns of these assets, as the generator draws them."""
    rows = _places(market, assets)
    kind = market.generator.kind
    if kind == "scenarios":
        growth = _from_file(market, rows, assets)["table"]
        mean = growth.mean(axis=0)
        return mean - 1.0, (growth - mean).T @ (growth - mean) / len(growth)
    if kind == "bootstrap":
        mean, square = _moments_of_blocks(market, rows)
    elif kind == "lognormal":
        mean, square = _moments_of_states(_empty(0, 0, market, rows), [_covariance(market, rows)])
    else:
        mean, square = _moments_of_tails(market, assets)
    return mean - 1.0, square - np.outer(mean, mean)


def _covariance(market: Market, rows: list[int]) -> np.ndarray:
    factor = market.log_sd_monthly[rows][:, None] * market.factor[rows]
    return factor @ factor.T


def _grown(log_mean: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (n,) and second moments (n, n) of exp(x), x normal with this mean and covariance."""
    mean = np.exp(log_mean + 0.5 * np.diag(covariance))
    return mean, np.outer(mean, mean) * np.exp(covariance)


def _moments_of_states(one: Tape, covariances: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Means and second moments of gross returns, months being lognormal in each equally scaled state."""
    chance = np.diff(one.start, prepend=0.0) if one.start.size else np.ones(1)
    shift = one.shift if one.shift.size else np.zeros((1, len(one.log_mean)))
    scale = one.tail if one.tail.size else np.ones(1)
    mean = np.zeros(len(one.log_mean))
    square = np.zeros((len(mean), len(mean)))
    for r, covariance in enumerate(covariances):
        for s in scale:
            first, second = _grown(one.log_mean + shift[r], s * s * covariance)
            mean += chance[r] / len(scale) * first
            square += chance[r] / len(scale) * second
    return mean, square


def _moments_of_tails(market: Market, assets: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    one = tape(market, assets, 0)
    return _moments_of_states(one, [factor @ factor.T for factor in one.factors])


def _moments_of_blocks(market: Market, rows: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The same for rows of history: over rows, times over each missing pool's residuals, times over the noise."""
    blocks = bootstrap.blocks(market)
    grown = np.exp(market.log_mean_monthly[rows] + blocks.columns.table[:, rows])
    noise = blocks.noise[rows][:, None] * blocks.factor[rows]
    mean_noise, square_noise = _grown(np.zeros(len(rows)), noise @ noise.T)
    pools = []
    for k in range(len(blocks.columns.pools)):
        part = np.exp(blocks.columns.residual[blocks.columns.part(k)][:, rows])
        pools.append((part.mean(axis=0), part.T @ part / len(part)))
    mean = np.zeros(len(rows))
    square = np.zeros((len(rows), len(rows)))
    missing = blocks.columns.missing()
    for pattern in np.unique(missing, axis=0):
        some = grown[(missing == pattern).all(axis=1)]
        first, second = some.sum(axis=0), some.T @ some
        for k in np.flatnonzero(pattern):
            first, second = first * pools[k][0], second * pools[k][1]
        mean += first
        square += second
    return mean / len(grown) * mean_noise, square / len(grown) * square_noise


def about(market: Market, assets: tuple[str, ...]) -> dict[str, Any]:
    """What a report says of the generator: kind, title, note, shares rebuilt, and means and sds set and drawn.

    set_mean and drawn_mean are yearly geometric returns before the managers' fees, set_sd and drawn_sd yearly log
    standard deviations (monthly ones times the root of twelve).
    """
    rows = _places(market, assets)
    kind = market.generator.kind
    mean = market.log_mean_monthly[rows]
    sd = market.log_sd_monthly[rows]
    rebuilt: list[dict[str, Any]] = []
    if kind == "bootstrap":
        blocks = bootstrap.blocks(market)
        sd = np.sqrt(np.diag(blocks.covariance()))[rows]
        rebuilt = [
            {"asset": name, "share": float(blocks.rebuilt[row])}
            for name, row in zip(assets, rows, strict=True)
            if blocks.rebuilt[row] > 0.0
        ]
    elif kind == "scenarios":
        logs = np.log(_from_file(market, rows, assets)["table"])
        mean, sd = logs.mean(axis=0), logs.std(axis=0)
    return {
        "kind": kind,
        "title": _TITLES[kind],
        "note": _note(market),
        "rebuilt": rebuilt,
        "assets": [
            {
                "asset": name,
                "set_mean": math.expm1(MONTHS_A_YEAR * market.log_mean_monthly[row]),
                "set_sd": float(market.log_sd_monthly[row] * math.sqrt(MONTHS_A_YEAR)),
                "drawn_mean": math.expm1(MONTHS_A_YEAR * m),
                "drawn_sd": float(s * math.sqrt(MONTHS_A_YEAR)),
            }
            for name, row, m, s in zip(assets, rows, mean, sd, strict=True)
        ],
    }


def _note(market: Market) -> str:
    """One paragraph: what the generator assumes, and what it leaves out."""
    one = market.generator
    if one.kind == "lognormal":
        return (
            "Months are independent and jointly lognormal with the set's means, standard deviations and correlations: "
            "no fat tails, no memory, the same risk in every month."
        )
    if one.kind == "fat-tails":
        return (
            f"All assets share one scale a month, which makes their log returns Student's t with {one.tail_df:g} "
            f"degrees of freedom (the scale is at most {regimes.tail(one.tail_df)[0]:.1f}): bad months come together. "
            "Means, standard deviations and correlations are the set's; months are independent of each other."
        )
    if one.kind == "regimes":
        states = regimes.states()
        parts = [f"{name} {chance:.0%}" for name, chance in zip(states.names, states.start, strict=True)]
        return (
            f"Months are in one of three states ({', '.join(parts)} of the time). Over all states means, standard "
            f"deviations and correlations are the set's. {states.source}. The other side: {states.opposite}."
        )
    if one.kind == "bootstrap":
        first, last = bootstrap.ROWS[0], bootstrap.ROWS[-1]
        return (
            f"Blocks of the shipped history {first} to {last}, {one.mean_block_months} months long on average. Means "
            "are the set's; risk, tails, memory and co-movement are history's. Columns that begin later are fitted to "
            "longer ones elsewhere, with residuals of their own months. Private assets follow listed stand-ins, which "
            "move more with stocks than the set says. Assets without a column follow stocks, bonds, gold and "
            "international stocks by the set's correlations. A crisis that never happened cannot be drawn."
        )
    found = _scenarios(market)
    return (
        f"{len(found.growth)} scenarios of {found.growth.shape[1]} months from {found.file}, as they stand: means, "
        "risk and co-movement are the file's, not the set's."
    )
