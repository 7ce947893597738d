"""Programs: what cannot be one is refused, what is cut or joined stays one, and the JSON form is
the program itself; no text, however hostile, does anything but give a program or a `ProgramError`.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.random_programs import Drawn, draw
from workings.activations import Activation, RowActivation, activations
from workings.conventions import CHOICES, Convention
from workings.engines import engine
from workings.errors import ProgramError, UnknownName
from workings.language import Program, Stage, Step, backprop, chain, json_form, name, spread, sum_of
from workings.language.walk import leaves
from workings.losses import Loss, losses
from workings.network import Dense, Network
from workings.optimizers import optimizers

X, W = name("X", "n", 2), name("w", 2, 3)
Z = Step("z", X @ W)

# -- what cannot be --------------------------------------------------------------------------------

IMPOSSIBLE: dict[str, tuple[Callable[[], Any], str]] = {
    "twice": (lambda: Program((Z, Z)), "cannot assign 'z': it is already assigned"),
    "read before": (lambda: Program((Step("a", Z.ref * 2.0), Z)),
                    "cannot assign 'z': it is read before it is assigned"),
    "itself": (lambda: Program((Step("w", W * 2.0),)), "cannot assign 'w': it is read before"),
    "as two shapes": (lambda: Program((Z, Step("a", sum_of(name("w", 3, 2))))),
                      "cannot build the step 'a': it reads w as 3 x 2, but w is 2 x 3"),
    "as another shape": (lambda: Program((Z, Step("a", sum_of(name("z", "n", 2))))),
                         "it reads z as n x 2, but z is n x 3"),
    "update of nothing": (lambda: Program((Z,), {"v": "z"}), "cannot update v by z: there is no v"),
    "update by nothing": (lambda: Program((Z,), {"w": "v"}), "cannot update w by v: there is no v"),
    "update of another shape": (lambda: Program((Z,), {"w": "z"}),
                                "cannot update w (2 x 3) by z (n x 3)"),
    "chained twice": (lambda: chain(Program((Z,)), Program((Z,))), "'z': it is already assigned"),
    "chained too late": (lambda: chain(Program((Step("a", Z.ref * 2.0),)), Program((Z,))),
                         "'z': it is read before it is assigned"),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_program_that_cannot_be_is_refused_by_name(case: str) -> None:
    build, says = IMPOSSIBLE[case]
    with pytest.raises(ProgramError, match=re.escape(says)):
        build()


def test_a_step_that_is_not_there_is_answered_with_what_was_probably_meant() -> None:
    program = Program((Step("output", X @ W),))
    for ask in (program.__getitem__, program.ref, program.only):
        with pytest.raises(UnknownName, match=r"no step called 'outptu'\. Did you mean 'output'"):
            ask("outptu")


# -- cut, joined, sorted ---------------------------------------------------------------------------

some_programs = pytest.mark.parametrize("seed", range(40))


def differentiated(drawn: Drawn) -> Program:
    """The program with the gradients it has."""
    wrt = list(drawn.parameters)
    while True:
        try:
            return backprop(drawn.program, "loss", wrt)
        except ProgramError as error:
            wrt.remove(error.parameter)


@some_programs
def test_only_keeps_the_value_and_nothing_that_is_not_needed_for_it(seed: int) -> None:
    drawn = draw(seed)
    program = differentiated(drawn)
    wanted = program.names[seed % len(program)]
    cut = program.only(wanted)
    whole, part = engine().run(program, drawn.values), engine().run(cut, drawn.values)
    assert np.array_equal(whole[wanted], part[wanted])
    read = {leaf["name"] for step in cut for leaf in leaves(step.expr)}
    assert set(cut.names) <= {wanted, *read}


@some_programs
def test_a_program_cut_in_two_and_chained_is_itself(seed: int) -> None:
    program = draw(seed).program
    first, second = Program(program.steps[:3]), Program(program.steps[3:])
    assert chain(first, second) == program
    assert set(second.given) <= {*program.given, *first.names}


@some_programs
def test_sorted_by_stage_every_step_still_comes_after_what_it_reads(seed: int) -> None:
    drawn = draw(seed)
    steps = [
        Step(step.name, step.expr, f"stage {seed * place * 5 % 3}")
        for place, step in enumerate(drawn.program, 1)
    ]
    program = Program(tuple(steps), stages=tuple(Stage(f"stage {place}") for place in range(4)))
    ordered = program.by_stage()  # building it checks the order
    assert sorted(ordered.names) == sorted(program.names)
    assert ordered.given.keys() == program.given.keys()
    assert "stage 3" not in [stage.title for stage in ordered.stages]


def test_by_stage_puts_the_stages_first_unless_a_step_reads_a_later_one() -> None:
    steps = (Step("a", X * 1.0, "second"), Step("b", X * 2.0, "first"),
             Step("c", name("a", "n", 2) * 3.0, "first"))  # fmt: skip
    stages = Stage("first"), Stage("second"), Stage("unused"), Stage("shows", ("X",))
    program = Program(steps, stages=stages).by_stage()
    assert program.names == ["b", "a", "c"]
    assert [stage.title for stage in program.stages] == ["first", "second", "shows"]


def test_updates_join_when_programs_are_chained_and_go_when_they_are_cut() -> None:
    one = Program((Step("new_w", W * 2.0),), {"w": "new_w"})
    two = Program((Step("new_v", name("v", 2) * 2.0),), {"v": "new_v"})
    assert dict(chain(one, two).updates) == {"w": "new_w", "v": "new_v"}
    assert dict(one.only("new_w").updates) == {}


# -- JSON: the same program again ------------------------------------------------------------------


def networks() -> Iterator[tuple[str, Network, str]]:
    """Networks that between them hold every activation, loss, optimizer and choice."""
    for word in activations():
        if word != "step":
            yield word, Network([Dense(3, word), Dense(2, word)]), "sgd"
    for word, row in losses().items():
        yield word, Network([Dense(3), Dense(2, row.activation or "identity")], word, l1=0.1), "sgd"
    for word in optimizers():
        yield word, Network([Dense(3), Dense(2)], l2=0.1), word
    for choice, options in CHOICES.items():
        for option in options:
            yield option, Network([Dense(2)] * 3, convention=Convention(**{choice: option})), "adam"


PROGRAMS = {word: network.training(optimize) for word, network, optimize in networks()}
KNOWN = {**activations(), **losses()}


@pytest.mark.parametrize("word", PROGRAMS)
@pytest.mark.parametrize("known", [{}, KNOWN], ids=["by a stranger", "by us"])
def test_a_program_read_back_is_the_same(word: str, known: dict[str, Any]) -> None:
    text = PROGRAMS[word].to_json()
    again = Program.from_json(text, known)
    assert again == PROGRAMS[word]
    assert again.to_json() == text


@pytest.mark.parametrize("seed", range(100))
def test_a_random_program_read_back_is_the_same_and_computes_the_same(seed: int) -> None:
    drawn = draw(seed)
    program = differentiated(drawn)
    again = Program.from_json(program.to_json())
    assert again == program
    assert again.to_json() == program.to_json()
    found, right = (engine().run(one, drawn.values) for one in (again, program))
    assert all(np.array_equal(found[word], right[word], equal_nan=True) for word in right)


def test_what_is_known_here_is_read_as_the_row_itself() -> None:
    again = Program.from_json(PROGRAMS["sgd"].to_json(), KNOWN)
    assert again["output"].expr.op is activations()["sigmoid"]


OWN = {
    "with a slope": Activation("bent", lambda x: x + 0.1 * x * x, lambda y, x: 1.0 + 0.2 * x),
    "without": Activation("bent", lambda x: activations()["tanh"](x) * x),
    "by rows": RowActivation("bent", lambda x, *, axis: x / spread(sum_of(x * x, axis), x.shape),
                             None, "Shares."),
}  # fmt: skip


@pytest.mark.parametrize("how", OWN)
@pytest.mark.usefixtures("both_ways")
def test_an_activation_of_ones_own_survives_and_computes_the_same(how: str) -> None:
    network = Network([Dense(3, OWN[how]), Dense(1, "identity")])
    program = network.backward()
    again = Program.from_json(program.to_json())
    start = network.start(inputs=2, outputs=1, random=np.random.default_rng(0))
    values = {**start, "X": np.arange(8.0).reshape(4, 2) / 5, "y": np.ones((4, 1))}
    found, right = (engine().run(one, values) for one in (again, program))
    assert all(np.array_equal(found[word], right[word]) for word in right)


@pytest.mark.usefixtures("both_ways")
def test_a_reader_can_go_backwards_through_an_activation_it_has_never_heard_of() -> None:
    x = name("x", "n", 2)
    for one in OWN.values():
        y = Step("y", one(x) if one.elementwise else one(x, axis=1))
        program = Program((y, Step("loss", sum_of(y.ref * y.ref))))
        again = Program.from_json(program.to_json())
        values = {"x": np.array([[0.3, -1.2], [2.0, 0.7]])}
        found, right = (
            engine().run(backprop(one, "loss", ["x"]), values) for one in (again, program)
        )
        # a slope may be tidied in another order
        assert found["d_x"] == pytest.approx(right["d_x"], rel=1e-14)


def test_a_loss_of_ones_own_survives() -> None:
    cubic = Loss("cubic", lambda output, y: (output - y) ** 4.0, lambda o, y: 4.0 * (o - y) ** 3.0)
    program = Network([Dense(1, "identity")], cubic).backward()
    assert Program.from_json(program.to_json()) == program


# -- JSON: anything else is one clear error --------------------------------------------------------

TEXT = PROGRAMS["adam"].to_json()
OWN_TEXT = Network([Dense(2, OWN["with a slope"])]).backward().to_json()
BASES = [TEXT, OWN_TEXT, draw(3).program.to_json()]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.integers(10**400, 10**400 + 1)
    | st.sampled_from(["", "X", "n", "add", "sum", "sigmoid", "name", "n_and_1", "__class__"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["name", "shape", "number", "op", "args", "axis"]), inner),
    max_leaves=4,
)  # fmt: skip


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every place in the data: what it lies in, and its key or index there."""
    keys = (
        list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    )
    return [found for key in keys for found in [(data, key), *places(data[key])]]


