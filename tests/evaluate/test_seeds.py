"""One seed gives the same bytes; different seeds differ by what their standard errors say."""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from case_maker import EXAMPLES, HEADLINES, ROOT, census, finished, sections

from alts401k.simulate.run import replay
from alts401k.verbs.evaluate import evaluate

PATHS, SEEDS = 200, 20
FILES = ("results.json", "report.html")


def run_alone(case, out, **environment):
    """The command in a process of its own, on this folder's sources."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "alts401k",
            "evaluate",
            str(case),
            "--paths",
            "120",
            "--seed",
            "7",
            "--out",
            str(out),
            "-q",
        ],
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT / "src")), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    """Twice in this process, and in two others, one of them on a single thread, from another folder's name for out."""
    case = EXAMPLES / "target-date-cit"
    for name in ("first", "second"):
        evaluate(case, paths=120, seed=7, out=tmp_path / name)
    for name, environment in (
        ("alone", {}),
        ("one_thread", {"NUMBA_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}),
    ):
        done = run_alone(case, tmp_path / name, **environment)
        assert (done.returncode, done.stderr) == (0, "")
    for file in FILES:
        first = (tmp_path / "first" / file).read_bytes()
        for name in ("second", "alone", "one_thread"):
            assert (tmp_path / name / file).read_bytes() == first
        assert str(tmp_path).encode() not in first and str(ROOT).encode() not in first


def test_another_seed_gives_other_numbers_and_another_id(tmp_path):
    """Every headline moves, and so does the id of the run; a comment in a file changes the id and no number."""
    case = shutil.copytree(EXAMPLES / "bitcoin-and-gold", tmp_path / "case")
    one, other = (sections(case, paths=50, seed=seed) for seed in (0, 2**63 - 1))
    for name in HEADLINES:
        assert one["performance"]["paired"][name]["value"] != other["performance"]["paired"][name]["value"]
    assert one["run"]["id"] != other["run"]["id"]
    with (case / "plan.toml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    commented = sections(case, paths=50, seed=0)
    assert commented["run"]["id"] != one["run"]["id"]
    assert {k: v for k, v in commented.items() if k != "run"} == {k: v for k, v in one.items() if k != "run"}


@pytest.mark.parametrize("name", ["target-date-cit", "bitcoin-and-gold"])
def test_a_path_depends_on_its_number_alone(name):
    """The first 60 of 130 paths are the 60 paths of a shorter run, and one of them can be run again alone."""
    g, long = finished(EXAMPLES / name, 130, seed=3)
    _, short = finished(EXAMPLES / name, 60, seed=3)
    families = tuple(paths.family for paths in long.paths)
    again = replay(families, tuple(joined.members for joined in long.joined), g.market, 77, 3)
    for k, trace in enumerate(again):
        assert np.array_equal(long.paths[k].value[:60], short.paths[k].value)
        assert np.array_equal(long.paths[k].units[:60], short.paths[k].units)
        vintages = long.paths[k].value.shape[1]
        assert np.array_equal(long.paths[k].value[77], trace[11::12, -vintages:].T)


@pytest.mark.parametrize(("paths", "seed"), [(1, 0), (0, 0), (2, -1), (2, 2**63)])
def test_what_cannot_be_run_is_refused(paths, seed):
    """A standard error needs two paths; a seed is a whole number below 2^63."""
    with pytest.raises(ValueError, match="paths|seed"):
        evaluate(EXAMPLES / "bitcoin-and-gold", paths=paths, seed=seed)


@pytest.fixture(scope="module", params=["target-date-cit", "bitcoin-and-gold"])
def many_seeds(request, tmp_path_factory):
    """An example with five dozen people of its own, which is quick, and its results for 20 seeds."""
    case = shutil.copytree(EXAMPLES / request.param, tmp_path_factory.mktemp("seeds") / request.param)
    text = (case / "plan.toml").read_text(encoding="utf-8")
    changed = re.sub(r"^population = .*$", 'census = "people.csv"', text, flags=re.MULTILINE)
    assert changed != text
    (case / "plan.toml").write_text(changed, encoding="utf-8")
    rows = (
        (1998 - 7 * k % 39, 35_000 + 1_500 * k, 1_000 + 4_000 * k, 0.03 + 0.01 * (k % 9)) for k in range(60)
    )
    (case / "people.csv").write_text(census(*rows), encoding="utf-8")
    return case, [sections(case, paths=PATHS, seed=1000 + k) for k in range(SEEDS)]


def estimates(data):
    """Everything that is reported with a standard error: {name: (value, standard error)}."""
    found = {name: tuple(x.values()) for name, x in data["performance"]["paired"].items()}
    for section, path in (
        ("fees", ("total",)),
        ("liquidity", ("gate_probability",)),
        ("valuation", ("dilution_usd_per_year",)),
    ):
        part = data[section]
        for key in path:
            part = part[key]
        found |= {f"{section}.{name}": (part[name], error) for name, error in part["standard_error"].items()}
    return found


def test_two_seeds_differ_by_less_than_three_standard_errors(many_seeds):
    """|a - b| < 3 sqrt(se_a^2 + se_b^2) for each headline, in ten independent pairs of seeds.

    A sound program fails one headline with chance 0.0027, so a pair with chance 0.011 at most, and two pairs of ten
    with chance 0.005 at most: one pair may fail. (The seeds are fixed, so the outcome is too.)
    """
    _, runs = many_seeds
    failed = set()
    for k, (a, b) in enumerate(zip(runs[0::2], runs[1::2], strict=True)):
        for name in HEADLINES:
            one, other = (data["performance"]["paired"][name] for data in (a, b))
            error = np.hypot(one["standard_error"], other["standard_error"])
            assert error > 0.0
            if not abs(one["value"] - other["value"]) < 3.0 * error:
                failed.add(k)
    assert len(failed) <= 1


def test_standard_errors_are_the_spread_between_seeds(many_seeds):
    """The spread of 20 seeds over the mean reported error, for everything that has one, lies in 0.53 to 1.52.

    A sample spread of 20 normal values falls outside with chance 0.002; rare events (a mean below five errors from
    zero) and what does not vary are left out.
    """
    rows = [estimates(data) for data in many_seeds[1]]
    judged = 0
    for name in rows[0]:
        values, errors = np.array([row[name] for row in rows]).T
        if name not in HEADLINES and (errors.mean() <= 1e-12 or abs(values.mean()) < 5.0 * errors.mean()):
            continue
        judged += 1
        assert 0.53 < values.std(ddof=1) / errors.mean() < 1.52, name
    assert judged >= 4


def test_more_paths_shrink_the_error_as_the_root(many_seeds):
    """Four times the paths, half the error (within a third, as errors are estimates themselves)."""
    case, runs = many_seeds
    more = sections(case, paths=4 * PATHS, seed=99)["performance"]["paired"]
    for name in HEADLINES:
        before = np.mean([data["performance"]["paired"][name]["standard_error"] for data in runs])
        assert more[name]["standard_error"] == pytest.approx(before / 2.0, rel=1.0 / 3.0)


def test_results_are_json_without_nan_or_infinity(many_seeds):
    """Every number of the results is finite."""
    json.dumps(many_seeds[1][0], allow_nan=False)
