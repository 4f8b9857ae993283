"""``bench peers``: the plain work by this package and by other programs, timed one after another in one run."""

import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from alts401k.measure.agreement import agree, gaps
from alts401k.verbs import peers
from alts401k.verbs.gather import Progress
from alts401k.verbs.peers import Peer
from alts401k.verbs.plain_work import MONTHLY_USD, MONTHS, OPENING_USD, TITLE, Plain, Wealth, ours, plain

PATHS, SEED, FEWEST = 10_000, 20_260_101, 200
MOST_RUNS, ENOUGH_SECONDS = 5, 3.0
WARM_PATHS = 10
Clock = Callable[[], float]

NOTE = ("Seconds are the median of one to five runs in this process; preparing (importing, building, solving, "
        "compiling) is apart. A machine that does other work at the same time gives other seconds, and other ratios.")


class PeerBench(NamedTuple):
    """What ``bench_peers`` returns: `data` holds the work, our seconds, and one row a program."""

    data: dict[str, Any]

    def __str__(self) -> str:
        from alts401k.report.peers import peer_table

        return peer_table(self.data)


class _Timed(NamedTuple):
    seconds: float
    runs: int
    found: list[Any]


def bench_peers(clock: Clock, *, paths: int = PATHS, seed: int = SEED, progress: Progress = None) -> PeerBench:
    """Time the plain work by this package and by every peer that is installed, and compare what they find.

    ``clock`` gives seconds, such as time.perf_counter: nothing in this package looks at a clock by itself. Raises
    ValueError for fewer than 200 paths, whose percentiles no standard error describes.
    """
    if paths < FEWEST:
        raise ValueError(f"paths must be at least {FEWEST}: fewer have no percentile to compare")
    work = plain()
    began = clock()
    ours(work, WARM_PATHS, seed)  # compiles, or reads the compiled code
    prepared = clock() - began
    mine = _repeated(lambda s: ours(work, paths, s), clock, seed)
    pooled = Wealth(*(np.concatenate(part) for part in zip(*mine.found, strict=True)))
    rows = []
    for k, peer in enumerate(peers.PEERS):
        if progress is not None:
            progress(peer.name, k, len(peers.PEERS))
        rows.append(_row(peer, work, paths, seed, clock, mine.seconds, pooled))
    return PeerBench({
        "work": {"title": TITLE, "paths": paths, "months": MONTHS, "monthly_usd": MONTHLY_USD,
                 "opening_usd": OPENING_USD, "seed": seed},
        "note": NOTE,
        "ours": {"name": "alts401k", "version": _release(), "seconds": mine.seconds, "prepare_seconds": prepared,
                 "runs": mine.runs},
        "peers": rows,
    })


def _row(peer: Peer, work: Plain, paths: int, seed: int, clock: Clock, our_seconds: float, mine: Wealth) -> dict:
    """What one program took and found; nulls where it is not installed, does other work or did not run."""
    row: dict[str, Any] = {
        "name": peer.name, "version": peer.version, "licence": peer.licence, "does": peer.does,
        "differs": peer.differs, "install": f"pip install {peer.package}" if peer.package else "", "failed": None,
        "seconds": None, "prepare_seconds": None, "runs": 0, "ratio": None, "agrees": None, "largest_gap": None,
        "gaps": []}
    if row["version"] is None:
        return row
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a peer deprecates is no word to our user
            began = clock()
            run = peer.prepare(work, paths)
            row["prepare_seconds"] = clock() - began
            timed = _repeated(run, clock, seed)
    except Exception as error:  # a release of a peer that has changed its interface must not end the others' runs
        return {**row, "failed": f"{type(error).__name__}: {error}".splitlines()[0]}
    row.update(seconds=timed.seconds, runs=timed.runs, ratio=timed.seconds / our_seconds)
    if peer.does != peers.OTHER:
        found = gaps(mine.saved if peer.does == peers.SAVED else mine.lump_sum, np.concatenate(timed.found))
        row.update(agrees=agree(found), largest_gap=max(abs(gap.standard_errors) for gap in found),
                   gaps=[{"statistic": g.statistic, "ours": g.first, "peer": g.second,
                          "standard_errors": g.standard_errors} for g in found])
    return row


def _repeated(run: Callable[[int], Any], clock: Clock, seed: int) -> _Timed:
    """Run with seeds from ``seed`` on, up to five times or until it has taken three seconds; the median seconds."""
    spent: list[float] = []
    found = []
    while len(spent) < MOST_RUNS and sum(spent) < ENOUGH_SECONDS:
        began = clock()
        found.append(run(seed + len(spent)))
        spent.append(clock() - began)
    return _Timed(median(spent), len(spent), found)


def _release() -> str:
    try:
        return version("alts401k")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+source"
