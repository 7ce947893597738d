"""Excel's notation: how it reads, and that LibreOffice computes the same as the engine."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from exports.spreadsheets import Book, recalculated, value
from workings.activations import SOFTMAX, activations
from workings.engines import engine
from workings.errors import NotSupported
from workings.exports import Input, Subject, xlsx
from workings.language import (
    Expr,
    Op,
    Program,
    Step,
    algebra,
    backprop,
    greatest,
    join,
    mean_of,
    name,
    number,
    part,
    size_of,
    spread,
    sum_of,
    take,
)  # fmt: skip
from workings.language.algebra import (
    EQUAL,
    EXP,
    GREATER,
    LOG,
    MAXIMUM,
    PAD,
    PUT,
    RESHAPE,
    SIZE,
    WHERE,
)  # fmt: skip
from workings.language.defined import ABSOLUTE, MINIMUM, MISSING, SQRT, SQUARE
from workings.lookup import rows
from workings.losses import losses
from workings.notations import missing_ops, notation, spell
from workings.notations.excel import NOTATION, defined_name
from workings.trace import Array

X, W, B, C = name("X", 3, 4), name("W", 4, 2), name("b", 1, 2), name("c", 3, 1)
V, Y, K = name("V", 3, 4), name("Y", 3, 4), name("k", 2)


# -- how it reads ----------------------------------------------------------------------------------


def test_every_op_has_a_row() -> None:
    assert missing_ops(notation("excel")) == []


READS = [
    (X @ W + B, "MMULT(X,W)+b"),
    (-(X**2.0), "-(X^2)"),
    ((-X) ** 2.0, "(-X)^2"),
    (X**-2.0, "X^(-2)"),
    (X - (V - X), "X-(V-X)"),
    (X - V - X, "X-V-X"),
    (X / (V / X), "X/(V/X)"),
    (X * -V, "X*(-V)"),
    (X + -V, "X+(-V)"),
    ((X + V) * X, "(X+V)*X"),
    (2.5 * X + 1e-8, "2.5*X+1E-08"),
    (WHERE(GREATER(X, 0.0), X, 0.01 * X), "IF(X>0,X,0.01*X)"),
    (WHERE(X, V, 0.0), "IF(X<>0,V,0)"),
    (GREATER(X, V), "IF(X>V,1,0)"),
    (MAXIMUM(X, 0.0), "IF(X>0,X,0)"),
    (MAXIMUM(name("p"), 0.0), "MAX(p,0)"),
    (MINIMUM(name("p"), 1.0), "MIN(p,1)"),
    (WHERE(MISSING(X), 0.0, X), "IF(NOT(ISNUMBER(X)),0,X)"),
    (sum_of(X), "SUM(X)"),
    (sum_of(X * V), "SUMPRODUCT(X*V)"),
    (sum_of(X) / size_of(name("Z", "n", 4), 0), "SUM(X)/ROWS(Z)"),
    (name("u", 5, 1).T @ name("v", 5, 1), "SUMPRODUCT(u,v)"),
    (name("u", 1, 5) @ name("v", 1, 5).T, "SUMPRODUCT(u,v)"),
    (name("u", 1, 5) @ name("v", 5, 1), "MMULT(u,v)"),
    (X.T @ C, "MMULT(TRANSPOSE(X),c_)"),
    (part(X, axis=1, start=1, size=2), "INDEX(X,1,2):INDEX(X,ROWS(X),3)"),
    (activations()["sigmoid"](X - V), "1/(1+EXP(-(X-V)))"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "text"), READS, ids=[text for _, text in READS])
def test_it_reads(expr: Expr, text: str) -> None:
    assert spell(expr, NOTATION) == text


@pytest.mark.parametrize(
    "expr",
    [join(X, V, axis=1), RESHAPE(X, shape=(4, 3)), PAD(X, axis=0, start=1, size=5),
     PUT(X, name("l", 3), axis=0, size=5), take(X, K, 1), sum_of(X, 0), greatest(X, 1)],
)  # fmt: skip
def test_what_excel_2010_cannot_do_at_once_is_refused(expr: Expr) -> None:
    with pytest.raises(NotSupported, match=f"cannot write the op '{expr.op.name}'"):
        spell(expr, NOTATION)


@pytest.mark.parametrize(
    ("word", "called"),
    [("wh", "wh"), ("W1", "W1_"), ("dW12", "dW12_"), ("E", "E"), ("R", "R_"), ("c", "c_"),
     ("r1c1", "r1c1_"), ("R2", "R2_"), ("true", "true_"), ("wh_2", "wh_2"), ("1st", "_1st"),
     ("=A1", "_A1"), ("x y!", "x_y_"), ("", "_"), ("slope1", "slope1"), ("é", "_")],
)  # fmt: skip
def test_names_are_no_cells_and_no_formulas(word: str, called: str) -> None:
    assert defined_name(word) == called


# -- what LibreOffice computes from it -------------------------------------------------------------

MILD = np.array([[-1.5, 0.25, 0.0, 2.0], [0.5, -0.75, 3.0, -2.5], [1.0, 1.0, -4.0, 0.125]])
HARD = np.array([[0.0, 1e-9, 37.0, 710.0, 1e5], [-1e-9, -1.0, -37.0, -710.0, -1e5]])
BESIDE = np.array([[0.5, -2.0, 1.0, 0.0], [1.0, 1.0, 0.25, 3.0], [1.0, 2.0, -4.0, 5.0]])
ONE_HOT = np.eye(4)[:3]


def subject(program: Program, given: dict[str, Array]) -> Subject:
    """The steps with these values; an input that nothing reads is what one types."""
    rows_read = name("numbers", "n", 1)
    program = Program((*program.steps[:-1], Step("answer", rows_read * 2.0)))
    tests = {"numbers": np.ones((1, 1))}
    expected, inputs = np.full((1, 1), 2.0), [Input("x")]
    return Subject("steps", program, 0, ["numbers"], given, tests, expected, inputs, "y")


def every_primitive_op() -> dict[str, Expr]:
    """Each primitive op, and some where one formula holds several."""
    which = name("k", 2)
    return {
        "add": X + V, "sub": X - V, "mul": X * V, "div": X / (V * V + 1.0), "neg": -X,
        "power": ABSOLUTE(X) ** 1.5, "exp": EXP(X), "log": LOG(X * X + 1.0),
        "maximum": MAXIMUM(X, V), "greater": GREATER(X, V), "equal": EQUAL(X, V),
        "where": WHERE(GREATER(X, V), X, -V), "matmul": X @ W, "transpose": X.T,
        "sum_0": sum_of(X, 0), "sum_1": sum_of(X, 1), "sum_all": sum_of(X),
        "max_0": greatest(X, 0), "max_1": greatest(X, 1), "spread": spread(B, (3, 2)),
        "reshape": RESHAPE(X, shape=(2, 6)), "size": SIZE(X, axis=1) * X,
        "join_0": join(X, V, axis=0), "join_1": join(X, C, axis=1),
        "part": part(X, axis=1, start=1, size=2), "pad": PAD(X, axis=0, start=1, size=5),
        "take_1": take(X, which, 1), "take_0": take(X, which, 0),
        "put_1": PUT(part(X, axis=1, start=0, size=2), which, axis=1, size=5),
        "put_0": PUT(W.T, which, axis=0, size=4),
        # several ops in one formula
        "outer": C @ C.T, "one_wide": C @ B, "turned_twice": X.T.T @ W, "both_turned": W.T @ X.T,
        "sum_of_max": sum_of(MAXIMUM(X, V), 1), "max_of_sum": greatest(X + V, 0),
        "product_of_parts": part(X, axis=1, start=0, size=2) @ B.T,
        "if_in_product": MAXIMUM(X, 0.0) @ W, "mean": mean_of(X * V), "square": SQUARE(X - V),
        "sqrt": SQRT(X * X), "minimum": MINIMUM(X, V), "nested": -((X - V) ** 2.0) / (X * X + 1.0),
        "sum_of_spread_row": sum_of(X * spread(number(2.0), (3, 4)), 0),
    }  # fmt: skip


def what_no_formula_holds() -> dict[str, Expr]:
    """Steps that have to be taken apart."""
    return {
        "sum_of_copies": sum_of(spread(C, (3, 4)), 0),
        "softmax_inside": sum_of(SOFTMAX(X, axis=1) * V),
        "product_of_joined": join(X, C, axis=1) @ join(W, B, axis=0),
    }


def activations_and_slopes() -> Program:
    """Every activation, and what their sum of squares owes to X."""
    steps = []
    for word, row in activations().items():
        facts: dict[str, Any] = {} if row.elementwise else {"axis": 1}
        if word != "step":
            steps.append(Step(f"y_{word}", row(X, **facts)))
    total = sum((sum_of(step.ref * step.ref) for step in steps), number(0.0))
    return backprop(Program((*steps, Step("loss", total))), "loss", ["X"])


def losses_and_slopes() -> Program:
    """Every loss, and what their sum owes to X."""
    steps = [
        Step(f"l_{word}", row(X, Y, **({} if row.elementwise else {"axis": 1})))
        for word, row in losses().items()
    ]
    total = sum((sum_of(step.ref) for step in steps), number(0.0))
    return backprop(Program((*steps, Step("loss", total))), "loss", ["X"])


def hard_points() -> dict[str, Expr]:
    """Every activation where exponentials overflow, unless its formula is written with care."""
    far = name("far", *HARD.shape)
    return {
        f"h_{word}": row(far, **({} if row.elementwise else {"axis": 1}))
        for word, row in activations().items() if word != "exponential"
    }  # fmt: skip


VALUES = {"X": MILD, "V": BESIDE, "W": BESIDE.T[:, :2], "b": [[0.5, -1.0]],
          "c": [[1.0], [2.0], [-3.0]], "k": [2.0, 0.0], "Y": ONE_HOT, "far": HARD}  # fmt: skip


def given(program: Program) -> dict[str, Array]:
    return {word: np.asarray(VALUES[word], float) for word in program.given if word in VALUES}


def subjects() -> dict[str, Subject]:
    made = {
        "primitive": Program(tuple(Step(w, e) for w, e in every_primitive_op().items())),
        "activations": activations_and_slopes(), "losses": losses_and_slopes(),
        "apart": Program(tuple(Step(w, e) for w, e in what_no_formula_holds().items())),
        "hard": Program(tuple(Step(w, e) for w, e in hard_points().items())),
    }  # fmt: skip
    return {word: subject(one.then([Step("end", number(0.0) + 0.0)]), given(one))
            for word, one in made.items()}  # fmt: skip


RANGES = {"product": X @ W + B, "choice": MAXIMUM(X, V), "turned": X.T @ C, "total": sum_of(X * V)}


def ranges() -> bytes:
    """A workbook in which each formula is an array formula over named ranges."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file)
    sheet, row = book.add_worksheet("S"), 0

    def called(word: str, height: int, width: int) -> None:
        last = f"${chr(64 + width)}${row + height}"
        book.define_name(defined_name(word), f"=S!$A${row + 1}:{last}")

    for word in ("X", "V", "W", "b", "c"):
        values = np.asarray(VALUES[word], float)
        called(word, *values.shape)
        for at, number_there in np.ndenumerate(values):
            sheet.write_number(row + at[0], at[1], number_there)
        row += len(values)
    for word, expr in RANGES.items():
        height, width = expr.shape or (1, 1)
        called(word, int(height), int(width))
        text = f"={spell(expr, NOTATION)}"
        sheet.write_dynamic_array_formula(row, 0, row + int(height) - 1, int(width) - 1, text)
        row += int(height)
    book.close()
    return file.getvalue()


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Book]:
    contents = {word: xlsx.content(one) for word, one in subjects().items()}
    return recalculated({**contents, "ranges": ranges()}, tmp_path_factory.mktemp("ops"))


