"""The commands on models of several target columns, and on models that were trained elsewhere."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest

from adopted import NETWORKS

from .conftest import Call


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Models that were adopted, and rows for them, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    for word in ("multilabel", "amounts", "iris logistic"):
        one = NETWORKS[word]()
        one.model.save(f"{word.split()[0]}.workings")
        with Path(f"{word.split()[0]}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(one.model.record["columns"])
            writer.writerows([[repr(float(cell)) for cell in row] for row in one.rows])
    return tmp_path


def test_each_target_column_is_predicted(call: Call, rows: Path) -> None:
    one = NETWORKS["amounts"]()
    head, *lines = csv.reader(io.StringIO(call("predict", "amounts.workings", "amounts.csv").out))
    assert head == ["line", "progression", "more"]
    assert np.allclose(np.array(lines, float)[:, 1:], one.labels, rtol=1e-12)


def test_each_label_is_predicted_with_its_own_probability(call: Call, rows: Path) -> None:
    one = NETWORKS["multilabel"]()
    said = call("predict", "multilabel.workings", "multilabel.csv", "--proba")
    head, *lines = csv.reader(io.StringIO(said.out))
    names = ["not setosa", "long", "wide"]
    assert head == ["line", *names, *(f"P({name} = 1)" for name in names)]
    assert [line[1:4] for line in lines] == one.labels.astype(str).tolist()
    assert np.allclose(np.array(lines, float)[:, 4:], one.answers, rtol=1e-12)


def test_amounts_have_no_probabilities(call: Call, rows: Path) -> None:
    said = call("predict", "amounts.workings", "amounts.csv", "--proba")
    said.refuses("progression, more", "amount")


def test_a_row_is_shown_with_every_target_column(call: Call, rows: Path) -> None:
    shown = call("show", "multilabel.workings", "multilabel.csv", "--row", "3").out
    one = NETWORKS["multilabel"]()
    share = float(one.model.probabilities(one.rows)[2, 1])
    assert re.search(rf"long +{one.labels[2, 1]} +{re.escape(repr(share))}\n", shown)
    shown = call("show", "amounts.workings", "amounts.csv", "--row", "3").out
    amount = float(NETWORKS["amounts"]().model.predict(NETWORKS["amounts"]().rows)[2, 0])
    assert re.search(rf"progression +{re.escape(repr(amount))}\n", shown)


def test_the_training_of_another_library_is_not_known(call: Call, rows: Path) -> None:
    said = call("show", "iris.workings", "iris.csv", "--iteration", "2")
    said.refuses("this model was not trained here")


def test_a_hole_that_nothing_fills_is_refused(call: Call, rows: Path) -> None:
    Path("hole.csv").write_text("x1,x2,x3,x4\n1,2,3,4\n1,,3,4\n")
    said = call("predict", "iris.workings", "hole.csv", "-o", "p.csv")
    said.refuses("line 3 of hole.csv", "x2 is missing")
    assert not Path("p.csv").exists()


def test_each_target_column_is_scored_by_itself(call: Call, rows: Path) -> None:
    """The model's own answers as the truth: every label right, every amount exact."""
    for word, perfect in (("multilabel", r"accuracy +1\.0000"), ("amounts", r"R2 +1\.0000")):
        said = list(csv.reader(io.StringIO(call("predict", f"{word}.workings", f"{word}.csv").out)))
        with Path(f"{word}.csv").open(newline="") as file:
            given = list(csv.reader(file))
        with Path("known.csv").open("w", newline="") as file:
            csv.writer(file).writerows(
                [*row, *answers[1:]] for row, answers in zip(given, said, strict=True)
            )
        out = call("evaluate", f"{word}.workings", "known.csv").out
        columns = said[0][1:]
        assert [line for line in out.splitlines() if line.endswith(":")] == [
            f"{one}:" for one in columns
        ]
        assert len(re.findall(perfect, out)) == len(columns)
        refused = call("evaluate", f"{word}.workings", "known.csv", "--report", "r.html")
        refused.refuses(f"{len(columns)} target columns at once yet")
        assert refused.out == ""  # before anything is judged
        assert not Path("r.html").exists()
