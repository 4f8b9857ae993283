"""Named stresses: their months against the shipped history, returns worked by hand, what is rebuilt or refused."""

import numpy as np
import pytest

from alts401k.terms.assumptions import Assumptions
from alts401k.terms.series import Series
from alts401k.world import stresses
from alts401k.world.history import columns, history
from alts401k.world.market import build

PUBLIC = ("cash", "us_core_bonds", "us_large_cap")
ALL = ("cash", "emerging", "gold", "infrastructure", "intl_developed", "private_debt", "private_equity", "real_estate",
       "us_core_bonds", "us_large_cap", "us_small_cap")


def market(correlations=(), **assets):
    """The shipped world with these assets replaced or added: (expected return, yearly log sd)."""
    own = {name: {"expected_return": rate, "sd": sd, "basis": "gross", "source": "this test"}
           for name, (rate, sd) in assets.items()}
    pairs = tuple({"a": a, "b": b, "value": x, "source": "this test"} for a, b, x in correlations)
    return build(Assumptions(set="horizon-2026", family_assets_usd=1e9, limits_growth=0.02, annuity_real_rate=0.02,
                             assets=own, correlations=pairs))


WORLD = market()


def window(first, months, *names):
    """Summed simple returns of these columns of the history."""
    when, table = history()
    start = int(np.flatnonzero(when == np.datetime64(first))[0])
    return sum(table[name][start:start + months] for name in names)


def test_the_shipped_stresses():
    """Five, each of a level the liquidity factor asks about, with a citation, both sides, and finite returns."""
    found = stresses.stresses(WORLD, ALL)
    assert [s.name for s in found] == list(stresses.names())
    assert [s.name for s in found] == ["2008", "march-2020", "2022", "gate-two-years", "plan-leaves"]
    assert [s.months for s in found] == [24, 12, 18, 24, 12]
    assert {s.level for s in found} == {"participant", "plan", "both"}
    for s in found:
        assert s.growth.shape == (s.months, len(ALL)) and (s.growth > 0.0).all()
        assert s.extra_outflow.shape == s.marks_withheld.shape == s.gates_shut.shape == (s.months,)
        assert s.cite and s.title and "The other side: " in s.note


@pytest.mark.parametrize(("name", "first", "worst", "end"), [
    ("2008", "2007-11", -0.5031, -0.2875),
    ("march-2020", "2020-02", -0.2022, 0.2395),
    ("2022", "2022-01", -0.2484, -0.0642),
])
def test_public_assets_are_the_history(name, first, worst, end):
    """US stocks, bonds and bills month by month, and the fall of stocks that the reference gives."""
    s = stresses.stress(name, WORLD, PUBLIC)
    for k, column in enumerate(("us_bills", "us_bonds", "us_stocks")):
        assert s.growth[:, k] == pytest.approx(1.0 + window(first, s.months, column), rel=1e-12)
    path = np.cumprod(s.growth[:, 2])
    assert path.min() - 1.0 == pytest.approx(worst, abs=5e-5)
    assert path[-1] - 1.0 == pytest.approx(end, abs=5e-5)


def test_a_sum_of_columns():
    """Small companies are stocks and the small-minus-big factor."""
    growth = stresses.stress("2008", WORLD, ("us_small_cap",)).growth[:, 0]
    assert growth == pytest.approx(1.0 + window("2007-11", 24, "us_stocks", "small_minus_big"), rel=1e-12)


def test_outflow_marks_and_gates():
    """1.77% in October 2008 and in March 2020 (974 / 54,974), twelve months without marks, 24 shut, 12% at once."""
    found = {s.name: s for s in stresses.stresses(WORLD, PUBLIC)}
    months = {name: list(np.flatnonzero(s.extra_outflow)) for name, s in found.items()}
    assert months == {"2008": [11], "march-2020": [1], "2022": [], "gate-two-years": [], "plan-leaves": [0]}
    assert found["march-2020"].extra_outflow[1] == pytest.approx(974 / 54_974, abs=5e-5)
    assert found["2008"].extra_outflow[11] == found["march-2020"].extra_outflow[1]
    assert found["plan-leaves"].extra_outflow[0] == 0.12
    assert {name: int(s.marks_withheld.sum()) for name, s in found.items() if s.marks_withheld.any()} == {"2022": 12}
    assert found["2022"].marks_withheld[:12].all()
    assert {name: int(s.gates_shut.sum()) for name, s in found.items() if s.gates_shut.any()} == {"gate-two-years": 24}


