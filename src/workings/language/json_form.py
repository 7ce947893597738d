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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from workings.errors import ProgramError, UnknownName, WorkingsError
from workings.language import algebra, defined, shapes
from workings.language.algebra import NAME, NUMBER, Expr, Op, name, number
from workings.language.shapes import Shape
from workings.language.walk import leaves, substitute
from workings.lookup import rows

Facts = tuple[tuple[str, Any], ...]

FORMAT = "workings-program-1"
LONGEST = 300  # characters of a message, which may quote the text
WRITTEN = "Programs are written by Program.to_json."
DEEPEST = 100  # ops within ops; the walks over expressions are recursive
# ops in all when each definition is written out; definitions may use others again and again, so
# that a few lines could stand for more ops than there is time for
MOST_OPS = 300_000
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


def from_data(data: Any, ops: Mapping[str, Op], depth: int = 0) -> Expr:
    """The expression in `data`; every op in it must be one of `ops`, every shape possible."""
    if depth > DEEPEST:
        raise RecursionError
    if "name" in data:
        return name(str(data["name"]), *_shape(data["shape"]))
    if "number" in data:
        return number(float(data["number"]))
    if data["op"] not in ops:
        raise UnknownName("op", str(data["op"]), ops)
    facts = {key: _fact(value) for key, value in data.items() if key not in ("op", "args")}
    return ops[data["op"]](*(from_data(arg, ops, depth + 1) for arg in data["args"]), **facts)


def definitions(exprs: Iterable[Expr]) -> list[dict[str, Any]]:
    """A formula for each defined op that occurs, those first that later ones need."""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for expr in exprs:
        _define(expr, found)
    return list(found.values())


def read_definitions(data: Any, known: Mapping[str, Op]) -> dict[str, Op]:
    """All ops that the text may use: primitives, `known` ones and those it defines itself."""
    ops: dict[str, Op] = {**PRIMITIVES, **rows(defined, Op), **known}
    own: dict[str, dict[Facts, Definition]] = {}
    with reading("the definitions"):
        for entry in data:
            _read_definition(entry, ops, own)
    return ops


def check_length(exprs: Iterable[Expr]) -> None:
    """Raises `ProgramError` for more ops than there is time for, definitions written out."""
    if _length(exprs) > MOST_OPS:
        raise ProgramError(f"it takes more than {MOST_OPS} ops, and no more are read")


def _length(exprs: Iterable[Expr]) -> int:
    """How many ops these are when those that a text defines are written out."""
    total, waiting = 0, list(exprs)
    while waiting:
        one = waiting.pop()
        total += one.op.length
        waiting.extend(one.args)
    return total


def parse(text: str) -> dict[str, Any]:
    """The text as plain data, or a clear error."""
    with reading("the program"):
        data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProgramError(
            f"cannot read the program: it is not in the form {FORMAT!r}", hint=WRITTEN
        )
    return data


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turns whatever a malformed text causes into one clear error."""
    try:
        yield
    except WorkingsError as error:
        raise ProgramError(
            f"cannot read {what}: {_shown(error.message)}", hint=_shown(error.hint) or WRITTEN
        ) from None
    except RecursionError:
        raise ProgramError(f"cannot read {what}: it is nested too deeply", hint=WRITTEN) from None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, IndexError) as error:
        raise ProgramError(
            f"cannot read {what}: it is malformed ({_said(error)})", hint=WRITTEN
        ) from None


def _said(error: Exception) -> str:
    """What was wrong; Python's own words for a fact of another kind say nothing to a reader."""
    if isinstance(error, KeyError):
        return f"{_shown(str(error))} is lacking"
    ours = isinstance(error, ValueError)
    return _shown(str(error)) if ours else "a fact is of another kind, or there is one too many"


def _shown(said: str) -> str:
    """Words of a text in a message: short, and none that a terminal would obey."""
    said = said if len(said) <= LONGEST else f"{said[:LONGEST]} ..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in said)


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


def _stand_ins(op: Op, given: list[Shape]) -> list[Expr]:
    return [
        name(f"x{place}", *(() if op.elementwise else shape)) for place, shape in enumerate(given)
    ]


@dataclass(frozen=True)
class Definition:
    """What a text says of an op, for one choice of its facts."""

    words: tuple[str, ...]
    formula: Expr
    slopes: tuple[Expr | None, ...]

    def filled(self, pattern: Expr, args: Sequence[Expr], **values: Expr) -> Expr:
        """A pattern with these arguments."""
        return substitute(pattern, dict(zip(self.words, args, strict=True)) | values)


def _read_definition(
    entry: dict[str, Any], ops: dict[str, Op], own: dict[str, dict[Facts, Definition]]
) -> None:
    word, facts = str(entry["name"]), {key: _fact(v) for key, v in entry["facts"].items()}
    stand_ins = [from_data(one, ops) for one in entry["arguments"]]
    formula = from_data(entry["formula"], ops)
    if word in PRIMITIVES:
        raise ProgramError(f"{word!r} is a primitive op and cannot be defined anew")
    if word in ops and word not in own:
        known = ops[word].formula
        if known is None or known(*stand_ins, **facts) != formula:
            raise ProgramError(f"{word!r} is defined otherwise there than here")
        return
    slopes = tuple(None if one is None else from_data(one, ops) for one in entry["slopes"])
    words = tuple(str(one["name"]) for one in stand_ins)
    for pattern, given in ((formula, words), *((one, (*words, "y")) for one in slopes if one)):
        strangers = sorted({leaf["name"] for leaf in leaves(pattern)} - set(given))
        if strangers:
            raise ProgramError(f"{word!r} reads {strangers[0]}, which is none of its arguments")
    said, new = own.setdefault(word, {}), Definition(words, formula, slopes)
    if said.setdefault(tuple(sorted(facts.items())), new) != new:
        raise ProgramError(f"{word!r} is defined twice, and not the same")
    length = max(_length([one]) for one in (formula, *slopes) if one)
    if word not in ops:
        ops[word] = _defined_op(word, said, elementwise=bool(entry["elementwise"]))
    ops[word] = replace(ops[word], length=max(length, ops[word].length))


def _defined_op(word: str, said: Mapping[Facts, Definition], *, elementwise: bool) -> Op:
    """An op of which nothing is known but what the text says."""

    def definition(facts: Mapping[str, Any]) -> Definition:
        found = said.get(tuple(sorted(facts.items())))
        if found is None:
            raise ProgramError(f"{word!r} is not defined for {dict(facts)}")
        return found

    def formula(*args: Expr, **facts: Any) -> Expr:
        found = definition(facts)
        return found.filled(found.formula, args)

    @cache  # a definition may use others again and again
    def shape(*given: Shape, **facts: Any) -> Shape:
        return formula(*(name("x", *one) for one in given), **facts).shape

    def alike(*given: Shape, **facts: Any) -> Shape:
        count = len(definition(facts).words)
        if len(given) != count:
            raise ProgramError(f"{word!r} takes {count} arguments, not {len(given)}")
        return shapes.alike(*given)

    def slope(place: int) -> Any:
        found = definition({})
        pattern = found.slopes[place]
        return pattern and (lambda y, *args: found.filled(pattern, args, y=y))

    stated = definition({}).slopes if elementwise else ()
    return Op(
        word, alike if elementwise else shape,
        f"{{z}}[r,c] = {word}({{0}}[r,c])", "Defined in the program's own file.",
        elementwise=elementwise, formula=formula, slopes=tuple(map(slope, range(len(stated)))),
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
