"""What is shown at a prompt and in a notebook: traces, programs, explanations, activations."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import workings
from workings import Activation, activations
from workings.explaining import gallery
from workings.explaining.finding import explain
from workings.network.network import Dense, Network
from workings.showing import Shown, run, show
from workings.systems import system
from workings.views import listing


class Words(HTMLParser):
    """The text of a page, and the tags that were opened and not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words, self.open = "", []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("br", "meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def whole(shown: Shown) -> str:
    """The words of what a notebook shows; every tag is closed."""
    page = Words(shown._repr_html_())
    assert page.open == []
    return page.words


def test_a_trace_is_text_and_a_page() -> None:
    shown = show(system("article").trace())
    assert "Step 11" in shown
    assert all(word in whole(shown) for word in ("Step 0", "new_bout", "0.6836"))


def test_one_step_alone_can_be_shown() -> None:
    shown = show(system("article").trace(), step="d_output", digits=6)
    assert "-0.131255" in shown
    assert "new_wh" not in shown


def test_a_program_shows_every_step_with_its_reason() -> None:
    program = Network([Dense(3), Dense(1)]).training("adam")
    shown = show(program)
    for step in program:
        assert f"{listing.said(step)} " in shown
        assert step.why in shown
        assert step.name in whole(shown)
    assert "wout (hidden x outputs)" in shown.splitlines()[0]


def test_an_explanation_is_shown_as_it_prints_itself() -> None:
    found = explain(system("article").trace(), "output[1,1]")
    assert show(found) == str(found)
    assert "sigmoid(1.3209)" in whole(show(found))


def test_lists_and_whole_numbers_are_run() -> None:
    program = Network([Dense(1, "identity", bias=False)]).program().only("output")
    assert run(program, {"X": [[1, 2]], "wout": [[3], [4]]})["output"] == 11.0


@pytest.mark.parametrize("word", [word for word in workings.__all__ if word != "__version__"])
def test_every_name_at_the_front_door_leads_somewhere(word: str) -> None:
    assert getattr(workings, word).__doc__


def test_a_name_that_is_not_at_the_front_door_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no 'trian'"):
        workings.trian  # noqa: B018
    assert "train" in dir(workings)


def test_the_gallery_has_every_activation_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    bent = Activation("bent", lambda x: x * x, lambda y, x: 2.0 * x, use="To see it here.")
    monkeypatch.setattr(activations, "BENT", bent, raising=False)
    text = gallery.text()
    assert all(f"\n{word}\n" in text for word in activations.activations())
    assert "y     = x * x\n  slope = 2 * x" in text
    assert "To see it here." in Words(gallery.page()).words


def test_curves_are_the_activation_and_its_slope() -> None:
    curves = {entry.name: entry.curve for entry in gallery.entries() if entry.curve}
    y, slope = curves["relu"]
    assert (y == gallery.WIDE.clip(0)).all()
    assert (slope == (gallery.WIDE > 0)).all()
