"""Shapes: how large a matrix is, with names for sizes that are not known yet.

A shape is a tuple of sizes of any length; a size is a number or a name: `("n", 4)`, `()` for a
single number. Two sizes agree when they are the same number or the same name: nothing is spread
here, and a name never quietly means 1. Each rule below takes the shapes of the arguments and
returns the shape of the result, or raises `ShapeError` saying which two sizes disagree. `bound`
finds what the names stand for once real matrices are there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from workings.errors import ShapeError

Size = int | str
Shape = tuple[Size, ...]


def spelled(shape: Shape) -> str:
    """A shape as people write it.

    >>> spelled(("n", 4)), spelled(())
    ('n x 4', 'a single number')
    """
    if not shape:
        return "a single number"
    return " x ".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]} in one axis"


def same(shape: Shape) -> Shape:
    """The result is as large as the argument."""
    return shape


def alike(*shapes: Shape) -> Shape:
    """The arguments are equally large, and so is the result."""
    for shape in shapes[1:]:
        if shape != shapes[0]:
            raise ShapeError(f"{spelled(shapes[0])} against {spelled(shape)}")
    return shapes[0]


def common(shapes: list[Shape]) -> Shape:
    """The largest of the shapes, which all others must be able to spread to.

    One of them must have the full shape already: a row and a column never make a matrix by
    themselves.
    """
    full = max(shapes, key=lambda shape: (len(shape), sum(size != 1 for size in shape)))
    for shape in shapes:
        spread(shape, shape=full)
    return full


def spread(source: Shape, *, shape: Shape) -> Shape:
    """A single number, or axes of size 1, copied until the shape is `shape`."""
    if source == ():
        return shape
    if len(source) != len(shape) or any(
        a not in (1, b) for a, b in zip(source, shape, strict=True)
    ):
        raise ShapeError(
            f"{spelled(source)} cannot be spread over {spelled(shape)}",
            hint="Only a single number, a single row or a single column is copied.",
        )
    return shape


def product(a: Shape, b: Shape) -> Shape:
    """Rows of `a` by columns of `b`; leading axes, if any, must be equal."""
    if len(a) < 2 or len(b) < 2 or a[:-2] != b[:-2]:
        raise ShapeError(f"a matrix product needs two matrices, not {spelled(a)} and {spelled(b)}")
    if a[-1] != b[-2]:
        raise ShapeError(f"{a[-1]} columns meet {b[-2]} rows")
    return (*a[:-1], b[-1])


def permuted(shape: Shape, *, axes: tuple[int, ...]) -> Shape:
    """The axes in another order."""
    if sorted(axes) != list(range(len(shape))):
        raise ShapeError(f"axes {axes} do not name each of the {len(shape)} axes once")
    return tuple(shape[axis] for axis in axes)


def reduced(shape: Shape, *, axis: int | None) -> Shape:
    """One axis shrunk to size 1, or everything to a single number."""
    return () if axis is None else replaced(shape, axis, 1)


def replaced(shape: Shape, axis: int, size: Size) -> Shape:
    """The shape with one size changed."""
    if not 0 <= axis < len(shape):
        raise ShapeError(f"there is no axis {axis} in {spelled(shape)}")
    return (*shape[:axis], size, *shape[axis + 1 :])


def joined(a: Shape, b: Shape, *, axis: int, size: Size | None) -> Shape:
    """`b` put behind `a` along an axis, whose new size may need a name."""
    if len(a) != len(b) or replaced(a, axis, 1) != replaced(b, axis, 1):
        raise ShapeError(f"{spelled(a)} and {spelled(b)} differ beside axis {axis}")
    return replaced(a, axis, _sum_of_sizes(a[axis], b[axis], size))


def reshaped(source: Shape, *, shape: Shape) -> Shape:
    """Another shape for the same cells."""
    if _cells(source) != _cells(shape):
        raise ShapeError(f"{spelled(source)} has not as many cells as {spelled(shape)}")
    return shape


def part(source: Shape, *, axis: int, start: Size, size: Size) -> Shape:
    """Some neighbours along an axis, which must lie within it."""
    result = replaced(source, axis, size)
    _check_within(start, size, source[axis])
    return result


def padded(source: Shape, *, axis: int, start: Size, size: Size) -> Shape:
    """Put among zeros along an axis, within which it must lie."""
    result = replaced(source, axis, size)
    _check_within(start, source[axis], size)
    return result


def taken(source: Shape, which: Shape, *, axis: int) -> Shape:
    """As many along an axis as `which`, a list, chooses."""
    if len(which) != 1:
        raise ShapeError(f"what is chosen must be a list, not {spelled(which)}")
    return replaced(source, axis, which[0])


def put(source: Shape, which: Shape, *, axis: int, size: Size) -> Shape:
    """The reverse of `taken`: one along the axis for each that `which` lists."""
    if taken(source, which, axis=axis) != source:
        raise ShapeError(f"{source[axis]} cannot be put in {which[0]} places")
    return replaced(source, axis, size)


def _cells(shape: Shape) -> tuple[int, list[str]]:
    """How many cells: the product of the numbers, and the names it is to be multiplied by."""
    numbers = [size for size in shape if isinstance(size, int)]
    return math.prod(numbers), sorted(size for size in shape if isinstance(size, str))


def _check_within(start: Size, size: Size, whole: Size) -> None:
    numbers = [number for number in (start, size) if isinstance(number, int)]
    too_far = isinstance(whole, int) and sum(numbers) > whole
    if any(number < 0 for number in numbers) or too_far:
        raise ShapeError(f"{size} from {start} on do not lie within {whole}")


def _sum_of_sizes(a: Size, b: Size, called: Size | None) -> Size:
    if isinstance(a, int) and isinstance(b, int):
        if called not in (None, a + b) and not isinstance(called, str):
            raise ShapeError(f"{a} + {b} is {a + b}, not {called}")
        return a + b if called is None else called
    if called is None:
        raise ShapeError(f"the size {a} + {b} needs a name")
    return called


def bound(declared: Mapping[str, Shape], found: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """What each named size is, from the shapes of the matrices that were given.

    Raises `ShapeError` naming the two matrices that disagree, or the one that is not there.

    >>> bound({"X": ("n", "inputs"), "w": ("inputs", 3)}, {"X": (150, 4), "w": (4, 3)})
    {'n': 150, 'inputs': 4}
    """
    sizes: dict[str, int] = {}
    first: dict[str, str] = {}
    for word, shape in declared.items():
        if word not in found:
            raise ShapeError(
                f"cannot run the program: {word} ({spelled(shape)}) is not given",
                hint=f"Given are: {', '.join(found) or 'none'}.", name=word,
            )  # fmt: skip
        real = found[word]
        _check_axes(word, shape, real)
        for size, length in zip(shape, real, strict=True):
            if isinstance(size, int) and size != length:
                raise _misfit(word, shape, real, f"{size} was expected, not {length}")
            if isinstance(size, str) and sizes.setdefault(size, length) != length:
                other = first[size]
                reason = (
                    f"{size} is {length} there, but {sizes[size]} in {other} "
                    f"({spelled(found[other])})"
                )
                raise _misfit(word, shape, real, reason)
            first.setdefault(str(size), word)
    return sizes


def resolved(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The shape in numbers; raises `ShapeError` for a size that no given matrix tells."""
    for size in shape:
        if isinstance(size, str) and size not in sizes:
            raise ShapeError(f"the size {size} of {spelled(shape)} is told by no given matrix")
    return tuple(size if isinstance(size, int) else sizes[size] for size in shape)


def _check_axes(word: str, shape: Shape, real: tuple[int, ...]) -> None:
    if len(real) != len(shape):
        hint = "Make it a column: values.reshape(-1, 1)." if len(real) == 1 else ""
        raise _misfit(word, shape, real, f"{len(shape)} axes were expected", hint)


def _misfit(word: str, shape: Shape, real: tuple[int, ...], why: str, hint: str = "") -> ShapeError:
    return ShapeError(
        f"cannot use {word} ({spelled(real)}) as {spelled(shape)}: {why}",
        hint=hint, name=word, expected=shape, found=real,
    )  # fmt: skip
