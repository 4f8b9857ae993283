"""A small book to break: one vintage, one sleeve, a document, a price."""

import shutil

import pytest
from small_books import make


@pytest.fixture(scope="session")
def original(tmp_path_factory):
    """The file of a small, sound book, made once and never touched."""
    return make(tmp_path_factory.mktemp("original") / "books.sqlite")


@pytest.fixture
def path(original, tmp_path):
    """A copy of it."""
    return shutil.copy(original, tmp_path / "books.sqlite")