@pytest.mark.parametrize("name", ["gate-two-years", "plan-leaves"])
def test_calm_markets_grow_at_their_means(name):
    """Every month the same, and a year is the assumed geometric return (stocks 7.02%)."""
    s = stresses.stress(name, WORLD, PUBLIC)
    assert (s.growth == s.growth[0]).all()
    assert s.growth[:12, 2].prod() == pytest.approx(1.0702, rel=1e-12)


def test_private_equity_without_the_stand_ins_borrowing():
    """Debt / equity L from the two betas, 1.353 listed and 0.94 assumed; r = (listed + L bills) / (1 + L)."""
    i, j = WORLD.names.index("private_equity"), WORLD.names.index("us_large_cap")
    assumed = 0.73 * WORLD.log_sd_monthly[i] / WORLD.log_sd_monthly[j]
    when, table = history()
    both = (when >= columns()["private_equity_listed"].use_from) & np.isfinite(table["private_equity_listed"])
    stocks, listed = (np.log1p(table[name][both]) for name in ("us_stocks", "private_equity_listed"))
    debt = np.polyfit(stocks, listed, 1)[0] / assumed - 1.0
    assert debt == pytest.approx(0.43, abs=0.01)
    assert stresses.unlevered_share(WORLD, "private_equity") == pytest.approx(1.0 / (1.0 + debt), rel=1e-9)
    s = stresses.stress("2008", WORLD, ("private_equity",))
    by_hand = (window("2007-11", 24, "private_equity_listed") + debt * window("2007-11", 24, "us_bills")) / (1.0 + debt)
    assert s.growth[:, 0] == pytest.approx(1.0 + by_hand, rel=1e-9)
    assert "private equity 70% of it (at worst -53%, as listed -67%)" in s.note


def test_a_stand_in_is_never_levered_up():
    """Twice the assumed risk would ask for 1.4 times the stand-in; none at all asks for bills."""
    assert stresses.unlevered_share(market(private_equity=(0.1, 0.5)), "private_equity") == 1.0
    flat = market(private_equity=(0.1, 0.0))
    assert stresses.unlevered_share(flat, "private_equity") == 0.0
    growth = stresses.stress("2008", flat, ("cash", "private_equity")).growth
    assert growth[:, 1] == pytest.approx(growth[:, 0], rel=1e-12)
    against = [("private_equity", other, -0.1 if other == "us_large_cap" else 0.0)
               for other in WORLD.names if other not in ("private_equity", "bitcoin")]
    assert stresses.unlevered_share(market(against), "private_equity") == 0.0


def test_stocks_without_risk_have_no_beta():
    """Then nothing says how much borrowing to take out, and the stand-in stands as it is."""
    assert stresses.unlevered_share(market(us_large_cap=(0.05, 0.0)), "private_equity") == 1.0


def test_an_asset_of_one_correlation_is_rebuilt_by_hand():
    """Correlation 0.6 with gold alone, the other given assets uncorrelated with both: mean + sd x 0.6 x z of gold."""
    alone = [("gold", other, 0.0) for other in WORLD.names if other not in ("gold", "bitcoin")]
    world = market([*alone, ("silver", "gold", 0.6)], silver=(0.03, 0.3))
    s = stresses.stress("2022", world, ("gold", "silver"))
    i, j = world.names.index("gold"), world.names.index("silver")
    z = (np.log(s.growth[:, 0]) - world.log_mean_monthly[i]) / world.log_sd_monthly[i]
    by_hand = world.log_mean_monthly[j] + world.log_sd_monthly[j] * 0.6 * z
    assert np.log(s.growth[:, 1]) == pytest.approx(by_hand, rel=1e-9, abs=1e-12)
    assert "rebuilt as expected values by the set's correlations, which is mild in a fall: silver" in s.note


