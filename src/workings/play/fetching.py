"""Tables that scikit-learn carries, read by a process of their own.

Importing scikit-learn takes a hundred megabytes, which a server that runs for hours would keep; a
process that ends gives them back.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cache

from workings.data import Table
from workings.data.builtin import builtin_table, made

SECONDS = 60
READ = (
    "import pickle, sys; sys.modules['pandas'] = None; "  # which scikit-learn would load as well
    "from workings.data.builtin import BUILTIN; "
    "pickle.dump(BUILTIN[sys.argv[1]].make(), sys.stdout.buffer)"
)


@cache
def carried(name: str) -> Table:
    """The built-in table called `name`; here, where a process of its own cannot be had."""
    if "sklearn" in sys.modules:
        return builtin_table(name)
    try:
        done = subprocess.run(  # noqa: S603 - our own words to our own Python
            [sys.executable, "-c", READ, name], capture_output=True, check=True, timeout=SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return builtin_table(name)
    return made(name, pickle.loads(done.stdout))  # noqa: S301 - written by our own process
