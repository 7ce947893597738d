"""Cross-validation: every row tested once, by a network that was not trained on it.

    cross_validate(table, target, folds=5, **options)     -> CrossValidation
    of_job(job, table, folds=5)                           the same for a job that has been set up

The folds are made first, from the seed; of every class each fold gets its share. Each fold is a
`Job` of its own: its columns are prepared on its own training rows, and the network, the trivial
and the linear model (and scikit-learn's network, if asked for) are scored on the same test rows.

Scores are given with their mean, their sample standard deviation over the folds and the standard
error of the mean; whether the network beats another model is judged by the differences fold by
fold. Folds share training rows, so these errors are, if anything, a little too small (Bengio and
Grandvalet 2004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workings import facts, training
from workings.data import Table
from workings.errors import UnknownName
from workings.jobs.fitting import located
from workings.jobs.fold_jobs import counted, few_rows, folds_for, in_fold, trained
from workings.jobs.job import Job, Result
from workings.jobs.options import options_of
from workings.scores.folds import FOLDS, Spread, main_score, spread_of, verdict
from workings.scores.scoring import (
    SKLEARN,
    Scores,
    baselines,
    given,
    scores,
    sklearn_described,
    sklearn_network,
)
from workings.views import html, parts, score_plots
from workings.views.parts import digits

AGAINST = ("sklearn",)
NETWORK, TRIVIAL = "network", "trivial model"
FOLDS_SHOWN = 10


@dataclass(frozen=True)
class CrossValidation:
    """The scores of every fold, for each of those compared.

    `found` holds for `network`, `trivial model`, `linear model` (and `scikit-learn model`) the
    scores of each finished fold; `tests` the rows that each of them tested (places from 0 among
    those with a target); `folds` is how many there were to be, `rows` how many they test.
    """

    source: str
    target: str
    task: str
    network: str
    rows: int
    folds: int
    tests: tuple[tuple[int, ...], ...]
    found: Mapping[str, tuple[Scores, ...]]
    notes: tuple[str, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before all folds were finished."""
        return len(self.tests) < self.folds

    @property
    def main(self) -> str:
        """The score that is compared: accuracy or R2; RMSE where a fold has no R2."""
        return main_score(self.task, self.found[NETWORK])

    def spread(self, who: str, score: str) -> Spread:
        """One score of one of those compared, over the folds."""
        return spread_of(self.found[who], score)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """A sentence for each other model: whether the network beats it, and on what grounds."""
        ours = self.spread(NETWORK, self.main)
        return tuple(
            verdict(who, self.main, ours, self.spread(who, self.main))
            for who in self.found if who != NETWORK
        )  # fmt: skip

    @property
    def described(self) -> str:
        """How many folds and rows, in a sentence."""
        sizes = sorted({len(test) for test in self.tests})
        each = " or ".join(map(str, sizes)) + (" row" if sizes == [1] else " rows")
        asked = f" of {self.folds}" if self.interrupted else ""
        return (
            f"Cross-validated on {self.rows} rows: {len(self.tests)}{asked} folds, {each} "
            "tested in each" + (", then it was interrupted." if self.interrupted else ".")
        )

    def table(self) -> list[list[str]]:
        """Scores as rows of words: mean ± standard deviation (standard error of the mean)."""
        heads = list(dict.fromkeys(word for one in self.found[NETWORK] for word in one))
        body = [[who, *(str(self.spread(who, head)) for head in heads)] for who in self.found]
        return [["", *heads], *body]

    def by_fold(self) -> list[list[str]]:
        """The main score of each fold as rows of words; of many folds the first ones."""
        count = min(len(self.tests), FOLDS_SHOWN)
        more = ["..."] * (len(self.tests) > count)
        heads = [f"{self.main}, fold", *map(str, range(1, count + 1)), *more]
        values = {who: self.spread(who, self.main).values[:count] for who in self.found}
        return [heads, *([who, *map(digits, found), *more] for who, found in values.items())]

    def plain(self) -> dict[str, Any]:
        """All of it as plain data, for the record of a model."""
        scored = {who: [dict(fold) for fold in found] for who, found in self.found.items()}
        return {"folds": self.folds, "rows": self.rows, "scores": scored}

    def fragment(self) -> str:
        """What there is to show, as HTML."""
        values = {who: self.spread(who, self.main).values for who in self.found}
        near = {who: v for who, v in values.items() if who != TRIVIAL}  # which is often far away
        ax = score_plots.plot_folds(near, f"{self.main} on the rows tested")
        means = ", ".join(f"{who} {digits(Spread(v).mean)}" for who, v in values.items())
        caption = "Mean ± standard deviation over the folds (standard error of the mean)"
        said = f"Small points are folds, bars one standard deviation. Mean {self.main}: {means}."
        return (
            parts.bullets([self.described, *self.notes, *self.verdicts])
            + parts.table(caption, self.table())
            + parts.figure(ax, said)
            + parts.table("Fold by fold", self.by_fold())
        )

    def _repr_html_(self) -> str:
        return html.scoped(self.fragment())


