"""What is one file each: engines, notations, views, and the forms that can be taken away."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType

from workings import engines, exports, lookup, notations, views
from workings.catalogue.entries import Entry, Formula, Said
from workings.catalogue.spelling import code, prose
from workings.network import Dense, Network
from workings.notations import notation, spell

SPELLED = ("hidden_layer_input", "hiddenlayer_activations", "d_wout")  # steps that notations spell


def of_engines() -> Iterator[Entry]:
    """Every engine."""
    return _of_files(engines)


def of_views() -> Iterator[Entry]:
    """Every view."""
    return _of_files(views)


def of_notations() -> Iterator[Entry]:
    """Every notation, with the same steps in each."""
    program = Network([Dense(3), Dense(1)]).training("sgd")
    for entry in _of_files(notations):
        written = [code(str(spell(program[word].expr, notation(entry.name)))) for word in SPELLED]
        yield Entry(entry.name, [*entry.facts, ("steps in it", written)])


def of_exports() -> Iterator[Entry]:
    """Every form in which something can be taken away, with its options."""
    for entry in _of_files(exports):
        make = lookup.module(exports, entry.name).content
        options = list(inspect.signature(make).parameters)[1:]
        yield Entry(entry.name, [*entry.facts, ("options", ", ".join(options) or "none")])


def _of_files(package: ModuleType) -> Iterator[Entry]:
    for word in lookup.modules(package):
        first, _, rest = (inspect.getdoc(lookup.module(package, word)) or "").partition("\n")
        facts: list[tuple[str, Said]] = [("is", first)]
        if rest.strip():
            facts.append(
                ("more", [_paragraph(part) for part in re.split(r"\n\n+", rest.strip("\n"))])
            )
        yield Entry(word, facts)


def _paragraph(text: str) -> Formula:
    """What is set in is code; anything else is read."""
    return code(inspect.cleandoc(text)) if text.startswith("    ") else prose(text)
