"""One file of Python that needs NumPy alone: every step one line, and the training with it.

The file reads like the article's listing. It holds the numbers, `predict`, `predict_table` where
there are columns, and `one_iteration` and `train` where the training can be run again. Run as a
script it trains, compares what came out with what the engine found, and says whether they agree.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from workings.data.kinds import MISSING
from workings.exports import (
    AMOUNT,
    AMOUNTS,
    BEST,
    LABELS,
    ONE_OF_TWO,
    Run,
    Subject,
    _numpy_text,
)  # fmt: skip
from workings.exports._layout import ScriptFile
from workings.exports._literals import listed, python, python_number, quoted
from workings.exports._replay import compared, tolerance
from workings.exports._script import Language, heading, indented, shown_epochs
from workings.notations import numpy as notation
from workings.trace import Array

OURS = """np sys TITLE CLASSES NUMBERS CATEGORIES FOLDED MISSING START RATES TESTS EXPECTED
    is_missing number place labels predict predict_table one_iteration train difference main checks
    values weights next_values OUTPUTS REQUIRED needed"""


def _function(word: str, arguments: Sequence[str], lines: Sequence[str]) -> str:
    return "\n".join([listed(f"def {word}(", arguments, "):"), *indented(lines, 4)])


PYTHON = Language(
    notation.NOTATION, notation.FUNCTIONS, notation.even, " = ", "return {}",
    lambda word, axis, axes: f"{word}.shape[{axis}]", _function,
    frozenset({*OURS.split(), *keyword.kwlist, *dir(builtins)}),
)  # fmt: skip
SINGLE = replace(PYTHON, notation=notation.SINGLE)


def content(subject: Subject) -> str:
    """The file as text, of printable ASCII alone."""
    single = subject.expected.dtype == np.float32
    return _NumpyFile(subject, SINGLE if single else PYTHON).text()


class _NumpyFile(ScriptFile):
    """The file while it is being put together."""

    def head(self) -> str:
        call = f"predict({', '.join(self.given)})"
        uses = {call: f"the answers, a row for each sample ({self.lie})"}
        if self.has_columns:
            uses["predict_table(rows)"] = "what is predicted for the rows of a table"
        if self.run:
            uses["one_iteration(X, y, ..)"] = "the loss, and the weights after one update"
            uses["train()"] = "the whole training, from the same start"
        wide = max(map(len, uses)) + 4
        left_out = _numpy_text.LEFT_OUT * (self.run is not self.subject.run)
        text = _numpy_text.HEAD.substitute(
            uses="\n".join(f"    {use:<{wide}}{what}" for use, what in uses.items()),
            sizes="\n".join(self.sizes),
            when_run=(_numpy_text.TRAINS if self.run else _numpy_text.CHECKS) + left_out,
            title=quoted(self.subject.title),
        )
        if self.subject.classes:
            text += "\n" + listed("CLASSES = [", map(quoted, self.subject.classes), "]")
        if self.subject.outputs:
            text += "\n" + self._outputs()
        return text

    def _outputs(self) -> str:
        """The target columns in order: a list, or a dict with the two words of each."""
        if self.subject.reading == AMOUNTS:
            return listed("OUTPUTS = [", (quoted(one.name) for one in self.subject.outputs), "]")
        pairs = [
            f"{quoted(one.name)}: ({', '.join(map(quoted, one.words))})"
            for one in self.subject.outputs
        ]
        return listed("OUTPUTS = {", pairs, "}")

    # -- numbers -----------------------------------------------------------------------------------

    def data(self, run: Run) -> list[str]:
        start = ["START = {", *_entries(self.called(run.start)), "}"]
        if len(set(run.rates)) > 1:
            rates = listed("RATES = [", map(python_number, run.rates), "]")
            start += ["", "# The learning rate of each epoch.", rates]
        return [
            _section("Step 0: Read input and output", f"X = {python(run.X)}\ny = {python(run.y)}"),
            _section("Step 1: Start weights and biases", "\n".join(start)),
        ]

    def learnt(self) -> str:
        title = "The trained weights" + ", and what prepares the columns" * self.has_columns
        return _section(title, "\n".join(f"{word} = {python(x)}" for word, x in self.read.items()))

    def tests(self) -> str:
        lines = ["TESTS = {", *_entries(self.called(self.subject.tests)), "}"]
        lines.append(f"EXPECTED = {python(self.subject.expected)}")
        title = "Test vectors: some samples, and what the engine answered"
        return _section(title, "\n".join(lines))

    # -- functions ---------------------------------------------------------------------------------

    def predict(self) -> str:
        lines = ['"""The answers, a row for each sample."""']
        lines += [
            *self.script.steps(self.subject.prediction, 4, numbered=not self.has_columns),
            "",
            "return answer",
        ]
        return _function("predict", self.given, lines)

    def predict_table(self) -> str:
        missing = listed("MISSING = {", map(quoted, sorted(MISSING)), "}")
        title = heading("The columns of a table")
        parts = [_numpy_text.COLUMNS.substitute(heading=title, missing=missing)]
        arrays, dtype = [], "np.float32" if self.single else "float"
        if self.numbers:
            columns = listed("NUMBERS = [", (quoted(one.name) for one in self.numbers), "]")
            parts.append(_numpy_text.NUMBERS.substitute(columns=columns))
            cell = "number(row[column])"
            if self.subject.required:
                required = listed("REQUIRED = {", map(quoted, self.subject.required), "}")
                parts.append(_numpy_text.NEEDED.substitute(required=required))
                cell = "needed(row, column)"
            arrays.append(("numbers", cell, "NUMBERS"))
        if self.categories:
            parts.append(self._categories())
            arrays.append(("categories", "place(row, column)", "CATEGORIES"))
        kind = self.subject.reading
        lines = [
            _numpy_text.ARRAY.format(word=word, cell=cell, columns=columns, dtype=dtype)
            for word, cell, columns in arrays
        ]
        parts.append(_numpy_text.PREDICT_TABLE.substitute(
            what=WHAT[kind], arrays="\n".join(lines), given=", ".join(word for word, *_ in arrays),
            labels=READ[kind],
        ))  # fmt: skip
        return "\n\n\n".join(parts)

    def _categories(self) -> str:
        columns = [
            listed(f"{quoted(one.name)}: [", map(_level, one.levels), "],")
            for one in self.categories
        ]
        folded = ", ".join(quoted(one.name) for one in self.categories if one.folded)
        return _numpy_text.CATEGORIES.substitute(
            columns="\n".join(indented("\n".join(columns).split("\n"), 4)),
            folded=_numpy_text.FOLDED.format(columns=folded) if folded else "",
            lowered=_numpy_text.LOWERED if folded else "",
        )

    def one_iteration(self, run: Run) -> str:
        carried = [f'"{old}": {new}' for old, new in self.carried(run).items()]
        lines = ['"""The loss of these samples, and what the next iteration starts with."""']
        lines += [*self.script.steps(run.iteration, 4), ""]
        lines += listed("next_values = {", carried, "}").split("\n")
        lines.append(f"return {self.words['loss']}, next_values")
        return _function("one_iteration", self.arguments(run), lines)

    def train(self, run: Run) -> str:
        count, epochs = run.X.shape[run.samples], len(run.rates)
        changing = len(set(run.rates)) > 1
        rate = "lr" if changing else python_number(run.rates[0])
        facts = {
            "epochs": epochs, "each": "lr in RATES" if changing else f"_ in range({epochs})",
            "lr": f"np.float32({rate})" if self.single else rate, "count": count,
        }  # fmt: skip
        if run.batch_size >= count:
            per_row = f" / {count}" * run.summed
            return _numpy_text.WHOLE.substitute(facts, per_row=per_row)
        return _numpy_text.BATCHES.substitute(
            facts, iterations=-(-count // run.batch_size), size=run.batch_size, axis=run.samples,
            random=_numpy_text.RANDOM.format(seed=run.seed) * run.shuffled,
            shuffle=_numpy_text.SHUFFLE * run.shuffled, rows=" * len(rows)" * (not run.summed),
        )  # fmt: skip

    # -- the check ---------------------------------------------------------------------------------

    def check(self) -> str:
        allowed = tolerance(self.subject.expected.dtype)
        training = self._training(self.run) if self.run else ""
        return _numpy_text.CHECK.substitute(allowed=allowed, training=training)

    def _training(self, run: Run) -> str:
        epochs = len(run.rates)
        until = compared(run, epochs)
        text = _numpy_text.TRAINING.substitute(
            shown=str(shown_epochs(epochs)), epoch=until.epoch, tolerance=until.loss,
            place=until.epoch - 1, loss=python_number(run.losses[until.epoch - 1]),
        )  # fmt: skip
        if until.weights is None:
            return text + _numpy_text.CHAOS * (until.epoch < epochs)
        entries = [f'"{self.words[word]}": {self.words[word]}' for word in run.last]
        weights = indented(listed("weights = {", entries, "}").split("\n"), 4)
        return text + _numpy_text.WEIGHTS.substitute(
            weights="\n".join(weights), tolerance=until.weights
        )


READ = {  # how an answer is read -> the expression that reads all of them
    AMOUNT: "answer[:, 0].tolist()",
    ONE_OF_TWO: "[CLASSES[int(share > 0.5)] for share in answer[:, 0]]",
    BEST: "[CLASSES[best] for best in answer.argmax(axis=1)]",
    AMOUNTS: "[dict(zip(OUTPUTS, row)) for row in answer.tolist()]",
    LABELS: """[
        {word: OUTPUTS[word][int(share > 0.5)] for word, share in zip(OUTPUTS, row)}
        for row in answer
    ]""",
}
WHAT = {
    AMOUNT: "The amount that is predicted", ONE_OF_TWO: "The class that is predicted",
    BEST: "The class that is predicted", AMOUNTS: "The amounts that are predicted",
    LABELS: "The labels that are predicted",
}  # fmt: skip


def _section(title: str, text: str) -> str:
    return f"{heading(title)}\n\n{text}"


def _entries(values: Mapping[str, Array]) -> list[str]:
    lines = [f'"{word}": {python(x)},' for word, x in values.items()]
    return indented("\n".join(lines).split("\n"), 4)


def _level(word: str | None) -> str:
    return "None" if word is None else quoted(word)
