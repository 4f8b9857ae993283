"""What the law said on a date: dated values with one citation each, their status, and absence as a value.

Nothing here knows today's date or fills a gap: a figure that was never entered is `NotEntered`, a rule that
did not exist is `NotInForce`. Evidence marks: C confirmed from official or verbatim text, S from a secondary
source, G general knowledge not confirmed.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_FOLDER = Path(__file__).parent / "rules"
_PROPOSAL = "erisa.404a-6.proposed"

_RULE_KEYS = {"id", "what", "unit", "authority", "applies_to", "force", "newest_evidence", "before", "values"}
_RULE_OPTIONAL = {"note", "after"}
_VALUE_KEYS = {"from", "value", "status", "cite", "evidence"}
_VALUE_OPTIONAL = {"until"}
_GAP_KEYS = {"why", "note", "cite", "evidence"}
_STATUS = {"in_force", "proposed", "rescinded"}
_FORCE = {"must", "safe_harbor", "should", "informational"}
_WHY = {"not_in_force", "not_entered"}
_EVIDENCE = {"C", "S", "G", "D"}


class Dated(NamedTuple):
    """One value of one rule on a date: `valid_until` is None while no end is known.

    `status_as_of` is the last day that the evidence speaks for, never later than the date asked about.
    """

    value: int | str
    unit: str
    cite: str
    evidence: str
    valid_from: date
    valid_until: date | None
    status: str
    status_as_of: date
    rule_id: str


class Absent(NamedTuple):
    """Why a rule has no value on a date: not_in_force (it did not apply) or not_entered (not known here)."""

    rule_id: str
    on: date
    why: str
    note: str
    cite: str
    evidence: str


class Rule(NamedTuple):
    """A rule as filed: `values` ascending, `before` and `after` say what the dates outside them mean."""

    rule_id: str
    what: str
    unit: str
    authority: str
    applies_to: str
    force: str
    newest_evidence: date
    note: str
    before: dict[str, str]
    after: dict[str, str] | None
    values: tuple[dict[str, Any], ...]


class NoValue(LookupError):
    """A rule has no value on the date asked about; `.absent` says why."""

    def __init__(self, absent: Absent) -> None:
        self.absent = absent
        super().__init__(f"{absent.rule_id} has no value on {absent.on}: {absent.note} ({absent.cite})")


class NotInForce(NoValue):
    """The rule did not apply on that date."""


class NotEntered(NoValue):
    """The rule applied, or may have, but its value for that date is not in the rule file."""


class RuleFileError(ValueError):
    """A rule file is wrong: every fault of it, one a line."""


def rules() -> tuple[str, ...]:
    """Ids of every rule on file, in order."""
    return tuple(sorted(path.name.removesuffix(".toml") for path in _FOLDER.glob("*.toml")))


@lru_cache(maxsize=256)
def rule(rule_id: str) -> Rule:
    """A rule as filed; raises KeyError for an unknown id and RuleFileError for a faulty file."""
    if rule_id not in rules():
        raise KeyError(f"no rule {rule_id!r}; known: {', '.join(rules())}")
    return parse((_FOLDER / f"{rule_id}.toml").read_text(encoding="utf-8"), rule_id)


def look(rule_id: str, on: date) -> Dated | Absent:
    """The value of a rule on a date, or why it has none."""
    filed = rule(rule_id)
    for row in filed.values:
        until = row.get("until")
        if row["from"] <= on and (until is None or on <= until):
            return Dated(
                value=row["value"],
                unit=filed.unit,
                cite=row["cite"],
                evidence=row["evidence"],
                valid_from=row["from"],
                valid_until=until,
                status=row["status"],
                status_as_of=min(on, filed.newest_evidence),
                rule_id=rule_id,
            )
    gap = filed.before if on < filed.values[0]["from"] else filed.after
    return Absent(rule_id, on, gap["why"], gap["note"], gap["cite"], gap["evidence"])


def value(rule_id: str, on: date) -> Dated:
    """The value of a rule on a date; raises NotInForce or NotEntered when it has none."""
    found = look(rule_id, on)
    if isinstance(found, Absent):
        raise (NotInForce if found.why == "not_in_force" else NotEntered)(found)
    return found


def last_entered(rule_id: str) -> date | None:
    """The last day that a rule's file holds a value for; None while its last value has no end."""
    return rule(rule_id).values[-1].get("until")


