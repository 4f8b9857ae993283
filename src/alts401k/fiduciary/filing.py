"""The fiduciary file, thin: six headings with the numbers of one run, the law cited, and findings left open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from alts401k.fiduciary.factors import FACTORS, RULE, Factor, Wanted
from alts401k.fiduciary.numbers import Number, at, number

OPEN_FINDING = "to be made by the named fiduciary"
_DECIDERS = (
    "the named fiduciary alone",
    "on the recommendation of an adviser under ERISA 3(21)(A)(ii), named here",
    "delegated to an investment manager under ERISA 3(38), named here",
)


class Evidence(NamedTuple):
    """Something in the same package that bears on a factor: entry name and the place inside it."""

    what: str
    entry: str
    place: str


class Heading(NamedTuple):
    """One factor as the file holds it; every finding stays open."""

    paragraph: str
    cite: str
    heading: str
    question: str
    numbers: tuple[Number, ...]
    evidence: tuple[Evidence, ...]
    open_points: tuple[str, ...]
    findings: tuple[str, ...]


class FiduciaryFile(NamedTuple):
    """The whole file; `on` is the day whose law it cites, `inputs` are (file, sha256) of the case."""

    on: date
    law_status: str
    run_id: str
    case: str
    plan: str
    fund: str
    baseline: str
    alternatives: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    headings: tuple[Heading, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, findings marked open, no time of day and no path of a machine."""
        return {
            "format": "alts401k fiduciary file 1",
            "on": self.on.isoformat(),
            "law": RULE,
            "law_status": self.law_status,
            "run_id": self.run_id,
            "case": self.case,
            "plan": self.plan,
            "fund": self.fund,
            "baseline": self.baseline,
            "alternatives": [{"name": name, "similar_because": why} for name, why in self.alternatives],
            "inputs": [{"file": name, "sha256": sha} for name, sha in self.inputs],
            "factors": [_heading_dict(heading) for heading in self.headings],
            "other_relevant_facts": {"cite": f"{RULE}, paragraph (e)", "finding": OPEN_FINDING},
            "menu": {"cite": f"{RULE}, paragraph (d)", "finding": OPEN_FINDING},
        }


def file(
    results: dict[str, Any], case_files: Iterable[tuple[str, str]], law_status: str, on: date
) -> FiduciaryFile:
    """Put one run under the six headings; finds nothing itself. KeyError when a number the file needs is missing.

    `results` as results.schema.json; `case_files` (name, sha256) of the inputs; `law_status` the law room's sentence
    on the day `on`. Proposed 29 CFR 2550.404a-6, paragraphs (d) to (l).
    """
    funds = at(results, "run.funds")
    return FiduciaryFile(
        on,
        law_status,
        at(results, "run.id"),
        at(results, "run.case"),
        at(results, "run.plan"),
        funds["proposed"]["name"],
        funds["baseline"]["name"],
        tuple((a["name"], a["similar_because"]) for a in funds["alternatives"]),
        tuple(sorted(case_files)),
        tuple(_heading(results, factor) for factor in FACTORS),
    )


def _heading(results: dict[str, Any], factor: Factor) -> Heading:
    numbers = tuple(n for wanted in factor.numbers for n in _numbers(results, wanted))
    evidence = [
        Evidence("Tables, pictures and formulas", "report.html", f"#{factor.paragraph}"),
        Evidence("Every number above, at its path", "results.json", ""),
    ]
    evidence += [
        Evidence("Input of the case", f"inputs/{name}", "") for name in _inputs(results, factor.paragraph)
    ]
    return Heading(
        factor.paragraph,
        f"{RULE}, paragraph ({factor.paragraph})",
        factor.heading,
        factor.question,
        numbers,
        tuple(evidence),
        factor.open_points,
        factor.findings,
    )


def _inputs(results: dict[str, Any], paragraph: str) -> list[str]:
    """Input files that bear on a factor: people and assumptions on (g), (i), (k), funds on all."""
    names = [row["file"] for row in at(results, "run.inputs")]
    if paragraph in "gik":
        return names
    return [
        name for name in names if name in ("fund.toml", "baseline.toml") or name.startswith("alternatives/")
    ]


def _numbers(results: dict[str, Any], wanted: Wanted) -> list[Number]:
    path = wanted.path
    if "{}" in path:
        head, _, who = path.rpartition(".")
        path = head.format(who)
    if not path.endswith(".*"):
        return [number(results, wanted.label, path, wanted.kind)]
    head = path.removesuffix(".*")
    return [
        number(results, f"{wanted.label}, {key.replace('_', ' ')}", f"{head}.{key}", wanted.kind)
        for key in sorted(at(results, head))
    ]


def _heading_dict(heading: Heading) -> dict[str, Any]:
    return {
        "paragraph": heading.paragraph,
        "cite": heading.cite,
        "heading": heading.heading,
        "question": heading.question,
        "numbers": [
            {"label": n.label, "path": n.path, "value": n.value, "standard_error": n.standard_error}
            for n in heading.numbers
        ],
        "evidence": [e._asdict() for e in heading.evidence],
        "not_in_this_run": list(heading.open_points),
        "findings": [{"question": q, "finding": OPEN_FINDING} for q in heading.findings],
        "decided_by": {"one_of": list(_DECIDERS), "finding": OPEN_FINDING},
    }
