"""How expressions are spelled in LaTeX; that LaTeX takes it, tests/exports/test_latex.py shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workings.activations import Activation
from workings.language import Expr, join, name, number, part, size_of, spread, sum_of, take
from workings.language.algebra import (
    EQUAL,
    EXP,
    GREATER,
    MAX,
    MAXIMUM,
    NEG,
    PAD,
    PUT,
    RESHAPE,
    WHERE,
)
from workings.language.defined import ABSOLUTE, MEAN, MISSING, SQRT, SQUARE
from workings.notations import missing_ops, notation, spell
from workings.notations._latex_text import SPECIALS, escaped, power_of_ten, word

LATEX = notation("latex")
A, B = name("A", "n", "k"), name("B", "n", "k")
W, ROW, ONE = name("W", "k", "k"), name("b", 1, "k"), name("s")


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (A @ W + ROW, r"A\,W + \mathbf{1}\,b"),
        (A + name("c", "n", 1), r"A + c\,\mathbf{1}^{\top}"),
        ((A * B) @ W, r"\left(A \odot B\right)\,W"),
        (A * (B @ W), r"A \odot \left(B\,W\right)"),
        ((A @ W) * B, r"\left(A\,W\right) \odot B"),
        (A @ W.T, r"A\,W^{\top}"),
        ((A + B).T, r"\left(A + B\right)^{\top}"),
        ((A**2.0).T, r"\left(A^{2}\right)^{\top}"),
        (A * ONE, r"A \cdot s"),
        (0.5 * A - 1.0, r"0.5 \cdot A - 1"),
        (A - (B - A), r"A - \left(B - A\right)"),
        (A + -0.5 * B, r"A + \left(-0.5 \cdot B\right)"),
        (NEG(-A), r"-\left(-A\right)"),
        (A / (B + A), r"\frac{A}{B + A}"),
        ((A / B) ** 2.0, r"\left(\frac{A}{B}\right)^{2}"),
        (SQUARE(A + B), r"\left(A + B\right)^{2}"),
        (SQRT(A + B), r"\sqrt{A + B}"),
        (ABSOLUTE(A), r"\left|A\right|"),
        (EXP(-A), r"\exp\left(-A\right)"),
        (MAXIMUM(A, 0.0), r"\max\left(A, 0\right)"),
        (GREATER(A, 0.0) * B, r"\left[A > 0\right] \odot B"),
        (EQUAL(A, B), r"\left[A = B\right]"),
        (MISSING(A), r"\left[A \text{ is missing}\right]"),
        (
            WHERE(GREATER(A, 0.0), A, -A),
            r"\begin{cases} A & \text{if } A > 0 \\ -A & \text{else} \end{cases}",
        ),
        (
            WHERE(A, B, A),
            r"\begin{cases} B & \text{if } A \neq 0 \\ A & \text{else} \end{cases}",
        ),
        (sum_of(A, 0), r"\mathbf{1}^{\top}\,A"),
        (sum_of(A * B, 1), r"\left(A \odot B\right)\,\mathbf{1}"),
        (sum_of(A) / size_of(A, 0), r"\frac{\sum_{r,c} A_{rc}}{n}"),
        (sum_of(A - B), r"\sum_{r,c} \left(A - B\right)_{rc}"),
        (MAX(A, axis=1), r"\max_{\text{row}}\left(A\right)"),
        (MEAN(A, axis=0), r"\operatorname{mean}_{\text{column}}\left(A\right)"),
        (spread(name("c", 1, 1), ("n", "k")), r"\mathbf{1}\,c\,\mathbf{1}^{\top}"),
        (number(1e-8) + ONE, "10^{-8} + s"),
        (number(2e-8) * ONE, r"2 \cdot 10^{-8} \cdot s"),
        (join(A, B, axis=1, size="m"), r"\begin{bmatrix} A & B \end{bmatrix}"),
        (join(A, B, axis=0, size="m"), r"\begin{bmatrix} A \\ B \end{bmatrix}"),
        (part(A, axis=1, start=0, size=2), r"A_{:, 1 \dots 2}"),
        (part(A, axis=0, start="m", size=1), r"A_{m + 1 \dots m + 1, :}"),
        (PAD(part(A, axis=1, start=0, size=3), axis=1, start=2, size=9),
         r"\operatorname{pad}_{:, 3 \dots 5}\left(A_{:, 1 \dots 3}\right)"),
        (take(A, name("which", "m"), 0), r"A_{\mathit{which}, :}"),
        (PUT(A, name("v", "n"), axis=0, size="m"), r"\operatorname{put}_{v, :}\left(A\right)"),
        (RESHAPE(name("V", 2, 6), shape=(3, 4)),
         r"\operatorname{reshape}_{3 \times 4}\left(V\right)"),
        (Activation("a_b", lambda x: x + 1.0)(A), r"\operatorname{a\_b}\left(A\right)"),
        (Activation("&", lambda x: x + 1.0)(A), r"\operatorname{\text{\&}}\left(A\right)"),
    ],
)  # fmt: skip
def test_mathematicians_can_read_it(expr: Expr, text: str) -> None:
    assert spell(expr, LATEX) == text


def test_every_primitive_op_has_a_row() -> None:
    assert missing_ops(LATEX) == []


def test_names_and_numbers() -> None:
    assert [word(text) for text in ("X", "wh", "d_wh", "a b", "\\")] == [
        "X", r"\mathit{wh}", r"\mathit{d\_wh}", r"\text{a b}", r"\text{\textbackslash{}}",
    ]  # fmt: skip
    assert [power_of_ten(text) for text in ("0.5", "-1e-05", "-inf", "nan")] == [
        "0.5", "-10^{-5}", r"-\infty", r"\mathrm{NaN}",
    ]  # fmt: skip


@pytest.mark.fault("T15")
@given(st.text(st.characters(min_codepoint=0, max_codepoint=126)))
def test_nothing_of_a_text_is_left_for_latex_to_act_on(text: str) -> None:
    left = escaped(text)
    for sign in sorted(SPECIALS.values(), key=len, reverse=True):
        left = left.replace(sign, "")
    left = left.replace("{}", "")
    for code in {*range(32), 127}:
        left = left.replace(rf"\texttt{{U+{code:04X}}}", "")
    assert not set(left) & set("\\{}$&#%_~^<>|`")


def test_what_special_signs_become_has_balanced_braces_and_no_sign_of_its_own() -> None:
    for sign, written in SPECIALS.items():
        braces = written.replace(r"\{", "").replace(r"\}", "")
        assert braces.count("{") == braces.count("}"), sign
        assert written.startswith("\\") or sign in "'’", sign


def test_no_two_signs_become_one() -> None:
    assert escaped("--- ''") == "-{}-{}- '{}'"


def test_letters_that_plain_latex_has_are_letters_and_others_are_numbers() -> None:
    assert escaped("naïve Ærø") == r"na\"{i}ve \AE{}r\o{}"
    assert escaped("中\u202e\ud800") == r"\texttt{U+4E2D}\texttt{U+202E}\texttt{U+D800}"
