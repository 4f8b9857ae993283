"""explain: where a number comes from, by its key, from a run or from a file of results."""

import importlib
import inspect
import json

import pytest
from command_line import alts401k, small_case

import alts401k as package
from alts401k.report import schema
from alts401k.report.shape import entries
from alts401k.verbs import headlines as table


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small run and the file of its results; the case is beside it as `mycase`."""
    folder = tmp_path_factory.mktemp("run")
    case = small_case(folder / "mycase")
    terms = (case / "fund.toml").read_text(encoding="utf-8")
    named = terms.replace('vehicle_type = "NT_BDC"', 'vehicle_type = "NT_BDC"\nlegal_name = "Lending I"')
    (case / "fund.toml").write_text(named, encoding="utf-8")
    return package.evaluate(case, paths=40, out=folder / "out").data, folder / "out" / "results.json"


@pytest.fixture(scope="module")
def explained(run):
    """The explanation of all of its headlines."""
    return package.explain(results=run[1]).data


def test_every_headline_has_a_formula_inputs_and_code(explained):
    """Of a run of an example, all of them are there."""
    assert [one["key"] for one in explained["numbers"]] == list(table.HEADLINES)
    for one in explained["numbers"]:
        assert one["formula"] and one["unit"] and one["meaning"] and one["inputs"] and one["code"], one["key"]
        assert one["code"][0].startswith(f"alts401k.{one['room']}.")


def test_the_values_are_those_of_the_run(run, explained):
    """With their standard errors, whether these stand beside the value or above it."""
    data, _ = run
    found = {one["key"]: (one["value"], one["standard_error"]) for one in explained["numbers"]}
    paired, fees = data["performance"]["paired"]["median_wealth_change"], data["fees"]["total"]
    assert found["performance.paired.median_wealth_change"] == (paired["value"], paired["standard_error"])
    assert found["fees.total.proposed"] == (fees["proposed"], fees["standard_error"]["proposed"])
    income = data["performance"]["income_replacement"]
    assert found["performance.income_replacement.baseline.p50"] == (
        income["baseline"]["p50"], income["standard_error"]["baseline"]["p50"])


def test_the_inputs_are_rows_of_the_run_and_only_those_that_enter(run, explained):
    """Values and sources are the run's; what a number does not depend on is not among its inputs."""
    rows = {row["name"]: row for row in run[0]["run"]["assumptions"]}
    for row in explained["assumptions"]:
        assert (row["value"], row["source"]) == (rows[row["name"]]["value"], rows[row["name"]]["source"])
    inputs = {one["key"]: set(one["inputs"]) for one in explained["numbers"]}
    assert set().union(*inputs.values()) == {row["name"] for row in explained["assumptions"]}
    assert "annuity_real_rate" in inputs["performance.income_replacement.proposed.p50"]
    assert "annuity_real_rate" not in inputs["performance.paired.median_wealth_change"]
    assert "risk_aversion" in inputs["performance.risk_adjusted.certainty_equivalent.change"]
    assert "risk_aversion" not in inputs["fees.total.proposed"]
    leverage = inputs["complexity.look_through_leverage.proposed"]
    assert "fund.blocks.direct_lending.leverage" in leverage
    assert not [name for name in leverage if name.startswith("assets.") or name.endswith("mgmt_fee")]
    assert not [name for name in inputs["fees.total.baseline"] if name.startswith("fund.")]


def test_no_assumption_enters_nothing(run):
    """Every row of the run enters some number, but for terms that are only kept on file."""
    rows, unused = run[0]["run"]["assumptions"], table.kept_on_file()
    everywhere = tuple(one for made in table.MADE for one in made.enters)
    entering = {row["name"] for row in table.entering(rows, everywhere, ())}
    assert [row["name"] for row in rows if row["name"] not in entering] == []
    idle = {row["name"] for row in rows} - {row["name"] for row in table.entering(rows, everywhere, unused)}
    assert idle and all(name.startswith("fund.") for name in idle)


