"""From resolved families and a market to finished paths: the Python side of the fund pass."""
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alts401k.chart import HELD, base_v, legs
from alts401k.simulate import paths as loop
from alts401k.simulate.paths import Drawn, Members
from alts401k.simulate.plain import is_plain, plain_block, run_plain
from alts401k.terms.resolve import Family
from alts401k.world.market import Market

PATHS_PER_BLOCK, BLOCKS_PER_BATCH = 50, 32
Progress = Callable[[str, int, int], None] | None


class FundPaths(NamedTuple):
    """Finished paths of one family.

    units, value (paths, V, years): yearly sums of 1 / struck price, and true unit value at year end (usd);
    sums (paths, n_sums): see ``simulate.paths``; bins (BINS,): months by private weight, vintages by dollars; gated
    (3, years): paths with at least one gate at block, sleeve and plan level.
    """

    family: Family
    units: np.ndarray
    value: np.ndarray
    sums: np.ndarray
    bins: np.ndarray
    gated: np.ndarray


def used_assets(families: tuple[Family, ...]) -> tuple[str, ...]:
    """Assets that the families hold anywhere, and cash, in name order."""
    names = {"cash"}
    for family in families:
        names.update(family.liquid_asset)
        names.update(family.private_asset)
    return tuple(sorted(names))


def drawn(market: Market, assets: tuple[str, ...], seed: int) -> Drawn:
    """The draws for these assets: their rows of the universe's factor without the columns that are all zero."""
    rows = [market.names.index(name) for name in assets]
    factor = market.factor[rows]
    columns = np.flatnonzero(np.any(factor != 0.0, axis=0))
    return Drawn(seed, market.keys[columns], market.log_mean_monthly[rows], market.log_sd_monthly[rows],
                 np.ascontiguousarray(factor[:, columns]), assets.index("cash"))


def _arguments(families: tuple[Family, ...], members: tuple[Members, ...], market: Market, seed: int,
               assets: tuple[str, ...]) -> tuple:
    """Everything ``run_paths`` needs between ``starts`` and the outputs, families stacked first."""
    draw = drawn(market, assets, seed)
    place = {name: i for i, name in enumerate(assets)}
    shape = families[0].shape

    def stack(field: str) -> np.ndarray:
        return np.stack([getattr(family, field) for family in families])

    def index(field: str) -> np.ndarray:
        rows = [[place[name] for name in getattr(family, field)] for family in families]
        return np.array(rows, dtype=np.int64).reshape(len(families), -1)

    debit, credit = (np.array(side, dtype=np.int64) for side in legs(shape))
    when = stack("when")
    return (
        draw.seed, draw.keys, draw.log_mean, draw.log_sd, draw.factor, draw.cash, when.shape[1],
        families[0].first_month, stack("b"), stack("price"), stack("terms"), when, index("liquid_asset"),
        index("private_asset"), stack("line_spread_yearly"),
        np.array([family.vline_spread_yearly for family in families]), stack("smoothing"), stack("lag_months"),
        stack("report_months"), stack("call_share"), stack("distribution_share"),
        np.stack([m.in_usd for m in members]), np.stack([m.turnover for m in members]),
        np.stack([m.retired for m in members]), members[0].year_end, debit, credit,
    )


def run(families: tuple[Family, ...], members: tuple[Members, ...], market: Market, n_paths: int, seed: int,
        progress: Progress = None) -> tuple[FundPaths, ...]:
    """Run ``n_paths`` paths of every family on common draws.

    Families that need the step and share a shape go through one loop and draw once; a plain family goes through
    its closed form. ``progress(stage, done, total)`` is called between batches; an interrupt leaves nothing behind.
    """
    assets = used_assets(families)
    jobs: dict[object, list[int]] = {}
    for k, family in enumerate(families):
        jobs.setdefault(("plain", k) if is_plain(family) else ("step", family.shape), []).append(k)
    found: dict[int, FundPaths] = {}
    for j, ((kind, _), which) in enumerate(jobs.items()):
        work = _run_plain if kind == "plain" else _run_step
        told = None if progress is None else lambda stage, done, total, j=j: progress(
            stage, j * total + done, len(jobs) * total)
        parts = work(tuple(families[k] for k in which), tuple(members[k] for k in which), market, n_paths, seed, assets,
                     told)
        found.update(zip(which, parts, strict=True))
    for paths in found.values():
        if not np.isfinite(paths.value).all() or not np.isfinite(paths.sums).all():
            raise FloatingPointError("a simulated path is not finite: a sleeve or vintage lost all its value")
        ruined = int(np.count_nonzero((paths.value <= 0.0).any(axis=(1, 2))))
        if ruined:
            raise FloatingPointError(f"{paths.family.name!r} owes more than it holds on {ruined} of {n_paths} paths")
    return tuple(found[k] for k in range(len(families)))


def _batches(n_paths: int, progress: Progress):
    """Block edges, a batch at a time; reports progress after each."""
    edges = np.append(np.arange(0, n_paths, PATHS_PER_BLOCK), n_paths)
    for first in range(0, len(edges) - 1, BLOCKS_PER_BATCH):
        starts = edges[first:first + BLOCKS_PER_BATCH + 1]
        yield starts
        if progress is not None:
            progress("paths", int(starts[-1]), n_paths)


