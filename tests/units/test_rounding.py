"""The only rounding of the package: half-even quanta, exact shares, groups that add up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alts401k.units import (
    EXACT,
    Problem,
    Problems,
    decimal_text,
    divide,
    from_quanta,
    round_group,
    round_places,
    share_out,
    to_cents,
    to_quanta,
)

amounts = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=9)


@pytest.mark.parametrize(("usd", "cents"), [
    ("0.005", 0), ("0.015", 2), ("0.025", 2), ("-0.005", 0), ("-0.015", -2), ("1.0049999", 100), ("-7.125", -712),
])
def test_cents_are_half_even(usd, cents):
    """Halves go to the even cent, on both sides of zero."""
    assert to_cents(Decimal(usd)) == cents


def test_a_float_is_never_rounded():
    """A float has no exact cents; a whole number has."""
    with pytest.raises(TypeError, match="float"):
        to_cents(1.5)
    with pytest.raises(TypeError, match="bool"):
        to_cents(True)
    assert to_cents(3) == 300


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_is_refused(text):
    """Neither NaN nor infinity becomes a quantum."""
    with pytest.raises(ValueError, match="cannot be rounded"):
        to_quanta(Decimal(text), 6)


def test_the_context_of_books_refuses_floats():
    """An operation that mixes in a float stops the half day, where Python's own context would go on."""
    from decimal import FloatOperation, localcontext

    with localcontext(EXACT), pytest.raises(FloatOperation):
        _ = Decimal(1) < 1.5


@given(amounts, st.integers(0, 10))
def test_places_are_within_half_a_quantum(value, places):
    """Rounding moves by at most half a quantum and is idempotent."""
    rounded = round_places(value, places)
    assert abs(Fraction(rounded) - Fraction(value)) * 2 <= Fraction(1, 10**places)
    assert round_places(rounded, places) == rounded
    assert from_quanta(to_quanta(value, places), places) == rounded


@pytest.mark.parametrize(("quanta", "places", "text"), [
    (0, 2, "0.00"), (-5, 2, "-0.05"), (123, 0, "123"), (1_000_001, 6, "1.000001"),
    (-10**19, 10, "-1000000000.0000000000"),
])
def test_text_has_every_decimal(quanta, places, text):
    """As long as it takes, never an exponent."""
    assert decimal_text(quanta, places) == text


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_shares_add_up_and_stay_close(total, weights):
    """The sum is exact, each part within one quantum of its share, zero weights get nothing, signs agree."""
    if not any(weights):
        weights[0] = 1
    parts = share_out(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert part * total >= 0
        assert weight or part == 0


def test_ties_go_to_the_first():
    """Largest remainder, ties by index, either sign."""
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(-100, [1, 1, 1]) == [-34, -33, -33]
    assert share_out(2, [Decimal("0.5"), Decimal("0.5"), Decimal("0.5")]) == [1, 1, 0]


@pytest.mark.parametrize(("total", "weights", "message"), [
    (1, [0, 0], "all zero"), (1, [1, -1], "negative"), (1, [Decimal("NaN")], "not a finite"),
    (1, [float("inf")], "not a finite"), (1, [], "all zero"),
])
def test_shares_that_cannot_be(total, weights, message):
    """There is no share of nothing, of less than nothing, or of NaN."""
    with pytest.raises(ValueError, match=message):
        share_out(total, weights)


def test_nothing_shared_over_nothing_is_nothing():
    """An empty gate has no claimants."""
    assert share_out(0, []) == [] and share_out(0, [0, 0]) == [0, 0]


@given(st.lists(amounts, min_size=1, max_size=10))
def test_a_group_reaches_its_rounded_total(values):
    """Signed amounts reach the rounding of their sum; each is within a quantum and whole ones do not move."""
    total = to_cents(sum(values, Decimal(0)))
    parts = round_group(values, 2, total)
    assert sum(parts) == total
    for part, value in zip(parts, values, strict=True):
        assert abs(part - Fraction(value) * 100) < 1
        if Fraction(value) * 100 == int(Fraction(value) * 100):
            assert part == value * 100


def test_a_group_that_does_not_add_up_is_refused():
    """A total that is a whole cent away was never the sum of the amounts."""
    with pytest.raises(ValueError, match="cannot be rounded to a total of 3"):
        round_group([Decimal("0.01"), Decimal("0.01")], 2, 3)


@given(st.integers(-(10**20), 10**20), st.integers(-(10**10), 10**10).filter(bool))
def test_division_is_half_even(numerator, denominator):
    """Against Python's own half-even rounding of the exact fraction."""
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))


def test_problems_come_all_at_once():
    """One line each: file, line if known, what is wrong, what to do."""
    problems = Problems([Problem("plan.toml", 3, "pay is NaN", "Give a number."),
                         Problem("census.csv", None, "is empty.", "Add people.")])
    assert str(problems) == "plan.toml:3: pay is NaN. Give a number.\ncensus.csv: is empty. Add people."
    assert [item.line for item in problems.items] == [3, None]
    with pytest.raises(ValueError, match="at least one"):
        Problems([])
