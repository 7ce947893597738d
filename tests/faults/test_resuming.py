"""A training that was stopped anywhere goes on, and ends with the bits it would have ended with."""

from __future__ import annotations

from dataclasses import replace
from threading import Timer
from typing import Any

import numpy as np
import pytest

from workings.data import builtin_table
from workings.errors import NotFinite, NotSupported, SettingError
from workings.jobs.job import Job
from workings.jobs.options import options_of
from workings.network import Dense, Network
from workings.optimizers import optimizers
from workings.training import iterating, train
from workings.training.courses import Usual
from workings.training.runs import Measures, Progress, Rows, Settings
from workings.training.states import State, from_data, to_data

from .keepers import All, Interrupting, Last, end_of, ended, of, plain, run

every_engine = pytest.mark.usefixtures("every_engine")

# what a training may be told, each in a way that there is something to be remembered
TOLD: dict[str, dict[str, Any]] = {
    **{f"optimizer {word}": {"optimizer": word} for word in optimizers()},
    **{f"schedule {word}": {"schedule": word} for word in ("step", "cosine", "plateau")},
    "one row at a time": {"batch_size": 1, "epochs": 3},
    "full batches": {"batch_size": None, "epochs": 40},
    "all rows in a batch": {"batch_size": 1000, "epochs": 25},
    "a last batch of one row": {"batch_size": 47},
    "early stopping": {"patience": 2, "epochs": 60, "lr": 0.3, "schedule": "constant"},
    "patience and plateau": {"patience": 9, "epochs": 40, "lr": 0.5, "schedule": "plateau"},
    "dropout": {"dropout": 0.3, "hidden": (6, 4)},
    "dropout and early stopping": {"dropout": 0.3, "patience": 2, "epochs": 40, "lr": 0.2},
    "single precision": {"dtype": "float32"},
    "single precision, clipped, with l1": {"dtype": "float32", "clip": 0.5, "l1": 0.01},
    "no hidden layer": {"hidden": ()},
    "amounts": {"table": "diabetes", "activation": "relu", "epochs": 4},
    "yes or no": {"table": "breast-cancer", "epochs": 3},
}  # fmt: skip


