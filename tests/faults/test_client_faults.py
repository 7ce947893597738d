"""What other sites, other users and broken clients may try on the playground: T7 to T12.

What requests may hold is in `tests/play`; here is what is below them, and who may come at all.
"""

from __future__ import annotations

import hmac
import json
import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from faults.flooding import framed
from faults.playing import playing
from play.talking import Page, page, serving
from play.test_security import get, raw, status
from workings.play import guards, lines, protocol, talks
from workings.play.guards import HEADERS
from workings.play.lines import Pace
from workings.play.server import Server, static


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of a test's own: what it learns of bad clients, others do not feel."""
    with serving() as made:
        yield made


@pytest.fixture
def one(server: Server) -> Iterator[Page]:
    """A page that has said hello; whatever happens, it is answered at the end."""
    with page(server) as made:
        yield made
        assert made.do("ping")["pong"]


def upgrade(server: Server, host: str, origin: str) -> str:
    """What asks for a websocket, with the right token."""
    return get("/ws", host, "Upgrade: websocket", "Connection: Upgrade",
               "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
               f"Origin: {origin}", f"Sec-WebSocket-Protocol: workings.1, t.{server.token}"
               ).replace("Connection: close\n", "")  # fmt: skip


def until_cut(line: socket.socket) -> bytes:
    """What is said on a line until it ends."""
    found = b""
    try:
        while chunk := line.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


