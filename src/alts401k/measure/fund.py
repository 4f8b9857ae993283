"""What a run says of a fund itself: fees by layer, private weight, gates, regimes, dilution, marks, structure.

``sums`` are per-path totals by name, as a driver hands them over: (paths,) or (paths, n).
"""
import numpy as np

from alts401k.measure.pooled import share_error

REGIMES = ("green", "amber", "red", "gated", "suspended")


def _ratio(part: np.ndarray, whole: np.ndarray) -> float:
    total = float(np.sum(whole))
    return float(np.sum(part)) / total if total > 0.0 else 0.0


def fee_rates(sums: dict[str, np.ndarray], layers) -> dict[str, float]:
    """Yearly cost of each layer as a fraction of net assets: twelve times dollars charged over opening net assets.

    ``layers`` rows have name, sleeve (-1 = vintage), base and rate_yearly; what a sleeve charges is shared among
    its layers by their rates, which is exact because they are charged on one base.
    """
    charged: dict[str, float] = {}

    def add(name: str, dollars: np.ndarray) -> None:
        charged[name] = charged.get(name, 0.0) + 12.0 * _ratio(dollars, sums["net"])

    for layer in layers:
        if layer.base == "block":
            add(layer.name, sums["block_fee"][:, layer.sleeve])
            continue
        same = sum(x.rate_yearly for x in layers if x.sleeve == layer.sleeve and x.base == layer.base)
        dollars = sums["vfee"] if layer.sleeve < 0 else sums["sleeve_fee"][:, layer.sleeve]
        add(layer.name, dollars * (layer.rate_yearly / same if same > 0.0 else 0.0))
    if sums["incentive"].shape[1]:
        add("incentive", sums["incentive"].sum(axis=1))
    add("borrowing", sums["line_interest"].sum(axis=1) + sums["vline_interest"])
    return {name: rate for name, rate in charged.items() if rate != 0.0}


def fee_total(sums: dict[str, np.ndarray]) -> tuple[float, float]:
    """All fees a year as a fraction of net assets, and the standard error over paths (ratio of sums)."""
    dollars = (sums["vfee"] + sums["vline_interest"] + sums["sleeve_fee"].sum(axis=1)
               + sums["block_fee"].sum(axis=1) + sums["incentive"].sum(axis=1) + sums["line_interest"].sum(axis=1))
    rate = _ratio(dollars, sums["net"])
    mean = float(np.mean(sums["net"]))
    error = share_error((dollars - rate * sums["net"]) / mean) if mean > 0.0 else 0.0
    return 12.0 * rate, 12.0 * error


def private_weight(bins: np.ndarray, largest: float) -> dict:
    """Median, 95th percentile and maximum of the private share, with a 40-bin histogram.

    bins (n,) weight every month of every path alike and the vintages of a month by their dollars; the maximum is over
    any vintage-month, however small the vintage.
    """
    width = 1.0 / len(bins)
    total = np.cumsum(bins) / bins.sum()
    edges = np.arange(len(bins) + 1) * width

    def at(q: float) -> float:
        k = int(np.searchsorted(total, q))
        before = total[k - 1] if k else 0.0
        inside = (q - before) / (total[k] - before)
        # the first bin is almost always an exact zero: a fund, or a vintage, without private assets
        return 0.0 if k == 0 else float(min(largest, edges[k] + inside * width))

    coarse = bins.reshape(40, -1).sum(axis=1)
    return {"p50": at(0.5), "p95": at(0.95), "max": float(largest),
            "histogram": {"edges": [round(i / 40, 6) for i in range(41)],
                          "share": [float(x) for x in coarse / coarse.sum()]}}


def gates(sums: dict[str, np.ndarray], gated: np.ndarray) -> dict:
    """Share of path-years with at least one gate, by level, with standard errors over paths; also over the first 20
    years, before a closed group of savers runs off, and year by year.

    gated (3, years): paths with a gate at block, sleeve and plan level.
    """
    levels = {"building_block": "gate_block", "sleeve": "gate_sleeve", "plan": "gate_plan"}
    n_paths, years = len(sums["net"]), gated.shape[1]
    by_level = list(zip(levels, gated, strict=True))
    share = {level: sums[name] / years for level, name in levels.items()}
    return {**{level: float(np.mean(x)) for level, x in share.items()},
            "standard_error": {level: share_error(x) for level, x in share.items()},
            "first_20_years": {level: float(np.mean(row[:20])) / n_paths for level, row in by_level},
            "by_year": {level: [float(x) / n_paths for x in row] for level, row in by_level}}


def regimes(sums: dict[str, np.ndarray]) -> dict[str, float]:
    """Share of vintage-months with holders in each liquidity regime."""
    months = sums["regime"].sum(axis=0)
    return {name: float(x) for name, x in zip(REGIMES, months / months.sum(), strict=True)}


