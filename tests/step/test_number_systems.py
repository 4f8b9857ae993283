"""One period on floats, on Decimals and on fractions: the same roads, the same numbers, sums of zero."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k import chart
from alts401k.step import layout as at
from tests.step.checks import as_bits
from tests.step.kits import real
from tests.step.random_family import CORNERS, random_scene
from tests.step.scene_books import Scene, commodity, sums
from tests.step.stages import NAMES

SHAPES = [(1, 2, 0, 1), (3, 4, 1, 4), (11, 8, 2, 4)]
AGREE = 1e-12
# Exact ties stand apart: there the two may take different roads.
OPEN_COUNTRY = [corner for corner in CORNERS if corner not in ("ties", "zero_targets")]
QUIET = settings(deadline=None, derandomize=True, max_examples=150)


def scale_of(x: Scene) -> dict[str, float]:
    """How large a family is in each commodity; memoranda are in dollars and as large as its dollars."""
    found: dict[str, float] = {}
    for account, amount in zip(chart.accounts(x.shape), x.b, strict=True):
        kind = commodity(account.family)
        found[kind] = found.get(kind, 0.0) + abs(float(amount))
    return {kind: max(1.0, found["usd"] if kind not in ("unit", "vunit") else size) for kind, size in found.items()}


def distance(row: list, exact: list, x: Scene, scale: dict[str, float]) -> float:
    """Largest difference of two rows of balances and prices, each as a part of its scale."""
    worst = 0.0
    for account, one, other in zip(chart.accounts(x.shape), row, exact, strict=False):
        worst = max(worst, abs(float(Decimal(one) - other)) / scale[commodity(account.family)])
    n = len(x.b)
    for one, other in zip(row[n:n + len(x.price)], exact[n:n + len(x.price)], strict=True):
        worst = max(worst, abs(float(Decimal(one) - other)) / abs(float(other)))
    return worst


@QUIET
@given(st.integers(0, 10**6), st.sampled_from(SHAPES), st.frozensets(st.sampled_from(OPEN_COUNTRY), max_size=4))
def test_floats_are_decimals(seed, sizes, corners):
    """From the same books one period agrees within 1e-12 of the family's size after every stage, regimes included."""
    x = random_scene(seed, sizes, corners)
    scale = scale_of(x)
    with localcontext() as context:
        context.prec = 40
        exact = x.as_numbers(Decimal)
        ideal, found = exact.period(real()), x.period(real())
        for stage in NAMES:
            assert distance(found[stage], ideal[stage], x, scale) <= AGREE, stage
        roads = [exact.state, *(bent(seed, sizes, corners, bend) for bend in ("1e-9", "-1e-9"))]
    # Crossing fills a vintage to its band's edge, where AMBER may begin: there, and only there, either regime is right.
    assert all(found in either for found, *either in zip(x.state, *roads, strict=True))


def bent(seed: int, sizes: tuple[int, int, int, int], corners: frozenset[str], part: str) -> list[int]:
    """The regimes of the same period with the limits of the regimes a billionth higher or lower."""
    x = random_scene(seed, sizes, corners).as_numbers(Decimal)
    for name in ("T_AMBER", "T_HARD_CAP", "T_COVER_AMBER", "T_COVER_RED", "T_COVER_GATED"):
        for v in range(x.sizes.V):
            x.set(name, x.get(name, v=v) * (1 + Decimal(part)), v=v)
    x.period(real())
    return x.state


@QUIET
@given(st.integers(0, 10**6), st.sampled_from(SHAPES), st.frozensets(st.sampled_from(CORNERS), max_size=4))
def test_every_commodity_sums_to_zero(seed, sizes, corners):
    """On floats within 1e-12 of the family's size, after every stage, ties and corners included."""
    x = random_scene(seed, sizes, corners)
    scale = scale_of(x)
    for stage, row in x.period(real()).items():
        for (kind, owner), total in sums(row[:len(x.b)], x.shape).items():
            assert abs(total) <= AGREE * scale[kind], (stage, kind, owner)


def test_decimals_rounded_to_quanta_sum_to_zero_exactly():
    """Flows in whole quanta leave nothing over in any commodity; without rounding nothing but the last digit."""
    quantum = Decimal("0.000001")
    for seed in range(20):
        x = random_scene(seed, (3, 4, 1, 4), frozenset(CORNERS[seed % len(CORNERS):][:2]))
        with localcontext() as context:
            context.prec = 60
            exact = x.as_numbers(lambda a: Decimal(a).quantize(quantum)).balance()
            exact.period(real())
            debit, credit = chart.legs(x.shape)
            flows = [Decimal(a).quantize(quantum) for a in exact.out]
            start = x.as_numbers(lambda a: Decimal(a).quantize(quantum)).balance()
            chart.post(start.b, flows, debit, credit, 0, len(flows))
        assert any(flows)
        assert not any(sums(start.b, x.shape).values())


