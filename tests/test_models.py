"""A model file is data: it comes back bit for bit, or is refused; nothing in it can run."""

from __future__ import annotations

import errno
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from adopted import NETWORKS
from fuzzing import changed
from workings import exports
from workings.activations import Activation, activations
from workings.conventions import CHOICES, Convention
from workings.data import Table, builtin_table, read_table
from workings.errors import DataError, ModelFileError, SettingError, UnknownName, WorkingsError
from workings.jobs.fitting import replay, train, was_trained_on
from workings.language import Expr
from workings.losses import Loss, losses
from workings.models import Model, load
from workings.taking import of_model

PENGUINS = Path(__file__).parents[1] / "examples" / "penguins.csv"
SMALL: dict[str, Any] = {"hidden": [2], "epochs": 1}


@pytest.fixture(scope="module")
def model() -> Model:
    """A model with numbers, words and missing cells, small enough to flip each of its bytes."""
    return train(PENGUINS, "species", **SMALL).model


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(PENGUINS)


@pytest.fixture(scope="module")
def written(model: Model, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("model") / "m"
    model.save(path)
    return path.read_bytes()


def reloaded(model: Model, folder: Path) -> Model:
    model.save(folder / "m")
    return load(folder / "m")


def contents(written: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The description in a model file, and its arrays."""
    header = json.loads(written[8 : 8 + int.from_bytes(written[:8], "little")])
    return json.loads(header["__metadata__"]["workings"]), load_tensors(written)


# -- there and back --------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["wine", "breast-cancer", "diabetes", "xor"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_predictions_come_back_bit_for_bit(tmp_path: Path, word: str, dtype: str) -> None:
    model = train(word, dtype=dtype, **SMALL).model
    again, rows = reloaded(model, tmp_path), builtin_table(word)
    assert np.array_equal(again.answers(rows), model.answers(rows))
    assert again.predict(rows).tolist() == model.predict(rows).tolist()
    assert {value.dtype for value in again.values.values()} == {np.dtype(dtype)}


@pytest.mark.parametrize("word", sorted(set(activations()) - {"step"}))
def test_every_activation_comes_back(tmp_path: Path, word: str) -> None:
    model = train("xor", activation=word, hidden=[3, 2, 2], epochs=1).model
    again = reloaded(model, tmp_path)
    assert np.array_equal(again.answers(builtin_table("xor")), model.answers(builtin_table("xor")))


@pytest.mark.parametrize("word", sorted(losses()))
def test_every_loss_comes_back(tmp_path: Path, word: str) -> None:
    table = "wine" if word.startswith(("binary", "categorical")) else "diabetes"
    model = train(table, loss=word, **SMALL).model
    again = reloaded(model, tmp_path)
    assert again.network.backward().to_json() == model.network.backward().to_json()


def _bent(x: Expr) -> Expr:
    return x / (1.0 + x * x)


def _fourth(output: Expr, y: Expr) -> Expr:
    return (output - y) * (output - y) * (output - y) * (output - y)


def test_rows_of_ones_own_come_back(tmp_path: Path) -> None:
    bent, fourth = Activation("bent", formula=_bent), Loss("fourth", _fourth)
    rows = builtin_table("diabetes")
    model = train(rows, activation=bent, loss=fourth, **SMALL).model
    again = reloaded(model, tmp_path)
    assert np.array_equal(again.answers(rows), model.answers(rows))
    assert np.array_equal(again.trace(rows)["loss"], model.trace(rows)["loss"])
    assert replay(again, rows, iteration=2)["loss"] == replay(model, rows, iteration=2)["loss"]


def test_the_rest_comes_back_too(model: Model, table: Table, tmp_path: Path) -> None:
    again = reloaded(model, tmp_path)
    assert again.preparation == model.preparation
    assert again.network.backward().to_json() == model.network.backward().to_json()
    assert again.program.to_json() == model.program.to_json()
    assert again.classes == model.classes
    assert json.dumps(again.record, sort_keys=True) == json.dumps(model.record, sort_keys=True)
    trace, other = (replay(one, table, iteration=3) for one in (model, again))
    assert all(np.array_equal(trace[w], other[w], equal_nan=True) for w in trace.values)


KEPT = [
    dict(zip(CHOICES, choice, strict=True)) for choice in product(*CHOICES.values())
    if "none" not in choice
]  # fmt: skip


@pytest.mark.parametrize("choice", KEPT, ids=lambda choice: "-".join(choice.values()))
def test_every_convention_is_the_same_model(
    model: Model, table: Table, tmp_path: Path, choice: dict[str, str]
) -> None:
    other = model.under(Convention(**choice))
    again = reloaded(other, tmp_path)
    assert again.network.convention == Convention(**choice)
    assert np.array_equal(again.answers(table), other.answers(table))
    # A folded bias is one more term of the same sum, so only the order of adding differs.
    assert np.allclose(other.answers(table), model.answers(table), rtol=0, atol=1e-14)


def test_a_convention_without_biases_is_refused_for_a_model_that_has_some(model: Model) -> None:
    with pytest.raises(SettingError, match="bias"):
        model.under(Convention(bias="none"))


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "column by column": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1],
    "a part": lambda x: np.pad(x, 1)[1:-1, 1:-1],
    "read only": lambda x: np.broadcast_to(x, x.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_are_saved_right_however_they_lie(
    model: Model, table: Table, tmp_path: Path, layout: str
) -> None:
    values = {word: LAYOUTS[layout](value) for word, value in model.values.items()}
    again = reloaded(replace(model, values=values), tmp_path)
    assert all(np.array_equal(again.values[word], value) for word, value in model.values.items())
    assert np.array_equal(again.answers(table), model.answers(table))


@pytest.mark.fault("huge values")
def test_columns_far_from_0_are_predicted_as_they_were_trained() -> None:
    random = np.random.default_rng(0)
    X = 1e9 + random.normal(size=(200, 2))  # float32 cannot tell these rows apart, scaled it can
    y = np.where(X.sum(1) > 2e9, "more", "less")
    result = train((X, y), dtype="float32", epochs=60)
    assert result.history.metrics["accuracy"][-1] > 0.95
    assert result.scores["training"]["accuracy"] > 0.95


def test_many_rows_are_predicted_as_a_few(model: Model, table: Table) -> None:
    rows = np.random.default_rng(0).integers(0, len(table), 45_000)  # more than are run at once
    answers = model.answers(table)
    assert np.allclose(model.answers(table.take(rows)), answers[rows], rtol=0, atol=1e-14)


def test_outputs_that_are_no_probabilities_are_shared_out(model: Model) -> None:
    answers = np.array([[0.5, 0.5, 1.0], [-3.0, 0.0, 0.0], [9.0, 0.5, -1.0]])
    third = 1 / 3
    expected = [[0.25, 0.25, 0.5], [third, third, third], [2 * third, third, 0.0]]
    assert np.allclose(model.shares_of(answers), expected, rtol=0, atol=1e-15)


def test_how_it_was_trained_comes_back(model: Model, tmp_path: Path) -> None:
    first, *others = model.network.layers
    network = replace(
        model.network, layers=[replace(first, dropout=0.25), *others], weighted=True,
        shared_penalty=True,
    )  # fmt: skip
    again = reloaded(replace(model, network=network, record={}), tmp_path).network
    assert again == network


# -- damage ----------------------------------------------------------------------------------------


@pytest.mark.fault("T4", "bit flip")
def test_every_flipped_byte_is_noticed(written: bytes, tmp_path: Path) -> None:
    random, path = np.random.default_rng(0), tmp_path / "m"
    start = 8 + int.from_bytes(written[:8], "little")
    places = {*range(40), *random.integers(0, len(written), 260).tolist()}
    places |= {*random.integers(start, len(written), 40).tolist()}
    for place in sorted(places):
        damaged = bytearray(written)
        damaged[place] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(ModelFileError, match="cannot load"):
            load(path)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cut=st.integers(0, 10**6), more=st.binary(max_size=9))
def test_a_cut_or_grown_file_is_noticed(
    cut: int, more: bytes, written: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    data = written[: cut % len(written)] + more
    path.write_bytes(data)
    if data != written:
        with pytest.raises(ModelFileError, match="cannot load"):
            load(path)


FOREIGN = {
    "empty": b"",
    "zeros": bytes(5000),
    "text": b"a,b\n1,2\n",
    "pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "zip": b"PK\x03\x04" + bytes(100),
    "huge header": (2**62).to_bytes(8, "little") + b"{}",
    "no object": (2).to_bytes(8, "little") + b"[]",
    "deep": (20_000).to_bytes(8, "little") + b"[" * 20_000,
    "other": save_tensors({"w": np.ones((2, 2))}),
    "other words": save_tensors({"w": np.ones((2, 2))}, metadata={"format": "pt"}),
    "no json": save_tensors({"w": np.ones(2)}, metadata={"workings": "{"}),
    "a list": save_tensors({"w": np.ones(2)}, metadata={"workings": "[1]"}),
    "a number": save_tensors({"w": np.ones(2)}, metadata={"workings": "1"}),
    "no digest": save_tensors({"w": np.ones(2)}, metadata={"workings": "{}"}),
    "deep inside": save_tensors({"w": np.ones(2)}, metadata={"workings": "[" * 50_000}),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_file_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "m").write_bytes(FOREIGN[what])
    with pytest.raises(ModelFileError, match=r"cannot load .*m: it is") as caught:
        load(tmp_path / "m")
    assert caught.value.file == str(tmp_path / "m")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "none", "m/below", "x" * 300, "a\0b"):
        with pytest.raises(ModelFileError, match="cannot load"):
            load(tmp_path / name)
    with pytest.raises(ModelFileError, match="not a file"):
        load("/dev/zero")


# -- files that are whole, and say what cannot be --------------------------------------------------


def signed(spec: dict[str, Any], arrays: dict[str, Any]) -> bytes:
    """A model file with a digest that is right."""
    from workings.models.files import _digest

    plain = {word: value for word, value in spec.items() if word != "digest"}
    text = json.dumps(plain | {"digest": _digest(plain, arrays)}, sort_keys=True)
    return save_tensors(arrays, metadata={"workings": text})


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Puts the last of `path` in the place that the others name."""
    *way, last, value = path

    def change(spec: dict[str, Any]) -> None:
        place: Any = spec
        for word in way:
            place = place[word]
        place[last] = value

    return change


WRONG = {
    "another version": (_set("format", 99), "format 99, and this version reads"),
    "an unknown layer": (_set("network", "layers", 0, "activation", "os.system"), "malformed"),
    "no units": (_set("network", "layers", 0, "units", "many"), ""),
    "negative units": (_set("network", "layers", 0, "units", -1), ""),
    "an unknown loss": (_set("network", "loss", "__import__"), ""),
    "an unknown convention": (_set("network", "convention", {"sign": "minus"}), ""),
    "a layer less": (lambda spec: spec["network"]["layers"].pop(), ""),
    "no layers": (_set("network", "layers", []), ""),
    "no network": (lambda spec: spec.pop("network"), ""),
    "a list for a network": (_set("network", []), ""),
    "a fact too many": (_set("preparation", "numbers", 0, "run", "x"), ""),
    "no columns": (_set("preparation", "numbers", []), ""),
    "a text for a number": (_set("preparation", "numbers", 0, "mean", "many"), ""),
    "one class": (_set("preparation", "target", "classes", ["one"]), ""),
    "another step": (_set("program", "steps", []), ""),
    "no program": (_set("program", None), ""),
    "no record": (_set("record", None), ""),
    "a record of a table that is none": (_set("record", "table", 3), ""),
    "a choice that is none": (_set("preparation", "scaled", "os.system"), ""),
    "a column required that is not read": (_set("preparation", "required", ["x"]), ""),
    "an output more": (_set("preparation", "target", "one_each", "yes"), ""),
    "target columns of nothing": (_set("preparation", "target", "parts", [{}, {}]), ""),
    "a share that drops out of itself": (_set("network", "layers", 0, "dropout", 2.0), ""),
    "a scale of 0": (_set("preparation", "numbers", 0, "scale", 0.0), "a scale of 0"),
    "a fill of NaN": (_set("preparation", "numbers", 0, "fill", math.nan), "a finite number"),
    "an infinite mean": (_set("preparation", "numbers", 0, "mean", math.inf), "a finite number"),
    "a mean of many digits": (_set("preparation", "numbers", 0, "mean", 10**400), "many|more"),
    "a target scale of 0": (_set("preparation", "target", "scale", 0.0), "a scale of 0"),
    "a level that is a number": (_set("preparation", "categories", 0, "levels", 0, 1), "a word"),
    "a level twice": (_set("preparation", "categories", 0, "levels", 0, "Dream"), "occurs twice"),
    "no levels": (_set("preparation", "categories", 0, "levels", []), "has none"),
    "a fold that is a word": (_set("preparation", "categories", 0, "folded", "no"), "yes or no"),
    "a name twice": (_set("preparation", "numbers", 0, "name", "sex"), "'sex' occurs twice"),
    "a target that is read": (_set("preparation", "target", "name", "sex"), "occurs twice"),
    "a spelling that is none": (_set("preparation", "numbers", 0, "spelling", "1,234"), ""),
    "another mark": (_set("preparation", "numbers", 0, "spelling", {"decimal": "x"}), "spelling"),
    "a date of no calendar": (
        lambda spec: spec["preparation"]["numbers"][0].update(
            spelling={"date": "d/m/y"}, fill=1e300), "no calendar"),
    "weights that a word asks for": (_set("network", "weighted", "no"), "yes or no was expected"),
    "weights of rows of a table": (_set("network", "weighted", True), "no row has a weight"),
    "a share that a word asks for": (_set("network", "shared_penalty", "no"), "yes or no"),
    "a bias that is a word": (_set("network", "layers", 0, "bias", "no"), "yes or no"),
    "more units than weights": (_set("network", "layers", 0, "units", 10**9), "has 1000000000 neu"),
    "a dropout of NaN": (_set("network", "layers", 0, "dropout", math.nan), "a finite number"),
    "epochs in words": (_set("record", "options", "epochs", "many"), "options: epochs: a whole"),
    "a history of one loss": (_set("record", "history", "loss", 0.5), "history: loss: a list"),
    "an epoch that was not": (_set("record", "history", "kept_epoch", 7), "keeps epoch 7 of 1"),
    "a history without rates": (lambda spec: spec["record"]["history"].pop("rate"), "not say rate"),
    "a table without a digest": (lambda spec: spec["record"]["table"].pop("digest"), "not say dig"),
    "scores of words": (_set("record", "scores", "test", "high"), "names with what"),
    "columns of numbers": (_set("record", "columns", [1, 2]), "columns: a word"),
    "an agreement of nothing": (_set("record", "agreement", {}), "does not say rows"),
    "an origin that is a list": (_set("record", "origin", ["x"]), "origin: a word"),
}  # fmt: skip


@pytest.mark.fault("T1")
@pytest.mark.parametrize("what", WRONG)
def test_a_description_that_cannot_be_is_refused(
    written: bytes, tmp_path: Path, table: Table, what: str
) -> None:
    change, words = WRONG[what]
    spec, arrays = contents(written)
    change(spec)
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    with pytest.raises(ModelFileError, match=f"cannot load.*{words}"):
        load(tmp_path / "m")


PARTS = ("definitions", "network", "preparation", "program", "record")


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with dates, words, holes, and amounts to predict."""
    path = tmp_path_factory.mktemp("dated") / "t.csv"
    lines = [
        f"{day:02}/03/2024,{day % 7}.5 %,{'rg'[day % 2]},{day * day % 13}.25"
        for day in range(1, 28)
    ]
    path.write_text("\n".join(["day,share,colour,amount", *lines, ",,,3.5"]) + "\n")
    return path


@pytest.mark.fault("T1", "T2")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", ["classes", "amounts", "labels"])
def test_what_loads_works_whatever_a_leaf_is_changed_to(
    kind: str, part: str, dated: Path, tmp_path: Path
) -> None:
    table, target = (dated, "amount") if kind == "amounts" else (PENGUINS, "species")
    made = train(table, target, dropout=0.5, **SMALL).model
    rows, file = read_table(table), tmp_path / "m"
    if kind == "labels":
        made = NETWORKS["multilabel"]().model
        rows = Table.from_arrays(NETWORKS["multilabel"]().rows, names=made.preparation.columns)
    made.save(file)
    spec, arrays = contents(file.read_bytes())
    refused, spoken, loaded = list[str](), list[Any](), 0
    for way, thing, other in changed(spec, part):
        file.write_bytes(signed(other, arrays))
        try:
            found = load(file)
        except ModelFileError as error:
            refused.append(str(error))
            continue
        loaded += 1
        for use in USES:
            try:
                use(found, rows, tmp_path)
            except (DataError, SettingError, UnknownName):
                spoken.append(way)
            except Exception as error:
                raise AssertionError((way, thing, error)) from error
    assert refused
    assert [said for said in refused if "\n" in said or len(said) > 600] == []
    # other columns or words than the table has, or options that no training can have
    far = [way for way in spoken if part != "preparation" and way[:2] != ("record", "options")]
    assert far == []
    assert loaded > 0


def _replayed(model: Model, rows: Table, folder: Path) -> None:
    if was_trained_on(model, rows):
        replay(model, rows, iteration=1)


USES: list[Callable[[Model, Table, Path], Any]] = [
    lambda model, rows, folder: model.predict(rows.take([0])),
    lambda model, rows, folder: (model.described(), model.preparation.described()),
    lambda model, rows, folder: model.trace(rows, rows=[0]),
    lambda model, rows, folder: exports.write(of_model(model, rows), "numpy", folder / "n.py"),
    _replayed,
]


def test_a_scale_below_0_is_taken_away_too(
    written: bytes, tmp_path: Path, table: Table
) -> None:  # fmt: skip
    spec, arrays = contents(written)
    spec["preparation"]["numbers"][0]["scale"] *= -1.0
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    exports.write(of_model(load(tmp_path / "m")), "xlsx", tmp_path / "x.xlsx")
    assert (tmp_path / "x.xlsx").stat().st_size > 0


def test_a_training_that_kept_no_epoch_is_not_taken_away(
    written: bytes, tmp_path: Path, table: Table
) -> None:
    spec, arrays = contents(written)
    spec["record"]["history"]["kept_epoch"] = 0
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    assert of_model(load(tmp_path / "m"), table).run is None


MISFITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "missing": lambda arrays: arrays.pop("wh"),
    "one more": lambda arrays: arrays.update(more=np.ones((1, 1))),
    "turned": lambda arrays: arrays.update(wh=arrays["wh"].T.copy()),
    "whole numbers": lambda arrays: arrays.update(wh=arrays["wh"].astype(np.int64)),
    "infinite": lambda arrays: arrays.update(wh=np.full_like(arrays["wh"], np.inf)),
}


@pytest.mark.parametrize("what", MISFITS)
def test_arrays_that_do_not_fit_are_refused(written: bytes, tmp_path: Path, what: str) -> None:
    spec, arrays = contents(written)
    MISFITS[what](arrays)
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    with pytest.raises(ModelFileError, match="cannot load"):
        load(tmp_path / "m")


WATCHED = """
import builtins, sys
from pathlib import Path
import numpy, safetensors.numpy, workings.models
seen, armed = [], []
def hook(event, arguments):
    if armed and event.split(".")[0] in {
        "pickle", "marshal", "exec", "compile", "import", "os", "subprocess", "socket", "ctypes",
        "code", "open",
    }:
        seen.append((event, str(arguments[:2])))
model = workings.load(sys.argv[1])   # once, so that what is imported later is imported
model.predict(sys.argv[2])
sys.addaudithook(hook)
armed.append(True)
model = workings.load(sys.argv[1])
armed.clear()
print(model.predict(sys.argv[2])[0])
for event, arguments in seen:
    assert event == "open" and sys.argv[1] in arguments, (event, arguments)
assert len(seen) == 1, seen
"""


@pytest.mark.fault("T1", "T3")
def test_loading_opens_one_file_and_runs_nothing(
    model: Model, written: bytes, tmp_path: Path
) -> None:
    (tmp_path / "m").write_bytes(written)
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WATCHED, str(tmp_path / "m"), str(PENGUINS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{model.predict(PENGUINS)[0]}\n"
    assert os.listdir(tmp_path) == ["m"]


# -- writing ---------------------------------------------------------------------------------------


@pytest.mark.fault("disk full")
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_the_old_file_stays_when_writing_fails(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space", str(tmp_path / "m"))

    (tmp_path / "m").write_bytes(b"old")
    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    with pytest.raises(WorkingsError, match=r"cannot write .*the disk is full"):
        model.save(tmp_path / "m")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"m": b"old"}


def test_saving_twice_writes_the_same_bytes(model: Model, written: bytes, tmp_path: Path) -> None:
    model.save(tmp_path / "m")
    assert (tmp_path / "m").read_bytes() == written
    load(tmp_path / "m").save(tmp_path / "n")
    assert (tmp_path / "n").read_bytes() == written


def test_a_model_draws_itself_in_a_notebook() -> None:
    model = train("iris", hidden=[2], epochs=1).model
    page = model._repr_html_()
    assert page.count("<svg") == page.count("</svg>") == 1
    assert "4 inputs - 2 tanh - 3 outputs (softmax)" in page
    assert all(f">{label}<" in page for label in ("h1", "h2", *model.classes))
    weight = model.values["wout"][0, 0]
    assert f"{weight:.2f}" in page
