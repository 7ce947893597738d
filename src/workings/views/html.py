"""A sheet as HTML, and a page around it.

    fragment(sheet)          the stages as sections: equations, reasons, one table per matrix
    preformatted(text)       lines as they are laid out, to be put into a page; code(text) likewise
    page(title, sections)    one file that needs nothing else: no script, no font, no address
    scoped(fragment)         a part of somebody else's page, a notebook's: nothing else is touched
    STYLE, SCOPED            how they look, in light and dark, on paper and on a telephone

Headings go h1 (page), h2 (section), h3 (stage). Everything that comes from data is cleaned and
escaped here; the parts that `page` is handed are HTML already and must come from views.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from workings.files import clean
from workings.views.sheet import ACTIVE, ANSWER, BLANK, SOURCE, Block, Cell, Matrix, Sheet

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

MARKS = {mark: f' class="{mark}"' for mark in (ACTIVE, SOURCE, BLANK, ANSWER)}

DAY = """--ink: #1c2430; --faint: #5b6675; --line: #d8dde4; --paper: #ffffff; --shade: #f3f5f8;
  --accent: #0b62a8;"""
NIGHT = """--ink: #e4e8ee; --faint: #9aa6b5; --line: #36404d; --paper: #14181e; --shade: #1d232b;
  --accent: #7cbcf2;"""
TOKENS = f"""
:root {{ color-scheme: light dark; {DAY} }}
@media (prefers-color-scheme: dark) {{ :root {{ {NIGHT} }} }}
"""
PAGE = """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 68rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3rem 0 1rem; }
nav ul { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap;
  gap: .3rem 1.2rem; }
"""
PARTS = """
h3 { font-size: 1.05rem; margin: 2.5rem 0 .6rem; padding-top: .6rem;
  border-top: 1px solid var(--line); }
h3 .number { color: var(--accent); margin-right: .6em; }
a { color: var(--accent); }
code, figcaption { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-size: .9rem; }
.equations { margin: 0 0 .8rem; }
.equations p { margin: .35rem 0 0; }
.facts { display: grid; grid-template-columns: max-content 1fr; column-gap: 1.2rem; }
.facts dt, .facts dd { margin: .1rem 0; float: none; width: auto; font-weight: 400; }
.matrix tbody tr, .steps tbody tr { background: none; }
.equations .why, .note, .left-out { margin: 0; color: var(--faint); font-size: .9rem; }
.group { display: flex; flex-wrap: wrap; gap: 1rem 1.6rem; margin: .6rem 0 1.4rem; }
.matrix { margin: 0; max-width: 100%; min-width: 0; overflow-x: auto; }
.matrix:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.matrix table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
figcaption { white-space: nowrap; padding: 0 0 .3rem; }
.matrix th { font-weight: 400; color: var(--faint); font-size: .85rem; padding: .15rem .6rem;
  white-space: nowrap; }
.matrix thead th { text-align: right; }
.matrix tbody th { text-align: left; padding-left: 0; }
.matrix tbody td { text-align: right; padding: .2rem .6rem; background: var(--shade);
  border: 1px solid var(--line); white-space: nowrap; }
.matrix thead th.words, .matrix tbody td.words { text-align: left; }
.matrix tbody td.active { background: #ffe680; color: #1c2430; border: 3px solid #1c2430;
  font-weight: 700; }
.matrix tbody td.source { background: #ffd2a8; color: #1c2430; border: 2px dashed #8a4b08; }
.matrix tbody td.blank { min-width: 5.5rem; height: 2rem; background: none;
  border: 1.5px solid var(--faint); }
.matrix tbody td.answer { font-weight: 700; color: var(--accent); }
caption { text-align: left; padding: 0 0 .3rem; color: var(--faint); font-size: .9rem; }
.steps { border-collapse: collapse; }
.steps th, .steps td { font-weight: 400; text-align: left; vertical-align: top;
  padding: .15rem 1.2rem .15rem 0; }
.steps td:nth-child(2) { white-space: nowrap; }
.note { margin-top: 2rem; }
pre { overflow-x: auto; font-size: .85rem; }
.formula { overflow-x: auto; }
pre:focus-visible, .formula:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
math { font-size: 1.15em; }
svg { max-width: 100%; height: auto; }
@media print { .matrix { overflow: visible; } h3 { break-after: avoid; }
  .matrix table { break-inside: avoid; } }
"""
STYLE = TOKENS + PAGE + PARTS
DARK = ('[data-jp-theme-light="false"]', '[data-theme="dark"]', ".vscode-dark")
LIGHT = ('[data-jp-theme-light="true"]', '[data-theme="light"]', ".vscode-light")
# for a part of somebody else's page: nothing outside it is touched, and where that page says
# whether it is dark or light, that counts and not what the system prefers
SCOPED = (
    TOKENS.replace(":root", ".workings")
    + "".join(f"{one} .workings {{ color-scheme: light; {DAY} }}\n" for one in LIGHT)
    + "".join(f"{one} .workings {{ color-scheme: dark; {NIGHT} }}\n" for one in DARK)
    + ".workings { background: var(--paper); color: var(--ink); padding: .1rem .8rem;" + PARTS + "}"
)  # fmt: skip


