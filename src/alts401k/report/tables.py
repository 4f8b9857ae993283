"""Tables of the report as rows of text; nothing is worked out here, only chosen, ordered and written."""

from __future__ import annotations

from typing import Any

from alts401k.report.charts import layer_names
from alts401k.report.rows import Table, pair_row
from alts401k.report.tables_why import why_tables
from alts401k.report.tables_wrong import unmoving_terms, wrong_tables
from alts401k.report.words import assumption_value, plain_name, show, show_error

_LONG_SOURCE = 60  # characters from which a source that repeats is cited by number
_FAN_STEP = 5  # years between the rows of the fan table
_KINDS = {"survey": "survey", "assumed": "assumed", "law": "law", "public": "public"}


def tables(results: dict[str, Any]) -> dict[str, Any]:
    """Every table of the report by name; `assumptions` and `terms` are tuples of tables, `sources` of texts."""
    return {
        "income": _income(results),
        "wealth": _wealth(results),
        "fan": _fan(results),
        "risk": _risk(results),
        "fees": _fees(results),
        "gates": _gates(results),
        "regimes": _regimes(results),
        "weights": _weights(results),
        "dilution": _dilution(results),
        "marks": _marks(results),
        "benchmark": _benchmark(results),
        "structure": _structure(results),
        "layers": _layers(results),
        "assumptions": _assumptions(results),
        "sources": _sources(results),
        "terms": _terms(results),
        "inputs": _inputs(results),
        "unmoving": unmoving_terms(results, tried=True),
        "untried": unmoving_terms(results, tried=False),
        **why_tables(results),
        **wrong_tables(results),
    }


def _percentiles(caption: str, pair: dict[str, Any], kind: str) -> Table:
    keys = [key for key in ("p5", "p25", "p50", "p75", "p95") if key in pair["proposed"]]
    words = {
        "p5": "worst twentieth",
        "p25": "lower quarter",
        "p50": "median",
        "p75": "upper quarter",
        "p95": "best twentieth",
    }
    return Table(
        caption,
        ("", "proposed", "today's"),
        tuple(
            (words[key], *(_cell(pair, who, key, kind) for who in ("proposed", "baseline"))) for key in keys
        ),
    )


def _cell(pair: dict[str, Any], who: str, key: str, kind: str) -> str:
    errors = pair.get("standard_error", {}).get(who, {})
    text = show(pair[who][key], kind)
    return f"{text} ± {show_error(errors[key], kind)}" if key in errors else text


def _income(results: dict[str, Any]) -> Table:
    return _percentiles(
        "Yearly income from the account at 67, share of late-career pay",
        results["performance"]["income_replacement"],
        "share",
    )


def _wealth(results: dict[str, Any]) -> Table:
    return _percentiles("Account at 67, in dollars of the start", results["performance"]["wealth_usd"], "usd")


def _fan(results: dict[str, Any]) -> Table:
    fan = results["performance"]["wealth_fan"]
    rows = list(
        zip(
            fan["years"], *(fan[who][key] for who in ("proposed", "baseline") for key in ("p5", "p50", "p95"))
        )
    )
    chosen = [row for row in rows if row[0] % _FAN_STEP == 0]
    if rows[-1] not in chosen:
        chosen.append(rows[-1])
    return Table(
        "Real value of $1: worst twentieth, median, best twentieth",
        ("year", "proposed", "today's"),
        tuple(
            (
                show(row[0], "count"),
                " / ".join(show(v, "unit_usd") for v in row[1:4]),
                " / ".join(show(v, "unit_usd") for v in row[4:7]),
            )
            for row in chosen
        ),
    )


def _risk(results: dict[str, Any]) -> Table:
    risk = results["performance"]["risk_adjusted"]
    sure = risk["certainty_equivalent"]
    return Table(
        "Return for the risk taken, on true values",
        ("", "proposed", "today's"),
        (
            pair_row("Sharpe ratio", risk["sharpe"], "ratio"),
            pair_row("Sure real return worth as much, a year", sure, "rate"),
            ("Its change", show(sure["change"], "change"), ""),
        ),
    )


def _fees(results: dict[str, Any]) -> Table:
    per_1000, total = results["fees"]["per_1000_usd"], results["fees"]["total"]
    layers = tuple(
        (
            plain_name(name),
            *(show(per_1000[who].get(name, 0.0), "per_1000") for who in ("proposed", "baseline")),
        )
        for name in layer_names(results)
    )
    return Table(
        "Cost a year for each $1,000, by layer",
        ("layer", "proposed", "today's"),
        (
            *layers,
            (
                "all layers",
                show(total["proposed"], "rate_per_1000"),
                show(total["baseline"], "rate_per_1000"),
            ),
            ("the same, share of assets", show(total["proposed"], "rate"), show(total["baseline"], "rate")),
        ),
    )


def _gates(results: dict[str, Any]) -> Table:
    gates = results["liquidity"]["gate_probability"]
    errors = gates.get("standard_error", {})
    rows = (
        ("building_block", "Building block: paid less than was due"),
        ("sleeve", "Sleeve: sellers filled in part"),
        ("plan", "Plan: participants filled in part, or regime gated"),
    )
    return Table(
        "Chance of at least one gate in a year",
        ("level", "chance", "first 20 years", "standard error"),
        tuple(
            (
                label,
                show(gates[key], "rate"),
                show(gates["first_20_years"][key], "rate"),
                f"{show_error(errors[key], 'rate')} points" if key in errors else "not stated",
            )
            for key, label in rows
        ),
    )


