"""The neutral layout: what is shown where, windows, labels and the text of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from workings.engines import engine
from workings.errors import NotSupported, SettingError, UnknownName
from workings.language import Program, Stage, Step, name
from workings.network import Dense, Network
from workings.trace import Trace
from workings.views import _numbers
from workings.views.sheet import Matrix, Sheet, sheet


def names(found: Sheet) -> list[tuple[int | None, list[list[str]]]]:
    return [(b.number, [[m.name for m in group] for group in b.groups]) for b in found.blocks]


def only(found: Sheet) -> Matrix:
    (block,) = found.blocks
    (matrix,) = block.matrices
    return matrix


def test_the_article_is_shown_in_its_twelve_steps(article: Trace) -> None:
    assert names(sheet(article)) == [
        (0, [["X", "y"]]),
        (1, [["wh", "bh", "wout", "bout"]]),
        (2, [["hidden_layer_input"]]),
        (3, [["hiddenlayer_activations"]]),
        (4, [["output_layer_input", "output"]]),
        (5, [["losses", "loss", "E"]]),
        (6, [["slope_output_layer", "slope_hidden_layer"]]),
        (7, [["d_output"]]),
        (8, [["Error_at_hidden_layer"]]),
        (9, [["d_hiddenlayer"]]),
        (10, [["wout", "d_wout", "lr", "new_wout"], ["wh", "d_wh", "lr", "new_wh"]]),
        (11, [["bout", "d_bout", "lr", "new_bout"], ["bh", "d_bh", "lr", "new_bh"]]),
    ]


def test_every_value_is_shown_under_every_optimizer(article: Trace) -> None:
    program = Network([Dense(3), Dense(1)]).training("adam")
    zeros = {word: np.zeros_like(article[word]) for word in ("wh", "bh", "wout", "bout")}
    values = {word: article[word] for word in program.given if word in article.values}
    values |= {f"{kind}_{w}": zero for kind in ("mean", "squares") for w, zero in zeros.items()}
    found = sheet(engine().trace(program, values | {"iteration": np.zeros(())}))
    shown = [m.name for block in found.blocks for m in block.matrices]
    assert set(shown) == {*program.given, *program.names} - {"iteration"}
    assert found.blocks[0].title == "Carried over from the iteration before"


def test_a_block_names_each_matrix_once_and_each_reason_once(article: Trace) -> None:
    block = sheet(article).blocks[10]
    assert [m.name for m in block.matrices] == [
        "wout", "d_wout", "lr", "new_wout", "wh", "d_wh", "new_wh",
    ]  # fmt: skip
    assert list(block.reasons) == ["new_wout", "d_wout"]


def test_steps_of_no_stage_come_last_and_matrices_of_none_first() -> None:
    x = name("x", 2, 2)
    steps = (Step("z", x * name("rate"), "Known"), Step("end", name("z", 2, 2) + name("q", 2, 2)))
    program = Program(steps, stages=(Stage("Known", ("x",)), Stage("Empty")))
    values = {"x": np.eye(2), "q": np.eye(2), "rate": np.array(0.5)}
    found = sheet(engine().trace(program, values))
    assert names(found) == [(None, [["q"]]), (0, [["x", "z"]]), (None, [["end"]])]
    assert only(sheet(engine().trace(program, values), step="rate")).cells[0][0].value == 0.5


def test_formula_and_why_come_from_the_step(article: Trace) -> None:
    matrix = only(sheet(article, step="hidden_layer_input"))
    assert matrix.formula == "X @ wh + spread(bh)"
    assert matrix.why == article.program["hidden_layer_input"].why
    assert only(sheet(article, step="hidden_layer_input", why=False)).why == ""
    assert only(sheet(article, step="X")).formula == ""


def test_one_step_is_shown_once_with_its_heading(article: Trace) -> None:
    assert names(sheet(article, step="lr")) == [(10, [["lr"]])]
    with pytest.raises(UnknownName, match=r"no step called 'outputs'\. Did you mean 'output'"):
        sheet(article, step="outputs")


def test_labels_say_what_rows_and_columns_are(article: Trace, wide: Trace) -> None:
    wh, bh, lr = (only(sheet(article, step=word)) for word in ("wh", "bh", "lr"))
    assert (wh.row_labels, wh.column_labels) == (("x1", "x2", "x3", "x4"), ("h1", "h2", "h3"))
    assert (bh.row_labels, bh.column_labels) == (("",), ("h1", "h2", "h3"))
    assert (lr.row_labels, lr.column_labels) == ((), ())
    assert only(sheet(wide, step="X")).column_labels[3] == "column 0"


def test_a_label_of_a_single_place_is_kept_where_it_was_given(article: Trace) -> None:
    named = Trace(article.program, article.values, {"outputs": ["ill"]})
    assert only(sheet(named, step="y")).column_labels == ("ill",)
    assert only(sheet(article, step="y")).column_labels == ("",)


def test_a_window_counts_what_it_leaves_out(wide: Trace) -> None:
    matrix = only(sheet(wide, step="X", max_rows=3, max_columns=10))
    assert (len(matrix.cells), len(matrix.cells[0])) == (3, 10)
    assert matrix.left_out == "… 997 more rows, 54 more columns"
    assert only(sheet(wide, step="X", max_rows=999, max_columns=64)).left_out == "… 1 more row"
    assert only(sheet(wide, step="X", max_rows=1000, max_columns=64)).left_out == ""


def test_chosen_samples_keep_their_labels_and_other_axes_are_whole(wide: Trace) -> None:
    matrix = only(sheet(wide, step="z", rows=[41, 7]))
    assert matrix.row_labels == ("42", "8")
    assert matrix.cells[0][0].value == wide["z"][41, 0]
    assert matrix.more_rows == 998
    assert only(sheet(wide, step="b", rows=[41])).cells[0][0].value == 1.0


def test_samples_may_lie_in_columns() -> None:
    program = Program((Step("z", name("X", 2, "n") * 2.0),))
    trace = engine().trace(program, {"X": np.arange(8.0).reshape(2, 4)})
    matrix = only(sheet(trace, step="z", rows=[3]))
    assert matrix.column_labels == ("4",)
    assert [row[0].value for row in matrix.cells] == [6.0, 14.0]


@pytest.mark.parametrize("place", [-1, 3])
def test_a_sample_that_is_not_there_is_refused(article: Trace, place: int) -> None:
    with pytest.raises(SettingError, match=f"sample {place} of X: there are 3"):
        sheet(article, rows=[place])


def test_impossible_windows_are_refused(article: Trace) -> None:
    for wrong in ({"digits": -1}, {"max_rows": 0}, {"max_columns": 0}):
        with pytest.raises(SettingError):
            sheet(article, **wrong)  # type: ignore[arg-type]


def test_lists_are_columns_and_three_axes_are_refused() -> None:
    program = Program((Step("z", name("v", "n") * 2.0),))
    matrix = only(sheet(engine().trace(program, {"v": np.arange(3.0)}), step="z"))
    assert [[cell.text for cell in row] for row in matrix.cells] == [["0"], ["2"], ["4"]]
    deep = Program((Step("z", name("v", 2, 2, 2) * 2.0),))
    with pytest.raises(NotSupported, match="it has 3 axes"):
        sheet(engine().trace(deep, {"v": np.ones((2, 2, 2))}))


def test_values_that_were_not_kept_are_not_shown(article: Trace) -> None:
    kept = {word: article[word] for word in ("X", "output")}
    assert names(sheet(Trace(article.program, kept))) == [(0, [["X"]]), (4, [["output"]])]


def test_the_rounding_is_stated(article: Trace) -> None:
    assert "Shown to 3 decimals" in sheet(article, digits=3).note


@pytest.mark.parametrize(
    ("cells", "rounded"),
    [
        ([1.0, -3.0], False),
        ([0.5, 0.1234], False),
        ([0.5, 0.12345], True),
        ([2.5e-5, 1e-5], False),
        ([123456.5, 1.0], False),
        ([123456.75, 1.0], True),
        ([float("nan"), float("inf"), 0.25], False),
    ],
)
def test_rounding_is_told_only_where_a_text_differs_from_its_number(
    cells: list[float], rounded: bool
) -> None:
    program = Program((Step("z", 1.0 * name("x", "n")),))
    found = sheet(engine().trace(program, {"x": np.array(cells)}), step="z")
    assert bool(found.note) is rounded


def test_what_is_not_in_the_window_needs_no_note() -> None:
    program = Program((Step("z", 1.0 * name("x", "n")),))
    trace = engine().trace(program, {"x": np.array([0.5, 1 / 3])})
    assert not sheet(trace, step="z", max_rows=1).note
    assert sheet(trace, step="z", max_rows=2).note


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ([1.0, 0.0, -3.0], ["1", "0", "-3"]),
        ([0.035, -0.1313, 1.5], ["0.0350", "-0.1313", "1.5000"]),
        ([12.4, 3.0], ["12.40", "3.00"]),
        ([12.4, 0.0351], ["12.400", "0.035"]),
        ([3750.5, 3800.0], ["3750", "3800"]),
        ([0.5, 3.2e-7], ["0.5000", "3.2e-07"]),
        ([2.5e-5, -1.25e-6], ["2.500e-05", "-1.250e-06"]),
        ([2.5e12, 0.5], ["2.500e+12", "0.50"]),
        ([-0.0, 0.5], ["0.0000", "0.5000"]),
        ([-0.0, 1.0], ["0", "1"]),
        ([0.0, 2.5e-5], ["0", "2.500e-05"]),
        ([float("nan"), 0.5], ["nan", "0.5000"]),
        ([float("-inf"), 1.0], ["-inf", "1.0000"]),
        ([9.99996, 1.0], ["10.0000", "1.0000"]),
    ],
)
def test_numbers_are_written_as_people_read_them(cells: list[float], texts: list[str]) -> None:
    assert _numbers.texts(np.array([cells]).T, 4) == [[text] for text in texts]


def test_nothing_that_is_not_zero_is_written_as_zero() -> None:
    values = (
        np.random.default_rng(0).normal(size=(200, 5)) * 10.0 ** np.arange(-8, 2).reshape(2, 5)[0]
    )
    for row, texts in zip(values, _numbers.texts(values, 4), strict=True):
        for value, text in zip(row, texts, strict=True):
            assert float(text) != 0
            assert float(text) == pytest.approx(value, rel=0.5)
