"""Sections of the results that are read off the documents and the fund passes."""
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from alts401k import law
from alts401k.measure import complexity as opaque
from alts401k.measure import fund as measure
from alts401k.simulate.members import Joined
from alts401k.simulate.run import FundPaths, named_sums
from alts401k.terms.case import Case
from alts401k.terms.checks import SLOW_ONLY
from alts401k.terms.fields import leaves
from alts401k.terms.fund import UNDESCRIBED, Fund
from alts401k.terms.periods import portfolio_targets
from alts401k.terms.resolve import years_left
from alts401k.verbs.gather import Gathered
from alts401k.world.gross import words as fee_words
from alts401k.world.shipped import AssetRow, CorrelationRow

EVIDENCE = {"P": "published", "S": "published", "C": "measured", "A": "assumed", "case": "stated"}
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
        "fill_rate": measure.fill_rates(sums),
        "days_above_cap": measure.days_above_cap(sums),
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
    """The proposed fund's own asset weights at the opening, of which its composite benchmark is made, and a note."""
    note = ("Assets of the proposed fund at their target weights on the opening date, vintages weighted by the plan's "
            "dollars, private assets as what they are. A blend of asset classes is not an index anybody publishes: "
            "whether it is a meaningful benchmark is for the fiduciary to decide.")
    weight = _sleeve_weights(g.case.fund, joined, g.case.plan.as_of)
    held = {name: sleeve.asset for name, sleeve in g.case.fund.sleeves.items()}
    return {"composite": measure.blend(weight, held), "note": note}


def complexity(g: Gathered, pair: tuple[Joined, Joined]) -> dict:
    """Look-through leverage, layers of vehicles, sleeves, opacity, concentration and borrowing of the proposed fund."""
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
    held = holdings(fund, pair[0], case.plan.as_of)
    return {
        "look_through_leverage": {k: _leverage(f, j, case) for k, (f, j) in funds.items()},
        "layers": {k: 3 if any(s.slow for s in f.sleeves.values()) else 2 for k, (f, _) in funds.items()},
        "sleeves": len(fund.sleeves), "instruments": len(assets) + len(fund.blocks) + lines, "structure": rows,
        "opacity": opaque.opacity(held), "concentration": opaque.concentration(held),
        "leverage": opaque.leverage(held, _cash_yearly(g)),
    }


def holdings(fund: Fund, joined: Joined, as_of: date) -> list[opaque.Holding]:
    """The fund's sleeves at the opening as complexity measures need them; a term left at its default is assumed."""
    cited = {term.key for term in fund.public_terms}
    in_force = leaves(fund.model_dump(exclude=set(UNDESCRIBED)))
    weight = _sleeve_weights(fund, joined, as_of)
    rows = []
    for name, sleeve in fund.sleeves.items():
        block = sleeve.block if sleeve.slow else None
        inside = (f"blocks.{block}.",) if block else ()
        idle = () if block else tuple(f"sleeves.{name}.{key}" for key in SLOW_ONLY)  # a daily sleeve has no use for it
        terms = [key for key in in_force if key.startswith((f"sleeves.{name}.", *inside)) and not key.startswith(idle)]
        invested = 1.0 - sleeve.liquidity.target if sleeve.slow else 0.0
        rows.append(opaque.Holding(
            name, weight[name], weight[name] * invested, block, fund.blocks[block].leverage if block else 0.0,
            any(key.startswith(inside) for key in cited), not cited.issuperset(terms)))
    return rows


def borrowing_rows(fund: Fund) -> list[dict]:
    """The assumption behind complexity.leverage.cost_yearly, for a fund of which some block borrows."""
    if not any(block.leverage > 0.0 for block in fund.blocks.values()):
        return []
    return [_row("complexity.borrowing_spread", opaque.BORROWING_SPREAD, "a year above cash", opaque.SPREAD_SOURCE,
                 "assumed", opaque.SPREAD_OPPOSITE)]


def _cash_yearly(g: Gathered) -> float:
    return next(row.expected_return for row in g.market.rows if row.name == "cash")


def _leverage(fund: Fund, joined: Joined, case: Case) -> float:
    """Gross assets over net assets at the opening, blocks looked through."""
    slow = {name: sleeve for name, sleeve in fund.sleeves.items() if sleeve.slow}
    return measure.look_through(
        _sleeve_weights(fund, joined, case.plan.as_of),
        {name: 1.0 - sleeve.liquidity.target for name, sleeve in slow.items()},
        {name: fund.blocks[sleeve.block].leverage for name, sleeve in slow.items()})


