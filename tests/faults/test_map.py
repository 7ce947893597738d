"""The map of faults is what the tests say, and each row has a test."""

from __future__ import annotations

from faults.mapping import PAGE, marked, page
from faults.rows import ATTACKS, CANNOT, FAULTS, WAITING

ROWS = {**FAULTS, **ATTACKS}


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make faults-page writes it anew"


def test_every_row_has_a_test_or_a_reason() -> None:
    held = set(marked())
    assert set(ROWS) - held - set(CANNOT) == set(WAITING) - held
    assert held.isdisjoint(CANNOT)
    assert set(CANNOT) | set(WAITING) <= set(ROWS)


def test_every_mark_is_a_row() -> None:
    assert {row: tests for row, tests in marked().items() if row not in ROWS} == {}
