"""The whole fund pass (keyed draws, step, yearly sums) of an example: vintage-months a second."""
import time
from statistics import median

from alts401k.verbs.evaluate import fund_pass
from alts401k.verbs.gather import gather


def main(case: str = "examples/target-date-cit", n_paths: int = 10_000, repeats: int = 3) -> list[str]:
    """Measure; lines of text."""
    g = gather(case)
    fund_pass(g, 100, 1)
    spent = []
    for k in range(repeats):
        start = time.perf_counter()
        finished = fund_pass(g, n_paths, k)
        spent.append(time.perf_counter() - start)
    shape = finished.paths[0].family.shape
    months = 2 * n_paths * 12 * finished.paths[0].units.shape[2] * len(shape.vintages)
    return [f"fund pass, {n_paths:,} paths, two funds of {len(shape.vintages)} vintages and "
            f"{len(shape.sleeves)} sleeves ({len(shape.slow)} slow, {len(shape.slots)} ring slots): "
            f"{median(spent):.2f} s, "
            f"{months / median(spent) / 1e6:.1f} million vintage-months a second"]
