"""Compiled loops: one program a shape, kept in a folder named by every source that goes into them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest
from small_funds import families, fund, market, members

import alts401k
from alts401k.simulate import cache, fold, paths, people, plain
from alts401k.simulate.run import replay, run

PACKAGE = Path(alts401k.__file__).resolve().parent
# Says where a loop of the package is kept.
SAY = """
from alts401k.simulate import fold
print(fold.fold_observed.stats.cache_path)
"""
# A small loop of its own, in the room of the loops: what the first phase of the step charges on 100 usd.
LOOP = """
from numba import njit
from alts401k import step
from alts401k.chart import Shape
@njit(cache=True)
def charged(b, out, info, price, facts, terms, vintages, sleeves, slow, slots):
    step.value_sleeves(b, out, info, price, facts, terms, Shape(vintages, sleeves, slow, slots))
    return out[3]
"""
RUN = """
import numpy as np
from pathlib import Path
import alts401k
from alts401k import chart
from alts401k.simulate.cache import compiled_here
from alts401k.step import layout as at
with compiled_here(Path(alts401k.__file__).parent):
    from alts401k.simulate import small_loop
shape = chart.shape_of(1, 1, 0, 1)
b, terms = np.zeros(chart.n_accounts(shape)), np.zeros(at.n_terms(shape))
b[chart.LIQUID], terms[at.T_FEE] = 100.0, 0.25
print(small_loop.charged.stats.cache_path)
print(small_loop.charged(b, np.zeros(chart.n_flows(shape)), np.zeros(at.n_info(shape)), np.ones(2),
                         np.zeros(at.n_facts(shape)), terms, *shape))
print(sum(small_loop.charged.stats.cache_hits.values()))
"""


def copied(folder: Path) -> Path:
    """A copy of the package."""
    return Path(shutil.copytree(PACKAGE, folder / "alts401k", ignore=shutil.ignore_patterns("__pycache__")))


def said(source: Path, environment: dict[str, str], program: str = SAY) -> list[str]:
    """What a program says in a fresh process that imports the package from this folder."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("ALTS401K_CACHE", "XDG_CACHE_HOME")}
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True,
                          check=True, env={**inherited, "PYTHONPATH": str(source), **environment})
    return done.stdout.split()


def test_one_program_a_shape():
    """Whatever the families, paths, blocks and flows: a second signature would be a second, untested program."""
    world = market()
    shapes = set()
    other = fund(weights={"private": (0.1, 0.2), "stocks": (0.7, 0.2)})
    for one, two in ((fund(), fund(trustee_fees={})), (other, other)):
        pair = families(one, two)
        shapes.update(family.shape for family in pair)
        run(pair, (members(), members(year_end=True)), world, 3, 1)
        run(pair[:1], (members(),), world, 60, 2**62)
        replay(pair, (members(), members()), world, 2, 1)
    assert len(shapes) == 1
    for loop in (paths.run_paths, paths.run_block):
        of_shape = [s for s in loop.signatures if s[-4:] == tuple(numba.typeof(sizes) for sizes in next(iter(shapes)))]
        assert len(of_shape) == 1, loop.__name__
        kinds = {s[-4:] for s in loop.signatures}
        assert len(kinds) == len(loop.signatures), loop.__name__


def test_every_loop_is_kept_in_the_folder():
    """Of fold, paths, plain and people alike."""
    folder = str(cache.cache_folder(PACKAGE))
    loops = [fold.fold_observed, paths.run_paths, paths.run_block, plain.run_plain, plain.plain_block]
    loops += [value for value in vars(people).values() if hasattr(value, "signatures")]
    assert len(loops) > 6
    for loop in loops:
        assert loop.stats.cache_path.startswith(folder), loop.__name__


