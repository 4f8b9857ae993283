"""Where each key of a TOML document stands, which the standard library's parser does not say."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}\n#]*")
# A multi-line string may end in one or two quotes of its own, so up to five in a row close it.
_STRING = re.compile(
    r'"""(?:\\[\s\S]|[^\\])*?"{3,5}'
    r"|'''[\s\S]*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
)


def locate(text: str) -> dict[Path, int]:
    """Path to line (from 1) of every table, key and array element; `text` has parsed as TOML."""
    return _Scan(text).document()


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table or array around it that is written down."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [match.end() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        base: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                base = self.header()
            else:
                self.pair(base)
            self.skip(_BLANK)
        return self.lines

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return match.group()

    def note(self, path: Path) -> None:
        # The first mention wins: [a.b] also opens a, and a later [a] does not move it.
        self.lines.setdefault(path, bisect_right(self.starts, self.at) + 1)

    def header(self) -> Path:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        begin = self.at
        self.at += brackets
        keys = self.keys()
        self.skip(_SPACE)
        end, self.at = self.at + brackets, begin
        path: Path = ()
        for depth, key in enumerate(keys, 1):
            path += (key,)
            self.note(path)
            if depth == len(keys) and brackets == 2:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path += (self.counts[path],)
                self.note(path)
        self.at = end
        return path

    def pair(self, base: Path) -> None:
        begin = self.at
        keys = self.keys()
        self.skip(_SPACE)
        after, self.at = self.at + 1, begin
        for depth in range(1, len(keys) + 1):
            self.note(base + keys[:depth])
        self.at = after
        self.value(base + keys)

    def keys(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                # The parser itself knows the escapes of a quoted key.
                keys.append(tomllib.loads(f"key = {self.skip(_STRING)}")["key"])
            else:
                keys.append(self.skip(_BARE_KEY))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return tuple(keys)
            self.at += 1

    def value(self, path: Path) -> None:
        self.skip(_SPACE)
        opening = self.text[self.at]
        if opening in "[{":
            self.at += 1
            self.items(path, "]" if opening == "[" else "}")
        else:
            self.skip(_STRING if opening in "\"'" else _BARE_VALUE)

    def items(self, path: Path, closing: str) -> None:
        index = 0
        self.skip(_BLANK)
        while self.text[self.at] != closing:
            if closing == "]":
                self.note((*path, index))
                self.value((*path, index))
                index += 1
            else:
                self.pair(path)
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self.skip(_BLANK)
        self.at += 1
