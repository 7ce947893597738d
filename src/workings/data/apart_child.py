"""The other process of `apart`: run as a file, it knows nothing of this package.

From standard input it takes one line of JSON (`sheet`, and the limits `cells`, `bytes` and
`memory`), then the bytes of a workbook. It writes lines of JSON: what the workbook is, or what is
wrong with it, then each row of the sheet.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from typing import Any


def lines(wanted: dict[str, Any], data: bytes) -> Iterator[dict[str, Any] | list[Any]]:
    """What is found: the sheets, which cells are merged, then the rows of the wanted sheet."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        titles = book.sheet_names
        title = titles[0] if wanted["sheet"] is None and titles else wanted["sheet"]
        if title not in titles:
            yield {"titles": titles, "merged": []}
            return
        sheet = book.get_sheet_by_name(title)
        rows, columns = (last + 1 for last in sheet.end or (-1, -1))
        if rows * columns > wanted["cells"]:
            yield {"far": [title, rows, columns]}
            return
        yield {"titles": titles, "merged": sheet.merged_cell_ranges or []}
        yield from sheet.to_python(skip_empty_area=False)
    except python_calamine.PasswordError:
        yield {"locked": True}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        yield {"damaged": str(error)}


def spelled(value: Any) -> dict[str, Any]:
    """A date or a time as JSON."""
    if isinstance(value, dt.timedelta):
        return {"timedelta": [value.days, value.seconds, value.microseconds]}
    return {type(value).__name__: value.isoformat()}


def limit_memory(size: int) -> None:
    """Ask for no more than `size` bytes and leave no image behind, where the system has limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main() -> None:
    """The whole way."""
    wanted = json.loads(sys.stdin.buffer.readline())
    limit_memory(wanted["memory"])
    left = wanted["bytes"]
    for line in lines(wanted, sys.stdin.buffer.read()):
        text = json.dumps(line, default=spelled).encode() + b"\n"
        left -= len(text)
        if left < 0:
            sys.stdout.buffer.write(b'{"long": true}\n')
            return
        sys.stdout.buffer.write(text)


if __name__ == "__main__":
    main()
