"""Two hundred connections, fifty of them hostile, for a minute: what the good ones notice of it.

    python benchmarks/flood.py [--seconds 60]     prints a table and writes benchmarks/faults.md

A true `workings play`: one page steps, another looks on, the rest fetch files. First the good ones
alone, then the same with every kind of bad client of `tests/faults/flooding.py` beside them, then
alone again. All answers are compared with the right ones.

Then the bad ones come once more. Some of the memory they took stays in Python's store, in pieces
between others that are used; what they take the second time has to come out of it. If more than
`LEFT` is missing at the end, memory leaks, and this fails.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults.flooding import KINDS
from faults.guests import Fetched, Steps, fetching, settled, stepping
from faults.playing import ENVIRONMENT, Playing, Taken, playing

PAGE = Path(__file__).with_name("faults.md")
GOOD, BAD = 150, 50
LEFT = 12.0  # MB between the two ends; the good page itself keeps the steps of three more runs
REST = 4.0  # seconds until the playground has given back what it can
BEGIN = 10.0  # seconds for all good ones to be there
HEAD = """# Bad clients beside good ones

Written by `python benchmarks/flood.py --seconds {seconds:g}` on {machine}, {cores} cores, on which
the bad clients run as well; load {load:.1f} when it began. {good} good connections (a page that
steps, one that looks on, {fetch} that fetch files), {bad} hostile ones of {kinds} kinds, each over
and over.

"""


def figures(steps: Steps) -> tuple[float, float, float]:
    """Milliseconds of a step: median, 95 %, most."""
    took = 1e3 * np.array(steps.took)
    return float(np.median(took)), float(np.quantile(took, 0.95)), float(took.max())


class Report:
    """The rows of the page."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []
        self.wrong: list[str] = []
        self.ends: list[float] = []  # memory when all but two pages are gone, MB
        self.right = 0  # files

    def steps(self, when: str, steps: Steps, taken: Taken) -> None:
        """How long steps took, and what the server took."""
        median, slow, most = figures(steps)
        self.rows.append((when, str(len(steps.took)), f"{median:.1f}", f"{slow:.1f}",
                          f"{most:.0f}", f"{taken.memory:.1f}", str(taken.files)))  # fmt: skip

    def memory(self, when: str, taken: Taken) -> None:
        """What the server took while nobody stepped."""
        self.ends.append(taken.memory)
        self.rows.append((when, "", "", "", "", f"{taken.memory:.1f}", str(taken.files)))

    def beside(self, alone: Steps, among: Steps) -> None:
        """How many times as long steps took with bad ones beside them."""
        ratios = [b / a for a, b in zip(figures(alone), figures(among), strict=True)]
        self.rows.append(("beside / alone", "", *(f"{one:.2f} ×" for one in ratios), "", ""))

    def compare(self, fetched: Fetched, alone: Steps, *others: Steps) -> None:
        """Files and losses have to be the right ones, whoever is beside."""
        self.right += fetched.right
        self.wrong += fetched.wrong
        for some in others:
            least = min(len(some.losses), len(alone.losses))
            if some.losses[:least] != alone.losses[:least]:
                self.wrong.append("a step with another loss")

    def table(self) -> str:
        """As text."""
        head = ("", "steps", "median, ms", "95 %, ms", "most, ms", "memory, MB", "open files")
        lines = [head, ("---", *["--:"] * 6), *self.rows]
        return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def flooded(played: Playing, seconds: float, report: Report) -> dict[str, Counter[str]]:
    """The good ones alone, with bad ones beside them, alone again; and all of it once more."""
    told: dict[str, Counter[str]] = {}
    with stepping(played) as good:
        good.steps(least=50)
        before = played.taken()
        report.memory("before", before)
        for again in ("", ", once more"):
            with fetching(played, GOOD - 2) as fetched:
                time.sleep(BEGIN)
                alone = good.steps(seconds=seconds / 3)
                report.steps(f"good ones alone{again}", alone, played.taken())
                with flooding(played, seconds, told):
                    among = good.steps(seconds=seconds - 2)
                    report.steps(f"bad ones beside them{again}", among, played.taken())
                after = good.steps(seconds=seconds / 3)
                report.steps(f"alone again{again}", after, played.taken())
            settled(played, before.files)
            time.sleep(REST)
            report.memory(f"all but two are gone{again}", played.taken())
            report.beside(alone, among)
            report.compare(fetched, alone, among, after)
    report.rows.append(("most memory ever", "", "", "", "", f"{played.peak():.1f}", ""))
    report.rows.append(("right files fetched", str(report.right), "", "", "", "", ""))
    return told


@contextmanager
def flooding(played: Playing, seconds: float, told: dict[str, Counter[str]]) -> Iterator[None]:
    """Bad clients for so long; what they were answered is added to `told`."""
    command = [sys.executable, "-m", "faults.flooding", str(played.port), played.token,
               str(BAD), str(seconds)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as bad:  # noqa: S603
        time.sleep(1)
        yield
        for kind, answers in json.loads(bad.communicate()[0]).items():
            told.setdefault(kind, Counter()).update(answers)


def main() -> None:
    """Floods, prints and writes what was noticed; fails where an answer was wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=60.0)
    seconds, report, load = asked.parse_args().seconds, Report(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as played:
        told = flooded(played, seconds, report)
        if (left := report.ends[-1] - report.ends[-2]) > LEFT:
            report.wrong.append(f"the second flood left {left:.1f} MB more than the first")
        if played.said:
            report.wrong.append(f"the playground complains: {played.said[:500]}")
    for kind, answers in told.items():
        if not set(answers) <= KINDS[kind][1]:
            report.wrong.append(f"{kind}: {dict(answers)}")
    text = HEAD.format(seconds=seconds, machine=platform.machine(), cores=os.cpu_count(), load=load,
                       good=GOOD, fetch=GOOD - 2, bad=BAD, kinds=len(KINDS))  # fmt: skip
    text += report.table() + "\n| bad client | answered |\n| --- | --- |\n"
    for kind, answers in told.items():
        said = ", ".join(f"{answer} × {count}" for answer, count in answers.items())
        text += f"| {kind} | {said} |\n"
    print(text)
    PAGE.write_text(text)
    print(f"written to {PAGE}")
    if report.wrong:
        raise SystemExit("wrong: " + "; ".join(report.wrong[:10]))


if __name__ == "__main__":
    main()
