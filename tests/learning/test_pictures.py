"""Pictures and questions on a lesson's page: how they look in the dark, and what is read out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workings.activations import activation
from workings.learning import Question, ask, formula
from workings.learning.lessons import Lesson
from workings.learning.pages import page
from workings.learning.running import Ran, run

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
---
# 1. Pictures

"""


def ran(folder: Path, *cells: str) -> Ran:
    path = folder / "01-pictures.md"
    shown = "\n".join(f"```{{code-cell}} python\n{cell}\n```\n" for cell in cells)
    path.write_text(HEAD + shown, encoding="utf-8")
    return run(Lesson(1, "Pictures", path))


DRAWN = """import matplotlib.pyplot as plt
figure, ax = plt.subplots()
ax.plot([0, 1], [0, 1], color="black")
"""


def drawn(folder: Path, *lines: str) -> str:
    (output,) = [one for one in ran(folder, DRAWN + "\n".join(lines)).outputs if one]
    return output.html


def test_a_bare_figure_is_read_out_by_its_title_and_stands_on_any_ground(tmp_path: Path) -> None:
    made = drawn(tmp_path, 'ax.set(title="Losses <all>", xlabel="steps");')
    assert '<svg role="img" aria-label="Losses &lt;all&gt;" fill="currentColor"' in made
    assert made.startswith("<figure")
    assert not re.search(r"(fill|stroke): #(ffffff|000000)", made)
    assert "stroke: currentColor" in made
    assert ">steps</text>" in made


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('figure.suptitle("Both"); ax.set_title("One");', "Both; One"),
        ('ax.set(xlabel="steps", ylabel="loss");', "steps and loss"),
        ("None;", "A picture"),
    ],
)
def test_without_a_title_it_is_read_out_by_what_it_shows(
    tmp_path: Path, lines: str, said: str
) -> None:
    assert f'aria-label="{said}"' in drawn(tmp_path, lines)


def test_two_pictures_on_a_page_share_no_names(tmp_path: Path) -> None:
    made = page(ran(tmp_path, DRAWN + 'ax.set_title("A");', DRAWN + 'ax.set_title("B");'))
    names = re.findall(r'\bid="([^"]+)"', made)
    assert names
    assert len(names) == len(set(names))


def test_everything_that_may_scroll_can_be_reached_by_keyboard(tmp_path: Path) -> None:
    made = page(ran(
        tmp_path, "print('x' * 300)", "from workings.learning import ask, in_r\nask('?', 1 / 3)",
        "in_r('print(1)')", "from workings import show\nfrom workings.systems import system\n"
        "show(system('article').trace(), step='output')",
    ))  # fmt: skip
    found = re.findall(r"<pre[^>]*>", made)
    assert len(found) >= 8
    assert set(found) == {'<pre tabindex="0">'}
    assert formula(activation("tanh"))._repr_html_().count('<p class="formula" tabindex="0">') == 2
    assert re.search(r"\.formula \{[^}]*overflow-x: auto", made)
    # nothing around them scrolls as well
    assert not re.search(r"\.output \{[^}]*overflow", made)
    assert re.search(r"\bmath \{ font-size: 1\.15em", made)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3.0, "3"), (2 / 3, "0.6667"), (-0.123456, "-0.1235"), (0.0123456, "0.01235"),
        (-0.000333333, "-0.0003333"), (1.23456789e-9, "0.000000001235"), (12.3456, "12.3456"),
        (0.0, "0"), (-4.0, "-4"),
    ],
)  # fmt: skip
def test_the_answer_has_four_digits_however_small_and_is_right(value: float, said: str) -> None:
    one: Question = ask("?", value)
    assert one.right_answer() == said
    assert one.mark(said).right


def test_an_activation_is_read_as_textbooks_write_it() -> None:
    assert str(formula(activation("sigmoid"))) == "y = 1 / (1 + exp(-x))\nslope = y * (1 - y)"
    assert str(formula(activation("softplus"))).startswith("y = log(1 + exp(x))\n")
    assert "minimum" not in str(formula(activation("gelu")))
    assert str(formula(activation("step"))) == "y = x > 0"  # it has no slope
