"""Keyed draws: the hash, the normal, every generator's months, and that a path's and an asset's draws are its own."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from numba import njit
from small_funds import compiled_word, market, same_bytes

from alts401k.terms.generator import Generator
from alts401k.terms.scenarios import Scenarios
from alts401k.world import draws
from alts401k.world.generators import tape

MASK = 2**64 - 1
PATHS, MONTHS = 17_000, 12
ASSETS = ("cash", "gold", "private_debt", "us_core_bonds", "us_large_cap")
KINDS = ("lognormal", "fat-tails", "regimes", "bootstrap", "scenarios")
YEARS = 3
# Two assets of three keys as the first release drew them, seed 20260101: (path, year), months 1, 6 and 12.
TWO = {
    "keys": np.array([11, 2**63 + 5, 977], dtype=np.uint64),
    "log_mean": np.array([0.004, 0.0]),
    "log_sd": np.array([0.05, 0.2]),
    "factor": np.array([[1.0, 0.0, 0.0], [0.6, 0.0, 0.8]]),
}
FIRST_RELEASE = {
    (0, 0): [(0.9662216036337855, 0.8221395141939349), (1.0799542982898198, 1.1097976786554793),
             (0.9069608169916218, 0.7879224858419456)],
    (41, 3): [(1.0007782679456394, 1.1308598960950502), (0.9828022452480144, 0.8367100553538812),
              (1.0466383216180806, 1.1018100337677184)],
}


@njit
def compiled_mixed(x):
    return draws.mixed(x)


@njit
def compiled_uniform(word, key):
    return draws.uniform(word, key)


@njit
def compiled_years(growth, path, some):
    """The years of one path: growth (12 x years, assets)."""
    word = draws.path_word(some.seed, path)
    scratch = np.empty(draws.scratch_size(some))
    memory = np.zeros(draws.MEMORY, dtype=np.int64)
    for year in range(growth.shape[0] // 12):
        draws.tape_year(growth[12 * year:12 * year + 12], scratch, memory, word, path, year, some)


@njit
def compiled_paths(growth, some):
    """The years of many paths, on one scratch: growth (paths, 12 x years, assets)."""
    for path in range(growth.shape[0]):
        compiled_years(growth[path], path, some)


@njit
def compiled_year(growth, path, year, some):
    """A lognormal year as the kernel of the first release draws it."""
    n = 12 * some.keys.shape[0]
    u, z = np.empty(n), np.empty(n)
    draws.year_growth(growth, u, z, draws.path_word(some.seed, path), year, some.keys, some.log_mean, some.log_sd,
                      some.factor)


def world(kind="lognormal", **more):
    """The shipped market with a generator; bitcoin's return is stated, or nothing could be drawn of it."""
    some = market(bitcoin=(0.1, 0.7), **more)
    return some._replace(generator=Generator(kind=kind, **SETTINGS.get(kind, {})), scenarios=SCENARIOS)


def scenarios_of(names, paths=3, months=12 * YEARS):
    """Growth that says which scenario, month and asset it is."""
    cells = 1.0 + np.arange(paths * months * len(names)).reshape(paths, months, len(names)) / 1e6
    return Scenarios("own.csv", tuple(names), cells)


SETTINGS = {"scenarios": {"scenarios": "own.csv", "repeat": True}, "bootstrap": {"mean_block_months": 5}}
SCENARIOS = scenarios_of(sorted({*ASSETS, "bitcoin", "commodities", "emerging", "intl_developed", "private_equity"}))


def paths_of(some, n, years=YEARS):
    growth = np.empty((n, 12 * years, len(some.log_mean)))
    compiled_paths(growth, some)
    return growth


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
    draw = tape(market(), ASSETS, 20_260_101)
    return np.log(paths_of(draw, PATHS, 1)), draw


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
    some = market()
    rows = [some.names.index(name) for name in ASSETS]
    wanted = some.correlation[np.ix_(rows, rows)]
    assert np.abs(np.corrcoef(x.T) - wanted).max() < 4.0 / math.sqrt(n)
    assert np.abs(wanted - np.eye(len(ASSETS))).max() > 0.3


def test_geometric_returns_are_the_assumption(sample):
    """Twelve months compounded: the mean log return is ln(1 + g), g the yearly gross return."""
    logs, _ = sample
    yearly = logs.sum(axis=1)
    some = market()
    for k, name in enumerate(ASSETS):
        row = next(row for row in some.rows if row.name == name)
        assert abs(yearly[:, k].mean() - math.log1p(row.gross_return)) < 4.0 * row.sd / math.sqrt(PATHS)
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


