"""A server of the tests' own, in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from play.talking import Page, page, serving
from workings.play.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests of a file."""
    with serving() as made:
        yield made


@pytest.fixture(autouse=True)
def _no_mistakes_of_ours(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What the playground notes as a mistake of its own fails the test."""
    yield
    assert [one.getMessage() for one in caplog.records if one.name == "workings.play"] == []


@pytest.fixture
def one(server: Server) -> Iterator[Page]:
    """A page that has said hello."""
    with page(server) as made:
        yield made


@pytest.fixture
def article(one: Page) -> Page:
    """A page with the article open, at step 0."""
    one.do("open", preset="article")
    return one
