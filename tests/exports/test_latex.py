"""The LaTeX document: compiled by pdflatex in one pass, without lines that do not fit."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import workings
from tools import needed
from workings.activations import Activation, activations
from workings.engines import engine
from workings.exports import Input, Subject, latex
from workings.exports._latex_steps import crowd
from workings.jobs import fitting
from workings.language import Program, Step, join, name, part, size_of, spread, sum_of, take
from workings.language.algebra import EQUAL, LOG, MAX, PAD, PUT, RESHAPE, WHERE
from workings.language.defined import LOG_SUM_EXP, MEAN, MINIMUM, MISSING, SQRT
from workings.systems import system
from workings.taking import of_model, of_system

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
PACKAGES = "texlive-latex-base texlive-latex-recommended"
TOO_WIDE = 10.0  # points; less than this nobody sees


def ran(text: str, folder: Path) -> tuple[int, str]:
    """The exit code and the log of one pass of pdflatex."""
    (folder / "paper.tex").write_text(text, encoding="ascii")
    command = [needed("pdflatex", PACKAGES), "-halt-on-error", "-no-shell-escape",
               "-interaction=nonstopmode", "paper.tex"]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    return done.returncode, done.stdout.decode("latin-1")


def check(text: str, folder: Path) -> None:
    code, log = ran(text, folder)
    assert code == 0, log[-2000:]
    assert (folder / "paper.pdf").stat().st_size > 1000
    assert "undefined" not in log
    assert "pk>" not in log  # all fonts are there, none had to be made from its drawing
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \((\S+)pt", log)]
    assert max(wide, default=0.0) <= TOO_WIDE, log


@cache
def model(which: str, *, run: bool = False) -> Subject:
    table, _, target = which.partition(":")
    result = workings.train(table, target=target or None, hidden=[8], epochs=3, seed=0)
    whole = fitting.located(table, target or None)[0]
    return of_model(result.model, whole if run else result.test)


SUBJECTS = {
    "article": lambda: of_system(system("article")),
    "chain-rule": lambda: of_system(system("chain-rule")),
    "iris": lambda: model("iris"),
    "penguins": lambda: model(f"{PENGUINS}:species"),
    "diabetes": lambda: model("diabetes"),
    "the training of penguins": lambda: model(f"{PENGUINS}:species", run=True),
}


@pytest.mark.parametrize("which", SUBJECTS)
def test_pdflatex_sets_it_without_lines_that_do_not_fit(which: str, tmp_path: Path) -> None:
    check(latex.content(SUBJECTS[which]()), tmp_path)


def test_an_unbalanced_brace_is_noticed(tmp_path: Path) -> None:
    text = latex.content(SUBJECTS["article"]())
    changed = text.replace(r"\working{", r"\working{{", 1)
    assert changed != text
    with pytest.raises(AssertionError):
        check(changed, tmp_path)


def test_a_line_that_does_not_fit_is_noticed(tmp_path: Path) -> None:
    text = latex.content(SUBJECTS["article"]())
    wide = r"\begin{bmatrix} " + " & ".join(["-0.1234"] * 18) + r" \end{bmatrix}"
    with pytest.raises(AssertionError):
        check(text.replace(r"\end{document}", rf"${wide}$ \end{{document}}"), tmp_path)


# -- what it says ----------------------------------------------------------------------------------


def test_the_article_has_its_twelve_steps_with_the_numbers_put_in() -> None:
    text = latex.content(SUBJECTS["article"]())
    headings = re.findall(r"\\subsection\*\{(\d+)", text)
    assert headings == [str(number) for number in range(12)]
    assert r"\working{\mathit{hidden\_layer\_input} = X\,\allowbreak \mathit{wh} + " in text
    assert (
        r"= \begin{bmatrix} 1.4800 & 1.7800 & 1.1000 \\ 2.4000 & 1.8900 & 1.6200 \\ "
        r"1.4800 & 1.5600 & 1.2800 \end{bmatrix}"
    ) in text
    assert r"= \sum_{r,c} \begin{bmatrix} 0.0222 \\" in text
    assert r"\numbers{ = 0.3541}" in text
    assert "all 3 rows" in text
    assert text.count(r"\given{X = ") == text.count(r"\given{\mathit{wh} = ") == 1
    assert "every digit" in text


def test_the_first_batch_of_a_training_is_the_one_the_loop_took_first() -> None:
    subject = SUBJECTS["the training of penguins"]()
    assert subject.run is not None
    order = np.arange(subject.run.X.shape[0])
    np.random.default_rng(subject.run.seed).shuffle(order)
    first = subject.run.X[order[0], 0]
    text = latex.content(subject)
    assert rf"\given{{X = \begin{{bmatrix}} {first:.4f} & " in text
    assert f"32 of {len(order)} rows" in text


def test_windows_say_what_they_leave_out() -> None:
    text = latex.content(SUBJECTS["the training of penguins"]())
    (x,) = re.findall(r"\\given\{X = (.*)", text)
    assert r"\cdots" in x
    assert r"\vdots" in x
    assert re.search(r"\{\(24 more rows, \d more columns?\)\}$", x)
    (bias,) = re.findall(r"\\given\{\\mathit\{bh\} = (.*)", text)
    assert bias == rf"\begin{{bmatrix}} {' & '.join('0' * 8)} \end{{bmatrix}}}}{{}}"


def test_a_prediction_ends_in_the_answer_and_its_shares() -> None:
    subject = SUBJECTS["iris"]()
    best = subject.classes[int(subject.expected[0].argmax())]
    text = latex.content(subject)
    assert rf"The answer is \textbf{{{best}}}." in text
    assert f"for {best}: {subject.expected[0].max():.4f}" in text.replace("For ", "for ")
    assert "(1)~sepal length (cm)" in text


def test_of_two_classes_both_shares_are_said() -> None:
    result = workings.train("moons", hidden=[3], epochs=2)
    subject = of_model(result.model, result.test)
    share = subject.expected[0, 0]
    assert f": {1 - share:.4f}; for {subject.classes[1]}: {share:.4f}." in latex.content(subject)


def test_what_stands_side_by_side_is_narrower() -> None:
    a, b = name("a", 2, 2), name("b", 2, 2)
    wide = {"a": 5, "b": 7}.__getitem__
    assert crowd(a + b - a, wide) == 7
    assert crowd(a - (b - a), wide) == 12
    assert crowd((a @ b) * a, wide) == 12
    assert crowd((a - b) / b, wide) == 12
    assert crowd(WHERE(a, a, b), wide) == 12


# -- every op, and text that is data ---------------------------------------------------------------


def of_steps(program: Program, values: dict[str, np.ndarray]) -> Subject:
    tests = {"X": np.array([[0.5, np.nan, -2e-9, 1e9]])}
    expected = engine().run(program, {**values, **tests})["answer"]
    return Subject(
        title="Every op", prediction=program, samples=0, given=["X"], values=values, tests=tests,
        expected=expected, inputs=[Input("x")] * 4, target="y",
    )  # fmt: skip


def test_every_op_and_every_activation_is_set(tmp_path: Path) -> None:
    x, m, one = name("X", "n", 4), name("m", 3, 4), name("s")
    ops = [op(x, **({} if op.elementwise else {"axis": 1})) for op in activations().values()]
    own = Activation("\\input{x} & %", lambda x: x + 1.0, use="$ % # \\")
    more = [
        own(x), x @ m.T, -(x + one) * (x - one), MAX(x, axis=1), MEAN(m, axis=0), LOG(x),
        LOG_SUM_EXP(x, axis=1), sum_of(m, 0), sum_of(m, 1), sum_of(x) / size_of(x, 0),
        MINIMUM(x, -x), MISSING(x), x**-2.0, SQRT(x), (x / (1.0 + x * x)) ** 3.0, EQUAL(x, 0.5),
        WHERE(x, x, 1e-12), spread(name("c", 1, 1), (3, 4)), part(m, axis=1, start=1, size=2),
        PAD(m, axis=1, start=2, size=9), take(m, name("which", 2), 0), join(m, m, axis=0),
        join(m, m, axis=1), PUT(m, name("three", 3), axis=0, size=2), RESHAPE(m, shape=(4, 3)),
    ]  # fmt: skip
    steps = [Step(f"step_{n}", expr, "All of them") for n, expr in enumerate([*ops, *more])]
    values = {
        "m": np.arange(12.0).reshape(3, 4) / 7, "s": np.array(-0.25), "c": np.array([[2.0]]),
        "which": np.array([2.0, 0]), "three": np.array([1.0, 1, 0]),
    }  # fmt: skip
    check(latex.content(of_steps(Program((*steps, Step("answer", x * 1.0))), values)), tmp_path)


HOSTILE = [
    r"\write18{touch owned}", r"\input{/etc/passwd}", r"\end{document}", "}}{{", "$$", "% gone",
    "a & b # c", "^^5cinput", "~^_", "<|>\"'`", "?`!`", "\n\n\\par\r\t\x00\x07\x1b",
    "é中😀\u202e\ud800",
    "-" * 300, "W" * 5000, "", "\\", "\\\\",
]  # fmt: skip


@pytest.mark.fault("T15")
def test_hostile_names_come_through_as_text(tmp_path: Path) -> None:
    subject = SUBJECTS["iris"]()
    classes = [r"\stop", "}", HOSTILE[11]]
    text = latex.content(replace(
        subject, title="".join(HOSTILE), classes=classes, target=r"\bye",
        labels={"inputs": HOSTILE, "outputs": classes},
    ))  # fmt: skip
    check(text, tmp_path)
    assert not (tmp_path / "owned").exists()
    assert text.count(r"\end{document}") == 1
    for command in (r"\write", r"\input", r"\stop", r"\verb", "^^"):
        assert command not in text
    plain = text.replace(r"\allowbreak{}", "")
    assert r"\textbackslash{}write18\{touch owned\}" in plain
    assert rf"({len(HOSTILE)})~" in text


@pytest.mark.fault("T15")
def test_hostile_names_of_steps_and_stages_are_text_too(tmp_path: Path) -> None:
    steps = [
        Step(f"{word[:40]} {n}", name("X", "n", 4) * 2.0, word[:80], word[:80])
        for n, word in enumerate(HOSTILE)
    ]
    program = Program((*steps, Step("answer", steps[0].ref)))
    text = latex.content(of_steps(program, {}))
    code, log = ran(text, tmp_path)
    assert code == 0, log[-2000:]
    assert r"\write" not in text
