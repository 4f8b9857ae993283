"""Keyed draws: the hash, the normal, the lognormal months, and that an asset's draw is its own."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from numba import njit
from small_funds import compiled_word, compiled_year, market, path_word, same_bytes

from alts401k.simulate.run import drawn
from alts401k.world import draws

MASK = 2**64 - 1
PATHS, MONTHS = 17_000, 12
ASSETS = ("cash", "gold", "private_debt", "us_core_bonds", "us_large_cap")


@njit
def compiled_mixed(x):
    return draws.mixed(x)


@njit
def compiled_uniform(word, key):
    return draws.uniform(word, key)


@njit
def many(n, seed, keys, log_mean, log_sd, factor):
    """Gross returns of the first year of n paths (n, 12, assets)."""
    out = np.empty((n, 12, log_mean.shape[0]))
    u, z = np.empty(12 * keys.shape[0]), np.empty(12 * keys.shape[0])
    for path in range(n):
        draws.year_growth(out[path], u, z, draws.path_word(seed, path), 0, keys, log_mean, log_sd, factor)
    return out


@njit
def exponentials(x):
    out = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        out[i] = draws.exponential(x[i])
    return out


def unmixed(x: int) -> int:
    """The word that the finaliser scrambles into x: each of its steps turned round."""
    x = x ^ (x >> 31) ^ (x >> 62)
    x = x * pow(0x94D049BB133111EB, -1, 2**64) & MASK
    x = x ^ (x >> 27) ^ (x >> 54)
    x = x * pow(0xBF58476D1CE4E5B9, -1, 2**64) & MASK
    return x ^ (x >> 30) ^ (x >> 60)


def test_the_hash_is_splitmix64():
    """Its first five numbers from seed 1234567, as published with the generator."""
    published = (6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431,
                 16408922859458223821)
    for k, number in enumerate(published, 1):
        word = (1234567 + k * 0x9E3779B97F4A7C15) & MASK
        assert int(compiled_mixed(np.uint64(word))) == number
        assert unmixed(number) == word


def test_words_of_seeds_paths_and_months_are_all_different():
    """A million of them, and neighbours share no pattern of bits."""
    words = {int(compiled_word(seed, path)) for seed in range(100) for path in range(1000)}
    assert len(words) == 100_000
    flips = [(int(compiled_word(7, path)) ^ int(compiled_word(7, path + 1))).bit_count() for path in range(500)]
    assert abs(np.mean(flips) - 32.0) < 4.0 * 4.0 / math.sqrt(500)


@pytest.mark.parametrize("scrambled", [0, 1, 2**11 - 1, 2**11, 2**63, MASK - 2**11, MASK])
def test_a_uniform_number_is_inside_the_interval(scrambled):
    """Open at both ends, because the normal of 0 or 1 is infinite: at the hash's own ends too."""
    u = compiled_uniform(np.uint64(unmixed(scrambled)), np.uint64(0))
    assert 0.0 < u < 1.0
    assert math.isfinite(draws.normal_of(u))
    assert u == pytest.approx(scrambled / 2**64, abs=2.0**-52)


@pytest.mark.parametrize("u", [
    2.0**-54, 1e-12, 1e-6, 0.02424999, 0.02425, 0.02425001, 0.1, 0.25, 0.4999, 0.5000001, 0.6, 0.9, 0.97575, 0.97575001,
    0.999999, 1.0 - 1e-12, 1.0 - 2.0**-53,
])
def test_the_normal_is_the_standard_library_s(u):
    """Centre, tails and where they meet: relative error below 1.2e-9."""
    exact = NormalDist().inv_cdf(u)
    assert abs(draws.normal_of(u) / exact - 1.0) < 1.2e-9


def test_the_normal_everywhere():
    """On a fine grid, rising, and odd about one half."""
    grid = np.concatenate([np.linspace(1e-7, 0.03, 3000), np.linspace(0.0301, 0.97, 5000)])
    found = np.array([draws.normal_of(u) for u in grid])
    exact = np.array([NormalDist().inv_cdf(u) for u in grid])
    away = np.abs(exact) > 1e-9
    assert np.abs(found[away] / exact[away] - 1.0).max() < 1.2e-9
    assert (np.diff(found) > 0.0).all()
    assert draws.normal_of(0.5) == 0.0
    assert all(draws.normal_of(1.0 - u) == pytest.approx(-draws.normal_of(u), rel=1e-8) for u in (0.001, 0.01, 0.3))


def test_the_exponential_is_the_library_s():
    """Within one part in 1e15, on months and far beyond them."""
    x = np.concatenate([np.linspace(-2.0, 2.0, 20_001), np.linspace(-690.0, 690.0, 5001), [0.0, -0.0, 1e-300, -1e-17]])
    exact = np.array([math.exp(v) for v in x])
    assert np.abs(exponentials(x) / exact - 1.0).max() <= 1e-15
    assert exponentials(np.zeros(1))[0] == 1.0


