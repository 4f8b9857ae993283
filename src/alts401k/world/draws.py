"""Keyed draws: every shock is a pure function of (seed, path, month, asset), so one path can be replayed alone.

Kernels for compiled loops; 64-bit unsigned arithmetic wraps as intended only when compiled.
Hash: the finaliser of splitmix64 (Steele, Lea, Flood 2014). Normal: rational approximation by Acklam (2003).
"""
import hashlib
import math
from typing import NamedTuple

import numpy as np

from alts401k.chart import kernel

_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_G = np.uint64(0x9E3779B97F4A7C15)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ULP = 2.0**-52
_LOG2E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
_TAYLOR = tuple(1.0 / math.factorial(i) for i in range(14))



def text_key(text: str) -> int:
    """A 64-bit key that is a hash of its text, so that it depends on nothing else."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


# Names of assets have no space, so these keys are nobody's.
_STATE, _TAIL = np.uint64(text_key("state of a month")), np.uint64(text_key("tail of a month"))
_STOP, _ROW = np.uint64(text_key("end of a block")), np.uint64(text_key("row of a block"))
_POOL_STOP = np.uint64(text_key("end of a block of residuals"))
LOGNORMAL, TAILS_AND_REGIMES, BOOTSTRAP, SCENARIOS = 0, 1, 2, 3
MEMORY = 4  # int64 words a path carries from year to year, zero before its first year


class Tape(NamedTuple):
    """All that the draws of a run are made of, read-only; n used assets, k keys; what a mode leaves unused has size 0.

    mode is one of the four above; rich has two dimensions where tails, regimes or blocks may be drawn and one where
    not: part of the type, so that a loop over a plain tape does not compile what it never draws. cash is the place
    of "cash" among the assets. log_mean (n,) is the monthly mean log return; log_sd (n,) and factor (n, k) turn the
    normals of keys (k,) into log returns: in the bootstrap into the noise of assets that no column of history
    stands for in full.

    Tails and regimes: factors (states, n, k) in log return and shift (states, n) by state, chain (states, states) and
    start (states,) cumulative probabilities, tail (t,) equally likely scales of a month's normals.
    Bootstrap: table (rows, n) log returns less their mean, missing (rows, pools) 1.0 where a pool adds one of its
    residuals, residual (r, n), pool (pools, 2) the first row in it and the number of rows, pool_keys (pools,) the key
    of the row a block starts at, stop the chance that a block ends each month.
    Scenarios: table (scenarios * span, n) gross returns, span months each; repeat 1 begins again after the last.
    """

    seed: int
    rich: np.ndarray
    cash: int
    mode: int
    keys: np.ndarray
    log_mean: np.ndarray
    log_sd: np.ndarray
    factor: np.ndarray
    factors: np.ndarray
    shift: np.ndarray
    chain: np.ndarray
    start: np.ndarray
    tail: np.ndarray
    table: np.ndarray
    missing: np.ndarray
    residual: np.ndarray
    pool: np.ndarray
    pool_keys: np.ndarray
    stop: float
    span: int
    repeat: int


@kernel
def mixed(x):
    """Scramble a 64-bit word (splitmix64 finaliser)."""
    x = (x ^ (x >> _S30)) * _A
    x = (x ^ (x >> _S27)) * _B
    return x ^ (x >> _S31)


@kernel
def path_word(seed, path):
    """The word of one path of one seed."""
    return mixed(mixed(np.uint64(seed) + _G) + np.uint64(path + 1) * _G)


@kernel
def month_word(word, month):
    """The word of one month of a path."""
    return mixed(word + np.uint64(month + 1) * _G)


@kernel
def uniform(word, key):
    """A uniform number in (0, 1) for one key of one month."""
    h = mixed(word ^ key)
    return (np.float64(h >> _S12) + 0.5) * _ULP


@kernel
def central_normal(u):
    """Standard normal quantile for ``u`` in [0.02425, 0.97575]; rational approximation of Acklam."""
    q = u - 0.5
    r = q * q
    return (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.3577518672690) * r
             - 30.66479806614716) * r + 2.506628277459239) * q / (
        ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
         - 13.28068155288572) * r + 1.0)


@kernel
def tail_normal(u):
    """Standard normal quantile for ``u`` outside [0.02425, 0.97575]; rational approximation of Acklam."""
    q = math.sqrt(-2.0 * math.log(min(u, 1.0 - u)))
    x = (((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q
          + 4.374664141464968) * q + 2.938163982698783) / (
        (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0)
    return x if u < 0.5 else -x


@kernel
def normal_of(u):
    """Standard normal quantile of ``u`` in (0, 1), relative error below 1.2e-9."""
    return central_normal(u) if 0.02425 <= u <= 0.97575 else tail_normal(u)


@kernel
def exponential(x):
    """exp(x) for abs(x) < 700, within one part in 1e15: 2^k times a Taylor polynomial on abs(r) <= ln(2)/2.

    Written out because the library's function is called one number at a time, while a loop over this one runs on
    vectors: it took a third of the draws' time.
    """
    k = math.floor(x * _LOG2E + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = _TAYLOR[13]
    for i in range(12, -1, -1):
        p = p * r + _TAYLOR[i]
    return p * np.int64((np.int64(k) + 1023) << 52).view(np.float64)


@kernel
def year_normals(u, z, word, year, keys):
    """Write a year's standard normals of ``keys`` (k,) uint64 into z (12 k,), month by month; u (12 k,) is scratch.

    A year at a time, because the loops without a branch then run on vectors.
    """
    n = keys.shape[0]
    for m in range(12):
        w = month_word(word, 12 * year + m)
        for k in range(n):
            u[m * n + k] = uniform(w, keys[k])
    for i in range(12 * n):
        z[i] = central_normal(u[i])
    for i in range(12 * n):
        if u[i] < 0.02425 or u[i] > 0.97575:
            z[i] = tail_normal(u[i])


@kernel
def exponentials(growth):
    """Turn a year's log returns (12, n) into gross returns."""
    flat = growth.reshape(growth.size)
    for i in range(growth.size):
        flat[i] = exponential(flat[i])


