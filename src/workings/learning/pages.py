"""A lesson that was run, as one page that needs nothing else.

Its prose, its cells with what came out of them, and its questions, which are marked on the page. A
notebook that is no lesson has the number 0: its title stands without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.learning.notebook import Cell
from workings.learning.running import Output, Ran
from workings.views import html

POLICY = f"{html.POLICY}; script-src 'unsafe-inline'"  # for the fields that are marked there
HIDDEN = "hide-input"

STYLE = """<style>
.cell { margin: .8rem 0; } .cell > pre, .cell details > pre { background: var(--shade);
  padding: .6rem .8rem; border-left: 3px solid var(--accent); }
.output { margin: .4rem 0 1.2rem; }
.workings-question { border: 1px solid var(--line); border-radius: 6px; padding: .2rem 1rem;
  margin: 1rem 0; }
p, li { max-width: 42rem; }
</style>
"""


def page(ran: Ran) -> str:
    """The page as text."""
    number, title = ran.lesson.number, ran.lesson.title
    sections = [(heading, "".join(parts)) for heading, parts in _sections(ran)]
    first, *rest = sections
    return html.page(
        f"{number}. {title}" if number else title, [(first[0], STYLE + first[1]), *rest],
        policy=POLICY,
    )  # fmt: skip


def _sections(ran: Ran) -> list[tuple[str, list[str]]]:
    """What stands below each heading of the second level, what comes before them first."""
    begins = "The question" if ran.lesson.number else "What this page is"
    found: list[tuple[str, list[str]]] = [(begins, [])]
    for piece, output in zip(ran.lesson.pieces, ran.outputs, strict=True):
        if isinstance(piece, Cell):
            found[-1][1].append(_cell(piece, output or Output()))
            continue
        for heading, text in _parts(piece.text):
            if heading:
                found.append((heading, []))
            found[-1][1].append(_markdown(text))
    return [one for one in found if one[1]]


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Prose cut before its headings of the second level; the title is the page's own."""
    heading, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("## "):
            yield heading, "\n".join(lines)
            heading, lines = line[3:], []
        elif not line.startswith("# "):
            lines.append(line)
    yield heading, "\n".join(lines)


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def _cell(cell: Cell, output: Output) -> str:
    source = html.code(cell.source)
    if HIDDEN in cell.tags:
        source = f"<details><summary>The code</summary>{source}</details>"
    shown = output.html or (html.preformatted(output.text) if output.text else "")
    return f'<div class="cell">{source}<div class="output">{shown}</div></div>\n'
