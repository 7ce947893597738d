"""The sheet as HTML: complete, well-formed, and with no way in for what data holds."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from workings.trace import Trace
from workings.views import html as module
from workings.views.html import STYLE, code, fragment, page, preformatted
from workings.views.sheet import sheet


def parsed(html: str) -> ElementTree.Element:
    """Fragments are well-formed enough to be read as XML."""
    return ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own text


def words(element: ElementTree.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


class Tags(HTMLParser):
    """Counts tags, and keeps those that are open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.counts[tag] += 1
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_stage_and_value_of_the_article_is_there(article: Trace) -> None:
    tree = parsed(fragment(sheet(article)))
    headings = [words(heading) for heading in tree.iter("h3")]
    assert headings[2] == "Step 2Add up the inputs of the hidden layer"
    assert len(headings) == 12
    assert {table.get("aria-label") for table in tree.iter("table")} == set(article.values)
    assert "hidden_layer_input = X @ wh + spread(bh)" in [words(code) for code in tree.iter("code")]


def test_cells_have_headers_and_keep_every_digit(article: Trace) -> None:
    tree = parsed(fragment(sheet(article, step="wh")))
    assert [words(th) for th in tree.iter("th") if th.get("scope") == "col"] == ["h1", "h2", "h3"]
    assert len([th for th in tree.iter("th") if th.get("scope") == "row"]) == 4
    (first, *_) = tree.findall(".//tbody/tr/td")
    assert (first.text, first.get("title")) == ("0.4200", "0.42")


def test_a_reason_is_said_once_in_a_block(article: Trace) -> None:
    step = fragment(sheet(article)).split("<h3>")[11]
    assert step.count("The gradient times the learning rate.") == 1
    assert "learning rate" not in fragment(sheet(article, why=False))


@pytest.mark.fault("T15")
def test_labels_from_data_are_escaped(wide: Trace) -> None:
    html = fragment(sheet(wide, title="<img src=x>"))
    assert set(Tags(html).counts) <= {
        "p", "section", "h3", "span", "code", "div", "figure", "figcaption",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "\\x1b[31mred\\u202e" in html
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_what_has_no_reason_is_no_term_without_a_definition(article: Trace) -> None:
    """A list of terms has to define each of them, so equations are none."""
    html = fragment(sheet(article))
    unexplained = [matrix for block in sheet(article).blocks for matrix in block.matrices
                   if matrix.formula and matrix.name not in block.reasons]  # fmt: skip
    assert unexplained
    assert not {"dl", "dt", "dd"} & set(Tags(html).counts)
    said = [words(one) for one in parsed(html).iter("p") if one.get("class") == "why"]
    assert said == [why for block in sheet(article).blocks for group in block.groups
                    for matrix in group if matrix.formula
                    for name, why in block.reasons.items() if name == matrix.name]  # fmt: skip


def test_lines_as_they_are_laid_out_can_be_scrolled_by_keyboard_and_obey_nothing() -> None:
    assert preformatted("a <b>\n\x1b[31mred") == (
        '<pre tabindex="0">a &lt;b&gt;\n\\x1b[31mred</pre>'
    )
    assert code("x = 1") == '<pre tabindex="0"><code>x = 1</code></pre>'


def test_no_pre_is_written_but_by_the_two_that_make_it_scroll() -> None:
    source = Path(module.__file__).parents[1]
    found = {path.relative_to(source).as_posix() for path in source.rglob("*.py")
             if "<pre" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert found == {"views/html.py"}


def test_without_a_rounded_number_no_note_is_written(article: Trace) -> None:
    assert 'class="note"' in fragment(sheet(article))
    assert 'class="note"' not in fragment(sheet(article, step="X"))


def test_what_is_left_out_is_said(wide: Trace) -> None:
    assert "… 988 more rows, 52 more columns" in fragment(sheet(wide, step="X"))
    assert "left-out" not in fragment(sheet(wide, step="X", max_rows=1000, max_columns=64))


@pytest.mark.fault("T15")
def test_a_page_needs_nothing_else_and_runs_nothing(article: Trace) -> None:
    html = page("A <b> & c", [("One </h2>", fragment(sheet(article))), ("Two", "<p>2</p>")])
    tags = Tags(html)
    assert tags.open == []
    assert tags.counts["script"] == tags.counts["link"] == tags.counts["img"] == 0
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert re.findall(r"https?://|@import|url\(", html) == []
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert html.count("A &lt;b&gt; &amp; c") == 2


def test_headings_leave_no_level_out_and_contents_lead_to_them(article: Trace) -> None:
    html = page("T", [("One", fragment(sheet(article))), ("Two", "")])
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels == [1, 2] + [3] * 12 + [2]
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["part-1", "part-2"]
    assert all(html.count(f'id="{target}"') == 1 for target in targets)
    assert "<nav" not in page("T", [("One", "")])


def test_the_style_knows_dark_and_small_screens() -> None:
    assert "prefers-color-scheme: dark" in STYLE
    assert "tabular-nums" in STYLE
    assert re.search(r"\.matrix \{[^}]*overflow-x: auto", STYLE)
