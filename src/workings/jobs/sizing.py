"""How many hidden neurons: the cross-validated score of each size, and the smallest that will do.

    size(table, target, sizes=(0, 1, 2, 4, 8), folds=5, **options)     -> SizeCurve

All sizes are tested on the same folds. Recommended is the smallest size whose mean score is within
one standard error of the best (the one-standard-error rule of Breiman, Friedman, Olshen and Stone,
"Classification and Regression Trees", 1984): what is better by less is not known to be better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workings import training
from workings.data import Table
from workings.errors import SettingError
from workings.jobs.fitting import located
from workings.jobs.fold_jobs import counted, few_rows, folds_for, in_fold, trained
from workings.jobs.job import Job
from workings.jobs.options import Options, options_of
from workings.scores.folds import FOLDS, Spread, main_score, smallest_within, spread_of
from workings.scores.scoring import BETTER, Scores, scores
from workings.trace import Array
from workings.training.runs import is_number
from workings.views import html, parts, score_plots
from workings.views.parts import digits

SIZES = (0, 1, 2, 4, 8, 16, 32)
MOST_SIZES = 50
WIDTH = 24  # signs of a bar


@dataclass(frozen=True)
class Size:
    """One size: its hidden neurons, all its weights, and its scores over the folds."""

    hidden: int
    weights: int
    found: tuple[Scores, ...]


@dataclass(frozen=True)
class SizeCurve:
    """The score of each size on the same folds; `asked` are the sizes there were to be."""

    source: str
    target: str
    task: str
    rows: int
    folds: int
    sizes: tuple[Size, ...]
    asked: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before all sizes were finished."""
        return len(self.sizes) < len(self.asked)

    @property
    def score(self) -> str:
        """The score that is compared: accuracy or R2; RMSE where a fold has no R2."""
        return main_score(self.task, [one for size in self.sizes for one in size.found])

    @property
    def spreads(self) -> list[Spread]:
        """That score of each size, over the folds."""
        return [spread_of(size.found, self.score) for size in self.sizes]

    @property
    def best(self) -> Size:
        """The size with the best mean score; of equal ones the smallest."""
        return self.sizes[self._places[0]]

    @property
    def recommended(self) -> Size:
        """The smallest size within one standard error of the best."""
        return self.sizes[self._places[1]]

    @property
    def sentence(self) -> str:
        """What is recommended, and why."""
        best, chosen = self._places
        spreads, words = self.spreads, _neurons(self.recommended.hidden)
        top = spreads[best].mean
        said = f"{self.score} {digits(top)} ± {digits(spreads[best].error, top)}"
        if best == chosen:
            why = f"it has the best {said}"
            why += ", and no smaller one is within one standard error of it" * (best > 0)
        else:
            why = (
                f"its {self.score} of {digits(spreads[chosen].mean)} is within one standard error "
                f"of the best, {said} with {_neurons(self.best.hidden)}"
            )
        so_far = " of the sizes finished" if self.interrupted else ""
        return f"Recommended{so_far}: {words}; {why}."

    @property
    def described(self) -> str:
        """How it was found, in a sentence."""
        done = f", {len(self.sizes)} of {len(self.asked)} sizes finished" * self.interrupted
        return f"Each size was tested on the same {self.folds} folds of {self.rows} rows{done}."

    def table(self, *, bars: bool = True) -> list[list[str]]:
        """Rows of words: size, weights, weights per row, the score ± standard error, marks."""
        heads = ["hidden", "weights", "per row", f"{self.score} ± standard error"]
        spreads = self.spreads
        rows = [
            [str(size.hidden), str(size.weights), digits(size.weights / self.rows),
             f"{digits(found.mean)} ± {digits(found.error, found.mean)}"]
            for size, found in zip(self.sizes, spreads, strict=True)
        ]  # fmt: skip
        if bars:
            heads, rows = [*heads, ""], [[*r, b] for r, b in zip(rows, _bars(spreads), strict=True)]
        best, chosen = self._places
        marks = {best: "best", chosen: "recommended"}
        if best == chosen:
            marks[best] = "best, recommended"
        return [[*heads, ""], *([*row, marks.get(place, "")] for place, row in enumerate(rows))]

    def fragment(self) -> str:
        """What there is to show, as HTML."""
        best, chosen = self._places
        spreads = self.spreads
        bound = spreads[best].mean - BETTER[self.score] * spreads[best].error
        ax = score_plots.plot_sizes(
            [size.hidden for size in self.sizes], [found.mean for found in spreads],
            [found.error for found in spreads], [size.weights / self.rows for size in self.sizes],
            score=self.score, best=best, chosen=chosen, bound=bound,
        )  # fmt: skip
        said = (
            f"The {self.score} of each size with its standard error (solid, to the left), and the "
            "weights per row of data (dashed, to the right)."
        )
        caption = "Weights per row of data, and scores"
        return (
            parts.bullets([self.sentence, self.described, *self.notes])
            + parts.figure(ax, said)
            + parts.table(caption, self.table(bars=False))
        )

    def _repr_html_(self) -> str:
        return html.scoped(self.fragment())

    @property
    def _places(self) -> tuple[int, int]:
        better, spreads = BETTER[self.score], self.spreads
        return smallest_within([s.mean * better for s in spreads], [s.error for s in spreads])


