"""The loops of a plan, to be read: what the kernel computes, in its own order.

loops(plan)
    for each of 10 units, for each row:
        hiddenlayer_activations = tanh(X @ wh + bh)
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.compiling.indexes import is_row_sum
from workings.compiling.plans import BY_ROWS, CELLS, FLAT, PRODUCT, Nest, Plan
from workings.compiling.sharing import is_worth_it
from workings.compiling.values import Value

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "^", "matmul": "@",
         "greater": ">", "equal": "="}  # fmt: skip


def loops(plan: Plan) -> str:
    """The nests in the order they run, a line for each value that is computed."""
    reading, tiled = _Reading(plan), plan.nests[plan.tile] if plan.tile else []
    lines = []
    for nest in plan.nests:
        if tiled and nest is tiled[0]:
            lines.append(f"for some rows at a time, {plan.rows}:")
        deeper = "    " if nest in tiled else ""
        lines += [deeper + line for line in reading.nest(nest)]
    return "\n".join(lines)


class _Reading:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        known = {**plan.lowered.given, **plan.lowered.named}
        kept = {value: word for word, value in reversed(known.items())}
        steps = plan.lowered.steps
        self.names = {value: steps[value] for value in plan.where if value in steps} | kept
        nameless = [value for value in plan.where if value not in self.names]
        self.names |= {value: f"t{place}" for place, value in enumerate(nameless, 1)}

    def nest(self, nest: Nest) -> Iterator[str]:
        """What the loops are, and what is computed in them."""
        shared = ", each thread its part" if is_worth_it(self.plan, nest) else ""
        yield f"{self._loops(nest)}{shared}:"
        for member in nest.members:
            sign = "+=" if nest.kind == BY_ROWS and is_row_sum(member) else "="
            where = "" if member in self.plan.home else "   (in a register)"
            yield f"    {self.names[member]} {sign} {self._made(member)}{where}"

    def _loops(self, nest: Nest) -> str:
        units = f"for each of {nest.size} units, " if nest.size > 1 else ""
        following = ", and for each cell of a block" if nest.following else ""
        return {
            BY_ROWS: f"{units}for each row",
            FLAT: f"for each of {nest.size} cells" if nest.size > 1 else "once",
            PRODUCT: f"in blocks{following}",
            CELLS: "for each cell of " + " x ".join(map(str, nest.members[0].shape)),
        }[nest.kind]  # fmt: skip

    def _made(self, value: Value) -> str:
        args = [self._read(arg) for arg in value.args]
        if value.op in SIGNS:
            return f" {SIGNS[value.op]} ".join(args)
        if value.op in ("spread", "identity"):
            return args[0]
        if value.op == "sum" and is_row_sum(value):
            return args[0]
        return f"{value.op}({', '.join(args)})"

    def _read(self, value: Value) -> str:
        if value.op == "number":
            return f"{value['value']:g}"
        if value.op == "rows":
            return "how many rows"
        if value in self.names:
            return self.names[value]
        if value.op == "spread":
            return self._read(value.args[0])
        if value.op == "transpose":
            return f"{self._read(value.args[0])}.T"
        return f"({self._made(value)})" if value.op in SIGNS else self._made(value)
