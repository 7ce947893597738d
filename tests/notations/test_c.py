"""How a cell is spelled in C; that it means what is computed, tests/exports/test_c.py shows."""

from __future__ import annotations

import math

import pytest

from workings.language import Expr, join, name, number, part, size_of, spread, sum_of, take
from workings.language.algebra import (
    EQUAL,
    EXP,
    GREATER,
    MAX,
    MAXIMUM,
    NEG,
    PAD,
    PUT,
    RESHAPE,
    TRANSPOSE,
    WHERE,
)  # fmt: skip
from workings.language.defined import ABSOLUTE, MISSING, SQUARE
from workings.notations import missing_ops, notation, spell
from workings.notations.c import HELPERS, inner, literal

C = notation("c")
A, B = name("A[i][j]", 2, 3), name("B[i][j]", 2, 3)
W, ROW, ONE = name("W[i][j]", 3, 3), name("row[j]", 1, 3), name("s")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A + B * ONE, "A[i][j] + B[i][j] * s"),
        ((A + B) * ONE, "(A[i][j] + B[i][j]) * s"),
        (A - (B - A), "A[i][j] - (B[i][j] - A[i][j])"),
        (A / (B * A), "A[i][j] / (B[i][j] * A[i][j])"),
        (A + ROW, "A[i][j] + row[j]"),
        (-A * 0.5, "-A[i][j] * R(0.5)"),
        (NEG(-ONE), "-(-s)"),
        (ONE - -ONE, "s - -s"),
        (ONE**2.0, "POW(s, R(2.0))"),
        (EXP(-ONE), "EXP(-s)"),
        (MAXIMUM(ONE, 0.0), "larger(s, R(0.0))"),
        (GREATER(ONE + 1.0, 0.0), "s + R(1.0) > R(0.0) ? R(1.0) : R(0.0)"),
        (GREATER(ONE, 0.0) * 2.0, "(s > R(0.0) ? R(1.0) : R(0.0)) * R(2.0)"),
        (EQUAL(GREATER(ONE, 0.0), ONE), "(s > R(0.0) ? R(1.0) : R(0.0)) == s ? R(1.0) : R(0.0)"),
        (WHERE(GREATER(ONE, 0.0), ONE, -ONE), "s > R(0.0) ? s : -s"),
        (WHERE(ONE, ONE, WHERE(ONE, ONE, ONE)), "s != R(0.0) ? s : (s != R(0.0) ? s : s)"),
        (WHERE(ONE + ONE, ONE, ONE), "s + s != R(0.0) ? s : s"),
        (WHERE(MISSING(ONE), 0.0, ONE), "is_missing(s) ? R(0.0) : s"),
        (SQUARE(ABSOLUTE(ONE)), "squared(FABS(s))"),
        (number(math.inf) - ONE, "R(INFINITY) - s"),
        # moved about
        (TRANSPOSE(A, axes=(1, 0)), "A[j][i]"),
        ((A + ROW).T, "A[j][i] + row[i]"),
        (TRANSPOSE(name("T[i][j][i2]", 2, 3, 4), axes=(2, 0, 1)), "T[j][i2][i]"),
        (spread(name("c[i]", 2, 1), (2, 3)), "c[i]"),
        (join(A, B, axis=0), "i < 2 ? A[i][j] : B[i - 2][j]"),
        (join(A, B, axis=1).T, "i < 3 ? A[j][i] : B[j][i - 3]"),
        (part(A, axis=1, start=1, size=2), "A[i][j + 1]"),
        (part(part(A, axis=1, start=1, size=2), axis=1, start=1, size=1), "A[i][(j + 1) + 1]"),
        (PAD(A, axis=1, start=2, size=9), "j >= 2 && j < 5 ? A[i][j - 2] : R(0.0)"),
        (RESHAPE(A, shape=(6,)), "A[(i) / 3 % 2][(i) / 1 % 3]"),
        (RESHAPE(A, shape=(3, 2)), "A[(i * 2 + j) / 3 % 2][(i * 2 + j) / 1 % 3]"),
        (take(A, name("which[i]", 4), 1), "A[i][(int)which[j]]"),
        (size_of(A, 0), "R(2.0)"),
        # what is added up, or the greatest is taken of
        (A @ W, "A[i][k] * W[k][j]"),
        ((A + B) @ W, "(A[i][k] + B[i][k]) * W[k][j]"),
        (A.T @ B, "A[k][i] * B[k][j]"),
        (sum_of(A, 1), "A[i][k]"),
        (sum_of(A), "A[k0][k1]"),
        (MAX(A, axis=0), "A[k][j]"),
        (PUT(A, name("which[i]", 3), axis=1, size=5), "(int)which[k] == j ? A[i][k] : R(0.0)"),
    ],
)
def test_a_cell_is_spelled_with_just_the_parentheses_it_needs(expr: Expr, text: str) -> None:
    assert spell(expr, C) == text


def test_loops_around_what_is_added_up() -> None:
    assert inner(A @ W) == {"k": 3}
    assert inner(sum_of(A)) == {"k0": 2, "k1": 3}
    assert inner(MAX(A, axis=0)) == {"k": 2}
    assert inner(A + B) == inner(ONE) == {}


def test_every_primitive_op_has_a_row() -> None:
    assert missing_ops(C) == []


@pytest.mark.parametrize("value", [0.1, 1e-300, 1 / 3, -2.5e17, 5e-324])
def test_a_literal_is_read_back_as_the_same_number(value: float) -> None:
    assert float(literal(value)) == value


def test_not_a_number_is_written_by_its_name() -> None:
    assert [literal(x) for x in (math.nan, -math.inf)] == ["NAN", "-INFINITY"]


def test_the_helpers_are_each_defined_by_a_line_that_says_their_name() -> None:
    assert all(f" {word}(" in line or f" {word} " in line for word, line in HELPERS.items())
