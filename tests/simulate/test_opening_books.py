"""What a fund's documents become: opening books, terms of each year, targets, vintages."""

import numpy as np
import pytest
from small_funds import AS_OF, BLOCK, OPENING, PARTNERSHIPS, PRIVATE, daily, families, fund

from alts401k import chart
from alts401k.step import layout as at
from alts401k.terms.fund import Fund, Pace
from alts401k.terms.pace import ladder
from alts401k.terms.resolve import PACING_YEARS, Family, common_slots, resolve, union, vintage_for
from tests.step.scene_books import Scene, Sizes, sums

BUYOUTS = {"sleeves": {"private": {**PRIVATE, "block": "buyouts"}}, "blocks": {"buyouts": PARTNERSHIPS}}


def books(family: Family, year: int = 0) -> Scene:
    """A family's opening books and one year's terms, to be read by name."""
    x = Scene(Sizes(*(len(sizes) for sizes in family.shape)))
    x.b, x.price, x.terms, x.when = (list(v) for v in (family.b, family.price, family.terms[year], family.when[0]))
    return x


@pytest.mark.parametrize("keys", [{}, BUYOUTS], ids=["evergreen", "partnerships"])
def test_the_opening_is_at_target_and_balanced(keys):
    """Every vintage at its targets, unit prices 10, each sleeve's net assets its holders' units, sums of zero."""
    (family,) = families(fund(**keys))
    x = books(family)
    assert set(family.price) == {10.0}
    assert max(abs(total) for total in sums(x.b, family.shape).values()) < 1e-6
    for v in range(2):
        assert x.net_vintage(v) == pytest.approx(OPENING[v], rel=1e-12)
        assert x.get("HELD", v=v) == pytest.approx(OPENING[v] / 10.0, rel=1e-15)
        for s in range(3):
            held = x.get("HOLD", s=s, v=v) * 10.0 / OPENING[v]
            assert held == pytest.approx(x.get("TARGET", s=s, v=v), rel=1e-12)
    for s in range(3):
        assert x.net_sleeve(s) == pytest.approx(10.0 * sum(x.row("HOLD", s=s)), rel=1e-12)


def test_inside_a_private_sleeve():
    """15% liquid of which 1% of the whole is cash; the rest invested; a ladder's undrawn commitments beside it."""
    evergreen, partnerships = (books(families(fund(**keys))[0]) for keys in ({}, BUYOUTS))
    for x in (evergreen, partnerships):
        net = x.net_sleeve(0)
        assert x.get("ILLIQUID", s=0) == pytest.approx(0.85 * net, rel=1e-12)
        assert x.get("CASH", s=0) == pytest.approx(0.01 * net, rel=1e-12)
        assert x.get("LIQUID", s=0) == pytest.approx(0.14 * net, rel=1e-12)
    assert evergreen.get("UNFUNDED", s=0) == 0.0
    steady = ladder(Pace(**PARTNERSHIPS["pace"]))
    assert partnerships.get("UNFUNDED", s=0) == pytest.approx(
        steady.unfunded_to_nav * partnerships.get("ILLIQUID", s=0), rel=1e-12)


def test_targets_follow_the_glide_path_year_by_year():
    """Linear in the years left at the year's start, to the end of the target year; flat outside the columns."""
    (family,) = families(fund())
    for year in range(4):
        x = books(family, year)
        for v, target_year in enumerate((2030, 2055)):
            left = min(25.0, max(0.0, target_year - 2025.0 - year))
            share = left / 25.0
            assert x.get("TARGET", s=0, v=v) == pytest.approx(0.1 + 0.1 * share, rel=1e-12), (year, v)
            assert sum(x.row("TARGET", v=v)) == pytest.approx(1.0, rel=1e-12)
            assert x.get("T_HARD_CAP", v=v) == pytest.approx(x.get("TARGET", s=0, v=v) + 0.02, rel=1e-12)
            assert x.get("T_AMBER", v=v) == pytest.approx(x.get("TARGET", s=0, v=v) + 0.01, rel=1e-12)


