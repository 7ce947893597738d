"""What a script in any language is made of: names, comments, steps and the functions they call.

    script = Script(language, program, ..)     every name in the programs gets its word
    script.steps(program)                      a line for each step, under its stage, with its why
    script.functions(text)                     the functions that a text calls
    Template(text).substitute(word=..)         a text in which @word is replaced

An op that the notation has no row for becomes a small function, written from its formula: so an
activation of the user's own is exported like any other. Names that could not be words in the
language are replaced, and comments are made plain: no text can become code.
"""

from __future__ import annotations

import inspect
import re
import string
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workings.errors import NotSupported
from workings.language import Expr, Op, Program, Shape, Step, name, spelled
from workings.language.rewrite import name_shared
from workings.notations import TIGHT, Notation, Row, Text, spell

WIDTH = 99
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # a name in every language that there is a script in


@dataclass(frozen=True)
class Language:
    """How a script is written in one language.

    `functions` are texts of functions that rows of the notation call; `even` makes a row that
    spreads what comes out where all that goes in is spread. `assign` stands between a name and
    its expression, `result` around what a function returns; `size` spells the size of an axis
    (word, axis, how many axes), `function` a function (word, arguments, lines).
    """

    notation: Notation
    functions: Mapping[str, str]
    even: Callable[[int, Callable[..., str]], Row]
    assign: str
    result: str
    size: Callable[[str, int, int], str]
    function: Callable[[str, Sequence[str], Sequence[str]], str]
    reserved: frozenset[str]


class Template(string.Template):
    """A text with places for others, marked `@word`."""

    delimiter = "@"


def comment(text: str, indent: int = 0) -> list[str]:
    r"""A comment, in lines that are short enough for `indent`; nothing in it can end it.

    >>> comment("How steep it is.\nsystem('id')")
    ["# How steep it is. system('id')"]
    """
    plain = text.encode("ascii", "backslashreplace").decode()
    plain = "".join(sign if sign.isprintable() else " " for sign in plain)
    return [f"# {line}" for line in textwrap.wrap(plain, WIDTH - 2 - indent)]


def heading(text: str, indent: int = 0) -> str:
    """A comment that goes across the page."""
    (line, *_) = comment(f"-- {text} ", indent)
    return f"{line} {'-' * (WIDTH - indent - len(line) - 1)}"


def indented(lines: Iterable[str], by: int) -> list[str]:
    """Lines further to the right; empty ones stay empty."""
    return [" " * by + line if line else "" for line in lines]


