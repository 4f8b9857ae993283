"""report.pdf: the page of a run set on paper, tagged, with the same words, tables and pictures as the HTML.

The HTML of this room is read back into a tree and written out as Typst: so nothing can stand on one and not on the
other. Typst (Apache-2.0) comes as a wheel with its own fonts, asks for nothing outside, and with a fixed time of
making gives the same bytes for the same text.
"""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any, NamedTuple

_VOID = frozenset({"meta", "link", "br", "wbr"})
_LEFT_OUT = frozenset({"head", "nav", "a.skip"})
_BREAK = "\u200b"  # a line may break here
_WIDEST = 26  # letters from which a column of words gets no more room
_SHORT = 12  # letters up to which a column is as wide as what it says
_GUTTER = 4  # letters of room between two columns
_FONT = 'font-family="Libertinus Serif" '
_MADE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # no clock: the same results, the same bytes


class _Node(NamedTuple):
    """An element: its name, its first class names, what is inside (nodes, texts, a picture's source), its
    label and its id."""

    tag: str
    classes: tuple[str, ...]
    inside: list[Any]
    label: str = ""
    name: str = ""


def pdf(results: dict[str, Any]) -> bytes:
    """Results as one tagged PDF (PDF/UA-1) on letter paper; raises ResultsInvalid; same results, same bytes."""
    from alts401k.report.page import html

    return _typeset(source(html(results)))


def source(page: str) -> str:
    """The Typst text of a page of this room."""
    tree = _Reader(page).root
    title = _all_text(next(node for node in _walk(tree) if node.tag == "h1"))
    head = f"#set document(title: {_quoted(title)}, date: none)\n"
    return f"{_looks()}\n{head}{_blocks(tree.inside)}\n"


def _typeset(text: str) -> bytes:
    import typst

    return typst.compile(text.encode(), timestamp=_MADE, ignore_system_fonts=True, pdf_standards=["ua-1"])


@lru_cache(maxsize=1)
def _looks() -> str:
    return files(__package__).joinpath("report.typ").read_text(encoding="utf-8")


class _Reader(HTMLParser):
    """The tree of a well-formed page; pictures are kept as they are written."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = _Node("page", (), [])
        self._open = [self.root]
        self._drawing: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element."""
        found = dict(attrs)
        if self._drawing is not None:
            self._drawing.append(self.get_starttag_text() or "")
        elif tag == "wbr":
            self._open[-1].inside.append(_BREAK)
        elif tag not in _VOID:
            classes = tuple((found.get("class") or "").split())
            node = _Node(tag, classes, [], found.get("aria-label") or "", found.get("id") or "")
            self._open[-1].inside.append(node)
            self._open.append(node)
            if tag == "svg":
                self._drawing = [self.get_starttag_text() or ""]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without an inside: only pictures have them."""
        if self._drawing is not None:
            self._drawing.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Closes an element."""
        if self._drawing is not None:
            self._drawing.append(f"</{tag}>")
        if tag == "svg" and self._drawing is not None:
            self._open[-1].inside.append("".join(self._drawing))
            self._drawing = None
        if self._drawing is None and tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._drawing is not None:
            self._drawing.append(escape(data, quote=False))
        else:
            self._open[-1].inside.append(data)


def _walk(node: _Node) -> list[_Node]:
    found = [node]
    for part in node.inside:
        found += _walk(part) if isinstance(part, _Node) else []
    return found


def _quoted(text: str) -> str:
    """A text as a string of Typst: no word of a case can become markup."""
    said = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + said.replace("\n", "\\n") + '"'


def _all_text(node: _Node) -> str:
    """The words of an element, white space folded."""
    said = "".join(part if isinstance(part, str) else _all_text(part) for part in node.inside)
    return _folded(said).strip()


def _folded(text: str) -> str:
    """White space folded; a number is not parted from its error."""
    return re.sub(r"\s+", " ", text).replace(" ± ", "\u00a0±\u00a0")


_TURNS = {"strong": "strong", "em": "emph", "span.n": "strong", "span.hash": "hash"}


def _line(inside: list[Any]) -> str:
    """Words and what stands among them, as the inside of a content block."""
    said = []
    for place, part in enumerate(inside):
        if isinstance(part, str):
            text = _folded(part)
            text = text.lstrip() if place == 0 else text
            text = text.rstrip() if place == len(inside) - 1 else text
            said.append(f"#{_quoted(text)}" if text else "")
        else:
            name = next((_TURNS[key] for key in _keys(part) if key in _TURNS), "")
            said.append(f"#{name}[{_line(part.inside)}]" if name else _line(part.inside))
    return "".join(said)


def _keys(node: _Node) -> tuple[str, ...]:
    """Names under which a rule may stand for an element: with each class, then bare."""
    return (*(f"{node.tag}.{name}" for name in node.classes), node.tag)