def page(title: str, sections: Iterable[tuple[str, str]], *, policy: str = POLICY) -> str:
    """One self-contained page. `sections` are (heading, HTML) in order.

    A table of contents stands above them if there is more than one. Title and headings are
    escaped; the HTML is taken as it is. `policy` says what a browser may do with it.
    """
    parts = list(sections)
    listed = "".join(
        f'<li><a href="#part-{place}">{_safe(heading)}</a></li>'
        for place, (heading, _) in enumerate(parts, 1)
    )
    contents = f'<nav aria-label="Contents"><ul>{listed}</ul></nav>' if len(parts) > 1 else ""
    body = "\n".join(
        f'<section aria-labelledby="part-{place}">\n<h2 id="part-{place}">{_safe(heading)}</h2>\n'
        f"{html}</section>"
        for place, (heading, html) in enumerate(parts, 1)
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{_safe(title)}</h1>\n{contents}\n</header>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def scoped(fragment: str) -> str:
    """HTML with its own look, as a notebook takes it; what is handed in is HTML already."""
    return f"<style>{SCOPED}</style><div class='workings'>{fragment}</div>"


def fragment(sheet: Sheet) -> str:
    """The sheet as HTML for one section of a page; its stages are headings of level 3."""
    blocks = "".join(map(_block, sheet.blocks))
    title = f"<p>{_safe(sheet.title)}</p>\n" if sheet.title else ""
    note = f'<p class="note">{_safe(sheet.note)}</p>\n' if sheet.note else ""
    return f"{title}{blocks}{note}"


def preformatted(text: str) -> str:
    """Lines as they are laid out; a reader without a mouse can scroll what is too wide.

    >>> preformatted("x < y")
    '<pre tabindex="0">x &lt; y</pre>'
    """
    return f'<pre tabindex="0">{_lines(text)}</pre>'


def code(text: str) -> str:
    """The same for the lines of a program."""
    return f'<pre tabindex="0"><code>{_lines(text)}</code></pre>'


def _lines(text: str) -> str:
    return "\n".join(_safe(line) for line in text.expandtabs().splitlines())


def _safe(words: str) -> str:
    return escape(clean(words))


def _block(block: Block) -> str:
    number = "" if block.number is None else f'<span class="number">Step {block.number}</span>'
    words = number + _safe(block.title)
    heading = f"<h3>{words}</h3>\n" if words else ""
    groups = "".join(_group(group, block.reasons) for group in block.groups)
    return f"<section>\n{heading}{groups}</section>\n"


def _group(group: Sequence[Matrix], reasons: dict[str, str]) -> str:
    equations = "".join(
        f"<p><code>{_safe(matrix.name)} = {_safe(matrix.formula)}</code></p>"
        + (f'<p class="why">{_safe(reasons[matrix.name])}</p>' if matrix.name in reasons else "")
        for matrix in group
        if matrix.formula
    )
    said = f'<div class="equations">{equations}</div>\n' if equations else ""
    named = len(group) > 1 or not group[0].formula  # an equation alone says the name already
    tables = "".join(_matrix(matrix, named=named) for matrix in group)
    return f'{said}<div class="group">\n{tables}</div>\n'


def _matrix(matrix: Matrix, *, named: bool) -> str:
    name, head, left_out = _safe(matrix.name), "", ""
    caption = f"<figcaption>{name}</figcaption>" if named else ""
    labelled = any(matrix.row_labels)
    if any(matrix.column_labels):
        corner = "<td></td>" if labelled else ""
        cells = "".join(f'<th scope="col">{_safe(label)}</th>' for label in matrix.column_labels)
        head = f"<thead><tr>{corner}{cells}</tr></thead>"
    if matrix.left_out:
        left_out = f'<p class="left-out">{matrix.left_out}</p>'
    sides = [f'<th scope="row">{_safe(label)}</th>' * labelled for label in matrix.row_labels]
    rows = "".join(map(_row, sides or [""], matrix.cells))
    return (
        f'<figure class="matrix" tabindex="0">{caption}<table aria-label="{name}">'
        f"{head}<tbody>{rows}</tbody></table>{left_out}</figure>\n"
    )


def _row(side: str, row: Sequence[Cell]) -> str:
    return f"<tr>{side}{''.join(map(_cell, row))}</tr>"


def _cell(cell: Cell) -> str:
    value = "" if cell.mark == BLANK else f' title="{cell.value!r}"'
    return f"<td{MARKS.get(cell.mark, '')}{value}>{cell.text}</td>"
