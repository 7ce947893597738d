"""The prediction as one file of C99: fixed sizes, nothing allocated, one row at a time.

The file defines `predict` (a row of the table in, its answer out), what is needed to read the
answer (labels, levels, names) and, unless it is compiled with -DWORKINGS_NO_MAIN, a `main` that
runs the test vectors and says whether they agree with the engine. -DREAL=float computes in single
precision. Every step of the program is a loop nest under a comment that says what it is.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workings.exports import AMOUNT, AMOUNTS, BEST, LABELS, ONE_OF_TWO, Subject
from workings.exports._c_data import labels, levels, own_labels, table, words
from workings.exports._c_frame import HEADER, MAIN, PLACE_OF
from workings.exports._c_text import comment, identifiers, literal
from workings.exports._loops import loops, readied, scoped
from workings.language import Program, Step
from workings.notations import c as spelling
from workings.notations import notation, spell
from workings.trace import Array

ANSWER, CATEGORIES = "answer", "categories"


def content(subject: Subject) -> str:
    """The file; it compiles with -Wall -Wextra -Wpedantic -Wconversion without a warning."""
    return _File(subject).text


@dataclass(frozen=True)
class _File:
    """The parts of the file, in the order in which they stand."""

    subject: Subject

    @property
    def text(self) -> str:
        body = [self._constants, self._predict]
        parts = [HEADER.rstrip(), _helpers("\n".join(body)), self._words, *body, self._main]
        return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"

    @cached_property
    def program(self) -> Program:
        """The prediction for one row."""
        subject = self.subject
        shapes = {word: np.shape(value) for word, value in subject.values.items()}
        for word, size in self.sizes.items():
            shapes[word] = (1, size) if subject.samples == 0 else (size, 1)
        return readied(subject.prediction.only(ANSWER), shapes)

    @cached_property
    def constants(self) -> dict[str, Array]:
        """The weights and constants that the prediction reads."""
        return {w: self.subject.values[w] for w in self.program.given if w not in self.inputs}

    @cached_property
    def inputs(self) -> dict[str, Array]:
        """The test vectors of each input, samples in rows."""
        tests, in_rows = self.subject.tests, self.subject.samples == 0
        return {word: tests[word] if in_rows else tests[word].T for word in self.subject.given}

    @property
    def sizes(self) -> dict[str, int]:
        """How many cells a row of each input has."""
        return {word: int(rows.shape[1]) for word, rows in self.inputs.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """The identifier of everything that has a name in the program."""
        fixed = {word: word for word in (*self.inputs, ANSWER)}
        others = [word for word in (*self.program.given, *self.program.names) if word not in fixed]
        return {**identifiers(others), **fixed}

    @cached_property
    def cells(self) -> dict[str, str]:
        """The cell at (i, j) of everything that has a name."""
        along = spelling.place(1 - self.subject.samples)
        found = {}
        for word in (*self.program.given, *self.program.names):
            found[word] = spelling.cell(self.names[word], self.program.ref(word).shape)
        for word, size in self.sizes.items():
            cast = "(REAL)" if word == CATEGORIES else ""
            found[word] = f"{cast}{word}[{along if size > 1 else 0}]"
        found[ANSWER] = f"{ANSWER}[{'j' if self.outputs > 1 else 0}]"
        return found

    @property
    def outputs(self) -> int:
        """How many numbers an answer has."""
        return int(self.subject.expected.shape[1])

    # -- the parts ---------------------------------------------------------------------------------

    @property
    def _words(self) -> str:
        subject = self.subject
        names = words("const char *const column_names", [one.name for one in subject.inputs])
        target = f"const char *const target_name = {literal(subject.target)};"
        if subject.outputs:
            target = words("const char *const target_names", [one.name for one in subject.outputs])
        parts = [
            f"/* the columns that are read, in order, and what is predicted */\n{names}\n{target}",
        ]
        levelled = [(count, one) for count, one in enumerate(subject.inputs, 1) if one.levels]
        parts += [PLACE_OF] if levelled else []
        parts += [levels(count, one) for count, one in levelled]
        parts += [labels(subject.classes, self.outputs)] if subject.classes else []
        parts += [own_labels(subject.outputs)] if subject.reading == LABELS else []
        return "\n\n".join(part.strip() for part in parts)

    @property
    def _constants(self) -> str:
        if not self.constants:
            return ""
        tables = [
            table(f"static const REAL {self.names[word]}", np.squeeze(value))
            for word, value in self.constants.items()
            if re.search(rf"\b{self.names[word]}\b", self._predict)  # a sole category needs none
        ]
        return "/* what was learnt, and what the columns are prepared with */\n" + "\n".join(tables)

    @property
    def _predict(self) -> str:
        given = [f"const {_kind(word)} {word}[{size}]" for word, size in self.sizes.items()]
        head = f"void predict({', '.join([*given, f'REAL {ANSWER}[{self.outputs}]'])})"
        lines = [
            f"static REAL {spelling.declared(self.names[step.name], step.shape)};"
            for step in self.program if step.name != ANSWER
        ]  # fmt: skip
        for step in self.program:
            lines += ["", *_said(step, self.names), *scoped(loops(step, self.cells))]
        body = textwrap.indent("\n".join(lines), "    ")
        return f"{_about(self.subject)}\n{head}\n{{\n{body}\n}}"

    @property
    def _main(self) -> str:
        vectors = [
            *(table(f"static const {_kind(word)} test_{word}", rows)
              for word, rows in self.inputs.items()),
            table("static const double test_answers", self.subject.expected),
        ]  # fmt: skip
        single = self.subject.expected.dtype == np.float32
        return MAIN.format(
            vectors="\n".join(vectors), rows=len(self.subject.expected), outputs=self.outputs,
            arguments="".join(f"test_{word}[row], " for word in self.inputs),
            tolerance="1e-5" if single else "sizeof(REAL) == sizeof(double) ? 1e-12 : 1e-5",
        )  # fmt: skip


MAY_BE_MISSING = "NAN where one is missing."
ANSWERS = {
    AMOUNT: "the predicted amount",
    ONE_OF_TWO: "how much speaks for the second of the class_labels, 0 to 1",
    BEST: "one number for each of the {} class_labels",
    AMOUNTS: "one amount for each of the target_names",
    LABELS: "how much speaks for each of the target_names, 0 to 1",
}


def _kind(word: str) -> str:
    return "int" if word == CATEGORIES else "REAL"


def _helpers(code: str) -> str:
    """The definitions of the words that the code uses."""
    used = set(re.findall(r"\w+", code))
    return "\n".join(text for word, text in spelling.HELPERS.items() if word in used)


def _said(step: Step, names: Mapping[str, str]) -> list[str]:
    """The comment above a step: what it is called, how it is computed, and why."""
    formula = spell(step.expr, notation("plain"))
    text = f"{names[step.name]} = {formula}. {step.why or step.expr.op.reason}"
    lines = textwrap.wrap(comment(text), 88, break_long_words=False)
    return [f"{'/*' if not count else '  '} {line}" for count, line in enumerate(lines[:-1])] + [
        f"{'/*' if len(lines) == 1 else '  '} {lines[-1]} */"
    ]


def _about(subject: Subject) -> str:
    """What the arguments of `predict` are, above it."""
    numbers = sum(not one.levels for one in subject.inputs)
    said = {
        "X": "X: the inputs, in the order of column_names.",
        "numbers": f"numbers: the first {numbers} of column_names; "
        + ("none may be missing." if len(subject.required) == numbers else MAY_BE_MISSING),
        CATEGORIES: "categories: the other columns, each as its level_of_column_..() says.",
    }
    lines = [said[word] for word in subject.given if word in said]
    lines.append(f"answer: {ANSWERS[subject.reading].format(len(subject.classes))}.")
    return "/* " + "\n   ".join(lines) + " */"
