"""A managed account: fed with age alone it is the vintage and a fee; fed with more it places people and asks them."""

import re

import numpy as np
import pytest
from case_maker import EXAMPLES, WORLD, Private, asset, assumptions, census, family, plan, write

from alts401k.units import Problems
from alts401k.verbs.gather import gather
from alts401k.verbs.managed import managed_account
from alts401k.verbs.people import performance
from alts401k.verbs.study import fund_pass

FEE = "fee = 0.004"
EVERYTHING = ("age", "pay", "balance", "deferral")
PATH = """most_years = 20.0
[managed_account.path]
ages = [30, 60]
balance_to_pay = [1.0, 4.0]
deferral = 0.08
"""
ROWS = (
    (1996, 55_000, 5_000, 0.06),
    (1990, 70_000, 900_000, 0.08),
    (1981, 85_000, 150_000, 0.10),
    (1974, 60_000, 90_000, 0.0),
    (1968, 110_000, 45_000, 0.12),
    (1961, 50_000, 200_000, 0.05),
)
WEIGHTS = {"private": [0.3, 0.1], "stocks": [0.5, 0.4], "bonds": [0.2, 0.5]}
TERMS = {
    "years": (30, 0),
    "private": Private(target=0.15, minimum=0.1, maximum=0.25, gate=0.05, block_gate=0.05, smoothing=0.4),
    "rebalance": {"slow_band": 0.02},
    "regime": {},
}


def case(folder, table, rows=ROWS, *, weights=WEIGHTS, trustee_fee=0.0, opted=()):
    """A family of two vintages with this table, against the same family without private sleeves."""
    people = census(*rows)
    if opted:
        head, *lines = people.splitlines()
        people = "\n".join([f"{head},opt_in", *(f"{x},{y}" for x, y in zip(lines, opted, strict=True))]) + "\n"
    return write(
        folder,
        fund=family(weights, trustee_fee=trustee_fee, **TERMS) + table,
        baseline=family({"stocks": [0.7, 0.5], "bonds": [0.3, 0.5]}, years=(30, 0), rebalance={}, regime={}),
        people=people,
        plan=plan(turnover_yearly=0.1),
        assumptions=assumptions(*WORLD, asset("unused", 0.05), inflation=0.02),
    )


def ran(folder):
    """The case's people joined, and everything said of them."""
    g = gather(folder)
    run = fund_pass(g, 30, 3)
    return g, run, performance(g, run)


def told(*words, rest=""):
    """The table of a service that is told these words of each person."""
    return f"\n[managed_account]\nuses = {list(words)}\n{FEE}\nyears_earlier = 20.0\n{rest}"


def test_age_alone_is_the_vintage_and_the_fee(tmp_path):
    """Whatever else the table says: the people's results are those of the fund that charges the fee as a layer."""
    rest = "opt_in_share = 0.3\n" + PATH
    _, run, with_service = ran(case(tmp_path / "a", told("age", rest=rest)))
    _, plain, without = ran(case(tmp_path / "b", "", trustee_fee=0.004))
    assert with_service == without
    assert np.array_equal(run.paths[0].value, plain.paths[0].value)
    _, _, free = ran(case(tmp_path / "c", told("age", rest=rest).replace(FEE, "fee = 0.0")))
    _, _, nothing = ran(case(tmp_path / "d", ""))
    assert free == nothing != with_service


def test_the_service_says_what_it_is_told_and_names_example_l2(tmp_path):
    """Fed with age alone the note has the example's facts; fed with more it counts who is moved."""
    g, run, _ = ran(case(tmp_path / "a", told("age")))
    said = managed_account(g, run.joined[0])
    assert (said["same_as_vintage"], said["same_vintage"], said["opted_in"]) == (True, 1.0, None)
    assert said["not_told"] == ["pay", "balance", "deferral", "opt_in"] and said["example"] == "l2"
    assert "example l2" in said["note"] and "not in force" in said["note"] and "0.40%" in said["note"]
    assert "not a finding of breach" in said["note"]
    g, run, _ = ran(case(tmp_path / "b", told(*EVERYTHING, rest=PATH)))
    said = managed_account(g, run.joined[0])
    assert said["same_as_vintage"] is False
    assert said["moved_earlier"] == pytest.approx(1 / 6) and said["moved_later"] == pytest.approx(1 / 6)
    assert managed_account(gather(case(tmp_path / "c", "")), run.joined[0]) is None