def shown_epochs(count: int) -> list[int]:
    """About ten epochs of `count`, from 1, at whose end the loss is shown.

    >>> shown_epochs(5000)[:3], shown_epochs(3)
    ([1, 500, 1000], [1, 2, 3])
    """
    every = max(1, count // 10)
    return sorted({1, *range(every, count + 1, every), count})


class Script:
    """The words of some programs in a language, and the functions that their steps turned out
    to call."""

    def __init__(self, language: Language, *programs: Program) -> None:
        self.language = language
        self._made: dict[tuple[str, Any], tuple[str, str]] = {}  # op and facts -> word, text
        self._taken = {*language.reserved, *language.functions, *_sizes(programs)}
        words = [word for one in programs for word in (*one.given, *one.names)]
        self.words = {word: self._free(word, "value") for word in dict.fromkeys(words)}
        self._notation = replace(
            language.notation, word=self.words.__getitem__, others=(TIGHT, self._call)
        )

    def steps(self, program: Program, indent: int, *, numbered: bool = True) -> list[str]:
        """The lines of a program: what its named sizes are, then each step with its reason."""
        spelled_steps = [(step, spell(step.expr, self._notation)) for step in program]
        lines = self._size_lines(program.given, self.words, [text for _, text in spelled_steps])
        numbers = {stage.title: number for number, stage in enumerate(program.stages)}
        stage, said = "", set[str]()
        for step, text in spelled_steps:
            if step.stage != stage:
                stage, said = step.stage, set()
                number = numbers.get(stage)
                title = stage if number is None or not numbered else f"Step {number}: {stage}"
                lines += [*[""] * bool(lines), heading(title, indent)]
            why = step.why or step.expr.op.reason
            lines += comment(why, indent) * (why not in said)
            said.add(why)
            lines.append(self._line(step, text, indent))
        return lines

    def functions(self, text: str) -> list[str]:
        """The texts of the functions that `text`, or one of them, calls."""
        made = [body for _, body in self._made.values() if body]
        everything = "\n".join([text, *made])
        known = self.language.functions.items()
        return [body for word, body in known if _occurs(f"{word}(", everything)] + made

    def _line(self, step: Step, text: str, indent: int) -> str:
        line = f"{self.words[step.name]}{self.language.assign}{text}"
        shape = f"{line}  # {spelled(step.shape)}"
        return shape if step.shape and len(shape) + indent <= WIDTH else line

    def _size_lines(
        self, given: Mapping[str, Shape], words: Mapping[str, str], texts: Iterable[str]
    ) -> list[str]:
        text, found = "\n".join(texts), dict[str, str]()
        for word, shape in given.items():
            for axis, size in enumerate(shape):
                if isinstance(size, str) and _occurs(size, text):
                    found.setdefault(size, self.language.size(words[word], axis, len(shape)))
        return [f"{size}{self.language.assign}{what}" for size, what in found.items()]

    # -- ops without a row -------------------------------------------------------------------------

    def _call(self, expr: Expr, *args: Text) -> Text | str:
        """A call of the function that stands for an op with its facts."""
        key = expr.op.name, expr.facts
        if key not in self._made:
            self._made[key] = self._written(expr)
        call = f"{self._made[key][0]}({', '.join(args)})"
        if not expr.op.elementwise:
            return call
        _, write = self.language.even(TIGHT, lambda expr, *args: call)
        return Text(write(expr, *args))  # type: ignore[operator]

    def _written(self, expr: Expr) -> tuple[str, str]:
        """The word and the text of a function that computes an op by its formula."""
        op = expr.op
        if op.name in self.language.functions or op.formula is None:
            return op.name, ""
        word, arguments = self._free(op.name, "op"), self._arguments(op, len(expr.args))
        shapes = [expr.shape if op.elementwise else arg.shape for arg in expr.args]
        given = [name(a, *shape) for a, shape in zip(arguments, shapes, strict=True)]
        formula = Step("part", op.formula(*given, **dict(expr.facts)))
        program = name_shared(Program((formula,)))
        notation = replace(self._notation, word=str)
        texts = [spell(step.expr, notation) for step in program]
        named = zip(program.names[:-1], texts, strict=False)
        lines = self._size_lines(program.given, {a: a for a in arguments}, texts)
        lines += [f"{part}{self.language.assign}{text}" for part, text in named]
        lines.append(self.language.result.format(texts[-1]))
        body = self.language.function(word, arguments, lines)
        return word, "\n".join([*comment(op.reason), body])

    def _arguments(self, op: Op, count: int) -> list[str]:
        """What the formula calls its arguments, where that is possible here as well."""
        called = list(inspect.signature(op.formula).parameters.values()) if op.formula else []
        words = [one.name for one in called if one.kind == one.POSITIONAL_OR_KEYWORD]
        known = {*self.language.reserved, *self.language.functions}
        known |= {word for word, _ in self._made.values()}
        usable = all(WORD.fullmatch(word) and word not in known for word in words)
        if usable and len(words) == count:
            return words
        return [f"x{place}" for place in range(1, count + 1)] if count > 1 else ["x"]

    def _free(self, word: str, otherwise: str) -> str:
        """`word` where it can be a name here that nothing has yet; else another one."""
        place, free = 0, word
        while not WORD.fullmatch(free) or free in self._taken:
            place += 1
            free = f"{otherwise}_{place}"
        self._taken.add(free)
        return free


def _sizes(programs: Iterable[Program]) -> set[str]:
    """The named sizes of the programs, which are variables of the same name."""
    shapes = [shape for one in programs for shape in one.given.values()]
    sizes = {size for shape in shapes for size in shape if isinstance(size, str)}
    for size in sizes:
        if not WORD.fullmatch(size):
            raise NotSupported(f"cannot export: a size cannot be called {size!a} in a script")
    return sizes


def _occurs(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word)}", text + " ") is not None and (
        word.endswith("(") or re.search(rf"\b{word}\b", text) is not None
    )
