"""L-BFGS is SciPy's, which hides what it remembers: it is answered from the record of its looks."""

from __future__ import annotations

import os
import random
import shutil
import warnings
from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
from sklearn.datasets import load_iris

from workings import MLPClassifier
from workings.conventions import TRAINED_UNDER
from workings.errors import SettingError
from workings.jobs import checkpoints
from workings.jobs.keeper import FolderKeeper
from workings.models import files as model_files
from workings.network import Dense, Network
from workings.trace import Array
from workings.training import recording
from workings.training.quasi_newton import Descent, Told, minimize
from workings.training.runs import Rows
from workings.training.states import State

from .harness import Fault, disk, killed
from .keepers import learnt, plain, written
from .saying import checked

NETWORK = Network([Dense(3, "tanh"), Dense(2)], convention=TRAINED_UNDER)
DRAW = np.random.default_rng(4)
ROWS = Rows(DRAW.normal(size=(40, 4)), DRAW.normal(size=(40, 2)))
START = NETWORK.start(inputs=4, outputs=2, random=np.random.default_rng(1))
PROGRAM = NETWORK.backward()
SIZE = sum(x.size for x in START.values())
X, Y = load_iris(return_X_y=True)
TOLD = Told(max_iter=12)
FIT: dict[str, Any] = {"hidden_layer_sizes": (5,), "solver": "lbfgs", "activation": "tanh",
                       "max_iter": 25, "random_state": 1}  # fmt: skip
unconverged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Kept:
    """Keeps in memory what a folder would; presses Ctrl-C after so many looks."""

    failure = ""

    def __init__(self, before: Kept | None = None, *, every: int = 1, stop_at: int = 0) -> None:
        self.stop = np.zeros(1, np.int64)
        self.states: list[State] = []
        self.pieces: dict[int, tuple[int, Mapping[str, Array]]] = dict(
            before.pieces if before else {}
        )
        self.every, self.stop_at, self.asked, self.bytes = every, stop_at, 0, 0

    @property
    def due(self) -> bool:
        self.asked += 1
        return self.asked % self.every == 0 or self.asked == self.stop_at

    def keep(self, state: State) -> None:
        self.states.append(written(state))
        if self.stop_at and self.asked == self.stop_at:
            self.stop_at = 0
            raise KeyboardInterrupt

    def add(self, number: int, first: int, arrays: Mapping[str, Array]) -> bool:
        self.pieces[number] = first, {word: x.copy() for word, x in arrays.items()}
        self.bytes += sum(x.nbytes for x in arrays.values())
        return True

    def piece(self, number: int, first: int) -> Mapping[str, Array] | None:
        before, arrays = self.pieces.get(number, (-1, {}))
        return arrays if before == first else None

    def give_up(self) -> None:
        raise AssertionError


def found(look: Any = None, told: Told = TOLD, **more: Any) -> Descent:
    gradients = {one.weights: one.d_weights for one in NETWORK.names}
    gradients |= {one.bias: one.d_bias for one in NETWORK.names}
    return minimize(PROGRAM, START, ROWS, gradients=gradients, told=told, look=look, **more)


def of(descent: Descent) -> Any:
    return plain(asdict(descent))


def looks_of(told: Told = TOLD) -> int:
    """How many a search takes, all in all."""
    keeper = Kept()
    found(told=told, keeper=keeper)
    return keeper.states[-1].done


# -- every moment leads to the same end ------------------------------------------------------------

TELLS = {"it ends": TOLD, "it converges": Told(max_iter=500, tolerance=1e-2),
         "it may look no more": Told(max_looks=9)}  # fmt: skip


@pytest.mark.usefixtures("every_engine")
@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("told", TELLS.values(), ids=TELLS)
def test_stopped_at_every_look_it_ends_alike(told: Told, every: int) -> None:
    whole = of(found(told=told))
    looks = looks_of(told)
    assert looks > 8
    for place in range(1, looks + 1):
        keeper = Kept(every=every, stop_at=place)
        stopped = found(told=told, keeper=keeper)
        assert (stopped.ended, keeper.states[-1].done) == ("interrupted", place)
        again = Kept(keeper, every=every)
        assert of(found(told=told, keeper=again, state=keeper.states[-1])) == whole, place
        assert again.asked == looks - place  # what was looked at before is not computed again
        assert again.states[-1].ended
        last = Kept(again)
        assert of(found(told=told, keeper=last, state=again.states[-1])) == whole
        assert last.asked == 0


