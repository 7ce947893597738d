"""Who may come in, with raw sockets: Host, Origin, token, method, path, size, greeting."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from play.talking import page
from workings.play import protocol
from workings.play.guards import HEADERS
from workings.play.server import Server, static


def raw(server: Server, text: str) -> str:
    """What is answered to these bytes; "" where the line is cut."""
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        line.sendall(text.replace("\n", "\r\n").encode())
        found = b""
        while chunk := line.recv(65536):
            found += chunk
            if b"\r\n\r\n" in found:
                break
        return found.decode("latin-1")


def status(server: Server, text: str) -> int:
    return int(raw(server, text).split(" ")[1])


def get(path: str, host: str, *more: str, method: str = "GET") -> str:
    return "\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *more,
                      "", ""])  # fmt: skip


def test_the_page_is_there_by_each_of_its_names(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        told = raw(server, get("/", f"{host}:{server.port}"))
        assert told.startswith("HTTP/1.1 200")
        for name, value in HEADERS.items():
            assert f"{name}: {value}" in told
        assert "set-cookie" not in told.lower()
        assert "access-control" not in told.lower()


@pytest.mark.parametrize("host", [
    "127.0.0.1", "evil.example:{port}", "127.0.0.1:1", "localhost.evil.example:{port}", "",
    "127.0.0.1:{port}.evil.example", "0.0.0.0:{port}", "127.0.0.1:{port} ",
])  # fmt: skip
@pytest.mark.fault("T8")
def test_another_host_is_421(server: Server, host: str) -> None:
    wanted = 200 if host.endswith(" ") else 421  # a blank behind a header is none
    assert status(server, get("/", host.format(port=server.port))) == wanted


@pytest.mark.fault("T8")
def test_two_hosts_are_none(server: Server) -> None:
    own = f"127.0.0.1:{server.port}"
    assert status(server, get("/", own, "Host: evil.example")) in (400, 421)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.fault("T7")
def test_only_get_is_answered(server: Server, method: str) -> None:
    own = f"127.0.0.1:{server.port}"
    assert status(server, get("/", own, "Content-Length: 0", method=method)) == 405


@pytest.mark.parametrize("path", [
    "/../server.py", "/..%2fserver.py", "/static/index.html", "/index.html/", "/%2e%2e/%2e%2e/etc",
    "//etc/passwd", "/tsconfig.json", "/__init__.py", "/ws",
])  # fmt: skip
@pytest.mark.fault("T12")
def test_there_are_no_other_files(server: Server, path: str) -> None:
    assert status(server, get(path, f"127.0.0.1:{server.port}")) in (403, 404)


def test_every_packaged_file_is_served(server: Server) -> None:
    assert "index.html" in static()
    for name in static():
        assert status(server, get(f"/{name}", f"127.0.0.1:{server.port}")) == 200


@pytest.mark.parametrize(("origin", "words", "expected"), [
    ("http://127.0.0.1:{port}", ["workings.1", "t.{token}"], 101),
    ("http://localhost:{port}", ["workings.1", "t.{token}"], 101),
    ("http://127.0.0.1:1", ["workings.1", "t.{token}"], 403),
    ("https://127.0.0.1:{port}", ["workings.1", "t.{token}"], 403),
    ("http://evil.example", ["workings.1", "t.{token}"], 403),
    ("null", ["workings.1", "t.{token}"], 403), (None, ["workings.1", "t.{token}"], 403),
    ("http://127.0.0.1:{port}", ["workings.1"], 403),
    ("http://127.0.0.1:{port}", ["workings.1", "t."], 403),
    ("http://127.0.0.1:{port}", ["workings.1", "t.{token}x"], 403),
    ("http://127.0.0.1:{port}", ["t.{token}"], 403),
    ("http://127.0.0.1:{port}", [], 403),
])  # fmt: skip
@pytest.mark.fault("T7", "T10")
def test_sockets_need_their_origin_and_the_token(
    server: Server, origin: str | None, words: list[str], expected: int
) -> None:
    facts = {"port": server.port, "token": server.token}
    told = [word.format(**facts) for word in words]
    asked: Any = {"subprotocols": told or None, "proxy": None,
                  "origin": origin.format(**facts) if origin else None}  # fmt: skip
    address = f"ws://127.0.0.1:{server.port}/ws"
    if expected == 101:
        with connect(address, **asked) as socket:
            assert socket.subprotocol == "workings.1"
        return
    with pytest.raises(InvalidStatus) as found:
        connect(address, **asked)
    assert found.value.response.status_code == expected


@pytest.mark.fault("T8")
def test_a_socket_to_another_host_is_421(server: Server) -> None:
    told = raw(server, get(
        "/ws", "evil.example", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: http://127.0.0.1:{server.port}", f"Sec-WebSocket-Protocol: workings.1, "
        f"t.{server.token}"))  # fmt: skip
    assert told.startswith("HTTP/1.1 421")


@pytest.mark.fault("T11")
def test_a_message_of_two_megabytes_ends_the_line(server: Server) -> None:
    with page(server) as one:
        one.socket.send("x" * 2_000_000)
        with pytest.raises(ConnectionClosed) as found:
            one.until("never")
        assert found.value.rcvd is not None
        assert found.value.rcvd.code == 1009


@pytest.mark.fault("T11")
def test_a_page_that_says_nothing_has_to_go(server: Server) -> None:
    with page(server, hello=False) as one:
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as found:
            one.hear(10)
        assert 1.5 < time.monotonic() - began < 6
        assert found.value.rcvd is not None
        assert found.value.rcvd.code == 1008


def test_the_first_word_is_hello(server: Server) -> None:
    with page(server, hello=False) as one:
        one.socket.send(json.dumps({"id": 1, "op": "ping"}))
        with pytest.raises(ConnectionClosed):
            one.hear(10)


def test_bytes_that_were_not_announced_end_the_line(server: Server) -> None:
    with page(server) as one:
        one.socket.send(b"x" * 100)
        with pytest.raises(ConnectionClosed):
            one.until("never")


@pytest.mark.fault("T11")
def test_more_than_fifty_requests_a_second_are_too_many(server: Server) -> None:
    with page(server) as one:
        for number in range(200):
            try:
                one.socket.send(json.dumps({"id": number, "op": "ping"}))
            except ConnectionClosed:
                break
        with pytest.raises(ConnectionClosed) as found:
            one.until("never")
        assert found.value.rcvd is not None
        assert found.value.rcvd.code == 1008


@pytest.mark.fault("T11")
def test_no_more_than_four_pages(server: Server) -> None:
    four = page(server), page(server), page(server), page(server)
    with four[0], four[1], four[2], four[3], page(server, hello=False) as five:
        with pytest.raises(ConnectionClosed) as found:
            five.hear(5)
        assert found.value.rcvd is not None
        assert found.value.rcvd.code == 1008


@pytest.mark.fault("T10")
def test_a_server_of_this_machine_listens_on_this_machine_alone(server: Server) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert len(server.token) >= 43
    assert server.address == f"http://127.0.0.1:{server.port}/#t={server.token}"
    assert protocol.MESSAGE == 1_000_000
