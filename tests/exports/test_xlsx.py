"""The workbook against the engine: LibreOffice computes it anew, and every matrix must agree."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workings import exports
from workings.conventions import Convention
from workings.data import Table, read_table, table_or_builtin
from workings.engines import engine
from workings.errors import NotSupported, SettingError
from workings.exports import Run, Subject, xlsx
from workings.fitting import train
from workings.notations.excel import defined_name
from workings.systems import FIRST, system
from workings.taking import of_model, of_system
from workings.trace import Trace

from .spreadsheets import Book, place, read, recalculated, saved, value

EXAMPLES = Path(__file__).parents[2] / "examples"
LONG = "long " * 100
HOSTILE = [
    '=HYPERLINK("http://x.example")', "+1", "@SUM(A1)", "{=1}", "</script>", LONG, "a\x01\x1bb",
    "=cmd|' /C calc'!A0", "-2+3", "http://x.example", "internal:Sheet1!A1", "_x0041_", '"', "&A",
]  # fmt: skip


# -- what is exported ------------------------------------------------------------------------------


def article() -> Subject:
    return of_system(system("article"))


def convention(**choices: str) -> Subject:
    return of_system(system("article").under(replace(FIRST, **choices)))


def model(table: Table, **options: Any) -> Subject:
    made = train(table, table.target, epochs=3, seed=0, **options).model
    return of_model(made, table, trained_on=table)


def builtin(word: str, rows: int | None = None) -> Table:
    table = table_or_builtin(word)
    return table if rows is None else table.take(range(rows))


def penguins() -> Subject:
    table = read_table(EXAMPLES / "penguins.csv")
    made = train(table, "species", epochs=3, batch_size=8, hidden=[4], seed=0).model
    return of_model(made, read_table(EXAMPLES / "new_penguins.csv"), trained_on=table)


def without_run(subject: Subject) -> Subject:
    return replace(subject, run=None)


def hostile() -> Subject:
    """The penguins with hostile text in every place that a table's text reaches."""
    subject = penguins()
    texts = iter(HOSTILE * 3)
    inputs = [
        replace(one, name=next(texts), levels=tuple(w and next(texts) for w in one.levels))
        for one in subject.inputs
    ]  # fmt: skip
    labels = {word: [next(texts) for _ in some] for word, some in subject.labels.items()}
    return replace(
        subject, title=HOSTILE[0], target=HOSTILE[1], inputs=inputs, labels=labels,
        classes=tuple(HOSTILE[:3]),
    )  # fmt: skip


SUBJECTS: dict[str, tuple[Callable[[], Subject], int]] = {
    "article": (article, 5),
    "chain-rule": (lambda: of_system(system("chain-rule")), 3),
    "deep": (lambda: of_system(system("deep")), 2),
    "sgd": (lambda: of_system(system("sgd")), 12),  # on into the second pass over the rows
    "columns": (lambda: convention(samples="columns"), 2),
    "folded": (lambda: convention(bias="folded"), 2),
    "folded columns": (lambda: convention(bias="folded", samples="columns"), 2),
    "short": (lambda: convention(names="short", sign="gradient", reduction="mean"), 2),
    "moons": (lambda: model(builtin("moons", 60), hidden=[8, 8], optimizer="adam"), 3),
    "iris": (lambda: model(builtin("iris"), hidden=[4], batch_size=12, activation="relu"), 2),
    "penguins": (penguins, 3),
    "diabetes": (lambda: model(builtin("diabetes", 40), hidden=[4], batch_size=16), 2),
    "prediction alone": (lambda: without_run(penguins()), 1),
    "hostile": (hostile, 1),
}


@dataclass(frozen=True)
class Made:
    """A subject, its workbook as it was written, and as LibreOffice computes it."""

    subject: Subject
    iterations: int
    content: bytes
    book: Book

    @property
    def verdict(self) -> tuple[str, Any]:
        """What the top of the first worksheet says."""
        first = self.book[self.book.sheetnames[0]]
        return first["D3"].value, first["E3"].value


def changed(content: bytes, word: str, to: float | str, cell: tuple[int, int] = (0, 0)) -> bytes:
    """The workbook with one cell of a named range changed, and stale values in all others."""
    book = read(content, values=False)
    sheet, row, column = place(book, word)
    sheet.cell(row + cell[0], column + cell[1]).value = to
    return saved(book)


def lying(content: bytes) -> bytes:
    """The workbook with a wrong value stored behind every formula."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as file:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.startswith("xl/worksheets/"):
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f><v>12345</v>", data)
            file.writestr(entry, data)
    return new.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """Every workbook, computed anew in one go."""
    subjects = {word: (make(), count) for word, (make, count) in SUBJECTS.items()}
    contents = {word: xlsx.content(s, iterations=k) for word, (s, k) in subjects.items()}
    of_article = contents["article"]
    more = {
        "lying": lying(of_article),
        "another weight": changed(of_article, "wh", 0.5),
        "another rate": changed(of_article, "lr", 0.3),
        "a wrong formula": changed(of_article, "E_2", "=1-1"),
    }
    contents |= more
    subjects |= dict.fromkeys(more, subjects["article"])
    folder = tmp_path_factory.mktemp("workbooks")
    files = {word.replace(" ", "_"): content for word, content in contents.items()}
    books = recalculated(files, folder)
    return {
        word: Made(*subjects[word], content, books[word.replace(" ", "_")])
        for word, content in contents.items()
    }


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
def test_every_computed_cell_holds_a_formula_and_its_value(word: str, made: dict[str, Made]) -> None:
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


def test_hostile_text_comes_through_as_text(made: dict[str, Made]) -> None:
    for book in (read(made["hostile"].content, values=False), made["hostile"].book):
        found = {cell.value for cell in cells(book) if cell.data_type == "s"}
        # openpyxl shows what stands in the file: control characters as their codes
        shown = {str(text).replace("_x005F_", "_") for text in found}
        for text in HOSTILE:
            cut = text if len(text) <= 30 else text[:29] + "…"
            coded = re.sub(r"[\x01\x1b]", lambda sign: f"_x{ord(sign[0]):04X}_", cut)
            assert {cut, coded, text} & shown, text
    computed = made["hostile"].book["Predict"]
    assert not [c for c in cells(made["hostile"].book) if str(c.value).startswith("#")]
    assert {HOSTILE[0], HOSTILE[1], HOSTILE[2]} & {c.value for row in computed for c in row}


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
    X = np.random.default_rng(0).normal(size=(4, 16_400))
    subject = of_model(train((X, [0.0, 1.5, 2.5, 3.5]), epochs=1, hidden=[], test_size=0).model,
                       Table.from_arrays(X))  # fmt: skip
    with pytest.raises(NotSupported, match="columns, and a worksheet has 16384"):
        xlsx.content(subject)


@pytest.mark.parametrize("count", [0, 5001])
def test_iterations_that_the_training_has_not_are_refused(count: int) -> None:
    with pytest.raises(SettingError, match="1 to 5000"):
        xlsx.content(article(), iterations=count)


def test_iterations_without_a_training_are_refused() -> None:
    with pytest.raises(SettingError, match="no training"):
        xlsx.content(without_run(article()), iterations=2)
