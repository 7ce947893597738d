"""One loss shown: its formula, its slope by the prediction, and both as curves.

    lines(loss)        for a terminal
    section(loss)      for a page

Everything is made from the row, so a loss of one's own is shown like those of the table.
"""

from __future__ import annotations

from html import escape

import numpy as np

from workings.engines import engine
from workings.errors import ProgramError
from workings.files import clean
from workings.language import Expr, Program, Step, backprop, name, sum_of
from workings.losses import Loss
from workings.notations import notation, spell
from workings.trace import Array
from workings.views import parts, plots

WIDE = np.linspace(-4.0, 4.0, 161)
TARGETS = (0.0, 1.0)  # that curves are drawn for
ROW = ("n", "outputs")  # of a loss that looks at a whole sample


def lines(loss: Loss) -> list[str]:
    """A loss for a terminal."""
    return [
        loss.name, *(f"  {word:<5} = {said}" for word, said in _written(loss)),
        f"  {_reads(loss)}", *([f"  {loss.use}"] if loss.use else []),
    ]  # fmt: skip


def section(loss: Loss) -> str:
    """A loss for a page."""
    written = "<br>".join(f"<code>{word} = {escape(said)}</code>" for word, said in _written(loss))
    found = [f"<p>{escape(clean(f'{loss.use} {_reads(loss)}'.strip()))}</p>", f"<p>{written}</p>"]
    curves = _curves(loss)
    if curves:
        ax = plots.plot_activations(WIDE, curves, called=(_word(loss), "loss"))
        says = f"{loss.name} for the targets 0 and 1, over {_word(loss)}; dashed, its slope."
        found.append(parts.figure(ax, says))
    return "\n".join(found)


def _word(loss: Loss) -> str:
    return "z" if loss.activation else "output"


def _reads(loss: Loss) -> str:
    if not loss.activation:
        return "output is what the network says, y the target."
    return f"z is what goes into the {loss.activation} of the output layer, y the target."


def _named(loss: Loss) -> tuple[Expr, Expr]:
    shape = () if loss.elementwise else ROW
    return name(_word(loss), *shape), name("y", *shape)


def _written(loss: Loss) -> list[tuple[str, str]]:
    """The formula and, where there is one, the slope, in plain notation."""
    plain, (out, y) = notation("plain"), _named(loss)
    facts = {} if loss.elementwise else {"axis": 1}
    found = []
    if loss.formula is not None:
        found.append(("loss", str(spell(loss.formula(out, y, **facts), plain))))
    slope = _slope(loss)
    return [*found, ("slope", str(spell(slope, plain)))] if slope is not None else found


def _slope(loss: Loss) -> Expr | None:
    """The slope by the prediction, of one sample: stated or derived; None where there is none."""
    out, y = _named(loss)
    facts = {} if loss.elementwise else {"axis": 1}
    stated = next(iter(loss.slopes), None)
    if stated is not None:
        return stated(name("loss", *out.shape), out, y)
    losses = Step("losses", loss(out, y, **facts))
    total = Step("loss", sum_of(losses.ref)) if losses.shape else Step("loss", 1.0 * losses.ref)
    try:
        program = backprop(Program((losses, total)), "loss", [_word(loss)])
    except ProgramError:
        return None
    return program[f"d_{_word(loss)}"].expr


def _curves(loss: Loss) -> dict[str, tuple[Array, Array]]:
    """Loss and slope over `WIDE`, for each target."""
    slope = _slope(loss)
    if not loss.elementwise or slope is None:
        return {}
    out, y = _named(loss)
    program = Program((Step("loss", loss(out, y)), Step("slope", slope)))
    if set(program.given) - {_word(loss), "y"}:
        return {}
    prepared, found = engine().prepare(program), {}
    for target in TARGETS:
        each = [prepared({_word(loss): np.asarray(x), "y": np.asarray(target)}) for x in WIDE]
        found[f"y = {target:g}"] = (
            np.array([float(one["loss"]) for one in each]),
            np.array([float(one["slope"]) for one in each]),
        )
    return found
