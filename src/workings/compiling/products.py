"""Matrix products, in blocks that stay in the registers.

blocks(writing, nest)      what is read once serves a whole block of the result

For each strip of lanes: copy what the inner sum needs of them into a panel; then, for each few
units, add up all its terms. A block is as many units by as many vectors of lanes as there are
registers to hold their sums, so that each number read is used several times (after Goto & van de
Geijn, Anatomy of High-Performance Matrix Multiplication, 2008). What follows cell by cell, as the
update of weights does, is done to a block as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from workings.compiling.cells import ARENA
from workings.compiling.factors import DEPTH, UNITS, VECTORS, Product
from workings.compiling.panels import Strip, pack
from workings.compiling.plans import FLAT, Nest
from workings.compiling.text import Word, whole
from workings.compiling.values import ROWS
from workings.compiling.writing import Writing, put

OWN = 64  # so many units are divided, rather than rows: each thread keeps to its own weights
Read = Callable[[Word], list[Word]]


class Units(NamedTuple):
    """Blocks of equally many units: which blocks of a strip they are, and where they begin."""

    block: int
    blocks: int
    first: int
    many: int


class Lanes(NamedTuple):
    """Strips of equally many vectors of lanes; `last` is the last lane there is, if one counts."""

    first: int
    strips: Word
    vectors: int
    last: int | None = None


def blocks(w: Writing, nest: Nest) -> None:
    """The product that is the nest's first member, and what follows from its cells."""
    _Blocks(w, nest, Product.of(nest.members[0], w.plan.strides)).write()


