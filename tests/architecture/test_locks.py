"""The locks pin everything by hash, agree with each other and with pyproject.toml, and name no address."""

import re
import tomllib

import house_rules as rules
import pytest

NAMES = ("bootstrap", "run", "test", "auditors", "peers", "vectorbt")
PROJECT = tomllib.loads((rules.ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(text: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each package of a lock."""
    found = {}
    for entry in re.split(r"^(?=[a-zA-Z0-9])", text, flags=re.MULTILINE):
        if match := re.match(r"([a-zA-Z0-9._-]+)==(\S+)", entry):
            found[match[1].lower()] = (match[2], entry.count("--hash=sha256:"))
    return found


def lock(name: str) -> str:
    """The text of one lock."""
    return (rules.ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def named(requirement: str) -> str:
    """The package that a requirement of pyproject.toml names."""
    return re.match(r"[a-zA-Z0-9._-]+", requirement)[0].lower()


@pytest.mark.parametrize("name", NAMES)
def test_every_package_has_a_hash_and_no_address(name):
    """Nothing but names, versions, markers, hashes and comments."""
    assert pins(lock(name)) and all(count for _, count in pins(lock(name)).values())
    assert "://" not in lock(name)
    for line in lock(name).splitlines():
        assert re.match(r"#|    #|    --hash=sha256:[0-9a-f]{64}|[a-z0-9._-]+==\S+ ", line), line


def test_pins_sees_a_package_without_a_hash():
    """The test above can fail."""
    assert pins("a==1 \\\n    --hash=sha256:00\nb==2\n") == {"a": ("1", 1), "b": ("2", 0)}


def test_what_is_run_is_what_is_tested():
    """Every package of the run has the same version in the tests."""
    tested = pins(lock("test"))
    assert {name: tested.get(name) for name in pins(lock("run"))} == pins(lock("run"))
    beside = pins(lock("peers"))
    assert {name: beside.get(name) for name in pins(lock("run"))} == pins(lock("run"))


def test_the_commons_clause_stays_apart():
    """vectorbt, which may not be sold, is in its own lock alone, and fits what it is installed beside."""
    apart = pins(lock("vectorbt"))
    assert "vectorbt" in apart
    for name in NAMES[:-1]:
        assert "vectorbt" not in pins(lock(name))
    beside = pins(lock("peers"))
    shared = set(apart) & set(beside)
    assert "numba" in shared and {name: apart[name] for name in shared} == {name: beside[name] for name in shared}


def test_the_locks_hold_what_the_project_asks_for():
    """Every requirement and every group is in its lock; the build backend is in both that install the project."""
    groups = PROJECT["dependency-groups"]
    asked = {
        "run": [*PROJECT["project"]["dependencies"], *groups["build"]],
        "test": [*PROJECT["project"]["dependencies"], *groups["build"], *groups["test"]],
        "bootstrap": groups["bootstrap"],
        "auditors": groups["auditors"],
        "peers": [*PROJECT["project"]["dependencies"], *groups["build"], *groups["peers"]],
        "vectorbt": groups["vectorbt"],
    }
    for name, requirements in asked.items():
        wanted = {named(one) for one in requirements if isinstance(one, str)}
        assert wanted <= set(pins(lock(name)))
    assert {named(one) for one in PROJECT["build-system"]["requires"]} <= set(pins(lock("run")))
