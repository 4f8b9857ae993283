"""Today's listed assets re-weighted to another fund's true risk, so that more risk is not sold as skill."""
from typing import NamedTuple

import numpy as np

DEFENSIVE_SD = 0.12  # yearly; an asset below it belongs to the defensive leg (bonds, bills), the rest to the risky one
_NOTHING = 1e-12


class Matched(NamedTuple):
    """weights (V, years, n) that add up to 1; borrowed (V, years) the part of the fund financed at the cash rate."""

    weights: np.ndarray
    borrowed: np.ndarray


def scales(measured: np.ndarray, modelled: np.ndarray) -> np.ndarray:
    """Measured over modelled volatility (V, 1); 1 where there is nothing to measure."""
    known = (measured > 0.0) & (modelled > 0.0)
    return np.divide(measured, modelled, out=np.ones_like(measured), where=known)[:, None]


def volatility(weights: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Monthly standard deviation (...,) of portfolios weights (..., n) with covariance cov (n, n)."""
    return np.sqrt(np.maximum(0.0, np.einsum("...a,ab,...b->...", weights, cov, weights)))


def yearly_sd(value: np.ndarray, opening: float, counted: np.ndarray) -> np.ndarray:
    """Standard deviation (V,) of yearly log growth over paths, its variance averaged over the years that are counted
    (V, years) bool; unit values (paths, V, years) start at ``opening``. 0 for a vintage without such a year."""
    before = np.concatenate([np.full((*value.shape[:2], 1), opening), value[:, :, :-1]], axis=2)
    variance = np.log(value / before).var(axis=0, ddof=1)
    years = counted.sum(axis=1)
    return np.sqrt(np.divide((variance * counted).sum(axis=1), years, out=np.zeros(len(years)), where=years > 0))


def match(baseline: np.ndarray, proposed: np.ndarray, cash: int, cov: np.ndarray, mean: np.ndarray,
          scale: np.ndarray | float = 1.0) -> Matched:
    """Re-weight ``baseline`` (V, years, n), listed assets only, to the volatility of ``proposed`` times ``scale``
    (V, 1).

    The mix inside the risky and inside the defensive leg stays; their shares move until the volatility is met. Where
    the proposed fund's exposures to the two legs add up to more than its money, it borrows, openly or inside an asset,
    and the matched fund may borrow as much at the cash rate if that pays better; it also borrows where all of it in
    the risky leg is not risk enough. cov (n, n), mean (n,) of monthly returns; ``cash`` the place of cash.
    """
    target = volatility(proposed, cov) * scale
    weights = np.zeros_like(baseline)
    borrowed = np.zeros(target.shape)
    risky = np.sqrt(np.diag(cov) * 12.0) >= DEFENSIVE_SD
    for cell in np.ndindex(*target.shape):
        one = _one(baseline[cell], proposed[cell], float(target[cell]), risky, cash, cov, mean)
        weights[cell], borrowed[cell] = one
    return Matched(weights, borrowed)


def _one(base: np.ndarray, fund: np.ndarray, target: float, risky: np.ndarray, cash: int, cov: np.ndarray,
         mean: np.ndarray) -> tuple[np.ndarray, float]:
    if np.abs(base - fund).max() <= _NOTHING and abs(target - float(volatility(base, cov))) <= _NOTHING:
        return base.copy(), 0.0
    bills = np.zeros(len(base))
    bills[cash] = 1.0
    legs = [np.where(risky, base, 0.0), np.where(risky, 0.0, base)]
    legs = [leg / leg.sum() for leg in legs if leg.sum() > _NOTHING]
    legs = [*legs, bills] if len(legs) == 1 else legs
    room = _borrows(legs, fund, cash, cov)
    best: tuple[np.ndarray, float] | None = None
    for borrowed in (0.0, room):
        found = _on_line(legs, bills, borrowed, target, cov)
        if found is not None and (best is None or found @ mean > best[0] @ mean):
            best = found, borrowed
    if best is not None:
        return best
    risk = legs[0] - bills  # all in the risky leg is not enough: lend or borrow beside it
    share = _root(risk @ cov @ risk, 2.0 * (bills @ cov @ risk), bills @ cov @ bills - target**2)
    return bills + share * risk, max(0.0, share - 1.0)


def _borrows(legs: list[np.ndarray], fund: np.ndarray, cash: int, cov: np.ndarray) -> float:
    """What the fund's exposures to the legs, by least squares, exceed its money by; 0 if they do not."""
    kept = [leg for leg in legs if leg[cash] < 1.0 - _NOTHING]
    inner = np.array([[a @ cov @ b for b in kept] for a in kept])
    outer = np.array([a @ cov @ fund for a in kept])
    exposure = np.linalg.lstsq(inner, outer, rcond=1e-10)[0]
    excess = float(np.maximum(0.0, exposure).sum()) - 1.0
    return excess if excess > 1e-6 else 0.0


def _on_line(legs: list[np.ndarray], bills: np.ndarray, borrowed: float, target: float,
             cov: np.ndarray) -> np.ndarray | None:
    """Shares of the two legs that add up to 1 + borrowed and meet the target; the least risky if it cannot be lower,
    None if it cannot be higher."""
    whole = 1.0 + borrowed
    start = whole * legs[1] - borrowed * bills
    step = legs[0] - legs[1]
    a, b, c = step @ cov @ step, 2.0 * (start @ cov @ step), start @ cov @ start - target**2
    if a <= _NOTHING * 1e-6:
        return start if c >= 0.0 else None
    least = min(whole, max(0.0, -b / (2.0 * a)))
    if b * b - 4.0 * a * c < 0.0 or a * least**2 + b * least + c > 0.0:
        return start + least * step
    share = _root(a, b, c)
    return start + share * step if share <= whole * (1.0 + 1e-12) else None


def _root(a: float, b: float, c: float) -> float:
    return float((-b + np.sqrt(max(0.0, b * b - 4.0 * a * c))) / (2.0 * a))
