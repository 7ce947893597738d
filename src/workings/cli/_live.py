"""A training shown live in the playground, and the playground kept open behind it.

with shown(job, title, live) as watch: ...      serves beside the training
wait()                                          until Ctrl-C, if anything is being served
"""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from workings.cli import _print
from workings.errors import NotFinite
from workings.training.loop import Watch
from workings.training.runs import Progress

_serving: list[tuple[Any, threading.Thread]] = []


@contextmanager
def shown(job: Any, title: str, live: bool) -> Iterator[Watch | None]:
    """Serves the training while it runs; what is to be told after each epoch."""
    if not live:
        yield None
        return
    from workings.play.server import Server
    from workings.play.watching import Watched

    watched = Watched(job, title)
    server = Server(watched.session)
    _serving.append((server, server.run_beside()))
    _print.say(f"Watch it at {server.address}")
    webbrowser.open(server.address)
    try:
        yield watched.watch
    except NotFinite as failure:
        watched.ended(failure)
        _print.note(f"workings: {failure}")
        wait()
        raise
    watched.ended()


def both(told: Watch | None, watch: Watch | None) -> Watch | None:
    """One watcher of two; the training ends when either wants it to."""
    if told is None or watch is None:
        return told or watch

    def tell(report: Progress) -> bool | None:
        ended = told(report)
        return watch(report) or ended

    return tell


def wait() -> None:
    """Keeps the playground open until Ctrl-C."""
    for server, beside in _serving:
        _print.say("The page stays open until Ctrl-C.")
        try:
            beside.join()
        except KeyboardInterrupt:
            server.end()
            beside.join(5)
    _serving.clear()
