"""Matrix products: in blocks that stay in registers, or by the BLAS if they are large.

blocks(writing, nest)      what is read once serves a whole block of the result
blas(writing, nest)        one call
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product
from typing import NamedTuple

from workings.compiling.cells import ARENA, Cells, Index, words
from workings.compiling.indexes import arguments, matrix
from workings.compiling.planning import Nest, Plan
from workings.compiling.text import Text, Word, whole
from workings.compiling.values import ROWS, Value
from workings.compiling.writing import Writing, is_row

TOGETHER = 4  # a product's block: so many units meet so many inputs, or vectors of rows


def blocks(w: Writing, nest: Nest) -> None:
    """Blocks of units by rows (or by inputs): what is read once serves a whole block."""
    (value,) = nest.members
    done = _wide(w, nest) if value in w.plan.packed else 0
    for spans in product(_spans(w, value.shape[0]), [*_spans(w, value.shape[1], done)]):
        cells = w.cells(nest, w.lanes)
        with _looped(w, value, spans) as points:
            _add_up(w, cells, value, points)


@contextmanager
def _looped(w: Writing, value: Value, blocks: tuple[Span, ...]) -> Iterator[list[Index]]:
    """Loops over blocks of a matrix, rows innermost: the cells (or first lanes) of one block."""
    with ExitStack() as loops:
        starts: list[Word] = [whole(0)] * 2
        for axis in sorted((0, 1), key=lambda axis: value.shape[axis] == ROWS):
            span = blocks[axis]
            starts[axis] = loops.enter_context(w.text.loop(span.start, span.stop, span.step))
        offsets = product(*(span.places for span in blocks))
        yield [_moved(w.text, starts, offset) for offset in offsets]


def _moved(text: Text, starts: list[Word], by: tuple[int, ...]) -> Index:
    return tuple(text.plus(start, one) for start, one in zip(starts, by, strict=True))


class Span(NamedTuple):
    """A loop over blocks along an axis, and the places in a block."""

    start: int
    stop: int | Word
    step: int
    places: list[int]


def _spans(w: Writing, size: int, start: int = 0) -> Iterator[Span]:
    """An axis cut into loops over blocks; the last block may be smaller."""
    if size == ROWS:
        together = next(many for many in (4, 2, 1) if w.plan.rows % (many * w.lanes) == 0)
        step = together * w.lanes
        yield Span(0, w.rows, step, list(range(0, step, w.lanes)))
        return
    rest = (size - start) % TOGETHER
    if size - start >= TOGETHER:
        yield Span(start, size - rest, TOGETHER, list(range(TOGETHER)))
    if rest:
        yield Span(size - rest, size, rest, list(range(rest)))


def _add_up(w: Writing, cells: Cells, value: Value, points: list[Index]) -> None:
    text, inner = w.text, value.args[0].shape[-1]
    zero = text.number(0.0, w.lanes)
    totals = [text.cell(zero) for _ in points]
    stop, step = (w.rows, w.lanes) if inner == ROWS else (whole(inner), 1)
    with text.loop(whole(0), stop, step) as along:
        for at, total in zip(points, totals, strict=True):
            a, b = (cells.at(arg, words(there)) for arg, there in arguments(value, at, along))
            so_far = text.read(total, zero.type)
            added = text.call("fmuladd", a, b, so_far)
            if inner == ROWS:
                added = text.select(is_row(w, along), added, so_far)
            text.write(total, added)
    for at, total in zip(points, totals, strict=True):
        found = text.read(total, zero.type)
        text.store(text.total(found) if inner == ROWS else found, cells.address(value, at))


def _wide(w: Writing, nest: Nest) -> int:
    """A product summed over rows, with lanes along its columns; how many of them are done.

    The second factor is turned first, so that what belongs to a row lies side by side.
    """
    (value,) = nest.members
    text, (a, b), lanes = w.text, value.args, w.lanes
    wide = value.shape[1] // lanes * lanes
    home = text.address(ARENA, whole(w.plan.packed[value]))
    cells = w.cells(nest, 1)
    with text.loop(whole(0), w.rows) as row, text.loop(0, wide) as unit:
        place = text.plus(text.times(row, wide), unit)
        text.store(cells.at(b, (row, unit)), text.address(home, place))
    together = next(many for many in (4, 3, 2, 1) if wide % (many * lanes) == 0) * lanes
    columns = Span(0, wide, together, list(range(0, together, lanes)))
    zero = text.number(0.0, lanes)
    for inputs in _spans(w, value.shape[0]):
        cells = w.cells(nest, 1)
        with _looped(w, value, (inputs, columns)) as points:
            totals = [text.cell(zero) for _ in points]
            with text.loop(whole(0), w.rows) as row:
                for (one, unit), total in zip(points, totals, strict=True):
                    place = text.plus(text.times(row, wide), unit)
                    found = text.load(text.address(home, place), zero.type, text.depth)
                    so_far = text.read(total, zero.type)
                    text.write(total, text.call("fmuladd", cells.at(a, (one, row)), found, so_far))
            for at, total in zip(points, totals, strict=True):
                text.store(text.read(total, zero.type), cells.address(value, at))
    return wide


# -- large products --------------------------------------------------------------------------------


def blas(w: Writing, nest: Nest) -> None:
    """One call: the BLAS keeps columns together, so what has rows together is turned for it."""
    (value,) = nest.members
    a, b = value.args
    if w.plan.strides(value)[0] == 1:  # columns are together
        _gemm(w, value, ((a, False), (b, False)))
    else:
        _gemm(w, value, ((b, True), (a, True)))


def _gemm(w: Writing, value: Value, factors: tuple[tuple[Value, bool], tuple[Value, bool]]) -> None:
    """value = first @ second, or their transposes if the flags say so, columns together."""
    cells, turned = w.cells(w.plan.where[value], 1), factors[0][1]
    letters, starts, steps = [], [], []
    for factor, flip in factors:
        core, is_turned = matrix(factor)
        strides = w.plan.strides(core)
        flip ^= is_turned
        letters.append("N" if (strides[0] == 1) != flip else "T")
        starts.append(cells.address(core, (whole(0), whole(0))))
        steps.append(_apart(w.plan, core))
    high, wide = value.shape[::-1] if turned else value.shape
    sizes = [w.rows if size == ROWS else whole(size)
             for size in (high, wide, value.args[0].shape[-1])]  # fmt: skip
    steps.append(_apart(w.plan, value))
    out = cells.address(value, (whole(0), whole(0)))
    _call_gemm(w, letters, sizes, steps, [*starts, out])


def _apart(plan: Plan, value: Value) -> int:
    """How far apart neighbouring columns (or rows) are; a single one is as far as it is long."""
    strides = plan.strides(value)
    return max(strides) if max(strides) > 1 else max(plan.room(size) for size in value.shape)


def _call_gemm(
    w: Writing, letters: list[str], sizes: list[Word], steps: list[int], places: list[Word]
) -> None:
    text = w.text

    def kept(word: Word) -> str:
        return f"ptr {text.cell(word).text}"

    def number(word: Word) -> str:
        return kept(text.cast("trunc", word, "i32"))

    turns = [kept(Word(str(ord(letter)), "i8")) for letter in letters]
    m, n, k = (number(size) for size in sizes)
    a, b, out = (f"ptr {place.text}" for place in places)
    lda, ldb, ldc = (number(whole(step)) for step in steps)
    one, zero = kept(text.number(1.0)), kept(text.number(0.0))
    listed = ", ".join([*turns, m, n, k, one, a, lda, b, ldb, zero, out, ldc])
    text.do(f"call void %gemm({listed})")
