"""The widget without a browser: what a page says on its line, and what it is told there."""

from __future__ import annotations

import importlib.util
import json
import queue
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workings
from workings.errors import NotSupported, WorkingsError
from workings.explaining.finding import explain
from workings.play import protocol
from workings.play.notebook import Playground
from workings.play.protocol import read_frame
from workings.systems import system

PATIENCE = 30.0  # seconds: what a loaded machine may take


class Page:
    """A view of a widget, as its cell's module has it."""

    made = 0

    def __init__(self, cell: Playground, told: dict[str, queue.SimpleQueue[Any]]) -> None:
        Page.made += 1
        self.cell, self.name, self.number = cell, f"page{Page.made}", 0
        self.told = told.setdefault(self.name, queue.SimpleQueue())
        self.events: list[dict[str, Any]] = []
        self.frames: list[tuple[protocol.Header, bytes]] = []
        self.say(open=True)
        assert self.told.get(timeout=PATIENCE)[0]["open"]
        self.hello = self.do("hello", protocol=protocol.NAME)

    def say(self, *buffers: bytes, **told: Any) -> None:
        self.cell._take(self.cell, {"line": self.name, **told}, list(map(memoryview, buffers)))

    def ask(self, op: str, **told: Any) -> dict[str, Any]:
        self.number += 1
        self.say(text=json.dumps({"id": self.number, "op": op, **told}))
        return self.until(lambda one: one.get("id") == self.number)

    def do(self, op: str, **told: Any) -> dict[str, Any]:
        reply = self.ask(op, **told)
        assert reply["ok"], reply
        return reply

    def until(self, wanted: Any) -> dict[str, Any]:
        """The next message that is wanted; frames on the way are acknowledged."""
        while True:
            told, buffers = self.told.get(timeout=PATIENCE)
            for one in buffers:
                header, payload = read_frame(one)
                self.frames.append((header, payload))
                self.say(text=json.dumps({"op": "ack", "seq": header.seq}))
            message = json.loads(told["text"]) if "text" in told else told
            self.events += [message] * ("ev" in message)
            if wanted(message):
                return message

    def tape(self) -> dict[str, np.ndarray[Any, Any]]:
        """The arrays that were sent last."""
        header, payload = next(one for one in reversed(self.frames) if one[0].kind == protocol.TAPE)
        schema = next(one for one in reversed(self.events)
                      if one["ev"] == "schema" and one["schema"] == header.schema)  # fmt: skip
        return {
            one["name"]: np.frombuffer(payload, "<f8", int(np.prod(one["shape"])), one["offset"])
            .reshape(one["shape"]) for one in schema["arrays"]
        }  # fmt: skip


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes widgets, and pages that look at them; all are closed at the end."""
    told: dict[str, queue.SimpleQueue[Any]] = {}
    made: list[Playground] = []

    def send(cell: Playground, content: dict[str, Any], buffers: list[bytes]) -> None:
        told.setdefault(content["line"], queue.SimpleQueue()).put((content, buffers))

    def make(*what: Any, **more: Any) -> Playground:
        made.append(workings.widget(*what, **more))
        return made[-1]

    monkeypatch.setattr(Playground, "send", send)
    make.page = lambda cell: Page(cell, told)  # type: ignore[attr-defined]
    yield make
    for cell in made:
        cell.close()
    for cell in made:
        cell._worker.thread.join(PATIENCE)
        assert not cell._worker.thread.is_alive()


def test_the_article_is_open_trains_and_explains_as_the_library_does(cells: Any) -> None:
    page = cells.page(cells())
    assert page.hello["role"] == "controller"
    assert page.do("step", n=1)["step"] == 1
    trace = system("article").trace()
    tape = page.tape()
    assert {"wh", "hidden_layer_input", "d_output", "new_wh", "new_bout"} <= set(tape)
    for word, value in tape.items():
        if word in trace.values:
            np.testing.assert_array_equal(value.ravel(), np.ravel(trace[word]), err_msg=word)
    said = page.do("explain", cell="new_wh[1,3]")
    assert said["value"] == explain(trace, "new_wh[1,3]").value
    page.do("run", until={"steps": 50})
    page.until(lambda one: one.get("ev") == "state" and one["step"] == 50)


def test_two_widgets_do_not_disturb_each_other(cells: Any) -> None:
    first, second = cells.page(cells("xor")), cells.page(cells("xor"))
    assert first.do("step", n=7)["step"] == 7
    assert second.do("step", n=1)["step"] == 1
    assert first.do("step", n=1)["step"] == 8


def test_the_newest_view_controls_and_of_too_many_the_oldest_goes(cells: Any) -> None:
    cell = cells()
    pages = [cells.page(cell) for _ in range(5)]
    assert pages[-1].hello["role"] == "controller"
    assert "closed" in pages[0].until(lambda one: "closed" in one)
    role = pages[1].until(lambda one: one.get("ev") == "role")
    assert role["role"] == "viewer"
    assert pages[1].ask("step", n=1)["error"]["code"] == "read_only"
    pages[1].do("take_over")
    pages[1].do("step", n=1)


def test_a_page_that_goes_ends_the_training_and_what_is_open_stays(cells: Any) -> None:
    cell = cells("moons")
    page = cells.page(cell)
    page.do("run", until={"steps": 1_000_000})
    page.until(lambda one: one.get("ev") == "state" and one["step"] > 0)
    page.say(gone=True)
    until = time.monotonic() + PATIENCE
    while cell._worker.session.running:
        assert time.monotonic() < until
        time.sleep(0.01)
    again = cells.page(cell)
    assert again.hello["opened"]


def test_a_table_of_ones_own_comes_over_the_line(cells: Any) -> None:
    page = cells.page(cells())
    data = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (n, n % 3, n % 2) for n in range(40))
    page.do("data.begin", name="own.csv", size=len(data))
    page.say(data[:100])
    page.say(data[100:])
    found = page.do("data.preview", source="upload", target="y")
    assert found["problems"] == []


def test_what_is_no_message_is_left_alone_and_what_is_no_request_is_refused(cells: Any) -> None:
    cell = cells()
    for told in (None, 3, {}, {"line": 4}, {"line": "nobody", "text": "{}"}, {"line": "x"}):
        cell._take(cell, told, [])
    page = cells.page(cell)
    page.say(text="[1, 2")
    refused = page.until(lambda one: "error" in one)
    assert refused["error"]["code"] == "bad_request"
    page.do("step", n=1)


FRAME = pd.DataFrame({"a": range(30), "b": [n % 2 for n in range(30)],
                      "kind": [f"k{n % 3}" for n in range(30)]})  # fmt: skip


def of_result() -> tuple[Any, ...]:
    return (workings.train(FRAME, "kind", epochs=2, hidden=[2]), FRAME)


@pytest.mark.parametrize(("what", "title"), [
    (lambda: (), "The article"), (lambda: ("moons",), "Moons"), (lambda: ("iris",), ""),
    (of_result, "the model"), (lambda: (of_result()[0].model, FRAME), "the model"),
    (lambda: (workings.train("wine", epochs=2, hidden=[2]),), "the model"),
])  # fmt: skip
def test_what_may_be_opened(cells: Any, what: Any, title: str) -> None:
    cell = cells(*what())
    assert repr(cell).startswith("<Playground in a notebook's cell: ")
    assert title in repr(cell)
    assert cells.page(cell).hello["opened"]


def test_a_frame_a_table_and_arrays_are_opened_with_their_target(cells: Any) -> None:
    table = workings.Table.from_arrays(FRAME[["a", "b"]].to_numpy(), list(FRAME["kind"]))
    pair = (FRAME[["a", "b"]].to_numpy(), list(FRAME["kind"]))
    for what, target in ((FRAME, "kind"), (table, None), (pair, None)):
        page = cells.page(cells(what, target=target))
        page.do("step", n=2)


def test_a_model_goes_on_from_where_its_training_ended(cells: Any) -> None:
    result, table = of_result()
    cell = cells(result, table)
    run = cell._worker.session.run
    for word, value in result.model.values.items():
        np.testing.assert_array_equal(run.values(run.last)[word], value, err_msg=word)


@pytest.mark.parametrize(("told", "said"), [
    (([1, 2],), "cannot open a list: the name of a preset, a table, a model or a link"),
    ((FRAME,), "which column to predict"),
    (("nosuch.csv",), "there is no such file"),
    ((workings.Network([workings.Dense(1)]),), "cannot open a Network"),
])  # fmt: skip
def test_what_may_not_be_opened_is_said(told: tuple[Any, ...], said: str) -> None:
    with pytest.raises(WorkingsError, match=said):
        workings.widget(*told)


def test_a_result_of_a_frame_asks_for_the_frame() -> None:
    with pytest.raises(WorkingsError, match=r"by itself.* Name that table"):
        workings.widget(of_result()[0])


@pytest.mark.parametrize("height", [0, 10**6, 7.5, True, "high"])
def test_a_height_that_cannot_be_is_refused(height: Any) -> None:
    with pytest.raises(WorkingsError, match="height"):
        workings.widget(height=height)


def test_without_anywidget_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr("workings.play.widget.find_spec",
                        lambda word: None if word == "anywidget" else known(word))  # fmt: skip
    with pytest.raises(NotSupported, match=r"pip install 'workings\[notebook\]'"):
        workings.widget()
