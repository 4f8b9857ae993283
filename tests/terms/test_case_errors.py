"""One malformed file an error: the message, its exact line, and that it is alone."""

import os
from pathlib import Path
from typing import Any

import pytest
from case_files import load, page_files, problems, write

from alts401k.units import Problems

GOOD = page_files()
ALTERNATIVE = "alternatives/more-bonds.toml"

# text taken away, text put in its place, the error's message; its line if not the one where the edit begins
EDITS: dict[str, list[tuple[Any, ...]]] = {
    "fund.toml": [
        ("trustee = 0.0005", "trustee = nan", "trustee_fees.trustee is nan, must be a finite"),
        ("trustee = 0.0005", "trustee = inf", "trustee_fees.trustee is inf, must be a finite"),
        ("trustee = 0.0005", "trustee = true", "trustee_fees.trustee is true, must be a number"),
        ("trustee = 0.0005", 'trustee = "0.0005"', 'is "0.0005", must be a number'),
        ("trustee = 0.0005", "trustee = 0.75", "is 0.75 = 75%, must be below 0.5 = 50%"),
        ("trustee = 0.0005", "trustee = -0.01", "is -0.01 = -1%, must be at least 0 = 0%"),
        ("trustee = 0.0005", "'a fee' = 0.1", 'trustee_fees: the name "a fee" is not allowed'),
        ("vintages = [2035, 2055]", "vintages = 2035", "vintages is 2035, must be an array"),
        ("vintages = [2035, 2055]", "vintages = [2035, 2055.0]", "vintages[1] is 2055.0, must be a"),
        ("vintages = [2035, 2055]", "vintages = [2035, true]", "vintages[1] is true, must be a"),
        ('name = "Small', 'nam = "Small', 'missing key "name"'),
        ('vehicle_type = "CIT"', 'vehicle_type = "cit"', 'vehicle_type is "cit"'),
        ('dealing = "monthly"', 'dealing = "weekly"', 'private_credit.dealing is "weekly"'),
        ('asset = "private_debt"', "asset = 2025-01-01", "is 2025-01-01, must be text in quotes"),
        ("0.10, 0.10]", "0.10, 0.10, 0.10]", "private_credit has 3 weights, years_to_ta"),
        ("window_months = 1,", "window_months = 2,", "gates[0].window_months is 2"),
        ("window_months = 1,", "window_months = true,", "gates[0].window_months is true, must be a who"),
        ("window_months = 1,", "window_months = 1.0,", "gates[0].window_months is 1.0, must be a whole"),
        ("months = 3, pct = 0.05", "months = 3, pct = 5", "gates[1].pct is 5 = 500%, must be at most 1"),
        ("smoothing = 0.3", "smoothing = 1.0", "mark.smoothing is 1 = 100%, must be below 1 = 100%"),
        ("lag_months = 1", "lag_months = 12", "mark.lag_months is 12, must be at most 11"),
        ('crystallise = "quarterly"', 'crystallise = "daily"', 'incentive_fee.crystallise is "daily"'),
        ("leverage = 0.8", "leverage = -1", "leverage is -1, must be at least 0"),
        ("leverage = 0.8", 'lei = "12"', 'blocks.direct_lending.lei is "12", which has not the'),
        ("fees = { administrator = 0.001 }", "fees = 0.001", "fees is 0.001, must be a table"),
        ("notice_days = 30", "notice_day = 30", 'direct_lending: unknown key "notice_day"'),
        ("[trustee_fees]", "[surprise]\n[trustee_fees]", 'unknown key "surprise"'),
        ("[glide_path]", "price_places = 9\n[glide_path]", "trustee_fees.price_places is 9"),
        ("[0.10, 0.50]", "[0.09, 0.50]", "column 1 (30 years to target) sums to 0.99, must", 11),
        ("[30,   0]", "[0,   30]", "glide_path.years_to_target: 30 follows 0"),
        ("[2035, 2055]", "[2055, 2035]", "vintages: 2035 follows 2055"),
        ("vintages = [2035, 2055]", "", "no target years to count from", 9),
        ("stocks =          [", "shares =          [", 'there is no sleeve "shares"'),
        ('asset = "us_large_cap"', 'asset = "us_large"', 'there is no asset "us_large"'),
        ('asset = "cash"', 'asset = "money"', 'there is no asset "money"'),
        ('block = "direct_lending"', 'block = "lending"', 'block names "lending", which is'),
        ("target = 0.15", "target = 0.30", "target 0.3 is not between minimum 0.1 and maximum"),
        ("window_months = 3", "window_months = 1", "gates[1] repeats the window of 1 months"),
        ("mark = {", "#", "sleeves.private_credit deals monthly and has no mark", 26),
        ('unfilled = "LAPSE"', 'unfilled = "CARRY"', "unfilled is CARRY, which this version does not"),
        ('unfilled = "LAPSE"', "#", "direct_lending is NT_BDC and has no unfilled", 38),
        ('"NT_BDC"', '"LP_CLOSED"', "direct_lending is LP_CLOSED and has no pace", 38),
        ("leverage = 0.8", "leverage = 0.8\nleverage_max = 0.5", "0.8 is above leverage_max 0.5"),
        ("[[public_terms]]", "[regime]\namber_over_target = 0.1\n[[public_terms]]", "amber_over_target"),
        ("[[public_terms]]", "[regime]\ncoverage_red = 2.0\n[[public_terms]]", "gated <= red <= amber"),
        ('gate_pct_period"', 'gate_pct"', 'direct_lending.gate_pct" is not a value of this file'),
        ('direct_lending.gate_pct_period"', 'direct_lending"', 'direct_lending" is a table'),
        ('key = "blocks.direct_lending.gate_pct_period"', 'key = "name"', '"name" is not a term'),
    ],
    "baseline.toml": [
        ('dealing = "daily"', 'dealing = "daily"\nopen = false', "stocks.open is only for sl", 16),
        ("[sleeves.bonds]", "[blocks.b]\n[sleeves.bonds]", "blocks.b is used by no sleeve"),
    ],
    "alternatives/more-bonds.toml": [
        ("Same people, target dates, index holdings and cost as today's fund, at less risk.", "", "nothing"),
        ("similar_because =", "#", "similar_because says nothing", 1),
    ],
    "plan.toml": [
        ("as_of = 2025-12-31", "as_of = 2025-12-30", "as_of 2025-12-30 is not a month end"),
        ("as_of = 2025-12-31", "as_of = 2013-12-31", "as_of 2013-12-31 is before 2014-12-31"),
        ("as_of = 2025-12-31", 'as_of = "2025-12-31"', 'as_of is "2025-12-31", must be a date'),
        ("as_of = 2025-12-31", "as_of = 2025-12-31T00:00:00", "as_of is 2025-12-31 00:00:00, must be a date"),
        ("as_of = 2025-12-31", "", 'missing key "as_of"', 1),
        ("[match]", 'population = "cps-2026"\n[match]', "both population and census are given", 3),
        ('census = "people.csv"', "", "neither population nor census is given", 1),
        ('census = "people.csv"', 'population = "cps"', 'there is no population "cps"'),
        ('"people.csv"', '"../people.csv"', 'census "../people.csv" is not a file of this folder'),
        ('"people.csv"', '"/people.csv"', 'census "/people.csv" is not a file of this folder'),
        ('"people.csv"', '"fund.toml"', 'census "fund.toml" is already another file'),
        ('"people.csv"', "7", "census is 7, must be text in quotes"),
        ("turnover_yearly = 0.10", "turnover_yearly = 10", "is 10 = 1000%, must be at most 0.95"),
        ("rate = 0.50", "rate = 50", "match.rate is 50, must be at most 3"),
        ("up_to = 0.06", "up_to = 6", "match.up_to is 6 = 600%, must be at most 1 = 100%"),
    ],
    "assumptions.toml": [
        ('"survey"', '"horizon-2025"', 'no assumption set "horizon-2025"'),
        ("expected_return = 0.07", "expected_return = 7", "is 7 = 700%, must be at most 1 = 100%"),
        ('source = "Our consultant\'s assumption, January 2026"\nopp', 'source = ""\nopp', "is empty"),
        ("[assets.private_debt.", "risk = 4\n[assets.private_debt.", 'assets.private_debt: unknown key "risk"'),
        ("sd = 0.12", "", 'assets.private_debt: missing key "sd"', 6),
        ("source =", "reference_fees_yearly = 0.021\nsource =", "states both reference_fees_yearly and", 10),
        ("mgmt_fee = 0.01", "mgmt_fee = 1", "reference_fees.mgmt_fee is 1 = 100%, must be at most 0.5"),
        ("share = 0.125", "share = 0.6", "share is 0.6 = 60%, and no net return reaches back through that"),
        ("share = 0.125", "share = 12.5", "incentive_fee.share is 12.5 = 1250%, must be at most 1"),
        ('crystallise = "quarterly"', 'crystallise = "Q"', 'incentive_fee.crystallise is "Q"'),
        ("[[correlations]]", '[generator]\nkind = "normal"\n[[correlations]]', 'generator.kind is "normal"', 18),
        ("[[correlations]]", "[generator]\ntail_df = 4.0\n[[correlations]]", "generator.tail_df has no effect", 18),
        ("[[correlations]]", '[series]\nkind = "prices"\n[[correlations]]', 'series: missing key "file"'),
        ("[[correlations]]", '[series]\nfile = "../r.csv"\n[[correlations]]', "is not a file of this folder", 18),
        ("[[correlations]]", '[series]\nfile = "plan.toml"\n[[correlations]]', "is already another file", 18),
        ("[[correlations]]", '[series]\nfile = "people.csv"\n[[correlations]]', "is already another file", 18),
        ("[[correlations]]", '[series]\nfile = 7\n[[correlations]]', "series.file is 7, must be text in quotes", 18),
        ('a = "private_debt"', 'a = "private_dept"', 'there is no asset "private_dept"'),
        ('a = "private_debt"', 'a = "us_large_cap"', 'correlations[0] is of "us_large_cap" with its', 17),
        ("value = 0.65", "value = -1.5", "correlations[0].value is -1.5, must be at least -1"),
        ("family_assets_usd = 400_000_000", "family_assets_usd = 0", "is 0, must be above 0"),
        ("annuity_real_rate = 0.02", "risk_aversion = 4.0", 'missing key "annuity_real_rate"', 1),
    ],
    "people.csv": [
        ("birth_year,pay,balance,deferral", "birth_year,pay,balance", 'missing column "deferral"'),
        ("birth_year,pay,", "birth_year,salary,", 'missing column "pay"'),
        ("birth_year,pay,", "birth_year,pay,pay,", 'column "pay" is there 2 times'),
        ("deferral\n", "deferral,sex\n", 'unknown column "sex"'),
        ("88000", "nan", 'pay is "nan", not a number'),
        ("88000", "NaN", 'pay is "NaN", not a number'),
        ("88000", "1e999", 'pay is "1e999", out of range'),
        ("88000", "$88000", 'pay is "$88000", not a number'),
        ("88000", "٨٨٠٠٠", "not a number"),
        ("88000", "", "pay is empty"),
        ("88000", "-1", 'pay is "-1", out of range'),
        ("88000", '"88,000"', 'pay is "88,000", not a number'),
        ("1985,88000", "1985,88,000", "this row has 5 cells, not 4"),
        ("1985", "1850", "birth_year is 1850, which is age 175 in 2025"),
        ("1985", "2010", "birth_year is 2010, which is age 15 in 2025"),
        ("1985", "85.5", 'birth_year is "85.5", not a year'),
        ("1985", "", "birth_year is empty"),
        ("0.07", "7", "deferral is 7 = 700% of pay"),
        ("0.07", "-0.07", 'deferral is "-0.07", out of range'),
        ("1985,", "\n1985,", "this row is blank"),
        ("88000", '"88000', "this row cannot be read", 6),
    ],
}
ROWS = [(file, *edit) for file, edits in EDITS.items() for edit in edits]


