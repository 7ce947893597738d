"""The C file: compiled without a warning and run, in both precisions, against the engine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workings
from tools import needed
from workings.activations import Activation, activations
from workings.engines import engine
from workings.exports import Input, Subject, c
from workings.exports._c_text import comment, identifiers, literal
from workings.language import Expr, Program, Step, join, name, number, part, spread, sum_of, take
from workings.language.algebra import (
    EQUAL,
    GREATER,
    MAX,
    MAXIMUM,
    PAD,
    PUT,
    RESHAPE,
    SIZE,
    TRANSPOSE,
    WHERE,
)  # fmt: skip
from workings.language.defined import ABSOLUTE, LOG_SUM_EXP, MEAN, MINIMUM, MISSING, SQRT, SQUARE
from workings.systems import system
from workings.taking import of_model, of_system

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins.csv"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-O2"]
SAID = re.compile(r"(agrees with|DIFFERS from) the engine: largest difference (\S+)\n")


def compiled(path: Path, *options: str) -> Path:
    """The program that a C file is compiled to, without a warning."""
    out = path.with_suffix(".out")
    command = [needed("cc", "gcc"), *STRICT, *options, str(path), "-o", str(out), "-lm"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    return out


def run(program: Path, given: str = "") -> tuple[int, str]:
    ran = subprocess.run([program], input=given, capture_output=True, text=True, check=False)  # noqa: S603
    return ran.returncode, ran.stdout


def verdict(path: Path, *options: str) -> tuple[int, str, float]:
    """What the file says of itself: its exit code, its words, the largest difference."""
    code, printed = run(compiled(path, *options))
    found = SAID.fullmatch(printed)
    assert found, printed
    return code, found[1], float(found[2])


def written(subject: Subject, folder: Path) -> Path:
    path = folder / "network.c"
    path.write_text(c.content(subject), encoding="ascii")
    return path


# -- subjects --------------------------------------------------------------------------------------


@cache
def model(which: str, **options: Any) -> Subject:
    table, _, target = which.partition(":")
    result = workings.train(table, target=target or None, seed=0, **options)
    return of_model(result.model, result.test)


def own() -> Subject:
    """An activation of a user's own, whose name and reason try to leave the comment."""
    bent = Activation("*/ bent /*", lambda x: x / (1.0 + x * x), use="*/ int ??/\n\\ /* ")
    return model("diabetes", hidden=(4,), activation=bent, epochs=5)


SUBJECTS: dict[str, Callable[[], Subject]] = {
    "article": lambda: of_system(system("article")),
    "chain-rule": lambda: of_system(system("chain-rule")),
    "deep": lambda: of_system(system("deep")),
    "moons": lambda: model("moons", hidden=(8, 8), epochs=20),
    "iris": lambda: model("iris", hidden=(6,), epochs=20),
    "penguins": lambda: model(f"{PENGUINS}:species", hidden=(5,), epochs=10),
    "diabetes": lambda: model("diabetes", hidden=(5,), epochs=10),
    "a user's own activation": own,
}


@pytest.mark.parametrize("which", SUBJECTS)
def test_it_agrees_with_the_engine_in_both_precisions(which: str, tmp_path: Path) -> None:
    path = written(SUBJECTS[which](), tmp_path)
    code, said, difference = verdict(path)
    assert (code, said, difference <= 1e-12) == (0, "agrees with", True)
    code, said, difference = verdict(path, "-DREAL=float")
    assert (code, said, difference <= 1e-5) == (0, "agrees with", True)
    assert difference > 0  # so it was float indeed


def test_a_missing_cell_is_among_the_test_vectors_and_is_filled(tmp_path: Path) -> None:
    subject = model(f"{PENGUINS}:species", hidden=(5,), epochs=10)
    holes = subject.tests["numbers"].copy()
    holes[0, 1] = holes[1, :] = np.nan
    tests = {**subject.tests, "numbers": holes, "categories": subject.tests["categories"] - 1}
    answers = engine().run(subject.prediction, {**subject.values, **tests})["answer"]
    assert np.isfinite(answers).all()
    path = written(replace(subject, tests=tests, expected=answers), tmp_path)
    assert "NAN" in path.read_text()
    assert verdict(path)[1] == "agrees with"


