r"""The working as one LaTeX document: every step in symbols, with its numbers, and its result.

With a training that can be run again it is the first iteration, from its start values; otherwise
the prediction of the first test row. The document needs amsmath and nothing else. Formulas stand
in paragraphs rather than displays, so that LaTeX may break them where they are too wide; of large
matrices a window is shown, which says what it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workings.engines import engine
from workings.exports import ONE_OF_TWO, Run, Subject
from workings.exports._latex_frame import BEGINNING, END, ITERATION, PREDICTION, SIGNS
from workings.exports._latex_steps import blocks
from workings.notations._latex_text import escaped
from workings.trace import Trace

LISTED = 60  # names in a list
LONGEST = 60  # characters of a name
LONG_WORD = 20  # longer ones may be broken anywhere


def content(subject: Subject) -> str:
    """The document; pdflatex compiles it in one pass."""
    trace, said = _iteration(subject.run) if subject.run else _prediction(subject)
    title = rf"\section*{{{_short(subject.title, 200)}}}"
    parts = [BEGINNING, title, said, _names(subject), SIGNS, *blocks(trace)]
    if not subject.run and (subject.classes or subject.outputs):
        parts.append(_shares(subject) if subject.classes else _each(subject))
    return "\n\n".join([*filter(None, parts), END])


def _iteration(run: Run) -> tuple[Trace, str]:
    """The first iteration, and which rows it looks at."""
    count = run.X.shape[run.samples]
    order = np.arange(count)
    if run.shuffled:
        np.random.default_rng(run.seed).shuffle(order)
    rows = order[: run.batch_size]
    batch = {"X": run.X.take(rows, run.samples), "y": run.y.take(rows, run.samples)}
    rate = np.asarray(run.rates[0], run.X.dtype)
    trace = engine().trace(run.iteration, {**run.start, **batch, "lr": rate})
    which = f"all {count} rows" if len(rows) == count else f"{len(rows)} of {count} rows"
    return trace, ITERATION.format(rows=which)


def _prediction(subject: Subject) -> tuple[Trace, str]:
    first = {w: x.take([0], subject.samples) for w, x in subject.tests.items()}
    return engine().trace(subject.prediction, {**subject.values, **first}), PREDICTION


# -- text from the table ---------------------------------------------------------------------------


def _short(text: str, most: int = LONGEST) -> str:
    """The text, cut where it is very long, and with places where a long word may be broken."""
    text = text if len(text) <= most else text[: most - 1] + "…"
    return " ".join(_pieces(word) for word in text.split(" "))


def _pieces(word: str) -> str:
    size = 5 if len(word) > LONG_WORD or not word.isascii() or not word.isprintable() else len(word)
    pieces = [word[start : start + size] for start in range(0, len(word), max(1, size))]
    return r"\allowbreak{}".join(escaped(piece) for piece in pieces)


def _names(subject: Subject) -> str:
    """What the columns of the matrices are called."""
    if not subject.labels:
        return ""
    said = [f"The columns of $X$ are, in order: {_listed(subject.labels['inputs'])}."]
    if subject.reading == ONE_OF_TWO:
        said.append(rf"The output speaks for {_short(subject.classes[1])}.")
    elif subject.classes:
        said.append(f"The outputs are, in order: {_listed(subject.classes)}.")
    elif subject.outputs:
        said.append(f"The outputs are, in order: {_listed(subject.labels['outputs'])}.")
    else:
        said.append(f"The output is {_short(subject.target)}.")
    return " ".join(said)


def _listed(texts: Sequence[str]) -> str:
    listed = "; ".join(f"({n})~{_short(text)}" for n, text in enumerate(texts[:LISTED], 1))
    more = len(texts) - LISTED
    return listed + (f"; and {more} more" if more > 0 else "")


def _each(subject: Subject) -> str:
    """What is said of each target column, in the first test row."""
    answers = subject.expected[0].tolist()
    said = []
    for one, answer in list(zip(subject.outputs, answers, strict=True))[:LISTED]:
        word = f"{_short(one.words[answer > 0.5])}, at " if one.words else ""
        said.append(f"{_short(one.name)}: {word}{answer:.4f}")
    return rf"The answers are {'; '.join(said)}."


def _shares(subject: Subject) -> str:
    """How much speaks for each class, in the first test row."""
    shares = subject.expected[0].tolist()
    if len(shares) == 1:
        shares = [1.0 - shares[0], shares[0]]
    pairs = zip(subject.classes, shares, strict=True)
    said = [f"{_short(one)}: {share:.4f}" for one, share in pairs]
    best = subject.classes[int(np.argmax(shares))]
    return rf"The answer is \textbf{{{_short(best)}}}. For {'; for '.join(said[:LISTED])}."
