"""One's own table: good ones, bad ones, and what is predicted from them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from workings.play.presets import table_of

from .conftest import Watch
from .reading import cell, cells, exact, number, step_to

HEADER = "width;height;depth;colour;weight;kind"


def flowers(rows: int = 75, comma: bool = True) -> str:
    """A table of 75 rows and 6 columns: numbers with a decimal comma, words, a text target."""
    draw = random.Random(1)  # noqa: S311
    lines = [HEADER]
    for row in range(rows):
        kind = row % 3
        numbers = [f"{draw.gauss(kind + at, 0.5):.2f}" for at in range(3)]
        lines.append(
            ";".join(
                [*numbers, "red" if row % 2 else "blue", f"{draw.random():.3f}", f"kind {kind}"]
            )
        )
    text = "\n".join(lines) + "\n"
    return text.replace(".", ",") if comma else text.replace(";", ",")


def row_of(table: str, row: int) -> list[str]:
    """The cells of a row of a built-in table, but for its last column, the target."""
    found = table_of(table)
    return [str(one.cells[row - 1]) for one in found.columns if one.name != found.target]


def offered(page: Any, name: str, content: bytes) -> None:
    """Opens the data sheet from the start and gives it a file."""
    page.get_by_role("button", name="Open a table…").click()
    page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


@pytest.mark.parametrize(
    "content",
    [flowers().encode(), flowers(comma=False).encode(), b"\xef\xbb\xbf" + flowers().encode(),
     flowers().replace("red", "", 3).encode()],
    ids=["semicolon, decimal comma", "comma", "byte-order mark", "missing cells"],
)  # fmt: skip
def test_csv_good(start: Any, content: bytes) -> None:
    """A table of one's own trains within five actions."""
    offered(start, "flowers.csv", content)  # 1 and 2
    expect(start.locator("dialog .found-head")).to_contain_text("75")
    expect(start.locator("dialog .shape")).to_contain_text(
        re.compile(r"X is 60×([67]) and y is 60×3, so wh is \1×8")
    )
    expect(start.get_by_label("Role of kind")).to_have_value("target")
    start.get_by_role("button", name="Open this table").click()  # 3
    expect(start.locator("dialog")).to_have_count(0)
    start.get_by_role("button", name="Train", exact=True).click()  # 4
    expect(start.locator(".track")).not_to_have_attribute("aria-valuenow", "0")
    expect(cell(start, "loss")).not_to_be_empty()


BAD = {
    "too large": (b"a,b\n" + b"1,2\n" * 1_275_000, "5.1 MB"),
    "ragged": (b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n" * 5, "line"),
    "binary": (bytes(range(256)) * 40, "text"),
}


@pytest.mark.parametrize("kind", BAD)
def test_csv_bad(article: Any, kind: str) -> None:
    """Refused with the figure and what to do; the run that is open stays as it is."""
    before = cells(article)
    content, word = BAD[kind]
    article.keyboard.press("d")
    article.locator("#file").set_input_files(
        {"name": "bad.csv", "mimeType": "text/csv", "buffer": content}
    )
    said = article.locator("dialog .wrong:not(:empty)").first
    expect(said).to_contain_text(re.compile(re.escape(word), re.IGNORECASE))
    article.keyboard.press("Escape")
    expect(article.locator("dialog")).to_have_count(0)
    assert cells(article) == before


def test_csv_bad_markup_and_formulas(start: Any, watch: Watch) -> None:
    """What would be a script or a formula elsewhere is text, from the preview to the sheet."""
    header = '<img src=x onerror="document.title=1">'
    rows = "\n".join(f"{i},={i % 3}+1,kind {i % 2}" for i in range(30))
    offered(start, "x.csv", f'"{header.replace(chr(34), chr(34) * 2)}",z,y\n{rows}\n'.encode())
    expect(start.locator("dialog .found")).to_contain_text("<img src=x")
    expect(start.locator("dialog .found")).to_contain_text("=1+1")
    start.get_by_role("button", name="Open this table").click()
    expect(start.locator("#sheet")).to_contain_text("<img src=x")
    assert start.locator("img, #sheet script").count() == 0
    assert not [one for one in watch.asked if one.endswith("/x")]


def test_scaling_is_fitted_on_training_rows(start: Any) -> None:
    offered(start, "flowers.csv", flowers().encode())
    start.locator("dialog [data-path=test]").fill("0.2")
    start.locator("dialog [data-path=test]").press("Tab")
    expect(start.locator("dialog .field", has_text="Share kept")).to_contain_text(
        "60 training, 15 test"
    )


def test_roles_can_be_changed(start: Any) -> None:
    offered(start, "flowers.csv", flowers().encode())
    start.get_by_label("Role of depth").select_option("ignore")
    expect(start.get_by_label("Role of depth")).to_have_value("ignore")
    start.get_by_label("Role of weight").select_option("target")
    expect(start.locator("dialog [data-path=target]")).to_have_value("weight")


def test_pasted_rows_are_a_table(start: Any) -> None:
    start.get_by_role("button", name="Open a table…").click()
    start.locator("dialog textarea").fill(flowers())
    start.get_by_role("button", name="Use these rows").click()
    expect(start.locator("dialog .found-head")).to_contain_text("75")


def test_predict(opened: Any) -> None:
    """A row by hand gets the engine's value to the last digits; a bad cell is said."""
    page = opened("xor")
    step_to(page, 30)
    page.locator("[data-tab=predict]").click()
    fields, row = page.locator(".predict .rows input"), row_of("xor", 2)
    expect(fields).to_have_count(len(row))
    for field, text in zip(fields.all(), row, strict=True):
        field.fill(text)
    page.locator(".predict button[type=submit]").click()
    expect(page.locator(".predicted strong")).not_to_be_empty()
    shown = page.locator(".predicted .num").evaluate_all(
        "all => all.map(e => Number(e.title || e.textContent))"
    )
    step_to(page, 31)  # a prediction is made with the weights after a step, its output before it
    output = exact(page, "output[2,1]")
    assert min(abs(one - output) for one in shown) <= 1e-12
    page.locator(".predict input").first.fill("not a number")
    page.locator(".predict button[type=submit]").click()
    expect(page.locator("#predict-wrong")).to_contain_text("'not a number'")
    expect(page.locator(".predicted strong")).to_have_count(0)


def test_predict_first(article: Any) -> None:
    """Numbers are masked, for listeners too; half a unit is near enough; three hints in order."""
    article.keyboard.press("p")
    masked = cell(article, "hidden_layer_input[2,1]")
    expect(masked).to_have_text("?")
    snapshot = article.locator("#sheet [data-name=hidden_layer_input]").aria_snapshot()
    assert "2.4" not in snapshot
    assert "hidden until you work it out" in snapshot
    masked.click()
    told = []
    for hint in range(3):
        article.get_by_role("button", name="A hint").click()
        expect(article.locator(".hints li")).to_have_count(hint + 1)
        told.append(article.locator(".hints li").last.inner_text())
    assert "wh[1,1]" in told[0]
    assert "0.42" in told[2]
    field = article.get_by_label("What is hidden_layer_input[2,1]")
    for wrong in ("2.3", "2.4051"):
        field.fill(wrong)
        field.press("Enter")
        expect(article.locator("#why .said")).to_contain_text("Not yet")
    field.fill("2,4049")
    field.press("Enter")
    expect(article.locator("#why")).to_have_attribute("data-cell", "hidden_layer_input[2,1]")
    assert number(masked.inner_text()) == 2.4
