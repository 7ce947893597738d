"""Plain data from a file held to what it has to be: each returns it, or raises TypeError or
ValueError saying what was expected.

    flag(True), number(0.5), whole(3), text("a")      yes or no, a finite number, ...
    texts(["a", "b"])                                 different words, in order
    one_of("yes", "no")                               one of these words
    listed(number), optional(text)                    a list of numbers, a word or nothing

Nothing is turned into what it is not: "no" is no flag, and "3" is no number.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

LARGEST = 2**63  # of whole numbers that count something
SHOWN = 40  # characters

Check = Callable[[Any], Any]


def flag(given: Any) -> bool:
    """Yes or no."""
    if not isinstance(given, bool):
        raise _other("yes or no", given)
    return given


def number(given: Any) -> float:
    """A finite number."""
    found = any_number(given)
    if not math.isfinite(found):
        raise ValueError(f"a finite number was expected, not {found}")
    return found


def any_number(given: Any) -> float:
    """A number, which may be infinite or none (NaN), as scores may be."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise _other("a number", given)
    try:
        return float(given)
    except OverflowError:
        raise ValueError("a number of more digits was found than can be counted with") from None


def whole(given: Any) -> int:
    """A whole number, 0 or more."""
    if isinstance(given, bool) or not isinstance(given, int):
        raise _other("a whole number", given)
    if not 0 <= given < LARGEST:
        raise ValueError("a whole number was expected, not below 0 and not beyond all counting")
    return given


def text(given: Any) -> str:
    """A word."""
    if not isinstance(given, str):
        raise _other("a word", given)
    return given


def texts(given: Any) -> tuple[str, ...]:
    """Words, each of them once."""
    found = tuple(listed(text)(given))
    once(found)
    return found


def once(given: tuple[Any, ...]) -> None:
    """Raises ValueError where something occurs twice."""
    if len(set(given)) < len(given):
        twice = next(one for one, count in Counter(given).items() if count > 1)
        raise ValueError(f"{twice!r} occurs twice"[: 2 * SHOWN])


def one_of(*words: str) -> Check:
    """One of these words."""

    def checked(given: Any) -> str:
        if text(given) not in words:
            raise ValueError(f"{' or '.join(words)} was expected, not {given[:SHOWN]!r}")
        return str(given)

    return checked


def listed(check: Check) -> Check:
    """A list, each of whose places holds what `check` lets through."""

    def checked(given: Any) -> list[Any]:
        if not isinstance(given, list | tuple):
            raise _other("a list", given)
        return [check(one) for one in given]

    return checked


def optional(check: Check) -> Check:
    """What `check` lets through, or nothing."""
    return lambda given: None if given is None else check(given)


def mapped(check: Check) -> Check:
    """A dict of what `check` lets through."""
    return lambda given: {word: check(one) for word, one in table(given).items()}


def table(given: Any) -> dict[str, Any]:
    """A dict."""
    if not isinstance(given, dict):
        raise _other("names with what they stand for", given)
    return given


def _other(expected: str, given: Any) -> TypeError:
    long = isinstance(given, int) and abs(given) >= LARGEST
    said = "a number of many digits" if long else repr(given)[:SHOWN]
    return TypeError(f"{expected} was expected, not {said}")
