"""What is looked at in a workbook before it is opened: its kind, its sizes, what it hides.

`format_of`       "xlsx", "xlsb", "ods" or "xls"; an error for what is none, or has a password
`look_at_sheet`   how far a sheet reaches, and its cells that hold an error or no value yet

A workbook is a zip archive that unpacks to what it likes, and a sheet with two cells may span
seventeen thousand million. So sizes are found before anything is allocated, and the bytes are
counted as they are unpacked: what an archive declares may be a lie.
"""

from __future__ import annotations

import html
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workings.data.kinds import shown
from workings.errors import DataError

Format = Literal["xlsx", "xlsb", "ods", "xls"]

MAX_UNPACKED = 2**30
MAX_PARTS = 20_000
MAX_CELLS = 2**25  # of the rectangle that holds all cells of a sheet
MAX_ROW = 2**24  # bytes of one row of a sheet
CHUNK = 2**20
OVERLAP = 64  # bytes in which the end of a row may be cut in two

PARTS: dict[str, Format] = {
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsb",
    "content.xml": "ods",
}
PASSWORD = "EncryptedPackage".encode("utf-16-le")

_ROW_END = re.compile(rb"</(?:\w+:)?(?:table-)?row>")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,12})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^<>]*\bt=["']e["'][^<>]*>""")
_NEVER = re.compile(rb"</(?:\w+:)?f>(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REPEATED = re.compile(rb"""number-(rows|columns)-repeated=["']([0-9]{1,12})["']""")
_ELEMENT = re.compile(rb"<(?:\w+:)?(sheet|Relationship)\s([^<>]*)>")
_FACT = re.compile(rb"""(?<![\w:])([\w:]+)\s*=\s*["']([^"']*)["']""")


@dataclass
class Sight:
    """What was seen of a sheet: its last row and column, its `errors`, its `formulas`, and those
    that have no value yet.
    """

    rows: int = 0
    columns: int = 0
    errors: int = 0
    never: int = 0
    formulas: int = 0
    first_error: str = ""


def format_of(data: bytes, name: str) -> Format:
    """What kind of workbook `data` is; raises `DataError` for what is none or cannot be opened."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if PASSWORD in data:
            raise locked(name)
        return "xls"
    with archive(data, name) as packed:
        parts = {info.filename.lstrip("/"): info for info in packed.infolist()}
        _check_sizes(parts, name)
        found = next((kind for part, kind in PARTS.items() if part in parts), None)
        if found is None:
            raise damaged(name, "it is a zip archive, but no workbook")
        if found == "ods" and b"encryption-data" in _part(packed, "META-INF/manifest.xml", name):
            raise locked(name)
        _check_contents(packed, name)
    return found


def look_at_sheet(data: bytes, name: str, kind: Format, sheet: str) -> Sight:
    """How far the sheet reaches and what it hides; raises `DataError` where it reaches too far."""
    sight = Sight()
    if kind in ("xlsx", "ods"):
        with archive(data, name) as packed:
            for part in _sheet_parts(packed, name, sheet) if kind == "xlsx" else ["content.xml"]:
                for row in _rows(packed, part, name):
                    _look_at_row(row, sight, kind)
    if sight.rows * sight.columns > MAX_CELLS:
        raise too_far(name, sheet, (sight.rows, sight.columns))
    return sight


def archive(data: bytes, name: str) -> zipfile.ZipFile:
    """`data` as a zip archive, or an error that says it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise damaged(name, "its archive is damaged or cut off") from error


def damaged(name: str, what: str) -> DataError:
    """The error for a workbook that cannot be opened."""
    return DataError(
        f"cannot read {name}: {what}",
        hint="Open it in a spreadsheet program and save it again, or save the table as CSV.",
        file=name, found=what,
    )  # fmt: skip


def locked(name: str) -> DataError:
    """The error for a workbook with a password."""
    return DataError(
        f"cannot read {name}: it is protected by a password",
        hint="Save it without a password, or save the table as CSV.",
        file=name, found="a password",
    )  # fmt: skip


def too_far(name: str, sheet: str, reach: tuple[int, int]) -> DataError:
    """The error for a sheet whose last row and column are too far from the first."""
    return DataError(
        f"cannot read {name}: the cells of the sheet {shown(sheet)} reach to row {reach[0]} "
        f"and column {reach[1]}, more than {MAX_CELLS} places",
        hint="Delete what stands far from the table, or save the table as CSV.",
        file=name, found=reach,
    )  # fmt: skip


def _check_sizes(parts: dict[str, zipfile.ZipInfo], name: str) -> None:
    total = sum(info.file_size for info in parts.values())
    if total > MAX_UNPACKED or len(parts) > MAX_PARTS:
        size = f"{total / 2**30:.1f} GiB" if total > MAX_UNPACKED else f"{len(parts)} parts"
        raise DataError(
            f"cannot read {name}: it unpacks to {size}, expected at most "
            f"{MAX_UNPACKED / 2**30:.0f} GiB in {MAX_PARTS} parts",
            hint="Save the table as CSV.", file=name, found=total,
        )  # fmt: skip


def _check_contents(packed: zipfile.ZipFile, name: str) -> None:
    """Every part unpacks to what it declares; Python's zipfile stops there and checks the sum."""
    for info in packed.infolist():
        for _ in _chunks(packed, info.filename, name):
            pass


def _chunks(packed: zipfile.ZipFile, part: str, name: str) -> Iterator[bytes]:
    try:
        if packed.getinfo(part).flag_bits & 1:
            raise locked(name)
        with packed.open(part) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except DataError:
        raise
    except NotImplementedError as error:
        what = f"its part {shown(part)} is packed in a way that is not known here ({error})"
        raise damaged(name, what) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
            KeyError, RuntimeError) as error:  # fmt: skip
        raise damaged(name, f"its part {shown(part)} is damaged") from error


def _part(packed: zipfile.ZipFile, part: str, name: str) -> bytes:
    return b"".join(_chunks(packed, part, name)) if part in packed.namelist() else b""


def _sheet_parts(packed: zipfile.ZipFile, name: str, sheet: str) -> list[str]:
    """The part that holds the sheet; all of them where the archive does not say."""
    book, links = (
        [_facts(match[2]) for match in _ELEMENT.finditer(_part(packed, part, name))]
        for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    ids = [one.get("r:id") for one in book if one.get("name") == sheet]
    targets = [one.get("Target", "") for one in links if one.get("Id") in ids]
    found = [t.lstrip("/") if t.startswith("/") else f"xl/{t}" for t in targets]
    if len(found) == 1 and found[0] in packed.namelist():
        return found
    return [part for part in packed.namelist() if part.startswith("xl/worksheets/sheet")]


def _facts(text: bytes) -> dict[str, str]:
    return {
        key.decode(): html.unescape(value.decode("utf-8", "replace"))
        for key, value in _FACT.findall(text)
    }


def _rows(packed: zipfile.ZipFile, part: str, name: str) -> Iterator[bytes]:
    """The text of each row of a sheet; no byte is looked at more often than a few times."""
    rest = b""
    for chunk in _chunks(packed, part, name):
        text, begin = rest + chunk, 0
        for end in _ROW_END.finditer(text, max(0, len(rest) - OVERLAP)):
            yield text[begin : end.start()]
            begin = end.end()
        rest = text[begin:]
        if len(rest) > MAX_ROW:
            raise damaged(name, f"a row in its part {shown(part)} has more than {MAX_ROW} bytes")
    yield rest


def _look_at_row(row: bytes, sight: Sight, kind: Format) -> None:
    if kind == "ods":
        _look_at_repeats(row, sight)
        return
    places, cells = _PLACE.findall(row), len(_CELL.findall(row))
    sight.rows = max([sight.rows + (cells > 0), *(int(digits) for _, digits in places)])
    sight.columns = max([sight.columns, cells, *(_column(letters) for letters, _ in places)])
    if b"<f" in row or b":f" in row:
        sight.never += len(_NEVER.findall(row))
        sight.formulas += len(_FORMULA.findall(row))
    for match in _ERROR.finditer(row):
        sight.errors += 1
        place = _PLACE.search(match[0])
        if place and not sight.first_error:
            sight.first_error = (place[1] + place[2]).decode()


def _look_at_repeats(row: bytes, sight: Sight) -> None:
    """In an ODS row, cells and whole rows may be told to be repeated; empty ones do not count."""
    if b"office:value" not in row and b"<text:" not in row:
        return
    columns, rows = row.count(b"table-cell"), 1
    for what, times in _REPEATED.findall(row[row.rfind(b"<table:table-row") :]):
        if what == b"rows":
            rows = int(times)
        else:
            columns += int(times)
    sight.rows, sight.columns = sight.rows + rows, max(sight.columns, columns)


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
