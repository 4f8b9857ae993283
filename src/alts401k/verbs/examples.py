"""The example cases that come with the package, and new cases begun from them."""

import os
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from alts401k.units import Problem, Problems


class Example(NamedTuple):
    """One example: `name` for `new`, the `title` of its fund, and what it is `modelled_on`."""

    name: str
    title: str
    modelled_on: str


def _root() -> Path:
    """Where the examples are: inside an installed package, or beside `src` in a working copy."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "examples"


def _names() -> list[str]:
    root = _root()
    return sorted(path.parent.name for path in root.glob("*/fund.toml")) if root.is_dir() else []


def example_folder(name: str) -> Path:
    """The folder of the example `name`; raises Problems, naming the examples there are, for another name."""
    names = _names()
    if name not in names:
        there_are = f"The examples are: {', '.join(names)}" if names else "This installation has no examples"
        raise Problems([Problem(name, None, "no example has this name", there_are)])
    return _root() / name


def examples() -> list[Example]:
    """Every example case, by name."""
    found = []
    for name in _names():
        fund = tomllib.loads((_root() / name / "fund.toml").read_text(encoding="utf-8"))
        found.append(Example(name, str(fund.get("name", "")), str(fund.get("modelled_on", ""))))
    return found


def new(dir: Path | str, like: str) -> Path:
    """Copies the example `like` to the folder `dir` and returns it; all of it is there afterwards or none.

    Raises Problems when there is no such example, or when `dir` is a file or a folder that is not empty.
    """
    source = example_folder(like)
    target = Path(dir)
    if target.is_dir():
        if any(target.iterdir()):
            fix = "Name a folder that does not exist yet, or an empty one"
            raise Problems([Problem(str(dir), None, "the folder exists and is not empty", fix)])
    elif target.exists() or target.is_symlink():
        raise Problems([Problem(str(dir), None, "this is not a folder", "Name one that does not exist yet")])
    # An empty folder that exists is filled, not replaced: somebody may be standing in it.
    beside = target if target.is_dir() else target.absolute().parent
    beside.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=".new-", dir=beside))
    try:
        draft = workshop / "case"
        draft.mkdir()
        _copy(source, draft)
        if beside is target:
            for path in sorted(draft.iterdir()):
                os.replace(path, target / path.name)
        else:
            os.replace(draft, target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return target


def _copy(source: Path, target: Path) -> None:
    # Contents only: an installed package may be read-only, and the copy is there to be edited.
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(exist_ok=True)
        else:
            shutil.copyfile(path, copy)


def schema() -> dict[str, Any]:
    """The JSON Schema of each file of a case folder: keys fund, plan, assumptions and census."""
    from alts401k.terms.schema import schema as from_models

    return from_models()