def _sleeve_weights(fund: Fund, joined: Joined, as_of: date) -> dict[str, float]:
    """Weights of sleeves at the opening over the vintages by the plan's dollars (by people where it has none)."""
    rows = [portfolio_targets(fund, v, years_left(fund, v, as_of, 0)) for v in range(len(joined.opening_usd))]
    return measure.weights(rows, joined.opening_usd, np.bincount(joined.vintage, minlength=len(rows)).astype(float))


def run_section(g: Gathered, package: str, identity: str, seed: int, n_paths: int) -> dict:
    """Who ran what: inputs and their hashes, the people, the two funds, every assumption with its source."""
    case = g.case
    public, assumed = case.fund.term_counts()

    def about(fund: Fund) -> dict:
        return {"name": fund.name, "modelled_on": fund.modelled_on, "vehicle_type": fund.vehicle_type,
                "managed_account": fund.managed_account is not None}

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
    rows.append(_row("generator", g.market.generator.kind, "", own if "generator" in a.model_fields_set
                     else "the default of this project", "assumed",
                     "No generator knows the next forty years; another one shows how much hangs on this choice."))
    held = used_assets_of(g.case)
    for asset in g.market.rows:
        if asset.name in held:
            rows += _asset_rows(asset)
    rows += _correlation_rows(g.market.correlation_rows, held)
    year = g.limits.last_published
    rows.append(_row("irs_limits", f"published to {year}, then grown", "",
                     "IRC 402(g), 414(v), 415(c), 401(a)(17), as dated in the law room", "law"))
    return rows + borrowing_rows(g.case.fund) + term_rows(g.case.fund)


def _asset_rows(asset: AssetRow) -> list[dict]:
    """What is assumed of one asset: the stated return and its basis, risk, the reference terms, the gross return."""
    kind = "survey" if asset.shipped and asset.evidence != "A" else "assumed"
    head, more = f"assets.{asset.name}.", {"asset": asset.name}
    rows = [
        _row(head + "expected_return", asset.expected_return, f"a year, {asset.basis}", asset.source, kind,
             asset.opposite, **more),
        _row(head + "sd", asset.sd, "log, a year", asset.source, kind, "", **more),
    ]
    if asset.basis == "net_of_manager":
        rows += [
            _row(head + "reference_fees", fee_words(asset.reference_fees), "", asset.fees_source, "assumed",
                 asset.fees_opposite, **more),
            _row(head + "gross_return", asset.gross_return, "a year, gross",
                 "Worked out: a fund on exactly the reference fees that earns this nets the stated return over 20 "
                 "years at this risk; the fund's own terms are then charged on it", "assumed", "", **more),
        ]
    return rows


def _correlation_rows(groups: tuple[CorrelationRow, ...], held: set[str]) -> list[dict]:
    """Where the correlations of held assets come from; a pair that the case states itself is not the set's any more."""
    stated = {frozenset(row.pairs[0][:2]) for row in groups if row.evidence == "case" and len(row.pairs) == 1}
    rows = []
    for group in groups:
        own = group.evidence == "case"
        pairs = [(x, y, v) for x, y, v in group.pairs
                 if x in held and y in held and (len(group.pairs) == 1 or frozenset((x, y)) not in stated)]
        if not pairs:
            continue
        first = pairs[0][0]
        whose = first if all(x == first for x, _, _ in group.pairs) else "classes"
        text = "; ".join(f"{y if whose == x else f'{x} and {y}'} {v:g}" for x, y, v in pairs)
        where = f"{first}.{pairs[0][1]}" if own and len(group.pairs) == 1 else f"{whose}.{EVIDENCE[group.evidence]}"
        rows.append(_row(f"correlations.{where}", text, "", group.source,
                         "survey" if group.evidence in "PS" else "assumed", group.opposite))
    known = {name for group in groups for pair in group.pairs for name in pair[:2]}
    return rows + [_row(f"correlations.{name}.not_stated", 0.0, "with everything", "nothing stated in assumptions.toml",
                        "assumed", "Few assets are unrelated to stocks in a fall.") for name in sorted(held - known)]


def term_rows(fund: Fund) -> list[dict]:
    """Every term in force of the proposed fund: public with its citation, or assumed."""
    cited = {term.key: term.cite for term in fund.public_terms}
    tree = leaves(fund.model_dump(exclude=set(UNDESCRIBED)))
    return [_row(f"fund.{key}", shown(value), "", cited.get(key, "assumed in fund.toml"),
                 "public" if key in cited else "assumed") for key, value in tree.items()]


def shown(value) -> int | float | str | bool:
    """A term as a results file can hold it: a scalar as it is, an array or a table as words."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{k} {shown(x)}" for k, x in value.items())
    if isinstance(value, (tuple, list)):
        return "; ".join(str(shown(x)) for x in value)
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