def job_of(**told: Any) -> Job:
    """A small training that is told this."""
    told = {"epochs": 7, "hidden": (5,), "seed": 3, **told}
    table = builtin_table(told.pop("table", "wine"))
    return Job(table, str(table.target), options_of(**told))


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines are called for a few iterations, so that there are states within an epoch."""
    monkeypatch.setattr(iterating, "AT_ONCE", 3)
    monkeypatch.setattr(iterating, "CHECKED", 2)


# -- every state leads to the same end -------------------------------------------------------------


@every_engine
@pytest.mark.parametrize("how", TOLD)
def test_every_state_that_is_handed_out_leads_to_the_same_end(
    how: str, request: pytest.FixtureRequest
) -> None:
    job = job_of(**TOLD[how])
    whole = end_of(job)
    assert of(run(job)) == whole[0]
    request.getfixturevalue("few_at_once")
    keeper = All()
    assert of(run(job, keeper=keeper)) == whole[0]
    length = -(-len(job.training) // (job.options.batch_size or len(job.training)))
    assert length < 4 or any(state.done % length for state in keeper.states)
    places = {0, 1, *np.random.default_rng(5).integers(len(keeper.states), size=2)}
    for state in [*(keeper.states[place] for place in places), keeper.states[-1]]:
        assert end_of(job, state) == whole, state.done


@every_engine
@pytest.mark.parametrize("patience", [None, 3])
@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.usefixtures("few_at_once")
def test_without_metrics_many_epochs_are_one_piece_of_work(
    patience: int | None, watched: bool
) -> None:
    """As the estimators train: no looks between epochs, so that many are run in one call."""
    job = job_of()
    told = {"program": job.iteration, "start": job.start, "rows": job.rows(job.given_training),
            "settings": Settings(9, 50, 0.02, patience=patience, gain=0.01),
            "measures": Measures(summed=False)}  # fmt: skip
    watch = (lambda report: None) if watched else None
    whole, keeper = of(train(**told)), All()
    assert of(train(**told, keeper=keeper, watch=watch)) == whole
    assert max(state.ahead for state in keeper.states) == (1 if patience or watched else 9)
    for state in keeper.states[::2]:
        assert of(train(**told, state=state)) == whole, state.done
        assert of(train(**told, state=state, watch=lambda report: None)) == whole, state.done


@every_engine
@pytest.mark.usefixtures("few_at_once")
def test_it_may_be_interrupted_again_and_again() -> None:
    job = job_of(dropout=0.2, patience=4, epochs=12)
    (_, end), state, pieces = end_of(job), None, 0
    while state is None or not state.ended:
        keeper = Interrupting(2 + pieces % 5)
        run(job, keeper=keeper, state=state)
        before, state = state, keeper.states[-1]
        assert before is None or state.done > before.done or state.ended
        pieces += 1
    assert pieces > 5
    assert ended(state) == end


@every_engine
@pytest.mark.parametrize("epoch", [1, 4, 7])
def test_ctrl_c_in_whoever_watches_loses_nothing(epoch: int) -> None:
    """It comes after an epoch was noted and before anything else."""
    job, keeper = job_of(patience=5), Last()

    def watch(report: Progress) -> None:
        if report.epoch == epoch:
            raise KeyboardInterrupt

    stopped = run(job, watch=watch, keeper=keeper)
    assert (stopped.history.stopped, stopped.history.epochs) == ("interrupted", epoch)
    assert of(run(job, state=keeper.states[-1])) == of(run(job))


def test_ctrl_c_while_an_epoch_is_noted_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    job, keeper, judged = job_of(patience=5), Last(), Usual.judged
    whole = of(run(job))

    def interrupted(self: Usual, history: Any) -> Any:
        found = judged(self, history)
        if history.epochs == 3:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Usual, "judged", interrupted)
        run(job, keeper=keeper)
    assert keeper.states[-1].history.epochs == 2
    assert of(run(job, state=keeper.states[-1])) == whole


@every_engine
def test_an_end_that_somebody_asked_for_is_an_end() -> None:
    job, keeper = job_of(), Last()
    stopped = run(job, watch=lambda report: report.epoch == 4, keeper=keeper)
    assert stopped.history.stopped == "ended by a callback"
    assert of(run(job, state=keeper.states[-1])) == of(stopped)


@every_engine
@pytest.mark.usefixtures("few_at_once")
def test_numbers_that_run_away_do_so_in_the_same_iteration() -> None:
    job, keeper = job_of(optimizer="sgd", lr=1e3, table="diabetes", activation="relu"), All()
    with pytest.raises(NotFinite) as whole:
        run(job, keeper=keeper)
    assert whole.value.iteration > 3
    assert not any(state.ended for state in keeper.states)
    for state in keeper.states[::3]:
        with pytest.raises(NotFinite) as again:
            run(job, state=state)
        assert again.value.message == whole.value.message
        assert of(again.value.training) == of(whole.value.training)


class Soon(Last):
    """Asks for a state while an engine is at work, and presses Ctrl-C when it has one."""

    @property
    def due(self) -> bool:
        return bool(self.stop[0])

    def ask(self) -> None:
        self.stop[0] = 1

    def keep(self, state: State) -> None:
        super().keep(state)
        self.stop[0] = 0
        if not state.done:
            Timer(0.05, self.ask).start()
        elif not any(before.done for before in self.states[:-1]):
            raise KeyboardInterrupt


@every_engine
def test_states_that_are_due_faster_than_it_works_do_not_hold_it_up() -> None:
    job, keeper = job_of(epochs=2), All()
    keeper.stop[0] = 1
    assert of(run(job, keeper=keeper)) == of(run(job))
    assert len(keeper.states) > 2 * 5


@every_engine
def test_an_engine_comes_back_within_a_long_epoch_when_a_state_is_due() -> None:
    random = np.random.default_rng(0)
    rows = Rows(random.normal(size=(8000, 13)), random.normal(size=(8000, 3)))
    network = Network([Dense(100), Dense(3)])
    start = network.start(inputs=13, outputs=3, random=random)
    told: Any = {"program": network.training("adam"), "start": start, "rows": rows,
                 "settings": Settings(epochs=1, batch_size=1, rate=1e-4)}  # fmt: skip
    keeper = Soon()
    assert train(**told, keeper=keeper).history.stopped == "interrupted"
    state = next(state for state in keeper.states if state.done)
    assert state.done < 8000
    assert of(train(**told, state=state)) == of(train(**told))


def test_seconds_are_those_of_all_pieces() -> None:
    job, keeper = job_of(), Interrupting(2)
    run(job, keeper=keeper)
    state = keeper.states[-1]
    before = replace(state, history=replace(state.history, seconds=100.0))
    assert run(job, state=before).history.seconds > 100


# -- states that are not this training's -----------------------------------------------------------


def states_of(job: Job) -> State:
    keeper = All()
    run(job, keeper=keeper)
    return keeper.states[3]


OTHER: dict[str, Any] = {
    "another network": lambda state: states_of(job_of(hidden=(4,))),
    "another precision": lambda state: states_of(job_of(dtype="float32")),
    "another optimizer": lambda state: states_of(job_of(optimizer="sgd")),
    "a weight that is infinite": lambda state: replace(
        state, values={**state.values, "wh": np.full_like(state.values["wh"], np.inf)}
    ),
    "a matrix too few": lambda state: replace(
        state, best={word: x for word, x in state.best.items() if word != "wh"}
    ),
    "iterations that were never done": lambda state: replace(state, done=state.done + 1),
    "more epochs than there are": lambda state: replace(state, ahead=10**12),
    "no random numbers": lambda state: replace(state, course={"best": 1.0}),
    "random numbers that are none": lambda state: replace(
        state, course={"best": 1.0, "random": {"bit_generator": "PCG64", "state": 3}}
    ),
}


@pytest.mark.parametrize("how", OTHER)
def test_a_state_that_is_not_of_this_training_is_refused(how: str) -> None:
    job = job_of()
    with pytest.raises(SettingError, match="cannot go on with this training: "):
        run(job, state=OTHER[how](states_of(job)))


def test_a_course_that_cannot_be_gone_on_with_is_refused_before_it_begins() -> None:
    class Own:
        keeps_best = False

    job: Any = job_of()
    rows = job.rows(job.given_training)
    with pytest.raises(NotSupported, match="course, Own, does not tell"):
        train(job.iteration, job.start, rows, settings=Settings(), course=Own(), keeper=Last())  # type: ignore[arg-type]


def test_how_a_matrix_lies_in_memory_is_remembered() -> None:
    state = states_of(job_of())
    columns = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    data, arrays = to_data(replace(state, values={**state.values, "wh": columns}))
    copies = {word: np.array(x, order="C") for word, x in arrays.items()}
    found = from_data(data, copies).values["wh"]
    assert found.flags.f_contiguous
    assert plain(found) == plain(columns)
