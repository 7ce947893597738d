r"""Numbers and texts as they stand in a script: every digit, and nothing that could be code.

    quoted("a\"b\n")            a text as an escaped literal of printable ASCII
    rows(matrix, spell)         a line for each row, the columns one below the other
    listed(head, items, tail)   a list in a line, or in as many as it takes
    python(array), r(array)     an array in NumPy or in R
    r_assigned(word, array)     the same under a name, in pieces that R can read quickly

A number is written with as many digits as it takes to read the same number back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from workings.trace import Array

WIDTH = 95
MOST_LINES = 100  # of an expression of R: the time it takes to read one grows as their square
NAMED = 75  # what a line with a name before it has room for


def quoted(text: str) -> str:
    r"""A text as a literal of Python: printable ASCII, everything else escaped.

    >>> print(quoted('5" \\ \n é'))
    "5\x22 \\ \x0a \xe9"
    """
    return f'"{"".join(_escaped(sign, ord(sign)) for sign in text)}"'


def r_quoted(text: str) -> str:
    r"""A text as a literal of R; what R cannot hold (NUL, half a pair) becomes U+FFFD.

    >>> print(r_quoted('5" \\ \n é'))
    "5\u0022 \\ \u000a \u00e9"
    """
    return f'"{"".join(_r_escaped(sign, ord(sign)) for sign in text)}"'


def _escaped(sign: str, code: int) -> str:
    if " " <= sign <= "~" and sign != '"':
        return "\\\\" if sign == "\\" else sign
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _r_escaped(sign: str, code: int) -> str:
    if " " <= sign <= "~" and sign != '"':
        return "\\\\" if sign == "\\" else sign
    if code == 0 or 0xD800 <= code < 0xE000:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def rows(matrix: Array, spell: Callable[[float], str], width: int = WIDTH) -> list[str]:
    """The rows of a matrix as text; those that are too long for a line are in several."""
    texts = [[spell(cell) for cell in row] for row in matrix]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    if sum(widths) + 2 * len(widths) > width:
        return ["\n".join(filled(row, width)) for row in texts]
    return [", ".join(map(str.rjust, row, widths)) for row in texts]


def filled(texts: Iterable[str], width: int = WIDTH) -> list[str]:
    """Texts with commas between them, in lines as long as they may be."""
    lines: list[list[str]] = [[]]
    length = 0
    for text in texts:
        if length + len(text) + 2 > width and lines[-1]:
            lines.append([])
            length = 0
        lines[-1].append(text)
        length += len(text) + 2
    return [", ".join(line) + "," * (place < len(lines)) for place, line in enumerate(lines, 1)]


def listed(
    head: str,
    items: Iterable[str],
    tail: str,
    *,
    last: str = ",",
    indent: int = 4,
    width: int = WIDTH,
) -> str:
    """`items` with commas between them; where a line is too short for all, in lines of their own.

    >>> listed("CLASSES = [", ["0", "1"], "]")
    'CLASSES = [0, 1]'
    """
    items = list(items)
    line = f"{head}{', '.join(items)}{tail}"
    if len(line) <= width:
        return line
    lines = filled(items, WIDTH - indent)
    inside = "\n".join(" " * indent + line for line in lines)
    return f"{head}\n{inside}{last}\n{tail}"


def r_listed(head: str, items: Iterable[str], tail: str, *, width: int = WIDTH) -> str:
    """As `listed`, as R has it: without a last comma."""
    return listed(head, items, tail, last="", indent=2, width=width)


# -- NumPy -----------------------------------------------------------------------------------------


def python_number(value: Any) -> str:
    """A number of Python.

    >>> python_number(np.float32(0.1)), python_number(3.0), python_number(float("nan"))
    ('0.1', '3.', 'np.nan')
    """
    text = str(value)
    if text.lstrip("-") in ("nan", "inf"):
        return text.replace("nan", "np.nan").replace("inf", "np.inf")
    return text.removesuffix("0") if text.endswith(".0") else text


def python(array: Array) -> str:
    """An array of NumPy, as precise as it is.

    >>> print(python(np.array([[0.5, -1.0], [10.0, 2.0]])))
    np.array([
        [0.5, -1.],
        [10.,  2.],
    ])
    """
    array, typed = np.asarray(array), ", np.float32" if array.dtype == np.float32 else ""
    if array.ndim == 0:
        text = python_number(array[()])
        return f"np.float32({text})" if typed else text
    if array.ndim > 2 or not array.size:
        flat = python(array.reshape(1, -1)) if array.size else f"np.zeros(0{typed})"
        return f"{flat}.reshape({array.shape})"
    cells = [python_number(cell) for cell in array.flat]
    if array.ndim == 1:
        return listed("np.array([", cells, f"]{typed})", width=NAMED)
    if array.shape[1] == 1:
        return listed("np.array([", (f"[{cell}]" for cell in cells), f"]{typed})", width=NAMED)
    if array.shape[0] == 1:
        return listed("np.array([[", cells, f"]]{typed})", width=NAMED)
    lines = [_bracketed(line) for line in rows(array, python_number)]
    body = ",\n".join(lines).replace("\n", "\n    ")
    return f"np.array([\n    {body},\n]{typed})"


def _bracketed(lines: str) -> str:
    if "\n" not in lines:
        return f"[{lines}]"
    return "[\n    " + lines.replace("\n", "\n    ") + ",\n]"


# -- R ---------------------------------------------------------------------------------------------


def r_number(value: Any) -> str:
    """A number of R, which has no type less precise than a double.

    >>> r_number(np.float64(0.1)), r_number(3.0), r_number(float("nan"))
    ('0.1', '3', 'NaN')
    """
    text = repr(float(value))
    if text.lstrip("-") in ("nan", "inf"):
        return text.replace("nan", "NaN").replace("inf", "Inf")
    return text.removesuffix(".0")


def r(array: Array) -> str:
    """A matrix of R, laid down row by row; a vector, or a single number.

    >>> print(r(np.array([[0.5, -1.0], [10.0, 2.0]])))
    matrix(nrow = 2, ncol = 2, byrow = TRUE, data = c(
      0.5, -1,
       10,  2
    ))
    """
    array = np.asarray(array)
    if array.ndim == 0:
        return r_number(float(array))
    if array.ndim == 1 or 1 in array.shape:
        bound = "" if array.ndim == 1 else "cbind(" if array.shape[1] == 1 else "rbind("
        return r_listed(
            f"{bound}c(", map(r_number, array.flat), "))" if bound else ")", width=NAMED
        )
    body = ",\n".join(rows(array, r_number)).replace("\n", "\n  ")
    size = f"nrow = {array.shape[0]}, ncol = {array.shape[1]}, byrow = TRUE"
    return f"matrix({size}, data = c(\n  {body}\n))"


def r_assigned(word: str, array: Array) -> str:
    """Statements of R that give an array a name; a large one is put together from pieces.

    >>> print(r_assigned("x", np.array([[0.5], [1.0]])))
    x <- cbind(c(0.5, 1))
    """
    whole = r(array)
    lines = whole.count("\n")
    if lines <= MOST_LINES:
        return f"{word} <- {whole}"
    bind, size = "c" if np.ndim(array) == 1 else "rbind", max(1, len(array) * MOST_LINES // lines)
    first, *others = [r(array[start : start + size]) for start in range(0, len(array), size)]
    return "\n".join([f"{word} <- {first}", *(f"{word} <- {bind}({word}, {x})" for x in others)])
