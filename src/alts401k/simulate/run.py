"""From resolved families and a market to finished paths: the Python side of the fund pass."""
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alts401k.chart import HELD, Shape, base_v, legs, n_accounts
from alts401k.simulate import paths as loop
from alts401k.simulate import tally
from alts401k.simulate.paths import Members, Scene
from alts401k.simulate.plain import is_plain, plain_block, run_plain
from alts401k.terms.resolve import Family
from alts401k.world.draws import Tape
from alts401k.world.generators import tape
from alts401k.world.market import Market

PATHS_PER_BLOCK, BLOCKS_PER_BATCH = 25, 64
Progress = Callable[[str, int, int], None] | None
Indices = tuple[tuple[str, ...], ...]


class FundPaths(NamedTuple):
    """Finished paths of one family.

    units, value, struck (paths, V, years): yearly sums of 1 / struck price, true and struck unit value at year end
    (usd); sums (paths, n_sums): see ``simulate.tally``; bins (BINS,): months by private weight, vintages by dollars;
    gated (3, years): paths with at least one gate at block, sleeve and plan level.
    """

    family: Family
    units: np.ndarray
    value: np.ndarray
    struck: np.ndarray
    sums: np.ndarray
    bins: np.ndarray
    gated: np.ndarray


class Books(NamedTuple):
    """Closing books of every path of one family: b (paths, n_accounts), price (paths, S + V), state (paths, 2 V)."""

    b: np.ndarray
    price: np.ndarray
    state: np.ndarray


def used_assets(families: tuple[Family, ...], indices: Indices = ()) -> tuple[str, ...]:
    """Assets that the families hold anywhere, their public indices, and cash, in name order."""
    names = {"cash"}
    for family in families:
        names.update(family.liquid_asset)
        names.update(family.private_asset)
    for row in indices:
        names.update(row)
    return tuple(sorted(names))


def scene(families: tuple[Family, ...], members: tuple[Members, ...], assets: tuple[str, ...],
          indices: Indices = (), shock: np.ndarray | None = None) -> Scene:
    """Stack families of one shape for the compiled loop; ``indices`` (F, L) public index of each private holding (the
    holding itself if left out), ``shock`` see ``Scene``."""
    place = {name: i for i, name in enumerate(assets)}
    shape = families[0].shape
    indices = indices or tuple(family.private_asset for family in families)

    def stack(field: str, kind=float) -> np.ndarray:
        return np.stack([np.asarray(getattr(family, field), dtype=kind) for family in families])

    def index(rows) -> np.ndarray:
        return np.array([[place[name] for name in row] for row in rows], dtype=np.int64).reshape(len(families), -1)

    debit, credit = (np.array(side, dtype=np.int64) for side in legs(shape))
    when = stack("when", np.int64)
    return Scene(
        months=when.shape[1], first_month=families[0].first_month, year_end=members[0].year_end, b=stack("b"),
        price=stack("price"), state=stack("state", np.int64), terms=stack("terms"), when=when,
        liquid=index([f.liquid_asset for f in families]),
        private=index([f.private_asset for f in families]), index=index(indices),
        spread=stack("line_spread_yearly"), vspread=stack("vline_spread_yearly"), smoothing=stack("smoothing"),
        lag=stack("lag_months", np.int64), every=stack("report_months", np.int64), call=stack("call_share"),
        dist=stack("distribution_share"), in_usd=np.stack([m.in_usd for m in members]),
        turnover=np.stack([m.turnover for m in members]), retired=np.stack([m.retired for m in members]),
        shock=np.zeros((0, 2)) if shock is None else shock, debit=debit, credit=credit,
    )


def run(families: tuple[Family, ...], members: tuple[Members, ...], market: Market, n_paths: int, seed: int,
        progress: Progress = None, indices: Indices = ()) -> tuple[FundPaths, ...]:
    """Run ``n_paths`` paths of every family on common draws.

    Families that need the step and share a shape go through one loop and draw once; a plain family goes through
    its closed form. ``progress(stage, done, total)`` is called between batches; an interrupt leaves nothing behind.
    ``indices``: by family, the public index of each private holding. Raises FloatingPointError for a ruined fund.
    """
    assets = used_assets(families, indices)
    drawn = tape(market, assets, seed)
    jobs: dict[object, list[int]] = {}
    for k, family in enumerate(families):
        jobs.setdefault(("plain", k) if is_plain(family) else ("step", family.shape), []).append(k)
    found: dict[int, FundPaths] = {}
    for j, ((kind, _), which) in enumerate(jobs.items()):
        work = _run_plain if kind == "plain" else _run_step
        told = None if progress is None else lambda stage, done, total, j=j: progress(
            stage, j * total + done, len(jobs) * total)
        parts = work(tuple(families[k] for k in which), tuple(members[k] for k in which), drawn, n_paths, assets,
                     tuple(indices[k] for k in which) if indices else (), told)
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


def _run_step(families, members, drawn: Tape, n_paths, assets, indices, progress) -> tuple[FundPaths, ...]:
    shape = families[0].shape
    V, F = len(shape.vintages), len(families)
    years = families[0].terms.shape[0]
    units, value, struck = (np.zeros((n_paths, F, V, years)) for _ in range(3))
    sums = np.zeros((n_paths, F, tally.n_sums(shape)))
    total = np.zeros((F, tally.BINS))
    gates = np.zeros((F, 3, years), dtype=np.int64)
    setting = scene(families, members, assets, indices)
    no_trace, no_ends = np.empty((F, 0, 0)), np.empty((n_paths, F, 0))
    for starts in _batches(n_paths, progress):
        bins = np.zeros((len(starts) - 1, F, tally.BINS))
        gated = np.zeros((len(starts) - 1, F, 3, years), dtype=np.int64)
        loop.run_paths(starts, drawn, setting, units, value, struck, sums, bins, gated, no_trace, no_ends, *shape)
        total += bins.sum(axis=0)
        gates += gated.sum(axis=0)
    return tuple(FundPaths(family, units[:, f], value[:, f], struck[:, f], sums[:, f], total[f], gates[f])
                 for f, family in enumerate(families))


