"""Help: light, complete, and the same as the page in docs."""

import importlib.util
import inspect
import json
import subprocess
import sys

import pytest
from command_line import ROOT, alts401k, clean_environment

import alts401k as package
from alts401k.cli import command, options

HEAVY = ("numpy", "numba", "pydantic", "polars", "typst", "pandas", "exchange_calendars", "jinja2", "sqlite3")


def all_commands(group=command, before=()):
    """(words, command) of every command, groups included."""
    for name, one in group.commands.items():
        yield (*before, name), one
        yield from all_commands(one, (*before, name)) if hasattr(one, "commands") else ()


COMMANDS = dict(all_commands())


def loaded_by(code: str, *arguments: str) -> list[str]:
    """Which heavy modules are loaded when a new Python has run `code`."""
    report = f"import sys, json; {code}; sys.stderr.write(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", report, *arguments], env=clean_environment(),
                          capture_output=True, text=True, check=True)
    return json.loads(done.stderr)


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    """Help comes at once: no library of numbers, models or pictures is imported for it."""
    assert loaded_by("from alts401k.cli import run; run(sys.argv[1:])", *words, "--help") == []


def test_importing_the_package_loads_nothing_heavy():
    """Nor does `import alts401k`."""
    assert loaded_by("import alts401k") == []


def test_loaded_by_sees_a_heavy_module():
    """The tests above can fail."""
    assert loaded_by("import sqlite3") == ["sqlite3"]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_a_manual_page(words):
    """Usage, what it does, options, exit status and examples that begin with the command."""
    page = alts401k(*words, "--help")
    assert page.returncode == 0 and page.stderr == ""
    for part in ("Usage: alts401k", "Options:", "Exit status:", "Examples:", "  alts401k"):
        assert part in page.stdout
    if any(parameter.param_type_name == "argument" for parameter in COMMANDS[words].params):
        assert "Arguments:" in page.stdout
    assert max(map(len, page.stdout.splitlines())) <= 80


def test_the_page_in_docs_is_current():
    """docs/cli.md is what the help prints now, and every command is in it."""
    spec = importlib.util.spec_from_file_location("cli_doc", ROOT / "tools" / "cli_doc.py")
    cli_doc = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cli_doc)
    page = cli_doc.TARGET.read_text(encoding="utf-8")
    assert page == cli_doc.text()
    for words in COMMANDS:
        assert f"\n## alts401k {' '.join(words)}\n" in page
    shown = alts401k("operate", "demo", "--help").stdout
    assert shown.strip() in page


def test_version():
    """By either way in."""
    assert alts401k("--version").stdout == f"alts401k {package.__version__}\n"


def test_the_package_exports_every_verb():
    """Each name in __all__ is there; each command is a function of the package."""
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
    for words, one in COMMANDS.items():
        if not hasattr(one, "commands"):
            assert "_".join(words) in package.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("name", [name for name in package.__all__ if not name.startswith("Problem")])
def test_every_verb_is_typed(name):
    """Every parameter and what comes back."""
    signature = inspect.signature(getattr(package, name))
    assert signature.return_annotation is not inspect.Signature.empty
    bare = [one.name for one in signature.parameters.values() if one.annotation is inspect.Parameter.empty]
    assert bare == []


def test_the_defaults_are_those_of_the_functions():
    """The command line and the package run the same thing when nothing is said."""
    evaluate = inspect.signature(package.evaluate).parameters
    assert (options.PATHS, options.SEED) == (evaluate["paths"].default, evaluate["seed"].default)
    assert inspect.signature(package.document).parameters["seed"].default == options.SEED