def _blocks(inside: list[Any]) -> str:
    """Elements that stand below one another; loose words become a paragraph of their own."""
    said = []
    for part in inside:
        if isinstance(part, str):
            said.append(f"#par[{_line([part])}]" if part.strip(f"{_BREAK} \n") else "")
        else:
            rule = next((_RULES[key] for key in _keys(part) if key in _RULES), _plain)
            said.append("" if _LEFT_OUT & set(_keys(part)) else rule(part))
    return "\n".join(text for text in said if text)


def _parts(node: _Node, *tags: str) -> list[_Node]:
    return [part for part in node.inside if isinstance(part, _Node) and part.tag in tags]


def _plain(node: _Node) -> str:
    return _blocks(node.inside)


def _heading(node: _Node) -> str:
    return f"#heading(level: {node.tag[1]})[{_line(node.inside)}]"


def _paragraph(node: _Node) -> str:
    kind = node.classes[0] if node.classes else ""
    return f"#para({_quoted(kind)})[{_line(node.inside)}]"


def _list(node: _Node) -> str:
    name = "enum" if node.tag == "ol" else "list"
    return f"#{name}({', '.join(f'[{_line(item.inside)}]' for item in _parts(node, 'li'))})"


def _cards(node: _Node) -> str:
    small = "true" if "small" in node.classes else "false"
    made = [
        "".join(f'#card("{span.classes[0]}", {small})[{_line(span.inside)}]' for span in _parts(item, "span"))
        for item in _parts(node, "li")
    ]
    return f"#cards({small}, {', '.join(f'[{text}]' for text in made)})"


def _two(node: _Node) -> str:
    left, right = (_blocks([part]) for part in _parts(node, "div", "section"))
    if "cases" in node.classes:
        return f"#cases([{left}], [{right}])"
    ratio = "(4fr, 5fr)" if "right" in node.classes else "(1fr, 1fr)"
    return f"#two({ratio}, [{left}], [{right}])"


def _three(node: _Node) -> str:
    return f"#three({', '.join(f'[{_blocks([part])}]' for part in _parts(node, 'section'))})"


def _answer(node: _Node) -> str:
    return f"#answer[{_blocks(node.inside)}]"


def _section(node: _Node) -> str:
    start = "#pagebreak(weak: true)" if node.name == "cases-section" else "#rule()"
    return f"{start}\n{_blocks(node.inside)}"


def _box(node: _Node) -> str:
    return f"#openbox[{_blocks(node.inside)}]"


def _figure(node: _Node) -> str:
    caption, drawing = _parts(node, "figcaption", "svg")
    text = drawing.inside[0].replace("<svg ", f"<svg {_FONT}", 1)
    return f"#picture([{_line(caption.inside)}], {_quoted(text)}, {_quoted(drawing.label)})"


def _table(node: _Node) -> str:
    """A table; columns of words share the paper by what stands in them, columns of numbers take what they need."""
    (caption,) = _parts(node, "caption")
    lines = [row for row in _walk(node) if row.tag == "tr"]
    head, *body = [_parts(line, "th", "td") for line in lines]
    words = "words" in node.classes and "figures" not in node.classes
    columns = ", ".join(_widths([[_all_text(cell) for cell in line] for line in [head, *body]], words))
    names = ", ".join(f"[{_line(cell.inside)}]" for cell in head)
    cells = ", ".join(
        f"hash[{_line(cell.inside)}]" if "hash" in cell.classes else f"[{_line(cell.inside)}]"
        for line in body
        for cell in line
    )
    said = "true" if words else "false"
    return f"#rows([{_line(caption.inside)}], ({columns},), {said}, ({names},), {cells})"


def _widths(lines: list[list[str]], words: bool) -> list[str]:
    """Room for each column: a share by its longest word and its most words; what it takes where words are few."""
    found = []
    for column in zip(*lines):
        longest = max(len(word) for text in column for word in re.split(f"[ \n{_BREAK}]", text))
        if words and max(map(len, column)) <= _SHORT:
            found.append("auto")
            continue
        most = max(len(text) for text in column[1:] or column)
        found.append(f"{_GUTTER + max(longest, min(_WIDEST, most)) + min(2 * _WIDEST, most) // 2}fr")
    return found


def _pairs(node: _Node) -> str:
    """A list of names and what belongs to them."""
    name = "short" if "terms" in node.classes else "told" if "plain" in node.classes else "define"
    found = [part for part in _walk(node) if part.tag in ("dt", "dd")]
    pairs = [
        f"([{_line(term.inside)}], [{_line(said.inside)}])"
        for term, said in zip(found[::2], found[1::2], strict=True)
    ]
    return f"#{name}({', '.join(pairs)})" if pairs else ""


def _summary(node: _Node) -> str:
    return f"#block(above: 1em, sticky: true, strong[{_line(node.inside)}])"


_RULES = {
    **{name: _heading for name in ("h1", "h2", "h3")},
    "p": _paragraph,
    "ul.cards": _cards,
    **{name: _list for name in ("ul", "ol")},
    "div.two": _two,
    "div.three": _three,
    "div.open": _box,
    "section.answer": _answer,
    **{name: _section for name in ("section.factor", "section.back")},
    "figure": _figure,
    "table": _table,
    "dl": _pairs,
    "summary": _summary,
}
