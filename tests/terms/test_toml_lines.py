"""The locator says on which line each key of a TOML document stands."""

import tomllib

import pytest
from case_files import EXAMPLES, toml
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k.terms.toml_lines import line_of, locate

DOCUMENT = '''\
# [not.a.table]
top = "a # [b] = {c" # "comment"
dotted.inner."quoted key" = 1

[a.b]   # comment
x = [
  1, # ], still inside
  [2,
   3],
  { deep = "}", more = [4] },
]
'literal.key' = """
[no]
y = "1" \\""" still ""inside"""""
text = \'\'\'
z = \'quoted\' \'\'\'\'
after = 2025-12-31 10:00:00

[[list]]
one = 1
[list.sub]
two = 2
[[list.nested]]
three = { four = 4,
  five = [ 5 ] }
[[list.nested]]
[[ list ]]
one = \'\\\'
[ a . c ]
last = true'''

EXPECTED = {
    ("top",): 2,
    ("dotted",): 3,
    ("dotted", "inner", "quoted key"): 3,
    ("a",): 5,
    ("a", "b"): 5,
    ("a", "b", "x"): 6,
    ("a", "b", "x", 0): 7,
    ("a", "b", "x", 1): 8,
    ("a", "b", "x", 1, 1): 9,
    ("a", "b", "x", 2, "deep"): 10,
    ("a", "b", "x", 2, "more", 0): 10,
    ("a", "b", "literal.key"): 12,
    ("a", "b", "text"): 15,
    ("a", "b", "after"): 17,
    ("list",): 19,
    ("list", 0): 19,
    ("list", 0, "one"): 20,
    ("list", 0, "sub", "two"): 22,
    ("list", 0, "nested", 0, "three", "four"): 24,
    ("list", 0, "nested", 1): 26,
    ("list", 1): 27,
    ("list", 1, "one"): 28,
    ("a", "c"): 29,
    ("a", "c", "last"): 30,
}


def paths(tree, path=()):
    yield path
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield from paths(value, (*path, key))


def accepted(text: str) -> dict:
    # Newlines inside an inline table came with TOML 1.1, which Python 3.11 to 3.13 do not read.
    return tomllib.loads(text.replace("four = 4,\n", "four = 4,"))


def test_every_form_of_a_key_is_found_on_its_line():
    found = locate(DOCUMENT)
    assert {path: found.get(path) for path in EXPECTED} == EXPECTED
    assert set(paths(accepted(DOCUMENT))) == set(found)


def test_windows_line_ends_count_once():
    assert locate("a = 1\r\n\r\n[b]\r\nc = 2\r\n")[("b", "c")] == 4


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_examples_are_located_completely(path):
    text = path.read_text(encoding="utf-8")
    found = locate(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    lines = text.split("\n")
    for place, line in found.items():
        if place and isinstance(place[-1], str):
            assert place[-1] in lines[line - 1]


def test_a_path_that_is_not_written_has_the_line_of_what_is_around_it():
    found = locate("a = 1\n[b.c]\nd = [1,\n2]\n")
    assert line_of(found, ("b", "c", "missing")) == 2
    assert line_of(found, ("b", "c", "d", 1, "x")) == 4
    assert line_of(found, ("nowhere",)) == 1


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
scalars = st.one_of(
    words, st.integers(-(2**40), 2**40), st.booleans(), st.dates(), st.floats(allow_nan=False)
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(words, values, max_size=5))
def test_any_document_is_located(tree):
    text, where = toml(tree)
    parsed = tomllib.loads(text)
    found = locate(text)
    assert parsed == tree
    assert set(found) == set(paths(parsed))
    assert {path: found[path] for path in where} == where
