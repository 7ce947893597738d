"""Data in a C file: `table` an array of numbers, `words` one of texts, `levels` and `labels` what
is needed to write categories as numbers and to read answers as classes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from workings.exports import Input, Output
from workings.exports._c_text import literal
from workings.notations.c import literal as digits
from workings.trace import Array

WIDTH = 100

LABEL = """\
/* the label that an answer speaks for */
const char *label_of(const REAL answer[{outputs}])
{{
{body}
}}"""
OF_TWO = "    return class_labels[answer[0] > R(0.5) ? 1 : 0];"
OF_MANY = """\
    int best = 0;
    for (int j = 1; j < {outputs}; j++)
        if (answer[j] > answer[best])
            best = j;
    return class_labels[best];"""


def table(declaration: str, values: Array) -> str:
    """An array of numbers; numbers that need it are converted to the file's precision.

    >>> import numpy as np
    >>> print(table("static const REAL wh", np.array([[0.5, 1.0], [2.0, -3.0]])))
    static const REAL wh[2][2] = {
        { R(0.5), R(1.0) },
        { R(2.0), R(-3.0) }
    };
    """
    kind = declaration.split()[-2]
    sizes = "".join(f"[{size}]" for size in values.shape)
    if not values.shape:
        return f"{declaration} = {_cell(float(values), kind)};"
    return f"{declaration}{sizes} = {_block(values, kind)};"


def words(declaration: str, texts: Sequence[str | None]) -> str:
    """An array of texts."""
    return f"{declaration}[{len(texts)}] = {_braced([literal(text) for text in texts])};"


def levels(count: int, column: Input) -> str:
    """The levels of a column, and the function that finds a word among them."""
    size, name = len(column.levels), f"levels_{count}"
    return (
        f"/* the levels of column {count}; a missing cell is the null pointer */\n"
        + words(f"static const char *const {name}", column.levels)
        + f"\n\nint level_of_column_{count}(const char *word)\n{{\n"
        f"    return place_of(word, {name}, {size}, {int(column.folded)});\n}}"
    )


def labels(classes: Sequence[str], outputs: int) -> str:
    """The class labels, and the function that finds the one an answer speaks for."""
    body = (OF_TWO if outputs == 1 else OF_MANY).format(outputs=outputs)
    return (
        words("const char *const class_labels", classes)
        + "\n\n"
        + LABEL.format(outputs=outputs, body=body)
    )


def own_labels(outputs: Sequence[Output]) -> str:
    """The two words of each target column, and the function that finds the one that is said."""
    cells = ", ".join(f"{{ {', '.join(map(literal, one.words))} }}" for one in outputs)
    body = "    return label_words[column][answer[column] > R(0.5) ? 1 : 0];"
    return (
        f"const char *const label_words[{len(outputs)}][2] = {{ {cells} }};\n\n"
        "/* what is said of a column of target_names, from 0 */\n"
        f"const char *label_of(int column, const REAL answer[{len(outputs)}])\n{{\n{body}\n}}"
    )


def _cell(value: float, kind: str) -> str:
    if kind == "int":
        return str(int(value))
    return f"R({digits(value)})" if kind == "REAL" else digits(value)


def _block(values: Array, kind: str) -> str:
    if values.ndim == 1:
        return _braced([_cell(value, kind) for value in values.tolist()])
    inside = ",\n".join(_block(row, kind) for row in values)
    return "{\n" + textwrap.indent(inside, "    ") + "\n}"


def _braced(cells: Sequence[str]) -> str:
    """The cells in braces, on one line if they fit there."""
    line = "{ " + ", ".join(cells) + " }"
    if len(line) <= WIDTH:
        return line
    lines, now = [], ""
    for cell in cells:
        if now and len(now) + len(cell) > WIDTH:
            lines.append(now.rstrip())
            now = ""
        now += f"{cell}, "
    lines.append(now.rstrip(", "))
    return "{\n" + textwrap.indent("\n".join(lines), "    ") + "\n}"
