"""The R side of a lesson: the script that `export --to r` writes, run, with what it printed.

    in_r(system("article"))      a system of the article
    in_r(model)                  a trained model
    in_r(trace, "output")        the steps of a trace, up to those that are printed
    in_r(text)                   a script of base R, as it stands

Where R is not installed the script is shown with a sentence that says so. With `WORKINGS_R=needed`
that is an error instead, so that a page without its R side is not built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from workings import exports
from workings.data import Table
from workings.errors import SettingError
from workings.exports.r import working
from workings.models import Model
from workings.systems import System
from workings.taking import of_model, of_system
from workings.trace import Trace
from workings.views.html import preformatted

SETTING, NEEDED = "WORKINGS_R", "needed"
PATIENCE = 120.0  # seconds
ABSENT = "R is not installed here, so the script was not run. Where it is: Rscript FILE"


@dataclass(frozen=True)
class InR:
    """A script of base R and what it printed; `ran` is False where R is not installed."""

    script: str
    printed: str
    ran: bool

    def __str__(self) -> str:
        lines = len(self.script.splitlines())
        return f"An R script of {lines} lines. It printed:\n\n{self.printed}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            "<div class='workings-r'><details><summary>The same in R: the script</summary>"
            f"{preformatted(self.script)}</details>\n"
            f"<p>What R printed:</p>\n{preformatted(self.printed)}</div>"
        )


def in_r(what: System | Model | Trace | str, *shown: str, rows: Table | None = None) -> InR:
    """The R script of a system, of a model with its table, or of a trace, run by R.

    Of a trace the steps `shown` are printed, all of them without any. Raises `SettingError` where
    the script fails, and where R is needed and missing.
    """
    if isinstance(what, Trace):
        what = working(what, *shown)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.R")
        if isinstance(what, str):
            path.write_text(what, encoding="utf-8")
        else:
            subject = of_system(what) if isinstance(what, System) else of_model(what, rows)
            exports.write(subject, "r", path)
        script = path.read_text(encoding="utf-8")
        if found := shutil.which("Rscript"):
            return InR(script, _printed(found, path), True)
    if os.environ.get(SETTING) == NEEDED:
        raise SettingError(
            f"cannot run an R script: there is no Rscript, and {SETTING} says that it is needed",
            hint="Install R (Debian: r-base-core).",
        )
    return InR(script, ABSENT, False)


def _printed(rscript: str, path: Path) -> str:
    done = subprocess.run(  # noqa: S603 - a script of ours, by the R that was found
        [rscript, "--vanilla", path.name], cwd=path.parent, capture_output=True, text=True,
        encoding="utf-8", errors="replace", timeout=PATIENCE, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise SettingError(f"cannot run {path.name}: R says {' '.join(said[-3:])!r}")
    return done.stdout.rstrip()
