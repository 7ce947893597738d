"""Two hundred connections, fifty of them hostile, for a minute: what the good ones notice of it.

    python benchmarks/flood.py [--seconds 60]     prints a table and writes benchmarks/faults.md

A true `workings play`: one page steps, another looks on, the rest fetch files. First the good ones
alone, then the same with every kind of bad client of `tests/faults/flooding.py` beside them, then
alone again. All answers are compared with the right ones.
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
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults.flooding import KINDS
from faults.guests import Steps, fetching, settled, stepping
from faults.playing import ENVIRONMENT, Playing, playing

PAGE = Path(__file__).with_name("faults.md")
GOOD, BAD = 150, 50
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

    def steps(self, when: str, steps: Steps, taken: object) -> None:
        """How long steps took, and what the server took."""
        median, slow, most = figures(steps)
        self.rows.append((when, str(len(steps.took)), f"{median:.1f}", f"{slow:.1f}",
                          f"{most:.0f}", f"{taken.memory:.1f}", str(taken.files)))  # type: ignore[attr-defined]  # fmt: skip

    def table(self) -> str:
        """As text."""
        head = ("", "steps", "median, ms", "95 %, ms", "most, ms", "memory, MB", "open files")
        lines = [head, ("---", *["--:"] * 6), *self.rows]
        return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def flooded(played: Playing, seconds: float, report: Report) -> dict[str, Counter[str]]:
    """The good ones alone, with bad ones beside them, alone again."""
    with stepping(played) as good:
        good.steps(least=50)
        before = played.taken()
        report.rows.append(("before", "", "", "", "", f"{before.memory:.1f}", str(before.files)))
        with fetching(played, GOOD - 2) as fetched:
            time.sleep(BEGIN)
            alone = good.steps(seconds=seconds / 3)
            report.steps("good ones alone", alone, played.taken())
            command = [sys.executable, "-m", "faults.flooding", str(played.port), played.token,
                       str(BAD), str(seconds)]  # fmt: skip
            with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as bad:  # noqa: S603
                time.sleep(1)
                among = good.steps(seconds=seconds - 2)
                report.steps("bad ones beside them", among, played.taken())
                told = json.loads(bad.communicate()[0])
            after = good.steps(seconds=seconds / 3)
        settled(played, before.files)
        report.steps("alone again", after, played.taken())
    report.wrong += fetched.wrong
    for some in (among, after):
        least = min(len(some.losses), len(alone.losses))
        if some.losses[:least] != alone.losses[:least]:
            report.wrong.append("a step with another loss")
    ratios = [b / a for a, b in zip(figures(alone), figures(among), strict=True)]
    report.rows.append(("beside / alone", "", *(f"{ratio:.2f} ×" for ratio in ratios), "", ""))
    report.rows.append(("most memory ever", "", "", "", "", f"{played.peak():.1f}", ""))
    report.rows.append(("right files fetched", str(fetched.right), "", "", "", "", ""))
    return {kind: Counter(answers) for kind, answers in told.items()}


def main() -> None:
    """Floods, prints and writes what was noticed; fails where an answer was wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=60.0)
    seconds, report, load = asked.parse_args().seconds, Report(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder)) as played:
        told = flooded(played, seconds, report)
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
