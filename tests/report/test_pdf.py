"""The PDF: the words, tables and pictures of the page, tagged, the same bytes, and no word of a case as markup."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pypdfium2
import pytest

from alts401k.report import ResultsInvalid, html, pdf
from alts401k.report.tables import tables
from alts401k.report.typeset import source
from tests.report.sample import interval_default, no_change, sample

ROOT = Path(__file__).resolve().parents[2]
SOFT = dict.fromkeys(map(ord, "\u200b\ufffe\u00ad\r\n\u00a0 "))  # breaks of lines and spaces


@pytest.fixture(scope="module")
def paper() -> bytes:
    return pdf(sample())


def _words(data: bytes) -> str:
    """All words of a PDF without their spaces: lines break elsewhere than on the screen."""
    document = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_bounded() for page in document).translate(SOFT)


def _squeezed(text: str) -> str:
    return text.translate(SOFT)


def test_it_is_a_tagged_document_with_a_title_and_an_outline(paper):
    document = pypdfium2.PdfDocument(paper)
    assert document.is_tagged() and 8 <= len(document) <= 20
    assert document.get_metadata_dict()["Title"] == "Sample Target Date with Private Sleeves"
    titles = [mark.get_title() for mark in document.get_toc()]
    for letter, heading in zip("ghijkl", ("Performance", "Fees", "Liquidity", "Valuation", "Performance benchmark")):
        assert f"({letter}) {heading}" in titles
    assert all(abs(page.get_width() - 612) < 1 and abs(page.get_height() - 792) < 1 for page in document)


@pytest.mark.parametrize("make", [sample, no_change, interval_default])
def test_it_says_what_the_page_says(make):
    words, page = _words(pdf(make())), html(make())
    shown = unescape(page)
    for name, table in tables(make()).items():
        for one in [table] if hasattr(table, "rows") else table if name == "assumptions" else []:
            if one.caption in shown:
                for cell in (cell for row in one.rows for cell in row):
                    assert _squeezed(cell) in words, (name, cell)
    apart = r"<svg.*?</svg>|<nav.*?</nav>|<head>.*?</head>|<a class=.*?</a>"
    plain = re.sub(apart, "", page, flags=re.DOTALL)
    for text in re.findall(r"<(?:p|li|h\d|dd)[^>]*>(.*?)</(?:p|li|h\d|dd)>", plain, flags=re.DOTALL):
        said = unescape(re.sub(r"<[^>]+>", "", text))
        assert _squeezed(said) in words, said


def test_every_picture_is_there_and_is_read_aloud(paper):
    text = source(html(sample()))
    assert text.count("#picture([") == html(sample()).count("<svg ") == 14
    assert "alt: alt" in text and "Fan chart: real value of one dollar" in text
    words = _words(paper)
    for label in ("premiumoveritspubliccounterpart", "shareofthefundleavingwithin30days", "assumed2.57%"):
        assert label in words


def test_the_same_results_give_the_same_bytes_in_another_process(paper):
    assert pdf(sample()) == paper
    code = (
        "import hashlib; from tests.report.sample import sample; from alts401k.report import pdf;"
        " print(hashlib.sha256(pdf(sample())).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=True,
    )
    assert again.stdout.strip() == hashlib.sha256(paper).hexdigest()


def test_words_of_the_case_cannot_become_markup():
    results = sample()
    evil = '#panic("x") \\ " ] } $ * _ @a <b> `c` {0} // #read("report.typ")'
    results["run"]["plan"] = results["benchmark"]["note"] = results["liquidity"]["stresses"][0]["note"] = evil
    results["run"]["funds"]["proposed"]["name"] = results["run"]["assumptions"][0]["source"] = evil
    results["performance"]["inputs_that_matter"][0]["title"] = results["liquidity"]["stresses"][0]["title"] = evil
    data = pdf(results)
    assert _words(data).count(_squeezed(evil)) >= 5
    assert pypdfium2.PdfDocument(data).get_metadata_dict()["Title"] == evil


def test_the_first_sheet_holds_the_answer_and_nothing_else():
    for make in (sample, interval_default):
        first = pypdfium2.PdfDocument(pdf(make()))[0].get_textpage().get_text_bounded()
        for words in ("For our people", "What could go wrong", "What must be true", "How sure", "second decimal"):
            assert words in first, words
        assert "The strongest case" not in first


def test_other_shapes_are_refused():
    with pytest.raises(ResultsInvalid):
        pdf({"run": {}})
