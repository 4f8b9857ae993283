"""Census or named population: who counts, who is left out, and that equal rows are one type with a weight."""

import numpy as np
import pytest
from case_maker import HEADLINES, Private, asset, assumptions, census, family, plan, sections, write

from alts401k.verbs.evaluate import evaluate
from alts401k.world import people as world_people

WORLD = (
    asset("stocks", 0.07, 0.17),
    asset("bonds", 0.045, 0.06),
    asset("private", 0.09, 0.28),
    asset("liquid", 0.03, 0.01),
)
FUND = family(
    {"private": [0.2, 0.1], "stocks": [0.6, 0.4], "bonds": [0.2, 0.5]},
    years=(30, 0),
    regime={},
    rebalance={"slow_band": 0.02},
    private=Private(
        target=0.15, minimum=0.1, maximum=0.25, gate=0.05, block_gate=0.05, smoothing=0.4, lag_months=2
    ),
)
TODAY = family({"stocks": [0.8, 0.5], "bonds": [0.2, 0.5]}, years=(30, 0), rebalance={}, regime={})
ROWS = (
    (1996, 55_000, 5_000, 0.06),
    (1990, 70_000, 60_000, 0.08),
    (1981, 85_000, 150_000, 0.10),
    (1974, 60_000, 90_000, 0.0),
    (1968, 110_000, 450_000, 0.12),
    (1961, 50_000, 200_000, 0.05),
)
RETIRED = ((1958, 80_000, 900_000, 0.10), (1945, 0, 300_000, 0.0))
PENNILESS = ((1985, 0, 0, 0.10), (1992, 40_000, 0, 0.0))


def case(folder, rows, **keys):
    """A case with these people."""
    keys.setdefault("turnover_yearly", 0.1)
    return write(
        folder,
        fund=FUND,
        baseline=TODAY,
        people=census(*rows),
        plan=plan(**keys),
        assumptions=assumptions(*WORLD, inflation=0.02),
    )


def same(a, b, tolerance):
    """Whether two trees of results agree: words and counts exactly, numbers within a relative tolerance."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            same(a[key], b[key], tolerance)
    elif isinstance(a, list):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y, tolerance)
    elif isinstance(a, float):
        assert a == pytest.approx(b, rel=tolerance, abs=tolerance)
    else:
        assert a == b


def apart(data, *keys):
    """Results without what says who was counted, which doubles with the rows."""
    rest = {key: value for key, value in data.items() if key not in ("run", *keys)}
    rest["performance"] = {
        k: [{x: y for x, y in row.items() if x != "people"} for row in v] if k == "by_age" else v
        for k, v in data["performance"].items()
    }
    return rest


def test_the_order_of_rows_says_nothing(tmp_path):
    """The same people from oldest to youngest: the same numbers to the last bit."""
    one = sections(case(tmp_path / "a", ROWS), paths=40, seed=2)
    other = sections(case(tmp_path / "b", ROWS[::-1]), paths=40, seed=2)
    assert apart(one) == apart(other)


def test_every_row_twice_changes_nothing(tmp_path):
    """Equal people are one type of double weight; only the plan's own dollars double."""
    once = sections(case(tmp_path / "a", ROWS), paths=40, seed=2)
    twice = sections(case(tmp_path / "b", ROWS + ROWS), paths=40, seed=2)
    assert (once["run"]["people"], twice["run"]["people"]) == (6, 12)
    same(apart(once, "valuation"), apart(twice, "valuation"), 1e-9)
    same(once["valuation"]["marks"], twice["valuation"]["marks"], 1e-9)
    for name in ("leavers", "joiners", "stayers"):
        dollars = [data["valuation"]["dilution_usd_per_year"][name] for data in (once, twice)]
        assert dollars[1] == pytest.approx(2.0 * dollars[0], rel=1e-9, abs=1e-6)


def test_who_is_67_or_has_nothing_is_left_out_and_counted(tmp_path):
    """They change no number, and are named in the results and the report."""
    folder = case(tmp_path / "b", ROWS + RETIRED + PENNILESS)
    some = sections(case(tmp_path / "a", ROWS), paths=40, seed=2)
    all_ = sections(folder, paths=40, seed=2)
    run = all_["run"]
    assert (run["people"], run["left_out_67"], run["left_out_without_money"]) == (6, 2, 2)
    assert (some["run"]["left_out_67"], some["run"]["left_out_without_money"]) == (0, 0)
    assert apart(all_) == apart(some)
    assert run["years"] == some["run"]["years"] == 38
    page = evaluate(folder, paths=2, seed=2, out=tmp_path / "out").report_path.read_text(encoding="utf-8")
    assert "67" in page and "left out" in page


