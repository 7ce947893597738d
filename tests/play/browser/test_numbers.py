"""The numbers of the sheet against the engine, and the why of every one of them."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from workings.explaining.finding import explain
from workings.systems import system

from .reading import asked_why, at_step, cell, cells, exact, number

LOSS = 0.35410631161841577  # half the summed squared error of the article's first step
ASKED = """async (names) => {
  const why = document.getElementById('why');
  const found = [];
  for (const name of names) {
    const told = new Promise((done) => {
      const seen = new MutationObserver(() => why.dataset.cell === name && (seen.disconnect(), done()));
      seen.observe(why, { attributes: true, attributeFilter: ['data-cell'] });
    });
    document.querySelector(`#sheet [data-cell="${name}"]`).click();
    await told;
    const texts = (what) => [...why.querySelectorAll(what)].map((e) => e.textContent);
    found.push({ name, exact: texts('[data-exact]')[0], check: texts('.check')[0] ?? '',
      terms: texts('.terms[data-of] .term:not(.sum) > .num') });
  }
  return found;
}"""  # noqa: E501


@pytest.fixture(scope="module")
def trace() -> Any:
    return system("article").trace()


def names(trace: Any) -> list[tuple[str, tuple[int, ...]]]:
    """Every cell of the trace: its name on the page, and its place."""
    return [
        (word, place)
        for word in trace.values
        for place in itertools.product(*map(range, np.shape(trace[word])))
    ]


def written(word: str, place: tuple[int, ...]) -> str:
    return f"{word}[{','.join(str(i + 1) for i in place)}]" if place else word


def value(trace: Any, name: str) -> float:
    word, _, inside = name.partition("[")
    return float(trace[word][tuple(int(i) - 1 for i in inside.rstrip("]").split(",") if i)])


def at_one(page: Any) -> None:
    """One step, which fills every matrix of the sheet."""
    page.keyboard.press("]")
    at_step(page, 1)


def test_article_numbers(article: Any, trace: Any) -> None:
    at_one(article)
    shown = cells(article)
    checked = 0
    for word, place in names(trace):
        name = written(word, place)
        if name not in shown:
            continue
        found, text = float(trace[word][place]), shown[name]
        decimals = len(text.partition(".")[2])
        assert abs(number(text) - found) <= 0.5 * 10.0**-decimals * (1 + 1e-9), (name, text, found)
        checked += 1
    assert checked >= 100
    assert exact(article, "loss") == LOSS
    assert abs(exact(article, "hidden_layer_input[2,1]") - 2.4) < 1e-12


def test_why_lists_the_terms_of_a_sum(article: Any) -> None:
    assert number(cell(article, "hidden_layer_input[2,1]").inner_text()) == 2.4
    asked_why(article, "hidden_layer_input[2,1]")
    terms = article.locator("#why .terms").first.locator(".term .num").all_inner_texts()
    assert [number(one) for one in terms] == pytest.approx([0.42, 0, 0.60, 0.92, 0.46, 2.40])


def test_every_cell_explains(article: Any, trace: Any) -> None:
    """Every cell is clicked: its terms add up, its check agrees to five digits or says why not."""
    at_one(article)
    everything = list(cells(article))
    assert len(everything) >= 130
    for told in article.evaluate(ASKED, everything):
        name, texts = told["name"], told["terms"]
        if name.partition("[")[0] not in trace.values:
            assert texts, name  # the page shows updates as steps of their own
            continue
        assert number(told["exact"]) == value(trace, name), name
        found = explain(trace, name)
        assert len(texts) == len(found.terms), name
        apart = sum(map(number, texts)) - float(found.shown) if texts else 0.0
        assert abs(apart) <= 0.5 * (len(texts) + 1) * 10.0**-found.digits + abs(found.rest), name
        if found.nudge is None or found.nudge.digits is None:
            continue
        digits = re.search(r"(\d+) digits", told["check"])
        assert digits, (name, told["check"])
        assert int(digits[1]) >= 5, name


def test_sources_highlight(article: Any, trace: Any) -> None:
    """One cell of each matrix: solid is the cell, dashed are those the recipe reads, no others."""
    at_one(article)
    for word in trace.program.names:
        name = written(word, tuple(0 for _ in np.shape(trace[word])))
        if not cell(article, name).count():
            continue
        cell(article, name).hover()
        sources = {one for one in explain(trace, name).sources if cell(article, one).count()}
        lit = article.locator("#sheet .cell.source")
        active = article.locator("#sheet .cell.active")
        expect(active).to_have_attribute("data-cell", name)
        for one in sources:
            expect(cell(article, one)).to_contain_class("source")
        expect(lit).to_have_count(len(sources))
        borders = lit.evaluate_all("all => all.map(e => getComputedStyle(e).outlineStyle)")
        assert set(borders) <= {"dashed"}
        assert active.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


def test_a_neuron_lights_its_column_and_back(article: Any) -> None:
    article.locator(".neuron[data-at='1,1']").click()
    for name in ("wh[3,1]", "bh[1,1]", "hidden_layer_input[2,1]", "hiddenlayer_activations[3,1]"):
        expect(cell(article, name)).to_contain_class("column")
    cell(article, "hiddenlayer_activations[1,2]").hover()
    expect(article.locator(".neuron[data-at='1,2']")).to_contain_class("active")


def test_the_output_s_bias_is_drawn_and_explained(article: Any) -> None:
    article.locator("[data-bias='bout[1,1]']").click()
    expect(article.locator("#why .place")).to_contain_text("bout")
    expect(article.locator("#why .edit")).to_be_visible()


def test_terms_are_doors_and_the_trail_leads_back(article: Any) -> None:
    asked_why(article, "hidden_layer_input[2,1]")
    article.locator("#why .terms .link[data-to='wh[1,1]']").click()
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    article.locator("#why h2").press("Escape")
    expect(article.locator("#why")).to_have_attribute("data-cell", "hidden_layer_input[2,1]")


def test_walk(article: Any) -> None:
    """Twelve presses go through the parts, the thirteenth into the next step; and all the way back."""  # noqa: E501
    current = article.locator("#parts button[aria-current=step] .n")
    expect(article.locator("#sheet")).to_have_attribute("data-depth", "train")
    before = article.locator("#sheet").screenshot()
    for part in range(12):
        article.keyboard.press(".")
        expect(current).to_have_text(str(part))
    expect(article.locator("#sheet")).to_have_attribute("data-depth", "walk")
    article.keyboard.press(".")
    expect(current).to_have_text("0")
    at_step(article, 2)
    article.keyboard.press(",")
    expect(current).to_have_text("11")
    at_step(article, 1)
    for part in range(10, -1, -1):
        article.keyboard.press(",")
        expect(current).to_have_text(str(part))
    article.keyboard.press(",")
    expect(article.locator("#sheet")).to_have_attribute("data-depth", "train")
    at_step(article, 0)
    after = article.locator("#sheet").screenshot()
    assert after == before, "the page does not look as it did before"
