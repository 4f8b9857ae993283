"""How hard a fund is to see through: opacity, concentration, and borrowing inside its blocks, at the opening."""
from collections.abc import Iterable, Sequence
from math import fsum
from typing import NamedTuple

FALL = 0.30
BORROWING_SPREAD = 0.02
SPREAD_SOURCE = ("assumed by this project: the middle of the 1.5% to 2.5% above the cash rate that credit lines of "
                 "the shipped cases cost; no block's own rate was found")
SPREAD_OPPOSITE = "Private borrowers pay far more, and a block whose loans are in trouble pays more than others."


class Holding(NamedTuple):
    """One sleeve at the opening: weight of net assets, the part of it inside its block (0 without one), the block's
    debt / equity, whether any term of the block is published, and whether any term in force is assumed."""

    sleeve: str
    weight: float
    private: float
    block: str | None
    leverage: float
    published: bool
    assumed: bool


def opacity(holdings: Sequence[Holding]) -> dict[str, float]:
    """Shares of net assets: level_3 (ASC 820, or a manager's net asset value taken for it), undisclosed (in blocks of
    which no term is published), assumed_terms (in sleeves of which some term is assumed)."""
    def share(parts: Iterable[float]) -> float:
        return min(1.0, fsum(parts))  # weights that add up to 1 may do so a rounding above it

    return {
        "level_3": share(x.private for x in holdings),
        "undisclosed": share(x.private for x in holdings if x.block is not None and not x.published),
        "assumed_terms": share(x.weight for x in holdings if x.assumed),
    }


def concentration(holdings: Sequence[Holding]) -> dict:
    """Largest sleeve and block by weight, the first by name on a tie, and the number of equal sleeves that would be as
    concentrated (1 / sum of squared weights)."""
    largest = min(holdings, key=lambda x: (-x.weight, x.sleeve))
    blocks: dict[str, float] = {}
    for x in holdings:
        if x.block is not None:
            blocks[x.block] = blocks.get(x.block, 0.0) + x.private
    block = min(blocks, key=lambda name: (-blocks[name], name), default=None)
    return {
        "largest_sleeve": {"name": largest.sleeve, "weight": largest.weight},
        "largest_block": None if block is None else {"name": block, "weight": blocks[block]},
        "effective_sleeves": 1.0 / sum(x.weight * x.weight for x in holdings),
    }


def leverage(holdings: Sequence[Holding], cash_yearly: float, spread_yearly: float = BORROWING_SPREAD,
             fall: float = FALL) -> dict[str, float]:
    """Gross over net assets with blocks looked through, what their borrowing costs a year, and what a ``fall`` of what
    they hold takes, with borrowing and without; fractions of the fund's net assets.

    A block's debt is its leverage times its equity, at the cash rate and the spread; its equity falls by (1 + debt /
    equity) x fall and by no more than all of it.
    """
    debt = sum(x.private * x.leverage for x in holdings)
    return {
        "look_through": 1.0 + debt,
        "cost_yearly": debt * (cash_yearly + spread_yearly),
        "fall": fall,
        "loss": sum(x.private * min(1.0, (1.0 + x.leverage) * fall) for x in holdings),
        "loss_unlevered": sum(x.private * fall for x in holdings),
    }
