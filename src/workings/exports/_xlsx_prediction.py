"""The worksheet "Predict": rows to type into, and every step from them to the answer.

    page(book, subject)     the worksheet, with the rows the subject was tested on and an empty one

What is typed stands in one table at the top: numbers, and words as the table spelled them. The
program starts from it by two formulas of its own: an empty cell is a missing number, and a word
becomes its place among those that were known in training.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workings.engines import engine
from workings.exports import AMOUNT, AMOUNTS, BEST, LABELS, ONE_OF_TWO, Input, Subject
from workings.exports._xlsx_book import Book, Content, Formula
from workings.exports._xlsx_cells import Place
from workings.exports._xlsx_layout import Box, Section, program_sections, shortened
from workings.exports._xlsx_page import Page, Source
from workings.trace import Array, Trace

NAME = "Predict"
NEW = "new"
UNKNOWN = "(none of these words)"
INCOMPLETE = "(a number is missing)"
STARTS, TRAINED = "Start weights and biases", "The weights and biases, as trained"
TYPED, WORDS, ANSWER, SAYS = "typed numbers", "typed words", "the answer", "it says"
ENGINE, ENGINE_SAYS, CLASSES = "engine's answer", "engine's word", "the classes"


def trace_of(subject: Subject) -> Trace:
    """The prediction for the rows the subject was tested on, and for one where nothing is typed."""
    arrays = {word: np.asarray(x, float) for word, x in subject.tests.items()}
    values = {word: np.asarray(x, float) for word, x in subject.values.items()}
    empty = {word: _empty(subject, word, x) for word, x in arrays.items()}
    rows = {w: np.concatenate([x, empty[w]], subject.samples) for w, x in arrays.items()}
    names = [str(row) for row in range(1, tested(subject) + 1)]
    inputs = {"inputs": [one.name for one in subject.inputs]} if "X" in arrays else {}
    labels = {**inputs, **subject.labels, "n": [*names, NEW]}
    return engine().trace(subject.prediction, {**values, **rows}, labels)


def tested(subject: Subject) -> int:
    """How many rows the subject was tested on."""
    return int(next(iter(subject.tests.values())).shape[subject.samples])


def page(book: Book, subject: Subject, trace: Trace) -> Page:
    """The worksheet, written."""
    made = _Prediction(subject, trace).page(book)
    made.write(
        subject.title, "A prediction with the trained weights, step by step. "
        "Shown to 4 decimals; every cell keeps every digit.",
    )  # fmt: skip
    return made


def _empty(subject: Subject, word: str, like: Array) -> Array:
    """One more row in which nothing is typed."""
    shape = list(like.shape)
    shape[subject.samples] = 1
    if word == "numbers":
        return np.array([[0.0 if one.required else np.nan for one in _numbers(subject)]])
    if word != "categories":
        return np.zeros(shape)
    known = [one.levels for one in subject.inputs if one.levels]
    codes = [levels.index(None) if None in levels else -1 for levels in known]
    return np.array([codes], float)


def _numbers(subject: Subject) -> list[Input]:
    return [one for one in subject.inputs if not one.levels]


@dataclass
class _Prediction:
    """What the worksheet is made of."""

    subject: Subject
    trace: Trace

    @property
    def rows(self) -> int:
        """How many rows the worksheet predicts, the empty one among them."""
        return len(np.asarray(self.trace["answer"]))

    def page(self, book: Book) -> Page:
        shown = self._shown()
        top = Section(
            f"Rows to predict: type into the row “{NEW}”, or over any other", (),
            [self._typed_boxes(shown), self._answer_boxes(shown)],
        )  # fmt: skip
        above = (TYPED, WORDS, ANSWER, SAYS, ENGINE, ENGINE_SAYS)
        known = [
            Box(word, self._title(word), (), self._own if word == CLASSES else (), *some.shape)
            for word, some in shown.items() if word not in above
        ]  # fmt: skip
        sections = [top]
        if known:
            sections.append(Section("The words that were known in training", (), [known]))
        sections += _worth_showing(map(_renamed, program_sections(self.trace)))
        made = Page(book, NAME, self.trace, sections, suffix="_predict", shown=shown)
        made.sources = self._sources(made)
        made.typed = {TYPED, "numbers"}
        made.styles = dict.fromkeys((ENGINE, ENGINE_SAYS), "engine")
        return made

    def _title(self, word: str) -> str:
        """The name of the column whose words these are."""
        columns = [one.name for one in self.subject.inputs if one.levels]
        titles = {_levels(place): column for place, column in enumerate(columns)}
        return shortened(titles.get(word, word))

    # -- what is typed, and what is answered ------------------------------------------------------

    def _shown(self) -> dict[str, Array]:
        """Texts and numbers of boxes that hold no value of the program."""
        subject, blank = self.subject, [None]
        found: dict[str, Array] = {}
        numbers = [one for one in subject.tests if one != "categories"]
        if numbers:
            value = np.asarray(self.trace[numbers[0]], float)
            value = value if subject.samples == 0 else value.T
            found[TYPED] = np.concatenate([value[:-1], np.full((1, value.shape[1]), np.nan)])
        levels = [one.levels for one in subject.inputs if one.levels]
        if levels:
            codes = subject.tests["categories"].astype(int)
            rows = [[_word(lv, at) for lv, at in zip(levels, row, strict=True)] for row in codes]
            found[WORDS] = np.array([*rows, blank * len(levels)], object)
        answer = np.asarray(self.trace["answer"], float)
        found[ANSWER] = answer
        found[ENGINE] = np.asarray(self._expected(), float)
        if self._in_words:
            words = np.array([self._said_of(row) for row in answer], object)
            found |= {SAYS: words, ENGINE_SAYS: words[:-1]}
            found[CLASSES] = np.array(
                [one.words for one in subject.outputs] or [tuple(subject.classes)], object
            ).T
        for place, some in enumerate(levels):
            found[_levels(place)] = np.array([[word] for word in some], object)
        return found

    def _expected(self) -> Array:
        """The engine's answers; in double precision, as a workbook computes."""
        given = self.subject.expected
        return given if given.dtype == np.float64 else np.asarray(self.trace["answer"])[:-1]

    @property
    def _own(self) -> tuple[str, ...]:
        """The names of the target columns, where there are several."""
        return tuple(shortened(one.name) for one in self.subject.outputs)

    @property
    def _in_words(self) -> bool:
        """Whether an answer is said in words, and is no amount."""
        return self.subject.reading not in (AMOUNT, AMOUNTS)

    def _said_of(self, answer: Array) -> list[str]:
        """The class, or a word for each label."""
        subject = self.subject
        if subject.reading == LABELS:
            pairs = zip(subject.outputs, answer, strict=True)
            return [one.words[int(share > 0.5)] for one, share in pairs]
        place = int(answer[0] > 0.5) if subject.reading == ONE_OF_TWO else int(answer.argmax())
        return [subject.classes[place]]

    def _typed_boxes(self, shown: dict[str, Array]) -> list[Box]:
        inputs, names = self.subject.inputs, self.trace.labels["n"]
        columns = {TYPED: [one.name for one in _numbers(self.subject)],
                   WORDS: [one.name for one in inputs if one.levels]}  # fmt: skip
        boxes: list[Box] = []
        for word, labels in columns.items():
            if word in shown:
                rows = () if boxes else tuple(names)
                labels = list(map(shortened, labels))
                boxes.append(Box(word, word, rows, tuple(labels), len(names), len(labels)))
        return boxes

    def _answer_boxes(self, shown: dict[str, Array]) -> list[Box]:
        outputs = list(self.subject.labels.get("outputs", ()))
        width = shown[ANSWER].shape[1]
        labels = tuple(map(shortened, outputs)) if len(outputs) == width else ()
        above = {ANSWER: labels, SAYS: self._own, ENGINE: labels, ENGINE_SAYS: self._own}
        names = tuple(self.trace.labels["n"])
        return [
            Box(word, word, names, columns, *shown[word].shape)
            for word, columns in above.items() if word in shown
        ]  # fmt: skip

    # -- formulas that are no steps of the program -------------------------------------------------

    def _sources(self, made: Page) -> dict[str, Source]:
        def typed(place: Place) -> Content:
            return _plain(made.shown[TYPED][place])

        found: dict[str, Source] = {TYPED: typed}
        if "numbers" in self.subject.tests:
            found["numbers"] = lambda place: self._number(made, place)
        elif "X" in self.subject.tests:
            found["X"] = lambda place: self._input(made, place)
        if "categories" in self.subject.tests:
            found["categories"] = lambda place: self._code(made, place)
        found[ANSWER] = lambda place: self._answer(made, place)
        if self._in_words:
            found[SAYS] = lambda place: self._says(made, place)
        return found

    def _number(self, made: Page, place: Place) -> Formula:
        at, value = _at(made, TYPED, place), _plain(made.value("numbers")[place])
        if _numbers(self.subject)[place[1]].required:
            return Formula(f"N({at})", 0.0 if value is None else value)
        return Formula(f'IF(ISNUMBER({at}),{at},"")', "" if value is None else value)

    def _input(self, made: Page, place: Place) -> Formula:
        typed = place if self.subject.samples == 0 else place[::-1]
        return Formula(f"N({_at(made, TYPED, typed)})", float(made.value("X")[place]))

    def _code(self, made: Page, place: Place) -> Formula:
        """The place of a word among those that were known, -1 for none of them."""
        column = place[1]
        one = [one for one in self.subject.inputs if one.levels][column]
        region = made.regions[_levels(column)]
        word = _at(made, WORDS, place)
        word = f"LOWER({word})" if one.folded else word
        known = region.cells(region.whole)
        return Formula(
            f"IFERROR(MATCH(TRUE,EXACT({known},{word}),0),0)-1",
            float(made.value("categories")[place]), array=True,
        )  # fmt: skip

    def _answer(self, made: Page, place: Place) -> Formula:
        value = float(made.value(ANSWER)[place])
        return self._if_typed(made, place[0], Formula(_at(made, "answer", place), value))

    def _says(self, made: Page, place: Place) -> Formula:
        row, column = place
        count = made.value("answer").shape[1]
        best = self.subject.reading == BEST
        read = (0, count) if best else (column, 1)
        answer = made.regions["answer"].cells([(row, 1), read])
        classes = made.regions[CLASSES]
        if not best:
            second, first = (classes.cells([(at, 1), (column, 1)]) for at in (1, 0))
            text = f"IF({answer}>0.5,{second},{first})"
        else:
            text = f"INDEX({classes.cells(classes.whole)},MATCH(MAX({answer}),{answer},0))"
        return self._if_typed(made, row, Formula(text, str(made.value(SAYS)[place])))

    def _if_typed(self, made: Page, row: int, formula: Formula) -> Formula:
        """Nothing, as long as nothing is typed in the row; and not before all is that must be."""
        typed = [
            made.regions[word].cells([(row, 1), (0, made.value(word).shape[1])])
            for word in (TYPED, WORDS) if word in made.regions
        ]  # fmt: skip
        value = "" if row == self.rows - 1 else formula.value
        text = formula.text
        needed = [
            at for at, one in enumerate(_numbers(self.subject))
            if one.required and TYPED in made.regions
        ]  # fmt: skip
        if needed:
            cells = [_at(made, TYPED, (row, at)) for at in needed]
            if len(needed) == made.value(TYPED).shape[1]:
                cells = typed[:1]
            text = f'IF(COUNT({",".join(cells)})<{len(needed)},"{INCOMPLETE}",{text})'
        return replace(formula, text=f'IF(COUNTA({",".join(typed)})=0,"",{text})', value=value)


def _levels(place: int) -> str:
    return f"words {place + 1}"


def _word(levels: Sequence[str | None], at: int) -> str | None:
    if at >= 0:
        return levels[at]
    return UNKNOWN if None in levels else None


def _renamed(one: Section) -> Section:
    """The program's own headings, where they fit what is trained already."""
    heading = one.heading.replace(STARTS, TRAINED) or "Read the answer"
    return replace(one, heading=heading)


def _worth_showing(sections: Iterable[Section]) -> list[Section]:
    """Without those that compute nothing and show nothing for the first time."""
    found: list[Section] = []
    seen: set[str] = set()
    for one in sections:
        words = {box.word for group in one.groups for box in group}
        if one.said or not words <= seen:
            found.append(one)
        seen |= words
    return found


def _plain(value: object) -> float | str | None:
    if isinstance(value, float):
        return None if np.isnan(value) else float(value)
    return None if value is None else str(value)


def _at(made: Page, word: str, place: Place) -> str:
    return made.regions[word].cells([(one, 1) for one in place])
