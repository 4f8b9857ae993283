"""The incentive fee written a second time: the textbook's rule on the value of one unit, and its yearly closed form."""

from typing import NamedTuple

import numpy as np

from tests.step.checks import near
from tests.step.kits import Kit
from tests.step.scene_books import Scene, Sizes

MONTHS, YEAR = 60, 12
UNITS = 1_000_000.0


class Month(NamedTuple):
    """One unit at a month end: value after the accrued fee, and the fee paid in cash that month."""

    value: float
    paid: float


def textbook(returns: np.ndarray, share: float) -> list[Month]:
    """A unit of 1 whose manager takes `share` of what is above the highest value it was ever charged at, each year."""
    gross, high, months = 1.0, 1.0, []
    for month, rate in enumerate(returns, 1):
        gross *= 1.0 + rate
        accrued = share * max(0.0, gross - high)
        paid = 0.0
        if month % YEAR == 0:
            paid = accrued
            gross -= paid
            high = max(high, gross)
        months.append(Month(gross - (accrued - paid), paid))
    return months


def net_of_year(gross: float, fee: float, share: float, hurdle: float) -> float:
    """Yearly net return of an evergreen fund with full catch-up, from the three cases of its closed form."""
    above = gross - fee
    if above <= hurdle:
        return above
    if above < hurdle / (1.0 - share):
        return above - (above - hurdle)
    return above - share * above


def private_only(share: float) -> Scene:
    """One vintage, one slow sleeve that holds nothing but its private holding of one dollar a unit."""
    x = Scene(Sizes(1, 2, 1, 2))
    x.set("HOLD", UNITS, s=0)
    x.set("HELD", UNITS)
    x.set("TARGET", 1, s=0)
    x.set("T_SLOW_BAND", 1)
    x.set("ILLIQUID", UNITS)
    x.set("T_CARRY", share)
    x.set("T_CATCH_UP", 1)
    return x.balance()


def high_water_mark(kit: Kit) -> None:
    """The dollar account gives the textbook's unit values month by month, gains and losses; the fee leaves the fund."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        returns = rng.normal(0.004, 0.05, MONTHS)
        x = private_only(0.2)
        for number, month in enumerate(textbook(returns, 0.2)):
            x.set("R_MARK", returns[number])
            x.set("W_CRYSTALLISE", (number + 1) % YEAR == 0)
            x.set("DIST_USD", month.paid * UNITS)  # the fee is paid out of the holding, as in the textbook
            before = x.get("GAIN", s=0)
            x.period(kit)
            assert near(x.price[0], month.value, 1.0)
            assert near(x.flow("PAY_CARRY", s=0), month.paid * UNITS, UNITS)
            assert x.get("CARRY_DUE", s=0) <= 1e-9 * UNITS
            if (number + 1) % YEAR == 0:
                assert near(x.get("GAIN", s=0), min(0.0, before + x.flow("GAIN_FLOW", s=0)), UNITS)


def closed_form(kit: Kit) -> None:
    """One period of a year with hurdle and catch-up gives the closed form."""
    for gross in np.linspace(-0.2, 0.3, 101):
        x = evergreen(1)
        x.set("R_MARK", gross)
        x.period(kit)
        assert near(x.price[0] - 1.0, net_of_year(gross, 0.0125, 0.125, 0.05), 1.0)


def evergreen(periods: int) -> Scene:
    """A fund with 1.25% a year on value and 12.5% of profit above 5%, full catch-up, over this many periods a year."""
    x = private_only(0.125)
    x.set("T_HURDLE", 0.05 / periods)
    x.set("T_BLOCK_FEE", 0.0125 / periods)
    return x


def no_jump(kit: Kit) -> None:
    """Money that comes in at a struck price moves no later price, above or below the high-water mark."""
    for gain, hurdle in ((0.0, 0.0), (100_000.0, 20_000.0), (-300_000.0, 0.0), (50_000.0, 60_000.0)):
        prices = []
        for inflow in (0.0, 250_000.0, 9_000_000.0):
            x = private_only(0.2)
            x.set("W_DEAL", 1)
            x.set("T_SLOW_BAND", 0)
            x.set("GAIN", gain, s=0)
            x.set("HURDLE", hurdle, s=0)
            x.set("CARRY_DUE", -max(0.0, min(gain - hurdle, 0.2 * gain)), s=0)
            x.set("PRICE", x.net_sleeve(0) / UNITS, s=0)
            x.balance()
            x.set("IN_USD", inflow)
            x.period(kit)
            struck = x.price[0]
            assert near(x.get("HOLD", s=0, v=0), UNITS + inflow / struck, UNITS)
            assert near(x.get("GAIN", s=0), gain, UNITS)
            x.set("IN_USD", 0)
            x.period(kit)
            assert near(x.price[0], struck)
            prices.append(x.price[0])
        assert near(prices[0], prices[1]) and near(prices[0], prices[2])


def unpaid_stays_owed(kit: Kit) -> None:
    """A fee due on a day without cash stays owed month after month, and is paid when there is cash."""
    x = private_only(0.2)
    x.set("T_HURDLE", 0.05)
    x.set("R_MARK", 0.1)
    x.set("W_CRYSTALLISE", 1)
    x.period(kit)
    struck, fee = x.price[0], 0.02 * UNITS
    assert near(struck, 1.08) and near(x.get("CARRY_DUE", s=0), -fee, UNITS)
    for name in ("T_HURDLE", "R_MARK", "W_CRYSTALLISE"):
        x.set(name, 0)
    for _ in range(3):
        x.period(kit)
        assert near(x.price[0], struck), "a fee that was not paid is not given back"
    x.set("W_CRYSTALLISE", 1)
    x.set("DIST_USD", 0.05 * UNITS)
    x.period(kit)
    assert near(x.flow("PAY_CARRY", s=0), fee, UNITS)
    x.period(kit)
    assert near(x.price[0], struck) and near(x.get("CARRY_DUE", s=0), 0.0, UNITS)
