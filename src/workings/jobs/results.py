"""What comes out of a training: the model, and how well it did beside simpler ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workings.data import Table
from workings.models import Model
from workings.scores.scoring import BETTER, MAIN, Scores
from workings.training.runs import History
from workings.views import html, parts, plots

NEARLY = 0.02  # of what the best other model leaves unexplained: less is no gain to speak of


@dataclass(frozen=True, repr=False)
class Result:
    """A trained model with what it was trained and tested on, and how well it did."""

    model: Model
    history: History
    training: Table
    test: Table
    scores: Mapping[str, Scores]
    baselines: Mapping[str, Scores]
    notes: Sequence[str] = ()
    described: str = ""

    @property
    def engine(self) -> str:
        """Which engine the training ran on."""
        return self.history.engine

    @property
    def verdict(self) -> str:
        """Whether the network beats the baselines on the test rows, in a sentence."""
        if not self.baselines:
            return "No rows were kept for testing."
        main = MAIN[self.model.record["task"]]
        ours = self.scores["test"][main] * BETTER[main]
        if math.isnan(ours):
            return f"There are too few test rows to tell ({main})."
        unbeaten = [w for w, one in self.baselines.items() if ours <= one[main] * BETTER[main]]
        if not unbeaten:
            others = "both" if len(self.baselines) == 2 else "all of them"
            if self._by_chance(main):
                return (
                    f"The network scores higher than {others} on the test rows ({main}), but no "
                    f"more than chance may do on {len(self.test)} rows."
                )
            return f"The network beats {others} on the test rows ({main})."
        others = " or the ".join(unbeaten)
        return f"The network does not beat the {others} model on the test rows ({main})."

    def _by_chance(self, main: str) -> bool:
        """Whether the best of the others is within what drawing the rows again would change.

        For shares of right answers, two standard errors of their difference, taken as if it were
        between different rows; amounts are compared by their squared errors in cross-validation.
        """
        ours, best = self.scores["test"][main], max(one[main] for one in self.baselines.values())
        if main != "accuracy":
            return ours - best < NEARLY * (1 - best)
        spread = (ours * (1 - ours) + best * (1 - best)) / max(1, len(self.test))
        return ours - best < 2 * math.sqrt(spread)

    def __repr__(self) -> str:
        return f"<Result: {self.described}. {self.verdict}>"

    def _repr_html_(self) -> str:
        return html.scoped(self.summary() + self.curves())

    def summary(self) -> str:
        """What was read, what was trained, and the scores beside simpler models', as HTML."""
        table, history = self.model.record["table"], self.history
        counts = ", ".join(f"{n} {word}" for word, n in self.model.record["rows"].items() if n)
        facts = [
            f"{table['source']}: {table['rows']} rows ({counts}).",
            f"Network: {self.described}.",
            f"Trained {history.epochs} epochs ({history.iterations} iterations) in "
            f"{history.seconds:.1f} s; {history.stopped}.",
            *self.notes,
            self.verdict,
        ]
        heads = list(dict.fromkeys(word for one in self.score_table.values() for word in one))
        body = [
            [who, *(parts.digits(one[head]) if head in one else "" for head in heads)]
            for who, one in self.score_table.items()
        ]
        caption = "Scores, and those of simpler models beside"
        return parts.bullets(facts) + parts.table(caption, [["", *heads], *body])

    def curves(self) -> str:
        """How the loss fell, as HTML."""
        history = self.history
        if not history.epochs:
            return "<p>No epoch was finished.</p>"
        ax = plots.plot_loss(
            range(1, history.epochs + 1), history.loss, history.validation_loss or None,
            best=history.kept_epoch if history.kept_epoch < history.epochs else None,
        )  # fmt: skip
        said = f"Loss per row, from {history.loss[0]:.4g} to {history.loss[-1]:.4g}."
        return parts.figure(ax, said)

    @property
    def score_table(self) -> dict[str, Scores]:
        """Every score there is, by who was scored on what."""
        ours = {f"network, {word} rows": one for word, one in self.scores.items()}
        return ours | {f"{word} model, test rows": one for word, one in self.baselines.items()}
