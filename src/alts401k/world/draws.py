"""Keyed draws: every shock is a pure function of (seed, path, month, asset), so one path can be replayed alone.

Kernels for compiled loops; 64-bit unsigned arithmetic wraps as intended only when compiled.
Hash: the finaliser of splitmix64 (Steele, Lea, Flood 2014). Normal: rational approximation by Acklam (2003).
"""
import math

import numpy as np

from alts401k.chart import kernel

_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_G = np.uint64(0x9E3779B97F4A7C15)
_S30, _S27, _S31, _S12 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)
_ULP = 2.0**-52
_LOG2E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
_TAYLOR = tuple(1.0 / math.factorial(i) for i in range(14))


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
def year_growth(growth, u, z, word, year, keys, log_mean, log_sd, factor):
    """Write a year's gross returns of the used assets into ``growth`` (12, n_used), month by month.

    u, z (12 x n_keys,) are scratch for the uniforms and normals of ``keys`` (n_keys,) uint64; factor (n_used, n_keys)
    holds the used rows of the whole universe's Cholesky factor with all-zero columns left out, which changes no sum.
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
    for m in range(12):
        for a in range(growth.shape[1]):
            x = 0.0
            for k in range(n):
                x += factor[a, k] * z[m * n + k]
            growth[m, a] = log_mean[a] + log_sd[a] * x
    flat = growth.reshape(growth.size)
    for i in range(growth.size):
        flat[i] = exponential(flat[i])


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
