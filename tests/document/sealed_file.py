"""A fiduciary file of the made-up sample results and small inputs, packed by the real packer, to be broken by tests."""

from __future__ import annotations

import hashlib
from datetime import date

from alts401k.fiduciary import file, package, seal
from alts401k.law import status_line
from alts401k.report import fiduciary_html, html
from tests.report.sample import sample

ON = date(2026, 6, 30)
RUN_ID = sample()["run"]["id"]
INPUTS = {
    "assumptions.toml": b'set = "sample-set"\n',
    "fund.toml": b'name = "Sample"\n',
    "alternatives/other.toml": b'name = "Other"\n',
}


def sample_entries() -> dict[str, bytes]:
    """Every part but the manifest, from the sample results with the hashes of INPUTS."""
    results = sample()
    rows = [
        {"file": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(INPUTS.items())
    ]
    results["run"]["inputs"] = rows
    filed = file(results, [(row["file"], row["sha256"]) for row in rows], status_line(ON), ON)
    return {
        seal.RESULTS: seal.canonical(results),
        seal.REPORT: html(results).encode(),
        seal.FILE_JSON: seal.canonical(filed.as_dict()),
        seal.FILE_HTML: fiduciary_html(filed).encode(),
        **{f"inputs/{name}": data for name, data in INPUTS.items()},
    }


def sealed(entries: dict[str, bytes]) -> bytes:
    """A container of these entries with a manifest that fits them."""
    return package.pack(seal.seal(entries, RUN_ID, "0.0.0", status_line(ON), ON))