def test_what_is_only_kept_on_file_enters_nothing(run, explained):
    """A legal name is an assumption row and enters no number."""
    names = {row["name"] for row in run[0]["run"]["assumptions"]}
    assert "fund.blocks.direct_lending.legal_name" in names
    assert "fund.blocks.direct_lending.legal_name" not in {row["name"] for row in explained["assumptions"]}


def test_the_code_is_there():
    """Every function that the table names exists under its own name."""
    for made in table.MADE:
        for name in made.code:
            module, _, function = name.rpartition(".")
            assert inspect.isroutine(getattr(importlib.import_module(module), function)), name


def test_every_formula_of_the_schema_has_its_code():
    """No number with a formula is without an entry, and no entry or headline points where the schema has nothing."""
    places = {path for path, _ in entries(schema(), "") if not path.startswith("run")}
    formulas = [path for path in places if "x-formula" in dict(entries(schema(), ""))[path]]
    assert formulas and [path for path in formulas if not table.made_by(path).code] == []
    assert [made.place for made in table.MADE if made.place not in places] == []
    assert [path for path in table.HEADLINES if path not in places] == []


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("fees.total.proposed", ["fees.total.proposed"]),
        ("fees.total", ["fees.total.proposed", "fees.total.baseline"]),
        ("valuation.marks.private_credit.smoothing", ["valuation.marks.private_credit.smoothing"]),
        ("performance.by_age", ["performance.by_age"]),
    ],
)
def test_a_key_names_one_number_or_a_group(run, key, keys):
    """As results.json nests them; a list is one."""
    found = package.explain(results=run[1], key=key).data["numbers"]
    assert [one["key"] for one in found] == keys
    assert all(one["formula"] for one in found)


@pytest.mark.parametrize("key", ["fees.totl", "run.seed", "fees.total.proposed.more", ""])
def test_a_key_that_leads_nowhere_is_refused(run, key):
    """With the nearest keys where there are any."""
    with pytest.raises(package.Problems, match="no number of the results has this key") as refused:
        package.explain(results=run[1], key=key)
    assert key != "fees.totl" or "fees.total" in str(refused.value)


def test_neither_and_both_are_refused(run):
    """One thing is explained."""
    with pytest.raises(package.Problems, match="neither"):
        package.explain()
    with pytest.raises(package.Problems, match="Name one of the two"):
        package.explain(run[1].parent, results=run[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [("not json", "not JSON"), ("{}", "is missing"), ("[]", "must be object")], ids=["words", "empty", "a list"],
)
def test_a_file_that_is_no_result_is_refused(tmp_path, text, words):
    """Exit 2 and one line that names the file."""
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    done = alts401k("explain", "--results", "x.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("x.json") and words in done.stderr and done.stderr.count("\n") == 1


def test_the_command_runs_a_case_and_reads_a_file(run):
    """The same words either way, lines of at most 80 columns but for names; JSON is what the function returns."""
    folder = run[1].parents[1]
    by_case = alts401k("explain", "mycase", "fees.total", "--paths", "40", "-q", cwd=folder)
    by_file = alts401k("explain", "--results", run[1], "fees.total")
    assert (by_case.returncode, by_case.stderr) == (0, "")
    assert by_case.stdout == by_file.stdout
    for words in ("fees.total.proposed", "Formula  12 * dollars of all fees", "room measure", "Horizon",
                  "fund.blocks.direct_lending.mgmt_fee = 0.01"):
        assert words in by_case.stdout
    assert max(map(len, by_case.stdout.splitlines())) <= 80
    told = json.loads(alts401k("explain", "--results", run[1], "fees.total", "--json").stdout)
    assert told == package.explain(results=run[1], key="fees.total").data


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing argument 'CASE'"),
        (("nowhere",), "Directory 'nowhere' does not exist"),
        (("--results", "nowhere.json"), "nowhere.json"),
        (("mycase", "fees", "--results", __file__), "With --results there is no CASE"),
    ],
    ids=["nothing", "no case", "no file", "both"],
)
def test_a_wrong_command_line_is_words(words, said):
    """Exit 2 and what is wrong."""
    done = alts401k("explain", *words)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
