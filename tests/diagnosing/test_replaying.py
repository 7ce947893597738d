"""Any iteration again, and what is measured there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workings import training
from workings.activations import activation
from workings.data import builtin_table
from workings.diagnosing import presets
from workings.diagnosing.case import Case
from workings.diagnosing.cases import of_arrays, of_job, of_setup
from workings.diagnosing.doctor import Course, diagnosed, looked_at, looks
from workings.diagnosing.measures import marks, sharpness, slopes
from workings.diagnosing.replaying import Run
from workings.diagnosing.units import saturated
from workings.engines import engine
from workings.errors import NotSupported, UnknownName
from workings.jobs.job import Job
from workings.jobs.options import Options
from workings.systems import system
from workings.training.runs import Rows

RANDOM = np.random.default_rng(0)
OPTIONS = [
    {}, {"dropout": 0.3}, {"optimizer": "momentum", "schedule": "plateau"}, {"patience": 3},
    {"batch_size": None, "optimizer": "sgd"}, {"batch_size": 7, "dtype": "float32"},
]  # fmt: skip


def iris(**options: object) -> Job:
    table = builtin_table("iris")
    return Job(table, "species", Options(**{"hidden": (5,), "epochs": 6, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize("options", OPTIONS)
def test_any_iteration_is_the_one_that_was(options: dict[str, object]) -> None:
    job = iris(**options)
    run = Run(of_job(job))
    for iteration in {1, 2, run.last // 2, run.last}:
        given, _ = job.replay(max(1, iteration))
        again = run.at(max(1, iteration)).own
        for word in set(given) & set(again.values):
            assert np.array_equal(given[word], again[word]), word


def test_between_kept_epochs_it_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    job = iris()
    monkeypatch.setattr("workings.diagnosing.replaying.KEPT", 300)
    run = Run(of_job(job))
    assert run.every > 1
    given, _ = job.replay(run.last - 1)
    assert np.array_equal(given["wh"], run.at(run.last - 1).own["wh"])


def test_the_end_is_the_trained_model() -> None:
    job = iris()
    model, history = job.trained()
    run = Run(of_job(job))
    assert run.history.loss == history.loss
    assert all(np.array_equal(model.values[w], run.ended().weights[w]) for w in model.values)


def test_a_system_in_columns_is_the_same_in_rows() -> None:
    moons = system("moons")
    setup = moons.setup()  # type: ignore[misc]
    case = of_setup(replace(setup, settings=replace(setup.settings, epochs=1)))
    losses = training.train(
        setup.network.training("sgd"), setup.start, setup.rows, measures=setup.measures,
        settings=case.settings,
    ).history.loss  # fmt: skip
    assert Run(case).history.loss == pytest.approx(losses, rel=1e-12)


def test_since_is_the_first_iteration_of_the_last_stretch() -> None:
    """Halving finds what asking at every iteration finds."""
    course = Course(Run(presets.preset("too-large").make()))
    (found,) = course.diagnosis().of("rate-too-large")
    assert found.since is not None
    assert found.key in course._findings(_disease("rate-too-large"), found.since)
    assert found.key not in course._findings(_disease("rate-too-large"), found.since - 1)
    plateau = Course(Run(presets.preset("moons-plateau").make()))
    one = next(x for x in plateau.diagnosis().of("saturated-units"))
    at = [bool(list(saturated(plateau.run.at(k)))) for k in range(1, 8)]
    assert at.index(True) + 1 == one.since


def _disease(word: str) -> object:
    from workings.diagnosing.diseases import disease

    return disease(word)


def test_one_iteration_alone_can_be_looked_at() -> None:
    run = Run(presets.preset("hundred-neurons").make())
    found = looked_at(run.at(1), cheap=True)
    assert found.looked_at == (1,)
    assert [one.disease for one in found.of("saturated-units")] == ["saturated-units"]


def test_looks_begin_at_1_and_end_at_the_last() -> None:
    for last in (1, 2, 3, 10, 999, 100_000):
        found = looks(last)
        assert (found[0], found[-1]) == (1, last)
        assert found == sorted(set(found))


def test_settings_that_cannot_be_changed() -> None:
    case = of_arrays([[0.0]], [[1.0]])
    with pytest.raises(UnknownName, match="there is no setting called 'rte'"):
        case.changed({"rte": 1})
    with pytest.raises(NotSupported, match="cannot change reduction"):
        of_job(iris()).changed({"reduction": "sum"})
    with pytest.raises(NotSupported, match="they are not known"):
        replace(case, remake=None).changed({"lr": 1})


def test_rows_left_out_leave_the_split() -> None:
    job = iris()
    gone = [0, 1, 60, 149]
    after = of_job(job).changed({"without_rows": gone, "lr": 0.02}).job
    assert after is not None
    lines = np.asarray(job.table.lines)[gone]
    assert set(after.test.lines) == set(job.test.lines) - set(lines)
    assert set(after.training.lines) == set(job.training.lines) - set(lines)
    assert after.options.lr == 0.02


# -- what is measured ------------------------------------------------------------------------------


def test_slopes_are_those_of_the_activation() -> None:
    z = RANDOM.normal(size=(4, 3))
    sigmoid = 1 / (1 + np.exp(-z))
    assert slopes(activation("sigmoid"), z) == pytest.approx(4 * sigmoid * (1 - sigmoid))
    assert slopes(activation("tanh"), z) == pytest.approx(1 - np.tanh(z) ** 2)
    assert np.array_equal(slopes(activation("step"), z), np.zeros_like(z))
    assert slopes(activation("softmax"), z) is None


def test_curvature_of_a_linear_network_is_that_of_its_inputs() -> None:
    """Half the mean squared error has the Hessian X'X / n, biases counted as a column of ones."""
    X, y = RANDOM.normal(size=(50, 4)) * [1, 2, 3, 0.1], RANDOM.normal(size=(50, 1))
    case = of_arrays(X, y, hidden=[], output="identity")
    whole = np.hstack([X, np.ones((50, 1))])
    largest = np.linalg.eigvalsh(whole.T @ whole / 50)[-1]
    found = sharpness(case.network, case.rows, case.start)
    assert found == pytest.approx(largest, rel=0.01)  # power iteration ends at a thousandth
    summed = of_arrays(X, y, hidden=[], output="identity", reduction="sum", batch_size=10)
    assert summed.sharpness(summed.start) == pytest.approx(10 * largest, rel=0.01)


