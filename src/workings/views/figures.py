"""What the pictures share: figures of their own, colours, labels, and a figure as SVG.

Names from data come out as they are written: `$`, `_` and `%` mean nothing here. Our own figures
are drawn in `INK`, which `svg` makes the colour of the text around, in light and in dark; what is
black in the figures of others likewise. `DARK` stays dark, for words on a pale ground.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workings.files import clean

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31", "#7F7F7F")
FAINT = COLOURS[7]
MARKERS = "osD^vPX*"
INK, BLACK, DARK = "#010203", "#000000", "#1c2430"
LONGEST = 24  # letters of a class on an axis or in a legend
MOST_POINTS = 2000  # in one picture


def svg(ax_or_figure: Any, said: str = "", *, tight: bool = False) -> str:
    """The picture as SVG to be put into a page: the same text for the same picture.

    `said` is what is read out in its place. Text stays text; names in it are made its own, so that
    several pictures go on one page. What is black, or in `INK`, has the colour of the text around.
    `tight` leaves out empty margins, and keeps what is written beyond them.
    """
    import matplotlib as mpl

    figure = getattr(ax_or_figure, "figure", None) or ax_or_figure
    settings: Any = {"svg.hashsalt": "workings", "svg.fonttype": "none"}
    file = io.StringIO()
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the reader's own fonts have it
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None},
                       bbox_inches="tight" if tight else None)  # fmt: skip
    text = file.getvalue()
    text = text[text.index("<svg") :]
    own = hashlib.sha256((text + said).encode()).hexdigest()[:8]
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>p{own}-", text)
    read_out = f' role="img" aria-label="{escape(clean(said))}"' if said else ""
    # black text has no colour of its own in the file: it takes that of the whole
    text = text.replace("<svg", f'<svg{read_out} fill="currentColor"', 1)
    return text.replace(INK, "currentColor").replace(BLACK, "currentColor")


def titled(figure: Any) -> str:
    """What a figure says of itself: its title, else those of its axes, else what these show."""
    titles = [figure.get_suptitle(), *(ax.get_title() for ax in figure.axes)]
    shown = [" and ".join(filter(None, (ax.get_xlabel(), ax.get_ylabel()))) for ax in figure.axes]
    found = [word(one) for one in titles if one] or [word(one) for one in shown if one]
    return "; ".join(dict.fromkeys(found)) or "A picture"


def axes(ax: Any, size: tuple[float, float] = (6, 4)) -> Any:
    """The axes given, or those of a new figure (inches), in a colour that `svg` can adapt."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return inked(Figure(figsize=size, layout="constrained").add_subplot())


def inked(ax: Any) -> Any:
    """The same axes, drawn in `INK` and open at the top and to the right."""
    ax.set_facecolor("none")
    ax.tick_params(colors=INK, which="both")
    ax.spines[:].set_color(INK)
    ax.spines[["top", "right"]].set_visible(False)
    for label in (ax.xaxis.label, ax.yaxis.label, ax.title):
        label.set_color(INK)
    return ax


def beside(ax: Any, y: str, colour: str = FAINT) -> Any:
    """Other axes over the same x, whose scale stands on the right and is called `y`."""
    other = ax.twinx()
    other.set_facecolor("none")
    other.spines[:].set_visible(False)
    other.tick_params(colors=colour, which="both")
    other.set_ylabel(word(y), parse_math=False, color=colour)
    return other


def word(text: str) -> str:
    """A name as it is written, without what a page or a font would obey."""
    return clean(str(text))


def short(text: str) -> str:
    """A name cut to what an axis or a legend has room for."""
    whole = word(text)
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def words(ax: Any, x: str, y: str) -> None:
    """What the axes are called."""
    ax.set_xlabel(word(x), parse_math=False)
    ax.set_ylabel(word(y), parse_math=False)


def drawn(ax: Any) -> tuple[list[Any], list[str]]:
    """The lines of a picture that have a label, and the labels."""
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    return lines, [line.get_label() for line in lines]


def legend(ax: Any, lines: Sequence[Any], labels: Sequence[str], **place: Any) -> None:
    """A legend; labels are set afterwards, as one that begins with `_` would be left out."""
    made = ax.legend(lines, ["?"] * len(lines), frameon=False, **place)
    made.get_title().set_color(ax.xaxis.label.get_color())
    for text, label in zip(made.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_text(word(label))
        text.set_color(ax.xaxis.label.get_color())


def colour_of(place: int) -> str:
    """The colour of class or curve number `place`."""
    return COLOURS[place % len(COLOURS)]


def some(count: int) -> NDArray[np.intp]:
    """The places of the points that are drawn: all, or as many by chance, always the same."""
    if count <= MOST_POINTS:
        return np.arange(count)
    chosen = np.random.default_rng(0).choice(count, MOST_POINTS, replace=False)
    return np.sort(chosen)
