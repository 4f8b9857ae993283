"""compare: what differs between two cases or two runs, and how the headlines moved."""

import json
import re
import shutil

import pytest
from command_line import alts401k, small_case

import alts401k as package
from alts401k.verbs import compare as verb

MEDIAN = "performance.paired.median_wealth_change"
FEE = "blocks.direct_lending.mgmt_fee"


def edit(path, pattern, text):
    """Replaces the one place in a file where `pattern` is found."""
    changed, count = re.subn(pattern, text, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(changed, encoding="utf-8")


def rows(data):
    """The headlines by key."""
    return {row["key"]: row for row in data["headlines"]}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """Cases a, b (a dearer private manager), c (much else) and d (a remark), and runs of a and b, a also with
    another seed."""
    folder = tmp_path_factory.mktemp("cases")
    small_case(folder / "a")
    for name in "bcd":
        shutil.copytree(folder / "a", folder / name)
    edit(folder / "b" / "fund.toml", r"^mgmt_fee = 0.01", "mgmt_fee = 0.02")
    edit(folder / "c" / "plan.toml", r"^turnover_yearly = \S+", "turnover_yearly = 0.20")
    edit(folder / "c" / "baseline.toml", r"all_in = 0.0008", "all_in = 0.0018")
    edit(folder / "c" / "assumptions.toml", r"^set = .*", 'set = "no-premium"')
    (folder / "c" / "people.csv").write_text("birth_year,pay,balance,deferral\n1990,62000,18500,0.06\n", "utf-8")
    shutil.rmtree(folder / "c" / "alternatives")
    edit(folder / "d" / "fund.toml", r"\A", "# a remark\n")
    for name, case, seed in (("a", "a", 1), ("b", "b", 1), ("other", "a", 2)):
        package.evaluate(folder / case, paths=60, seed=seed, out=folder / "out" / name)
    return folder


def results(folder, name):
    """The file of a finished run."""
    return folder / "out" / name / "results.json"


def test_equal_cases_are_not_run(cases):
    """It says so at once, whatever the number of paths; a remark changes nothing."""
    found = package.compare(cases / "a", cases / "d", paths=10**9)
    assert found.data["equal"] and not found.data["ran"] and found.data["inputs"] == []
    assert "A and B are equal" in str(found)


@pytest.fixture(scope="module")
def dearer(cases):
    """Case b against case a, on the seed and paths of the runs."""
    return package.compare(cases / "a", cases / "b", paths=60, seed=1)


def test_one_term_is_told_and_the_headlines_move_with_it(cases, dearer):
    """The key, both values, the right direction, and an error far below that of either run alone."""
    found = dearer.data
    assert found["inputs"] == [{"where": "fund.toml", "key": FEE, "a": 0.01, "b": 0.02}]
    assert found["paired"] and not found["equal"]
    row = rows(found)[MEDIAN]
    alone = json.loads(results(cases, "a").read_text())["performance"]["paired"]["median_wealth_change"]
    assert row["a"] == alone["value"] and row["error_of"] == "common draws"
    assert 0.0 < row["standard_error"] < 0.5 * alone["standard_error"]
    assert row["change"] < -3.0 * row["standard_error"]
    assert rows(found)["fees.total.proposed"]["change"] > 0.0
    assert rows(found)["fees.total.proposed"]["error_of"] == "at most"
    assert rows(found)["fees.total.baseline"]["change"] == 0.0


def test_text_of_a_comparison(dearer):
    """Inputs, then headlines; what did not move is said to be unchanged."""
    words = str(dearer)
    for part in ("  fund.toml\n    " + FEE + "\n      A  0.01\n      B  0.02\n", MEDIAN, "moved -", "at most ",
                 "unchanged", "Paired: the same people"):
        assert part in words
    assert max(map(len, words.splitlines())) <= 80


def test_everything_that_differs_is_told(cases):
    """Every document by its keys, other files by their bytes, what is in force beside them; the plans differ."""
    found = package.compare(cases / "a", cases / "c", paths=20)
    told = {(row["where"], row["key"]): (row["a"], row["b"]) for row in found.data["inputs"]}
    assert told["plan.toml", "turnover_yearly"] == (0.10, 0.20)
    assert told["baseline.toml", "trustee_fees.all_in"] == (0.0008, 0.0018)
    assert told["assumptions.toml", "set"] == ("survey", "no-premium")
    assert told["alternatives/more-bonds.toml", "(contents)"][1] is None
    assert all(told["people.csv", "(contents)"])
    assert not [key for where, key in told if where == "fund.toml" or key.startswith("fund.")]
    assert not found.data["paired"] and "Not paired: the plans differ" in str(found)
    row = rows(found.data)[MEDIAN]
    assert row["error_of"] == "independent draws" and row["standard_error"] > 0.0


def test_a_plan_of_another_name_is_the_same_plan(cases):
    """Its turnover is not, nor another seed, generator or census."""
    run = json.loads(results(cases, "a").read_text())["run"]
    name = {"where": "plan.toml", "key": "name", "a": "x", "b": "y"}
    assert verb._unpaired(run, {**run, "plan": "y"}, [name]) == ""
    assert "plans differ" in verb._unpaired(run, run, [{**name, "key": "turnover_yearly"}])
    assert "plans differ" in verb._unpaired(run, run, [{**name, "where": "in force", "key": "plan.match"}])
    assert "seeds" in verb._unpaired(run, {**run, "seed": 5}, [])
    assert "paths" in verb._unpaired(run, {**run, "paths": 5}, [])
    assert "generators" in verb._unpaired(run, {**run, "generator": {"kind": "bootstrap"}}, [])
    assert "censuses" in verb._unpaired(run, run, [{**name, "where": run["population"], "key": "(contents)"}])


def test_two_runs(cases):
    """Files of results: same seed and paths are paired, with errors that are at most so large; another seed is not."""
    a, b, other = (results(cases, name) for name in ("a", "b", "other"))
    same = package.compare(a, a)
    assert same.data["equal"] and same.data["ran"] and "no headline moved" in str(same)
    found = package.compare(a, b).data
    assert found["paired"] and rows(found)[MEDIAN]["error_of"] == "at most"
    assert {"where": "in force", "key": "fund." + FEE, "a": 0.01, "b": 0.02} in found["inputs"]
    assert ("fund.toml", "(contents)") in [(row["where"], row["key"]) for row in found["inputs"]]
    assert rows(package.compare(b, a).data)[MEDIAN]["change"] == -rows(found)[MEDIAN]["change"]
    apart = package.compare(a, other).data
    assert not apart["paired"] and apart["not_paired_because"] == "the seeds differ"
    assert not apart["equal"] and apart["inputs"] == []


def test_a_case_beside_a_run_runs_on_its_seed_and_paths(cases):
    """So that the two can be the same, as here."""
    found = package.compare(results(cases, "other"), cases / "a", paths=99, seed=99).data
    assert found["equal"] and (found["b"]["seed"], found["b"]["paths"]) == (2, 60)


def test_the_command(cases):
    """Text and JSON of the function; both sides must be there and be what they should."""
    words = ("compare", results(cases, "a"), results(cases, "b"))
    done = alts401k(*words, cwd=cases)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip() == str(package.compare(*words[1:])).rstrip()
    assert json.loads(alts401k(*words, "--json").stdout) == package.compare(*words[1:]).data
    missing = alts401k("compare", "a", "nowhere", cwd=cases)
    assert missing.returncode == 2 and "nowhere" in missing.stderr
    (cases / "x.json").write_text("{}", encoding="utf-8")
    wrong = alts401k("compare", "a", "x.json", cwd=cases)
    assert wrong.returncode == 2 and wrong.stderr.startswith("x.json")
