"""Expressions: shapes are checked as they are built, nothing is spread in secret, and every op has
its facts: an index form, a reason and, if it has a slope, a derivative that a nudge confirms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from language.random_programs import OPS, arity
from workings.engines import engine
from workings.errors import ShapeError
from workings.language import (
    Expr,
    Op,
    Program,
    Shape,
    Step,
    backprop,
    defined,
    join,
    name,
    number,
    part,
    shapes,
    size_of,
    spelled,
    spread,
    sum_of,
    take,
)
from workings.language.algebra import (
    ADD,
    MATMUL,
    NAME,
    NUMBER,
    PAD,
    PUT,
    RESHAPE,
    SPREAD,
    TRANSPOSE,
)
from workings.language.json_form import PRIMITIVES
from workings.lookup import rows

X, WH, BH = name("X", "n", 4), name("wh", 4, 3), name("bh", 1, 3)
Y75, OUTPUT75 = name("y", 75), name("output", 75, 1)
PAIRS = [op for op in OPS.values() if op.elementwise and arity(op) == 2]

# -- shapes that do not fit ------------------------------------------------------------------------

REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "product": (lambda: X @ name("wh", 5, 3),
                "the matmul of X (n x 4) and wh (5 x 3): 4 columns meet 5 rows"),
    "product of other names": (lambda: X.T @ name("e", "m", 1),
                               "transpose(X) (4 x n) and e (m x 1): n columns meet m rows"),
    "product of one axis": (lambda: X @ name("v", 4),
                            "needs two matrices, not n x 4 and 4 in one axis"),
    "one axis against a column": (lambda: Y75 - OUTPUT75,
                                  "the sub of y (75 in one axis) and output (75 x 1)"),
    "a row against a column": (lambda: name("row", 1, 3) + name("column", 4, 1),
                               "row (1 x 3) and column (4 x 1): 4 x 1 cannot be spread over 1 x 3"),
    "two sizes": (lambda: X * name("Z", "n", 5), "the mul of X (n x 4) and Z (n x 5)"),
    "two names": (lambda: X * name("Z", "m", 4), "the mul of X (n x 4) and Z (m x 4)"),
    "a name that might be 1": (lambda: spread(X, ("m", 4)), "n x 4 cannot be spread over m x 4"),
    "transposed list": (lambda: Y75.T, "cannot transpose y: it is 75 in one axis"),
    "axes twice": (lambda: TRANSPOSE(X, axes=(0, 0)), "do not name each of the 2 axes once"),
    "no such axis": (lambda: sum_of(X, 2), "there is no axis 2 in n x 4"),
    "negative axis": (lambda: sum_of(X, -1), "there is no axis -1 in n x 4"),
    "joined beside": (lambda: join(X, WH, axis=0), "n x 4 and 4 x 3 differ beside axis 0"),
    "joined without a name": (lambda: join(X, X, axis=0), "the size n + n needs a name"),
    "joined to another size": (lambda: join(WH, WH, axis=0, size=7), "4 + 4 is 8, not 7"),
    "too large a part": (lambda: part(WH, axis=0, start=2, size=3), "part of wh (4 x 3)"),
    "a part before the start": (lambda: part(WH, axis=0, start=-1, size=2), "part of wh (4 x 3)"),
    "too small a place": (lambda: PAD(WH, axis=0, start=2, size=5), "pad of wh (4 x 3)"),
    "more cells": (lambda: RESHAPE(WH, shape=(5, 3)), "reshape of wh (4 x 3)"),
    "another name": (lambda: RESHAPE(X, shape=("m", 4)), "reshape of X (n x 4)"),
    "places in a matrix": (lambda: take(X, WH, 0), "take of X (n x 4) and wh (4 x 3)"),
    "places that are a number": (lambda: take(X, number(1), 0), "take of X (n x 4) and 1"),
    "fewer places than rows": (lambda: PUT(WH, name("which", 3), axis=0, size=9),
                               "put of wh (4 x 3) and which (3 in one axis)"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_shape_that_does_not_fit_is_refused_with_names_and_both_shapes(case: str) -> None:
    build, says = REFUSED[case]
    with pytest.raises(ShapeError, match=re.escape(says)):
        build()


def test_the_facts_of_a_shape_error_are_its_fields() -> None:
    with pytest.raises(ShapeError) as refused:
        X @ name("wh", 5, 3)
    assert (refused.value.op, refused.value.shapes) == ("matmul", (("n", 4), (5, 3)))


SIZES = st.lists(st.integers(1, 3), max_size=3).map(tuple)


@given(SIZES, SIZES, st.sampled_from(PAIRS))
def test_only_a_number_a_row_or_a_column_is_spread(a: Shape, b: Shape, op: Op) -> None:
    """What NumPy would broadcast passes only if one of the two is the whole already."""
    try:
        whole = np.broadcast_shapes(a, b)
    except ValueError:
        whole = None
    fits = whole in (a, b) and (len(a) == len(b) or () in (a, b))
    try:
        assert op(name("a", *a), name("b", *b)).shape == whole
    except ShapeError:
        assert not fits
    else:
        assert fits


@given(SIZES, SIZES)
def test_a_product_has_the_shape_that_numpy_gives_it(a: Shape, b: Shape) -> None:
    fits = len(a) > 1 and len(b) > 1 and a[:-2] == b[:-2] and a[-1] == b[-2]
    try:
        found = (name("a", *a) @ name("b", *b)).shape
    except ShapeError:
        assert not fits
    else:
        assert fits
        assert found == np.matmul(np.zeros(a), np.zeros(b)).shape


def test_what_is_spread_stands_in_the_expression() -> None:
    assert (X @ WH + BH).args[1] == spread(BH, ("n", 3))
    assert (X + 1.0).args[1].op == SPREAD
    assert (X + X).args == (X, X)


def test_sizes_are_counted_where_known_and_asked_for_where_not() -> None:
    assert size_of(X, 1) == number(4)
    assert size_of(X, 0).op == PRIMITIVES["size"]


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((), "a single number"),
        ((75,), "75 in one axis"),
        (("n", 4), "n x 4"),
        ((2, "n", 3), "2 x n x 3"),
    ],
)
def test_a_shape_is_spelled_as_people_write_it(shape: Shape, text: str) -> None:
    assert spelled(shape) == text


# -- named sizes meet real matrices ----------------------------------------------------------------

DECLARED: dict[str, Shape] = {"X": ("n", "inputs"), "w": ("inputs", 3), "y": ("n", 1)}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"w": (4, 2)}, "w (4 x 2) as inputs x 3: 3 was expected, not 2"),
        ({"w": (5, 3)}, "w (5 x 3) as inputs x 3: inputs is 5 there, but 4 in X (9 x 4)"),
        ({"y": (9,)}, "y (9 in one axis) as n x 1: 2 axes were expected. Make it a column"),
        ({"y": (9, 1, 1)}, "y (9 x 1 x 1) as n x 1: 2 axes were expected"),
        ({"y": None}, "y (n x 1) is not given. Given are: X, w"),
    ],
)
def test_matrices_that_disagree_are_named(found: dict[str, Any], says: str) -> None:
    real = {"X": (9, 4), "w": (4, 3), "y": (9, 1)} | found
    with pytest.raises(ShapeError, match=re.escape(says)):
        shapes.bound(DECLARED, {word: shape for word, shape in real.items() if shape is not None})


# -- arithmetic ------------------------------------------------------------------------------------

WRITTEN: dict[str, Callable[[Any, Any], Any]] = {
    "a + b": lambda a, b: a + b, "a + 2": lambda a, b: a + 2, "2 + a": lambda a, b: 2 + a,
    "a - b": lambda a, b: a - b, "a - 2": lambda a, b: a - 2, "2 - a": lambda a, b: 2 - a,
    "a * b": lambda a, b: a * b, "a * 2": lambda a, b: a * 2, "2 * a": lambda a, b: 2 * a,
    "a / b": lambda a, b: a / b, "a / 2": lambda a, b: a / 2, "2 / a": lambda a, b: 2 / a,
    "a ** b": lambda a, b: a**b, "a ** 2": lambda a, b: a**2, "2 ** a": lambda a, b: 2**a,
    "-a": lambda a, b: -a, "a.T": lambda a, b: a.T, "a @ b.T": lambda a, b: a @ b.T,
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_what_is_written_in_python_means_what_it_means_for_arrays(text: str) -> None:
    a, b = np.random.default_rng(0).uniform(0.5, 2.0, (2, 3, 4))
    program = Program((Step("z", WRITTEN[text](name("a", 3, 4), name("b", 3, 4))),))
    assert (engine().run(program, {"a": a, "b": b})["z"] == WRITTEN[text](a, b)).all()


def test_expressions_are_equal_when_they_say_the_same() -> None:
    assert name("X", "n", 4) @ name("wh", 4, 3) + name("bh", 1, 3) == X @ WH + BH
    assert len({X @ WH, name("X", "n", 4) @ WH}) == 1
    assert sum_of(X, 0) != sum_of(X, 1)
    assert name("X", "n", 3) != name("X", "m", 3)
    assert repr(X @ WH + BH) == "<add(.., ..): n x 3>"


# -- the facts of every op -------------------------------------------------------------------------

Numbers = NDArray[np.float64]
A = np.array([[0.3, -1.2, 2.1], [1.7, 0.8, -0.4]])
B = np.array([[1.1, 0.7, 2.3], [0.9, 1.9, 0.6]])
WHICH, IS_POSITIVE = np.array([1.0, 1.0]), np.array([[1.0, 0, 1], [1, 1, 0]])
POINTS: dict[str, tuple[tuple[Numbers, ...], dict[str, Any]]] = {
    "add": ((A, B), {}), "sub": ((A, B), {}), "mul": ((A, B), {}), "div": ((A, B), {}),
    "neg": ((A,), {}), "power": ((B, A), {}), "exp": ((A,), {}), "log": ((B,), {}),
    "maximum": ((A, B), {}), "greater": ((A, B), {}), "equal": ((A, B), {}),
    "where": ((IS_POSITIVE, A, B), {}), "matmul": ((A, B.T), {}),
    "transpose": ((np.stack([A, B]),), {"axes": (1, 2, 0)}), "sum": ((A,), {"axis": 1}),
    "max": ((np.array([[1.0, 3.0, 2.0], [4.0, 0.0, 3.9]]),), {"axis": 1}),
    "spread": ((A[:1],), {"shape": (2, 3)}), "reshape": ((A,), {"shape": (3, 2)}),
    "size": ((A,), {"axis": 0}), "join": ((A, B[:1]), {"axis": 0, "size": None}),
    "part": ((A,), {"axis": 1, "start": 1, "size": 2}),
    "pad": ((A,), {"axis": 1, "start": 1, "size": 5}),
    "take": ((A, WHICH), {"axis": 0}), "put": ((A, WHICH), {"axis": 0, "size": 3}),
    "absolute": ((A,), {}), "minimum": ((A, B), {}), "square": ((A,), {}), "sqrt": ((B,), {}),
    "mean": ((A,), {"axis": None}), "missing": ((A,), {}), "log_sum_exp": ((A,), {"axis": 1}),
}  # fmt: skip
HERE: dict[str, Op] = {**PRIMITIVES, **rows(defined, Op)}
INDICES = {"take": {1}, "put": {1}}  # arguments that number places: they cannot be nudged
every_op = pytest.mark.parametrize("word", HERE)


def test_every_op_has_points_to_try_it_at() -> None:
    assert set(POINTS) == set(HERE)


@pytest.mark.parametrize("op", [NAME, NUMBER, *OPS.values()], ids=lambda op: op.name)
def test_every_op_has_an_index_form_and_a_reason(op: Op) -> None:
    spelled_out = op.index.format("x", "w", "v", z="z")
    assert re.match(r"z(\[.*?\])? ?(=|\+=|$)", spelled_out)
    assert op.reason.endswith(".")


@pytest.mark.parametrize("op", OPS.values(), ids=list(OPS))
def test_every_op_says_what_each_argument_is_owed_or_is_owed_nothing(op: Op) -> None:
    assert len(op.owed) in (0, arity(op))
    assert op.owed or op.name in ("greater", "equal", "size", "missing", "log_sum_exp")


@every_op
@pytest.mark.usefixtures("both_ways")
def test_the_derivative_of_every_op_is_what_a_nudge_shows(word: str) -> None:
    points, facts = POINTS[word]
    args = [name(f"x{place}", *x.shape) for place, x in enumerate(points)]
    y = Step("y", HERE[word](*args, **facts))
    weighed = Step("loss", sum_of(y.ref * name("share", *y.shape)))
    extra = [Step(f"keep{place}", sum_of(arg)) for place, arg in enumerate(args)]
    loss = Step("whole", weighed.ref)
    for step in extra:  # so that an argument that is owed nothing is owed at least that
        loss = Step("whole", loss.expr + step.ref)
    program = backprop(Program((y, weighed, *extra, loss)), "whole", [arg["name"] for arg in args])
    values = {f"x{place}": x for place, x in enumerate(points)}
    values["share"] = np.arange(1.0, 1 + np.prod(y.shape, dtype=int)).reshape(y.shape)
    found = engine().run(program, values)
    for place in set(range(len(points))) - INDICES.get(word, set()):
        slopes = central_differences(program, values, f"x{place}")
        # central differences with 1e-6 are exact to about 1e-9
        assert found[f"d_x{place}"] - 1 == pytest.approx(slopes, rel=1e-7, abs=1e-7)


def central_differences(program: Program, values: dict[str, Numbers], word: str) -> Numbers:
    loss = engine().prepare(program, ["loss"])
    slopes = np.zeros(values[word].shape)
    for cell in np.ndindex(slopes.shape):
        sides = []
        for by in (1e-6, -1e-6):
            moved = values[word].copy()
            moved[cell] += by
            sides.append(float(loss({**values, word: moved})["loss"]))
        slopes[cell] = (sides[0] - sides[1]) / 2e-6
    return slopes


def test_equals_share_what_the_greatest_is_owed() -> None:
    x = name("x", 1, 3)
    program = Program((Step("loss", sum_of(PRIMITIVES["max"](x, axis=1))),))
    found = engine().run(backprop(program, "loss", ["x"]), {"x": np.array([[2.0, 1.0, 2.0]])})
    assert found["d_x"].tolist() == [[0.5, 0.0, 0.5]]


def test_ops_are_equal_when_their_names_are() -> None:
    assert Op("add", ADD.shape, "", "") == ADD
    assert ADD != MATMUL
    assert isinstance(X + X, Expr)
