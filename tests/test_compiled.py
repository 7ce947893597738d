"""The compiled engine: the numbers of the reference, many iterations in a call, kept on disk."""

from __future__ import annotations

import _thread
import gc
import itertools
import math
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from language.random_programs import draw
from test_engines import whole
from workings.activations import activations
from workings.batches import Batches
from workings.compiling import cores, keeping, kernels, machine, planning, sharing, teams
from workings.conventions import CHOICES, Convention
from workings.engines import engine
from workings.engines.auto import AutoEngine
from workings.engines.compiled import ENGINE
from workings.errors import NotSupported, SettingError
from workings.language import Op, Program, Step, name, sum_of, take
from workings.language.algebra import EXP, LOG, MAXIMUM, RESHAPE
from workings.language.shapes import bound, resolved
from workings.losses import losses
from workings.network import Dense, Network
from workings.optimizers import optimizers
from workings.systems import systems

Values = dict[str, Any]
KINDS = {np.float64: 1e-12, np.float32: 1e-5}  # how near the engines are after one iteration
each_kind = pytest.mark.parametrize("kind", KINDS, ids=["double", "single"])
RANDOM = np.random.default_rng(5)


@pytest.fixture(autouse=True, scope="module")
def kernels_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The kernels of these tests are kept apart from the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(keeping.SETTING, str(tmp_path_factory.mktemp("kernels")))
        yield


# -- the same numbers ------------------------------------------------------------------------------


def given(network: Network, program: Program, *, rows: int = 37, inputs: int = 3) -> Values:
    """Random values for everything that a training program is given."""
    X, y = RANDOM.normal(size=(rows, inputs)), RANDOM.random((rows, 2))
    weights = RANDOM.random((rows, 1))
    if network.loss_row.task == "classes":
        y = np.eye(2)[RANDOM.integers(2, size=rows)]
    if network.convention.samples == "columns":
        X, y, weights = X.T, y.T, weights.T
    values = {"X": X, "y": y, "sample_weights": weights, "lr": np.array(0.1)}
    values |= network.start(inputs=inputs, outputs=2, random=RANDOM)
    values |= network.masks(RANDOM, rows)
    values = {word: values[word] for word in program.given if word in values}
    shapes = {word: np.shape(x) for word, x in values.items()}
    sizes = bound({word: program.given[word] for word in values}, shapes)
    for word in program.given.keys() - values.keys():
        shape = resolved(program.given[word], sizes)
        values[word] = np.array(3.0) if word == "iteration" else RANDOM.random(shape)
    return values


def check(
    program: Program, values: Values, kind: Any, keep: list[str] | None = None, least: float = 0.0
) -> None:
    """Both engines find the same, each value within a share of the largest of its matrix.

    `least` is how large numbers were, at least, on the way there: what they cancel to is noise.
    """
    values = {word: np.asarray(x, kind) for word, x in values.items()}
    right = engine().prepare(program, keep)(values)
    found = ENGINE.prepare(program, keep)(values)
    for word, x in right.items():
        assert found[word].dtype == kind
        assert found[word].shape == np.shape(x), word
        scale = max(float(np.abs(x).max()), least)
        near = KINDS[kind]
        np.testing.assert_allclose(found[word], x, rtol=near, atol=near * scale, err_msg=word)


def check_training(
    network: Network, kind: Any, *how: Any, inputs: int = 3, rows: int = 37, **more: Any
) -> None:
    """One iteration with everything kept, and with what a training needs: fused otherwise."""
    program = network.training(*how, **more)
    values = given(network, program, inputs=inputs, rows=rows)
    check(program, values, kind)
    check(program, values, kind, ["loss", *program.updates.values()])


@each_kind
@pytest.mark.parametrize("word", sorted(activations().keys() - {"step"}))
def test_every_activation_and_its_way_back(word: str, kind: Any) -> None:
    hidden = "tanh" if word == "softmax" else word
    check_training(Network([Dense(5, hidden), Dense(2, word)]), kind)


@each_kind
@pytest.mark.parametrize("word", losses())
def test_every_loss_with_weights_for_samples(word: str, kind: Any) -> None:
    last = Dense(None, losses()[word].activation or "identity")
    check_training(Network([Dense(5), last], loss=word, weighted=True), kind)


