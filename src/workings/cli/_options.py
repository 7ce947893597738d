"""The options of a training, as the commands that train take them.

@training_options()                 all of them
@training_options("test_size")      without some
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from workings import initializers, lookup, schedules
from workings.cli._table import SHEET_WORD
from workings.errors import SettingError
from workings.jobs.options import Options
from workings.losses import losses
from workings.optimizers import optimizers

DEFAULTS = Options()
Command = TypeVar("Command", bound=Callable[..., Any])


def whole_numbers(example: str) -> Callable[..., tuple[int, ...]]:
    """Reads whole numbers with commas between."""

    def read(ctx: click.Context, option: click.Parameter, text: str) -> tuple[int, ...]:
        try:
            return tuple(int(part) for part in text.split(","))
        except ValueError:
            raise SettingError(
                f"cannot read --{option.name} {text!r}: whole numbers with commas between were "
                "expected",
                hint=f"For instance {example}.",
            ) from None

    return read


def _batch(ctx: click.Context, option: click.Parameter, text: str) -> int | None:
    if text == "full":
        return None
    try:
        return int(text)
    except ValueError:
        raise SettingError(
            f"cannot read --batch-size {text!r}: a whole number or 'full' was expected"
        ) from None


def seconds(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    """Reads a length of time: 30s, 5m, 1h; a number alone is seconds."""
    found = None if text is None else re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if text is not None and not (found and float(found[1]) > 0):
        raise SettingError(
            f"cannot read --{option.name} {text!r}: a length of time was expected",
            hint="For instance 30s, 5m or 1h.",
        )
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else None


def one_of(words: Iterable[str]) -> str:
    """Words to choose from, as a sentence ends with them: a, b or c."""
    *others, last = words
    return f"{', '.join(others)} or {last}."


OPTIONS = {
    "target": click.option("--target", help="The column to predict."),
    "hidden": click.option(
        "--hidden",
        default=",".join(map(str, DEFAULTS.hidden)),
        callback=whole_numbers("--hidden 16,8 for two hidden layers, --hidden 0 for none"),
        show_default=True,
        help="Neurons in each hidden layer; 0 for none.",
    ),
    "activation": click.option(
        "--activation",
        default=DEFAULTS.activation,
        show_default=True,
        help="Of the hidden layers; see: workings show activations.",
    ),
    "task": click.option(
        "--task", default="auto", show_default=True, help="auto, classification or regression."
    ),
    "loss": click.option(
        "--loss", help=f"What is made small, by default what suits the task: {one_of(losses())}"
    ),
    "optimizer": click.option(
        "--optimizer",
        default=DEFAULTS.optimizer,
        show_default=True,
        help=f"How weights are updated: {one_of(optimizers())}",
    ),
    "lr": click.option(
        "--lr", type=float, help="Learning rate; by default what suits the optimizer."
    ),
    "schedule": click.option(
        "--schedule",
        default=DEFAULTS.schedule,
        show_default=True,
        help=f"Of the learning rate: {one_of(lookup.rows(schedules, schedules.Schedule))}",
    ),
    "epochs": click.option(
        "--epochs",
        type=int,
        default=DEFAULTS.epochs,
        show_default=True,
        help="Passes over the training rows.",
    ),
    "batch_size": click.option(
        "--batch-size",
        default=str(DEFAULTS.batch_size),
        callback=_batch,
        show_default=True,
        help="Rows per update, or 'full'.",
    ),
    "l1": click.option(
        "--l1",
        type=float,
        default=DEFAULTS.l1,
        show_default=True,
        help="Penalty on the sizes of the weights.",
    ),
    "l2": click.option(
        "--l2",
        type=float,
        default=DEFAULTS.l2,
        show_default=True,
        help="Penalty on the squares of the weights.",
    ),
    "dropout": click.option(
        "--dropout",
        type=float,
        default=DEFAULTS.dropout,
        show_default=True,
        help="Share of hidden neurons that sit out in each iteration.",
    ),
    "clip": click.option(
        "--clip", type=float, help="Shorten gradients to this norm, all of them together."
    ),
    "start": click.option(
        "--start",
        help=f"How weights start: {one_of(lookup.rows(initializers, initializers.Initializer))}",
    ),
    "test_size": click.option(
        "--test-size",
        type=float,
        default=DEFAULTS.test_size,
        show_default=True,
        help="Share of the rows kept for testing.",
    ),
    "patience": click.option(
        "--patience",
        type=int,
        help="Stop after so many epochs without gain on held-out rows; keep the best.",
    ),
    "ignore": click.option(
        "--ignore", multiple=True, metavar="COLUMN", help="Leave a column out; may be repeated."
    ),
    "categories": click.option(
        "--category",
        "categories",
        multiple=True,
        metavar="COLUMN",
        help="Read a column of numbers as names of groups; may be repeated.",
    ),
    "keep": click.option(
        "--keep",
        multiple=True,
        metavar="COLUMN",
        help="Read a column although it seems to name its rows; may be repeated.",
    ),
    "dtype": click.option(
        "--dtype", default=DEFAULTS.dtype, show_default=True, help="float64 or float32."
    ),
    "engine": click.option(
        "--engine",
        default=DEFAULTS.engine,
        show_default=True,
        help="What runs it: auto (the faster one), numpy or compiled.",
    ),
    "seed": click.option(
        "--seed",
        type=int,
        default=DEFAULTS.seed,
        show_default=True,
        help="What is drawn by chance is drawn from it.",
    ),
}


def training_options(*without: str) -> Callable[[Command], Command]:
    """Gives a command the options of a training, but for those named."""

    def given(command: Command) -> Command:
        for word in reversed([word for word in OPTIONS if word not in without]):
            command = OPTIONS[word](command)
        return command

    return given


def said(*, sheet: bool = True) -> str:
    """The options of a training as they were typed to the command that runs now, and its sheet."""
    context = click.get_current_context()
    words: list[str] = []
    for option in context.command.params:
        word = option.name or ""
        typed = context.get_parameter_source(word) is ParameterSource.COMMANDLINE
        if typed and (word in OPTIONS or (sheet and word == SHEET_WORD)):
            value = context.params[word]
            for one in value if isinstance(value, tuple) else [value]:
                words += [option.opts[0], "full" if one is None else str(one)]
    return shlex.join(words)
