"""What an update does in its true size, a step as the article draws it, values tried by hand."""

from __future__ import annotations

import base64
import json
import math
import time

import numpy as np
import pytest

from play.talking import Page
from workings.play import contours, heats, promises, slipping, trying
from workings.play.building import build
from workings.play.presets import preset, presets, table_of
from workings.play.runs import Run
from workings.play.traveling import forked


def run_of(name: str, steps: int) -> Run:
    spec = preset(name).spec
    run = Run(build(spec, table_of(spec.data.source)))
    run.advance(steps)
    return run


def test_the_article_s_first_update_in_its_true_size(article: Page) -> None:
    article.do("step")
    told = article.do("promise")
    assert told["loss"]["shown"] == ["0.3541", "0.3530"]
    assert told["loss"]["before"] == 0.35410631161841577
    article.do("step")
    assert told["loss"]["after"] == pytest.approx(article.last("tape")["loss"], abs=1e-15)
    # as steep all the way, it falls by lr times the squared length of the gradient
    trace = run_of("article", 1).trace(1)
    squares = sum(float(np.sum(trace[w] ** 2)) for w in ("d_wh", "d_bh", "d_wout", "d_bout"))
    assert told["slopes"]["value"] == pytest.approx(-0.1 * squares, rel=1e-12)


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_preset_says_what_its_update_did(name: str) -> None:
    run = run_of(name, 3)
    for step in (0, min(3, run.last)):
        told = promises.promised(run, step, {}, "")
        assert json.dumps(told)
        if step:
            assert told["loss"]["before"] == pytest.approx(run.loss(step), rel=1e-9)
    fork = forked(run, 1, {"lr": 0.01})
    assert promises.promised(fork, 1, {}, "")["loss"] == promises.promised(run, 1, {}, "")["loss"]


def test_a_boundary_lies_where_the_answer_turns() -> None:
    run = run_of("moons", 200)
    lines = promises.promised(run, 200, {}, "")["picture"]["after"]
    assert lines
    from workings.play import pictures

    mean, scale = pictures.units_of(run.built)
    at = (np.array([point for line in lines for point in line]) - mean) / scale
    said = pictures.forward(run, run.values(200), at)[run.built.network.output]
    assert float(np.abs(said - 0.5).max()) < 0.05  # a grid of 56: between its points it is straight


def test_a_circle_is_found_where_it_is() -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    lines = contours.chains(contours.crossing(1.0 - x**2 - y**2))
    assert len(lines) == 1
    assert lines[0][0] == lines[0][-1]  # closed
    radius = np.hypot(*(np.array(lines[0]) / 10 - 2).T)
    np.testing.assert_allclose(radius, 1.0, atol=0.01)
    assert contours.chains(contours.crossing(np.ones((4, 4)))) == []


def test_the_picture_multiplies_by_the_rate_and_we_do_not(article: Page) -> None:
    article.do("step")
    assert article.last("run")["pictured"] == "d_output"
    told = article.do("slip")
    assert "lr" in told["formula"]["plain"]
    assert [row["cell"] for row in told["cells"]] == [f"d_output[{k},1]" for k in (1, 2, 3)]
    for row in told["cells"]:
        assert row["pictured"] == pytest.approx(0.1 * row["value"], rel=1e-12)
        assert row["value"] == article.do("explain", cell=row["cell"])["value"]
    assert "0.000502 instead of 0.00502" in told["then"]


def test_a_network_without_such_a_delta_has_no_switch() -> None:
    run = run_of("sine", 1)
    assert slipping.pictured(run.trace(1), run.built.network) is None


def test_values_tried_by_hand_give_the_loss_that_an_edit_gives(article: Page) -> None:
    article.do("step", n=4)
    told = article.do("try", cell="wh[2,1]")
    middle = told["at"]
    assert told["values"][middle] == article.do("explain", cell="wh[2,1]")["value"]
    assert told["losses"][middle] == article.last("tape")["loss"]
    value = told["values"][30]
    article.do("fork", at=3, change={"cells": {"wh[2,1]": value}})
    article.do("step")
    assert article.last("tape")["loss"] == pytest.approx(told["losses"][30], rel=1e-9)
    assert article.refused("try", cell="output[1,1]")["code"] == "bad_value"
    assert article.refused("try", cell="nope[1,1]")["code"] == "not_found"
    assert len(trying.tried(run_of("iris", 2), "X[1,1]", 2)["losses"]) == trying.COUNT if (
        "1" in run_of("iris", 2).trace(2).labels["n"]) else True  # fmt: skip


