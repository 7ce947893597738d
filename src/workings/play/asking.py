"""The fields of a request, held to what they have to be.

whole(request, "n", 1)      a whole number, or what is meant where it was left out
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings import facts
from workings.play.protocol import Refused

Request = Mapping[str, Any]
NEEDED = object()


def whole(request: Request, word: str, otherwise: Any = NEEDED, *, low: int = 0,
          high: int = 10**9) -> Any:  # fmt: skip
    """A whole number."""
    found = _given(request, word, otherwise)
    if found is otherwise or (found is None and otherwise is None):
        return otherwise
    if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
        raise _bad(word, f"a whole number, {low} or more and at most {high}, was expected")
    return found


def number(request: Request, word: str, otherwise: Any = NEEDED) -> Any:
    """A finite number."""
    found = _given(request, word, otherwise)
    if found is otherwise or (found is None and otherwise is None):
        return otherwise
    try:
        return facts.number(found)
    except (TypeError, ValueError) as error:
        raise _bad(word, str(error)) from None


def text(request: Request, word: str, otherwise: Any = NEEDED, *, most: int = 400) -> Any:
    """A text."""
    found = _given(request, word, otherwise)
    if found is otherwise or (found is None and otherwise is None):
        return otherwise
    if not isinstance(found, str) or len(found) > most:
        raise _bad(word, f"a text of at most {most} characters was expected")
    return found


def table(request: Request, word: str, otherwise: Any = NEEDED) -> Any:
    """Names with their values."""
    found = _given(request, word, otherwise)
    if found is otherwise or (found is None and otherwise is None):
        return otherwise
    if not isinstance(found, dict):
        raise _bad(word, "names with their values were expected")
    return found


def flag(request: Request, word: str, otherwise: Any = NEEDED) -> Any:
    """Yes or no."""
    found = _given(request, word, otherwise)
    if not isinstance(found, bool):
        raise _bad(word, "yes or no was expected")
    return found


def _given(request: Request, word: str, otherwise: Any) -> Any:
    if word in request:
        return request[word]
    if otherwise is NEEDED:
        raise Refused("bad_request", f"The request does not say {word}.", field=word)
    return otherwise


def _bad(word: str, why: str) -> Refused:
    return Refused("bad_value", f"cannot use {word}: {why}", field=word)
