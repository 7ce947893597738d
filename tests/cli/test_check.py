"""`workings check` and `workings lab` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workings.cli import main
from workings.systems import system
from workings.trace import Trace
from workings.worksheets import exercise


def typed(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def written(path: Path, trace: Trace, **instead: object) -> str:
    """The values of a trace as a CSV of named matrices."""
    lines = []
    for word, value in trace.values.items():
        matrix = np.atleast_2d(np.asarray(instead.get(word, value)))
        lines += [word, *(",".join(f"{x:.4f}" for x in row) for row in matrix), ""]
    path.write_text("\n".join(lines))
    return str(path)


def test_a_right_working_is_told_to_be_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "mine.csv", system("article").trace())
    assert typed("check", file, "--for", "article") == 0
    assert "Everything is right: all 20 steps." in capsys.readouterr().out


def test_the_first_wrong_step_is_told_with_both_numbers_and_the_slip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = system("article").trace()
    file = written(tmp_path / "mine.csv", trace, d_bh=trace["d_bh"] / 3)
    assert typed("check", file, "--for", "article") == 0
    out = capsys.readouterr().out
    assert "d_bh                     FIRST WRONG STEP: 3 of 3 cells" in out
    assert "  slip      mean-for-sum: it was divided" in out
    assert max(map(len, out.splitlines()[1:])) <= 100


def test_steps_that_a_sheet_gives_are_not_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, mine = str(tmp_path / "sheet.html"), tmp_path / "mine.csv"
    assert typed("worksheet", "--network", "2-2-1", "--blank", "deltas", "-o", sheet) == 0
    answers = exercise([2, 2, 1], seed=0, blank="deltas").answers
    rows = [",".join(map(str, row)) for row in answers["d_output"]]
    mine.write_text("\n".join(["d_output", *rows]) + "\n")
    capsys.readouterr()
    assert typed("check", str(mine), "--for", sheet) == 0
    out = capsys.readouterr().out
    assert "  d_output       right\n  d_hiddenlayer  not given\n\n" in out
    assert "of 2 steps, 1 blank" in out


def test_json_is_plain_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = system("article").trace()
    file = written(tmp_path / "mine.csv", trace, E=-trace["E"])
    assert typed("check", file, "--for", "article", "--strict", "--as", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["finding"]["slip"] == "error-reversed"
    assert data["right"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mine.csv"], "it does not say what it is of"),
        (["mine.csv", "--for", "artcle"], "Did you mean 'article'?"),
        (["mine.csv", "--for", "gone.json"], "cannot find gone.json"),
        (["mine.csv", "--for", "mine.csv"], "holds no problem"),
        (["gone.csv", "--for", "article"], "there is no such file"),
        (["foo.csv", "--for", "article"], "none of its matrices (foo) is called like a step"),
        (["mine.csv", "--for", "moons"], "none of its matrices has the shape"),
        (["mine.csv", "--for", "article", "--on", "wine"], "only a model is worked out"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_one_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("E\n0.2107\n0.2019\n-0.7893\n\noutput\n0.7\n0.8\n0.9\n")
    (tmp_path / "foo.csv").write_text("foo\n1,2\n")
    assert typed("check", *words) == 2
    found = capsys.readouterr()
    assert said in found.err
    assert len(found.err.splitlines()) == 1
    assert found.out == ""


def test_the_lab_lists_its_mistakes_and_runs_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("lab") == 0
    out = capsys.readouterr().out
    assert "row-sums" in out
    assert "slope-forgotten" in out
    assert typed("lab", "slope-forgotten", "--iterations", "20") == 0
    out = capsys.readouterr().out
    assert "wrong  d_output[1,1] = 0.172" in out
    assert "gradient check  catches it" in out


def test_an_unknown_mistake_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("lab", "rowsums") == 2
    assert "Did you mean 'row-sums'?" in capsys.readouterr().err
