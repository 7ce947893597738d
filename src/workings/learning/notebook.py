"""A notebook kept as plain text: prose in Markdown, with cells of Python between fences.

    ```{code-cell} python
    :tags: [hide-input]
    trace["output"]
    ```

This is the MyST form that Jupyter opens through jupytext and Sphinx through myst-nb. A head
between lines of `---` is for them, and skipped here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workings.errors import DataError

BEGIN = re.compile(r"^```\{code-cell\}.*$")
OPTION = re.compile(r"^:(?P<word>[a-z-]+):\s*(?P<told>.*)$")
END = "```"


@dataclass(frozen=True)
class Prose:
    """Some Markdown, and the line of the file it begins in."""

    text: str
    line: int


@dataclass(frozen=True)
class Cell:
    """Some Python; `tags` say how it is shown."""

    source: str
    line: int
    tags: frozenset[str] = frozenset()


Piece = Prose | Cell


def pieces(text: str, name: str = "the lesson") -> list[Piece]:
    """Prose and cells in order; raises `DataError` for a cell that does not end.

    >>> [type(one).__name__ for one in pieces("# Title\\n```{code-cell} python\\n1 + 1\\n```\\n")]
    ['Prose', 'Cell']
    """
    lines, found, at = text.splitlines(), list[Piece](), _after_head(text.splitlines())
    begun = at
    while at < len(lines):
        if not BEGIN.match(lines[at]):
            at += 1
            continue
        end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == END), None)
        if end is None:
            raise DataError(f"cannot read {name}: the cell of line {at + 1} does not end with ```")
        found += [_prose(lines[begun:at], begun), _cell(lines[at + 1 : end], at + 1)]
        begun = at = end + 1
    found.append(_prose(lines[begun:], begun))
    return [one for one in found if isinstance(one, Cell) or one.text]


def _after_head(lines: list[str]) -> int:
    if lines[:1] != ["---"]:
        return 0
    return lines.index("---", 1) + 1 if "---" in lines[1:] else 0


def _prose(lines: list[str], begun: int) -> Prose:
    return Prose("\n".join(lines).strip(), begun + 1)


def _cell(lines: list[str], begun: int) -> Cell:
    tags, at = frozenset[str](), 0
    while at < len(lines) and (option := OPTION.match(lines[at])):
        if option["word"] == "tags":
            tags = frozenset(re.findall(r"[\w-]+", option["told"]))
        at += 1
    return Cell("\n".join(lines[at:]).strip("\n"), begun + at + 1, tags)
