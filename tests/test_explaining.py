"""Every cell explains itself: its terms add up to it, and what it is owed is what a nudge shows."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from workings.activations import Activation, activations
from workings.conventions import Convention
from workings.data import builtin_table, read_table
from workings.engines import engine
from workings.errors import ShapeError, UnknownName
from workings.explaining.cells import address, located
from workings.explaining.checking import Check, Comparison, check, check_program
from workings.explaining.explanation import Explanation
from workings.explaining.finding import explain, indexed, picture
from workings.jobs.fitting import train
from workings.language import Program, Step, backprop, name, sum_of
from workings.network import Dense, Network
from workings.systems import system, systems
from workings.trace import Trace
from workings.views import table

SMALL = [word for word, one in systems().items() if word not in ("moons", "blobs")]
AGREEING = 5  # digits that a nudge of 1e-6 gives of a loss near 1, with some to spare


def test_a_check_counts_one_cell_as_one_and_fits_a_hundred_columns() -> None:
    program = Network([Dense(1, bias=False)]).training()
    gradients = {"wout": "d_wout"}
    values = {
        "X": np.ones((2, 1)),
        "y": np.ones((2, 1)),
        "wout": np.ones((1, 1)),
        "lr": np.ones(()),
    }
    told = str(check_program(program, values, gradients=gradients, sign=-1))
    assert "(1 cell)" in told
    assert "(20 cells)" in str(check("tanh"))
    long = Comparison("one " * 20, "other " * 20, 0.0, "x[1,1]", 1, 1)
    lines = str(Check("subject", (long,), "why " * 50)).splitlines()
    assert max(map(len, lines)) <= 100
    assert " ".join(" ".join(lines[1:]).split()) == " ".join(f"{long} {'why ' * 50}".split())


@cache
def traced(word: str) -> Trace:
    return system(word).trace()


def every_cell(trace: Trace) -> list[str]:
    return [
        address(word, place) for word, value in trace.values.items()
        for place in np.ndindex(np.shape(value))
    ]  # fmt: skip


def adds_up(found: Explanation) -> bool:
    total = math.fsum([*(term.value for term in found.terms), found.rest])
    return not found.terms or math.isclose(total, found.value, rel_tol=1e-12, abs_tol=1e-15)


@pytest.mark.parametrize("word", SMALL)
def test_every_cell_of_a_system_adds_up(word: str) -> None:
    trace = traced(word)
    wrong = [cell for cell in every_cell(trace) if not adds_up(explain(trace, cell))]
    assert wrong == []


@pytest.mark.parametrize("word", ["article", "chain-rule", "deep"])
def test_every_nudge_agrees_to_five_digits(word: str) -> None:
    trace = traced(word)
    nudges = {cell: explain(trace, cell).nudge for cell in every_cell(trace)}
    found = {cell: nudge.digits for cell, nudge in nudges.items() if nudge}
    assert len(found) > 40
    assert {cell: digits for cell, digits in found.items() if (digits or 0) < AGREEING} == {}


def test_what_a_cell_is_owed_is_the_gradient_of_the_working() -> None:
    trace = traced("article")
    for word, held, sign in (("wh", "d_wh", -1), ("output", "E", -1), ("bout", "d_bout", -1)):
        found = explain(trace, address(word, (0, 0)))
        assert found.owed == pytest.approx(sign * trace[held][0, 0], rel=1e-12)
        assert found.owed_as == f"-{held}"
        path = math.fsum(term.value for term in found.path)
        assert path == pytest.approx(trace[held][0, 0], rel=1e-12)


def test_the_article_s_first_sum_is_told_as_it_is() -> None:
    found = explain(traced("article"), "hidden_layer_input[2,1]")
    assert found.shown == "2.4000"
    assert found.where == "hidden_layer_input, sample 2, h1"
    assert found.index_form == "hidden_layer_input[r,c] = sum_k X[r,k] * wh[k,c] + bh[1,c]"
    assert [term.text for term in found.terms][:3] == [
        "X[2,4] * wh[4,1]", "X[2,3] * wh[3,1]", "bh[1,1]",
    ]  # fmt: skip
    assert found.terms[0].numbers == "1.0000 * 0.9200"
    assert found.feeds == ("hiddenlayer_activations",)


def test_labels_name_cells_as_well_as_numbers_do() -> None:
    trace = traced("article")
    assert explain(trace, "wh[x2,h3]").cell == explain(trace, " wh[2, 3] ").cell == "wh[2,3]"


def test_a_new_weight_feeds_the_next_iteration() -> None:
    assert explain(traced("article"), "new_wh[1,1]").feeds == ("wh of the next iteration",)


def test_rounding_is_said_where_it_shows() -> None:
    trace = traced("article")
    said = {cell: explain(trace, cell, digits=2).rounding for cell in every_cell(trace)}
    shown = [cell for cell, words in said.items() if words]
    assert shown
    for cell in shown:
        found = explain(trace, cell, digits=2)
        parts = [*(round(term.value, 2) for term in found.terms), round(found.rest, 2)]
        assert f"{sum(parts):.2f}" != found.shown
        assert repr(found.value) in said[cell]


@pytest.mark.parametrize(
    "convention",
    [Convention(samples="columns"), Convention(bias="folded"), Convention(names="short"),
     Convention("gradient", "mean", names="partials")],
)  # fmt: skip
def test_every_convention_is_explained(convention: Convention) -> None:
    trace = system("article").under(convention).trace()
    cells = every_cell(trace)
    assert all(adds_up(explain(trace, cell)) for cell in cells)
    owed = [cell for cell in cells if explain(trace, cell).nudge]
    assert all((explain(trace, cell).nudge.digits or 0) >= AGREEING for cell in owed)


@pytest.mark.parametrize("word", [word for word in activations() if word != "softmax"])
def test_every_activation_is_explained_by_being_a_row(word: str) -> None:
    z = name("z", 1, 3)
    step = Step("out", activations()[word](z))
    program = Program((step, Step("loss", sum_of(step.ref))))
    trace = engine().trace(program, {"z": np.array([[-1.3, 0.4, 2.2]])})
    found = explain(trace, "out[1,2]")
    assert adds_up(found)
    assert word in found.formula


def test_softmax_is_written_out_cell_by_cell() -> None:
    result = train("iris", hidden=[3], epochs=3)
    trace = result.model.trace(builtin_table("iris"), rows=[0, 70])
    for place in ("[1,1]", "[2,3]"):
        found = explain(trace, f"output{place}")
        assert adds_up(found)
        assert len(found.sources) == 3


def test_a_prediction_is_explained_from_the_cells_on() -> None:
    penguins = read_table("examples/penguins.csv")
    result = train(penguins, "species", hidden=[3], epochs=3)
    trace = result.model.trace(penguins, rows=[3, 9])
    cells = [cell for cell in every_cell(trace) if not math.isnan(_value(trace, cell))]
    assert all(adds_up(explain(trace, cell)) for cell in cells if "losses" not in cell)
    assert explain(trace, "X[1,1]").sources == ("numbers_scaled[1,1]",)
    assert explain(trace, "numbers_filled[1,1]").value == result.model.preparation.numbers[0].fill


def _value(trace: Trace, cell: str) -> float:
    word, place = located(cell)
    return float(trace[word][place])


def test_of_many_terms_the_smallest_are_summed_in_a_line() -> None:
    x, w = name("X", 1, 40), name("w", 40, 1)
    random = np.random.default_rng(0)
    values = {"X": random.normal(size=(1, 40)), "w": random.normal(size=(40, 1))}
    found = explain(engine().trace(Program((Step("z", x @ w),)), values), "z[1,1]")
    sizes = [abs(term.value) for term in found.terms]
    assert (len(found.terms), found.left_out, len(found.sources)) == (12, 28, 80)
    assert sizes == sorted(sizes, reverse=True)
    assert adds_up(found)
    assert "28 smaller terms" in str(found)


def test_a_kink_is_skipped_and_said() -> None:
    z = name("z", 1, 1)
    step = Step("out", activations()["relu"](z))
    program = backprop(Program((step, Step("loss", sum_of(step.ref)))), "loss", ["z"])
    found = explain(engine().trace(program, {"z": np.zeros((1, 1))}), "z[1,1]")
    assert found.nudge is not None
    assert found.nudge.digits is None
    assert "kink" in found.nudge.skipped


def test_a_wrong_slope_is_exposed_by_the_nudge() -> None:
    bent = Activation("bent", lambda x: x * x, lambda y, x: 3.0 * x)
    step = Step("out", bent(name("z", 1, 1)))
    program = Program((step, Step("loss", sum_of(step.ref))))
    found = explain(engine().trace(program, {"z": np.ones((1, 1))}), "z[1,1]")
    assert found.nudge is not None
    assert (found.nudge.digits or 0) < 2


def test_a_cell_that_the_loss_does_not_read_is_owed_nothing() -> None:
    found = explain(traced("article"), "new_bout[1,1]")
    assert (found.owed, found.path, found.nudge) == (None, (), None)


@pytest.mark.parametrize(
    ("cell", "words"),
    [("wh[5,1]", "there are 4"), ("wh[1]", "has 2 axes"), ("wh[0,1]", "place 0"),
     ("wh[x1,h9]", "place h9"), ("loss[1]", "0 axes")],
)  # fmt: skip
def test_a_place_that_is_not_there_is_refused(cell: str, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        explain(traced("article"), cell)


@pytest.mark.parametrize("cell", ["nothing[1,1]", "wh[1,1", "", "wh(1,1)"])
def test_a_name_that_is_not_there_is_refused(cell: str) -> None:
    with pytest.raises(UnknownName):
        explain(traced("article"), cell)


def test_the_cell_and_its_sources_are_marked() -> None:
    trace = traced("article")
    shown = table.text(picture(trace, explain(trace, "hidden_layer_input[2,1]")))
    assert shown.count("[2.4000]") == 1
    assert all(f"({weight})" in shown for weight in ("0.4200", "0.1000", "0.6000", "0.9200"))
    assert shown.count("(") == 4 + 4 + 1 + 1 + 1  # X, wh, bh; spread(bh); the line that explains


@pytest.mark.parametrize("step", traced("article").program.steps, ids=lambda step: step.name)
def test_every_step_has_an_index_form_of_its_own_names(step: Step) -> None:
    form = indexed(step)
    assert form.startswith(step.name)
    assert "{" not in form
