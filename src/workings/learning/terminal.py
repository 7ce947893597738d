"""A lesson that was run, as text for a terminal."""

from __future__ import annotations

from workings.learning.notebook import Cell
from workings.learning.pages import HIDDEN
from workings.learning.running import Output, Ran

PROMPT, GOES_ON = ">>> ", "... "


def text(ran: Ran, *, width: int = 80, colour: bool = False) -> str:
    """Prose laid out in `width` columns, cells after a prompt, and what came out of them."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.text import Text

    console = Console(width=width, force_terminal=colour, no_color=not colour, highlight=False)
    with console.capture() as captured:
        for piece, output in zip(ran.lesson.pieces, ran.outputs, strict=True):
            if isinstance(piece, Cell):
                console.print(Text(_cell(piece, output or Output())), soft_wrap=True)
            else:
                console.print(Markdown(piece.text))
            console.print()
    return captured.get()


def _cell(cell: Cell, output: Output) -> str:
    lines = cell.source.splitlines() if HIDDEN not in cell.tags else []
    begun = [f"{GOES_ON if place else PROMPT}{line}" for place, line in enumerate(lines)]
    return "\n".join([*begun, *output.text.splitlines()])
