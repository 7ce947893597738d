"""The JSON form of expressions, the same for every program, file and page.

    {"name": "X", "shape": ["n", 4]}                    a name
    {"number": 0.5}                                     a number
    {"op": "sum", "args": [...], "axis": 0}             an op with its facts
    {"op": "sigmoid", "args": [...]}                    a defined op

Ops are looked up in tables, never imported. Each defined op that occurs is also *defined* in the
text by its formula in primitive ops, so the text alone says what the program computes: a reader
that has never heard of an activation can run it, and one that has checks that both mean the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from workings.errors import ProgramError, UnknownName, WorkingsError
from workings.language import algebra, defined
from workings.language.algebra import NAME, NUMBER, Expr, Op, name, number
from workings.language.shapes import Shape
from workings.language.walk import substitute
from workings.lookup import rows

FORMAT = "workings-program-1"
PRIMITIVES = {
    word: op for word, op in rows(algebra, Op).items() if op not in (NAME, NUMBER)
}  # fmt: skip


def to_data(expr: Expr) -> dict[str, Any]:
    """An expression as plain data."""
    if expr.op == NAME:
        return {"name": expr["name"], "shape": list(expr.shape)}
    if expr.op == NUMBER:
        return {"number": expr["value"]}
    facts = {key: list(v) if isinstance(v, tuple) else v for key, v in expr.facts}
    return {"op": expr.op.name, "args": [to_data(arg) for arg in expr.args], **facts}


def from_data(data: Any, ops: Mapping[str, Op]) -> Expr:
    """The expression in `data`; every op in it must be one of `ops`, every shape possible."""
    if "name" in data:
        return name(str(data["name"]), *_shape(data["shape"]))
    if "number" in data:
        return number(float(data["number"]))
    if data["op"] not in ops:
        raise UnknownName("op", str(data["op"]), ops)
    facts = {key: _fact(value) for key, value in data.items() if key not in ("op", "args")}
    return ops[data["op"]](*(from_data(arg, ops) for arg in data["args"]), **facts)


def definitions(exprs: Iterable[Expr]) -> list[dict[str, Any]]:
    """A formula for each defined op that occurs, those first that later ones need."""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for expr in exprs:
        _define(expr, found)
    return list(found.values())


def read_definitions(data: Any, known: Mapping[str, Op]) -> dict[str, Op]:
    """All ops that the text may use: primitives, `known` ones and those it defines itself."""
    ops: dict[str, Op] = {**PRIMITIVES, **rows(defined, Op), **known}
    with reading("the definitions"):
        for entry in data:
            _read_definition(entry, ops)
    return ops


def parse(text: str) -> dict[str, Any]:
    """The text as plain data, or a clear error."""
    with reading("the program"):
        data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProgramError(f"cannot read the program: it is not in the form {FORMAT!r}")
    return data


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns whatever a malformed text causes into one clear error."""
    try:
        yield
    except WorkingsError as error:
        raise ProgramError(f"cannot read {what}: {error}") from None
    except RecursionError:
        raise ProgramError(f"cannot read {what}: it is nested too deeply") from None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, IndexError) as error:
        raise ProgramError(
            f"cannot read {what}: it is malformed ({type(error).__name__}: {error})"
        ) from None


def _define(expr: Expr, found: dict[tuple[str, Any], dict[str, Any]]) -> None:
    for arg in expr.args:
        _define(arg, found)
    op = expr.op
    if op.formula is None or (op.name, expr.facts) in found:
        return
    stand_ins = _stand_ins(op, [arg.shape for arg in expr.args])
    formula = op.formula(*stand_ins, **dict(expr.facts))
    slopes = [slope and slope(name("y", *formula.shape), *stand_ins) for slope in op.slopes]
    found[op.name, expr.facts] = {}  # under way, should it need itself
    for needed in (formula, *filter(None, slopes)):
        _define(needed, found)
    del found[op.name, expr.facts]  # to stand behind what it needs
    found[op.name, expr.facts] = {
        "name": op.name,
        "facts": dict(expr.facts),
        "arguments": [to_data(one) for one in stand_ins],
        "elementwise": op.elementwise,
        "formula": to_data(formula),
        "slopes": [slope and to_data(slope) for slope in slopes],
    }


def _stand_ins(op: Op, shapes: list[Shape]) -> list[Expr]:
    return [
        name(f"x{place}", *(() if op.elementwise else shape)) for place, shape in enumerate(shapes)
    ]


def _read_definition(entry: dict[str, Any], ops: dict[str, Op]) -> None:
    word, facts = str(entry["name"]), {key: _fact(v) for key, v in entry["facts"].items()}
    formula = from_data(entry["formula"], ops)
    if word in PRIMITIVES:
        raise ProgramError(f"{word!r} is a primitive op and cannot be defined anew")
    if word not in ops:
        ops[word] = _defined_op(word, entry, ops, formula)
        return
    stand_ins = [from_data(one, ops) for one in entry["arguments"]]
    own = ops[word].formula
    if own is None or own(*stand_ins, **facts) != formula:
        raise ProgramError(f"{word!r} is defined otherwise there than here")


def _defined_op(word: str, entry: dict[str, Any], ops: dict[str, Op], formula: Expr) -> Op:
    words = [str(one["name"]) for one in entry["arguments"]]

    def filled(pattern: Expr, *args: Expr, **values: Expr) -> Expr:
        return substitute(pattern, dict(zip(words, args, strict=True)) | values)

    def shape(*given: Shape, **facts: Any) -> Shape:
        return filled(formula, *(name("x", *one) for one in given)).shape

    def slope(data: Any) -> Any:
        if data is None:
            return None
        pattern = from_data(data, ops)
        return lambda y, *args: filled(pattern, *args, y=y)

    return Op(
        word, shape, f"{{z}}[r,c] = {word}({{0}}[r,c])", "Defined in the program's own file.",
        elementwise=bool(entry["elementwise"]),
        formula=lambda *args, **facts: filled(formula, *args),
        slopes=tuple(slope(data) for data in entry["slopes"]),
    )  # fmt: skip


def _fact(value: Any) -> Any:
    if isinstance(value, list):
        return _shape(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise ProgramError(f"a fact of an op must be a number, a word or a list, not {value!r}")


def _shape(value: Any) -> Shape:
    if not isinstance(value, list) or not all(
        isinstance(size, str) or (isinstance(size, int) and size >= 0) for size in value
    ):
        raise ProgramError(f"a shape is a list of sizes, not {value!r}")
    return tuple(value)
