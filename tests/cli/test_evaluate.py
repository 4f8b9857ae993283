"""evaluate and check as a person runs them: a summary and two files, or every fault and nothing written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from command_line import EXAMPLES, alts401k, clean_environment

from alts401k.cli import progress

EXAMPLE = "bitcoin-and-gold"
FILES = ["report.html", "report.pdf", "results.csv", "results.json", "results.parquet"]


@pytest.fixture
def case(tmp_path):
    """A case of one's own, to be edited."""
    shutil.copytree(EXAMPLES / EXAMPLE, tmp_path / "mycase")
    return tmp_path / "mycase"


def edit(path, pattern, text):
    """Replaces the one place in a file where `pattern` is found."""
    changed, count = re.subn(pattern, text, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    path.write_text(changed, encoding="utf-8")


def test_a_summary_on_one_screen_and_five_files(case, tmp_path):
    """At most 30 lines of 80 columns, and where the files are; they are whole and say the same as --json."""
    done = alts401k("evaluate", "mycase", "--paths", "50", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 30 and max(map(len, lines)) <= 80
    assert "out/mycase/report.html" in done.stdout and "out/mycase/results.json" in done.stdout
    folder = tmp_path / "out" / "mycase"
    assert sorted(path.name for path in folder.iterdir()) == FILES
    written = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert written["run"]["paths"] == 50
    again = alts401k("evaluate", "mycase", "--paths", "50", "--out", "other", "--json", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout) == written
    for name in FILES:
        assert (tmp_path / "other" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_help_names_every_file_that_is_written():
    """Each with what it is for."""
    page = alts401k("evaluate", "--help").stdout
    assert [f"DIR/{name}" in page for name in FILES] == [True] * len(FILES)


@pytest.mark.parametrize(
    ("file", "pattern", "text", "words"),
    [
        ("fund.toml", r"^gold = +\[0.05\]", "gold = [0.04]", "0.99"),
        ("fund.toml", r"^vehicle_type", 'colour = "blue"\nvehicle_type', "colour"),
        ("fund.toml", r"^fast_band = 0.01", "fast_band = 5", "fast_band"),
        ("plan.toml", r"^as_of = 2025-12-31", "as_of = 2025-12-30", "as_of"),
        ("plan.toml", r"^rate = 0.50", "rate = nan", "rate"),
        ("assumptions.toml", r"\A(.|\n)*\Z", "", "empty"),
    ],
    ids=["weights of 0.99", "unknown key", "band of 500%", "not a month end", "NaN", "empty file"],
)
def test_a_fault_is_named_and_nothing_is_written(case, tmp_path, file, pattern, text, words):
    """Exit 2; one line a fault, each with file and line, on standard error; no output folder."""
    edit(case / file, pattern, text)
    for command in ("check", "evaluate"):
        done = alts401k(command, "mycase", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        lines = done.stderr.splitlines()
        assert [line for line in lines if re.match(rf"(mycase/)?{re.escape(file)}:\d+: .*{re.escape(words)}", line)]
        assert all(re.match(r"\S+\.toml(:\d+)?: ", line) for line in lines)
    assert [path.name for path in tmp_path.iterdir()] == ["mycase"]


CENSUS = "birth_year,pay,balance,deferral\n1980,60000,50000,0.07\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (CENSUS + "1850,60000,0,0.05\n", 3, "1850"),
        (CENSUS + "1990,nan,0,0.05\n", 3, "pay"),
        (CENSUS + "1990,60000,0,7\n", 3, "deferral"),
        (CENSUS.replace(",deferral", "").replace(",0.07", ""), 1, "deferral"),
        ("", 1, "empty"),
    ],
    ids=["birth year of 1850", "NaN pay", "percent", "missing column", "empty"],
)
def test_a_fault_in_the_census_is_named(case, tmp_path, text, line, words):
    """The same for a file of people."""
    edit(case / "plan.toml", r'^population = "cps-2026"', 'census = "people.csv"')
    (case / "people.csv").write_text(text, encoding="utf-8")
    done = alts401k("evaluate", "mycase", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(rf"^(mycase/)?people\.csv:{line}: .*{words}", done.stderr, re.MULTILINE)
    assert [path.name for path in tmp_path.iterdir()] == ["mycase"]


def test_check_says_what_is_in_a_good_case_and_lists_every_fault_as_json(case, tmp_path):
    """Both ways, and two faults in two files at once."""
    good = alts401k("check", "mycase", cwd=tmp_path)
    assert good.returncode == 0 and "no problem" in good.stdout
    assert json.loads(alts401k("check", "mycase", "--json", cwd=tmp_path).stdout)["problems"] == []
    edit(case / "fund.toml", r"^vehicle_type", 'colour = "blue"\nvehicle_type')
    edit(case / "plan.toml", r"^name", "nome")
    bad = alts401k("check", "mycase", "--json", cwd=tmp_path)
    assert bad.returncode == 2
    problems = json.loads(bad.stdout)["problems"]
    assert {one["file"].split("/")[-1] for one in problems} == {"fund.toml", "plan.toml"}
    assert all(one["line"] and one["message"] and one["fix"] for one in problems if "nome" in one["message"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("evaluate", "nowhere"), "nowhere"),
        (("evaluate",), "Missing argument 'CASE'"),
        (("evaluate", "mycase", "--paths", "1"), "--paths"),
        (("evaluate", "mycase", "--paths", "many"), "--paths"),
        (("evaluate", "mycase", "--seed", "-1"), "a whole number from 0"),
        (("evaluate", "mycase", "--colour"), "--colour"),
        (("evaluate", "mycase", "--out", "mycase/fund.toml"), "--out"),
        (("document", "mycase", "--on", "tomorrow", "--out", "x.zip"), "--on"),
        (("operate", "export", "mycase/fund.toml", "--format", "ledger"), "--format"),
        (("fly",), "fly"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_words(case, tmp_path, words, said):
    """Exit 2, a word about what is wrong, never a trace of the program."""
    done = alts401k(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mycase"]


def test_a_folder_that_cannot_be_made_is_one_line(case, tmp_path):
    """A file stands where the folder of the results should go: exit 1 and where."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = alts401k("evaluate", "mycase", "--paths", "20", "--out", "taken/deeper", "-q", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("alts401k: ") and "taken" in done.stderr and done.stderr.count("\n") == 1


def test_a_reader_that_leaves_is_no_error(tmp_path):
    """`alts401k schema | head` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "alts401k", "schema", "--json"], env=clean_environment(),
                          stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == "" and done.returncode == 1


def test_progress_elsewhere_than_on_a_terminal_is_a_line_now_and_then(capsys, monkeypatch):
    """Nothing for a short run, a whole line when some time has passed, nothing at all when quiet."""
    with progress.Progress() as short:
        short("paths", 1, 4)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    with progress.Progress() as long:
        long("paths", 1, 4)
        long("report", 0, 0)
    assert capsys.readouterr().err == "paths 25%\nreport\n"
    with progress.Progress(quiet=True) as quiet:
        quiet("paths", 1, 4)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_progress_on_a_terminal_and_ctrl_c_leaves_nothing(case, tmp_path):
    """The line of progress appears; interrupted there, the run ends with 130 and leaves no file."""
    import pty

    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "alts401k", "evaluate", "mycase", "--paths", "200000", "--out", "out"],
        cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=theirs, text=True,
    )
    os.close(theirs)
    said = ""
    while "%" not in said:
        said += os.read(ours, 1000).decode()
    running.send_signal(signal.SIGINT)
    try:
        while more := os.read(ours, 1000).decode():
            said += more
    except OSError:  # what a pseudo-terminal says when the other side is closed
        pass
    out, _ = running.communicate(timeout=60)
    os.close(ours)
    assert (running.returncode, out) == (130, "")
    assert said.rstrip().endswith("alts401k: interrupted")
    assert "Traceback" not in said
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == []
