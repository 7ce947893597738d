"""The loop around the nests: load a batch, run the nests, note the loss, go on with what is new.

    Job(...)                           what is asked of a kernel
    spelled(job, plan)                 the kernel as LLVM's text: a function of a table of
                                       `PARAMETERS` and `NUMBERS`, and of which thread it is

The kernel ends early when the number at `%stop` is no longer 0, or at a loss that is not finite;
what is carried is then as that iteration found it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from workings.compiling import nests
from workings.compiling.cells import ARENA
from workings.compiling.indexes import factors
from workings.compiling.loading import Source, load
from workings.compiling.plans import FLAT, PRODUCT, Nest, Plan
from workings.compiling.sharing import WAITING, Team
from workings.compiling.text import Text, Word, whole
from workings.compiling.values import Value
from workings.compiling.writing import Writing

PARAMETERS = (
    "arena",  # the memory that every value has its home in
    "sources",  # for each matrix of rows: address, step from row to row, from feature to feature
    "order",  # places of rows; a batch is a piece of it
    "begins", "counts",  # for each iteration: where its batch begins in the order, how long it is
    "offsets",  # for each iteration: how many rows came before it, for what is given by iteration
    "rates", "losses",  # for each iteration: the learning rate given, the loss found
    "team",  # what the threads tell each other, and a function that lets others go first
    "yield",
    "stop",  # another thread may put something else than 0 here
    "done",  # how many iterations are finished; counted on
)  # fmt: skip
NUMBERS = ("iterations", "threads")  # how many there are to do, and to do them


@dataclass(frozen=True)
class Job:
    """What is asked of a kernel: how it computes, what comes by rows, what it must look after."""

    real: str
    lanes: int
    gathered: tuple[str, ...] = ()  # given matrices, of which a batch takes some rows
    by_iteration: tuple[str, ...] = ()  # given matrices with rows of their own for each iteration
    rate: str = ""
    loss: str = ""
    updates: Mapping[str, str] = field(default_factory=dict)


def spelled(job: Job, plan: Plan) -> str:
    """The kernel as a module of LLVM's text, with one function, `kernel`."""
    text = Text(job.real)
    team = Team(text, plan)
    last = [text.cell(whole(-1)) for _ in range(2)]
    kept = _in_place(job, plan)
    team.begin()
    with text.loop(whole(0), Word("%iterations", "i64")) as turn:
        text.leave_when(_not_zero(text, team))
        _take_rate(text, team, plan, job, turn)
        begin, count = _entry(text, "begins", turn), _entry(text, "counts", turn)
        writing = Writing(text, plan, job.lanes, count, team, count)
        for some, is_tiled in _stretches(plan):
            with _tiles(writing) if is_tiled else nullcontext((writing, whole(0))) as (w, first):
                if is_tiled or plan.tile is None:
                    _take_rows(w, job, last, (text.plus(begin, first), turn), first)
                for nest in some:
                    with team.at(nest):
                        nests.write(w, nest)
                    if nest is _loss_nest(job, plan):
                        _note_loss(text, team, plan, job, turn)
        _go_on(text, team, plan, {old: new for old, new in job.updates.items() if old not in kept})
    text.do("ret void")
    alias = "" if team.is_needed else " noalias"  # other threads change what we read
    kinds = [*(f"ptr{alias} %{w}" for w in PARAMETERS), *(f"i64 %{w}" for w in (*NUMBERS, "me"))]
    module = text.function("internal void", "iterations", kinds) + _entered()
    return module + WAITING if team.is_needed else module


def _entered() -> str:
    """The function that is called from outside: what it is to know lies in a table."""
    lines, listed = [], []
    for place, word in enumerate((*PARAMETERS, *NUMBERS)):
        kind = "i64" if word in NUMBERS else "ptr"
        lines.append(f"  %place{place} = getelementptr i64, ptr %table, i64 {place}")
        lines.append(f"  %{word} = load {kind}, ptr %place{place}")
        listed.append(f"{kind} %{word}")
    call = f"  call void @iterations({', '.join([*listed, 'i64 %me'])}) noinline"
    return "\n".join(["define void @kernel(ptr %table, i64 %me) {", *lines, call,
                      "  ret void", "}", ""])  # fmt: skip


def _stretches(plan: Plan) -> list[tuple[list[Nest], bool]]:
    """Nests that are run once, and those that are run for one tile of rows after the other."""
    if plan.tile is None:
        return [(plan.nests, False)]
    first, stop = plan.tile.start, plan.tile.stop
    return [(plan.nests[:first], False), (plan.nests[plan.tile], True), (plan.nests[stop:], False)]


@contextmanager
def _tiles(w: Writing) -> Iterator[tuple[Writing, Word]]:
    """For each tile: what to write with, and its first row."""
    text, size = w.text, w.plan.rows
    w.team.meet()
    with text.loop(whole(0), w.total, size) as first:
        rows = text.extreme("min", text.plus(w.total, text.times(first, -1)), whole(size))
        is_later = text.compare("icmp ne", first, whole(0))
        yield replace(w, rows=rows, is_later=is_later, masks={}), first
        w.team.meet()


def _take_rows(w: Writing, job: Job, last: list[Word], now: tuple[Word, Word], first: Word) -> None:
    """What is given for this iteration by rows; `first` of them came before."""
    text, team, (begin, turn) = w.text, w.team, now
    with team.dividing():
        _load_batch(w, job, last, begin)
        for place in range(len(job.by_iteration)):
            begins = text.plus(_entry(text, "offsets", turn), first)
            _load(w, job, len(job.gathered) + place, begins)
    team.meet()


def _take_rate(text: Text, team: Team, plan: Plan, job: Job, turn: Word) -> None:
    """The learning rate given for this iteration."""
    if job.rate in plan.lowered.given:
        with team.alone():
            _copy_rate(text, plan, job, turn)


def _go_on(text: Text, team: Team, plan: Plan, updates: dict[str, str]) -> None:
    """The next iteration begins with what this one has found."""
    if updates:
        team.meet()
    with team.alone():
        for old, new in updates.items():
            _carry(text, plan, old, new)
        _count(text)


def _not_zero(text: Text, team: Team) -> Word:
    stop = team.agree(text.new("i64", "load volatile i64, ptr %stop, align 8", text.depth))
    return text.compare("icmp ne", stop, whole(0))


def _count(text: Text) -> None:
    place = Word("%done", "ptr")
    text.store(text.plus(text.load(place, "i64", text.depth), 1), place)


def _entry(text: Text, word: str, place: Word) -> Word:
    address = text.address(Word(f"%{word}", "ptr"), place, "i64")
    return text.load(address, "i64", text.depth)


# -- rows ------------------------------------------------------------------------------------------


def _load_batch(w: Writing, job: Job, last: list[Word], begin: Word) -> None:
    """The rows of this iteration, unless they are those of the one before."""
    text, now = w.text, (begin, w.rows)
    moved = [text.compare("icmp ne", one, text.read(cell, "i64"))
             for one, cell in zip(now, last, strict=True)]  # fmt: skip
    with text.when(text.op("or", *moved)):
        for one, cell in zip(now, last, strict=True):
            text.write(cell, one)
        for source in range(len(job.gathered)):
            _load(w, job, source, begin)


def _load(w: Writing, job: Job, source: int, first: Word) -> None:
    """The rows of one given matrix: in the order given, or the next ones."""
    text, words = w.text, (*job.gathered, *job.by_iteration)
    address, row_step, step = (_entry(text, "sources", whole(3 * source + k)) for k in range(3))

    def place_of(row: Word) -> Word:
        place = text.plus(first, row)
        return _entry(text, "order", place) if source < len(job.gathered) else place

    given = Source(text.cast("inttoptr", address, "ptr"), row_step, step)
    load(w, w.plan.lowered.given[words[source]], given, place_of)


# -- what an iteration leaves behind ---------------------------------------------------------------


def _copy_rate(text: Text, plan: Plan, job: Job, turn: Word) -> None:
    rate = text.load(text.address(Word("%rates", "ptr"), turn), text.real, text.depth)
    home = plan.home[plan.lowered.given[job.rate]]
    text.store(rate, text.address(ARENA, whole(home)))


def _loss_nest(job: Job, plan: Plan) -> Nest | None:
    return plan.where[plan.lowered.named[job.loss]] if job.loss else None


def _note_loss(text: Text, team: Team, plan: Plan, job: Job, turn: Word) -> None:
    team.meet()
    home = plan.home[plan.lowered.named[job.loss]]
    loss = text.load(text.address(ARENA, whole(home)), text.real, text.depth)
    with team.alone():
        text.store(loss, text.address(Word("%losses", "ptr"), turn))
    size = text.call("fabs", loss)
    text.leave_when(text.compare("fcmp uge", size, text.number(float("inf"))))


def _carry(text: Text, plan: Plan, old: str, new: str) -> None:
    source, target = plan.lowered.named[new], plan.lowered.given[old]
    with text.loop(0, plan.cells(target)) as place:
        there = text.address(ARENA, text.plus(place, plan.home[source]))
        value = text.load(there, text.real, text.depth)
        text.store(value, text.address(ARENA, text.plus(place, plan.home[target])))


def _in_place(job: Job, plan: Plan) -> set[str]:
    """The names whose new value may take the place of the old one as soon as it is known.

    That is where nobody reads the old one afterwards, and the loss has been looked at.
    """
    run = {nest: place for place, nest in enumerate(plan.nests)}
    looked = run[nest] if (nest := _loss_nest(job, plan)) else -1
    found: dict[Value, str] = {}
    for old, new in job.updates.items():
        value, given = plan.lowered.named[new], plan.lowered.given[old]
        here = plan.where.get(value)
        if here is None or here.kind_of(value) != FLAT or value in found or run[here] <= looked:
            continue
        if here.kind == PRODUCT and given in factors(here.members[0]):
            continue
        if all(run[reader] <= run[here] for reader in plan.readers.get(given, [])):
            plan.home[value] = plan.home[given]
            found[value] = old
    return set(found.values())
