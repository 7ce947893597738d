"""Programs of the operating system that some tests use.

    needed("soffice", "libreoffice-calc-nogui")     the path of the program

Where one is absent, its tests say which Debian package has it and are skipped; where CI is set in
the environment they fail, so that nothing is left untested unseen.
"""

from __future__ import annotations

import os
import shutil

import pytest


def needed(program: str, package: str) -> str:
    """The path of a program, or the end of the test that needs it."""
    path = shutil.which(program)
    if path is None:
        reason = f"{program} is missing: install the Debian package {package}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
