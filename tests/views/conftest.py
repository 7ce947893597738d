"""Traces to be shown: the article's example, and one that is wide and has hostile labels."""

from __future__ import annotations

import numpy as np
import pytest

from workings.engines import engine
from workings.language import Program, Stage, Step, name, spread
from workings.network import Dense, Network
from workings.trace import Trace

HOSTILE = ["<script>alert(1)</script>", "\x1b[31mred\u202e", 'a "quoted" & long column name']


@pytest.fixture(scope="session")
def article() -> Trace:
    values = {
        "X": [[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]],
        "y": [[1], [1], [0]],
        "wh": [[0.42, 0.88, 0.55], [0.10, 0.73, 0.68], [0.60, 0.18, 0.47], [0.92, 0.11, 0.52]],
        "bh": [[0.46, 0.72, 0.08]],
        "wout": [[0.30], [0.25], [0.23]],
        "bout": [[0.69]],
        "lr": 0.1,
    }
    program = Network([Dense(3), Dense(1)]).training("sgd")
    return engine().trace(program, {word: np.asarray(v, float) for word, v in values.items()})


@pytest.fixture(scope="session")
def wide() -> Trace:
    """1000 samples of 64 columns, three of them with hostile names; a single row is added."""
    x, b = name("X", "n", "inputs"), name("b", 1, "inputs")
    program = Program(
        (Step("z", x + spread(b, x.shape), "Add", "Because."),), stages=(Stage("Add", ("X", "b")),)
    )
    labels = [*HOSTILE, *(f"column {place}" for place in range(61))]
    values = {"X": np.arange(64000.0).reshape(1000, 64) / 7, "b": np.ones((1, 64))}
    return engine().trace(program, values, labels={"inputs": labels})
