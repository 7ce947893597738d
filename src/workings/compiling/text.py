"""LLVM's text, written loop by loop.

    text = Text("double", lanes=8)
    with text.loop(0, n, step=8) as row:                 row is a word: a name and its type
        text.store(text.add(text.load(x, lanes=8), one), y)
    text.function("void", "name", ["ptr %x", ...])       all of it

Each word knows how deep in the loops it was made, and an instruction is written as far out as its
operands allow: before the loops it does not depend on. Lanes are neighbouring rows, handled
together; a word without lanes is copied to all of them when it meets one with lanes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple


class Word(NamedTuple):
    """A value in LLVM's text: its name, its type, and the depth of the loop it belongs to."""

    text: str
    type: str
    depth: int = 0

    @property
    def lanes(self) -> int:
        """How many numbers stand side by side in it."""
        return int(self.type[1:].split(" x ")[0]) if self.type[0] == "<" else 1

    @property
    def kind(self) -> str:
        """The type of one lane."""
        return self.type[1:-1].split(" x ")[1] if self.type[0] == "<" else self.type


def is_known(word: Word) -> bool:
    """Whether a whole number is known now."""
    return word.text[0] != "%"


def whole(number: int) -> Word:
    """A whole number known now."""
    return Word(str(number), "i64")


