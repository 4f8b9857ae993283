"""Sections of the results that are read off the documents and the fund passes."""
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from alts401k import law
from alts401k.measure import fund as measure
from alts401k.simulate.members import Joined
from alts401k.simulate.run import FundPaths, named_sums
from alts401k.terms.case import Case
from alts401k.terms.fields import leaves
from alts401k.terms.fund import UNDESCRIBED, Fund
from alts401k.terms.periods import targets
from alts401k.terms.resolve import years_left
from alts401k.verbs.gather import Gathered

FEES_SOURCE = "assumed by this project; no survey publishes what its net figures leave out"
FEES_OPPOSITE = ("A lower figure means that the survey's net return already is most of the gross one, and the "
                 "fund's own fees then take more of it away.")
AGE_BANDS = ((0, 34), (35, 44), (45, 54), (55, 66))


def fees(pair: tuple[FundPaths, FundPaths]) -> dict:
    """Fees of both funds: total a year, and dollars a year per $1,000 by layer."""
    total, error, layers = {}, {}, {}
    for name, paths in zip(("proposed", "baseline"), pair, strict=True):
        sums = named_sums(paths)
        total[name], error[name] = measure.fee_total(sums)
        layers[name] = {k: 1000.0 * x for k, x in measure.fee_rates(sums, paths.family.layers).items()}
    return {"total": {**total, "standard_error": error}, "per_1000_usd": layers}


def liquidity(paths: FundPaths) -> dict:
    """Private weight, gates, regimes and unfilled dollars of the proposed fund."""
    sums = named_sums(paths)
    asked = float(sums["slow_asked"].sum())
    return {
        "private_weight": measure.private_weight(paths.bins, float(sums["private_max"].max())),
        "gate_probability": measure.gates(sums, paths.gated),
        "regimes": measure.regimes(sums),
        "unfilled_usd_share": float(sums["slow_unfilled"].sum()) / asked if asked > 0.0 else 0.0,
    }


def valuation(paths: FundPaths, joined: Joined) -> dict:
    """Dilution of the plan's own people in dollars a year, and how far marks stood from the truth."""
    sums = named_sums(paths)
    family = paths.family
    marks = {}
    for i in range(len(family.shape.slow)):
        if not family.present[i]:
            continue
        mean, sd = measure.mark_gaps(sums, i)
        marks[family.sleeves[i]] = {
            "smoothing": float(family.smoothing[i]), "lag_months": int(family.lag_months[i]),
            "report_months": int(family.report_months[i]), "mean_gap": mean, "sd_gap": sd}
    return {"dilution_usd_per_year": measure.dilution(sums, paths.units.shape[2], 1.0 / joined.scale),
            "marks": marks}


def composite(g: Gathered, joined: Joined) -> dict:
    """A blend of the proposed fund's own asset weights at the opening: the thin form of its composite benchmark."""
    note = ("Assets of the proposed fund at their target weights on the opening date, vintages weighted by the plan's "
            "dollars. It is a blend of asset classes, not an index anybody publishes, and what has no index of daily "
            "prices has none here either: whether it is a meaningful benchmark is for the fiduciary to decide.")
    weight = _sleeve_weights(g.case.fund, joined, g.case.plan.as_of)
    held = {name: sleeve.asset for name, sleeve in g.case.fund.sleeves.items()}
    return {"composite": measure.blend(weight, held), "note": note}


def complexity(g: Gathered, pair: tuple[Joined, Joined]) -> dict:
    """Look-through leverage, layers of vehicles, and the sleeves of the proposed fund."""
    case = g.case
    funds = {"proposed": (case.fund, pair[0]), "baseline": (case.baseline, pair[1])}
    fund = case.fund
    baseline_assets = {sleeve.asset for sleeve in case.baseline.sleeves.values()}
    first, last = fund.glide_path.years_to_target[0], fund.glide_path.years_to_target[-1]
    rows = []
    for name in sorted(fund.sleeves, key=lambda n: (not fund.sleeves[n].slow, n)):
        sleeve = fund.sleeves[name]
        row = fund.glide_path.weights[name]
        rows.append({"sleeve": name, "asset": sleeve.asset, "dealing": sleeve.dealing, "block": sleeve.block or "",
                     "private": sleeve.slow, "in_baseline": sleeve.asset in baseline_assets,
                     "weight_longest": row[0] if first >= last else row[-1],
                     "weight_shortest": row[-1] if first >= last else row[0]})
    lines = sum(s.line.cap > 0.0 for s in fund.sleeves.values()) + (fund.line.cap > 0.0)
    assets = {s.asset for s in fund.sleeves.values()} | {s.liquidity.asset for s in fund.sleeves.values() if s.slow}
    return {
        "look_through_leverage": {k: _leverage(f, j, case) for k, (f, j) in funds.items()},
        "layers": {k: 3 if any(s.slow for s in f.sleeves.values()) else 2 for k, (f, _) in funds.items()},
        "sleeves": len(fund.sleeves), "instruments": len(assets) + len(fund.blocks) + lines, "structure": rows,
    }


def _leverage(fund: Fund, joined: Joined, case: Case) -> float:
    """Gross assets over net assets at the opening, blocks looked through."""
    slow = {name: sleeve for name, sleeve in fund.sleeves.items() if sleeve.slow}
    return measure.look_through(
        _sleeve_weights(fund, joined, case.plan.as_of),
        {name: 1.0 - sleeve.liquidity.target for name, sleeve in slow.items()},
        {name: fund.blocks[sleeve.block].leverage for name, sleeve in slow.items()})