def test_a_lognormal_year_is_the_first_release_s():
    """Numbers of the first release, and the bytes of its kernel."""
    some = tape(market(), ("cash", "gold"), 20_260_101)._replace(**TWO)
    for (path, year), rows in FIRST_RELEASE.items():
        old, growth = np.empty((12, 2)), paths_of(some, path + 1, year + 1)[path, 12 * year:]
        compiled_year(old, path, year, some)
        assert same_bytes(growth, old)
        np.testing.assert_allclose(growth[[0, 5, 11]], rows, rtol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_an_interpreted_path_is_a_compiled_one(kind):
    """Same bytes, year after year, from the hash to the last sum."""
    some = tape(world(kind), ("cash", "intl_developed", "private_equity"), 5)
    compiled, plain = np.empty((12 * YEARS, 3)), np.empty((12 * YEARS, 3))
    compiled_years(compiled, 3, some)
    with np.errstate(over="ignore"):  # 64-bit words are meant to wrap
        compiled_years.py_func(plain, 3, some)
    assert same_bytes(compiled, plain)
    assert len(np.unique(compiled[:, 2])) == 12 * YEARS


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_alone_is_that_path_of_many(kind):
    """Bytes: a path remembers its own years and nothing of the path before it."""
    some = tape(world(kind), ASSETS, 5)
    together = paths_of(some, 12)
    for path in (0, 7, 11):
        alone = np.empty((12 * YEARS, len(ASSETS)))
        compiled_years(alone, path, some)
        assert same_bytes(alone, together[path])
    assert not same_bytes(together[0], together[1])
    assert kind == "scenarios" or not same_bytes(paths_of(some._replace(seed=6), 1), together[:1])


def columns_of(some, assets, names):
    """A path of some assets (months, names) when all of ``assets`` are used."""
    growth = np.empty((12 * YEARS, len(assets)))
    compiled_years(growth, 9, tape(some, assets, 77))
    return growth[:, [assets.index(name) for name in names]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", ["bitcoin_like", "aaa", "zzz"])
def test_another_asset_changes_no_other_draw(kind, more):
    """Bytes, whether the asset is of the shipped universe or of the case, used or not, first or last by name."""
    few = ("cash", "private_equity", "us_large_cap")
    alone = columns_of(world(kind), few, few)
    for some in (world(kind), world(kind, **{more: (0.1, 0.5)})):
        for name in ("gold", "commodities", "emerging", "bitcoin", more):
            if name in some.names and (kind != "scenarios" or name in SCENARIOS.assets):
                assert same_bytes(columns_of(some, tuple(sorted((*few, name))), few), alone)


def test_a_scenario_is_drawn_as_it_stands():
    """Every month of every path, in the order of the assets asked for; path p is scenario p."""
    names = ("us_large_cap", "cash")
    growth = paths_of(tape(world("scenarios"), names, 1), 3)
    columns = [SCENARIOS.assets.index(name) for name in names]
    assert same_bytes(growth, SCENARIOS.growth[:, :, columns])


def test_beyond_the_last_scenario():
    """With `repeat` they begin again; without it, and after their last month, there is no number."""
    some = tape(world("scenarios"), ("cash", "gold"), 1)
    assert same_bytes(paths_of(some, 7)[3:6], paths_of(some, 3))
    once = paths_of(some._replace(repeat=0), 5, YEARS + 1)
    assert np.isfinite(once[:3, :12 * YEARS]).all()
    assert np.isnan(once[3:]).all()
    assert np.isnan(once[:, 12 * YEARS:]).all()


def test_every_generator_runs_in_one_of_two_compiled_loops():
    """Tapes of two types, plain and rich, whatever they hold: nothing is compiled twice, and plain ones stay small."""
    for kind in KINDS:
        paths_of(tape(world(kind), ("cash", "gold"), 1), 1)
    assert len(compiled_paths.signatures) == 2
    rich = {kind for kind in KINDS if tape(world(kind), ("cash", "gold"), 1).rich.ndim > 1}
    assert rich == {"fat-tails", "regimes", "bootstrap"}


def test_places_and_rows_end_inside():
    """The largest uniform number picks the last place and the last row, rounding errors of a cumulative sum or not."""
    largest = 1.0 - 2.0**-53
    assert draws.place(largest, np.array([0.2, 1.0 - 1e-9])) == 1
    assert [draws.place(u, np.array([0.2, 0.7, 1.0])) for u in (0.0, 0.1999, 0.2, 0.6999, 0.7)] == [0, 0, 1, 1, 2]
    for n in (1, 3, 759, 4096):
        assert draws.row_of(largest, n) == n - 1
        assert draws.row_of(0.0, n) == 0
