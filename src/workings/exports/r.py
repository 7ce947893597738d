"""One file of base R: every step one line, and the training with it.

The file holds the numbers, `predict_matrix`, `predict_rows` for a data frame where there are
columns, and `one_iteration` and `train` where the training can be run again. Run by Rscript it
trains, compares what came out with what the engine found, and says whether they agree. NumPy's
shuffling cannot be repeated in R: of a training that shuffles, the first epoch alone is run again,
in the order that is carried along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workings.data.kinds import MISSING
from workings.engines import engine
from workings.exports import (
    AMOUNT,
    AMOUNTS,
    BEST,
    LABELS,
    ONE_OF_TWO,
    Input,
    Run,
    Subject,
    _r_text,
)  # fmt: skip
from workings.exports._layout import ScriptFile
from workings.exports._literals import MOST_LINES, r, r_assigned, r_listed, r_number, r_quoted
from workings.exports._replay import compared, order, replayed, tolerance
from workings.exports._script import Language, Script, heading, indented, shown_epochs
from workings.notations import r as notation
from workings.trace import Array, Trace

OURS = """TITLE CLASSES NUMBERS CATEGORIES MISSING START RATES ORDER TESTS EXPECTED is_missing
    cells_of as_number place predict_matrix predict_rows one_iteration train difference main
    checks trained weights out OUTPUTS NO YES REQUIRED needed"""
THEIRS = """if else repeat while function for next break in TRUE FALSE NULL Inf NaN NA T F abs aperm
    apply any all as c cat cbind colSums dim do drop encodeString exp identical ifelse is isTRUE
    lapply list log logical match matrix max min names ncol nrow numeric paste pmax pmin quit rbind
    rep return rowSums seq seq_len seq_along sprintf sqrt stop sum suppressWarnings t tanh tolower
    trimws vapply"""


def _function(word: str, arguments: Sequence[str], lines: Sequence[str]) -> str:
    head = r_listed(f"{word} <- function(", arguments, ") {")
    return "\n".join([head, *indented(lines, 2), "}"])


def _size(word: str, axis: int, axes: int) -> str:
    return f"{'length' if axes == 1 else ('nrow', 'ncol')[axis]}({word})"


R = Language(
    notation.NOTATION, notation.FUNCTIONS, notation.even, " <- ", "{}", _size, _function,
    frozenset({*OURS.split(), *THEIRS.split()}),
)  # fmt: skip


def content(subject: Subject) -> str:
    """The file as text, of printable ASCII alone."""
    return _RFile(subject, R).text()


def working(trace: Trace, *shown: str) -> str:
    """A script with a line for each step that `shown` needs, which prints them; all, without any.

    It begins with the matrices that the trace was given. Raises `UnknownName` for no such step.

    >>> from workings.language import Program, Step, name
    >>> program = Program((Step("double", 2.0 * name("x", "n", 1)),))
    >>> print(working(engine().trace(program, {"x": np.array([[4.0]])})))
    x <- cbind(c(4))
    <BLANKLINE>
    # Cell by cell: each cell has a factor of its own, so this is no matrix product.
    double <- 2 * x  # n x 1
    <BLANKLINE>
    cat("double\\n")
    print(double)
    """
    words = shown or tuple(trace.program.names)
    program = trace.program.only(*words)
    script = Script(R, program)
    given = [r_assigned(script.words[word], np.asarray(trace[word])) for word in program.given]
    steps = script.steps(program, 0)
    called = script.functions("\n".join(steps))
    printed = [f'cat("{script.words[word]}\\n")\nprint({script.words[word]})' for word in words]
    return "\n\n".join(["\n".join(given), *called, "\n".join(steps).strip(), "\n".join(printed)])


class _RFile(ScriptFile):
    """The file while it is being put together."""

    def head(self) -> str:
        call = f"predict_matrix({', '.join(self.given)})"
        uses = {call: f"the answers, a row for each sample ({self.lie})"}
        if self.has_columns:
            uses["predict_rows(rows)"] = "what is predicted for the rows of a data frame, such as"
            uses[""] = 'read.csv(.., check.names = FALSE, colClasses = "character")'
        if self.run:
            uses["one_iteration(X, y, ..)"] = "the loss, and the weights after one update"
            uses["train()"] = f"the {'first epoch' if self.run.shuffled else 'whole training'}"
        wide = max(map(len, uses)) + 4
        left_out = _r_text.LEFT_OUT * (self.run is not self.subject.run)
        first = _r_text.FIRST_EPOCH * bool(self.run and self.run.shuffled)
        text = _r_text.HEAD.substitute(
            uses="\n".join(f"#     {use:<{wide}}{what}" for use, what in uses.items()),
            sizes="\n".join(f"# {line}" for line in self.sizes),
            when_run=(_r_text.TRAINS if self.run else _r_text.CHECKS) + left_out + first,
            title=r_quoted(self.subject.title),
        )  # fmt: skip
        if self.subject.classes:
            text += "\n" + r_listed("CLASSES <- c(", map(r_quoted, self.subject.classes), ")")
        if self.subject.outputs:
            names = (r_quoted(one.name) for one in self.subject.outputs)
            text += "\n" + r_listed("OUTPUTS <- c(", names, ")")
        for place, word in enumerate(("NO", "YES")):
            if self.subject.reading == LABELS:
                words = (r_quoted(one.words[place]) for one in self.subject.outputs)
                text += "\n" + r_listed(f"{word} <- c(", words, ")")
        return text

    # -- numbers -----------------------------------------------------------------------------------

    def data(self, run: Run) -> list[str]:
        start = _list("START", self.called(run.start))
        if len(set(run.rates)) > 1 and not run.shuffled:
            rates = r_listed("RATES <- c(", map(r_number, run.rates), ")")
            start += f"\n\n# The learning rate of each epoch.\n{rates}"
        rows = f"{r_assigned('X', run.X)}\n{r_assigned('y', run.y)}"
        if run.shuffled:
            places = r_listed("ORDER <- c(", (str(row + 1) for row in order(run)), ")")
            rows += f"\n\n# The order of the rows in the first epoch.\n{places}"
        return [
            _section("Step 0: Read input and output", rows),
            _section("Step 1: Start weights and biases", start),
        ]

    def learnt(self) -> str:
        title = "The trained weights" + ", and what prepares the columns" * self.has_columns
        return _section(title, "\n".join(map(r_assigned, self.read, self.read.values())))

    def tests(self) -> str:
        text = f"{_list('TESTS', self.called(self.subject.tests))}\nEXPECTED <- "
        title = "Test vectors: some samples, and what the engine answered"
        return _section(title, text + r(self.subject.expected))

    # -- functions ---------------------------------------------------------------------------------

    def predict(self) -> str:
        lines = [
            *self.script.steps(self.subject.prediction, 2, numbered=not self.has_columns),
            "",
            "answer",
        ]
        text = _function("predict_matrix", self.given, lines)
        return f"# The answers, a row for each sample.\n{text}"

    def predict_table(self) -> str:
        missing = r_listed("MISSING <- c(", map(r_quoted, sorted(MISSING)), ")")
        title = heading("The columns of a table")
        parts = [_r_text.COLUMNS.substitute(heading=title, missing=missing)]
        arrays = {}
        if self.numbers:
            names = (r_quoted(one.name) for one in self.numbers)
            columns = r_listed("NUMBERS <- c(", names, ")")
            parts.append(_r_text.NUMBERS.substitute(columns=columns))
            arrays["numbers"] = _r_text.NUMBER_ARRAY
            if self.subject.required:
                required = r_listed("REQUIRED <- c(", map(r_quoted, self.subject.required), ")")
                parts.append(_r_text.NEEDED.substitute(required=required))
                arrays["numbers"] += _r_text.CHECKED
        if self.categories:
            columns = ",\n".join(map(_category, self.categories))
            parts.append(_r_text.CATEGORIES.substitute(columns=columns))
            arrays["categories"] = _r_text.CATEGORY_ARRAY
        kind = self.subject.reading
        parts.append(_r_text.PREDICT_TABLE.substitute(
            what=WHAT[kind], arrays="\n".join(arrays.values()), given=", ".join(arrays),
            labels=READ[kind],
        ))  # fmt: skip
        return "\n\n\n".join(parts)

    def one_iteration(self, run: Run) -> str:
        carried = [f"{old} = {new}" for old, new in self.carried(run).items()]
        lines = [*self.script.steps(run.iteration, 2), ""]
        lines += r_listed("next_values <- list(", carried, ")").split("\n")
        lines.append(f"list(loss = {self.words['loss']}, values = next_values)")
        text = _function("one_iteration", self.arguments(run), lines)
        return f"# The loss of these samples, and what the next iteration starts with.\n{text}"

    def train(self, run: Run) -> str:
        samples = run.X.shape[run.samples]
        if run.batch_size >= samples:
            per_row = f" / {samples}" * run.summed
            return _r_text.WHOLE.substitute(epochs=len(run.rates), lr=_rate(run), per_row=per_row)
        count, last = self._epochs(run), f"min(first + {run.batch_size - 1}, {samples})"
        chosen = "first" if run.batch_size == 1 else f"first:{last}"
        which = ("rows, , drop = FALSE", ", rows, drop = FALSE")[run.samples]
        return _r_text.BATCHES.substitute(
            epochs="The first epoch" if run.shuffled else f"{count} epochs", count=count,
            iterations=-(-samples // run.batch_size), samples=samples, size=run.batch_size,
            order=f"ORDER[{chosen}]" if run.shuffled else chosen, X=f"X[{which}]",
            y=f"y[{which}]", lr=_rate(run), rows=" * length(rows)" * (not run.summed),
        )  # fmt: skip

    def _epochs(self, run: Run) -> int:
        return 1 if run.shuffled else len(run.rates)

    # -- the check ---------------------------------------------------------------------------------

    def check(self) -> str:
        allowed = tolerance(self.subject.expected.dtype)
        training = self._training(self.run) if self.run else ""
        return _r_text.CHECK.substitute(allowed=allowed, training=training)

    def _training(self, run: Run) -> str:
        epochs = self._epochs(run)
        until = compared(run, epochs)
        shown = r_listed("c(", map(str, shown_epochs(epochs)), ")") if epochs > 1 else "1"
        text = _r_text.TRAINING.substitute(
            shown=shown, epoch=until.epoch, tolerance=until.loss,
            loss=r_number(run.losses[until.epoch - 1]),
        )  # fmt: skip
        if run.shuffled:
            loss = r_number(_loss_after_one_epoch(run))
            after = {"lr": _rate(run), "loss": loss, "tolerance": until.loss}
            return text + _r_text.AFTER.substitute(after)
        if until.weights is None:
            return text + _r_text.CHAOS * (until.epoch < epochs)
        entries = [f"{self.words[word]} = {self.words[word]}" for word in run.last]
        weights = indented(r_listed("weights <- list(", entries, ")").split("\n"), 2)
        return text + _r_text.WEIGHTS.substitute(
            weights="\n".join(weights), tolerance=until.weights
        )


READ = {  # how an answer is read -> the expression that reads all of them
    AMOUNT: "answer[, 1]",
    ONE_OF_TWO: "CLASSES[ifelse(answer[, 1] > 0.5, 2, 1)]",
    BEST: 'CLASSES[max.col(answer, ties.method = "first")]',
    AMOUNTS: _r_text.AMOUNTS,
    LABELS: _r_text.LABELS,
}
WHAT = {
    AMOUNT: "The amount that is predicted", ONE_OF_TWO: "The class that is predicted",
    BEST: "The class that is predicted",
    AMOUNTS: "The predicted amounts, a column each,",
    LABELS: "The predicted labels, a column each,",
}  # fmt: skip


def _loss_after_one_epoch(run: Run) -> float:
    """The loss of all rows with the weights that the first epoch ends with."""
    _, values = replayed(run, run.start, 1)
    rate = np.asarray(run.rates[0], run.X.dtype)
    given = {**values, "X": run.X, "y": run.y, "lr": rate}
    return float(engine().run(run.iteration.only("loss"), given)["loss"])


def _rate(run: Run) -> str:
    changing = len(set(run.rates)) > 1 and not run.shuffled
    return "RATES[epoch]" if changing else r_number(run.rates[0])


def _section(title: str, text: str) -> str:
    return f"{heading(title)}\n\n{text}"


def _list(word: str, values: Mapping[str, Array]) -> str:
    lines = ",\n".join(f"{name} = {r(x)}" for name, x in values.items())
    if lines.count("\n") > MOST_LINES:
        parts = [r_assigned(f"{word}${name}", x) for name, x in values.items()]
        return "\n".join([f"{word} <- list()", *parts])
    return "\n".join([f"{word} <- list(", *indented(lines.split("\n"), 2), ")"])


def _category(one: Input) -> str:
    folded = "TRUE" if one.folded else "FALSE"
    head = _r_text.CATEGORY.format(column=r_quoted(one.name), folded=folded)
    words = ["NA" if word is None else r_quoted(word) for word in one.levels]
    return "\n".join(indented(r_listed(head, words, "))").split("\n"), 2))