def _run_step(families, members, market, n_paths, seed, assets, progress) -> tuple[FundPaths, ...]:
    shape = families[0].shape
    V, F = len(shape.vintages), len(families)
    years = families[0].terms.shape[0]
    units = np.zeros((n_paths, F, V, years))
    value = np.zeros((n_paths, F, V, years))
    sums = np.zeros((n_paths, F, loop.n_sums(shape)))
    total = np.zeros((F, loop.BINS))
    gates = np.zeros((F, 3, years), dtype=np.int64)
    arguments = _arguments(families, members, market, seed, assets)
    for starts in _batches(n_paths, progress):
        bins = np.zeros((len(starts) - 1, F, loop.BINS))
        gated = np.zeros((len(starts) - 1, F, 3, years), dtype=np.int64)
        loop.run_paths(starts, *arguments, units, value, sums, bins, gated, np.empty((F, 0, 0)), *shape)
        total += bins.sum(axis=0)
        gates += gated.sum(axis=0)
    return tuple(FundPaths(family, units[:, f], value[:, f], sums[:, f], total[f], gates[f])
                 for f, family in enumerate(families))


def _plain_arguments(family: Family, member: Members, market: Market, seed: int, assets: tuple[str, ...]) -> tuple:
    """Everything ``run_plain`` needs between ``starts`` and the outputs."""
    draw = drawn(market, assets, seed)
    V = len(family.shape.vintages)
    held = base_v(family.shape) + HELD * V
    return (draw.seed, draw.keys, draw.log_mean, draw.log_sd, draw.factor, draw.cash, family.when.shape[0],
            family.price, family.b[held:held + V], family.terms,
            np.array([assets.index(name) for name in family.liquid_asset], dtype=np.int64), member.in_usd,
            member.turnover, member.retired, member.year_end)


def _run_plain(families, members, market, n_paths, seed, assets, progress) -> tuple[FundPaths, ...]:
    (family,), (member,) = families, members
    shape = family.shape
    years = family.terms.shape[0]
    units = np.zeros((n_paths, len(shape.vintages), years))
    value = np.zeros_like(units)
    sums = np.zeros((n_paths, loop.n_sums(shape)))
    total = np.zeros(loop.BINS)
    arguments = _plain_arguments(family, member, market, seed, assets)
    for starts in _batches(n_paths, progress):
        bins = np.zeros((len(starts) - 1, loop.BINS))
        run_plain(starts, *arguments, units, value, sums, bins, np.empty((0, 0)), *shape)
        total += bins.sum(axis=0)
    return (FundPaths(family, units, value, sums, total, np.zeros((3, years), dtype=np.int64)),)


def named_sums(paths: FundPaths) -> dict[str, np.ndarray]:
    """The per-path sums by name: (paths,) each, or (paths, n) for those by regime, sleeve, slow sleeve or vintage."""
    V, S, L, _ = (len(x) for x in paths.family.shape)
    x = paths.sums
    heads = ("NET", "VFEE", "VLINE_INTEREST", "ASKED", "UNFILLED", "LEAVERS", "JOINERS", "STAYERS", "GATE_BLOCK",
             "GATE_SLEEVE", "GATE_PLAN", "LATE", "MONTHS", "PRIVATE_MAX", "SLOW_ASKED", "SLOW_UNFILLED")
    out = {name.lower(): x[:, getattr(loop, name)] for name in heads}
    out["regime"] = x[:, loop.REGIME:loop.HEAD]
    first = loop.HEAD
    blocks = (("sleeve_fee", S), ("line_interest", S), ("block_fee", L), ("incentive", L), ("gap_sum", L),
              ("gap_squares", L), ("gap_months", L), ("months_held", V), ("excess_sum", V), ("excess_squares", V))
    for name, n in blocks:
        out[name] = x[:, first:first + n]
        first += n
    assert first == x.shape[1]
    return out


def replay(families: tuple[Family, ...], members: tuple[Members, ...], market: Market, path: int, seed: int,
           assets: tuple[str, ...] | None = None) -> list[np.ndarray]:
    """One path alone, month by month: for each family (months, S + 2 V) sleeve prices, vintage prices, true values."""
    out = []
    for family, member in zip(families, members, strict=True):
        shape = family.shape
        V, S = len(shape.vintages), len(shape.sleeves)
        years = family.terms.shape[0]
        names = used_assets(families) if assets is None else assets
        trace = np.zeros((1, 12 * years, S + 2 * V))
        units, value = np.zeros((path + 1, V, years)), np.zeros((path + 1, V, years))
        sums = np.zeros((path + 1, loop.n_sums(shape)))
        if is_plain(family):
            plain_block(path, path + 1, *_plain_arguments(family, member, market, seed, names), units, value, sums,
                        np.zeros(loop.BINS), trace[0], *shape)
        else:
            loop.run_block(path, path + 1, *_arguments((family,), (member,), market, seed, names), units[:, None],
                           value[:, None], sums[:, None], np.zeros((1, loop.BINS)),
                           np.zeros((1, 3, years), dtype=np.int64), trace, *shape)
        out.append(trace[0])
    return out
