"""One cell of a value, or that of several neighbouring rows, from the cells it is made of.

    Cells(text, plan, nest).at(value, index)      -> the word that holds it

An index has a word for each axis. In a loop over rows, whatever has rows is a word with lanes, one
for each of the rows that are handled together. What has been computed once in a nest is not
computed again. How an op is computed is one line in `SPELLED`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from workings.compiling.indexes import arguments
from workings.compiling.plans import FLAT, UNROLLED, Nest, Plan
from workings.compiling.text import Text, Word, whole
from workings.compiling.values import ELEMENTWISE, Value
from workings.compiling.vectors import VECTORS

Index = tuple[Word, ...]
ARENA = Word("%arena", "ptr")
COUNT = "%count"  # how many rows there are now


class Cells:
    """The cells of one nest: what is read from memory, and what is computed."""

    def __init__(
        self, text: Text, plan: Plan, nest: Nest, lanes: int, rows: Word, kind: str
    ) -> None:
        self.text, self.plan, self.nest, self.kind = text, plan, nest, kind
        self.lanes, self.rows = lanes, rows
        self.base = text.depth  # nothing is read before the nest begins
        self.made: dict[tuple[Value, Index], Word] = {}

    def at(self, value: Value, index: Index) -> Word:
        """The cell of `value` at `index`; in a flat nest an index is a place."""
        key = (value, index)
        if key not in self.made:
            self.made[key] = self._made(value, index)
        return self.made[key]

    def _made(self, value: Value, index: Index) -> Word:
        if value.op == "number":
            return self.text.number(value["value"])
        if value.op == "rows":
            return self.text.cast("sitofp", self.rows, self.text.real)
        if self._is_read(value):
            lanes = self._lanes_of(value)
            kind = self.text.real if lanes == 1 else f"<{lanes} x {self.text.real}>"
            return self.text.load(self.address(value, index), kind, self.base)
        return self.computed(value, index)

    def computed(self, value: Value, index: Index) -> Word:
        """The cell, computed here from others."""
        if value.op in ELEMENTWISE:
            args = [self.at(arg, self._beside(arg, index)) for arg in value.args]
            return SPELLED[value.op](self.text, *args)
        if value.op == "spread" and self.kind == FLAT:
            return self.at(value.args[0], ())
        if value.op in MOVED:
            return MOVED[value.op](self, value, index)
        if value.op in ("matmul", "sum", "max"):
            return self._reduced(value, index)
        ((arg, there),) = arguments(value, index, None)
        return self.at(arg, words(there))

    def _beside(self, arg: Value, index: Index) -> Index:
        return index if arg.shape else ()

    def _is_read(self, value: Value) -> bool:
        return value.op == "given" or self.plan.where.get(value, self.nest) is not self.nest

    def _lanes_of(self, value: Value) -> int:
        flat = self.kind == FLAT and value.shape != ()
        return self.lanes if flat or value.has_rows else 1

    def address(self, value: Value, index: Index) -> Word:
        """Where a cell lies in memory."""
        place = whole(0)
        if self.kind == FLAT:
            place = index[0] if index else place
        else:
            for one, stride in zip(index, self.plan.strides(value), strict=True):
                place = self.text.plus(place, self.text.times(one, stride))
        return self.text.address(ARENA, self.text.plus(place, self.plan.home[value]))

    # -- sums and maxima inside a cell -----------------------------------------------------------

    def _reduced(self, value: Value, index: Index) -> Word:
        """A product's cell, a sum or a greatest: written out if short, else a loop."""
        shape = value.args[0].shape
        axes = _inner_axes(value)
        size = prod(shape[axis] for axis in axes)
        if size <= UNROLLED and len(axes) == 1:
            terms = [self._term(value, index, (whole(one),)) for one in range(size)]
            total = terms[0]() if terms else self.text.number(0.0)
            for term in terms[1:]:
                total = term(total)
            return total
        return self._looped(value, index, [shape[axis] for axis in axes])

    def _term(self, value: Value, index: Index, inner: Index) -> Callable[..., Word]:
        """One term of the sum: a function from the sum so far to the sum with it."""
        if value.op == "sum" and value["axis"] is None:
            cells = [self.at(value.args[0], inner)]
        else:
            found = arguments(value, index, inner[0])
            cells = [self.at(arg, words(there)) for arg, there in found]
        return lambda *so_far: INTO[value.op](self.text, *so_far, *cells)

    def _looped(self, value: Value, index: Index, sizes: list[int]) -> Word:
        text = self.text
        start = text.number(float("-inf") if value.op == "max" else 0.0)
        start = text.spread(start, self.lanes if value.has_rows else 1)
        total = text.cell(start)

        def go(inner: Index) -> None:
            if len(inner) == len(sizes):
                term = self._term(value, index, inner)(text.read(total, start.type))
                text.write(total, term)
                return
            with text.loop(0, sizes[len(inner)]) as one:
                go((*inner, one))

        go(())
        return text.read(total, start.type)

    # -- cells from elsewhere ----------------------------------------------------------------------

    def _joined(self, value: Value, index: Index) -> Word:
        a, b = value.args
        axis, first, second = value["axis"], a.shape[value["axis"]], b.shape[value["axis"]]
        one, text = index[axis], self.text
        if one.text[0] != "%":
            is_first = int(one.text) < first
            place = whole(int(one.text) - (0 if is_first else first))
            return self.at(a if is_first else b, _put(index, axis, place))
        condition = text.compare("icmp slt", one, whole(first))
        behind = text.plus(one, -first)
        left = text.select(condition, one, whole(first - 1))
        right = text.select(condition, whole(min(0, second - 1)), behind)
        return text.select(condition, self.at(a, _put(index, axis, left)),
                           self.at(b, _put(index, axis, right)))  # fmt: skip

    def _part(self, value: Value, index: Index) -> Word:
        axis = value["axis"]
        place = self.text.plus(index[axis], value["start"])
        return self.at(value.args[0], _put(index, axis, place))

    def _padded(self, value: Value, index: Index) -> Word:
        (x,), axis, text = value.args, value["axis"], self.text
        behind = text.plus(index[axis], -value["start"])
        last = whole(x.shape[axis] - 1)
        inside = text.compare("icmp ule", behind, last)
        place = text.select(inside, behind, whole(0))
        return text.select(inside, self.at(x, _put(index, axis, place)), text.number(0.0))

    def _taken(self, value: Value, index: Index) -> Word:
        (x, which), axis = value.args, value["axis"]
        place = self.whole_at(which, (index[axis],), x.shape[axis])
        return self.at(x, _put(index, axis, place))

    def whole_at(self, which: Value, index: Index, size: int) -> Word:
        """A cell that is a place along an axis, counted from the end if below 0."""
        text = self.text
        place = text.cast("fptosi", self.at(which, index), "i64")
        behind = text.compare("icmp slt", place, whole(0))
        return text.select(behind, text.plus(place, size), place)

    def _reshaped(self, value: Value, index: Index) -> Word:
        (x,), text = value.args, self.text
        place = whole(0)
        for one, size in zip(index, value.shape, strict=True):
            place = text.plus(text.times(place, size), one)
        there: list[Word] = []
        for size in reversed(x.shape):
            there.insert(0, _left_over(text, place, size))
            place = place if size == 1 else _over(text, place, size)
        return self.at(x, tuple(there))


