"""The pages: report.html of a run and the page of a fiduciary file; each one file that asks for nothing outside."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from alts401k.fiduciary import (
    FACTORS,
    OPEN_FINDING,
    RULE,
    FiduciaryFile,
    Number,
    Statement,
    arguments,
    break_even,
    breaking,
    conditions,
    could_go_wrong,
    leaving,
    suits_less,
)
from alts401k.report import tables
from alts401k.report.charts import charts
from alts401k.report.limits import limits
from alts401k.report.names import LEVELS
from alts401k.report.shape import entries, schema, validate
from alts401k.report.words import outline, plain_name, show, show_error, with_error

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_ROOMS = {
    "g": "performance",
    "h": "fees",
    "i": "liquidity",
    "j": "valuation",
    "k": "benchmark",
    "l": "complexity",
}


def html(results: dict[str, Any]) -> str:
    """One self-contained HTML page for a committee; raises ResultsInvalid; same results give the same text."""
    validate(results)
    run = results["run"]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            style=_style(),
            results=results,
            run=run,
            funds=run["funds"],
            paired=results["performance"]["paired"],
            matched=results["performance"]["matched"],
            outflow=_outflow(results),
            conditions=conditions(results),
            could_go_wrong=could_go_wrong(results),
            suits_less=suits_less(results),
            break_even=break_even(results),
            breaking=breaking(results),
            leaving=leaving(results),
            levels=LEVELS,
            managed=run["funds"]["proposed"].get("managed_account") or results["complexity"].get("managed_account"),
            pictures={name: _safe(svg) for name, svg in charts(results).items()},
            factors=FACTORS,
            rule=RULE,
            arguments=arguments(results),
            limits=limits(run),
            private=any(s["private"] for s in results["complexity"]["structure"]),
            tables=tables.tables(results),
            definitions={letter: _definitions(room) for letter, room in _ROOMS.items()},
            open_finding=OPEN_FINDING,
        )
    )


def fiduciary_html(filed: FiduciaryFile) -> str:
    """The fiduciary file as one self-contained HTML page with room to write each finding."""
    return (
        _environment()
        .get_template("file.html.j2")
        .render(style=_style(), file=filed, rule=RULE, open_finding=OPEN_FINDING)
    )


def _safe(text: str) -> Markup:
    """Text this room made itself and may stand unescaped."""
    from markupsafe import Markup

    return Markup(text)


@lru_cache(maxsize=1)
def _style() -> Markup:
    return _safe(files(__package__).joinpath("style.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Templates of this package, everything escaped, a name that is not there an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("alts401k.report", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        show=show,
        with_error=with_error,
        plain=plain_name,
        say=_say,
        cell=_number_cell,
        error=show_error,
        outline=outline,
        breaks=_breaks,
        sentence=lambda text: text[:1].upper() + text[1:],
    )
    return environment


def _outflow(results: dict[str, Any]) -> str:
    share = results["liquidity"]["smallest_breaking_outflow"]["value"]
    return "none does" if share >= 1 else show(share, "share")


def _breaks(text: str) -> Markup:
    """Text whose dotted or underscored names may break after a dot or an underscore, and nowhere else."""
    from markupsafe import escape

    return escape(text).replace(".", _safe(".<wbr>")).replace("_", _safe("_<wbr>"))


def _number_text(n: Number) -> str:
    if n.standard_error is None:
        return show(n.value, n.kind)
    return f"{show(n.value, n.kind)} ± {show_error(n.standard_error, n.kind)}"


def _number_cell(n: Number) -> Markup:
    """A number with the path of the results it comes from."""
    return _safe('<span class="n" title="{}">{}</span>').format(n.path, _number_text(n))


def _say(statement: Statement) -> Markup:
    """A statement with its numbers in place, words escaped."""
    from markupsafe import escape

    return escape(statement.text).format(*[_number_cell(n) for n in statement.numbers])


def _definitions(room: str) -> list[tuple[str, str, str]]:
    """(path, unit, formula) of every number of a room whose schema states a formula."""
    return [
        (path, rule.get("x-unit", ""), rule["x-formula"])
        for path, rule in entries(schema()["properties"][room], room)
        if "x-formula" in rule
    ]
