"""Factor (k) of real documents: composite weights and indices by hand, the four answers, PME, and the proxy."""

from pathlib import Path

import numpy as np
import pytest

from alts401k.measure import benchmark as measure
from alts401k.simulate import tally
from alts401k.simulate.members import Joined
from alts401k.simulate.paths import Members
from alts401k.simulate.portfolio import Values
from alts401k.simulate.run import FundPaths
from alts401k.terms.periods import portfolio_targets
from alts401k.terms.resolve import common_slots, resolve, union, years_left
from alts401k.verbs import benchmark, sections
from alts401k.verbs.gather import Gathered, read_case
from alts401k.world import market as markets

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CASE = read_case(EXAMPLES / "target-date-cit")
MARKET = markets.build(CASE.assumptions)
YEARS, V = 6, len(CASE.fund.vintages)
SLOW = ("private_credit", "private_equity")
SLOTS = union((CASE.fund, CASE.baseline))


def joined(n_vintages=V, dollars=None):
    """People as a run leaves them: dollars by vintage, the same in every year."""
    dollars = np.linspace(1.0, 2.0, n_vintages) if dollars is None else dollars
    years = np.tile(dollars, (YEARS, 1))
    return Joined(np.zeros(1, dtype=int), dollars, Members(years, 0 * years, 0 * years, False), 1.0, years, years)


def paths(rows=((0.05, 0.1), (0.05, 0.1)), money=(2.0, 3.0)):
    """Finished paths of the proposed fund: each grows by a mean and a wave of its own; every path put ``money`` in."""
    family = resolve(CASE.fund, SLOTS, common_slots((CASE.fund, CASE.baseline)), CASE.plan.as_of, YEARS,
                     joined().opening_usd * 1e6, joined().outlook_usd * 1e6)
    logs = np.array([mean + wave * np.cos(np.arange(V * YEARS)).reshape(V, YEARS) for mean, wave in rows])
    value = 10.0 * np.exp(np.cumsum(logs, axis=2))
    sums = np.zeros((len(rows), tally.n_sums(family.shape)))
    L, S = len(family.shape.slow), len(family.shape.sleeves)
    first = tally.HEAD + tally.S_SUMS * S
    sums[:, first + 7 * L:first + 8 * L], sums[:, first + 8 * L:first + 9 * L] = money
    return FundPaths(family, value, value, value, sums, np.zeros(tally.BINS), np.zeros((3, YEARS), dtype=np.int64))


def gathered(case=CASE, market=MARKET):
    """A case with its market; nothing here asks for its people."""
    return Gathered(case, market, *[None] * 4, *[0] * (len(Gathered._fields) - 6))


def with_fund(**parts):
    """The case with parts of its proposed fund replaced."""
    tree = CASE.fund.model_dump(exclude_unset=True)
    for name, part in parts.items():
        tree[name] = {**tree[name], **part} if isinstance(part, dict) else part
    return CASE.__class__(**{**CASE.__dict__, "fund": type(CASE.fund)(**tree)})


def test_the_composite_by_hand():
    """The longest vintage: 85% of private equity as US stocks, of private credit as high yield, the rest cash."""
    found = benchmark.composite_of(CASE, MARKET, YEARS)
    assert found.assets == tuple(sorted(found.assets)) and "cash" in found.assets
    assert not {"private_equity", "private_debt"} & {*found.assets}
    assert found.weights.shape == (V, YEARS, len(found.assets))
    assert found.weights.sum(axis=2) == pytest.approx(np.ones((V, YEARS)), rel=1e-12)
    for v in (0, V - 1):
        for year in (0, YEARS - 1):
            want = portfolio_targets(CASE.fund, v, years_left(CASE.fund, v, CASE.plan.as_of, year))
            row = dict(zip(found.assets, found.weights[v, year], strict=True))
            assert row["us_large_cap"] == pytest.approx(want["us_large_cap"] + 0.85 * want["private_equity"], rel=1e-12)
            assert row["high_yield"] == pytest.approx(0.85 * want["private_credit"], rel=1e-12, abs=1e-15)
            assert row["cash"] == pytest.approx(0.15 * (want["private_equity"] + want["private_credit"]), rel=1e-9)
            assert row["us_core_bonds"] == pytest.approx(want["us_core_bonds"], rel=1e-12)


def test_the_composite_follows_the_glide_path():
    """Weights of a vintage on its way change from year to year: that is the yearly reset."""
    weights = benchmark.composite_of(CASE, MARKET, YEARS).weights
    assert (np.abs(np.diff(weights, axis=1)).sum(axis=2) > 1e-3).any()


