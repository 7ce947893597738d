"""A program without values: its steps as lines, stage by stage.

text(program)      for a terminal
html(program)      for a page
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from workings.language import Program, Step, spelled
from workings.notations import notation, spell


def text(program: Program) -> str:
    """Every step: its name, its expression, its shape and why it is there.

    >>> from workings.language import name
    >>> print(text(Program((Step("double", 2.0 * name("x", "n", 1), why="Twice."),))))
    given    x (n x 1)
    double = 2 * x   n x 1   Twice.
    """
    given = ", ".join(f"{word} ({spelled(shape)})" for word, shape in program.given.items())
    rows = [(said(step), spelled(step.shape), step.why) for step in program]
    wide = [max(len(row[place]) for row in rows) for place in (0, 1)]
    lines = [f"given    {given}"]
    for heading, steps in _by_stage(program):
        lines += ["", heading] if heading else []
        for step in steps:
            line = f"{said(step).ljust(wide[0])}   {spelled(step.shape).ljust(wide[1])}"
            lines.append(f"{line}   {step.why}".rstrip())
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
