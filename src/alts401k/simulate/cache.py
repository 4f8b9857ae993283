"""Where compiled loops are kept between runs: a folder named by a hash of every source that goes into them.

numba's own disk cache does not see an edit in another file, so a loop could go on with last month's step.
"""
import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy

ROOMS = ("chart", "step", "simulate")
FILES = ("world/draws.py",)


def sources(package: Path) -> list[Path]:
    """Every source file that a compiled loop is made of, sorted by name."""
    found = [path for room in ROOMS for path in (package / room).glob("*.py")]
    return sorted(found + [package / name for name in FILES])


def cache_key(package: Path) -> str:
    """Hash of the sources and of the versions of Python, numba and numpy that compile them."""
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {numpy.__version__}".encode())
    for path in sources(package):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def cache_folder(package: Path) -> Path:
    """The folder of this version's compiled loops, under ALTS401K_CACHE, XDG_CACHE_HOME or ~/.cache."""
    root = os.environ.get("ALTS401K_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "alts401k" / cache_key(package)


@contextlib.contextmanager
def compiled_here(package: Path) -> Iterator[None]:
    """While loops are being declared, point numba's cache at this version's folder; afterwards as before.

    Where the folder cannot be made, numba falls back to its own place: the first run then compiles again.
    """
    before = numba.config.CACHE_DIR
    folder = cache_folder(package)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
    except OSError:
        numba.config.CACHE_DIR = before
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before
