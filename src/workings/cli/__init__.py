"""The command line: `workings train`, `predict`, `show`, `check`, `diagnose`, `play` and others.

One file per command, found by its name and imported when it is called; files with a leading
underscore are what they share. Every refusal is one clear sentence on standard error and an exit
code of its own: 2 for what a user can mend, 3 for numbers that ran away, 130 for Ctrl-C and 143
where the process was told to end (SIGTERM).
"""

from __future__ import annotations

import sys
from typing import Any

from workings.cli import _signals


def main(args: list[str] | None = None) -> Any:
    """The program `workings`; ends the process with its exit code."""
    with _signals.listening():
        try:
            with _signals.deferred():
                from workings.cli import _commands
            code = _commands.run(args)
        except KeyboardInterrupt:
            code = _stopped()
        except Exception:  # what a library makes of Ctrl-C while it is imported
            if not _signals.heard():
                raise
            code = _stopped()
    sys.exit(code)


def _stopped() -> int:
    print("workings: stopped; nothing was written", file=sys.stderr)
    return _signals.code()
