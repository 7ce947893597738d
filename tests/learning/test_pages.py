"""Every notebook in `docs` that is no lesson: it runs, and no number is typed in its prose."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tools import needed
from workings.learning.lessons import Lesson
from workings.learning.notebook import Prose
from workings.learning.pages import page
from workings.learning.running import Ran, run
from workings.learning.terminal import text

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    path for path in sorted(DOCS.glob("*.md"))
    if path.read_text(encoding="utf-8").startswith("---\njupytext:")
]  # fmt: skip
EVERY = pytest.mark.parametrize(
    "path",
    [pytest.param(one, marks=pytest.mark.xdist_group(one.stem), id=one.stem) for one in PAGES],
)
WRONG = DOCS / "wrong-in-the-article.md"

STANDARDS = r"\b(?:RFC |UTF-|Python |Unicode )\d[\d.]*"  # their names have numbers


@cache
def ran(path: Path) -> Ran:
    needed("Rscript", "r-base-core")
    return run(Lesson(0, path.stem, path))


@cache
def sections(path: Path) -> dict[str, tuple[str, str]]:
    """What is said below each heading of the second level, and what its cells put out."""
    heading, found = "", dict[str, tuple[str, str]]()
    for piece, output in zip(ran(path).lesson.pieces, ran(path).outputs, strict=True):
        parts = re.split(r"^## (.*)$", piece.text, flags=re.M) if isinstance(piece, Prose) else [""]
        for place, part in enumerate(parts):
            if place % 2:
                heading = part
                found[heading] = ("", "")
            elif heading:
                said, shown = found[heading]
                found[heading] = (said + part, shown)
        if output is not None and heading:
            said, shown = found[heading]
            found[heading] = (said, f"{shown}\n{output.text}")
    return found


@EVERY
def test_no_number_is_typed_in_its_prose(path: Path) -> None:
    for piece in Lesson(0, path.stem, path).pieces:
        prose = re.sub(r"^```.*?^```$", "", piece.text, flags=re.M | re.S) if isinstance(
            piece, Prose) else ""  # fmt: skip
        for line in prose.splitlines():
            said = re.sub(r"`[^`]*`|\]\([^)]*\)|" + STANDARDS, "", line)
            assert not re.search(r"\d", said), f"{path.name}: {line}"


@EVERY
def test_it_runs_and_asks_for_nothing_from_elsewhere(path: Path) -> None:
    made = page(ran(path))
    assert f"<h1>{ran(path).lesson.title}</h1>" in made
    assert "R is not installed" not in made
    asked = re.findall(r"""(?:src|href)=["'](?!#|data:)([^"']*)""", made)
    assert not [one for one in asked if "//" in one], asked


@EVERY
def test_it_can_be_read_in_a_terminal(path: Path) -> None:
    assert ran(path).lesson.title.split(",")[0] in text(ran(path), width=100)


@pytest.mark.xdist_group(WRONG.stem)
def test_each_mistake_is_shown_by_something_that_runs_and_can_be_told() -> None:
    found = sections(WRONG)
    assert len(found) == 9
    for heading, (said, shown) in found.items():
        assert "**How you can tell:**" in said, heading
        assert shown.strip(), heading


@pytest.mark.xdist_group(WRONG.stem)
def test_each_experiment_shows_what_is_said_of_it() -> None:
    """The numbers a page of mistakes stands on, each from what its own cells put out."""
    shown = {heading: put_out for heading, (_, put_out) in sections(WRONG).items()}

    def numbers(heading: str, line: str) -> list[float]:
        after = re.search(rf"^ *{line}(.*)$", shown[heading], re.M)
        assert after, (heading, line)
        return [float(one) for one in re.findall(r"-?\d+\.\d+", after[1])]

    biases = "The R listing gives each row a bias of its own"
    assert numbers(biases, "colSums:") == pytest.approx([2 / 3] * 3, abs=1e-3)
    told_apart = numbers(biases, "rowSums:")
    assert min(told_apart[:2]) > 0.9 > 0.1 > told_apart[2]
    assert "non-conformable" in shown["The R listing lays the biases down by column, and "
                                      "predicts nothing new"]  # fmt: skip
    slope = "The slope of the sigmoid, but of which number?"
    right, wrong = numbers(slope, "from the activation:.*?1 - a. "), numbers(slope, "mixed up:")
    assert numbers(slope, "a nudge of the sum:") == pytest.approx(right, abs=1e-4)
    assert max(wrong) < 0 < min(right)
    climbs = numbers("Plus, where it has to be minus", "wrong +(?=0)")
    assert climbs == sorted(climbs)
    assert climbs[-1] > climbs[0]
    for heading in (biases, slope, "The learning rate, twice", "Plus, where it has to be minus",
                    "The hidden bias moved by the output's delta"):  # fmt: skip
        assert "catches it" in shown[heading], heading
    (once,), (twice,) = (numbers("The gradient is a sum, and nobody is told", f"sum +{n} rows")
                         for n in (3, 6))  # fmt: skip
    assert twice == pytest.approx(2 * once, abs=2e-6)
