"""The record of a search that hides what it remembers: the loss and its slopes, wherever it looked.

    record = Record(keeper, state, size, by="SciPy 1.17.1")
    record.answer(point)             of a look that was kept: loss and slopes; None after the last
    record.add(point, loss, slopes)  of a new look, kept as soon as that is due
    record.last(history, ended=..)   keeps what is left

A search asks for the same points again if it is given the same answers. So one that is gone on with
starts where it started, and is answered from the record until that ends: to the last bit it is by
then where it was. Of the points themselves a digest is enough. The record is kept in pieces, each
written once, so however long it has become a checkpoint costs what is new.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from workings import facts
from workings.errors import SettingError
from workings.trace import Array
from workings.training.keeping import machine
from workings.training.runs import History
from workings.training.starting import unfit
from workings.training.states import Recorder, State

Look = tuple[np.uint64, float, Array]  # digest of the point, loss, slopes
PIECE = 16 * 2**20  # bytes of the record in a file, or one look where that is more
HELD = 256 * 2**20  # bytes that wait for room on the disk, until the record is given up
CALLBACK = "ended by a callback"


def bytes_of(size: int, looks: int) -> int:
    """How long the record of so many looks at so many weights is."""
    return 8 * (size + 2) * looks


class Record:
    """What was seen of a search for `size` weights; does nothing where nobody keeps it.

    `by` is the name and version of whose search it is. `ran` tells the engine, and why it is not
    another.
    """

    def __init__(
        self, keeper: Recorder | None, state: State | None, size: int, *, by: str,
        ran: Callable[[], tuple[str, str]],
    ) -> None:  # fmt: skip
        self.keeper, self.size, self.by, self.ran = keeper, size, by, ran
        self.before = state or State(0, {}, np.empty(0), History(), {}, {})
        self.began = time.perf_counter() - self.before.history.seconds
        self.begun_by = self._begun_by()
        self.most = max(1, PIECE // bytes_of(size, 1))  # looks in a piece
        # pieces, looks in them, and those that wait to be written; replaced as a whole: Ctrl-C may
        # come any time
        self.at: tuple[int, int, list[Look]] = 0, 0, []
        self.answered = 0
        self.old = self._kept()
        self.next = next(self.old, None)

    @property
    def answers(self) -> bool:
        """Whether the next look was kept."""
        return self.next is not None

    @property
    def looks(self) -> int:
        """How many are in the record, by now."""
        return self.at[1] + len(self.at[2])

    @property
    def was_ended(self) -> str:
        """Why it ended, here, in a process before this one; "" if it did not."""
        here = self.before.ended and not self.answers and self.looks == self.before.done
        return self.before.history.stopped if here else ""

    def begin(self) -> None:
        """Keeps that it has begun."""
        if not self.before.done:
            self._keep(History())

    def answer(self, point: Array) -> tuple[float, Array] | None:
        """Loss and slopes of a look that was kept; raises `SettingError` if it was another's."""
        if self.next is None:
            return None
        (digest, loss, slopes), self.next = self.next, next(self.old, None)
        self.answered += 1
        if digest != digest_of(point):
            raise SettingError(
                f"cannot go on with this training: {self.by} asks for another point in its "
                f"evaluation {self.answered} than {self.begun_by} did, which began it",
                hint="Go on with it where it was begun, or begin it anew with another folder.",
            )
        return loss, slopes.copy()

    def add(self, point: Array, loss: float, slopes: Array) -> None:
        """Takes a new look into the record."""
        if self.keeper is None:
            return
        waiting = self.at[2]
        waiting.append((digest_of(point), loss, slopes.copy()))
        if self.keeper.due or (len(waiting) >= self.most and not self.keeper.failure):
            self._keep(History())

    def last(self, stopped: str, *, ended: bool) -> None:
        """Keeps what is left; if it is `ended`, there is nothing left to do."""
        if not self.answers:
            self._keep(History(stopped=stopped), ended=ended)

    def _keep(self, history: History, *, ended: bool = False) -> None:
        """Keeps the looks that are waiting, and where the search is."""
        if self.keeper is None or not self._pieces_kept(self.keeper):
            return
        engine, fallback = self.ran()
        told = replace(
            history, engine=engine, fallback=fallback, iterations=self.looks,
            seconds=time.perf_counter() - self.began, machine=self.before.history.machine,
        )  # fmt: skip
        told.machine = machine(told)
        self.keeper.keep(State(
            self.looks, {}, np.empty(0), told, {"by": self.begun_by}, {}, ended=ended
        ))  # fmt: skip

    def _pieces_kept(self, keeper: Recorder) -> bool:
        """Keeps the looks that are waiting; whether that could be done."""
        while self.at[2]:
            (pieces, first, waiting), most = self.at, self.most
            some = waiting[:most]
            digests, losses, slopes = zip(*some, strict=True)
            piece = {"points": np.array(digests, np.uint64), "losses": np.array(losses, float),
                     "slopes": np.stack(slopes)}  # fmt: skip
            if not keeper.add(pieces + 1, first, piece):
                if bytes_of(self.size, len(waiting)) > HELD:
                    keeper.give_up()
                    self.keeper, self.at = None, (pieces, first, [])
                return False
            self.at = pieces + 1, first + len(some), waiting[most:]
        return True

    def _kept(self) -> Iterator[Look]:
        """The looks that were kept, a piece of them in memory at a time."""
        while self.keeper is not None and self.looks < self.before.done:
            pieces, first, _ = self.at
            piece = self.keeper.piece(pieces + 1, first)
            if piece is None:
                return
            points, losses, slopes = self._checked(piece)
            self.at = pieces + 1, first + len(losses), []
            yield from zip(points, losses.tolist(), slopes, strict=True)

    def _checked(self, piece: Mapping[str, Array]) -> tuple[Array, Array, Array]:
        """The arrays of a piece; raises `SettingError` where it is not one of this search."""
        found = {word: (x.dtype.str[1:], x.shape) for word, x in piece.items()}
        count = found.get("losses", ("", (0,)))[1][:1]
        right = {"points": ("u8", count), "losses": ("f8", count),
                 "slopes": ("f8", (*count, self.size))}  # fmt: skip
        if found != right or not 0 < count[0] <= self.most:
            raise unfit("has looks in its record that are not of it")
        return piece["points"], piece["losses"], piece["slopes"]

    def _begun_by(self) -> str:
        try:
            return str(facts.text(self.before.course["by"])) if self.before.done else self.by
        except (LookupError, TypeError, ValueError) as error:
            raise unfit(f"does not tell who searched ({error})") from None


def digest_of(point: Array) -> np.uint64:
    """What a point is recognised by, to its last bit."""
    found = hashlib.blake2b(np.ascontiguousarray(point).view(np.uint8).data, digest_size=8)
    return np.uint64(int.from_bytes(found.digest(), "little"))