def edited(folder: Path, file: str, old: str, new: str) -> None:
    assert old in GOOD[file]
    write(folder, {**GOOD, file: GOOD[file].replace(old, new, 1)})


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[3]}"[:70] for row in ROWS])
def test_each_error_has_its_file_line_and_words(tmp_path, row):
    file, old, new, message, *elsewhere = row
    edited(tmp_path, file, old, new)
    line = elsewhere[0] if elsewhere else GOOD[file][: GOOD[file].index(old)].count("\n") + 1
    found = problems(tmp_path)
    assert (file, line) in [(item.file, item.line) for item in found if message in item.message]
    assert {item.file for item in found} == {file}
    assert all(item.fix for item in found)
    assert not any("Input should" in str(item) or "type=" in str(item) for item in found)


def test_the_case_without_an_edit_has_no_error(tmp_path):
    assert problems(write(tmp_path, GOOD)) == []


def test_all_errors_of_all_files_come_at_once_in_order_and_nothing_is_written(tmp_path):
    folder = write(
        tmp_path / "case",
        {
            **GOOD,
            "fund.toml": GOOD["fund.toml"]
            .replace("[0.10, 0.50]", "[0.09, 0.50]")
            .replace("gates =", "gat ="),
            "baseline.toml": "",
            ALTERNATIVE: GOOD[ALTERNATIVE] + "surprise = 1\n",
            "plan.toml": GOOD["plan.toml"].replace("-31", "-30"),
            "assumptions.toml": GOOD["assumptions.toml"]
            .replace("risk", "risky")
            .replace("sd = 0.12", "sd = nan"),
            "people.csv": GOOD["people.csv"].replace("0.10", "10").replace("1966", "1850"),
        },
    )
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(Problems) as raised:
        load(folder)
    found = [(item.file, item.line) for item in raised.value.items]
    assert found == [
        ("fund.toml", 11),
        ("fund.toml", 26),
        ("fund.toml", 32),
        ("baseline.toml", 1),
        (ALTERNATIVE, 21),
        ("plan.toml", 2),
        ("assumptions.toml", 8),
        ("people.csv", 5),
        ("people.csv", 6),
    ]
    assert str(raised.value).count("\n") == len(found) - 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_broken_file_does_not_hide_the_checks_of_the_others(tmp_path):
    write(
        tmp_path,
        {**GOOD, "assumptions.toml": "set = ", "people.csv": GOOD["people.csv"].replace("0.10", "10")},
    )
    found = problems(tmp_path)
    assert [item.file for item in found] == ["assumptions.toml", "people.csv"]
    assert found[0].line == 1
    assert "not TOML" in found[0].message


