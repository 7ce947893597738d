"""What README.md and the pages of docs/ say can be typed, is typed.

On each page its Python runs in one namespace, its commands in turn. A block that is not to be run
says so on the line above it: `<!-- not run: why -->`.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workings.cli import main

ROOT = Path(__file__).parents[1]
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```", re.S | re.M)
SHELLS = {"sh", "bash", "shell", "console"}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The kind and body of each block that is to be run."""
    for match in BLOCK.finditer("\n" + text):
        if "<!-- not run" not in match["before"]:
            yield match["kind"], match["body"]


def commands(body: str) -> Iterator[list[str]]:
    """The words of each command of ours in a block; other programs are left alone."""
    console = re.search(r"^\$ ", body, re.M) is not None
    for line in body.replace("\\\n", " ").splitlines():
        if console and not line.startswith("$ "):
            continue  # what a command printed
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[:1] == ["workings"]:
            yield words[1:]


def python(text: str) -> list[str]:
    return [body for kind, body in blocks(text) if kind in ("python", "py", "pycon")]


def typed(text: str) -> list[list[str]]:
    """Every command, in blocks and within lines; there, capitals stand for names of one's own."""
    found = [words for kind, body in blocks(text) if kind in SHELLS for words in commands(body)]
    lines = re.findall(r"`(workings [^`A-Z]+)`", text)
    found += [words for line in lines for words in commands(line)]
    return [words for words in found if not serves(words)]


def serves(words: list[str]) -> bool:
    """Whether a command opens a page and stays until Ctrl-C; `tests/play` tries these."""
    return words[:1] == ["play"] or "--watch" in words


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, as in the repository."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    return tmp_path


def test_there_is_something_to_try() -> None:
    assert len([page for page, text in TEXTS.items() if python(text)]) >= 3
    assert typed(TEXTS["README.md"])


@pytest.mark.parametrize("text_of", [page for page, text in TEXTS.items() if typed(text)])
def test_the_commands_run_one_after_the_other(
    folder: Path, capsys: pytest.CaptureFixture[str], text_of: str
) -> None:
    for words in typed(TEXTS[text_of]):
        kept = words[: min((words.index(sign) for sign in "|>" if sign in words), default=None)]
        with pytest.raises(SystemExit) as ended:
            main(kept)
        out, err = capsys.readouterr()
        assert ended.value.code == 0, (words, err)
        if words[len(kept) :][:1] == [">"]:
            (folder / words[-1]).write_text(out)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("text_of", [page for page, text in TEXTS.items() if python(text)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_python_runs_from_top_to_bottom(text_of: str) -> None:
    namespace: dict[str, object] = {"__name__": "page"}
    for number, body in enumerate(python(TEXTS[text_of]), 1):
        lines = [line for line in body.splitlines() if not body.startswith(">>>") or
                 line.startswith((">>>", "..."))]  # fmt: skip
        code = "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in lines)
        exec(compile(code, f"{text_of}, Python block {number}", "exec"), namespace)  # noqa: S102


@pytest.mark.parametrize("text_of", TEXTS)
def test_files_that_are_linked_are_there(text_of: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXTS[text_of]):
        there = (ROOT / text_of).parent / target
        assert re.match(r"[a-z]+:", target) or there.exists(), target