@each_kind
@pytest.mark.parametrize("word", optimizers())
def test_every_optimizer_with_penalties_dropout_and_clipping(word: str, kind: Any) -> None:
    layers = [Dense(20, "relu", dropout=0.3), Dense(7), Dense(2)]
    check_training(Network(layers, l1=0.01, l2=0.02), kind, word, inputs=30, clip=0.1)


@each_kind
@pytest.mark.parametrize(
    "choice",
    [*itertools.product(*(CHOICES[one] for one in ("sign", "reduction", "samples", "bias")))],
)
def test_every_convention(choice: tuple[str, ...], kind: Any) -> None:
    layers = [Dense(20, "relu", dropout=0.3), Dense(18), Dense(2)]
    network = Network(layers, convention=Convention(*choice), weighted=True)
    check_training(network, kind, "adam", inputs=30)


@pytest.mark.parametrize("first", range(0, 500, 25))
def test_random_programs(first: int) -> None:
    for seed in range(first, first + 25):
        drawn = draw(seed)
        check(whole(drawn), drawn.values, np.float64, least=10.0)


@pytest.mark.parametrize("rows", [1, 2, 7, 8, 9, 31, 1000])
def test_any_number_of_rows(rows: int) -> None:
    network = Network([Dense(40, "relu"), Dense(33, "tanh"), Dense(2)])
    program = network.training()
    check(program, given(network, program, rows=rows, inputs=50), np.float64)


@each_kind
@pytest.mark.parametrize(("rows", "inputs"), [(1, 130), (2500, 20), (20, 1100), (65, 70)])
def test_products_of_any_size(rows: int, inputs: int, kind: Any) -> None:
    for samples in CHOICES["samples"]:
        network = Network([Dense(70, "tanh"), Dense(2)], convention=Convention(samples=samples))
        check_training(network, kind, inputs=inputs, rows=rows)


@pytest.mark.parametrize("samples", CHOICES["samples"])
def test_many_rows_are_done_in_pieces(samples: str) -> None:
    network = Network([Dense(4, "tanh"), Dense(2)], convention=Convention(samples=samples))
    program = network.program().only("output")
    check(program, given(network, program, rows=10_001), np.float64, ["output", "X"])


@pytest.mark.parametrize("word", [word for word, one in systems().items() if one.setup])
def test_the_article_s_systems(word: str) -> None:
    trace = systems()[word].trace()
    check(trace.program, {w: trace[w] for w in trace.program.given}, np.float64)


def test_numbers_that_are_not_finite_are_the_same_too() -> None:
    x = np.array([0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, math.nan]).reshape(-1, 1)
    a, b = name("a", "n", 1), name("b", "n", 1)
    steps = {"max": MAXIMUM(a, b), "relu": MAXIMUM(a, 0.0), "div": a / b, "exp": EXP(a),
             "log": LOG(a), "sum": sum_of(a), "all": sum_of(a, 0)}  # fmt: skip
    program = Program(tuple(Step(word, expr) for word, expr in steps.items()))
    pairs = np.array(list(itertools.product(x, x)))
    values = {"a": pairs[:, 0].reshape(-1, 1), "b": pairs[:, 1].reshape(-1, 1)}
    found, right = ENGINE.run(program, values), engine().run(program, values)
    for word in steps:
        np.testing.assert_allclose(found[word], right[word], rtol=1e-15, err_msg=word)


# -- exp, log, tanh, sigmoid -----------------------------------------------------------------------


def points(kind: Any) -> Any:
    """Numbers of all sizes, dense where the functions bend."""
    random, facts = np.random.default_rng(0), np.finfo(kind)
    tiny, huge = math.log(float(facts.smallest_subnormal)), math.log(float(facts.max))
    sizes = np.exp(random.uniform(tiny, huge, 50_000))
    some = [random.uniform(-end, end, 50_000) for end in (1, 50, 760)]
    ends = [0.0, facts.max, facts.tiny, facts.smallest_subnormal]
    return np.concatenate([*some, sizes, -sizes, np.linspace(0.5, 2, 50_000), ends]).astype(kind)


def long_sigmoid(x: Any) -> Any:
    small = np.exp(-abs(x))
    return np.where(x > 0, 1, small) / (1 + small)


