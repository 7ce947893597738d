"""Somebody's own working: named matrices, as they were written down."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Texts = tuple[tuple[str, ...], ...]
"""The cells of one matrix as they were written: rows of text, ``""`` where nothing stands."""


@dataclass(frozen=True)
class Working:
    """Named matrices somebody filled in, cell by cell.

    ``values`` holds each matrix as floats of two dimensions, NaN where a cell
    is blank or holds words. ``written`` holds the same cells as text, for the
    matrices whose text is known: it says how many decimals were written
    (``"0.25"`` has two, ``"0.2500"`` four) and which words stood in a cell.
    ``source`` names where it was read, for messages; ``notes`` are sentences on
    what was found there, such as cells that hold words. ``printed`` are matrices
    that the sheet itself had filled in.

    Example:
        >>> import numpy as np
        >>> mine = Working({"z1": np.array([[0.25, np.nan]])}, {"z1": (("0.25", "?"),)}, "z.csv")
        >>> mine.values["z1"].shape, mine.written["z1"][0][1]
        ((1, 2), '?')
    """

    values: dict[str, np.ndarray]
    written: dict[str, Texts] = field(default_factory=dict)
    source: str = "the working"
    notes: tuple[str, ...] = ()
    printed: frozenset[str] = frozenset()
