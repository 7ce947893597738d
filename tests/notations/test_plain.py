"""What is spelled means what is computed, with just the parentheses it needs."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.engines import engine
from workings.errors import NotSupported, UnknownName
from workings.language import (
    Expr,
    Program,
    Step,
    join,
    name,
    number,
    part,
    size_of,
    spread,
    sum_of,
    take,
)
from workings.language.algebra import (
    EQUAL,
    EXP,
    GREATER,
    LOG,
    MAX,
    MAXIMUM,
    PAD,
    PUT,
    RESHAPE,
    TRANSPOSE,
    WHERE,
)  # fmt: skip
from workings.language.defined import MEAN, SQUARE
from workings.notations import Notation, Text, missing_ops, notation, spell

PLAIN = notation("plain")
A, B = name("A", "n", "k"), name("B", "n", "k")
W, ROW, ONE = name("W", "k", "k"), name("row", 1, "k"), name("s")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A @ W + ROW, "A @ W + spread(row)"),
        (A * ONE - 0.5, "A * s - 0.5"),
        ((A * B) @ W, "(A * B) @ W"),
        (A * (B @ W), "A * (B @ W)"),
        ((A @ W) @ W, "(A @ W) @ W"),
        (A @ W.T, "A @ W.T"),
        ((A + B).T, "(A + B).T"),
        (A - (B - A), "A - (B - A)"),
        (A - B - A, "A - B - A"),
        (A / (B * A), "A / (B * A)"),
        (A * -B, "A * (-B)"),
        (A + -0.5 * B, "A + (-0.5 * B)"),
        (-0.5 * A + B, "-0.5 * A + B"),
        (-(A * B), "-(A * B)"),
        (-(A**2.0), "-A^2"),
        ((-A) ** 2.0, "(-A)^2"),
        (A**-1.0, "A^(-1)"),
        ((A**2.0) ** B, "(A^2)^B"),
        (sum_of(A, 0), "sum(A, each column)"),
        (sum_of(A, 1), "sum(A, each row)"),
        (sum_of(A) / size_of(A, 0), "sum(A) / n"),
        (MAX(A, axis=1), "max(A, each row)"),
        (MEAN(A, axis=0), "mean(A, each column)"),
        (MAXIMUM(A, 0.0), "max(A, 0)"),
        (MAXIMUM(MAXIMUM(A, -B), 0.0), "max(A, -B, 0)"),
        (MAXIMUM(0.0 * A, MAXIMUM(A, B) + A), "max(0 * A, max(A, B) + A)"),
        (SQUARE(A + B), "square(A + B)"),
        (LOG(EXP(A)), "log(exp(A))"),
        (WHERE(GREATER(A, 0.0), A, A * 0.1), "A if A > 0 else A * 0.1"),
        (1.0 - WHERE(A, B, A), "1 - (B if A else A)"),
        (EQUAL(GREATER(A, B), A), "(A > B) == A"),
        (GREATER(GREATER(A, B), A), "(A > B) > A"),
        (sum_of(spread(2.0, A.shape), 0), "sum(spread(2), each column)"),
        (number(1e-8) + ONE, "1e-08 + s"),
        (ONE + 1.0507009873554805, "s + 1.0507"),
        (join(A, B, axis=0, size="m"), "join(A, B, as rows)"),
        (join(A, A, axis=1, size="m"), "join(A, A, as columns)"),
        (part(A, axis=1, start=0, size=2), "part(A, first 2 columns)"),
        (part(A, axis=0, start="m", size=1), "part(A, 1 rows after m)"),
        (PAD(A, axis=1, start=2, size=9), "pad(A, to 9 columns after 2)"),
        (take(A, name("which", "m"), 0), "take(A, rows which)"),
        (PUT(A, name("which", "n"), axis=0, size="m"), "put(A, into rows which)"),
        (RESHAPE(name("V", "n", 6), shape=("n", 2, 3)), "reshape(V, n x 2 x 3)"),
        (TRANSPOSE(name("T", 2, 3, 4), axes=(2, 0, 1)), "transpose(T, axes 2 0 1)"),
    ],
)
def test_people_can_read_it(expr: Expr, text: str) -> None:
    assert spell(expr, PLAIN) == text


# -- spelled = evaluated ---------------------------------------------------------------------------

MATRICES = {
    "P": np.array([[1.5, -2.0], [0.25, 3.0]]), "Q": np.array([[-1.0, 0.5], [2.0, -0.75]]),
    "r": np.array([[0.5, -3.0]]), "s": np.array(1.25),
}  # fmt: skip
square_leaves = st.sampled_from([name("P", 2, 2), name("Q", 2, 2)])
small_leaves = st.one_of(
    st.sampled_from([name("r", 1, 2), name("s")]),
    st.sampled_from([-2.5, -1.0, 0.5, 3.0]).map(number),
)


def _larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    infix = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b]
    return st.one_of(
        st.builds(lambda op, a, b: op(a, b), st.sampled_from(infix), parts, parts),
        st.builds(lambda op, a, b: op(a, b), st.sampled_from(infix), parts, small_leaves),
        st.builds(lambda op, a, b: op(a, b), st.sampled_from(infix), small_leaves, parts),
        st.builds(lambda a, b: a @ b, parts, parts),
        st.builds(lambda a, b: MAXIMUM(a, b), parts, parts),
        st.builds(lambda a, power: a**power, parts, st.sampled_from([2.0, 3.0])),
        parts.map(lambda a: -a),
        parts.map(lambda a: a.T),
    )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.recursive(square_leaves, _larger, max_leaves=9))
def test_matrices_mean_in_python_what_is_computed(expr: Expr) -> None:
    words: dict[str, Any] = {
        **MATRICES, "max": lambda *each: reduce(np.maximum, each),
        "spread": lambda row: np.broadcast_to(row, (2, 2)),
    }  # fmt: skip
    program = Program((Step("z", expr),))
    values = {word: MATRICES[word] for word in program.given}
    computed = engine().run(program, values)["z"]
    with np.errstate(all="ignore"):
        read = eval(spell(expr, PLAIN).replace("^", "**"), {}, words)  # noqa: S307 - our own text
    np.testing.assert_allclose(read, computed, rtol=1e-9)


NUMBERS = {"a": 2.0, "b": -1.0, "c": 0.0}


def _numbers_larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    pairs = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, MAXIMUM, GREATER, EQUAL]
    return st.one_of(
        st.builds(lambda op, a, b: op(a, b), st.sampled_from(pairs), parts, parts),
        st.builds(WHERE, parts, parts, parts),
        parts.map(lambda a: -a),
    )


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.sampled_from([*map(name, NUMBERS), -3.0 * name("a"), name("b") - -3.0]),
        _numbers_larger,
        max_leaves=9,
    )
)
def test_choices_mean_in_python_what_is_computed(expr: Expr) -> None:
    program = Program((Step("z", expr),))
    values = {word: np.array(NUMBERS[word]) for word in program.given}
    read = eval(spell(expr, PLAIN), {"max": max}, NUMBERS)  # noqa: S307 - our own text
    assert float(read) == float(engine().run(program, values)["z"])


# -- notations in general --------------------------------------------------------------------------


def test_every_primitive_op_has_a_row() -> None:
    assert missing_ops(PLAIN) == []
    table = {word: row for word, row in PLAIN.table.items() if word not in ("add", "put")}
    assert missing_ops(replace(PLAIN, table=table)) == ["add", "put"]


def test_a_defined_op_without_a_row_is_spelled_by_its_formula() -> None:
    assert spell(SQUARE(A + B), replace(PLAIN, others=None)) == "(A + B) * (A + B)"


def test_an_op_that_cannot_be_spelled_says_so() -> None:
    with pytest.raises(NotSupported, match=r"'add'.*tiny has no row") as error:
        spell(A + B, Notation("tiny", {}))
    assert (error.value.op, error.value.notation) == ("add", "tiny")


def test_a_pattern_may_use_facts_and_a_number_may_bind_as_it_likes() -> None:
    tiny = Notation(
        "tiny", {"sum": (9, "sum_{axis}({0})"), "mul": (5, "{0:6}.{1:6}")},
        number=lambda value: Text(f"{value:g}/1", 5), word=str.upper,
    )  # fmt: skip
    assert spell(sum_of(name("a", 2, 2), 1), tiny) == "sum_1(A)"
    assert spell(name("a") * 2.0, tiny) == "A.(2/1)"


def test_an_unknown_notation_is_named() -> None:
    with pytest.raises(UnknownName, match=r"no notation called 'plane'\. Did you mean 'plain'"):
        notation("plane")
