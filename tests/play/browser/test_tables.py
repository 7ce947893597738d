"""One's own table: good ones, bad ones, and what is predicted from them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import expect

from .reading import cell, cells, number

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
def test_a_good_table_trains_within_five_actions(start: Any, content: bytes) -> None:
    offered(start, "flowers.csv", content)  # 1 and 2
    expect(start.locator("dialog .found-head")).to_contain_text("75")
    shape = start.locator("dialog .shape").inner_text()
    assert "75" in shape or "×" in shape
    start.get_by_role("button", name="Open this table").click()  # 3
    expect(start.locator("dialog")).to_have_count(0)
    start.get_by_role("button", name="Train", exact=True).click()  # 4
    expect(start.locator(".track")).not_to_have_attribute("aria-valuenow", "0")
    assert cells(start)


BAD = {
    "too large": (b"a,b\n" + b"1,2\n" * 1_400_000, "MB"),
    "ragged": (b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n" * 5, "line"),
    "binary": (bytes(range(256)) * 40, ""),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_table_is_refused_and_the_run_stays(article: Any, kind: str) -> None:
    before = cells(article)
    content, word = BAD[kind]
    article.keyboard.press("d")
    article.locator("#file").set_input_files(
        {"name": "bad.csv", "mimeType": "text/csv", "buffer": content}
    )
    said = article.locator("dialog .wrong:not(:empty)").first
    expect(said).to_be_visible()
    assert word.lower() in said.inner_text().lower()
    article.keyboard.press("Escape")
    expect(article.locator("dialog")).to_have_count(0)
    assert cells(article) == before


def test_markup_in_a_header_is_text(start: Any) -> None:
    header = '<img src=x onerror="document.title=1">'
    rows = "\n".join(f"{i},{i % 2},=1+1" for i in range(30))
    offered(start, "x.csv", f'"{header.replace(chr(34), chr(34) * 2)}",y,z\n{rows}\n'.encode())
    expect(start.locator("dialog .found")).to_contain_text("<img src=x")
    assert start.locator("dialog img").count() == 0


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


def test_a_row_by_hand_is_predicted(opened: Any) -> None:
    page = opened("iris")
    page.locator("[data-tab=predict]").click()
    page.get_by_role("button", name="Predict", exact=True).last.click()
    expect(page.locator(".predicted strong")).not_to_be_empty()
    page.locator(".predict input").first.fill("not a number")
    page.get_by_role("button", name="Predict", exact=True).last.click()
    expect(page.locator("#predict-wrong")).not_to_be_empty()


def test_ask_me_first_masks_and_hints(article: Any) -> None:
    article.keyboard.press("p")
    masked = cell(article, "hidden_layer_input[2,1]")
    expect(masked).to_have_text("?")
    assert "2.4" not in (masked.get_attribute("aria-label") or "")
    masked.click()
    for hint in range(3):
        article.get_by_role("button", name="A hint").click()
        expect(article.locator(".hints li")).to_have_count(hint + 1)
    field = article.get_by_label("What is hidden_layer_input[2,1]")
    field.fill("2.3")
    field.press("Enter")
    expect(article.locator("#why .said")).to_contain_text("Not yet")
    field.fill("2,40004")
    field.press("Enter")
    expect(article.locator("#why")).to_have_attribute("data-cell", "hidden_layer_input[2,1]")
    assert number(masked.inner_text()) == 2.4
