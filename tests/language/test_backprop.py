"""Back-propagation: gradients are what a nudge shows, on a thousand programs nobody chose.

Central differences with a step of 1e-6 are exact to about 1e-9 here; 1e-6 relative to the larger of
1 and the slope leaves room for steep programs. A cell whose slope differs to the left and to the
right lies at a kink: it is left out, and hardly any may be.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from language.random_programs import MAKERS, OPS, Drawn, draw, nudged
from workings.activations import activations
from workings.engines import engine
from workings.errors import ProgramError
from workings.language import Expr, Op, Program, Step, backprop, name, sum_of
from workings.language.algebra import GREATER
from workings.language.backprop import Label, owed_to_args, slope_of

PROGRAMS, BATCH = 1000, 50
SMOOTH = 1e-6


def gradient_steps(drawn: Drawn, sign: int = 1) -> tuple[Program, list[str], list[str]]:
    """The program with the gradients it has, of which parameters, and those it has none of."""
    found, none = list(drawn.parameters), []
    while True:
        try:
            return backprop(drawn.program, "loss", found, sign=sign), found, none
        except ProgramError as error:
            found.remove(error.parameter)
            none.append(error.parameter)


def compared(seed: int) -> Counter[str]:
    """One random program, every cell of every gradient against a nudge: how many were compared."""
    drawn, count = draw(seed), Counter(programs=1)
    sign = -1 if seed % 2 else 1
    program, found, none = gradient_steps(drawn, sign)
    values = engine().run(program, drawn.values)
    for word in found + none:
        slopes, kinks = nudged(drawn, word)
        stated = sign * values[f"d_{word}"] if word in found else np.zeros(slopes.shape)
        apart = abs(stated - slopes) / np.maximum(1.0, abs(slopes))
        worst = np.where(kinks, 0.0, apart).max()
        assert worst <= SMOOTH, f"program {seed}, {word}: {worst:.1e}\n{drawn.program.to_json()}"
        count.update(cells=slopes.size, kinks=int(kinks.sum()), flat=word in none)
    return count


@pytest.mark.parametrize("first", range(0, PROGRAMS, BATCH))
def test_the_gradients_of_a_thousand_random_programs_are_what_nudges_show(first: int) -> None:
    count = sum((compared(seed) for seed in range(first, first + BATCH)), Counter())
    assert count["cells"] > 10 * BATCH  # each program has a few matrices of a few cells
    assert count["kinks"] <= count["cells"] / 50


def test_random_programs_are_drawn_from_the_whole_table_of_ops() -> None:
    assert set(MAKERS) <= set(OPS)
    drawn = {op.name for seed in range(300) for step in draw(seed).program
             for op in ops_in(step.expr)}  # fmt: skip
    assert drawn >= set(OPS)


def ops_in(expr: Expr) -> set[Op]:
    return {expr.op}.union(*(ops_in(arg) for arg in expr.args))


@pytest.mark.parametrize("seed", range(20))
def test_every_derived_step_says_why_it_is_there(seed: int) -> None:
    drawn = draw(seed)
    program, *_ = gradient_steps(drawn)
    derived = program.steps[len(drawn.program) :]
    assert derived
    assert [step.name for step in derived if not step.why] == []


@pytest.mark.parametrize("seed", range(20))
def test_a_negative_sign_turns_every_gradient_and_nothing_else(seed: int) -> None:
    drawn = draw(seed)
    up, down = (engine().run(gradient_steps(drawn, sign)[0], drawn.values) for sign in (1, -1))
    # the sign may be taken into a sum at another place, so to rounding and not to the bit
    for word in drawn.parameters:
        if f"d_{word}" in up:
            assert down[f"d_{word}"] == pytest.approx(-up[f"d_{word}"], rel=1e-12, abs=1e-12)
    assert down["loss"] == up["loss"]


# -- names, reasons and slopes ---------------------------------------------------------------------

X, W, V = name("X", "n", 3), name("w", 3, 2), name("v", 2, 1)
INSIDE = Step("inside", X @ W, why="Added up.")


def test_gradients_and_slopes_are_called_by_the_given_labels() -> None:
    bent = Step("bent", activations()["sigmoid"](INSIDE.ref))
    program = Program((INSIDE, bent, Step("loss", sum_of(bent.ref @ V))))

    def label(kind: str, of: str) -> Label:
        return Label(f"{kind} of {of}", f"stage of {of}", "Because." if of == "w" else "")

    derived = backprop(program, "loss", ["w", "v"], label=label).steps[3:]
    assert {step.name for step in derived} == {
        "gradient of bent", "gradient of v", "slope of bent", "gradient of inside", "gradient of w",
    }  # fmt: skip
    why = {step.name: step.why for step in derived}
    assert why["gradient of w"] == "Because."
    assert why["slope of bent"] == "How steep sigmoid is there."
    assert all(step.stage == f"stage of {step.name.split()[-1]}" for step in derived)


def test_what_is_read_twice_is_owed_the_sum_and_given_both_reasons() -> None:
    program = Program((INSIDE, Step("loss", sum_of(INSIDE.ref * INSIDE.ref + INSIDE.ref))))
    derived = backprop(program, "loss", ["w"])
    x, w = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
    values = engine().run(derived, {"X": x, "w": w})
    assert values["d_w"] == pytest.approx(x.T @ (2 * x @ w + 1))


def test_a_loss_must_be_a_single_number() -> None:
    with pytest.raises(ProgramError, match=r"cannot go backwards from inside: it is n x 2\. .*sum"):
        backprop(Program((INSIDE,)), "inside", ["w"])


@pytest.mark.parametrize(
    "bent",
    [
        lambda z: activations()["step"](z),
        lambda z: GREATER(z, 0.0),
        lambda z: activations()["sigmoid"](activations()["step"](z)),
    ],
    ids=["step", "greater", "step inside sigmoid"],
)
def test_a_parameter_that_acts_through_a_step_alone_is_named(bent: object) -> None:
    assert callable(bent)
    after = Step("after", bent(INSIDE.ref))
    program = Program((INSIDE, after, Step("loss", sum_of(after.ref @ V))))
    assert "d_v" in backprop(program, "loss", ["v"]).names
    with pytest.raises(ProgramError, match=r"cannot find what w is owed.*'step' pass nothing"):
        backprop(program, "loss", ["v", "w"])


def test_a_parameter_that_the_loss_does_not_depend_on_is_named() -> None:
    program = Program((INSIDE, Step("beside", sum_of(V)), Step("loss", sum_of(INSIDE.ref))))
    with pytest.raises(ProgramError, match="what v is owed: loss does not depend on it") as refused:
        backprop(program, "loss", ["w", "v"])
    assert refused.value.parameter == "v"


def test_an_op_without_any_rule_is_named() -> None:
    strange = Op("strange", lambda x: x, "", "")
    with pytest.raises(ProgramError, match="cannot go backwards through strange"):
        owed_to_args(strange(X), X, X)


def test_the_slope_of_a_comparison_is_refused() -> None:
    flat = Op("flat", lambda x: x, "", "", elementwise=True, formula=lambda x: GREATER(x, 0.0))
    with pytest.raises(ProgramError, match="flat has no slope"):
        slope_of(flat(X), X)
