"""Real servers and processes, each test's own, in short temporary folders."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.runtime.postgres import EmbeddedPostgres


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty data directory behind a folder that only its owner may enter."""
    folder = Path(tempfile.mkdtemp(prefix="dj-"))
    yield folder / "data"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster() -> Iterator[EmbeddedPostgres]:
    """One running embedded PostgreSQL for the tests of a module that leave it running."""
    folder = Path(tempfile.mkdtemp(prefix="dj-"))
    with EmbeddedPostgres(folder / "data") as postgres:
        yield postgres
    shutil.rmtree(folder, ignore_errors=True)
