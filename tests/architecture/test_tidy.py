"""The sources keep the rules of the house, and each rule trips on a source made to break it."""

from pathlib import Path

import house_rules as rules
import pytest

SOURCES = rules.sources(rules.PACKAGE, ".py")
TESTS = rules.sources(rules.ROOT / "tests", ".py")
TOOLS = [
    *rules.sources(rules.ROOT / "tools", ".py", ".sh"),
    *rules.sources(rules.ROOT / "benchmarks", ".py"),
    rules.ROOT / "Makefile",
    rules.ROOT / "pyproject.toml",
    rules.ROOT / ".ci" / "run",
]
DATA = rules.sources(rules.PACKAGE, ".toml", ".json", ".html", ".sql", ".csv", ".md", ".j2", ".css", ".svg")
WORDS = [
    *sorted(rules.ROOT.glob("*.md")),
    *rules.sources(rules.ROOT / "docs", ".md"),
    *rules.sources(rules.ROOT / "examples", ".toml", ".md", ".csv"),
]
LOCKS = rules.sources(rules.ROOT / "requirements", ".lock")
ROOMS = {path.name for path in rules.PACKAGE.iterdir() if (path / "__init__.py").is_file()}


def complaints(paths: list[Path], rule, *arguments) -> list[str]:
    """What `rule` says of each file, with the file's name before it."""
    found = []
    for path in paths:
        said = rule(path.read_text(encoding="utf-8"), *arguments)
        found += [f"{path.relative_to(rules.ROOT)} {one}" for one in said]
    return found


def outside(*rooms: str) -> list[Path]:
    """The sources that are in none of these rooms."""
    return [path for path in SOURCES if path.relative_to(rules.PACKAGE).parts[0] not in rooms]


def test_there_is_something_to_look_at():
    """The walks below find the files they are meant to judge."""
    assert len(SOURCES) >= 15 and len(ROOMS) >= 15
    assert len(LOCKS) == 6 and TESTS and WORDS and DATA


def test_nothing_is_too_long():
    """A file has at most 500 lines, a function 70, a line 120 columns."""
    python = [path for path in [*SOURCES, *TESTS, *TOOLS] if path.suffix == ".py"]
    assert complaints(python, rules.too_long) == []


def test_too_long_trips():
    """Each of the three limits."""
    body = "def f():\n" + "    x = 1\n" * rules.MOST_LINES_A_FUNCTION
    assert rules.too_long(body) == ["line 1: f has 71 lines (most: 70)"]
    assert rules.too_long("x = 1\n" * 501) == ["501 lines in the file (most: 500)"]
    assert rules.too_long("x = '" + "a" * 120 + "'") == ["line 1: 126 columns (most: 120)"]


def test_nothing_is_left_unfinished():
    """No marker of work left undone, anywhere."""
    everything = [*SOURCES, *TESTS, *TOOLS, *DATA, *WORDS]
    assert complaints(everything, rules.banned_words, rules.UNFINISHED) == []


def test_nothing_names_a_machine_or_a_registry():
    """No path of the machine something was made on, and no address of a package registry."""
    everything = [*SOURCES, *TESTS, *TOOLS, *DATA, *WORDS, *LOCKS]
    assert complaints(everything, rules.banned_words, (*rules.MACHINE, *rules.REGISTRIES)) == []


def test_the_product_never_certifies():
    """Whether a fund meets the law is for its fiduciary to say, so one word is never printed."""
    assert complaints([*SOURCES, *DATA], rules.banned_words, (rules.NEVER_PRINTED,)) == []


@pytest.mark.parametrize("word", [*rules.UNFINISHED, *rules.MACHINE, *rules.REGISTRIES, rules.NEVER_PRINTED])
def test_banned_words_trip(word):
    """Each word, in any case."""
    words = (*rules.UNFINISHED, *rules.MACHINE, *rules.REGISTRIES, rules.NEVER_PRINTED)
    assert rules.banned_words(f"fine\nsee {word.upper()} here\n", words) == [f"line 2: says {word!r}"]


def test_every_public_function_says_what_it_does():
    """Functions and methods whose name has no underscore before it."""
    assert complaints(SOURCES, rules.without_docstring) == []


def test_without_docstring_trips():
    """A function and a method; what is private need not speak."""
    text = "def f():\n    pass\n\nclass C:\n    def g(self):\n        pass\n    def _h(self):\n        pass\n"
    assert rules.without_docstring(text) == ["line 1: f has no docstring", "line 5: g has no docstring"]


def test_only_the_command_prints():
    """Every other room hands its words back."""
    assert complaints(outside("cli"), rules.printing) == []


def test_printing_trips():
    """A call of print and a use of a stream."""
    assert rules.printing("import sys\nprint('x')\nsys.stderr.write('x')\n") == [
        "line 2: prints",
        "line 3: uses stderr",
    ]


def test_only_simulate_compiles():
    """Everything else is plain Python that a debugger can step through."""
    assert complaints(outside("simulate"), rules.compiling) == []
    assert complaints([path for path in SOURCES if path not in outside("simulate")], rules.compiling) != []


def test_compiling_trips():
    """By import, by attribute and by name."""
    assert rules.compiling("from numba import njit\n@njit\ndef f(): pass\n") == ["line 1: njit", "line 2: njit"]
    assert rules.compiling("import numba\nf = numba.jit(g)\n") == ["line 2: jit"]


def test_nothing_asks_for_the_time():
    """Results depend on inputs alone; only the line of progress looks at a clock."""
    paths = [path for path in SOURCES if path.name != "progress.py"]
    assert complaints(paths, rules.clocks) == []


def test_clocks_trip():
    """Today's date, now, and the module time."""
    text = "import time\nfrom datetime import date, datetime\ndate.today()\ndatetime.now()\n"
    assert rules.clocks(text) == ["line 1: import time", "line 3: date.today", "line 4: datetime.now"]


def test_no_room_enters_by_the_front_door():
    """The package itself leads to every verb, so no room imports it; the command needs its version."""
    assert complaints(outside("cli", "__init__.py", "__main__.py"), rules.through_the_front, ROOMS) == []


def test_through_the_front_trips():
    """The package, a name of it and a relative import; a room may be named."""
    text = "import alts401k\nfrom alts401k import evaluate\nfrom alts401k import units\nfrom . import x\n"
    assert rules.through_the_front(text, ROOMS) == [
        "line 1: import alts401k",
        "line 2: from alts401k import evaluate",
        "line 4: relative import",
    ]
