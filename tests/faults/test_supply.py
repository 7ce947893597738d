"""Few dependencies, pinned; nothing is asked of a network, at import or in use."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from faults.harness import around

ROOT = Path(__file__).parents[2]

QUIET = """
import sys
seen = []
def hook(event, arguments):
    if event.split(".")[0] in {"socket", "urllib", "http", "ftplib", "smtplib", "webbrowser"}:
        if event not in ("socket.__new__", "socket.gethostname"):
            seen.append((event, str(arguments)[:200]))
    if event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen"):
        seen.append((event, str(arguments)[:200]))
sys.addaudithook(hook)
import workings, workings.cli
result = workings.train("xor", hidden=[2], epochs=2)
result.model.save(sys.argv[1])
workings.load(sys.argv[1]).predict([[0, 1]])
assert seen == [], seen
"""


@pytest.mark.fault("T18")
def test_nothing_is_asked_of_a_network_or_another_program(tmp_path: Path) -> None:
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", QUIET, str(tmp_path / "m")], capture_output=True, text=True,
        check=False, env=around(),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


@pytest.mark.fault("T18")
def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    )  # fmt: skip
    names = {re.split(r"[<>=!~\[ ;]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= {name.strip().lower().replace("_", "-") for name in pinned}
    assert len(project["dependencies"]) <= 16
