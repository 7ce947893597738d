"""The list of what is checked, in docs/playground.md, names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "playground.md"
NAMED = [
    "start", "article_numbers", "walk", "every_cell_explains", "sources_highlight",
    "train_pause_seek", "reset_same_weights", "fork_lr", "edit_weight_f2",
    "diverge_and_recover", "csv_good", "csv_bad", "predict", "predict_first",
    "diagnosis_presets", "exports_run", "share_roundtrip", "disconnect_reconnect", "second_tab",
    "security_http", "no_external_requests", "keyboard_only", "axe", "aria_snapshot",
    "reduced_motion", "forced_colors", "reflow", "touch", "colour", "perf", "long_run",
    "hidden_tab", "screenshots", "i18n_pseudo",
]  # fmt: skip


def defined() -> set[str]:
    """Every test of the playground, by its name."""
    texts = [path.read_text() for path in HERE.rglob("test_*.py")]
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_every_point_has_tests_that_are_there() -> None:
    rows = re.findall(r"^\| (\d+) \| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 41))
    there = defined()
    for number, told in rows:
        names = re.findall(r"`(test_\w+)`", told)
        assert names, number
        assert set(names) <= there, (number, set(names) - there)


def test_every_test_of_the_specification_is_there() -> None:
    assert {f"test_{name}" for name in NAMED} <= defined()
