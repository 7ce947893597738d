"""Slips: every row can be made somewhere, none is right, and what is planted is what is run."""

from __future__ import annotations

import numpy as np
import pytest

from workings.conventions import Convention
from workings.engines import engine
from workings.errors import SettingError, UnknownName
from workings.language import Program
from workings.language.algebra import MATMUL
from workings.language.shapes import bound
from workings.network import Dense, Network
from workings.slips import anatomy, concrete, plant, sites, slip, slips
from workings.slips.table import ROUNDING
from workings.systems import system

SIZES = {"n": 3, "inputs": 3, "hidden": 3, "outputs": 1, "hidden1": 3, "hidden2": 3}
NETWORKS = [
    Network([Dense(3), Dense(1)]),
    Network([Dense(3, "tanh"), Dense(3, "relu"), Dense(1)], "binary_cross_entropy",
            Convention("gradient", "mean")),
    Network([Dense(3), Dense(1)], convention=Convention("gradient", "mean", "columns", "folded",
                                                        "short")),
]  # fmt: skip
PROGRAMS = [net.training(word) for net in NETWORKS for word in ("sgd", "adam")]


def values(program: Program, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    return {
        word: random.uniform(0.1, 0.9, [sizes.get(str(size), size) for size in shape])
        for word, shape in program.given.items()
    }


def sized(program: Program) -> dict[str, int]:
    folded = {f"{word}_and_1": length + 1 for word, length in SIZES.items()}
    return {**SIZES, **folded}


@pytest.mark.parametrize("word", [word for word in slips() if word != ROUNDING.name])
def test_every_slip_can_be_made_somewhere(word: str) -> None:
    made = [
        one for program in PROGRAMS for site in sites(program, sized(program)).values()
        for one in slip(word).variants(site)
    ]  # fmt: skip
    assert made


@pytest.mark.parametrize("place", range(len(PROGRAMS)))
def test_a_planted_slip_changes_its_step_and_nothing_before_it(place: int) -> None:
    program = PROGRAMS[place]
    sizes = sized(program)
    given = values(program, sizes)
    right = engine("numpy").run(concrete(program, sizes), given)
    for step, site in sites(program, sizes).items():
        for word, row in slips().items():
            for variant, expr in enumerate(row.variants(site)):
                if expr.shape != site.expr.shape:
                    continue
                wrong = plant(program, sizes, word, step, variant=variant)
                found = engine("numpy").run(wrong, given)
                before = wrong.names[: wrong.names.index(step)]
                assert all(np.array_equal(found[one], right[one]) for one in before), (word, step)


def test_a_slip_of_shapes_is_only_possible_where_they_fit() -> None:
    program = system("article").trace().program
    apart = {"n": 5, "inputs": 4, "hidden": 3, "outputs": 2}
    made = {
        word for site in sites(program, apart).values() for word in slips()
        for one in slip(word).variants(site) if one.shape == site.expr.shape
    }  # fmt: skip
    assert not made & {"transpose-missing", "transpose-needless", "turned", "elementwise",
                       "wrong-axis", "bias-other-delta"}  # fmt: skip


def test_the_parts_of_a_program_are_found_without_its_names() -> None:
    program = NETWORKS[1].training("adam")
    found = anatomy(program)
    assert found.target == "y"
    assert found.included == "output"
    assert found.rates == {"lr"}
    assert found.gradients == {f"d_{word}" for word in NETWORKS[1].parameters}
    assert {step.name for step in program if step.expr.op == MATMUL} & found.gradients
    assert set(found.slopes.values()) == {"hiddenlayer_activations1", "hiddenlayer_activations2"}


def test_a_slip_where_it_cannot_be_made_is_refused() -> None:
    trace = system("article").trace()
    sizes = bound(trace.program.given, {w: np.shape(trace[w]) for w in trace.program.given})
    with pytest.raises(SettingError, match="cannot make the slip 'lr-missing' in the step output"):
        plant(trace.program, sizes, "lr-missing", "output")
    with pytest.raises(UnknownName, match="Did you mean 'lr-missing'"):
        plant(trace.program, sizes, "lr-mising", "new_wh")
