"""Links and specs: everything comes back, nothing a stranger writes does harm."""

from __future__ import annotations

import base64
import json
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from play.talking import Page, page
from workings.errors import WorkingsError
from workings.play import links
from workings.play.building import build
from workings.play.numbers import NUMBERS
from workings.play.presets import presets, table_of
from workings.play.server import Server
from workings.play.session import Session
from workings.play.specs import Spec

SMALL = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner,
                                                               max_size=4), max_leaves=10,
)  # fmt: skip
FIELDS = ("format", "title", "data", "network", "train", "source", "hidden", "units", "lr", "until")


@pytest.mark.parametrize("name", sorted(presets()))
def test_every_preset_is_its_own_plain_data(name: str) -> None:
    spec = presets()[name].spec
    assert Spec.read(json.loads(json.dumps(spec.plain()))) == spec


@SMALL
@given(PLAIN)
def test_a_spec_of_anything_is_a_spec_or_refused(given: Any) -> None:
    with suppress(WorkingsError):  # anything else is a mistake of ours
        assert Spec.read(given).plain()["format"] == 1


@SMALL
@given(st.dictionaries(st.sampled_from(FIELDS), PLAIN | st.dictionaries(
    st.sampled_from(FIELDS), PLAIN, max_size=4), max_size=4))  # fmt: skip
def test_a_link_of_anything_is_opened_or_refused(state: dict[str, Any]) -> None:
    whole = {"format": 1, "spec": state, "step": state.get("lr", 0), "runs": state.get("hidden")}
    with suppress(WorkingsError):
        assert links.opened(Session(), "#s=" + links.packed(whole))["view"] == {}


@pytest.mark.parametrize("field", sorted(set(NUMBERS) - {"network.units"}))
@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1e300, 1e300, "9", [], {}, True])
def test_every_number_has_a_range_and_says_which(field: str, value: Any) -> None:
    told: Any = value
    for word in reversed(field.split(".")):
        told = {word: told}
    with pytest.raises(WorkingsError) as found:
        Spec.read(told)
    assert found.value.facts["field"] == field


@pytest.mark.parametrize(("told", "said"), [
    ({"network": {"hidden": [{"units": 9999}]}}, "at most 128"),
    ({"network": {"hidden": [{"units": 8}] * 10}}, "at most 6"),
    ({"network": {"hidden": [{"units": 8, "activation": "sigmod"}]}}, "Did you mean 'sigmoid'"),
    ({"network": {"hidden": [{"units": -1}]}}, "below 0"),
    ({"network": {"hidden": [{"units": 128, "activation": "tanh"}] * 2}}, "at most 10000"),
    ({"network": {"loss": "poisson", "output": "tanh"}}, "cannot use the loss poisson"),
    ({"data": {"source": "/etc/passwd"}}, "there is no table called"),
    ({"data": {"source": "iris"}, "network": {"start": "article"}}, "article's weights"),
    ({"train": {"schedule": "plateau"}}, "plateau"), ({"format": 99}, "format"),
])  # fmt: skip
def test_what_is_beyond_the_limits_is_refused_with_the_figure(told: Any, said: str) -> None:
    def made() -> None:
        spec = Spec.read(told)
        build(spec, table_of(spec.data.source))

    with pytest.raises(WorkingsError, match=said):
        made()


def bomb() -> str:
    return base64.urlsafe_b64encode(zlib.compress(b" " * 10_000_000, 9)).decode()


@pytest.mark.parametrize("link", [
    "", "s", "http://127.0.0.1/#s=", "#s=!!!!", "#s=AAAA", "#s=" + "A" * 7000,
    "#s=" + bomb()[:5990],
    "#s=" + links.packed([]), "#s=" + links.packed({"format": 2}),
    "#s=" + links.packed({"format": 1, "spec": {}, "step": 10**12}),
    "#s=" + links.packed({"format": 1, "spec": {}, "step": -3}),
    "#s=" + links.packed({"format": 1, "spec": {}, "runs": [{"marks": 7}]}),
    "#s=" + links.packed({"format": 1, "spec": {"data": {"source": "upload", "sha256": "x"}}}),
    "#s=" + links.packed({"format": 1, "spec": {"network": {"hidden": [{"units": 9999}]}}}),
])  # fmt: skip
def test_hostile_links_are_refused_and_the_page_stays_usable(article: Page, link: str) -> None:
    error = article.refused("open", link=link)
    assert error["text"]
    article.do("step")
    assert article.last("state")["step"] == 1


def test_a_fragment_of_a_megabyte_ends_nothing_but_the_request(article: Page) -> None:
    assert article.refused("open", link="#s=" + "A" * 900_000)["code"] == "bad_value"
    article.do("step")


def test_a_link_restores_the_step_the_fork_and_the_view_and_starts_nothing(
    server: Server,
) -> None:
    with page(server) as one:
        one.do("open", preset="moons")
        one.do("step", n=70)
        one.do("train.set", train={"lr": 0.005})
        one.do("step", n=20)
        one.do("fork", at=80, change={"l2": 0.01, "cells": {"wout[1,1]": 0.5}})
        one.do("step", n=15)
        view = {"part": 3, "cell": "wout[1,1]", "depth": 2, "theme": "dark", "hide": ["map"]}
        told = one.do("share", view={**view, "evil": "<script>"})
        check, step = one.last("tape")["check"], one.last("state")["step"]
        assert told["bytes"] <= 6000
        assert told["link"].startswith(server.session.address + "#s=")
    with page(server) as other:
        back = other.do("open", link=told["link"])
        assert back["view"] == view
        assert other.last("tape")["check"] == check
        assert other.last("state")["step"] == step == 95
        assert other.last("state")["status"] == "paused"
        assert other.last("changed")["marks"][0]["step"] == 70


def test_an_own_table_goes_along_if_it_is_small_and_asked_for(server: Server) -> None:
    data = b"a,b,y\n1,2,u\n3,4,v\n5,6,u\n7,9,v\n"
    with page(server) as one:
        one.send_file("mine.csv", data)
        one.do("data.commit", source="upload", test=0.0)
        one.do("step", n=4)
        check = one.last("tape")["check"]
        without = one.do("share", view={})
        assert "need" in without["notices"][0]
        whole = one.do("share", view={}, rows=True)
    session = Session()
    with pytest.raises(WorkingsError, match="Open the file first"):
        links.opened(session, without["link"])
    links.opened(session, whole["link"])
    assert session.run.checksum(4) == check


def test_unknown_fields_are_left_out_with_a_notice() -> None:
    state = {"format": 1, "spec": {"data": {"source": "and", "colour": 3}, "sound": 1}, "step": 0}
    told = links.opened(Session(), "#s=" + links.packed(state))
    assert len(told["notices"]) == 2


def test_a_step_that_would_take_hours_is_not_computed() -> None:
    spec = presets()["spiral"].spec.plain()
    spec["train"]["batch"] = None
    session = Session()
    told = links.opened(session, "#s=" + links.packed({"format": 1, "spec": spec, "step": 900_000}))
    assert session.step == 0
    assert "takes long" in told["notices"][0]
