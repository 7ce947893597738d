"""Which steps are left blank: words for the stages of back-propagation, or steps by name.

groups(program, network)                       every word there is, with the steps it stands for
chosen("deltas,updates", program, network)     their steps, in the order of the working
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.errors import SettingError, UnknownName
from workings.language import Program
from workings.network import Network

ALL = "all"


def groups(program: Program, network: Network | None) -> dict[str, tuple[str, ...]]:
    """What each word stands for: the steps, in the order of the working.

    Without a network there is only `all`. What comes after the gradients is `updates`, what comes
    before and is no part of a layer belongs to the loss.

    >>> from workings.systems import system
    >>> found = groups(system("article").trace().program, system("article").setup().network)
    >>> found["gradients"], found["loss"]
    (('d_wout', 'd_wh', 'd_bout', 'd_bh'), ('losses', 'loss'))
    """
    found: dict[str, tuple[str, ...]] = {ALL: tuple(program.names)}
    if network is None:
        return found
    forward = set(network.program(dropping=True).only(network.output).names)
    loss = set(network.program(dropping=True).names) - forward
    backward = set(network.backward(dropping=True).names)
    named = {
        "forward": forward,
        "loss": loss,
        "errors": {layer.d_output for layer in network.names},
        "slopes": {layer.slope for layer in network.names},
        "deltas": {layer.d_input for layer in network.names},
        "gradients": {word for layer in network.names for word in (layer.d_weights, layer.d_bias)},
        "updates": set(program.names) - backward,
    }
    for word, steps in named.items():
        here = tuple(step for step in program.names if step in steps)
        if here:
            found[word] = here
    return found


def chosen(written: str, program: Program, network: Network | None) -> tuple[str, ...]:
    """The steps that `written` names, words with commas between; each once, in order.

    Raises `UnknownName` with a suggestion for a word that is neither a group nor a step.
    """
    known = groups(program, network)
    words = [word.strip() for word in written.split(",") if word.strip()]
    if not words:
        raise SettingError(
            "cannot make a worksheet without blanks: it was not said what is to be filled in",
            hint=f"There are: {', '.join(known)}, and every step by its name.",
        )
    wanted = {step for word in words for step in _steps(word, known, program.names)}
    return tuple(step for step in program.names if step in wanted)


def _steps(word: str, known: dict[str, tuple[str, ...]], steps: Sequence[str]) -> tuple[str, ...]:
    if word in known:
        return known[word]
    if word not in steps:
        raise UnknownName("step or stage to leave blank", word, [*known, *steps])
    return (word,)
