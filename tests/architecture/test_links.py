"""Pages do not point at what is not there."""

import re
from pathlib import Path

import house_rules as rules

PAGES = [*sorted(rules.ROOT.glob("*.md")), *rules.sources(rules.ROOT / "docs", ".md")]


def dead_links(page: Path, text: str) -> list[str]:
    """Relative links and pictures of a page whose file does not exist."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    return [target for target in targets if target and ":" not in target and not (page.parent / target).exists()]


def test_links_lead_somewhere():
    """Every page of the root and of docs."""
    assert len(PAGES) >= 5
    assert {page.name: dead_links(page, page.read_text(encoding="utf-8")) for page in PAGES} == {
        page.name: [] for page in PAGES
    }


def test_dead_links_trip(tmp_path):
    """A missing file and a missing picture; not an address, an anchor or code."""
    (tmp_path / "there.md").write_text("", encoding="utf-8")
    text = "[a](there.md#x) [b](gone.md) ![c](no.png) [d](https://example.org) [e](#f)\n```\n[g](code.md)\n```\n"
    assert dead_links(tmp_path / "page.md", text) == ["gone.md", "no.png"]
