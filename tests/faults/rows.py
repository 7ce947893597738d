"""The faults and attacks that were thought of, and what is to come of each: the rows of the map.

FAULTS      what goes wrong by itself: slug -> (fault, what is required)
ATTACKS     what somebody does to do harm: T1 .. T18 -> (who and what, what is required)
CANNOT      rows that cannot be met, or not by a test: slug -> why
WAITING     rows that no test holds yet
"""

from __future__ import annotations

FAULTS: dict[str, tuple[str, str]] = {
    "kill training": (
        "kill -9 at any moment of a training",
        "the last whole checkpoint can be used; the model file is the old one or none; a resumed "
        "training ends with the very bits of one that was never stopped"),
    "kill write": (
        "kill -9 within a write, between write and rename, before the flush to the disk",
        "what was there before, or the new file, whole"),
    "bit flip": (
        "a power cut: a file cut off, zeroed, with a flipped bit, grown",
        "noticed by its digest; the checkpoint before it is used, and that is said, or it is "
        "refused"),
    "disk full": (
        "disk full, quota used up, /dev/full",
        "the error names file and reason; the old file stays; nothing else is left"),
    "write error": (
        "a flush or a rename that fails, a folder that takes no files",
        "the same"),
    "bad output": (
        "the output is a folder, lies in no folder, or may not be written",
        "found before the work begins"),
    "ctrl-c": (
        "Ctrl-C", "ends within 5 s, keeps the last state, exit code 130, says how to go on"),
    "sigterm": ("SIGTERM", "the same with exit code 143"),
    "two writers": ("two runs write one file", "one whole file"),
    "memory": (
        "a memory limit, a million columns, two million rows",
        "read in pieces, or refused with the estimate before anything is allocated"),
    "worker dies": (
        "a process that works for this one dies: the one that reads old workbooks (a training has "
        "none)",
        "one clear error"),
    "infinite cell": (
        "NaN, infinity or 1e400 in a column of numbers",
        "an error that names row and column, or a missing cell"),
    "missing cells": (
        "missing cells, however they are written",
        "filled, counted for each column, and the same in a prediction"),
    "bad cell": (
        "one bad cell in a column of numbers (12O.5)",
        "named with column, row and text; the column never becomes words in silence"),
    "number spelling": (
        "decimal comma, thousands, percent, currency, hexadecimal, full-width digits",
        "read rightly or refused; what was taken for what is said"),
    "equal files": (
        "byte order mark, CRLF, CR, UTF-16, Latin-1, ; tab |, sep=, quoted line breaks, another "
        "order of columns",
        "the same model and the same predictions to the last bit, or an error that names the line; "
        "for another order of columns the same predictions of a model"),
    "ragged": (
        "a row of another length, a quote that is not closed, a header that is shorter than its "
        "rows, no header, another kind of file called .csv",
        "an error that names the line, or what the file seems to be"),
    "column names": (
        "a column name twice or empty, the target twice", "an error that names it"),
    "target": (
        "the target is missing, in other capitals, all empty, some empty",
        "an error with near names; rows without one are left out, counted and said"),
    "few rows": (
        "one class, a class of one row, no rows, one row, no column but the target",
        "an error, or a warning for a class of one"),
    "many classes": (
        "ten thousand classes, a target of fractions",
        "refused with the reason or trained within memory; fractions are amounts, and it is said"),
    "useless columns": (
        "columns that are constant, empty, names of rows, dates or free text",
        "left out or read, and said; not one input for each of hundreds of words"),
    "predict rows": (
        "rows to predict with words for numbers, words never seen, columns missing, renamed, added "
        "or in another order",
        "found by name; what is missing is an error that lists it; what is too many is left aside"),
    "huge values": (
        "1e300, offsets of 1e9, an overflow of single precision", "finite, or an error"),
    "runaway": (
        "a huge learning rate, a loss that is not a number",
        "ends at once and says in which epoch and what to do; no model is written"),
    "saturation": (
        "exp and log beyond their range, a saturated sigmoid, softmax of 1e5",
        "the loss comes from the values before the output; gradients are finite"),
    "options": (
        "options that make no sense (lr nan, -1, fast; epochs -5)",
        "an error that names the option and its range"),
    "labels": (
        "labels such as 01, True, nan, NA", "given back exactly as spelled, or missing and said"),
    "shrinking file": (
        "a file that changes while it is read", "refused, or read as it was"),
}  # fmt: skip
ATTACKS: dict[str, tuple[str, str]] = {
    "T1": ("a model file that names or spells code", "looked up in tables; unknown names refused"),
    "T2": ("a model file that would blow up", "limits before anything is allocated"),
    "T3": ("a model file that names other files", "one regular file is opened, none is written"),
    "T4": ("a damaged model file", "noticed by its digest, which covers all of it"),
    "T5": ("a hostile table", "limits with clear errors; text stays text; no entity, no network"),
    "T6": ("a mistaken table", "an error, or an account of every guess"),
    "T7": ("a page of another site that calls the playground", "origin and token, no state by GET"),
    "T8": ("the same by another name of this machine", "the host is checked before anything else"),
    "T9": ("the playground framed or included", "headers that forbid it; nothing from elsewhere"),
    "T10": ("another user of the machine", "a token of 128 bits, compared in constant time"),
    "T11": ("a broken or hostile client", "limits; the server lives on, others notice nothing"),
    "T12": ("a path in a message", "no path reaches the disk"),
    "T13": ("names and labels in a workbook", "typed cells; no formula, link or name of theirs"),
    "T14": ("the same in R, NumPy and C", "names of our own; theirs are escaped literals"),
    "T15": ("the same in LaTeX, HTML and SVG", "escaped; control characters replaced"),
    "T16": ("the same in a terminal or a log", "control and direction characters are shown"),
    "T17": ("tasks sent to an open port", "nothing listens beyond this machine"),
    "T18": ("the supply chain", "few dependencies, pinned; no network in tests or at import"),
}  # fmt: skip
CANNOT: dict[str, str] = {
    "T17": "no tasks are sent: a training runs in one process, and no port is opened for it",
}
# filled where checkpoints, signals and the playground are tested
WAITING: tuple[str, ...] = ()