def test_the_percent_hint_names_the_fraction(tmp_path):
    edited(tmp_path, "fund.toml", "months = 3, pct = 0.05", "months = 3, pct = 5")
    assert problems(tmp_path)[0].fix == "Write 0.05 for 5%"


def test_the_nearest_key_is_suggested(tmp_path):
    edited(tmp_path, "fund.toml", "gates =", "gat =")
    fixes = [item.fix for item in problems(tmp_path) if "unknown key" in item.message]
    assert fixes[0].startswith('Did you mean "gates"? ')


FOLDERS = [
    ("missing", lambda f: (f / "plan.toml").unlink(), "plan.toml", None, "this file is missing"),
    ("empty", lambda f: (f / "plan.toml").write_text(" \n"), "plan.toml", 1, "this file is empty"),
    ("latin", lambda f: (f / "plan.toml").write_bytes(b"a = 1\nb = '\xe9'"), "plan.toml", 2, "not UTF-8"),
    (
        "syntax",
        lambda f: (f / "plan.toml").write_text("a = 1\nb = = 2\n"),
        "plan.toml",
        2,
        "not TOML: invalid value",
    ),
    (
        "twice",
        lambda f: (f / "plan.toml").write_text("a = 1\na = 2\n"),
        "plan.toml",
        2,
        "a key is written twice",
    ),
    ("unended", lambda f: (f / "plan.toml").write_text('a = 1\nb = """\n\n'), "plan.toml", 2, "not TOML"),
    (
        "deep",
        lambda f: (f / "plan.toml").write_text("a = " + "[" * 9000),
        "plan.toml",
        1,
        "nested too deeply",
    ),
    ("long", lambda f: (f / "plan.toml").write_text("#" * 2_000_001), "plan.toml", 1, "longer than 2 MB"),
    ("digits", lambda f: (f / "plan.toml").write_text("a = " + "9" * 5000), "plan.toml", 1, "not TOML"),
    (
        "huge",
        lambda f: (f / "plan.toml").write_text("\na = 0x" + "f" * 5000),
        "plan.toml",
        2,
        "a is too large",
    ),
    ("census gone", lambda f: (f / "people.csv").unlink(), "people.csv", None, "this file is missing"),
    ("census empty", lambda f: (f / "people.csv").write_text(""), "people.csv", 1, "this file is empty"),
    (
        "nobody",
        lambda f: (f / "people.csv").write_text("birth_year,pay,balance,deferral\n"),
        "people.csv",
        1,
        "no people",
    ),
    (
        "old",
        lambda f: (f / "people.csv").write_text("birth_year,pay,balance,deferral\n1950,1,1,0\n"),
        "people.csv",
        1,
        "67",
    ),
    (
        "folder",
        lambda f: ((f / "plan.toml").unlink(), (f / "plan.toml").mkdir()),
        "plan.toml",
        None,
        "not a file",
    ),
    (
        "stranger",
        lambda f: (f / "assumption.toml").write_text("a = 1"),
        "assumption.toml",
        None,
        "not part of a case",
    ),
]


