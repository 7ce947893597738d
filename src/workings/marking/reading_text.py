"""A working as a NumPy or R script, or as what it printed: read, never run.

    d_output = np.array([[0.12], [0.34]])     written out: lists, matrix(c(..), nrow=2), rbind
    d_output                                  printed behind its name, by NumPy
    [[0.12]
     [0.34]]
    > d_output                                or by R
         [,1]
    [1,] 0.12

A name stands in front of its matrix, as an assignment, at a prompt, in a comment or by itself. The
last matrix of a name counts. What a script computes is not known here: such names are left out,
and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import dedent

from workings.marking import reading_literals, reading_prints
from workings.marking.reading_cells import Matrices
from workings.marking.reading_literals import NUMBER, NotWrittenOut
from workings.marking.working import Working

WORD = r"[^\W\d][\w.]*'?"
PROMPT = re.compile(r"^(?:>>> ?|> ?|In ?\[\d+\]: ?|Out ?\[\d+\]: ?)")
GOES_ON = re.compile(r"^(?:\.\.\.:? |\+ |   \.\.\.: )")
ASSIGNS = re.compile(rf"^({WORD})\s*(?:<<?-|=(?!=)|:=)\s*(.*)$", re.DOTALL)
# in a function or a loop, a part of a matrix, or a matrix and something: computed
CHANGES = re.compile(
    rf"^(?:\s+({WORD})\s*(?:<<?-|=(?!=))|\s*({WORD})\s*(?:\[.*\]\s*(?:<<?-|=(?!=))|[-+*/%@&|^]+=))"
)
CALLED = re.compile(
    rf"""^\s*(?:\#+\s*)?(?:(?:print|show|cat)\s*\(\s*)?["']?({WORD})["']?\s*\)?\s*[:=]?\s*;?\s*$"""
)
BESIDE = re.compile(rf"^\s*({WORD})\s*[:=]?\s*(?=\[|array\(|matrix\(|np\.|{NUMBER}\s*$)")
VALUE = re.compile(rf"^\s*(?:\[\[?|array\(|np\.\w+\(|{NUMBER}\s*$)")
MOST_SAID = 8


def read(text: str, name: str) -> Working:
    """The working; raises `DataError`, naming the line, for a matrix that is written wrongly."""
    return _Reading(text, name).working()


class _Reading:
    """A text while it is read, line by line."""

    def __init__(self, text: str, name: str) -> None:
        self.lines = _without_prompts(dedent(text).split("\n"))
        self.found = Matrices(name)
        self.computed: dict[str, int] = {}
        self.unnamed: list[int] = []
        self.pending = ""
        self.at = 0

    def working(self) -> Working:
        """All that was found."""
        while self.at < len(self.lines):
            self._step()
        if self.computed:
            listed = ", ".join([*self.computed][:MOST_SAID])
            more = ", ..." if len(self.computed) > MOST_SAID else ""
            self.found.notes.append(
                f"What the script computes is not read, for nothing is run: {listed}{more}. "
                "Print these matrices and add what was printed."
            )
        if self.unnamed:
            lines = ", ".join(map(str, self.unnamed[:MOST_SAID]))
            self.found.notes.append(
                f"Numbers without a name before them were left out: line {lines}."
            )
        return self.found.working()

    def _step(self) -> None:
        line = self.lines[self.at]
        if not line.strip():
            self.at += 1
        elif reading_prints.begins_r(self.lines, self.at):
            self._take(*reading_prints.r_matrix(self.lines, self.at))
        elif said := reading_prints.r_words(line):
            self.pending, self.at = said, self.at + 1
        elif match := ASSIGNS.match(line):
            self._assigned(match[1], match[2])
        elif match := CHANGES.match(line):
            self._computed(match[1] or match[2])
        elif VALUE.match(line):
            self._value(line, self.pending)
        elif match := BESIDE.match(line):
            self._value(line[match.end() :], match[1])
        else:
            match = CALLED.match(line)
            self.pending, self.at = match[1] if match else "", self.at + 1

    def _assigned(self, word: str, rest: str) -> None:
        """`word = ...`: a matrix written out, one that is printed, or something computed."""
        if not rest.strip():
            self.pending, self.at = word, self.at + 1
            return
        if not self._value(rest, word):
            self.at -= 1
            self._computed(word)

    def _computed(self, word: str) -> None:
        """What was read of the name is not its value any more."""
        self.found.forget(word)
        self.computed[word] = self.at
        self.at, self.pending = self.at + 1, ""

    def _value(self, beginning: str, word: str) -> bool:
        """A value that begins here and may go on over the next lines; whether it was one."""
        rest = "\n".join([beginning, *self.lines[self.at + 1 : self.at + 1 + MOST_LINES]])
        first = self.at
        try:
            rows, end = reading_literals.value(rest)
        except NotWrittenOut as error:
            self.at = first + 1
            self.pending = ""
            if error.wrong:
                raise self.found.wrong(
                    f"{word or 'a matrix'}: {error}", self._line(first)
                ) from None
            return False
        self._take(rows, first + rest.count("\n", 0, end) + 1, word)
        return True

    def _take(self, rows: Sequence[Sequence[str]], following: int, word: str = "") -> None:
        first, word = self.at, word or self.pending
        if word:
            self.computed.pop(word, None)
            self.found.add(word, rows, lambda row, column: self._line(first))
        else:
            self.unnamed.append(first + 1)
        self.at, self.pending = following, ""

    @staticmethod
    def _line(place: int) -> str:
        return f"line {place + 1}"


MOST_LINES = 20_000  # that one matrix may go on over


def _without_prompts(lines: Sequence[str]) -> list[str]:
    """The lines as they were typed and printed; those that go on after a prompt too."""
    kept: list[str] = []
    typing = False
    for line in lines:
        match = PROMPT.match(line)
        if match:
            typing = not match[0].startswith("Out")
            kept.append(line[match.end() :])
        elif typing and (more := GOES_ON.match(line)):
            kept.append(line[more.end() :])
        else:
            typing = False
            kept.append(line)
    return kept