def test_yearly_rates_become_a_twelfth():
    """Fees of sleeve, vintage and block, the hurdle; shares stay as they are."""
    x = books(families(fund())[0])
    wanted = {"T_BLOCK_FEE": 0.01 / 12, "T_HURDLE": 0.05 / 12, "T_CARRY": 0.125, "T_CATCH_UP": 1.0, "T_GATE1": 0.02,
              "T_GATE2": 0.05, "T_BLOCK_GATE1": 0.05, "T_FLOOR": 0.005, "T_FILL": 1.0, "T_LIQUID_TARGET": 0.15,
              "T_LIQUID_MIN": 0.12, "T_LIQUID_MAX": 0.2, "T_COMMIT": 0.0}
    for name, value in wanted.items():
        assert x.get(name, s=0) == pytest.approx(value, rel=1e-14), name
    assert x.get("T_BLOCK_GATE2", s=0) > 1e6  # no such limit
    assert x.row("T_FEE") == pytest.approx([0.001 / 12, 0.0003 / 12, 0.0002 / 12], rel=1e-14)
    assert x.row("T_CASH") == [0.01, 0.0, 0.0] and x.row("T_LINE_CAP") == [0.05, 0.0, 0.0]
    assert x.row("T_VFEE") == pytest.approx([0.001 / 12] * 2, rel=1e-14)
    assert x.row("T_VLINE_CAP") == [0.02, 0.02]


def test_commitments_are_paced_by_what_will_be_needed():
    """A steady need commits at the ladder's pace until seven years before the end, then nothing; a halving one half."""
    years = PACING_YEARS + 3
    own = fund(**BUYOUTS)
    steady = np.tile(OPENING, (years, 1))
    falling = steady * np.where(np.arange(years) < PACING_YEARS, 1.0, 0.5)[:, None]
    pace = ladder(Pace(**PARTNERSHIPS["pace"])).commitment_to_nav_yearly * 0.85 / 12.0
    found = []
    for outlook in (steady, falling):
        family = resolve(own, union((own,)), common_slots((own,)), AS_OF, years, OPENING, outlook)
        found.append([books(family, year).get("T_COMMIT", s=0) for year in range(years)])
        target = [np.array(books(family, year).row("TARGET", s=0)) for year in range(years)]
        need = [float(target[year] @ outlook[year]) for year in range(years)]
        assert found[-1][:3] == pytest.approx([pace * need[year + PACING_YEARS] / need[year] for year in range(3)])
        assert found[-1][3:] == [0.0] * PACING_YEARS
    assert found[1][:3] == pytest.approx([0.5 * x for x in found[0][:3]])


def test_sleeves_stand_in_canonical_order():
    """Slow ones by name, then fast ones by name, of both funds; the same whichever comes first."""
    more = fund(weights={"aaa": (0.0, 0.0), "aprivate": (0.0, 0.0)},
                sleeves={"aaa": daily("gold"), "aprivate": PRIVATE}, blocks={"lender": BLOCK})
    listed = fund(weights={"private": None, "stocks": (0.7, 0.4), "zbonds": (0.3, 0.6)})
    for funds in ((more, listed), (listed, more)):
        assert [slot.name for slot in union(funds)] == ["aprivate", "private", "aaa", "stocks", "zbonds"]
        assert [slot.slow for slot in union(funds)] == [True, True, False, False, False]
    here, away = families(more, listed)
    assert here.present == (True,) * 5 and away.present == (False, False, False, True, True)
    assert not books(away).row("HOLD", s=0)[0] and not any(books(away).row("TARGET", s=1))


def test_a_fund_for_all_ages_has_one_vintage():
    """One column, one vintage, everybody in it."""
    one = Fund(name="All", vehicle_type="CIT", glide_path={"years_to_target": [0], "weights": {"all": [1.0]}},
               sleeves={"all": daily("us_large_cap")})
    family = resolve(one, union((one,)), 2, AS_OF, 2, np.array([1e9]), np.full((2, 1), 1e9))
    assert [len(sizes) for sizes in family.shape] == [1, 1, 0, 2]
    assert books(family).row("TARGET") == [1.0] and books(family).net_sleeve(0) == pytest.approx(1e9)
    assert vintage_for(one, np.array([1960, 2000])).tolist() == [0, 0]


def test_people_are_in_the_vintage_nearest_to_65():
    """The earlier one on a tie."""
    own = fund()
    births = np.array([1940, 1965, 1977, 1978, 1990, 2005])
    assert vintage_for(own, births).tolist() == [0, 0, 0, 1, 1, 1]
    assert abs(1977 + 65 - 2030) < abs(1977 + 65 - 2055)
    tie = fund(vintages=(2030, 2040))
    assert vintage_for(tie, np.array([1970])).tolist() == [0]  # 2035 is five years from both


def test_the_number_of_accounts_is_the_chart_s():
    """Shapes of everything a family carries."""
    (family,) = families(fund())
    V, S, L, K = (len(sizes) for sizes in family.shape)
    assert (V, S, L, K) == (2, 3, 1, 4)
    assert family.b.shape == (chart.n_accounts(family.shape),) and family.price.shape == (S + V,)
    assert family.terms.shape == (4, at.n_terms(family.shape)) and family.when.shape == (48, at.n_when(family.shape))
