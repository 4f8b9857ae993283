"""The law room: dated values with citations, absence as a value, files that refuse what they do not know."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from alts401k import law

RULES = Path(law.__file__).parent / "rules"
TEXT = (RULES / "irc.402g.elective_deferrals.toml").read_text(encoding="utf-8")
ID = "irc.402g.elective_deferrals"
PROPOSAL = "erisa.404a-6.proposed"


@pytest.mark.parametrize("path", sorted(RULES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_value_of_every_file_has_its_own_citation(path):
    rule = law.rule(path.name.removesuffix(".toml"))
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert len(rule.values) == len(raw["values"]) >= 1
    for row in raw["values"]:
        assert row["cite"].strip() and row["evidence"] in {"C", "S", "G", "D"}
        found = law.value(rule.rule_id, row["from"])
        assert (found.value, found.cite, found.valid_from) == (row["value"], row["cite"], row["from"])


def test_irs_figures_of_three_years():
    expected = {
        2015: (18000, 6000, 53000, 265000),
        2023: (22500, 7500, 66000, 330000),
        2026: (24500, 8000, 72000, 360000),
    }
    ids = (ID, "irc.414v.catch_up_50", "irc.415c.annual_additions", "irc.401a17.compensation")
    for year, figures in expected.items():
        assert tuple(law.value(rule_id, date(year, 7, 1)).value for rule_id in ids) == figures


def test_the_higher_catch_up_does_not_exist_before_2025():
    rule_id = "irc.414v.catch_up_60_63"
    with pytest.raises(law.NotInForce, match="begins with 2025"):
        law.value(rule_id, date(2024, 12, 31))
    assert law.look(rule_id, date(2024, 12, 31)).why == "not_in_force"
    assert law.value(rule_id, date(2025, 1, 1)).value == 11250


def test_figures_not_entered_say_so():
    for day in (date(2014, 12, 31), date(2027, 1, 1)):
        assert law.look(ID, day).why == "not_entered"
        with pytest.raises(law.NotEntered, match="entered"):
            law.value(ID, day)
    assert law.last_entered(ID) == date(2026, 12, 31)


def test_an_unknown_rule_is_an_error():
    with pytest.raises(KeyError, match="no rule"):
        law.value("irc.000", date(2026, 1, 1))


def test_the_proposal_is_never_in_force():
    assert {row["status"] for row in law.rule(PROPOSAL).values} == {"proposed"}
    late = law.value(PROPOSAL, date(2026, 11, 24))
    assert (late.status, late.status_as_of, late.valid_until) == ("proposed", date(2026, 10, 4), None)
    assert law.value(PROPOSAL, date(2026, 6, 30)).status_as_of == date(2026, 6, 30)
    with pytest.raises(law.NotInForce):
        law.value(PROPOSAL, date(2026, 3, 30))


def test_status_line_says_what_was_known_and_no_more():
    before, open_, closed, late = (
        law.status_line(day)
        for day in (date(2025, 6, 30), date(2026, 6, 1), date(2026, 6, 30), date(2026, 11, 24))
    )
    assert "there was no proposed or final 29 CFR 2550.404a-6" in before
    assert "comments open until 2026-06-01" in open_ and "proposed rule, not in force" in open_
    assert "comments closed on 2026-06-01" in closed and "not known" not in closed
    assert late.startswith("On 2026-10-04, the newest evidence held")
    assert "what happened between then and 2026-11-24 is not known here" in late
    for line in (before, open_, closed, late):
        assert line.endswith(".") and "compl" + "iant" not in line and "\n" not in line


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('unit = "USD a year"', 'unit = "USD a year"\ncolour = "red"', "unknown key 'colour'"),
        ('unit = "USD a year"\n', "", "lacks 'unit'"),
        ('id = "irc.402g', 'id = "irc.403b', "the file is called"),
        ('force = "must"', 'force = "maybe"', "force 'maybe'"),
        ("value = 18500", 'value = 18500\nnote = "x"', "value 4 has an unknown key 'note'"),
        ("until = 2018-12-31", "until = 2018-12-30", "value 4 does not end the day before value 5"),
        ('why = "not_entered"', 'why = "unknown"', "why 'unknown'"),
        ('status = "in_force"', 'status = "final"', "status 'final'"),
        ('evidence = "C"', 'evidence = "Z"', "evidence 'Z'"),
    ],
)
def test_a_faulty_file_is_refused(old, new, fault):
    assert law.parse(TEXT, ID).values[0]["value"] == 18000
    assert old in TEXT
    with pytest.raises(law.RuleFileError, match="irc.402g") as caught:
        law.parse(TEXT.replace(old, new, 1), ID)
    assert fault in str(caught.value)


def test_a_value_without_its_own_citation_is_refused():
    lines = TEXT.splitlines()
    at = max(i for i, line in enumerate(lines) if line.startswith("cite"))
    with pytest.raises(law.RuleFileError, match="value 12 lacks 'cite'"):
        law.parse("\n".join(lines[:at] + lines[at + 1 :]), ID)
    with pytest.raises(law.RuleFileError, match="value 12 has no citation"):
        law.parse("\n".join([*lines[:at], 'cite = " "', *lines[at + 1 :]]), ID)


def test_a_last_value_that_ends_needs_to_say_what_comes_after():
    head, tail = TEXT.split("[after]")
    with pytest.raises(law.RuleFileError, match=r"\[after\] must say"):
        law.parse(head + tail[tail.index("[[values]]") :], ID)
