"""`workings evaluate`: the scores are scikit-learn's, of the very predictions."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from sklearn import metrics

from workings.data import builtin_table, read_table
from workings.models import load

from .conftest import Call


def scores_of(out: str) -> dict[str, float]:
    head, line = (row for row in out.splitlines()[1:3])
    return dict(zip(re.split(r"\s{2,}", head.strip()), map(float, line.split()[1:]), strict=True))


def test_scores_of_classes(call: Call, species: Path, penguins: Path) -> None:
    said = call("evaluate", species, penguins)
    model, table = load(species), read_table(penguins)
    truth = np.array(table["species"].cells)
    shares = model.probabilities(table)
    expected = {
        "accuracy": (model.predict(table) == truth).mean(),
        "log loss": metrics.log_loss(truth, shares),
        "AUC": metrics.roc_auc_score(truth, shares, multi_class="ovr"),
    }
    assert (said.code, said.err) == (0, "")
    assert scores_of(said.out) == {word: round(value, 4) for word, value in expected.items()}


def test_the_table_of_mistakes(call: Call, species: Path, penguins: Path) -> None:
    lines = call("evaluate", species, penguins).out.splitlines()[-3:]
    model, table = load(species), read_table(penguins)
    counts = metrics.confusion_matrix(
        table["species"].cells, model.predict(table).astype(str), labels=list(model.classes)
    )
    assert [line.split() for line in lines] == [
        [label, *map(str, row)] for label, row in zip(model.classes, counts, strict=True)
    ]


def test_scores_of_amounts(call: Call, progression: Path) -> None:
    found = scores_of(call("evaluate", progression, "diabetes").out)
    table = builtin_table("diabetes")
    truth, answers = table["progression"].numbers(), load(progression).predict(table)
    assert found["R2"] == round(metrics.r2_score(truth, answers), 4)
    assert np.isclose(found["MAE"], metrics.mean_absolute_error(truth, answers), rtol=1e-3)
    assert np.isclose(found["RMSE"], np.sqrt(((truth - answers) ** 2).mean()), rtol=1e-3)


def test_rows_without_a_target_are_left_out(call: Call, species: Path, penguins: Path) -> None:
    Path("t.csv").write_text(penguins.read_text().replace("Adelie", "NA", 10))
    out = call("evaluate", species, "t.csv").out
    assert "334 rows with a value in species" in out


def test_tables_that_cannot_be_scored(
    call: Call, species: Path, penguins: Path, new_penguins: Path
) -> None:
    call("evaluate", species, new_penguins).refuses("no column 'species'", "workings predict")
    text = penguins.read_text()
    Path("t.csv").write_text(re.sub("Adelie|Gentoo|Chinstrap", "", text))
    call("evaluate", species, "t.csv").refuses("t.csv", "no row has a value in species")
    Path("t.csv").write_text(text.replace("Adelie", "Emperor", 1))
    call("evaluate", species, "t.csv").refuses("line 2", "'Emperor'", "Adelie, Chinstrap, Gentoo")
    Path("t.csv").write_text(text.replace("body_mass_g", "mass"))
    call("evaluate", species, "t.csv").refuses("body_mass_g")


def test_words_never_seen_are_noted(call: Call, species: Path, penguins: Path) -> None:
    Path("t.csv").write_text(penguins.read_text().replace("Torgersen", "Mars", 1))
    said = call("evaluate", species, "t.csv")
    assert said.code == 0
    assert "1 cell with words never seen in training (first: line 2: island = 'Mars')" in said.out
