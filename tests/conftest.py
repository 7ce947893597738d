"""What all tests share: the same cases on every machine, and an engine that knows formulas only."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from workings.engines import auto
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


ENGINES = ("numpy", "compiled")


def pytest_configure(config: pytest.Config) -> None:
    """`fault` says which rows of `docs/faults.md` a test holds; see `tests/faults`."""
    config.addinivalue_line("markers", "fault(*rows): the rows of docs/faults.md it holds")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --engine compiled` runs with machine code whatever would be left to NumPy."""
    parser.addoption("--engine", choices=ENGINES, help="what engine=auto takes")


def only(engine: str, patch: pytest.MonkeyPatch) -> None:
    """From now on `auto` takes this engine wherever it can, however little work there is."""
    least = 0.0 if engine == "compiled" else math.inf
    patch.setattr(auto, "TRAINING_PAYS", least)
    patch.setattr(auto, "RUN_PAYS", least)


@pytest.fixture(autouse=True, scope="session")
def engine_of_this_run(request: pytest.FixtureRequest) -> Iterator[None]:
    """What `--engine` asks for."""
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--engine"):
            only(request.config.getoption("--engine"), patch)
        yield


@pytest.fixture(params=ENGINES)
def every_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test is run twice: whatever the product runs by itself runs on this engine."""
    only(request.param, monkeypatch)
    return str(request.param)


@pytest.fixture
def machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the product runs by itself runs as machine code."""
    only("compiled", monkeypatch)


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