@pytest.mark.skipif(
    np.finfo(np.longdouble).precision < 18, reason="no numbers here are longer than double"
)
@each_kind
@pytest.mark.parametrize(
    ("op", "right"),
    [(EXP, np.exp), (LOG, np.log), (activations()["tanh"], np.tanh),
     (activations()["sigmoid"], long_sigmoid)],
    ids=lambda one: getattr(one, "name", ""),
)  # fmt: skip
def test_functions_are_right_to_four_units_in_the_last_place(op: Op, right: Any, kind: Any) -> None:
    x = points(kind)
    found = ENGINE.run(Program((Step("y", op(name("x", "n"))),)), {"x": x})["y"]
    with np.errstate(all="ignore"):
        true = right(x.astype(np.longdouble))
        rounded = true.astype(kind)
        unit = np.spacing(np.abs(rounded)).astype(np.longdouble)
        off = np.abs(found.astype(np.longdouble) - true) / unit
    finite = np.isfinite(rounded)
    assert off[finite].max() < 4
    np.testing.assert_array_equal(found[~finite], rounded[~finite])


# -- many iterations in one call -------------------------------------------------------------------

NETWORK = Network([Dense(6, "tanh", dropout=0.2), Dense(2, "identity")], weighted=True)


def looped(
    word: str, network: Network, batches: Batches, kind: Any = np.float64, rows: int = 21,
    keep: tuple[str, ...] = ("output",),
) -> Any:  # fmt: skip
    program = network.training("adam")
    random = np.random.default_rng(3)
    values = {w: np.zeros(()) for w in ("lr", "iteration")} | network.start(
        inputs=3, outputs=2, random=random
    )
    for old in program.updates:
        what = old.partition("_")[2]
        values.setdefault(old, np.zeros_like(values.get(what, np.zeros(()))))
    given_rows = {"X": random.normal(size=(rows, 3)), "y": random.random((rows, 2)),
                  "sample_weights": random.random((rows, 1))}  # fmt: skip
    values, given_rows = ({w: np.asarray(x, kind) for w, x in one.items()}
                          for one in (values, given_rows))  # fmt: skip
    given_rows = {word: x for word, x in given_rows.items() if word in program.given}
    return engine(word).loop(program, keep)(values, given_rows, batches)


def some_batches(kind: Any = np.float64) -> Batches:
    """Five epochs of batches, the last of each smaller, with masks for dropout."""
    random = np.random.default_rng(4)
    one = Batches.of(random.permutation(21), 8, 0.01, epochs=5)
    drawn = [NETWORK.masks(random, int(count)) for count in one.counts]
    masks = {w: np.concatenate([m[w] for m in drawn]).astype(kind) for w in drawn[0]}
    return Batches(one.order, one.begins, one.counts, one.rates, masks)


@each_kind
def test_the_loop_does_what_the_reference_does(kind: Any) -> None:
    ours, right = (
        looped(word, NETWORK, some_batches(kind), kind) for word in ("compiled", "numpy")
    )
    near = 1e-11 if kind == np.float64 else 1e-3
    assert ours.done == right.done == 15
    np.testing.assert_allclose(ours.losses, right.losses, rtol=near)
    for word, x in {**right.values, **right.kept}.items():
        found = {**ours.values, **ours.kept}[word]
        np.testing.assert_allclose(found, x, rtol=near, atol=near, err_msg=word)


def test_the_loop_ends_before_the_iteration_whose_loss_is_not_finite() -> None:
    network = Network([Dense(2, "identity")])
    batches = Batches.of(np.arange(21), 21, 0.01, epochs=6)
    rates = batches.rates.copy()
    rates[2] = 1e300
    ours, right = (
        plain(word, network, Batches(batches.order, batches.begins, batches.counts, rates))
        for word in ("compiled", "numpy")
    )
    assert ours.done == right.done == 3
    assert len(ours.losses) == 4
    assert not np.isfinite(ours.losses[3])


def plain(word: str, network: Network, batches: Batches, stop: Any = None) -> Any:
    random = np.random.default_rng(3)
    values = network.start(inputs=3, outputs=2, random=random)
    rows = {"X": random.normal(size=(4000, 3)), "y": random.random((4000, 2))}
    return engine(word).loop(network.training())(values, rows, batches, stop)


