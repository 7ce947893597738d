"""What people call the steps of a network, and which step a matrix called so must be.

    vocabulary(assignment, form)     spelling -> the name of the step or of the given matrix

Names are told apart by their letters and digits alone: `d_wout`, `dWout` and `D.WOUT` are one
word. All three styles of names are known (`hidden_layer_input`, `z1`, `error_wrt_output`), and
what else is often written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from workings.marking.assignments import Assignment, Form

OTHERWISE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"new_(.+)", (r"\1_new", r"\1_next", r"updated_\1", r"\1_updated", r"\1'", r"next_\1")),
    (r"d_(w\w*|b\w*)", (r"grad_\1", r"\1_grad", r"gradient_\1", r"dl_d\1", r"d\1")),
    (r"d([wb]\d+)", (r"grad_\1", r"\1_grad", r"gradient_\1", r"dl_d\1", r"d_\1")),
    (r"w(h\d*|out)", (r"weights_\1", r"weight_\1", r"w_\1")),
    (r"b(h\d*|out)", (r"bias_\1", r"b_\1")),
    (r"hidden_layer_input(\d*)", (r"z_hidden\1", r"zh\1", r"z_h\1", r"hidden_input\1")),
    (r"hiddenlayer_activations(\d*)", (
        r"hidden_layer_activations\1", r"hiddenlayer_activation\1", r"hidden_activations\1",
        r"a_hidden\1", r"ah\1", r"hidden_layer_output\1",
    )),
    (r"output_layer_input", ("z_out", "z_output", "output_input", "zout")),
    (r"output", ("yhat", "y_hat", "prediction", "predictions", "predicted", "a_out", "a_output")),
    (r"E", ("error", "error_at_output", "error_at_output_layer", "error_output")),
    (r"d_output", ("delta_output", "delta_out", "d_output_layer", "d_outputlayer")),
    (r"d_hiddenlayer(\d*)", (r"delta_hidden\1", r"d_hidden_layer\1", r"d_hidden\1")),
    (r"Error_at_hidden_layer(\d*)", (r"error_hidden\1", r"error_at_hidden\1")),
    (r"slope_output_layer", ("slope_output", "slope_out")),
    (r"slope_hidden_layer(\d*)", (r"slope_hidden\1", r"slope_h\1")),
    (r"dz(\d+)", (r"delta\1", r"delta_\1", r"d\1")),
    (r"slope(\d+)", (r"s\1", r"slope_\1", r"da\1_dz\1")),
    (r"lr", ("learning_rate", "rate", "eta", "alpha", "step_size")),
    (r"loss", ("cost", "total_loss", "total_error")),
    (r"X", ("inputs", "input", "x_input", "a0")),
    (r"y", ("target", "targets", "t", "labels")),
)  # fmt: skip


def folded(word: str) -> str:
    """A name reduced to what tells names apart.

    >>> folded("d_wout"), folded("dW.out"), folded("wh'")
    ('dwout', 'dwout', "wh'")
    """
    return re.sub(r"[^\w']|_", "", word.casefold())


def otherwise(word: str) -> list[str]:
    """Other spellings of one name."""
    found = []
    for pattern, spellings in OTHERWISE:
        if re.fullmatch(pattern, word):
            found += [re.sub(pattern, one, word) for one in spellings]
    return found


def vocabulary(assignment: Assignment, form: Form) -> dict[str, str]:
    """Each spelling, folded, with the name it stands for in this form.

    A name of this form's own style goes before one of another style, and that before another
    spelling.
    """
    styles = assignment.styles(form)
    return _vocabulary(tuple(tuple(style.items()) for style in styles))


@lru_cache(maxsize=256)
def _vocabulary(styles: tuple[tuple[tuple[str, str], ...], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for style in styles:
        for mine, word in style:
            found.setdefault(folded(word), mine)
    for style in styles:
        for mine, word in style:
            for other in otherwise(word):
                found.setdefault(folded(other), mine)
    return found


def style_of(assignment: Assignment, form: Form, words: Iterable[str]) -> dict[str, str]:
    """What to call each step when speaking of a working: as most of its words are called."""
    theirs = {folded(word) for word in words}
    styles = assignment.styles(form)
    return max(styles, key=lambda style: len(theirs & set(map(folded, style.values()))))
