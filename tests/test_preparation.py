"""From cells to inputs: filled, scaled and one-hot as NumPy and scikit-learn do it, by name."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from workings.conventions import Convention
from workings.data import Table, read_table
from workings.engines import engine
from workings.errors import DataError
from workings.preparation import Preparation, fitted, plain
from workings.preparation.columns import Target, several
from workings.preparation.stored import from_data, to_data

NUMBERS, WORDS = ["a", "b"], ["u", "v"]
NAMES = [*NUMBERS, *WORDS, "y"]
ROWS = [
    ["1", "10.5", "red", "x", "k"],
    ["2", None, "green", "x", "l"],
    ["4", "-3", None, "z", "k"],
    [None, "0.25", "red", "w", "l"],
    ["7", "8", "red", "x", "k"],
]


def table_of(rows: list[list[Any]], names: list[str] | None = None) -> Table:
    return Table.from_arrays(np.array(rows, object), names=names or NAMES, source="t.csv")


def prepared(rows: list[list[Any]] = ROWS, **options: Any) -> Preparation:
    return fitted(table_of(rows), target="y", task="classification", **options)


def inputs(preparation: Preparation, table: Table, **how: Any) -> Any:
    """What the network would read."""
    values = {**preparation.inputs(table, **how), **preparation.constants()}
    return engine().run(preparation.steps(Convention()), values)["X"]


def oracle(training: list[list[Any]], rows: list[list[Any]]) -> Any:
    """The same by scikit-learn: medians, mean and spread, one column for each word."""
    split = [
        np.array([[np.nan if cell is None else float(cell) for cell in row[:2]] for row in some])
        for some in (training, rows)
    ]
    words = [np.array([row[2:4] for row in some], object) for some in (training, rows)]
    both = [np.hstack([n.astype(object), w]) for n, w in zip(split, words, strict=True)]
    numbers = SimpleImputer(strategy="median")
    # The spread is that of the cells that are there, so filling comes after measuring.
    scale = StandardScaler().fit(split[0])
    # scikit-learn puts missing words last, as is done here.
    levels = OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    made = ColumnTransformer([("n", numbers, [0, 1]), ("w", levels, [2, 3])]).fit(both[0])
    found = np.asarray(made.transform(both[1]), float)
    found[:, :2] = scale.transform(found[:, :2])
    return found


number = st.one_of(st.none(), st.integers(-99, 99).map(str), st.floats(-5, 5).map(repr))
word = st.sampled_from([None, "red", "green", "blue", "z é"])
row = st.tuples(number, number, word, word, st.just("k")).map(list)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(training=st.lists(row, min_size=1, max_size=12), rows=st.lists(row, min_size=1, max_size=6))
def test_inputs_are_those_of_scikit_learn(training: list[list[Any]], rows: list[list[Any]]) -> None:
    training = [*ROWS, *training]  # so that no column is constant
    found = inputs(prepared(training), table_of(rows), unseen="none")
    # Means of up to 17 numbers below 100, then a division by a spread of 1 or more.
    assert np.allclose(found, oracle(training, rows), rtol=1e-12, atol=1e-12)


def test_inputs_by_hand() -> None:
    found = inputs(prepared(), table_of(ROWS))
    known, median = np.array([1, 2, 4, 7]), 3
    assert np.allclose(found[3, 0], (median - known.mean()) / known.std(), rtol=0, atol=1e-15)
    assert prepared().labels["inputs"] == [
        "a", "b", "u = green", "u = red", "u = missing", "v = w", "v = x", "v = z",
    ]  # fmt: skip
    assert found[:, 2:5].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(order=st.permutations(range(5)), extra=st.booleans())
def test_the_order_of_columns_does_not_matter(order: list[int], extra: bool) -> None:
    rows = [[line[i] for i in order] + ["more"] * extra for line in ROWS]
    other = table_of(rows, [NAMES[i] for i in order] + ["extra"] * extra)
    assert np.array_equal(inputs(prepared(), other), inputs(prepared(), table_of(ROWS)))


def test_a_row_is_prepared_alone_as_among_others() -> None:
    together = inputs(prepared(), table_of(ROWS))
    alone = [inputs(prepared(), table_of([line])) for line in ROWS]
    assert np.array_equal(np.vstack(alone), together)


def test_a_part_is_fitted_as_if_there_were_nothing_else() -> None:
    whole = table_of([*ROWS, ["999", "999", "blue", "q", "k"]])
    part = fitted(whole.take(range(5)), target="y", task="classification")
    assert part == prepared()
    assert inputs(part, whole, unseen="none")[5, 2:].tolist() == [0] * 6


def test_a_number_missing_only_later_becomes_the_median() -> None:
    training = [[str(i), str(i * i), "red", "x" if i % 2 else "z", "k"] for i in range(5)]
    made = prepared(training)
    holes, medians = (table_of([[a, b, "red", "x", "k"]]) for a, b in ((None, None), ("2", "4")))
    assert np.array_equal(inputs(made, holes), inputs(made, medians))


def test_a_word_missing_only_later_was_never_seen() -> None:
    made = prepared()
    hole = table_of([["1", "1", "red", None, "k"]])
    with pytest.raises(DataError, match=r"row 1 of t\.csv: v is ''.*Known are w, x, z"):
        made.inputs(hole)
    assert inputs(made, hole, unseen="none")[0, 5:].tolist() == [0, 0, 0]


@pytest.mark.parametrize("spelling", ["NA", "", "?", "null", "#N/A", "nan"])
def test_every_spelling_of_missing_is_one_level(spelling: str) -> None:
    other = table_of([["1", "1", spelling, "x", "k"], ["1", "1", None, "x", "k"]])
    first, second = inputs(prepared(), other)
    assert np.array_equal(first, second)
    assert first[4] == 1


@pytest.mark.parametrize("cell", ["yes", "Yes", "YES", "yEs"])
def test_yes_and_no_are_read_in_any_case(cell: str) -> None:
    names = ["ill", "y"]
    table = table_of([["yes", "k"], ["No", "l"], ["NO", "l"]], names)
    made = fitted(table, target="y", task="classification")
    assert made.labels["levels"] == ["ill = no", "ill = yes"]
    assert inputs(made, table_of([[cell, "k"]], names)).tolist() == [[0, 1]]


def test_words_that_are_no_pair_keep_their_case() -> None:
    table = table_of([["Red", "k"], ["red", "l"], ["green", "l"]], ["u", "y"])
    assert fitted(table, target="y", task="classification").labels["levels"] == [
        "u = Red", "u = green", "u = red",
    ]  # fmt: skip


def test_columns_that_cannot_help_are_left_out_with_a_reason() -> None:
    rows = [
        [str(i), "5", "same", None, f"person {i}", f"word {i % 3}", str(i % 2)] for i in range(60)
    ]
    names = ["good", "constant", "one word", "empty", "name", "group", "y"]
    made = fitted(table_of(rows, names), target="y", task="classification")
    reasons = dict(made.left_out)
    assert list(reasons) == ["constant", "one word", "empty", "name"]
    assert "same" in reasons["constant"]
    assert "'same'" in reasons["one word"]
    assert reasons["empty"] == "empty"
    assert "another word in each of 60 rows" in reasons["name"]
    assert made.columns == ["good", "group"]
    assert np.array_equal(
        inputs(made, table_of(rows, names)),
        inputs(made, table_of(rows, names).without("constant", "one word", "empty", "name")),
    )


@pytest.mark.parametrize(
    "cells", [["3", "3.0", "3e0"], ["0.1"] * 3, ["1e300"] * 3, ["-0", "0", "0"]]
)
def test_a_number_written_in_several_ways_is_still_constant(cells: list[str]) -> None:
    rows = [[cell, str(place), "k"] for place, cell in enumerate(cells)]
    made = fitted(table_of(rows, ["a", "b", "y"]), target="y", task="classification")
    assert [name for name, _ in made.left_out] == ["a"]


def test_numbers_far_from_0_keep_their_spread() -> None:
    rows = [[repr(1e9 + place / 8), "k"] for place in range(9)]
    table = table_of(rows, ["a", "y"])
    found = inputs(fitted(table, target="y", task="classification"), table)
    assert abs(found.mean()) < 1e-6  # 1e9 has 1e-7 in its last place
    assert found.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["a,u,v,y", "1,red,x,k"], "no column 'b'"),
        (["u,v", "red,x"], "no column 'a' and none 'b'"),
        (["a,b,u,v", "1,2,red,x", "1,2,blue,x"], "line 3 of .*: u is 'blue', which no training"),
        (["a,b,u,v", "1,2,red,x", "1,many,red,x"], "'b' of .*: line 3 holds 'many'"),
        (["a,b,u,v", "1,inf,red,x"], "'b' of .*: line 2 holds 'inf'"),
        (["a,b,u,v", "1,1e400,red,x"], "'b' of .*: line 2 holds '1e400'.*too large"),
    ],
)
def test_what_cannot_be_read_is_named(lines: list[str], words: str, tmp_path: Any) -> None:
    (tmp_path / "new.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=words) as caught:
        prepared().inputs(read_table(tmp_path / "new.csv"))
    if "line" in words:
        assert caught.value.row == len(lines)
        assert caught.value.column in NAMES


def test_every_word_never_seen_is_listed() -> None:
    table = table_of([["1", "1", "blue", "x", "k"], ["1", "1", "red", "q", "k"]])
    assert prepared().unseen(table) == ["row 1: u = 'blue'", "row 2: v = 'q'"]
    with pytest.raises(DataError, match=r"\(and 1 more\)"):
        prepared().inputs(table)


def test_numbers_whose_squares_overflow_are_refused() -> None:
    rows = [["1e300", "k"], ["-1e300", "k"], ["5", "k"]]
    with pytest.raises(DataError, match=r"column 'a' of t\.csv: its numbers reach 1e\+300"):
        fitted(table_of(rows, ["a", "y"]), target="y", task="classification")


def test_classes_are_in_order_and_numbers_by_size() -> None:
    for words, order in (
        (["b", "a", "B"], ["B", "a", "b"]),
        (["10", "9", "-1"], ["-1", "9", "10"]),
    ):
        table = table_of([[str(i), w] for i, w in enumerate(words)], ["a", "y"])
        made = fitted(table, target="y", task="classification")
        assert list(made.target.classes) == order
        assert made.targets(table)[:, 0].tolist() == [order.index(w) for w in words]


def test_a_target_that_is_none_of_the_classes_is_named() -> None:
    rows = [*ROWS, ["1", "1", "red", "x", "m"]]
    with pytest.raises(DataError, match=r"row 6, y holds 'm' where one of k, l was expected"):
        prepared().targets(table_of(rows))


@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_targets_go_there_and_back(samples: str) -> None:
    convention = Convention(samples=samples)
    table = table_of([[str(i), repr(100 + 7.5 * i)] for i in range(6)], ["a", "y"])
    made = fitted(table, target="y", task="regression")
    program = made.target_steps(convention)
    values = {**made.constants(), "target": made.targets(table)}
    y = engine().run(program, values)["y"]
    assert y.shape == ((6, 1) if samples == "rows" else (1, 6))
    assert (y.mean(), y.std()) == pytest.approx((0, 1), abs=1e-12)
    back = engine().run(
        made.answer_steps(program.ref("y"), convention), {**made.constants(), "y": y}
    )["answer"]
    assert np.allclose(back, values["target"], rtol=1e-14)


def test_classes_become_one_column_each() -> None:
    table = table_of([["1", "k"], ["2", "l"], ["3", "m"], ["4", "l"]], ["a", "y"])
    made = fitted(table, target="y", task="classification")
    values = {**made.constants(), "target": made.targets(table)}
    y = engine().run(made.target_steps(Convention()), values)["y"]
    assert np.array_equal(y, np.eye(3)[[0, 1, 2, 1]])


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_it_is_plain_data_and_back(task: str) -> None:
    rows = [[*line[:4], str(place)] for place, line in enumerate(ROWS)]
    made = replace(fitted(table_of(rows), target="y", task=task), left_out=(("id", "names"),))
    again = from_data(json.loads(json.dumps(to_data(made))))
    assert again == made
    assert np.array_equal(inputs(again, table_of(rows)), inputs(made, table_of(rows)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("target"),
        lambda data: data["target"].pop("classes"),
        lambda data: data["numbers"][0].update(mean="many"),
        lambda data: data["numbers"][0].update(more=1),
        lambda data: data["categories"][0].update(levels=3),
        lambda data: data.update(numbers=5),
    ],
)
def test_plain_data_that_is_not_one_is_refused(spoil: Any) -> None:
    data = json.loads(json.dumps(to_data(prepared())))
    spoil(data)
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_data(data)


# -- what is not done is no step -------------------------------------------------------------------


@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_plain_columns_are_read_as_they_are(samples: str) -> None:
    made = plain(["b", "a"], Target("y"))
    program = made.steps(Convention(samples=samples))
    assert program.names == ["X"]
    assert made.constants() == {}
    table = table_of(ROWS[:3:2])
    found = engine().run(program, made.inputs(table))["X"]
    expected = np.array([[10.5, 1], [-3, 4]])
    assert np.array_equal(found, expected if samples == "rows" else expected.T)
    assert made.described() == [("b", "1 input; none may be missing"),
                                ("a", "1 input; none may be missing")]  # fmt: skip


def test_a_hole_in_a_plain_column_is_named() -> None:
    with pytest.raises(DataError, match=r"row 2 of t\.csv: b is missing, and this") as caught:
        plain(["a", "b"], Target("y")).inputs(table_of(ROWS))
    assert (caught.value.row, caught.value.column, caught.value.found) == (2, "b", "")


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("fill", [True, False])
def test_scaling_and_filling_can_be_left_out(scale: bool, fill: bool) -> None:
    rows = ROWS if fill else [ROWS[0], [*ROWS[2][:4], "l"], ROWS[4]]
    made = prepared(rows, scale=scale, fill=fill)
    names = made.steps(Convention()).names
    assert ("numbers_scaled" in names, "numbers_filled" in names) == (scale, fill)
    found, whole = inputs(made, table_of(rows)), prepared(rows)
    expected = inputs(whole, table_of(rows))
    if not scale:
        for place, column in enumerate(whole.numbers):
            expected[:, place] = expected[:, place] * column.scale + column.mean
    assert np.allclose(found, expected, rtol=1e-14, atol=1e-14)
    assert from_data(json.loads(json.dumps(to_data(made)))) == made
    if not fill:
        with pytest.raises(DataError, match="b is missing"):
            made.inputs(table_of(ROWS))


def test_some_columns_may_be_filled_and_others_not() -> None:
    made = replace(prepared(), required=("b",))
    hole = table_of([[None, "1", "red", "x", "k"]])
    assert np.array_equal(inputs(made, hole), inputs(prepared(), hole))
    with pytest.raises(DataError, match="b is missing"):
        made.inputs(table_of([["1", None, "red", "x", "k"]]))


# -- several target columns ------------------------------------------------------------------------


def goals() -> Table:
    rows = [[str(i), repr(100 + 7.5 * i), repr(-i / 4), "yes" if i % 2 else "no", "ab"[i // 3]]
            for i in range(6)]  # fmt: skip
    return table_of(rows, ["a", "u", "v", "p", "q"])


@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_several_amounts_go_there_and_back(samples: str) -> None:
    convention, table = Convention(samples=samples), goals()
    made = fitted(table, target=["u", "v"], task="regression")
    assert made.columns == ["a", "p", "q"]
    assert made.target.outputs == 2
    program = made.target_steps(convention)
    values = {**made.constants(), "target": made.targets(table)}
    y = engine().run(program, values)["y"]
    lying = y if samples == "rows" else y.T
    assert (lying.mean(0), lying.std(0)) == (
        pytest.approx([0, 0], abs=1e-12),
        pytest.approx([1, 1]),
    )
    steps = made.answer_steps(program.ref("y"), convention)
    back = engine().run(steps, {**made.constants(), "y": y})["answer"]
    assert np.allclose(back, values["target"], rtol=1e-14)
    assert made.labels["outputs"] == ["u", "v"]
    assert from_data(json.loads(json.dumps(to_data(made)))) == made


def test_labels_are_ones_and_zeros_a_column_each() -> None:
    table = goals()
    made = fitted(table, target=["p", "q"], task="classification")
    values = {"target": made.targets(table)}
    y = engine().run(made.target_steps(Convention()), values)["y"]
    assert y.tolist() == [[i % 2, i // 3] for i in range(6)]
    assert made.labels["outputs"] == ["p = yes", "q = b"]
    assert from_data(json.loads(json.dumps(to_data(made)))) == made
    other = table_of([["1", "1", "1", "perhaps", "a"]], list(table.names))
    with pytest.raises(DataError, match="p holds 'perhaps' where one of no, yes was expected"):
        made.targets(other)


def test_two_classes_may_have_an_output_each() -> None:
    target = Target("y", ("k", "l"), one_each=True)
    made = replace(prepared(), target=target)
    values = {**made.constants(), "target": made.targets(table_of(ROWS))}
    y = engine().run(made.target_steps(Convention()), values)["y"]
    assert y.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
    assert made.labels["outputs"] == ["k", "l"]
    assert from_data(json.loads(json.dumps(to_data(made)))) == made


def test_a_file_of_before_says_nothing_of_the_new_choices() -> None:
    data = json.loads(json.dumps(to_data(prepared())))
    for word in ("scaled", "required"):
        del data[word]
    for word in ("one_each", "parts"):
        del data["target"][word]
    assert from_data(data) == prepared()


LABELS = several([Target("p", ("no", "yes")), Target("q", ("a", "b"))])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.update(scaled="no"),
        lambda data: data.update(scaled=1),
        lambda data: data.update(required=["c"]),
        lambda data: data.update(required=3),
        lambda data: data["target"].update(one_each=1),
        lambda data: data["target"].update(one_each=True),
        lambda data: data["target"].update(parts=3),
        lambda data: data["target"]["parts"].pop(),
        lambda data: data["target"]["parts"][0].update(classes=[]),
        lambda data: data["target"]["parts"][0].update(classes=["a", "b", "c"]),
        lambda data: data["target"]["parts"][0].update(classes=["a", "a"]),
        lambda data: data["target"]["parts"][0].update(one_each=True),
        lambda data: data["target"]["parts"][0].update(parts=data["target"]["parts"][1:]),
        lambda data: data["target"]["parts"][0].update(scale=0.0),
        lambda data: data["target"]["parts"][0].update(mean=float("nan")),
        lambda data: data["target"]["parts"][0].update(run="x"),
        lambda data: data["target"].update(run="x"),
        lambda data: data["target"].update(classes=["a", "b"]),
    ],
)
def test_several_targets_that_cannot_be_are_refused(spoil: Any) -> None:
    data = json.loads(json.dumps(to_data(replace(prepared(), target=LABELS))))
    assert from_data(data).target == LABELS
    spoil(data)
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        from_data(data)
