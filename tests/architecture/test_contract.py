"""Which room may import which: the contract of pyproject.toml holds, says what the table says, and can break."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import house_rules as rules
import pytest

# The table of the design, room by room: what it may import.
MAY_IMPORT = {
    "units": set(),
    "law": {"units"},
    "chart": set(),
    "step": {"chart"},
    "terms": {"step", "law", "chart", "units"},
    "world": {"terms", "step", "chart", "units"},
    "ledger": {"chart", "units"},
    "measure": {"chart", "units"},
    "simulate": {"world", "terms", "step", "chart", "law", "measure"},
    "operate": {"world", "terms", "step", "chart", "law", "ledger", "units"},
    "fiduciary": {"law", "terms", "measure", "ledger"},
    "formats": {"terms", "ledger", "units"},
    "report": {"fiduciary", "measure", "ledger"},
    "cli": {"verbs"},
}
MAY_IMPORT["verbs"] = set(MAY_IMPORT) - {"cli"}

SETTINGS = tomllib.loads((rules.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
FORBIDDEN = [contract for contract in SETTINGS["contracts"] if contract["type"] == "forbidden"]


def lint(folder: Path, *contracts: str) -> tuple[int, str]:
    """The exit status and the words of import-linter on the package in `folder`/src."""
    program = Path(sys.executable).with_name("lint-imports")
    chosen = [word for name in contracts for word in ("--contract", name)]
    done = subprocess.run(
        [program, "--no-cache", "--no-logo", *chosen, "pyproject.toml"],
        cwd=folder, env={"PYTHONPATH": str(folder / "src"), "COLUMNS": "400"}, capture_output=True, text=True,
    )
    return done.returncode, done.stdout + done.stderr


def broken(words: str) -> set[str]:
    """The names of the contracts that import-linter reported as broken."""
    return set(re.findall(r"^(.+) BROKEN(?: \(.*\))?$", words, re.MULTILINE))


@pytest.fixture
def copy(tmp_path):
    """A copy of the project's sources and settings, to be broken."""
    shutil.copytree(rules.ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(rules.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add(folder: Path, module: str, line: str) -> None:
    """Puts a line at the end of a module of the copy."""
    path = folder / "src" / "alts401k" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_the_contract_holds():
    """Every contract is kept by the sources as they are."""
    status, words = lint(rules.ROOT)
    assert status == 0, words
    assert f"Contracts: {len(SETTINGS['contracts'])} kept, 0 broken." in words


def test_every_room_is_in_the_table():
    """The rooms of the table are those of the sources."""
    rooms = {path.parent.name for path in rules.PACKAGE.glob("*/__init__.py")}
    assert rooms - {"web"} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("module", "line", "name"),
    [
        ("step/__init__.py", "import alts401k.units", "step may import chart"),
        ("step/__init__.py", "import sqlite3", "step and chart: no clock, file, random number, log or number library"),
        ("report/__init__.py", "import alts401k.simulate", "report may import fiduciary, measure, ledger"),
        ("cli/__init__.py", "import alts401k.terms", "cli may import verbs"),
        ("units/__init__.py", "import alts401k.law", "Rooms lie in layers, and every room is declared"),
    ],
)
def test_one_import_breaks_it(copy, module, line, name):
    """One line in the wrong room, in the real sources, is found and named."""
    add(copy, module, line)
    status, words = lint(copy)
    assert status == 1
    assert name in broken(words)


def test_an_undeclared_room_breaks_it(copy):
    """A new folder must be given its place before it can be used."""
    (copy / "src" / "alts401k" / "attic").mkdir()
    (copy / "src" / "alts401k" / "attic" / "__init__.py").write_text("", encoding="utf-8")
    status, words = lint(copy, "layers")
    assert status == 1
    assert "alts401k.attic" in words


def test_an_import_through_another_room_breaks_it(copy):
    """Purity is not lost at second hand: chart may not bring a clock into the step."""
    (copy / "src" / "alts401k" / "chart" / "hours.py").write_text("import datetime\n", encoding="utf-8")
    add(copy, "step/__init__.py", "import alts401k.chart.hours")
    status, words = lint(copy, "pure-step")
    assert status == 1
    assert "alts401k.step is not allowed to import datetime" in words


@pytest.fixture(scope="module")
def all_broken(tmp_path_factory):
    """What import-linter says of a package of empty rooms in which each imports all that could be forbidden it."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(rules.ROOT / "pyproject.toml", folder)
    outside = sorted({name for one in FORBIDDEN for name in one["forbidden_modules"] if "." not in name})
    for room in MAY_IMPORT:
        others = [f"alts401k.{other}" for other in MAY_IMPORT if other != room]
        path = folder / "src" / "alts401k" / room / "__init__.py"
        path.parent.mkdir(parents=True)
        path.write_text("".join(f"import {name}\n" for name in [*others, *outside]), encoding="utf-8")
    (folder / "src" / "alts401k" / "__init__.py").write_text("", encoding="utf-8")
    status, words = lint(folder)
    assert status == 1
    return words


def test_every_contract_can_break(all_broken):
    """No contract is of a kind that nothing could break."""
    assert broken(all_broken) == {contract["name"] for contract in SETTINGS["contracts"]}


@pytest.mark.parametrize("contract", FORBIDDEN, ids=lambda contract: contract["id"])
def test_every_forbidden_import_is_found(all_broken, contract):
    """Each pair that a contract forbids is reported when it occurs."""
    _, _, section = all_broken.rpartition(f"\n{contract['name']}\n---")
    section = re.split(r"\n\S[^\n]*\n-----", section)[0]
    found = set(re.findall(r"^(\S+) is not allowed to import (\S+):", section, re.MULTILINE))
    pairs = {(one, other) for one in contract["source_modules"] for other in contract["forbidden_modules"]}
    assert found == pairs


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_contract_says_what_the_table_says(room):
    """A room is forbidden every room that the table does not allow it, and none that it does."""
    (contract,) = [one for one in FORBIDDEN if one["id"] == f"room-{room}"]
    assert contract["source_modules"] == [f"alts401k.{room}"]
    rooms = {name.removeprefix("alts401k.") for name in contract["forbidden_modules"] if name.startswith("alts401k.")}
    assert rooms == set(MAY_IMPORT) - MAY_IMPORT[room] - {room}


def test_copyleft_tools_are_only_called_as_processes():
    """The accounting programs are in an environment of their own, in no lock of the product and in no import."""
    for name in ("run", "test"):
        lock = (rules.ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
        assert "\nbeancount==" not in lock
    assert "\nbeancount==" in (rules.ROOT / "requirements" / "auditors.lock").read_text(encoding="utf-8")
    python = [*rules.sources(rules.PACKAGE, ".py"), *rules.sources(rules.ROOT / "tests", ".py")]
    imports = [rules.impure_imports(path.read_text(encoding="utf-8"), ()) for path in python]
    assert not [one for found in imports for one in found if re.search(r"imports (beancount|hledger)\b", one)]
