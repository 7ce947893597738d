"""Every notation that lies in the folder spells every primitive op; what one lacks is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workings import lookup, notations
from workings.errors import UnknownName
from workings.notations import missing_ops, notation

WORDS = lookup.modules(notations)


def test_the_notations_are_found() -> None:
    assert {"plain", "numpy", "r", "c", "latex", "excel"} <= set(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_it_has_a_row_for_every_primitive_op(word: str) -> None:
    assert missing_ops(notation(word)) == []
    assert notation(word).name == word


@pytest.mark.parametrize("word", WORDS)
def test_a_row_that_is_lacking_is_named(word: str) -> None:
    whole = notation(word)
    table = {op: row for op, row in whole.table.items() if op not in ("exp", "matmul")}
    assert missing_ops(replace(whole, table=table)) == ["exp", "matmul"]


def test_a_notation_that_is_not_there_is_answered_with_what_is() -> None:
    with pytest.raises(UnknownName, match=r"no notation called 'nump'\. Did you mean 'numpy'"):
        notation("nump")
