"""What the playground takes, against its budget: the server's answers, and clicks until they are seen.

    python benchmarks/playground.py            prints a table and writes benchmarks/playground.md

All in one run: first over a real websocket to a server in this process, then in a real browser.
Times are milliseconds.
"""  # noqa: E501

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playground_page import measured as measured_page

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
ROWS: list[tuple[str, str, float, str, float, bool]] = []  # where, what, value, unit, budget, less
PAGE = Path(__file__).with_name("playground.md")
HEAD = """# The playground, measured

Written by `python benchmarks/playground.py` on {machine}, {cores} cores, without a graphics card;
load {load:.1f} when it began. Budgets are those of one quiet machine of two cores.

| where | what | measured | budget | |
| --- | --- | --: | --: | --- |
"""


def timed(count: int, do: Callable[[int], object]) -> tuple[float, float]:
    """The median and the 95th percentile of so many turns, in milliseconds."""
    took = []
    for turn in range(count):
        began = time.perf_counter()
        do(turn)
        took.append(1e3 * (time.perf_counter() - began))
        time.sleep(0.022)  # no more than 50 requests a second
    return float(np.median(took)), float(np.quantile(took, 0.95))


def note(net: str, what: str, value: float, budget: float = 0, unit: str = "") -> None:
    """A row of the table."""
    ROWS.append((net, what, value, unit, budget, True))


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
    for step in range(10_000, 100_001, 10_000):  # each in less time than it is waited for
        one.do("seek", step=step)
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


def verdict(value: float, budget: float, less: bool) -> str:
    """Whether a budget is met, in a word."""
    if not budget:
        return ""
    return "met" if (value <= budget if less else value >= budget) else "missed"


def written(load: float) -> str:
    """The page of the table."""
    text = HEAD.format(machine=platform.machine(), cores=os.cpu_count(), load=load)
    for where, what, value, unit, budget, less in ROWS:
        wanted = f"{'at most' if less else 'at least'} {budget:g}" if budget else ""
        text += f"| {where} | {what} | {value:.4g} {unit} | {wanted} | "
        text += f"{verdict(value, budget, less)} |\n"
    return text


def main() -> None:
    """Measures, prints a table, and writes it."""
    load = os.getloadavg()[0]
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
    ROWS.extend(("page", *row) for row in measured_page())
    wide = max(len(row[0]) for row in ROWS), max(len(row[1]) for row in ROWS)
    for where, what, value, unit, budget, less in ROWS:
        said = f"of {budget:g}  {verdict(value, budget, less)}" if budget else ""
        print(f"{where:<{wide[0]}}  {what:<{wide[1]}}  {value:12.2f} {unit:<3} {said}")
    PAGE.write_text(written(load))
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()
