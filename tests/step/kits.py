"""The kernels under test as one bundle, so that a check can be run on them and on copies made wrong on purpose."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "alts401k"
STAGES = Path(__file__).resolve().parent / "stages.py"
FILES = ("chart/__init__.py", "step/__init__.py", "step/layout.py", "step/price.py", "step/deal.py", "step/fund.py")


class Kit(NamedTuple):
    """The rooms chart and step, and the stages of one period over them."""

    chart: ModuleType
    step: ModuleType
    stages: ModuleType


def real() -> Kit:
    """The kernels as they are."""
    from alts401k import chart, step
    from tests.step import stages

    return Kit(chart, step, stages)


def mutant(folder: Path, name: str, edits: dict[str, tuple[tuple[str, str], ...]]) -> Kit:
    """A copy of the kernels in package `name` below `folder`, with text replaced; each old text must occur once."""
    for file in FILES:
        text = (PACKAGE / file).read_text(encoding="utf-8")
        for old, new in edits.get(file, ()):
            if text.count(old) != 1:
                raise ValueError(f"{file}: {text.count(old)} times {old!r}")
            text = text.replace(old, new)
        _write(folder / name / file, text, name)
    _write(folder / name / "stages.py", STAGES.read_text(encoding="utf-8"), name)
    (folder / name / "__init__.py").write_text("", encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return Kit(*(importlib.import_module(f"{name}.{room}") for room in ("chart", "step", "stages")))
    finally:
        sys.path.remove(str(folder))


def forget(name: str) -> None:
    """Drop a mutant's modules."""
    for module in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
        del sys.modules[module]


def _write(path: Path, text: str, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("alts401k", name), encoding="utf-8")
