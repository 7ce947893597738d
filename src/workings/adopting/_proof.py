"""The proof that two predict the same: drawn rows go through both.

drawn(preparation)                    rows like those the columns are known to hold
proven(model, arrays, theirs, ...)    the model with its proof; raises where they differ
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings.engines import engine
from workings.errors import NotSupported
from workings.models import Model
from workings.preparation import Preparation
from workings.trace import Array

ROWS, SEED = 200, 0
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}  # by the precision of the weights
MISSING_SHARE = 0.1
FAR = (1, 10, 100)  # times as far out as usual: row after row, in turn


@dataclass(frozen=True)
class Theirs:
    """The original: what it is called, in which precision it computes, its answers (n, outputs),
    and what each of its layers gives if it tells.
    """

    title: str
    dtype: str
    answers: Callable[[], Array]
    layers: Callable[[], Sequence[Array]] | None = None


def origin(thing: Any) -> str:
    """The class of an object and the version of its library."""
    library = type(thing).__module__.split(".")[0]
    version = getattr(sys.modules.get(library), "__version__", "")
    return f"{type(thing).__name__} of {library} {version}".strip()


def precision(weights: Sequence[Array]) -> str:
    """float32 where all weights are, else float64."""
    return "float32" if all(x.dtype == np.float32 for x in weights) else "float64"


def drawn(preparation: Preparation, dtype: str) -> dict[str, Array]:
    """The arrays of drawn rows: numbers around their means, some missing where they may be.

    Every third row is near, every third 10 times and every third 100 times as far out: what is
    the same near 0 need not be the same beyond, where a function may be cut or bend again.
    They are numbers that `dtype` has, so that nothing is lost on the way into the original.
    """
    random, found = np.random.default_rng(SEED), dict[str, Array]()
    if preparation.numbers:
        shape = (ROWS, len(preparation.numbers))
        means, scales = ([getattr(c, fact) for c in preparation.numbers]
                         for fact in ("mean", "scale"))  # fmt: skip
        spread = random.choice([0.3, 1.0, 3.0], (ROWS, 1)) * np.resize(FAR, (ROWS, 1))
        numbers = means + np.multiply(scales, spread * random.normal(size=shape))
        numbers = numbers.astype(dtype).astype(float)
        free = [c.name not in preparation.required for c in preparation.numbers]
        numbers[(random.random(shape) < MISSING_SHARE) & free] = np.nan
        found["numbers"] = numbers
    if preparation.categories:
        places = [random.integers(0, len(c.levels), ROWS) for c in preparation.categories]
        found["categories"] = np.column_stack(places).astype(float)
    return found


def proven(model: Model, arrays: Mapping[str, Array], theirs: Theirs) -> Model:
    """The model with `record["agreement"]`; raises `NotSupported` where predictions differ."""
    tolerance = TOLERANCE[theirs.dtype]
    with np.errstate(all="ignore"):  # far out, an exponential overflows
        ours = model.answers_of(arrays)
        largest = _apart(ours, _answers(theirs), theirs.dtype)
    if not largest <= tolerance:
        raise NotSupported(
            f"cannot adopt {theirs.title}: on drawn rows its answers and ours differ by "
            f"{largest:.1e} of the largest, where {tolerance:g} is allowed; "
            f"{_where(model, arrays, theirs, tolerance)}",
            hint="Does it change how its class predicts? Hand over the plain layers instead.",
            difference=largest, tolerance=tolerance,
        )  # fmt: skip
    agreement = {
        "rows": len(ours), "seed": SEED, "tolerance": tolerance,
        "largest": float(f"{largest:.1e}"),
    }  # fmt: skip
    return replace(model, record={**model.record, "origin": theirs.title, "agreement": agreement})


def _answers(theirs: Theirs) -> Array:
    try:
        return np.asarray(theirs.answers())
    except Exception as error:
        raise NotSupported(
            f"cannot adopt {theirs.title}: it cannot predict drawn rows to compare with: {error}",
            hint="Is it fitted, and does it predict rows of the columns that it was fitted on?",
        ) from error


def _apart(ours: Array, others: Array, dtype: str) -> float:
    """The largest difference, as a share of the largest number of its column.

    Rows are compared with those that are as far out. There, rounding grows with the numbers that
    are added up, so a difference 10 times as far out counts a tenth. Far out, what overflows in
    the original is not compared.
    """
    if ours.shape != others.shape:
        return float("inf")
    ours, others = ours.astype(dtype).astype(float), others.astype(float)
    return max(
        _share(ours[place :: len(FAR)], others[place :: len(FAR)], near=far == 1) / far
        for place, far in enumerate(FAR)
    )


def _share(ours: Array, others: Array, *, near: bool) -> float:
    same = (ours == others) | (np.isnan(ours) & np.isnan(others))
    same |= False if near else ~np.isfinite(others)
    with np.errstate(invalid="ignore"):
        apart = np.where(same, 0.0, np.abs(ours - others))
    finite = np.where(np.isfinite(others), np.abs(others), 0.0).max(0)
    return float(np.max(apart / np.where(finite > 0, finite, 1.0)))


def _where(
    model: Model, arrays: Mapping[str, Array], theirs: Theirs, tolerance: float
) -> str:  # fmt: skip
    """Which layer is the first that differs, as far as it can be told."""
    if theirs.layers is None:
        return "it does not tell where"
    try:
        others = [np.asarray(x) for x in theirs.layers()]
    except Exception:
        return "it does not tell where"
    with np.errstate(all="ignore"):
        values = engine().run(model.program, model.all_values(arrays))
    for names, other in zip(model.network.names, others, strict=False):
        if not _apart(values[names.output], other, theirs.dtype) <= tolerance:
            return f"the {names.title} is the first that differs"
    return "each of its layers agrees, so it is what it makes of them that differs"
