"""Back-propagation: a program in, a longer program out.

    backprop(program, loss, wrt)     the program with the steps that say what each of `wrt` is owed
    owed_to_args(expr, g, y)         one op backwards: what each argument is owed

Walking the steps from the last to the first, each name is *owed* the sum of what its readers hand
back to it; the derivative rule of the op says how much that is. Every derived step is again an
expression in the language and says why it is there. With `sign=-1` all of it is what the
*negative* loss would give: the direction to go, to be added instead of subtracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from workings.errors import ProgramError
from workings.language.algebra import (
    MUL,
    NAME,
    NUMBER,
    SIZE,
    Expr,
    name,
    number,
    spread,
)  # fmt: skip
from workings.language.program import Program, Step
from workings.language.rewrite import reuse, tidy
from workings.language.shapes import spelled
from workings.language.walk import leaves, substitute


class Label(NamedTuple):
    """What a derived step is called, the stage it belongs to, and why it is there.

    Without a reason of its own, the step gets the reason of the op it was derived from.
    """

    name: str
    stage: str = ""
    why: str = ""


Labelling = Callable[[str, str], Label]  # ("gradient" or "slope", of which step) -> its label


def plain_label(kind: str, of: str) -> Label:
    """`d_output` for a gradient, `slope_output` for a slope; no stage."""
    return Label(("d_" if kind == "gradient" else "slope_") + of)


def backprop(
    program: Program,
    loss: str,
    wrt: Iterable[str],
    *,
    sign: int = 1,
    label: Labelling = plain_label,
) -> Program:
    """The program, followed by the steps that compute d loss / d each name in `wrt`.

    `loss` must be a single number. Raises `ProgramError` for a parameter that the loss does not
    depend on.

    >>> from workings.language import algebra
    >>> w = algebra.name("w", 3, 2)
    >>> program = Program((Step("loss", algebra.sum_of(w * w)),))
    >>> backprop(program, "loss", ["w"])["d_w"].expr == w + w
    True
    """
    wrt = list(wrt)
    if program.ref(loss).shape != ():
        raise ProgramError(
            f"cannot go backwards from {loss}: it is {spelled(program.ref(loss).shape)}",
            hint="A loss is a single number; take the sum or the mean.",
        )
    for word in wrt:
        program.ref(word)
    walk = _Walk(program, wrt, label)
    walk.owed[loss] = [(number(sign), "")]
    for step in reversed(program.steps):
        walk.back_through(step)
    for word in wrt:
        walk.settle_parameter(word, loss)
    return reuse(program.then(walk.steps))


def owed_to_args(expr: Expr, g: Expr, y: Expr) -> tuple[Expr | None, ...]:
    """What each argument of `expr`, whose value is `y`, is owed when `expr` is owed `g`.

    None where nothing passes: a comparison has no slope. A defined op uses its textbook slope,
    or else its formula.
    """
    op, facts = expr.op, dict(expr.facts)
    if op.back:
        return op.back(g, y, *expr.args, **facts)
    slopes = op.slopes or (None,) * len(expr.args)
    derived = _through_formula(expr, g) if None in slopes else (None,) * len(expr.args)
    return tuple(
        MUL(g, slope(y, *expr.args)) if slope else through
        for slope, through in zip(slopes, derived, strict=True)
    )


def slope_of(expr: Expr, y: Expr) -> Expr:
    """The slope of an elementwise op of one argument, at the value `y`; shape as `expr`.

    Raises `ProgramError` where there is none.
    """
    (slope,) = owed_to_args(expr, spread(1.0, expr.shape), y)
    if slope is None:
        raise ProgramError(f"{expr.op.name} has no slope: it is flat but for its jumps")
    return tidy(slope)


def _through_formula(expr: Expr, g: Expr) -> tuple[Expr | None, ...]:
    """What the arguments of a defined op are owed, derived from its formula."""
    if expr.op.formula is None:
        raise ProgramError(f"cannot go backwards through {expr.op.name}: it has no derivative rule")
    stand_ins = [name(f"\0{i}", *arg.shape) for i, arg in enumerate(expr.args)]
    owed: dict[str, Expr] = {}

    def send(part: Expr, g: Expr) -> None:
        if part in stand_ins:
            word = part["name"]
            owed[word] = owed[word] + g if word in owed else g
        elif leaves(part):
            for arg, share in zip(part.args, owed_to_args(part, g, part), strict=True):
                if share is not None:
                    send(arg, share)

    send(expr.op.formula(*stand_ins, **dict(expr.facts)), g)
    back = {one["name"]: arg for one, arg in zip(stand_ins, expr.args, strict=True)}
    found = [owed.get(one["name"]) for one in stand_ins]
    return tuple(share and substitute(tidy(share), back) for share in found)


class _Walk:
    """The walk backwards: what each name is owed so far, and the steps made from it."""

    def __init__(self, program: Program, wrt: list[str], label: Labelling) -> None:
        self.wrt, self.label = wrt, label
        self.owed: dict[str, list[tuple[Expr, str]]] = {}
        self.steps: list[Step] = []
        self.live = set(wrt)  # the names a parameter acts through
        for step in program:
            if self.live & {leaf["name"] for leaf in leaves(step.expr)}:
                self.live.add(step.name)
        self.shapes = {word: program.ref(word).shape for word in self.live}

    def back_through(self, step: Step) -> None:
        if step.name in self.owed:
            g = self.settle(step.name)
            y = step.ref
            if _is_flat(step.expr):
                return
            if _has_slope_of_its_own(step.expr):
                g = self._times_slope(step, g, y)
                self.send(step.expr.args[0], g, step.expr.op.owed[:1])
            else:
                self.send_through(step.expr, g, y)

    def _times_slope(self, step: Step, g: Expr, y: Expr) -> Expr:
        slope = slope_of(step.expr, y)
        if _is_constant(slope):
            return tidy(g * slope)
        word, stage, why = self.label("slope", step.name)
        why = why or f"How steep {step.expr.op.name} is there."
        self.steps.append(Step(word, slope, stage, why))
        return g * self.steps[-1].ref

    def settle(self, word: str) -> Expr:
        """Adds up what `word` is owed into one named step; a constant needs no name."""
        (first, _), *rest = shares = self.owed.pop(word)
        total = first
        for share, _ in rest:
            total = total + share
        total = tidy(total)
        if _is_constant(total) and word not in self.wrt:
            return total
        called, stage, why = self.label("gradient", word)
        why = why or " ".join(dict.fromkeys(reason for _, reason in shares if reason))
        self.steps.append(Step(called, total, stage, why))
        return self.steps[-1].ref

    def settle_parameter(self, word: str, loss: str) -> None:
        if word in self.owed:
            self.settle(word)
        elif not any(step.name == self.label("gradient", word).name for step in self.steps):
            raise ProgramError(
                f"cannot find what {word} is owed: {loss} does not depend on it",
                hint=f"Leave {word} out, or use it in a step that {loss} reads; comparisons such "
                "as the activation 'step' pass nothing back.",
                parameter=word,
            )

    def send_through(self, expr: Expr, g: Expr, y: Expr) -> None:
        """Hands on what `expr`, whose value is `y`, is owed, to the names it reads."""
        if expr.op == NAME:
            self.send(expr, g, ("It is the same matrix.",))
        elif expr.args:
            reasons = expr.op.owed or ("By the chain rule.",) * len(expr.args)
            parts = owed_to_args(expr, g, y)
            for arg, share, reason in zip(expr.args, parts, reasons, strict=True):
                if share is not None:
                    self.send(arg, share, (reason,))

    def send(self, arg: Expr, g: Expr, reason: tuple[str, ...]) -> None:
        if arg.op == NAME:
            if arg["name"] in self.live:
                self.owed.setdefault(arg["name"], []).append((g, " ".join(reason)))
        elif self.live & {leaf["name"] for leaf in leaves(arg)}:
            self.send_through(arg, g, arg)


def _has_slope_of_its_own(expr: Expr) -> bool:
    """Whether textbooks give the op's slope a line: a defined elementwise op of one argument."""
    op = expr.op
    return op.elementwise and op.formula is not None and op.back is None and len(expr.args) == 1


def _is_flat(expr: Expr) -> bool:
    """Whether nothing passes back through an activation: all of it is jumps."""
    return _has_slope_of_its_own(expr) and owed_to_args(expr, expr, expr) == (None,)


def _is_constant(expr: Expr) -> bool:
    """Whether an expression depends on no value: numbers and counts alone."""
    if expr.op in (NUMBER, SIZE):
        return True
    return bool(expr.args) and all(_is_constant(arg) for arg in expr.args)