def sent_for_ever(line: socket.socket, data: bytes) -> None:
    """The same again and again; a gigabyte of it is for ever."""
    for _ in range(10**9 // len(data)):
        line.sendall(data)


def entered(server: Server) -> socket.socket:
    """A line of frames made by hand, which has said hello beside another page."""
    own = f"127.0.0.1:{server.port}"
    line = socket.create_connection(("127.0.0.1", server.port), 5)
    line.sendall(upgrade(server, own, f"http://{own}").replace("\n", "\r\n").encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.recv(1)
    assert head.startswith(b"HTTP/1.1 101")
    hello = {"id": 1, "op": "hello", "protocol": protocol.NAME}
    line.sendall(framed(1, json.dumps(hello).encode()))
    end = time.monotonic() + 10
    while not any(one.greeted for one in list(server.session.clients.values())[1:]):
        assert time.monotonic() < end
        time.sleep(0.01)
    return line


# -- another site, by any name ---------------------------------------------------------------------


@pytest.mark.fault("T7")
def test_a_page_of_another_site_changes_nothing(server: Server, one: Page) -> None:
    one.do("open", preset="article")
    one.do("step")
    own = f"127.0.0.1:{server.port}"
    for path in ("/", "/ws", "/open?preset=xor", '/?{"op":"reset"}', f"/ws?t={server.token}"):
        for origin in ("http://evil.example", f"http://{own}"):
            for method in ("GET", "POST", "PUT", "DELETE"):
                asked = get(path, own, f"Origin: {origin}", "Content-Type: text/plain",
                            "Content-Length: 0", method=method)  # fmt: skip
                assert status(server, asked) in ((200, 404) if method == "GET" else (405,))
    assert one.do("step")["step"] == 2


@pytest.mark.fault("T8")
@pytest.mark.parametrize("host", [
    "evil.example:{port}", "0.0.0.0:{port}", "127.0.0.1", "127.0.0.2:{port}", "127.1:{port}",
    "2130706433:{port}", "[::]:{port}", "[::ffff:127.0.0.1]:{port}", "LOCALHOST.:{port}",
    "localhost:{port}@evil.example", "user@localhost:{port}",
])  # fmt: skip
def test_the_host_is_checked_before_anything_else(server: Server, host: str) -> None:
    """With the right token and an origin that is the host's own, as after rebinding a name."""
    named = host.format(port=server.port)
    for origin in (f"http://{named}", f"http://127.0.0.1:{server.port}"):
        assert status(server, upgrade(server, named, origin)) in (400, 421)
    assert status(server, get("/nothing", named, method="POST")) in (400, 421)
    assert server.pages == 0


@pytest.mark.fault("T9")
def test_a_refused_socket_says_too_what_a_page_may_load(server: Server) -> None:
    own = f"127.0.0.1:{server.port}"
    told = raw(server, upgrade(server, own, "http://evil.example"))
    assert told.startswith("HTTP/1.1 403")
    for name, value in HEADERS.items():
        assert f"{name}: {value}" in told.lower().replace(value.lower(), value)


@pytest.mark.fault("T9")
def test_the_page_loads_nothing_from_elsewhere() -> None:
    loads = re.compile(
        r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|"""
        r"""@import\s+["'](?:https?:)?//|(?:from|import)\s*\(?["']https?://"""
    )
    for name, (content, kind) in static().items():
        if kind.startswith(("text/", "image/svg")):
            assert not loads.search(content.decode()), name


# -- another user of the machine -------------------------------------------------------------------


@pytest.mark.fault("T10")
def test_the_token_is_new_each_time_and_only_where_the_address_is_printed(tmp_path: Path) -> None:
    with playing(tmp_path) as played:
        with page(played.server) as one:
            one.do("open", preset="article")
        for word in ("wrong", played.token):
            with socket.create_connection(("127.0.0.1", played.port), 5) as line:
                line.sendall(f"GET /?t={word} HTTP/1.1\r\nHost: 127.0.0.1:{played.port}\r\n\r\n"
                             .encode())  # fmt: skip
                assert line.recv(1000).startswith(b"HTTP/1.1 200")
        pid = played.process.pid
        assert played.token.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert played.token.encode() not in Path(f"/proc/{pid}/environ").read_bytes()
        assert played.said == ""
        assert listening(played.port) == {"0100007F"}
        first = played.token
    with playing(tmp_path) as played:
        assert played.token != first
        assert len(played.token) >= 43  # 256 bits, six in a letter


def listening(port: int) -> set[str]:
    """The addresses, as the kernel writes them, that a port is listened on."""
    found = set()
    for name in ("tcp", "tcp6"):
        table = Path(f"/proc/net/{name}")
        for row in table.read_text().splitlines()[1:] if table.exists() else ():
            address, _, number = row.split()[1].partition(":")
            if int(number, 16) == port and row.split()[3] == "0A":
                found.add(address)
    return found


@pytest.mark.fault("T10")
def test_tokens_are_compared_in_constant_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(guards.hmac, "compare_digest",
                        lambda a, b: seen.append((a, b)) or _digest(a, b))  # fmt: skip
    own = f"127.0.0.1:{server.port}"
    asked = upgrade(server, own, f"http://{own}").replace(server.token, "x" * 43)
    assert status(server, asked) == 403
    assert seen == [(b"x" * 43, server.token.encode())]


_digest = hmac.compare_digest


# -- broken and hostile clients --------------------------------------------------------------------


@pytest.mark.fault("T11")
@pytest.mark.parametrize("said", ["G", "GET / HT", "GET / HTTP/1.1\r\nHost: 127.0.0.1"])
def test_a_second_request_has_to_come_in_time_too(
    server: Server, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(lines, "REQUEST", 0.3)
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        line.sendall(f"GET /icon.svg HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        assert line.recv(100_000).startswith(b"HTTP/1.1 200")
        line.sendall(said.encode())
        assert until_cut(line).count(b"HTTP/1.1 200") == 0


@pytest.mark.fault("T11")
def test_requests_that_do_not_wait_for_answers_are_not_answered(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 5) as line:
        asked = f"GET /icon.svg HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
        line.sendall(asked * 200)
        assert until_cut(line).count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.fault("T11")
def test_a_body_that_nobody_asked_for_is_not_read(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "REQUEST", 0.5)
    for method, wanted in (("POST", b"405"), ("GET", b"200")):
        with socket.create_connection(("127.0.0.1", server.port), 5) as line:
            line.sendall(get("/icon.svg", f"127.0.0.1:{server.port}", "Content-Length: 1000000000",
                             method=method).replace("\n", "\r\n").encode())  # fmt: skip
            assert line.recv(12).endswith(wanted)
            with pytest.raises(OSError):
                sent_for_ever(line, bytes(500_000))


@pytest.mark.fault("T11")
def test_who_asks_for_nothing_makes_room_where_there_are_too_many(
    server: Server, one: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "CONNECTIONS", 20)
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 5))
                  for _ in range(40)]  # fmt: skip
        assert until_cut(silent[0]) == b""
        until_gone(server, 20)
        assert status(server, get("/", f"127.0.0.1:{server.port}")) == 200


@pytest.mark.fault("T11")
def test_strangers_wait_for_their_turn_and_pages_do_not(
    server: Server, one: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.door.pace = Pace(0.1, 2.0)  # two at once, then one in ten seconds
    own = f"127.0.0.1:{server.port}"
    assert [status(server, get("/", own)) for _ in range(2)] == [200, 200]
    monkeypatch.setattr(lines, "REQUEST", 0.5)
    server.door.pace.spend(1.0)
    assert raw(server, get("/", own)) == ""
    assert one.do("ping")["pong"]


FLOODS = {
    "pings": framed(9, bytes(125)) * 100, "pieces of nothing": framed(0, b"", fin=False) * 1000,
    "pongs": framed(10, bytes(125)) * 100,
}  # fmt: skip


@pytest.mark.fault("T11")
@pytest.mark.parametrize("kind", FLOODS)
def test_frames_that_cost_too_much_end_the_line(server: Server, one: Page, kind: str) -> None:
    with entered(server) as line:
        line.sendall(framed(1, b"{", fin=False))
        with pytest.raises(OSError):
            sent_for_ever(line, FLOODS[kind])


@pytest.mark.fault("T11")
@pytest.mark.parametrize(("frame", "code"), [
    (b"\xff\x80" + bytes(4), 1002), (b"\x83\x80" + bytes(4), 1002), (b"\x81\x02{}", 1002),
    (b"\x89\xfe\x01\x00" + bytes(260), 1002), (framed(0, b"x"), 1002),
    (framed(1, b"\xff\xfe"), 1007), (framed(8, b"\x03"), 1002), (framed(8, b"\x03\xe7"), 1002),
    (b"\x82\xff" + struct.pack("!Q", 2**40) + bytes(4), 1009),
    (framed(2, bytes(600_000), fin=False) + framed(0, bytes(600_000)), 1009),
])  # fmt: skip
def test_bad_frames_end_the_line_with_their_code(
    server: Server, one: Page, frame: bytes, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with entered(server) as line:
        line.sendall(frame)
        said = until_cut(line)
    assert b"\x88" in said
    assert struct.pack("!H", code) in said[said.rindex(b"\x88") :]
    assert capfd.readouterr() == ("", "")


@pytest.mark.fault("T11")
def test_who_does_not_read_is_cut(
    server: Server, one: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "OUTBOX", 2_000_000)
    one.do("open", preset="moons")
    with entered(server) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        began = time.monotonic()
        while server.pages > 1 and time.monotonic() - began < 60:
            try:
                line.sendall(framed(1, b'{"id":1,"op":"export","kind":"xlsx"}') * 5)
            except OSError:
                break
            time.sleep(0.15)
        assert server.pages == 1
        until_gone(server, 1)


def until_gone(server: Server, left: int) -> None:
    """Waits until no more connections are open than those."""
    end = time.monotonic() + 20
    while len(server.uvicorn.server_state.connections) > left and time.monotonic() < end:
        time.sleep(0.05)
    assert len(server.uvicorn.server_state.connections) <= left


@pytest.mark.fault("T11")
def test_where_pages_break_the_rules_again_and_again_none_comes_in_for_a_while(
    server: Server, one: Page
) -> None:
    server.door.rude = Pace(1.0, 2.0)
    for _ in range(3):
        with page(server) as other:
            other.socket.send(b"not announced")
            with pytest.raises(ConnectionClosed):
                other.until("never")
    with page(server, hello=False) as late, pytest.raises(ConnectionClosed) as found:
        late.hear(5)
    assert found.value.rcvd is not None
    assert found.value.rcvd.code == 1013
    assert one.do("ping")["pong"]
    server.door.rude = Pace(1.0, 2.0)  # as if time had gone by
    with page(server) as other:
        assert other.do("ping")["pong"]


@pytest.mark.fault("T11")
def test_no_page_may_have_very_many_requests_waiting(
    server: Server, one: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "WAITING", 3)
    with page(server) as other:
        server.lookers.spend(0.2 + server.lookers.burst)  # it waits a second
        for number in range(8):
            other.socket.send(json.dumps({"id": f"n{number}", "op": "ping"}))
        told = {}
        while len(told) < 8:
            message = other.hear()
            if isinstance(message, dict) and str(message.get("id", "")).startswith("n"):
                told[message["id"]] = "done" if message["ok"] else message["error"]["code"]
        assert list(told.values()).count("not_now") >= 4
        assert list(told.values()).count("done") >= 3


@pytest.mark.fault("T11")
def test_pages_that_look_wait_for_those_that_control(server: Server, one: Page) -> None:
    """A looker that has used its share waits; the page that controls is answered at once."""
    one.do("open", preset="article")
    with page(server) as other:
        server.lookers.spend(0.3 + server.lookers.burst)
        other.socket.send(json.dumps({"id": "dear", "op": "diagnose"}))
        assert [one.do("step")["step"] for _ in range(5)] == [1, 2, 3, 4, 5]
        while True:
            message = other.hear()
            if isinstance(message, dict) and message.get("id") == "dear":
                break
        assert message["ok"]


@pytest.mark.fault("T11")
def test_credit_that_was_not_due_counts_as_a_request(server: Server, one: Page) -> None:
    with page(server) as other:
        for _ in range(200):
            try:
                other.socket.send('{"op":"ack","seq":999999}')
            except ConnectionClosed:
                break
        with pytest.raises(ConnectionClosed) as found:
            other.until("never")
        assert found.value.rcvd is not None
        assert found.value.rcvd.code == 1008


@pytest.mark.fault("T12")
@pytest.mark.parametrize("path", [
    "/%00", "/..", "/....//etc/passwd", "/etc/passwd", "/.env", "/index.html%00.css", "/%2e%2e",
    "/C:%5Cwindows", "/index.html;x", "/static", "/__init__.py", "/INDEX.HTML",
])  # fmt: skip
def test_only_names_of_a_fixed_list_are_files(
    server: Server, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opens(*given: object, **_: object) -> None:
        raise AssertionError(given)

    own = f"127.0.0.1:{server.port}"
    assert status(server, get("/index.html", own)) == 200
    monkeypatch.setattr("builtins.open", opens)
    monkeypatch.setattr(Path, "open", opens)
    assert status(server, get(path, own)) == 404