def test_the_folder_is_named_by_every_source_of_a_loop(tmp_path):
    """An edit of any file of chart, step or simulate, or of the draws, is another folder; one of the report is not."""
    package = copied(tmp_path)
    before = cache.cache_key(package)
    assert before == cache.cache_key(PACKAGE)
    names = [path.relative_to(package).as_posix() for path in cache.sources(package)]
    for room in ("chart", "step", "simulate"):
        for path in (package / room).glob("*.py"):
            assert path.relative_to(package).as_posix() in names
    keys = {before}
    for name in names:
        path = package / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "# one more line\n", encoding="utf-8")
        keys.add(cache.cache_key(package))
        path.write_text(text, encoding="utf-8")
    assert len(keys) == len(names) + 1
    (package / "report" / "words.py").write_text("# gone\n", encoding="utf-8")
    assert cache.cache_key(package) == before


def test_what_the_loops_import_is_in_the_hash():
    """Every module with kernels that a loop calls is hashed: none is reached from outside these folders."""
    hashed = {path.relative_to(PACKAGE).as_posix() for path in cache.sources(PACKAGE)}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "@kernel" in text or "@njit" in text:
            assert path.relative_to(PACKAGE).as_posix() in hashed, path.name


def test_the_environment_says_where(monkeypatch, tmp_path):
    """ALTS401K_CACHE first, then XDG_CACHE_HOME, then the home folder."""
    key = cache.cache_key(PACKAGE)
    monkeypatch.setenv("ALTS401K_CACHE", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    assert cache.cache_folder(PACKAGE) == tmp_path / "own" / "alts401k" / key
    monkeypatch.delenv("ALTS401K_CACHE")
    assert cache.cache_folder(PACKAGE) == tmp_path / "shared" / "alts401k" / key
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache.cache_folder(PACKAGE) == tmp_path / "home" / ".cache" / "alts401k" / key


def test_numba_s_own_setting_is_left_as_it_was(monkeypatch, tmp_path):
    """Inside it points at the folder, afterwards at what it was, also after an error."""
    monkeypatch.setenv("ALTS401K_CACHE", str(tmp_path))
    before = numba.config.CACHE_DIR
    with cache.compiled_here(PACKAGE):
        assert numba.config.CACHE_DIR == str(cache.cache_folder(PACKAGE))
    assert numba.config.CACHE_DIR == before
    with pytest.raises(KeyError), cache.compiled_here(PACKAGE):
        raise KeyError
    assert numba.config.CACHE_DIR == before


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    """The cache's place is a file: the loops are declared all the same, and numba keeps them where it can."""
    (tmp_path / "taken").write_text("not a folder", encoding="utf-8")
    package = copied(tmp_path)
    (place,) = said(tmp_path, {"ALTS401K_CACHE": str(tmp_path / "taken")})
    assert not place.startswith(str(tmp_path / "taken"))
    assert package.exists()


def test_an_edited_kernel_runs_as_edited(tmp_path):
    """A fee doubled in a file that no loop stands in: a fresh process compiles it anew."""
    source, cached = tmp_path / "source", {"ALTS401K_CACHE": str(tmp_path / "cache")}
    package = copied(source)
    (package / "simulate" / "small_loop.py").write_text(LOOP, encoding="utf-8")
    first, again = said(source, cached, RUN), said(source, cached, RUN)
    assert first[1:] == ["25.0", "0"] and again[1:] == ["25.0", "1"], "compiled once, then taken from the folder"
    kernel = package / "step" / "price.py"
    text = kernel.read_text(encoding="utf-8")
    line = "max(0, net) * terms[T_FEE * S + s]"
    assert text.count(line) == 1
    kernel.write_text(text.replace(line, line + " * 2"), encoding="utf-8")
    edited = said(source, cached, RUN)
    assert edited[1:] == ["50.0", "0"] and edited[0] != first[0]
    kernel.write_text(text, encoding="utf-8")
    assert said(source, cached, RUN) == again
    assert all(place.startswith(cached["ALTS401K_CACHE"]) for place in (first[0], edited[0], *said(source, cached)))
