"""The compiled step agrees with the interpreted one each day, and with the books over the whole quarter."""

from decimal import Decimal

import numpy as np
import pytest
from roads import compiled, exact, net_usd, scales, states
from stress import FAMILY as STRESS
from stress import run

from alts401k.operate import demo
from alts401k.operate.driver import layout
from alts401k.operate.period import family_of, resolve

TOLERANCE = 1e-12


@pytest.fixture(scope="module")
def quarter(demo_books):
    """The demonstration's family, the state before each session and at the end, and each session's vectors."""
    return family_of(demo.fund()), states(demo_books, family_of(demo.fund())), [
        resolve(demo_books, demo.fund(), day) for day in demo.days()]


def differs(family, start, period) -> float:
    """Largest difference of one period between the two roads, as a share of the scale; regimes must be the same."""
    slow = exact(family, start, period)
    b, prices, state = compiled(family, start, [period])
    assert list(state) == slow.state
    price = np.array(slow.price, dtype=float)
    return max(np.max(np.abs(b - np.array(slow.b, dtype=float)) / scales(family, slow.b)),
               np.max(np.abs(prices[0] - price) / np.maximum(np.abs(price), 1.0)))


def test_every_day_of_the_quarter(quarter):
    """63 days, each from the books as they stood: balances, prices and regimes."""
    family, starts, periods = quarter
    found = [differs(family, start, period) for start, period in zip(starts, periods, strict=False)]
    assert len(found) == 63 and max(found) <= TOLERANCE


def test_a_day_that_differs_is_seen(quarter):
    """A millionth of a basis point in one fact is more than the tolerance."""
    family, starts, periods = quarter
    facts = list(periods[0].facts)
    facts[2] += Decimal("1e-10")
    b, _, _ = compiled(family, starts[0], [periods[0]._replace(facts=tuple(facts))])
    want = exact(family, starts[0], periods[0])
    assert np.max(np.abs(b - np.array(want.b, dtype=float)) / scales(family, want.b)) > TOLERANCE


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_every_day_of_a_hard_month(tmp_path, seed):
    """The same through forced crossings, cut requests, gates, late calls and lines."""
    books, _, periods = run(tmp_path / "books.sqlite", seed, 27)
    starts = states(books, STRESS)
    books.close()
    assert max(differs(STRESS, start, period) for start, period in zip(starts, periods, strict=False)) <= TOLERANCE


def bounds(books, family, n_sessions: int) -> list[float]:
    """The stated bound of each vintage in usd."""
    rounding = 0.005 * len(layout(family).flows) * n_sessions
    dealt = [sum(t.amount for batch in books.batches() for t in batch.transfers
                 if batch.half == "deal" and t.flow in ("ISSUE", "CANCEL")
                 and vintage in (t.debit.vintage, t.credit.vintage)) / 1e6 for vintage in family.vintages]
    assert min(dealt) > 100_000
    return [0.5 * 10**-family.vintage_places * units + rounding for units in dealt]


def test_the_free_path_stays_with_the_books(demo_books, quarter):
    """63 days folded on floats from the opening alone, against books that rounded every flow and price.

    Stated bound, for each vintage's net assets: half the quantum of the published price times the units dealt, plus
    half a cent times the flows of the family times the sessions.
    """
    family, starts, periods = quarter
    b, prices, state = compiled(family, starts[0], periods)
    end = starts[-1]
    free, kept = net_usd(family, b, prices[-1]), net_usd(family, end.b, end.price)
    off = [abs(one - float(two)) for one, two in zip(free, kept, strict=True)]
    assert all(one <= two for one, two in zip(off, bounds(demo_books, family, len(periods)), strict=True))
    assert 1e-6 < max(off)
    assert list(state) == end.state
    for free_price, kept_price, places in zip(prices[-1], end.price, (*family.sleeve_places, 4, 4), strict=True):
        assert abs(free_price - float(kept_price)) <= (2e-4 if places == 4 else 1e-5)


def test_the_bound_is_not_met_by_other_terms(demo_books, quarter):
    """A fee half a basis point a year higher on one sleeve leaves the bound within the quarter."""
    family, starts, periods = quarter
    changed = []
    for period in periods:
        terms = list(period.terms)
        terms[family.sleeves.index("index")] += Decimal("0.00005") / 252
        changed.append(period._replace(terms=tuple(terms)))
    b, prices, _ = compiled(family, starts[0], changed)
    end = starts[-1]
    off = [abs(one - float(two)) for one, two in zip(net_usd(family, b, prices[-1]),
                                                     net_usd(family, end.b, end.price), strict=True)]
    assert all(one > two for one, two in zip(off, bounds(demo_books, family, len(periods)), strict=True))
