"""Tables that need no file, and the files in `examples`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workings.data import BUILTIN, builtin_table, draws, read_table, table_or_builtin, task_of
from workings.errors import DataError, SettingError, UnknownName

EXAMPLES = Path(__file__).parents[2] / "examples"
SHAPES = {
    "moons": (1000, 3), "blobs": (300, 3), "circles": (500, 3), "spiral": (400, 3),
    "xor": (4, 3), "article": (3, 5), "iris": (150, 5), "wine": (178, 14),
    "breast-cancer": (569, 31), "digits": (1797, 65), "diabetes": (442, 11),
}  # fmt: skip


def test_every_table_is_counted_here() -> None:
    assert list(SHAPES) == list(BUILTIN)


@pytest.mark.parametrize("name", BUILTIN)
def test_every_table_is_what_its_facts_say(name: str) -> None:
    table, facts = builtin_table(name), BUILTIN[name]
    assert (len(table), len(table.names)) == SHAPES[name]
    assert (table.source, table.target) == (name, facts.target)
    assert task_of(table[facts.target])[0] == facts.task
    assert {c.kind for c in table.without(facts.target).columns} == {"number"}
    assert not any(c.missing.any() for c in table.columns)
    assert facts.summary
    assert facts.source
    assert builtin_table(name) == table


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize("rows", [5, 300, 1000])
def test_points_are_those_of_scikit_learn(rows: int, seed: int) -> None:
    from sklearn.datasets import make_blobs, make_circles, make_moons

    told: dict[str, Any] = {"n_samples": rows, "random_state": seed}
    pairs = [
        (draws.moons(rows, noise=0.1, seed=seed), make_moons(noise=0.1, **told)),
        (draws.circles(rows, noise=0.1, inner=0.4, seed=seed),
         make_circles(noise=0.1, factor=0.4, **told)),
        (draws.blobs(rows, groups=3, seed=seed), make_blobs(centers=3, **told)),
    ]  # fmt: skip
    for (X, y), (theirs, groups) in pairs:
        assert np.array_equal(X, theirs)  # bit for bit: models of these tables are stored
        assert np.array_equal(y, groups)


def test_small_tables() -> None:
    xor = builtin_table("xor")
    assert [c.cells for c in xor.columns] == [
        tuple("0011"), tuple("0101"), tuple("0110"),
    ]  # fmt: skip
    article = builtin_table("article")
    assert [c.cells for c in article.columns] == [
        tuple("110"), tuple("001"), tuple("110"), tuple("011"), tuple("110"),
    ]  # fmt: skip


def test_classes_are_words_and_measures_as_measured() -> None:
    iris = builtin_table("iris")
    assert set(iris["species"].cells) == {"setosa", "versicolor", "virginica"}
    assert iris["sepal length (cm)"].cells[0] == "5.1"
    assert set(builtin_table("digits")["digit"].cells) == set("0123456789")
    assert set(builtin_table("breast-cancer")["diagnosis"].cells) == {"benign", "malignant"}
    diabetes = builtin_table("diabetes")
    assert [diabetes[n].cells[0] for n in ("age", "bmi", "progression")] == ["59", "32.1", "151"]


def test_the_arms_of_the_spiral_are_opposite_and_apart() -> None:
    table = builtin_table("spiral")
    X = np.column_stack([table["x1"].numbers(), table["x2"].numbers()])
    y = table["y"].numbers()
    assert (y == 1).sum() == 200
    distance = np.linalg.norm(X[:, None] - X[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (y[distance.argmin(axis=1)] == y).mean() > 0.98


def test_an_unknown_table() -> None:
    with pytest.raises(UnknownName, match=r"built-in table called 'moon'\. Did you mean 'moons'"):
        builtin_table("moon")


def test_a_word_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("xor").write_text("a;b\n1;2\n")
    assert table_or_builtin("xor").names == ("x1", "x2", "y")
    for path in ("./xor", str(tmp_path / "xor"), Path("xor")):
        assert table_or_builtin(path).names == ("a", "b")
    assert table_or_builtin("./xor", delimiter=",").names == ("a;b",)
    with pytest.raises(SettingError, match="delimiter ';': 'xor' is a built-in table"):
        table_or_builtin("xor", delimiter=";")


def test_a_word_that_is_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mons.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="no such file and no built-in table") as caught:
        table_or_builtin("mons")
    assert caught.value.near == ["moons", "mons.csv"]
    assert "breast-cancer" in caught.value.hint
    with pytest.raises(DataError, match="Did you mean iris"):
        table_or_builtin("Iris")


def test_scikit_learn_is_loaded_only_when_asked_for() -> None:
    code = (
        "import sys, workings.data as d; d.builtin_table('xor'); d.builtin_table('spiral');"
        "assert not {'sklearn', 'pandas', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)  # noqa: S603


def test_penguins() -> None:
    table = read_table(EXAMPLES / "penguins.csv")
    assert len(table) == 344
    assert table.notes == ()
    assert [c.kind for c in table.columns] == ["category"] * 2 + ["number"] * 4 + [
        "category", "number",
    ]  # fmt: skip
    assert {c.name: int(c.missing.sum()) for c in table.columns if c.missing.any()} == {
        "bill_length_mm": 2, "bill_depth_mm": 2, "flipper_length_mm": 2, "body_mass_g": 2,
        "sex": 11,
    }  # fmt: skip
    assert task_of(table["species"])[0] == "classification"
    new = read_table(EXAMPLES / "new_penguins.csv")
    assert new.names == table.without("species").names
    assert len(new) == 4
    assert all(set(new[n].cells) <= set(table[n].cells) for n in ("island", "sex"))


def test_wine_is_the_builtin_wine() -> None:
    assert read_table(EXAMPLES / "wine.csv") == builtin_table("wine")


def test_every_example_is_described() -> None:
    text = (EXAMPLES / "README.md").read_text()
    for path in EXAMPLES.glob("*.csv"):
        assert f"## {path.name}" in text
        names = read_table(path).names
        assert path.name == "new_penguins.csv" or all(f"`{name}`" in text for name in names)
