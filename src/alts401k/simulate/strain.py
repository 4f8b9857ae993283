"""Strain: what one month's outflow breaks a fund, and how a fund lives through a stated tape of months.

Both use the compiled loop of the fund pass: many books as many families over one month, or one family over a tape.
"""
from typing import NamedTuple

import numpy as np

from alts401k.chart import HELD, ILLIQUID, base_l, base_v, n_accounts
from alts401k.simulate import paths as loop
from alts401k.simulate import tally
from alts401k.simulate.paths import Members
from alts401k.simulate.run import Books, named_of, scene
from alts401k.step import layout as at
from alts401k.terms.resolve import Family
from alts401k.world.draws import LOGNORMAL, SCENARIOS, Tape

STEPS = 14  # halvings: the outflow is found to within one part in sixteen thousand


class Lived(NamedTuple):
    """One family over a tape: sums by name, prices (months, S + 2 V) as ``paths.close_month`` leaves them."""

    sums: dict[str, np.ndarray]
    trace: np.ndarray


def flat_tape(like: Tape, growth: np.ndarray) -> Tape:
    """A tape on which every asset of ``like`` grows by ``growth`` (n,) gross, every month."""
    return like._replace(mode=LOGNORMAL, log_mean=np.log(growth), log_sd=np.zeros_like(growth))


def tape_of(like: Tape, growth: np.ndarray) -> Tape:
    """A tape of stated months: growth (months, n) gross, in whole years."""
    return like._replace(mode=SCENARIOS, table=np.ascontiguousarray(growth), span=growth.shape[0], repeat=1)


def breaking_outflow(family: Family, members: Members, books: Books, month: int, tape: Tape, assets: tuple[str, ...],
                     counted: np.ndarray) -> np.ndarray:
    """Smallest share of units (paths,) whose leaving in the month after ``month`` leaves a vintage GATED, or somebody
    unpaid; 0 where it needs nobody to leave, 1 where even nearly everybody breaks nothing.

    No money comes in and no mark arrives that month. counted (V,) bool: vintages that somebody still saves in; one that
    only pays out is running off, and its regime is its own affair. Nobody of such a vintage leaves here.
    """
    n = len(books.b)
    wanted = counted.astype(float)
    setting = _many(family, members, books, month, assets)
    low, high = np.zeros(n), np.full(n, 1.0)
    always = _breaks(setting, family, tape, np.zeros(n), wanted)
    never = ~_breaks(setting, family, tape, np.full(n, 0.99), wanted)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        broken = _breaks(setting, family, tape, middle, wanted)
        low, high = np.where(broken, low, middle), np.where(broken, middle, high)
    return np.where(always, 0.0, np.where(never, 1.0, high))


def _many(family: Family, members: Members, books: Books, month: int, assets: tuple[str, ...]):
    """Every path's books as a family of its own, for the one month after ``month``."""
    one = scene((family,), (members,), assets)
    n, year = len(books.b), month // 12
    again = {name: np.repeat(getattr(one, name), n, axis=0) for name in (
        "liquid", "private", "index", "spread", "vspread", "smoothing", "lag", "call", "dist")}
    V = len(family.shape.vintages)
    return one._replace(
        months=1, first_month=0, year_end=False, b=books.b, price=books.price, state=books.state,
        terms=np.repeat(one.terms[:, year:year + 1], n, axis=0),
        when=np.repeat(one.when[:, month:month + 1], n, axis=0),
        every=np.full((n, len(family.shape.slow)), 1_000, dtype=np.int64), in_usd=np.zeros((n, 1, V)),
        turnover=np.zeros((n, 1, V)), **again)


def _breaks(setting, family: Family, tape: Tape, outflow: np.ndarray, counted: np.ndarray) -> np.ndarray:
    shape = family.shape
    V, S, L, K = (len(x) for x in shape)
    n, A = len(outflow), n_accounts(shape)
    # in the first month of a year a share retired / 12 leaves
    setting = setting._replace(retired=12.0 * outflow[:, None, None] * counted)
    scrap = [np.zeros((1, n, V, 1)) for _ in range(3)]
    sums, ends = np.zeros((1, n, tally.n_sums(shape))), np.zeros((1, n, A + S + 3 * V))
    loop.run_paths(np.array([0, 1]), tape, setting, *scrap, sums, np.zeros((1, n, tally.BINS)),
                   np.zeros((1, n, 3, 1), dtype=np.int64), np.empty((n, 0, 0)), ends, *shape)
    end = ends[0]
    held = end[:, base_v(shape) + HELD * V:][:, :V] * end[:, A + S:A + S + V]
    gated = (end[:, A + S + V:A + S + 2 * V] >= at.GATED) & (held > 0.0) & (counted > 0.0)
    unpaid = sums[0, :, tally.UNFILLED] * at.DUST > sums[0, :, tally.ASKED]
    return gated.any(axis=1) | unpaid


def live_through(family: Family, members: Members, tape: Tape, assets: tuple[str, ...], shock: np.ndarray,
                 shut: np.ndarray) -> Lived:
    """One family over a stated tape from its opening books: shock (months, 2) as in ``paths.Scene``, shut (months,)
    bool months in which nothing private is paid (a year with one such month is shut)."""
    shape = family.shape
    V, S, L, _ = (len(x) for x in shape)
    months = len(shock)
    years = -(-months // 12)
    terms = family.terms[:years].copy()
    closed = [year for year in range(years) if shut[12 * year:12 * (year + 1)].any()]
    for k in (at.T_GATE1, at.T_GATE2, at.T_BLOCK_GATE1, at.T_BLOCK_GATE2):
        first = at.terms_l(shape) + k * L
        terms[closed, first:first + L] = 0.0
    paying = np.zeros_like(family.distribution_share) if closed else family.distribution_share
    stated = family._replace(terms=terms, when=family.when[:12 * years], distribution_share=paying)
    flows = Members(members.in_usd[:years], members.turnover[:years], members.retired[:years], members.year_end)
    setting = scene((stated,), (flows,), assets, shock=np.ascontiguousarray(shock))._replace(months=months)
    scrap = [np.zeros((1, 1, V, years)) for _ in range(3)]
    sums, trace = np.zeros((1, 1, tally.n_sums(shape))), np.zeros((1, months, S + 2 * V))
    loop.run_paths(np.array([0, 1]), tape, setting, *scrap, sums, np.zeros((1, 1, tally.BINS)),
                   np.zeros((1, 1, 3, years), dtype=np.int64), trace, np.empty((1, 1, 0)), *shape)
    return Lived(named_of(sums[0], shape), trace[0])


def opening_private_weight(family: Family) -> float:
    """Private holdings of slow sleeves, at mark, over the family's net assets at the opening."""
    V, S, L, _ = (len(x) for x in family.shape)
    a = base_l(family.shape) + ILLIQUID * L
    held = family.b[base_v(family.shape) + HELD * V:][:V] @ family.price[S:S + V]
    return float(family.b[a:a + L].sum() / held) if held > 0.0 else 0.0
