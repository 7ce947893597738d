"""Which kinds of things the catalogue has, a row each: the word, and what makes its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workings.catalogue import choices, forms, formulas, operations, wrongs
from workings.catalogue.entries import Catalogue, Entry
from workings.errors import UnknownName

SHELVES: Mapping[str, tuple[str, Callable[[], Iterable[Entry]]]] = {
    "ops": ("op", operations.of_ops),
    "activations": ("activation", formulas.of_activations),
    "losses": ("loss", formulas.of_losses),
    "optimizers": ("optimizer", formulas.of_optimizers),
    "layers": ("layer", choices.of_layers),
    "conventions": ("convention", choices.of_conventions),
    "initializers": ("initializer", choices.of_initializers),
    "schedules": ("schedule", choices.of_schedules),
    "slips": ("slip", wrongs.of_slips),
    "mistakes": ("mistake", wrongs.of_mistakes),
    "diseases": ("disease", wrongs.of_diseases),
    "thresholds": ("threshold", wrongs.of_thresholds),
    "engines": ("engine", forms.of_engines),
    "notations": ("notation", forms.of_notations),
    "views": ("view", forms.of_views),
    "exports": ("export", forms.of_exports),
}


def shelves() -> list[str]:
    """What `catalogue` may be asked for."""
    return list(SHELVES)


def catalogue(word: str) -> Catalogue:
    """Everything of one kind; raises `UnknownName` with a suggestion.

    >>> len(catalogue("schedules")), catalogue("schedules")["cosine"]["goes by"]
    (4, 'the number of the epoch alone')
    """
    if word not in SHELVES:
        raise UnknownName("shelf of the catalogue", word, SHELVES)
    kind, entries = SHELVES[word]
    return Catalogue(kind, tuple(entries()))
