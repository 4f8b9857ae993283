"""Twins of a pair of funds: both fully invested at target and truly priced, with single differences switched.

The month's return of a vintage in a twin is ``m + s e - f``: m and s a mean and a standard deviation, e the fund's
shock (its own return less its mean, over its standard deviation), f its fees. Baseline and proposed fund give one of
each; switches take m, s, e and f from one fund or the other. With nothing switched the twin is today's fund,
with everything switched the proposed one, both to the last path. What dealing by calendar and late marks add is worked
out beside it, as a factor on the twin's unit values.
"""
from typing import NamedTuple

import numpy as np
from numba import njit

from alts401k.chart import kernel
from alts401k.simulate.threads import by_blocks
from alts401k.step import layout as at
from alts401k.terms.resolve import OPENING_PRICE, Family
from alts401k.world.draws import MEMORY, path_word, scratch_size, tape_year
from alts401k.world.generators import tape
from alts401k.world.market import Market

RISK, RETURN, DIVERSIFICATION, FEES = 1, 2, 4, 8  # bits of a twin's number
TWINS = 16
LEAST_GROWTH = 1e-3  # a twin is no real fund: a month that would take more is stopped here, and counted


class Pair(NamedTuple):
    """Both funds (baseline first) as the twins need them; rates a month.

    weights (2, V, years, n) at target with private sleeves fully invested; flat (2, V, years) fees but incentives;
    private (2, L) place of the private asset, carried (2, V, years, L) its weight, share, hurdle, catch_up, manager
    (2, L), due (2, months, L) 1 where an incentive falls due; mean, sd (2, V, years) of the funds' monthly returns,
    m, s (16, V, years) of the twins'.
    """

    weights: np.ndarray
    flat: np.ndarray
    private: np.ndarray
    carried: np.ndarray
    share: np.ndarray
    hurdle: np.ndarray
    catch_up: np.ndarray
    manager: np.ndarray
    due: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    m: np.ndarray
    s: np.ndarray
    year_end: bool


class Twins(NamedTuple):
    """units, value (paths, 16, V, years) of every twin, and the number of months stopped at the least growth."""

    units: np.ndarray
    value: np.ndarray
    stopped: int


def _targets(family: Family) -> np.ndarray:
    """Target weights (years, S, V) of the sleeves."""
    V, S = len(family.shape.vintages), len(family.shape.sleeves)
    first = at.terms_target(family.shape)
    return family.terms[:, first:first + S * V].reshape(len(family.terms), S, V)


def target_weights(family: Family, assets: tuple[str, ...]) -> np.ndarray:
    """Weights (V, years, n) of assets at target, private sleeves fully invested in their private asset."""
    V, S, L, _ = (len(x) for x in family.shape)
    years = len(family.terms)
    target = _targets(family)
    weights = np.zeros((V, years, len(assets)))
    for s in range(S):
        name = family.private_asset[s] if s < L else family.liquid_asset[s]
        weights[:, :, assets.index(name)] += target[:, s, :].T
    return weights


def look_through_weights(family: Family, assets: tuple[str, ...]) -> np.ndarray:
    """Weights (V, years, n) of assets at target, liquidity sub-sleeves and cash targets looked through."""
    V, S, L, _ = (len(x) for x in family.shape)
    years = len(family.terms)
    target = _targets(family)
    weights = np.zeros((V, years, len(assets)))
    cash = assets.index("cash")
    for s in range(S):
        idle = family.terms[:, at.T_CASH * S + s]
        liquid = np.zeros(years)
        if s < L:
            liquid = np.maximum(0.0, family.terms[:, at.terms_l(family.shape) + at.T_LIQUID_TARGET * L + s] - idle)
            weights[:, :, assets.index(family.private_asset[s])] += (target[:, s, :] * (1.0 - liquid - idle)[:, None]).T
        else:
            liquid = 1.0 - idle
        weights[:, :, assets.index(family.liquid_asset[s])] += (target[:, s, :] * liquid[:, None]).T
        weights[:, :, cash] += (target[:, s, :] * idle[:, None]).T
    return weights


