"""The numbers of the sheet against the engine, and the why of every one of them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from workings.explaining.finding import explain
from workings.systems import system

from .reading import at_step, cell, cells, exact, number

LOSS = 0.35410631161841577  # half the summed squared error of the article's first step


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


def test_every_cell_of_the_article_is_the_engine_s(article: Any, trace: Any) -> None:
    article.keyboard.press("]")
    at_step(article, 1)
    shown = cells(article)
    checked = 0
    for word, place in names(trace):
        name = written(word, place)
        if name not in shown:
            continue
        value, text = float(trace[word][place]), shown[name]
        decimals = len(text.partition(".")[2])
        assert abs(number(text) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9), (name, text, value)
        checked += 1
    assert checked >= 100


def test_the_exact_value_is_in_why(article: Any, trace: Any) -> None:
    article.keyboard.press("]")
    at_step(article, 1)
    assert exact(article, "loss") == LOSS
    for name, value in (
        ("hidden_layer_input[2,1]", 2.4),
        ("d_output[3,1]", None),
        ("new_wh[1,1]", None),
    ):
        word, _, inside = name.partition("[")
        place = tuple(int(i) - 1 for i in inside.rstrip("]").split(","))
        assert exact(article, name) == float(trace[word][place])
        assert value is None or abs(exact(article, name) - value) < 1e-12


def test_why_lists_the_terms_of_a_sum(article: Any) -> None:
    assert number(cell(article, "hidden_layer_input[2,1]").inner_text()) == 2.4
    cell(article, "hidden_layer_input[2,1]").click()
    expect(article.locator("#why")).to_have_attribute("data-cell", "hidden_layer_input[2,1]")
    terms = article.locator("#why .terms").first.locator(".term .num").all_inner_texts()
    assert [number(one) for one in terms] == pytest.approx([0.42, 0, 0.60, 0.92, 0.46, 2.40])


def test_every_cell_explains_itself(article: Any, trace: Any) -> None:
    article.keyboard.press("]")
    at_step(article, 1)
    said = article.locator("#why")
    everything = list(cells(article))
    assert len(everything) >= 100
    for name in everything:
        cell(article, name).click()
        expect(said).to_have_attribute("data-cell", name)
        texts = said.locator(".terms[data-of] .term:not(.sum) > .num").all_inner_texts()
        if (
            name.partition("[")[0] not in trace.values
        ):  # the page shows updates as steps of their own
            assert texts
            continue
        found = explain(trace, name)
        assert len(texts) == len(found.terms), name
        apart = sum(map(number, texts)) - float(found.shown) if texts else 0.0
        assert abs(apart) <= 0.5 * (len(texts) + 1) * 10.0**-found.digits + abs(found.rest), name
        if found.nudge is not None and found.nudge.digits is not None:
            assert "digits" in said.locator(".check").inner_text(), name


def test_the_lit_cells_are_those_it_was_made_of(article: Any, trace: Any) -> None:
    article.keyboard.press("]")
    at_step(article, 1)
    for word in trace.program.names:
        name = written(word, tuple(0 for _ in np.shape(trace[word])))
        if not cell(article, name).count():
            continue
        cell(article, name).hover()
        sources = {one for one in explain(trace, name).sources if cell(article, one).count()}
        lit = article.locator("#sheet .cell.source")
        expect(lit).to_have_count(len(sources))
        assert set(lit.evaluate_all("all => all.map(e => e.dataset.cell)")) == sources, name
        active = article.locator("#sheet .cell.active")
        expect(active).to_have_count(1)
        assert active.get_attribute("data-cell") == name
        styles = article.evaluate(
            "() => ['active', 'source'].map(w => { const e = document.querySelector('#sheet .cell.' + w);"  # noqa: E501
            " return e && getComputedStyle(e).outlineStyle })"
        )
        assert styles[0] == "solid"
        assert styles[1] in ("dashed", None)


def test_a_neuron_lights_its_column_and_back(article: Any) -> None:
    article.locator(".neuron[data-at='1,1']").click()
    for name in ("wh[3,1]", "bh[1,1]", "hidden_layer_input[2,1]", "hiddenlayer_activations[3,1]"):
        assert "column" in (cell(article, name).get_attribute("class") or "")
    cell(article, "hiddenlayer_activations[1,2]").hover()
    expect(article.locator(".neuron[data-at='1,2']")).to_contain_class("active")


def test_the_output_s_bias_is_drawn_and_explained(article: Any) -> None:
    article.locator("[data-bias='bout[1,1]']").click()
    expect(article.locator("#why .place")).to_contain_text("bout")
    expect(article.locator("#why .edit")).to_be_visible()


def test_terms_are_doors_and_the_trail_leads_back(article: Any) -> None:
    cell(article, "hidden_layer_input[2,1]").click()
    article.locator("#why .terms .link[data-to='wh[1,1]']").click()
    expect(article.locator("#why")).to_have_attribute("data-cell", "wh[1,1]")
    article.locator("#why h2").press("Escape")
    expect(article.locator("#why")).to_have_attribute("data-cell", "hidden_layer_input[2,1]")


def test_walking_goes_through_the_parts_and_back(article: Any) -> None:
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
    article.mouse.move(0, 0)
    after = article.locator("#sheet").screenshot()
    assert after == before, "the page does not look as it did before"