def test_a_strip_over_time_counts_what_was_there(article: Page) -> None:
    article.do("step", n=6)
    told = article.do("heat")
    assert told["steps"] == [1, 2, 3, 4, 5, 6]
    row = next(one for one in told["series"] if one["title"] == "hidden layer input")
    counts = np.frombuffer(base64.b64decode(row["counts"]), "u1").reshape(6, told["bins"])
    values = run_of("article", 6).trace(6)["hidden_layer_input"].ravel()
    wanted, _ = np.histogram(np.clip(values, row["low"], row["high"]), told["bins"],
                             (row["low"], row["high"]))  # fmt: skip
    np.testing.assert_array_equal(counts[5], wanted * 255 // wanted.max())


def test_dead_and_saturated_shares_are_said() -> None:
    dead = {one["title"]: one["sentence"] for one in
            heats.over_time(run_of("dead-relus", 100), 100)["series"]}  # fmt: skip
    assert dead["hidden layer input"] == "all dead"
    full = {one["title"]: one["sentence"] for one in
            heats.over_time(run_of("hundred-neurons", 30), 30)["series"]}  # fmt: skip
    assert full["output layer input"] == "all saturated"
    parent = run_of("moons", 200)
    fork = forked(parent, 150, {"lr": 0.001})
    fork.advance(80)
    steps = heats.over_time(fork, 230)["steps"]
    assert steps[0] == 1
    assert steps[-1] == 230


def test_chosen_samples_are_shown_alone(one: Page) -> None:
    one.do("open", preset="unscaled" if "unscaled" in presets() else "xor")
    one.do("watch", rows=[2, 4])
    assert one.last("tape")["rows"]["sentence"] == "Shown are 2 chosen ones."
    schema = next(e for e in reversed(one.events) if e["ev"] == "schema" and e["kind"] == "tape")
    axis = next(row for row in schema["arrays"] if row["name"] == "X")["axes"][0]
    assert (axis["places"], axis["first"], axis["of"]) == (["2", "4"], 0, 2)
    assert one.tape()["X"].tolist() == [
        [one.do("explain", cell=f"X[{row},{c}]")["value"] for c in (1, 2)] for row in (2, 4)
    ]
    one.do("watch", rows=[])
    assert len(one.tape()["X"]) == 4
    assert one.refused("watch", rows="all")["field"] == "rows"


def test_a_long_way_can_be_given_up(one: Page) -> None:
    one.do("open", preset="spiral")
    one.socket.send(json.dumps({"id": 900, "op": "seek", "step": 900_000}))
    working = one.until("working")
    assert working["of"] == 900_000
    began = time.perf_counter()
    one.socket.send(json.dumps({"op": "cancel"}))
    while True:
        told = one.hear()
        if isinstance(told, dict) and told.get("id") == 900:
            break
    assert time.perf_counter() - began < 5  # a slice is a quarter of a second
    assert told["ok"]
    assert told["cancelled"]
    assert 0 < told["step"] < 900_000
    one.do("step")
    assert one.last("state")["step"] == told["step"] + 1
    assert math.isfinite(one.last("state")["loss"])


def test_columns_of_a_matrix_have_statistics_over_all_rows(one: Page) -> None:
    one.do("open", preset="xor")
    told = one.do("statistics", array="X")
    assert told["of"] == 4
    assert [row["name"] for row in told["rows"]] == ["least", "mean", "spread", "most"]
    assert [row["shown"] for row in told["rows"]][1] == ["0.5", "0.5"]
    assert one.refused("statistics", array="loss")["code"] == "not_found"
    assert one.refused("statistics", array="../etc")["code"] == "not_found"


def test_a_smooth_curve_is_a_running_mean(one: Page) -> None:
    one.do("open", preset="xor")
    assert one.do("smooth") == {"id": one.number, "ok": True, "over": 1, "steps": [], "losses": []}
    one.do("step", n=200)
    told = one.do("smooth")
    run = run_of("xor", 200)
    assert (told["over"], told["steps"][-1]) == (5, 200)
    assert told["losses"][-1] == pytest.approx(run.all_losses(195, 200).mean(), rel=1e-12)


def test_a_stretch_of_the_losses_is_as_fine_as_there_is_room(one: Page) -> None:
    one.do("open", preset="moons")
    assert one.refused("stretch", **{"from": 1, "to": 1})["code"] == "bad_value"
    for _ in range(4):  # after each the test rows are judged
        one.do("step", n=50)
    losses = run_of("moons", 200).all_losses(0, 200)
    told = one.do("stretch", **{"from": 90, "to": 120})
    assert (told["over"], told["steps"]) == (1, list(range(90, 121)))
    assert told["lows"] == told["highs"] == losses[89:120].tolist()
    told = one.do("stretch", **{"from": 3, "to": 200, "points": 8})
    assert (told["over"], told["steps"]) == (25, [27, 52, 77, 102, 127, 152, 177, 200])
    assert told["lows"] == [losses[k - 1 : min(k + 24, 200)].min() for k in range(3, 201, 25)]
    assert told["highs"] == [losses[k - 1 : min(k + 24, 200)].max() for k in range(3, 201, 25)]
    known = one.do("stretch", **{"from": 1, "to": 200})["tests"]["steps"]
    inner = one.do("stretch", **{"from": known[0] + 1, "to": known[-1] - 1})["tests"]["steps"]
    assert inner == known  # one before it and one behind it, between which a line is drawn
    one.do("fork", at=100, change={"lr": 0.001})
    one.do("step", n=50)
    told = one.do("stretch", **{"from": 95, "to": 105})
    assert told["lows"][:6] == losses[94:100].tolist()  # shared with the run it came from
    assert told["lows"][6:] != losses[100:105].tolist()
    for bad in ({"from": 9, "to": 8}, {"from": 1, "to": 151}, {"from": 0, "to": 5}):
        assert one.refused("stretch", **bad)["code"] == "bad_value"


def test_an_input_says_what_it_was_in_the_table(one: Page) -> None:
    one.do("data.draw", points=[{"x": 2.5 * k, "y": -k, "class": "AB"[k % 2]} for k in range(6)])
    one.do("data.commit", source="upload", test=0.0, scale="standard", train={"batch": None})
    told = one.do("explain", cell="X[3,1]")
    assert told["original"].startswith("In the table it is 5; less 6.25, over 4.27,")
    assert one.do("explain", cell="wh[1,1]")["original"] == ""
