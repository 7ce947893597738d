"""What shows how good a model is on some rows, as sections of a page.

    sections(rows, word)     confusion matrix, ROC and calibration; or residuals, in three ways

`rows` are `scoring.Judged`; `word` says which they are. Of many classes only what a page can hold
is drawn, and the page says so.
"""

from __future__ import annotations

import numpy as np

from workings.scores.judging import by_class, calibration, confusion, roc
from workings.scores.scoring import Judged
from workings.views import parts, score_plots
from workings.views.figures import MOST_POINTS, short
from workings.views.parts import digits

MOST_CLASSES = 20  # a confusion matrix of more is no picture any more
MOST_CURVES = 10

Section = tuple[str, str]


def sections(rows: Judged, word: str) -> list[Section]:
    """The sections that suit the task; none for no rows."""
    if not len(rows):
        return []
    return _of_classes(rows, word) if rows.classes else _of_amounts(rows, word)


def _of_classes(rows: Judged, word: str) -> list[Section]:
    found = [_calibration(rows, word)]
    curves = _roc(rows, word)
    if curves:
        found.insert(0, curves)
    if len(rows.classes) <= MOST_CLASSES:
        found.insert(0, _confusion(rows, word))
    return found


def _confusion(rows: Judged, word: str) -> Section:
    counts = confusion(rows)
    right = int(np.trace(counts))
    said = f"{right} of {len(rows)} {word} rows are on the diagonal, where they belong."
    picture = parts.figure(score_plots.plot_confusion(counts, rows.classes), said)
    return "Which class was taken for which", picture + _class_table(rows)


def _class_table(rows: Judged) -> str:
    """Precision and recall of each class."""
    heads = ["class", "rows", "precision", "recall"]
    body = [[label, str(n), digits(p), digits(r)] for label, n, p, r in by_class(rows)]
    said = "Precision: of the rows taken for the class, the share that was. Recall: of the rows "
    return f"<p>{said}that were, the share taken for it.</p>" + parts.table(
        "Class by class", [heads, *body]
    )


def _roc(rows: Judged, word: str) -> Section | None:
    curves = roc(rows, MOST_CURVES)
    if not curves:
        return None
    drawn = [(f"{short(o.label)} ({digits(o.area)})", o.wrong, o.right) for o in curves]
    areas = ", ".join(f"{one.label}: {digits(one.area)}" for one in curves)
    kind = "Each class against all others" if len(rows.classes) > 2 else "One class from the other"
    more = len(rows.classes) - len(curves) if len(rows.classes) > 2 else 0
    left = f" The {len(curves)} classes with most rows; {more} more are not drawn." * (more > 0)
    said = f"{kind}, on the {word} rows; area under the curve {areas}.{left}"
    return "How well classes are told apart (ROC)", parts.figure(score_plots.plot_roc(drawn), said)


def _calibration(rows: Judged, word: str) -> Section:
    found = calibration(rows)
    errors = [found.found - found.low, found.high - found.found]
    ax = score_plots.plot_calibration(
        found.said, found.found, found.counts, errors,
        x=f"stated probability of {found.of}", y="share that was so",
    )  # fmt: skip
    off = float(np.abs(found.said - found.found) @ found.counts / len(rows))
    said = (
        f"Stated and found differ by {off:.3f} on average over the {len(rows)} {word} rows. The "
        "numbers below count the rows of each bin; error bars are 95 % intervals (Wilson)."
    )
    return "Are the probabilities right (calibration)", parts.figure(ax, said)


def _of_amounts(rows: Judged, word: str) -> list[Section]:
    missed = rows.truth - rows.said
    some = f" Of {len(rows)} rows {MOST_POINTS} are drawn." * (len(rows) > MOST_POINTS)
    against = f"The {len(rows)} {word} rows; on the line, predicted is true.{some}"
    errors = f"Residuals around 0 without a pattern are what is hoped for.{some}"
    counts = (
        f"Half of the residuals are between {np.percentile(missed, 25):.4g} and "
        f"{np.percentile(missed, 75):.4g}; their mean is {missed.mean():.4g}."
    )
    plots = score_plots
    return [
        (
            "Predicted against true",
            parts.figure(plots.plot_residuals(rows.truth, rows.said), against),
        ),
        (
            "Residuals against predicted",
            parts.figure(plots.plot_errors(rows.truth, rows.said), errors),
        ),
        (
            "How large the residuals are",
            parts.figure(plots.plot_histogram(rows.truth, rows.said), counts),
        ),
    ]
