"""Going through time is exact: seeks, forks, changes on the way, divergence."""

from __future__ import annotations

import numpy as np
import pytest

from play.talking import Page
from workings.play.building import build
from workings.play.frames import KeyFrames
from workings.play.presets import preset, table_of
from workings.play.runs import Run
from workings.play.specs import Spec
from workings.play.traveling import forked, settings
from workings.training import train
from workings.training.runs import Rows, Settings


def run_of(name: str, **told: object) -> Run:
    spec = preset(name).spec
    return Run(build(Spec.read(told, spec), table_of(spec.data.source)))


@pytest.mark.parametrize("name", ["article", "moons", "iris", "sine", "hundred-neurons"])
def test_a_thousand_random_seeks_come_to_the_very_same_bits(name: str) -> None:
    run, random = run_of(name), np.random.default_rng(0)
    sums = [run.checksum(0)]
    while run.last < 300:
        run.advance(1)
        sums.append(run.checksum(run.last))
    run.near.clear()
    for step in random.integers(0, 301, 1000 if name == "article" else 150).tolist():
        assert run.checksum(step) == sums[step]
    other = run_of(name)
    while other.last < 300:  # another way of cutting the same steps
        other.advance(int(min(random.integers(1, 90), 300 - other.last)))
    assert other.checksum(300) == sums[300]


@pytest.mark.parametrize("name", ["article", "iris"])
def test_a_run_is_the_training_of_the_command_line(name: str) -> None:
    run = run_of(name)
    built = run.built
    run.advance(8 * run.segments[0].per_epoch)
    done = train(
        run.segments[0].program, built.start, Rows(built.rows.X, built.rows.y),
        settings=Settings(epochs=8, batch_size=built.spec.train.batch, rate=built.spec.train.lr,
                          seed=built.spec.train.seed, engine=run.engine),
    )  # fmt: skip
    for word, x in run.values(run.last).items():
        assert np.array_equal(x, done.values[word]), word


def test_thinned_key_frames_are_still_exact() -> None:
    run = run_of("xor")
    run.frames.budget = 20_000
    run.advance(3000)
    whole = run_of("xor")
    whole.advance(3000)
    assert len(run.frames.steps) < len(whole.frames.steps) / 2
    run.near.clear()
    for step in (0, 1, 63, 64, 65, 777, 2047, 2999, 3000):
        assert run.checksum(step) == whole.checksum(step)


def test_frames_that_were_asked_for_stay() -> None:
    frames = KeyFrames(budget=3000)
    for step in range(0, 64 * 200, 64):
        frames.put(step, {"w": np.zeros(10)})
        if step == 640:
            frames.put(650, {"w": np.ones(10)}, fixed=True)
    assert frames.steps[0] == 0
    assert frames.before(651) == (650, frames.kept[650])
    assert frames.size <= 3000 + 200


def test_another_rate_on_the_way_leaves_what_was() -> None:
    run = run_of("moons")
    run.advance(100)
    before = run.checksum(100), run.checksum(40)
    run.change(settings(run.train, {"lr": 0.001, "l2": 0.01}))
    run.advance(100)
    run.near.clear()
    assert (run.checksum(100), run.checksum(40)) == before
    assert [mark.text for mark in run.marks] == ["lr 0.02 → 0.001, l2 0 → 0.01"]
    after = run.checksum(200)
    run.near.clear()
    assert run.checksum(200) == after
    assert "penalty" in run.trace(150).values
    assert "penalty" not in run.trace(100).values


def test_a_change_of_the_batch_is_exact_too() -> None:
    run = run_of("iris")
    run.advance(10)
    run.change(settings(run.train, {"batch": 7}))
    run.advance(60)
    sums = {k: run.checksum(k) for k in range(5, 71, 5)}
    run.near.clear()
    assert {k: run.checksum(k) for k in reversed(range(5, 71, 5))} == sums
    assert len(run.trace(11).labels["n"]) == 7


def test_a_fork_shares_the_steps_before_and_leaves_its_parent_alone() -> None:
    parent = run_of("article")
    parent.advance(50)
    told = parent.checksum(50)
    fork = forked(parent, 30, {"lr": 0.5, "cells": {"wh[1,1]": 0.9}})
    fork.advance(20)
    assert fork.checksum(29) == parent.checksum(29)
    assert fork.values(30)["wh"][0, 0] == 0.9
    assert parent.checksum(50) == told != fork.checksum(50)
    assert fork.loss(30) == parent.loss(30)
    assert len(fork.all_losses(0, 50)) == 50
    second = forked(fork, 40, {"lr": 0.01})
    second.advance(5)
    assert second.checksum(35) == fork.checksum(35)
    assert second.checksum(10) == parent.checksum(10)


def test_an_edited_input_counts_from_the_fork_on() -> None:
    parent = run_of("article")
    parent.advance(5)
    fork = forked(parent, 5, {"cells": {"X[2,1]": 0.25, "y[3,1]": 1.0}})
    fork.advance(1)
    assert fork.trace(6)["X"][1, 0] == 0.25
    assert fork.trace(6)["y"][2, 0] == 1.0
    assert fork.trace(5)["X"][1, 0] == 1.0
    assert parent.built.rows.X[1, 0] == 1.0


def test_a_fork_without_a_change_would_go_the_same_way() -> None:
    parent = run_of("moons")
    parent.advance(80)
    fork = forked(parent, 37, {"lr": parent.train.lr})
    fork.advance(43)
    assert fork.checksum(80) == parent.checksum(80)


