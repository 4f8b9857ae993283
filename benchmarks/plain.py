"""Plain work: one saver, two assets, glide path, monthly contributions, against hand-written NumPy and QuantLib.

The work and the peers are those of `alts401k bench peers`; here are the two that need no further environment, with more
repeats of ours and of NumPy's than the command takes.
"""
import time
from statistics import median

from alts401k.measure.agreement import gaps
from alts401k.verbs.peers import numpy_loop, quantlib
from alts401k.verbs.plain_work import MONTHS, ours, plain

PATHS, QUANTLIB_PATHS, REPEATS = 10_000, 2_000, 9


def _seconds(work) -> float:
    work(0)
    spent = []
    for k in range(REPEATS):
        start = time.perf_counter()
        work(k)
        spent.append(time.perf_counter() - start)
    return median(spent)


def main() -> list[str]:
    """Measure and compare; lines of text."""
    work = plain()
    by_hand = numpy_loop(work, PATHS)
    mine, theirs = _seconds(lambda seed: ours(work, PATHS, seed)), _seconds(by_hand)
    wealth = ours(work, PATHS, 1).saved
    apart = {"NumPy": gaps(wealth, by_hand(1)), "QuantLib": gaps(wealth, quantlib(work, QUANTLIB_PATHS)(1))}
    means = ", ".join(f"{name} {found[0].standard_errors:+.2f}" for name, found in apart.items())
    return [f"plain work, {PATHS:,} paths x {MONTHS} months, two assets: engine {mine:.3f} s, "
            f"NumPy {theirs:.3f} s, ratio {mine / theirs:.2f}",
            f"agreement of mean terminal wealth in standard errors: {means}"]