@pytest.mark.usefixtures("every_engine")
def test_it_may_be_stopped_again_and_again_also_within_an_evaluation() -> None:
    """Ctrl-C comes in whoever looks, too, which is told of every iteration once."""
    whole, chance = of(found()), random.Random(3)  # noqa: S311 - of moments
    for _ in range(10):
        keeper, state, ended, iterations = Kept(), None, "interrupted", 0
        told: list[int] = []
        while ended == "interrupted":
            keeper = Kept(keeper, every=chance.choice([1, 2, 100]), stop_at=chance.randint(1, 6))
            stop = iterations + chance.randint(1, 4)

            def look(iteration: int, *_: object, stop: int = stop, told: list[int] = told) -> None:
                told.append(iteration)
                if iteration == stop:
                    raise KeyboardInterrupt

            descent = found(look, keeper=keeper, state=state)
            state, ended, iterations = keeper.states[-1], descent.ended, descent.iterations
        assert of(descent) == whole
        assert sorted(set(told)) == list(range(1, descent.iterations + 1))


def test_what_a_callback_ended_stays_ended() -> None:
    keeper, more = Kept(), Kept()
    ended = found(lambda iteration, *_: iteration == 5, keeper=keeper)
    assert (ended.ended, ended.iterations) == ("ended by a callback", 5)
    more.pieces = keeper.pieces
    assert of(found(keeper=more, state=keeper.states[-1])) == of(ended)
    assert of(
        found(lambda *_: pytest.fail("it was told"), keeper=more, state=keeper.states[-1])
    ) == of(ended)


def test_each_look_is_written_once() -> None:
    """However many checkpoints there are, what is written grows with what is new."""
    keeper = Kept()
    found(keeper=keeper)
    looks = keeper.states[-1].done
    assert keeper.bytes == recording.bytes_of(SIZE, looks)
    assert len(keeper.pieces) == looks
    assert all(not state.values for state in keeper.states)


def test_pieces_are_never_longer_than_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PIECE", recording.bytes_of(SIZE, 4) + 1)
    keeper = Kept(every=10**9)
    whole = of(found(keeper=keeper))
    assert {len(piece["losses"]) for _, piece in keeper.pieces.values()} <= {1, 2, 3, 4}
    assert of(found(keeper=Kept(keeper), state=keeper.states[-2])) == whole


@pytest.mark.usefixtures("every_engine")
def test_numbers_that_are_none_come_back_too() -> None:
    """A search may look where the loss is infinite, and turn back."""
    gradients = {"wout": "d_wout", "bout": "d_bout"}
    network = Network([Dense(1, "exponential")], "poisson", TRAINED_UNDER)
    rows = Rows(np.array([[1.0], [900.0]]), np.array([[3.0], [2.0]]))
    start = {"wout": np.array([[0.1]]), "bout": np.array([[0.0]])}

    def search(**more: Any) -> Descent:
        with np.errstate(all="ignore"):
            return minimize(network.backward(), start, rows, gradients=gradients, **more)

    keeper = Kept()
    whole = of(search(keeper=keeper))
    losses = np.concatenate([piece["losses"] for _, piece in keeper.pieces.values()])
    assert not np.isfinite(losses).all()
    for state in keeper.states:
        assert of(search(keeper=Kept(keeper), state=state)) == whole


# -- records that are not this search's ------------------------------------------------------------


def changed(change: Callable[[dict[str, Any]], object], number: int = 2) -> tuple[Kept, State]:
    """A search stopped after 6 looks, with a piece of its record changed."""
    keeper = Kept(stop_at=6)
    found(keeper=keeper)
    first, arrays = keeper.pieces[number]
    piece = {word: x.copy() for word, x in arrays.items()}
    change(piece)
    keeper.pieces[number] = first, piece
    return Kept(keeper), keeper.states[-1]


