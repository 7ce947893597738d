"""Messages in orders that are seldom: the page holds, and what it shows is right in the end."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import expect

from .conftest import Server, at_the_doors

ROLE = {"ev": "role", "role": "controller", "said": "This page controls the playground now."}


def test_a_role_that_comes_before_the_answer_to_hello(page: Any, server: Server) -> None:
    """The page that had control left while this one was saying hello."""

    def between(route: Any) -> None:
        there = route.connect_to_server()

        def asked(message: Any) -> None:
            if isinstance(message, str) and json.loads(message)["op"] == "hello":
                route.send(json.dumps(ROLE))
            there.send(message)

        route.on_message(asked)

    page.route_web_socket(re.compile("/ws$"), between)
    at_the_doors(page, server.address)
    page.locator(".preset.main").click()
    expect(page.locator("#sheet [role=grid]").first).to_be_visible()
