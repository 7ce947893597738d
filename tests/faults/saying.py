"""What an error says to people: held to one clear sentence, and kept to be read by them.

why_not(text)       what a refusal lacks, or ""
checked(error)      the same of an exception, which is kept; raises AssertionError
noted(what, ...)    a figure, kept beside
KEPT                what was said, in the order it was met
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from workings.errors import WorkingsError

LONGEST = 700
KEPT: dict[str, None] = {}
# how a sentence says that something could not be done, and what would have been right
REFUSES = re.compile(r"\b(cannot|there is no|is not|no such|does not|must|stopped)\b")
EXPECTED = re.compile(r"\b(expected|did you mean|there are:|is one of)", re.IGNORECASE)
INSIDE = re.compile(r"Traceback|<class| object at 0x|__init__|NoneType|positional argument")


def why_not(text: str, hint: str = "") -> str:
    """What a refusal lacks: that it refuses, what was found where, what to do; or "" if nothing.

    `hint` is the end of it that says what to do; without one it has to say what was expected.
    """
    if "\n" in text or any(not sign.isprintable() for sign in text):
        return "it is not one printable line"
    if len(text) > LONGEST:
        return f"it has {len(text)} characters"
    if INSIDE.search(text):
        return "it speaks of the inside"
    if not REFUSES.search(text):
        return "it does not say what could not be done"
    if not hint.strip() and not EXPECTED.search(text):
        return "it does not say what to do, or what was expected"
    if hint and (not text.endswith(hint) or len(hint.split()) < 2 or hint[-1] not in ".!?"):
        return "its hint is no sentence at its end"
    if len(text.removesuffix(hint).split()) < 4:
        return "it names no place and nothing that was found"
    return ""


def checked(error: WorkingsError, *words: str) -> str:
    """What an error says, once it has been found good, and to have these words in it."""
    text = str(error)
    lacks = why_not(text, error.hint)
    assert not lacks, (lacks, text)
    assert all(word in text for word in words), (words, text)
    KEPT[text] = None
    return text


def noted(what: str, *figures: object) -> None:
    """Keeps figures of many trials, to be read with what was said."""
    KEPT[f"Figures: {what}: {', '.join(map(str, figures))}"] = None


def keep() -> None:
    """Writes what was met to the file that FAULTS_SAID names, for people to read."""
    name = os.environ.get("FAULTS_SAID")
    if name and KEPT:
        with Path(name).open("a", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in KEPT)
