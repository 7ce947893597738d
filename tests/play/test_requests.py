"""Every request with every kind of value in every field: it is done or refused, and nothing breaks.

The requests are those of the tables of operations; what is in FIELDS are their fields, rightly
filled. No value may make the playground fail, touch a file, or change what is open when refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from workings.play import protocol
from workings.play.clients import Client, Goodbye, Watch
from workings.play.operations import FREE, OWN
from workings.play.presets import presets
from workings.play.session import Session
from workings.play.working import Worker

ARTICLE = presets()["article"].spec.plain()
MARK = "no-such-file-but-a-mark"
FIELDS: dict[str, dict[str, Any]] = {
    "hello": {"protocol": protocol.NAME},
    "watch": {"panels": ["tape", "tick", "map", "hist"], "window": {"n": [0, 2]}, "sample": 2,
              "map": {"x": "x1", "y": "x2", "size": 16, "units": "output"}, "hidden": False},
    "explain": {"cell": "wh[1,1]", "step": 1, "digits": 4, "order": "size", "terms": 3},
    "sources": {"cell": "hidden_layer_input[2,1]", "step": 1},
    "ping": {}, "take_over": {}, "pause": {}, "reset": {}, "points": {}, "diagnose": {},
    "compare": {}, "distributions": {},
    "result": {"kind": "map", "run": 1, "x": "x1", "y": "x2", "size": 16, "units": "all",
               "when": "before"},
    "curve": {"from": 0, "to": 3, "points": 8}, "stretch": {"from": 1, "to": 3, "points": 2},
    "predict": {"row": {"x1": "1", "x2": "0", "x3": "1", "x4": "0"}},
    "export": {"kind": "json", "options": {}},
    "share": {"view": {"part": 3, "cell": "wh[1,1]", "depth": 2, "theme": "dark", "hide": []},
              "rows": False},
    "open": {"spec": ARTICLE}, "open preset": {"preset": "xor"}, "open link": {"link": "s=eJw"},
    "net.set": {"network": {"hidden": [{"units": 2, "activation": "tanh"}]}, "data": {"seed": 1}},
    "train.set": {"train": {"lr": 0.05, "l2": 0.1, "batch": 2, "until": {"steps": 9}}},
    "new_weights": {"seed": 4}, "close_run": {"run": 1}, "switch": {"run": 1},
    "run": {"until": {"steps": 50, "loss": 0.01}, "rate": 30}, "step": {"n": 1},
    "seek": {"step": 2}, "part": {"part": 3},
    "fork": {"at": 1, "change": {"lr": 0.2, "cells": {"wh[1,1]": 0.9}}},
    "fork remedy": {"remedy": 0},
    "data.begin": {"name": "a.csv", "size": 10},
    "data.preview": {"source": "iris", "target": "species", "ignore": [], "categories": [],
                     "keep": [], "scale": "standard", "missing": "fill", "test": 0.2, "seed": 0,
                     "task": "auto", "sha256": "", "name": ""},
    "data.commit": {"source": "xor", "target": "y", "test": 0.0, "network": {"bias": True},
                    "train": {"lr": 0.1}},
}  # fmt: skip
WRONG: list[Any] = [
    None, True, False, -1, -0.5, 2**70, 1e308, float("nan"), float("inf"), "", "x" * 500, "\x00",
    f"../../{MARK}", f"/{MARK}", f"file:///{MARK}", "wh[9,9]", "wh[0,0]", "__class__", "${x}",
    [], [[]], [None], [1, "a", {}], {}, {"": None}, {"a": {"b": [1]}}, {MARK: MARK},
    {"lr": -1}, {"lr": "fast"}, {"hidden": 3}, {"hidden": [{"units": 10**9}]}, {"x": [], "y": {}},
    {"steps": -3}, {"cells": 3}, {"cells": {"wh[1,1]": "x"}}, {"cells": {MARK: 1}}, {"n": [0, -1]},
]  # fmt: skip
ID = 4711  # of every request here
opened: list[str] = []
listening = False


def _heard(event: str, args: tuple[Any, ...]) -> None:
    if listening and event in ("open", "os.listdir", "subprocess.Popen", "socket.connect", "exec"):
        opened.append(f"{event} {args!r}")


sys.addaudithook(_heard)


@pytest.fixture(scope="module")
def talk() -> Iterator[tuple[Worker, Client, list[str | bytes]]]:
    """The article open at step 3, with a page that controls it; without any thread."""
    global listening
    session, said = Session(), list[Any]()
    worker, client = Worker(session), Client(1, said.append)
    session.joined(client)
    _asked(worker, client, {"op": "hello", "protocol": protocol.NAME})
    _begun(worker, client)
    listening = True
    yield worker, client, said
    listening = False


def _begun(worker: Worker, client: Client) -> None:
    client.upload = None
    for request in ({"op": "open", "preset": "article"}, {"op": "seek", "step": 3},
                    {"op": "diagnose"}):  # fmt: skip
        assert _asked(worker, client, request)["ok"]


def _asked(worker: Worker, client: Client, request: dict[str, Any]) -> dict[str, Any]:
    said: list[str | bytes | Goodbye] = []  # a reply that cannot be written fails here
    send, client.send = client.send, said.append
    worker.answer(client, {**request, "id": ID})
    while worker.session.waiting:
        worker.session.piece()
    client.send = send
    (reply,) = (json.loads(one) for one in said if isinstance(one, str) and f'"id":{ID},' in one)
    while not worker.session.inbox.empty():
        job = worker.session.inbox.get()
        assert job is not None
        job()
    worker.session.running = False
    worker.session.idle.clear()
    client.flying.clear()
    return dict(reply)


KINDS = sorted({*FREE, *OWN, *FIELDS})  # a request that nothing is known of is its name alone


def test_the_table_is_of_requests_that_there_are() -> None:
    assert {kind.partition(" ")[0] for kind in FIELDS} <= {*FREE, *OWN}


@pytest.mark.parametrize("kind", [kind for kind in FIELDS if kind != "open link"])
def test_right_values_are_right(kind: str, talk: Any) -> None:
    worker, client, _ = talk
    client.watch = Watch()
    _begun(worker, client)
    fields = FIELDS[kind]
    if kind == "close_run":
        fields = {"run": min(worker.session.runs)}
    elif "run" in fields and kind != "run":
        fields = {**fields, "run": worker.session.shown}
    told = _asked(worker, client, {"op": kind.partition(" ")[0], **fields})
    assert told["ok"], told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.fault("T12", "T11")
def test_wrong_values_are_refused_or_do_no_harm(kind: str, talk: Any) -> None:
    worker, client, said = talk
    op, fields = kind.partition(" ")[0], FIELDS.get(kind, {})
    client.watch = Watch(hidden=op != "watch")  # pictures of each would take their time
    for field in fields:
        for value in WRONG:
            before = worker.session.shown, worker.session.step
            opened.clear()
            told = _asked(worker, client, {"op": op, **fields, field: value})
            if not told["ok"]:
                error = told["error"]
                assert error["code"] != "internal", (op, field, value)
                assert error["message"], (op, field, value)
                assert error["text"]
                assert (worker.session.shown, worker.session.step) == before, (op, field, value)
            assert not [one for one in opened if MARK in one], opened
    said.clear()


@pytest.mark.parametrize("op", sorted({*FREE, *OWN} - {"hello", "ping", "take_over", "watch"}))
def test_before_anything_is_open_nothing_breaks(op: str) -> None:
    session = Session()
    worker, client = Worker(session), Client(1, lambda _: None)
    session.joined(client)
    client.greeted = True
    for fields in ({}, {word: value for word, value in FIELDS.get(op, {}).items()
                        if op not in ("open", "data.commit", "data.preview")}):  # fmt: skip
        told = _asked(worker, client, {"op": op, **fields})
        if not told["ok"]:
            assert told["error"]["code"] != "internal"
    assert not session.runs


@pytest.mark.parametrize("op", [3, None, [], {}, "", "x" * 1000, "__init__", "do", "Open", "open "])
def test_what_is_no_request_of_ours_is_refused(op: Any, talk: Any) -> None:
    worker, client, _ = talk
    told = _asked(worker, client, {"op": op})
    assert told["error"]["code"] == "bad_request"
    assert len(told["error"]["message"]) < 200
