"""Several threads at one kernel: each runs all of its text, and does its part of what is divided.

    team = Team(text, plan)              is_needed: whether anything is worth dividing
    with team.at(nest): ...              the nest, by all together or by the first thread alone
    team.share(count)                    which of so many things this thread does
    team.meet()                          nobody goes on before everybody is here

What is divided are cells of results, never the terms of a sum: each number is computed by one
thread, in the same way whoever it is. So results do not depend on how many threads there are.
Threads wait by looking, for some microseconds, and then let others have the processor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from workings.compiling.indexes import is_row_sum, multiplications
from workings.compiling.plans import BY_ROWS, CELLS, FLAT, PRODUCT, Nest, Plan
from workings.compiling.text import Text, Word, whole

# Multiplications in the largest product, from which on threads are worth it. With less to do they
# wait for each other as long as they work, and longer where another program wants the processor.
# 1000 rows of float64, two threads and one: 20-64-64-1 450, 461 us; 20-128-128-1 0.87, 1.29 ms.
LARGE = 8_000_000
MULTIPLICATIONS = 500_000  # in another product beside it, likewise
CELLS_FROM = 16_000  # computed in a nest beside it, likewise
UNITS_FROM = 16  # so many units are divided, rather than rows

ARRIVED, TURN, GO, STOPPED = 0, 8, 16, 24  # places in the team's memory, in lines of their own
MEMORY = 32
BEGUN, CALLED_OFF = 1, 2
LOOKS = 5000  # before a thread that waits lets others go first

WAITING = f"""
define internal void @meet(ptr %team, ptr %yield, i64 %threads) noinline {{
  %turn = getelementptr i64, ptr %team, i64 {TURN}
  %before = load atomic i64, ptr %turn acquire, align 8
  %others = atomicrmw add ptr %team, i64 1 acq_rel
  %here = add i64 %others, 1
  %all = icmp eq i64 %here, %threads
  br i1 %all, label %open, label %wait
open:
  store atomic i64 0, ptr %team monotonic, align 8
  %next = add i64 %before, 1
  store atomic i64 %next, ptr %turn release, align 8
  ret void
wait:
  %found = call i64 @changed(ptr %turn, i64 %before, ptr %yield)
  ret void
}}

