"""Reports: whole pages that ask for nothing, hold what was said, and stay within bounds."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from workings.data import Table
from workings.jobs.cross_validation import cross_validate
from workings.jobs.fitting import train
from workings.reporting.exhibits import sections
from workings.reporting.pages import page
from workings.scores.scoring import Judged

QUICK: dict[str, Any] = {"hidden": [3], "epochs": 2}


def titles(text: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("iris", ["Which class", "How well", "Are the prob"]),
        ("moons", ["Which class", "How well", "Are the prob", "The decision boundary"]),
        ("diabetes", ["Predicted against", "Residuals against", "How large"]),
    ],
)
def test_what_suits_the_task_is_shown_on_the_test_rows(word: str, expected: list[str]) -> None:
    result = train(word, **QUICK)
    text = page(result)
    found = titles(text)
    assert [title for title in found if title.startswith(tuple(expected))] == found[2:-3]
    assert len(found) == 5 + len(expected)
    assert f"{len(result.test)} test rows" in text or f"{len(result.test)} test" in text
    assert not re.search(r'(src|href)="(?!#|data:)|@import|url\((?!#)', text)
    for picture in re.findall(r"<svg.*?</svg>", text, re.S):
        ElementTree.fromstring(picture)  # noqa: S314 - our own text


def test_the_folds_have_a_section_of_their_own() -> None:
    result, folds = train("iris", **QUICK), cross_validate("iris", folds=2, **QUICK)
    assert titles(page(result, folds))[1] == "Cross-validation"
    assert folds.verdicts[0] in page(result, folds)
    assert "Cross-validation" not in titles(page(result))


def test_names_from_data_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    X = np.random.default_rng(0).normal(size=(30, 2))
    table = Table.from_arrays(X, [evil, "b"] * 15, names=["a", "<b>"], target="<i>")
    text = page(train(table, **QUICK), cross_validate(table, folds=2, **QUICK))
    assert "<script" not in text
    assert "<i>" not in text
    assert "&lt;script&gt;" in text


def test_a_page_about_very_many_classes_stays_small() -> None:
    count = 10_000
    truth = np.arange(count)
    said = np.full((count, count), 1e-5, np.float32)
    said[truth, truth] = 0.9
    rows = Judged("y", tuple(f"class {place}" for place in truth), truth, said)
    found = sections(rows, "test")
    assert [title.split()[0] for title, _ in found] == ["How", "Are"]
    assert sum(len(text) for _, text in found) < 200_000


def test_no_rows_have_no_pictures() -> None:
    assert sections(Judged("y", (), np.zeros(0), np.zeros(0)), "test") == []
