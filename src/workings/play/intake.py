"""Tables of one's own: bytes from a page -> a table, a preview of what becomes of it, a run.

Reading, preparation and messages are those of the command line. Nothing is written, and nothing
in a file is ever run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workings.data import Table
from workings.data.reading import read_bytes
from workings.errors import DataError, WorkingsError
from workings.files import clean
from workings.play import asking, choices, columns, showing
from workings.play.building import COLUMNS, ROWS, Built, build, check_size
from workings.play.clients import Client
from workings.play.presets import table_of
from workings.play.protocol import CHUNK, UPLOAD, Refused
from workings.play.session import Session
from workings.play.specs import Data, Layer, Net, Spec, Train

Request = Mapping[str, Any]
OWN = "upload"
CELL, FIRST, SHOWN = 10_000, 20, 200  # characters of a cell; rows of a preview; characters shown
WANTED = ("target", "ignore", "categories", "keep", "task", "scale", "missing", "test", "seed")
KEPT = 4  # uploads that are remembered


@dataclass(frozen=True)
class Upload:
    """A table that was sent: its bytes, and what they are."""

    name: str
    data: bytes
    table: Table

    @property
    def sha256(self) -> str:
        """What it is recognised by."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Coming:
    """A table that is on its way."""

    name: str
    size: int
    data: bytearray


