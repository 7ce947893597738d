"""Each disease has a preset that has it: it is found, nothing worse is, and its remedy helps."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from workings.diagnosing import diseases, presets, thresholds
from workings.diagnosing.diagnosis import Diagnosis
from workings.diagnosing.doctor import Course
from workings.diagnosing.finding import NOTE, SEVERITIES, Finding, Where
from workings.diagnosing.outputs import places
from workings.diagnosing.replaying import Run
from workings.diagnosing.toys import football
from workings.diagnosing.trying import Trial, tried

NAMES = list(presets.presets())


@cache
def visited(word: str) -> tuple[Course, Diagnosis]:
    course = Course(Run(presets.preset(word).make()))
    return course, course.diagnosis()


@cache
def trial(word: str) -> Trial:
    course, found = visited(word)
    return tried(course, found.of(presets.preset(word).disease)[0])


def test_every_disease_has_a_preset() -> None:
    assert {row.disease for row in presets.presets().values()} == set(diseases.diseases())


@pytest.mark.parametrize("word", NAMES)
def test_the_disease_is_found_and_nothing_worse(word: str) -> None:
    found = visited(word)[1]
    own = found.of(presets.preset(word).disease)
    assert own
    worst = min(SEVERITIES.index(one.severity) for one in own)
    assert SEVERITIES.index(found.worst) >= worst


@pytest.mark.parametrize("word", NAMES)
def test_what_is_told_fits_a_hundred_columns(word: str) -> None:
    assert max(map(len, str(visited(word)[1]).splitlines())) <= 100


def test_many_columns_are_named_on_several_lines() -> None:
    where = Where(columns=tuple(f"a column with a long name {place}" for place in range(5)))
    found = Finding("constant", NOTE, "they hold one number", {}, "They say nothing.", where)
    told = str(Diagnosis("described " * 20, (found,), {}))
    assert max(map(len, told.splitlines())) <= 100
    assert str(where) in " ".join(told.split())
    assert ("described " * 20).strip() in " ".join(told.split())


@pytest.mark.parametrize("word", NAMES)
def test_no_finding_is_without_numbers_a_reason_and_a_place_in_time(word: str) -> None:
    course, found = visited(word)
    for one in found.findings:
        numbers = [x for x in one.evidence.values() if isinstance(x, int | float)]
        assert numbers, one
        assert any(sign.isdigit() for sign in one.what)
        assert one.why.endswith(".")
        assert one.since is None or 1 <= one.since <= course.run.last


@pytest.mark.parametrize("word", NAMES)
def test_losses_are_the_table_without_what_was_found_and_without_empty_columns(word: str) -> None:
    table, told = trial(word).table(), trial(word).losses()
    columns = [column for column in zip(*table, strict=True) if column[0] != "found"]
    assert list(zip(*told, strict=True)) == [one for one in columns if one[1:] != ("-", "-")]
    assert [row[0] for row in told] == ["", "before", "after"]


@pytest.mark.parametrize("word", NAMES)
def test_the_remedy_removes_the_finding_and_lowers_the_loss(word: str) -> None:
    found = trial(word)
    assert found.after.diagnosis.of(found.finding.disease) == []
    assert found.gone
    assert found.improved
    if found.judged == "new rows":
        assert found.after.new_loss < found.before.new_loss
    else:
        assert found.after.loss < found.before.loss


@pytest.mark.parametrize("word", NAMES)
def test_a_remedy_starts_where_the_run_started(word: str) -> None:
    course, found = visited(word)
    change = found.of(presets.preset(word).disease)[0].remedy.change  # type: ignore[union-attr]
    before = course.run.case
    after = before.changed(change)
    assert after.settings.seed == before.settings.seed
    shapes = [[np.shape(x) for x in case.start.values()] for case in (before, after)]
    if shapes[0] == shapes[1] and "start" not in change:
        assert all(np.array_equal(before.start[name], after.start[name]) for name in after.start)


def test_every_threshold_is_used_and_says_where_it_is_from() -> None:
    known = thresholds.thresholds()
    used = {limit.name for row in diseases.diseases().values() for limit in row.limits}
    assert set(known) - used == {"at the best possible"}  # which bounds what a failure is
    assert all(limit.source and limit.bounds for limit in known.values())


# -- the readers' numbers --------------------------------------------------------------------------


def test_a_hundred_neurons_from_uniform_numbers() -> None:
    """The article's rows with 100 hidden neurons: z near 41, and slope 0 in iteration 1."""
    course, found = visited("hundred-neurons")
    first = course.run.at(1)
    assert first.rows["output_layer_input"][[0, 2]] == pytest.approx(41, abs=0.2)
    assert first.rows["output_layer_input"][1] == pytest.approx(43.9, abs=0.05)
    assert np.array_equal(first.own["slope_output_layer"], np.zeros((3, 1)))
    (one,) = [x for x in found.of("saturated-units") if x.where.layer == "output layer"]
    assert one.since == 1
    assert one.evidence["slope"] < 1e-15
    assert one.where.rows == (3,)  # the row whose target is 0
    assert course.end.outputs == pytest.approx(np.ones((3, 1)), abs=1e-12)
    mended = Run(course.run.case.changed({"start": "glorot"})).ended().outputs
    assert mended.ravel() == pytest.approx([0.992, 0.982, 0.020], abs=2e-3)


def test_a_football_table_unscaled_and_scaled() -> None:
    """75 matches, drawn so that 40 have the most frequent result and 10 break the rule."""
    found = trial("football")
    assert found.before.score == pytest.approx(40 / 75)
    assert found.after.score == pytest.approx(65 / 75)
    X, y = football()
    assert (X.shape, X.max(), np.bincount(places(y)).tolist()) == ((75, 6), 42.0, [20, 15, 40])


def test_three_equal_rows_labelled_1_1_0() -> None:
    course, found = visited("contradiction")
    (one,) = found.of("contradicting-labels")
    assert one.what.startswith("the labels contradict")
    assert one.evidence["best possible share"] == pytest.approx(2 / 3)
    assert one.evidence["share of its most frequent target"] == pytest.approx(2 / 3)
    assert course.end.outputs == pytest.approx(np.full((3, 1), 2 / 3), abs=1e-3)
    assert not course.end.failed  # no other answer is better


def test_the_moons_run_stands_still_because_every_output_is_certain() -> None:
    found = visited("moons-plateau")[1]
    (one,) = found.of("plateau")
    assert "every output is above 0.99999" in one.what
    assert one.evidence["loss"] == pytest.approx(0.25, abs=1e-5)
    assert one.since is not None
    assert one.since <= 3
    assert [x.evidence["lr times rows"] for x in found.of("summed-rate")] == [100]