OTHER: dict[str, Callable[[dict[str, Any]], object]] = {
    "no slopes": lambda piece: piece.pop("slopes"),
    "more": lambda piece: piece.update(more=np.ones(3)),
    "of more weights": lambda piece: piece.update(slopes=np.ones((1, SIZE + 1))),
    "no look": lambda piece: piece.update({word: x[:0] for word, x in piece.items()}),
    "of other lengths": lambda piece: piece.update(losses=np.ones(2)),
    "a single number": lambda piece: piece.update(losses=np.ones(())),
    "in single precision": lambda piece: piece.update(slopes=piece["slopes"].astype("f4")),
    "points as amounts": lambda piece: piece.update(points=piece["points"].astype(float)),
}


@pytest.mark.fault("bit flip", "T2")
@pytest.mark.parametrize("how", OTHER)
def test_a_record_that_is_none_of_this_search_is_refused(how: str) -> None:
    keeper, state = changed(OTHER[how])
    with pytest.raises(SettingError, match="has looks in its record that are not of it") as caught:
        found(keeper=keeper, state=state)
    checked(caught.value)


@pytest.mark.parametrize("word", ["points", "slopes"])
def test_another_number_in_the_record_is_noticed_at_the_next_point(word: str) -> None:
    def change(piece: dict[str, Any]) -> None:
        piece[word].reshape(-1).view(np.uint64)[-1] ^= 1 << 40

    keeper, state = changed(change)
    here = f"SciPy {scipy.__version__}"
    with pytest.raises(SettingError, match=rf"{here} asks .* evaluation \d than {here} did") as why:
        found(keeper=keeper, state=state)
    checked(why.value, "with another folder")


def test_another_scipy_that_asks_for_other_points_is_named() -> None:
    keeper, state = changed(lambda piece: piece.update(points=piece["points"] + np.uint64(1)))
    with pytest.raises(SettingError, match=r"than SciPy 0\.9 did"):
        found(keeper=keeper, state=replace(state, course={"by": "SciPy 0.9"}))
    with pytest.raises(SettingError, match="does not tell who searched"):
        found(keeper=keeper, state=replace(state, course={"by": 3}))


# -- in a folder -----------------------------------------------------------------------------------


class Each(FolderKeeper):
    """Writes after every look."""

    due = True


class Third(FolderKeeper):
    """Writes after every third look."""

    asked = 0

    @property
    def due(self) -> bool:
        self.asked += 1
        return self.asked % 3 == 0


class Some(Third):
    """The same, and presses Ctrl-C after 20."""

    @property
    def due(self) -> bool:
        if self.asked == 20:
            raise KeyboardInterrupt
        return super().due


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a fit that was stopped after 20 evaluations, in pieces of three."""
    with monkeypatch.context() as patch:
        patch.setattr("workings.estimators._keeping.FolderKeeper", Some)
        with pytest.warns(UserWarning, match="interrupted"):
            MLPClassifier(**FIT).fit(X, Y, checkpoint=tmp_path / "run")
    return tmp_path / "run"


def fitted(**more: Any) -> tuple[Any, list[str]]:
    """What a fit ended with, and what was said meanwhile."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = MLPClassifier(**FIT).fit(X, Y, **more)
    return learnt(model), [str(one.message) for one in said if "converge" not in str(one.message)]


DAMAGE: dict[str, Callable[[Path], object]] = {
    "gone": lambda path: path.unlink(),
    "cut off": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: path.write_bytes(b""),
    "a bit flipped": lambda path: path.write_bytes(
        path.read_bytes()[:-9] + bytes([path.read_bytes()[-9] ^ 1]) + path.read_bytes()[-8:]
    ),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "another piece": lambda path: shutil.copy(path.with_name("record-000001.workings"), path),
}


