"""Managed accounts and repurchases in fund documents: each guard with the document that trips it, and the rule."""

import re
import tomllib
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from case_files import PAGE, load, page_files, problems, write
from pydantic import ValidationError

from alts401k.terms.fund import Fund
from alts401k.terms.periods import asks_opt_in, portfolio_targets, portfolios, targets
from alts401k.terms.resolve import portfolio_for, saving_ratio, vintage_for, years_left

GOOD = page_files()
AS_OF = date(2025, 12, 31)
ACCOUNT = """
[managed_account]
uses = ["age", "pay", "balance", "deferral", "opt_in"]
fee = 0.0035
years_earlier = 10.0
most_years = 20.0
private_cap = 0.10
opt_in_share = 0.4
[managed_account.path]
ages = [30, 60]
balance_to_pay = [1.0, 4.0]
deferral = 0.08
"""
REPURCHASE = """
[repurchase]
every_months = 3
limit = 0.05
notice_days = 14
payment_days = 7
"""
# text taken away, text put in its place, the message, and the line of the added text where it stands (0 = the first)
ACCOUNT_EDITS = [
    ('"age", ', "", "managed_account.uses has no age", 2),
    ('"pay", ', "", "managed_account.uses has balance and no pay", 2),
    ('"deferral", ', '"deferral", "age", ', 'managed_account.uses lists "age" twice', 2),
    ('"deferral"', '"savings"', 'managed_account.uses[3] is "savings"', 2),
    ("fee = 0.0035", "fee = 0.6", "managed_account.fee is 0.6 = 60%, must be at most 0.5", 3),
    ("fee = 0.0035\n", "", 'managed_account: missing key "fee"', 1),
    ("years_earlier = 10.0", "years_earlier = 50.0", "managed_account.years_earlier is 50.0, must be at most 40", 4),
    ("most_years = 20.0", "most_years = -1.0", "managed_account.most_years is -1.0, must be at least 0", 5),
    ("private_cap = 0.10", "private_cap = 0.09", "private sleeves have 0.1 of the account, above private_cap 0.09", 6),
    ("opt_in_share = 0.4", "opt_in_share = 40", "managed_account.opt_in_share is 40 = 4000%, must be at most 1", 7),
    ("ages = [30, 60]", "ages = [60, 30]", "managed_account.path.ages: 30 follows 60", 9),
    ("[1.0, 4.0]", "[1.0]", "managed_account.path has 1 balances and 2 ages", 10),
    ("deferral = 0.08", "deferal = 0.08", 'managed_account.path: unknown key "deferal"', 11),
    (ACCOUNT[ACCOUNT.index("[managed_account.path]") :], "", "uses balance or deferral and has no path", 1),
]
REPURCHASE_EDITS = [
    ("every_months = 3", "every_months = 4", "repurchase.every_months is 4", 2),
    ("limit = 0.05", "limit = 5", "repurchase.limit is 5 = 500%, must be at most 1 = 100%", 3),
    ("limit = 0.05", "limit = 0.0", "repurchase.limit is 0 = 0%, must be at least 0.001 = 0.1%", 3),
    ("notice_days = 14\n", "", 'repurchase: missing key "notice_days"', 1),
    ("payment_days = 7", "payment_days = 400", "repurchase.payment_days is 400, must be at most 366", 5),
    ("payment_days = 7", 'payment_days = 7\nunfilled = "CARRY"', "repurchase.unfilled is CARRY, which this version", 6),
]
ROWS = [(ACCOUNT, *edit) for edit in ACCOUNT_EDITS] + [(REPURCHASE, *edit) for edit in REPURCHASE_EDITS]


def case(folder, added, fund=GOOD["fund.toml"]):
    """The page's case with text at the end of its fund."""
    return write(folder, {**GOOD, "fund.toml": fund + added})


def fund_of(added="", change=lambda text: text):
    """The page's fund with text at its end."""
    return Fund.model_validate(tomllib.loads(change(GOOD["fund.toml"]) + added))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[3]}"[:70] for row in ROWS])
def test_each_error_has_its_line_and_words(tmp_path, row):
    text, old, new, message, line = row
    assert old in text
    found = problems(case(tmp_path, text.replace(old, new, 1)))
    here = GOOD["fund.toml"].count("\n") + 1 + line
    assert (here, True) in [(item.line, message in item.message) for item in found]
    assert {item.file for item in found} == {"fund.toml"} and all(item.fix for item in found)


@pytest.mark.parametrize("added", [ACCOUNT, REPURCHASE, ACCOUNT.replace("0.10", "0.1000000001")])
def test_the_tables_without_an_edit_have_no_error(tmp_path, added):
    assert problems(case(tmp_path, added)) == []


