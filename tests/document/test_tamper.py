"""A changed byte anywhere is noticed, the part is named, and no input makes the check fall over."""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile

import pytest

from alts401k.fiduciary import package, seal
from alts401k.verbs.document import verify
from tests.document.sealed_file import ON, RUN_ID, sealed


def _problems(data: bytes) -> tuple[str, ...]:
    return seal.check(data).problems


def test_an_untouched_file_is_sound(container, tmp_path):
    path = tmp_path / "decision.zip"
    path.write_bytes(container)
    report = verify(path)
    assert report.ok, report.problems
    assert report.run_id == RUN_ID
    assert report.on == "2026-06-30" and "proposed" in report.law_status
    assert report.data["ok"] is True and "as they were written" in str(report)


def test_an_ordinary_reader_opens_it(container, entries):
    with zipfile.ZipFile(io.BytesIO(container)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == sorted([*entries, seal.MANIFEST, seal.SEAL])
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in opened.infolist())
        assert opened.read("fiduciary-file.json") == entries["fiduciary-file.json"]


def _spots(size: int, directory: int) -> list[int]:
    """Every 389th byte, and every byte of the first header and of the directory with the end record."""
    return sorted({*range(0, size, 389), *range(60), *range(directory, size)})


def test_every_flipped_byte_is_noticed(container):
    directory = container.index(b"PK\x01\x02")
    spots = _spots(len(container), directory)
    assert len(spots) > 800
    for at in spots:
        for mask in (0x01, 0x80):
            changed = bytearray(container)
            changed[at] ^= mask
            assert _problems(bytes(changed)), f"byte {at} changed by {mask:#x} unnoticed"


