"""What docs/case-folder.md shows is true: its files load, and its errors are the errors."""

import re

from case_files import PAGE, page_files, problems, write

from alts401k.terms.census import OLDEST, RETIRED, YOUNGEST
from alts401k.terms.fund import Unfilled
from alts401k.verbs.check import check

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_files_of_the_page_are_a_case_that_checks(tmp_path):
    files = page_files()
    assert len(files) == TEXT.count("```toml") + TEXT.count("```csv") == 6
    report = check(write(tmp_path / "small", files))
    assert (report.people, report.people_from, report.terms_public) == (5, "people.csv", 1)
    assert report.fund in TEXT


def test_people_of_67_are_counted_apart_and_said(tmp_path):
    files = page_files()
    files["people.csv"] += "1958,50000,90000,0.05\n1940,50000,90000,0.05\n"
    report = check(write(tmp_path / "small", files))
    assert (report.people, report.left_out_67, report.data["left_out_67"]) == (5, 2, 2)
    assert "People  5 from people.csv; 2 more are 67 or older and left out" in str(report)


def test_the_errors_of_the_page_are_the_errors(tmp_path):
    files = page_files()
    fund = files["fund.toml"].replace("gates =", "gate =").replace("[0.10, 0.50]", "[0.09, 0.50]")
    files["fund.toml"] = fund.replace("gate_pct_period = 0.05", "gate_pct_period = 5")
    files["people.csv"] = files["people.csv"].replace("71000,0.07", "71000,7")
    shown = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL).group(1).splitlines()
    assert [str(item) for item in problems(write(tmp_path, files))] == shown


def test_the_numbers_and_words_of_the_page_are_those_of_the_code():
    assert f"{YOUNGEST} to {OLDEST}" in TEXT
    assert f"until the youngest person is {RETIRED}" in TEXT
    for word in Unfilled.__args__:
        assert f'"{word}"' in TEXT