def test_a_blocks_own_index_goes_first():
    """Small companies if the block says so, the market's counterpart if what it says is no asset or nothing."""
    name = "private_equity"
    assert benchmark.public_index(CASE.fund, name, MARKET) == ("us_large_cap", True)
    block = CASE.fund.blocks["buyout_partnerships"]
    for said, index in (("us_small_cap", "us_small_cap"), ("Russell 2000", "us_large_cap"), (None, "us_large_cap")):
        case = with_fund(blocks={"buyout_partnerships": {**block.model_dump(exclude_unset=True),
                                                         "benchmark_public": said}})
        assert benchmark.public_index(case.fund, name, MARKET) == (index, True)
        assert benchmark.indices((case.fund, CASE.baseline), SLOTS, MARKET)[0] == ("high_yield", index)
    assert benchmark.indices((CASE.baseline,), SLOTS, MARKET) == (("high_yield", "us_large_cap"),)


def test_an_asset_that_nobody_has_an_index_for():
    """US stocks stand in, nothing is covered by them, and neither mandate nor objective is called similar."""
    sleeve = CASE.fund.sleeves["private_equity"].model_dump(exclude_unset=True)
    block = CASE.fund.blocks["buyout_partnerships"].model_dump(exclude_unset=True)
    case = with_fund(sleeves={"private_equity": {**sleeve, "asset": "art"}},
                     blocks={"buyout_partnerships": {**block, "benchmark_public": None}})
    assert benchmark.public_index(case.fund, "private_equity", MARKET) == ("us_large_cap", False)
    young = joined(dollars=np.eye(V)[-1])
    found = benchmark.benchmark(gathered(case), young, paths(), paths(), {"composite": [], "note": ""})
    assert not found["mandate"]["similar"] and not found["objective"]["similar"]
    assert found["mandate"]["measure"] == pytest.approx(1.0 - 0.85 * 0.16, rel=1e-9)
    assert found["objective"]["measure"] == pytest.approx(0.85 * 0.16, rel=1e-9)
    assert "art by us large cap, for want of an index of its own" in found["mandate"]["benchmark"]


def test_the_section():
    """Every key of the results, and the numbers beside the answers."""
    g, people = gathered(), joined()
    ours = paths(((0.05, 0.1), (0.07, -0.1), (0.06, 0.02)))
    theirs = Values(ours.units, paths(((0.04, 0.1), (0.06, -0.1), (0.05, 0.02))).value)
    found = benchmark.benchmark(g, people, ours, theirs, sections.composite(g, people))
    assert list(found) == ["composite", "reset", "pme", "mandate", "strategy", "objective", "risk", "excess_return",
                           "proxy", "note"]
    assert found["reset"] == "yearly"
    assert found["excess_return"]["value"] == pytest.approx(np.expm1(0.01), rel=1e-9)
    assert found["pme"] == {name: {"index": index, "p5": 1.5, "p50": 1.5, "p95": 1.5}
                            for name, index in zip(SLOW, ("high_yield", "us_large_cap"), strict=True)}
    answers = {name: found[name] for name in ("mandate", "strategy", "objective", "risk")}
    for answer in answers.values():
        assert set(answer) == {"similar", "fund", "benchmark", "measure", "measured"}
        assert answer["similar"] is True and "similar" in answer["measured"]
    private = measure.mix(measure.asset_weights(
        [[portfolio_targets(CASE.fund, v, years_left(CASE.fund, v, CASE.plan.as_of, y))] for v in range(V)
         for y in range(YEARS)], {name: {"x": float(s.slow)} for name, s in CASE.fund.sleeves.items()}, ("x",)),
        np.repeat(people.opening_usd, YEARS), ("x",))["x"]
    assert found["strategy"]["measure"] == pytest.approx(1.0 - 0.85 * private, rel=1e-9)
    assert found["mandate"]["measure"] == pytest.approx(1.0, rel=1e-12)
    assert found["objective"]["measure"] == pytest.approx(0.0, abs=1e-12)
    assert found["risk"]["measure"] == pytest.approx(0.0, abs=1e-12)
    assert "correlation of yearly growth 1.00" in found["risk"]["measured"]


@pytest.mark.parametrize(("columns", "words"), [
    ((25, 0), "from 25 years before the target date to that date"),
    ((25, -10), "to 10 years after it"),
    ((40, 5), "to 5 years before it"),
    ((0,), "One mix at all ages"),
])
def test_the_glide_path_in_words(columns, words):
    """Before, at and after the target date, and a fund of one mix."""
    rows = {name: list(row[:len(columns)]) for name, row in CASE.fund.glide_path.weights.items()}
    case = with_fund(glide_path={"years_to_target": columns, "weights": rows})
    assert words in benchmark.objective(case.fund, 0.04)["fund"]
    assert benchmark.objective(case.fund, 0.04)["similar"] and not benchmark.objective(case.fund, 0.06)["similar"]


