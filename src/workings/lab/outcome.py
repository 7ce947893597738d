"""What came of an experiment, as plain data that prints itself.

Difference    the first step in which the two sides differ
Outcome       both runs, where they part, and what the checks say
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workings.lab.checks import Said
from workings.lab.mistakes import Mistake
from workings.lab.sides import Ran
from workings.trace import Array
from workings.views.wrapping import wrapped

POINTS = 6  # iterations whose loss is told
LARGE = 1e4  # from here on in powers of ten
FEW = 10  # rows whose outputs are told one by one


@dataclass(frozen=True)
class Difference:
    """The first step in which two sides differ. Shapes are told where these differ already."""

    step: str
    cell: str
    right: float
    wrong: float
    right_formula: str = ""
    wrong_formula: str = ""
    shapes: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Outcome:
    """What came of one mistake: both runs, where they part, and what the checks say."""

    mistake: Mistake
    difference: Difference | None
    right: Ran
    wrong: Ran
    right_rows: int
    summed: tuple[bool, bool]
    checks: tuple[Said, ...]

    def per_row(self, side: str) -> Array:
        """The losses of one side per row, whatever is summed: "right" or "wrong"."""
        summed = self.summed[0 if side == "right" else 1]
        losses = (self.right if side == "right" else self.wrong).losses
        return losses / self.right_rows if summed else losses

    @property
    def caught(self) -> tuple[str, ...]:
        """The names of the checks that catch it."""
        return tuple(one.check for one in self.checks if one.catches)

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(found: Outcome) -> Iterator[str]:
    row = found.mistake
    yield from _wrapped("", f"{row.name}: {row.title}")
    yield from [*_wrapped("  ", row.breaks), ""]
    yield from [*_parting(found.difference), "", *_losses(found), "", *_outputs(found)]
    yield from ["What checks say of the wrong one:", *_checks(found)]


def _wrapped(head: str, words: str) -> list[str]:
    return wrapped(head + words, further=" " * len(head))


def _parting(found: Difference | None) -> Iterator[str]:
    if found is None:
        yield "Both sides have the same numbers in their first iteration."
        return
    yield f"The first difference is in {found.step}, in iteration 1:"
    for side, value, formula, shape in (
        ("right", found.right, found.right_formula, found.shapes[0]),
        ("wrong", found.wrong, found.wrong_formula, found.shapes[1]),
    ):
        said = f"{found.cell} = {value:.6g}" if not shape else f"{found.step} is {shape}"
        yield from _wrapped(f"  {side}  ", f"{said}{'   as ' * bool(formula)}{formula}")


def _losses(found: Outcome) -> Iterator[str]:
    rows_alike = found.summed[0] == found.summed[1]
    right, wrong = (
        (found.right.losses, found.wrong.losses) if rows_alike
        else (found.per_row("right"), found.per_row("wrong"))
    )  # fmt: skip
    yield f"Loss{'' if rows_alike else ' per row'} before iteration:"
    last = max(len(right), len(wrong))
    places = sorted({1, *(int(k) for k in np.geomspace(1, last, POINTS))})
    heads = [f"{k:>10}" for k in places]
    yield "  " + " " * 5 + "".join(heads)
    for side, losses in (("right", right), ("wrong", wrong)):
        cells = [f"{_number(losses[k - 1]) if k <= len(losses) else '-':>10}" for k in places]
        yield f"  {side}" + "".join(cells)
    for side, ran in (("right", found.right), ("wrong", found.wrong)):
        if ran.broke:
            yield f"  The numbers of the {side} side run away in iteration {ran.broke}."


def _outputs(found: Outcome) -> Iterator[str]:
    single = found.right.outputs.shape[1] == 1
    if found.right_rows > FEW and single:
        return
    yield "Outputs in the end:" if single else "Rows whose greatest output is the right one:"
    for side, ran in (("right", found.right), ("wrong", found.wrong)):
        yield from wrapped(
            f"  {side}  {_answers(ran) if single else f'{ran.hits:.3f} of them'}", further=" " * 9
        )
    yield ""


def _answers(ran: Ran) -> str:
    if ran.broke:
        return "no numbers any more"
    return "  ".join(map(_number, ran.outputs.ravel().tolist()))


def _number(value: float) -> str:
    """Four decimals, in powers of ten where a column has no room for them."""
    return f"{value:.4f}" if abs(value) < LARGE else f"{value:.4g}"


def _checks(found: Outcome) -> Iterator[str]:
    for one in found.checks:
        verdict = "catches it" if one.catches else "sees nothing"
        yield from _wrapped(f"  {one.check:15} {verdict:14}", one.told)
    if not found.caught:
        yield "  None of them: only the numbers themselves tell, worked out by hand."
