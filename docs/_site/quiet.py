"""How the kernels that execute pages are set: pictures as SVG, and nothing kept of a session."""

from __future__ import annotations

from pathlib import Path

CONFIG = """\
c.InlineBackend.figure_formats = {"svg"}
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"
"""


def kernels(folder: Path) -> dict[str, str]:
    """Writes their configuration; returns the environment that makes them read it."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(CONFIG, encoding="utf-8")
    return {
        "IPYTHONDIR": str(folder),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