def test_training_ends_at_the_last_finite_step_and_names_the_cell(one: Page) -> None:
    one.do("open", preset="lr-too-large")
    one.do("run")
    told = one.until("diverged")
    state = one.last("state")
    assert state["status"] == "diverged"
    assert state["step"] == state["last"] == told["step"]
    assert all(np.isfinite(x).all() for x in one.tape().values())
    assert told["cell"] in told["said"]
    assert one.refused("run")["code"] == "not_now"
    for remedy in told["remedies"]:  # each works in one click
        one.do("switch", run=state["run"])
        one.do("fork", **remedy["fork"])
        assert one.do("step", n=200)["step"] >= 200
        assert one.last("state")["status"] == "paused"


def test_train_pause_rewind_and_train_again_are_equal(one: Page) -> None:
    one.do("open", preset="moons")
    one.do("run", rate=4000)
    one.until("state", status="running")
    while one.last("state")["step"] < 100:
        one.hear()
    stopped = one.do("pause")["step"]
    check = one.last("tape")["check"]
    one.do("seek", step=0)
    one.do("seek", step=stopped)
    assert one.last("tape")["check"] == check
    one.do("reset")
    one.do("step", n=stopped)
    assert one.last("tape")["check"] == check
    assert one.last("state")["step"] == one.last("tape")["step"] == stopped


def test_the_rate_changes_on_the_way_and_is_marked(article: Page) -> None:
    article.do("step", n=10)
    article.do("train.set", train={"lr": 0.7})
    article.do("step", n=10)
    assert article.last("changed")["marks"] == [{"step": 10, "text": "lr 0.1 → 0.7"}]
    assert article.do("explain", cell="lr", step=11)["value"] == 0.7
    assert article.do("explain", cell="lr", step=10)["value"] == 0.1
    article.do("seek", step=5)
    made = article.do("train.set", train={"lr": 0.2})
    assert article.last("runs")["shown"] == made["run"]
    rows = article.do("compare")
    assert {row["run"] for row in rows["runs"]} >= {made["run"]}
    assert any(row["setting"] == "train.lr" for row in rows["differences"])


def test_reset_keeps_the_weights_and_new_weights_are_another_act(one: Page) -> None:
    one.do("open", preset="moons")
    first = one.last("tape")["check"]
    one.do("step", n=5)
    one.do("reset")
    assert one.last("tape")["check"] == first
    one.do("new_weights")
    assert one.last("tape")["check"] != first


def test_another_network_is_a_new_run_and_the_old_one_stays(article: Page) -> None:
    old = article.last("run")["run"]
    article.do("step", n=3)
    made = article.do("net.set", network={"hidden": [{"units": 5, "activation": "relu"}]})
    assert made["run"] != old
    assert article.last("run")["spec"]["network"]["hidden"][0]["units"] == 5
    assert old in [row["run"] for row in article.last("runs")["runs"]]
    article.do("switch", run=old)
    assert article.last("state")["run"] == old
    article.do("close_run", run=made["run"])
    assert article.refused("close_run", run=old)["code"] == "bad_value"


def test_it_stops_below_a_loss_and_without_gain(one: Page) -> None:
    one.do("open", preset="xor")
    one.do("run", until={"steps": 5000, "loss": 0.3})
    done = one.until("state", status="finished")
    assert one.do("explain", cell="loss")["value"] <= 0.3
    assert one.do("explain", cell="loss", step=done["step"] - 1)["value"] > 0.3
    one.do("open", preset="hundred-neurons")
    one.do("train.set", train={"until": {"steps": 5000, "plateau": 50}})
    one.do("run")
    assert "no gain" in one.until("state", status="finished")["said"]


def test_an_edit_makes_the_step_that_is_shown_again(article: Page) -> None:
    article.do("step", n=3)
    told = article.do("explain", cell="wh[1,1]", step=3)["edit"]
    assert (told["may"], told["at"], told["steps"]) == (True, 2, 1)
    assert "at step 2" in told["sentence"]
    before, parent = article.tape(), article.last("run")["run"]
    made = article.do("fork", change={"cells": {"wh[1,1]": 0.9}})
    assert made["step"] == 3
    run = article.last("run")
    assert (run["parent"], run["at"]) == (parent, 2)
    after = article.tape()
    assert after["wh"][0, 0] == 0.9
    assert np.array_equal(after["wh"].ravel()[1:], before["wh"].ravel()[1:])
    assert not np.array_equal(after["new_wh"], before["new_wh"])
    article.do("switch", run=parent)
    article.do("seek", step=3)
    assert article.tape()["wh"][0, 0] == before["wh"][0, 0]


def test_an_edit_before_the_first_step_is_there_at_once(article: Page) -> None:
    made = article.do("fork", change={"cells": {"X[2,1]": 5.0, "bh[1,2]": -1.0}})
    assert made["step"] == 0
    assert article.tape()["X"][1, 0] == 5.0
    assert article.tape()["bh"][0, 1] == -1.0


def test_a_fork_that_changes_nothing_goes_on_as_its_parent_does(article: Page) -> None:
    article.do("seek", step=20)
    there = article.last("tape")["check"]
    parent = article.last("run")["run"]
    made = article.do("fork", at=7)
    assert made["run"] != parent
    article.do("seek", step=20)
    assert article.last("tape")["check"] == there
    rows = {row["run"]: row for row in article.do("compare")["runs"]}
    assert (rows[made["run"]]["parent"], rows[made["run"]]["at"]) == (parent, 7)
    assert rows[parent]["shown_time"].endswith("a step")
