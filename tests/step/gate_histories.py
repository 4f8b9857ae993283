"""Random histories of dealing dates through a gated sleeve and its block, with limits kept in plain lists."""

from typing import NamedTuple

import numpy as np

from tests.step.checks import near
from tests.step.kits import Kit
from tests.step.random_family import random_scene
from tests.step.scene_books import Scene

DATES = 24


class Window(NamedTuple):
    """A limit on what is paid on `dates` dealing dates in a row, this one included, as a share of the base."""

    share: float
    dates: int


def windows_of(rng, slots: int) -> tuple[Window, Window]:
    """Two limits, the longer one over up to as many dates as the ring remembers."""
    short, long = sorted(rng.integers(1, slots, 2))
    wide = rng.choice([1.0, 100.0])
    return Window(wide * rng.uniform(0.005, 0.04), int(short)), Window(wide * rng.uniform(0.01, 0.06), int(long))


def mask(window: Window, number: int, slots: int) -> list[int]:
    """Which slots hold one of the window's earlier dates."""
    inside = {(number - back) % slots for back in range(1, window.dates)}
    return [int(k in inside) for k in range(slots)]


def left_over(window: Window, base: float, paid: list[float]) -> float:
    """What the limit leaves, given what was paid on all dates before."""
    earlier = paid[-(window.dates - 1):] if window.dates > 1 else []
    return window.share * base - sum(earlier)


def sleeve_gate(kit: Kit) -> None:
    """On every date a sleeve pays the lesser of what is asked and what its limits, cash and floor leave; it lapses."""
    bound, free = 0, 0
    for seed in range(30):
        held, asked = sleeve_history(kit, seed)
        bound += held
        free += asked - held
    assert bound > 60 and free > 60


def sleeve_history(kit: Kit, seed: int) -> tuple[int, int]:
    """One history; how many dates the gate bound on, and how many had net sellers."""
    rng = np.random.default_rng(seed)
    slots = 4
    x = random_scene(seed, (3, 3, 1, slots))
    windows = windows_of(rng, slots)
    paid: list[float] = []
    bound, asked = 0, 0
    _fix(x)
    for number in range(3, 3 + DATES):
        x.set("W_DEAL", 1)
        x.set("W_SLOT", number % slots)
        x.set("W_CROSS", rng.integers(2))
        x.set("T_SLOW_BAND", 0)
        for name, window in zip(("T_GATE1", "T_GATE2"), windows, strict=True):
            x.set(name, window.share)
        for name, window in zip(("M_GATE1", "M_GATE2"), windows, strict=True):
            for k, inside in enumerate(mask(window, number, slots)):
                x.set(name, inside, s=0, k=k)
        for v in range(3):
            x.set("TARGET", rng.choice([0.0, 0.1, 0.2, 0.3]), s=0, v=v)
        if rng.random() < 0.3:
            _nothing_wanted(x)
        opening = x.net_sleeve(0)
        kept = x.period(kit)
        row = kept["forced"]
        cash = sum(row[x.places(name, s=0)[1][0]] for name in ("CASH", "LIQUID"))
        floor = x.get("T_FLOOR", s=0) * _net(x, row)
        capacity = max(0.0, min(*(left_over(w, opening, paid) for w in windows), cash - floor))
        sells = -sum(min(0.0, x.flow("TRADE_SLOW", s=0, v=v)) for v in range(3))
        wanted, crossed = x.told("I_ASKED", 0), x.told("I_CROSSED", 0)
        out = min(wanted - crossed, capacity)
        assert near(sells, crossed + out, opening), "paid = min(asked, capacity)"
        assert near(x.get("PAID", s=0, k=number % slots), out, opening), "the ring remembers"
        paid.append(out)
        for window in windows:
            recent = sum(paid[-window.dates:])
            assert out == 0.0 or recent <= window.share * opening + 1e-9 * opening, "limit of a window"
        bound += out < wanted - crossed - 1e-9 * opening
        asked += wanted - crossed > 1e-9 * opening
    return bound, asked


