"""The record of a decision: one file whose every number can be recomputed, and the check that no byte changed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from alts401k.units import Problem, Problems
from alts401k.verbs.files import put

Progress = Callable[[str, int, int], None] | None
_MOST_BYTES = 1 << 30  # a container above this is no fiduciary file; reading it would only fill memory


@dataclass(frozen=True)
class Filed:
    """A fiduciary file that was written; `manifest_sha256` is the one line to keep elsewhere."""

    path: Path
    run_id: str
    on: date
    law_status: str
    manifest_sha256: str
    entries: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "path": str(self.path),
            "run_id": self.run_id,
            "on": self.on.isoformat(),
            "law_status": self.law_status,
            "manifest_sha256": self.manifest_sha256,
            "entries": list(self.entries),
        }

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return (
            f"Wrote {self.path} ({len(self.entries)} parts).\nRun {self.run_id}\n{self.law_status}\n"
            f"Keep this hash elsewhere: manifest {self.manifest_sha256}"
        )


@dataclass(frozen=True)
class VerifyReport:
    """What a check of a fiduciary file found; `ok` only when every byte is as it was written."""

    file: str
    problems: tuple[str, ...]
    entries: tuple[str, ...]
    run_id: str
    on: str
    law_status: str
    manifest_sha256: str

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "ok": self.ok,
            "file": self.file,
            "problems": list(self.problems),
            "entries": list(self.entries),
            "run_id": self.run_id,
            "on": self.on,
            "law_status": self.law_status,
            "manifest_sha256": self.manifest_sha256,
        }

    def __str__(self) -> str:
        if self.ok:
            return (
                f"{self.file}: all {len(self.entries)} parts are as they were written.\nRun {self.run_id}\n"
                f"{self.law_status}\nManifest {self.manifest_sha256}"
            )
        return "\n".join(
            [f"{self.file}: NOT AS WRITTEN, {len(self.problems)} found:", *(f"  {p}" for p in self.problems)]
        )


def document(
    case: Path | str, on: date, paths: int, out: Path | str, seed: int = 20260101, progress: Progress = None
) -> Filed:
    """Evaluate a case and write its fiduciary file, law cited as it stood on the day `on`; returns what was written.

    The same case, day, paths and seed give the same bytes on one machine. Raises units.Problems when the case or
    the place to write is wrong, and then writes nothing. Proposed 29 CFR 2550.404a-6, (g) to (l).
    """
    from alts401k.fiduciary import package, seal
    from alts401k.verbs.evaluate import evaluate

    target = _target(out)
    folder = Path(case)
    with tempfile.TemporaryDirectory(prefix="alts401k-") as work:
        run = evaluate(case, paths=paths, seed=seed, out=Path(work) / "run", progress=progress)
        if progress:
            progress("document", 0, 1)
        entries, status = _entries(
            folder, Path(run.results_path).read_bytes(), Path(run.report_path).read_bytes(), on
        )
    results = json.loads(entries[seal.RESULTS])
    sealed = seal.seal(entries, results["run"]["id"], results["run"]["package_version"], status, on)
    put(target.absolute().parent, {target.name: package.pack(sealed)})
    if progress:
        progress("document", 1, 1)
    return Filed(
        target, results["run"]["id"], on, status, seal.sha256(sealed[seal.MANIFEST]), tuple(sorted(sealed))
    )


def verify(file: Path | str) -> VerifyReport:
    """Check every byte of a fiduciary file; never raises: what is wrong is in the report, naming the part."""
    from alts401k.fiduciary import seal

    name = Path(file).name or str(file)
    try:
        if os.stat(file).st_size > _MOST_BYTES:
            return _unread(name, f"{name}: is too large to be a fiduciary file")
        data = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        return _unread(name, f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})")
    return VerifyReport(name, *seal.check(data))


def _unread(name: str, problem: str) -> VerifyReport:
    return VerifyReport(name, (problem,), (), "", "", "", "")


def _target(out: Path | str) -> Path:
    """The file to write; raises Problems when it cannot be one."""
    target = Path(out)
    if target.is_dir():
        raise Problems([Problem(str(out), None, "this is a folder", "Name a file, such as decision.zip")])
    if not target.absolute().parent.is_dir():
        raise Problems([Problem(str(out), None, "its folder does not exist", "Make the folder first")])
    return target


def _entries(
    folder: Path, results_bytes: bytes, report_bytes: bytes, on: date
) -> tuple[dict[str, bytes], str]:
    """Every part but the manifest, and the status of the law on the day."""
    from alts401k.fiduciary import file, seal
    from alts401k.law import status_line
    from alts401k.report import fiduciary_html

    results = json.loads(results_bytes)
    inputs = _inputs(folder, results["run"]["inputs"])
    status = status_line(on)
    filed = file(results, [(row["file"], row["sha256"]) for row in results["run"]["inputs"]], status, on)
    return {
        seal.RESULTS: results_bytes,
        seal.REPORT: report_bytes,
        seal.FILE_JSON: seal.canonical(filed.as_dict()),
        seal.FILE_HTML: fiduciary_html(filed).encode("utf-8"),
        **{f"{seal.INPUTS}{name}": data for name, data in inputs.items()},
    }, status


def _inputs(folder: Path, rows: list[dict[str, str]]) -> dict[str, bytes]:
    """The case files that were run, by name; raises Problems for one that is not what was run."""
    from alts401k.fiduciary.seal import sha256

    found, problems = {}, []
    for row in rows:
        try:
            data = (folder / row["file"]).read_bytes()
        except OSError:
            data = b""
        if sha256(data) != row["sha256"]:
            problems.append(
                Problem(row["file"], None, "changed while the case was run", "Run the command again")
            )
        found[row["file"]] = data
    if problems:
        raise Problems(problems)
    return found
