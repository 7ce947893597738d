"""The numpy engine: it computes what the formulas say, as precisely as it is given, keeps what it
is asked to keep and nothing more, and names what does not fit.
"""

from __future__ import annotations

import re
import weakref
from typing import Any

import numpy as np
import pytest

from language.random_programs import Drawn, draw
from workings.conventions import CHOICES, Convention
from workings.engines import engine
from workings.engines import numpy as numpy_engine
from workings.errors import NotSupported, ProgramError, ShapeError, UnknownName
from workings.language import Op, Program, Step, backprop, join, name, size_of, spread, sum_of
from workings.language.json_form import PRIMITIVES
from workings.language.shapes import resolved
from workings.network import Dense, Network
from workings.optimizers import optimizers
from workings.training import train
from workings.training.runs import Rows, Settings

X, W = name("X", "n", 3), name("w", 3, 2)
PROGRAM = Program((Step("z", X @ W), Step("loss", sum_of(name("z", "n", 2)))))
VALUES = {"X": np.arange(12.0).reshape(4, 3), "w": np.ones((3, 2))}
some = pytest.mark.parametrize("first", range(0, 100, 25))


def whole(drawn: Drawn) -> Program:
    """A random program with the gradients it has."""
    wrt = list(drawn.parameters)
    while True:
        try:
            return backprop(drawn.program, "loss", wrt)
        except ProgramError as error:
            wrt.remove(error.parameter)


# -- the same numbers ------------------------------------------------------------------------------


@some
def test_kernels_compute_what_formulas_say(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draws = [draw(seed) for seed in range(first, first + 25)]
    programs = [whole(drawn) for drawn in draws]
    quick = [engine().run(p, drawn.values) for p, drawn in zip(programs, draws, strict=True)]
    for word in numpy_engine.KERNELS.keys() - PRIMITIVES.keys():
        monkeypatch.delitem(numpy_engine.KERNELS, word)
    for program, drawn, right in zip(programs, draws, quick, strict=True):
        found = engine().run(program, drawn.values)
        # a few dozen roundings on numbers of at most a hundred
        assert all(found[w] == pytest.approx(right[w], rel=1e-10, abs=1e-11) for w in program.names)


@some
def test_every_value_has_the_shape_that_was_declared(first: int) -> None:
    for seed in range(first, first + 25):
        drawn = draw(seed)
        values = engine().run(whole(drawn), drawn.values)
        for step in whole(drawn):
            assert np.shape(values[step.name]) == resolved(step.shape, drawn.sizes), step.name


@some
def test_what_is_given_is_left_as_it_was(first: int) -> None:
    for seed in range(first, first + 25):
        drawn = draw(seed)
        before = {word: x.copy() for word, x in drawn.values.items()}
        engine().run(whole(drawn), drawn.values)
        assert all(np.array_equal(before[word], x) for word, x in drawn.values.items())


def test_every_primitive_op_has_a_kernel() -> None:
    assert PRIMITIVES.keys() - numpy_engine.KERNELS.keys() == {"size"}  # known from the shapes


def test_an_op_that_nobody_can_run_is_named() -> None:
    strange = Op("strange", lambda x: x, "", "")
    with pytest.raises(NotSupported, match="cannot run the op 'strange' yet"):
        engine().run(Program((Step("a", strange(X)),)), VALUES)


# -- as precise as it is given ---------------------------------------------------------------------


@some
def test_float32_stays_float32(first: int) -> None:
    for seed in range(first, first + 25):
        drawn = draw(seed)
        values = engine().run(whole(drawn), single(drawn.values))
        assert {np.asarray(value).dtype for value in values.values()} == {np.dtype(np.float32)}


def single(values: dict[str, Any]) -> dict[str, Any]:
    return {word: np.asarray(x, np.float32) for word, x in values.items()}


@pytest.mark.parametrize("word", optimizers())
@pytest.mark.parametrize("bias", CHOICES["bias"])
def test_a_training_in_float32_stays_in_float32(word: str, bias: str) -> None:
    network = Network([Dense(3), Dense(1)], convention=Convention(reduction="mean", bias=bias))
    start = single(network.start(inputs=2, outputs=1, random=np.random.default_rng(0)))
    rows = Rows(np.ones((3, 2), np.float32), np.ones((3, 1), np.float32))
    trained = train(network.training(word), start, rows, settings=Settings(epochs=2))
    assert {value.dtype for value in trained.values.values()} == {np.dtype(np.float32)}


def test_a_count_and_a_number_are_arrays_too() -> None:
    steps = (Step("count", size_of(X, 0)), Step("two", spread(2.0, (2, 2))))
    values = engine().run(Program((*steps, Step("z", X * 1.0))), single(VALUES))
    assert np.asarray(values["count"]).dtype == np.asarray(values["two"]).dtype == np.float32
    assert (float(values["count"]), values["two"].tolist()) == (4.0, [[2.0, 2.0], [2.0, 2.0]])


# -- what does not fit is named --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"w": None}, "cannot run the program: w (3 x 2) is not given. Given are: X"),
        ({"w": np.ones((4, 2))}, "cannot use w (4 x 2) as 3 x 2: 3 was expected, not 4"),
        ({"X": np.ones(3)}, "cannot use X (3 in one axis) as n x 3: 2 axes were expected"),
    ],
)
def test_a_value_that_is_missing_or_misshaped_is_named(change: dict[str, Any], says: str) -> None:
    values = {word: x for word, x in {**VALUES, **change}.items() if x is not None}
    with pytest.raises(ShapeError, match=re.escape(says)):
        engine().run(PROGRAM, values)


