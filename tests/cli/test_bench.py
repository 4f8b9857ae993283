"""bench peers: one work, several programs; agreement where the work is the same, words where it is not."""

import itertools
import json

import numpy as np
import pytest
from command_line import ROOT, alts401k

import alts401k as package
from alts401k.measure import agreement
from alts401k.verbs import bench, peers
from alts401k.verbs.plain_work import MONTHS, ours, plain

NAMES = ["NumPy, by hand", "QuantLib", "HARK", "vectorbt", "manyfutures"]


@pytest.fixture(scope="module")
def found():
    """A small bench by a clock that goes one second a look."""
    ticks = itertools.count()
    return package.bench_peers(lambda: float(next(ticks)), paths=1000)


def by_name(data):
    """The peers' rows by name."""
    return {row["name"]: row for row in data["peers"]}


def test_every_peer_is_there_and_says_what_differs(found):
    """Installed or not."""
    assert [row["name"] for row in found.data["peers"]] == NAMES
    assert all(len(row["differs"]) > 60 and row["licence"] for row in found.data["peers"])


def test_the_same_work_agrees(found):
    """Mean and percentiles of NumPy and of QuantLib, both in the environment of the tests, within three errors."""
    for name in NAMES[:2]:
        row = by_name(found.data)[name]
        assert row["does"] == "saved" and row["agrees"] is True, row
        assert [gap["statistic"] for gap in row["gaps"]] == ["mean", "p5", "p50", "p95"]
        assert row["largest_gap"] == max(abs(gap["standard_errors"]) for gap in row["gaps"]) <= 3.0


def test_seconds_are_those_of_the_clock_and_ratios_against_ours(found):
    """Each run lasts one tick, so every ratio is one, and three runs are enough."""
    assert found.data["ours"]["seconds"] == 1.0 and found.data["ours"]["runs"] == 3
    row = by_name(found.data)["NumPy, by hand"]
    assert (row["seconds"], row["ratio"], row["runs"]) == (1.0, 1.0, 3)


def test_what_is_not_installed_is_named_with_how_to_install_it(found, monkeypatch):
    """And nothing is measured; a program whose interface has changed is named with its error, and the rest go on."""
    gone = peers.Peer("Gone", "no-such-package", "MIT", peers.SAVED, peers.numpy_loop)

    def changed(work, n_paths):
        """Words."""
        raise AttributeError("renamed in a later release")

    broken = peers.Peer("Broken", "numpy", "MIT", peers.OTHER, changed)
    monkeypatch.setattr(peers, "PEERS", (gone, broken, *peers.PEERS[:1]))
    rows = by_name(package.bench_peers(itertools.count().__next__, paths=200).data)
    assert rows["Gone"]["install"] == "pip install no-such-package"
    assert (rows["Gone"]["version"], rows["Gone"]["seconds"], rows["Gone"]["ratio"]) == (None, None, None)
    assert rows["Broken"]["failed"] == "AttributeError: renamed in a later release"
    assert rows["NumPy, by hand"]["seconds"] is not None
    words = str(package.bench_peers(itertools.count().__next__, paths=200))
    assert "NOT INSTALLED\n  Gone: pip install no-such-package" in words
    assert "DID NOT RUN\n  Broken" in words


def test_a_wrong_answer_does_not_agree(monkeypatch):
    """A program that is 3% off is told apart."""

    def off(work, n_paths):
        """The same work, wrong."""
        run = peers.numpy_loop(work, n_paths)
        return lambda seed: 1.03 * run(seed)

    monkeypatch.setattr(peers, "PEERS", (peers.Peer("Off", "", "MIT", peers.SAVED, off),))
    clock = itertools.count().__next__
    told = package.bench_peers(clock, paths=10_000)
    assert told.data["peers"][0]["agrees"] is False and "DOES NOT AGREE" in str(told)


def test_ours_without_contributions_is_a_lump_sum():
    """The mean of the opening dollars alone, against the product of the months' expected growth."""
    work = plain()
    lump = ours(work, 4_000, 7).lump_sum
    growth = np.exp(work.log_mean + 0.5 * work.log_sd**2)
    expected = 10_000.0 * np.prod(work.weights @ growth)
    mean, error = agreement.mean_of(lump)
    assert abs(mean - expected) < 3.0 * error and work.weights.shape == (MONTHS, 2)


def test_the_error_of_a_percentile_is_that_of_repeated_samples():
    """Against the spread over many samples."""
    rng = np.random.default_rng(11)
    for level in agreement.LEVELS:
        many = np.array([agreement.percentile_of(rng.lognormal(0.0, 0.6, 2_000), level) for _ in range(300)])
        assert 0.85 < many[:, 1].mean() / many[:, 0].std(ddof=1) < 1.15
    same = rng.normal(size=100)
    assert [gap.standard_errors for gap in agreement.gaps(same, same)] == [0.0] * 4
    assert not agreement.agree(agreement.gaps(np.ones(9), np.zeros(9)))


def test_few_paths_are_refused():
    """By the function, and by the command with exit 2."""
    with pytest.raises(ValueError, match="at least 200"):
        package.bench_peers(lambda: 0.0, paths=199)
    done = alts401k("bench", "peers", "--paths", "100")
    assert done.returncode == 2 and "--paths" in done.stderr


def test_the_command(tmp_path):
    """Lines of at most 80 columns, and JSON; it works anywhere and leaves nothing."""
    done = alts401k("bench", "peers", "--paths", "200", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert all(name in done.stdout for name in NAMES) and "x ours" in done.stdout
    told = json.loads(alts401k("bench", "peers", "--paths", "200", "--json", cwd=tmp_path).stdout)
    assert [row["name"] for row in told["peers"]] == NAMES and told["ours"]["seconds"] > 0.0
    assert list(tmp_path.iterdir()) == []


def test_the_packages_are_those_of_the_locks():
    """Each peer is in the lock that `make peers` installs, the one with the Commons Clause only in its own."""
    for peer in peers.PEERS:
        name = "vectorbt" if "Commons Clause" in peer.licence else "peers"
        text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").lower()
        assert f"\n{(peer.package or 'numpy').lower()}==" in text
    assert bench.SEED == package.bench_peers.__kwdefaults__["seed"]