@kernel
def lognormal_months(growth, z, log_mean, log_sd, factor):
    """Log returns of a year into ``growth`` (12, n) from its normals z (12 k,)."""
    n = factor.shape[1]
    for m in range(12):
        for a in range(growth.shape[1]):
            x = 0.0
            for k in range(n):
                x += factor[a, k] * z[m * n + k]
            growth[m, a] = log_mean[a] + log_sd[a] * x


@kernel
def year_growth(growth, u, z, word, year, keys, log_mean, log_sd, factor):
    """Write a year's lognormal gross returns of the used assets into ``growth`` (12, n_used), month by month.

    u, z (12 x n_keys,) are scratch for the uniforms and normals of ``keys`` (n_keys,) uint64; factor (n_used, n_keys)
    holds the used rows of the whole universe's Cholesky factor with all-zero columns left out, which changes no sum.
    """
    year_normals(u, z, word, year, keys)
    lognormal_months(growth, z, log_mean, log_sd, factor)
    exponentials(growth)


@kernel
def place(u, cumulative):
    """The first place whose cumulative probability exceeds ``u``, the last one at most."""
    i = 0
    while i < cumulative.shape[0] - 1 and u >= cumulative[i]:
        i += 1
    return i


@kernel
def row_of(u, n):
    """One of ``n`` equally likely rows."""
    return min(n - 1, int(u * n))


@kernel
def tail_months(growth, z, memory, word, year, tape):
    """Log returns of months in states of a Markov chain, normals sharing a scale; memory[0] is the state + 1."""
    n = tape.keys.shape[0]
    for m in range(12):
        w = month_word(word, 12 * year + m)
        d = uniform(w, _STATE)
        if memory[0] == 0:
            memory[0] = 1 + place(d, tape.start)
        else:
            memory[0] = 1 + place(d, tape.chain[memory[0] - 1])
        r = memory[0] - 1
        scale = 1.0
        if tape.tail.shape[0] > 0:
            scale = tape.tail[row_of(uniform(w, _TAIL), tape.tail.shape[0])]
        for a in range(growth.shape[1]):
            x = 0.0
            for k in range(n):
                x += tape.factors[r, a, k] * z[m * n + k]
            growth[m, a] = tape.log_mean[a] + tape.shift[r, a] + scale * x


