"""What a run is made of, for a page to draw: its parts, its arrays, its network. No values.

described(run, number, trace)      the `run` event
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings.explaining.indexing import indexed
from workings.language import Expr
from workings.language.algebra import NAME
from workings.network import Network
from workings.play import slipping
from workings.play.building import Built
from workings.play.formulas import formula_of
from workings.play.layouts import labels_of
from workings.play.runs import Run
from workings.play.specs import ARTICLE
from workings.trace import Trace
from workings.views import sheet
from workings.views.network_plan import plan

SHORT = {
    "data": "X and y", "start": "weights", "linear": "hidden input", "bent": "activation",
    "output": "output", "error": "error", "slopes": "slopes", "delta": "δ hidden",
    "error at": "error hidden", "weights": "new weights", "biases": "new biases",
}  # fmt: skip
SAID = {
    "data": "What the network reads, and what it should say.",
    "start": "The weights and biases that this step begins with.",
    "linear": "Each neuron adds up its inputs times its weights, and its bias.",
    "bent": "Each sum goes through the activation.",
    "output": "The output layer does the same with what the hidden layer says.",
    "error": "How far the output is from the target, and what the loss makes of it.",
    "slopes": "How steep each activation is where its sum came to lie.",
    "delta": "What each sum is owed: the error times the slope.",
    "error at": "What each neuron is owed by those it feeds, through the weights to them.",
    "weights": "Each weight moves by its gradient times the learning rate.",
    "biases": "Each bias moves likewise; it is owed the sum over the samples.",
}  # fmt: skip
OF_THE_ARTICLE = (
    " The article says so in its code; its text has the delta of the output here, for the hidden "
    "biases too."
)
FORWARD = ("data", "start", "linear", "bent", "output")  # what is there before a step is made


def described(run: Run, number: int, parent: int | None) -> dict[str, Any]:
    """The `run` event."""
    built, trace = run.built, run.trace(max(run.at, 1) if run.last else 0)
    spec, network = built.spec, built.network
    parts, job = parts_of(trace, network), built.job
    if spec.network.start == ARTICLE:
        parts[-1]["sentence"] += OF_THE_ARTICLE
    return {
        "ev": "run", "run": number, "parent": parent, "at": run.at, "change": run.text,
        "title": spec.title or job.table.source, "spec": spec.plain(),
        "described": f"{network.described(built.inputs, built.outputs)}; {spec.train.optimizer}, "
                     f"lr {spec.train.lr:g}",
        "names": _names(built), "notes": [*job.table.notes, *job.notes],
        "rows": {"training": len(job.training), "test": len(job.test)},
        "batches_per_epoch": run.segments[-1].per_epoch, "task": job.task,
        "classes": list(built.preparation.target.classes), "target": job.target,
        "inputs": list(built.labels["inputs"]), "columns": columns_of(built),
        "parts": parts, "arrays": arrays_of(trace, network, parts), "sizes": sizes_of(trace),
        "network": drawing_of(built, trace), "pictures": pictures_of(built),
        "pictured": slipping.pictured(trace, network),
    }  # fmt: skip


def _names(built: Built) -> dict[str, str]:
    spec, network = built.spec, built.network
    units = [built.inputs, *(layer.units for layer in network.layers[:-1]), built.outputs]
    words = dict.fromkeys(layer.op.name for layer in network.layers)
    title = spec.title or built.job.table.source
    return {
        "data": f"{title} · {len(built.numbers)}×{built.inputs}",
        "network": f"{'→'.join(map(str, units))} · {', '.join(words)}",
        "training": f"{network.loss_row.name.replace('_', ' ')} · {spec.train.optimizer} · "
                    f"lr {spec.train.lr:g}",
    }  # fmt: skip


def columns_of(built: Built) -> list[dict[str, Any]]:
    """The columns of the table that the network reads, as a form asks for them."""
    prepared = built.preparation
    numbers = [{"name": c.name, "holds": "number", "usual": c.usual, "levels": None}
               for c in prepared.numbers]  # fmt: skip
    words = [
        {"name": c.name, "holds": "words", "usual": c.levels[0] or "",
         "levels": [level or "" for level in c.levels]}
        for c in prepared.categories
    ]  # fmt: skip
    return [*numbers, *words]


# -- parts -----------------------------------------------------------------------------------------


def parts_of(trace: Trace, network: Network) -> list[dict[str, Any]]:
    """The parts of a step, twelve with one hidden layer, from the program's stages."""
    keys = {title: key for key, title in network.headings.titles.items()}
    found: list[dict[str, Any]] = []
    carried: list[list[str]] = []
    for block in sheet.sheet(trace, why=False, max_rows=1, max_columns=1).blocks:
        groups = _together([[matrix.name for matrix in group] for group in block.groups])
        if block.number is None:
            carried = groups
            continue
        key, layer = _key(keys[block.title], network)
        found.append({
            "part": block.number, "number": str(block.number), "title": block.title,
            "short": _short(key, layer, network), "sentence": SAID[key], "groups": groups,
            "needs_step": key not in FORWARD, "layer": layer,
        })  # fmt: skip
    for part in found:
        if carried and part["title"] == network.headings.titles["start"]:
            part["groups"] += carried
    return found


