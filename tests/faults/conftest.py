"""What the tests of faults share: texts that people read are kept, and models that are small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import saying
from faults.tabled import learnt, spelled, written
from workings.models import Model


@pytest.fixture(autouse=True, scope="session")
def said() -> Iterator[None]:
    """At the end, what was said is written where `make faults` shows it."""
    yield
    saying.keep()


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    """The model of the table as it is, and the file."""
    path = written(tmp_path_factory.mktemp("plain"), spelled().encode())
    return learnt(path), path
