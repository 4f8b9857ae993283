"""The demonstration's books, open, struck once for all tests of this folder."""

import pytest

from alts401k.ledger import Books
from alts401k.operate import demo


@pytest.fixture(scope="session")
def demo_books(tmp_path_factory):
    """Finished books of 63 sessions."""
    with Books.create(tmp_path_factory.mktemp("demo") / "books.sqlite") as books:
        family = demo.open_books(books)
        assert [day.session for day in demo.run(books, family)] == [day.session for day in demo.days()]
        yield books