def _together(groups: list[list[str]]) -> list[list[str]]:
    """How far a weight moves belongs to its new value."""
    moves = {group[-1]: group for group in groups if group[-1].startswith("update_")}
    rest = [group for group in groups if group[-1] not in moves]
    for group in rest:
        moved = f"update_{group[-1].removeprefix('new_')}"
        if moved in moves:
            group.insert(-1, moved)
    return rest


def _key(key: str, network: Network) -> tuple[str, int | None]:
    """The kind of a part, and which layer it is about, from 1."""
    kind, _, place = key.partition(" ")
    last = len(network.layers)
    if not place:
        return kind, last if kind in ("output", "error") else None
    layer = int(place) + 1
    return ("error at" if kind == "error" else kind), layer


def _short(key: str, layer: int | None, network: Network) -> str:
    word = SHORT[key]
    if key == "delta" and layer == len(network.layers):
        return "δ output"
    several = len(network.layers) > 2 and key in ("linear", "bent", "delta", "error at")
    return f"{word} {layer}" if several else word


# -- arrays ----------------------------------------------------------------------------------------


def arrays_of(trace: Trace, network: Network, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every array: what it is, where it is made, its formula, where its cells may be edited."""
    program, roles = trace.program, roles_of(network)
    where = {w: part["part"] for part in reversed(parts) for group in part["groups"] for w in group}
    biases = {names.bias: names.weights for names in network.names}
    found = []
    for word in (*program.given, *program.names):
        kind = _kind(word, trace, network)
        layer, role = roles.get(word, (None, ""))
        step = program[word] if kind == "step" else None
        found.append({
            "name": word, "part": where.get(word), "kind": kind, "layer": layer, "role": role,
            "sizes": list(trace.shape(word)), "shape": list(trace[word].shape),
            "title": word.replace("_", " "),
            "formula": formula_of(step.expr, ("plain", "mathml")) if step else None,
            "index_form": indexed(step) if step else "",
            "why": (step.why or step.expr.op.reason) if step else "",
            "editable": kind == "parameter" or word in ("X", "y"),
            "under": biases.get(word), "turned": turned(step.expr, network) if step else [],
        })  # fmt: skip
    return found


def turned(expr: Expr, network: Network) -> list[str]:
    """The weights that are read with their rows as columns."""
    if expr.op.name == "transpose" and expr.args[0].op == NAME:
        word = str(expr.args[0]["name"])
        return [word] if word in network.parameters else []
    return [word for part in expr.args for word in turned(part, network)]


def _kind(word: str, trace: Trace, network: Network) -> str:
    if word in trace.program.names:
        return "step"
    if word in network.parameters:
        return "parameter"
    if word in trace.program.updates:
        return "carried"
    return "data" if "n" in trace.shape(word) else "setting"


def roles_of(network: Network) -> dict[str, tuple[int, str]]:
    """For each array of a layer which layer that is, from 1, and what it is there."""
    found: dict[str, tuple[int, str]] = {"X": (0, "values"), "y": (len(network.layers), "target")}
    for layer, names in enumerate(network.names, 1):
        facts = {
            "weights": names.weights, "bias": names.bias, "input": names.input,
            "values": names.output, "slope": names.slope, "delta": names.d_input,
            "error": names.d_output, "gradient": names.d_weights, "bias gradient": names.d_bias,
            "new": f"new_{names.weights}", "new bias": f"new_{names.bias}",
            "update": f"update_{names.weights}", "bias update": f"update_{names.bias}",
        }  # fmt: skip
        found |= {word: (layer, role) for role, word in facts.items()}
    return found


def sizes_of(trace: Trace) -> dict[str, Any]:
    """Every named size with its labels and places."""
    found: dict[str, Any] = {}
    for word in (*trace.program.given, *trace.program.names):
        for axis, size in enumerate(trace.shape(word)):
            if isinstance(size, str) and size not in found:
                labels, places = labels_of(trace, word, axis)
                title = TITLES.get(size.rstrip("_0123456789"), "place")
                found[size] = {"count": len(places), "labels": labels, "places": places,
                               "title": title}  # fmt: skip
    return found


TITLES = {"n": "sample", "inputs": "input", "hidden": "neuron", "outputs": "output"}


# -- the drawing -----------------------------------------------------------------------------------


def drawing_of(built: Built, trace: Trace) -> dict[str, Any]:
    """The network as a page draws it: columns of units, and the arrays on the lines between."""
    network = built.network
    titles = ["inputs", *(names.title for names in network.names)]
    values = ["X", *(names.output for names in network.names)]
    labels = [trace.names_along(word, 1) for word in values]
    columns, width, height = plan([len(one) for one in labels])
    layers = [
        {
            "title": titles[place], "values": word, "size": str(trace.shape(word)[1]),
            **_of_layer(network, place),
            "units": [{"label": labels[place][unit], "place": str(unit + 1), "x": x, "y": y}
                      for unit, (x, y) in enumerate(columns[place])],
            "more": len(labels[place]) - len(columns[place]),
        }
        for place, word in enumerate(values)
    ]  # fmt: skip
    edges = [_edge(network, place, trace) for place in range(len(network.layers))]
    return {"width": width, "height": height, "layers": layers, "edges": edges}


def _of_layer(network: Network, place: int) -> Mapping[str, Any]:
    if place == 0:
        return {"input": None, "slope": None, "delta": None, "activation": None}
    names = network.names[place - 1]
    return {"input": names.input, "slope": names.slope, "delta": names.d_input,
            "activation": network.layers[place - 1].op.name}  # fmt: skip


def _edge(network: Network, place: int, trace: Trace) -> dict[str, Any]:
    names = network.names[place]
    words = {
        "weights": names.weights, "bias": names.bias, "gradient": names.d_weights,
        "bias_gradient": names.d_bias, "new": f"new_{names.weights}",
        "new_bias": f"new_{names.bias}", "update": f"update_{names.weights}",
        "bias_update": f"update_{names.bias}",
    }  # fmt: skip
    there = {key: word if word in trace.values else None for key, word in words.items()}
    return {"from": place, "to": place + 1, **there}


def pictures_of(built: Built) -> dict[str, Any]:
    """Which pictures there are of what comes out."""
    inputs, network = built.labels["inputs"], built.network
    spaces = [[names.output, layer.units] for names, layer in
              zip(network.names[:-1], network.layers[:-1], strict=True)
              if (layer.units or 0) >= 2]  # fmt: skip
    amounts = built.task == "regression"
    return {
        "map": {"x": inputs[0], "y": inputs[1], "choices": list(inputs)} if len(inputs) > 1
               else None,
        "space": spaces, "fit": len(inputs) == 1,
        "table": "residuals" if amounts else "confusion",
    }  # fmt: skip
