"""Claims about the step as functions of a kit: each raises AssertionError where the kernels break it.

The tests call them with the kernels as they are, and the mutants show that each can fail.
"""

import itertools
from fractions import Fraction

import numpy as np

from alts401k.step import layout as at
from tests.step import leg_list
from tests.step.kits import Kit
from tests.step.random_family import CORNERS, random_scene
from tests.step.scene_books import CONTRA, Scene, Sizes, sums


def near(x, y, scale=1.0, tolerance=1e-12) -> bool:
    """Whether two numbers agree within `tolerance` of a scale."""
    return abs(x - y) <= tolerance * max(abs(scale), abs(x), abs(y))


def legs(kit: Kit, sizes: tuple[int, int, int, int]) -> None:
    """The table of legs is the one of the list written by hand."""
    shape = kit.chart.shape_of(*sizes)
    accounts = [tuple(account) for account in kit.chart.accounts(shape)]
    debit, credit = kit.chart.legs(shape)
    found = [(f.phase, f.name, (f.sleeve, f.vintage, f.slot), accounts[d], accounts[c])
             for f, d, c in zip(kit.chart.flows(shape), debit, credit, strict=True)]
    assert found == leg_list.expected(*sizes)


def some_scenes(count: int, sizes=(3, 4, 1, 4)):
    """Random scenes, each with its own two corners switched on."""
    for seed, pair in zip(range(count), itertools.cycle(itertools.combinations(CORNERS, 2))):
        yield random_scene(seed, sizes, frozenset(pair))


def exact_sums(kit: Kit) -> None:
    """In exact fractions every commodity sums to zero after every stage."""
    for x in some_scenes(36, (2, 3, 1, 3)):
        exact = x.as_numbers(Fraction).balance()
        for stage, row in exact.period(kit).items():
            assert not any(sums(row[:len(exact.b)], exact.shape).values()), stage


def fee_base(kit: Kit) -> None:
    """Fees are rates of opening net assets at the last struck prices, the block's fee leaves its mark."""
    for x in some_scenes(36):
        V, S, L, _ = x.sizes
        fees = [max(0.0, x.net_sleeve(s)) * x.get("T_FEE", s=s) for s in range(S)]
        marked = [x.get("ILLIQUID", s=s) * (x.get("R_MARK", s=s) - x.get("T_BLOCK_FEE", s=s)) for s in range(L)]
        vfees = [max(0.0, x.net_vintage(v)) * x.get("T_VFEE", v=v) for v in range(V)]
        x.period(kit)
        for s in range(S):
            assert near(x.flow("FEE", s=s), fees[s], fees[s])
        for s in range(L):
            assert near(x.flow("MARK_ILLIQUID", s=s), marked[s], x.get("ILLIQUID", s=s))
        for v in range(V):
            assert near(x.flow("VFEE", v=v), vfees[v], vfees[v])


def contras_unread(kit: Kit) -> None:
    """What contra accounts hold moves no flow, price or regime: they are never read as quantities."""
    for x in some_scenes(36):
        other = x.as_numbers(float)
        for family in (*CONTRA.values(), "RESULT", "VRESULT"):
            vector, places = other.places(family)
            for place in places:
                vector[place] += 1000.0
        x.period(kit)
        other.period(kit)
        for name in ("out", "price", "state", "info"):
            assert getattr(x, name) == getattr(other, name), name


