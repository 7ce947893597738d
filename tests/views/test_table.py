"""The sheet in a terminal. REGENERATE=1 writes the golden text of the article anew."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from workings.language import Program, Step, name
from workings.trace import Trace
from workings.views.sheet import Block, Cell, Matrix, Sheet, sheet
from workings.views.table import _width, text

GOLDEN = Path(__file__).with_name("article.txt")


def test_the_article_looks_as_it_should(article: Trace) -> None:
    shown = text(sheet(article, title="One iteration of the article's network"))
    if os.environ.get("REGENERATE"):
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [24, 40, 79, 100, 200])
def test_no_line_is_longer_than_the_width(article: Trace, wide: Trace, width: int) -> None:
    widest_column = 20  # a label and one column stay together
    for trace in (article, wide):
        lines = text(sheet(trace), width=width).split("\n")
        assert max(map(_width, lines)) <= max(width, 2 * widest_column)
        assert all(line == line.rstrip() for line in lines)


def test_a_wide_matrix_is_continued_below_with_all_its_columns(wide: Trace) -> None:
    shown = text(sheet(wide, step="b"), width=50)
    labels = " ".join(shown.split("\n"))
    assert [f"column {place}" in labels for place in range(10)] == [True] * 9 + [False]
    assert shown.count("… 52 more columns") == 1


def test_matrices_of_a_group_stand_side_by_side(article: Trace) -> None:
    lines = text(sheet(article)).split("\n")
    (line,) = [line for line in lines if line.split() == ["wh", "d_wh", "lr", "new_wh"]]
    first = lines[lines.index(line) + 2].split()
    assert first[:4] == ["x1", "0.4200", "0.8800", "0.5500"]
    assert first.count("x1") == 1
    assert first[-3:] == ["0.4202", "0.8802", "0.5503"]


def test_the_columns_of_all_rows_end_on_one_place(article: Trace) -> None:
    lines = text(sheet(article, step="Error_at_hidden_layer")).split("\n")
    cells = [line for line in lines if line.strip()[:1].isdigit()]
    assert len(cells) == 3
    assert len({len(line) for line in cells}) == 1


@pytest.mark.fault("T16")
def test_what_comes_from_data_moves_no_cursor(wide: Trace) -> None:
    shown = text(sheet(wide))
    assert all(sign == "\n" or sign.isprintable() for sign in shown)
    assert "\\x1b[31m" in shown
    hostile = Matrix("a\x07", "b\x1b", "c\r", ("d\x08", "d"), ("\u202e",), ((Cell("1", 1),),) * 2)
    built = Sheet("t\x1b", (Block(0, "h\x1b", ((hostile,),)),), "")
    assert all(sign == "\n" or sign.isprintable() for sign in text(built))


def test_style_adds_bold_and_faint_and_no_words(article: Trace) -> None:
    plain, styled = text(sheet(article)), text(sheet(article), styled=True)
    assert "\x1b[1mStep 2" in styled
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m"):
        assert code in styled
        styled = styled.replace(code, "")
    assert styled == plain


def test_wide_signs_keep_the_columns_straight() -> None:
    program = Program((Step("z", name("x", 2, "k") * 1.0),))
    trace = Trace(program, {"z": np.full((2, 2), 0.25)}, {"k": ["国國", "e\u0301"]})
    lines = text(sheet(trace, step="z")).split("\n")
    head = next(line for line in lines if "国國" in line)
    assert _width(head) == len(next(line for line in lines if line.endswith("0.2500")))


def test_a_long_label_loses_its_middle() -> None:
    labels = ("fractal_dimension_worst", "fractal_dimension_mean")
    matrix = Matrix("X", "", "", ("1",), labels, ((Cell("1", 1.0), Cell("2", 2.0)),))
    shown = text(Sheet("", (Block(None, "", ((matrix,),)),), ""))
    assert "fractal_…n_worst" in shown
    assert "fractal_…on_mean" in shown
