"""Text in lines that are no longer than there is room for, with nothing cut off.

wrapped(words, width)    words and formulas: broken between words; in a formula before an operator
"""

from __future__ import annotations

import re
from textwrap import wrap

WIDTH = 100  # signs, where nobody says otherwise
NARROWEST = 24
DEEPER = "  "
GLUE = "\N{NO-BREAK SPACE}"  # no place to break a line
OPERATOR = re.compile(r"(?<= )([-+*/@=<>×·]|\*\*|[<>=]=) (?=\S)")
INNER = re.compile(r"\([^()]*\)")


def wrapped(
    words: str, width: int = WIDTH, *, indent: str = "", further: str | None = None
) -> list[str]:
    """The words on lines of at most `width` signs; what is continued begins with `further`.

    Without `further` that is two signs deeper than `indent`. Only a word that is longer than a
    line is broken inside. No words are no lines.

    >>> wrapped("z = X @ wh + spread(bh)", 24)
    ['z = X @ wh + spread(bh)']
    >>> wrapped("output_layer_input = hidden @ wout + spread(bout)", 36)
    ['output_layer_input = hidden @ wout', '  + spread(bout)']
    """
    further = indent + DEEPER if further is None else further
    width = max(width, NARROWEST)
    lines = wrap(
        INNER.sub(lambda found: _glued(found.group(), width), OPERATOR.sub(rf"\1{GLUE}", words)),
        width, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace(GLUE, " ") for line in lines]


def _glued(inner: str, width: int) -> str:
    """What stands in parentheses goes on one line, where that leaves room for something else."""
    return inner.replace(" ", GLUE) if len(inner) <= width // 2 else inner