def test_somebody_without_pay_has_wealth_and_no_replacement(tmp_path):
    """Income over no pay is not a number: such a person counts in wealth and is left out of the ratio."""
    rows = (*ROWS, (1980, 0, 250_000, 0.0))
    data = sections(case(tmp_path / "a", rows), paths=40, seed=2)
    assert data["run"]["people"] == 7
    with_pay = sections(case(tmp_path / "b", ROWS), paths=40, seed=2)
    assert data["performance"]["wealth_usd"] != with_pay["performance"]["wealth_usd"]
    for value in data["performance"]["income_replacement"]["proposed"].values():
        assert 0.0 < value < 100.0


def test_a_year_less_to_work_for_an_older_person(tmp_path):
    """The run is as long as the youngest works; a person of 66 makes one year."""
    assert sections(case(tmp_path / "a", ((1959, 50_000, 10_000, 0.1),)), paths=2)["run"]["years"] == 1
    assert sections(case(tmp_path / "b", ((2009, 10_000, 0, 0.1),)), paths=2)["run"]["years"] == 51


def test_a_named_population_is_its_census(tmp_path):
    """The shipped people written out as a census file: the same results."""
    folder = case(tmp_path / "case", ROWS, population='"cps-2026"', census=None)
    named = sections(folder, paths=10, seed=2)
    people = world_people.population("cps-2026")
    rows = zip(people.birth_year.tolist(), *(column.tolist() for column in people[1:4]), strict=True)
    listed = sections(case(tmp_path / "listed", rows), paths=10, seed=2)
    assert named["run"]["people"] == listed["run"]["people"] == 5_000
    assert named["run"]["years"] == 40
    assert apart(named) == apart(listed)
    assert (named["run"]["population"], listed["run"]["population"]) == ("cps-2026", "people.csv")


def large_census(folder):
    """7,000 people of 22 to 66, hardly two alike."""
    noise = np.random.Generator(np.random.PCG64(4))
    age = noise.integers(22, 67, 7_000)
    pay = np.round(np.exp(noise.normal(11.0, 0.5, 7_000)), 2)
    balance = np.round(pay * np.maximum(0, age - 25) * np.exp(noise.normal(-2.3, 0.8, 7_000)), 2)
    deferral = np.round(noise.choice([0.0, 0.03, 0.06, 0.10, 0.15], 7_000), 2)
    return case(
        folder, zip((2025 - age).tolist(), pay.tolist(), balance.tolist(), deferral.tolist(), strict=True)
    )


def test_a_large_census_is_clustered_and_hardly_moves(tmp_path, monkeypatch):
    """Fewer types than people, and numbers near those of everybody: paired headlines within 0.001, the change of the
    5th percentile within 0.01, the 5th percentile and the median of wealth within 3%."""
    folder, sizes = large_census(tmp_path / "case"), []
    shipped = world_people.grouped

    def counted(people, *limit):
        types = shipped(people, *limit)
        sizes.append(len(types.weight))
        return types

    monkeypatch.setattr(world_people, "grouped", counted)
    clustered = sections(folder, paths=100, seed=2)
    monkeypatch.setattr(world_people, "grouped", lambda people: counted(people, 10**6))
    every = sections(folder, paths=100, seed=2)
    assert sizes[0] < 6_000 < 6_800 < sizes[1]
    assert clustered["run"]["people"] == every["run"]["people"]
    for name in HEADLINES:
        said = [data["performance"]["paired"][name] for data in (clustered, every)]
        limit = 0.01 if name == "wealth_p5_change" else 0.001
        assert said[0]["value"] == pytest.approx(said[1]["value"], abs=limit), name
        assert said[0]["standard_error"] == pytest.approx(said[1]["standard_error"], rel=0.1), name
    for fund in ("proposed", "baseline"):
        wealth = [data["performance"]["wealth_usd"][fund] for data in (clustered, every)]
        for q in ("p5", "p50"):
            assert wealth[0][q] == pytest.approx(wealth[1][q], rel=0.03), (fund, q)
    same(clustered["fees"], every["fees"], 1e-3)
