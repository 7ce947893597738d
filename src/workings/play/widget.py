"""`workings.widget`: the playground in a notebook's cell.

    widget()                              the article, at step 0
    widget("moons"), widget(model), widget(frame, target="species")

What it needs besides is imported when it is asked for, so that `import workings` stays light.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from workings.errors import NotSupported, SettingError

NEEDED = "anywidget"
HEIGHTS = 200, 4000  # pixels


def widget(
    what: Any = "article",
    table: Any = None,
    *,
    target: str | None = None,
    sheet: str | None = None,
    height: int = 760,
) -> Any:
    """The playground in a notebook's cell: train, pause, walk, rewind, ask why.

    `what` is the name of a preset (moons, iris ...), a table (a path, a data frame, a `Table`, a
    pair of arrays) with its `target`, a model or what came out of a training with the `table` it
    was trained on, or a share link; `sheet` the sheet of a workbook, `height` how many pixels the
    cell is high. Nothing of it is trained before somebody says so. `close()` ends it.

    Raises `NotSupported` where the package anywidget is not installed, and all that reading and
    building may raise.

    >>> widget("moons", height=600)  # doctest: +SKIP
    <Playground in a notebook's cell: moons>
    """
    low, high = HEIGHTS
    if isinstance(height, bool) or not isinstance(height, int) or not low <= height <= high:
        raise SettingError(
            f"cannot make a cell of the height {height!r}: a whole number of pixels from {low} to "
            f"{high} was expected"
        )
    if find_spec(NEEDED) is None:
        raise NotSupported(
            f"cannot make a widget: the package {NEEDED} is not installed",
            hint="Install it with: pip install 'workings[notebook]'",
        )
    from workings.play.notebook import Playground
    from workings.play.opening import opened

    return Playground(opened(what, table, target=target, sheet=sheet), height)