@kernel
def block_months(growth, z, memory, word, year, tape):
    """Log returns of blocks of history; memory[0] is the row + 1, memory[1] the month residuals' block began in, + 1.

    Blocks have geometric lengths and run on from the last row to the first (Politis and Romano 1994, the stationary
    bootstrap). Every pool's block begins in the same month, at a row of its own.
    """
    rows = tape.table.shape[0]
    lognormal_months(growth, z, tape.log_mean, tape.log_sd, tape.factor)
    for m in range(12):
        month = 12 * year + m
        w = month_word(word, month)
        if memory[0] == 0 or uniform(w, _STOP) < tape.stop:
            memory[0] = 1 + row_of(uniform(w, _ROW), rows)
        else:
            memory[0] = 1 + memory[0] % rows
        if memory[1] == 0 or uniform(w, _POOL_STOP) < tape.stop:
            memory[1] = 1 + month
        t = memory[0] - 1
        began = memory[1] - 1
        for a in range(growth.shape[1]):
            growth[m, a] += tape.table[t, a]
        for c in range(tape.pool.shape[0]):
            if tape.missing[t, c] > 0.0:
                first = row_of(uniform(month_word(word, began), tape.pool_keys[c]), tape.pool[c, 1])
                j = tape.pool[c, 0] + (first + month - began) % tape.pool[c, 1]
                for a in range(growth.shape[1]):
                    growth[m, a] += tape.residual[j, a]


@kernel
def scenario_months(growth, path, year, tape):
    """Gross returns of a scenario's months; nan after its last month, and after the last scenario without `repeat`."""
    scenarios = tape.table.shape[0] // tape.span
    for m in range(12):
        month = 12 * year + m
        for a in range(growth.shape[1]):
            if month < tape.span and (path < scenarios or tape.repeat > 0):
                growth[m, a] = tape.table[path % scenarios * tape.span + month, a]
            else:
                growth[m, a] = math.nan


@kernel
def scratch_size(tape):
    """Length of the float64 scratch that `tape_year` needs."""
    return 24 * tape.keys.shape[0]


@kernel
def tape_year(growth, scratch, memory, word, path, year, tape):
    """Write the gross monthly returns of year ``year`` of a path into ``growth`` (12, n), in the tape's mode.

    word is `path_word` of the path; scratch (`scratch_size`,) float64; memory (MEMORY,) int64 is the path's own, zero
    before its first year, and its years come in order.
    """
    if tape.mode == SCENARIOS:
        scenario_months(growth, path, year, tape)
        return
    n = 12 * tape.keys.shape[0]
    z = scratch[n:2 * n]
    year_normals(scratch[:n], z, word, year, tape.keys)
    if tape.mode == LOGNORMAL:
        lognormal_months(growth, z, tape.log_mean, tape.log_sd, tape.factor)
    elif tape.rich.ndim > 1:
        if tape.mode == TAILS_AND_REGIMES:
            tail_months(growth, z, memory, word, year, tape)
        else:
            block_months(growth, z, memory, word, year, tape)
    exponentials(growth)


@kernel
def reported(true, mark, flows, ring, month, smoothing, lag, every):
    """Reported value of a private holding in usd: (1 - smoothing) x truth ``lag`` months ago + smoothing x the last
    mark.

    Both are rolled forward for calls and distributions since, by ``flows``, the cumulative net flow before this
    month; true and mark are this month's true value and carried mark, before its flows. ring (12,), by month
    modulo 12, holds true - flows. Between reports (``month`` not a multiple of ``every``) the last report stands.
    """
    ring[month % 12] = true - flows
    if month % every != 0:
        return mark
    return (1.0 - smoothing) * (ring[(month - lag) % 12] + flows) + smoothing * mark
