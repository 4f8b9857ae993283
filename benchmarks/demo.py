"""``make demo`` from a fresh clone with empty caches."""
import os
import subprocess
import tempfile
import time
from pathlib import Path


def main() -> list[str]:
    """Measure once; lines of text."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ".", str(clone)], check=True)
        home = Path(folder) / "home"
        home.mkdir()
        env = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "UV_CACHE_DIR": str(home / "uv"),
               "PIP_CACHE_DIR": str(home / "pip")}
        start = time.perf_counter()
        subprocess.run(["make", "demo"], cwd=clone, env=env, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return [f"make demo, fresh clone, empty caches: {time.perf_counter() - start:.1f} s"]
