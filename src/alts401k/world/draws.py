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
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ULP = 2.0**-53


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
    return (np.float64(h >> _S11) + 0.5) * _ULP


@kernel
def normal_of(u):
    """Standard normal quantile of ``u`` in (0, 1); rational approximation of Acklam, relative error below 1.2e-9."""
    if 0.02425 <= u <= 0.97575:
        q = u - 0.5
        r = q * q
        return (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.3577518672690) * r
                 - 30.66479806614716) * r + 2.506628277459239) * q / (
            ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
             - 13.28068155288572) * r + 1.0)
    q = math.sqrt(-2.0 * math.log(min(u, 1.0 - u)))
    x = (((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q
          + 4.374664141464968) * q + 2.938163982698783) / (
        (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0)
    return x if u < 0.5 else -x


@kernel
def month_growth(growth, z, word, keys, log_mean, log_sd, factor):
    """Write one month's gross returns of the used assets into ``growth`` (n_used,).

    z (n_keys,) is scratch for the drawn normals of ``keys`` (n_keys,) uint64; factor (n_used, n_keys) holds the
    used rows of the whole universe's Cholesky factor with all-zero columns left out, which changes no sum.
    """
    for k in range(keys.shape[0]):
        z[k] = normal_of(uniform(word, keys[k]))
    for a in range(growth.shape[0]):
        x = 0.0
        for k in range(keys.shape[0]):
            x += factor[a, k] * z[k]
        growth[a] = math.exp(log_mean[a] + log_sd[a] * x)


@kernel
def reported(true, mark, flows, ring, month, smoothing, lag, every):
    """Reported value of a private holding in usd: (1 - smoothing) x truth ``lag`` months ago + smoothing x the last mark.

    Both are rolled forward for calls and distributions since, by ``flows``, the cumulative net flow before this
    month; true and mark are this month's true value and carried mark, before its flows. ring (12,), by month
    modulo 12, holds true - flows. Between reports (``month`` not a multiple of ``every``) the last report stands.
    """
    ring[month % 12] = true - flows
    if month % every != 0:
        return mark
    return (1.0 - smoothing) * (ring[(month - lag) % 12] + flows) + smoothing * mark
