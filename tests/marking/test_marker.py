"""The marker: what is right is right in every convention, and a slip is named where it was made."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marking import trials
from workings.conventions import CHOICES, Convention
from workings.data import read_table
from workings.errors import DataError, ShapeError
from workings.jobs.fitting import train
from workings.language import Program, Step, name
from workings.marking import (
    Marked,
    Problem,
    Working,
    mark,
    marks,
    of_model,
    of_problem,
    of_system,
)
from workings.marking.report import text
from workings.marking.rounding import Bounded, Evaluation
from workings.systems import system, systems
from workings.trace import Trace

CHUNKS, IN_A_CHUNK = 5, 100
STEPS, SLIPS = 0.99, 0.90  # of the slips: named in the right step, and as what they are
SMALL = [word for word in systems() if word not in ("moons", "blobs")]
ARTICLE = of_system(system("article"))


def written(trace: Trace, digits: int = 4, **instead: Any) -> Working:
    """Every value of a trace as somebody writes it."""
    values = {
        word: np.atleast_2d(np.round(instead.get(word, x), digits))
        for word, x in trace.values.items()
    }
    texts = {
        word: tuple(tuple(f"{cell:.{digits}f}" for cell in row) for row in x)
        for word, x in values.items()
    }
    return Working(values, texts, "mine.csv")


def article(**instead: Any) -> Working:
    return written(system("article").trace(), **instead)


def verdicts(marked: Marked) -> dict[str, str]:
    return {one.step: one.verdict for one in marked.marks}


# -- many of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_right_workings_of_random_networks_are_all_marked_right(chunk: int) -> None:
    wrong = []
    for number in range(IN_A_CHUNK):
        random = np.random.default_rng([chunk, 3, number])
        share = 0.3 if number % 2 else 0.0  # every other one has steps left out
        trial = trials.with_blanks(trials.right(random, 0), random, share)
        if trials.marked(trial).finding is not None:
            wrong.append(number)
    assert wrong == []


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_slip_in_a_random_network_is_named_where_it_was_made(chunk: int) -> None:
    found = trials.tally(IN_A_CHUNK, chunk, network_seed=0)
    assert found.steps >= STEPS * found.count, found.missed
    assert found.named >= SLIPS * found.count, found.missed


@pytest.mark.parametrize("word", SMALL)
@pytest.mark.parametrize("digits", [2, 4, 8, 16])
def test_every_system_is_right_with_any_number_of_digits(word: str, digits: int) -> None:
    assert mark(written(system(word).trace(), digits), of_system(system(word))).right


@pytest.mark.parametrize("word", ["article", "chain-rule", "deep", "sgd"])
def test_a_system_is_right_in_every_convention(word: str) -> None:
    own = system(word).setup().network.convention  # type: ignore[misc]
    for choice in product(*CHOICES.values()):
        convention = Convention(*choice)
        if (convention.bias == "none") == (own.bias == "none"):
            marked = mark(written(system(word).under(convention).trace()), of_system(system(word)))
            assert marked.right, (convention, text(marked))
            differing = {k for k, v in vars(convention).items() if v != vars(own)[k]} - {"names"}
            assert set(marked.otherwise) <= differing


def test_a_mean_taken_in_the_gradients_alone_is_right() -> None:
    """As in many books: dW = X.T @ dz / m, while dz itself is not divided."""
    trace = system("article").under(Convention("gradient")).trace()
    values, rate = dict(trace.values), 0.1
    values["loss"] = trace["loss"] / 3
    for word in ("wout", "wh", "bout", "bh"):
        values[f"d_{word}"] = trace[f"d_{word}"] / 3
        values[f"new_{word}"] = trace[word] - values[f"d_{word}"] * rate
    marked = mark(written(Trace(trace.program, values)), ARTICLE)
    assert marked.right
    assert set(marked.otherwise) == {"sign", "reduction", "mean"}


# -- one slip is marked once -----------------------------------------------------------------------


def worked_on(**wrong: Any) -> Working:
    """The article's first iteration by hand, going on with what is wrong."""
    v = {word: np.asarray(x) for word, x in system("article").trace().values.items()}
    slope_h = v["slope_hidden_layer"]
    d = wrong.get("d_output", v["d_output"])
    back = wrong.get("Error_at_hidden_layer", d @ v["wout"].T)
    d_h = back * slope_h
    later = {
        "d_output": d, "Error_at_hidden_layer": back, "d_hiddenlayer": d_h,
        "d_wout": v["hiddenlayer_activations"].T @ d, "d_wh": v["X"].T @ d_h,
        "d_bout": d.sum(0, keepdims=True),
        "d_bh": wrong.get("d_bh", d_h.sum(0, keepdims=True)),
    }  # fmt: skip
    later |= {f"new_{w}": v[w] + later[f"d_{w}"] * 0.1 for w in ("wout", "wh", "bout", "bh")}
    return article(**later)


