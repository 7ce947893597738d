"""The sheets themselves: what can be changed in them, what stands in them, how they are printed."""

from __future__ import annotations

import io
import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from tools import needed
from workings.errors import SettingError, UnknownName
from workings.systems import system
from workings.worksheets import Exercise, forms, html, latex, on_system, pdf, write, xlsx
from workings.worksheets.exercises import for_student

from .plans import PLANS, made

HOSTILE = ["=1+1", '</script><script>alert(1)</script>', r"\input{/etc/passwd}", "a\x1b[31mb", "@x",
           "Zoë & Söhne", "http://x.example"]  # fmt: skip
PACKAGES = "texlive-latex-base texlive-latex-recommended"


def book(given: Exercise, **options: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(xlsx.content(given, **options)))


# -- workbooks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
def test_blanks_alone_are_unlocked_and_empty_and_there_is_no_formula(plan: str) -> None:
    given = made(plan, blank="deltas,updates")
    sheet = book(given)[xlsx.SHEET]
    open_cells = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert len(open_cells) == sum(value.size for value in given.answers.values())
    assert all(cell.value is None for cell in open_cells)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    taken = {str(one) for rule in sheet.data_validations.dataValidation
             for block in rule.sqref for row in block.rows for one in row}  # fmt: skip
    assert len(taken) == len(open_cells)
    assert all(rule.type == "decimal" for rule in sheet.data_validations.dataValidation)
    whole = book(given, key=True)
    values = [c.value for s in whole for row in s.iter_rows() for c in row]
    assert not any(isinstance(value, str) and value.startswith("=") for value in values)


def test_a_key_has_the_answers_where_the_sheet_has_blanks() -> None:
    given = made("2-2-1", blank="deltas,updates")
    sheet, key = book(given)[xlsx.SHEET], book(given, key=True)[xlsx.KEY]
    answers = [
        key[cell.coordinate].value for row in sheet.iter_rows() for cell in row
        if not cell.protection.locked
    ]  # fmt: skip
    wanted = sorted(float(x) for value in given.answers.values() for x in value.ravel())
    assert sorted(answers) == wanted


def test_the_answers_are_nowhere_in_the_sheet_that_is_handed_out() -> None:
    given = made("2-2-1")
    answers = {float(x) for value in given.answers.values() for x in value.ravel()}
    given_numbers = {float(x) for value in given.problem.values.values() for x in value.ravel()}
    for secret in answers - given_numbers:
        for text in (html.content(given), latex.content(given)):
            assert f"{secret:.4f}" not in text
    seen = {c.value for s in book(given) for row in s.iter_rows() for c in row}
    numbers = {value for value in seen if isinstance(value, float | int)}
    assert not numbers & (answers - given_numbers)


