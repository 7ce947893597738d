"""Rows laid out: the same cells as text and on a page, and text from anywhere stays text."""

from __future__ import annotations

import re

from workings.learning import listed

ROWS: list[list[object]] = [["", "rows", "share"], ["learnt", 1200, 0.5], ["new", 3, float("nan")]]


def test_text_has_even_columns() -> None:
    lines = str(listed("Rows", ROWS)).splitlines()[2:]
    assert lines == ["          rows   share", "  learnt  1200  0.5000", "  new        3       -"]


def test_words_stand_to_the_left_and_numbers_to_the_right() -> None:
    rows = [["", "slope", "n"], ["tanh", "1 - y*y", 10], ["relu", "x > 0", 3], ["高さ", "1", 7]]
    made = listed("Some", rows)
    assert str(made).splitlines()[2:] == [
        "        slope     n", "  tanh  1 - y*y  10", "  relu  x > 0     3", "  高さ  1         7",
    ]  # fmt: skip
    assert re.findall(r'<td class="words">', made._repr_html_()) == ['<td class="words">'] * 3
    assert '<th scope="col" class="words">slope' in made._repr_html_()


def test_a_page_has_the_same_cells() -> None:
    page = listed("Rows", ROWS)._repr_html_()
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", page)
    assert cells == ["", "rows", "share", "learnt", "1200", "0.5000", "new", "3", "-"]
    assert "<caption>Rows</caption>" in page


def test_text_stays_text() -> None:
    hostile = "<b>\x1b[31m"
    made = listed(hostile, [["", hostile], [hostile, 1]])
    assert "<b>" not in made._repr_html_()
    assert "\x1b" not in str(made) + made._repr_html_()
