"""The shipped monthly market history: returns by column, and where each column comes from."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

_TABLES = Path(__file__).parent / "tables"
_SCALE = 1e5


class Column(NamedTuple):
    """Where a column comes from: citation and licence of each source, timing, measured error, first fit month."""

    what: str
    citations: tuple[str, ...]
    licences: tuple[str, ...]
    timing: str
    use_from: np.datetime64
    error: str


@lru_cache(maxsize=1)
def history() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Months (t,) as datetime64[M], and simple monthly returns (t,) by column, nan where not available.

    Months before a column's `use_from` hold levels, not risk: see `columns`.
    """
    text = (_TABLES / "history.csv").read_text(encoding="utf-8")
    header, *lines = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    months = np.array([f"{line[0][:4]}-{line[0][4:]}" for line in lines], dtype="datetime64[M]")
    table = np.array([[float(cell) if cell else np.nan for cell in line[1:]] for line in lines]) / _SCALE
    table.setflags(write=False)
    return months, {name: table[:, i] for i, name in enumerate(header[1:])}


@lru_cache(maxsize=1)
def columns() -> dict[str, Column]:
    """The origin of every column of `history`, by name."""
    data = tomllib.loads((_TABLES / "history.toml").read_text(encoding="utf-8"))
    sources = data["sources"]
    return {
        name: Column(
            what=row["what"],
            citations=tuple(sources[key]["citation"] for key in row["sources"]),
            licences=tuple(sources[key]["licence"] for key in row["sources"]),
            timing=row["timing"],
            use_from=np.datetime64(row["use_from"], "M"),
            error=row["error"],
        )
        for name, row in data["columns"].items()
    }
