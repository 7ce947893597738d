"""A trained network with the preparation of its columns: it predicts, shows itself and is saved.

    model.predict(table)             labels, or amounts
    model.probabilities(table)       one column per class
    model.trace(table)               every matrix on the way from the cells to the answer
    model.save(path)                 a file that is data and never a program

A model file holds the weights, the program from the cells to the answer, the preparation of the
columns, the network and how it was trained. Names in it are looked up in tables, never imported;
nothing in it can run. How the bytes are kept is said in `models/files.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from workings import __version__
from workings.conventions import Convention
from workings.data import Table, read_table
from workings.data.frames import is_frame, table_of_frame
from workings.engines import engine
from workings.engines._by_rows import ByRows
from workings.engines._rows import NotPlain
from workings.files import PathLike, clean
from workings.language import Program, Shape, chain, json_form
from workings.models import files as model_files
from workings.models.rows import ColumnsRead, check_memory
from workings.network import Network
from workings.network import stored as network_data
from workings.preparation import Preparation
from workings.preparation import stored as preparation_data
from workings.preparation.answers import read as answers_read
from workings.preparation.answers import shares
from workings.trace import Array, Trace
from workings.views import drawing, html

PREDICTED_AT_ONCE = 20_000  # rows; more are predicted in pieces, to bound the memory
CELLS_AT_ONCE = 2**28  # neurons times rows; of wide networks fewer rows are predicted at once


@dataclass(frozen=True)
class Model:
    """A trained network. `values` are its weights; `record` is how they came about.

    `stored` is the program that a model file holds: it is what runs, whatever a later version
    would make of the same network.
    """

    network: Network
    preparation: Preparation
    values: Mapping[str, Array]
    record: Mapping[str, Any] = field(default_factory=dict)
    stored: Program | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes it tells apart, as the table spelled them; none for a regression."""
        return self.preparation.target.classes

    @property
    def engine(self) -> str:
        """Which engine its training ran on; "" for weights that were learnt elsewhere."""
        history = self.record.get("history")
        return str(history.get("engine", "numpy")) if history else ""

    @cached_property
    def program(self) -> Program:
        """From the table's numbers and categories to the `answer`."""
        if self.stored is not None:
            return self.stored
        forward = self.network.program().only(self.network.output)
        convention = self.network.convention
        answer = self.preparation.answer_steps(forward.ref(self.network.output), convention)
        whole = chain(self.preparation.steps(convention), forward, answer)
        shown = {step.stage for step in whole} | {"Start weights and biases"}
        stages = tuple(stage for stage in whole.stages if stage.title in shown)
        return Program(whole.steps, stages=stages)

    def answers(self, table: Table, *, unseen: str = "error") -> Array:
        """The network's answers for the rows of a table: (n, classes), (n, 1) for two classes."""
        return self._asked(table, unseen, None)

    def answers_of(self, arrays: Mapping[str, Array]) -> Array:
        """The same for the arrays that `Preparation.inputs` makes of a table."""
        return self._answering(self.all_values({}), arrays)

    def predict(self, table: Table | Any, *, unseen: str = "error") -> Any:
        """The label of each row, as the table spelled it, or the predicted amount; (n,).

        With several target columns (n, columns). `table` may be a `Table`, the path of a file, a
        data frame, or an array with the columns the model reads.
        """
        return self._asked(table, unseen, self.labels_of)

    def probabilities(self, table: Table | Any, *, unseen: str = "error") -> Array:
        """The probability of each class, (n, classes), or of each label. Raises for a regression.

        Outputs that are not probabilities by themselves are cut to 0 .. 1 and shared out.
        """
        return self._asked(table, unseen, self.shares_of)

    def _asked(self, given: Any, unseen: str, read: Callable[[Array], Array] | None) -> Array:
        """What `read` makes of the answers; rows of plain numbers are never a table."""
        rows: Any = self._columns_read.of_array(given)
        table = None if rows else self.as_table(given)
        if table is not None:
            rows = self._columns_read.of_table(table, unseen=unseen)
        if rows:
            try:
                return self._answering(self.all_values({}), rows, read)
            except NotPlain:
                pass
        table = self.as_table(given) if table is None else table
        check_memory(self.preparation, len(table))
        arrays = self.preparation.inputs(table, unseen=unseen)
        return self._answering(self.all_values({}), arrays, read)

    @cached_property
    def _answering(self) -> ByRows:
        return ByRows(self.program, "answer", self._at_once)

    @property
    def _at_once(self) -> int:
        """How many rows are predicted at once; it depends on the network alone."""
        widest = sum(max(x.shape, default=1) for x in self.values.values())
        return max(1, min(PREDICTED_AT_ONCE, CELLS_AT_ONCE // max(1, widest)))

    @cached_property
    def _columns_read(self) -> ColumnsRead:
        return ColumnsRead(self.preparation, self._order)

    @property
    def _order(self) -> list[str]:
        """What the columns of an array are called."""
        return [str(word) for word in self.record.get("columns", self.preparation.columns)]

    @cached_property
    def _constants(self) -> Mapping[str, Array]:
        return self.preparation.constants()

    def __getstate__(self) -> dict[str, Any]:
        """What it is made of, without what it has made ready."""
        return {word: vars(self)[word] for word in self.__dataclass_fields__}

    def labels_of(self, answers: Array) -> Any:
        """What each row of answers speaks for: its label or amount, as `predict` gives it."""
        return answers_read(self.preparation.target, answers)

    def shares_of(self, answers: Array) -> Array:
        """Answers as one probability per class; raises for a regression."""
        found: Array = shares(self.preparation.target, answers)
        return found

    def as_table(self, table: Table | Any) -> Table:
        """A table, whatever was given: a path is read, an array gets the model's column names."""
        if isinstance(table, Table):
            return table
        if isinstance(table, str) or hasattr(table, "__fspath__"):
            return read_table(table)
        if is_frame(table):
            return table_of_frame(table)
        return Table.from_arrays(table, names=self._order)

    @cached_property
    def working(self) -> Program:
        """As `program`, and on to the loss and what every weight is owed; reads `target` too."""
        return self.working_of(replace(self.network, weighted=False).backward())

    def working_of(self, iteration: Program) -> Program:
        """A program of the network's, between the cells of the table and the answer."""
        convention = self.network.convention
        return chain(
            self.preparation.steps(convention), self.preparation.target_steps(convention),
            iteration,
            self.preparation.answer_steps(iteration.ref(self.network.output), convention),
        )  # fmt: skip

    def trace(
        self, table: Table | Any, *, rows: Sequence[int] | None = None, unseen: str = "error"
    ) -> Trace:
        """Every value from the cells to the answer, for all rows or for some (places from 0).

        With the target in the table, also the loss and what every weight is owed for these rows.
        Some rows are computed among all of them: how a matrix product is added up depends, in its
        last digit, on how many rows there are, and these are the digits that `predict` gives.
        """
        whole = self.as_table(table)
        chosen = range(len(whole)) if rows is None else sorted(rows)
        table = whole.take(chosen)
        arrays, program = self.preparation.inputs(table, unseen=unseen), self.program
        if {column.name for column in self.preparation.target.columns} <= set(table.names):
            arrays["target"] = self.preparation.targets(table)
            program = self.working
        values = engine().run(program, self.all_values(arrays))
        if rows is not None:
            values |= self._forward(whole, chosen)
        return Trace(program, values, self.labels(table, whole))

    def _forward(self, whole: Table, chosen: Sequence[int]) -> dict[str, Array]:
        """Every value up to the answer for the chosen rows, each computed with its neighbours."""
        arrays, program = self.preparation.inputs(whole, unseen="none"), self.program
        found: dict[str, list[Array]] = {}
        axes = {word: program.ref(word).shape for word in (*program.given, *program.names)}
        for first, some in _pieces(arrays, self._at_once):
            here = [row - first for row in chosen if 0 <= row - first < self._at_once]
            if here:
                for word, x in engine().run(program, self.all_values(some)).items():
                    taken = x.take(here, axes[word].index("n")) if "n" in axes[word] else x
                    found.setdefault(word, []).append(taken)
        values = {word: _joined(pieces, axes[word]) for word, pieces in found.items()}
        if self._answering.pays(self.all_values({}), arrays):  # these are the digits of `predict`
            values["answer"] = self.answers_of(arrays)[list(chosen)]
        return values

    def drawing(self) -> str:
        """The network as SVG, with its weights: numbers on the lines of a small one."""
        network, labels = self.network, self.preparation.labels
        learnt = [
            layer.taken_apart(self.values, names, network.convention)
            for layer, names in zip(network.layers, network.names, strict=True)
        ]
        hidden = [
            [f"h{place}" for place in range(1, len(weights.T) + 1)] for weights, _ in learnt[:-1]
        ]
        titles = [
            f"{names.title}: {layer.op.name}"
            for layer, names in zip(network.layers, network.names, strict=True)
        ]
        return drawing.drawing(
            [labels["inputs"], *hidden, labels["outputs"]],
            weights=[weights for weights, _ in learnt],
            biases=[np.zeros(w.shape[1]) if bias is None else bias for w, bias in learnt],
            titles=["inputs", *titles],
        )

    def described(self) -> str:
        """The network in a line, what it predicts, and where it comes from."""
        prepared = self.preparation
        layers = self.network.described(prepared.inputs_count, prepared.target.outputs)
        origin, agreement = self.record.get("origin"), self.record.get("agreement")
        said = [layers, f"predicts {prepared.target.name}", *([f"from a {origin}"] * bool(origin))]
        if isinstance(agreement, dict):
            largest, rows = agreement.get("largest"), agreement.get("rows")
            said.append(f"agrees with it to {largest} on {rows} drawn rows")
        return "; ".join(said)

    def __repr__(self) -> str:
        return f"<Model: {clean(self.described())}>"

    def _repr_html_(self) -> str:
        return html.scoped(f"<p>{escape(clean(self.described()))}</p>{self.drawing()}")

    def labels(self, rows: Table, whole: Table) -> dict[str, list[str]]:
        """What the places in each matrix are called; rows by their number in the whole table."""
        places = {line: str(place) for place, line in enumerate(whole.lines, 1)}
        return {**self.preparation.labels, "n": [places[line] for line in rows.lines]}

    def under(self, convention: Convention) -> Model:
        """The same model under another convention: other matrices, the same predictions."""
        network = self.network.under(convention)
        values = self.network.translated(self.values, network)
        return replace(self, network=network, values=values, stored=None)

    def all_values(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """The given arrays, the constants of the preparation, and the weights.

        Columns are prepared in float64 whatever the weights are: 1e9 + 1 is no number in float32.
        """
        return {**self._constants, **self.values, **arrays}

    def save(self, path: PathLike) -> None:
        """Writes the model file, whole or not at all; raises `SettingError` if it cannot."""
        forward = self.network.program()
        spec = {
            "version": __version__,
            "program": json.loads(self.program.to_json()),
            "definitions": json_form.definitions(step.expr for step in forward),
            "network": network_data.to_data(self.network),
            "preparation": preparation_data.to_data(self.preparation),
            "record": dict(self.record),
        }
        model_files.write(path, spec, self.values)


def _pieces(
    arrays: Mapping[str, Array], at_once: int
) -> Iterator[tuple[int, dict[str, Array]]]:  # fmt: skip
    """The rows in pieces that are predicted at once, each with its first row's place."""
    for first in range(0, len(next(iter(arrays.values()))), at_once):
        yield first, {word: x[first : first + at_once] for word, x in arrays.items()}


def _joined(pieces: Sequence[Array], shape: Shape) -> Array:
    return np.concatenate(pieces, shape.index("n")) if "n" in shape else pieces[0]