def flat_fees(family: Family) -> np.ndarray:
    """Fees a month (V, years) at target but incentives: trustee's, sleeves', managers' on private holdings."""
    V, S, L, _ = (len(x) for x in family.shape)
    terms, target = family.terms, _targets(family)
    fees = terms[:, at.terms_v(family.shape) + at.T_VFEE * V:][:, :V].T.copy()
    for s in range(S):
        rate = terms[:, at.T_FEE * S + s].copy()
        if s < L:
            rate += terms[:, at.terms_l(family.shape) + at.T_BLOCK_FEE * L + s]
        fees += target[:, s, :].T * rate[None, :]
    return fees


def listed_fees(family: Family) -> np.ndarray:
    """Fees a month (V, years) if only the listed sleeves were held, in the proportions of their targets."""
    V, S, L, _ = (len(x) for x in family.shape)
    terms, target = family.terms, _targets(family)[:, L:]
    fees = (target * terms[:, at.T_FEE * S + L:(at.T_FEE + 1) * S, None]).sum(axis=1)
    whole = target.sum(axis=1)
    listed = np.divide(fees, whole, out=np.zeros_like(fees), where=whole > 0.0)
    return terms[:, at.terms_v(family.shape) + at.T_VFEE * V:][:, :V].T + listed.T


def pair_of(families: tuple[Family, Family], vintages: tuple[list[int], list[int]], assets: tuple[str, ...],
            mean: np.ndarray, cov: np.ndarray, year_end: bool) -> Pair:
    """The pair (baseline, proposed) by pairs of their vintages, from moments of monthly returns mean (n,), cov (n, n);
    the families share their sleeves."""
    L = len(families[0].shape.slow)
    weights = np.stack([target_weights(f, assets)[rows] for f, rows in zip(families, vintages, strict=True)])
    kept = np.minimum(weights[0], weights[1])
    sd = np.sqrt(np.einsum("xvya,ab,xvyb->xvy", weights, cov, weights))
    together = np.sqrt(np.einsum("vya,ab,vyb->vy", kept, cov, kept)) + (weights[1] - kept) @ np.sqrt(np.diag(cov))
    carried, private, due = [], {k: [] for k in (at.T_CARRY, at.T_HURDLE, at.T_CATCH_UP, at.T_BLOCK_FEE)}, []
    for f, rows in zip(families, vintages, strict=True):
        t = at.terms_l(f.shape)
        carried.append(_targets(f)[:, :L].transpose(2, 0, 1)[rows])
        for k, column in private.items():
            column.append(f.terms[0, t + k * L:t + (k + 1) * L])
        due.append(f.when[:, at.HEAD + at.W_CRYSTALLISE * L:at.HEAD + (at.W_CRYSTALLISE + 1) * L])
    return Pair(
        weights, np.stack([flat_fees(f)[rows] for f, rows in zip(families, vintages, strict=True)]),
        np.array([[assets.index(name) for name in f.private_asset] for f in families], dtype=np.int64).reshape(2, L),
        np.ascontiguousarray(np.stack(carried)), *(np.stack(column) for column in private.values()),
        np.ascontiguousarray(np.stack(due)), weights @ mean, sd,
        *switched(weights @ mean, sd, together, float(mean[assets.index("cash")])), year_end)


