"""Docstrings as Sphinx reads them.

The library's docstrings are plain text with `code` in back quotes and examples set in by four
blanks. `as_rst` turns them into reStructuredText: the code stays code, what is set in stays as it
is, and signs that mean something there (a star, a bar, a last underscore) mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

CODE = re.compile(r"(`+)(.+?)\1")
SIGNS = re.compile(r"([*|\\])|(?<=\w)_(?!\w)")
COLUMNS = re.compile(r"\S {2,}\S|^ {8}")
PARAMETERS = re.compile(r"<dl>\s*((?:<dd>(?:(?!</?d[dl]>).)*</dd>\s*)+)</dl>", re.DOTALL)
DESCRIBED = re.compile(r"<dd>(.*?)</dd>", re.DOTALL)
NO_HEADING = re.compile(r'<th class="head[^"]*">(?:<p></p>)?</th>')
UNTOLD = re.compile(r'alt="[./]*_images/[^"]*"')  # a cell's picture, with its file's name
CAPTION = '<p class="caption" role="heading"'
LINE = r'<span class="sig-line">\1</span>'
EXAMPLE, SET_IN = ">>>", "    "


def as_rst(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Rewrites the lines of a docstring where they are."""
    lines[:] = converted(lines)


def skip_foreign(
    app: Any, what: str, name: str, obj: Any, skipped: bool, options: Any
) -> bool | None:
    """Leaves out what another library puts into our classes: it is documented there."""
    made = getattr(getattr(obj, "fget", None) or obj, "__module__", None) or ""
    foreign = callable(obj) and not str(made).startswith("workings")
    return True if foreign else None


def spans(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """HTML that says what it is, to those who listen too.

    A list of descriptions alone is no list, an empty heading none; a heading has a level, and the
    name of a picture's file tells nothing.
    """
    body = PARAMETERS.sub(
        lambda found: f'<span class="sig-lines">{DESCRIBED.sub(LINE, found[1])}</span>',
        context.get("body", ""),
    )
    body = NO_HEADING.sub("<td></td>", body)
    body = UNTOLD.sub('alt="What the lines above draw"', body)
    context["body"] = body.replace(CAPTION, f'{CAPTION} aria-level="2"')


def converted(lines: list[str]) -> list[str]:
    """The lines of a docstring as reStructuredText.

    >>> converted(["Takes `a` * b:", "", "    f(a_)"])
    ['Takes ``a`` \\\\* b:', '', '::', '', '    f(a_)', '']
    """
    return [line for block in _blocks(lines) for line in _block(block)]


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """What stands between blank lines, and what is set in apart from what is not."""
    block: list[str] = []
    for line in lines:
        inside = line.startswith(SET_IN)
        ends = block and not block[-1] and not (inside and _is_set_in(block))
        if block and line.strip() and (ends or (_is_set_in(block) and not inside)):
            yield block
            block = []
        if line.strip() or block:
            block.append(line.rstrip())
    if block:
        yield block


def _is_set_in(block: list[str]) -> bool:
    return block[0].startswith(SET_IN) and not block[0].lstrip().startswith(EXAMPLE)


def _is_listed(block: list[str]) -> bool:
    """Whether it is two columns of text: words, and behind some blanks what they are."""
    return sum(bool(COLUMNS.search(line)) for line in block) * 2 >= len(block)


def _block(block: list[str]) -> list[str]:
    text = list(block)
    while not text[-1]:
        text.pop()
    if text[0].lstrip().startswith(EXAMPLE):
        return [*text, ""]
    if _is_set_in(text):
        return ["::", "", *text, ""]
    if _is_listed(text):
        return ["::", "", *(f"{SET_IN}{line}" for line in text), ""]
    return [*_paragraph(text), ""]


def _paragraph(text: list[str]) -> list[str]:
    """Text and lists; what is set in below a sentence without a blank line stays as it is."""
    found: list[str] = []
    for place, line in enumerate(text):
        if place and line.startswith(SET_IN) and not text[0].startswith(("-", "  ")):
            return [*found, "", "::", "", *text[place:]]
        begins = line.startswith("- ") and place and not text[place - 1].startswith(("- ", "  "))
        found += [""] * bool(begins) + [_line(line)]
    return found


def _line(line: str) -> str:
    parts, at = [], 0
    for code in CODE.finditer(line):
        parts += [_plain(line[at : code.start()]), f"``{code[2]}``"]
        at = code.end()
    return "".join([*parts, _plain(line[at:])])


def _plain(text: str) -> str:
    return SIGNS.sub(lambda sign: "\\" + sign[0], text)
