"""The lessons at the prompt: listed, opened as a page, printed, their exercises marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings.cli import learn, main
from workings.learning.running import EXERCISES


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["learn", *words])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out + err


def test_they_are_listed_with_the_minutes_they_take(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys)
    assert code == 0
    assert " 3 Forward, one matrix at a time" in told
    assert "min" in told


def test_a_lesson_is_one_page_that_is_opened_only_when_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(learn.webbrowser, "open", opened.append)
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "forward", "--no-browser")[0] == 0
    made = tmp_path / "lesson-03-forward.html"
    assert "<h1>3. Forward" in made.read_text()
    assert opened == []
    assert said(capsys, "3", "-o", "here.html")[0] == 0
    assert (tmp_path / "here.html").exists()
    assert opened == []
    assert said(capsys, "3")[0] == 0
    assert opened == [made.as_uri()]


def test_a_lesson_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, "3", "--print")
    assert code == 0
    assert ">>> import workings" in told


def test_an_answer_is_marked_and_a_wrong_one_ends_with_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(EXERCISES) == learn.EXERCISES
    code, told = said(capsys, "3", "--exercise", "2")
    assert code == 0
    assert "Predict:" in told
    code, told = said(capsys, "3", "--exercise", "2", "--answer", "-7.5")
    assert code == 1
    assert "Not yet" in told
    code, told = said(capsys, "3", "--exercise", "2", "--answer", "many")
    assert code == 2
    assert "cannot mark 'many': it is no number" in told


@pytest.mark.parametrize(
    ("words", "expected"),
    [(["99"], "lesson"), (["forwards"], "Did you mean 'forward'"),
     (["3", "-o", "no/such/place.html", "--no-browser"], "no/such")],
)  # fmt: skip
def test_what_is_not_there_is_said_in_a_sentence(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = said(capsys, *words)
    assert code == 2
    assert expected in told
    assert "Traceback" not in told
