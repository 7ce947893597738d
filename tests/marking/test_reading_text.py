"""Scripts and what they print: read as NumPy and R write them, and never run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tools import needed
from workings.errors import DataError, WorkingsError
from workings.marking import reading_literals, reading_text
from workings.marking.reading import read
from workings.marking.working import Working

MATRICES = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=30),
    elements=st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)),
)  # fmt: skip


def of(text: str) -> Working:
    return reading_text.read(text, "mine.txt")


def lists(working: Working) -> dict[str, list[list[float]]]:
    return {word: value.tolist() for word, value in working.values.items()}


# -- written out -----------------------------------------------------------------------------------

WRITTEN = {
    "z = np.array([[1, 2.50], [-3e-2, .5]])": [[1, 2.5], [-0.03, 0.5]],
    "z = numpy.array([[1], [2]], dtype=float)  # two rows": [[1], [2]],
    "z = np.array([\n    [1, 2],  # first\n    [3, 4],\n])": [[1, 2], [3, 4]],
    "z = [[1, 2], [3, 4]]": [[1, 2], [3, 4]],
    "z = [1, 2]": [[1, 2]],
    "z = 0.25;": [[0.25]],
    "z = np.float64(0.25)": [[0.25]],
    "z <- matrix(c(1, 2, 3, 4, 5, 6), nrow=3, byrow=TRUE)": [[1, 2], [3, 4], [5, 6]],
    "z <- matrix(c(1, 2, 3, 4, 5, 6), nrow = 3)": [[1, 4], [2, 5], [3, 6]],
    "z <- matrix(c(1, 2, 3, 4), ncol = 2)": [[1, 3], [2, 4]],
    "z <- matrix(data = c(1, 2), nrow = 1)": [[1, 2]],
    "z <- matrix(c(1, 2, 3, 4), 2, 2, TRUE)": [[1, 2], [3, 4]],
    "z <- matrix(0, nrow=2, ncol=2)": [[0, 0], [0, 0]],
    "z <- rbind(c(1, 2), c(3, 4))": [[1, 2], [3, 4]],
    "z <- cbind(c(1, 2), c(3, 4))": [[1, 3], [2, 4]],
    "z <- c(1, 2L)": [[1, 2]],
    ">>> z = np.array([[1, 2],\n...               [3, 4]])": [[1, 2], [3, 4]],
    "> z <- matrix(c(1, 2,\n+   3, 4), nrow=2)": [[1, 3], [2, 4]],
    "    z = [[1]]": [[1]],  # the whole script is indented
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_matrix_that_is_written_out(text: str) -> None:
    assert lists(of(text)) == {"z": WRITTEN[text]}


def test_numbers_keep_the_digits_they_were_written_with() -> None:
    assert of("z = np.array([[0.2500, 1e-3]])").written["z"] == (("0.2500", "1e-3"),)


COMPUTED = [
    "z = X @ wh", "z = np.array([[1]]) * 2", "z = np.array([[x]])", "z = np.zeros((2, 2))",
    "z = [[i for i in range(3)]]", "z = np.array([[1/3]])", "z = __import__('os').getcwd()",
    "z = eval('[[1]]')", "z <- t(matrix(c(1, 2), nrow=1))", "z <- c(1, sqrt(2))",
    "z = [[1]] + [[2]]", "z = open('x').read()", "z = np.array([[1]]).T",
]  # fmt: skip


@pytest.mark.parametrize("text", COMPUTED)
def test_what_is_computed_is_left_out_and_said(text: str) -> None:
    found = of(f"kept = [[1]]\n{text}\n")
    assert lists(found) == {"kept": [[1]]}
    assert any("is not read, for nothing is run: z." in note for note in found.notes)


CHANGED = ["z += 1", "z[0, 0] = 5", "z = z * 2", "z[1,1] <- 3", "for i in x:\n    z = [[2]]",
           "z -= lr * d"]  # fmt: skip


@pytest.mark.parametrize("change", CHANGED)
def test_a_matrix_that_is_changed_later_is_not_what_it_was(change: str) -> None:
    assert "z" not in of(f"z = [[1]]\nkept = [[1]]\n{change}\n").values


def test_the_last_of_a_name_counts() -> None:
    assert lists(of("z = X @ w\nz = [[1]]\nz = [[2]]\n")) == {"z": [[2]]}
    assert of("z = X @ w\nz = [[1]]\n").notes == ()


def test_nothing_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    script = tmp_path / "x.py"
    script.write_text(f"open({str(trap)!r}, 'w')\nz = [[1]]\nz2 = open({str(trap)!r}, 'w')\n")
    assert lists(read(script)) == {"z": [[1]]}
    assert not trap.exists()


WRONG = {
    "z = np.array([[1, 2], [3]])": "row 2 of z has 1 numbers, and its first row 2",
    "z <- matrix(c(1, 2, 3), nrow=2)": "3 numbers do not fill 2 x 2 cells",
    "z = [[[1]], [[2]]]": "more than two axes",
    "z = [[1], 2]": "numbers and rows mixed",
    "z = []": "it is empty",
    "z <- cbind(c(1, 2), c(3))": "columns have different lengths",
    "z =\n[[1 2 ... 3 4]\n [5 6 ... 7 8]]": "NumPy left numbers out",
    "z = [[[[[[1]]]]]]": "more than two axes",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_malformed_matrix_is_named_with_its_line(text: str) -> None:
    with pytest.raises(DataError, match="line 2") as error:
        of(f"\n{text}" if "\n" not in text else text)
    assert WRONG[text] in str(error.value)


def test_very_large_matrices_are_refused_before_they_are_made() -> None:
    with pytest.raises(WorkingsError):
        of("z <- matrix(0, nrow=100000, ncol=100000)")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(DataError):
        of("z = " + "[" * 100_000)


# -- printed ---------------------------------------------------------------------------------------

NAMED = [">>> d_output", "d_output", "# d_output", "d_output:", "d_output =", "print(d_output)",
         "In [3]: d_output", "> print(d_output)", '[1] "d_output"', '## d_output']  # fmt: skip


@pytest.mark.parametrize("line", NAMED)
def test_a_print_is_named_by_the_line_before_it(line: str) -> None:
    assert lists(of(f"{line}\n[[0.12]\n [0.34]]\n")) == {"d_output": [[0.12], [0.34]]}


def test_a_name_may_stand_beside_its_matrix() -> None:
    text = "dz1: [[0.12]\n [0.34]]\nloss 0.5\nq = [[1. 2.]]\nOut[1]: array([[9.]])\n"
    found = of(text)
    assert lists(found) == {"dz1": [[0.12], [0.34]], "loss": [[0.5]], "q": [[1, 2]]}
    assert "line 5" in found.notes[0]


def test_numbers_without_any_name_are_no_working() -> None:
    with pytest.raises(DataError, match="no matrix with a name"):
        of("[[1. 2.]]\n")


@given(MATRICES)
@settings(max_examples=60, deadline=None)
def test_numpy_prints_and_it_is_read(value: np.ndarray) -> None:
    with np.printoptions(threshold=10**6, suppress=True, precision=6):
        for text in (f"z\n{value}\n", f">>> z\n{value!r}\n", f"z = np.{value!r}\n", f"z: {value}"):
            found = of(text)
            assert np.allclose(found.values["z"], value, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def printed_by_r(tmp_path_factory: pytest.TempPathFactory) -> str:
    rscript = needed("Rscript", "r-base-core")
    script = tmp_path_factory.mktemp("r") / "print.R"
    script.write_text(
        'one <- matrix(c(0.12, -3.4, 1e-7), ncol=1)\nprint("one"); print(one)\n'
        'wide <- matrix(1:60 / 7, nrow=2)\nprint("wide"); print(wide)\n'
        'named <- matrix(c(1, 2, 3, 4), 2, dimnames=list(c("x1", "x2"), c("h1", "h2")))\n'
        'print("named"); print(named)\nprint("loss"); print(0.3588)\n'
        'print("many"); print(1:40 / 3)\nprint("gap"); print(matrix(c(1, NA), 1))\n'
    )
    ran = subprocess.run(  # noqa: S603
        [rscript, "--vanilla", str(script)], capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_r_prints_and_it_is_read(printed_by_r: str) -> None:
    found = of(printed_by_r).values
    assert np.allclose(found["one"], [[0.12], [-3.4], [1e-7]], rtol=1e-6)
    assert np.allclose(found["wide"], (np.arange(1, 61) / 7).reshape(2, 30, order="F"), rtol=1e-5)
    assert found["named"].tolist() == [[1, 3], [2, 4]]
    assert found["loss"].tolist() == [[0.3588]]
    assert np.allclose(found["many"], [np.arange(1, 41) / 3], rtol=1e-5)
    assert found["gap"][0, 0] == 1
    assert np.isnan(found["gap"][0, 1])


# -- anything --------------------------------------------------------------------------------------

PIECES = st.sampled_from([
    "z", "=", "<-", "[[", "]]", "[", "]", "(", ")", "1", "2.5", ",", "\n", " ", "np.array", "c",
    "matrix", "nrow", "[1,]", "[,1]", "[1]", ">>> ", "> ", "#", "...", '"z"', "'", "-", "NA", "nan",
])  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = of(text)
    except WorkingsError:
        return
    assert all(value.ndim == 2 for value in found.values.values())


@given(st.text(alphabet="[]()0123456789.,cTRUE= nrow\n", max_size=80))
@settings(max_examples=300, deadline=None)
def test_the_strict_parser_gives_rows_of_text_or_says_no(text: str) -> None:
    try:
        rows, end = reading_literals.value(text)
    except reading_literals.NotWrittenOut:
        return
    assert 0 < end <= len(text)
    assert all(isinstance(cell, str) for row in rows for cell in row)