def _plain_arguments(family: Family, member: Members, drawn: Tape, assets: tuple[str, ...]) -> tuple:
    """Everything ``run_plain`` needs between ``starts`` and the outputs."""
    V = len(family.shape.vintages)
    held = base_v(family.shape) + HELD * V
    return (drawn, family.when.shape[0], family.price, family.b[held:held + V], family.terms,
            np.array([assets.index(name) for name in family.liquid_asset], dtype=np.int64), member.in_usd,
            member.turnover, member.retired, member.year_end)


def _run_plain(families, members, drawn: Tape, n_paths, assets, indices, progress) -> tuple[FundPaths, ...]:
    (family,), (member,) = families, members
    shape = family.shape
    years = family.terms.shape[0]
    units = np.zeros((n_paths, len(shape.vintages), years))
    value = np.zeros_like(units)
    sums = np.zeros((n_paths, tally.n_sums(shape)))
    total = np.zeros(tally.BINS)
    arguments = _plain_arguments(family, member, drawn, assets)
    for starts in _batches(n_paths, progress):
        bins = np.zeros((len(starts) - 1, tally.BINS))
        run_plain(starts, *arguments, units, value, sums, bins, np.empty((0, 0)), *shape)
        total += bins.sum(axis=0)
    return (FundPaths(family, units, value, value, sums, total, np.zeros((3, years), dtype=np.int64)),)


def run_to(family: Family, member: Members, market: Market, months: int, n_paths: int, seed: int) -> Books:
    """The closing books of ``n_paths`` paths of one family after ``months`` months, through the step."""
    shape = family.shape
    V, S, A = len(shape.vintages), len(shape.sleeves), n_accounts(shape)
    assets = used_assets((family,))
    setting = scene((family,), (member,), assets)._replace(months=months)
    years = family.terms.shape[0]
    scrap = [np.zeros((n_paths, 1, V, years)) for _ in range(3)]
    ends = np.zeros((n_paths, 1, A + S + 3 * V))
    for starts in _batches(n_paths, None):
        n = len(starts) - 1
        loop.run_paths(starts, tape(market, assets, seed), setting, *scrap, np.zeros((n_paths, 1, tally.n_sums(shape))),
                       np.zeros((n, 1, tally.BINS)), np.zeros((n, 1, 3, years), dtype=np.int64), np.empty((1, 0, 0)),
                       ends, *shape)
    end = ends[:, 0]
    return Books(end[:, :A].copy(), end[:, A:A + S + V].copy(), end[:, A + S + V:].astype(np.int64))


def named_sums(paths: FundPaths) -> dict[str, np.ndarray]:
    """The per-path sums by name: (paths,) each, or (paths, n) for those by regime, sleeve, slow sleeve or vintage."""
    return named_of(paths.sums, paths.family.shape)


def named_of(x: np.ndarray, shape: Shape) -> dict[str, np.ndarray]:
    """The columns of per-path sums (paths, n_sums) by name."""
    V, S, L, _ = (len(y) for y in shape)
    heads = ("NET", "VFEE", "VLINE_INTEREST", "ASKED", "UNFILLED", "LEAVERS", "JOINERS", "STAYERS", "GATE_BLOCK",
             "GATE_SLEEVE", "GATE_PLAN", "LATE", "MONTHS", "PRIVATE_MAX", "SLOW_ASKED", "SLOW_UNFILLED", "ABOVE_CAP")
    out = {name.lower(): x[:, getattr(tally, name)] for name in heads}
    out["regime"] = x[:, tally.REGIME:tally.HEAD]
    first = tally.HEAD
    blocks = (("sleeve_fee", S), ("line_interest", S), ("block_fee", L), ("incentive", L), ("gap_sum", L),
              ("gap_squares", L), ("gap_months", L), ("block_due", L), ("block_paid", L), ("pme_in", L), ("pme_out", L),
              ("months_held", V), ("excess_sum", V), ("excess_squares", V))
    for name, n in blocks:
        out[name] = x[:, first:first + n]
        first += n
    assert first == x.shape[1]
    return out


def replay(families: tuple[Family, ...], members: tuple[Members, ...], market: Market, path: int, seed: int,
           assets: tuple[str, ...] | None = None) -> list[np.ndarray]:
    """One path alone, month by month: for each family (months, S + 2 V) sleeve prices, vintage prices, true values."""
    out = []
    names = used_assets(families) if assets is None else assets
    drawn = tape(market, names, seed)
    for family, member in zip(families, members, strict=True):
        shape = family.shape
        V, S = len(shape.vintages), len(shape.sleeves)
        years = family.terms.shape[0]
        trace = np.zeros((1, 12 * years, S + 2 * V))
        units, value, struck = (np.zeros((path + 1, V, years)) for _ in range(3))
        sums = np.zeros((path + 1, tally.n_sums(shape)))
        if is_plain(family):
            plain_block(path, path + 1, *_plain_arguments(family, member, drawn, names), units, value, sums,
                        np.zeros(tally.BINS), trace[0], *shape)
        else:
            loop.run_block(path, path + 1, drawn, scene((family,), (member,), names), units[:, None], value[:, None],
                           struck[:, None], sums[:, None], np.zeros((1, tally.BINS)),
                           np.zeros((1, 3, years), dtype=np.int64), trace, np.empty((path + 1, 1, 0)), *shape)
        out.append(trace[0])
    return out