def test_the_problem_is_hidden_and_the_page_is_one(tmp_path: Path) -> None:
    whole = book(made("2-2-1"))
    assert whole["problem"].sheet_state == "hidden"
    assert whole[xlsx.SHEET].sheet_properties.pageSetUpPr.fitToPage
    office = needed("soffice", "libreoffice-calc-nogui")
    for plan in ("2-2-1", "wide", "adam"):
        (tmp_path / f"{plan}.xlsx").write_bytes(xlsx.content(made(plan), hints=True))
    subprocess.run(  # noqa: S603
        [office, "--headless", "--norestore",
         f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "pdf",
         "--outdir", str(tmp_path), *map(str, tmp_path.glob("*.xlsx"))],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for plan in ("2-2-1", "wide", "adam"):
        content = (tmp_path / f"{plan}.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1, plan


def test_with_the_key_inside_there_is_a_second_worksheet() -> None:
    titles = book(made("2-2-1", blank="deltas"), with_key=True).sheetnames
    assert titles == [xlsx.SHEET, xlsx.KEY, "problem"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_text(name: str) -> None:
    given = for_student(made("2-2-1"), name)
    cells = [cell for row in book(given)[xlsx.SHEET].iter_rows() for cell in row]
    named = [cell for cell in cells if isinstance(cell.value, str) and "Name: " in cell.value]
    assert [cell.data_type for cell in named] == ["s"]
    assert not any(cell.hyperlink for cell in cells)
    page = html.content(given)
    assert page.count("<script") == 1
    assert "\x1b" not in page
    text = latex.content(given)
    assert r"\input{" not in text
    assert text.isascii()


# -- pages -----------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """What stands in a page: its tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("plan", PLANS)
def test_a_page_needs_nothing_else_and_has_a_cell_for_each_blank(plan: str) -> None:
    given = made(plan, blank="deltas,updates")
    seen = Seen(html.content(given, hints=True))
    blank = [tag for tag, facts in seen.tags if tag == "td" and facts.get("class") == "blank"]
    assert len(blank) == sum(value.size for value in given.answers.values())
    for tag, facts in seen.tags:
        assert tag not in ("link", "img", "iframe", "object")
        assert not any(key in facts for key in ("src", "onclick", "onload"))
        assert not (facts.get("href") or "#").startswith("http")
    scripts = [facts for tag, facts in seen.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "problem"}]


def test_hints_are_there_when_they_are_asked_for() -> None:
    given = made("2-2-1")
    said = "d_wout[r,c] = sum_k hiddenlayer_activations[k,r] * d_output[k,c]"
    assert said in html.content(given, hints=True)
    assert said not in html.content(given)
    shown = [c.value for row in book(given, hints=True)[xlsx.SHEET].iter_rows() for c in row]
    assert f"each cell: {said}" in shown


def test_the_same_exercise_is_the_same_file() -> None:
    assert xlsx.content(made("2-2-1")) == xlsx.content(made("2-2-1"))
    assert html.content(made("2-2-1")) == html.content(made("2-2-1"))


# -- LaTeX -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["2-2-1", "classes", "another book", "wide", "adam"])
def test_latex_sets_it_in_one_pass_without_wide_lines(plan: str, tmp_path: Path) -> None:
    program = needed("pdflatex", PACKAGES)
    given = for_student(made(plan), HOSTILE[5])
    text = latex.content(given, hints=True, with_key=True)
    (tmp_path / "sheet.tex").write_text(text, encoding="ascii")
    done = subprocess.run(  # noqa: S603
        [program, "-halt-on-error", "-no-shell-escape", "-interaction=nonstopmode", "sheet.tex"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    log = done.stdout.decode("latin-1")
    assert done.returncode == 0, log[-2000:]
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \((\S+)pt", log)]
    assert max(wide, default=0.0) <= 10.0, log
    assert text.count(r"\tofill{") == sum(value.size for value in given.answers.values())


def test_a_pdf_is_made_or_it_is_said_why_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed("pdflatex", PACKAGES)
    write(made("2-2-1"), tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not pdf.available()
    with pytest.raises(SettingError, match="no pdflatex on this machine"):
        write(made("2-2-1"), tmp_path / "other.pdf")
    assert not (tmp_path / "other.pdf").exists()


def test_what_is_no_network_has_no_picture() -> None:
    given = on_system(system("perceptron"), blank="output_3")
    assert "<svg" not in html.content(given)
    assert r"\begin{picture}" not in latex.content(given)
    assert book(given)[xlsx.SHEET]["A1"].value == "Worksheet"


def test_the_form_is_told_by_the_ending(tmp_path: Path) -> None:
    assert forms() == [".xlsx", ".tex", ".pdf", ".html"]
    with pytest.raises(UnknownName, match=r"Did you mean '.xlsx'"):
        write(made("2-2-1"), tmp_path / "sheet.xls")
    with pytest.raises(SettingError, match="no ending"):
        write(made("2-2-1"), tmp_path / "sheet")


def test_what_a_sheet_carries_is_plain_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "CHUNK", 1000)  # so that it takes several cells
    whole = book(made("adam"))["problem"]
    pieces = [row[0].value for row in whole.iter_rows()]
    assert len(pieces) > 1
    assert json.loads("".join(pieces))["format"] == "workings-problem-1"