@pytest.mark.parametrize(
    ("change", "file", "line", "message"), [f[1:] for f in FOLDERS], ids=[f[0] for f in FOLDERS]
)
def test_files_that_cannot_be_read_are_problems_too(tmp_path, change, file, line, message):
    change(write(tmp_path, GOOD))
    found = [item for item in problems(tmp_path) if item.file == file]
    assert [item.line for item in found] == [line]
    assert message in found[0].message


def test_a_file_without_permission_is_a_problem(tmp_path):
    path = write(tmp_path, GOOD) / "plan.toml"
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()
        path.symlink_to("plan.toml")
    assert [item.file for item in problems(tmp_path)] == ["plan.toml"]


def test_a_file_name_that_no_system_allows_is_a_problem(tmp_path):
    edited(tmp_path, "plan.toml", "people.csv", "x" * 200)
    assert [item.file for item in problems(tmp_path)] == ["x" * 200]
    edited(tmp_path, "plan.toml", "people.csv", "é" * 150)
    assert "cannot be read" in problems(tmp_path)[0].message


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere", "does not exist"), ("people.csv", "is not a folder")]
)
def test_the_case_itself_must_be_a_folder(tmp_path, name, words):
    write(tmp_path, GOOD)
    (problem,) = problems(tmp_path / name)
    assert problem.file.endswith(name)
    assert words in problem.message


def test_alternatives_must_be_a_folder_of_different_funds(tmp_path):
    write(tmp_path, {**GOOD, "alternatives/again.toml": GOOD[ALTERNATIVE]})
    (problem,) = problems(tmp_path)
    assert (problem.file, problem.line) == (ALTERNATIVE, 1)
    assert "is also that of alternatives/again.toml" in problem.message
    other = write(tmp_path / "other", {name: text for name, text in GOOD.items() if name != ALTERNATIVE})
    (other / "alternatives").write_text("")
    assert [(item.file, item.message) for item in problems(other)] == [
        ("alternatives", "this is not a folder")
    ]


def test_many_bad_rows_are_counted_not_listed(tmp_path):
    rows = "1980,x,1,0\n" * 200
    write(tmp_path, {**GOOD, "people.csv": "birth_year,pay,balance,deferral\n" + rows})
    found = problems(tmp_path)
    assert len(found) == 51
    assert found[-1].message == "and 150 more problems in this file"
