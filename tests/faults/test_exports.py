"""Names and labels of a hostile table, through everything that is written or shown of its model."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from faults.harness import around
from workings.cli import main
from workings.data import Table, read_table, write_csv
from workings.exports import content
from workings.jobs.fitting import train
from workings.jobs.job import Result
from workings.reporting import pages
from workings.taking import of_model

# no word of these may be obeyed by anything: they are all the same text, told to many readers
OBEYED = (
    "=HYPERLINK(\"http://x.example\",\"y\")", "@SUM(1)", "+cmd|'/c owned'!A1", "-2+3", "{=1}",
    "'; system('touch owned'); '", "\"\"\"\n__import__('os').system('touch owned')\n\"\"\"",
    "*/ #include <owned.h> /*", "??/\n#error owned", "\\write18{touch owned}",
    "\\input{/etc/passwd}",
    "</script><script>owned()</script>", "<img src=x onerror=owned()>", "\" onload=\"owned()",
    "javascript:owned()", "]]><svg/onload=owned()>", "&quot;&#x3c;b>", "\x1b]0;owned\x07\x1b[2J",
    "\u202edenwo\u2066", "%n%s%d", "`touch owned`", "$(touch owned)", "${x}", "#{x}", "a\u2028b",
    "_x0041_", "R1C1", "A1:B2", "TRUE", "\ufeffx", "x" * 300,
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Result]:
    """Columns, words and classes that are all hostile."""
    count = len(OBEYED)
    # line breaks and blanks around a name are the reader's, so each is as it will be read
    names = [f"{place} {' '.join(text.split())}" for place, text in enumerate(OBEYED[:12])]
    words = [" ".join(text.split()) for text in OBEYED]
    columns: list[list[object]] = [
        [(row * 7 + place * 3) % 11 / 4 for row in range(3 * count)]
        for place in range(len(names) - 1)
    ]
    columns.append([words[row % count] for row in range(3 * count)])
    columns.append([words[row % 3 * 5] for row in range(3 * count)])
    path = tmp_path_factory.mktemp("hostile") / "t.csv"
    write_csv(path, [*names, words[11]], columns)
    table = read_table(path)
    result = train(table, table.names[-1], categories=[names[-1]], hidden=[3], epochs=2)
    assert len(result.model.classes) == 3
    return table, result


class Tags(HTMLParser):
    """The tags and the attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {word for word, _ in attrs}
        self.values += [value or "" for word, value in attrs if word in ("href", "src", "style")]


def inert(page: str) -> None:
    """Nothing of a page runs or is fetched."""
    found = Tags(page)
    assert found.tags.isdisjoint({"script", "iframe", "object", "embed", "link", "base", "form"})
    assert not [word for word in found.attributes if word.startswith("on")]
    assert not [one for one in found.values if re.search("javascript:|owned|x.example", one)]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)


@pytest.mark.fault("T15")
def test_a_report_of_a_hostile_table_is_inert(made: tuple[Table, Result]) -> None:
    inert(pages.page(made[1]))


@pytest.mark.fault("T15")
def test_drawings_and_notebook_pages_are_inert(made: tuple[Table, Result]) -> None:
    model = made[1].model
    for page in (model.drawing(), model._repr_html_()):
        inert(page)
        assert "<script" not in page


@pytest.mark.fault("T14")
@pytest.mark.parametrize("form", ["numpy", "r", "c"])
def test_code_of_a_hostile_table_holds_it_in_literals_alone(
    made: tuple[Table, Result], form: str
) -> None:
    text = content(of_model(made[1].model, made[0]), form)
    assert isinstance(text, str)
    assert text.isascii()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    bare = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', '""', text)
    assert "owned" not in bare
    assert form != "c" or "??/" not in text  # a trigraph is a backslash, also within a literal


@pytest.mark.fault("T14")
def test_the_numpy_file_of_a_hostile_table_does_one_thing(
    made: tuple[Table, Result], tmp_path: Path
) -> None:
    text = content(of_model(made[1].model, made[0]), "numpy")
    assert isinstance(text, str)
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)
    }
    assert called.isdisjoint({"eval", "exec", "open", "compile", "__import__", "os.system"})
    path = tmp_path / "network.py"
    path.write_text(text)
    run = subprocess.run(  # noqa: S603
        [sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=around(),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["network.py"]
    assert "\x1b" not in run.stdout


@pytest.mark.fault("T13")
def test_the_workbook_of_a_hostile_table_has_no_formula_of_its_own(
    made: tuple[Table, Result],
) -> None:
    data = content(of_model(made[1].model, made[0]), "xlsx")
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        joined = "".join(
            archive.read(name).decode() for name in names if name.endswith((".xml", ".rels"))
        )
    assert not [
        n for n in names if re.search(r"externalLink|vbaProject|ddeLink|hyperlink", n, re.I)
    ]
    assert 'TargetMode="External"' not in joined
    assert "<hyperlink" not in joined
    every = re.findall(r"<f[^>]*>([^<]*)</f>", joined) + re.findall(
        r"<definedName[^>]*>([^<]*)<", joined
    )
    assert every
    said = "".join(every)
    assert not re.search("HYPERLINK|cmd|owned|x.example|DDE|WEBSERVICE", said)
    book = openpyxl.load_workbook(io.BytesIO(data))
    texts = {str(c.value): c.data_type for sheet in book for row in sheet for c in row if c.value}
    typed = [texts[word] for word in texts if word.startswith(("=HYPER", "@SUM", "+cmd", "{=1"))]
    assert typed
    assert set(typed) == {"s"}


@pytest.mark.fault("T15")
def test_the_latex_of_a_hostile_table_has_no_command_of_its_own(made: tuple[Table, Result]) -> None:
    text = content(of_model(made[1].model, made[0]), "latex")
    assert isinstance(text, str)
    for command in (r"\write", r"\input", r"\openin", r"\catcode", "^^", r"\def", r"\immediate"):
        assert command not in text
    assert text.isascii() or not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)


@pytest.mark.fault("T14")
def test_the_json_of_a_hostile_table_is_plain_data(made: tuple[Table, Result]) -> None:
    text = content(of_model(made[1].model, made[0]), "json")
    assert isinstance(text, str)
    json.loads(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u202a-\u202e]", text)


@pytest.mark.fault("T16")
@pytest.mark.parametrize("command", ["data", "train", "predict", "evaluate", "show", "diagnose"])
def test_nothing_of_a_hostile_table_is_obeyed_by_a_terminal(
    made: tuple[Table, Result], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    table, result = made
    monkeypatch.chdir(tmp_path)
    write_csv("t.csv", table.names, [list(column.cells) for column in table.columns])
    result.model.save("m")
    learning: list[Any] = ["--target", table.names[-1], "--category", table.names[-2],
                           "--epochs", 2, "--quiet"]  # fmt: skip
    words: list[Any] = {
        "data": ["t.csv", *learning[:4]], "train": ["t.csv", *learning],
        "diagnose": ["t.csv", *learning],
        "show": ["m", "t.csv", "--row", "2"],
    }.get(command, ["m", "t.csv"])  # fmt: skip
    with pytest.raises(SystemExit):
        main([command, *map(str, words)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    shown = out if command != "predict" else err  # predictions are data, as the table spells them
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown + err)
    assert not (tmp_path / "owned").exists()
