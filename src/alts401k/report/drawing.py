"""A small drawing surface: lines, bars, ticks and words as SVG text, the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape

INK, SOFT, RULE = "#22303a", "#52616b", "#d5dbe0"
WIDTH = 360.0  # narrow, so that letters stay readable on a phone
TEXT = 11.0  # size of letters
_LETTER = 0.56  # mean width of a letter over its size
_MIDDLE = 0.36  # from the middle of a line of letters down to its foot, over their size
_LINE = 15.0  # height of one line of words
_NAMES = 150.0  # most room for the names of rows
_DECADES = 1.7  # decades below which a log axis is also marked at 2 and 5

Point = tuple[float, float]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten) from low to high, at most `most` of them; both ends finite."""
    if not high > low:
        return [low]
    step = 10 ** math.floor(math.log10((high - low) / most))
    while (high - low) / step > most - 1:
        step *= 2 if f"{step:e}"[0] in "15" else 2.5
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def whole_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """As `ticks`, whole numbers only."""
    return [value for value in ticks(low, high, most) if value == int(value)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten from low to high, only the powers when there are many."""
    steps = (1, 2, 5) if math.log10(high / low) < _DECADES else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [k * 10.0**p for p in powers for k in steps if low <= k * 10.0**p <= high]


def words_width(text: str, size: float = TEXT) -> float:
    """About how wide a text is drawn."""
    return _LETTER * size * len(text)


def cut(text: str, room: float) -> str:
    """A text that fits a width, with dots where it was cut."""
    if words_width(text) <= room:
        return text
    return text[: max(int(room / words_width("x")) - 3, 1)].rstrip() + "..."


class Plot:
    """One picture with a box in data units; `rows` names categories on the vertical axis, the first on top."""

    def __init__(
        self,
        height: float,
        across: Point,
        up: Point = (0.0, 1.0),
        *,
        rows: Sequence[str] = (),
        log: bool = False,
        margin: float = 44.0,
        top: float = 8.0,
        bottom: float = 40.0,
        right: float = 12.0,
    ) -> None:
        self.rows, self.log, self.height = tuple(cut(name, _NAMES) for name in rows), log, height
        left = max([*(words_width(name) for name in self.rows), 0.0]) + 10.0 if rows else margin
        self.left, self.right = left, WIDTH - right
        self.top, self.bottom = top, height - bottom
        self.across = across
        self.up = (len(rows) - 0.5, -0.5) if rows else up
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        """Where a value lies from the left."""
        low, high = self.across
        return self.left + (self.right - self.left) * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Where a value lies from the top."""
        low, high = self.up
        if self.log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return self.bottom - (self.bottom - self.top) * (value - low) / (high - low)

    def shape(self, name: str, **attributes: object) -> None:
        """One element of SVG; underscores in names of attributes become hyphens, floats get one decimal."""
        said = " ".join(f'{key.replace("_", "-")}="{_plain(value)}"' for key, value in attributes.items())
        self.parts.append(f"<{name} {said}/>")

    def line(self, points: Iterable[Point], colour: str, width: float = 2.0, dash: str = "") -> None:
        """A line through points in data units."""
        d = "M" + "L".join(f"{_plain(self.x(x))} {_plain(self.y(y))}" for x, y in points)
        more = {"stroke_dasharray": dash} if dash else {}
        self.shape("path", d=d, fill="none", stroke=colour, stroke_width=width, stroke_linejoin="round", **more)

    def area(self, points: Sequence[Point], colour: str, opacity: float) -> None:
        """A filled outline through points in data units."""
        d = "M" + "L".join(f"{_plain(self.x(x))} {_plain(self.y(y))}" for x, y in points) + "Z"
        self.shape("path", d=d, fill=colour, fill_opacity=opacity)

    def bar(self, row: float, start: float, end: float, colour: str, thick: float = 0.56, edge: str = "none") -> None:
        """A lying bar in a row from start to end."""
        a, b = sorted((self.x(start), self.x(end)))
        top, low = self.y(row - thick / 2), self.y(row + thick / 2)
        self.shape("rect", x=a, y=top, width=b - a, height=low - top, fill=colour, stroke=edge)

    def box(self, left: float, right: float, low: float, high: float, colour: str) -> None:
        """A standing box in data units."""
        a, b, top, end = self.x(left), self.x(right), self.y(high), self.y(low)
        self.shape("rect", x=a, y=top, width=b - a, height=end - top, fill=colour)

    def dot(self, x: float, y: float, colour: str, hollow: bool = False, square: bool = False) -> None:
        """A mark at a point in data units."""
        fill = {"fill": "#ffffff" if hollow else colour, "stroke": colour, "stroke_width": 2}
        if square:
            self.shape("rect", x=self.x(x) - 3.6, y=self.y(y) - 3.6, width=7.2, height=7.2, **fill)
        else:
            self.shape("circle", cx=self.x(x), cy=self.y(y), r=4.2, **fill)

    def words(self, x: float, y: float, text: str, anchor: str = "start", colour: str = INK) -> None:
        """Words at a place of the paper (not in data units); `y` is their middle."""
        said = "" if anchor == "start" else f' text-anchor="{anchor}"'
        place = f'x="{_plain(x)}" y="{_plain(y + TEXT * _MIDDLE)}" fill="{colour}"'
        self.parts.append(f"<text {place}{said}>{escape(text, quote=False)}</text>")

    def heading(self, row: float, text: str) -> None:
        """Words above a bar, from the left edge of the picture."""
        self.words(self.left, self.y(row), cut(text, WIDTH - self.left))

    def note(self, row: float, start: float, end: float, text: str, gap: float = 6.0) -> None:
        """Words beside a bar from start to end: right of it unless it points left or the paper ends there."""
        left, right = sorted((self.x(start), self.x(end)))
        fits_right = right + gap + words_width(text) <= WIDTH
        fits_left = left - gap - words_width(text) >= self.left
        if fits_right and not (self.x(end) < self.x(start) and start == 0 and fits_left):
            self.words(right + gap, self.y(row), text)
        else:
            self.words(left - gap, self.y(row), text, "end")

    def axis_across(self, values: Sequence[float], name: Callable[[float], str], title: str, grid: bool = True) -> None:
        """Ticks, their names and a title below the picture."""
        for value in values:
            at = self.x(value)
            if grid:
                self.shape("path", d=f"M{_plain(at)} {_plain(self.top)}V{_plain(self.bottom)}", stroke=RULE)
            self.words(at, self.bottom + 11, name(value), "middle")
        self.shape("path", d=f"M{_plain(self.left)} {_plain(self.bottom)}H{_plain(self.right)}", stroke=INK)
        half = words_width(title) / 2
        middle = min(max((self.left + self.right) / 2, half), WIDTH - half)
        self.words(middle, self.bottom + 29, title, "middle", colour=SOFT)

    def axis_up(self, values: Sequence[float], name: Callable[[float], str], title: str = "") -> None:
        """Ticks with grid lines on the left; the title stands above them."""
        for value in values:
            at = self.y(value)
            self.shape("path", d=f"M{_plain(self.left)} {_plain(at)}H{_plain(self.right)}", stroke=RULE)
            self.words(self.left - 6, at, name(value), "end")
        if title:
            self.words(2, self.top - 10, title, colour=SOFT)

    def row_names(self) -> None:
        """Names of the rows on the left."""
        for row, name in enumerate(self.rows):
            self.words(self.left - 8, self.y(row), name, "end")

    def upright(self, value: float, colour: str = INK, width: float = 1.0, dash: str = "") -> None:
        """A vertical line over the whole height."""
        more = {"stroke_dasharray": dash} if dash else {}
        d = f"M{_plain(self.x(value))} {_plain(self.top)}V{_plain(self.bottom)}"
        self.shape("path", d=d, stroke=colour, stroke_width=width, **more)

    def svg(self, alt: str) -> str:
        """The picture as inline SVG that is read aloud as `alt` and takes the font of the page."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_plain(WIDTH)} {_plain(self.height)}"'
        label = f'role="img" aria-label="{escape(alt)}" font-size="{_plain(TEXT)}"'
        return "\n".join([f"{head} {label}>", *self.parts, "</svg>"])


def legend(plot: Plot, entries: Sequence[tuple[str, str, str]], y: float) -> float:
    """Keys in rows from the left, broken where the picture ends; kinds: line, dash, dots, bar, dot, ring, square.

    Returns the height used. `entries` are (words, colour, kind); `y` is the middle of the first row.
    """
    at, row = 4.0, 0
    for text, colour, kind in entries:
        wide = 24 + words_width(text) + 12
        if at > 4.0 and at + wide > WIDTH:
            at, row = 4.0, row + 1
        middle = y + row * _LINE
        _key(plot, at, middle, colour, kind)
        plot.words(at + 22, middle, text)
        at += wide
    return (row + 1) * _LINE


def legend_height(entries: Sequence[tuple[str, str, str]]) -> float:
    """The height that `legend` will use."""
    return legend(Plot(10.0, (0.0, 1.0)), entries, 0.0)


_DASHES = {"line": "", "dash": "5 3", "dots": "1.5 2"}


def _key(plot: Plot, x: float, y: float, colour: str, kind: str) -> None:
    if kind in _DASHES:
        more = {"stroke_dasharray": _DASHES[kind]} if _DASHES[kind] else {}
        d = f"M{_plain(x)} {_plain(y)}H{_plain(x + 18)}"
        plot.shape("path", d=d, stroke=colour, stroke_width=2, **more)
    elif kind == "bar":
        plot.shape("rect", x=x + 4, y=y - 5, width=10, height=10, fill=colour)
    elif kind == "square":
        plot.shape("rect", x=x + 5, y=y - 3.6, width=7.2, height=7.2, fill=colour)
    else:
        fill = "#ffffff" if kind == "ring" else colour
        plot.shape("circle", cx=x + 9, cy=y, r=4.2, fill=fill, stroke=colour, stroke_width=2)


def _plain(value: object) -> str:
    """A number with at most two decimals and no needless zeros; words as they are, escaped."""
    if isinstance(value, (int, float)):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return escape(str(value))
