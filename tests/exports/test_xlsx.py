"""The workbook against the engine: LibreOffice computes it anew, and every matrix must agree."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workings import exports
from workings.engines import engine
from workings.errors import NotSupported, SettingError
from workings.exports import Run, Subject, xlsx
from workings.language import Program, Step, name, sum_of
from workings.notations.excel import defined_name
from workings.systems import system
from workings.taking import of_system
from workings.trace import Trace

from .spreadsheets import Book, place, read, value
from .workbooks import (
    HOSTILE,
    SUBJECTS,
    Made,
    article,
    builtin,
    computed,
    convention,
    model,
    without_run,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    return computed(tmp_path_factory.mktemp("workbooks"))


# -- what the engine says --------------------------------------------------------------------------


def traces(run: Run, count: int, **start: Any) -> Iterator[Trace]:
    """The iterations, run by the engine in the way that `Run` describes."""
    values = {**run.start, **start}
    rate = values.pop("lr", None)
    random, rows = np.random.default_rng(run.seed), run.X.shape[run.samples]
    done = 0
    for epoch in range(len(run.rates)):
        order = np.arange(rows)
        if run.shuffled:
            random.shuffle(order)
        for first in range(0, rows, run.batch_size):
            if done == count:
                return
            done += 1
            which = order[first : first + run.batch_size]
            given = {"X": run.X.take(which, run.samples), "y": run.y.take(which, run.samples)}
            lr = np.asarray(run.rates[epoch] if rate is None else rate)
            trace = engine().trace(run.iteration, {**values, **given, "lr": lr})
            yield trace
            values = values | {old: trace[new] for old, new in run.iteration.updates.items()}


def as_laid_out(x: Any) -> Any:
    x = np.asarray(x, float)
    return x.reshape(1, 1) if x.ndim == 0 else x.reshape(len(x), -1)


def difference(found: Any, expected: Any) -> float:
    """The largest difference, as a share of the largest number where that is above 1."""
    found, expected = np.asarray(found, float), as_laid_out(expected)
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / max(1.0, np.abs(expected).max()))


def iterations_differ(one: Made, **start: Any) -> dict[str, float]:
    """How far each step of each iteration is from the engine."""
    assert one.subject.run is not None
    found = {}
    for number, trace in enumerate(traces(one.subject.run, one.iterations, **start), 1):
        for word in trace.program.names:
            called = defined_name(word if number == 1 else f"{word}_{number}")
            found[called] = difference(value(one.book, called), trace[word])
    return found


TRAINED = [word for word in SUBJECTS if word not in ("prediction alone", "hostile")]


@pytest.mark.parametrize("word", TRAINED)
def test_every_step_of_every_iteration_is_what_the_engine_computes(
    word: str, made: dict[str, Made]
) -> None:
    found = iterations_differ(made[word])
    assert len(found) == made[word].iterations * len(made[word].subject.run.iteration)  # type: ignore[union-attr]
    assert max(found.values()) < 1e-12, found
    assert made[word].verdict == ("agrees", None)


@pytest.mark.parametrize("word", SUBJECTS)
def test_the_prediction_is_what_the_engine_computes(word: str, made: dict[str, Made]) -> None:
    subject, book = made[word].subject, made[word].book
    given = {**subject.values, **subject.tests}
    computed = engine().run(subject.prediction, given)
    for step in subject.prediction:
        found = value(book, defined_name(f"{step.name}_predict"))
        axis = step.shape.index("n") if "n" in step.shape else None
        if axis is not None:  # the row one types into is there too
            found = found.take(range(found.shape[axis] - 1), axis)
        assert difference(found, computed[step.name]) < 1e-12, step.name
    answers = value(book, "answer_predict")[:-1]
    assert difference(answers, subject.expected) < 1e-12


def test_another_weight_changes_what_follows_as_in_the_engine(made: dict[str, Made]) -> None:
    one = made["another weight"]
    start = np.array(one.subject.run.start["wh"])  # type: ignore[union-attr]
    start[0, 0] = 0.5
    assert max(iterations_differ(one, wh=start).values()) < 1e-12
    assert max(iterations_differ(one).values()) > 1e-3
    assert one.verdict[0] == "differs by"
    assert one.verdict[1] == pytest.approx(max(iterations_differ(one).values()))


def test_another_learning_rate_changes_later_iterations_as_in_the_engine(
    made: dict[str, Made],
) -> None:
    one = made["another rate"]
    assert max(iterations_differ(one, lr=0.3).values()) < 1e-12
    assert one.verdict[0] == "differs by"


# -- that these tests can fail ---------------------------------------------------------------------


def test_the_values_come_from_the_formulas_and_not_from_the_file(made: dict[str, Made]) -> None:
    stored = read(made["lying"].content)
    assert difference(value(stored, "loss"), 12345.0) == 0
    assert max(iterations_differ(made["lying"]).values()) < 1e-12


def test_a_wrong_formula_is_noticed(made: dict[str, Made]) -> None:
    one = made["a wrong formula"]
    found = iterations_differ(one)
    assert found["E_2"] > 0.1
    assert found["output_2"] < 1e-12  # it is right up to there
    assert one.verdict[0] == "differs by"
    assert one.verdict[1] == pytest.approx(max(found.values()))


# -- what is in the file ---------------------------------------------------------------------------


def cells(book: Book) -> Iterator[Any]:
    return (cell for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("word", ["article", "penguins", "folded columns"])
def test_every_computed_cell_holds_a_formula_and_its_value(
    word: str, made: dict[str, Made]
) -> None:
    formulas, stored = read(made[word].content, values=False), read(made[word].content)
    names = [w for w in formulas.defined_names if not w.startswith("_xlnm")]
    run = made[word].subject.run
    assert run is not None
    for step in run.iteration:
        called = defined_name(step.name)
        assert called in names
        sheet, row, column = place(formulas, called)
        height, width = value(stored, called).shape
        for at in np.ndindex(height, width):
            cell = sheet.cell(row + at[0], column + at[1])
            assert cell.data_type == "f", (step.name, at)
        (trace,) = traces(run, 1)
        assert difference(value(stored, called), trace[step.name]) < 1e-12


def test_the_labels_and_the_given_cells_are_right(made: dict[str, Made]) -> None:
    sheet, row, column = place(made["article"].book, "wh")
    assert [sheet.cell(row - 1, column + at).value for at in range(3)] == ["h1", "h2", "h3"]
    assert [sheet.cell(row + at, column - 1).value for at in range(4)] == ["x1", "x2", "x3", "x4"]
    assert value(made["article"].book, "wh").tolist()[0] == [0.42, 0.88, 0.55]


def test_later_iterations_refer_to_the_first_worksheet(made: dict[str, Made]) -> None:
    book = read(made["article"].content, values=False)
    found = {}
    for word in ("X_3", "y_3", "lr_3", "wh_3"):
        sheet, row, column = place(book, word)
        found[word] = str(sheet.cell(row, column).value)
    assert found["X_3"].startswith("='Iteration 1'!")
    assert found["y_3"].startswith("='Iteration 1'!")
    assert found["lr_3"] == "=lr"
    assert found["wh_3"].startswith("='Iteration 2'!")


def test_formulas_read_as_one_would_write_them(made: dict[str, Made]) -> None:
    book = read(made["article"].content, values=False)
    sheet, row, column = place(book, "hidden_layer_input")
    first = sheet.cell(row, column).value
    assert re.fullmatch(r"=MMULT\(\w+:\w+,\w+:\w+\)\+\w+", first.text)
    sheet, row, column = place(book, "output")
    assert re.fullmatch(r"=1/\(1\+EXP\(-[A-Z]+\d+\)\)", sheet.cell(row, column).value)
    sheet, row, column = place(book, "new_wh")
    assert re.fullmatch(r"=[A-Z]+\d+\+[A-Z]+\d+\*lr", sheet.cell(row, column).value)


NEWER = ("LET(", "LAMBDA(", "_xlfn", "_xlws", "SEQUENCE(", "INDIRECT(", "WEBSERVICE(", "HYPERLINK(")


@pytest.mark.fault("T13")
@pytest.mark.parametrize("word", SUBJECTS)
def test_no_macro_link_or_function_of_newer_excels(word: str, made: dict[str, Made]) -> None:
    with zipfile.ZipFile(io.BytesIO(made[word].content)) as file:
        texts = {name: file.read(name).decode() for name in file.namelist()}
    assert not [name for name in texts if "external" in name.lower() or "vba" in name.lower()]
    joined = "".join(texts.values())
    assert "TargetMode" not in joined
    assert "<hyperlink" not in joined
    formulas = re.findall(r"<f[^>]*>([^<]*)</f>|<definedName[^>]*>([^<]*)<", joined)
    assert formulas
    said = "".join("".join(pair) for pair in formulas)
    assert not [one for one in NEWER if one in said]
    for hostile_text in HOSTILE[:1] + HOSTILE[2:8]:
        assert hostile_text not in said


@pytest.mark.fault("T13")
def test_hostile_text_comes_through_as_text(made: dict[str, Made]) -> None:
    """In the file and after LibreOffice has read and written it (control characters it drops)."""
    one = made["hostile"]
    for book, texts in ((read(one.content, values=False), HOSTILE), (one.book, HOSTILE[:6])):
        typed = {str(cell.value) for cell in cells(book) if cell.data_type == "s"}
        typed = {text.replace("_x005F_", "_") for text in typed}  # as the file says "_" itself
        for text in texts:
            cut = text if len(text) <= 30 else f"{text[:29]}…"
            assert re.sub(r"[\x01\x1b]", lambda sign: f"_x{ord(sign[0]):04X}_", cut) in typed
    assert one.book["Predict"]["A1"].value == HOSTILE[0]
    assert not [cell for cell in cells(one.book) if cell.data_type == "e"]


def test_no_cell_of_any_workbook_is_an_error(made: dict[str, Made]) -> None:
    assert not [(word, c) for word, one in made.items() for c in cells(one.book)
                if c.data_type == "e"]  # fmt: skip


def test_the_words_of_a_row_become_the_places_they_have_in_the_program(
    made: dict[str, Made],
) -> None:
    one = made["penguins"]
    codes = value(one.book, "categories_predict")
    assert codes[:-1].tolist() == one.subject.tests["categories"].tolist()
    levels = [one.levels for one in one.subject.inputs if one.levels]
    assert codes[-1].tolist() == [w.index(None) if None in w else -1 for w in levels]


def test_names_that_look_like_cells_are_changed() -> None:
    names = set(read(xlsx.content(convention(names="short"), 2)).defined_names)
    assert {"W1_", "z1_", "dW1_", "slope1", "W1_2", "dz2_2"} - names <= {"slope1", "W1_2", "dz2_2"}
    assert {"W1_", "z1_", "dW1_"} <= names


def test_the_same_subject_gives_the_same_bytes() -> None:
    assert xlsx.content(article()) == xlsx.content(article())


def test_it_is_written_by_its_name_and_in_time(tmp_path: Path) -> None:
    subject = article()
    began = time.perf_counter()
    exports.write(subject, "xlsx", tmp_path / "article.xlsx")
    assert time.perf_counter() - began < 1
    book = read((tmp_path / "article.xlsx").read_bytes())
    assert book.sheetnames == ["Iteration 1", "Predict", "Engine says"]
    assert book["Iteration 1"].freeze_panes == "A5"
    assert book["Iteration 1"].page_setup.orientation == "landscape"


# -- what is refused -------------------------------------------------------------------------------


def test_batches_too_large_to_look_through_are_refused() -> None:
    with pytest.raises(NotSupported, match=r"1000 rows.*200.*batch_size=32"):
        xlsx.content(of_system(system("moons")))


def test_too_many_formulas_are_refused() -> None:
    subject = model(builtin("moons", 150), hidden=[100, 100], batch_size=150)
    with pytest.raises(NotSupported, match="formulas: up to 200000"):
        xlsx.content(subject, iterations=3)


def test_too_many_columns_are_refused() -> None:
    x = name("X", "n", "inputs")
    wide = {"X": np.ones((2, 16_384))}
    subject = Subject(
        "wide", Program((Step("answer", sum_of(x, 1)),)), 0, ["X"], {}, wide,
        np.full((2, 1), 16_384.0), [], "sum",
    )  # fmt: skip
    with pytest.raises(NotSupported, match="columns, and a worksheet has 16384"):
        xlsx.content(subject)


@pytest.mark.parametrize("count", [0, 5001])
def test_iterations_that_the_training_has_not_are_refused(count: int) -> None:
    with pytest.raises(SettingError, match="1 to 5000"):
        xlsx.content(article(), iterations=count)


def test_iterations_without_a_training_are_refused() -> None:
    with pytest.raises(SettingError, match="no training"):
        xlsx.content(without_run(article()), iterations=2)
