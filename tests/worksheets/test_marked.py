"""Sheets and the marker: keys are right, empty sheets are blank, also through LibreOffice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from tools import needed
from workings.marking.assignments import of_problem
from workings.marking.marker import mark
from workings.marking.marks import Marked
from workings.marking.problem import Problem
from workings.marking.reading import problem_in, read
from workings.slips import slips
from workings.worksheets import Exercise, exercise, write
from workings.worksheets.xlsx import SHEET

from .plans import PLANS, made

STAGES = ["all", "deltas,updates", "forward", "slopes,errors", "gradients"]


def marked(path: Path) -> Marked:
    carried = problem_in(path)
    assert carried is not None
    return mark(read(path), of_problem(Problem.from_json(carried)))


def signature(given: Exercise) -> bytes:
    return b"".join(np.asarray(value).tobytes() for value in given.problem.values.values())


def filled(path: Path, given: Exercise) -> None:
    """The answers typed into an empty sheet, where its blanks are, by another program."""
    key = path.with_name("key.xlsx")
    write(given, key, key=True)
    answers = openpyxl.load_workbook(key)["Answers"]
    book = openpyxl.load_workbook(path)
    for row in book[SHEET].iter_rows():
        for cell in row:
            if not cell.protection.locked:
                cell.value = answers[cell.coordinate].value
    book.save(path)


def test_a_hundred_seeds_are_a_hundred_sheets_whose_keys_are_right(tmp_path: Path) -> None:
    sheets, key, empty = set(), tmp_path / "key.xlsx", tmp_path / "empty.xlsx"
    for seed in range(100):
        given = exercise([2, 2, 1], seed=seed, blank=STAGES[seed % len(STAGES)])
        sheets.add(signature(given))
        write(given, key, key=True)
        write(given, empty)
        right, blank = marked(key), marked(empty)
        assert right.right, (seed, right.finding)
        assert right.complete, seed
        assert right.written == len(given.blank), seed
        assert blank.blank, seed
        assert blank.finding is None, seed
    assert len(sheets) == 100


@pytest.mark.parametrize("plan", PLANS)
def test_every_kind_of_exercise_is_marked(plan: str, tmp_path: Path) -> None:
    for seed in (1, 2):
        given = made(plan, seed)
        write(given, tmp_path / "key.xlsx", key=True)
        write(given, tmp_path / "empty.xlsx")
        right, blank = marked(tmp_path / "key.xlsx"), marked(tmp_path / "empty.xlsx")
        assert right.right, right.finding
        assert right.complete
        assert blank.blank


def test_a_wrong_number_in_a_sheet_is_found_and_its_slip(tmp_path: Path) -> None:
    given = exercise([2, 2, 1], seed=7, blank="deltas")
    path = tmp_path / "sheet.xlsx"
    write(given, path)
    filled(path, given)
    book = openpyxl.load_workbook(path)
    places = [cell for row in book[SHEET].iter_rows() for cell in row if not cell.protection.locked]
    for cell, value in zip(places[:3], given.trace["E"].ravel(), strict=True):
        cell.value = round(float(value), 4)  # d_output without the slope
    book.save(path)
    found = marked(path)
    assert found.finding is not None
    assert (found.finding.step, found.finding.slip) == ("d_output", "slope-forgotten")
    assert found.finding.slip in slips()


def test_what_libreoffice_saves_is_read_as_what_was_filled_in(tmp_path: Path) -> None:
    office = needed("soffice", "libreoffice-calc-nogui")
    given = {
        plan: made(plan, 5, "deltas,updates")
        for plan in ("2-2-1", "classes", "another book", "adam")
    }
    for plan, one in given.items():
        write(one, tmp_path / f"{plan}.xlsx")
        filled(tmp_path / f"{plan}.xlsx", one)
    for form in ("xlsx", "ods"):
        subprocess.run(  # noqa: S603
            [office, "--headless", "--norestore",
             f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", form,
             "--outdir", str(tmp_path / form), *(str(tmp_path / f"{plan}.xlsx") for plan in given)],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
        for plan, one in given.items():
            saved, before = tmp_path / form / f"{plan}.{form}", tmp_path / f"{plan}.xlsx"
            assert saved.exists()
            assert saved.read_bytes() != before.read_bytes()
            again, mine = read(saved), read(before)
            for word in one.blank:
                assert np.array_equal(again.values[word], mine.values[word]), (form, plan, word)
            assert marked(saved).right, (form, plan)
            assert marked(saved).written == len(one.blank)


def test_formulas_of_ones_own_count_as_their_values(tmp_path: Path) -> None:
    office = needed("soffice", "libreoffice-calc-nogui")
    given = exercise([2, 2, 1], seed=3, blank="d_output")
    path = tmp_path / "sheet.xlsx"
    write(given, path)
    book = openpyxl.load_workbook(path)
    where = [cell for row in book[SHEET].iter_rows() for cell in row if not cell.protection.locked]
    for cell, value in zip(where, given.trace["d_output"].ravel(), strict=True):
        cell.value = f"=ROUND({float(value)!r},4)"
    book.save(path)
    subprocess.run(  # noqa: S603
        [office, "--headless", "--norestore",
         f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "xlsx",
         "--outdir", str(tmp_path / "out"), str(path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    found = read(tmp_path / "out" / "sheet.xlsx")
    assert found.values["d_output"].ravel() == pytest.approx(given.answers["d_output"].ravel())
    assert any("3 cells with a formula" in note for note in found.notes)
    assert marked(tmp_path / "out" / "sheet.xlsx").right


def test_what_the_sheet_had_printed_is_not_held_against_anybody(tmp_path: Path) -> None:
    given = exercise([2, 2, 1], seed=7, blank="d_output")
    path = tmp_path / "sheet.xlsx"
    write(given, path)
    filled(path, given)
    book = openpyxl.load_workbook(path)
    first = next(c for row in book[SHEET].iter_rows() for c in row if not c.protection.locked)
    first.value = -first.value
    book.save(path)
    found = marked(path)
    assert found.finding is not None
    assert found.finding.step == "d_output"
    assert {one.step for one in found.marks if one.wrong} == {"d_output"}
    assert [one.step for one in found.marks if not one.given] == ["d_output"]
