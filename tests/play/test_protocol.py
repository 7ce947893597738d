"""Round trips with a real websocket: what is asked, what is replied, what is sent."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from play.talking import Page, page
from workings.activations import activations
from workings.play import protocol
from workings.play.presets import presets
from workings.play.protocol import Header, frame, read_frame
from workings.play.server import Server
from workings.systems import system

ARTICLE = system("article").trace()


def test_hello_tells_what_may_be_chosen(one: Page) -> None:
    told = one.do("hello", protocol=protocol.NAME)
    assert told["protocol"] == protocol.NAME
    assert {row["name"] for row in told["presets"]} == set(presets())
    assert {row["name"] for row in told["options"]["activations"]} == set(activations())
    assert all(row["use"] for row in told["options"]["activations"])
    assert told["limits"]["parameters"] == 10_000


def test_another_version_is_told_so_in_a_sentence(server: Server) -> None:
    with page(server, hello=False) as made:
        assert "speaks workings.1" in made.refused("hello", protocol="workings.9")["text"]


def test_the_article_is_sent_number_for_number(article: Page) -> None:
    article.do("step", n=1)
    found = article.tape()
    for word in ("X", "wh", "hidden_layer_input", "output", "E", "d_output", "d_wh", "d_bh"):
        assert np.array_equal(found[word], ARTICLE[word]), word
    for word in ("new_wh", "new_wout", "new_bh", "new_bout"):
        np.testing.assert_allclose(found[word], ARTICLE[word], rtol=1e-15)
    assert float(found["loss"]) == 0.35410631161841577
    assert article.last("tape")["loss"] == 0.35410631161841577


def test_twelve_parts_of_which_those_behind_the_output_wait_for_the_step(article: Page) -> None:
    parts = article.last("run")["parts"]
    assert [part["number"] for part in parts] == [str(k) for k in range(12)]
    assert article.last("tape")["not_yet"] == [5, 6, 7, 8, 9, 10, 11]
    article.do("step")
    assert article.last("tape")["not_yet"] == []
    arrays = {row["name"] for row in article.last("run")["arrays"]}
    shown = {word for part in parts for group in part["groups"] for word in group}
    assert shown == arrays


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_preset_opens_steps_and_shows_what_it_can(server: Server, name: str) -> None:
    with page(server) as one:
        one.do("open", preset=name)
        one.do("step", n=2)
        run, state = one.last("run"), one.last("state")
        assert state["step"] == 2
        assert run["spec"]["network"]["output"]
        for kind in ("space", "fit", "table")[not run["pictures"]["space"] :]:
            one.do("result", kind=kind)
        if len(run["inputs"]) > 1:
            found = one.do("result", kind="map", size=16)
            header, payload = one.frames[-1]
            assert (header.kind, header.seq) == (protocol.MAP, found["seq"])
            pictures = one.last("schema")["pictures"]
            assert len(payload) == len(pictures) * (16 + 256)
        one.do("points")
        one.do("distributions")
        one.do("compare")
        assert all(math.isfinite(x) for x in one.tape()["output"].ravel())


def test_numbers_have_as_few_decimals_as_show_them_whole(article: Page) -> None:
    article.do("step")
    formats = article.last("tape")["formats"]
    assert formats["hidden_layer_input"] == {"decimals": 2, "power": 0}
    assert formats["X"] == {"decimals": 0, "power": 0}
    assert formats["output"] == {"decimals": 4, "power": 0}
    assert formats["update_wh"]["power"] < 0


def test_windows_are_sent_and_say_where_they_are(one: Page) -> None:
    one.do("open", preset="iris")
    one.do("step", n=3)
    one.do("watch", window={"n": [5, 4], "inputs": [1, 2]})
    schema = next(e for e in reversed(one.events) if e["ev"] == "schema" and e["kind"] == "tape")
    x = next(row for row in schema["arrays"] if row["name"] == "X")
    assert x["shape"] == [4, 2]
    assert [axis["first"] for axis in x["axes"]] == [5, 1]
    assert x["axes"][1]["places"] == ["2", "3"]
    assert x["axes"][0]["places"] == one.last("tape")["rows"]["places"][5:9]
    value = one.do("explain", cell=f"X[{x['axes'][0]['places'][0]},2]")["value"]
    assert one.tape()["X"][0, 0] == value


def test_a_tape_never_has_more_than_64_kilobytes(one: Page) -> None:
    one.do("open", preset="spiral")
    one.do("watch", window={"n": [0, 2000], "hidden1": [0, 128], "hidden2": [0, 128]})
    tapes = [payload for header, payload in one.frames if header.kind == protocol.TAPE]
    assert 1000 < len(tapes[-1]) <= 64 * 1024


def test_training_sends_frames_and_ends_at_the_stop_rule(one: Page) -> None:
    one.do("open", preset="moons")
    one.do("run", until={"steps": 700}, rate=2000)
    done = one.until("state", status="finished")
    assert done["step"] == 700
    kinds = {header.kind for header, _ in one.frames}
    assert kinds >= {protocol.TICK, protocol.TAPE, protocol.CURVE, protocol.MAP}
    covered = 0
    for header, payload in one.frames:
        if header.kind == protocol.CURVE and header.run == done["run"]:
            stride, count, _, _ = np.frombuffer(payload, "<u4", 4)
            assert header.step == covered
            covered = min(header.step + int(stride) * int(count), 700)
    assert covered == 700  # no loss is left out


def test_a_page_that_gives_no_credit_is_sent_no_more_pictures(server: Server) -> None:
    with page(server) as one:
        one.do("open", preset="moons")
        one.socket.send(json.dumps({"id": 99, "op": "run", "until": {"steps": 400}, "rate": 1500}))
        frames, ended = [], False
        while not ended:
            told = one.socket.recv(20)
            if isinstance(told, bytes):
                frames.append(read_frame(told)[0])
            else:
                event = json.loads(told)
                ended = event.get("status") == "finished"
        running = [one for one in frames if one.flags & protocol.RUNNING]
        assert len(running) <= 2


def test_hidden_pages_are_sent_nothing_and_nothing_is_computed(one: Page) -> None:
    one.do("open", preset="xor")
    one.do("watch", hidden=True)
    one.do("run", rate=5000)
    before = one.do("ping")
    assert before["pong"]
    with pytest.raises(TimeoutError):
        one.hear(0.4)
    one.do("watch", hidden=False)
    assert one.do("pause")["step"] < 5000


def test_a_second_page_only_looks_until_it_takes_over(server: Server) -> None:
    with page(server) as one, page(server) as two:
        assert two.refused("open", preset="and")["code"] == "read_only"
        one.do("open", preset="and")
        assert two.until("run")["title"] == "AND"
        assert two.do("explain", cell="X[1,1]", step=0)["value"] == 0
        two.do("take_over")
        assert one.until("role")["role"] == "viewer"
        two.do("step")
        assert one.refused("step")["code"] == "read_only"


def test_what_is_no_request_is_refused_and_the_page_stays(article: Page) -> None:
    article.socket.send("this is not JSON")
    assert article.hear()["error"]["code"] == "bad_request"
    for op, told, code in (
        ("dance", {}, "bad_request"), ("seek", {}, "bad_request"),
        ("seek", {"step": "x"}, "bad_value"), ("seek", {"step": -1}, "bad_value"),
        ("seek", {"step": True}, "bad_value"), ("explain", {"cell": "wh[9,9]"}, "not_found"),
        ("explain", {"cell": "../../etc/passwd"}, "not_found"),
        ("explain", {"cell": "wh[1,1]", "step": 77}, "bad_value"),
        ("open", {"preset": "nope"}, "bad_value"), ("export", {"kind": "os"}, "bad_value"),
        ("result", {"kind": "map", "size": 10**6}, "bad_value"),
        ("fork", {"at": 0, "change": {"seed": 3}}, "bad_value"),
        ("fork", {"at": 0, "change": {"cells": {"output[1,1]": 3}}}, "bad_value"),
        ("switch", {"run": 999}, "not_found"),
        ("watch", {"window": {"n": [0, 10**6]}}, "bad_value"),
    ):  # fmt: skip
        assert article.refused(op, **told)["code"] == code, op
    article.do("step")


def test_what_is_not_finite_is_sent_in_words() -> None:
    text = protocol.said({"a": math.nan, "b": [math.inf, -math.inf], "c": np.float64(1.5)})
    assert json.loads(text) == {"a": "NaN", "b": ["Infinity", "-Infinity"], "c": 1.5}


def test_a_frame_comes_back_as_it_was() -> None:
    header = Header(protocol.TAPE, protocol.F64, protocol.RUNNING, 3, 7, 2**40, 5, 16)
    assert read_frame(frame(header, b"x" * 16)) == (header, b"x" * 16)
    with pytest.raises(ValueError, match="no frame"):
        read_frame(b"NOPE" + bytes(28))


def maps(page: Page) -> list[Header]:
    return [header for header, _ in page.frames if header.kind == protocol.MAP]


def test_a_map_that_is_asked_for_comes_while_nothing_moves(one: Page) -> None:
    one.do("open", preset="moons")
    for _ in range(2):  # the second time nothing is other
        before = len(maps(one))
        one.do("watch", panels=["tape", "map"], map={"x": "x2", "y": "x1", "size": 16})
        assert len(maps(one)) == before + 1
    before = len(maps(one))
    one.do("watch", hidden=True)
    one.do("watch", map={"x": "x1", "y": "x2", "size": 16})
    assert len(maps(one)) == before
    one.do("watch", hidden=False)
    assert len(maps(one)) == before + 1


def test_a_map_of_the_inputs_of_the_run_before_is_one_of_this_run(one: Page) -> None:
    one.do("open", preset="iris")
    names = one.last("run")["inputs"]
    one.do("watch", panels=["tape", "map"], map={"x": names[2], "y": names[3], "size": 16})
    one.do("open", preset="moons")
    schema = next(x for x in reversed(one.events) if x["ev"] == "schema" and x["kind"] == "map")
    assert (schema["x"]["input"], schema["y"]["input"]) == ("x1", "x2")
    assert schema["run"] == one.last("run")["run"]


def test_a_bias_is_added_as_the_article_writes_it(article: Page) -> None:
    array = next(x for x in article.last("run")["arrays"] if x["name"] == "hidden_layer_input")
    assert array["formula"]["mathml"].count("<mi>bh</mi>") == 1
    assert "bold" not in array["formula"]["mathml"]
