"""Whatever single value of an example has the wrong type, the answer is a problem at its line."""

import shutil
import tomllib
from datetime import date

import pytest
from case_files import EXAMPLES, load, toml
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k.units import Problems

WRONG = {
    float: ["0.1", True, [0.1], {"a": 1}, float("nan"), float("inf"), float("-inf"), date(2025, 12, 31)],
    int: ["1", True, [1], {"a": 1}, float("nan"), date(2025, 12, 31), 2**70, -(2**70)],
    str: [7, 0.5, True, ["a"], {"a": 1}, date(2025, 12, 31)],
    bool: [1, 0.0, "true", [True], {"a": 1}],
    date: ["2025-12-31", 20251231, True, [date(2025, 12, 31)], {"a": 1}],
    list: [7, "a", True, {"a": 1}],
    dict: [7, "a", True, ["a"]],
}
PIECES = [
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"'''",
    b"=",
    b".",
    b"#",
    b"\n",
    b"\r",
    b"\n[[x]]\n",
    b"nan",
    b"\n[sleeves]\n",
]
FILES = sorted(path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*.toml"))


def places(tree, path=()):
    """Every value of a document: tables, arrays, their elements and scalars."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield (*path, key), value
        yield from places(value, (*path, key))


def replaced(tree, path, value):
    """The document with one value put in the place of another."""
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = replaced(tree[path[0]], path[1:], value)
    return copy


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_writer_of_these_tests_writes_the_same_document(copies, file):
    text, _ = toml(tomllib.loads((EXAMPLES / file).read_text(encoding="utf-8")))
    (copies / file).write_text(text, encoding="utf-8")
    assert load(copies / file.parts[0]).fund == load(EXAMPLES / file.parts[0]).fund
    shutil.copyfile(EXAMPLES / file, copies / file)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_value_of_the_wrong_type_is_named_with_its_line(copies, data):
    file = data.draw(st.sampled_from(FILES))
    tree = tomllib.loads((EXAMPLES / file).read_text(encoding="utf-8"))
    path, value = data.draw(st.sampled_from(list(places(tree))))
    wrong = data.draw(st.sampled_from(WRONG[type(value)]))
    text, where = toml(replaced(tree, path, wrong))
    (copies / file).write_text(text, encoding="utf-8")
    try:
        with pytest.raises(Problems) as raised:
            load(copies / file.parts[0])
    finally:
        shutil.copyfile(EXAMPLES / file, copies / file)
    inside = file.relative_to(file.parts[0]).as_posix()
    assert (inside, where[_written(path, where)]) in [(item.file, item.line) for item in raised.value.items]
    assert {item.file for item in raised.value.items} <= {inside, *_affected(inside)}
    for item in raised.value.items:
        assert item.message and item.fix and item.line
        assert not any(jargon in str(item) for jargon in ("Input should", "input_value", "type=", "pydantic"))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_damaged_bytes_never_raise_anything_but_problems(copies, data):
    file = data.draw(st.sampled_from(FILES))
    original = (EXAMPLES / file).read_bytes()
    at = data.draw(st.integers(0, len(original)))
    gone = data.draw(st.sampled_from([0, 1, 2, 7, 100, 5000]))
    put = data.draw(st.one_of(st.binary(max_size=8), st.sampled_from(PIECES)))
    (copies / file).write_bytes(original[:at] + put + original[at + gone :])
    try:
        load(copies / file.parts[0])
    except Problems as found:
        assert all(item.file and item.message and item.fix for item in found.items)
    finally:
        shutil.copyfile(EXAMPLES / file, copies / file)


def _written(path, where):
    # The writer notes the line of a key; an element inside an inline table shares its key's line.
    while path not in where:
        path = path[:-1]
    return path


def _affected(file):
    # Assets are named by the funds, so a broken list of a case's own assets is felt there too.
    return [one.relative_to(one.parts[0]).as_posix() for one in FILES] if file == "assumptions.toml" else []