class Text:
    """The instructions of one function, block by block."""

    def __init__(self, real: str) -> None:
        self.real, self.bits = real, {"double": 64, "float": 32}[real]
        self.count, self.declared = 0, set[str]()
        self.blocks: list[list[str]] = [["start:"]]
        self.open = [self.blocks[0]]  # the block being written at each depth

    # -- instructions ----------------------------------------------------------------------------

    @property
    def depth(self) -> int:
        """How many loops are open."""
        return len(self.open) - 1

    def new(self, kind: str, text: str, depth: int) -> Word:
        """The result of an instruction, written at that depth."""
        self.count += 1
        word = Word(f"%v{self.count}", kind, depth)
        self.open[depth].append(f"  {word.text} = {text}")
        return word

    def do(self, text: str) -> None:
        """An instruction without a result, here."""
        self.open[-1].append(f"  {text}")

    def number(self, value: float, lanes: int = 1) -> Word:
        """A number of the kernel's own type."""
        if self.real == "float":
            value = struct.unpack("f", struct.pack("f", _within_float(value)))[0]
        word = Word(f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}", self.real)
        return self.spread(word, lanes)

    def integer(self, value: int, lanes: int = 1) -> Word:
        """A whole number as wide as the kernel's own type, to do things to bits with."""
        return self.spread(Word(str(value), f"i{self.bits}"), lanes)

    def spread(self, word: Word, lanes: int) -> Word:
        """The word in every lane."""
        if lanes == 1 or word.lanes == lanes:
            return word
        kind = f"<{lanes} x {word.type}>"
        if word.text[0] != "%":
            return Word(f"splat ({word.type} {word.text})", kind)
        one = self.new(kind, f"insertelement {kind} poison, {word.type} {word.text}, i64 0",
                       word.depth)  # fmt: skip
        places = f"<{lanes} x i32> zeroinitializer"
        return self.new(kind, f"shufflevector {kind} {one.text}, {kind} poison, {places}",
                        word.depth)  # fmt: skip

    def alike(self, *words: Word) -> list[Word]:
        """The words, all with as many lanes as the one that has most."""
        lanes = max(word.lanes for word in words)
        return [self.spread(word, lanes) for word in words]

    def op(self, what: str, *words: Word) -> Word:
        """An arithmetic instruction: `op("fadd contract", a, b)`."""
        same = self.alike(*words)
        listed = ", ".join(word.text for word in same)
        return self.new(same[0].type, f"{what} {same[0].type} {listed}", _deepest(same))

    def compare(self, how: str, a: Word, b: Word) -> Word:
        """`compare("fcmp ogt", a, b)`: a truth value in each lane."""
        a, b = self.alike(a, b)
        kind = "i1" if a.lanes == 1 else f"<{a.lanes} x i1>"
        return self.new(kind, f"{how} {a.type} {a.text}, {b.text}", _deepest([a, b]))

    def select(self, condition: Word, a: Word, b: Word) -> Word:
        """`a` where the condition holds, else `b`."""
        a, b = self.alike(a, b)
        if condition.lanes > a.lanes:
            a, b = self.spread(a, condition.lanes), self.spread(b, condition.lanes)
        parts = ", ".join(f"{one.type} {one.text}" for one in (condition, a, b))
        return self.new(a.type, f"select {parts}", _deepest([condition, a, b]))

    def cast(self, how: str, word: Word, kind: str) -> Word:
        """`cast("bitcast", x, "i64")`: lane by lane."""
        into = kind if word.lanes == 1 else f"<{word.lanes} x {kind}>"
        return self.new(into, f"{how} {word.type} {word.text} to {into}", word.depth)

    def call(self, name: str, *words: Word) -> Word:
        """One of LLVM's own functions, lane by lane: `call("sqrt", x)`."""
        same = self.alike(*words)
        kind = same[0].type
        suffix = f"f{self.bits}" if same[0].lanes == 1 else f"v{same[0].lanes}f{self.bits}"
        function = f"@llvm.{name}.{suffix}"
        self.declared.add(f"declare {kind} {function}({', '.join([kind] * len(same))})")
        listed = ", ".join(f"{kind} {word.text}" for word in same)
        return self.new(kind, f"call {kind} {function}({listed})", _deepest(same))

    def interleaved(self, a: Word, b: Word, half: int) -> Word:
        """The first (or second) halves of two words, lane by lane in turns."""
        lanes, first = a.lanes, half * a.lanes // 2
        pairs = ((first + one, first + one + lanes) for one in range(lanes // 2))
        listed = ", ".join(f"i32 {place}" for pair in pairs for place in pair)
        text = f"shufflevector {a.type} {a.text}, {b.type} {b.text}, <{lanes} x i32> <{listed}>"
        return self.new(a.type, text, _deepest([a, b]))

    def total(self, word: Word) -> Word:
        """The sum of the lanes."""
        if word.lanes == 1:
            return word
        function = f"@llvm.vector.reduce.fadd.v{word.lanes}f{self.bits}"
        self.declared.add(f"declare {self.real} {function}({self.real}, {word.type})")
        zero = self.number(0.0).text
        text = f"call reassoc {self.real} {function}({self.real} {zero}, {word.type} {word.text})"
        return self.new(self.real, text, word.depth)

    # -- whole numbers, memory, loops ------------------------------------------------------------

    def plus(self, a: Word, b: Word | int) -> Word:
        """The sum of two whole numbers."""
        b = whole(b) if isinstance(b, int) else b
        if is_known(a) and is_known(b):
            return whole(int(a.text) + int(b.text))
        return a if b.text == "0" else b if a.text == "0" else self.op("add", a, b)

    def extreme(self, which: str, a: Word, b: Word) -> Word:
        """The `max` or the `min` of two whole numbers."""
        how, known = {"max": ("sgt", max), "min": ("slt", min)}[which]
        if is_known(a) and is_known(b):
            return whole(known(int(a.text), int(b.text)))
        return self.select(self.compare(f"icmp {how}", a, b), a, b)

    def times(self, a: Word, b: Word | int) -> Word:
        """The product of two whole numbers."""
        b = whole(b) if isinstance(b, int) else b
        if is_known(a) and is_known(b):
            return whole(int(a.text) * int(b.text))
        return whole(0) if "0" in (a.text, b.text) else a if b.text == "1" else self.op("mul", a, b)

    def address(self, base: Word, place: Word, kind: str = "") -> Word:
        """Where number `place` from `base` on lies."""
        if place.text == "0":
            return base
        text = f"getelementptr {kind or self.real}, ptr {base.text}, i64 {place.text}"
        return self.new("ptr", text, max(base.depth, place.depth))

    def load(self, address: Word, kind: str, depth: int) -> Word:
        """What lies there; `depth` says how far in it must be looked at."""
        align = 8 if kind == "i64" or kind == "ptr" else self.bits // 8
        return self.new(kind, f"load {kind}, ptr {address.text}, align {align}",
                        max(depth, address.depth))  # fmt: skip

    def store(self, word: Word, address: Word) -> None:
        """Puts the word there."""
        align = self.bits // 8 if word.kind == self.real else 8
        self.do(f"store {word.type} {word.text}, ptr {address.text}, align {align}")

    def store_some(self, word: Word, address: Word, lanes: int) -> None:
        """Puts the first lanes of the word there, and leaves what lies behind them."""
        function, kind = f"@llvm.masked.store.v{word.lanes}f{self.bits}.p0", f"<{word.lanes} x i1>"
        self.declared.add(f"declare void {function}({word.type}, ptr, i32, {kind})")
        mask = ", ".join(f"i1 {'true' if one < lanes else 'false'}" for one in range(word.lanes))
        self.do(f"call void {function}({word.type} {word.text}, ptr {address.text}, "
                f"i32 {self.bits // 8}, {kind} <{mask}>)")  # fmt: skip

    def cell(self, start: Word) -> Word:
        """A place of its own for a word that changes; kept in a register by the optimiser.

        The optimiser looks for such places in the first block alone.
        """
        self.count += 1
        place = Word(f"%v{self.count}", "ptr")
        self.blocks[0].insert(1, f"  {place.text} = alloca {start.type}")
        self.write(place, start)
        return place

    def read(self, cell: Word, kind: str) -> Word:
        """What the cell holds now."""
        return self.new(kind, f"load {kind}, ptr {cell.text}", self.depth)

    def write(self, cell: Word, word: Word) -> None:
        """Changes what the cell holds."""
        self.do(f"store {word.type} {word.text}, ptr {cell.text}")

    @contextmanager
    def loop(self, start: int | Word, stop: int | Word, step: int = 1) -> Iterator[Word]:
        """A loop that runs at least once; a loop that runs just once is none."""
        first, last = (whole(one) if isinstance(one, int) else one for one in (start, stop))
        if is_known(first) and is_known(last) and int(last.text) - int(first.text) <= step:
            yield first
            return
        index, head = self._enter()
        yield index
        following = self.new("i64", f"add i64 {index.text}, {step}", self.depth)
        again = self.compare("icmp slt", following, last)
        self._leave(head, index, (first, following), again)

    def _enter(self) -> tuple[Word, list[str]]:
        self.count += 1
        index = Word(f"%i{self.count}", "i64", len(self.open))
        self.blocks.append([f"loop{self.count}:"])
        self.open.append(self.blocks[-1])
        return index, self.blocks[-1]

    def _leave(self, head: list[str], index: Word, values: tuple[Word, Word], again: Word) -> None:
        inside, outside = self.open.pop(), self.open[-1]
        label, before, end = (block[0][:-1] for block in (head, outside, inside))
        inside.append(f"  br i1 {again.text}, label %{label}, label %{label}_done")
        outside.append(f"  br label %{label}")
        incoming = zip(values, (before, end), strict=True)
        pairs = ", ".join(f"[{word.text}, %{block}]" for word, block in incoming)
        head.insert(1, f"  {index.text} = phi i64 {pairs}")
        self._go_on(f"{label}_done")

    def _go_on(self, label: str) -> None:
        """A new block at the present depth."""
        self.blocks.append([f"{label}:"])
        self.open[-1] = self.blocks[-1]

    @contextmanager
    def some(self, start: Word, stop: Word, step: int = 1) -> Iterator[Word]:
        """A loop that may have nothing to do, unless it goes from 0 to a number of rows."""
        some = None if is_known(start) else self.compare("icmp slt", start, stop)
        with self.when(some) if some else nullcontext(), self.loop(start, stop, step) as index:
            yield index

    @contextmanager
    def when(self, condition: Word) -> Iterator[None]:
        """What is done only where the condition holds; nothing made inside is used outside."""
        self.count += 1
        yes, on = f"yes{self.count}", f"on{self.count}"
        self.do(f"br i1 {condition.text}, label %{yes}, label %{on}")
        self._go_on(yes)
        yield
        self.do(f"br label %{on}")
        self._go_on(on)

    def leave_when(self, condition: Word) -> None:
        """The function ends here where the condition holds."""
        with self.when(condition):
            self.do("ret void")
            self._go_on(f"never{self.count}")

    def function(self, result: str, name: str, parameters: list[str]) -> str:
        """Everything written, as a module of one function."""
        body = "\n".join("\n".join(block) for block in self.blocks)
        head = f"define {result} @{name}({', '.join(parameters)})"
        return "\n".join([*sorted(self.declared), f"{head} {{", body, "}", ""])


def _deepest(words: list[Word]) -> int:
    return max(word.depth for word in words)


def _within_float(value: float) -> float:
    """What a number is in single precision where it is too large for it."""
    try:
        struct.pack("f", value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return value
