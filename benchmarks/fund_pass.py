"""The whole fund pass (keyed draws, step, yearly sums) of an example: vintage-months a second."""
import time
from statistics import median

from alts401k.simulate import run as driver
from alts401k.verbs.evaluate import fund_pass
from alts401k.verbs.gather import gather


def _median_seconds(work, repeats: int) -> float:
    spent = []
    for k in range(repeats):
        start = time.perf_counter()
        work(k)
        spent.append(time.perf_counter() - start)
    return median(spent)


def main(case: str = "examples/target-date-cit", n_paths: int = 10_000, repeats: int = 3) -> list[str]:
    """Measure as evaluate runs it, and with both funds through the step; lines of text."""
    g = gather(case)
    warm = fund_pass(g, 100, 1)
    shape = warm.paths[0].family.shape
    months = 2 * n_paths * 12 * warm.paths[0].units.shape[2] * len(shape.vintages)
    seconds = _median_seconds(lambda k: fund_pass(g, n_paths, k), repeats)
    closed_form, driver.is_plain = driver.is_plain, lambda family: False
    try:
        fund_pass(g, 100, 1)
        stepped = _median_seconds(lambda k: fund_pass(g, n_paths, k), repeats)
    finally:
        driver.is_plain = closed_form
    return [f"fund pass, {n_paths:,} paths, two funds of {len(shape.vintages)} vintages and "
            f"{len(shape.sleeves)} sleeves ({len(shape.slow)} slow, {len(shape.slots)} ring slots):",
            f"  as evaluate runs it, today's plain fund by its closed form: {seconds:.2f} s, "
            f"{months / seconds / 1e6:.1f} million vintage-months a second",
            f"  both funds through the step: {stepped:.2f} s, {months / stepped / 1e6:.1f} million"]
