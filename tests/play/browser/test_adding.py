"""What is added in Python alone is in the page at once: no JavaScript knows its name."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import workings.play
from workings import activations
from workings.activations import Activation
from workings.language.defined import ABSOLUTE
from workings.play.server import Server
from workings.play.session import Session

from .conftest import at_the_doors, chosen
from .reading import asked_why, at_step, number

NAME = "bent_identity"


@pytest.fixture
def bent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server in this process, which has one activation more: a name, a formula, its slope, its use."""  # noqa: E501
    row = Activation(
        NAME,
        lambda x: x + 0.25 * x / (1.0 + ABSOLUTE(x)),
        lambda y, x: 1.0 + 0.25 / ((1.0 + ABSOLUTE(x)) * (1.0 + ABSOLUTE(x))),
        use="Nearly straight, a little bent at 0.",
    )
    monkeypatch.setattr(activations, "BENT_IDENTITY", row, raising=False)
    server = Server(Session())
    beside = server.run_beside()
    yield server
    server.end()
    beside.join(30)


def test_an_activation_added_in_python_is_chosen_explained_and_exported(
    page: Any, bent: Server, tmp_path: Path
) -> None:
    static = Path(workings.play.__file__).parent / "static"
    assert not [one.name for one in static.iterdir() if NAME in one.read_text()]
    chosen(at_the_doors(page, bent.address), "xor")
    page.locator("#sheet").focus()
    page.keyboard.press("n")
    run = page.locator("#sheet").get_attribute("data-run")
    page.locator("dialog [data-path='network.hidden.0.activation']").select_option(NAME)
    page.get_by_role("button", name="Start a new run").click()
    expect(page.locator("#sheet")).not_to_have_attribute("data-run", str(run))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.locator("#sheet").focus()
    page.keyboard.press("]")
    at_step(page, 1)
    asked_why(page, "hiddenlayer_activations[2,1]")
    x = page.locator('#sheet [data-cell="hidden_layer_input[2,1]"]').inner_text()
    value = number(page.locator("#why [data-exact]").inner_text())
    assert value == pytest.approx(number(x) + 0.25 * number(x) / (1 + abs(number(x))), abs=1e-3)
    expect(page.locator("#why .notations code")).to_contain_text(NAME)
    expect(page.locator("#why .formulas math")).to_be_visible()
    expect(page.locator("#why .check")).to_contain_text("digits")
    page.locator("[data-open=export]").click()
    for kind in ("numpy", "r", "c", "latex", "xlsx"):
        with page.expect_download() as waiting:
            page.locator(f"dialog [data-kind='{kind}']").click()
        waiting.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).stat().st_size > 100, kind
    with pytest.raises(SystemExit) as ended:  # it compares itself with the page
        runpy.run_path(str(tmp_path / "numpy"), run_name="__main__")
    assert ended.value.code == 0
