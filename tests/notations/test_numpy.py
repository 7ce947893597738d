"""What is spelled in NumPy runs in NumPy, and computes what the engine computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from notations.expressions import ARRAYS, LEAVES, SIZES, expressions, ops_in
from workings.engines import engine
from workings.language import Expr, Program, Step, join, name, number, part, size_of, spread, sum_of
from workings.language.algebra import EQUAL, GREATER, PAD, TRANSPOSE, WHERE
from workings.language.defined import MISSING
from workings.language.json_form import PRIMITIVES
from workings.notations import missing_ops, notation, spell
from workings.notations.numpy import FUNCTIONS, SINGLE

NUMPY = notation("numpy")
A, B = name("A", "n", "k"), name("B", "n", "k")
W, ROW, ONE = name("W", "k", "k"), name("row", 1, "k"), name("s")


def evaluated(text: str, values: dict[str, Any] | None = None) -> Any:
    words: dict[str, Any] = {"np": np}
    exec(FUNCTIONS["put_into"], words)  # noqa: S102 - our own text
    with np.errstate(all="ignore"):
        return eval(text, words | SIZES | (ARRAYS if values is None else values))  # noqa: S307


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A @ W + ROW, "A @ W + row"),
        ((A * B) @ W, "(A * B) @ W"),
        (A * (B @ W), "A * (B @ W)"),
        (A - (B - A), "A - (B - A)"),
        (A * -B, "A * -B"),
        (A - -B, "A - (-B)"),
        (-(A**2.0), "-A**2"),
        ((-A) ** 2.0, "(-A)**2"),
        (A**-1.0, "A**(-1.0)"),
        ((A**2.0) ** B, "(A**2)**B"),
        ((A + B).T, "(A + B).T"),
        (sum_of(A, 0), "np.sum(A, axis=0, keepdims=True)"),
        (sum_of(A) / size_of(A, 0), "np.sum(A) / n"),
        (1.0 - GREATER(A, 0.0), "1 - np.where(A > 0, 1.0, 0.0)"),
        (WHERE(GREATER(A, 0.0), A, 0.01 * A), "np.where(A > 0, A, 0.01 * A)"),
        (WHERE(MISSING(A), ROW, A), "np.where(np.isnan(A), row, A)"),
        (WHERE(A, 1.0, -2.0), "np.where(A, 1.0, -2.0)"),
        (join(A, spread(1.0, ("n", 1)), axis=1, size="m"), "np.hstack((A, np.ones((n, 1))))"),
        (part(A, axis=1, start=0, size="h"), "A[:, :h]"),
        (part(A, axis=0, start="h", size=2), "A[h : h + 2]"),
        (PAD(A, axis=1, start=2, size=9), "np.pad(A, ((0, 0), (2, 9 - k - 2)))"),
        (sum_of(spread(ROW, ("n", "k")), 0),
         "np.sum(np.broadcast_to(row, (n, k)), axis=0, keepdims=True)"),
        (ONE + float("inf"), "s + np.inf"),
        (A * 1e-8, "A * 1e-08"),
        (TRANSPOSE(name("C", 2, 3, 4), axes=(2, 0, 1)), "np.transpose(C, (2, 0, 1))"),
    ],
)  # fmt: skip
def test_it_reads_like_a_listing(expr: Expr, text: str) -> None:
    assert spell(expr, NUMPY) == text


def test_every_primitive_op_has_a_row() -> None:
    assert missing_ops(NUMPY) == missing_ops(SINGLE) == []


def test_what_is_spelled_is_what_is_computed() -> None:
    met: set[str] = set()
    for expr, value in expressions(1500):
        text = spell(expr, NUMPY)
        found = np.asarray(evaluated(text), float)
        assert found.shape == value.shape, text
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-12, err_msg=text)
        met |= ops_in(expr)
    assert met >= set(PRIMITIVES)


@pytest.mark.parametrize(
    "expr",
    [
        GREATER(LEAVES["n", 3], 0.0),
        WHERE(GREATER(LEAVES["n", 3], 0.0), 1.0, 0.01),
        WHERE(EQUAL(LEAVES["n", 3], 0.5), LEAVES["n", 3], 0.01),
        1.0 - MISSING(LEAVES["n", 3]),
        join(LEAVES["n", 3], spread(1.0, ("n", 1)), axis=1),
        join(LEAVES["n", 3], spread(0.1, ("n", 1)), axis=1),
        number(0.1) * LEAVES["n", 3] ** 2.0,
    ],
)
def test_single_precision_stays_single(expr: Expr) -> None:
    values = {word: x.astype(np.float32) for word, x in ARRAYS.items()}
    found = evaluated(spell(expr, SINGLE), values)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, engine().run(Program((Step("z", expr),)), values)["z"])
