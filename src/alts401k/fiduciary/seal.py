"""The manifest of a fiduciary file: what is in it, with a hash of each part, and the check of all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from alts401k.fiduciary.numbers import at
from alts401k.fiduciary.package import unpack

FORMAT = "alts401k fiduciary file 1"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
RESULTS, REPORT, FILE_JSON, FILE_HTML, INPUTS = (
    "results.json",
    "report.html",
    "fiduciary-file.json",
    "fiduciary-file.html",
    "inputs/",
)
_REQUIRED = (RESULTS, REPORT, FILE_JSON, FILE_HTML)


class Checked(NamedTuple):
    """What a check found: no problem means that every byte is as it was sealed. Facts are empty if unreadable."""

    problems: tuple[str, ...]
    entries: tuple[str, ...]
    run_id: str
    on: str
    law_status: str
    manifest_sha256: str


def canonical(value: Any) -> bytes:
    """JSON with one right sequence of bytes: sorted keys, no spaces, UTF-8, a line end; ValueError on NaN."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def seal(
    entries: dict[str, bytes], run_id: str, package_version: str, law_status: str, on: date
) -> dict[str, bytes]:
    """The entries with their manifest and the manifest's own hash beside them."""
    manifest = canonical(
        {
            "format": FORMAT,
            "package": "alts401k",
            "package_version": package_version,
            "run_id": run_id,
            "law_status": law_status,
            "on": on.isoformat(),
            "entries": [
                {"name": name, "bytes": len(entries[name]), "sha256": sha256(entries[name])}
                for name in sorted(entries)
            ],
        }
    )
    return {**entries, MANIFEST: manifest, SEAL: f"{sha256(manifest)}  {MANIFEST}\n".encode()}


def check(data: bytes) -> Checked:
    """Check a sealed container byte by byte; never raises, whatever the bytes are."""
    entries, problems = unpack(data)
    found = list(problems)
    manifest = _manifest(entries, found)
    if manifest is not None:
        found += _entry_problems(entries, manifest)
        found += _agreement_problems(entries, manifest)
    facts = manifest or {}
    return Checked(
        tuple(dict.fromkeys(found)),
        tuple(sorted(entries)),
        str(facts.get("run_id", "")),
        str(facts.get("on", "")),
        str(facts.get("law_status", "")),
        sha256(entries[MANIFEST]) if MANIFEST in entries else "",
    )


def _manifest(entries: dict[str, bytes], problems: list[str]) -> dict[str, Any] | None:
    """The manifest when it can be read; adds what is wrong with it and with its hash."""
    if MANIFEST not in entries:
        problems.append(f"{MANIFEST}: is missing")
        return None
    raw = entries[MANIFEST]
    if SEAL not in entries:
        problems.append(f"{SEAL}: is missing")
    elif entries[SEAL] != f"{sha256(raw)}  {MANIFEST}\n".encode():
        problems.append(f"{MANIFEST}: does not have the hash that {SEAL} states")
    manifest = _json(raw)
    if not _is_manifest(manifest):
        problems.append(f"{MANIFEST}: cannot be read as a manifest")
        return None
    if not _is_canonical(manifest, raw):
        problems.append(f"{MANIFEST}: is not in canonical form")
    return manifest


def _is_canonical(value: Any, raw: bytes) -> bool:
    try:
        return canonical(value) == raw
    except (ValueError, RecursionError):
        return False


def _json(raw: bytes) -> Any:
    """Parsed JSON, or None; a number too long or a nesting too deep is None too."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(text: str) -> None:
    raise ValueError(text)


def _is_manifest(value: Any) -> bool:
    keys = {"format", "package", "package_version", "run_id", "law_status", "on", "entries"}
    if not isinstance(value, dict) or set(value) != keys or value["format"] != FORMAT:
        return False
    rows = value["entries"]
    return (
        all(isinstance(value[key], str) for key in keys - {"entries"})
        and isinstance(rows, list)
        and all(
            isinstance(row, dict) and set(row) == {"name", "bytes", "sha256"} and isinstance(row["name"], str)
            for row in rows
        )
    )


def _entry_problems(entries: dict[str, bytes], manifest: dict[str, Any]) -> Iterator[str]:
    """Entries against the manifest's list, both ways."""
    listed = [row["name"] for row in manifest["entries"]]
    if listed != sorted(set(listed)):
        yield f"{MANIFEST}: its list is not sorted, or names an entry twice"
    for row in manifest["entries"]:
        data = entries.get(row["name"])
        if data is None:
            yield f"{row['name']}: is missing"
        elif sha256(data) != row["sha256"] or len(data) != row["bytes"]:
            yield f"{row['name']}: does not have the hash that {MANIFEST} states"
    for name in sorted(set(entries) - set(listed) - {MANIFEST, SEAL}):
        yield f"{name}: is not in the manifest"
    for name in _REQUIRED:
        if name not in listed:
            yield f"{name}: is not in the manifest, and a fiduciary file needs it"


def _agreement_problems(entries: dict[str, bytes], manifest: dict[str, Any]) -> Iterator[str]:
    """Parts against each other: one run, one day, inputs as hashed, every cited number as in the results."""
    results, filed = _json(entries.get(RESULTS, b"")), _json(entries.get(FILE_JSON, b""))
    try:
        if at(results, "run.id") != manifest["run_id"]:
            yield f"{RESULTS}: is of another run than {MANIFEST} states"
        inputs = {f"{INPUTS}{row['file']}": row["sha256"] for row in at(results, "run.inputs")}
    except (KeyError, TypeError):
        yield f"{RESULTS}: cannot be read as results"
        return
    present = {name: sha256(data) for name, data in entries.items() if name.startswith(INPUTS)}
    for name in sorted(set(inputs) | set(present)):
        if inputs.get(name) != present.get(name):
            yield f"{name}: is not the input that {RESULTS} states"
    try:
        for key in ("run_id", "law_status", "on"):
            if filed[key] != manifest[key]:
                yield f"{FILE_JSON}: states another {key} than {MANIFEST}"
        for number in (n for factor in filed["factors"] for n in factor["numbers"]):
            if not _same_number(at(results, number["path"]), number["value"]):
                yield f"{FILE_JSON}: {number['path']} is not the number in {RESULTS}"
    except (KeyError, TypeError, AttributeError):
        yield f"{FILE_JSON}: cannot be read as a fiduciary file of these results"


def _same_number(value: Any, cited: Any) -> bool:
    return (value["value"] if isinstance(value, dict) else value) == cited
