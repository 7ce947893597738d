"""A model file is data, never a program: ten thousand damaged and hostile ones.

`make faults` loads 10 000 of them and flips every bit of one; here it is a part of them.
"""

from __future__ import annotations

import json
import math
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from faults.bombs import laughs, signed
from faults.harness import around
from faults.hostile import contents
from faults.saying import checked, noted
from workings.errors import ModelFileError, SettingError
from workings.jobs.fitting import train
from workings.models import Model, files, load, reading

WHOLE = bool(os.environ.get("FAULTS_ALL"))
COUNT = 10_000 if WHOLE else 320
PARTS = range(8 if WHOLE else 1)  # of the work, so that it can be shared among processes
BYTES = 200  # of the small file, each bit of which is flipped here; all of them by `make faults`
MOST_MB, MOST_SECONDS = 200, 1.0


@pytest.fixture(scope="module")
def model() -> Model:
    """As small as a model of a table can be."""
    return train("xor", hidden=[2], epochs=1).model


@pytest.fixture(scope="module")
def written(model: Model, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Its file, of the same bytes in every process: of how long it took nothing is left."""
    path = tmp_path_factory.mktemp("model") / "m"
    model.save(path)
    spec, arrays = contents(path.read_bytes())
    spec["record"]["history"]["seconds"] = 0.25
    return signed(spec, arrays)


def refused(path: Path | str) -> str:
    """What is said of a file that cannot be loaded."""
    with pytest.raises(ModelFileError, match="cannot load ") as caught:
        load(path)
    assert caught.value.file == str(path)
    return checked(caught.value)


@pytest.mark.fault("T1", "T2", "T3", "T4", "bit flip")
@pytest.mark.parametrize("part", PARTS)
def test_thousands_of_damaged_and_hostile_files(part: int, tmp_path: Path) -> None:
    count = COUNT // len(PARTS)
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "faults.hostile", "--count", str(count), "--seed", str(part),
         "--folder", str(tmp_path)],
        capture_output=True, text=True, check=False, env=around(),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["wrong"] == []
    assert found["seen"] == {}  # nothing imported, run, opened or connected
    assert found["grown"] < MOST_MB
    assert found["slowest"][0] < MOST_SECONDS  # of processor time, whatever else the machine does
    assert found["left"] == ["base0", "base1", "base2", "m"]
    assert found["came"]["refused"] > count / 2
    (slowest, which), grown = found["slowest"], found["grown"]
    noted(
        f"{count} hostile files, part {part}", found["came"], f"slowest {slowest:.3f} s ({which})",
        f"grown by {grown} MB", f"{found['seconds']} s in all",
    )  # fmt: skip
    for message, hint in found["said"]:
        checked(ModelFileError(message, hint=hint))


def all_refused(path: Path, what: str, changes: Iterable[object]) -> None:
    """However the file there is changed, it cannot be loaded; how often that was is noted."""
    count, slowest = 0, 0.0
    for _ in changes:
        began = time.process_time()
        refused(path)
        count, slowest = count + 1, max(slowest, time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    noted(what, f"{count} files refused", f"slowest {slowest:.3f} s", f"peak {peak} MB")


@pytest.mark.fault("T4", "bit flip")
@pytest.mark.parametrize("part", PARTS)
def test_every_changed_byte_is_noticed(part: int, written: bytes, tmp_path: Path) -> None:
    draw, path = random.Random(0), tmp_path / "m"  # noqa: S311 - nothing secret
    places = range(len(written)) if WHOLE else sorted(draw.sample(range(len(written)), BYTES))
    path.write_bytes(written)

    def changed() -> Iterator[int]:
        with path.open("r+b", buffering=0) as file:  # one byte is written, not the file
            for place in places[part :: len(PARTS)]:
                others = {written[place] ^ 1 << bit for bit in range(8)}
                others |= {0x09, 0x20, 0x0A} - {written[place]}  # blanks mean the same to JSON
                for other in sorted(others) if WHOLE else draw.sample(sorted(others), 3):
                    yield os.pwrite(file.fileno(), bytes([other]), place)
                os.pwrite(file.fileno(), written[place : place + 1], place)

    all_refused(path, f"bytes changed, part {part}", changed())
    load(path)  # every byte is what it was


@pytest.mark.fault("T4", "bit flip")
def test_every_length_but_its_own_is_noticed(written: bytes, tmp_path: Path) -> None:
    draw, path = random.Random(0), tmp_path / "m"  # noqa: S311 - nothing secret
    lengths = range(len(written)) if WHOLE else draw.sample(range(len(written)), BYTES)
    path.write_bytes(written)
    shorter = (os.truncate(path, length) for length in sorted(lengths, reverse=True))
    all_refused(path, "cut off", shorter)
    more = (b"\0", b" ", b"\n", written, bytes(4096))
    all_refused(path, "grown", (path.write_bytes(written + one) for one in more))


@pytest.mark.fault("T1")
@pytest.mark.parametrize("word", ["os.system", "builtins.eval", "__import__('os')", "\ud800"])
@pytest.mark.parametrize(
    "place",
    [("network", "layers", 0, "activation"), ("network", "loss", "name"), ("network", "convention"),
     ("program", "steps", 0, "expr", "op")],
    ids=lambda place: ".".join(map(str, place)),
)  # fmt: skip
def test_names_are_looked_up_and_never_imported(
    written: bytes, tmp_path: Path, place: tuple[Any, ...], word: str
) -> None:
    spec, arrays = contents(written)
    inner: Any = spec
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = word
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    assert "malformed" in refused(tmp_path / "m")


@pytest.mark.fault("T2")
def test_definitions_that_stand_for_more_ops_than_there_is_time_for(
    written: bytes, tmp_path: Path
) -> None:
    for seed in range(20):
        data = laughs(random.Random(seed), *contents(written), count=14 + 20 * seed)  # noqa: S311 - nothing secret
        (tmp_path / "m").write_bytes(data)
        refused(tmp_path / "m")


def _frame(header: Any, rest: bytes = b"") -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + rest


def _huge(written: bytes) -> bytes:
    length = int.from_bytes(written[:8], "little")
    header = json.loads(written[8 : 8 + length])
    header["wh"] |= {"shape": [10**6, 10**6], "data_offsets": [0, 8 * 10**12]}
    return _frame(header, written[8 + length :])


TOO_LARGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a shape": (_huge, "it tells of 8000000000"),
    "a header": (
        lambda _: (2**30).to_bytes(8, "little") + b'{"', "it is not a model file"),
    "lists": (
        lambda _: _frame({"__metadata__": {"workings": "[]," * (reading.MOST_PARTS + 1)}}),
        "lists, and at most"),
    "items": (
        lambda _: _frame({"__metadata__": {"workings": "1," * (reading.MOST_ITEMS + 1)}}),
        "items, and at most"),
    "nothing": (lambda _: bytes(8), "not a model file"),
}  # fmt: skip


@pytest.mark.fault("T2")
@pytest.mark.parametrize("what", TOO_LARGE)
def test_sizes_are_compared_with_bytes_before_anything_is_allocated(
    written: bytes, tmp_path: Path, what: str
) -> None:
    make, words = TOO_LARGE[what]
    (tmp_path / "m").write_bytes(make(written))
    assert words in refused(tmp_path / "m")


@pytest.mark.fault("T2")
def test_files_with_holes_are_not_read_into_memory(
    written: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m"
    path.write_bytes(written)
    os.truncate(path, 10**12)  # a file of a terabyte that takes no room on the disk
    assert "it tells of" in refused(path)
    length = reading.MOST_BYTES + 1
    path.write_bytes(length.to_bytes(8, "little"))
    os.truncate(path, length + 8)
    assert "at most 64.0 MiB are read" in refused(path)
    told = {
        "__metadata__": {"workings": "{}"},
        "w": {"dtype": "F64", "shape": [10**11], "data_offsets": [0, 8 * 10**11]},
    }
    path.write_bytes(_frame(told))
    os.truncate(path, path.stat().st_size + 8 * 10**11)
    assert "of memory, and" in refused(path)


@pytest.mark.fault("T3")
def test_what_is_no_regular_file_is_refused_unread(tmp_path: Path, written: bytes) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to a device").symlink_to("/dev/zero")
    (tmp_path / "to itself").symlink_to(tmp_path / "to itself")
    (tmp_path / "to nothing").symlink_to(tmp_path / "none")
    (tmp_path / "to a pipe").symlink_to(tmp_path / "pipe")
    for name in (
        "pipe",
        ".",
        "to a device",
        "to itself",
        "to nothing",
        "to a pipe",
        "x" * 300,
        "a\0",
    ):
        refused(tmp_path / name)
    for name in ("/dev/zero", "/dev/full", "/proc/self/mem", "/dev/tty", "/"):
        refused(name)
    (tmp_path / "m").write_bytes(written)
    (tmp_path / "to a model").symlink_to(tmp_path / "m")
    assert load(tmp_path / "to a model").classes == load(tmp_path / "m").classes


@pytest.mark.fault("T3")
def test_names_in_a_file_open_nothing(tmp_path: Path, written: bytes) -> None:
    spec, arrays = contents(written)
    outside = tmp_path / "outside"
    told = {"path": str(outside), "location": "../outside", "file": f"file://{outside}"}
    spec["record"]["external_data"] = told
    spec["record"]["table"]["source"] = str(outside)
    (tmp_path / "m").write_bytes(signed(spec, arrays))
    load(tmp_path / "m")
    assert sorted(os.listdir(tmp_path)) == ["m"]
    (tmp_path / "m").write_bytes(signed(spec, {**arrays, "../outside": np.ones((1, 1))}))
    refused(tmp_path / "m")
    assert sorted(os.listdir(tmp_path)) == ["m"]


@pytest.mark.fault("T1", "T2", "T3")
def test_archives_and_pickles_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "m"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../owned", bytes(10**7))
    assert "not a model file" in refused(path)
    np.save(path.with_suffix(".npy"), np.array([{"a": 1}], object), allow_pickle=True)
    assert "not a model file" in refused(path.with_suffix(".npy"))
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "owned").encode() + b"'\ntR.")
    assert "not a model file" in refused(path)
    assert not (tmp_path / "owned").exists()


@pytest.mark.fault("T16")
def test_what_is_quoted_from_a_file_is_short_and_commands_no_terminal(
    tmp_path: Path, written: bytes
) -> None:
    spec, arrays = contents(written)
    for place in ("version", "format"):
        for word in ("\x1b]0;title\x07" * 1000, "a\u202eb", "x" * 10**6, 10**1000):
            changed = {**spec, place: word, "network": []}
            (tmp_path / "m").write_bytes(signed(changed, arrays))
            refused(tmp_path / "m")
    (tmp_path / "\x1b[31m").write_bytes(b"x")
    refused(tmp_path / "\x1b[31m")


@pytest.mark.fault("shrinking file")
@pytest.mark.parametrize("to", [0, 5, 500, -1])
def test_a_file_that_becomes_shorter_or_longer_while_it_is_read(
    written: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: int
) -> None:
    path, stat = tmp_path / "m", os.fstat

    def change(descriptor: int) -> os.stat_result:
        found = stat(descriptor)
        os.truncate(path, to if to >= 0 else len(written) + 8)
        return found

    path.write_bytes(written)
    monkeypatch.setattr(os, "fstat", change)
    refused(path)


@pytest.mark.fault("memory")
def test_a_description_that_could_not_be_read_again_is_not_written(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    with pytest.raises(SettingError, match=r"cannot write .* at most") as caught:
        model.save(tmp_path / "m")
    checked(caught.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.fault("T4")
def test_the_same_facts_in_another_spelling_are_damage(written: bytes, tmp_path: Path) -> None:
    spec, arrays = contents(written)
    text = json.dumps(spec, sort_keys=True)
    twice = '{"format": 1, ' + text[1:]
    for other in (twice, text + " ", json.dumps(spec), json.dumps(spec, sort_keys=True, indent=1)):
        if other != text:
            (tmp_path / "m").write_bytes(save(arrays, metadata={"workings": other}))
            assert "not written as workings writes it" in refused(tmp_path / "m")


@pytest.mark.fault("T4", "bit flip")
def test_arrays_of_every_kind_come_back_and_each_of_their_bytes_counts(tmp_path: Path) -> None:
    spec = {"seed": 2**127 + 5, 'é\n"': [1.5, math.nan, -0.0, math.inf], "z": {"b": None}}
    arrays: dict[str, Any] = {
        "one": np.ones(()), "flags": np.array([True, False]), "none": np.zeros((0, 4)),
        "counts": np.arange(3, dtype=np.uint64), "whole": np.array(7), "né": np.ones(2, np.float16),
    }  # fmt: skip
    path = tmp_path / "m"
    files.write(path, spec, arrays)
    told, found = files.read(path)
    assert json.dumps(told["seed"]) == json.dumps(spec["seed"])
    for word, x in arrays.items():
        assert (found[word].dtype, found[word].shape) == (x.dtype, x.shape)
        assert found[word].tobytes() == x.tobytes()
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        refused_by(files.read, path)


def refused_by(read: Callable[[Path], object], path: Path) -> None:
    with pytest.raises(ModelFileError, match="cannot load ") as caught:
        read(path)
    checked(caught.value)