def test_two_that_disagree_about_a_size_are_both_named() -> None:
    program = Program((Step("z", X * name("Z", "n", 3)),))
    with pytest.raises(
        ShapeError, match=r"cannot use Z \(5 x 3\) as n x 3: n is 5 there, but 4 in X"
    ):
        engine().run(program, {"X": VALUES["X"], "Z": np.ones((5, 3))})


def test_a_size_that_no_given_matrix_tells_is_named() -> None:
    program = Program((Step("z", spread(W, (3, 2)) + spread(name("b"), (3, 2))),
                       Step("y", spread(name("b"), ("m", 2)))))  # fmt: skip
    with pytest.raises(ShapeError, match=r"\bm\b"):
        engine().run(program, {"w": VALUES["w"], "b": np.array(1.0)})


def test_a_joined_size_must_be_what_it_is_elsewhere() -> None:
    both = join(X, X, axis=0, size="m")
    program = Program((Step("z", both * name("Z", "m", 3)),))
    assert engine().run(program, {"X": VALUES["X"], "Z": np.ones((8, 3))})["z"].shape == (8, 3)
    with pytest.raises(ShapeError, match="cannot join 4 and 4 along m: m is 7 elsewhere, not 8"):
        engine().run(program, {"X": VALUES["X"], "Z": np.ones((7, 3))})


def test_unknown_words_are_answered_with_what_was_probably_meant() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'numpy'"):
        engine("numpi")
    with pytest.raises(UnknownName, match="Did you mean 'loss'"):
        engine().prepare(PROGRAM, ["losss"])


# -- what is kept, and what is computed ------------------------------------------------------------


def test_only_what_was_asked_for_comes_back() -> None:
    assert list(engine().prepare(PROGRAM, ["loss", "w"])(VALUES)) == ["loss", "w"]
    assert list(engine().run(PROGRAM, VALUES)) == ["X", "w", "z", "loss"]


def test_what_was_prepared_runs_on_matrices_of_other_sizes() -> None:
    run = engine().prepare(PROGRAM, ["z"])
    for rows in (4, 1, 7, 4):
        assert run({**VALUES, "X": np.ones((rows, 3))})["z"].tolist() == [[3.0, 3.0]] * rows


def test_what_occurs_twice_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = spied(monkeypatch, "matmul")
    program = Program((Step("a", X @ W), Step("b", sum_of(X @ W)), Step("c", (X @ W) * 2.0)))
    engine().run(program, VALUES)
    assert len(made) == 1


def spied(monkeypatch: pytest.MonkeyPatch, word: str) -> list[int]:
    """For each result of an op from now on, how many of them, itself too, were alive then."""
    kernel, results, alive = numpy_engine.KERNELS[word], [], []

    def run(*args: Any, **facts: Any) -> Any:
        made = kernel(*args, **facts)
        results.append(weakref.ref(made))
        alive.append(sum(result() is not None for result in results))
        return made

    monkeypatch.setitem(numpy_engine.KERNELS, word, run)
    return alive


def chained(length: int) -> Program:
    """One step behind the other, each reading the last."""
    steps = [Step("s0", -X)]
    for place in range(1, length):
        steps.append(Step(f"s{place}", -steps[-1].ref))
    return Program(tuple(steps))


def test_what_nobody_reads_any_more_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = spied(monkeypatch, "neg")
    engine().prepare(chained(50), ["s49"])(VALUES)
    assert len(alive) == 50
    assert max(alive) == 2  # the one being read and the one being made


def test_what_is_kept_is_not_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = spied(monkeypatch, "neg")
    values = engine().run(chained(50), VALUES)
    assert max(alive) == 50
    assert all(values[f"s{place}"].shape == (4, 3) for place in range(50))


def test_a_training_keeps_only_what_the_next_iteration_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alive = spied(monkeypatch, "tanh")
    network = Network([Dense(3, "tanh")] * 6 + [Dense(1, "identity")])
    start = network.start(inputs=3, outputs=1, random=np.random.default_rng(0))
    rows = Rows(VALUES["X"], np.ones((4, 1)))
    train(network.training(), start, rows, settings=Settings(epochs=5, engine="numpy"))
    assert len(alive) == 5 * 6
    assert max(alive) == 6  # one iteration's, for its own way back


# -- traces ----------------------------------------------------------------------------------------


def test_a_trace_has_every_value_by_name() -> None:
    trace = engine().trace(PROGRAM, VALUES)
    assert trace["z"].tolist() == (VALUES["X"] @ VALUES["w"]).tolist()
    assert trace.shape("z") == ("n", 2)
    with pytest.raises(
        UnknownName, match="no value called 'Z'. Did you mean 'z'".replace(".", r"\.")
    ):
        trace["Z"]


def test_a_trace_says_where_the_first_value_that_is_not_finite_came_from() -> None:
    assert engine().trace(PROGRAM, VALUES).first_not_finite() is None
    broken = VALUES["X"].copy()
    broken[2, 1] = np.inf
    trace = engine().trace(PROGRAM, {**VALUES, "X": broken})
    assert trace.first_not_finite() == ("z", (2, 0))


def test_places_are_called_by_their_labels_and_counted_where_there_are_none() -> None:
    program = Network([Dense(2)]).program()
    values = {"X": np.ones((3, 4)), "y": np.ones((3, 2)), "wout": np.ones((4, 2)),
              "bout": np.ones((1, 2))}  # fmt: skip
    labels = {"inputs": ["age", "height", "weight", "shoe"], "n": ["too", "few"]}
    trace = engine().trace(program, values, labels)
    assert trace.names_along("wout", 0) == ["age", "height", "weight", "shoe"]
    assert trace.names_along("wout", 1) == ["o1", "o2"]
    assert trace.names_along("X", 0) == ["1", "2", "3"]