def test_a_benchmark_that_moves_otherwise():
    """The same mean and the opposite waves: risk is not similar, and the words give the numbers."""
    ours = paths(((0.05, 0.1), (0.05, -0.1)))
    found = benchmark.benchmark(gathered(), joined(), ours, Values(ours.units, ours.value[::-1]),
                                {"composite": [], "note": ""})
    assert found["risk"]["similar"] is False
    assert "correlation of yearly growth -1.00" in found["risk"]["measured"]
    assert found["excess_return"]["value"] == pytest.approx(0.0, abs=1e-12)


def test_nothing_varies():
    """One mix of cash: no correlation to give."""
    flat = paths(((0.03, 0.0), (0.03, 0.0)))
    found = benchmark.benchmark(gathered(), joined(), flat, flat, {"composite": [], "note": ""})["risk"]
    assert found["similar"] is True and found["measure"] == 0.0
    assert "none, as one does not vary" in found["measured"]


def test_a_sleeve_that_nobody_bought_has_no_pme():
    """Nothing in, nothing to divide by."""
    assert benchmark.benchmark(gathered(), joined(), paths(money=(0.0, 0.0)), paths(), {"composite": [], "note": ""})[
        "pme"] == {}


def test_the_proxy_is_the_closest_other_fund():
    """Today's fund against alternatives: the one with most in common, alternatives first on a tie."""
    people = joined()
    own = with_fund()
    assert benchmark.proxy(own, people)["kind"] in ("alternative", "baseline")
    twin = CASE.__class__(**{**CASE.__dict__, "alternatives": (("twin", CASE.fund), ("today", CASE.baseline))})
    assert benchmark.proxy(twin, people)["name"] == CASE.fund.name
    assert "100% of the dollars" in benchmark.proxy(twin, people)["why"]
    tie = CASE.__class__(**{**CASE.__dict__, "alternatives": (("today", CASE.baseline),)})
    assert benchmark.proxy(tie, people)["kind"] == "alternative"
    alone = CASE.__class__(**{**CASE.__dict__, "alternatives": ()})
    found = benchmark.proxy(alone, people)
    assert (found["name"], found["kind"]) == (CASE.baseline.name, "baseline")
    assert "alternatives (number: 0)" in found["why"]


def test_complexity_of_the_example():
    """Holdings from the documents: 85% of the private sleeves at level 3, some of the lender's terms published."""
    g, young = gathered(), joined(dollars=np.eye(V)[-1])
    held = {x.sleeve: x for x in sections.holdings(CASE.fund, young, CASE.plan.as_of)}
    assert held["private_equity"][1:] == (pytest.approx(0.16), pytest.approx(0.136), "buyout_partnerships", 0.0, False,
                                          True)
    assert held["private_credit"][1:] == (pytest.approx(0.04), pytest.approx(0.034), "direct_lending", 0.8, True, True)
    assert held["us_large_cap"][2:] == (0.0, None, 0.0, False, True)
    found = sections.complexity(g, (young, joined(len(CASE.baseline.vintages))))
    assert found["opacity"] == pytest.approx({"level_3": 0.17, "undisclosed": 0.136, "assumed_terms": 1.0})
    assert found["leverage"]["look_through"] == pytest.approx(found["look_through_leverage"]["proposed"], rel=1e-12)
    cash = next(row.expected_return for row in MARKET.rows if row.name == "cash")
    assert found["leverage"]["cost_yearly"] == pytest.approx(0.034 * 0.8 * (cash + 0.02), rel=1e-9)
    assert found["concentration"]["largest_sleeve"] == {"name": "us_large_cap", "weight": pytest.approx(0.395)}


def test_a_sleeve_of_published_terms_alone_is_not_assumed():
    """The bond sleeve states all it has and cites it, so it alone has no assumed term; without one citation it has."""
    young = joined(dollars=np.eye(V)[-1])
    sleeve = {"cash_target": 0.0, "line": {"cap": 0.0, "spread_yearly": 0.0}, "price_places": 10}
    keys = ["asset", "dealing", "fees.index_manager", "cash_target", "line.cap", "line.spread_yearly", "price_places"]

    def assumed(cited):
        bonds = CASE.fund.sleeves["us_core_bonds"].model_dump(exclude_unset=True) | sleeve
        terms = tuple({"key": f"sleeves.us_core_bonds.{key}", "cite": "this test"} for key in cited)
        case = with_fund(sleeves={"us_core_bonds": bonds}, public_terms=terms)
        return [x.sleeve for x in sections.holdings(case.fund, young, CASE.plan.as_of) if not x.assumed]

    assert assumed(keys) == ["us_core_bonds"]
    assert assumed(keys[1:]) == []


def test_the_row_of_the_assumed_spread():
    """Said where a block borrows, and not where none does."""
    (row,) = sections.borrowing_rows(CASE.fund)
    assert row["name"] == "complexity.borrowing_spread" and row["value"] == 0.02 and row["opposite"]
    assert sections.borrowing_rows(CASE.baseline) == []
