"""The container of a fiduciary file: a zip that has one right sequence of bytes for given contents.

Entries are stored, sorted and dated 1980-01-01, so packing what was read must give back the same bytes. Any other
byte, before, between or behind the entries, is therefore noticed without trusting the container's own records.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MARK, _CENTRAL_MARK = b"PK\x03\x04", b"PK\x01\x02"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


class Unpacked(NamedTuple):
    """Entries as read, by name, and everything wrong with the container, each naming the entry or place."""

    entries: dict[str, bytes]
    problems: tuple[str, ...]


class _Entry(NamedTuple):
    name: str
    start: int
    data_start: int
    end: int


def pack(entries: dict[str, bytes]) -> bytes:
    """The one zip that holds these entries: stored, sorted by name, without dates, owners or comments."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as container:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # the same on every system
            info.external_attr = _MODE
            container.writestr(info, entries[name])
    return out.getvalue()


def unpack(data: bytes) -> Unpacked:
    """Read a container strictly; never raises, whatever the bytes are."""
    entries: dict[str, bytes] = {}
    places: list[_Entry] = []
    offset, problems = 0, []
    while data[offset : offset + 4] == _LOCAL_MARK:
        found, problem = _read_entry(data, offset)
        if problem:
            problems.append(problem)
        if found is None:
            break
        if found.name in entries:
            problems.append(f"{found.name}: stands twice in the container")
        entries[found.name] = data[found.data_start : found.end]
        places.append(found)
        offset = found.end
    if not entries:
        return Unpacked({}, tuple(problems) or ("container: does not begin as a file of this package does",))
    if not problems:
        problems += _compare(data, pack(entries), places)
    return Unpacked(entries, tuple(problems))


def _read_entry(data: bytes, offset: int) -> tuple[_Entry | None, str]:
    """The entry whose local header begins at `offset`, or None, and what is wrong with it."""
    head = data[offset : offset + _LOCAL.size]
    if len(head) < _LOCAL.size:
        return None, f"container: ends inside a header at byte {offset}"
    fields = _LOCAL.unpack(head)
    crc, size, name_length, extra_length = fields[6], fields[7], fields[9], fields[10]
    name_end = offset + _LOCAL.size + name_length
    try:
        name = data[offset + _LOCAL.size : name_end].decode("utf-8")
    except UnicodeDecodeError:
        return None, f"container: a name at byte {offset + _LOCAL.size} cannot be read"
    start = name_end + extra_length
    end = start + size
    shown = name if name.isprintable() and name else repr(name)
    if not _plain(name):
        return None, f"container: {shown} is not a name an entry may have"
    if end > len(data):
        return None, f"{shown}: the file ends before the entry does, or its header was changed"
    found = _Entry(name, offset, start, end)
    if zlib.crc32(data[start:end]) != crc:
        return found, f"{shown}: its bytes do not have the checksum of its header"
    return found, ""


def _plain(name: str) -> bool:
    """Whether a name stays inside the folder it is unpacked to and means the same on every system."""
    return (
        name.isprintable()
        and "\\" not in name
        and ":" not in name
        and all(part not in ("", ".", "..") for part in name.split("/"))
    )


def _compare(data: bytes, right: bytes, places: list[_Entry]) -> list[str]:
    """Where the container first departs from the one right sequence of bytes; empty when nowhere."""
    if data == right:
        return []
    shorter = min(len(data), len(right))
    at = next((i for i in range(shorter) if data[i] != right[i]), shorter)
    for place in places:
        if place.start <= at < place.end:
            return [f"{place.name}: its header in the container was changed, at byte {at}"]
    if at >= len(right):
        return [f"container: {len(data) - len(right)} bytes stand behind its end"]
    if at >= len(data):
        return [f"container: {len(right) - len(data)} bytes of its directory are missing"]
    return [_directory_problem(right, at)]


def _directory_problem(right: bytes, at: int) -> str:
    """Names the directory record that a byte belongs to."""
    record = right.rfind(_CENTRAL_MARK, 0, at + 1)
    if record >= 0:
        name_length = int.from_bytes(right[record + 28 : record + 30], "little")
        name_end = record + 46 + name_length
        if at < name_end:
            return f"{right[record + 46 : name_end].decode('utf-8')}: its directory record was changed, at byte {at}"
    return f"container: its end record was changed, at byte {at}"