def test_beyond_the_curvature_gradient_descent_diverges_and_below_it_converges() -> None:
    X, y = RANDOM.normal(size=(50, 4)), RANDOM.normal(size=(50, 1))
    still = of_arrays(X, y, hidden=[], output="identity", epochs=200)
    largest = still.sharpness(still.start)
    ends = [Run(still.changed({"lr": far / largest})).history.loss[-1] for far in (1.9, 2.2)]
    assert ends[0] < 1.0 < 1e3 < ends[1]
    assert diagnosed(still.changed({"lr": 2.2 / largest})).of("rate-too-large")
    assert not diagnosed(still.changed({"lr": 1.9 / largest})).of("rate-too-large")


def test_what_losses_are_set_beside() -> None:
    X, y = RANDOM.normal(size=(60, 3)), RANDOM.normal(size=(60, 1))
    case = of_arrays(X, y, hidden=[4], output="identity")
    found = marks(case.network, case.rows)
    line = np.linalg.lstsq(np.hstack([X, np.ones((60, 1))]), y, rcond=None)[1][0]
    assert found.constant == pytest.approx(y.var() / 2, rel=1e-6)
    assert found.linear == pytest.approx(line / 120, rel=1e-4)
    assert np.isnan(found.best)
    assert found.learnt(found.constant) == 0


def test_the_best_possible_loss_of_rows_that_contradict() -> None:
    case = of_arrays([[1.0], [1.0], [1.0], [0.0]], [[1], [1], [0], [0]], hidden=[2])
    found = marks(case.network, case.rows)
    assert found.best == pytest.approx((2 * (1 / 3) ** 2 + (2 / 3) ** 2) / 2 / 4, abs=1e-4)


def test_the_marks_of_classes_are_their_entropy() -> None:
    y = np.eye(3)[[0] * 20 + [1] * 30 + [2] * 50]
    case = of_arrays(
        RANDOM.normal(size=(100, 2)), y, output="softmax", loss="categorical_cross_entropy"
    )
    share = np.array([0.2, 0.3, 0.5])
    assert marks(case.network, case.rows).constant == pytest.approx(
        -(share * np.log(share)).sum(), rel=1e-6
    )


def test_of_many_rows_some_are_looked_at() -> None:
    case = of_arrays(RANDOM.normal(size=(3000, 2)), np.ones((3000, 1)))
    assert len(case.looked.y) == 1000
    assert isinstance(case.looked, Rows)
    assert len(of_arrays([[0.0]], [[1.0]]).looked.y) == 1


def test_the_engine_makes_no_difference_to_what_is_found() -> None:
    def found(name: str) -> list[str]:
        case: Case = presets.preset("dying-relu").make()
        told = replace(case, settings=replace(case.settings, engine=name))
        return [one.disease for one in diagnosed(told).findings]

    assert engine("compiled").name == "compiled"
    assert found("compiled") == found("numpy")
