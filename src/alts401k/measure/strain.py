"""What a fund lived through in a stress, from its sums and its prices month by month."""
import numpy as np

from alts401k.measure.fund import REGIMES


def worst_value(value: np.ndarray, opening: float, opening_usd: np.ndarray) -> float:
    """Lowest change of the vintages' true unit values (months, V) from ``opening`` usd, weighted by dollars (V,)."""
    weight = opening_usd if opening_usd.sum() > 0.0 else np.ones_like(opening_usd)
    held = value[:, weight > 0.0] @ (weight[weight > 0.0] / weight.sum())
    return float(held.min() / opening - 1.0)


def worst_regime(sums: dict[str, np.ndarray]) -> str:
    """Name of the worst liquidity regime that any vintage with holders was in."""
    return REGIMES[int(np.flatnonzero(sums["regime"].sum(axis=0) > 0.0).max())]