def refused(text: str) -> str | None:
    """What is said about a text, None if it is a program; then it must be itself again."""
    try:
        program = Program.from_json(text)
    except ProgramError as error:
        return str(error)
    assert Program.from_json(program.to_json()) == program
    return None


@given(st.data())
@settings(max_examples=250)
def test_anything_exchanged_gives_a_program_or_one_clear_error(
    data: st.DataObject,
) -> None:
    broken = json.loads(data.draw(st.sampled_from(BASES)))
    for _ in range(data.draw(st.integers(1, 3))):
        everywhere = places(broken)
        chosen = [everywhere[data.draw(st.integers(0, 10_000)) % len(everywhere)] for _ in "12"]
        (holder, key), (other_holder, other) = chosen
        choice = data.draw(st.sampled_from(["junk", "gone", "another part"]))
        if choice == "gone":
            del holder[key]
            break  # the other places may be gone with it
        holder[key] = data.draw(JUNK) if choice == "junk" else copy.deepcopy(other_holder[other])
    says = refused(json.dumps(broken))
    assert says is None or (says.startswith("cannot ") and "\n" not in says)


@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.text(max_size=5))
@settings(max_examples=200)
def test_a_damaged_text_gives_a_program_or_one_clear_error(start: int, gone: int, put: str) -> None:
    says = refused(TEXT[:start] + put + TEXT[start + gone :])
    assert says is None or says.startswith("cannot read ")


