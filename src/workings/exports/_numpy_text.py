"""The parts of the NumPy file that all networks share; what @words stand for is put in."""

from __future__ import annotations

from workings.exports._script import Template

HEAD = Template('''\
"""A neural network written out in NumPy: every step of its working is one line of this file.

@uses

@sizes

@when_run
"""

import sys

import numpy as np

TITLE = @title''')

TRAINS = """\
Run as a script it trains the network again, compares what came out with what the engine that wrote
this file had found, and says whether they agree (exit code 0) or not (1)."""
CHECKS = """\
Run as a script it predicts some samples, compares the answers with those of the engine that wrote
this file, and says whether they agree (exit code 0) or not (1)."""
LEFT_OUT = """
The rows it was trained on are too many to stand here, so its training is not in this file."""

COLUMNS = Template("""\
@heading

# How a cell spells that it is missing, in capitals or not.
@missing


def is_missing(cell):
    return cell is None or cell != cell or str(cell).strip().lower() in MISSING""")

NUMBERS = Template("""\
@columns


def number(cell):
    return np.nan if is_missing(cell) else float(cell)""")

NEEDED = Template("""\
# Columns in which nothing may be missing, because nothing fills it.
@required


def needed(row, column):
    if column in REQUIRED and is_missing(row[column]):
        raise ValueError(f"{column} is missing, and nothing fills it")
    return number(row[column])""")

CATEGORIES = Template('''\
# The words of each column in the order of their places; None is a missing cell.
CATEGORIES = {
@columns
}@folded


def place(row, column):
    """The place of a word among the words of its column, -1 for one that is none of them."""
    word = None if is_missing(row[column]) else str(row[column]).strip()@lowered
    return CATEGORIES[column].index(word) if word in CATEGORIES[column] else -1''')
FOLDED = """
FOLDED = {{{columns}}}  # columns in which capitals do not matter"""
LOWERED = """
    if word is not None and column in FOLDED:
        word = word.lower()"""

PREDICT_TABLE = Template('''\
def predict_table(rows):
    """@what for each row, a dict: the column's name -> the cell."""
    rows = list(rows)
@arrays
    answer = predict(@given)
    return @labels''')
ARRAY = """\
    {word} = np.array([[{cell} for column in {columns}] for row in rows], {dtype})
    {word} = {word}.reshape(len(rows), len({columns}))"""

WHOLE = Template('''\
def train():
    """@epochs iterations, each over all rows: the last values, and each loss per row."""
    values, losses = dict(START), []
    for @each:
        loss, values = one_iteration(X, y, @lr, **values)
        losses.append(float(loss)@per_row)
    return values, losses''')

BATCHES = Template('''\
def train():
    """@epochs epochs of @iterations iterations: the last values, and each epoch's loss per row."""
    values, losses = dict(START), []@random
    for @each:
        order, total = np.arange(@count), 0.0@shuffle
        for first in range(0, @count, @size):
            rows = order[first : first + @size]
            batch = X.take(rows, axis=@axis), y.take(rows, axis=@axis)
            loss, values = one_iteration(*batch, @lr, **values)
            total += float(loss)@rows
        losses.append(total / @count)
    return values, losses''')
RANDOM = """
    random = np.random.default_rng({seed})  # the rows are shuffled anew in each epoch"""
SHUFFLE = """
        random.shuffle(order)"""

CHECK = Template('''\
def difference(found, expected):
    """The largest difference, measured by the largest number that was expected."""
    if np.shape(found) != np.shape(expected):
        return np.inf
    return float(np.max(np.abs(found - expected)) / (np.max(np.abs(expected)) or 1.0))


def main():
    """Says whether this file computes what the engine computed; 0 if it does."""
    checks = {"predictions": (difference(predict(**TESTS), EXPECTED), @allowed)}
@training    wrong = [what for what, (apart, allowed) in checks.items() if not apart <= allowed]
    largest = np.max([apart for apart, _ in checks.values()])
    if wrong:
        print(f"DIFFERS: {', '.join(wrong)}; largest relative difference {largest:.1e}")
        return 1
    print(f"agrees with the engine: largest relative difference {largest:.1e}")
    return 0


if __name__ == "__main__":
    sys.exit(main())''')

TRAINING = Template("""\
    values, losses = train()
    for epoch in @shown:
        print(f"epoch {epoch:>6}   loss per row {losses[epoch - 1]:.6g}")
    checks["loss of epoch @epoch"] = (difference(losses[@place], @loss), @tolerance)
""")
WEIGHTS = Template("""\
@weights
    for word, trained in weights.items():
        checks[word] = (difference(values[word], trained), @tolerance)
""")
CHAOS = """\
    # From then on the last digits of rounding decide where this training goes: two machines that
    # are both right part. So its end is not compared.
"""
