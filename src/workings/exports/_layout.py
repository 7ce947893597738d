"""What the scripts of all languages have in common: which parts there are, and in which order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from workings.exports import Input, Run, Subject
from workings.exports._literals import filled
from workings.exports._replay import is_small
from workings.exports._script import Language, Script
from workings.language.shapes import bound
from workings.trace import Array

SHAPES = "Beside each step stands the shape of its value; n is the number of samples, and here"
LONG = 60  # lines of numbers; more stand behind the functions


class ScriptFile(ABC):
    """A script while it is being put together; each language says how its parts are written."""

    def __init__(self, subject: Subject, language: Language) -> None:
        self.subject, self.has_columns = subject, list(subject.given) != ["X"]
        self.run = subject.run if subject.run and is_small(subject.run) else None
        self.single = subject.expected.dtype == np.float32
        programs = [subject.prediction, *([self.run.iteration] if self.run else [])]
        self.script = Script(language, *programs)
        self.words = self.script.words

    def text(self) -> str:
        """All parts, and an empty line or two between them."""
        functions = [self.predict(), *([self.predict_table()] if self.has_columns else [])]
        if self.run:
            functions += [self.one_iteration(self.run), self.train(self.run)]
        functions = self.script.functions("\n".join(functions)) + functions
        numbers = [*(self.data(self.run) if self.run else []), self.learnt()]
        long = sum(part.count("\n") for part in numbers) > LONG
        middle = [*functions, *numbers] if long else [*numbers, *functions]
        return "\n\n\n".join([self.head(), *middle, self.tests(), self.check()]) + "\n"

    # -- what the parts are made of ----------------------------------------------------------------

    @property
    def given(self) -> list[str]:
        """The words of what the prediction is given."""
        return [self.words[word] for word in self.subject.given]

    @property
    def read(self) -> dict[str, Array]:
        """The values that the prediction reads, by their words."""
        read = self.subject.prediction.given
        return {self.words[word]: x for word, x in self.subject.values.items() if word in read}

    @property
    def lie(self) -> str:
        """How the samples lie in what the prediction is given."""
        return f"samples lie in {('rows', 'columns')[self.subject.samples]}"

    @property
    def sizes(self) -> list[str]:
        """Lines that say what the named sizes are; `n` is however many samples there are."""
        values = {**self.subject.values, **self.subject.tests}
        shapes = {word: values[word].shape for word in self.subject.prediction.given}
        sizes = bound(self.subject.prediction.given, shapes)
        known = [f"{word} = {size}" for word, size in sizes.items() if word != "n"] or ["no other"]
        return [SHAPES, *filled([*known[:-1], f"{known[-1]}."])]

    @property
    def numbers(self) -> list[Input]:
        """The columns of numbers."""
        return [one for one in self.subject.inputs if not one.levels]

    @property
    def categories(self) -> list[Input]:
        """The columns of words."""
        return [one for one in self.subject.inputs if one.levels]

    def called(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Values by their words."""
        return {self.words[word]: x for word, x in values.items()}

    def carried(self, run: Run) -> dict[str, str]:
        """What the next iteration starts with, in words: old and new."""
        return {self.words[old]: self.words[new] for old, new in run.iteration.updates.items()}

    def arguments(self, run: Run) -> list[str]:
        """The words of what an iteration is given."""
        return [self.words[word] for word in dict.fromkeys(["X", "y", "lr", *run.start])]

    # -- the parts ---------------------------------------------------------------------------------

    @abstractmethod
    def head(self) -> str:
        """What this is, and how to use it."""

    @abstractmethod
    def data(self, run: Run) -> list[str]:
        """Inputs and targets; the start."""

    @abstractmethod
    def learnt(self) -> str:
        """The trained weights, and whatever else the prediction reads."""

    @abstractmethod
    def predict(self) -> str:
        """The function from arrays to answers."""

    @abstractmethod
    def predict_table(self) -> str:
        """The function from cells to labels or amounts."""

    @abstractmethod
    def one_iteration(self, run: Run) -> str:
        """The function from rows and weights to the loss and new weights."""

    @abstractmethod
    def train(self, run: Run) -> str:
        """The function that does the whole training."""

    @abstractmethod
    def tests(self) -> str:
        """Test vectors."""

    @abstractmethod
    def check(self) -> str:
        """What happens when the script is run."""