class _Blocks:
    def __init__(self, w: Writing, nest: Nest, product: Product) -> None:
        self.w, self.text, self.nest, self.product = w, w.text, nest, product
        self.inner = w.rows if product.inner == ROWS else whole(product.inner)
        self.vector = f"<{w.lanes} x {w.text.real}>"
        self.of_lanes, self.of_units = (
            w.text.address(ARENA, whole(w.plan.home[one]))
            for one in (product.lanes.core, product.units.core)
        )
        self.panel, self.beside = w.panel()
        self.is_kept = product.value in w.plan.home
        if self.is_kept:
            self.out = w.text.address(ARENA, whole(w.plan.home[product.value]))

    def write(self) -> None:
        """All blocks of all strips."""
        for strips in self._lanes():
            self._strips(strips, list(self._units(strips.vectors)))

    def _lanes(self) -> Iterator[Lanes]:
        """The lanes cut into strips; where they are rows, there is room for whole ones."""
        w, wide, most = self.w, self.product.wide, VECTORS * self.w.lanes
        if wide == ROWS:
            many = next(many for many in (4, 2, 1) if w.plan.rows % (many * w.lanes) == 0)
            size = many * w.lanes
            strips = self.text.op("udiv", self.text.plus(w.rows, size - 1), whole(size))
            yield Lanes(0, strips, many)
            return
        if wide >= most:
            yield Lanes(0, whole(wide // most), VECTORS)
        if rest := wide % most:
            vectors = -(-rest // w.lanes)
            last = wide - 1 if wide % w.lanes else None
            yield Lanes(wide - rest, whole(1), vectors, last)

    def _units(self, vectors: int) -> Iterator[Units]:
        """The units cut into blocks, of two sizes that hardly differ."""
        high, most = self.product.high, UNITS[vectors]
        if self.w.lanes * self.text.bits < 512:  # half as many registers
            most //= 2
        blocks = -(-high // most)
        many, more = divmod(high, blocks)
        if more:
            yield Units(0, more, 0, many + 1)
        yield Units(more, blocks - more, more * (many + 1), many)

    # -- strips of lanes -------------------------------------------------------------------------

    def _strips(self, lanes: Lanes, units: list[Units]) -> None:
        """All blocks of these strips, or this thread's: some neighbouring ones."""
        text, size = self.text, lanes.vectors * self.w.lanes
        blocks = units[-1].block + units[-1].blocks
        if self.product.wide == ROWS and self.product.high >= OWN:
            share = self.w.team.share(whole(blocks))
            with text.some(whole(0), lanes.strips) as strip:
                self._strip(lanes, text.plus(text.times(strip, size), lanes.first), units, share)
            return
        first, last = self.w.team.share(text.times(lanes.strips, blocks))
        if lanes.strips.text == "1":
            with text.when(text.compare("icmp slt", first, last)):
                self._strip(lanes, whole(lanes.first), units, (first, last))
            return
        begin, end = whole(0), lanes.strips
        if self.w.team.is_dividing:
            begin = text.op("udiv", first, whole(blocks))
            end = text.op("udiv", text.plus(last, blocks - 1), whole(blocks))
        with text.some(begin, end) as strip:
            share = whole(0), whole(blocks)
            if self.w.team.is_dividing:
                done = text.times(strip, -blocks)
                share = (text.extreme("max", text.plus(first, done), whole(0)),
                         text.extreme("min", text.plus(last, done), whole(blocks)))  # fmt: skip
            self._strip(lanes, text.plus(text.times(strip, size), lanes.first), units, share)

    def _strip(
        self, lanes: Lanes, lane: Word, units: list[Units], share: tuple[Word, Word]
    ) -> None:
        """Some blocks of one strip."""
        text = self.text
        for terms, is_more in self._terms():
            read = self._lanes_of(lanes, lane, terms, units[-1].block + units[-1].blocks)
            for some in units:
                start = text.extreme("max", share[0], whole(some.block))
                stop = text.extreme("min", share[1], whole(some.block + some.blocks))
                with text.some(start, stop) as block:
                    at = text.times(text.plus(block, -some.block), some.many)
                    self._block(lanes, lane, some, text.plus(at, some.first), terms, read, is_more)

    def _terms(self) -> Iterator[tuple[tuple[Word, Word], Word | None]]:
        """The inner sum, so many terms at a time; and whether there were some before."""
        text = self.text
        if self.w.plan.room(self.product.inner) <= DEPTH:
            goes_on = self.w.is_later if self.product.inner == ROWS else None
            yield (whole(0), self.inner), goes_on
            return
        with text.loop(whole(0), self.inner, DEPTH) as first:
            stop = text.extreme("min", text.plus(first, DEPTH), self.inner)
            yield (first, stop), text.compare("icmp ne", first, whole(0))

    def _lanes_of(self, lanes: Lanes, lane: Word, terms: tuple[Word, Word], blocks: int) -> Read:
        """How the lanes of a term are read: from a panel, if they are read often."""
        text, factor, apart = self.text, self.product.lanes, lanes.vectors * self.w.lanes
        if factor.across == 1 and blocks <= 2:
            base, step, offset, before = self.of_lanes, factor.along, lane, whole(0)
        else:
            strip = Strip(self.of_lanes, factor.across, factor.along, lane, lanes.vectors, terms,
                          lanes.last)  # fmt: skip
            pack(text, strip, self.panel, self.w.lanes)
            base, step, offset, before = self.panel, apart, whole(0), terms[0]

        def read(term: Word) -> list[Word]:
            begin = text.times(term if before.text == "0" else text.op("sub", term, before), step)
            begin = text.plus(begin, offset)
            places = (text.plus(begin, one) for one in range(0, apart, self.w.lanes))
            return [text.load(text.address(base, one), self.vector, text.depth) for one in places]

        return read

    # -- one block -------------------------------------------------------------------------------

    def _block(
        self, lanes: Lanes, lane: Word, units: Units, at: Word, terms: tuple[Word, Word],
        read: Read, is_more: Word | None,
    ) -> None:  # fmt: skip
        text, width = self.text, self.w.lanes
        base, start, step = self._target(lanes, lane, at)
        places = [[text.address(base, text.plus(start, unit * step + one))
                   for one in range(0, lanes.vectors * width, width)]
                  for unit in range(units.many)]  # fmt: skip
        zero = text.number(0.0, width)
        totals = [[text.cell(zero) for _ in row] for row in places]
        if is_more is not None:
            with text.when(is_more):
                for cells, row in zip(totals, places, strict=True):
                    for cell, place in zip(cells, row, strict=True):
                        text.write(cell, text.load(place, self.vector, text.depth))
        with text.loop(*terms) as term:
            vectors = read(term)
            for unit, cells in enumerate(totals):
                factor = self._unit_of(term, at, unit)
                for vector, cell in zip(vectors, cells, strict=True):
                    so_far = text.read(cell, self.vector)
                    text.write(cell, text.call("fmuladd", factor, vector, so_far))
        for cells, row in zip(totals, places, strict=True):
            for one, (cell, place) in enumerate(zip(cells, row, strict=True)):
                found, there = text.read(cell, self.vector), self._there(lanes, lane, one)
                if there == width or not self.is_kept:
                    text.store(found, place)
                else:
                    text.store_some(found, place, there)
        if self.nest.following:
            self._follow(lanes, lane, units, at)

    def _target(self, lanes: Lanes, lane: Word, at: Word) -> tuple[Word, Word, int]:
        """Where a block's cells are put: from where on, and how far it is to the next unit."""
        if self.is_kept:
            step = self.product.step
            return self.out, self.text.plus(self.text.times(at, step), lane), step
        return self.beside, whole(0), lanes.vectors * self.w.lanes

    def _there(self, lanes: Lanes, lane: Word, vector: int) -> int:
        """How many lanes of a vector there are."""
        if lanes.last is None:
            return self.w.lanes
        return min(self.w.lanes, lanes.last + 1 - int(lane.text) - vector * self.w.lanes)

    def _follow(self, lanes: Lanes, lane: Word, units: Units, at: Word) -> None:
        """What follows from the cells of a block that has just been put somewhere."""
        text, width = self.text, self.w.lanes
        base, start, step = self._target(lanes, lane, at)
        with text.loop(0, units.many) as unit:
            cells = self.w.cells(self.nest, width, FLAT)
            begin = text.plus(start, text.times(unit, step))
            place = text.plus(text.times(text.plus(at, unit), self.product.step), lane)
            for vector in range(lanes.vectors):
                here = text.plus(place, vector * width)
                found = text.address(base, text.plus(begin, vector * width))
                made = text.load(found, self.vector, text.depth)
                cells.made[self.product.value, (here,)] = made
                there = self._there(lanes, lane, vector)
                some = None if there == width else there
                put(self.w, cells, self.nest.following, here, width, some)

    def _unit_of(self, term: Word, at: Word, unit: int) -> Word:
        text, factor = self.text, self.product.units
        start = text.times(text.plus(at, unit), factor.across)
        place = text.address(self.of_units, text.plus(start, text.times(term, factor.along)))
        return text.load(place, text.real, text.depth)