ENDLESS = Batches.of(np.arange(4000), 4000, 1e-6, epochs=300_000)


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_is_answered_at_once_and_what_was_done_is_kept() -> None:
    plain("compiled", Network([Dense(2)]), ENDLESS.between(0, 1))
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.perf_counter())
        _thread.interrupt_main()

    threading.Timer(0.3, press).start()
    ended = plain("compiled", Network([Dense(2)]), ENDLESS)
    assert time.perf_counter() - pressed[0] < 1.0  # 0.2 when nobody else is at work here
    assert ended.interrupted
    assert 0 < ended.done == len(ended.losses) < len(ENDLESS)


def test_another_thread_may_work_meanwhile_and_end_it() -> None:
    stop, counted = np.zeros(1, np.int64), []
    plain("compiled", Network([Dense(2)]), ENDLESS.between(0, 1))

    def work() -> None:
        began = time.perf_counter()
        while time.perf_counter() - began < 0.2:
            counted.append(1)
        stop[0] = 1

    threading.Thread(target=work).start()
    ended = plain("compiled", Network([Dense(2)]), ENDLESS, stop)
    assert 0 < ended.done < len(ENDLESS)
    assert len(counted) > 1000


def test_calls_leave_nothing_behind() -> None:
    network = Network([Dense(3), Dense(2)])
    program = network.training()
    run, values = ENGINE.prepare(program, ["loss"]), given(network, program)
    run(values)
    tracemalloc.start()
    for turn in range(2000):
        run(values)
        if turn == 100:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 20_000


# -- several threads -------------------------------------------------------------------------------