@pytest.mark.parametrize("which", ["article", "iris"])
def test_one_changed_constant_is_noticed(which: str, tmp_path: Path) -> None:
    path = written(SUBJECTS[which](), tmp_path)
    text = path.read_text()
    changed = re.sub(r"(bout[^;R]*R\()", r"\g<1>1e-6 + ", text, count=1)
    assert changed != text
    path.write_text(changed)
    assert verdict(path)[:2] == (1, "DIFFERS from")


def test_an_answer_that_is_no_number_is_noticed_whatever_comes_after_it(tmp_path: Path) -> None:
    subject = SUBJECTS["article"]()
    expected = subject.expected.copy()
    expected[0, 0] = np.nan
    path = written(replace(subject, expected=expected), tmp_path)
    code, said, difference = verdict(path)
    assert (code, said, np.isnan(difference)) == (1, "DIFFERS from", True)


def test_a_model_in_single_precision_is_held_to_single_precision(tmp_path: Path) -> None:
    path = written(model("iris", hidden=(4,), epochs=3, dtype="float32"), tmp_path)
    assert verdict(path)[1] == "agrees with"


# -- single cells, through a program around it -----------------------------------------------------

DRIVER = """\
#include <stdio.h>
#include "network.c"
int main(void)
{{
    double read;
    REAL numbers[{inputs}], answer[{outputs}];
    for (;;) {{
        for (int j = 0; j < {inputs}; j++) {{
            if (scanf("%lf", &read) != 1)
                return 0;
            numbers[j] = (REAL)read;
        }}
        predict(numbers, answer);
        for (int j = 0; j < {outputs}; j++)
            printf("%.17g\\n", (double)answer[j]);
    }}
}}
"""


def answers(subject: Subject, folder: Path) -> np.ndarray[Any, Any]:
    """What `predict` answers, called from another program."""
    written(subject, folder)
    inputs, outputs = subject.tests["X"].shape[1], subject.expected.shape[1]
    driver = folder / "driver.c"
    driver.write_text(DRIVER.format(inputs=inputs, outputs=outputs))
    given = " ".join(map(repr, subject.tests["X"].ravel().tolist()))
    _, printed = run(compiled(driver, "-DWORKINGS_NO_MAIN"), given)
    return np.array(printed.split(), float).reshape(-1, outputs)


def computing(exprs: list[Expr], tests: Any, values: dict[str, Any]) -> Subject:
    """A subject whose answer is the cells of some expressions in a row, one after the other."""
    steps = [Step(f"part{n}", expr) for n, expr in enumerate(exprs)]
    answer = steps[0].ref
    for step in steps[1:]:
        answer = join(answer, step.ref, axis=1)
    program = Program((*steps, Step("answer", answer)))
    tests = np.asarray(tests, float)
    rows = [engine().run(program, {**values, "X": row[None]})["answer"][0] for row in tests]
    return Subject(
        title="", prediction=program, samples=0, given=["X"], values=values, tests={"X": tests},
        expected=np.array(rows), inputs=[Input("x")] * tests.shape[1], target="y",
    )  # fmt: skip


def assert_same_cells(subject: Subject, folder: Path) -> None:
    np.testing.assert_allclose(answers(subject, folder), subject.expected, rtol=1e-12, atol=1e-300)


def test_every_activation_of_the_table_cell_by_cell(tmp_path: Path) -> None:
    x = name("X", 1, 4)
    made = [op(x, **({} if op.elementwise else {"axis": 1})) for op in activations().values()]
    rows = [[-3.0, -0.5, 0.0, 0.25], [1.0, 2.0, 4.0, 7.0], [-40.0, 40.0, 1e-9, -1e-9],
            [-800.0, 800.0, 0.0, -0.0], [np.nan, 1.0, np.inf, -np.inf]]  # fmt: skip
    assert_same_cells(computing(made, rows, {}), tmp_path)


