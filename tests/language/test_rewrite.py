"""Rewriting changes how a program is written and never what it computes.

Tidying adds and multiplies in another order, so values agree to rounding; the other rewritings only
give things names, so they agree to the bit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from language.random_programs import Drawn, draw
from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Expr, Program, Step, backprop, name, number, spread, sum_of
from workings.language.algebra import MATMUL, NEG, NUMBER, SPREAD, WHERE
from workings.language.rewrite import flatten, name_shared, reuse, tidy
from workings.network.network import Dense, Network

RENAMING: dict[str, Callable[[Program], Program]] = {
    "reuse": reuse, "name_shared": name_shared, "flatten": flatten,
    "all of them": lambda program: flatten(name_shared(reuse(program))),
}  # fmt: skip


def differentiated(drawn: Drawn) -> Program:
    """The program with the gradients it has: longer expressions, and much that is used twice."""
    wrt = list(drawn.parameters)
    while True:
        try:
            return backprop(drawn.program, "loss", wrt)
        except ProgramError as error:
            wrt.remove(error.parameter)


@pytest.mark.parametrize("how", RENAMING)
@pytest.mark.parametrize("first", range(0, 100, 20))
def test_what_is_only_named_keeps_its_value_to_the_bit(how: str, first: int) -> None:
    for seed in range(first, first + 20):
        drawn = draw(seed)
        program = differentiated(drawn)
        rewritten = RENAMING[how](program)
        before, after = (engine().run(one, drawn.values) for one in (program, rewritten))
        assert all(np.array_equal(before[word], after[word]) for word in program.names), seed
        assert dict(rewritten.given) == dict(program.given)


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_what_is_tidied_keeps_its_value_and_its_shape(first: int) -> None:
    for seed in range(first, first + 25):
        drawn = draw(seed)
        program = drawn.program
        tidied = Program(tuple(Step(s.name, tidy(s.expr)) for s in differentiated(drawn)))
        before, after = (engine().run(one, drawn.values) for one in (program, tidied))
        for step in program:
            assert tidied[step.name].shape == step.shape
            # sums of a few dozen numbers of at most 10, added up in another order
            assert after[step.name] == pytest.approx(before[step.name], rel=1e-11, abs=1e-11), seed


@pytest.mark.parametrize("seed", range(40))
def test_flattened_every_step_is_one_op(seed: int) -> None:
    for step in flatten(differentiated(draw(seed))):
        assert all(is_leaf(arg) for arg in step.expr.args), f"{step.name}: {step.expr!r}"


def is_leaf(expr: Expr) -> bool:
    """A name, a number, or a number spread."""
    return not expr.args or (expr.op == SPREAD and expr.args[0].op == NUMBER)


@pytest.mark.parametrize("seed", range(40))
def test_with_shared_parts_named_nothing_is_written_twice(seed: int) -> None:
    program = name_shared(differentiated(draw(seed)))
    parts = [part for step in program for part in parts_of(step.expr) if not is_leaf(part)]
    assert len(parts) == len(set(parts))


def parts_of(expr: Expr) -> list[Expr]:
    return [expr, *(part for arg in expr.args for part in parts_of(arg))]


def test_what_is_tidied_once_is_tidy() -> None:
    for seed in range(40):
        for step in differentiated(draw(seed)):
            assert tidy(tidy(step.expr)) == tidy(step.expr)


X, Y, W = name("x", "n", 3), name("y", "n", 3), name("w", 3, 2)
ONE, ZERO = spread(1.0, X.shape), spread(0.0, X.shape)
TIDIED: dict[str, tuple[Expr, Expr]] = {
    "x * 1": (X * 1.0, X), "1 * x": (1.0 * X, X), "x + 0": (X + 0.0, X), "x - 0": (X - 0.0, X),
    "0 - x": (0.0 - X, -X), "--x": (NEG(NEG(X)), X), "x / 1": (X / 1.0, X), "x ^ 1": (X**1.0, X),
    "x * 0": (X * 0.0, ZERO), "x * -1": (X * -1.0, -X), "x + -y": (X + -Y, X - Y),
    "x - -y": (X - -Y, X + Y), "-x * y": (-X * Y, -(X * Y)), "-(x - y)": (-(X - Y), Y - X),
    "2 * (3 * x)": (2.0 * (3.0 * X), 6.0 * X), "(1 / y) * x": (ONE / Y * X, X / Y),
    "-x / y": (-X / Y, -(X / Y)), "where both are x": (WHERE(Y, X, X), X), "x.T.T": (X.T.T, X),
    "(x @ w).T": ((X.T.T @ W).T, (X @ W).T), "(w.T @ x.T).T": ((W.T @ X.T).T, MATMUL(X, W)),
    "2 + 3": (number(2) + number(3), number(5)),
}  # fmt: skip


@pytest.mark.parametrize("text", TIDIED)
def test_what_changes_nothing_is_taken_out(text: str) -> None:
    before, after = TIDIED[text]
    assert tidy(before) == after


def test_what_an_earlier_step_has_is_read_by_its_name() -> None:
    program = Program((Step("a", X * Y), Step("b", sum_of(X * Y + X))))
    assert reuse(program)["b"].expr == sum_of(name("a", "n", 3) + X)


def test_a_new_name_is_none_that_is_taken() -> None:
    program = Program((Step("a_1", X + Y), Step("a", sum_of((X * Y) @ (X * Y).T))))
    assert flatten(program).names == ["a_1", "a_2", "a_3", "a_4", "a"]


def test_a_network_is_as_short_as_the_article_writes_it() -> None:
    program = Network([Dense(3), Dense(1)]).training()
    output, y, wout = (program.ref(word) for word in ("output", "y", "wout"))
    assert program["E"].expr == y - output
    assert program["d_output"].expr == program.ref("E") * program.ref("slope_output_layer")
    assert program["Error_at_hidden_layer"].expr == program.ref("d_output") @ wout.T
    assert program["new_wout"].expr == wout + program.ref("d_wout") * name("lr")