@pytest.fixture
def everything_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever can be divided is, however small."""
    for limit in ("LARGE", "MULTIPLICATIONS", "CELLS_FROM", "UNITS_FROM"):
        monkeypatch.setattr(sharing, limit, 1)


def at_work() -> list[threading.Thread]:
    """The threads of kernels that have something to do."""
    hands = (one for one in threading.enumerate() if isinstance(one, teams.Hand))
    return [one for one in hands if not one.done.is_set()]


@pytest.mark.usefixtures("everything_divided")
@each_kind
@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_several_threads_find_the_same(
    threads: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cores.SETTING, threads)
    for samples in CHOICES["samples"]:
        layers = [Dense(70, "relu", dropout=0.3), Dense(33, "tanh"), Dense(2, "softmax")]
        network = Network(layers, convention=Convention(samples=samples), weighted=True)
        check_training(network, kind, "adam", inputs=30, clip=0.1)


@pytest.mark.usefixtures("everything_divided")
@each_kind
def test_results_do_not_depend_on_the_number_of_threads(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for threads in ("1", "2", "3", "5"):
        monkeypatch.setenv(cores.SETTING, threads)
        found.append(looped("compiled", NETWORK, some_batches(kind), kind))
        assert at_work() == []
    first, *others = found
    for other in others:
        np.testing.assert_array_equal(other.losses, first.losses)
        for word, x in {**first.values, **first.kept}.items():
            np.testing.assert_array_equal({**other.values, **other.kept}[word], x, err_msg=word)


@pytest.mark.usefixtures("everything_divided")
@each_kind
@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("rows", [50, 1100])  # all terms of a sum at once, or some after others
def test_weights_are_changed_where_their_gradient_is_found(
    rows: int, threads: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cores.SETTING, threads)
    network = Network([Dense(70, "tanh"), Dense(37, "sigmoid"), Dense(2)], weighted=True)
    batches = Batches.of(np.random.default_rng(1).permutation(rows), rows, 0.05, epochs=4)
    ours, right = (looped(word, network, batches, kind, rows) for word in ("compiled", "numpy"))
    near = 1e-9 if kind == np.float64 else 1e-2  # Adam divides by what may be next to nothing
    for word, x in right.values.items():
        np.testing.assert_allclose(ours.values[word], x, rtol=near, atol=near, err_msg=word)


@pytest.mark.usefixtures("everything_divided")
@each_kind
@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_large_batches_are_done_some_rows_at_a_time(
    dropout: float, threads: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cores.SETTING, threads)
    monkeypatch.setattr("workings.engines._looping.UNTILED", 16)
    monkeypatch.setattr("workings.engines._looping.TILE", 32)
    tiled = list[bool]()
    in_tiles = planning.in_tiles
    monkeypatch.setattr(planning, "in_tiles", lambda plan: tiled.append(in_tiles(plan)) or tiled[0])
    network = Network([Dense(70, "tanh", dropout=dropout), Dense(9, "sigmoid"), Dense(2)])
    random, rows = np.random.default_rng(1), 333
    one = Batches.of(random.permutation(rows), 100, 0.05, epochs=2)  # of which the last has 33
    drawn = [network.masks(random, int(count)) for count in one.counts]
    masks = {w: np.concatenate([m[w] for m in drawn]).astype(kind) for w in drawn[0]}
    batches = Batches(one.order, one.begins, one.counts, one.rates, masks)
    ours, right = (
        looped(word, network, batches, kind, rows, keep=()) for word in ("compiled", "numpy")
    )
    assert tiled == [True]
    near = 1e-9 if kind == np.float64 else 1e-2
    np.testing.assert_allclose(ours.losses, right.losses, rtol=near)
    for word, x in right.values.items():
        np.testing.assert_allclose(ours.values[word], x, rtol=near, atol=near, err_msg=word)


@pytest.mark.usefixtures("everything_divided", "heard")
def test_threads_end_when_somebody_stops_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cores.SETTING, "3")
    stop, network = np.zeros(1, np.int64), Network([Dense(40)])
    plain("compiled", network, ENDLESS.between(0, 1))
    threading.Timer(0.3, lambda: stop.fill(1)).start()
    ended = plain("compiled", network, ENDLESS, stop)
    assert 0 < ended.done == len(ended.losses) < len(ENDLESS)
    threading.Timer(0.3, _thread.interrupt_main).start()
    ended = plain("compiled", network, ENDLESS)
    assert ended.interrupted
    assert 0 < ended.done == len(ended.losses) < len(ENDLESS)
    assert at_work() == []


def test_nobody_is_left_behind_by_who_never_comes() -> None:
    came: list[int] = []

    def call(me: int) -> None:
        if me == 0:
            raise ZeroDivisionError
        while team[sharing.GO] == 0:
            time.sleep(0.001)
        came.append(int(team[sharing.GO]))

    team = np.zeros(sharing.MEMORY, np.int64)
    with pytest.raises(ZeroDivisionError):
        teams.together(call, team, 3)
    assert came == [sharing.CALLED_OFF] * 2


@pytest.mark.parametrize("told", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(
    told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cores.SETTING, told)
    with pytest.raises(SettingError, match=cores.SETTING):
        cores.threads()


def test_as_many_threads_as_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cores.SETTING, raising=False)
    monkeypatch.delenv(cores.USUAL, raising=False)
    assert 1 <= cores.threads() <= (os.cpu_count() or 1)
    monkeypatch.setenv(cores.USUAL, "1")
    assert cores.threads() == 1
    monkeypatch.setenv(cores.SETTING, "7")
    assert cores.threads() == 7


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system places no threads")
def test_threads_begin_on_different_cores_and_are_free_to_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, allowed, told = 2, {1, 2, 5}, list[set[int]]()
    monkeypatch.setattr(cores, "_here", lambda: here)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(allowed))
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, mask: told.append(set(mask)))
    for go in cores.apart(4):
        go()
    assert told[::2] == [{2}, {5}, {1}, {2}], "this thread stays; more than there are go round"
    assert told[1::2] == [allowed] * 4

    def refuse(_: int, mask: set[int]) -> None:
        raise PermissionError(f"no {mask}")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    for go in cores.apart(2):
        go()  # a core that was taken away is no reason to end


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system places no threads")
def test_a_thread_that_was_placed_may_use_what_it_could_before() -> None:
    before = os.sched_getaffinity(0)
    for go in cores.apart(2):
        go()
    assert os.sched_getaffinity(0) == before


# -- what cannot be compiled is said ---------------------------------------------------------------


def test_an_op_nobody_knows_is_named_and_auto_does_without_us() -> None:
    strange = Op("strange", lambda x: x, "", "")
    program = Program((Step("loss", sum_of(strange(name("X", "n", 3)))),))
    assert ENGINE.why_not(program) == "the op 'strange'"
    with pytest.raises(NotSupported, match="cannot run the op 'strange' yet"):
        ENGINE.run(program, {"X": np.ones((2, 3))})
    assert not ENGINE.why_not(NETWORK.training("adam"))


def test_a_loop_that_moves_rows_about_is_refused_and_auto_steps_in() -> None:
    flat = RESHAPE(name("X", "n", 3) * name("w", "n", 3), shape=(3, "n"))
    loss = Step("loss", sum_of(flat))
    program = Program((loss, Step("v", name("u") + 1.0)), updates={"u": "v"})
    call = {"u": np.zeros(())}, {"X": np.ones((2, 3)), "w": np.ones((2, 3))}
    batches = Batches.of(np.arange(2), 2, 0.1, epochs=3)
    with pytest.raises(NotSupported, match="rows are reshaped"):
        ENGINE.loop(program)(*call, batches)
    auto = AutoEngine(times=10**9).loop(program)
    assert auto(*call, batches).values["u"] == 3.0
    assert (auto.chosen, "rows are reshaped" in auto.reason) == ("numpy", True)


def test_a_place_outside_a_matrix_is_refused_before_anything_is_read() -> None:
    program = Program((Step("y", take(name("x", 3, 2), name("which", 2), 0)),))
    values = {"x": np.arange(6.0).reshape(3, 2), "which": np.array([-1.0, 0.0])}
    assert ENGINE.run(program, values)["y"].tolist() == [[4.0, 5.0], [0.0, 1.0]]
    for bad in (3.0, -4.0, math.nan):
        with pytest.raises(IndexError, match="the places in which"):
            ENGINE.run(program, {**values, "which": np.array([0.0, bad])})


# -- kept on disk ----------------------------------------------------------------------------------

TINY = Program((Step("y", name("x", 4) * 2.0),))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for kernels, and a memory without any."""
    monkeypatch.setenv(keeping.SETTING, str(tmp_path))
    monkeypatch.setattr(kernels, "_functions", type(kernels._functions)())
    return tmp_path


