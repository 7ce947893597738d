"""The curve over hidden sizes: cross-validation of each on the same folds, and the rule."""

from __future__ import annotations

from typing import Any

import pytest

from workings.errors import SettingError, UnknownName
from workings.jobs.cross_validation import cross_validate
from workings.jobs.sizing import Size, SizeCurve, size
from workings.scores.folds import Spread
from workings.scores.scoring import Scores

QUICK: dict[str, Any] = {"folds": 3, "epochs": 3}


def curve(*scores: tuple[int, list[float]], score: str = "accuracy") -> SizeCurve:
    """A curve of made-up scores."""
    sizes = tuple(
        Size(hidden, 10 * hidden, tuple[Scores, ...]({score: value} for value in values))
        for hidden, values in scores
    )
    task = "classification" if score == "accuracy" else "regression"
    return SizeCurve(
        "t.csv", "y", task, 50, len(scores[0][1]), sizes, tuple(s.hidden for s in sizes)
    )


@pytest.mark.parametrize("word", ["wine", "diabetes"])
def test_each_size_is_cross_validated_on_the_same_folds(word: str) -> None:
    found = size(word, sizes=[4, 0, 1, 1], **QUICK)
    assert [one.hidden for one in found.sizes] == [0, 1, 4]
    for one in found.sizes:
        by_hand = cross_validate(word, hidden=[one.hidden], **QUICK)
        assert one.found == by_hand.found["network"]
        assert f" {one.weights} weights" in by_hand.network


def test_the_smallest_within_one_standard_error_is_recommended() -> None:
    found = curve((0, [0.5, 0.6]), (2, [0.85, 0.87]), (4, [0.86, 0.92]), (8, [0.8, 0.81]))
    assert (found.best.hidden, found.recommended.hidden) == (4, 2)
    assert found.sentence == (
        "Recommended: 2 hidden neurons; its accuracy of 0.8600 is within one standard error of "
        "the best, accuracy 0.8900 ± 0.0300 with 4 hidden neurons."
    )
    assert [row[-1] for row in found.table()] == ["", "", "recommended", "best", ""]


def test_of_equal_sizes_the_smallest_is_best() -> None:
    found = curve((0, [0.5, 0.5]), (2, [0.9, 0.9]), (4, [0.9, 0.9]))
    assert found.best.hidden == found.recommended.hidden == 2
    assert "it has the best accuracy 0.9000 ± 0.0000, and no smaller one" in found.sentence
    assert found.table()[2][-1] == "best, recommended"


def test_the_smallest_of_all_needs_no_other_reason() -> None:
    found = curve((0, [0.9, 0.9]), (2, [0.8, 0.9]))
    assert (
        found.sentence == "Recommended: no hidden layer; it has the best accuracy 0.9000 ± 0.0000."
    )


def test_an_error_is_the_better_the_lower() -> None:
    found = curve((0, [9.0, 9.5]), (1, [4.0, 4.2]), (2, [3.9, 4.1]), score="RMSE")
    assert found.score == "RMSE"
    assert (found.best.hidden, found.recommended.hidden) == (2, 1)


def test_bars_are_means_with_their_errors_on_one_scale() -> None:
    found = curve((0, [0.0, 0.0]), (1, [0.4, 0.6]), (2, [1.0, 1.0]))
    bars = [row[4] for row in found.table()[1:]]
    assert [bar.index("o") for bar in bars] == [0, 12, 23]
    assert bars[1].count("-") in (4, 5)
    assert {len(bar) for bar in bars} == {24}
    assert curve((0, [0.5, 0.5])).table()[1][4].strip() == "o"


def test_weights_are_set_against_rows() -> None:
    found = size("iris", sizes=[8], **QUICK)
    (one,) = found.sizes
    assert one.weights == 4 * 8 + 8 + 8 * 3 + 3
    assert found.table()[1][1:3] == ["67", f"{67 / 150:.4f}"]


def test_sizes_finished_before_ctrl_c_are_kept() -> None:
    def watch(report: Any) -> None:
        assert report.epochs == 3 * 3 * 3
        if report.epoch > 20:  # in the third size
            raise KeyboardInterrupt

    found = size("iris", sizes=[0, 1, 2], watch=watch, **QUICK)
    assert found.interrupted
    assert [one.hidden for one in found.sizes] == [0, 1]
    assert "2 of 3 sizes finished" in found.described
    assert found.sentence.startswith("Recommended of the sizes finished: ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sizes": []}, r"the sizes \(none\)"),
        ({"sizes": [-1, 2]}, "sizes -1, 2: 1 to 50 whole numbers of 0 or more"),
        ({"sizes": [1.5]}, "sizes 1.5"),
        ({"sizes": range(60)}, r"sizes 0, 1, 2, 3, 4, \.\.\."),
        ({"hidden": [3]}, "be told it"),
        ({"folds": 1}, "1 folds"),
        ({"epoch": 1}, "Did you mean 'epochs'"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises((SettingError, UnknownName), match=words):
        size("iris", **options)


def test_a_notebook_shows_all_of_it() -> None:
    found = size("iris", sizes=[0, 2], **QUICK)
    page = found._repr_html_()
    assert found.sentence in page
    assert '<svg role="img" aria-label="The accuracy of each size' in page
    assert Spread(tuple(one["accuracy"] for one in found.best.found)).mean == pytest.approx(
        max(spread.mean for spread in found.spreads)
    )
