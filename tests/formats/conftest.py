"""The demonstration's books, struck once for all tests of this folder, and the two auditors."""

import shutil
import subprocess
from pathlib import Path

import pytest

from alts401k.verbs.operate import operate_demo

BEAN_CHECK = Path(__file__).parents[2] / ".venv-auditors" / "bin" / "bean-check"


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The folder of a finished demonstration."""
    folder = tmp_path_factory.mktemp("demo")
    operate_demo(folder)
    return folder


@pytest.fixture
def bean_check(tmp_path):
    """Calls bean-check on a text and returns (exit code, what it said)."""
    return _auditor([BEAN_CHECK], tmp_path / "books.beancount", [])


@pytest.fixture
def hledger_check(tmp_path):
    """Calls `hledger check --strict` on a text and returns (exit code, what it said)."""
    return _auditor([shutil.which("hledger"), "-f"], tmp_path / "books.journal", ["check", "--strict"])


def _auditor(before, file, after):
    # A missing auditor is a failure, not a skip: an unchecked export is what these tests are about.
    assert before[0] and Path(before[0]).exists(), "make setup installs bean-check and hledger"

    def check(text: str) -> tuple[int, str]:
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([*before, file, *after], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return check