def run_tiny() -> None:
    kernels._functions.clear()
    assert ENGINE.run(TINY, {"x": np.ones(4)})["y"].tolist() == [2.0] * 4


def test_a_kernel_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_tiny()
    monkeypatch.setattr(machine, "compiled", None)  # nobody may compile now
    run_tiny()
    assert len(list(folder.glob("*.kernel"))) == 1


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "another"])
def test_a_damaged_or_foreign_file_is_noticed_and_made_again(folder: Path, harm: str) -> None:
    run_tiny()
    (path,) = folder.glob("*.kernel")
    good = path.read_bytes()
    changed = bytearray(good)
    changed[-1] ^= 1
    foreign = keeping._digest("0" * 64, good[keeping.DIGEST :]) + good[keeping.DIGEST :]
    bad = {"cut": good[:-5], "changed": bytes(changed), "empty": b"", "another": foreign}
    path.write_bytes(bad[harm])
    run_tiny()
    assert path.read_bytes() == good


def test_nothing_is_kept_where_that_was_asked_for_or_cannot_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(keeping.SETTING, keeping.OFF)
    run_tiny()
    assert not list(folder.iterdir())
    (folder / "file").write_text("not a folder")
    monkeypatch.setenv(keeping.SETTING, str(folder / "file"))
    run_tiny()


def test_the_folder_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "ROOM", 3)
    for key in range(8):
        assert keeping.kept(f"{key:064}", lambda: b"code") == b"code"
    assert len(list(folder.iterdir())) == 3


def test_two_processes_may_compile_the_same_kernel_at_once(folder: Path) -> None:
    code = (
        "import numpy as np; from workings.engines.compiled import ENGINE; "
        "from workings.language import Program, Step, name; "
        "run = ENGINE.run(Program((Step('y', name('x', 4) * 2.0),)), {'x': np.ones(4)}); "
        "print(run['y'].sum())"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)  # noqa: S603
            for _ in range(2)]  # fmt: skip
    assert [one.communicate()[0].strip() for one in both] == ["8.0", "8.0"]
    (path,) = folder.iterdir()
    assert path.suffix == ".kernel"
    run_tiny()
