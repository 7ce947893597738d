"""Text in lines that are no longer than there is room for, with nothing cut off.

wrapped(words, width)    words and formulas: broken between words; in a formula before an operator
inside(sentence)         as it goes on behind a colon
wide(text)               how many columns of a terminal it takes
"""

from __future__ import annotations

import re
from textwrap import wrap
from unicodedata import combining, east_asian_width

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


def wide(text: str) -> int:
    """How many columns of a terminal a text takes: two for a letter that is as wide as high.

    >>> wide("bill"), wide("高さ"), wide("é"), wide("e\u0301")
    (4, 4, 1, 1)
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(sign) in "WF" else not combining(sign) for sign in text)


def left(text: str, width: int) -> str:
    """A text at the left of so many columns."""
    return text + " " * (width - wide(text))


def right(text: str, width: int) -> str:
    """A text at the right of so many columns."""
    return " " * (width - wide(text)) + text


def inside(sentence: str) -> str:
    """A sentence as it goes on behind a colon: without its capital, where that is no name's.

    >>> inside("The bias was not added."), inside("ReLUs, and a rate that kills them")
    ('the bias was not added.', 'ReLUs, and a rate that kills them')
    """
    first, *rest = sentence.split(" ", 1)
    return " ".join([first if first[1:] != first[1:].lower() else first.lower(), *rest])


def _glued(inner: str, width: int) -> str:
    """What stands in parentheses goes on one line, where that leaves room for something else."""
    return inner.replace(" ", GLUE) if len(inner) <= width // 2 else inner
