"""The pages in a real Chromium: no script error, nothing asked from outside, readable on a phone, good on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from alts401k.fiduciary import file
from alts401k.report import fiduciary_html, html
from alts401k.verbs.evaluate import evaluate
from alts401k.verbs.examples import example_folder
from tests.report.sample import interval_default, no_change, sample

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECTIONS = {
    "report": [
        *("answer", "cases", "g", "h", "i", "j", "k", "l", "ask"),
        *("assumptions", "limits", "definitions", "source"),
    ],
    "file": ["g", "h", "i", "j", "k", "l", "other", "inputs"],
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    assert found, "these tests need Chromium: `make setup` installs it"
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Pages of a real run with few paths, of the made-up samples, and of a fiduciary file."""
    folder = tmp_path_factory.mktemp("pages")
    real = evaluate(example_folder("target-date-cit"), paths=20).data
    rows = [(row["file"], row["sha256"]) for row in real["run"]["inputs"]]
    pages = {
        "real": html(real),
        "sample": html(sample()),
        "same": html(no_change()),
        "interval": html(interval_default()),
        "file": fiduciary_html(file(real, rows, "A proposed rule on that day.", date(2026, 6, 30))),
    }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def _open(browser: Browser, path: Path, width: int) -> tuple[Page, list[str]]:
    """The page at a width, and everything it complained about or asked for besides itself."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    return page, [text for text in heard if text != path.as_uri() and not text.startswith("data:")]


@pytest.mark.parametrize("name", ["real", "sample", "same", "interval", "file"])
@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280])
def test_it_is_quiet_and_never_wider_than_the_screen(browser, folder, name, width):
    page, heard = _open(browser, folder / f"{name}.html", width)
    assert heard == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for section in SECTIONS["file" if name == "file" else "report"]:
        assert page.locator(f"#{section}").count() == 1, section
        assert page.locator(f"#{section}").is_visible(), section
    page.close()


def test_a_page_with_faults_would_be_heard(browser, tmp_path):
    path = tmp_path / "faulty.html"
    path.write_text(
        "<body style='width:900px'><img src='other.png'><script>console.error('fault'); nothing();</script>"
    )
    page, heard = _open(browser, path, 390)
    assert any("fault" in text for text in heard) and any("other.png" in text for text in heard)
    assert any("nothing is not defined" in text for text in heard)
    assert page.evaluate("document.documentElement.scrollWidth") > 390
    page.close()


def test_text_and_pictures_are_readable_on_a_phone(browser, folder):
    page, _ = _open(browser, folder / "real.html", 390)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main p, main li, main td, main th, main dd')]
        .filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 12)
        .map(e => e.textContent.slice(0, 40))"""
    )
    assert small == []
    letters = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('svg text')].map(t =>
        parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width
        / t.ownerSVGElement.viewBox.baseVal.width))"""
    )
    assert letters >= 9
    page.close()


def test_dark_text_stands_out(browser, folder):
    """Text against its nearest background has the contrast of WCAG 2.2, level AA (4.5 to 1)."""
    page, _ = _open(browser, folder / "real.html", 1280)
    poor = page.evaluate(
        """() => {
        const parse = c => c.match(/[\\d.]+/g).map(Number);
        const light = c => { const [r, g, b] = parse(c).map(v => v / 255).map(v =>
            v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
            if (parse(c).length < 4 || parse(c)[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
        return [...document.querySelectorAll('main *, header *, footer *')]
            .filter(e => !e.closest('svg') && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .filter(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; })
            .map(e => e.textContent.slice(0, 40)); }"""
    )
    assert poor == []
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_cell_and_no_letter_is_hidden(browser, folder, width):
    """Tables of words and figures show all they hold; only plain tables of numbers may scroll on a phone."""
    page, _ = _open(browser, folder / "sample.html", width)
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('table.words, p, li, dd, dt, figcaption, caption')]
        .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
        .filter(e => e.tagName !== 'TABLE' || e.parentElement.scrollWidth > e.parentElement.clientWidth + 1)
        .map(e => e.tagName + ': ' + e.textContent.trim().slice(0, 40))"""
    )
    assert hidden == []
    page.close()


@pytest.mark.parametrize("name", ["real", "sample"])
def test_no_picture_is_cut_by_the_end_of_a_sheet(browser, folder, name):
    """The caption of a picture, its first words and its last (the title of the axis) are on one sheet."""
    page, _ = _open(browser, folder / f"{name}.html", 1280)
    figures = page.evaluate(
        """() => [...document.querySelectorAll('figure')].map(f => [f.querySelector('figcaption').textContent,
        ...[...f.querySelectorAll('svg text')].map(t => t.textContent)])"""
    )
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [_squeezed(sheet.get_textpage().get_text_bounded()) for sheet in paper]
    assert len(figures) >= 10
    for words in figures:
        assert any(all(_squeezed(text) in sheet for text in words) for sheet in sheets), words[0]
    page.close()


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufffe\u00ad]", "", text)


@pytest.mark.parametrize("name, most", [("real", 30), ("file", 16)])
def test_it_prints(browser, folder, name, most):
    page, _ = _open(browser, folder / f"{name}.html", 1280)
    paper = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert paper.startswith(b"%PDF-") and 3 <= pages <= most and len(paper) < 5_000_000
    page.emulate_media(media="print")
    # what is folded away on the screen is on the paper
    folded = page.locator("details dt")
    assert folded.count() > 20 or name == "file"
    assert all(folded.nth(i).is_visible() for i in range(folded.count()))
    page.close()


@pytest.mark.parametrize("name", ["real", "sample", "interval"])
def test_the_first_sheet_holds_the_answer(browser, folder, name):
    """On letter paper the first page ends with what must be true and how sure, as on the screen."""
    page, _ = _open(browser, folder / f"{name}.html", 1280)
    page.set_viewport_size({"width": 703, "height": 928})  # letter less the margins, at 96 a inch
    page.emulate_media(media="print")
    bottom = page.evaluate("document.querySelector('#answer').getBoundingClientRect().bottom")
    assert bottom < 928
    page.close()
