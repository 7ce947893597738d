"""What a page may send, and how much of it: each limit, and that the server goes on after it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from play.talking import Page, page
from play.test_security import get, raw, status
from workings.play import lines, protocol, talks
from workings.play.clients import CREDIT
from workings.play.guards import HEADERS
from workings.play.reading import LIMITS
from workings.play.server import Server
from workings.play.session import VIEWERS


@pytest.fixture(autouse=True)
def _goes_on(server: Server) -> Iterator[None]:
    """Whatever happened, the next page is answered."""
    yield
    with page(server) as one:
        assert one.do("ping")["pong"]


def closed(one: Page) -> tuple[int, str]:
    """With what the server ends the line."""
    with pytest.raises(ConnectionClosed) as found:
        one.until("never")
    assert found.value.rcvd is not None
    return found.value.rcvd.code, found.value.rcvd.reason


def answered(one: Page) -> dict[str, Any]:
    """The next reply, whatever it is to."""
    while not (isinstance(told := one.hear(), dict) and "ok" in told):
        pass
    return told


# -- how long, how often, how many -----------------------------------------------------------------


def test_a_page_that_is_idle_has_to_go(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert talks.IDLE == 30 * 60
    monkeypatch.setattr(talks, "IDLE", 1.0)
    with page(server) as one:
        assert closed(one) == (1008, "idle for 30 minutes")


@pytest.mark.fault("T11")
def test_a_connection_that_asks_for_nothing_is_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "REQUEST", 0.2)
    for said in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1"):
        with socket.create_connection(("127.0.0.1", server.port), 5) as line:
            line.sendall(said)
            began = time.monotonic()
            while line.recv(1000):
                pass
            assert time.monotonic() - began < 4


def test_a_socket_that_was_opened_in_time_stays(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "REQUEST", 0.1)
    with page(server) as one:
        time.sleep(0.3)
        assert one.do("ping")["pong"]


@pytest.mark.fault("T11")
def test_two_hundred_silent_connections_keep_nobody_out(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 5))
        assert status(server, get("/", f"127.0.0.1:{server.port}")) == 200
        with page(server) as one:
            assert one.do("ping")["pong"]


def test_one_page_controls_and_three_look(server: Server) -> None:
    with ExitStack() as stack:
        pages = [stack.enter_context(page(server)) for _ in range(VIEWERS + 1)]
        roles = [one.do("hello", protocol=protocol.NAME)["role"] for one in pages]
        assert roles == ["controller", *["viewer"] * VIEWERS]
        with page(server, hello=False) as late:
            assert closed(late)[0] == 1008
        for one in pages[1:]:
            assert one.refused("open", preset="article")["code"] == "read_only"
        pages[0].do("open", preset="article")
        assert pages[-1].until("run")["title"] == "The article"


def test_a_page_that_left_makes_room_for_another(server: Server) -> None:
    for _ in range(VIEWERS + 2):
        with page(server) as one:
            assert one.do("ping")["pong"]


def test_fifty_requests_in_a_second_are_not_too_many(server: Server) -> None:
    with page(server, hello=False) as one:
        one.do("hello", protocol=protocol.NAME)
        for _ in range(protocol.REQUESTS - 1):
            one.do("ping")


def test_credit_is_given_for_frames_that_were_sent_alone(article: Page, server: Server) -> None:
    (client,) = server.session.clients.values()
    seq: Any
    for seq in (10**9, -1, "3", None, [1], {}, True, 1.5):
        article.socket.send(json.dumps({"op": "ack", "seq": seq}))
    article.do("export", kind="json")  # more frames than one, of one number
    article.do("ping")
    assert len(client.flying) < CREDIT


# -- what is said ----------------------------------------------------------------------------------

DEEP = "[" * 100_000 + "]" * 100_000
NONSENSE: list[str] = [
    "", " ", "null", "true", "3", '"text"', "[]", "[1,2]", "{", '{"op":', "\u0000", "NaN",
    DEEP, '{"op":' * 50_000, '{"id":1,"op":"ping","n":' + "9" * 10_000 + "}",
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:12])
def test_what_is_no_request_is_refused(one: Page, text: str) -> None:
    one.socket.send(text)
    told = answered(one)
    assert told["id"] is None
    assert told["error"]["code"] == "bad_request"
    assert one.do("ping")["pong"]


@pytest.mark.parametrize("number", [None, True, 1.5, [], {}, "x" * 100, 2**60])
def test_a_request_without_a_number_of_its_own_is_refused(one: Page, number: Any) -> None:
    one.socket.send(json.dumps({"id": number, "op": "ping"}))
    told = answered(one)
    assert told["id"] is None
    assert told["error"]["code"] == "bad_request"


@pytest.mark.fault("T11")
def test_deep_and_large_values_in_a_request_are_refused_or_left_out(one: Page) -> None:
    for deep in ("[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900):
        for pair in ("open spec", "watch map", "predict row", "fork change"):
            op, field = pair.split()
            one.socket.send(f'{{"id":"deep","op":"{op}","{field}":{deep}}}')
            told = answered(one)
            assert told["ok"] or told["error"]["code"] != "internal"
    assert one.do("ping", more="x" * (protocol.MESSAGE - 1000))["pong"]


def ended_with(server: Server, sent: Any, **how: Any) -> int:
    """How the server ends a line on which this is sent; what it said may be lost on the way."""
    for _ in range(5):
        with page(server) as one:
            with suppress(EOFError, OSError, ConnectionClosed):  # it may end while it is sent
                one.socket.send(sent, **how)
            with pytest.raises((ConnectionClosed, EOFError)) as found:
                one.until("never")
        if told := getattr(found.value, "rcvd", None):
            return int(told.code)
    raise AssertionError("five lines were cut without a word")


def test_a_message_over_a_megabyte_ends_the_line(server: Server) -> None:
    assert ended_with(server, "x" * (protocol.MESSAGE + 1)) == 1009
    with page(server) as another:
        assert another.do("ping")["pong"]


@pytest.mark.fault("T11")
def test_text_that_is_no_text_ends_the_line(server: Server) -> None:
    assert ended_with(server, b"\xff\xfe{}", text=True) == 1007


def test_another_version_is_told_so_and_has_to_go(server: Server) -> None:
    for told in ({"protocol": "workings.9"}, {"protocol": ["workings.1"]}, {}):
        with page(server, hello=False) as one:
            assert "speaks workings.1" in one.refused("hello", **told)["text"]
            assert closed(one)[0] == 1008


def test_nothing_is_said_to_a_page_before_its_hello_is_answered(server: Server) -> None:
    """The page that had control leaves while another is about to say hello."""
    with ExitStack() as stack:
        first = stack.enter_context(page(server))
        first.do("open", preset="article")
        late = stack.enter_context(page(server, hello=False))
        first.do("step")
        first.socket.close()
        time.sleep(0.2)  # its leaving is dealt with
        assert late.do("hello", protocol=protocol.NAME)["role"] == "controller"
        assert late.events == []
        assert late.until("run")["title"] == "The article"


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [-1, 1.5, "10", None, True, 10**30, protocol.UPLOAD + 1])
def test_the_size_of_a_file_is_held_to_its_limit(one: Page, size: Any) -> None:
    error = one.refused("data.begin", name="a.csv", size=size)
    assert error["code"] in ("bad_value", "too_large")


def test_more_bytes_than_were_announced_end_the_line(server: Server) -> None:
    with page(server) as one:
        one.do("data.begin", name="a.csv", size=10)
        one.socket.send(b"a,b\n1,2\n3,4\n")
        assert closed(one)[0] == 1009


def test_the_limits_that_are_told_are_those_that_hold(one: Page) -> None:
    one.do("open", preset="article")
    spec = one.last("run")["spec"]
    layer = {"units": 4, "activation": "tanh"}
    wide = {**layer, "units": LIMITS["units"]}
    wider = {**layer, "units": LIMITS["units"] + 1}
    for hidden in ([wider], [layer] * (LIMITS["hidden_layers"] + 1), [wide] * 3):
        error = one.refused("open", spec={**spec, "network": {"hidden": hidden, "start": None}})
        assert error["code"] in ("bad_value", "too_large")
        assert any(sign.isdigit() for sign in error["message"])
    assert one.refused("seek", step=LIMITS["steps"] + 1)["code"] == "bad_value"
    assert one.last("state")["run"] == one.last("run")["run"]


# -- replies of HTTP -------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "ask"), [
    (200, lambda own: get("/", own)), (404, lambda own: get("/nothing", own)),
    (405, lambda own: get("/", own, "Content-Length: 0", method="POST")),
    (421, lambda own: get("/", "evil.example")),
])  # fmt: skip
@pytest.mark.fault("T9")
def test_every_reply_says_what_a_page_may_load(
    server: Server, wanted: int, ask: Callable[[str], str]
) -> None:
    told = raw(server, ask(f"127.0.0.1:{server.port}"))
    assert told.startswith(f"HTTP/1.1 {wanted}")
    for name, value in HEADERS.items():
        assert f"{name}: {value}" in told
    assert "set-cookie" not in told.lower()
    assert "access-control" not in told.lower()
    assert "server:" not in told.lower()


@pytest.mark.fault("T11")
def test_a_head_that_does_not_end_is_refused(server: Server) -> None:
    own = f"127.0.0.1:{server.port}"
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {own}\r\nX: ".encode() + b"x" * 60_000)
        assert b" 400 " in line.recv(1000)