def test_a_fund_offered_directly_says_how_it_buys_back(tmp_path):
    """Interval and tender-offer funds only: a trust deals daily unless it says otherwise."""
    for kind in ("INTERVAL_23C3", "TENDER_13E4"):
        fund = GOOD["fund.toml"].replace('"CIT"', f'"{kind}"', 1)
        (problem,) = problems(case(tmp_path, "", fund))
        assert problem.line == 2 and f"vehicle_type is {kind}" in problem.message and "[repurchase]" in problem.fix
        assert problems(case(tmp_path, REPURCHASE, fund)) == []


def test_a_service_needs_vintages_to_choose_from(tmp_path):
    fund = GOOD["fund.toml"].replace("vintages = [2035, 2055]\n", "").replace("[30,   0]", "[0]")
    for row in ("[0.80, 0.40]", "[0.10, 0.50]", "[0.10, 0.10]"):
        fund = fund.replace(row, f"[{row[1:5]}]")
    assert problems(case(tmp_path, "", fund)) == []
    assert ["no vintages to choose from" in item.message for item in problems(case(tmp_path, ACCOUNT, fund))] == [True]


def test_opting_in_needs_private_sleeves_and_listed_ones(tmp_path):
    """Neither a fund without the one nor a column without the other has anything to choose."""
    fund = GOOD["baseline.toml"]
    found = problems(case(tmp_path, ACCOUNT, fund))
    assert [item.message for item in found] == ["managed_account.uses has opt_in, and no sleeve is private"]
    assert problems(case(tmp_path, ACCOUNT.replace(', "opt_in"', ""), fund)) == []
    fund = GOOD["fund.toml"]
    for old, new in (("[0.80, 0.40]", "[0.0, 0.40]"), ("[0.10, 0.50]", "[0.0, 0.50]"), ("[0.10, 0.10]", "[1.0, 0.10]")):
        fund = fund.replace(old, new)
    found = problems(case(tmp_path, ACCOUNT.replace("private_cap = 0.10", ""), fund))
    assert ["a column has private sleeves only" in item.message for item in found] == [True]
    assert problems(case(tmp_path, ACCOUNT.replace("private_cap = 0.10", "").replace(', "opt_in"', ""), fund)) == []


def test_objects_made_in_code_are_checked_too():
    with pytest.raises(ValidationError, match="has no age"):
        fund_of(ACCOUNT.replace('"age", ', ""))
    with pytest.raises(ValidationError, match="buys units back on dates of its own"):
        fund_of(change=lambda text: text.replace('"CIT"', '"INTERVAL_23C3"', 1))


def test_terms_of_the_tables_can_be_published_and_are_counted():
    public, assumed = fund_of().term_counts()
    cited = '[[public_terms]]\nkey = "managed_account.private_cap"\ncite = "A press report, 2025"\n'
    assert fund_of(ACCOUNT + cited).term_counts() == (public + 1, assumed + 8)


def test_portfolios_are_the_vintages_and_the_same_ones_without_private_sleeves():
    """Weights of the second set are the listed ones over their sum, on every date of the glide path."""
    plain, asked = fund_of(), fund_of(ACCOUNT)
    fed_less = fund_of(ACCOUNT.replace(', "opt_in"', ""))
    assert [asks_opt_in(fund) for fund in (plain, asked, fed_less)] == [False, True, False]
    assert [portfolios(fund) for fund in (plain, asked, fed_less)] == [2, 4, 2]
    for left in (40.0, 12.5, 0.0, -3.0):
        weight = targets(asked, left)
        assert portfolio_targets(asked, 1, left) == weight == portfolio_targets(plain, 1, left)
        listed = portfolio_targets(asked, 3, left)
        assert listed["private_credit"] == 0.0 and sum(listed.values()) == pytest.approx(1.0, rel=1e-14)
        assert listed["stocks"] / listed["bonds"] == pytest.approx(weight["stocks"] / weight["bonds"], rel=1e-14)
    assert [years_left(asked, v, AS_OF, 1) for v in range(4)] == [9.0, 29.0, 9.0, 29.0]


# birth year, pay, balance, deferral: on the path at 45, ahead, behind, without pay, past 65
PEOPLE = SimpleNamespace(
    birth_year=np.array([1980, 1980, 1980, 1980, 1959]),
    pay=np.array([100.0, 100.0, 100.0, 0.0, 100.0]),
    balance=np.array([250.0, 660.0, 0.0, 500.0, 800.0]),
    deferral=np.array([0.08, 0.08, 0.04, 0.0, 0.0]),
)


def placed(fund, opted=None):
    """Portfolio of each of the people."""
    return portfolio_for(fund, AS_OF, PEOPLE.birth_year, PEOPLE.pay, PEOPLE.balance, PEOPLE.deferral, opted).tolist()


