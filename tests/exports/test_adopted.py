"""Networks that scikit-learn has fitted, taken away in every form, and run there."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adopted import NETWORKS, Adopted
from tools import needed
from workings import exports
from workings.data import Table
from workings.exports import c as in_c
from workings.exports import numpy as in_numpy
from workings.exports import r as in_r
from workings.models import load
from workings.taking import of_model

from .scripts import ran, written
from .spreadsheets import read, recalculated, saved, value
from .test_c import compiled, run

MULTIPLE = ["multilabel", "amounts"]


def subject(word: str) -> exports.Subject:
    one = NETWORKS[word]()
    return of_model(one.model, table_of(one))


def table_of(one: Adopted) -> Table:
    return Table.from_arrays(one.rows, names=one.model.record["columns"], source="rows")


def text(word: str, form: str, folder: Path) -> Path:
    path = folder / f"network.{form}"
    exports.write(subject(word), form, path)
    return path


@pytest.mark.parametrize("word", NETWORKS)
def test_numpy_agrees(word: str, tmp_path: Path) -> None:
    ran(sys.executable, text(word, "numpy", tmp_path)).agrees()


def test_r_agrees(tmp_path: Path) -> None:
    script = needed("Rscript", "r-base-core")
    for word in NETWORKS:
        (tmp_path / word).mkdir()
        ran(script, text(word, "r", tmp_path / word)).agrees()


@pytest.mark.parametrize("word", NETWORKS)
def test_c_agrees(word: str, tmp_path: Path) -> None:
    path = tmp_path / "network.c"
    exports.write(subject(word), "c", path)
    assert "agrees with the engine" in run(compiled(path))[1]


def test_workbooks_agree(tmp_path: Path) -> None:
    def content(word: str) -> bytes:
        return text(word, "xlsx", tmp_path).read_bytes()

    names = {word: word.replace(" ", "_") for word in NETWORKS}
    books = recalculated({name: content(word) for word, name in names.items()}, tmp_path)
    for word, name in names.items():
        book, made = books[name], subject(word)
        assert book["Predict"]["D3"].value == "agrees", word
        found = value(book, "answer_predict")[: len(made.expected)].astype(float)
        assert np.allclose(found, made.expected, rtol=1e-12, atol=1e-12), word


def test_a_workbook_says_each_label_and_waits_for_every_number(tmp_path: Path) -> None:
    made, one = subject("multilabel"), NETWORKS["multilabel"]()
    exports.write(made, "xlsx", tmp_path / "m.xlsx")
    content = (tmp_path / "m.xlsx").read_bytes()
    top = find(read(content), "typed numbers")
    answer, says = find(read(content), "the answer"), find(read(content), "it says")
    book = read(content, values=False)
    for column, number in enumerate([5.0, 3.0, 1.0]):
        book["Predict"].cell(top[0] + 2 + 8, top[1] + column).value = number
    almost = saved(book)
    book["Predict"].cell(top[0] + 2 + 8, top[1] + 3).value = 0.2
    books = recalculated({"m": content, "almost": almost, "all": saved(book)}, tmp_path)

    def row(word: str, at: tuple[int, int], place: int) -> list[Any]:
        line = [books[word]["Predict"].cell(at[0] + 2 + place, at[1] + j).value for j in range(3)]
        return ["" if cell is None else cell for cell in line]

    labels = one.model.predict(table_of(one))
    assert [row("m", says, place) for place in range(8)] == labels[:8].tolist()
    assert row("m", answer, 8) == row("m", says, 8) == [""] * 3
    assert row("almost", answer, 8) == row("almost", says, 8) == ["(a number is missing)"] * 3
    shares = one.model.probabilities([[5.0, 3.0, 1.0, 0.2]])
    assert np.allclose(row("all", answer, 8), shares[0], rtol=1e-12)
    assert row("all", says, 8) == one.model.predict([[5.0, 3.0, 1.0, 0.2]])[0].tolist()


def find(book: Any, title: str) -> tuple[int, int]:
    """Where a title stands on the worksheet of predictions."""
    return next((cell.row, cell.column) for row in book["Predict"].iter_rows() for cell in row
                if cell.value == title)  # fmt: skip


@pytest.mark.parametrize("word", NETWORKS)
@pytest.mark.parametrize("form", ["latex", "json"])
def test_the_other_forms_are_written(word: str, form: str, tmp_path: Path) -> None:
    path = text(word, form, tmp_path)
    if form == "json":
        data = json.loads(path.read_text())
        assert np.allclose(data["expected"], subject(word).expected)


# -- from cells to labels and amounts --------------------------------------------------------------

PYTHON = """
import csv, json, network
with open("rows.csv", newline="", encoding="utf-8") as file:
    print(json.dumps(network.predict_table(list(csv.DictReader(file)))))
