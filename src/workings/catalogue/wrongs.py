"""What goes wrong: slips in a working, famous mistakes, diseases of a training."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from workings.catalogue.entries import Entry, Said
from workings.catalogue.spelling import equation
from workings.conventions import Convention
from workings.diagnosing.diseases import diseases
from workings.diagnosing.thresholds import thresholds
from workings.lab import mistakes
from workings.language import Expr
from workings.network import Dense, Network
from workings.slips import Site, sites, slips
from workings.slips.table import Slip

SIZES = {"n": 3, "inputs": 4, "hidden": 3, "outputs": 3, "hidden1": 3, "hidden2": 3}
# networks whose steps slips are shown in, the plainest first: some slips need a mean, a softmax,
# an optimizer that corrects, or a loss that has the activation inside
NETWORKS = (
    (Network([Dense(3), Dense(3)]), "sgd"),
    (Network([Dense(3), Dense(3)], convention=Convention(reduction="mean")), "sgd"),
    (Network([Dense(3, "tanh"), Dense(3, "softmax")], loss="categorical_cross_entropy"), "adam"),
    (Network([Dense(3), Dense(3, "sigmoid")], loss="binary_cross_entropy"), "adam"),
)


def of_slips() -> Iterator[Entry]:
    """Every slip of a working, with a step as it should be and as it is with the slip."""
    for one in slips().values():
        facts: list[tuple[str, Said]] = [("made in", one.where), ("told", one.told)]
        if found := _shown(one):
            word, right, wrong = found
            facts.append(("right", equation(word, right)))
            facts.append(("with the slip", equation(word, wrong)))
        yield Entry(one.name, facts)


def _shown(one: Slip) -> tuple[str, Expr, Expr] | None:
    """The first step in which the slip can be made: its name, and it without and with the slip."""
    for known in _sites():
        for word, site in known.items():
            if wrong := one.variants(site):
                return word, site.expr, wrong[0]
    return None


@cache
def _sites() -> tuple[dict[str, Site], ...]:
    return tuple(sites(network.training(how), SIZES) for network, how in NETWORKS)


def of_mistakes() -> Iterator[Entry]:
    """Every mistake that `workings lab` makes on purpose."""
    for one in mistakes().values():
        yield Entry(one.name, [
            ("is", one.title),
            ("breaks", one.breaks),
            ("caught by", ", ".join(one.caught) or "no check"),
        ])  # fmt: skip


def of_diseases() -> Iterator[Entry]:
    """Every disease that the doctor knows, with its thresholds."""
    for one in diseases().values():
        facts: list[tuple[str, Said]] = [
            ("tests", one.tests),
            ("looked for in", one.looks),
            ("needs", ", ".join(sorted(one.needs))),
        ]
        facts += [(f"threshold {limit.name}", f"{limit.value:g}: {limit.bounds} ({limit.source})")
                  for limit in one.limits]  # fmt: skip
        if one.follows:
            facts.append(("may follow from", ", ".join(one.follows)))
        yield Entry(one.name, facts)


def of_thresholds() -> Iterator[Entry]:
    """Every threshold of the doctor, with its source."""
    for one in thresholds().values():
        yield Entry(one.name, [("value", f"{one.value:g}"), ("bounds", one.bounds),
                               ("source", one.source)])  # fmt: skip