def status_line(on: date) -> str:
    """One sentence: what proposed 29 CFR 2550.404a-6 was on a date, and how far the evidence goes."""
    found = look(_PROPOSAL, on)
    first = rule(_PROPOSAL).values[0]["from"]
    name = "29 CFR 2550.404a-6"
    if isinstance(found, Absent):
        return f"On {on} there was no proposed or final {name}: it was proposed on {first} (91 FR 16088)."
    line = f"On {on} {name} was a proposed rule, not in force ({found.value}; 91 FR 16088, published {first})"
    if found.status_as_of == on:
        return f"{line}."
    return (
        f"On {found.status_as_of}, the newest evidence held, {name} was a proposed rule, not in force "
        f"({found.value}; 91 FR 16088, published {first}); "
        f"what happened between then and {on} is not known here."
    )


def parse(text: str, rule_id: str) -> Rule:
    """A rule from the text of its file; raises RuleFileError with every fault found."""
    data = tomllib.loads(text)
    faults = _faults(data, rule_id)
    if faults:
        raise RuleFileError("\n".join(f"{rule_id}.toml: {fault}" for fault in faults))
    return Rule(
        rule_id=data["id"],
        what=data["what"],
        unit=data["unit"],
        authority=data["authority"],
        applies_to=data["applies_to"],
        force=data["force"],
        newest_evidence=data["newest_evidence"],
        note=data.get("note", ""),
        before=data["before"],
        after=data.get("after"),
        values=tuple(data["values"]),
    )


def _faults(data: dict[str, Any], rule_id: str) -> list[str]:
    faults = _keys("the rule", data, _RULE_KEYS, _RULE_OPTIONAL)
    if faults:
        return faults
    if data["id"] != rule_id:
        faults.append(f"the id is {data['id']!r}, the file is called {rule_id!r}")
    if data["force"] not in _FORCE:
        faults.append(f"force {data['force']!r} is none of {', '.join(sorted(_FORCE))}")
    if not data["values"]:
        return [*faults, "a rule needs at least one value"]
    for part in ("before", "after"):
        if part in data:
            faults += _gap_faults(part, data[part])
    for number, row in enumerate(data["values"], start=1):
        faults += _value_faults(f"value {number}", row)
    return faults or _order_faults(data)


def _keys(where: str, table: dict[str, Any], needed: set[str], optional: set[str]) -> list[str]:
    faults = [f"{where} lacks {key!r}" for key in sorted(needed - table.keys())]
    unknown = sorted(table.keys() - needed - optional)
    return faults + [f"{where} has an unknown key {key!r}" for key in unknown]


def _gap_faults(where: str, gap: dict[str, Any]) -> list[str]:
    faults = _keys(where, gap, _GAP_KEYS, set())
    if not faults and gap["why"] not in _WHY:
        faults.append(f"{where}: why {gap['why']!r} is none of {', '.join(sorted(_WHY))}")
    return faults


def _value_faults(where: str, row: dict[str, Any]) -> list[str]:
    faults = _keys(where, row, _VALUE_KEYS, _VALUE_OPTIONAL)
    if faults:
        return faults
    if row["status"] not in _STATUS:
        faults.append(f"{where}: status {row['status']!r} is none of {', '.join(sorted(_STATUS))}")
    if row["evidence"] not in _EVIDENCE:
        faults.append(f"{where}: evidence {row['evidence']!r} is none of {', '.join(sorted(_EVIDENCE))}")
    if not str(row["cite"]).strip():
        faults.append(f"{where} has no citation")
    return faults


def _order_faults(data: dict[str, Any]) -> list[str]:
    """Values must follow each other day by day, and only the last may be open-ended."""
    faults = []
    rows = data["values"]
    for number, (row, following) in enumerate(zip(rows, rows[1:], strict=False), start=1):
        if row.get("until") is None or row["until"] + timedelta(days=1) != following["from"]:
            faults.append(f"value {number} does not end the day before value {number + 1} begins")
    if rows[-1].get("until") is not None and "after" not in data:
        faults.append("the last value ends, so [after] must say what the dates after it mean")
    return faults
