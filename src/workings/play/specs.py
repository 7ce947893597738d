"""The whole of what is built, as plain data held to what it has to be.

    Spec.read({...})        checked, whoever wrote it: a page, a link, a file
    spec.plain()            the same as JSON

Every refusal names the field, `train.lr`, and what was expected there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from workings.activations import activation, activations
from workings.conventions import CHOICES
from workings.errors import SettingError, UnknownName, WorkingsError
from workings.initializers import initializer
from workings.jobs.options import TASKS
from workings.losses import loss
from workings.optimizers import optimizer
from workings.play.numbers import NUMBERS
from workings.schedules import schedule

FORMAT = 1
LAYERS, PARAMETERS = 6, 10_000
ARTICLE = "article"  # starting weights that are the article's own
SCALES = ("none", "standard", "range")
MISSING = ("fill", "drop")
NAME = 200  # characters of a name


@dataclass(frozen=True)
class Data:
    """Which table, and what is done to it."""

    source: str = ARTICLE
    name: str = ""
    sha256: str = ""
    target: str | None = None
    ignore: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    task: str = "auto"
    scale: str = "none"
    missing: str = "fill"
    test: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Layer:
    """A hidden layer."""

    units: int
    activation: str = "tanh"


@dataclass(frozen=True)
class Net:
    """The network; None for output, loss and start is what suits the task."""

    hidden: tuple[Layer, ...] = ()
    output: str | None = None
    loss: str | None = None
    bias: bool = True
    sign: str = "error"
    reduction: str = "mean"
    start: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Until:
    """When training stops."""

    steps: int = 5000
    loss: float | None = None
    plateau: int | None = None


@dataclass(frozen=True)
class Train:
    """How it is trained."""

    optimizer: str = "sgd"
    lr: float = 0.1
    batch: int | None = None
    l1: float = 0.0
    l2: float = 0.0
    clip: float | None = None
    schedule: str = "constant"
    epochs: int = 5000
    seed: int = 0
    until: Until = Until()


@dataclass(frozen=True)
class Spec:
    """All of it.

    >>> Spec.read({"data": {"source": "xor"}, "train": {"lr": 0.5}}).train.lr
    0.5
    """

    title: str = ""
    data: Data = field(default_factory=Data)
    network: Net = field(default_factory=Net)
    train: Train = field(default_factory=Train)

    @classmethod
    def read(cls, given: Any, start: Spec | None = None) -> Spec:
        """The spec in plain data; what it does not say is as in `start`."""
        told, start = _table(given, ""), start or cls()
        if told.get("format", FORMAT) != FORMAT:
            raise SettingError(
                f"cannot read this description: its format is {told['format']!r:.40}, "
                f"and {FORMAT} was expected", field="format",
            )  # fmt: skip
        return cls(
            _word(NAME)(told.get("title", start.title), "title"),
            _part(start.data, told.get("data", {}), "data"),
            _part(start.network, told.get("network", {}), "network"),
            _part(start.train, told.get("train", {}), "train"),
        )

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"format": FORMAT, **_plain(asdict(self))}


def unknown(given: Any) -> list[str]:
    """The fields of plain data that mean nothing here, by their paths."""
    known: dict[str, Any] = {"": Spec, "data": Data, "network": Net, "train": Train,
                             "train.until": Until}  # fmt: skip
    found: list[str] = []
    for path, kind in known.items():
        inside = given
        for word in filter(None, path.split(".")):
            inside = inside.get(word) if isinstance(inside, dict) else None
        names = {one.name for one in fields(kind)} | ({"format"} if not path else set())
        if isinstance(inside, dict):
            found += [f"{path}.{word}".strip(".") for word in inside if word not in names]
    return found


# -- reading ---------------------------------------------------------------------------------------

Read = Callable[[Any, str], Any]


def _part(start: Any, given: Any, path: str) -> Any:
    """The dataclass `start` with what `given` says otherwise; unknown fields are left alone."""
    told = _table(given, path)
    known = [one.name for one in fields(start)]
    changes = {}
    for word in known:
        if word in told:
            where = f"{path}.{word}"
            changes[word] = READERS[where](told[word], where)
    return replace(start, **changes)


def _table(given: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise SettingError(
            f"cannot read {path or 'the description'}: names with their values were expected",
            field=path,
        )
    return given


def _word(most: int) -> Read:
    def read(given: Any, path: str) -> str:
        if not isinstance(given, str) or len(given) > most:
            raise SettingError(
                f"cannot read {path}: a text of at most {most} characters was expected", field=path
            )
        return given

    return read


def _words(given: Any, path: str) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or len(given) > 1000:
        raise SettingError(f"cannot read {path}: a list of names was expected", field=path)
    return tuple(_word(NAME)(one, path) for one in given)


def _flag(given: Any, path: str) -> bool:
    if not isinstance(given, bool):
        raise SettingError(f"cannot read {path}: yes or no was expected", field=path)
    return given


def _one_of(known: tuple[str, ...]) -> Read:
    def read(given: Any, path: str) -> str:
        if given not in known:
            raise _at(path, UnknownName(path.rpartition(".")[2], str(given)[:40], known))
        return str(given)

    return read


def _named(find: Callable[[str], Any]) -> Read:
    """A word that a table knows."""

    def read(given: Any, path: str) -> str:
        word: str = _word(40)(given, path)
        try:
            find(word)
        except WorkingsError as error:
            raise _at(path, error) from None
        return word

    return read


def _at(path: str, error: WorkingsError) -> WorkingsError:
    error.facts["field"] = path
    return error


def _optional(read: Read) -> Read:
    return lambda given, path: None if given is None else read(given, path)


def _hidden(given: Any, path: str) -> tuple[Layer, ...]:
    if not isinstance(given, list | tuple):
        raise SettingError(f"cannot read {path}: a list of layers was expected", field=path)
    if len(given) > LAYERS:
        raise SettingError(
            f"cannot make {len(given)} hidden layers: at most {LAYERS} were expected", field=path
        )
    return tuple(_layer(one, f"{path}.{place}") for place, one in enumerate(given))


def _layer(given: Any, path: str) -> Layer:
    told = _table(asdict(given) if isinstance(given, Layer) else given, path)
    units = replace(NUMBERS["network.units"], field=f"{path}.units").check(told.get("units"))
    word = _named(activation_of)(told.get("activation", "tanh"), f"{path}.activation")
    return Layer(units, word)


def activation_of(word: str) -> Any:
    """The activation of that name; those of a whole row too."""
    known = activations()
    return known[word] if word in known else activation(word)


def _number(given: Any, path: str) -> Any:
    return NUMBERS[path].check(given)


def _start(given: Any, path: str) -> str:
    return ARTICLE if given == ARTICLE else str(_named(initializer)(given, path))


def _until(given: Any, path: str) -> Until:
    found: Until = _part(Until(), given, path)
    return found


READERS: dict[str, Read] = {
    **dict.fromkeys(NUMBERS, _number),
    "data.source": _word(NAME), "data.name": _word(NAME), "data.sha256": _word(64),
    "data.target": _optional(_word(NAME)), "data.ignore": _words, "data.categories": _words,
    "data.keep": _words, "data.task": _one_of(TASKS), "data.scale": _one_of(SCALES),
    "data.missing": _one_of(MISSING),
    "network.hidden": _hidden, "network.output": _optional(_named(activation_of)),
    "network.loss": _optional(_named(loss)), "network.bias": _flag,
    "network.sign": _one_of(CHOICES["sign"]), "network.reduction": _one_of(CHOICES["reduction"]),
    "network.start": _optional(_start),
    "train.optimizer": _named(optimizer), "train.schedule": _named(schedule),
    "train.until": _until,
}  # fmt: skip


def _plain(given: Any) -> Any:
    if isinstance(given, dict):
        return {word: _plain(one) for word, one in given.items()}
    return [_plain(one) for one in given] if isinstance(given, list | tuple) else given
