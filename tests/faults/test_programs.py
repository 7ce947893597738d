"""The JSON form of programs: whatever the text, it is a program or refused."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.bombs import THINGS, WORDS, at
from faults.saying import checked
from fuzzing import leaves
from workings.errors import ProgramError
from workings.language import Program
from workings.network import Dense, Network

NETWORK = Network([Dense(2, "gelu"), Dense(1)], l2=0.1)
WRITTEN = NETWORK.training("sgd").to_json()


def read(text: str) -> Program | None:
    """The program, or None once the refusal has been looked at."""
    try:
        return Program.from_json(text)
    except ProgramError as error:
        checked(error)
        return None


@pytest.mark.fault("T1", "T2")
def test_whatever_a_fact_is_changed_to_it_is_a_program_or_refused() -> None:
    spec, draw = json.loads(WRITTEN), random.Random(0)  # noqa: S311 - nothing secret
    ways = list(leaves(spec))
    found = []
    for _ in range(150):
        text = json.dumps(at(spec, draw.choice(ways), draw.choice(THINGS)))
        program = read(text)
        if program is not None:
            assert Program.from_json(program.to_json()).to_json() == program.to_json()
            found.append(program)
    assert 0 < len(found) < 150


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(("op", "args", "name", "shape", "number", "axis")), inside
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(expr=_plain, more=_plain)
@pytest.mark.fault("T1", "T2")
def test_anything_in_the_place_of_an_expression(expr: Any, more: Any) -> None:
    spec = {
        "format": "workings-program-1", "updates": {}, "stages": [], "definitions": [],
        "steps": [{"name": "a", "expr": expr, "shape": [], "stage": "", "why": ""}],
    }  # fmt: skip
    for word in ("steps", "definitions", "updates", "stages", "format"):
        read(json.dumps(spec))
        read(json.dumps({**copy.deepcopy(spec), word: more}))


@settings(max_examples=150)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
@pytest.mark.fault("T1")
def test_any_text(text: str) -> None:
    assert read(text) is None


@pytest.mark.fault("T2")
def test_programs_too_deep_or_too_long_are_refused_and_not_run() -> None:
    spec = json.loads(WRITTEN)
    spec["definitions"] += [
        {"name": f"l{place}", "facts": {}, "arguments": [{"name": "x0", "shape": []}],
         "elementwise": True, "slopes": [None],
         "formula": {"op": f"l{place - 1}" if place else "neg", "args": [
             {"op": f"l{place - 1}" if place else "neg", "args": [{"name": "x0", "shape": []}]}]}}
        for place in range(60)
    ]  # fmt: skip
    x = {"name": "x", "shape": []}
    spec["steps"].append({
        "name": "own", "expr": {"op": "l59", "args": [x]}, "shape": [], "stage": "", "why": "",
    })  # fmt: skip
    assert read(json.dumps(spec)) is None
    wrapped = '{"op": "neg", "args": [' * 5000 + "1" + "]}" * 5000
    assert read('{"format": "workings-program-1", "steps": ' + wrapped + "}") is None
