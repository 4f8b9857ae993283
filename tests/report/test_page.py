"""The report as a file: self-contained, same bytes, every assumption on it, and nothing worked out in the room."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import alts401k.report
from alts401k.fiduciary import file
from alts401k.report import ResultsInvalid, fiduciary_html, html
from alts401k.report.limits import GENERATORS, LIMITS
from tests.report.sample import interval_default, no_change, sample

ROOM = Path(alts401k.report.__file__).parent
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def page() -> str:
    return html(sample())


@pytest.fixture(scope="module")
def filed() -> str:
    rows = [(row["file"], row["sha256"]) for row in sample()["run"]["inputs"]]
    return fiduciary_html(file(sample(), rows, "A proposed rule on that day.", date(2026, 6, 30)))


class _Outline(HTMLParser):
    """Ids, headings, addresses and unclosed elements of a page."""

    VOID = frozenset({"meta", "link", "br", "wbr", "path", "use"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.images = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        self.addresses += [found[name] for name in ("href", "src") if found.get(name)]
        self.headings += [tag] if re.fullmatch(r"h[1-6]", tag) else []
        if tag == "svg":
            assert found.get("role") == "img" and found.get("aria-label")
            self.images += 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["page", "filed"])
def test_it_is_one_well_formed_file(name, request):
    text = request.getfixturevalue(name)
    outline = _Outline(text)
    assert outline.open == [] and len(outline.ids) == len(set(outline.ids))
    assert outline.headings.count("h1") == 1 and outline.headings[0] == "h1"
    assert '<html lang="en">' in text and "<script" not in text and "@import" not in text
    for address in outline.addresses:
        inside = address.startswith("#") and address[1:] in outline.ids
        beside = name == "filed" and re.fullmatch(r"(inputs/|report\.html|results\.json)[\w./#-]*", address)
        assert inside or beside or address == "data:,", address
    assert not re.search(r"url\((?!#)", text)


def test_it_has_a_picture_for_each_thing_to_see(page):
    assert _Outline(page).images == 14
    assert _Outline(html(no_change())).images == 6


def test_the_same_results_give_the_same_bytes(page):
    assert html(sample()) == page


def test_another_process_gives_the_same_bytes(page):
    code = "from tests.report.sample import sample; from alts401k.report import html; print(html(sample()), end='')"
    for seed in ("1", "2"):
        again = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONIOENCODING": "utf-8",
                "PYTHONPATH": str(ROOT / "src"),
            },
            capture_output=True,
            check=True,
        )
        assert again.stdout.decode("utf-8") == page


def test_it_says_what_has_to_be_said(page):
    words = re.sub(r"<[^>]+>|\s+", " ", page)
    for text in (
        "Modelled on the published outline of Sample Trust Company",
        "Social Security and tax are outside",
        "for the assumptions stated",
        "The case for",
        "The case against",
        "What must be true",
        "How sure",
        "Finding: to be made by the named fiduciary",
        "proposed rule",
        "0.19",
        "Sample Balanced Fund",
        "What could go wrong",
        "Whom it suits less",
        "against the matched portfolio",
        "The median person is even with today&#39;s fund when private equity",
        "Ask the manager",
        "Participant level: can a person leave?",
        "Plan level: can the plan leave",
        "Public market equivalent",
        "Lognormal months with fat tails",
        "A similar investment that is not the benchmark: Sample private equity trust",
    ):
        assert text in words, text
    assert "complian" not in page.lower()
    for letter in "ghijkl":
        assert f'<h2 id="{letter}">({letter}) ' in page


def test_a_managed_account_is_asked_whether_what_is_paid_for_is_used(page):
    assert "worked example (l)(2)" in html(interval_default()) and "worked example (l)(2)" not in page
    assert "The service decides once" in html(interval_default())
    for one_sign in ("run", "complexity"):
        results = interval_default()
        if one_sign == "run":
            results["complexity"]["managed_account"] = None
        else:
            del results["run"]["funds"]["proposed"]["managed_account"]
        assert "worked example (l)(2)" in html(results), one_sign


def test_a_default_that_does_not_deal_daily_says_who_waits(page):
    text = html(interval_default())
    for words in ("would fail the three-month transfer rule", "29 CFR 2550.404c-5(c)(5)(i)", "62 / 210 / 730"):
        assert words in text and words not in page


def test_terms_to_ask_for_come_by_their_effect(page):
    words = page[page.index('id="ask"') :].replace("<wbr>", "")
    keys = [words.index(term["key"]) for term in sample()["complexity"]["ask_the_manager"]]
    assert keys == sorted(keys)


def test_the_first_section_is_short(page):
    """What a member reads in five minutes: at most 750 words at 150 a minute, tables and all."""
    first = page[page.index('id="answer"') : page.index('<nav class="toc"')]
    words = re.sub(r"<[^>]+>", " ", first).split()
    assert 250 < len(words) < 750


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_each_generator_has_its_limit(kind):
    results = sample()
    results["run"]["generator"]["kind"] = kind
    text = unescape(html(results))
    assert GENERATORS[kind] in text and sum(words in text for words in GENERATORS.values()) == 1


def test_every_assumption_stands_with_its_source_and_its_opposite(page):
    words = page.replace("<wbr>", "")
    for row in sample()["run"]["assumptions"]:
        assert row["name"].removeprefix("fund.") in words and row["source"] in words, row["name"]
        assert row["opposite"] in words
    assert "none recorded" in words and "Terms of the fund, Invented case; no opposite recorded" in words


def test_a_long_source_that_repeats_is_cited_by_number():
    results = sample()
    long = "An invented survey with a name so long that nobody would want to read it in every row, page 3"
    for row in results["run"]["assumptions"][:3]:
        row["source"] = long
    text = html(results)
    assert text.count(long) == 1 and text.count("source 1<") == 3


def test_inputs_hashes_and_run_are_on_it(page):
    run = sample()["run"]
    for text in (run["id"], run["package_sha256"], *(row["sha256"] for row in run["inputs"])):
        assert text in page


def test_limits_are_the_run_s_own_or_the_standing_ones(page):
    assert LIMITS[1] in page
    results = sample()
    results["run"]["limits"] = ["One limit of this run."]
    text = html(results)
    assert "One limit of this run." in text and LIMITS[1] not in text


def test_a_fund_that_changes_nothing_has_a_page_too():
    text = html(no_change())
    assert "The fund holds no sleeve that is priced late" in text and "+0.00%" not in text


def test_words_of_the_case_cannot_become_markup():
    results = sample()
    evil = "<script>alert(1)</script>"
    results["run"]["plan"] = results["benchmark"]["note"] = evil
    results["run"]["funds"]["proposed"]["name"] = results["run"]["assumptions"][0]["source"] = evil
    results["run"]["funds"]["alternatives"][0]["similar_because"] = evil
    text = html(results)
    assert "<script" not in text and "&lt;script&gt;" in text
    filed = fiduciary_html(file(results, [], evil, date(2026, 6, 30)))
    assert "<script" not in filed and "&lt;script&gt;" in filed


def test_a_missing_number_is_said_and_not_a_crash():
    results = sample()
    results["performance"]["risk_adjusted"]["sharpe"] = {"proposed": None, "baseline": None}
    assert "not defined" in html(results)


def test_other_shapes_are_refused():
    results = sample()
    results["fees"]["surprise"] = 1
    with pytest.raises(ResultsInvalid, match=r"fees\.surprise: is not a known key"):
        html(results)


def _arithmetic(text: str) -> list[str]:
    """Sums, differences, products, quotients and powers of a module; joining of lists and texts does not count."""
    banned = (ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow)
    found = [
        f"line {n.lineno}"
        for n in ast.walk(ast.parse(text))
        if isinstance(n, ast.BinOp) and isinstance(n.op, banned)
    ]
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    return found + [f"line {n.lineno}: {n.func.id}" for n in calls if n.func.id in ("sum", "round", "pow")]


def test_the_room_works_nothing_out():
    scaling_only = {"words.py", "charts.py", "drawing.py", "typeset.py"}  # per cent, and the geometry of a drawing
    for path in sorted(ROOM.glob("*.py")):
        if path.name not in scaling_only:
            assert _arithmetic(path.read_text(encoding="utf-8")) == [], path.name
    assert _arithmetic("x = sum(a) / len(a)") == ["line 1", "line 1: sum"]
