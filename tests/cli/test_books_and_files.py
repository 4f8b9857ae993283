"""operate and document as a person runs them, with the exit status that a script would look at."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import EXAMPLES, ROOT, alts401k


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A folder in which the demonstration has been run."""
    folder = tmp_path_factory.mktemp("books")
    done = alts401k("operate", "demo", "--out", "demo", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "63 sessions" in done.stdout
    return folder / "demo"


def test_the_demonstration_does_not_write_over_books(demo):
    """A second run into the same folder is refused, and the books are as they were."""
    before = (demo / "books.sqlite").read_bytes()
    done = alts401k("operate", "demo", "--out", demo)
    assert done.returncode == 2 and "never written over" in done.stderr
    assert (demo / "books.sqlite").read_bytes() == before


def test_the_demonstration_as_json(demo, tmp_path):
    """The same run, for another program."""
    done = alts401k("operate", "demo", "--out", "x", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["sessions"] == 63
    assert json.loads(alts401k("operate", "verify", "x/books.sqlite", "--json", cwd=tmp_path).stdout)["ok"] is True


def test_verify_tells_by_its_exit_status(demo, tmp_path):
    """0 for books that agree, 1 for books with a changed byte, 2 for no books."""
    assert alts401k("operate", "verify", demo / "books.sqlite").returncode == 0
    data = bytearray((demo / "books.sqlite").read_bytes())
    data[data.rindex(b"private")] = ord("q")
    (tmp_path / "changed.sqlite").write_bytes(data)
    assert alts401k("operate", "verify", "changed.sqlite", cwd=tmp_path).returncode == 1
    assert alts401k("operate", "verify", "none.sqlite", cwd=tmp_path).returncode == 2


def test_the_exports_pass_independent_programs(demo, tmp_path):
    """bean-check and hledger, each called as a process, accept what is written, and refuse it when it is changed."""
    bean_check = ROOT / ".venv-auditors" / "bin" / "bean-check"
    hledger = shutil.which("hledger")
    assert bean_check.exists() and hledger, "make setup installs both"
    for layout, program in (("beancount", [bean_check]), ("hledger", [hledger, "check", "-f"])):
        done = alts401k("operate", "export", demo / "books.sqlite", "--format", layout)
        assert (done.returncode, done.stderr) == (0, "")
        journal = tmp_path / f"{layout}.txt"
        journal.write_text(done.stdout, encoding="utf-8")
        checked = subprocess.run([*map(str, program), str(journal)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        amount = re.compile(r"^( +\S+ +)(-?\d+\.\d\d) USD$", re.MULTILINE)
        other, count = amount.subn(r"\g<1>7.77 USD", done.stdout, count=1)
        assert count == 1
        journal.write_text(other, encoding="utf-8")
        assert subprocess.run([*map(str, program), str(journal)], capture_output=True).returncode != 0


def test_a_document_is_written_and_verified(tmp_path):
    """0 while every byte is as written, 1 when one has changed, 2 and no file when the case is wrong."""
    shutil.copytree(EXAMPLES / "bitcoin-and-gold", tmp_path / "mycase")
    words = ("document", "mycase", "--on", "2026-10-01", "--paths", "20", "--out", "file.zip", "-q")
    done = alts401k(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert alts401k("verify", "file.zip", cwd=tmp_path).returncode == 0
    assert json.loads(alts401k("verify", "file.zip", "--json", cwd=tmp_path).stdout)["ok"] is True
    data = bytearray((tmp_path / "file.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    changed = alts401k("verify", "changed.zip", cwd=tmp_path)
    assert changed.returncode == 1 and "changed.zip" in changed.stdout
    (tmp_path / "mycase" / "plan.toml").write_text("", encoding="utf-8")
    Path(tmp_path / "file.zip").unlink()
    wrong = alts401k(*words, cwd=tmp_path)
    assert wrong.returncode == 2 and "plan.toml:1: " in wrong.stderr
    assert not (tmp_path / "file.zip").exists()
