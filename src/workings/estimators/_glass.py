"""A fitted estimator, looked into: its program, its matrices, its numbers explained, its files."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from sklearn.utils.validation import check_is_fitted

from workings.data import Table
from workings.data.frames import is_frame, table_of_frame
from workings.engines import engine
from workings.estimators import _parameters as parameters
from workings.estimators._frames import TARGET
from workings.estimators._perceptron import Perceptron
from workings.explaining.explanation import Explanation
from workings.explaining.finding import explain
from workings.exports import write
from workings.files import PathLike, clean
from workings.language import Program
from workings.models import Model
from workings.models.assembling import Layer, assembled
from workings.preparation import plain
from workings.preparation.columns import Target
from workings.showing import Shown, show
from workings.taking import of_model
from workings.trace import Trace
from workings.views import html


class Glass(Perceptron):
    """Mixed into both estimators: everything that a `workings.Model` can show."""

    @property
    def model_(self) -> Model:
        """The same network as a `Model`, with the weights as they are now."""
        check_is_fitted(self)
        hidden = [layer.activation for layer in parameters.hidden_layers(self)]
        ends = parameters.THEIRS.get(self.out_activation_, self.out_activation_)
        learnt = zip(self.coefs_, self.intercepts_, [*hidden, ends], strict=True)
        layers = [Layer(weights, bias, bend) for weights, bias, bend in learnt]
        loss, _ = parameters.loss_of(self, self._kind())
        prepared = self._prepared or plain(self._names(), Target(TARGET))
        target = self._target(self._target_name())
        model = assembled(
            layers, replace(prepared, target=target), loss=loss,
            record={"columns": self._names(), "origin": type(self).__name__},
        )  # fmt: skip
        network = replace(model.network, l1=self.l1, l2=self.alpha, shared_penalty=True)
        return replace(model, network=network)

    @property
    def program_(self) -> Program:
        """From the columns to the answer: what `predict` runs, as named steps."""
        return self.model_.program

    def trace(self, X: Any, y: Any = None) -> Trace:
        """Every matrix on the way from `X` to the answer; with `y` also what weights are owed."""
        model, table = self.model_, self._rows(X)
        if y is None:
            return model.trace(table)
        # not through a table: a class may be called what tables call missing
        arrays = {**model.preparation.inputs(table, unseen="none"), "target": self._goal(y)}
        values = engine().run(model.working, model.all_values(arrays))
        return Trace(model.working, values, model.labels(table, table))

    def explain(self, X: Any, cell: str, y: Any = None) -> Explanation:
        """Why one number is what it is: `cell` as in "output[1,1]" or "d_wh[2,3]"."""
        return explain(self.trace(X, y), cell)

    def show(self, X: Any, y: Any = None) -> Shown:
        """Every matrix, labelled, as text or in a notebook."""
        return show(self.trace(X, y))

    def to_excel(self, path: PathLike, X: Any = None) -> None:
        """A workbook that predicts with live formulas; rows of `X` are its test rows."""
        rows = None if X is None else self._rows(X)
        write(of_model(self.model_, rows), "xlsx", path)

    def save(self, path: PathLike) -> None:
        """A model file: data and never a program. `workings.load` and the command line read it."""
        self.model_.save(path)

    def _html_repr(self) -> str:
        """scikit-learn's diagram; once it is fitted, the network in a line and drawn below."""
        diagram = str(super()._html_repr())  # type: ignore[misc]
        if not hasattr(self, "coefs_"):
            return diagram
        loss, done = getattr(self, "loss_", None), f"Fitted in {self.n_iter_} iterations"
        said = f"{done}; the loss is {loss:.6g}." if loss is not None else f"{done}."
        model = self.model_
        inside = f"<p>{escape(clean(model.described()))}. {said}</p>{model.drawing()}"
        return diagram + html.scoped(inside)

    def _target_name(self) -> str:
        name = TARGET
        while name in self._names():
            name += "_"
        return name

    def _rows(self, X: Any) -> Table:
        """`X` as a table."""
        return table_of_frame(X) if is_frame(X) else Table.from_arrays(
            _dense(X), names=self._names()
        )  # fmt: skip


def _dense(X: Any) -> Any:
    return X.toarray() if hasattr(X, "toarray") else X
