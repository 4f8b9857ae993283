"""Cases with something wrong in them, through the real command: exit 2, file and line named, nothing written."""

import os
import re
import subprocess
import sys

import pytest
from case_maker import PEOPLE, ROOT, Private, asset, assumptions, census, family, plan, write

WORLD = [
    asset("stocks", 0.07, 0.17),
    asset("bonds", 0.045, 0.06),
    asset("private", 0.09, 0.28),
    asset("liquid", 0.03),
]
GOOD = {
    "fund": family(
        {"private": [0.2], "stocks": [0.5], "bonds": [0.3]}, private=Private(gate=0.05, block_gate=0.05)
    ),
    "baseline": family({"stocks": [0.6], "bonds": [0.4]}),
    "plan": plan(),
    "assumptions": assumptions(*WORLD),
    "people": census((1990, 60_000, 40_000, 0.08), (1975, 80_000, 300_000, 0.10)),
}


def command(folder, *more):
    """`alts401k evaluate case` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "alts401k", "evaluate", "case", "--paths", "2", "--out", "out", *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT / "src"))},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def line_of(text, pattern):
    """Number of the first line in which a pattern is found."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if re.search(pattern, line))


# file, text to replace, text instead, pattern of the line at fault in the changed file, word of the message
BAD = {
    "weights of 0.99": ("fund", "stocks = [0.5]", "stocks = [0.49]", r"^\[glide_path.weights\]", "0.99"),
    "NaN pay": ("people", "60000", "nan", "nan", "pay"),
    "a missing column": ("people", PEOPLE, "birth_year,pay,balance\n", "birth_year", "deferral"),
    "a birth year of 1850": ("people", "1975", "1850", "1850", "1850"),
    "an unknown key": (
        "fund",
        'name = "A family"',
        'name = "A family"\nnickname = "x"',
        "nickname",
        "nickname",
    ),
    "a gate of 500%": (
        "fund",
        "window_months = 1, pct = 0.05",
        "window_months = 1, pct = 5",
        "pct = 5",
        "500%",
    ),
    "an empty census": ("people", None, "", None, "empty"),
    "an empty plan": ("plan", None, "", None, "empty"),
    "an empty fund": ("fund", None, "", None, "empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_clear_error_and_no_output(tmp_path, name):
    """The file, the line, what is wrong; and no folder of results."""
    file, old, new, where, word = BAD[name]
    text = new if old is None else GOOD[file].replace(old, new)
    assert text != GOOD[file]
    write(tmp_path / "case", **{**GOOD, file: text})
    done = command(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    suffix = "csv" if file == "people" else "toml"
    line = 1 if where is None else line_of(text, where)
    fault = re.search(rf"^(?:case/)?{file}\.{suffix}:(\d+): (.*)$", done.stderr, re.MULTILINE)
    assert fault, done.stderr
    assert word in done.stderr and "Traceback" not in done.stderr
    said = [int(n) for n in re.findall(rf"{file}\.{suffix}:(\d+): ", done.stderr)]
    # the weights of a column stand on several lines: any of their table will do
    assert line in said or (name == "weights of 0.99" and line <= said[0] <= line + 3), done.stderr
    assert not (tmp_path / "out").exists()


def test_everything_wrong_is_said_at_once(tmp_path):
    """Four faults in three files, one run."""
    bad = {
        "fund": GOOD["fund"].replace("pct = 0.05", "pct = 5").replace("stocks = [0.5]", "stocks = [0.49]"),
        "plan": GOOD["plan"] + "\ncolour = 1\n",
        "people": GOOD["people"].replace("1975", "1850"),
    }
    write(tmp_path / "case", **{**GOOD, **bad})
    done = command(tmp_path)
    assert done.returncode == 2
    for words in (
        r"fund\.toml:\d+: .*0\.99",
        r"fund\.toml:\d+: .*500%",
        r"plan\.toml:\d+: .*colour",
        r"people\.csv:3: .*1850",
    ):
        assert re.search(words, done.stderr), words
    assert not (tmp_path / "out").exists()


def test_an_output_folder_keeps_its_old_results(tmp_path):
    """A run that is refused does not touch what an earlier one wrote."""
    write(tmp_path / "case", **{**GOOD, "plan": ""})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.json").write_text("old", encoding="utf-8")
    assert command(tmp_path).returncode == 2
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["results.json"]
    assert (tmp_path / "out" / "results.json").read_text(encoding="utf-8") == "old"


NOBODY = {
    "all of them 67 or older": census((1950, 60_000, 40_000, 0.08), (1958, 60_000, 40_000, 0.08)),
    "nobody with money": census((1990, 60_000, 0, 0.0), (1975, 0, 0, 0.10)),
}


@pytest.mark.parametrize("name", NOBODY)
def test_a_plan_without_savers_is_refused_in_words(tmp_path, name):
    """There is nobody to measure: the census is named."""
    write(tmp_path / "case", **{**GOOD, "people": NOBODY[name]})
    done = command(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "people.csv" in done.stderr and "67" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_fund_that_is_ruined_is_refused_in_words(tmp_path):
    """A risky block that never pays: the sleeve's unpaid fees outgrow it, a unit is worth less than nothing.

    Wealth below zero has no ratio and no certainty equivalent, so there is nothing to report but that.
    """
    ruined = family(
        {"private": [0.2], "stocks": [0.8], "bonds": [0.0]},
        rebalance={},
        regime={},
        private=Private(target=0.1, fee=0.04, gate=1.0, block_gate=0.0),
    )
    lost = assumptions(*WORLD[:2], asset("private", 0.0, 0.5), WORLD[3])
    write(tmp_path / "case", **{**GOOD, "fund": ruined, "assumptions": lost})
    done = command(tmp_path, "--paths", "50", "--seed", "1")
    assert done.returncode in (1, 2), "wealth below zero was reported as a result"
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
    assert not (tmp_path / "out").exists()