def test_rebuilt_assets_fall_with_what_they_hang_on():
    """Emerging stocks and private debt fall in 2008, less than stocks; an uncorrelated asset earns its mean."""
    world = market(lottery=(0.02, 0.9))
    s = stresses.stress("2008", world, ("emerging", "lottery", "private_debt", "us_large_cap"))
    low = np.cumprod(s.growth, axis=0).min(axis=0) - 1.0
    assert low[0] < -0.4 and -0.3 < low[2] < -0.1 and low[3] < -0.5
    assert s.growth[:, 1] == pytest.approx(1.02 ** (1 / 12), rel=1e-12)


def test_a_public_asset_without_risk_is_not_a_guide():
    """With every given asset certain there is nothing to rebuild from, and the asset earns its mean."""
    sure = {name: (0.03, 0.0) for name in ("us_large_cap", "us_small_cap", "intl_developed", "us_core_bonds",
                                           "us_long_bonds", "cash", "gold")}
    s = stresses.stress("2008", market(**sure), ("emerging",))
    assert s.growth[:, 0] == pytest.approx(1.075 ** (1 / 12), rel=1e-12)


def test_a_twin_of_a_public_asset_rebuilds_too():
    """Bonds that are stocks make the given correlations singular; the pseudo-inverse still answers."""
    pairs = [("us_small_cap", other, WORLD.correlation[WORLD.names.index("us_large_cap"), WORLD.names.index(other)])
             for other in WORLD.names if other not in ("us_small_cap", "us_large_cap")]
    world = market([*pairs, ("us_small_cap", "us_large_cap", 1.0)])
    low = np.cumprod(stresses.stress("2008", world, ("emerging",)).growth).min() - 1.0
    assert -0.7 < low < -0.4


def test_bitcoin_before_there_was_any():
    """Rebuilt in 2008 if the case states a return, refused if nobody does, and history in 2022."""
    assert stresses.stress("2022", WORLD, ("bitcoin",)).growth[:, 0] == pytest.approx(
        1.0 + window("2022-01", 18, "bitcoin"), rel=1e-12)
    stated = stresses.stress("2008", market(bitcoin=(0.05, 0.7)), ("bitcoin",))
    assert "bitcoin" in stated.note and np.isfinite(stated.growth).all()
    with pytest.raises(ValueError, match="no expected return is stated for bitcoin"):
        stresses.stress("2008", WORLD, ("bitcoin", "cash"))


def test_the_cases_own_series():
    """Used where it has a month and the history has not; the rest is rebuilt, and a shipped column goes first."""
    world = market(silver=(0.03, 0.3))
    own = Series("own.csv", ("gold", "silver"), ("2021-12", "2022-01", "2022-02"), ((0.5,) * 3, (0.9, -0.2, None)))
    s = stresses.stress("2022", world, ("gold", "silver"), own)
    without = stresses.stress("2022", world, ("gold", "silver"))
    assert s.growth[0, 1] == pytest.approx(0.8, rel=1e-12)
    assert (s.growth[1:, 1] == without.growth[1:, 1]).all() and (s.growth[:, 0] == without.growth[:, 0]).all()
    assert "From the case's own series: silver" in s.note and "From the case's own series" not in without.note
    assert [x.name for x in stresses.stresses(world, PUBLIC, own)] == list(stresses.names())


def test_another_asset_changes_nothing():
    """The returns of one asset do not depend on which others are asked for."""
    alone = stresses.stress("2008", WORLD, ("private_debt",)).growth[:, 0]
    assert (stresses.stress("2008", WORLD, ALL).growth[:, ALL.index("private_debt")] == alone).all()


@pytest.mark.parametrize(("name", "assets", "match"), [
    ("1929", PUBLIC, "no stress is called '1929'; shipped are 2008, march-2020"),
    ("2008", ("cash", "tulips"), "the market has no asset tulips"),
])
def test_what_is_not_there_is_refused(name, assets, match):
    """A stress that is not shipped and an asset that the market lacks."""
    with pytest.raises(ValueError, match=match):
        stresses.stress(name, WORLD, assets)
