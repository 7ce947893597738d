"""The numbers of a spec: where each stands, what it is called, and its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings import facts
from workings.errors import SettingError

UNITS, STEPS = 128, 1_000_000


@dataclass(frozen=True)
class Number:
    """A number of the spec: where it stands, what it is called, and its range."""

    field: str
    label: str
    sentence: str
    low: float = 0
    high: float = 2**31
    whole: bool = False
    above: bool = False  # more than `low`
    optional: bool = False

    def check(self, value: Any) -> Any:
        """The number, or `SettingError` saying the range."""
        if value is None and self.optional:
            return None
        try:
            found = facts.whole(value) if self.whole else facts.number(value)
        except (TypeError, ValueError) as error:
            raise self.bad(value, str(error)) from None
        if not self.low <= found <= self.high or (self.above and found == self.low):
            raise self.bad(value, f"{self.expected} was expected")
        return found

    @property
    def expected(self) -> str:
        """The range in words."""
        kind = "a whole number, " * self.whole
        low = f"more than {self.low:g}" if self.above else f"{self.low:g} or more"
        return f"{kind}{low} and at most {self.high:,.10g}".replace(",", " " if self.whole else "")

    def bad(self, value: Any, why: str) -> SettingError:
        """The refusal of a value."""
        shown = repr(value)[: facts.SHOWN]
        return SettingError(
            f"cannot use {self.label.lower()} = {shown}: {why}", field=self.field, value=shown
        )


_ROWS = (
    Number("data.test", "Share of test rows", "Rows that are kept apart to test on.", 0, 0.9),
    Number("data.seed", "Seed of the split", "Which rows are kept for testing.", whole=True),
    Number("network.units", "Neurons", "Neurons of a hidden layer.", 1, UNITS, whole=True),
    Number("network.seed", "Seed of the weights", "Which starting weights are drawn.", whole=True),
    Number("train.lr", "Learning rate", "How far each update goes along the gradient.",
           0, 1e6, above=True),
    Number("train.batch", "Rows per update", "All rows, if nothing is said.", 1, 1e6, whole=True,
           optional=True),
    Number("train.l1", "L1", "A cost on the sizes of the weights.", 0, 1e3),
    Number("train.l2", "L2", "A cost on the squares of the weights.", 0, 1e3),
    Number("train.clip", "Longest gradient", "Longer gradients are shortened to this norm.",
           0, 1e6, above=True, optional=True),
    Number("train.epochs", "Epochs", "What a falling learning rate is laid out for.",
           1, STEPS, whole=True),
    Number("train.seed", "Seed of the batches", "In which order rows are taken.", whole=True),
    Number("train.until.steps", "Steps", "Training stops after so many.", 1, STEPS, whole=True),
    Number("train.until.loss", "Loss to reach", "Training stops when the loss is as low.", 0, 1e12,
           optional=True),
    Number("train.until.plateau", "Patience", "Training stops after so many steps without gain.",
           1, STEPS, whole=True, optional=True),
)  # fmt: skip
NUMBERS = {row.field: row for row in _ROWS}
