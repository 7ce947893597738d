"""`fit(..., checkpoint=folder)`: the same fit goes on, and ends with the same bits."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_diabetes, load_iris

from workings import MLPClassifier, MLPRegressor
from workings.errors import ModelFileError, SettingError
from workings.estimators import _keeping
from workings.jobs.keeper import FolderKeeper
from workings.jobs.resuming import resume
from workings.training import iterating
from workings.training.states import State

from .keepers import learnt
from .saying import checked

IRIS, DIABETES = load_iris(return_X_y=True), load_diabetes(return_X_y=True)
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, 150)

TOLD: dict[str, dict[str, Any]] = {
    "as it is": {},
    "sgd, adaptive": {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.5,
                      "n_iter_no_change": 2, "max_iter": 60},
    "sgd, invscaling": {"solver": "sgd", "learning_rate": "invscaling"},
    "a schedule of ours that looks back": {"learning_rate": "plateau"},
    "a schedule of ours": {"learning_rate": "cosine", "solver": "rmsprop"},
    "early stopping": {"early_stopping": True, "n_iter_no_change": 3, "max_iter": 60,
                       "learning_rate_init": 0.05},
    "dropout": {"dropout": 0.2, "clip_norm": 1.0},
    "lbfgs": {"solver": "lbfgs", "max_iter": 25, "activation": "tanh"},
    "lbfgs, it converges": {"solver": "lbfgs", "max_iter": 100, "activation": "tanh", "tol": 1e-3},
    "it converges": {"n_iter_no_change": 2, "tol": 0.05, "max_iter": 200},
}  # fmt: skip


def classifier(**told: Any) -> MLPClassifier:
    return MLPClassifier(
        **{"hidden_layer_sizes": (5,), "batch_size": 40, "max_iter": 12, "random_state": 1, **told}
    )


class Stopping(FolderKeeper):
    """Writes every state, and presses Ctrl-C after so many."""

    due, left = True, 6

    def keep(self, state: State | None) -> None:
        super().keep(state)
        Stopping.left -= 1
        if Stopping.left == 0:
            raise KeyboardInterrupt


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_keeping, "FolderKeeper", Stopping)
    monkeypatch.setattr(iterating, "AT_ONCE", 3)
    monkeypatch.setattr(iterating, "CHECKED", 3)
    monkeypatch.setattr(Stopping, "left", 6)


def again_and_again(make: Any, X: Any, y: Any, folder: Path, **more: Any) -> tuple[Any, int]:
    """Fits until it is not interrupted any more; how often that was."""
    for times in range(100):
        Stopping.left = 6
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            found = make().fit(X, y, checkpoint=folder, **more)
        if not any("interrupted" in str(one.message) for one in said):
            return found, times
    raise AssertionError("it does not get on")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.usefixtures("every_engine", "stopping")
@pytest.mark.parametrize("how", TOLD)
def test_a_fit_goes_on_however_often_it_is_stopped(how: str, tmp_path: Path) -> None:
    whole = classifier(**TOLD[how]).fit(*IRIS)
    found, times = again_and_again(lambda: classifier(**TOLD[how]), *IRIS, tmp_path / "fit")
    assert times > 2
    assert learnt(found) == learnt(whole)
    assert learnt(classifier(**TOLD[how]).fit(*IRIS, checkpoint=tmp_path / "fit")) == learnt(whole)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.usefixtures("stopping")
def test_weights_and_rows_of_ones_own(tmp_path: Path) -> None:
    more = {"sample_weight": WEIGHTS, "validation_data": IRIS}
    told = {"early_stopping": True, "n_iter_no_change": 20}
    whole = classifier(**told).fit(*IRIS, **more)
    found, times = again_and_again(lambda: classifier(**told), *IRIS, tmp_path / "fit", **more)
    assert times > 2
    assert learnt(found) == learnt(whole)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.usefixtures("stopping")
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_amounts_from_dense_and_sparse_rows(kind: Any, tmp_path: Path) -> None:
    X, y = kind(DIABETES[0][:120]), DIABETES[1][:120]

    def regressor() -> MLPRegressor:
        return MLPRegressor(hidden_layer_sizes=(4,), batch_size=50, max_iter=8, random_state=0)

    found, _ = again_and_again(regressor, X, y, tmp_path / "fit")
    assert learnt(found) == learnt(regressor().fit(X, y))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_another_fit_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    classifier().fit(*IRIS, checkpoint=tmp_path)
    X, y = IRIS
    others: list[tuple[Any, Any, dict[str, Any]]] = [
        (classifier(alpha=0.1), X, {}), (classifier(random_state=2), X, {}),
        (classifier(), X + 1e-9, {}), (classifier(), X, {"sample_weight": WEIGHTS}),
    ]  # fmt: skip
    for estimator, rows, more in others:
        with pytest.raises(SettingError, match="holds those of another training"):
            estimator.fit(rows, y, checkpoint=tmp_path, **more)
    classifier(verbose=True).fit(X, y, checkpoint=tmp_path)  # the same weights


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"solver": "lbfgs", "random_state": None}, "a whole number as random_state, got None"),
        ({"random_state": None}, "a whole number as random_state, got None"),
        ({"random_state": np.random.RandomState(0)}, "a whole number as random_state"),
        ({"warm_start": True}, "warm_start=False"),
    ],
)
def test_fits_that_could_not_go_on_are_refused(
    told: dict[str, Any], why: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=why):
        classifier(**told).fit(*IRIS, checkpoint=tmp_path / "fit")
    assert not (tmp_path / "fit").exists()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_damaged_checkpoint_is_said_and_none_whole_is_refused(tmp_path: Path) -> None:
    whole = learnt(classifier().fit(*IRIS, checkpoint=(tmp_path, 5)))
    newest = sorted(tmp_path.iterdir())[-1]
    newest.write_bytes(b"")
    with pytest.warns(UserWarning, match="The one before it is taken"):
        found = classifier().fit(*IRIS, checkpoint=(tmp_path, 5))
    assert learnt(found) == whole
    for path in tmp_path.iterdir():
        path.write_bytes(b"")
    with pytest.raises(ModelFileError, match="none of its 2 is whole"):
        classifier().fit(*IRIS, checkpoint=tmp_path)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_resume_is_for_tables_and_says_what_goes_on_with_a_fit(tmp_path: Path) -> None:
    classifier(max_iter=1).fit(*IRIS, checkpoint=tmp_path)
    with pytest.raises(ModelFileError, match="of a fit by an estimator") as caught:
        resume(tmp_path)
    checked(caught.value, "Call fit again, with this folder")
