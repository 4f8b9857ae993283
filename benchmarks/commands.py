"""Whole commands, as a user starts them: seconds and memory."""
import os
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median


def command(*words: str, repeats: int = 3) -> tuple[float, float]:
    """Median wall seconds of ``alts401k words``, and the largest memory of any child so far in MiB."""
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "alts401k", *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env=dict(os.environ))
        spent.append(time.perf_counter() - start)
    return median(spent), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0


def main() -> list[str]:
    """Measure; lines of text."""
    lines = []
    seconds, _ = command("--help", repeats=7)
    lines.append(f"alts401k --help: {seconds:.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        command("evaluate", "examples/target-date-cit", "--paths", "50", "--out", folder, repeats=1)
        seconds, memory = command("evaluate", "examples/target-date-cit", "--out", folder)
        lines.append(f"evaluate target-date-cit, 10,000 paths, compiled code kept: {seconds:.2f} s, {memory:.0f} MiB")
        seconds, memory = command("evaluate", "examples/bitcoin-and-gold", "--out", folder)
        lines.append(f"evaluate bitcoin-and-gold, 10,000 paths: {seconds:.2f} s")
        seconds, _ = command("operate", "demo", "--out", folder + "/books", repeats=1)
        lines.append(f"operate demo, 63 sessions: {seconds:.2f} s")
        seconds, _ = command("operate", "verify", folder + "/books/books.sqlite")
        lines.append(f"operate verify: {seconds:.2f} s")
    return lines
