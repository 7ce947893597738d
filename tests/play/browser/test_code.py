"""The page's own files: short, typed, and without a word about any network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import workings.play
from workings.activations import activations
from workings.losses import losses
from workings.optimizers import optimizers

STATIC = Path(workings.play.__file__).parent / "static"
FILES = sorted(STATIC.glob("*.js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


def test_the_page_knows_no_activation_loss_or_optimizer() -> None:
    words = {*activations(), *losses(), *optimizers()} - {
        "step"
    }  # a step of training, not the activation
    for path in FILES:
        said = {
            word for word in words if re.search(rf"[\"'`]{re.escape(word)}[\"'`]", path.read_text())
        }
        assert not said, f"{path.name} names {said}"


def test_nothing_comes_from_outside() -> None:
    for path in STATIC.iterdir():
        addresses = re.findall(
            r"(?:https?:)?//[\w.-]+\.\w+", re.sub(r"http://www\.w3\.org/\S+", "", path.read_text())
        )
        assert not addresses, f"{path.name}: {addresses}"


def test_the_markup_has_no_inline_script_or_style() -> None:
    page = (STATIC / "index.html").read_text()
    assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son\w+=", page)
    for path in FILES:
        assert not re.search(
            r"\.innerHTML|insertAdjacentHTML|\beval\(|new Function", path.read_text()
        ), path.name


def test_panels_do_not_import_each_other() -> None:
    panels = {
        path.name
        for path in FILES
        if re.search(r"^export function mount\w+\(el, store", path.read_text(), re.MULTILINE)
    }
    for path in FILES:
        if path.name in panels:
            imported = set(re.findall(r'from "\./(\w+\.js)"', path.read_text())) & panels
            assert imported <= {"timeline.js"}, f"{path.name} imports {imported}"


def test_the_types_hold() -> None:
    tsc = os.environ.get("TSC") or shutil.which("tsc")
    if tsc is None:
        pytest.skip("tsc is not here (set TSC to its path): types are not checked")
    done = subprocess.run([tsc, "-p", STATIC], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout
