"""What could go wrong: the smallest outflow that breaks the fund, and the named stresses run through the step."""
import numpy as np

from alts401k.measure import fund as measure
from alts401k.measure.pooled import quantile_of_paths
from alts401k.measure.strain import worst_regime, worst_value
from alts401k.simulate.run import Books, run_to
from alts401k.simulate.strain import (
    breaking_outflow,
    flat_tape,
    live_through,
    opening_private_weight,
    tape_of,
)
from alts401k.terms.resolve import OPENING_PRICE
from alts401k.verbs.gather import Progress
from alts401k.verbs.study import Study
from alts401k.world.generators import moments, tape
from alts401k.world.stresses import Stress, stresses

FALL = 0.30  # of the risky listed assets
RISKY_SD = 0.12  # yearly
BREAK_YEARS = 5


def smallest_breaking_outflow(s: Study) -> dict:
    """The share of the fund leaving in 30 days that forces GATED or a shortfall: after five simulated years, at the
    opening, and at the opening when listed markets fall by 30% in the same month and no mark moves."""
    family, members = s.run.families[0], s.run.joined[0].members
    assets = s.assets
    flat = flat_tape(tape(s.g.market, assets, s.seed), np.ones(len(assets)))
    years = min(BREAK_YEARS, len(family.terms) - 1)
    books = run_to(family, members, s.g.market, 12 * years, s.n, s.seed) if years else _opening(family)
    saving = s.run.joined[0].saving_usd
    found = breaking_outflow(family, members, books, 12 * years, flat, assets, saving[years] > 0.0)
    value, error = quantile_of_paths(found, 0.5)
    _, cov = moments(s.g.market, assets)
    falling = np.where(np.sqrt(12.0 * np.diag(cov)) >= RISKY_SD, 1.0 - FALL, 1.0)
    opening = [breaking_outflow(family, members, _opening(family), 0, t, assets, saving[0] > 0.0)[0] for t in (
        flat, flat_tape(flat, falling))]
    return {"value": value, "standard_error": error, "p5": quantile_of_paths(found, 0.05)[0],
            "opening": float(opening[0]), "after_fall": float(opening[1]), "fall": FALL, "paths": len(found),
            "years": years}


def _opening(family) -> Books:
    return Books(family.b[None], family.price[None], family.state[None])


def named(s: Study, progress: Progress = None) -> list[dict]:
    """Both funds through every shipped stress, from their opening books."""
    found = stresses(s.g.market, s.assets, s.g.case.series)
    rows = []
    for k, stress in enumerate(found):
        rows.append(_lived(s, stress))
        if progress is not None:
            progress("stresses", k + 1, len(found))
    return rows


def _lived(s: Study, stress: Stress) -> dict:
    months = min(stress.months, s.run.families[0].when.shape[0])
    shock = np.stack([stress.extra_outflow[:months], stress.marks_withheld[:months].astype(float)], axis=1)
    drawn = tape_of(tape(s.g.market, s.assets, s.seed), _whole_years(stress.growth[:months]))
    lived = [live_through(f, j.members, drawn, s.assets, shock, stress.gates_shut[:months])
             for f, j in zip(s.run.families, s.run.joined, strict=True)]
    family = s.run.families[0]
    V = len(family.shape.vintages)
    worst = [worst_value(x.trace[:, len(f.shape.sleeves) + len(f.shape.vintages):], OPENING_PRICE,
                         j.opening_usd)
             for x, f, j in zip(lived, s.run.families, s.run.joined, strict=True)]
    sums = lived[0].sums
    fills = measure.fill_rates(sums)
    held = [k for k, here in enumerate(family.present[:len(family.shape.slow)]) if here]
    private = [s.assets.index(family.private_asset[k]) for k in held]
    stocks = s.assets.index("us_large_cap") if "us_large_cap" in s.assets else None
    return {
        "name": stress.name, "title": stress.title, "level": stress.level, "months": months,
        "public_change": None if stocks is None else float(stress.growth[:months, stocks].prod() - 1.0),
        "private_true_change": float(stress.growth[:months, private].prod(axis=0).min() - 1.0) if private else None,
        "private_weight_start": opening_private_weight(family),
        "private_weight_max": float(sums["private_max"][0]),
        "days_above_cap": 365.0 * float(sums["above_cap"][0] / sums["months"][0]),
        "worst_regime": worst_regime(sums), "gated_months": float(sums["regime"][0, 3:].sum() / V),
        "fill_participants": fills["participants"], "fill_sleeve": fills["sleeve"],
        "fill_block": fills["building_block"], "unit_value_worst": worst[0], "baseline_value_worst": worst[1],
        "note": stress.note, "cite": stress.cite,
    }


def _whole_years(growth: np.ndarray) -> np.ndarray:
    """The months (whole years, n), filled up with months in which nothing moves."""
    missing = -len(growth) % 12
    return np.vstack([growth, np.ones((missing, growth.shape[1]))])
