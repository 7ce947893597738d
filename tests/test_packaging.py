"""What is installed holds what the commands read: a wheel by the rules of pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from workings.learning import lessons as of_learning
from workings.learning.lessons import HERE, SOURCE

ROOT = Path(__file__).parents[1]


def test_a_wheel_has_the_lessons_where_they_are_looked_for() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel = built["targets"]["wheel"]
    assert SOURCE.relative_to(ROOT).as_posix() in wheel["only-include"]
    assert built["dev-mode-dirs"] == ["src"]  # and a clone reads them where they are written
    sources = wheel["sources"]
    installed = {ROOT / before: ROOT / "src" / after for before, after in sources.items()}
    assert installed[SOURCE] == HERE
    assert installed[ROOT / "src"] == ROOT / "src"
    assert of_learning()