def begin(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """A file is announced; refused with the figure if it is too large."""
    name = clean(asking.text(request, "name", most=200)) or "table"
    size = asking.whole(request, "size", low=0, high=2**53)
    if size > UPLOAD:
        raise Refused(
            "too_large", f"cannot open {name}: it has {size / 1e6:.1f} MB, and at most "
            f"{UPLOAD / 1e6:.0f} MB were expected", field="size",
            hint="Take fewer rows, or train it with `workings train --watch`.",
        )  # fmt: skip
    client.upload = Coming(name, size, bytearray())
    return {"upload": 1, "chunk": CHUNK}


def preview(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """What would become of a table, and what keeps it from being opened."""
    _arrived(session, client)
    data = data_of(session, request)
    table = table_for(session, data)
    found = _described(table, data)
    spec = suggested(data, table)
    try:
        built = build(spec, table)
    except WorkingsError as error:
        return {**found, "problems": [str(error)], "suggested": spec.plain()}
    return {**found, **_built(built, table), "problems": [], "suggested": built.spec.plain()}


def commit(session: Session, client: Client, request: Request) -> dict[str, Any]:
    """Opens a table as a run."""
    _arrived(session, client)
    data = data_of(session, request)
    table = table_for(session, data)
    told = {word: request[word] for word in ("network", "train", "title") if word in request}
    spec = Spec.read(told, suggested(data, table))
    number = session.open(build(spec, table))
    showing.run_events(session)
    return {"run": number, "notices": list(table.notes)}


def _arrived(session: Session, client: Client) -> None:
    """Reads the table that was sent, once all of it is here."""
    coming = client.upload
    if coming is None:
        return
    client.upload = None
    if len(coming.data) < coming.size:
        raise DataError(
            f"cannot open {coming.name}: {len(coming.data)} of {coming.size} bytes arrived",
            hint="Send it again.",
        )
    keep(session, bytes(coming.data), coming.name)


def keep(session: Session, data: bytes, name: str) -> Upload:
    """Reads a table from bytes, and remembers it; raises what reading a file raises."""
    table = read_bytes(data, name)
    check_size(table)
    for column in table.columns:
        long = next((k for k, cell in enumerate(column.cells) if len(cell) > CELL), None) \
            if column.kind != "number" else None  # fmt: skip
        if long is not None:
            raise DataError(
                f"cannot open {name}: {table.origin.where(long)}, column {column.name} has a cell "
                f"of {len(column.cells[long])} characters, and at most {CELL} were expected"
            )
    upload = Upload(clean(name), data, table)
    session.uploads.pop(upload.sha256, None)
    session.uploads[upload.sha256] = upload
    while len(session.uploads) > KEPT:
        session.uploads.pop(next(iter(session.uploads)))
    return upload


def table_for(session: Session, data: Data) -> Table:
    """The table that a spec is about; refuses an upload that is not here."""
    if data.source != OWN:
        return table_of(data.source)
    known: dict[str, Upload] = session.uploads
    if data.sha256 in known:
        return known[data.sha256].table
    if not data.sha256 and known:
        return list(known.values())[-1].table
    raise Refused("not_found", f"The table {data.name or 'of this run'} is not here.",
                  hint="Open the file first.", field="data.source")  # fmt: skip


def data_of(session: Session, request: Request) -> Data:
    """The part of a spec that says what is done to the table."""
    source = asking.text(request, "source")
    told = {word: request[word] for word in WANTED if word in request}
    start = Data(source, scale="standard", test=0.2)
    data = Spec.read({"data": {**told, "source": source}}, Spec(data=start)).data
    if source != OWN:
        return data
    known = session.uploads.get(str(request.get("sha256", "")))
    known = known or (list(session.uploads.values())[-1] if session.uploads else None)
    return data if known is None else named(data, known)


def suggested(data: Data, table: Table) -> Spec:
    """A network that suits a table one knows nothing about."""
    target = data.target or table.target or table.names[-1]
    data = replace(data, target=target)
    rows = len(table)
    net = Net((Layer(8, "tanh"),), reduction="mean")
    train = Train("adam", 0.02, None if rows <= 64 else 32)
    return Spec(data.name or table.source, data, net, train)


# -- what a preview says ---------------------------------------------------------------------------


def _described(table: Table, data: Data) -> dict[str, Any]:
    target = data.target or table.target or table.names[-1]
    first = range(min(FIRST, len(table)))
    return {
        "source": data.source, "name": data.name or table.source, "sha256": data.sha256,
        "rows": len(table), "notes": list(table.notes), "target": target,
        "columns": columns.described(table, data, target),
        "first": [[str(c.cells[row])[:SHOWN] for c in table.columns] for row in first],
        "lines": [int(table.lines[row]) for row in first], "limits": [ROWS, COLUMNS],
        "scales": choices.SCALES,
    }  # fmt: skip


def _built(built: Built, table: Table) -> dict[str, Any]:
    """What becomes of the columns, the split, and the shapes."""
    job, prepared = built.job, built.preparation
    becomes = dict(prepared.described())
    gone = dict(prepared.left_out)
    scaled = columns.scaling(built)
    listed = []
    for row in columns.described(table, built.spec.data, job.target):
        name = row["name"]
        after = scaled[name]["training"] if name in scaled and prepared.scaled else None
        listed.append({**row, "becomes": becomes.get(name, ""), "after": after,
                       "scaling": scaled.get(name), "why_not": gone.get(name, "")})  # fmt: skip
    n, p, q = len(built.numbers), built.inputs, built.outputs
    first = built.network.names[0].weights
    units = built.network.layers[0].units or q
    return {
        "columns": listed, "task": job.task, "task_reason": job.dealt.task_reason,
        "classes": [list(pair) for pair in job.dealt.listed],
        "split": {"training": n, "test": len(built.test_numbers)}, "target": job.target,
        "inputs": built.labels["inputs"], "outputs": built.labels["outputs"],
        "notes": [*table.notes, *job.notes],
        "shape": f"X is {n}×{p} and y is {n}×{q}, so {first} is {p}×{units}.",
    }  # fmt: skip


OPERATIONS = {"data.begin": begin, "data.preview": preview, "data.preset": preview,
              "data.commit": commit}  # fmt: skip


def named(data: Data, upload: Upload) -> Data:
    """The part of a spec that is about an upload."""
    return replace(data, name=upload.name, sha256=upload.sha256)
