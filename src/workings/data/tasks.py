"""Which task a target column poses: to tell classes apart, or to predict an amount.

`task_of`    "classification" or "regression", with the reason in words

A guess on evidence, made to be printed: numbers may be names of classes. Words that differ in
most rows are names of rows, and no classes.
"""

from __future__ import annotations

import re
from typing import Literal

from workings.data.kinds import shown
from workings.data.table import Column
from workings.errors import DataError

Task = Literal["classification", "regression"]

MANY_CLASSES = 20  # whole numbers beyond are amounts
MANY_WORDS = 50  # different words beyond, in most rows, are names
_WHOLE = re.compile(r"[+-]?[0-9]+")


def task_of(column: Column) -> tuple[Task, str]:
    """The task of predicting `column`, and why; raises `DataError` if it has no values, and for
    more words than could be classes.

    >>> from workings.data import builtin_table
    >>> task_of(builtin_table("xor")["y"])[0]
    'classification'
    """
    kind, name = column.kind, shown(column.name)
    texts = [text for text in column.texts() if text is not None]
    if not texts:
        raise DataError(
            f"cannot predict column {name} of {column.origin.source}: all its cells are empty",
            file=column.origin.source, column=column.name,
        )  # fmt: skip
    if kind == "category":
        _check_groups(column, len(texts))
    if kind != "number":
        words = "words" if kind == "category" else "yes and no"
        return "classification", f"{name} holds {words}, not numbers"
    return _task_of_numbers(name, texts, len(set(column.numbers()[~column.missing].tolist())))


def _check_groups(column: Column, rows: int) -> None:
    different = len(column.words)
    if different > MANY_WORDS and 2 * different > rows:
        raise DataError(
            f"cannot predict column {shown(column.name)} of {column.origin.source}: it holds "
            f"{different} different words in {rows} rows, so names of rows rather than classes",
            hint="Choose another target, or make groups of its words.",
            file=column.origin.source, column=column.name, found=different,
        )  # fmt: skip


def _task_of_numbers(name: str, texts: list[str], different: int) -> tuple[Task, str]:
    rows = len(texts)
    otherwise = 'task "regression" predicts them as amounts'
    if different == 2:
        return "classification", f"{name} holds two different numbers in {rows} rows; {otherwise}"
    whole = all(_WHOLE.fullmatch(text) for text in texts)
    if whole and different <= MANY_CLASSES and 2 * different < rows:
        some = f"{different} different whole numbers in {rows} rows"
        return "classification", f"{name} holds {some}, taken as classes; {otherwise}"
    return "regression", f'{name} holds numbers; task "classification" takes them as classes'
