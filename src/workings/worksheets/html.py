"""A sheet as one HTML page that needs nothing else: to be read, or printed and filled in by hand.

    content(exercise, key=False, hints=False, with_key=False)      the page, as text

The problem goes along as data that no browser runs, so that the page can be named when a working
is marked.
"""

from __future__ import annotations

from html import escape

from workings.files import clean
from workings.views import html, parts
from workings.worksheets import picture
from workings.worksheets.carrying import carried
from workings.worksheets.exercises import Exercise
from workings.worksheets.pages import Page, page

LINE = "_" * 30
PRINTED = """<style>
@media print { body { font-size: .68rem; padding: 0; max-width: none; } nav { display: none; }
  h1 { font-size: 1.2rem; } h2 { font-size: .9rem; margin: .6rem 0 .3rem; }
  h3 { margin: .5rem 0 .2rem; padding-top: .2rem; } figure { margin: .2rem 0; }
  .steps { columns: 2; column-gap: 8mm; } .steps > section { break-inside: avoid; }
  .steps .group { margin: .2rem 0 .5rem; gap: .4rem 1rem; } .equations { margin: 0 0 .3rem; }
  .matrix tbody td { padding: .1rem .35rem; }
  .matrix tbody td.blank { min-width: 4.2rem; height: 1.5rem; } }
</style>
"""


def content(
    exercise: Exercise, *, key: bool = False, hints: bool = False, with_key: bool = False
) -> str:
    """The page; with `key` the answers stand in it, with `with_key` behind the sheet."""
    laid = page(exercise, key=key, hints=hints)
    sections = [("The network", _top(exercise, laid)), ("Every step", _steps(laid))]
    if with_key and not key:
        answers = page(exercise, key=True, hints=hints)
        sections.append(("The answers", parts.bullets(answers.said) + _steps(answers)))
    heading, said = sections[-1]
    sections[-1] = (heading, said + _data(exercise))
    return html.page(laid.title, sections)


def _top(exercise: Exercise, laid: Page) -> str:
    name = f"<p>Name: {escape(clean(laid.student)) or LINE}</p>\n"
    drawn = picture.svg(exercise)
    figure = f"<figure>{drawn}</figure>\n" if drawn else ""
    return PRINTED + name + parts.bullets(laid.said) + figure


def _steps(laid: Page) -> str:
    return f'<div class="steps">\n{html.fragment(laid.sheet)}</div>\n'


def _data(exercise: Exercise) -> str:
    safe = carried(exercise).replace("<", "\\u003c")  # the same in JSON, and no end of a script
    return f'<script type="application/json" id="problem">{safe}</script>\n'
