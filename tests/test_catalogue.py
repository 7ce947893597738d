"""The catalogue: everything there is, from the tables themselves."""

from __future__ import annotations

import math
from dataclasses import fields
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from workings import activations, losses, optimizers
from workings.activations import Activation
from workings.catalogue import catalogue, choices, operations, pictures, shelves
from workings.catalogue.entries import Catalogue, Entry
from workings.conventions import CHOICES
from workings.diagnosing.diseases import diseases
from workings.engines import engine
from workings.errors import UnknownName
from workings.exports import formats
from workings.initializers import Initializer, initializer
from workings.lab import mistakes
from workings.language import Program, Step, name
from workings.language.json_form import PRIMITIVES
from workings.network import Dense
from workings.slips import slips

TABLES = {
    "activations": activations.activations(),
    "losses": losses.losses(),
    "optimizers": optimizers.optimizers(),
    "conventions": CHOICES,
    "slips": slips(),
    "mistakes": mistakes(),
    "diseases": diseases(),
    "exports": formats(),
    "layers": [option.name for option in fields(Dense)],
}


class Tags(HTMLParser):
    """Counts tags, and holds that each that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        known = dict(attrs)
        self.ids += [str(known[word]) for word in ("id",) if word in known]
        self.links += [str(known[word]) for word in ("href",) if word in known and tag == "a"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass


@pytest.fixture(scope="module")
def all_of_it() -> dict[str, Catalogue]:
    return {word: catalogue(word) for word in shelves()}


@pytest.mark.parametrize("word", TABLES)
def test_everything_of_a_table_is_there(word: str, all_of_it: dict[str, Catalogue]) -> None:
    assert [entry.name for entry in all_of_it[word].entries] == list(TABLES[word])


def test_every_op_is_there(all_of_it: dict[str, Catalogue]) -> None:
    names = [entry.name for entry in all_of_it["ops"].entries]
    assert names[: len(PRIMITIVES)] == list(PRIMITIVES)
    assert {"absolute", "sqrt", "mean", "log_sum_exp"} <= set(names)


@pytest.mark.parametrize("word", shelves())
def test_a_page_of_it_is_well_formed(word: str, all_of_it: dict[str, Catalogue]) -> None:
    made = all_of_it[word]
    page = Tags(made._repr_html_())
    assert page.open == []
    places = [made.place(entry) for entry in made.entries]
    assert len(set(places)) == len(places)
    assert [f"#{place}" for place in places] == page.links
    assert set(places) <= set(page.ids)
    for entry in made.entries:
        assert all(entry[label].strip() for label, _ in entry.facts), entry.name
        if entry.picture:
            picture = ElementTree.fromstring(entry.picture)  # noqa: S314 - our own text
            assert picture.get("role") == "img"
            assert len(picture.get("aria-label", "")) > 20


def test_what_is_drawn_has_a_picture_each(all_of_it: dict[str, Catalogue]) -> None:
    for word in ("losses", "optimizers", "schedules", "initializers"):
        assert all(entry.picture for entry in all_of_it[word].entries), word
    plain = [entry.name for entry in all_of_it["activations"].entries if not entry.picture]
    assert plain == ["softmax"]  # which looks at several sums together


def test_every_slip_is_shown_in_a_step_but_rounding(all_of_it: dict[str, Catalogue]) -> None:
    shown = {entry.name: dict(entry.facts) for entry in all_of_it["slips"].entries}
    assert {name for name, facts in shown.items() if "right" not in facts} == {"rounding"}
    assert all(all_of_it["slips"][name]["right"] != all_of_it["slips"][name]["with the slip"]
               for name in shown if name != "rounding")  # fmt: skip


def test_a_row_of_ones_own_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Activation("mine", lambda x: x * x * x, use="To see it `here`.")
    monkeypatch.setattr(activations, "MINE", mine, raising=False)
    entry = catalogue("activations")["mine"]
    assert entry["formula"] == "y = x * x * x"
    assert entry["use"] == "To see it `here`."
    assert "<code>here</code>" in catalogue("activations")._repr_html_()


def test_the_examples_of_ops_run_and_give_the_shapes_they_say() -> None:
    sizes = {"n": 4, "m": 3, "k": 2}
    for op in PRIMITIVES.values():
        shown = operations.example(op)
        given = {
            arg["name"]: np.ones([sizes.get(str(size), size) for size in arg.shape])
            if op.name not in ("take", "put") or arg["name"] == "a"
            else np.array([1.0, 0.0])
            for arg in shown.args
        }
        given["sizes"] = np.ones((4, 3, 2))  # a matrix that tells every size
        program = Program((Step("told", -name("sizes", "n", "m", "k")), Step("y", shown)))
        found = engine().run(program, given)["y"]
        assert np.shape(found) == tuple(sizes.get(str(size), size) for size in shown.shape), op.name


def test_curves_are_those_of_the_formulas() -> None:
    half = losses.loss("half_squared_error")
    points = np.array([-1.0, 0.5, 2.0])
    made = pictures.values(half(name("output"), name("y")), points,
                           lambda x: {"output": x, "y": 0.5})  # fmt: skip
    assert made.tolist() == [(x - 0.5) ** 2 / 2 for x in points]
    drawn, found = pictures.initializer(initializer("glorot"))
    assert abs(found).max() <= math.sqrt(6 / sum(pictures.DRAWN))
    assert drawn.startswith("<svg")


def test_a_course_is_told_in_words() -> None:
    told = pictures._course
    assert told(np.array([1.0, 1.0])) == "it stays the same"
    assert told(np.array([1.0, 0.0, 0.0, 2.0])) == "it falls and then rises"


def test_words_of_a_name_are_escaped() -> None:
    text = Catalogue("x", (Entry("<b> & \x1b", [("<i>", "1 < `2`")]),))._repr_html_()
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "1 &lt; <code>2</code>" in text


def test_a_shelf_that_there_is_not_is_named() -> None:
    with pytest.raises(UnknownName, match="activations"):
        catalogue("activation")


def test_every_option_of_a_layer_and_a_choice_has_its_steps() -> None:
    assert set(choices.OPTIONS) == {option.name for option in fields(Dense)}
    for entry in catalogue("conventions").entries:
        told = [entry[f"{entry.name} = {option}"] for option in CHOICES[entry.name]]
        assert len(set(told)) == len(told), entry.name


def test_starting_weights_that_are_all_the_same_are_drawn(all_of_it: dict[str, Catalogue]) -> None:
    zeros = Initializer("none", lambda random, i, o, shape: np.zeros(shape), "")
    assert "from 0 to 0" in pictures.initializer(zeros)[0]