SLIPS_IN_S6: dict[str, tuple[str, dict[str, Any]]] = {
    "slope-forgotten": ("d_output", {"d_output": system("article").trace()["E"]}),
    "sign": ("d_output", {"d_output": -system("article").trace()["d_output"]}),
    "lr-twice": ("d_output", {"d_output": 0.1 * system("article").trace()["d_output"]}),
    "new-weights": ("Error_at_hidden_layer", {
        "Error_at_hidden_layer":
            system("article").trace()["d_output"] @ system("article").trace()["new_wout"].T,
    }),
    "bias-other-delta": ("d_bh", {
        "d_bh": np.full((1, 3), system("article").trace()["d_output"].sum()),
    }),
    "wrong-axis": ("d_bh", {
        "d_bh": system("article").trace()["d_hiddenlayer"].sum(1).reshape(1, 3),
    }),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS_IN_S6)
def test_a_slip_in_the_twelve_steps_is_marked_once(slip: str) -> None:
    step, wrong = SLIPS_IN_S6[slip]
    marked = mark(worked_on(**wrong), ARTICLE)
    assert marked.finding is not None
    assert (marked.finding.step, marked.finding.slip) == (step, slip)
    found = verdicts(marked)
    assert [word for word, verdict in found.items() if verdict == marks.WRONG] == [step]
    assert marks.FOLLOWS in found.values()


def test_both_numbers_and_the_arithmetic_of_the_cell_are_told() -> None:
    finding = mark(worked_on(d_output=system("article").trace()["E"]), ARTICLE).finding
    assert finding is not None
    assert (finding.cell, finding.written) == ("d_output[1,1]", "0.2107")
    assert finding.expected == pytest.approx(0.2107 * 0.1663, abs=1e-6)  # of what was written
    assert [term.numbers for term in finding.terms] == ["0.2107 * 0.1663"]
    assert sum(term.value for term in finding.terms) == pytest.approx(finding.expected)


def test_a_slip_in_a_step_that_was_not_written_is_seen_in_the_next() -> None:
    working = worked_on(d_output=system("article").trace()["E"])
    del working.values["d_output"]
    finding = mark(working, ARTICLE).finding
    assert finding is not None
    assert (finding.step, finding.slip) == ("Error_at_hidden_layer", "slope-forgotten")
    assert finding.slipped == "d_output"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: x * [[-1, 1, 1]], "sign"),
        (lambda x: x * [[10, 1, 1]], "decimal point"),
        (lambda x: x[:, [1, 0, 2]], "another cell"),
        (lambda x: x + np.array([[0.37, 0, 0]]), "arithmetic"),
    ],
)
def test_a_slip_of_arithmetic_in_one_cell_is_told_as_one(change: Any, said: str) -> None:
    right = system("article").trace()["hidden_layer_input"]
    wrong = np.vstack([change(right[:1]), right[1:]])
    finding = mark(article(hidden_layer_input=wrong), ARTICLE).finding
    assert finding is not None
    assert finding.step == "hidden_layer_input"
    assert finding.slip == "arithmetic"
    assert said in finding.told


def test_a_given_matrix_that_was_copied_wrong_is_the_first_wrong_one() -> None:
    X = np.array([[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 5.0]])
    finding = mark(article(X=X), ARTICLE).finding
    assert finding is not None
    assert (finding.cell, finding.slip) == ("X[3,4]", "copied")


# -- digits ----------------------------------------------------------------------------------------