define internal i64 @changed(ptr %place, i64 %before, ptr %yield) noinline {{
start:
  br label %look
look:
  %looks = phi i64 [0, %start], [%more, %same], [%more, %tired]
  %now = load atomic i64, ptr %place acquire, align 8
  %more = add i64 %looks, 1
  %waits = icmp eq i64 %now, %before
  br i1 %waits, label %same, label %done
same:
  %long = icmp ugt i64 %looks, {LOOKS}
  br i1 %long, label %tired, label %look
tired:
  call void %yield()
  br label %look
done:
  ret i64 %now
}}
"""


class Team:
    """Who does what in a kernel that may be run by several threads."""

    def __init__(self, text: Text, plan: Plan) -> None:
        self.text, self.plan = text, plan
        self.is_needed = is_divided(plan)
        self.is_dividing = False
        self.since: list[tuple[Nest, bool]] = []  # they last met, and whether it was divided

    def begin(self) -> None:
        """The first thread lets the others go; or they are sent home."""
        if not self.is_needed:
            return
        text, go = self.text, self._place(GO)
        with text.when(self._is_first()):
            text.do(f"store atomic i64 {BEGUN}, ptr {go.text} release, align 8")
        found = text.new("i64", f"call i64 @changed(ptr {go.text}, i64 0, ptr %yield)", 0)
        text.leave_when(text.compare("icmp ne", found, whole(BEGUN)))

    def agree(self, number: Word) -> Word:
        """What the first thread has found, for everybody."""
        if not self.is_needed:
            return number
        text, place = self.text, self._place(STOPPED)
        with text.when(self._is_first()):
            text.store(number, place)
        self.meet()
        return text.load(place, "i64", text.depth)

    @contextmanager
    def at(self, nest: Nest) -> Iterator[None]:
        """The nest, once all that it needs is there."""
        self.is_dividing = self.is_needed and _is_long(self.plan, nest)
        if self.is_needed and any(self._is_before(one, nest) for one in self.since):
            self.meet()
        divided = self.is_dividing
        with nullcontext() if divided else self.alone():
            yield
        self.since.append((nest, divided))
        self.is_dividing = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What only the first thread does."""
        if self.is_needed:
            with self.text.when(self._is_first()):
                yield
        else:
            yield

    def share(self, count: Word) -> tuple[Word, Word]:
        """Which of so many things this thread does: from the first to before the second."""
        if not self.is_dividing:
            return whole(0), count
        text, threads = self.text, Word("%threads", "i64")
        me = Word("%me", "i64")
        first, last = (text.op("udiv", text.times(one, count), threads)
                       for one in (me, text.plus(me, 1)))  # fmt: skip
        return first, last

    @contextmanager
    def dividing(self) -> Iterator[None]:
        """What is divided though it is no nest."""
        self.is_dividing = self.is_needed
        yield
        self.is_dividing = False

    def meet(self) -> None:
        """Nobody goes on before everybody is here."""
        self.since.clear()
        if self.is_needed:
            self.text.do("call void @meet(ptr %team, ptr %yield, i64 %threads)")

    def _is_first(self) -> Word:
        return self.text.compare("icmp eq", Word("%me", "i64"), whole(0))

    def _place(self, number: int) -> Word:
        return self.text.address(Word("%team", "ptr"), whole(number), "i64")

    def _is_before(self, done: tuple[Nest, bool], nest: Nest) -> bool:
        """Whether a nest must be done by everybody before this one begins."""
        if not (done[1] or self.is_dividing):
            return False  # the first thread does both
        earlier, later = self._touched(done[0]), self._touched(nest)
        return bool(earlier[1] & (later[0] | later[1]) or earlier[0] & later[1])

    def _touched(self, nest: Nest) -> tuple[set[int], set[int]]:
        """Which places in memory a nest reads, and which it writes."""
        home = self.plan.home
        read = {home[value] for value, nests in self.plan.readers.items()
                if nest in nests and value in home}  # fmt: skip
        return read, {home[member] for member in nest.members if member in home}


def is_divided(plan: Plan) -> bool:
    """Whether a kernel has anything for several threads to do."""
    return any(_is_large(plan, nest, LARGE) for nest in plan.nests)


def is_worth_it(plan: Plan, nest: Nest) -> bool:
    """Whether a nest is divided."""
    return is_divided(plan) and _is_long(plan, nest)


def _is_large(plan: Plan, nest: Nest, least: int) -> bool:
    return nest.kind == PRODUCT and multiplications(nest.members[0], plan.rows) >= least


def _is_long(plan: Plan, nest: Nest) -> bool:
    """Whether a nest is long enough to be divided, and can be."""
    if nest.kind == PRODUCT:
        following = nest.size * len(nest.following)
        return _is_large(plan, nest, MULTIPLICATIONS) or following >= CELLS_FROM
    if nest.kind == CELLS or (nest.kind == BY_ROWS and not (by_units(plan, nest) or by_rows(nest))):
        return False
    rows = 1 if nest.kind == FLAT else plan.rows
    return nest.size * rows > 1 and nest.size * rows * len(nest.members) >= CELLS_FROM


def by_units(plan: Plan, nest: Nest) -> bool:
    """Whether its units can be divided: no sum goes over several of them."""
    sums = (member for member in nest.members if is_row_sum(member))
    return nest.size >= UNITS_FROM and all(plan.unit_axis[member] is not None for member in sums)


def by_rows(nest: Nest) -> bool:
    """Whether its rows can be divided: nothing is summed over them."""
    return not any(is_row_sum(member) for member in nest.members)
