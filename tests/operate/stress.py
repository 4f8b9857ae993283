"""Hard months for a family of three vintages over two slow and three fast sleeves, from a seed.

A day in twelve half or more of a vintage leaves; marks jump, calls and distributions come at random, the third
vintage has no line, both gates and both kinds of crossing bind.
"""

import random
from decimal import Decimal
from pathlib import Path

from scene import Vectors, cite, open_scene, session

from alts401k.ledger import Account, Books
from alts401k.operate import driver
from alts401k.operate.driver import Family, Period

FAMILY = Family("stress", ("pa", "pb", "fa", "fb", "fc"), 2, ("A", "B", "C"), 4, (10,) * 5, 4)
OPENING_USD = {"A": 5_000_000, "B": 3_000_000, "C": 900_000}
TARGET = {"pa": "0.12", "pb": "0.06", "fa": "0.5", "fb": "0.3", "fc": "0.02"}
SLOW_TERMS = {
    "T_CARRY": "0.2", "T_CATCH_UP": "0.5", "T_HURDLE": "0.0003", "T_GATE1": "0.02", "T_GATE2": "0.05",
    "T_FLOOR": "0.005", "T_BLOCK_GATE1": "0.05", "T_BLOCK_GATE2": "1000000000", "T_COMMIT": "0.01",
    "T_LIQUID_TARGET": "0.15", "T_LIQUID_MIN": "0.1", "T_LIQUID_MAX": "0.25", "T_BLOCK_FEE": "0.0001",
}
VINTAGE_TERMS = {
    "T_VFEE": "0.00004", "T_FAST_BAND": "0.01", "T_SLOW_BAND": "0.01", "T_MAX_CHANGE": "0.02", "T_AMBER": "0.21",
    "T_HARD_CAP": "0.25", "T_COVER_AMBER": "1.5", "T_COVER_RED": "1.1", "T_COVER_GATED": "1", "T_UNFUNDED": "1",
    "T_OUTFLOW": "0.05", "R_VLINE": "0.0003",
}


def opening() -> dict[Account, int]:
    """Every vintage near its targets at a price of 10, a tenth of each slow sleeve liquid, a third of it unfunded."""
    balances: dict[Account, int] = {}
    cents = dict.fromkeys(FAMILY.sleeves, 0)
    for vintage, usd in OPENING_USD.items():
        balances[Account("HELD", "", vintage)] = usd * 100_000
        for sleeve in FAMILY.sleeves:
            units = int(usd * Decimal(TARGET[sleeve]) * 100_000)
            balances[Account("HOLD", sleeve, vintage)] = units
            cents[sleeve] += units // 1000
    for s, sleeve in enumerate(FAMILY.sleeves):
        private = cents[sleeve] * 8 // 10 if s < FAMILY.n_slow else 0
        cash = cents[sleeve] // 50
        balances[Account("CASH", sleeve)] = cash
        balances[Account("LIQUID", sleeve)] = cents[sleeve] - cash - private
        if private:
            balances[Account("ILLIQUID", sleeve)] = private
            balances[Account("UNFUNDED", sleeve)] = private // 3
    return balances


def period(rng: random.Random, number: int) -> Period:
    """The n-th day's vectors."""
    x = Vectors(FAMILY)

    def drawn(low: float, high: float) -> Decimal:
        return Decimal(repr(round(rng.uniform(low, high), 7)))

    for sleeve in FAMILY.sleeves:
        for name, value in (("R_CASH", "0.0002"), ("R_LINE", "0.0004"), ("T_FEE", "0.00003"), ("T_CASH", "0.02"),
                            ("T_LINE_CAP", "0.01")):
            x.set(name, sleeve, Decimal(value))
        x.set("R_LIQUID", sleeve, drawn(-0.06, 0.06))
    for sleeve in FAMILY.sleeves[:FAMILY.n_slow]:
        for name, value in SLOW_TERMS.items():
            x.set(name, sleeve, Decimal(value))
        evergreen = sleeve == "pb"
        x.set("T_FILL", sleeve, Decimal(evergreen))
        for name, high, chance in (("CALL_SHARE", 0.3, 0.3), ("DIST_SHARE", 0.1, 0.3)):
            x.set(name, sleeve, drawn(0, high) if rng.random() < chance else Decimal(0))
        x.set("R_MARK", sleeve, drawn(-0.1, 0.1) if rng.random() < 0.3 else Decimal(0))
        for name, value in (("W_DEAL", number % 3 == 0), ("W_OPEN", 1), ("W_CROSS", rng.random() < 0.8),
                            ("W_SLOT", number // 3 % 4), ("W_BLOCK_DEAL", number % 4 == 0),
                            ("W_BLOCK_SLOT", number // 4 % 4), ("W_ELIGIBLE", (number // 4 + 1) % 4),
                            ("W_ASKS", evergreen), ("W_CRYSTALLISE", number % 6 == 0)):
            x.set(name, sleeve, Decimal(value))
        for slot in range(FAMILY.n_slots):
            x.set("M_GATE2", sleeve, Decimal(1 <= (number // 3 - slot) % 4 < 3), slot)
    for vintage in FAMILY.vintages:
        for name, value in VINTAGE_TERMS.items():
            x.set(name, vintage, Decimal(value))
        x.set("T_VLINE_CAP", vintage, Decimal(0 if vintage == "C" else "0.05"))
        x.set("IN_USD", vintage, Decimal(rng.randrange(5_000_000)).scaleb(-2) if rng.random() < 0.5 else Decimal(0))
        x.set("OUT_SHARE", vintage, drawn(0.5, 1) if rng.random() < 0.08 else drawn(0, 0.02))
        for sleeve, share in TARGET.items():
            x.set("TARGET", sleeve, Decimal(share), vintage=vintage)
    x.set("W_PAY_DAY", "", Decimal(number % 5 == 0))
    x.set("W_CLEAN", "", Decimal(2))
    return x.period()


def run(path: Path, seed: int, n_days: int) -> tuple[Books, list[driver.Dealt], list[Period]]:
    """Books of `n_days` hard days, what each told, and the vectors that the step was given."""
    rng = random.Random(seed)
    books = open_scene(path, FAMILY, opening(), [Decimal(10)] * 8)
    told, periods = [], []
    for number in range(1, n_days + 1):
        day, evening, morning = session(number)
        now = period(rng, number)
        driver.price(books, FAMILY, day, evening, facts=[], resolve=lambda now=now: now, cite=cite)
        told.append(driver.deal(books, FAMILY, day, morning, facts=[], resolve=lambda now=now: now, cite=cite))
        periods.append(now)
    return books, told, periods