def test_numbers_that_were_cut_off_are_told_as_rounding() -> None:
    z = system("article").trace()["hiddenlayer_activations"]
    finding = mark(article(hiddenlayer_activations=np.floor(z * 100) / 100), ARTICLE).finding
    assert finding is not None
    assert (finding.step, finding.slip) == ("hiddenlayer_activations", "rounding")


def test_fewer_decimals_are_right_where_fewer_are_written() -> None:
    trace = system("article").trace()
    working = written(trace, 2)
    assert mark(working, ARTICLE).right
    off = replace(working, values={**working.values, "output": working.values["output"] + 0.02})
    assert not mark(replace(off, written={}), ARTICLE).right


def test_what_is_allowed_is_what_rounding_does_and_no_more() -> None:
    """Each step at random corners of what its rounded inputs may have been: never beyond."""
    trace, random = system("article").trace(), np.random.default_rng(0)
    exact = {word: np.asarray(x, float) for word, x in trace.values.items()}
    half = 0.5e-4
    from workings.slips import concrete

    sizes = {"n": 3, "inputs": 4, "hidden": 3, "outputs": 1}
    for step in concrete(trace.program, sizes):
        known = Evaluation(lambda word: Bounded(exact[word], np.full(exact[word].shape, half)))
        value, off = known.of(step.expr)
        worst = np.zeros(value.shape)
        for _ in range(200):
            moved = {w: x + half * random.choice([-1, 1], x.shape) for w, x in exact.items()}
            there = Evaluation(lambda word, moved=moved: Bounded.exactly(moved[word]))
            worst = np.maximum(worst, np.abs(there.of(step.expr).value - value))
        assert (worst <= off * (1 + 1e-6) + 1e-15).all(), step.name
        assert (off <= 12 * worst.max() + 1e-15).all(), step.name  # a bound, but no wide one


# -- blanks, names, words, shapes ------------------------------------------------------------------


def test_blank_and_half_filled_workings_are_told_as_such() -> None:
    nothing = Working({"d_output": np.full((3, 1), np.nan), "E": np.full((3, 1), np.nan)})
    marked = mark(nothing, ARTICLE)
    assert marked.blank
    assert not marked.right
    assert "Nothing is filled in yet: all 20 steps are blank." in text(marked)
    some = Working({"E": np.array([[0.2107], [np.nan], [-0.7893]])})
    marked = mark(some, ARTICLE)
    assert marked.right
    assert not marked.complete
    assert verdicts(marked)["E"] == marks.PARTLY
    assert "of 20 steps, 19 blank and 1 half filled in" in text(marked)


@pytest.mark.parametrize(
    "names",
    [
        {"Z1": "hidden_layer_input", "A1": "hiddenlayer_activations", "yhat": "output"},
        {"z1": "hidden_layer_input", "delta2": "d_output", "W2_new": "new_wout"},
        {"Hidden Layer Input": "hidden_layer_input", "dWout": "d_wout", "wh'": "new_wh"},
        {"error_wrt_output": "E", "D_OUTPUT": "d_output", "learning rate": "lr"},
    ],
)
def test_common_spellings_of_names_are_known(names: dict[str, str]) -> None:
    right = article()
    marked = mark(Working({word: right.values[step] for word, step in names.items()}), ARTICLE)
    assert marked.finding is None
    assert not marked.notes
    called = {one.step: one.called for one in marked.marks if one.cells}
    assert called == {step: word for word, step in names.items()}


def test_what_is_said_is_said_in_the_names_of_the_working() -> None:
    right = article()
    short = {"da2": "E", "slope2": "slope_output_layer"}
    values = {word: right.values[step] for word, step in short.items()}
    marked = mark(Working({**values, "dz2": values["da2"]}), ARTICLE)
    assert marked.finding is not None
    assert marked.finding.formula == "da2 * slope2"
    assert marked.finding.terms[0].text == "da2[1,1] * slope2[1,1]"


def test_strange_names_double_names_and_words_are_noted() -> None:
    right = article()
    z = right.values["hidden_layer_input"].copy()
    z[0, 0] = np.nan
    cells = right.written["hidden_layer_input"]
    working = Working(
        {"z1": z, "hidden_layer_input": z, "doodles": np.ones((1, 1))},
        {"z1": (("about 1.5", *cells[0][1:]), *cells[1:])},
    )
    notes = " ".join(mark(working, ARTICLE).notes)
    assert "no step is called so: doodles" in notes
    assert "written twice: hidden_layer_input" in notes
    assert "z1[1,1] 'about 1.5'" in notes