def test_the_saving_ratio_is_the_pages():
    """(balance / pay + deferral x years) / (path's balance + path's deferral x years), worked by hand."""
    account = fund_of(ACCOUNT).managed_account
    age = 2025 - PEOPLE.birth_year
    found = saving_ratio(account, age, PEOPLE.pay, PEOPLE.balance, PEOPLE.deferral)
    # at 45: path 2.5 + 0.08 x 20 = 4.1; at 66 the path's balance is that of 60, and no year is left
    assert found == pytest.approx([1.0, 8.2 / 4.1, 0.8 / 4.1, 1.0, 8.0 / 4.0])
    only = fund_of(ACCOUNT.replace('"pay", "balance", ', "")).managed_account
    found = saving_ratio(only, age, PEOPLE.pay, PEOPLE.balance, PEOPLE.deferral)
    assert found == pytest.approx([1.0, 1.0, 0.5, 0.0, 1.0])
    told_pay = fund_of(ACCOUNT.replace('"balance", "deferral", ', "")).managed_account
    assert saving_ratio(told_pay, age, PEOPLE.pay, PEOPLE.balance, PEOPLE.deferral).tolist() == [1.0] * 5


def test_people_are_placed_by_the_rule_and_the_limit_of_the_move():
    """Born 1980: 2045 lies between 2035 and 2055, the earlier wins; twice the path moves 10 years earlier, a fifth of
    it eight later."""
    fund = fund_of(ACCOUNT.replace(', "opt_in"', ""))
    assert placed(fund) == [0, 0, 1, 0, 0]
    told = ACCOUNT.replace(', "opt_in"', "")
    assert placed(fund_of(told.replace("most_years = 20.0", "most_years = 0.0"))) == [0] * 5
    assert placed(fund_of(told.replace("= 10.0", "= -10.0"))) == [0, 1, 0, 0, 0]
    wide = fund_of(told, lambda text: text.replace("[2035, 2055]", "[2035, 2045, 2055]"))
    assert placed(wide) == [1, 0, 2, 1, 0]


def test_age_alone_and_no_table_are_the_vintage_of_the_year_of_birth():
    births = np.arange(1955, 2010)
    ones = np.ones(len(births))
    for fund in (fund_of(), fund_of(ACCOUNT.replace('"pay", "balance", "deferral", "opt_in"', ""))):
        found = portfolio_for(fund, AS_OF, births, ones, 50 * ones, ones, None)
        assert found.tolist() == vintage_for(fund, births).tolist()


def test_opting_in_chooses_the_set_and_is_needed():
    fund = fund_of(ACCOUNT)
    assert placed(fund, np.array([True, False, True, False, False])) == [0, 2, 1, 2, 2]
    with pytest.raises(ValueError, match="nobody was asked"):
        placed(fund)


def test_the_pages_tables_are_documents(tmp_path):
    """What the page shows indented loads when it is added to the page's fund."""
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"(?m)(?:^    \[(?:managed_account|repurchase).*\n(?:^(?:    .*)?\n)*)", text)
    assert len(shown) == 2
    for part in shown:
        lines = "\n".join(line[4:] for line in part.splitlines())
        loaded = load(case(tmp_path, "\n" + lines + "\n")).fund
        assert loaded.managed_account or loaded.repurchase


def test_a_census_may_say_who_opted_in(tmp_path):
    """A column of 1 and 0, in any place; what else it holds is an error of its row."""
    head, *rows = GOOD["people.csv"].splitlines()
    answers = ["1", "0", "1", "1", "0"]
    asked = "\n".join([f"opt_in,{head}", *(f"{x},{row}" for x, row in zip(answers, rows, strict=True))]) + "\n"
    assert [one.opt_in for one in load(write(tmp_path, {**GOOD, "people.csv": asked})).census] == [
        *(True, False, True, True, False)
    ]
    for wrong, message in (("yes", 'opt_in is "yes", not 1 or 0'), ("", "opt_in is empty")):
        found = problems(write(tmp_path, {**GOOD, "people.csv": asked.replace("0,1985", f"{wrong},1985")}))
        assert [(item.file, item.line, item.message) for item in found] == [("people.csv", 3, message)]
    found = problems(write(tmp_path, {**GOOD, "people.csv": asked.replace("opt_in", "opt-in")}))
    assert 'unknown column "opt-in"' in found[0].message and 'Did you mean "opt_in"?' in found[0].fix
    twice = asked.replace("birth_year", "opt_in")
    found = problems(write(tmp_path, {**GOOD, "people.csv": twice}))
    assert 'column "opt_in" is there 2 times' in [item.message for item in found]