def test_a_changed_part_is_named(container, entries):
    for name, data in entries.items():
        at = container.index(data[:400]) + min(len(data) // 2, 300)
        changed = bytearray(container)
        changed[at] ^= 0x01
        assert any(name in problem for problem in _problems(bytes(changed))), name


def test_a_header_changed_in_place_names_its_entry(container, entries):
    with zipfile.ZipFile(io.BytesIO(container)) as opened:
        starts = {info.filename: info.header_offset for info in opened.infolist()}
    for name in entries:
        changed = bytearray(container)
        changed[starts[name] + 10] ^= 0x01  # the entry's time
        assert any(problem.startswith(f"{name}: its header") for problem in _problems(bytes(changed)))


@pytest.mark.parametrize("keep", [0.0, 0.01, 0.3, 0.7, 0.99, 0.9999])
def test_a_cut_file_is_noticed(container, keep):
    assert _problems(container[: int(len(container) * keep)])


def test_a_byte_before_or_behind_is_noticed(container):
    assert _problems(b"\x00" + container)
    assert any("behind its end" in p for p in _problems(container + b"\x00"))
    assert _problems(container + container)


def test_every_missing_part_is_named(entries):
    whole = seal.seal(entries, RUN_ID, "0.0.0", "line", ON)
    for name in whole:
        rest = {key: data for key, data in whole.items() if key != name}
        assert any(p.startswith(f"{name}: is missing") for p in _problems(package.pack(rest))), name


def test_a_part_left_out_of_the_manifest_too_is_noticed(entries):
    for name in (
        "report.html",
        "results.json",
        "fiduciary-file.html",
        "fiduciary-file.json",
        "inputs/fund.toml",
    ):
        rest = {key: data for key, data in entries.items() if key != name}
        assert any(name in p for p in _problems(sealed(rest))), name


def test_an_added_part_is_named(entries, container):
    extra = {**package.unpack(container).entries, "notes.txt": b"added"}
    assert any(p.startswith("notes.txt: is not in the manifest") for p in _problems(package.pack(extra)))
    with_input = {**entries, "inputs/other.toml": b"x = 1\n"}
    assert any("inputs/other.toml" in p for p in _problems(sealed(with_input)))


def test_a_part_twice_is_named(container):
    out = io.BytesIO(container)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as opened:
            opened.writestr("results.json", b"{}")
    assert any("results.json: stands twice" in p for p in _problems(out.getvalue()))


def test_the_same_parts_packed_otherwise_are_noticed(container):
    parts = package.unpack(container).entries
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    assert _problems(out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as opened:
        for name in sorted(parts):
            opened.writestr(zipfile.ZipInfo(name, (2026, 6, 30, 12, 0, 0)), parts[name])
    assert _problems(out.getvalue())


def test_numbers_that_disagree_are_named_even_under_a_fresh_manifest(entries):
    filed = json.loads(entries["fiduciary-file.json"])
    number = filed["factors"][0]["numbers"][0]
    number["value"] = 0.5
    changed = {**entries, "fiduciary-file.json": seal.canonical(filed)}
    assert any(number["path"] in p for p in _problems(sealed(changed)))
    results = json.loads(entries["results.json"])
    results["run"]["id"] = "f" * 64
    assert any(
        "another run" in p for p in _problems(sealed({**entries, "results.json": seal.canonical(results)}))
    )
    results = json.loads(entries["results.json"])
    results["run"]["inputs"][0]["sha256"] = "0" * 64
    assert any(
        "inputs/" in p for p in _problems(sealed({**entries, "results.json": seal.canonical(results)}))
    )


@pytest.mark.parametrize(
    "part, data",
    [
        ("results.json", b"[]"),
        ("results.json", b"\xff\xfe"),
        ("results.json", b'{"run": 3}'),
        ("results.json", b'{"run": {"id": NaN, "inputs": []}}'),
        ("results.json", b"[" * 100_000),
        ("fiduciary-file.json", b"[]"),
        ("fiduciary-file.json", b'{"factors": [{"numbers": [{"path": 3}]}]}'),
        ("fiduciary-file.json", b'{"run_id": "x", "law_status": "", "on": "", "factors": 1}'),
    ],
)
def test_parts_that_cannot_be_read_are_named(entries, part, data):
    assert any(p.startswith(part) for p in _problems(sealed({**entries, part: data})))


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"format": "other"}',
        b"[" * 100_000,
        b'{"entries": 1e999}',
        (
            b'{"format":"alts401k fiduciary file 1","package":"\\ud800","package_version":"","run_id":"",'
            b'"law_status":"","on":"","entries":[]}'
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_named(container, manifest):
    parts = package.unpack(container).entries
    parts[seal.MANIFEST] = manifest
    parts[seal.SEAL] = f"{seal.sha256(manifest)}  manifest.json\n".encode()
    assert any(p.startswith(seal.MANIFEST) for p in _problems(package.pack(parts)))


def test_no_bytes_make_the_check_fall_over(container):
    luck = random.Random(7)
    for _ in range(300):
        data = bytearray(container[: luck.randrange(1, len(container))] if luck.random() < 0.3 else container)
        for _ in range(luck.randrange(1, 12)):
            at = luck.randrange(len(data))
            data[at : at + luck.randrange(0, 4)] = luck.randbytes(luck.randrange(0, 6))
        if bytes(data) != container:
            assert _problems(bytes(data))
    for size in (0, 1, 3, 4, 22, 30, 500):
        assert _problems(luck.randbytes(size))


@pytest.mark.parametrize("name", ["../up.txt", "/root.txt", "a//b", "a\\b", "c:x", "dir/"])
def test_a_name_that_leaves_the_folder_is_refused(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        info = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
        info.filename = name
        opened.writestr(info, b"data")
    assert any("not a name an entry may have" in p for p in _problems(out.getvalue()))


def test_what_is_no_file_is_reported_and_not_raised(tmp_path):
    for path in (tmp_path / "missing.zip", tmp_path, tmp_path / "a\0b"):
        report = verify(path)
        assert not report.ok and report.problems
        assert report.data["ok"] is False and "NOT AS WRITTEN" in str(report)
