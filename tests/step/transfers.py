"""Scenes of stale marks: what dealing at a struck price moves between people who know no better."""

import math

from tests.step.checks import near
from tests.step.kits import Kit
from tests.step.scene_books import Scene, Sizes

ASSETS = 1_000_000.0


def family(shares: tuple[float, ...], private: float) -> Scene:
    """Vintages with these shares of the assets, each at target; unit prices are 1; the slow sleeve has no cash."""
    V = len(shares)
    x = Scene(Sizes(V, 2, 1, 2))
    for v, share in enumerate(shares):
        x.set("HOLD", ASSETS * share * private, s=0, v=v)
        x.set("HOLD", ASSETS * share * (1.0 - private), s=1, v=v)
        x.set("HELD", ASSETS * share, v=v)
    x.set("TARGET", private, s=0)
    x.set("TARGET", 1.0 - private, s=1)
    x.set("T_SLOW_BAND", 1)
    x.set("ILLIQUID", ASSETS * private)
    x.set("LIQUID", ASSETS * (1.0 - private), s=1)
    return x.balance()


def true_values(x: Scene, truth: float) -> list[float]:
    """Dollars of each vintage with a private unit worth `truth`, its own accounts and fast units as they stand."""
    V = x.sizes.V
    return [sum(x.get(name, v=v) for name in ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE"))
            + x.get("HOLD", s=0, v=v) * truth + x.get("HOLD", s=1, v=v) * x.price[1] for v in range(V)]


def leavers_and_stayers(kit: Kit) -> None:
    """A fifth of a vintage is truly 15% down and unmarked, a tenth leaves: +3.0928% for them, -0.3436% for the rest."""
    x = family((0.6, 0.4), 0.2)
    before = true_values(x, 0.85)
    x.set("OUT_SHARE", 0.1, v=0)
    x.period(kit)
    paid, gone, held = x.flow("PAY", v=0), x.flow("CANCEL", v=0), x.get("HELD", v=0)
    was = before[0] / (held + gone)
    now = true_values(x, 0.85)
    assert round(paid / (gone * was) - 1.0, 6) == 0.030928
    assert round(now[0] / held / was - 1.0, 6) == -0.003436
    assert near(paid - gone * was, -(now[0] - held * was), ASSETS), "what leavers gain stayers lose"
    assert near(now[1], before[1], ASSETS), "a vintage without flows does not move"
    assert near(sum(now) + paid, sum(before), ASSETS), "nothing is made or lost"


def stale_crossing(kit: Kit) -> None:
    """No dealing date, a mark 30% too high: 101 a unit cross; buyers lose what sellers gain, nothing is issued."""
    x = family((0.25, 0.25, 0.5), 0.2)
    for v, share in enumerate((0.1, 0.3, 0.2)):
        x.set("TARGET", share, s=0, v=v)
        x.set("TARGET", 1.0 - share, s=1, v=v)
    x.set("T_SLOW_BAND", 0)
    x.set("W_CROSS", 1)
    truth = 0.7
    before, issued = true_values(x, truth), x.get("ISSUED", s=0)
    x.period(kit)
    after = true_values(x, truth)
    moved = 0.1 * 0.25 * ASSETS
    assert near(x.flow("TRADE_SLOW", s=0, v=0), -moved, ASSETS)
    assert near(x.flow("TRADE_SLOW", s=0, v=1), moved, ASSETS)
    assert x.flow("TRADE_SLOW", s=0, v=2) == 0.0
    gains = [a - b for a, b in zip(after, before, strict=True)]
    assert near(gains[0], 0.3 * moved, ASSETS) and near(gains[1], -0.3 * moved, ASSETS)
    assert near(gains[2], 0.0, ASSETS) and near(math.fsum(gains), 0.0, ASSETS)
    assert x.get("ISSUED", s=0) == issued
    assert near(x.told("I_CROSSED", 0), moved, ASSETS)


def forced_crossing(kit: Kit) -> None:
    """Leavers whom listed holdings cannot pay are paid by crossing private units, both legs or neither."""
    for allowed in (1, 0):
        x = family((0.5, 0.5), 0.4)
        x.set("T_HARD_CAP", 0.55)
        x.set("W_CROSS", allowed)
        x.set("OUT_SHARE", 0.7, v=0)
        issued = x.get("ISSUED", s=0)
        kept = x.period(kit)
        lacks = (0.7 - 0.6) * 0.5 * ASSETS
        row = kept["forced"]
        hold = [row[place] for place in x.places("HOLD", s=0)[1]]
        units = 0.4 * 0.5 * ASSETS
        assert near(hold[0], units - allowed * lacks, ASSETS) and near(hold[1], units + allowed * lacks, ASSETS)
        filled = 1.0 if allowed else 0.6 / 0.7
        assert near(x.told("I_PHI", 0), filled)
        assert near(x.flow("PAY", v=0), 0.35 * filled * ASSETS, ASSETS)
        assert near(x.get("ISSUED", s=0), issued, ASSETS)
        assert near(x.price[2], 1.0) and near(x.price[3], 1.0)
        assert all(abs(cash) < 1e-9 * ASSETS for cash in x.row("VCASH"))
