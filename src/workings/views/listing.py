"""A program without values: its steps as lines, stage by stage.

text(program)      for a terminal
html(program)      for a page
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from workings.language import Program, Step, spelled
from workings.notations import notation, spell
from workings.views.wrapping import WIDTH, wrapped

MARGIN, DEEPER, APART = "  ", "      ", "   "


def text(program: Program, *, width: int = WIDTH) -> str:
    """Every step on lines of at most `width` signs: its equation, its shape, why it is there.

    >>> from workings.language import name
    >>> print(text(Program((Step("double", 2.0 * name("x", "n", 1), why="Twice."),))))
    given  x (n x 1)
    <BLANKLINE>
      double = 2 * x   n x 1
          Twice.
    """
    given = ", ".join(f"{word} ({spelled(shape)})" for word, shape in program.given.items())
    lines = wrapped(f"given  {given}", width, further=" " * len("given  "))
    widest = max((len(spelled(step.shape)) for step in program), default=0)
    room = width - widest - len(APART)
    equations = {step.name: wrapped(said(step), room, indent=MARGIN) for step in program}
    longest = max((len(line) for found in equations.values() for line in found), default=0)
    for heading, steps in _by_stage(program):
        lines += ["", *wrapped(heading, width)]
        for step in steps:
            first, *rest = equations[step.name]
            lines += [f"{first.ljust(longest)}{APART}{spelled(step.shape)}".rstrip(), *rest]
            lines += wrapped(step.why, width, indent=DEEPER)
    return "\n".join(lines)


def html(program: Program) -> str:
    """The same as one table for each stage."""
    parts = []
    for heading, steps in _by_stage(program):
        rows = "".join(
            f'<tr><th scope="row"><code>{escape(said(step))}</code></th>'
            f"<td>{escape(spelled(step.shape))}</td><td>{escape(step.why)}</td></tr>"
            for step in steps
        )
        title = f"<h3>{escape(heading)}</h3>" if heading else ""
        parts.append(f'{title}<table class="steps"><tbody>{rows}</tbody></table>')
    return "\n".join(parts)


def said(step: Step) -> str:
    """A step as an equation in plain notation."""
    return f"{step.name} = {spell(step.expr, notation('plain'))}"


def _by_stage(program: Program) -> Iterator[tuple[str, list[Step]]]:
    titles = dict.fromkeys(step.stage for step in program)
    numbers = {stage.title: place for place, stage in enumerate(program.stages)}
    for title in titles:
        heading = f"Step {numbers[title]}  {title}" if title in numbers else title
        yield heading, [step for step in program if step.stage == title]