@pytest.fixture(scope="module")
def sample():
    """Log returns (204,000 months, assets) and the draws they came from."""
    draw = drawn(market(), ASSETS, 20_260_101)
    growth = many(PATHS, draw.seed, draw.keys, draw.log_mean, draw.log_sd, draw.factor)
    return np.log(growth), draw


def test_moments_are_the_market_s(sample):
    """Mean within four standard errors, sd and correlations too, no skew, no excess kurtosis."""
    logs, draw = sample
    x = logs.reshape(-1, len(ASSETS))
    n = len(x)
    z = (x - draw.log_mean) / draw.log_sd
    assert np.abs(z.mean(axis=0)).max() < 4.0 / math.sqrt(n)
    assert np.abs(z.std(axis=0) - 1.0).max() < 4.0 / math.sqrt(2.0 * n)
    assert np.abs((z**3).mean(axis=0)).max() < 4.0 * math.sqrt(15.0 / n)
    assert np.abs((z**4).mean(axis=0) - 3.0).max() < 4.0 * math.sqrt(96.0 / n)
    world = market()
    rows = [world.names.index(name) for name in ASSETS]
    wanted = world.correlation[np.ix_(rows, rows)]
    assert np.abs(np.corrcoef(x.T) - wanted).max() < 4.0 / math.sqrt(n)
    assert np.abs(wanted - np.eye(len(ASSETS))).max() > 0.3


def test_geometric_returns_are_the_assumption(sample):
    """Twelve months compounded: the mean log return is ln(1 + g), g the yearly gross return."""
    logs, _ = sample
    yearly = logs.sum(axis=1)
    world = market()
    for k, name in enumerate(ASSETS):
        row = next(row for row in world.rows if row.name == name)
        g = row.expected_return + (row.reference_fees_yearly if row.basis == "net_of_manager" else 0.0)
        assert abs(yearly[:, k].mean() - math.log1p(g)) < 4.0 * row.sd / math.sqrt(PATHS)
        assert yearly[:, k].std() == pytest.approx(row.sd, rel=4.0 / math.sqrt(2.0 * PATHS))


def test_months_and_paths_are_independent(sample):
    """No correlation from month to month, from path to path, or of one asset's normals with another's."""
    logs, draw = sample
    z = (logs - draw.log_mean) / draw.log_sd
    n = z[:, 1:].size / len(ASSETS)
    for k in range(len(ASSETS)):
        assert abs((z[:, 1:, k] * z[:, :-1, k]).mean()) < 4.5 / math.sqrt(n)
        assert abs((z[1:, :, k] * z[:-1, :, k]).mean()) < 4.5 / math.sqrt(n)
        assert abs((z[1:, 0, k] ** 2 * z[:-1, 0, k] ** 2).mean() - 1.0) < 4.5 * 3.0 / math.sqrt(PATHS)


def test_an_interpreted_year_is_a_compiled_one():
    """Same bytes, the hash apart, which wraps only when compiled."""
    draw = drawn(market(), ASSETS, 5)
    compiled, plain = np.empty((12, len(ASSETS))), np.empty((12, len(ASSETS)))
    n = len(draw.keys)
    u, z = np.empty(12 * n), np.empty(12 * n)
    compiled_year(compiled, u, z, path_word(5, 3), 2, draw.keys, draw.log_mean, draw.log_sd, draw.factor)
    for m in range(12):
        normals = [draws.normal_of(x) for x in u[m * n:(m + 1) * n]]
        for a in range(len(ASSETS)):
            x = 0.0
            for k in range(n):
                x += draw.factor[a, k] * normals[k]
            plain[m, a] = draws.exponential(draw.log_mean[a] + draw.log_sd[a] * x)
    assert same_bytes(compiled, plain)


def year_of(world, assets, names, path=9):
    """The draws of some assets (12, names) when all of ``assets`` are used."""
    draw = drawn(world, assets, 77)
    growth, n = np.empty((12, len(assets))), len(draw.keys)
    compiled_year(growth, np.empty(12 * n), np.empty(12 * n), path_word(77, path), 0, draw.keys, draw.log_mean,
                  draw.log_sd, draw.factor)
    return growth[:, [assets.index(name) for name in names]]


@pytest.mark.parametrize("more", ["bitcoin_like", "aaa", "zzz"])
def test_another_asset_changes_no_other_draw(more):
    """Bytes, whether the asset is of the shipped universe or of the case, used or not, first or last by name."""
    few = ("cash", "us_large_cap")
    alone = year_of(market(), few, few)
    for world in (market(), market(**{more: (0.1, 0.5)})):
        for name in ("gold", "commodities", "emerging", more):
            if name in world.names:
                together = tuple(sorted((*few, name)))
                assert same_bytes(year_of(world, together, few), alone)
                assert same_bytes(year_of(world, tuple(sorted(world.names[:8])), few), alone)


