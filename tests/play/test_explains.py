"""Every cell of every step can be explained, and what is said of it is true."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from play.talking import Page
from workings.explaining.cells import address
from workings.explaining.reaching import feeds
from workings.language.walk import leaves
from workings.play import tapes, why
from workings.play.building import build
from workings.play.presets import preset, table_of
from workings.play.runs import Run


def run_of(name: str, steps: int) -> Run:
    spec = preset(name).spec
    made = Run(build(spec, table_of(spec.data.source)))
    made.advance(steps)
    return made


def cells(run: Run, step: int, most: int) -> list[str]:
    """Some cells of every array, called as a page calls them."""
    trace = run.trace(step)
    found = []
    for word in tapes.arrays_of(trace.program):
        places = list(itertools.product(*map(range, np.shape(trace[word]))))
        found += [why.named(trace, address(word, place)) for place in places[:most]]
    return found


@pytest.mark.parametrize(("name", "step", "most"), [
    ("article", 1, 99), ("article", 7, 99), ("iris", 5, 2), ("moons", 4, 1), ("sine", 3, 1),
    ("dead-relus", 2, 1),
])  # fmt: skip
def test_terms_add_up_and_checks_agree(name: str, step: int, most: int) -> None:
    run = run_of(name, step)
    trace = run.trace(step)
    checked = 0
    for cell in cells(run, step, most):
        told = why.explained(run, cell, step)
        word, place = why.cell_of(trace, cell)
        assert told["cell"] == cell
        assert told["value"] == float(trace[word][place])
        if told["terms"]:
            total = math.fsum(one["value"] for one in told["terms"])
            total += told["left_out"]["sum"] if told["left_out"] else 0.0
            assert total == pytest.approx(told["value"], rel=1e-9, abs=1e-12), cell
            named = {one for term in told["terms"] for one in term["cells"]}
            assert named <= set(told["sources"])
            assert told["formula"]["mathml"].startswith("<math>")
        if told["check"]:
            assert told["check"]["agrees"] or told["check"]["skipped"], cell
            checked += told["check"]["agrees"]
    assert checked >= (40 if name == "article" else 2)


def test_the_article_s_first_sum_reads_as_the_article_has_it(article: Page) -> None:
    article.do("step")
    told = article.do("explain", cell="hidden_layer_input[2,1]")
    assert told["shown"] == "2.40"
    assert [one["shown"] for one in told["terms"]] == ["0.42", "0.00", "0.60", "0.92", "0.46"]
    assert told["terms"][0]["about"] == "1 × 0.42"
    assert told["sum"]["exact"] == "2.4"
    assert told["where"] == "hidden layer input, sample 2, h1"
    assert told["part"] == 2
    loss = article.do("explain", cell="loss")
    assert loss["exact"] == "0.35410631161841577"


def test_sources_are_the_cells_that_are_read_and_what_is_fed_is_the_reverse() -> None:
    run = run_of("article", 1)
    trace = run.trace(1)
    made = {cell: why.sources(run, cell, 1)["sources"] for cell in cells(run, 1, 99)}
    for cell in made:
        word, place = why.cell_of(trace, cell)
        fed = {why.named(trace, one) for one in feeds(trace, word, place)}
        assert fed == {other for other, read in made.items() if cell in read}, cell


def test_what_a_cell_feeds_is_found_through_every_kind_of_step() -> None:
    run = run_of("iris", 2)  # softmax, one-hot targets, batches, Adam
    trace = run.trace(2)
    for word in ("wh", "output_layer_input", "mean_wh", "y"):
        mask = {one.partition("[")[0] for one in feeds(trace, word, (0, 0))}
        reading = {step.name for step in trace.program
                   if word in {leaf["name"] for leaf in leaves(step.expr)}}  # fmt: skip
        assert mask == reading


def test_samples_are_called_by_their_rows_in_the_table() -> None:
    run = run_of("iris", 3)
    row = run.trace(3).labels["n"][4]
    told = why.explained(run, f"hidden_layer_input[{row},2]", 3)
    assert told["where"] == f"hidden layer input, sample {row}, h2"
    assert f"X[{row},1]" in told["sources"]
    table = run.built.job.table
    raw = table["sepal length (cm)"].numbers()[int(row) - 1]
    column = run.built.preparation.numbers[0]
    value = why.explained(run, f"X[{row},1]", 3)["value"]
    assert value == pytest.approx((raw - column.mean) / column.scale)


def test_a_weight_says_where_it_was_made_and_what_it_was(article: Page) -> None:
    article.do("step", n=6)
    told = article.do("explain", cell="wh[1,1]", step=6)
    assert told["made"]["step"] == 5
    there = article.do("explain", cell=told["made"]["cell"], step=5)
    assert there["value"] == told["value"]
    assert told["history"]["steps"] == list(range(7))
    assert article.do("explain", cell="wh[1,1]", step=1)["made"]["step"] == 0


def test_many_terms_are_folded_and_can_be_unfolded(one: Page) -> None:
    one.do("open", preset="moons")
    one.do("step")
    told = one.do("explain", cell="loss")
    assert len(told["terms"]) == 12
    assert told["left_out"]["count"] == 52
    whole = one.do("explain", cell="loss", terms=None)
    assert len(whole["terms"]) == 64
    assert whole["left_out"] is None
    sizes = [abs(x["value"]) for x in one.do("explain", cell="loss", order="size")["terms"]]
    assert sizes == sorted(sizes, reverse=True)