def test_every_other_op_cell_by_cell(tmp_path: Path) -> None:
    x, m, v = name("X", 1, 4), name("m", 3, 4), name("which", 5)
    flat = {"shape": (1, 12)}
    third = name("t", 2, 3, 2)
    made = [
        x @ m.T, x @ (m * m).T, sum_of(x * x, 1), spread(sum_of(x), (1, 1)), MAX(x, axis=1),
        MEAN(x, axis=1), LOG_SUM_EXP(x, axis=1), MINIMUM(x, -x), ABSOLUTE(x), SQUARE(x + 1.0),
        SQRT(ABSOLUTE(x)), MISSING(x), x ** 2.0, take(x, v, 1), part(x, axis=1, start=1, size=2),
        PAD(x, axis=1, start=2, size=7), PUT(take(x, v, 1), v, axis=1, size=4),
        RESHAPE(m, **flat), RESHAPE(m.T @ m, shape=(1, 16)), RESHAPE(m + x @ m.T @ m, **flat),
        RESHAPE(sum_of(m, 0) + sum_of(m.T, 0) @ m, shape=(1, 4)),
        RESHAPE(spread(MAX(m, axis=1), (3, 4)) * spread(x, (3, 4)), **flat),
        RESHAPE(join(m, m * 2.0, axis=0), shape=(1, 24)),
        RESHAPE(take(m, name("rows", 2), 0), shape=(1, 8)),
        RESHAPE(PUT(m, name("three", 3), axis=0, size=2), shape=(1, 8)),
        RESHAPE(TRANSPOSE(third, axes=(2, 0, 1)) * 2.0, shape=(1, 12)),
        RESHAPE(third @ name("u", 2, 2, 3), shape=(1, 18)),
        x * SIZE(m, axis=0), x * sum_of(third), WHERE(x, x, 2.0), EQUAL(x, 2.0),
    ]  # fmt: skip
    random = np.random.default_rng(0)
    values = {
        "m": random.normal(size=(3, 4)), "which": np.array([3.0, 0, 0, 2, 3]),
        "rows": np.array([2.0, 0]), "three": np.array([1.0, 1, 0]),
        "t": random.normal(size=(2, 3, 2)), "u": random.normal(size=(2, 2, 3)),
    }  # fmt: skip
    assert_same_cells(computing(made, [[0.5, -1.25, 2.0, 3.0], [-1, 0, 1e-3, 7]], values), tmp_path)


P = {"P": np.array([[1.5, -2.0], [0.25, 3.0]]), "Q": np.array([[-1.0, 0.5], [2.0, -0.75]])}
TWO: list[Callable[[Expr, Expr], Expr]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a @ b,
    MAXIMUM, GREATER, EQUAL,
]  # fmt: skip
ONE: list[Callable[[Expr], Expr]] = [
    lambda a: -a, lambda a: a.T, lambda a: a / 2.0, lambda a: spread(sum_of(a), (2, 2)),
    lambda a: spread(sum_of(a, 0), (2, 2)), lambda a: spread(MAX(a, axis=1), (2, 2)),
]  # fmt: skip


def drawn(random: Random, depth: int) -> Expr:
    """An expression whose cells are exact for these numbers: no comparison hangs on a last bit."""
    if depth == 0:
        return name(random.choice("PQ"), 2, 2)
    kind, a = random.random(), drawn(random, depth - 1)
    if kind < 0.15:
        return WHERE(a, drawn(random, depth - 1), drawn(random, depth - 1))
    if kind < 0.4:
        return random.choice(ONE)(a)
    b = drawn(random, random.randrange(depth))
    if kind < 0.6:
        b = random.choice([name("X", 1, 2), number(-2.5), number(0.5)])
        return random.choice(TWO[:3])(*random.sample([a, b], 2))
    return random.choice(TWO)(*random.sample([a, b], 2))


def test_random_programs_compute_what_the_engine_computes(tmp_path: Path) -> None:
    random = Random(0)  # noqa: S311 - nothing secret
    exprs = [drawn(random, depth) for depth in (3, 4) for _ in range(60)]
    assert len(set(exprs)) > 115
    made = [name("X", 1, 2) * 1.0, *(RESHAPE(expr, shape=(1, 4)) for expr in exprs)]
    assert_same_cells(computing(made, [[0.5, -3.0], [2.0, 0.125]], P), tmp_path)


# -- text from a table is data ---------------------------------------------------------------------

HOSTILE = [
    '"; system("x"); "', "*/ int x; /*", "// x", "??/", "??=??'", "a\\", "\\\nint", "%s%n%99999s",
    "\n#error x\n", "\t\r\x07\x1b[31m", "é中😀\u202e", "{}", "", "'", "x" * 9000, "0", "\\x41\\101",
]  # fmt: skip

PRINTING = """\
#include <stdio.h>
#include "network.c"
static void print(const char *text)
{{
    for (; *text != '\\0'; text++)
        printf("%02x", (unsigned)(unsigned char)*text);
    printf("\\n");
}}
int main(void)
{{
    REAL answer[{classes}] = {{ R(0.0) }};
    for (int i = 0; i < {columns}; i++)
        print(column_names[i]);
    print(target_name);
    for (int i = 0; i < {classes}; i++) {{
        answer[i] = R(1.0) + (REAL)i;
        print(label_of(answer));
    }}
    for (int i = 0; i < {levels}; i++)
        printf("%d\\n", level_of_column_{column}(levels_{column}[i]));
    printf("%d %d\\n", level_of_column_{column}("none of them"), level_of_column_{column}(NULL));
    return 0;
}}
"""


