"""What comes out of a training: the model, and how well it did beside simpler ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workings.data import Table
from workings.models import Model
from workings.scores.scoring import BETTER, MAIN, Scores
from workings.training.runs import History


@dataclass(frozen=True)
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
            return f"The network beats {others} on the test rows ({main})."
        others = " or the ".join(unbeaten)
        return f"The network does not beat the {others} model on the test rows ({main})."

    @property
    def score_table(self) -> dict[str, Scores]:
        """Every score there is, by who was scored on what."""
        ours = {f"network, {word} rows": one for word, one in self.scores.items()}
        return ours | {f"{word} model, test rows": one for word, one in self.baselines.items()}