def size(
    table: Any,
    target: str | None = None,
    *,
    sizes: Sequence[int] = SIZES,
    folds: int = FOLDS,
    watch: training.Watch | None = None,
    **options: Any,
) -> SizeCurve:
    """The cross-validated score of networks with one hidden layer of each size; 0 is none.

    `table`, `target` and `options` are those of `workings.train`, without `hidden`. Ctrl-C keeps
    the sizes that are finished. Raises `SettingError` for sizes or folds that cannot be.

    >>> found = size("diabetes", sizes=[0, 2], folds=3, epochs=5, lr=0.05)
    >>> [(one.hidden, one.weights) for one in found.sizes], found.score
    ([(0, 11), (2, 25)], 'R2')
    >>> found.recommended in found.sizes
    True
    """
    asked = _checked(sizes)
    if "hidden" in options:
        raise SettingError(
            "cannot look for the hidden size and be told it", hint="Say sizes= and not hidden=."
        )
    table, target = located(table, target)
    chosen = [options_of(**options, hidden=(hidden,)) for hidden in asked]
    return _curve(table, target, chosen, folds, watch)


def _curve(
    table: Table, target: str, chosen: Sequence[Options], folds: int, watch: training.Watch | None
) -> SizeCurve:
    job = Job(table, target, chosen[0], test=())
    tests, done = folds_for(job, folds), list[Size]()
    weights = [job.count_weights(job.suited(options)) for options in chosen]
    try:
        for place, options in enumerate(chosen):
            watched = counted(watch, place, len(chosen))
            found = _tested(table, target, options, tests, watched)
            done.append(Size(_hidden(options), weights[place], found))
    except KeyboardInterrupt:
        if not done:
            raise
    return SizeCurve(
        table.source, target, job.task, len(job.table), folds, tuple(done),
        tuple(map(_hidden, chosen)), tuple(few_rows(job, folds)),
    )  # fmt: skip


def _tested(
    table: Table, target: str, options: Options, tests: Sequence[Array],
    watch: training.Watch | None,
) -> tuple[Scores, ...]:  # fmt: skip
    found = []
    for place, test in enumerate(tests):
        with in_fold(place, len(tests)):
            fold = Job(table, target, options, test=test.tolist())
            found.append(scores(trained(fold, counted(watch, place, len(tests))), fold.test))
    return tuple(found)


def _hidden(options: Options) -> int:
    return sum(options.hidden)


def _checked(sizes: Sequence[int]) -> list[int]:
    """The sizes in order, each once."""
    asked = list(dict.fromkeys(sizes))
    whole = all(is_number(count, whole=True) and count >= 0 for count in asked)
    if not (whole and 0 < len(asked) <= MOST_SIZES):
        listed = ", ".join(map(str, asked[:5])) + (", ..." if len(asked) > 5 else "")
        raise SettingError(
            f"cannot compare the sizes {listed or '(none)'}: 1 to {MOST_SIZES} whole numbers of 0 "
            "or more were expected",
            hint="For instance 0, 1, 2, 4, 8.",
        )
    return sorted(asked)


def _neurons(count: int) -> str:
    if count == 0:
        return "no hidden layer"
    return f"{count} hidden neuron{'s' * (count > 1)}"


def _bars(spreads: Sequence[Spread]) -> list[str]:
    """Each mean as `o` on one scale, with a line of one standard error to each side."""
    ends = [(s.mean - _known(s.error), s.mean, s.mean + _known(s.error)) for s in spreads]
    low, high = min(end[0] for end in ends), max(end[2] for end in ends)
    scale = (WIDTH - 1) / (high - low) if high > low else 0.0
    bars = []
    for end in ends:
        left, middle, right = (round((value - low) * scale) for value in end)
        bar = " " * left + "-" * (right - left + 1)
        bars.append((bar[:middle] + "o" + bar[middle + 1 :]).ljust(WIDTH))
    return bars


def _known(error: float) -> float:
    return 0.0 if math.isnan(error) else error
