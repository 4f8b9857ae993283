"""A real case to a real file and back: same bytes, right law for the day, inputs inside, nothing half-written."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from alts401k.fiduciary import at
from alts401k.report import validate
from alts401k.units import Problems
from alts401k.verbs.document import document, verify
from alts401k.verbs.examples import example_folder

ON = date(2026, 6, 30)
FIVE = (
    "birth_year,pay,balance,deferral\n1998,52000,9000,0.05\n1985,91000,120000,0.08\n1964,70000,400000,0.1\n"
)


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    """The example with bitcoin and gold for three people of a census."""
    folder = tmp_path_factory.mktemp("cases") / "three-people"
    shutil.copytree(example_folder("bitcoin-and-gold"), folder)
    plan = (folder / "plan.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in plan if not line.startswith("population")]
    (folder / "plan.toml").write_text("\n".join(['census = "people.csv"', *kept]) + "\n", encoding="utf-8")
    (folder / "people.csv").write_text(FIVE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def filed(case, tmp_path_factory):
    return document(case, ON, 20, tmp_path_factory.mktemp("out") / "decision.zip")


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as opened:
        return opened.read(name)


def test_it_verifies_and_holds_what_it_says(case, filed):
    report = verify(filed.path)
    assert report.ok, report.problems
    assert report.run_id == filed.run_id and report.manifest_sha256 == filed.manifest_sha256
    names = set(report.entries)
    assert {
        "fiduciary-file.html",
        "fiduciary-file.json",
        "results.json",
        "report.html",
        "manifest.json",
        "manifest.sha256",
        "inputs/fund.toml",
        "inputs/people.csv",
    } <= names
    for path in sorted(p for p in case.rglob("*") if p.is_file()):
        assert _part(filed.path, f"inputs/{path.relative_to(case).as_posix()}") == path.read_bytes()


def test_the_results_have_the_published_shape(filed):
    results = json.loads(_part(filed.path, "results.json"))
    validate(results)
    assert results["run"]["paths"] == 20 and results["run"]["people"] == 3
    plain = json.loads(_part(filed.path, "fiduciary-file.json"))
    assert [factor["paragraph"] for factor in plain["factors"]] == list("ghijkl")
    for factor in plain["factors"]:
        for number in factor["numbers"]:
            found = at(results, number["path"])
            assert (found["value"] if isinstance(found, dict) else found) == number["value"]


def test_the_page_has_the_headings_the_run_and_the_line_of_law(filed):
    page = _part(filed.path, "fiduciary-file.html").decode()
    for text in (
        "(g) Performance",
        "(h) Fees",
        "(i) Liquidity",
        "(j) Valuation",
        "(k) Performance benchmark",
        "(l) Complexity",
        filed.run_id,
        "was a proposed rule, not in force",
        "to be made by the named fiduciary",
    ):
        assert text in page, text
    assert "complian" not in page.lower()


def test_the_same_case_day_and_seed_give_the_same_bytes(case, filed, tmp_path):
    again = document(case, ON, 20, tmp_path / "again.zip")
    assert again.path.read_bytes() == filed.path.read_bytes()
    other = document(case, ON, 20, tmp_path / "other.zip", seed=7)
    assert other.run_id != filed.run_id


def test_nothing_of_this_machine_is_inside(case, filed, tmp_path):
    data = filed.path.read_bytes()
    for text in (str(case.parent), str(tmp_path.parent), str(Path.home()) + "/"):
        assert text.encode() not in data


@pytest.mark.parametrize(
    "on, words",
    [
        (date(2021, 12, 31), "there was no proposed or final"),
        (date(2026, 4, 15), "comments open until"),
        (date(2026, 6, 30), "comments closed"),
        (date(2027, 3, 1), "is not known here"),
    ],
)
def test_the_law_is_that_of_the_day(case, on, words, tmp_path):
    filed = document(case, on, 2, tmp_path / "decision.zip")
    report = verify(filed.path)
    assert report.ok and words in report.law_status and report.on == on.isoformat()
    assert words in _part(filed.path, "fiduciary-file.html").decode()


def test_a_flipped_byte_of_a_real_file_is_noticed(filed, tmp_path):
    whole = filed.path.read_bytes()
    path = tmp_path / "changed.zip"
    for place in range(0, len(whole), len(whole) // 97):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        assert not verify(path).ok, place


def test_a_wrong_case_writes_nothing(case, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(case, broken)
    (broken / "people.csv").write_text(FIVE.replace("1985", "1850"), encoding="utf-8")
    with pytest.raises(Problems, match=r"people\.csv"):
        document(broken, ON, 2, tmp_path / "decision.zip")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken"]


def test_a_case_that_changes_while_it_runs_writes_nothing(case, tmp_path):
    moving = tmp_path / "moving"
    shutil.copytree(case, moving)

    def change(stage: str, done: int, total: int) -> None:
        (moving / "fund.toml").write_text("name = 'another'\n", encoding="utf-8")

    with pytest.raises(Problems, match=r"fund\.toml: changed while the case was run"):
        document(moving, ON, 2, tmp_path / "decision.zip", progress=change)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["moving"]


def test_a_stop_leaves_the_old_file_alone(case, tmp_path):
    target = tmp_path / "decision.zip"
    target.write_bytes(b"the old one")

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "document":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        document(case, ON, 2, target, progress=stop)
    assert target.read_bytes() == b"the old one" and [p.name for p in tmp_path.iterdir()] == ["decision.zip"]


def test_places_that_cannot_be_written_are_named_before_the_run(case, tmp_path):
    with pytest.raises(Problems, match="this is a folder"):
        document(case, ON, 2, tmp_path)
    with pytest.raises(Problems, match="its folder does not exist"):
        document(case, ON, 2, tmp_path / "none" / "decision.zip")