def limited_before_priced(kit: Kit) -> None:
    """What a vintage cannot pay stays units; what is redeemed is at the struck price and is paid, all of it."""
    for private, asked in ((0.3, 0.9), (0.2, 0.5), (0.6, 1.0), (0.1, 0.95)):
        x = two_sleeves(private)
        x.set("OUT_SHARE", asked, v=0)
        x.set("R_LIQUID", -0.1)
        kept = x.period(kit)
        price = kept["strike_vintages"][len(x.b) + 2]
        fast = (1.0 - private) * 0.9
        nav = private + fast
        filled = min(1.0, fast / (asked * nav))
        assert near(x.told("I_PHI", 0), filled)
        assert near(price, nav)
        assert near(x.flow("CANCEL", v=0), 1000.0 * asked * filled, 1000.0)
        assert near(x.flow("REDEEM", v=0), x.flow("CANCEL", v=0) * price, 1000.0)
        assert x.get("HELD", v=0) >= 0.0
        assert near(x.get("PAYABLE", v=0), 0.0, 1000.0)
        assert near(x.flow("PAY", v=0), x.flow("REDEEM", v=0), 1000.0)
        assert x.get("VCASH", v=0) >= -1e-9
        assert (x.get("REGIME", v=0) == at.SUSPENDED) == (filled < 1.0)


def two_sleeves(private: float, vintages: int = 1) -> Scene:
    """Vintages of 1,000 usd in units of 1, `private` of it in a slow sleeve without cash, the rest in a fast one."""
    x = Scene(Sizes(vintages, 2, 1, 2))
    for v in range(vintages):
        x.set("HOLD", 1000.0 * private, s=0, v=v)
        x.set("HOLD", 1000.0 * (1.0 - private), s=1, v=v)
        x.set("HELD", 1000.0, v=v)
    x.set("TARGET", private, s=0)
    x.set("TARGET", 1.0 - private, s=1)
    x.set("T_SLOW_BAND", 1)
    x.set("ILLIQUID", 1000.0 * private * vintages, s=0)
    x.set("LIQUID", 1000.0 * (1.0 - private) * vintages, s=1)
    return x.balance()


def denominator(kit: Kit) -> None:
    """15% private reads 20.134% after -30% public with no mark, 21.885% after 8% have left, and that is RED."""
    x = two_sleeves(0.15)
    x.set("T_AMBER", 0.18)
    x.set("T_HARD_CAP", 0.20)
    x.set("R_LIQUID", -0.3, s=1)
    x.set("OUT_SHARE", 0.08)
    kept = x.period(kit)

    def weight(stage: str) -> float:
        row = kept[stage]
        places = x.places("HOLD")[1]
        private, public = row[places[0]] * row[len(x.b)], row[places[1]] * row[len(x.b) + 1]
        return private / (private + public)

    assert round(weight("strike_vintages"), 5) == 0.20134
    assert round(weight("fund_vintages"), 5) == 0.21885
    assert x.get("REGIME", v=0) == at.RED


def emptied_fast_sleeve(kit: Kit) -> None:
    """A fast sleeve that every vintage leaves keeps its last price, whatever it earns, and reopens at it."""
    _emptied(kit, False)


def emptied_slow_sleeve(kit: Kit) -> None:
    """So does a slow sleeve that can pay everybody out on one dealing date."""
    _emptied(kit, True)


def _emptied(kit: Kit, slow: bool) -> None:
    for seed in range(12):
        x, s = _open_sleeve(seed, slow)
        x.period(kit)
        last = x.price[s]
        assert all(units > 0.0 for units in x.row("HOLD", s=s))
        target = x.row("TARGET", s=s)
        x.set("TARGET", 0.0, s=s)
        x.period(kit)
        last *= 1.01
        assert x.row("HOLD", s=s) == [0.0, 0.0, 0.0]
        assert near(x.price[s], last, last, 1e-9)
        last = x.price[s]
        for _ in range(3):
            x.period(kit)
            assert x.price[s] == last
            assert abs(x.net_sleeve(s)) < 1e-6
        for v in range(3):
            x.set("TARGET", target[v], s=s, v=v)
        x.period(kit)
        name = "UNITS_SLOW" if slow else "UNITS_FAST"
        trade = "TRADE_SLOW" if slow else "TRADE_FAST"
        for v in range(3):
            assert x.get("HOLD", s=s, v=v) > 1.0
            assert near(x.flow(name, s=s, v=v), x.flow(trade, s=s, v=v) / last, 1e6)
        x.period(kit)
        assert near(x.price[s], last * 1.01, last, 1e-9)


