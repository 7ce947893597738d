"""The commands, called in a folder of their own, and models for them to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from workings.cli import main
from workings.jobs.fitting import train

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Said:
    """What a command printed, and the exit code it ended with."""

    code: int
    out: str
    err: str

    def refuses(self, *words: str, code: int = 2) -> None:
        """One sentence on standard error, with these words in it, and the exit code."""
        assert self.code == code, self
        assert self.err.startswith("workings: ")
        assert self.err.count("\n") == 1
        assert "Traceback" not in self.out + self.err
        for word in words:
            assert word in self.err

    def misused(self, *words: str) -> None:
        """As `refuses`, for what the parser of options finds: a usage line may come before."""
        assert self.code == 2, self
        assert "Traceback" not in self.out + self.err
        for word in words:
            assert word in self.err.splitlines()[-1]


Call = Callable[..., Said]


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Call:
    """Calls a command in a new folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def penguins() -> Path:
    """A table with words, numbers and missing cells."""
    return EXAMPLES / "penguins.csv"


@pytest.fixture(scope="session")
def new_penguins() -> Path:
    """Rows whose species is not known."""
    return EXAMPLES / "new_penguins.csv"


@pytest.fixture(scope="session")
def species(tmp_path_factory: pytest.TempPathFactory, penguins: Path) -> Path:
    """A model file that tells penguins apart."""
    path = tmp_path_factory.mktemp("models") / "species.workings"
    train(penguins, "species", hidden=[4], epochs=4, seed=0).model.save(path)
    return path


@pytest.fixture(scope="session")
def progression(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file that predicts an amount."""
    path = tmp_path_factory.mktemp("models") / "progression.workings"
    train("diabetes", hidden=[4], epochs=4, seed=0).model.save(path)
    return path
