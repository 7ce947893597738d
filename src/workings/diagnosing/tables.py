"""Diseases of the data, which no training can mend. What is odd about a table is found in
`preparation.findings`; here it is set beside the split, the network and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from workings.data import Table
from workings.diagnosing import thresholds as limits
from workings.diagnosing.case import Case
from workings.diagnosing.disease import DATA, TABLE, Disease
from workings.diagnosing.finding import NOTE, WARNING, Change, Finding, Remedy, Where
from workings.diagnosing.outputs import places
from workings.diagnosing.snapshot import Snapshot
from workings.preparation.findings import (
    CONTRADICTION,
    COUNTS,
    GIVEAWAY,
    Oddity,
    aside,
    keys_of,
    row_marks,
)

ROWS = "without_rows"


def contradicting(look: Snapshot) -> Iterator[Finding]:
    """Rows with the same inputs and another target."""
    for odd in _odd(look.case, CONTRADICTION):
        table = look.case.table
        assert table is not None  # noqa: S101 - or nothing odd is known of it
        outvoted = _outvoted(table, look.case.target)
        share, facts = len(outvoted) / len(table), odd.facts
        group, most = facts["rows of the largest group"], facts["share of its most frequent target"]
        yield Finding(
            "contradicting-labels",
            WARNING if share > limits.CONTRADICTED.value else NOTE,
            f"the labels contradict: {len(odd.rows)} rows have the inputs of another row"
            f"{_aside(look.case)} and not its target, so no model is right about more than "
            f"{facts['best possible share']:.4g} of all {len(table)} rows; of the largest such "
            f"group, {group} rows, {most:.4g} agree",
            {**facts, "outvoted": len(outvoted)},
            "The same inputs get the same answer, so the best answer is the share of each label.",
            Where(rows=_numbers(odd.rows)),
            Remedy(f"Correct the labels, or leave out the {len(outvoted)} that are outvoted",
                   {ROWS: tuple(outvoted.tolist())}),
        )  # fmt: skip


def _outvoted(table: Table, target: str) -> Any:
    """The rows whose target is not the most frequent one for their inputs."""
    pairs = np.column_stack([row_marks(table, target), keys_of(table[target])])
    different, which, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort((np.arange(len(counts)), -counts, different[:, 0]))
    first = np.r_[True, np.diff(different[order, 0]) != 0]
    return np.flatnonzero(~np.isin(which.ravel(), order[first]))


def copied(look: Snapshot) -> Iterator[Finding]:
    """Rows to test on that are also learnt."""
    case = look.case
    if case.table is None or (case.job is None and case.new is None):
        return
    again, copies, tested = _copies_of_job(case) if case.job else _copies_of_arrays(case)
    if not len(copies):
        return
    share = len(copies) / tested
    yield Finding(
        "copied-rows", WARNING if share > limits.COPIES.value else NOTE,
        f"{len(copies)} of {tested} test rows ({share:.0%}) are copies of rows that are learnt"
        f"{_aside(case) if case.job else ''}",
        {"copies": len(copies), "test rows": tested, "share": share, "repeated rows": len(again)},
        "A row that was learnt by heart is no test: the score is better than new rows will get.",
        Where(rows=_numbers(copies)),
        Remedy("Leave out the rows that repeat another one", {ROWS: tuple(again.tolist())}),
    )  # fmt: skip


def _copies_of_job(case: Case) -> tuple[Any, Any, int]:
    """Places of rows that repeat another, places of test rows that are learnt, and test rows."""
    job = case.job
    assert job is not None  # noqa: S101 - asked before
    held = np.isin(np.asarray(job.table.lines), np.asarray(job.test.lines))
    marks = row_marks(job.table)
    again = np.setdiff1d(np.arange(len(marks)), np.unique(marks, return_index=True)[1])
    return again, np.flatnonzero(held & np.isin(marks, marks[~held])), int(held.sum())


def _copies_of_arrays(case: Case) -> tuple[Any, Any, int]:
    assert case.new is not None  # noqa: S101 - asked before
    both = [np.hstack([rows.X, rows.y]) for rows in (case.rows, case.new)]
    which = np.unique(np.vstack(both), axis=0, return_inverse=True)[1].ravel()
    learnt, new = which[: case.count], which[case.count :]
    return np.flatnonzero(np.isin(learnt, new)), np.flatnonzero(np.isin(new, learnt)), len(new)


def giveaway(look: Snapshot) -> Iterator[Finding]:
    """A column that says what is to be predicted."""
    for odd in _odd(look.case, GIVEAWAY):
        yield Finding(
            "giveaway-column", WARNING,
            f"column {odd.said.split(': is it known')[0]}: {odd.facts['different values']} "
            f"different values in {odd.facts['rows']} rows",
            odd.facts,
            "If the column is only known afterwards, new rows will not have it, and the network "
            "has learnt nothing else.",
            Where(columns=(odd.column,)), _without(look.case, odd.column),
        )  # fmt: skip


def constant(look: Snapshot) -> Iterator[Finding]:
    """Columns that are the same in every row."""
    case = look.case
    if case.job is not None:
        yield from _left_out(case, "the same", "constant-column")
        return
    X = case.rows.X
    for place in np.flatnonzero(np.ptp(X, 0) == 0).tolist() if len(X) > 1 else ():
        word = case.inputs[place] if case.inputs else f"x{place + 1}"
        others = np.ptp(X, 0) > 0
        if not others.any():
            return
        yield Finding(
            "constant-column", WARNING if abs(X[0, place]) > 1 else NOTE,
            f"column {word} is {X[0, place]:g} in all {len(X)} rows",
            {"value": float(X[0, place]), "rows": len(X)},
            "It tells no rows apart; a large one only drowns the others, and the bias is there "
            "already.",
            Where(columns=(word,)), _without(case, word),
        )  # fmt: skip


def identifiers(look: Snapshot) -> Iterator[Finding]:
    """Columns that name or count the rows."""
    yield from _left_out(look.case, "names rather than", "identifier-column")
    for odd in _odd(look.case, COUNTS):
        yield Finding(
            "identifier-column", WARNING, f"column {odd.column} counts the rows, "
            f"{odd.facts['first']} to {odd.facts['last']}", odd.facts,
            "Where a row stands says nothing about new rows, but can be learnt by heart.",
            Where(columns=(odd.column,)), _without(look.case, odd.column),
        )  # fmt: skip


def _left_out(case: Case, sign: str, disease: str) -> Iterator[Finding]:
    """Columns that training leaves out by itself, all in one finding."""
    left_out = case.job.preparation.left_out if case.job else ()
    gone = [(word, why) for word, why in left_out if sign in why]
    if not gone or case.job is None:
        return
    word, why = gone[0]
    others = f", and {len(gone) - 1} more" if len(gone) > 1 else ""
    yield Finding(
        disease, NOTE, f"column {word} was left out: {why}{others}",
        {"columns": len(gone), "rows": len(case.job.table)},
        "It is not read, so it does no harm; --keep reads it all the same.",
        Where(columns=tuple(word for word, _ in gone)),
    )  # fmt: skip


def few_rows(look: Snapshot) -> Iterator[Finding]:
    """Classes with too few rows to be learnt and tested."""
    case = look.case
    if case.task != "classification":
        return
    known = case.job.dealt.classes if case.job else None
    if known is not None:
        codes, words = known.codes, known.labels
    else:
        codes = places(case.rows.y)
        words = tuple(map(str, range(int(codes.max()) + 1)))
    rows_of = np.bincount(codes, minlength=len(words))
    counts = [(word, int(rows)) for word, rows in zip(words, rows_of, strict=True) if rows]
    few = [(word, rows) for word, rows in counts if rows < limits.FEW_ROWS.value]
    total = len(codes)
    if not few or total < len(counts) * limits.FEW_ROWS.value:  # then all are few
        return
    listed = ", ".join(f"{word} ({rows})" for word, rows in few[:5]) + ", ..." * (len(few) > 5)
    rows = np.flatnonzero((rows_of < limits.FEW_ROWS.value)[codes])
    enough = len(counts) - len(few) >= 2
    yield Finding(
        "few-rows-class", WARNING,
        f"{len(few)} of {len(counts)} classes have fewer than {limits.FEW_ROWS.value:g} rows of "
        f"{total}: {listed}",
        {"classes": len(few), "of": len(counts), "fewest rows": min(n for _, n in few),
         "rows": total},
        "With so few rows chance decides what is learnt of a class, and whether it is tested.",
        Where(rows=_numbers(rows)),
        Remedy("Collect more rows of these, or leave them out", {ROWS: tuple(rows.tolist())})
        if enough else None,
    )  # fmt: skip


def per_weight(look: Snapshot) -> Iterator[Finding]:
    """Fewer rows than weights."""
    case = look.case
    ratio = case.count / case.weights
    if ratio >= limits.FEW_PER_WEIGHT.value:
        return
    widths, inputs, outputs = (
        len(case.network.layers) - 1,
        case.rows.X.shape[1],
        case.rows.y.shape[1],
    )
    units = max(1, (case.count - outputs) // (inputs + outputs + 1))
    change: Change = {"hidden": (units,)}
    said = f"Use one hidden layer of {units} neuron{'s' * (units > 1)}"
    fewer = widths and units < sum(layer.units or 0 for layer in case.network.layers[:-1])
    yield Finding(
        "rows-per-weight",
        WARNING if ratio < limits.VERY_FEW_PER_WEIGHT.value else NOTE,
        f"{case.count} rows for {case.weights} weights: {ratio:.2g} rows for each",
        {"rows": case.count, "weights": case.weights, "rows per weight": ratio},
        "A network with more weights than rows can learn every row by heart.",
        remedy=Remedy(said, change) if fewer else None,
    )  # fmt: skip


# -- the table -------------------------------------------------------------------------------------


def _odd(case: Case, name: str) -> list[Oddity]:
    return [odd for odd in case.oddities if odd.name == name]


def _aside(case: Case) -> str:
    """The columns that count the rows, which are not looked at where rows are compared."""
    return aside([odd.column for odd in _odd(case, COUNTS)])


def _without(case: Case, column: str) -> Remedy:
    ignored = case.job.options.ignore if case.job else ()
    return Remedy(f"Leave {column} out", {"ignore": (*ignored, column)})


def _numbers(rows: Sequence[int] | Any) -> tuple[int, ...]:
    return tuple(int(row) + 1 for row in rows)


CONTRADICTING = Disease(
    "contradicting-labels", "rows with the same inputs and different targets", contradicting,
    (limits.CONTRADICTED,), DATA, frozenset({TABLE}),
)  # fmt: skip
COPIED = Disease(
    "copied-rows", "test rows that are copies of learnt ones", copied, (limits.COPIES,), DATA,
    frozenset({TABLE}), judged_by_new=True,
)  # fmt: skip
GIVES_AWAY = Disease(
    "giveaway-column", "columns that give the target away", giveaway, (), DATA,
    frozenset({TABLE}), judged_by_new=True,
)  # fmt: skip
CONSTANT_COLUMN = Disease(
    "constant-column", "columns that are the same in every row", constant, (), DATA,
    frozenset({TABLE}),
)  # fmt: skip
IDENTIFIER = Disease(
    "identifier-column", "columns that name or count the rows", identifiers, (), DATA,
    frozenset({TABLE}), judged_by_new=True,
)  # fmt: skip
FEW_ROWS_CLASS = Disease(
    "few-rows-class", "classes with too few rows", few_rows, (limits.FEW_ROWS,), DATA,
    frozenset({TABLE}),
)  # fmt: skip
PER_WEIGHT = Disease(
    "rows-per-weight", "rows for each weight", per_weight,
    (limits.FEW_PER_WEIGHT, limits.VERY_FEW_PER_WEIGHT), DATA, frozenset({TABLE}),
    judged_by_new=True,
)  # fmt: skip
