"""The sample file and its parts, made once."""

from __future__ import annotations

import pytest

from tests.document.sealed_file import sample_entries, sealed


@pytest.fixture(scope="session")
def entries() -> dict[str, bytes]:
    return sample_entries()


@pytest.fixture(scope="session")
def container(entries: dict[str, bytes]) -> bytes:
    return sealed(entries)
