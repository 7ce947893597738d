"""One sheet for each of a class: by seeds, or by the names in a table.

    seeds_in("1-30")                                 numbers, and ranges of them
    students_in("class.csv")                         names, with seeds of their own if it has them
    write_all(make, students, "sheet.xlsx")          a sheet and a key for each, and all answers

Names are only ever text. In the name of a file a letter without accents, a digit or a dash stands
for each of their signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workings import files
from workings.data import read_table
from workings.errors import DataError, SettingError, UnknownName
from workings.worksheets import overviews
from workings.worksheets.exercises import Exercise, for_student
from workings.worksheets.writing import ending, write

MOST = 1000  # sheets at once
LONGEST = 40  # characters of a name in the name of a file
NAMES = ("name", "student", "names", "students")  # columns that hold the names, if none is said
SEED = "seed"


@dataclass(frozen=True)
class Student:
    """Somebody who gets a sheet: the seed it is drawn from, and a name if it is known."""

    seed: int
    name: str = ""


def seeds_in(written: str) -> list[Student]:
    """The seeds that `written` lists: numbers and ranges with commas between.

    >>> [one.seed for one in seeds_in("1-3, 7")]
    [1, 2, 3, 7]
    """
    found: list[int] = []
    for part in written.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise SettingError(
                f"cannot read the seeds {written!r}: numbers and ranges were expected",
                hint="For instance 1-30, or 1,5,9-12.",
            )
        _check_count(len(found) + last - first + 1)
        found += range(first, last + 1)
    return [Student(seed) for seed in dict.fromkeys(found)]


def students_in(path: files.PathLike, column: str | None = None, first: int = 1) -> list[Student]:
    """The names in a table, each with a seed: that of a column `seed`, or counted from `first`.

    Without `column`, the names stand in a column called name or student, or in the first one.
    Raises `DataError` for a name or a seed that is none.
    """
    table = read_table(path)
    if column is not None and column not in table.names:
        raise UnknownName(f"column in {table.source}", column, table.names)
    known = {word.lower(): word for word in table.names}
    column = column or next((known[word] for word in NAMES if word in known), table.names[0])
    names, seeds = table[column].cells, table[known[SEED]].cells if SEED in known else None
    _check_count(len(table))
    found = []
    for place, name in enumerate(names):
        if not str(name).strip():
            raise DataError(
                f"cannot read the names in {table.source}: {table.origin.where(place)}, column "
                f"{column} is empty",
                hint="Give everybody a name, or name another --column.",
            )
        written = str(first + place if seeds is None else seeds[place])
        if not re.fullmatch(r"[0-9]{1,9}", written):
            raise DataError(
                f"cannot read the seeds in {table.source}: {table.origin.where(place)} holds "
                f"{written!r}, and a whole number of 0 or more was expected"
            )
        found.append(Student(int(written), str(name).strip()))
    return found


def _check_count(count: int) -> None:
    if count > MOST:
        raise SettingError(f"cannot make {count} worksheets at once: up to {MOST} were expected")


def write_all(
    make: Callable[[int], Exercise], students: Sequence[Student], path: files.PathLike, *,
    hints: bool = False, with_key: bool = False, keys: bool = True,
) -> list[Path]:  # fmt: skip
    """A sheet for each student beside `path`, a key for each, and all answers on one page.

    `make` draws the exercise of a seed. All are drawn before anything is written. Returns the
    paths in the order in which they were written.
    """
    place, form = Path(path), ending(path)
    stems = list(_stems(students))
    drawn = [for_student(make(one.seed), one.name) for one in students]
    written: list[Path] = []
    for exercise, stem in zip(drawn, stems, strict=True):
        sheet = place.with_name(f"{place.stem}-{stem}{form}")
        write(exercise, sheet, hints=hints, with_key=with_key)
        written.append(sheet)
        if keys:
            key = place.with_name(f"{place.stem}-{stem}-key{form}")
            write(exercise, key, key=True, hints=hints)
            written.append(key)
    if keys:
        page = place.with_name(f"{place.stem}-keys{overviews.FORMS[form]}")
        sheets = [f"{place.stem}-{stem}{form}" for stem in stems]
        overviews.write(list(zip(sheets, drawn, strict=True)), page)
        written.append(page)
    return written


def _stems(students: Sequence[Student]) -> Iterator[str]:
    """What each sheet is called behind the dash: the name, or the seed; no two alike."""
    taken: set[str] = {"keys"}
    for one in students:
        stem = plain = in_file_names(one.name) if one.name else str(one.seed)
        count = 1
        while stem in taken or f"{stem}-key" in taken:
            count += 1
            stem = f"{plain}-{count}"
        taken |= {stem, f"{stem}-key"}
        yield stem


def in_file_names(name: str) -> str:
    """A name as it may stand in the name of a file on any system.

    >>> in_file_names("Zoë O'Neil"), in_file_names("../../etc"), in_file_names("=1+1")
    ('zoe-o-neil', 'etc', '1-1')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "student"