def test_names_that_are_all_unknown_are_refused() -> None:
    with pytest.raises(DataError, match=r"none of its matrices \(foo\) is called like a step"):
        mark(Working({"foo": np.ones((2, 2))}), ARTICLE)


def test_wrong_shapes_are_told_with_both_shapes() -> None:
    right = article()
    E, d = right.values["E"], right.values["d_wh"]
    marked = mark(Working({"E": E, "d_wh": d.T}), ARTICLE)
    assert marked.finding is not None
    assert marked.finding.shapes == "3 x 4 was written, 4 x 3 was expected"
    assert marked.finding.slip == "turned"
    marked = mark(Working({"E": E.T, "output": right.values["output"]}), ARTICLE)
    assert marked.finding is None
    assert "E is a row where a column belongs" in " ".join(marked.notes)


def test_sums_over_the_wrong_axis_are_known_by_their_shape() -> None:
    right = article()
    d = right.values["d_hiddenlayer"]
    working = Working({"d_hiddenlayer": d, "d_bout": d.sum(1, keepdims=True)})
    other = Working({
        "d_output": right.values["d_output"], "d_bout": np.round(right.values["d_output"], 4),
    })  # fmt: skip
    assert mark(working, ARTICLE).finding is not None
    finding = mark(other, ARTICLE).finding
    assert finding is not None
    assert (finding.step, finding.slip) == ("d_bout", "wrong-axis")


def test_only_the_convention_of_the_problem_counts_when_that_is_asked() -> None:
    other = written(system("article").under(Convention("gradient")).trace())
    assert mark(other, ARTICLE).right
    strict = mark(other, ARTICLE, strict=True)
    assert strict.finding is not None
    assert strict.finding.slip == "error-reversed"


# -- what a working may be of ----------------------------------------------------------------------


def test_a_program_of_ones_own_is_marked_without_any_convention() -> None:
    x = name("x", "n", 2)
    program = Program((Step("double", x * 2.0), Step("total", name("double", "n", 2) + x)))
    problem = Problem(program, {"x": np.array([[1.0, 2.5]])}, title="doubled")
    assignment = of_problem(Problem.from_json(problem.to_json()))
    right = {"double": np.array([[2.0, 5.0]]), "total": np.array([[3.0, 7.5]])}
    assert mark(Working(right), assignment).right
    finding = mark(Working({**right, "double": np.array([[2.0, 6.25]])}), assignment).finding
    assert finding is not None
    assert (finding.cell, finding.expected) == ("double[1,2]", 5.0)


def test_a_model_is_marked_on_rows_of_a_table_or_on_those_of_the_working(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b,y\n1,2,0\n2,1,1\n3,5,0\n5,3,1\n4,4,0\n6,1,1\n")
    model = train(str(table), target="y", hidden=(2,), epochs=5, test_size=0.34).model
    rows = read_table(table)
    trace = model.trace(rows, rows=[0, 3])
    assert mark(written(trace), of_model(model, rows, [0, 3])).right
    wrong = written(trace, output=np.asarray(trace["output"]) + 0.1)
    found = mark(wrong, of_model(model, rows, [0, 3])).finding
    assert found is not None
    assert found.step == "output"
    alone = model.network.backward()
    inside = {word: x for word, x in trace.values.items()
              if word in (*alone.given, *alone.names)}  # fmt: skip
    assert mark(written(Trace(alone, inside)), of_model(model, None)).right
    with pytest.raises(ShapeError, match=r"X .* is not given"):
        mark(Working({"output": np.ones((2, 1))}), of_model(model, None))


def test_all_of_it_is_plain_data() -> None:
    import json

    marked = mark(worked_on(d_output=system("article").trace()["E"]), ARTICLE)
    data = json.loads(json.dumps(marked.to_data()))
    assert data["right"] is False
    assert data["finding"]["slip"] == "slope-forgotten"
    assert data["finding"]["place"] == [1, 1]
    assert len(data["steps"]) == len(ARTICLE.problem.program) + len(ARTICLE.problem.program.given)
