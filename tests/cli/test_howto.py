"""The how-to pages are true: every block of each is run, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROOT, clean_environment

PAGES = sorted((ROOT / "docs").glob("howto-*.md"))
FEW = 20
BLOCK = re.compile(
    r"(?:^\*\*`(?P<file>[\w./-]+)`\*\*\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)

# The command of this checkout, on few paths whatever the page says.
COMMAND = f"""\
import sys
words = sys.argv[1:]
runs = words[:1] in (["evaluate"], ["compare"], ["document"]) or words[:1] == ["explain"] and "--results" not in words
if "--paths" in words:
    words[words.index("--paths") + 1] = "{FEW}"
elif runs:
    words += ["--paths", "{FEW}"]
from alts401k.cli import main
main(words)
"""


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """(kind, file or "", text) of every fenced block of a page, in order."""
    return [(b["kind"], b["file"] or "", b["text"]) for b in BLOCK.finditer(page.read_text(encoding="utf-8"))]


def run(kind: str, file: str, text: str, folder: Path) -> subprocess.CompletedProcess[str] | None:
    """Runs a block of sh or Python in the folder, or writes one that stands under the name of a file."""
    if file:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
        return None
    tools = folder.parent / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "command.py").write_text(COMMAND, encoding="utf-8")
    (tools / "alts401k").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{tools}/command.py" "$@"\n', encoding="utf-8")
    (tools / "alts401k").chmod(0o755)
    python = [sys.executable, "-c", re.sub(r"paths=\d+", f"paths={FEW}", text)]
    words = ["sh", "-eu", "-c", text] if kind == "sh" else python
    return subprocess.run(words, cwd=folder, env=clean_environment(PATH=f"{tools}{os.pathsep}{os.environ['PATH']}"),
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_there_are_pages():
    """Three, each with blocks to run, and no kind of block that nobody runs."""
    assert [page.name for page in PAGES] == ["howto-evaluate.md", "howto-own-series.md", "howto-scenarios.md"]
    for page in PAGES:
        assert {kind for kind, file, _ in blocks(page) if not file} == {"sh", "python"}
        assert page.read_text(encoding="utf-8").count("\n```") == 2 * len(blocks(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_runs(page, tmp_path):
    """Each ends well and writes nothing to standard error but progress."""
    folder = tmp_path / "reader"
    folder.mkdir()
    for kind, file, text in blocks(page):
        done = run(kind, file, text, folder)
        if done is not None:
            assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr and "Warning" not in done.stderr, done.stderr


def test_a_block_that_fails_is_seen(tmp_path):
    """By its exit status, in either language."""
    (tmp_path / "reader").mkdir()
    assert run("sh", "", "alts401k check nowhere\n", tmp_path / "reader").returncode == 2
    assert run("python", "", "import alts401k\nalts401k.check('nowhere')\n", tmp_path / "reader").returncode == 1


def test_the_pages_name_keys_that_exist():
    """Every key of the results that a page names in its text is a place of the schema."""
    from alts401k.report import schema
    from alts401k.report.shape import entries

    places = {path for path, _ in entries(schema(), "")}
    sections = "performance|fees|liquidity|valuation|benchmark|complexity|run"
    for page in PAGES:
        named = re.findall(rf"`((?:{sections})\.[a-z0-9_.]+)`", page.read_text(encoding="utf-8"))
        assert [key for key in named if key not in places] == []
    assert len(re.findall(rf"`((?:{sections})\.[a-z0-9_.]+)`", PAGES[0].read_text(encoding="utf-8"))) > 20
