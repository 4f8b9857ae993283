"""The wheel works where the repository is not: built, installed into an environment of its own, and run."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from command_line import EXAMPLES, ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built by the backend of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
                   cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The command of an environment that holds the wheel, beside the libraries of this one but not its project."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True, with_pip=False)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    # A plain path in a .pth file: the libraries are found, the .pth of the editable project is not read.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    uv = Path(sys.executable).with_name("uv")
    installer = str(uv) if uv.exists() else shutil.which("uv")
    assert installer, "the test needs uv, which `make test` puts into .venv"
    python = folder / "bin" / "python"
    words = ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(python), str(wheel)]
    subprocess.run([installer, *words], check=True, capture_output=True)
    return folder / "bin" / "alts401k"


def run(command, *words, cwd):
    """The installed command, outside the repository and without its sources on the path."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run([str(command), *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True)


def test_what_is_in_the_wheel(wheel):
    """Every source and every shipped table, the examples, the licence; nothing of the tests or of caches."""
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [path.relative_to(ROOT / "src") for path in (ROOT / "src" / "alts401k").rglob("*") if path.is_file()]
    assert {str(path) for path in shipped if "__pycache__" not in path.parts} <= names
    examples = [path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*") if path.is_file()]
    assert {f"alts401k/examples/{path}" for path in examples} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_the_installed_command_stands_alone(installed, tmp_path):
    """It runs its own sources, lists the examples it brought, begins a case and finds nothing wrong with it."""
    where = subprocess.run([str(installed.with_name("python")), "-c", "import alts401k; print(alts401k.__file__)"],
                           cwd=tmp_path, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    assert str(installed.parent.parent) in where.stdout
    listed = run(installed, "examples", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    for example in EXAMPLES.iterdir():
        assert example.name in listed.stdout
        made = run(installed, "new", f"my-{example.name}", "--like", example.name, cwd=tmp_path)
        assert made.returncode == 0, made.stderr
        checked = run(installed, "check", f"my-{example.name}", cwd=tmp_path)
        assert checked.returncode == 0, checked.stderr


def test_the_installed_command_evaluates(installed, tmp_path):
    """The whole main job, from the wheel alone."""
    run(installed, "new", "mycase", "--like", "bitcoin-and-gold", cwd=tmp_path)
    done = run(installed, "evaluate", "mycase", "--paths", "20", "--out", "results", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert written == ["report.html", "report.pdf", "results.csv", "results.json", "results.parquet"]
    told = run(installed, "explain", "--results", "results/results.json", "fees.total", cwd=tmp_path)
    assert told.returncode == 0 and "Formula" in told.stdout, told.stderr
    same = run(installed, "compare", "results/results.json", "mycase", cwd=tmp_path)
    assert same.returncode == 0 and "A and B are equal" in same.stdout, same.stdout + same.stderr


def test_the_installed_command_sets_itself_beside_others(installed, tmp_path):
    """The peers come with the package, not with the checkout."""
    done = run(installed, "bench", "peers", "--paths", "200", cwd=tmp_path)
    assert done.returncode == 0 and "NumPy, by hand" in done.stdout and "Agrees with ours" in done.stdout, done.stderr
