"""Random expressions over every primitive op, with values for what they read.

Comparisons are made between what is given alone: on computed numbers, the last digit of an engine
would decide.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.activations import SIGMOID, SOFTMAX, SOFTPLUS
from workings.engines import engine
from workings.language import (
    Expr,
    Program,
    Shape,
    Size,
    Step,
    greatest,
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
    MAXIMUM,
    PAD,
    PUT,
    RESHAPE,
    WHERE,
)  # fmt: skip
from workings.language.defined import ABSOLUTE, MEAN, MINIMUM, MISSING, SQRT, SQUARE

N, K = "n", 3
VALUES: dict[str, Any] = {
    "A": [[1.5, -2.0, 0.5], [3.0, -0.25, 1.0]], "row": [[0.5, -1.0, 2.0]],
    "column": [[-0.75], [2.0]], "W": [[1.0, -0.5, 0.25], [0.0, 2.0, -1.0], [0.5, 1.5, 1.0]],
    "V": [[0.5, -1.0], [2.0, 1.5]], "T": [[1.0, -1.0], [0.5, 2.0], [-2.0, 0.25]], "one": [[0.5]],
    "s": 1.25, "rows": [1.0, 0.0], "columns": [2.0, 0.0, 2.0],
}  # fmt: skip
ARRAYS = {word: np.asarray(value, float) for word, value in VALUES.items()}
SIZES = {"n": 2}
LEAVES: dict[Shape, Expr] = {
    leaf.shape: leaf
    for leaf in (
        name("A", N, K), name("row", 1, K), name("column", N, 1), name("W", K, K),
        name("V", N, N), name("T", K, N), name("one", 1, 1), name("s"),
    )
}  # fmt: skip
LEAVES[1, N] = LEAVES[N, 1].T
LEAVES[K, 1] = LEAVES[1, K].T


def expressions(count: int, seed: int = 0) -> list[tuple[Expr, NDArray[np.float64]]]:
    """So many expressions with their values, all finite and not too large."""
    random, found = Random(seed), list[tuple[Expr, NDArray[np.float64]]]()  # noqa: S311
    while len(found) < count:
        shape = random.choice([(N, K), (N, 1), (1, K), (K, N), ()])
        expr = _grown(shape, random, random.randint(1, 5))
        if not expr.args:
            continue
        program = Program((Step("a", LEAVES[N, K]), Step("z", expr)))  # A says how many n are
        value = engine().run(program, {word: ARRAYS[word] for word in program.given})["z"]
        if np.isfinite(value).all() and np.abs(value).max() < 1e9:
            found.append((expr, value))
    return found


def ops_in(expr: Expr) -> set[str]:
    """The names of all ops in an expression."""
    return {expr.op.name}.union(*map(ops_in, expr.args))


def _leaf(shape: Shape, random: Random) -> Expr:
    if random.random() < 0.2:
        return spread(random.choice([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0]), shape)
    return LEAVES[shape]


def _grown(shape: Shape, random: Random, depth: int) -> Expr:
    if depth == 0:
        return _leaf(shape, random)
    kinds = [_pair, _pair, _single, _choice]
    kinds += [_total] if shape == () else [_product, _moved, _cut]
    kinds += [_reduced] if 1 in shape else []
    return random.choice(kinds)(shape, random, depth - 1)


def _thinner(shape: Shape, random: Random) -> Shape:
    """A shape that spreads to `shape`."""
    if shape == ():
        return ()
    return random.choice([shape, (1, shape[1]), (shape[0], 1), (), (1, 1)])


def _pair(shape: Shape, random: Random, depth: int) -> Expr:
    a, b = _grown(shape, random, depth), _grown(_thinner(shape, random), random, depth)
    if random.random() < 0.5 and a.shape == shape and depth:
        a, b = b, a
    if a.shape != shape and b.shape != shape:
        a = spread(a, shape)
    op = random.choice(["+", "-", "*", "max", "min", "/", "^", "compare"])
    whole = a if a.shape == shape else b
    if op == "/":
        return whole / _leaf_like(shape, random)
    if op == "^":
        return (
            whole ** random.choice([2.0, 3.0])
            if random.random() < 0.7
            else 2.0 ** MINIMUM(whole, 3.0)
        )
    if op == "compare":
        return random.choice([GREATER, EQUAL])(_leaf(shape, random), _leaf_like(shape, random))
    pairs = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b,
             "max": lambda: MAXIMUM(a, b), "min": lambda: MINIMUM(a, b)}  # fmt: skip
    return pairs[op]()


def _leaf_like(shape: Shape, random: Random) -> Expr:
    return random.choice([LEAVES[shape], number(0.5), number(-3.0)])


def _single(shape: Shape, random: Random, depth: int) -> Expr:
    x = _grown(shape, random, depth)
    makers = [
        lambda: -x, lambda: EXP(MINIMUM(x, 2.0)), lambda: LOG(ABSOLUTE(x) + 0.5),
        lambda: SQUARE(x), lambda: SQRT(ABSOLUTE(x)), lambda: MISSING(x), lambda: SIGMOID(x),
        lambda: SOFTPLUS(x), lambda: spread(_grown(_thinner(shape, random), random, depth), shape),
    ]  # fmt: skip
    return random.choice(makers)()


def _choice(shape: Shape, random: Random, depth: int) -> Expr:
    test = random.choice([GREATER, EQUAL])(_leaf(shape, random), _leaf_like(shape, random))
    if random.random() < 0.3:
        test = random.choice([LEAVES[shape], MISSING(LEAVES[shape])])
    a = _grown(shape, random, depth) if random.random() < 0.7 else number(2.0)
    b = _grown(_thinner(shape, random), random, depth) if random.random() < 0.7 else number(-1.0)
    return WHERE(test, a, b)


def _product(shape: Shape, random: Random, depth: int) -> Expr:
    between = random.choice([N, K])
    return _grown((shape[0], between), random, depth) @ _grown((between, shape[1]), random, depth)


def _moved(shape: Shape, random: Random, depth: int) -> Expr:
    turned = _grown((shape[1], shape[0]), random, depth)
    whole = _grown(shape, random, depth)
    makers = [lambda: turned.T, lambda: RESHAPE(turned, shape=shape)]
    for axis, which in ((0, name("rows", N)), (1, name("columns", K))):
        if shape[axis] == which.shape[0]:
            makers.append(lambda axis=axis, which=which: take(whole, which, axis))
            makers.append(
                lambda axis=axis, which=which: PUT(whole, which, axis=axis, size=shape[axis])
            )
    if shape[0] == N:
        makers.append(lambda: SOFTMAX(whole, axis=1))
    return random.choice(makers)()


def _cut(shape: Shape, random: Random, depth: int) -> Expr:
    """A part of what was joined or padded."""
    x, y, axis = _grown(shape, random, depth), _grown(shape, random, depth), random.randint(0, 1)
    size = shape[axis]
    start: Size = random.choice([0, size])
    if isinstance(size, int) and random.random() < 0.5:
        padded = PAD(x, axis=axis, start=random.choice([0, 1]), size=size + 2)
        return part(padded, axis=axis, start=random.choice([0, 1]), size=size)
    both = join(x, y, axis=axis, size="twice_n" if size == N else None)
    return part(both, axis=axis, start=start, size=size)


def _reduced(shape: Shape, random: Random, depth: int) -> Expr:
    axis = shape.index(1)
    full = list(shape)
    full[axis] = random.choice([N, K])
    x = _grown(tuple(full), random, depth)
    makers = [lambda: sum_of(x, axis), lambda: greatest(x, axis), lambda: MEAN(x, axis=axis)]
    return random.choice(makers)()


def _total(shape: Shape, random: Random, depth: int) -> Expr:
    x = _grown(random.choice([(N, K), (K, N), (1, K)]), random, depth)
    return random.choice([lambda: sum_of(x), lambda: sum_of(x) / size_of(x, 0),
                          lambda: RESHAPE(sum_of(sum_of(x, 0), 1), shape=())])()  # fmt: skip
