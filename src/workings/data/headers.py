"""How a text table begins: remarks, the names of its columns, and what is done where one lacks.

`Opening`         what stands before the header, and what separates the cells
`opening_of`      the same, found in a text
`check_header`    whether the first row is a header at all
`named`           the columns under names that are all there and all differ

What is passed over or put right here is said in a note.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from workings.data import dialect, kinds
from workings.data.kinds import shown
from workings.data.stored import NumberCells, WordCells
from workings.errors import DataError

MAX_COLUMNS = 200_000
REMARK = "#"

Titled = list[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Opening:
    """The first `skipped` lines hold no table, the cells are separated by `delimiter`; `text` is
    the text with those lines blank, so that the others keep their numbers."""

    text: str
    skipped: int
    delimiter: str
    given: bool  # by the user
    notes: tuple[str, ...] = ()


def opening_of(text: str, name: str, given: str | None) -> Opening:
    r"""What stands before the header: a line `sep=;`, and lines that begin with #.

    The last of these is the header itself where it has as many cells as the row below and is
    written as one: `#id,size`, or `# id, size` above a row with numbers.

    >>> opening_of("# made by hand\na,b\n1,2\n", "x.csv", None).skipped
    1
    >>> opening_of("# a b\n# x, y\n1, 2\n", "x.csv", None).text
    '\nx, y\n1, 2\n'
    """
    said = dialect.sep_line(text, name)
    top = text.index("\n") + 1 if said else 0
    remarks, rest = _remarks(text[top:])
    found = given or said or dialect.delimiter_of(rest) or dialect.delimiter_of(text[top:]) or ","
    notes = []
    if remarks and (header := _header_in(remarks[-1], rest, found)):
        remarks.pop()
        notes = [] if header.startswith(REMARK) else ["the header stands behind a # and was read"]
        rest = f"{header}\n{rest}"
    if remarks:
        lines = "1 line that begins" if len(remarks) == 1 else f"{len(remarks)} lines that begin"
        notes.append(f"{lines} with # above the header skipped")
    skipped = len(remarks) + bool(said)
    whole = "\n" * skipped + rest if skipped or notes else text
    return Opening(whole, skipped, found, given is not None, tuple(notes))


def _remarks(text: str) -> tuple[list[str], str]:
    lines, position = [], 0
    while text.startswith(REMARK, position):
        end = text.find("\n", position) + 1 or len(text)
        lines.append(text[position:end].rstrip("\n"))
        position = end
    return lines, text[position:]


def _header_in(remark: str, rest: str, delimiter: str) -> str:
    """The header that a remark is, or nothing if it is none."""
    try:
        reader = csv.reader(islice(iter([remark, *rest[:100_000].split("\n", 50)]), 51),
                            delimiter=delimiter, skipinitialspace=True)  # fmt: skip
        rows = list(islice((row for row in reader if row), 2))
    except csv.Error:
        return ""
    if len(rows) < 2 or len(rows[0]) != len(rows[1]) or len(rows[0]) < 2:
        return ""
    if not remark[1:2].isspace():
        return remark
    numbers = any(dialect.plain(cell.strip()) for cell in rows[1])
    return remark[1:].lstrip() if numbers else ""


def delimiter_notes(opening: Opening, width: int, line: int) -> list[str]:
    """What is said of the delimiter, of a header of `width` cells on `line`."""
    if width == 1:
        return [f"one column only: no delimiter in the header (line {line})"]
    if opening.given or opening.delimiter == ",":
        return []
    return [f"cells are separated by {dialect.DELIMITERS[opening.delimiter]}"]


def check_header(
    header: Sequence[str], source: str, line: int, notes: list[str], *, word: str = "line"
) -> None:  # fmt: skip
    """Raise `DataError` where the first row holds numbers only or too many names, note where many
    names are numbers. `word` is what `line` counts, as in `Origin`."""
    if len(header) > MAX_COLUMNS:
        raise DataError(
            f"cannot read {source}: {word} {line} has {len(header)} columns, "
            f"expected at most {MAX_COLUMNS}",
            file=source, row=line, found=len(header),
        )  # fmt: skip
    there = [title for title in header if not kinds.missing(title)]
    numbers = [title for title in there if dialect.plain(title)]
    if numbers and len(numbers) == len(there):
        raise DataError(
            f"cannot read {source}: it seems to have no header, "
            f"{word} {line} holds only numbers ({shown(', '.join(there))})",
            hint=f"Put a first {word} with the names of the columns.",
            file=source, row=line, found=header,
        )  # fmt: skip
    if 2 * len(numbers) >= len(header):
        some = shown(", ".join(numbers))
        notes.append(f"many names in the header ({word} {line}) are numbers, {some}: is it data?")


def check_separated(rows: Sequence[Sequence[str]], source: str, lines: Sequence[int]) -> None:
    """Raise `DataError` where blanks set the cells of the first two rows apart, which would read
    as one column of words."""
    if len(rows) < 2 or len(rows[0]) > 1 or not rows[1]:
        return
    parts = rows[1][0].split()
    numbers = len(parts) > 1 and all(kinds.number(part) is not None for part in parts)
    if numbers and len(rows[0][0].split()) == len(parts):
        raise DataError(
            f"cannot read {source}: its cells seem to be separated by blanks "
            f"(line {lines[1]} holds {shown(rows[1][0])})",
            hint="Separate them by commas, semicolons or tabs.",
            file=source, row=lines[1], found=rows[1][0],
        )  # fmt: skip


def named(header: Sequence[str], columns: Sequence[Sequence[str]], notes: list[str]) -> Titled:
    """The columns with their names.

    Columns without a name are left out where they are empty and stand at the end, or stand first
    and count the rows; others are called column_3 by their place. A name that comes again gets a
    number: size, size.2.
    """
    titled = list(zip(header, columns, strict=True))
    _drop_nameless_end(titled, notes)
    _drop_index(titled, notes)
    _name_the_nameless(titled, notes)
    _tell_apart(titled, notes)
    return titled


def _drop_nameless_end(titled: Titled, notes: list[str]) -> None:
    """A delimiter at the end of every line makes a column with no name and no cells."""
    dropped = 0
    while len(titled) > 1 and not titled[-1][0] and _blank(titled[-1][1]):
        titled.pop()
        dropped += 1
    if dropped:
        notes.append(f"empty columns without a name at the end dropped: {dropped}")


def _drop_index(titled: Titled, notes: list[str]) -> None:
    """pandas and R write the number of each row in front, under no name."""
    if len(titled) > 1 and not titled[0][0] and len(titled[0][1]) and _counts(titled[0][1]):
        first = titled[0][1][0]
        titled.pop(0)
        notes.append(
            f"column 1 has no name and only counts the rows (from {first}), so it is left out"
        )


def _name_the_nameless(titled: Titled, notes: list[str]) -> None:
    taken = {title for title, _ in titled}
    for place, (title, cells) in enumerate(titled):
        if not title:
            name = _free(f"column_{place + 1}", taken)
            titled[place] = (name, cells)
            notes.append(f"column {place + 1} has no name in the header and is called {name}")


def _tell_apart(titled: Titled, notes: list[str]) -> None:
    again = [title for title, count in Counter(title for title, _ in titled).items() if count > 1]
    taken = {title for title, _ in titled}
    seen: set[str] = set()
    made = []
    for place, (title, cells) in enumerate(titled):
        if title in seen:
            name = _free(f"{title}.2", taken)
            titled[place] = (name, cells)
            made.append(name)
        seen.add(title)
    if again:
        notes.append(
            f"the header names more than one column {', '.join(map(shown, again[:5]))}: "
            f"the later ones are called {', '.join(map(shown, made[:5]))}"
            + (", ..." if len(made) > 5 else "")
        )


def _free(name: str, taken: set[str]) -> str:
    stem, dot, number = name.rpartition(".")
    count = int(number) if dot and number.isdigit() else 1
    stem = stem if dot and number.isdigit() else name
    while name in taken:
        count += 1
        name = f"{stem}.{count}"
    taken.add(name)
    return name


def _blank(cells: Sequence[str]) -> bool:
    if isinstance(cells, NumberCells):
        return bool(np.isnan(cells.values).all())
    return not any(cells.distinct() if isinstance(cells, WordCells) else cells)


def _counts(cells: Sequence[str]) -> bool:
    """Whether the cells are 0, 1, 2, ... or 1, 2, 3, ..."""
    first = cells[0]
    if first not in ("0", "1"):
        return False
    if isinstance(cells, NumberCells):
        return bool(np.array_equal(cells.values, np.arange(len(cells)) + float(first)))
    return all(cell == str(number) for number, cell in enumerate(cells, int(first)))
