"""Report room: pages, tables and pictures of results that already exist; no statistics and no decisions here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alts401k.report.shape import ResultsInvalid, schema, validate

if TYPE_CHECKING:
    from alts401k.fiduciary import FiduciaryFile

__all__ = ["ResultsInvalid", "fiduciary_html", "html", "pdf", "schema", "summary", "validate"]


def summary(results: dict[str, Any]) -> str:
    """Results on one screen: at most 28 lines of 80 columns; raises ResultsInvalid."""
    from alts401k.report.screen import summary as write

    return write(results)


def html(results: dict[str, Any]) -> str:
    """Results as one self-contained HTML page; raises ResultsInvalid; same results give the same text."""
    from alts401k.report.page import html as render

    return render(results)


def pdf(results: dict[str, Any]) -> bytes:
    """Results as one tagged PDF with the content of the HTML page; raises ResultsInvalid; same results, same bytes."""
    from alts401k.report.typeset import pdf as render

    return render(results)


def fiduciary_html(filed: FiduciaryFile) -> str:
    """A fiduciary file as one self-contained HTML page."""
    from alts401k.report.page import fiduciary_html as render

    return render(filed)