@pytest.mark.parametrize("depth", [10, 100, 200, 300, 320, 330, 340, 400, 1000, 100_000])
@pytest.mark.parametrize("inside", ['{"op": "neg", "args": [', "["])
def test_a_deeply_nested_text_gives_a_program_or_one_clear_error(depth: int, inside: str) -> None:
    close = "".join({"{": "}", "[": "]"}[sign] for sign in reversed(inside) if sign in "{[")
    leaf = '{"name": "x", "shape": []}'
    deep = inside * depth + leaf + close * depth
    step = f'{{"name": "y", "expr": {deep}, "shape": [], "stage": "", "why": ""}}'
    says = refused(
        f'{{"format": "{json_form.FORMAT}", "steps": [{step}], "updates": {{}}, "stages": []}}'
    )
    assert says is None or re.match(
        "cannot read the program: it is (nested too deeply|malformed)", says
    )


@pytest.mark.parametrize("elementwise", [True, False])
def test_definitions_that_double_and_double_are_read_at_once(
    elementwise: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty lines, each using the last twice, must not be written out a thousand million times."""
    leaf, substitutions = {"name": "x0", "shape": []}, 0
    definitions = []
    for level in range(30):
        inner = {"op": f"d{level - 1}", "args": [leaf]} if level else leaf
        definitions.append({
            "name": f"d{level}", "facts": {}, "arguments": [leaf], "elementwise": elementwise,
            "formula": {"op": "add", "args": [inner, inner]}, "slopes": [None],
        })  # fmt: skip
    whole = json_form.substitute

    def counted(*args: Any) -> Any:
        nonlocal substitutions
        substitutions += 1
        assert substitutions < 10_000, "written out again and again"
        return whole(*args)

    monkeypatch.setattr(json_form, "substitute", counted)
    data = {"format": json_form.FORMAT, "definitions": definitions, "steps": [], "updates": {},
            "stages": []}  # fmt: skip
    assert refused(json.dumps(data)) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot read the program: it is malformed"),
        ("null", "not in the form 'workings-program-1'"),
        ("[]", "not in the form 'workings-program-1'"),
        ('{"format": "workings-program-2"}', "not in the form 'workings-program-1'"),
        ('{"format": "workings-program-1"}', "cannot read the program: it is malformed"),
    ],
)
def test_what_is_no_program_at_all_says_so(text: str, says: str) -> None:
    assert says in (refused(text) or "")


def edited(change: Callable[[dict[str, Any]], Any]) -> str:
    """What is said about the text after a change to its data."""
    data = json.loads(TEXT)
    change(data)
    return refused(json.dumps(data)) or ""


def test_a_definition_that_contradicts_a_known_op_is_refused() -> None:
    data = json.loads(TEXT)
    (entry,) = [one for one in data["definitions"] if one["name"] == "sqrt"]
    entry["formula"]["args"][1] = {"op": "spread", "args": [{"number": 0.25}], "shape": []}
    assert "'sqrt' is defined otherwise there than here" in (refused(json.dumps(data)) or "")


def test_a_definition_of_a_row_that_contradicts_it_is_refused_by_whoever_has_the_row() -> None:
    data = json.loads(TEXT)
    (entry,) = [one for one in data["definitions"] if one["name"] == "sigmoid"]
    entry["formula"] = entry["formula"]["args"][0]
    Program.from_json(json.dumps(data))  # a stranger has nothing to compare it with
    with pytest.raises(ProgramError, match="'sigmoid' is defined otherwise there than here"):
        Program.from_json(json.dumps(data), KNOWN)


OWN_DEFINITION = next(
    one for one in json.loads(OWN_TEXT)["definitions"] if one["name"] == "bent"
)  # fmt: skip
LIES: dict[str, tuple[dict[str, Any], str]] = {
    "twice": ({"formula": {"name": "x0", "shape": []}},
              "'bent' is defined twice, and not the same"),
    "of more": ({"name": "b2", "formula": {"name": "x1", "shape": []}},
                "'b2' reads x1, which is none of its arguments"),
    "with a slope of more": ({"name": "b2", "slopes": [{"name": "x1", "shape": []}]},
                             "'b2' reads x1, which is none of its arguments"),
}  # fmt: skip


@pytest.mark.parametrize("how", LIES)
def test_a_definition_that_contradicts_itself_is_refused(how: str) -> None:
    change, says = LIES[how]
    data = json.loads(OWN_TEXT)
    data["definitions"].append({**OWN_DEFINITION, **change})
    assert says in (refused(json.dumps(data)) or "")


def test_an_op_is_given_as_many_arguments_as_its_definition_has() -> None:
    data = json.loads(OWN_TEXT)
    bent = next(step["expr"] for step in data["steps"] if step["expr"].get("op") == "bent")
    bent["args"] *= 2
    assert "'bent' takes 1 arguments, not 2" in (refused(json.dumps(data)) or "")


def test_a_primitive_op_cannot_be_defined_anew() -> None:
    says = edited(lambda data: data["definitions"][0].update(name="add"))
    assert "'add' is a primitive op and cannot be defined anew" in says


def test_an_op_that_nobody_defines_is_named() -> None:
    says = edited(lambda data: data["steps"][0]["expr"].update(op="adds"))
    assert "there is no op called 'adds'. Did you mean 'add'?" in says


def test_a_step_that_lies_about_its_shape_is_named() -> None:
    says = edited(lambda data: data["steps"][0].update(shape=["n", 7]))
    assert "step 'hidden_layer_input' says it is n x 7, but its expression gives n x hidden" in says