def switched(mean: np.ndarray, sd: np.ndarray, together: np.ndarray, cash: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (16, V, years) of every twin's month, from both funds' mean, sd (2, V, years).

    Risk: the standard deviation grows to ``together`` (V, years), what it would be if what the fund buys moved in step
    with what it keeps, and the mean grows as today's fund pays for risk, in proportion above cash. Diversification: the
    standard deviation falls to the fund's own. Return: what the fund's mean lies above or below that fair price.
    """
    paid = np.divide(together, sd[0], out=np.ones_like(together), where=sd[0] > 0.0)
    fair = cash + (mean[0] - cash) * paid
    shrink = np.divide(sd[1], together, out=np.ones_like(together), where=together > 0.0)
    m, s = np.empty((TWINS, *together.shape)), np.empty((TWINS, *together.shape))
    for on in range(TWINS):
        m[on] = (fair if on & RISK else mean[0]) + (mean[1] - fair if on & RETURN else 0.0)
        s[on] = (together if on & RISK else sd[0]) * (shrink if on & DIVERSIFICATION else 1.0)
    return m, s


@kernel
def incentive(state, growth, manager, share, hurdle, catch_up, due):
    """One month of a private holding's incentive fee: state (4,) holding, owed, gain and hurdle since the last due
    date, per dollar; returns what it takes from the month's return. The same rule as ``step.price.value_sleeves``."""
    opening = state[0]
    before = opening - state[1]
    gain = opening * (growth - 1.0 - manager)
    state[2] += gain
    state[3] += opening * hurdle
    owed = max(0.0, min(catch_up * (state[2] - state[3]), share * state[2]))
    taken = owed - state[1]
    state[0] += gain
    state[1] = owed
    if due > 0:
        state[0] -= owed
        state[1] = 0.0
        state[2] -= max(0.0, state[2])
        state[3] = 0.0
    return taken / before if before > 0.0 else 0.0


@kernel
def twin_month(growth, state, pair, taken, shock, fee, w, t):
    """Fill shock, fee (2, V) of month ``t`` for both funds and carry their incentive fees (2, L, 4) on."""
    _, V, _, n = pair.weights.shape
    L = pair.private.shape[1]
    for x in range(2):
        for i in range(L):
            taken[i] = incentive(state[x, i], growth[pair.private[x, i]], pair.manager[x, i], pair.share[x, i],
                                 pair.hurdle[x, i], pair.catch_up[x, i], pair.due[x, t, i])
        for v in range(V):
            r = -1.0 - pair.mean[x, v, w]
            for a in range(n):
                r += pair.weights[x, v, w, a] * growth[a]
            shock[x, v] = r / pair.sd[x, v, w] if pair.sd[x, v, w] > 0.0 else 0.0
            fee[x, v] = pair.flat[x, v, w]
            for i in range(L):
                fee[x, v] += pair.carried[x, v, w, i] * taken[i]


@kernel
def twin_path(path, tape, pair, units, value):
    """Run path ``path`` of every twin into units, value (16, V, years); returns months stopped at the least growth."""
    _, V, years, n = pair.weights.shape
    L = pair.private.shape[1]
    drawn = np.empty((12, n))
    scratch = np.empty(scratch_size(tape))
    memory = np.zeros(MEMORY, dtype=np.int64)
    price = np.full((TWINS, V), OPENING_PRICE)
    state = np.zeros((2, L, 4))
    state[:, :, 0] = 1.0
    taken = np.zeros(L)
    shock = np.zeros((2, V))
    fee = np.zeros((2, V))
    stopped = 0
    word = path_word(tape.seed, path)
    for year in range(years):
        tape_year(drawn, scratch, memory, word, path, year, tape)
        for month in range(12):
            w = year if month > 0 or year == 0 else year - 1
            twin_month(drawn[month], state, pair, taken, shock, fee, w, 12 * year + month)
            for on in range(TWINS):
                e = 1 if on & DIVERSIFICATION else 0
                f = 1 if on & FEES else 0
                for v in range(V):
                    grown = 1.0 + pair.m[on, v, w] + pair.s[on, v, w] * shock[e, v] - fee[f, v]
                    if grown < LEAST_GROWTH:
                        grown = LEAST_GROWTH
                        stopped += 1
                    price[on, v] *= grown
                    if month == 11 or not pair.year_end:
                        units[on, v, year] += 1.0 / price[on, v]
        for on in range(TWINS):
            for v in range(V):
                value[on, v, year] = price[on, v]
    return stopped


@njit(cache=True, nogil=True)
def twin_block(lo, hi, tape, pair, units, value):
    """Run paths ``lo`` to ``hi``; returns the months stopped."""
    stopped = 0
    for p in range(lo, hi):
        stopped += twin_path(p, tape, pair, units[p], value[p])
    return stopped


def twins(pair: Pair, market: Market, assets: tuple[str, ...], n_paths: int, seed: int) -> Twins:
    """Every twin of a pair on the first ``n_paths`` paths of ``seed``."""
    _, V, years, _ = pair.weights.shape
    units, value = np.zeros((n_paths, TWINS, V, years)), np.zeros((n_paths, TWINS, V, years))
    drawn = tape(market, assets, seed)
    stopped = by_blocks(n_paths, lambda lo, hi: twin_block(lo, hi, drawn, pair, units, value))
    return Twins(units, value, int(sum(stopped)))
