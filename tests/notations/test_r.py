"""What is spelled in R runs in R, and computes what the engine computes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from notations.expressions import ARRAYS, SIZES, expressions, ops_in
from tools import needed
from workings.errors import NotSupported
from workings.exports._literals import r
from workings.language import Expr, join, name, part, size_of, spread, sum_of, take
from workings.language.algebra import EXP, GREATER, MAX, MAXIMUM, PAD, TRANSPOSE, WHERE
from workings.language.defined import MISSING
from workings.language.json_form import PRIMITIVES
from workings.notations import missing_ops, notation, spell
from workings.notations.r import FUNCTIONS

R = notation("r")
A, B = name("A", "n", "k"), name("B", "n", "k")
W, ROW, ONE = name("W", "k", "k"), name("row", 1, "k"), name("s")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A @ W + ROW, "A %*% W + spread_down(row, n)"),
        ((A * B) @ W, "(A * B) %*% W"),
        (A * (B @ W), "A * (B %*% W)"),
        ((A @ W) / B, "(A %*% W) / B"),
        (A @ (W @ W), "A %*% (W %*% W)"),
        ((-A) @ W, "-A %*% W"),
        (A * -B, "A * -B"),
        (A - -B, "A - (-B)"),
        (-(A**2.0), "-A^2"),
        ((-A) ** 2.0, "(-A)^2"),
        (A**-1.0, "A^(-1)"),
        ((A**2.0) ** B, "(A^2)^B"),
        ((A + B).T, "t(A + B)"),
        (A * ONE - 0.5, "A * s - 0.5"),
        (sum_of(A, 0), "rbind(colSums(A))"),
        (sum_of(A, 1), "cbind(rowSums(A))"),
        (MAX(A, axis=1), "cbind(apply(A, 1, max))"),
        (sum_of(A) / size_of(A, 0), "sum(A) / n"),
        (MAXIMUM(0.0, A), "pmax(A, 0)"),
        (1.0 - GREATER(A, 0.0), "1 - (A > 0)"),
        (GREATER(GREATER(A, B), A), "(A > B) > A"),
        (WHERE(GREATER(A, 0.0), A, 0.01 * A), "ifelse(A > 0, A, 0.01 * A)"),
        (WHERE(MISSING(A), ROW, A), "ifelse(is.na(A), spread_down(row, n), A)"),
        (WHERE(ONE, A, B), "ifelse(matrix(s, n, k), A, B)"),
        (sum_of(EXP(spread(ONE, ("n", "k")))), "sum(matrix(exp(s), n, k))"),
        (join(A, spread(1.0, ("n", 1)), axis=1, size="m"), "cbind(A, matrix(1, n, 1))"),
        (part(A, axis=1, start=0, size="h"), "A[, seq_len(h), drop = FALSE]"),
        (part(A, axis=0, start="h", size=2), "A[h + seq_len(2), , drop = FALSE]"),
        (PAD(A, axis=1, start=2, size=9), "cbind(matrix(0, n, 2), A, matrix(0, n, 9 - k - 2))"),
        (take(A, name("which", "m"), 1), "A[, which + 1, drop = FALSE]"),
        (spread(name("x", 1, 1), ("n", "k")), "spread_across(spread_down(x, n), k)"),
    ],
)
def test_it_reads_like_r(expr: Expr, text: str) -> None:
    assert spell(expr, R) == text


def test_every_primitive_op_has_a_row() -> None:
    assert missing_ops(R) == []


def test_what_is_spelled_is_what_r_computes(tmp_path: Path) -> None:
    rscript = needed("Rscript", "r-base-core")
    cases = expressions(400, seed=1)
    assert set.union(*(ops_in(expr) for expr, _ in cases)) >= set(PRIMITIVES)
    lines = [*FUNCTIONS.values(), *(f"{word} <- {r(x)}" for word, x in ARRAYS.items())]
    lines += [f"{size} <- {count}" for size, count in SIZES.items()]
    lines.append('out <- function(x) cat(dim(x), "|", sprintf("%.17g", as.numeric(t(x))), "\\n")')
    script = tmp_path / "cases.R"
    script.write_text("\n".join([*lines, *(f"out({spell(expr, R)})" for expr, _ in cases)]))
    ran = subprocess.run([rscript, str(script)], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    for (expr, value), line in zip(cases, ran.stdout.splitlines(), strict=True):
        shape, cells = line.split("|")
        assert tuple(map(int, shape.split())) == value.shape, spell(expr, R)
        found = np.array(list(map(float, cells.split()))).reshape(value.shape)
        np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-9, err_msg=spell(expr, R))


@pytest.mark.parametrize(
    "expr",
    [
        name("C", 2, 3, 4) @ name("D", 2, 4, 3),
        sum_of(name("C", 2, 3, 4), 1),
        join(name("C", 2, 3, 4), name("C", 2, 3, 4), axis=0),
        EXP(spread(ONE, (2, 3, 4))),
    ],
)
def test_what_needs_more_than_two_axes_is_refused(expr: Expr) -> None:
    with pytest.raises(NotSupported, match="2 axes or less"):
        spell(expr, R)


def test_axes_are_turned_by_aperm() -> None:
    assert spell(TRANSPOSE(name("C", 2, 3, 4), axes=(2, 0, 1)), R) == "aperm(C, c(3, 1, 2))"
