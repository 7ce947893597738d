"""The workbooks that the tests look at: what is exported, changed, and computed anew."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workings.data import Table, read_table, table_or_builtin
from workings.exports import Subject, xlsx
from workings.jobs.fitting import train
from workings.systems import FIRST, system
from workings.taking import of_model, of_system

from .spreadsheets import Book, place, read, recalculated, saved

EXAMPLES = Path(__file__).parents[2] / "examples"
LONG = "long " * 100
HOSTILE = [
    '=HYPERLINK("http://x.example")', "+1", "@SUM(A1)", "{=1}", "</script>", LONG, "a\x01\x1bb",
    "=cmd|' /C calc'!A0", "-2+3", "http://x.example", "internal:Sheet1!A1", "_x0041_", '"', "&A",
]  # fmt: skip


# -- what is exported ------------------------------------------------------------------------------


def article() -> Subject:
    return of_system(system("article"))


def convention(**choices: str) -> Subject:
    return of_system(system("article").under(replace(FIRST, **choices)))


def model(table: Table, **options: Any) -> Subject:
    made = train(table, table.target, epochs=3, seed=0, **options).model
    return of_model(made, table)


def builtin(word: str, rows: int | None = None) -> Table:
    table = table_or_builtin(word)
    return table if rows is None else table.take(range(rows))


def penguins() -> Subject:
    table = read_table(EXAMPLES / "penguins.csv")
    made = train(table, "species", epochs=3, batch_size=8, hidden=[4], seed=0).model
    new = of_model(made, read_table(EXAMPLES / "new_penguins.csv"))
    return replace(new, run=of_model(made, table).run)


def without_run(subject: Subject) -> Subject:
    return replace(subject, run=None)


def hostile() -> Subject:
    """The penguins with hostile text in every place that a table's text reaches."""
    subject = penguins()
    texts = iter(HOSTILE * 3)
    inputs = [
        replace(one, name=next(texts), levels=tuple(w and next(texts) for w in one.levels))
        for one in subject.inputs
    ]  # fmt: skip
    labels = {word: [next(texts) for _ in some] for word, some in subject.labels.items()}
    return replace(
        subject, title=HOSTILE[0], target=HOSTILE[1], inputs=inputs, labels=labels,
        classes=tuple(HOSTILE[:3]),
    )  # fmt: skip


SUBJECTS: dict[str, tuple[Callable[[], Subject], int]] = {
    "article": (article, 5),
    "chain-rule": (lambda: of_system(system("chain-rule")), 3),
    "deep": (lambda: of_system(system("deep")), 2),
    "sgd": (lambda: of_system(system("sgd")), 12),  # on into the second pass over the rows
    "columns": (lambda: convention(samples="columns"), 2),
    "folded": (lambda: convention(bias="folded"), 2),
    "folded columns": (lambda: convention(bias="folded", samples="columns"), 2),
    "short": (lambda: convention(names="short", sign="gradient", reduction="mean"), 2),
    "moons": (lambda: model(builtin("moons", 60), hidden=[8, 8], optimizer="adam"), 3),
    "iris": (lambda: model(builtin("iris"), hidden=[4], batch_size=12, activation="relu"), 2),
    "penguins": (penguins, 3),
    "diabetes": (lambda: model(builtin("diabetes", 40), hidden=[4], batch_size=16), 2),
    "prediction alone": (lambda: without_run(penguins()), 1),
    "hostile": (hostile, 1),
}


@dataclass(frozen=True)
class Made:
    """A subject, its workbook as it was written, and as LibreOffice computes it."""

    subject: Subject
    iterations: int
    content: bytes
    book: Book

    @property
    def verdict(self) -> tuple[str, Any]:
        """What the top of the first worksheet says."""
        first = self.book[self.book.sheetnames[0]]
        return first["D3"].value, first["E3"].value


def changed(content: bytes, word: str, to: float | str, cell: tuple[int, int] = (0, 0)) -> bytes:
    """The workbook with one cell of a named range changed, and stale values in all others."""
    book = read(content, values=False)
    sheet, row, column = place(book, word)
    sheet.cell(row + cell[0], column + cell[1]).value = to
    return saved(book)


def lying(content: bytes) -> bytes:
    """The workbook with a wrong value stored behind every formula."""
    new = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(new, "w") as file:
        for entry in old.namelist():
            data = old.read(entry)
            if entry.startswith("xl/worksheets/"):
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f><v>12345</v>", data)
            file.writestr(entry, data)
    return new.getvalue()


def computed(folder: Path) -> dict[str, Made]:
    """Every workbook, computed anew in one go."""
    subjects = {word: (make(), count) for word, (make, count) in SUBJECTS.items()}
    contents = {word: xlsx.content(s, iterations=k) for word, (s, k) in subjects.items()}
    of_article = contents["article"]
    more = {
        "lying": lying(of_article),
        "another weight": changed(of_article, "wh", 0.5),
        "another rate": changed(of_article, "lr", 0.3),
        "a wrong formula": changed(of_article, "E_2", "=1-1"),
    }
    contents |= more
    subjects |= dict.fromkeys(more, subjects["article"])
    files = {word.replace(" ", "_"): content for word, content in contents.items()}
    books = recalculated(files, folder)
    return {
        word: Made(*subjects[word], content, books[word.replace(" ", "_")])
        for word, content in contents.items()
    }
