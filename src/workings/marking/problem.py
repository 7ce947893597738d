"""A problem: a program with all that it is given, as plain data that any sheet can carry.

    Problem(program, values, labels, title)
    problem.to_json(), Problem.from_json(text)     each the inverse of the other

The JSON form is an object with

    format      "workings-problem-1"
    title       what the problem is, in a line
    program     the program, in its own JSON form
    values      each given matrix as nested lists
    labels      what the places along a named size are called
    network     the network it is an iteration of, and the optimizer, where that is known:
                then a working in another convention can be marked too
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings import facts
from workings.activations import activations
from workings.errors import ProgramError, WorkingsError
from workings.language import Program, json_form
from workings.language.shapes import bound
from workings.losses import losses
from workings.network import Network
from workings.network import stored as network_data

FORMAT = "workings-problem-1"


@dataclass(frozen=True)
class Problem:
    """A program and the values it is given: all that a working starts from.

    `blank` are the steps that a sheet leaves to be filled in; all others stand on it. None named
    are all.

    >>> from workings.language import Step, name
    >>> double = Program((Step("double", 2.0 * name("x", "n", 1)),))
    >>> problem = Problem(double, {"x": np.array([[4.0]])}, title="twice")
    >>> again = Problem.from_json(problem.to_json())
    >>> again.program == double, again.values["x"].tolist(), again.title
    (True, [[4.0]], 'twice')
    """

    program: Program
    values: Mapping[str, Any]
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    title: str = ""
    network: Network | None = None
    optimizer: str = "sgd"
    blank: Sequence[str] = ()

    def to_json(self) -> str:
        """The problem as JSON text."""
        given = {word: np.asarray(self.values[word]).tolist() for word in self.program.given}
        return json.dumps({
            "format": FORMAT, "title": self.title,
            "program": json.loads(self.program.to_json()), "values": given,
            "labels": {size: list(some) for size, some in self.labels.items()},
            **self._learner(), **({"blank": list(self.blank)} if self.blank else {}),
        })  # fmt: skip

    def _learner(self) -> dict[str, Any]:
        """The network and its optimizer, if the problem is known to be of one."""
        if self.network is None:
            return {}
        return {"network": network_data.to_data(self.network), "optimizer": self.optimizer}

    @classmethod
    def from_json(cls, text: str) -> Problem:
        """The problem in `text`; raises `ProgramError` saying what is wrong with it.

        No name in the text is ever imported or run.
        """
        with json_form.reading("the problem"):
            data = json.loads(text)
            if not isinstance(data, dict) or data.get("format") != FORMAT:
                raise ProgramError(f"it is not in the form {FORMAT!r}")
            program = Program.from_json(json.dumps(data["program"]), {**activations(), **losses()})
            values = {
                word: _matrix(word, value) for word, value in facts.table(data["values"]).items()
            }
            missing = [word for word in program.given if word not in values]
            if missing:
                raise WorkingsError(f"it does not say what {missing[0]} is")
            bound(program.given, {word: values[word].shape for word in program.given})
            labels = facts.mapped(facts.listed(facts.text))(data.get("labels", {}))
            title, network = facts.text(data.get("title", "")), _network(data.get("network"))
            optimizer = facts.text(data.get("optimizer", cls.optimizer))
            blank = facts.texts(data.get("blank", []))
            return cls(program, values, labels, title, network, optimizer, blank)


def _network(data: Any) -> Network | None:
    if data is None:
        return None
    return network_data.from_data(facts.table(data), {**activations(), **losses()})


def _matrix(word: str, value: Any) -> Any:
    array = np.asarray(value, dtype=float)
    if array.ndim > 2 or not np.isfinite(array).all():
        raise WorkingsError(f"{word} is no matrix of finite numbers")
    return array