def agrees(found: Any, expected: Any) -> bool:
    expected = np.asarray(expected, float)
    expected = expected.reshape(1, 1) if expected.ndim == 0 else expected
    scale = max(1.0, float(np.abs(expected).max()))
    return found.shape == expected.shape and bool(np.all(abs(found - expected) <= 1e-12 * scale))


@pytest.mark.parametrize("word", ["primitive", "apart", "activations", "losses", "hard"])
def test_libreoffice_computes_what_the_engine_computes(
    word: str, computed: dict[str, Book]
) -> None:
    one = subjects()[word]
    expected = engine().run(one.prediction, {**one.values, **one.tests})
    wrong = []
    for step in one.prediction.names[:-1]:
        assert step in expected
        called = defined_name(f"{step}_predict")
        if not agrees(np.asarray(value(computed[word], called), float), expected[step]):
            wrong.append((step, value(computed[word], called), expected[step]))
    assert wrong == []


def test_whole_ranges_are_computed_as_well(computed: dict[str, Book]) -> None:
    program = Program(tuple(Step(word, expr) for word, expr in RANGES.items()))
    expected = engine().run(program, given(program))
    for word in RANGES:
        assert agrees(np.asarray(value(computed["ranges"], word), float), expected[word]), word


def test_every_primitive_op_is_among_those_computed() -> None:
    def ops(expr: Expr) -> set[str]:
        return {expr.op.name}.union(*map(ops, expr.args))

    found = set().union(*map(ops, every_primitive_op().values()))
    wanted = {op.name for op in rows(algebra, Op).values()}
    assert wanted - found - {"name", "number"} == set()