def words(index: tuple[object, ...]) -> Index:
    """An index whose whole numbers are words too."""
    return tuple(one if isinstance(one, Word) else whole(int(str(one))) for one in index)


def _over(text: Text, a: Word, size: int) -> Word:
    return whole(int(a.text) // size) if a.text[0] != "%" else text.op("udiv", a, whole(size))


def _left_over(text: Text, a: Word, size: int) -> Word:
    if size == 1:
        return whole(0)
    return whole(int(a.text) % size) if a.text[0] != "%" else text.op("urem", a, whole(size))


def _put(index: Index, axis: int, place: Word) -> Index:
    return (*index[:axis], place, *index[axis + 1 :])


def _inner_axes(value: Value) -> list[int]:
    """The axes of the first argument that a sum goes along."""
    shape = value.args[0].shape
    if value.op == "matmul":
        return [len(shape) - 1]
    return list(range(len(shape))) if value["axis"] is None else [value["axis"]]


MOVED: dict[str, Callable[[Cells, Value, Index], Word]] = {
    "join": Cells._joined, "part": Cells._part, "pad": Cells._padded, "take": Cells._taken,
    "reshape": Cells._reshaped,
}  # fmt: skip


# -- one line per op -------------------------------------------------------------------------------

Spelling = Callable[..., Word]


def _op(instruction: str) -> Spelling:
    return lambda text, *words: text.op(instruction, *words)


def _flag(how: str) -> Spelling:
    def spell(text: Text, a: Word, b: Word) -> Word:
        return text.select(text.compare(how, a, b), text.number(1.0), text.number(0.0))

    return spell


def _extreme(how: str) -> Spelling:
    """The greater or the smaller one; NaN if one of them is."""

    def spell(text: Text, a: Word, b: Word) -> Word:
        if a.text[0] != "%":
            a, b = b, a
        chosen = text.select(text.compare(how, a, b), b, a)  # a, if a is NaN
        if b.text[0] != "%":
            return chosen
        return text.select(text.compare("fcmp uno", b, b), b, chosen)

    return spell


def _where(text: Text, condition: Word, a: Word, b: Word) -> Word:
    return text.select(text.compare("fcmp une", condition, text.number(0.0)), a, b)


def _power(text: Text, a: Word, b: Word) -> Word:
    for exponent, spell in POWERS.items():
        if b == text.number(exponent):
            return spell(text, a)
    return text.call("pow", a, b)


def _quotient(text: Text, a: Word, b: Word) -> Word:
    """a / b; what divides every cell of a loop is turned into a factor before it."""
    if b.depth >= a.depth:
        return text.op("fdiv", a, b)
    return text.op("fmul contract", a, text.op("fdiv", text.number(1.0), b))


def _product(text: Text, *words: Word) -> Word:
    *so_far, a, b = words
    return text.call("fmuladd", a, b, so_far[0]) if so_far else text.op("fmul contract", a, b)


def _added(text: Text, *words: Word) -> Word:
    return text.op("fadd", *words) if len(words) == 2 else words[0]


def _greatest(text: Text, *words: Word) -> Word:
    return SPELLED["maximum"](text, *words) if len(words) == 2 else words[0]


POWERS: dict[float, Spelling] = {
    0.5: lambda text, x: text.call("sqrt", x),
    1.0: lambda text, x: x,
    2.0: lambda text, x: text.op("fmul contract", x, x),
    -1.0: lambda text, x: text.op("fdiv", text.number(1.0), x),
}
INTO: dict[str, Spelling] = {"matmul": _product, "sum": _added, "max": _greatest}
SPELLED: dict[str, Spelling] = {
    "add": _op("fadd contract"),
    "sub": _op("fsub contract"),
    "mul": _op("fmul contract"),
    "div": _quotient,
    "neg": _op("fneg"),
    "power": _power,
    "exp": VECTORS["exp"],
    "log": VECTORS["log"],
    "maximum": _extreme("fcmp olt"),
    "minimum": _extreme("fcmp ogt"),
    "greater": _flag("fcmp ogt"),
    "equal": _flag("fcmp oeq"),
    "where": _where,
    "sigmoid": VECTORS["sigmoid"],
    "tanh": VECTORS["tanh"],
    "absolute": lambda text, x: text.call("fabs", x),
    "square": lambda text, x: text.op("fmul contract", x, x),
    "sqrt": lambda text, x: text.call("sqrt", x),
}
