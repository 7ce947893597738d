"""What the tests of faults share: texts that people read are kept, and models that are small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faults import saying


@pytest.fixture(autouse=True, scope="session")
def said() -> Iterator[None]:
    """At the end, what was said is written where `make faults` shows it."""
    yield
    saying.keep()