def cross_validate(
    table: Any,
    target: str | None = None,
    *,
    folds: int = FOLDS,
    against: str | None = None,
    watch: training.Watch | None = None,
    **options: Any,
) -> CrossValidation:
    """Trains and tests `folds` times, each row being tested once, and gives the scores' spread.

    `table`, `target` and `options` are those of `workings.train`; `against="sklearn"` has
    scikit-learn's network beside ours. Ctrl-C keeps the folds that are finished. Raises
    `SettingError` for fewer than 2 folds and for more than there are rows.

    >>> found = cross_validate("wine", folds=3, hidden=[4], epochs=10, lr=0.05)
    >>> [len(rows) for rows in found.tests], found.main
    ([60, 59, 59], 'accuracy')
    >>> found.verdicts[0].startswith("The network beats the trivial model")
    True
    """
    table, target = located(table, target)
    job = Job(table, target, options_of(**options), test=())
    return of_job(job, table, folds=folds, against=against, watch=watch)


def of_job(
    job: Job,
    table: Table,
    *,
    folds: int = FOLDS,
    against: str | None = None,
    watch: training.Watch | None = None,
) -> CrossValidation:
    """The same with the target and the options of a training that has been set up on a table."""
    check_against(against)
    tests = folds_for(job, folds)
    done: list[_Compared] = []
    try:
        for place, test in enumerate(tests):
            with in_fold(place, folds):
                fold = Job(table, job.target, job.options, test=test.tolist())
                done.append(_compared(fold, counted(watch, place, folds), against))
    except KeyboardInterrupt:
        if not done:
            raise
    found = {who: tuple(one.scores[who] for one in done) for who in done[0].scores}
    return CrossValidation(
        table.source, job.target, job.task, job.described(), sum(map(len, tests)), folds,
        tuple(tuple(test.tolist()) for test in tests[: len(done)]), found,
        (*few_rows(job, folds), *_notes(done)),
    )  # fmt: skip


def recorded(result: Result, found: CrossValidation) -> Result:
    """The result with the scores of the folds in the record of its model."""
    record = {**result.model.record, "cross_validation": found.plain()}
    return replace(result, model=replace(result.model, record=record))


def stored(found: CrossValidation) -> dict[str, Any]:
    """All of it as plain data, from which it can be had again."""
    return {**vars(found), "found": {who: list(map(dict, one)) for who, one in found.found.items()}}


def from_stored(data: Mapping[str, Any]) -> CrossValidation:
    """The same again; raises LookupError, TypeError or ValueError where this is not such data."""
    tests = tuple(map(tuple, facts.listed(facts.listed(facts.whole))(data["tests"])))
    scored = facts.mapped(facts.listed(facts.mapped(facts.any_number)))(data["found"])
    notes = tuple(facts.listed(facts.text)(data["notes"]))
    found = {who: tuple(one) for who, one in scored.items()}
    return CrossValidation(**{**data, "tests": tests, "found": found, "notes": notes})


def check_against(against: str | None) -> None:
    """Raises `UnknownName` for what the network cannot be set beside."""
    if against is not None and against not in AGAINST:
        raise UnknownName("network to compare with", against, AGAINST)


# -- one fold --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Compared:
    """The scores of one fold; what scikit-learn's network was, and whether it converged."""

    scores: Mapping[str, Scores]
    rival: str = ""
    converged: bool = True


def _compared(job: Job, watch: training.Watch | None, against: str | None) -> _Compared:
    model = trained(job, watch)
    training, test = job.given_training, given(job.preparation, job.test)
    found = {NETWORK: scores(model, test)}
    for who, one in baselines(model, training, test).items():
        found[f"{who} model"] = one
    if against is None:
        return _Compared(found)
    seed = job.options.seed
    one, converged = sklearn_network(model, training, test, seed=seed)
    return _Compared(found | {f"{SKLEARN} model": one}, sklearn_described(model), converged)


def _notes(done: Sequence[_Compared]) -> list[str]:
    if not done[0].rival:
        return []
    missed = sum(not one.converged for one in done)
    ended = f"; it had not converged in {missed} of {len(done)} folds" if missed else ""
    return [done[0].rival + ended]
