"""What is shown at a prompt and in a notebook: traces, programs, explanations, activations."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import workings
import workings.language.algebra
from workings import Activation, activations
from workings.diagnosing import diagnosed
from workings.diagnosing.case import Case
from workings.errors import NotSupported
from workings.explaining import gallery, losing
from workings.explaining.finding import explain
from workings.language import spelled
from workings.losses import losses
from workings.network.network import Dense, Network
from workings.showing import Shown, run, show
from workings.systems import system
from workings.training.runs import Rows, Settings
from workings.views import html, listing


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
        assert f"  {step.name} = " in shown
        assert step.name in whole(shown)
    assert "wout (hidden x outputs)" in shown.splitlines()[0]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_program_keeps_to_the_width_and_says_all_of_it(width: int) -> None:
    """Line by line an equation, with its shape beside its first line, and a reason below."""
    program = Network([Dense(3), Dense(1)]).training("adam")
    lines = show(program, width=width).splitlines()
    assert max(map(len, lines)) <= width
    shapes = "|".join({re.escape(spelled(step.shape)) for step in program})
    words = " ".join(" ".join(re.sub(rf" {{3,}}({shapes})$", "", line) for line in lines).split())
    for step in program:
        assert listing.said(step) in words
        assert step.why in words


def test_a_long_formula_is_continued_before_an_operator_and_deeper() -> None:
    shown = show(Network([Dense(3), Dense(1)]).training("adam"), width=80).splitlines()
    begun = next(at for at, line in enumerate(shown) if line.startswith("  new_wout = "))
    assert shown[begun + 1].startswith("    / (sqrt(corrected_squares_wout)")


@pytest.mark.parametrize("width", [60, 100])
def test_an_explanation_keeps_to_the_width_and_says_all_of_it(width: int) -> None:
    for cell in ("output[1,1]", "d_wh[2,1]", "wh[1,1]", "new_wout[1,1]"):
        found = explain(system("article").trace(), cell)
        shown = show(found, width=width)
        assert max(map(len, shown.splitlines())) <= width
        words = " ".join(shown.split())
        for said in (found.sentence, found.formula, found.why, *found.reasons):
            assert " ".join(said.split()) in words
    assert max(map(len, str(explain(system("moons").trace(), "loss")).splitlines())) <= 100


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


# -- what shows itself -----------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>\x1b[2J"
OWN_FORMS = {
    "network": lambda: Network([Dense(20, "relu", dropout=0.1), Dense(None, "softmax")],
                               loss="categorical_cross_entropy", l2=0.1),
    "program": lambda: Network([Dense(3), Dense(1)]).training("adam"),
    "trace": lambda: system("article").trace(),
    "explanation": lambda: explain(system("article").trace(), "wh[1,3]"),
    "primitive": lambda: workings.language.algebra.MATMUL,
    **{word: lambda word=word: activations.activation(word) for word in ("tanh", "softmax")},
    **{word: lambda word=word: workings.loss(word) for word in losses()},
    "own loss": lambda: workings.Loss(HOSTILE, lambda out, y: (out - y) * (out - y)),
    "own activation": lambda: Activation(HOSTILE, lambda x: x * x, use=HOSTILE),
    "result": lambda: workings.train(_hostile_table(), epochs=2, hidden=[2]),
    "model": lambda: workings.train(_hostile_table(), epochs=2, hidden=[2]).model,
    "diagnosis": lambda: diagnosed(_sick()),
    "finding": lambda: diagnosed(_sick()).findings[0],
}  # fmt: skip


def _hostile_table() -> workings.Table:
    """Numbers under names, and classes, that want to be markup."""
    X = [[number % 7, number % 3] for number in range(42)]
    y = [f"{HOSTILE}{number % 2}" for number in range(42)]
    return workings.Table.from_arrays(X, y, names=[HOSTILE, "b"], target=f"t{HOSTILE}")


def _sick() -> Case:
    """A rate far too large, on inputs of which one is called after markup."""
    X = np.array([[100.0 * number, number % 2] for number in range(12)])
    network = Network([Dense(3, "sigmoid"), Dense(1, "identity")])
    start = network.start(inputs=2, outputs=1, random=np.random.default_rng(0))
    rows = Rows(X, X[:, 1:])
    return Case(network, start, rows, Settings(epochs=5, rate=50.0), inputs=(HOSTILE, "b"))


@pytest.mark.parametrize("word", OWN_FORMS)
def test_it_shows_itself_in_a_notebook_and_in_a_few_lines_at_a_prompt(word: str) -> None:
    thing = OWN_FORMS[word]()
    page = thing._repr_html_()
    read = Words(page)
    assert read.open == []
    assert html.SCOPED in page
    assert "<script" not in page
    assert "\x1b" not in page
    assert len(read.words.replace(html.SCOPED, "")) > 20
    assert page.count("<svg") <= page.count("<p>")  # text beside each picture
    said = repr(thing)
    assert " at 0x" not in said
    assert "array(" not in said
    assert len(said.splitlines()) <= 20


def test_what_a_notebook_shows_by_itself_is_what_show_shows() -> None:
    trace = system("article").trace()
    assert trace._repr_html_() == show(trace)._repr_html_()


def test_a_large_trace_is_shown_through_a_window() -> None:
    program = Network([Dense(3), Dense(1)]).program()
    values = {"X": np.ones((5000, 4)), "y": np.ones((5000, 1)), "wh": np.ones((4, 3)),
              "bh": np.ones((1, 3)), "wout": np.ones((3, 1)), "bout": np.ones((1, 1))}  # fmt: skip
    page = run(program, values)._repr_html_()
    assert "4988 more rows" in page
    assert len(page) < 200_000


def test_a_network_says_what_each_layer_learns() -> None:
    shown = show(Network([Dense(3, "tanh"), Dense(1)]))
    assert "wh (inputs x hidden), bh (1 x hidden)" in shown
    assert "wh (inputs x hidden)" in whole(shown)
    assert eval(repr(Network([Dense(3, "tanh"), Dense(1)], l2=0.5))) == Network(  # noqa: S307
        [Dense(3, "tanh"), Dense(1)], l2=0.5
    )


def test_the_slope_of_a_loss_is_the_one_that_trains() -> None:
    """Stated or derived, it is what back-propagation sends into the output layer."""
    for row in losses().values():
        if not row.elementwise:
            continue
        curves = losing._curves(row)
        x, (y, slope) = losing.WIDE, curves["y = 1"]
        nudged = np.gradient(y, x)
        smooth = np.abs(np.gradient(slope)) < 0.2  # away from kinks and edges
        smooth[[0, -1]] = False
        assert smooth.sum() > 100
        np.testing.assert_allclose(slope[smooth], nudged[smooth], atol=0.06)  # steps of 0.05


def test_what_cannot_be_shown_is_said() -> None:
    with pytest.raises(NotSupported, match="cannot show a list: expected a trace"):
        show([1, 2])


def test_light_and_dark_follow_the_page_around() -> None:
    for theme in ("data-jp-theme-light", "data-theme", "vscode-dark"):
        assert theme in html.SCOPED
    assert ":root" not in html.SCOPED


# -- scikit-learn's estimators ---------------------------------------------------------------------


def test_a_fitted_estimator_shows_scikit_learns_diagram_and_the_network() -> None:
    X = np.arange(40.0).reshape(20, 2) / 40
    frame = pd.DataFrame({"a<b>": X[:, 0], HOSTILE: X[:, 1]})
    told = {"hidden_layer_sizes": (3,), "solver": "lbfgs", "max_iter": 20, "random_state": 0}
    fitted = workings.MLPRegressor(**told).fit(frame, X[:, 0])
    plain = BaseEstimator._html_repr  # what scikit-learn shows of any estimator
    assert f"Fitted in {fitted.n_iter_} iterations" in fitted._repr_html_()
    for page in (fitted._repr_html_(), fitted._repr_mimebundle_()["text/html"]):
        theirs, ours = page.split("<div class='workings'>")
        assert "sk-top-container" in theirs
        assert "2 inputs - 3 relu - 1 output" in ours
        assert "a&lt;b&gt;" in ours
        assert "<script" not in ours
        assert Words(ours.removesuffix("</div>")).open == []
    new = workings.MLPRegressor(**told)
    for unfitted in (new, clone(fitted)):
        assert "class='workings'" not in unfitted._repr_html_()
        assert len(unfitted._repr_html_()) == len(plain(unfitted))
    with config_context(display="text"):
        assert not hasattr(fitted, "_repr_html_")
        assert set(fitted._repr_mimebundle_()) == {"text/plain"}
    inside = make_pipeline(StandardScaler(), fitted)
    assert "class='workings'" not in inside._repr_html_()