def test_who_is_ahead_gets_an_earlier_year_and_who_is_behind_a_later_one(tmp_path):
    """Born 1990 with thirteen years of pay saved: 2040 instead of 2060. Born 1968 with little: 2060 instead of 2040."""
    g, run, _ = ran(case(tmp_path / "a", told(*EVERYTHING, rest=PATH)))
    born = dict(zip(g.people.birth_year.tolist(), run.joined[0].vintage.tolist(), strict=True))
    by_age = {1961: 0, 1968: 0, 1974: 0, 1981: 0, 1990: 1, 1996: 1}
    assert {year: v for year, v in born.items() if v != by_age[year]} == {1990: 0, 1974: 1}


def test_opting_in_is_having_private_sleeves_or_not(tmp_path):
    """Who the census says opted in has the fund's own weights, the others its listed sleeves pro rata."""
    opted = (1, 0, 1, 0, 1, 0)
    g, run, _ = ran(case(tmp_path / "a", told("age", "opt_in"), opted=opted))
    vintage = dict(zip(g.people.birth_year.tolist(), run.joined[0].vintage.tolist(), strict=True))
    assert vintage == {1996: 1, 1990: 3, 1981: 0, 1974: 2, 1968: 0, 1961: 2}
    assert run.paths[0].value.shape[1] == 4
    # between the columns a share of a sum is not a sum of shares: a path of one column compares them exactly
    flat = {"private": [0.3] * 2, "stocks": [0.5] * 2, "bonds": [0.2] * 2}
    nobody = {"private": [0.0] * 2, "stocks": [0.5 / 0.7] * 2, "bonds": [0.2 / 0.7] * 2}
    split = ran(case(tmp_path / "c", told("age", "opt_in"), opted=opted, weights=flat))[1].paths[0].value
    without = ran(case(tmp_path / "d", told("age"), opted=opted, weights=nobody))[1].paths[0].value
    for v, years in ((0, 16), (1, 32)):  # until the youngest of them is 67, after which nobody holds the portfolio
        assert split[:, 2 + v, :years] == pytest.approx(without[:, v, :years], rel=1e-9)


def test_a_share_of_everybody_is_between_all_and_none(tmp_path):
    """Opting in of 100% is the table without the question; of 0% nobody has private sleeves; people are not counted
    twice."""
    found = {}
    for share in (0.0, 0.25, 1.0):
        table = told("age", "opt_in", rest=f"opt_in_share = {share}\n")
        g, run, data = ran(case(tmp_path / str(share), table))
        assert g.n_people == len(ROWS)
        assert managed_account(g, run.joined[0])["opted_in"] == pytest.approx(share)
        found[share] = data["wealth_usd"]["proposed"]["p50"]
    assert found[1.0] == ran(case(tmp_path / "all", told("age")))[2]["wealth_usd"]["proposed"]["p50"]
    assert found[0.0] != found[0.25] != found[1.0]


@pytest.mark.parametrize(
    ("rest", "opted", "message"),
    [("", (), "nothing says who opted in"), ("opt_in_share = 0.3\n", (1, 0, 1, 0, 1, 0), "both say who")],
)
def test_who_opted_in_is_said_once(tmp_path, rest, opted, message):
    """By the census or by a share: neither and both are problems of the fund's file."""
    folder = case(tmp_path, told("age", "opt_in", rest=rest), opted=opted)
    with pytest.raises(Problems, match=message) as raised:
        gather(folder)
    assert [item.file for item in raised.value.items] == ["fund.toml"]


def test_the_example_fed_with_age_alone_has_the_plain_vintages(tmp_path):
    """The example with one line changed: everybody in the vintage of their age, and the report's note says so."""
    files = {}
    for path in (EXAMPLES / "managed-account").glob("*.toml"):
        files[path.stem] = path.read_text(encoding="utf-8")
    files["fund"] = re.sub(r"(?m)^uses = .*$", 'uses = ["age"]', files["fund"])
    g = gather(write(tmp_path / "case", **files))
    joined = fund_pass(g, 2, 1).joined
    assert np.array_equal(joined[0].vintage, joined[1].vintage)
    assert managed_account(g, joined[0])["same_as_vintage"] is True