@pytest.mark.fault("bit flip")
@pytest.mark.parametrize("how", DAMAGE)
def test_from_a_damaged_piece_on_it_is_done_again_and_that_is_said(how: str, folder: Path) -> None:
    assert len(list(folder.glob("record-*"))) > 4
    path = folder / "record-000003.workings"
    DAMAGE[how](path)
    if how == "a folder":
        path.rmdir()
    outcome, said = fitted(checkpoint=folder)
    assert outcome == fitted()[0]
    assert len(said) == 1
    assert "What was done from there on is done again" in said[0]
    assert "record" in said[0]
    outcome, said = fitted(checkpoint=folder)  # it is whole again
    assert (outcome, said) == (fitted()[0], [])


@pytest.mark.fault("bit flip")
def test_a_damaged_checkpoint_falls_back_on_the_one_before(folder: Path) -> None:
    newest = max(folder.glob("checkpoint-*"))
    newest.write_bytes(newest.read_bytes()[:-1])
    outcome, said = fitted(checkpoint=folder)
    assert outcome == fitted()[0]
    assert ["The one before it is taken" in one for one in said] == [True]


def test_pieces_of_another_fit_are_not_taken(folder: Path) -> None:
    spec, arrays = model_files.read(folder / "record-000002.workings")
    model_files.write(folder / "record-000002.workings", {**spec, "fit": "another"}, arrays)
    outcome, said = fitted(checkpoint=folder)
    assert outcome == fitted()[0]
    assert "is of something else" in said[0]


@pytest.mark.fault("kill write", "write error")
@pytest.mark.parametrize("nth", [2, 3, 4, 5])  # the first is whether there can be a folder
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_write_that_fails_or_is_killed_loses_nothing(
    call: str, nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted()[0]
    monkeypatch.setattr("workings.estimators._keeping.FolderKeeper", Third)
    with disk(Fault(call, nth)):
        outcome, said = fitted(checkpoint=tmp_path / "full")
    assert outcome == whole
    assert ["disk is full" in one or "written again" in one for one in said] == [True, True]
    for how in ("kill", "after"):
        assert killed(lambda how=how: fitted(checkpoint=tmp_path / how), Fault(call, nth, how))
    for how in ("full", "kill", "after"):
        assert fitted(checkpoint=tmp_path / how) == (whole, [])
        assert not list((tmp_path / how).glob(".*"))


@pytest.mark.fault("disk full")
def test_on_a_disk_that_stays_full_it_gives_up_and_the_fit_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, whole = sorted(folder.iterdir()), fitted()[0]
    monkeypatch.setattr("workings.estimators._keeping.FolderKeeper", Each)
    monkeypatch.setattr(recording, "HELD", 4000)
    with disk(Fault("write", 1, "full", sticky=True)):
        outcome, said = fitted(checkpoint=folder)
    assert outcome == whole
    assert [sum(word in one for one in said) for word in (
        "goes on without this checkpoint", "no further checkpoint of this", "is an earlier one"
    )] == [1, 1, 1]  # fmt: skip
    assert sorted(folder.iterdir()) == before
    assert fitted(checkpoint=folder) == (whole, [])


@pytest.mark.fault("disk full")
def test_a_record_that_would_not_fit_is_refused_before_work_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    size = 4 * 5 + 5 + 5 * 3 + 3
    need = recording.bytes_of(size, 25 + 1)
    monkeypatch.setattr(checkpoints.shutil, "disk_usage", lambda _: usage(need - 1))
    with pytest.raises(SettingError, match=r"they may take 0\.\d MiB, and 0\.0 MiB are") as caught:
        fitted(checkpoint=tmp_path / "run")
    checked(caught.value, "another disk")
    assert os.listdir(tmp_path) == []
    monkeypatch.setattr(checkpoints.shutil, "disk_usage", lambda _: usage(need))
    assert fitted(checkpoint=tmp_path / "run") == fitted()


@unconverged
def test_it_says_that_it_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    MLPClassifier(**FIT, verbose=True).fit(X, Y, checkpoint=folder)
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "Going on; 21 evaluations are read from the record"
    assert second.startswith("Iteration ")
    assert not second.startswith("Iteration 1,")
