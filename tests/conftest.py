"""What all tests share: the same cases on every machine, and an engine that knows formulas only."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from workings.engines.numpy import KERNELS
from workings.language.json_form import PRIMITIVES

# no database and no clock: a case that fails here fails everywhere, on slow machines as well
settings.register_profile(
    "same", derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("same")


@pytest.fixture(autouse=True, scope="session")
def kernels_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Kernels that tests compile are kept apart from the user's own."""
    os.environ["WORKINGS_KERNELS"] = str(tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def formulas_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numpy engine without what it knows of defined ops: it must go by their formulas."""
    for word in KERNELS.keys() - PRIMITIVES.keys():
        monkeypatch.delitem(KERNELS, word)


@pytest.fixture(params=["kernels", "formulas alone"])
def both_ways(request: pytest.FixtureRequest) -> None:
    """The test is run twice: with the engine as it is, and with formulas alone."""
    if request.param == "formulas alone":
        request.getfixturevalue("formulas_alone")
