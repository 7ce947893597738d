"""Every disease by its name, in the order in which causes come before what they cause.

disease("dead-relu")      one of them
diseases()                all: of data, inputs and gradients, rates, units, answers, the loss
"""

from __future__ import annotations

from workings import lookup
from workings.diagnosing import curves, flows, outputs, rates, tables, units
from workings.diagnosing.disease import Disease
from workings.errors import UnknownName

ROOMS = (tables, flows, rates, units, outputs, curves)


def diseases() -> dict[str, Disease]:
    """Every disease by its name."""
    return {word: row for room in ROOMS for word, row in lookup.rows(room, Disease).items()}


def disease(word: str) -> Disease:
    """The disease called `word`; raises `UnknownName` with a suggestion."""
    found = diseases()
    if word not in found:
        raise UnknownName("disease", word, found)
    return found[word]
