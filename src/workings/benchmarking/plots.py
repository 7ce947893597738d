"""Two pictures: how long everybody needs beside us, and how time and memory grow.

ratios(results), growth(results)     matplotlib's figures
save(figure, path)                   as PNG
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workings import files
from workings.benchmarking.bench import OURSELVES, STARTS, Results
from workings.benchmarking.contestants import LIMIT, OURS, PEER, contestants
from workings.benchmarking.numbers import duration, size
from workings.benchmarking.rounds import Entry, Outcome
from workings.views.figures import COLOURS, FAINT, MARKERS

BLUE, LIGHT_BLUE = COLOURS[0], COLOURS[4]
OTHERS = (*(c for c in COLOURS if c not in (BLUE, LIGHT_BLUE, FAINT)), "#222222")
SHARP = 144  # dots per inch
ROW = 0.42  # inches for each problem


def ratios(results: Results) -> Any:
    """A line for each problem: everybody's time as a multiple of ours."""
    lines = [(o.problem.name, {e.word: e.median for e in o.entries.values() if e.counts})
             for o in results.outcomes]  # fmt: skip
    lines += [
        (
            STARTS + c.problem.name,
            {s.word: s.median for s in c.starts if not s.why_not and not s.kept},
        )
        for c in results.cold
    ]
    lines = [line for line in lines if math.isfinite(line[1].get(OURSELVES, math.nan))]
    known = contestants()
    words = [word for word in known if word != OURSELVES and any(word in t for _, t in lines)]
    ax = _figure(9, 2.0 + ROW * len(lines)).add_subplot()
    for place, (_, times) in enumerate(lines):
        ax.axhline(place, color="#E8E8E8", linewidth=1, zorder=0)
        for word in words:
            if math.isfinite(times.get(word, math.nan)):
                ax.plot(times[word] / times[OURSELVES], place, **_mark(word), linestyle="none")
    ax.axvline(1, color=_colour(OURSELVES), linewidth=2, zorder=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    ax.set_yticks(range(len(lines)), [name for name, _ in lines])
    ax.set_ylim(len(lines) - 0.5, -0.5)
    ax.set_xlabel(f"times as long as {known[OURSELVES].title} (right of the line: slower)")
    _plain(ax)
    _legend(ax.figure, [w for w in known if w in words or w == OURSELVES])
    return ax.figure


def growth(results: Results) -> Any:
    """A column for each axis: time above, memory below, both on logarithmic scales."""
    columns, known = list(results.grown.items()), contestants()
    figure = _figure(3.0 * len(columns) + 0.6, 6.4)
    grid = figure.subplots(2, len(columns), squeeze=False, sharex="col")
    entries = [entry for _, points in columns for o in points for entry in o.entries.values()]
    words = [w for w in known if any(entry.word == w and entry.counts for entry in entries)]
    rows: Sequence[tuple[str, Callable[[Outcome, Entry], float]]] = (
        ("time", lambda outcome, entry: outcome.units(entry.median)),
        ("memory beyond imports and data", lambda _, entry: float(entry.beyond or math.nan)),
    )
    for column, (axis, points) in enumerate(columns):
        for row, (what, amount) in enumerate(rows):
            ax = grid[row][column]
            for word in words:
                _curve(ax, word, points, amount)
            ax.set_xscale("log")
            ax.set_yscale("log")
            _steps(ax.yaxis, duration if row == 0 else size)
            _steps(ax.xaxis, lambda count: f"{count:g}")
            ax.set_ylabel(what if column == 0 else "")
            _plain(ax)
        grid[0][column].set_title(f"{axis}: time per {points[0].problem.unit}", fontsize=10)
        grid[1][column].set_title("memory", fontsize=10)
        grid[1][column].set_xlabel(axis)
    _legend(figure, words)
    return figure


def save(figure: Any, path: Path) -> None:
    """Writes a picture."""
    with files.replacing(path, "wb") as file:
        figure.savefig(file, format="png", dpi=SHARP, metadata={"Software": None})


def _curve(
    ax: Any, word: str, points: Sequence[Outcome], amount: Callable[[Outcome, Entry], float]
) -> None:
    entries = [(o, o.entries[word]) for o in points if word in o.entries]
    found = [(o.problem.value, amount(o, entry)) for o, entry in entries if entry.counts]
    if found:
        ax.plot(*zip(*found, strict=True), **_mark(word), linewidth=1.4)


def _mark(word: str) -> Mapping[str, Any]:
    """Colour and marker of a contestant: the same in both pictures."""
    limit, place = contestants()[word].side == LIMIT, list(contestants()).index(word)
    return {
        "color": _colour(word), "marker": "|" if limit else MARKERS[place % len(MARKERS)],
        "markersize": 12 if limit else 7, "markeredgewidth": 2 if limit else 0.6,
        "markeredgecolor": FAINT if limit else "white", "zorder": 3,
    }  # fmt: skip


def _colour(word: str) -> str:
    """Ours are blue, limits grey, all others differ."""
    side = contestants()[word].side
    if side != PEER:
        return BLUE if word == OURSELVES else {OURS: LIGHT_BLUE, LIMIT: FAINT}[side]
    peers = [w for w, who in contestants().items() if who.side == PEER]
    return OTHERS[peers.index(word) % len(OTHERS)]


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def _steps(axis: Any, said: Callable[[float], str]) -> None:
    """A logarithmic axis with steps in words: each decade, and between where it is short."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    between = (1.0, 2.0, 5.0) if high / low < 30 else (1.0,)
    axis.set_major_locator(LogLocator(subs=between, numticks=12))
    axis.set_major_formatter(lambda x, _: said(x).replace(".00", "").replace(".0 ", " "))
    axis.set_minor_formatter(NullFormatter())


def _plain(ax: Any) -> None:
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9)


def _legend(figure: Any, words: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=_colour(w), linewidth=2)
        if w == OURSELVES and len(figure.axes) == 1
        else Line2D([], [], **_mark(w), linestyle="none" if len(figure.axes) == 1 else "-")
        for w in words
    ]
    titles = [contestants()[word].title for word in words]
    figure.legend(lines, titles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
