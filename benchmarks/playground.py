"""What the playground's server takes, against its budget: round trips, seeks, explanations, bytes.

    python benchmarks/playground.py

All in one run, over a real websocket to a server in this process. Times are milliseconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from play.talking import Page, page
from workings.play import protocol
from workings.play.server import Server
from workings.play.session import Session

NETS = {
    "article 3 × (4-3-1)": {"data": {"source": "article"}, "network": {
        "hidden": [{"units": 3, "activation": "sigmoid"}], "loss": "half_squared_error"}},
    "iris 150 × (4-8-3)": {"data": {"source": "iris", "scale": "standard"}, "network": {
        "hidden": [{"units": 8, "activation": "tanh"}]}},
    "moons 1000 × (2-8-8-1)": {"data": {"source": "moons"}, "network": {
        "hidden": [{"units": 8, "activation": "tanh"}] * 2}, "train": {"batch": 300}},
}  # fmt: skip
ROWS: list[tuple[str, str, float, float]] = []  # net, quantity, value, budget (0: none)


def timed(count: int, do: Callable[[int], object]) -> tuple[float, float]:
    """The median and the 95th percentile of so many turns, in milliseconds."""
    took = []
    for turn in range(count):
        began = time.perf_counter()
        do(turn)
        took.append(1e3 * (time.perf_counter() - began))
        time.sleep(0.022)  # no more than 50 requests a second
    return float(np.median(took)), float(np.quantile(took, 0.95))


def note(net: str, what: str, value: float, budget: float = 0) -> None:
    """A row of the table."""
    ROWS.append((net, what, value, budget))


def measured(one: Page, net: str) -> None:
    """Every quantity for the network that is open."""
    one.do("step")
    median, slow = timed(100, lambda turn: one.do("step"))
    note(net, "one step, asked to shown: median", median, 30)
    note(net, "one step, asked to shown: 95 %", slow, 80)
    cells = ["loss", "output[1,1]", "wout[1,1]"]
    first = one.last("tape")["rows"]["places"][0]
    cells[1] = f"output[{first},1]"
    median, slow = timed(30, lambda turn: one.do("explain", cell=cells[turn % 3]))
    note(net, "explain with its check: median", median, 200)
    note(net, "explain with its check: 95 %", slow, 200)
    median, _ = timed(30, lambda turn: one.do("sources", cell=cells[turn % 3]))
    note(net, "sources and uses of a cell: median", median, 50)
    began = time.perf_counter()
    one.do("seek", step=100_000)
    note(net, "100 000 steps, seconds", time.perf_counter() - began)
    random = np.random.default_rng(0)
    steps = random.integers(0, 100_001, 40)
    median, slow = timed(40, lambda turn: one.do("seek", step=int(steps[turn])))
    note(net, "seek anywhere in 100 000: median", median, 100)
    note(net, "seek anywhere in 100 000: 95 %", slow, 100)
    sizes: dict[int, int] = {}
    for header, payload in one.frames:
        sizes[header.kind] = max(sizes.get(header.kind, 0), len(payload))
    note(net, "largest TICK, bytes", sizes.get(protocol.TICK, 0), 8_000)
    note(net, "largest TAPE, bytes", sizes.get(protocol.TAPE, 0), 65_536)
    one.do("seek", step=0)
    one.do("run", until={"steps": 100_000}, rate=8000)
    before, frames, began = one.bytes, len(one.frames), time.perf_counter()
    while time.perf_counter() - began < 3:
        one.hear()
    spent = time.perf_counter() - began
    note(net, "while training: bytes a second", (one.bytes - before) / spent, 500_000)
    ticks = sum(header.kind == protocol.TICK for header, _ in one.frames[frames:])
    note(net, "while training: ticks a second", ticks / spent)
    one.do("pause")


def idle(one: Page) -> None:
    """The processor's time while nothing is asked."""
    time.sleep(0.5)
    before = time.process_time()
    time.sleep(3)
    note("paused", "processor, percent", 100 * (time.process_time() - before) / 3, 2)
    one.do("watch", hidden=True)
    one.do("run", until={"steps": 900_000})
    time.sleep(0.5)
    before = time.process_time()
    time.sleep(3)
    note("hidden", "processor, percent", 100 * (time.process_time() - before) / 3, 2)


def memory() -> float:
    """The most memory this process had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    """Measures, and prints a table."""
    server = Server(Session())
    beside = server.run_beside()
    with page(server) as one:
        for net, spec in NETS.items():
            one.do("open", spec=spec)
            measured(one, net)
        idle(one)
    note("server", "most memory, with NumPy, SciPy and the client, MB", memory(), 0)
    server.end()
    beside.join(5)
    wide = max(len(net) for net, *_ in ROWS), max(len(what) for _, what, *_ in ROWS)
    for net, what, value, budget in ROWS:
        verdict = "" if not budget else f"  of {budget:g}" + ("" if value <= budget else "  OVER")
        print(f"{net:<{wide[0]}}  {what:<{wide[1]}}  {value:12.2f}{verdict}")


if __name__ == "__main__":
    main()
