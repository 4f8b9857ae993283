"""Exact quantities: cents, unit quanta, prices with stated places, and the only rounding of the package."""

from collections.abc import Iterable, Sequence
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from typing import NamedTuple

UNIT_PLACES = 6
CENT_PLACES = 2
# With less than one unit outstanding a cent of rounding moves the price by more than a cent: the last price stands.
LEAST_UNITS = 10**UNIT_PLACES

# 34 digits hold $10^15 times a unit quantum times a 10-place price; a float that strays in raises.
EXACT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)


class Problem(NamedTuple):
    """One thing wrong with an input: `file` as the user named it, `line` from 1 or None, what is wrong, what to do."""

    file: str
    line: int | None
    message: str
    fix: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message.rstrip('.')}. {self.fix}".rstrip()


class Problems(Exception):
    """Everything wrong with an input, all at once: `.items` is a list of `Problem`, `str()` prints one line each."""

    def __init__(self, items: Iterable[Problem]) -> None:
        self.items = list(items)
        if not self.items:
            raise ValueError("Problems needs at least one Problem")
        super().__init__(*self.items)

    def __str__(self) -> str:
        return "\n".join(str(item) for item in self.items)


def to_quanta(amount: Decimal | int, places: int) -> int:
    """`amount` in whole quanta of 10^-places, half-even; TypeError for a float, ValueError for NaN or infinity."""
    if not isinstance(amount, Decimal):
        if type(amount) is not int:
            raise TypeError(f"exact amounts are Decimal, not {type(amount).__name__}")
        return amount * 10**places
    if not amount.is_finite():
        raise ValueError(f"{amount} cannot be rounded to a number of quanta")
    return int(amount.scaleb(places, EXACT).to_integral_value(ROUND_HALF_EVEN))


def to_cents(amount_usd: Decimal) -> int:
    """`amount_usd` in whole cents, half-even; raises ValueError for NaN or infinity."""
    return to_quanta(amount_usd, CENT_PLACES)


def from_quanta(quanta: int, places: int) -> Decimal:
    """The exact Decimal that is `quanta` times 10^-places."""
    return Decimal(quanta).scaleb(-places, EXACT)


def round_places(value: Decimal, places: int) -> Decimal:
    """`value` rounded half-even to `places` decimals; raises ValueError for NaN or infinity."""
    return from_quanta(to_quanta(value, places), places)


def decimal_text(quanta: int, places: int) -> str:
    """`quanta` times 10^-places written out in full, with exactly `places` decimals."""
    sign = "-" if quanta < 0 else ""
    digits = str(abs(quanta)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def share_out(total: int, weights: Sequence[Decimal | int | Fraction | float]) -> list[int]:
    """`total` quanta split in proportion to `weights` (>= 0) by largest remainder, ties by index.

    The parts sum to `total` exactly, carry its sign, and are 0 where the weight is 0.
    Raises ValueError for a negative or non-finite weight, or when there is a total but no weight.
    """
    try:
        exact = [Fraction(weight) for weight in weights]
    except (ValueError, OverflowError):
        raise ValueError("a weight is not a finite number") from None
    if any(weight < 0 for weight in exact):
        raise ValueError("a weight is negative")
    whole = sum(exact, Fraction(0))
    if whole == 0:
        if total:
            raise ValueError(f"{total} quanta cannot be shared out over weights that are all zero")
        return [0] * len(exact)
    shares = [abs(total) * weight / whole for weight in exact]
    parts = _largest_remainder(shares, abs(total))
    return [-part for part in parts] if total < 0 else parts


def round_group(amounts: Sequence[Decimal], places: int, total: int) -> list[int]:
    """`amounts` (either sign) in quanta of 10^-places whose sum is `total`: rounded down, rest by largest remainder.

    Each part is within one quantum of its amount and zero stays zero. Raises ValueError when `total`
    is not reachable that way, which means that the amounts did not add up to it in the first place.
    """
    quanta = [Fraction(amount) * 10**places for amount in amounts]
    return _largest_remainder(quanta, total)


def _largest_remainder(shares: list[Fraction], total: int) -> list[int]:
    parts = [share.numerator // share.denominator for share in shares]
    rest = total - sum(parts)
    order = sorted(
        (index for index, share in enumerate(shares) if share != parts[index]),
        key=lambda index: (parts[index] - shares[index], index),
    )
    if rest < 0 or rest > len(order):
        raise ValueError(f"amounts of {float(sum(shares)):.6f} quanta cannot be rounded to a total of {total}")
    for index in order[:rest]:
        parts[index] += 1
    return parts


def divide(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to a whole number, half-even, exactly; raises ZeroDivisionError."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, rest = divmod(numerator, denominator)
    above = 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1)
    return quotient + above
