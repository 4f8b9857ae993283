"""Runs the real command as a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment with the sources of this folder first, and `more`."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", **more}


def alts401k(*words: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m alts401k WORDS`, its output kept as text."""
    return subprocess.run(
        [sys.executable, "-m", "alts401k", *map(str, words)],
        cwd=cwd, env=clean_environment(**more), capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )


def small_case(folder: Path) -> Path:
    """The case that docs/case-folder.md builds, five people and two vintages, in `folder`."""
    page = (ROOT / "docs" / "case-folder.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"\*\*`([\w./-]+)`\*\*\n\n```(?:toml|csv)\n(.*?)```", page, re.DOTALL):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
