"""examples and new: what comes with the package, and a case begun from it."""

import json
import os

import pytest
from command_line import EXAMPLES, alts401k

import alts401k as package
from alts401k.verbs import examples as verb

NAMES = [
    "all-markets-interval", "bitcoin-and-gold", "index-plus-private", "infrastructure-and-real-estate",
    "managed-account", "target-date-cit",
]


def contents(folder):
    """Relative name and bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_examples_are_listed():
    """By name, with what they are modelled on; never as somebody's product."""
    words = alts401k("examples")
    assert words.returncode == 0
    for name in NAMES:
        assert name in words.stdout
    assert words.stdout.count("Modelled on the published outline of ") == len(NAMES)
    listed = json.loads(alts401k("examples", "--json").stdout)
    assert [one["name"] for one in listed] == NAMES
    assert all(one["title"] and one["modelled_on"] for one in listed)


@pytest.mark.parametrize("name", NAMES)
def test_new_copies_an_example(tmp_path, name):
    """Every file, byte for byte, and what to do next."""
    done = alts401k("new", "deep/mycase", "--like", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "deep" / "mycase") == contents(EXAMPLES / name)
    assert "alts401k check deep/mycase" in done.stdout
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["mycase"]


def test_new_fills_an_empty_folder(tmp_path):
    """The one somebody stands in, too."""
    done = alts401k("new", ".", "--like", NAMES[0], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path) == contents(EXAMPLES / NAMES[0])


def test_new_leaves_a_folder_with_something_in_it_alone(tmp_path):
    """Exit 2, one line, nothing touched."""
    (tmp_path / "mycase").mkdir()
    (tmp_path / "mycase" / "fund.toml").write_text("mine", encoding="utf-8")
    done = alts401k("new", "mycase", "--like", NAMES[0], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "mycase: the folder exists and is not empty. Name a folder that does not exist yet, or an empty one\n"
    )
    assert contents(tmp_path) == {"mycase/fund.toml": b"mine"}


def test_new_refuses_a_file_and_an_unknown_example(tmp_path):
    """Each is named, and the examples there are."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(package.Problems, match="not a folder"):
        package.new(tmp_path / "taken", NAMES[0])
    with pytest.raises(package.Problems, match="all-markets-interval, bitcoin-and-gold, "):
        package.new(tmp_path / "mycase", "nonesuch")
    with pytest.raises(package.Problems):
        package.new(tmp_path / "mycase", "../examples/target-date-cit")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("there", [False, True], ids=["new folder", "empty folder"])
def test_new_leaves_nothing_when_it_fails(tmp_path, monkeypatch, there):
    """A disk that fills up half way leaves no folder behind, or the empty one as it was."""
    if there:
        (tmp_path / "mycase").mkdir()
    real, copied = verb.shutil.copyfile, []

    def fails_at_the_third(source, target):
        if len(copied) == 2:
            raise OSError(28, "No space left on device", str(target))
        copied.append(source)
        return real(source, target)

    monkeypatch.setattr(verb.shutil, "copyfile", fails_at_the_third)
    with pytest.raises(OSError, match="No space"):
        package.new(tmp_path / "mycase", NAMES[1])
    assert contents(tmp_path) == {}
    assert [path.name for path in tmp_path.iterdir()] == (["mycase"] if there else [])
    assert not there or not os.listdir(tmp_path / "mycase")


def test_schema_in_words_and_as_json():
    """The same keys either way."""
    found = json.loads(alts401k("schema", "--json").stdout)
    words = alts401k("schema").stdout
    assert {"fund", "plan", "assumptions", "census"} <= set(found)
    for key in ("family_assets_usd", "glide_path", "contribution_timing", "birth_year"):
        assert key in words and key in json.dumps(found)