def _fix(x: Scene) -> None:
    for name in ("OUT_UNITS", "OUT_SHARE", "T_SLOW_BAND", "QUEUE", "PAID", "W_BLOCK_DEAL", "W_ASKS", "T_FILL"):
        x.set(name, 0)
    x.set("T_MAX_CHANGE", 1)
    x.set("T_COVER_AMBER", 0)
    x.set("T_COVER_RED", 0)
    x.set("T_COVER_GATED", 0)
    x.set("T_HARD_CAP", 1)
    x.balance()


def _nothing_wanted(x: Scene) -> None:
    """A band so wide that nobody asks: what was not filled before must not come back."""
    x.set("TARGET", 0.5, s=0)
    x.set("T_SLOW_BAND", 1)
    x.set("W_CROSS", 0)


def _net(x: Scene, row: list) -> float:
    names = ("CASH", "LIQUID", "LINE", "FEE_DUE", "ILLIQUID", "CALL_DUE", "CARRY_DUE")
    return sum(row[x.places(name, s=0)[1][0]] for name in names)


def block_gate(kit: Kit) -> None:
    """On every date a block pays the lesser of what is due and what its limits leave; the rest of the date lapses."""
    bound, free = 0, 0
    for seed in range(30):
        held, due = block_history(kit, seed)
        bound += held
        free += due - held
    assert bound > 60 and free > 60


def block_history(kit: Kit, seed: int) -> tuple[int, int]:
    """One history of a block that deals every second period; how many dates its gate bound on, and had requests."""
    rng = np.random.default_rng(seed)
    slots, notice = 4, int(rng.integers(1, 3))
    x = random_scene(seed, (2, 3, 1, slots))
    wide = rng.choice([1.0, 20.0])
    windows = (Window(wide * rng.uniform(0.01, 0.05), 1),
               Window(wide * rng.uniform(0.02, 0.06), int(rng.integers(1, slots))))
    _fix(x)
    for name in ("QUEUE", "BLOCK_PAID", "UNFUNDED", "CALL_USD"):
        x.set(name, 0)
    x.set("W_ASKS", 1)
    x.balance()
    paid: list[float] = []
    requests: dict[int, float] = {}
    bound, had = 0, 0
    for t in range(2 * DATES):
        number, deals = 3 + t // 2, t % 2 == 0
        eligible = number + notice
        x.set("W_BLOCK_DEAL", deals)
        x.set("W_BLOCK_SLOT", number % slots)
        x.set("W_ELIGIBLE", eligible % slots)
        for name, window in zip(("T_BLOCK_GATE1", "T_BLOCK_GATE2"), windows, strict=True):
            x.set(name, window.share)
        for name, window in zip(("M_BLOCK1", "M_BLOCK2"), windows, strict=True):
            for k, inside in enumerate(mask(window, number, slots)):
                x.set(name, inside, s=0, k=k)
        low = rng.choice([0.0, 0.2, 0.35])
        x.set("T_LIQUID_MIN", low)
        x.set("T_LIQUID_TARGET", low + 0.02)
        kept = x.period(kit)
        at_open = kept["fast"]
        holding = at_open[x.places("ILLIQUID", s=0)[1][0]]
        left = holding - x.flow("DISTRIBUTE", s=0)
        due = requests.pop(number, 0.0) if deals else 0.0
        expected = 0.0
        if deals:
            expected = max(0.0, min(due, left, *(left_over(w, left, paid) for w in windows)))
            paid.append(expected)
            had += due > 1e-9 * holding
            bound += expected < due - 1e-9 * holding
        assert near(x.flow("PROCEEDS", s=0), expected, holding), "paid = min(due, capacity)"
        for window in windows:
            assert expected == 0.0 or sum(paid[-window.dates:]) <= window.share * left + 1e-9 * holding
        new = x.flow("ASK", s=0, k=eligible % slots)
        assert new >= 0.0
        assert new == 0.0 or sum(requests.values()) + new <= x.get("ILLIQUID", s=0) + 1e-9 * holding
        requests[eligible] = requests.get(eligible, 0.0) + new
        for k in range(slots):
            waiting = sum(usd for date, usd in requests.items() if date % slots == k)
            assert near(x.get("QUEUE", s=0, k=k), waiting, holding), "what is not paid lapses"
    return bound, had
