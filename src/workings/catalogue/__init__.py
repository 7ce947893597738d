"""WHAT THERE IS, drawn and spelled from the rows themselves.

    catalogue("activations")     every activation: formula, slope, range, curve, use
    shelves()                    the words it may be asked for

Nothing here is typed by hand: a formula is the one that runs, a curve is made by an engine, and
what is added to a table of the library is here by being there.

entries.py     an entry, many of them, and how they are laid out as text and for a page
spelling.py    formulas for a page and as text
pictures.py    curves of activations, losses, schedules, starting weights
formulas.py    activations, losses, optimizers · operations.py  ops
choices.py     layers, conventions, initializers, schedules
wrongs.py      slips, mistakes, diseases, thresholds
forms.py       engines, notations, views, exports
"""

from __future__ import annotations

from workings.catalogue.entries import Catalogue, Entry
from workings.catalogue.shelves import catalogue, shelves

__all__ = ["Catalogue", "Entry", "catalogue", "shelves"]