def exit_in_units(kit: Kit) -> None:
    """A vintage that leaves a slow sleeve in which others stay gives up exactly the units it holds."""
    for seed in range(40):
        x, s = _open_sleeve(seed, True)
        x.set("TARGET", 0.0, s=s, v=seed % 3)
        x.set("W_CROSS", seed % 2)
        x.period(kit)
        units = x.row("HOLD", s=s)
        assert units[seed % 3] == 0.0 and sum(units) > 1.0


def _open_sleeve(seed: int, slow: bool) -> tuple[Scene, int]:
    """Three vintages, one slow sleeve all in listed holdings, two fast ones; everything earns 1% a period."""
    x = random_scene(seed, (3, 3, 1, 2))
    for name in ("ILLIQUID", "UNFUNDED", "CARRY_DUE", "GAIN", "HURDLE", "QUEUE", "PAID", "BLOCK_PAID", "FEE_DUE",
                 "T_FEE", "T_BLOCK_FEE", "T_COMMIT", "T_FILL", "T_FLOOR", "T_FAST_BAND", "CALL_USD", "DIST_USD",
                 "OUT_UNITS", "IN_USD", "R_MARK", "T_LIQUID_MIN", "T_SLOW_BAND", "W_ASKS", "W_BLOCK_DEAL", "R_CASH",
                 "T_COVER_AMBER", "T_COVER_RED", "T_COVER_GATED"):
        x.set(name, 0.0)
    for name in ("T_GATE1", "T_GATE2", "T_MAX_CHANGE", "T_LIQUID_MAX", "T_HARD_CAP"):
        x.set(name, 10**9)
    x.set("W_DEAL", 1)
    x.set("W_OPEN", 1)
    x.set("CASH", 0.0)
    x.set("T_CASH", 0.0)
    x.set("R_LIQUID", 0.01)
    for s in range(3):
        x.set("LIQUID", sum(x.row("HOLD", s=s)) * x.price[s], s=s)
    return x.balance(), (0 if slow else 1)


def regime_eases_slowly(kit: Kit) -> None:
    """A regime rises at once and falls after as many clean periods in a row as the terms say."""
    x = two_sleeves(0.15)
    x.set("T_AMBER", 0.18)
    x.set("T_HARD_CAP", 0.20)
    x.set("W_CLEAN", 3)
    seen = []
    for public in (-0.3, 0.45, 0.0, -0.4, 0.7, 0.0, 0.0, 0.0):
        x.set("R_LIQUID", public, s=1)
        x.period(kit)
        seen.append(x.get("REGIME", v=0))
    red, green = at.RED, at.GREEN
    assert seen == [red, red, red, red, red, red, green, green]


def one_way_crossing(kit: Kit) -> None:
    """On a day without dealing vintages only swap units: rows sum to zero, ISSUED and the sleeve's cash stand still."""
    crossed = 0
    for seed in range(60):
        x = random_scene(seed, (4, 4, 2, 3), frozenset(("no_holdings",)))
        x.set("W_DEAL", 0)
        x.set("W_CROSS", 1)
        before = x.as_numbers(float)
        x.period(kit)
        for s in range(2):
            trades = [x.flow("TRADE_SLOW", s=s, v=v) for v in range(4)]
            units = [x.flow("UNITS_SLOW", s=s, v=v) for v in range(4)]
            assert near(sum(trades), 0.0, sum(x.row("HOLD", s=s)) * x.price[s])
            assert near(sum(units), 0.0, sum(x.row("HOLD", s=s)))
            assert near(x.get("ISSUED", s=s), before.get("ISSUED", s=s), x.get("ISSUED", s=s))
            crossed += any(trades)
            for trade, unit, held in zip(trades, units, before.row("HOLD", s=s), strict=True):
                assert near(unit * x.price[s], trade, held * x.price[s])
                assert held + unit >= -1e-9 * held
    assert crossed > 20


def as_bits(values: list) -> list[int]:
    """Floats as their bits, so that signed zeros differ."""
    return np.array(values, dtype=np.float64).view(np.int64).tolist()