def fill_rates(sums: dict[str, np.ndarray]) -> dict[str, float | None]:
    """Dollars filled over dollars asked of the participants, the private sleeves and the building blocks, pooled over
    paths and months; None where nothing was asked."""
    def rate(unfilled: float, asked: float) -> float | None:
        return 1.0 - unfilled / asked if asked > 0.0 else None

    asked, unfilled, slow, slow_unfilled, due, paid = (float(np.sum(sums[name])) for name in (
        "asked", "unfilled", "slow_asked", "slow_unfilled", "block_due", "block_paid"))
    return {"participants": rate(unfilled, asked), "sleeve": rate(slow_unfilled, slow),
            "building_block": rate(due - paid, due)}


def days_above_cap(sums: dict[str, np.ndarray]) -> dict[str, float]:
    """Days a year that a vintage with holders spends above its hard cap on private assets, and the standard error over
    paths (ratio of sums): 365 times vintage-months above it over vintage-months."""
    share = _ratio(sums["above_cap"], sums["months"])
    mean = float(np.mean(sums["months"]))
    error = share_error((sums["above_cap"] - share * sums["months"]) / mean) if mean > 0.0 else 0.0
    return {"value": 365.0 * share, "standard_error": 365.0 * error}


def worst_change(growth: np.ndarray, weight: np.ndarray) -> float:
    """Lowest change of a mix over a stress, as a fraction: growth (months, n), held without a trade from weight (n,);
    0 for a mix of nothing, and above 0 only if it never falls."""
    if weight.sum() <= 0.0:
        return 0.0
    return float((np.cumprod(growth, axis=0) @ (weight / weight.sum())).min()) - 1.0


def dilution(sums: dict[str, np.ndarray], years: int, plan_share: float) -> dict:
    """Dollars a year that leavers, joiners and stayers of the plan gain from prices that are not true; they sum to 0.

    ``plan_share``: plan's dollars over the family's. The stayers' figure is the other two's opposite by identity;
    a run whose own figure differs by more than rounding is refused.
    """
    dollars = {name: sums[name] * plan_share / years for name in ("leavers", "joiners", "stayers")}
    total = sum(float(np.mean(x)) for x in dollars.values())
    size = sum(float(np.mean(np.abs(x))) for x in dollars.values())
    rounding = 1e-13 * float(np.mean(sums["net"])) * plan_share / years
    if abs(total) > 1e-9 * size + rounding:
        raise ArithmeticError(f"dilution does not sum to zero: {total} of {size}")
    leavers, joiners = float(np.mean(dollars["leavers"])), float(np.mean(dollars["joiners"]))
    return {"leavers": leavers, "joiners": joiners, "stayers": -(leavers + joiners),
            "standard_error": {name: share_error(x) for name, x in dollars.items()}}


def mark_gaps(sums: dict[str, np.ndarray], slow: int) -> tuple[float, float]:
    """Mean and standard deviation of mark / truth - 1 of one slow sleeve over path-months; zeros if never held."""
    months = float(sums["gap_months"][:, slow].sum())
    if months == 0.0:
        return 0.0, 0.0
    mean = float(sums["gap_sum"][:, slow].sum()) / months
    square = float(sums["gap_squares"][:, slow].sum()) / months
    return mean, float(np.sqrt(max(0.0, square - mean * mean)))


def weights(targets: list[dict[str, float]], dollars: np.ndarray, people: np.ndarray) -> dict[str, float]:
    """Weight of each sleeve over the vintages, by dollars (V,), or by people (V,) where there are no dollars.

    targets: each vintage's target weight by sleeve.
    """
    scale = dollars if dollars.sum() > 0.0 else people
    found: dict[str, float] = {}
    for share, row in zip(scale / scale.sum(), targets, strict=True):
        for name, w in row.items():
            found[name] = found.get(name, 0.0) + float(share * w)
    return {name: min(1.0, w) for name, w in found.items()}  # shares that add up to 1 may do so a rounding above it


def blend(weight: dict[str, float], asset: dict[str, str]) -> list[dict]:
    """Weights of assets, largest first, from weights of sleeves and the asset each holds."""
    found: dict[str, float] = {}
    for name, w in weight.items():
        found[asset[name]] = found.get(asset[name], 0.0) + w
    rows = sorted(((min(1.0, w), a) for a, w in found.items() if w > 0.0), key=lambda x: (-x[0], x[1]))
    return [{"asset": a, "weight": w} for w, a in rows]


def look_through(weight: dict[str, float], invested: dict[str, float], leverage: dict[str, float]) -> float:
    """Gross over net assets: 1 + sum of weight x invested share x block debt / equity over private sleeves."""
    return 1.0 + sum(weight[name] * invested[name] * leverage[name] for name in invested)
