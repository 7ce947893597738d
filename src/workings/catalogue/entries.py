"""What the catalogue is made of: entries with their facts, laid out as text and for a page.

Entry("tanh", facts, picture)        one thing
Catalogue("activations", entries)    many; a notebook shows it as a page, a prompt as text
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from workings.files import clean
from workings.views import html

STYLE = """
.listed { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 0 0 1rem; padding: 0;
  list-style: none; }
.entry { border-top: 1px solid var(--line); padding: .2rem 0 1rem; }
.entry h3 { border: 0; margin: 1rem 0 .4rem; padding: 0; }
.entry .facts { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: flex-start; }
.entry dl { flex: 1 1 18rem; min-width: 0; margin: 0; }
.entry dt { color: var(--faint); font-size: .85rem; margin-top: .5rem; }
.entry dd { margin: 0; }
.entry .lines { overflow-x: auto; padding-block: .25rem; }
.entry .lines math, .entry .lines code { white-space: nowrap; }
.entry .lines p { margin: 0 0 .4rem; } .entry .lines p code { white-space: normal; }
.entry pre { margin: 0; white-space: pre; }
.entry figure { flex: 0 1 21rem; margin: 0; min-width: 0; }
"""


@dataclass(frozen=True)
class Formula:
    """Something written out: as MathML or code for a page, and as plain text."""

    marked: str
    text: str


Said = str | Formula | Sequence[Formula]  # words, one formula, or several below each other


@dataclass(frozen=True)
class Entry:
    """One thing of the library: its facts in order, and a picture (SVG) where there is one."""

    name: str
    facts: Sequence[tuple[str, Said]]
    picture: str = field(default="", repr=False)

    def __getitem__(self, label: str) -> str:
        """A fact as text."""
        return _text(dict(self.facts)[label])


@dataclass(frozen=True)
class Catalogue:
    """Entries of one kind, in the order of their table; `kind` is one of them, as a word."""

    kind: str
    entries: tuple[Entry, ...]

    def __getitem__(self, name: str) -> Entry:
        return next(entry for entry in self.entries if entry.name == name)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        return "\n\n".join(map(_lines, self.entries))

    __repr__ = __str__

    def place(self, entry: Entry) -> str:
        """Where an entry stands on a page: what a link names behind `#`."""
        return f"{self.kind}-{re.sub(r'[^a-z0-9]+', '-', entry.name.lower()).strip('-')}"

    def _repr_html_(self) -> str:
        listed = "".join(
            f'<li><a href="#{self.place(entry)}">{escape(clean(entry.name))}</a></li>'
            for entry in self.entries
        )
        parts = "".join(_section(entry, self.place(entry)) for entry in self.entries)
        return (
            f"<style>{html.SCOPED}\n.workings {{{STYLE}}}</style><div class='workings'>\n"
            f"<ul class='listed'>{listed}</ul>\n{parts}</div>"
        )


def marked_words(text: str) -> str:
    """Words for a page; what stands between back quotes is code.

    >>> marked_words("it is `a < b`")
    'it is <code>a &lt; b</code>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(clean(text)))


def _section(entry: Entry, place: str) -> str:
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{_marked(said)}</dd>\n"
                    for label, said in entry.facts)  # fmt: skip
    picture = f"<figure>{entry.picture}</figure>" if entry.picture else ""
    return (
        f'<section class="entry"><h3 id="{place}">{escape(clean(entry.name))}</h3>\n'
        f'<div class="facts"><dl>{facts}</dl>{picture}</div></section>\n'
    )


def _marked(said: Said) -> str:
    if isinstance(said, str):
        return marked_words(said)
    lines = "".join(f"<div>{one.marked}</div>" for one in _formulas(said))
    return f'<div class="lines" tabindex="0">{lines}</div>'


def _lines(entry: Entry) -> str:
    wide = max((len(label) for label, _ in entry.facts), default=0)
    found = [entry.name]
    for label, said in entry.facts:
        first, *rest = _text(said).splitlines() or [""]
        found.append(f"  {label.ljust(wide)}  {first}".rstrip())
        found += [f"  {'':{wide}}  {line}" for line in rest]
    return "\n".join(found)


def _text(said: Said) -> str:
    return said if isinstance(said, str) else "\n".join(one.text for one in _formulas(said))


def _formulas(said: Formula | Sequence[Formula]) -> Sequence[Formula]:
    return [said] if isinstance(said, Formula) else said
