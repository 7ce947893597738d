"""`workings evaluate`: the scores are scikit-learn's, of the very predictions."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from workings.data import Table, builtin_table, read_table
from workings.models import load
from workings.scores.judging import intervals
from workings.scores.scoring import judged

from .conftest import Call


def other(table: Path) -> str:
    """The same rows as another table: one cell is changed that no model reads."""
    Path("t.csv").write_text(table.read_text().replace("species", "rank,species", 1).replace(
        "\n", "\n7,").removesuffix("7,"))  # fmt: skip
    return "t.csv"


def scores_of(out: str, head: str) -> dict[str, float]:
    """The column under this heading."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()]
    (first,) = (place for place, line in enumerate(lines) if head in line)
    place, found = lines[first].index(head) + 1, {}
    for line in lines[first + 1 :]:
        if len(line) < 2:
            break
        found[line[0]] = float(line[place])
    return found


def test_scores_of_classes(call: Call, species: Path, penguins: Path) -> None:
    said = call("evaluate", species, other(penguins))
    model, table = load(species), read_table(penguins)
    truth = np.array(table["species"].cells)
    shares = model.probabilities(table)
    expected = {
        "accuracy": (model.predict(table) == truth).mean(),
        "log loss": metrics.log_loss(truth, shares),
        "AUC": metrics.roc_auc_score(truth, shares, multi_class="ovr"),
    }
    assert (said.code, said.err) == (0, "")
    assert "trained on" not in said.out
    found = scores_of(said.out, "344 rows")
    assert found == {word: round(value, 4) for word, value in expected.items()}


def test_intervals_stand_beside_the_scores_and_come_from_the_seed(
    call: Call, species: Path, penguins: Path
) -> None:
    words = ("evaluate", species, other(penguins))
    said = call(*words)
    rows = judged(load(species), read_table(penguins))
    for low, high in intervals(rows, seed=0).values():
        assert f"{low:.4f} to {high:.4f}" in said.out
    assert call(*words).out == said.out
    assert call(*words, "--seed", 1).out != said.out


def test_the_table_of_mistakes(call: Call, species: Path, penguins: Path) -> None:
    out = call("evaluate", species, other(penguins)).out
    model, table = load(species), read_table(penguins)
    truth, said = table["species"].cells, model.predict(table).astype(str)
    counts = metrics.confusion_matrix(truth, said, labels=list(model.classes))
    assert [line.split() for line in out.splitlines()[-3:]] == [
        [label, *map(str, row)] for label, row in zip(model.classes, counts, strict=True)
    ]
    precision, recall, _, support = metrics.precision_recall_fscore_support(
        truth, said, labels=list(model.classes), zero_division=np.nan
    )
    lines = [line.split() for line in out.splitlines()]
    for place, label in enumerate(model.classes):
        shares = [f"{x:.4f}".replace("nan", "-") for x in (precision[place], recall[place])]
        assert [label, str(support[place]), *shares] in lines


def test_rows_it_was_trained_on_are_told_from_the_others(
    call: Call, species: Path, penguins: Path
) -> None:
    out = call("evaluate", species, penguins).out
    record = load(species).record
    assert "was trained on 275 of these rows, so scores on all of them are too good" in out
    found = scores_of(out, "69 not trained on")
    assert found == {word: round(x, 4) for word, x in record["scores"]["test"].items()}
    assert scores_of(out, "all 344 rows") != found
    assert sum(int(word) for line in out.splitlines()[-3:] for word in line.split()[1:]) == 69


def test_scores_of_amounts(call: Call, progression: Path) -> None:
    Path("t.csv").write_text(written(builtin_table("diabetes")))
    found = scores_of(call("evaluate", progression, "t.csv").out, "441 rows")
    table = builtin_table("diabetes").take(range(1, 442))
    truth, answers = table["progression"].numbers(), load(progression).predict(table)
    assert found["R2"] == round(metrics.r2_score(truth, answers), 4)
    assert np.isclose(found["MAE"], metrics.mean_absolute_error(truth, answers), rtol=1e-3)
    assert np.isclose(found["RMSE"], np.sqrt(((truth - answers) ** 2).mean()), rtol=1e-3)


def written(table: Table) -> str:
    """The table without its first row, as CSV."""
    rows = zip(*(column.cells[1:] for column in table.columns), strict=True)
    return "\n".join(map(",".join, [table.names, *rows]))


@pytest.mark.parametrize("words", ["species penguins", "progression diabetes"])
def test_a_report_shows_what_is_behind_the_scores(
    call: Call, species: Path, progression: Path, penguins: Path, words: str
) -> None:
    model = species if words.startswith("species") else progression
    said = call("evaluate", model, penguins if model == species else "diabetes", "--report", "r")
    assert (said.code, os.listdir()) == (0, ["r"])
    page = Path("r").read_text()
    titles = ["ROC", "calibration", "taken for which"] if model == species else ["Residuals"]
    assert all(title in page for title in titles)
    assert page.count('<svg role="img" aria-label="') == 3
    call("evaluate", model, "diabetes", "--report", "no/r").refuses("there is no folder no")


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


def test_of_many_classes_no_table_of_mistakes_is_printed(call: Call) -> None:
    rows = [f"{place % 30},{place},c{place % 30}" for place in range(120)]
    Path("t.csv").write_text("\n".join(["a,b,y", *rows]))
    call("train", "t.csv", "--target", "y", "--hidden", "3", "--epochs", "2")
    out = call("evaluate", "model.workings", "t.csv", "--report", "r.html").out
    assert "c7" not in out
    page = Path("r.html").read_text()
    assert "20 more are not drawn" in page
    assert "taken for which" not in page
