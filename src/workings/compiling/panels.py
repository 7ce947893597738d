"""Panels: a strip of a matrix, copied to where the lanes of each term lie side by side.

    pack(text, strip, there)       copies it
    turned(text, square)           as many vectors as they have lanes: rows become columns

A panel is read once for every few units of a product, so it is copied where it fits the cache next
to the processor and no two of its cells compete for the same place there. What lies the other way
round is turned in registers, by interleaving the halves of a square again and again.
"""

from __future__ import annotations

from typing import NamedTuple

from workings.compiling.text import Text, Word, whole


class Strip(NamedTuple):
    """Some lanes of a factor, over some terms."""

    base: Word  # where the factor begins
    across: int
    along: int
    first: Word  # lane
    vectors: int
    terms: tuple[Word, Word]
    last: int | None  # the last lane there is, where some of these lie beyond it


def pack(text: Text, strip: Strip, there: Word, lanes: int) -> None:
    """Copies the strip: for each term its lanes, one term after the other."""
    if strip.across == 1:
        _copied(text, strip, there, lanes)
    else:
        _squares(text, strip, there, lanes)


def _copied(text: Text, strip: Strip, there: Word, lanes: int) -> None:
    kind = f"<{lanes} x {text.real}>"
    with text.loop(*strip.terms) as term:
        source = text.plus(text.times(term, strip.along), strip.first)
        target = text.times(_less(text, term, strip.terms[0]), strip.vectors * lanes)
        for one in range(0, strip.vectors * lanes, lanes):
            found = text.load(text.address(strip.base, text.plus(source, one)), kind, text.depth)
            text.store(found, text.address(there, text.plus(target, one)))


def _squares(text: Text, strip: Strip, there: Word, lanes: int) -> None:
    kind, high = f"<{lanes} x {text.real}>", strip.vectors * lanes
    with text.loop(0, high, lanes) as vector:
        begins = [_begin(text, strip, text.plus(vector, one)) for one in range(lanes)]
        with text.loop(*strip.terms, lanes) as term:
            places = [text.address(strip.base, text.plus(begin, term)) for begin in begins]
            square = [text.load(place, kind, text.depth) for place in places]
            target = text.plus(text.times(_less(text, term, strip.terms[0]), high), vector)
            for one, column in enumerate(turned(text, square)):
                text.store(column, text.address(there, text.plus(target, one * high)))


def _begin(text: Text, strip: Strip, one: Word) -> Word:
    """Where a lane begins; the last one there is stands in for those beyond it."""
    lane = text.plus(strip.first, one)
    if strip.last is not None:
        lane = text.extreme("min", lane, whole(strip.last))
    return text.times(lane, strip.across)


def _less(text: Text, a: Word, b: Word) -> Word:
    return a if b.text == "0" else text.op("sub", a, b)


def turned(text: Text, square: list[Word]) -> list[Word]:
    """The columns of a square whose rows are given."""
    lanes = len(square)
    for _ in range(lanes.bit_length() - 1):
        pairs = zip(square[: lanes // 2], square[lanes // 2 :], strict=True)
        square = [text.interleaved(a, b, half) for a, b in pairs for half in (0, 1)]
    return square