def _regimes(results: dict[str, Any]) -> Table:
    regimes = results["liquidity"]["regimes"]
    words = (
        ("green", "normal dealing"),
        ("amber", "past the first limit, watched"),
        ("red", "past the second, no private buying"),
        ("gated", "cover too thin, plan exits wait"),
        ("suspended", "participants not paid in full"),
    )
    return Table(
        "Share of time by regime, over all vintages",
        ("regime", "share"),
        tuple((f"{key}: {meaning}", show(regimes[key], "rate")) for key, meaning in words),
    )


def _weights(results: dict[str, Any]) -> Table:
    weight = results["liquidity"]["private_weight"]
    return Table(
        "Private weight of a vintage, as reported",
        ("", "share of net assets"),
        tuple(
            (label, show(weight[key], "share"))
            for key, label in (("p50", "median"), ("p95", "95th percentile"), ("max", "largest seen"))
        ),
    )


def _dilution(results: dict[str, Any]) -> Table:
    moved = results["valuation"]["dilution_usd_per_year"]
    errors = moved.get("standard_error", {})
    return Table(
        "Moved by late prices a year, among the plan's own people",
        ("who", "gained (+) or paid (-)", "standard error"),
        tuple(
            (
                who,
                show(moved[who], "usd_signed"),
                show_error(errors[who], "usd") if who in errors else "not stated",
            )
            for who in ("leavers", "joiners", "stayers")
        ),
    )


def _marks(results: dict[str, Any]) -> Table:
    return Table(
        "How private sleeves are priced",
        ("sleeve", "smoothing", "lag, months", "reports every, months", "mean gap to truth", "sd of the gap"),
        tuple(
            (
                plain_name(name),
                show(m["smoothing"], "ratio"),
                show(m["lag_months"], "months"),
                show(m["report_months"], "months"),
                show(m["mean_gap"], "change"),
                show(m["sd_gap"], "rate"),
            )
            for name, m in sorted(results["valuation"]["marks"].items())
        ),
    )


def _benchmark(results: dict[str, Any]) -> Table:
    return Table(
        "Composite from the fund's own weights",
        ("asset", "weight"),
        tuple(
            (plain_name(c["asset"]), show(c["weight"], "share")) for c in results["benchmark"]["composite"]
        ),
    )


def _structure(results: dict[str, Any]) -> Table:
    return Table(
        "Sleeves of the proposed fund",
        ("sleeve", "holds", "deals", "through", "in today's fund", "weight, young", "weight, old"),
        tuple(
            (
                plain_name(s["sleeve"]),
                plain_name(s["asset"]),
                s["dealing"],
                plain_name(s["block"]) or "-",
                "yes" if s["in_baseline"] else "no",
                show(s["weight_longest"], "share"),
                show(s["weight_shortest"], "share"),
            )
            for s in results["complexity"]["structure"]
        ),
    )


def _layers(results: dict[str, Any]) -> Table:
    c = results["complexity"]
    return Table(
        "Depth and borrowing",
        ("", "proposed", "today's"),
        (
            pair_row("Layers of vehicles", c["layers"], "count"),
            pair_row("Assets per dollar of net assets", c["look_through_leverage"], "ratio"),
            ("Sleeves", show(c["sleeves"], "count"), ""),
            ("Instruments", show(c["instruments"], "count"), ""),
        ),
    )


def _sources(results: dict[str, Any]) -> tuple[str, ...]:
    """Long sources that stand behind more than one row, in the order they first appear; rows cite their number."""
    seen = [row["source"] for row in results["run"]["assumptions"]]
    long = [text for text in dict.fromkeys(seen) if len(text) > _LONG_SOURCE and seen.count(text) > 1]
    return tuple(long)


def _is_bare_term(row: dict[str, Any]) -> bool:
    """A term of the fund that is assumed and of which nothing more is recorded: listed in short form."""
    return row["name"].startswith("fund.") and row["kind"] == "assumed" and not row["opposite"]


def _assumptions(results: dict[str, Any]) -> tuple[Table, ...]:
    groups = (
        ("Assumed, or taken from a survey", ("assumed", "survey")),
        ("Published terms of the fund", ("public",)),
        ("Values of law", ("law",)),
    )
    sources = _sources(results)
    rows = [row for row in results["run"]["assumptions"] if not _is_bare_term(row)]
    return tuple(
        Table(
            caption,
            ("what", "value", "kind", "source", "the opposite view"),
            tuple(_assumption(row, sources) for row in rows if row["kind"] in kinds),
        )
        for caption, kinds in groups
    )


def _assumption(row: dict[str, Any], sources: tuple[str, ...]) -> tuple[str, ...]:
    source = row["source"]
    for number, text in enumerate(sources, 1):
        if text == source:
            source = f"source {number}"
    return (
        row["name"],
        assumption_value(row["value"], row["unit"]),
        _KINDS[row["kind"]],
        source,
        row["opposite"] or "none recorded",
    )


def _terms(results: dict[str, Any]) -> tuple[Table, ...]:
    """Assumed terms of the fund in short form, one table a source."""
    rows = [row for row in results["run"]["assumptions"] if _is_bare_term(row)]
    return tuple(
        Table(
            f"Terms of the fund, {source}; no opposite recorded",
            ("term", "value"),
            tuple(
                (row["name"].removeprefix("fund."), assumption_value(row["value"], row["unit"]))
                for row in rows
                if row["source"] == source
            ),
        )
        for source in dict.fromkeys(row["source"] for row in rows)
    )


def _inputs(results: dict[str, Any]) -> Table:
    return Table(
        "Input files", ("file", "SHA-256"), tuple((i["file"], i["sha256"]) for i in results["run"]["inputs"])
    )