"""
R = """
one <- new.env()
sys.source("network.R", one)
rows <- read.csv("rows.csv", check.names = FALSE, colClasses = "character", encoding = "UTF-8")
found <- as.data.frame(one$predict_rows(rows), optional = TRUE)
write.csv(format(found, digits = 17), "found.csv", row.names = FALSE, fileEncoding = "UTF-8")
"""


def as_rows(one: Adopted, path: Path) -> None:
    table = table_of(one).take(range(8, 20))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.names)
        writer.writerows(zip(*(column.cells for column in table.columns), strict=True))


def from_python(one: Adopted, made: exports.Subject, folder: Path) -> list[list[Any]]:
    written(folder, "network.py", in_numpy.content(made))
    written(folder, "use.py", PYTHON)
    found = json.loads(ran(sys.executable, folder / "use.py").lines[0])
    return [list(x.values()) if isinstance(x, dict) else [x] for x in found]


def from_r(one: Adopted, made: exports.Subject, folder: Path) -> list[list[Any]]:
    written(folder, "network.R", in_r.content(made))
    written(folder, "use.R", R)
    assert ran(needed("Rscript", "r-base-core"), folder / "use.R").code == 0
    with (folder / "found.csv").open(encoding="utf-8") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file)][1:]


@pytest.mark.parametrize("use", [from_python, from_r])
@pytest.mark.parametrize("word", ["wine", "binary of booleans", "mixed", "poisson", *MULTIPLE])
def test_a_script_predicts_from_cells_what_scikit_learn_predicts(
    word: str, use: Callable[..., list[list[Any]]], tmp_path: Path
) -> None:
    one = NETWORKS[word]()
    as_rows(one, tmp_path / "rows.csv")
    found = use(one, of_model(one.model, table_of(one)), tmp_path)
    expected = np.asarray(one.labels)[8:20].reshape(12, -1)
    if one.model.classes or one.model.preparation.target.labelled:
        assert found == expected.astype(str).tolist()
    else:
        assert np.allclose(np.array(found, float), expected.astype(float), rtol=1e-12)


USE = r"""
#include <stdio.h>
#define WORKINGS_NO_MAIN
#include "network.c"
int main(void)
{
    REAL answer[3];
    const REAL row[4] = {ROW};
    predict(row, answer);
    for (int j = 0; j < 3; j++)
        printf("%s=%s\n", target_names[j], label_of(j, answer));
    return 0;
}
"""


def test_c_says_each_label(tmp_path: Path) -> None:
    one = NETWORKS["multilabel"]()
    written(tmp_path, "network.c", in_c.content(subject("multilabel")))
    row = ", ".join(map(str, one.rows[9]))
    out = run(compiled(written(tmp_path, "use.c", USE.replace("ROW", row))))[1].split()
    names = ["not setosa", "long", "wide"]
    labels = one.labels[9].tolist()
    assert " ".join(out) == " ".join(f"{n}={x}" for n, x in zip(names, labels, strict=True))


@pytest.mark.parametrize("form", ["numpy", "r"])
def test_a_script_refuses_a_hole_that_nothing_fills(form: str, tmp_path: Path) -> None:
    one = NETWORKS["multilabel"]()
    made = subject("multilabel")
    (tmp_path / "rows.csv").write_text("x1,x2,x3,x4\n5,3,1,1\n5,NA,1,1\n")
    ending, use, command = (
        ("py", PYTHON, sys.executable) if form == "numpy"
        else ("R", R, needed("Rscript", "r-base-core"))
    )  # fmt: skip
    content = in_numpy.content(made) if form == "numpy" else in_r.content(made)
    written(tmp_path, f"network.{ending}", content)
    said = ran(command, written(tmp_path, f"use.{ending}", use))
    assert said.code != 0
    assert "x2 is missing" in said.errors
    assert one.model.preparation.required == ("x1", "x2", "x3", "x4")


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["numpy", "r", "c", "xlsx", "latex", "json"])
def test_the_command_takes_one_away_from_its_file(form: str, tmp_path: Path) -> None:
    NETWORKS["amounts"]().model.save(tmp_path / "m.workings")
    command = [sys.executable, "-m", "workings", "export", "m.workings", "--to", form, "-o", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
    said = "progression, more predicted by TransformedTargetRegressor of sklearn"
    assert said in done.stdout
    assert load(tmp_path / "m.workings").preparation.target.outputs == 2