def test_fractions_are_exact_in_small_families():
    """Floats against exact fractions: far inside the bound, so that the bound is not what makes the tests pass."""
    for seed in range(15):
        x = random_scene(seed, (2, 3, 1, 3), frozenset(("lines", "run")))
        scale = scale_of(x)
        exact = x.as_numbers(Fraction)
        ideal, found = exact.period(real()), x.period(real())
        for stage in NAMES:
            for account, one, other in zip(chart.accounts(x.shape), found[stage], ideal[stage], strict=False):
                assert abs(Fraction(one) - other) <= 1e-14 * scale[commodity(account.family)], (stage, account)


# Jumps: a slow sleeve's band, a fast sleeve's band, and the two limits of the private weight.
def tied(kind: str, bend: Decimal, number) -> Scene:
    """A vintage that stands exactly on a jump, in numbers no float can hold; `bend` moves the limit a little."""
    x = Scene((2, 3, 1, 2), number)
    weights = {"slow": ("0.13", "0.4", "0.47"), "fast": ("0.1", "0.45", "0.45"), "regime": ("0.15", "0.4", "0.45")}
    for s, weight in enumerate(weights[kind]):
        x.set("HOLD", number(Decimal(weight) * Decimal("123456.7")), s=s)
        x.set("TARGET", number(Decimal(("0.1", "0.5", "0.4")[s])), s=s)
    x.set("HELD", number("123456.7"))
    for s in range(3):
        x.set("PRICE", number(1), s=s)
    x.set("ILLIQUID", 2 * x.get("HOLD", s=0, v=0))
    for s in (1, 2):
        x.set("LIQUID", 2 * x.get("HOLD", s=s, v=0), s=s)
    x.set("T_SLOW_BAND", number(Decimal("0.03") * bend) if kind == "slow" else 1)
    x.set("T_FAST_BAND", number(Decimal("0.05") * bend) if kind == "fast" else 1)
    if kind == "regime":  # a weight counts as above a limit when it is so by more than a millionth
        x.set("T_HARD_CAP", number(Decimal("0.149999") * bend))
    x.set("W_CROSS", 1)
    x.set("W_DEAL", 1)
    x.set("IN_USD", number("1234.567"), v=1)
    return x.balance()


@pytest.mark.parametrize("kind", ["slow", "fast", "regime"])
def test_at_a_jump_either_road_is_a_road(kind):
    """On an exact tie floats may go either way, but then they go all of that way: both are known."""
    with localcontext() as context:
        context.prec = 40
        roads = []
        for bend in (Decimal("1.000000001"), Decimal("0.999999999")):
            road = tied(kind, bend, Decimal)
            road.period(real())
            roads.append(road)
    x = tied(kind, Decimal(1), lambda a: float(Decimal(a)))
    scale = scale_of(x)
    x.period(real())
    near = [distance(x.b + x.price, road.b + road.price, x, scale) <= 1e-8 and x.state == road.state for road in roads]
    assert any(near)
    apart = [one for one, other in zip(*(road.out + road.state for road in roads), strict=True) if abs(one - other) > 1]
    assert apart or roads[0].state != roads[1].state, "the two roads differ, or this is no jump"


def test_exact_ties_in_exact_numbers_go_one_way():
    """Powers of two are exact in every number system, so there even a tie is decided alike."""
    for band, moves in ((0.125, False), (0.125 - 2.0**-20, True)):
        for number in (float, Decimal, Fraction):
            x = Scene((1, 2, 1, 1), number)
            x.set("HOLD", 384, s=0)
            x.set("HOLD", 640, s=1)
            x.set("HELD", 1024)
            x.set("LIQUID", 384, s=0)
            x.set("LIQUID", 640, s=1)
            x.set("TARGET", 0.25, s=0)
            x.set("TARGET", 0.75, s=1)
            x.set("T_SLOW_BAND", band)
            x.set("W_DEAL", 1)
            x.balance().period(real())
            assert (x.flow("TRADE_SLOW", s=0, v=0) != 0) is moves
            assert x.flow("TRADE_SLOW", s=0, v=0) == (-128 if moves else 0)


def test_no_flow_depends_on_what_was_in_the_vectors():
    """Flows and info are written, never read from the period before."""
    for seed in range(20):
        x = random_scene(seed, (3, 4, 2, 3), frozenset(CORNERS[seed % 5:][:3]) - {"absent"})
        other = x.as_numbers(float)
        x.period(real())
        other.out = [7.0] * len(other.out)
        other.info = [7.0] * len(other.info)
        other.period(real())
        slow, fast = chart.at_slow(x.shape), chart.at_fast(x.shape)
        assert as_bits(x.b) == as_bits(other.b) and as_bits(x.price) == as_bits(other.price)
        assert as_bits(x.out[:slow] + x.out[fast:]) == as_bits(other.out[:slow] + other.out[fast:])
        assert x.info[at.I_GATE_SLEEVE] == other.info[at.I_GATE_SLEEVE]
        assert as_bits(x.out) == as_bits(other.out)
