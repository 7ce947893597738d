"""What README.md says can be typed, is typed: its Python in one namespace, its commands in turn.

A block that is not to be run says so on the line above it: `<!-- not run: why -->`.
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
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```", re.S | re.M)
SHELLS = {"sh", "bash", "shell", "console"}


def blocks() -> Iterator[tuple[str, str]]:
    """The kind and body of each block that is to be run."""
    for match in BLOCK.finditer("\n" + TEXT):
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


PYTHON = [body for kind, body in blocks() if kind in ("python", "py", "pycon")]
INLINE = re.findall(r"`(workings [^`A-Z]+)`", TEXT)  # capitals stand for names of one's own
COMMANDS = [words for kind, body in blocks() if kind in SHELLS for words in commands(body)]
COMMANDS += [words for line in INLINE for words in commands(line)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, as in the repository."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("MPLBACKEND", "agg")
    return tmp_path


def test_there_is_something_to_try() -> None:
    assert PYTHON
    assert COMMANDS


def test_the_commands_run_one_after_the_other(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in COMMANDS:
        kept = words[: min((words.index(sign) for sign in "|>" if sign in words), default=None)]
        with pytest.raises(SystemExit) as ended:
            main(kept)
        out, err = capsys.readouterr()
        assert ended.value.code == 0, (words, err)
        if words[len(kept) :][:1] == [">"]:
            (folder / words[-1]).write_text(out)


def test_the_python_runs_from_top_to_bottom(folder: Path) -> None:
    namespace: dict[str, object] = {"__name__": "readme"}
    for number, body in enumerate(PYTHON, 1):
        lines = [line for line in body.splitlines() if not body.startswith(">>>") or
                 line.startswith((">>>", "..."))]  # fmt: skip
        code = "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in lines)
        exec(compile(code, f"README.md, Python block {number}", "exec"), namespace)  # noqa: S102


def test_files_that_are_linked_are_there() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXT):
        assert re.match(r"[a-z]+:", target) or (ROOT / target).exists(), target
