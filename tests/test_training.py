"""The loop: batches, seeds, replays, early stopping, schedules, and numbers that run away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ops import Numbers
from workings import schedules
from workings.conventions import Convention
from workings.engines import engine
from workings.errors import NotFinite, SettingError, ShapeError, UnknownName
from workings.language import size_of, sum_of
from workings.language.defined import ABSOLUTE
from workings.lookup import rows as rows_of
from workings.network import Dense, Network
from workings.schedules import Schedule, schedule
from workings.training.iterating import CHECKED
from workings.training.loop import replay, train
from workings.training.runs import Measures, Progress, Rows, Settings, Training

RANDOM = np.random.default_rng(11)
ROWS = Rows(RANDOM.normal(size=(7, 3)), RANDOM.normal(size=(7, 1)))
HELD_OUT = Rows(RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(5, 1)))
NETWORK = Network([Dense(4, "tanh"), Dense(1, "identity")])
START = NETWORK.start(inputs=3, outputs=1, random=RANDOM)
BATCHES = {"full batch": None, "mini-batch": 3, "one row": 1}
pytestmark = pytest.mark.usefixtures("every_engine")
each_batch = pytest.mark.parametrize("batch", BATCHES.values(), ids=list(BATCHES))


def run(optimize: str = "adam", measures: Measures | None = None, watch: Any = None,
        **settings: Any) -> Training:  # fmt: skip
    """A training of the little network, gentle unless said otherwise."""
    told = Settings(**{"epochs": 4, "rate": 0.02, **settings})
    return train(NETWORK.training(optimize), START, ROWS, settings=told, measures=measures,
                 watch=watch)  # fmt: skip


def reached(iteration: int, optimize: str = "adam", **settings: Any) -> tuple[dict[str, Any], Any]:
    """What an iteration of that training starts with, and which rows it reads."""
    told = Settings(**{"epochs": 4, "rate": 0.02, **settings})
    return replay(NETWORK.training(optimize), START, ROWS, settings=told, iteration=iteration)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(np.array_equal(value, other[word]) for word, value in one.items())


# -- batches ---------------------------------------------------------------------------------------


@each_batch
def test_an_iteration_is_one_update_and_an_epoch_one_pass(batch: int | None) -> None:
    history = run(batch_size=batch).history
    assert (history.epochs, history.iterations) == (4, 4 * math.ceil(7 / (batch or 7)))
    assert history.stopped == "all epochs done"


@each_batch
def test_the_loop_does_what_a_loop_by_hand_does(batch: int | None) -> None:
    program, values = NETWORK.training("sgd"), {**START, "lr": np.array(0.02)}
    for _ in range(4):
        for first in range(0, 7, batch or 7):
            some = slice(first, first + (batch or 7))
            out = engine().run(program, {**values, "X": ROWS.X[some], "y": ROWS.y[some]})
            values |= {old: out[new] for old, new in program.updates.items()}
    trained = run("sgd", batch_size=batch, shuffle=False)
    # the loop keeps only what it needs, so a product may add up in another order
    for word in START:
        assert trained.values[word] == pytest.approx(values[word], rel=1e-13)


@pytest.mark.parametrize("batch", [1, 3])
def test_every_epoch_reads_every_row_once_in_an_order_of_its_own(batch: int) -> None:
    count = math.ceil(7 / batch)
    orders = [
        np.concatenate([reached(epoch * count + k + 1, batch_size=batch)[1] for k in range(count)])
        for epoch in range(4)
    ]
    assert all(sorted(order) == list(range(7)) for order in orders)
    assert len({tuple(order) for order in orders}) == 4
    assert all(len(set(place)) > 1 for place in zip(*orders, strict=True))  # none is left out


def test_a_batch_may_be_as_large_as_all_rows_or_larger() -> None:
    assert all(same(run().values, run(batch_size=size).values) for size in (7, 8, 1000))


# -- the same again --------------------------------------------------------------------------------


@each_batch
def test_the_same_seed_gives_the_same_bits(batch: int | None) -> None:
    assert same(run(batch_size=batch, seed=5).values, run(batch_size=batch, seed=5).values)


def test_another_seed_shuffles_otherwise() -> None:
    assert not same(run(batch_size=3, seed=5).values, run(batch_size=3, seed=6).values)


@each_batch
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_replay_starts_with_what_the_one_before_ended_with(
    batch: int | None, schedule: str
) -> None:
    program, told = NETWORK.training("adam"), {"batch_size": batch, "schedule": schedule}
    for iteration in range(1, 4 * math.ceil(7 / (batch or 7))):
        values, which = reached(iteration, **told)
        assert np.array_equal(values["X"], ROWS.X[which])
        out, (after, _) = engine().run(program, values), reached(iteration + 1, **told)
        for old, new in program.updates.items():
            assert after[old] == pytest.approx(out[new], rel=1e-13)


@each_batch
def test_a_replay_gives_the_weights_of_a_run_that_was_stopped_there(batch: int | None) -> None:
    for epochs in (1, 3):
        stopped = run(batch_size=batch, epochs=epochs).values
        values, _ = reached(epochs * math.ceil(7 / (batch or 7)) + 1, batch_size=batch)
        assert same(stopped, values)


def test_the_first_replay_is_the_start() -> None:
    values, which = reached(1)
    assert same(START, values)
    assert list(which) == list(range(7))


@pytest.mark.parametrize(
    ("iteration", "says"),
    [
        (5, "cannot go to iteration 5: this training has 4"),
        (0, "iteration = 0: 1 or more"),
        (-1, "iteration = -1: 1 or more"),
    ],
)
def test_a_replay_of_what_never_was_is_refused(iteration: int, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        reached(iteration)


def test_a_replay_beyond_an_early_end_says_why_it_ended() -> None:
    with pytest.raises(SettingError, match=r"iteration 40: the training ended before .*\(no gain"):
        reached(40, epochs=50, patience=2, gain=100.0)


# -- early stopping --------------------------------------------------------------------------------


def stopping(**settings: Any) -> Training:
    measures = Measures(validation=HELD_OUT)
    return run("sgd", measures, **{"epochs": 400, "rate": 0.05, "patience": 5, **settings})


def test_early_stopping_keeps_the_best_weights() -> None:
    trained = stopping()
    history = trained.history
    best = int(np.argmin(history.validation_loss)) + 1
    assert best < history.epochs == best + 5
    assert history.best_epoch == best
    assert history.stopped == "no gain for 5 epochs"
    assert same(trained.values, reached(best + 1, "sgd", epochs=400, rate=0.05)[0])


def test_a_gain_must_be_as_large_as_was_asked() -> None:
    assert stopping(gain=1e9).history.epochs == 6  # the first is always a gain


def test_without_patience_the_last_weights_are_kept() -> None:
    history = stopping(patience=None).history
    assert history.epochs == 400
    assert history.best_epoch == int(np.argmin(history.validation_loss)) + 1


def test_the_validation_loss_is_that_of_the_weights_after_the_epoch() -> None:
    trained = run("sgd", Measures(validation=HELD_OUT), epochs=3)
    loss = (
        engine().run(NETWORK.program(), {**trained.values, **HELD_OUT.batch(None, 0)})["loss"] / 5
    )
    assert trained.history.validation_loss[-1] == pytest.approx(loss, rel=1e-13)


# -- schedules -------------------------------------------------------------------------------------

SCHEDULES = rows_of(schedules, Schedule)
RATES: dict[str, Callable[[int], float]] = {  # the rate of epoch k, from 0, of 30, from 1.0 down
    "constant": lambda k: 1.0,
    "step": lambda k: (1.0, 0.1, 0.01)[k // 10],
    "cosine": lambda k: math.cos(math.pi * k / 60) ** 2,
    "plateau": lambda k: 0.5 ** ((k - 1) // 10) if k else 1.0,  # for a loss that never falls
}


def test_every_schedule_has_an_oracle() -> None:
    assert set(RATES) == set(SCHEDULES)


@pytest.mark.parametrize("word", SCHEDULES)
def test_every_schedule_gives_the_rates_it_promises(word: str) -> None:
    found = [schedule(word).rule(1.0, k, 30, [2.0] * k) for k in range(30)]
    assert found == pytest.approx([RATES[word](k) for k in range(30)], rel=1e-12)


@pytest.mark.parametrize("word", SCHEDULES)
@pytest.mark.parametrize("epochs", [1, 2, 7])
def test_a_training_follows_its_schedule(word: str, epochs: int) -> None:
    history = run(schedule=word, epochs=epochs).history
    rule = schedule(word).rule
    expected = [rule(0.02, k, epochs, history.loss[:k]) for k in range(epochs)]
    assert history.rate == pytest.approx(expected, rel=1e-15)
    assert all(0 < rate <= 0.02 for rate in history.rate)


def test_the_plateau_halves_only_while_nothing_is_gained() -> None:
    losses = [1.0] * 11 + [0.5] * 5
    rates = [schedule("plateau").rule(1.0, k, 99, losses[:k]) for k in range(len(losses))]
    assert rates == [1.0] * 11 + [0.5] * 5


# -- history ---------------------------------------------------------------------------------------


@each_batch
@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_the_loss_per_sample_is_the_same_under_sum_and_mean(
    batch: int | None, samples: str
) -> None:
    histories = []
    for reduction in ("sum", "mean"):
        network = NETWORK.under(Convention(samples=samples, reduction=reduction))
        rows, held = ROWS, HELD_OUT
        if samples == "columns":
            rows, held = (Rows(one.X.T.copy(), one.y.T.copy()) for one in (ROWS, HELD_OUT))
        histories.append(train(
            network.training(), NETWORK.translated(START, network), rows,
            settings=Settings(epochs=3, rate=1e-12, batch_size=batch),  # so that weights stay
            measures=Measures(reduction == "sum", validation=held),
        ).history)  # fmt: skip
    by_hand = engine().run(NETWORK.program(), {**START, **ROWS.batch(None, 0)})["losses"].mean()
    for history in histories:
        assert history.loss == pytest.approx([by_hand] * 3, rel=1e-9)
        assert history.validation_loss == pytest.approx(histories[0].validation_loss, rel=1e-9)


@each_batch
def test_metrics_are_means_over_all_rows(batch: int | None) -> None:
    errors = {"MAE": lambda output, y: sum_of(ABSOLUTE(output - y)) / size_of(output, 0)}
    measures = Measures(metrics=errors, validation=HELD_OUT)
    history = run("sgd", measures, batch_size=batch, rate=1e-12, epochs=2).history
    for word, rows in (("MAE", ROWS), ("validation MAE", HELD_OUT)):
        output = engine().run(NETWORK.program(), {**START, **rows.batch(None, 0)})["output"]
        assert history.metrics[word] == pytest.approx([abs(output - rows.y).mean()] * 2, rel=1e-9)


def test_whoever_watches_is_told_at_the_end_of_every_epoch() -> None:
    seen: list[tuple[int, int, int]] = []

    def watch(progress: Progress) -> None:
        assert progress.rows_per_second > 0
        seen.append((progress.epoch, progress.epochs, progress.history.epochs))

    run(watch=watch)
    assert seen == [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 4, 4)]


def test_ctrl_c_keeps_what_was_trained() -> None:
    def watch(progress: Progress) -> None:
        if progress.epoch == 2:
            raise KeyboardInterrupt

    trained = run(watch=watch)
    assert (trained.history.epochs, trained.history.stopped) == (2, "interrupted")
    assert same(trained.values, run(epochs=2).values)


# -- numbers that run away -------------------------------------------------------------------------

Case = tuple[Network, Rows, str, Settings]
ZEROS, ONES = np.zeros((4, 2)), np.ones((4, 1))
LINEAR = Network([Dense(1, "identity", bias=False)])
BIASED = Network([Dense(1, "identity")])
RUNAWAYS: dict[str, Case] = {
    "rate far too high": (NETWORK, ROWS, "sgd", Settings(epochs=500, rate=1e3)),
    "rate too high, by rows": (NETWORK, ROWS, "momentum", Settings(99, 2, rate=9)),
    "inputs too large": (NETWORK, Rows(ROWS.X, ROWS.y * 1e200), "sgd", Settings(epochs=5)),
    "inputs not numbers": (NETWORK, Rows(ROWS.X * np.nan, ROWS.y), "sgd", Settings(epochs=5)),
    "an exponential": (Network([Dense(1, "exponential")]), Rows(ROWS.X, ROWS.y + 99), "sgd",
                       Settings(epochs=99, rate=1)),
    "an update alone": (BIASED, ROWS, "sgd", Settings(epochs=1, rate=1e308)),
    "a weight alone": (LINEAR, Rows(ZEROS, ONES), "adamw", Settings(epochs=999, rate=1100)),
    "a weight alone, by rows": (LINEAR, Rows(ZEROS, ONES), "adamw",
                                Settings(epochs=999, rate=1100, batch_size=3)),
    "a square alone": (LINEAR, Rows(ZEROS + 1e200, ONES * 0), "rmsprop", Settings(epochs=9)),
}  # fmt: skip


def start_of(case: Case) -> dict[str, Numbers]:
    network, rows, *_ = case
    random = np.random.default_rng(0)
    return network.start(inputs=rows.X.shape[1], outputs=1, random=random)


def run_away(case: Case) -> NotFinite:
    network, rows, optimize, settings = case
    with pytest.raises(NotFinite) as stopped:
        train(network.training(optimize), start_of(case), rows, settings=settings)
    return stopped.value


@pytest.mark.parametrize("how", RUNAWAYS)
def test_the_first_number_that_is_not_finite_is_named_by_iteration_step_and_cell(how: str) -> None:
    network, rows, optimize, settings = RUNAWAYS[how]
    error, program = run_away(RUNAWAYS[how]), network.training(optimize)
    values, _ = replay(program, start_of(RUNAWAYS[how]), rows, settings=settings,
                       iteration=error.iteration)  # fmt: skip
    trace = engine().trace(program, values)
    assert trace.first_not_finite() == (error.step, error.cell)
    assert str(error).startswith(error.step)
    assert f"in iteration {error.iteration}" in str(error)


@pytest.mark.parametrize("how", RUNAWAYS)
def test_the_last_finite_weights_are_kept(how: str) -> None:
    network, rows, optimize, settings = RUNAWAYS[how]
    error = run_away(RUNAWAYS[how])
    kept = error.training.values
    before, _ = replay(network.training(optimize), start_of(RUNAWAYS[how]), rows, settings=settings,
                       iteration=error.iteration)  # fmt: skip
    assert all(np.isfinite(value).all() for value in kept.values())
    assert {"X", "y", "lr"}.isdisjoint(kept)
    assert all(kept[word] == pytest.approx(before[word], rel=1e-12) for word in kept)
    assert error.training.history.iterations == error.iteration - 1


def test_a_weight_that_overflows_alone_is_found_though_the_loss_stays_finite() -> None:
    error = run_away(RUNAWAYS["a weight alone"])
    assert error.iteration > CHECKED
    assert np.isfinite(error.training.history.loss).all()
    assert error.step in ("shrunk_wout", "new_wout")


def test_in_the_first_iteration_the_inputs_are_suspected_and_later_the_rate() -> None:
    assert "Look at the inputs" in run_away(RUNAWAYS["inputs not numbers"]).hint
    assert "Lower the learning rate (now 1000)" in run_away(RUNAWAYS["rate far too high"]).hint


def test_a_validation_loss_that_is_not_finite_is_no_gain() -> None:
    held = Rows(HELD_OUT.X * np.nan, HELD_OUT.y)
    trained = run("sgd", Measures(validation=held), patience=2, epochs=9)
    assert trained.history.epochs == 2
    assert all(np.isfinite(value).all() for value in trained.values.values())


# -- what is refused before anything is trained ----------------------------------------------------

NAN, INFINITY = math.nan, math.inf
OUT_OF_RANGE: list[tuple[str, list[Any]]] = [
    ("epochs", [0, -1, NAN, INFINITY, 2.5]), ("batch_size", [0, -3, NAN, INFINITY, 2.5]),
    ("rate", [0, -0.1, NAN, INFINITY]), ("patience", [0, -1, NAN, 2.5]),
    ("gain", [-1, NAN, INFINITY]), ("seed", [-1, NAN, 2.5]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value"), [(option, value) for option, values in OUT_OF_RANGE for value in values]
)
def test_a_setting_out_of_range_is_refused_by_name(option: str, value: float) -> None:
    word = "lr" if option == "rate" else option
    with pytest.raises(SettingError, match=f"cannot train with {word} = {value:g}: .*expected"):
        Settings(**{option: value})


def test_words_that_name_nothing_are_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'cosine'"):
        Settings(schedule="cosin")
    with pytest.raises(UnknownName, match=r"no engine called 'nmupy'\. Did you mean 'numpy'"):
        run(engine="nmupy")


def test_no_rows_are_refused() -> None:
    with pytest.raises(SettingError, match="cannot train on 0 rows"):
        train(NETWORK.training(), START, Rows(ROWS.X[:0], ROWS.y[:0]), settings=Settings())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (Rows(ROWS.X, ROWS.y[:, 0]), r"cannot use y \(7 in one axis\) as n x outputs: .*a column"),
        (Rows(ROWS.X, ROWS.y[:6]), r"cannot use y \(6 x 1\) .* 7 in X|cannot use X .* 6 in y"),
        (Rows(ROWS.X[:, :2], ROWS.y), r"inputs is"),
    ],
)
def test_rows_that_do_not_fit_are_named(rows: Rows, says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        train(NETWORK.training(), START, rows, settings=Settings())


def test_a_parameter_without_a_start_is_named() -> None:
    start = {word: value for word, value in START.items() if word != "wh"}
    with pytest.raises((SettingError, ShapeError), match="wh "):
        train(NETWORK.training(), start, ROWS, settings=Settings())


def test_the_rows_and_the_start_are_left_as_they_were() -> None:
    rows, start = Rows(ROWS.X.copy(), ROWS.y.copy()), {w: x.copy() for w, x in START.items()}
    run(batch_size=3)
    assert same(start, START)
    assert same(vars(rows), vars(replace(ROWS)))
