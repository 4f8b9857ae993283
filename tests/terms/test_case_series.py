"""A case with its own return series and scenarios: read with the rest, hashed, and wrong with the rest."""

from hashlib import sha256

import pytest
from case_files import load, page_files, problems, write

GOOD = page_files()
OWN = """
[series]
file = "metals.csv"

[assets.silver]
expected_return = 0.03
basis = "gross"
source = "A test"
"""


def returns(months: int, *names: str) -> str:
    rows = [f"{2000 + i // 12}-{i % 12 + 1:02d}" + f",{0.01 * (i % 5 - 2):g}" * len(names) for i in range(months)]
    return "\n".join([",".join(("date", *names)), *rows]) + "\n"


def files(own: str = OWN, **more: str) -> dict[str, str]:
    cut = GOOD["assumptions.toml"].index("[assets.private_debt]")
    head, rest = GOOD["assumptions.toml"][:cut], GOOD["assumptions.toml"][cut:]
    return {**GOOD, "assumptions.toml": head + own.lstrip() + rest, **more}


def test_series_are_read_and_hashed_with_the_case(tmp_path):
    text = returns(30, "silver", "platinum")
    case = load(write(tmp_path, files(**{"metals.csv": text})))
    assert case.series.names == ("silver", "platinum") and len(case.series.months) == 30
    assert dict(case.files)["metals.csv"] == sha256(text.encode()).hexdigest()
    assert case.scenarios is None and case.assumptions.assets["silver"].sd is None


def test_a_case_without_series_has_none(tmp_path):
    case = load(write(tmp_path, GOOD))
    assert case.series is None and case.scenarios is None
    assert case.assumptions.generator.kind == "lognormal"


def test_prices_are_read_as_prices(tmp_path):
    own = OWN.replace('"metals.csv"', '"metals.csv"\nkind = "prices"')
    text = returns(30, "silver").replace(",0\n", ",0.03\n").replace(",-", ",")
    assert load(write(tmp_path, files(own, **{"metals.csv": text}))).series.of("silver")[0] is None


def only(tmp_path, content: dict[str, str]) -> tuple[str, int | None, str, str]:
    (problem,) = problems(write(tmp_path, content))
    return problem


def line(content: dict[str, str], words: str) -> int:
    text = content["assumptions.toml"]
    return text[: text.index(words)].count("\n") + 1


def test_an_asset_without_risk_needs_a_column(tmp_path):
    content = files(**{"metals.csv": returns(30, "sliver")})
    problem = only(tmp_path, content)
    assert problem[:2] == ("assumptions.toml", line(content, "[assets.silver]"))
    assert 'has no sd, and metals.csv has no column "silver"' in problem.message
    assert problem.fix.startswith('Did you mean "sliver"?')


@pytest.mark.parametrize(("months", "wrong"), [(23, True), (24, False)])
def test_a_column_needs_two_years(tmp_path, months, wrong):
    found = problems(write(tmp_path, files(**{"metals.csv": returns(months, "silver")})))
    assert ["has 23 months" in item.message for item in found] == [True] * wrong


def test_stated_risk_needs_no_column(tmp_path):
    content = files(OWN.replace('basis = "gross"', 'sd = 0.3\nbasis = "gross"'), **{"metals.csv": returns(3, "tin")})
    assert problems(write(tmp_path, content)) == []


def test_a_file_that_is_missing_or_wrong_is_told_with_the_rest(tmp_path):
    content = files(**{"people.csv": GOOD["people.csv"].replace("0.10", "10")})
    found = problems(write(tmp_path, content))
    assert [(item.file, item.line) for item in found] == [("people.csv", 5), ("metals.csv", None)]
    assert found[1].message == "this file is missing"
    content["metals.csv"] = returns(30, "silver").replace("2001-02", "2001-2").replace("2001-03,", "2001-03,x")
    found = problems(write(tmp_path, content))
    assert [(item.file, item.line) for item in found] == [("people.csv", 5), ("metals.csv", 15), ("metals.csv", 16)]


def test_scenarios_are_read_and_hashed_with_the_case(tmp_path):
    own = '[generator]\nkind = "scenarios"\nscenarios = "ours.csv"\n'
    text = "scenario,month,cash,us_large_cap\n1,1,0.01,0.02\n1,2,0.0,0.0\n2,1,0.0,0.5\n2,2,0.0,0.0\n"
    case = load(write(tmp_path, files(own, **{"ours.csv": text})))
    assert case.scenarios.growth.shape == (2, 2, 2) and case.scenarios.growth[1, 0, 1] == 1.5
    assert dict(case.files)["ours.csv"] == sha256(text.encode()).hexdigest()
    gross = own + 'scenario_returns = "gross"\n'
    (problem,) = problems(write(tmp_path, files(gross, **{"ours.csv": text.replace("0.01,0.02", "1.01,-1.02")})))[:1]
    assert (problem.file, problem.line) == ("ours.csv", 2)


@pytest.mark.parametrize(("name", "words"), [("../x.csv", "is not a file of this folder"),
                                             ("fund.toml", "is already another file of the case"),
                                             ("people.csv", "is already another file of the case"),
                                             ("none.csv", "this file is missing")])
def test_a_scenario_file_is_a_file_of_its_own_in_the_folder(tmp_path, name, words):
    own = f'[generator]\nkind = "scenarios"\nscenarios = "{name}"\n'
    assert words in only(tmp_path, files(own)).message