def hostile() -> Subject:
    """A subject in which everything that a table may name is hostile."""
    subject = model("iris", hidden=(4,), epochs=1)
    inputs = [*(Input(text) for text in HOSTILE), Input("*/", (*HOSTILE, None))]
    classes = ['"', "*/??/\\", "\n"]
    return replace(
        subject, title="*/ #error\n", inputs=inputs, classes=classes, target=HOSTILE[0],
        labels={"inputs": HOSTILE},
    )  # fmt: skip


def _decoded(lines: list[str]) -> Iterator[str]:
    return (bytes.fromhex(line).decode() for line in lines)


@pytest.mark.fault("T14")
def test_hostile_names_come_through_as_text(tmp_path: Path) -> None:
    subject = hostile()
    path = written(subject, tmp_path)
    assert verdict(path)[1] == "agrees with"
    columns, levels = len(subject.inputs), len(HOSTILE) + 1
    (tmp_path / "driver.c").write_text(
        PRINTING.format(columns=columns, classes=3, levels=levels, column=columns)
    )
    _, printed = run(compiled(tmp_path / "driver.c", "-DWORKINGS_NO_MAIN"))
    lines = printed.split("\n")[:-1]
    assert list(_decoded(lines[:columns])) == [one.name for one in subject.inputs]
    assert list(_decoded(lines[columns : columns + 4])) == [subject.target, *subject.classes]
    assert lines[columns + 4 : -1] == [str(place) for place in range(levels)]
    assert lines[-1] == f"-1 {levels - 1}"


def test_words_without_regard_to_capitals(tmp_path: Path) -> None:
    subject = model("iris", hidden=(4,), epochs=1)
    written(replace(subject, inputs=[Input("flag", ("no", "yes"), folded=True)]), tmp_path)
    driver = tmp_path / "driver.c"
    driver.write_text(
        '#include "network.c"\n#include <stdio.h>\nint main(void)\n{\n'
        '    const char *words[] = { "YES", "no", "No", "y", "yess", "" };\n'
        "    for (int i = 0; i < 6; i++)\n"
        '        printf("%d ", level_of_column_1(words[i]));\n    return 0;\n}\n'
    )
    assert run(compiled(driver, "-DWORKINGS_NO_MAIN"))[1] == "1 0 0 -1 -1 -1 "


def test_names_of_a_program_that_c_would_not_take_are_replaced(tmp_path: Path) -> None:
    words = ["double", "y1", "exp", "REAL", "j", "k", "total", "wh bh", "*/", "é", "value_1",
             "test_X", "main", "row", "a" * 200, "wh"]  # fmt: skip
    steps = [Step(word, name("X", 1, 2) @ name(f"{word} w", 2, 1)) for word in words]
    values = {f"{word} w": np.array([[n + 1.0], [0.5]]) for n, word in enumerate(words)}
    answer = steps[0].ref
    for step in steps[1:]:
        answer = join(answer, step.ref, axis=1)
    program = Program((*steps, Step("answer", answer)))
    subject = computing([name("X", 1, 2) * 1.0], [[1.0, 2.0]], {})
    expected = engine().run(program, {**values, **subject.tests})["answer"]
    assert verdict(
        written(replace(subject, prediction=program, values=values, expected=expected), tmp_path)
    )[1] == "agrees with"  # fmt: skip
    assert identifiers(words)["wh"] == "wh"


@pytest.mark.fault("T14")
@given(st.text())
def test_a_comment_cannot_be_left(text: str) -> None:
    fit = comment(text)
    assert "*/" not in fit
    assert "/*" not in fit
    assert "??" not in fit
    assert fit.isascii()
    assert fit.isprintable()


@pytest.mark.fault("T14")
@given(st.text(max_size=50))
def test_a_literal_is_one_line_of_ascii_between_quotes(text: str) -> None:
    body = literal(text)[1:-1]
    assert body.isascii()
    assert body.isprintable()
    assert re.fullmatch(r'([^"\\?]|\\["\\?]|\\[0-7]{3})*', body)