def _sleeve_weights(fund: Fund, joined: Joined, as_of) -> dict[str, float]:
    """Weights of sleeves at the opening over the vintages by the plan's dollars (by people where it has none)."""
    rows = [targets(fund, years_left(fund, v, as_of, 0)) for v in range(len(joined.opening_usd))]
    return measure.weights(rows, joined.opening_usd, np.bincount(joined.vintage, minlength=len(rows)).astype(float))


def run_section(g: Gathered, package: str, identity: str, seed: int, n_paths: int) -> dict:
    """Who ran what: inputs and their hashes, the people, the two funds, every assumption with its source."""
    case = g.case
    public, assumed = case.fund.term_counts()

    def about(fund: Fund) -> dict:
        return {"name": fund.name, "modelled_on": fund.modelled_on, "vehicle_type": fund.vehicle_type}

    try:
        release = version("alts401k")
    except PackageNotFoundError:  # run from a source tree that was never installed
        release = "0+source"
    return {
        "id": identity, "seed": seed, "paths": n_paths, "years": int(g.career.contributions_usd.shape[1]),
        "people": g.n_people, "left_out_67": g.left_out, "left_out_without_money": g.without_money,
        "case": case.folder_name, "plan": case.plan.name,
        "population": case.plan.population or case.plan.census, "as_of": case.plan.as_of.isoformat(),
        "inputs": [{"file": name, "sha256": sha} for name, sha in case.files],
        "package_sha256": package, "package_version": release, "assumption_set": case.assumptions.set,
        "status_line": law.status_line(law.rule("erisa.404a-6.proposed").newest_evidence),
        "terms_public": public, "terms_assumed": assumed,
        "funds": {
            "proposed": {**about(case.fund), "vintages": len(case.fund.vintages)},
            "baseline": {**about(case.baseline), "vintages": len(case.baseline.vintages)},
            "alternatives": [{"file": name, **about(fund), "similar_because": fund.similar_because}
                             for name, fund in case.alternatives],
        },
        "assumptions": assumption_rows(g),
    }


def _row(name: str, value, unit: str, source: str, kind: str, opposite: str = "", **more) -> dict:
    return {"name": name, "value": value, "unit": unit, "source": source, "kind": kind, "opposite": opposite, **more}


def assumption_rows(g: Gathered) -> list[dict]:
    """Every assumption of a run in a fixed order: case, plan, assets in use, law, terms of the proposed fund."""
    a, plan = g.case.assumptions, g.case.plan
    own, docs = "stated in assumptions.toml", "stated in plan.toml"
    rows = [
        _row("family_assets_usd", a.family_assets_usd, "USD", own, "assumed",
             "The size changes no result in shares; a family of other plans may have other flows than this plan's."),
        _row("inflation_yearly", g.market.inflation_yearly, "a year",
             own if a.inflation_yearly is not None else g.market.set_source,
             "assumed" if a.inflation_yearly is not None else "survey"),
        _row("limits_growth", a.limits_growth, "a year", own, "assumed"),
        _row("annuity_real_rate", a.annuity_real_rate, "a year", own, "assumed"),
        _row("risk_aversion", a.risk_aversion, "", own, "assumed"),
        _row("plan.turnover_yearly", plan.turnover_yearly, "a year", docs, "assumed",
             "Turnover rises when a plan sponsor sells, closes or lays off, and then everybody leaves at once."),
        _row("plan.pay_profile", plan.pay_profile, "", docs, "assumed"),
        _row("plan.contribution_timing", plan.contribution_timing, "", docs, "assumed"),
        _row("plan.match", f"{plan.match.rate:g} of the first {plan.match.up_to:g} of pay, and "
             f"{plan.match.nonelective:g} of pay", "", docs, "assumed"),
    ]
    held = used_assets_of(g.case)
    for asset in g.market.rows:
        if asset.name not in held:
            continue
        kind = "survey" if asset.shipped else "assumed"
        head = f"assets.{asset.name}."
        rows.append(_row(head + "expected_return", asset.expected_return, f"a year, {asset.basis}", asset.source, kind,
                         asset.opposite, asset=asset.name))
        rows.append(_row(head + "sd", asset.sd, "log, a year", asset.source, kind, "", asset=asset.name))
        if asset.basis == "net_of_manager":
            rows.append(_row(head + "reference_fees_yearly", asset.reference_fees_yearly, "a year", FEES_SOURCE
                             if asset.shipped else own, "assumed", FEES_OPPOSITE, asset=asset.name))
    year = g.limits.last_published
    rows.append(_row("irs_limits", f"published to {year}, then grown", "",
                     "IRC 402(g), 414(v), 415(c), 401(a)(17), as dated in the law room", "law"))
    return rows + term_rows(g.case.fund)


def term_rows(fund: Fund) -> list[dict]:
    """Every term in force of the proposed fund: public with its citation, or assumed."""
    cited = {term.key: term.cite for term in fund.public_terms}
    tree = leaves(fund.model_dump(exclude=set(UNDESCRIBED)))
    return [_row(f"fund.{key}", _shown(value), "", cited.get(key, "assumed in fund.toml"),
                 "public" if key in cited else "assumed") for key, value in tree.items()]


def _shown(value) -> int | float | str | bool:
    """A term as a results file can hold it: a scalar as it is, an array or a table as words."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{k} {_shown(x)}" for k, x in value.items())
    if isinstance(value, (tuple, list)):
        return "; ".join(str(_shown(x)) for x in value)
    return str(value)


def used_assets_of(case: Case) -> set[str]:
    """Assets that either fund holds, and cash."""
    names = {"cash"}
    for fund in (case.fund, case.baseline):
        for sleeve in fund.sleeves.values():
            names.add(sleeve.asset)
            if sleeve.liquidity is not None:
                names.add(sleeve.liquidity.asset)
    return names
