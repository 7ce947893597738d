"""Model files made by somebody who knows the format, their digests right: what each would blow up.

CRAFTED[word](random, spec, arrays) -> bytes      of the description and the arrays of a model
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import pickle
import random as randomness
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from safetensors.numpy import save

from fuzzing import leaves
from workings.models.files import _digest

Spec = dict[str, Any]
Craft = Callable[[randomness.Random, Spec, dict[str, Any]], bytes]

WORDS = (
    "os.system", "__import__", "builtins.eval", "__class__", "../../etc/passwd", "/etc/shadow",
    "workings.cli.main", "eval('1')", "\x1b]0;x\x07", "\u202egnp", "\ud800", "", " ", "x" * 100_000,
    "${jndi:ldap://x}", "sigmoid\0", "lambda: 0", "ſ", "NaN", "-0",
)  # fmt: skip
THINGS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**9, 2**31, 2**63, -(2**63), 10**400, 1e308, -1e308, 5e-324,
    float("nan"), float("inf"), -0.0, 0.5, [], {}, [[]], [{}], {"": None}, [0] * 1000,
    *WORDS,
)  # fmt: skip


def signed(spec: Spec, arrays: dict[str, Any]) -> bytes:
    """A model file with a digest that is right."""
    plain = {word: value for word, value in spec.items() if word != "digest"}
    text = json.dumps(plain | {"digest": _digest(plain, arrays)}, sort_keys=True)
    return save(arrays, metadata={"workings": text})


def framed(header: bytes, rest: bytes = b"") -> bytes:
    """A header with its length before it."""
    return len(header).to_bytes(8, "little") + header + rest


def at(spec: Any, way: tuple[Any, ...], thing: Any) -> Any:
    """A copy of plain data with something else in one place."""
    other = copy.deepcopy(spec)
    place = other
    for word in way[:-1]:
        place = place[word]
    place[way[-1]] = thing
    return other


def nested(depth: int, around: Any = 0) -> Any:
    """A list in a list in a list."""
    for _ in range(depth):
        around = [around]
    return around


def one_leaf(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """One fact is something else."""
    way = random.choice(list(leaves(spec)))
    return signed(at(spec, way, random.choice(THINGS)), arrays)


def two_leaves(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """Two facts are."""
    for way in random.sample(list(leaves(spec)), 2):
        spec = at(spec, way, random.choice(THINGS))
    return signed(spec, arrays)


def fact_gone(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """A fact is not there, or one is that has no meaning."""
    way = random.choice(list(leaves(spec)))
    spec = copy.deepcopy(spec)
    place: Any = spec
    for word in way[:-1]:
        place = place[word]
    if random.random() < 0.5:
        place.pop(way[-1])
    elif isinstance(place, dict):
        place[random.choice(WORDS)] = random.choice(THINGS)
    else:
        place.append(random.choice(THINGS))
    return signed(spec, arrays)


def hostile_word(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """A name that somebody might import, open or obey."""
    ways = [way for way in leaves(spec) if isinstance(value_at(spec, way), str)]
    return signed(at(spec, random.choice(ways), random.choice(WORDS)), arrays)


def value_at(spec: Any, way: tuple[Any, ...]) -> Any:
    """What stands in a place."""
    for word in way:
        spec = spec[word]
    return spec


def array_of_its_own(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """An array of another kind, shape, name or value."""
    word = random.choice(sorted(arrays))
    x = arrays[word]
    other: Any = random.choice([
        x.T.copy(), x[:0], x[:, :0], x.reshape(-1), x.reshape(1, *x.shape), x.astype(np.int64),
        x.astype(np.float16), np.full_like(x, np.nan), np.full_like(x, np.inf),
        np.full_like(x, 1.7e308 if x.dtype == np.float64 else 3e38), np.zeros((0, 0)),
        np.zeros((1,) * 30), x.astype(bool), np.repeat(x, 50, axis=0),
    ])  # fmt: skip
    changed = {**arrays, word: other}
    if random.random() < 0.3:
        changed[random.choice(("../../w", "/dev/null", "w" * 5000, "", "__metadata"))] = x
    return signed(spec, changed)


def declared_size(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """The header tells of more, or of less, than there is."""
    data = signed(spec, arrays)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    told = header[random.choice([word for word in header if word != "__metadata__"])]
    huge = random.choice([2**31, 2**40, 2**62, 2**64, 10**30, -1, 0, 1.5, None, "1", [9]])
    match random.randrange(5):
        case 0:
            told["shape"] = [huge] * random.choice([1, 2, 40])
        case 1:
            told["data_offsets"] = [0, huge]
        case 2:
            told["data_offsets"] = [huge, huge]
        case 3:
            told["dtype"] = random.choice(["F16", "BOOL", "C128", "F4", "object", "O", "pickle"])
        case 4:
            header.update({f"w{place}": told for place in range(random.choice([1, 2000]))})
    return framed(json.dumps(header).encode(), data[8 + length :])


def header_length(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """Another number in the first eight bytes."""
    data = signed(spec, arrays)
    told = random.choice([0, 1, 2, len(data), len(data) - 8, 10**8, 2**32, 2**63, 2**64 - 1])
    return told.to_bytes(8, "little") + data[8:]


def otherwise_written(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """The same facts in another spelling: blanks, escapes, names twice."""
    data = signed(spec, arrays)
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length].rstrip(b" "), data[8 + length :]
    text = json.loads(header)["__metadata__"]["workings"]
    inner = [
        text.replace(": ", ":"), text + " ", " " + text, text.replace('"', '"', 1) + "\n",
        text[:-1] + ', "version": "0"}', '{"format": 1, ' + text[1:],
        text.replace("a", "\\u0061", 1),
        text.replace("0.", "0.0e0", 1), json.dumps(json.loads(text), indent=1),
    ]  # fmt: skip
    told = json.loads(header)
    outer = [
        header[:-1] + b',"__metadata__":{}}', header + b"\t", b" " + header, header + b" " * 8,
        header.replace(b'"dtype"', b'"dtyp\\u0065"', 1), json.dumps(told).encode(),
        *(json.dumps({**told, "__metadata__": {"workings": one}}).encode() for one in inner),
        *(json.dumps({**told, "__metadata__": {"workings": one}}, separators=(",", ":")).encode()
          for one in inner),
    ]  # fmt: skip
    return framed(random.choice(outer), rest)


def deep(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """Nested further than anybody can follow."""
    depth = random.choice([50, 120, 300, 900])
    match random.randrange(5):
        case 0:
            where = random.choice(["network", "record", "preparation", "definitions", "program"])
            return signed({**spec, where: nested(depth)}, arrays)
        case 1:
            expr: Any = {"name": "answer", "shape": ["n", 1]}
            for _ in range(depth // 2):
                expr = {"op": "neg", "args": [expr]}
            return signed(at(spec, ("program", "steps", 0, "expr"), expr), arrays)
        case 2:
            return framed(b'{"' + b"[" * random.choice([10**3, 10**5, 10**6]))
        case 3:
            text = "[" * random.choice([10**3, 10**5, 10**6])
            return save({"w": np.ones(2)}, metadata={"workings": text})
        case _:
            return signed(at(spec, ("record", "own"), nested(depth)), arrays)


def laughs(random: randomness.Random, spec: Spec, arrays: dict[str, Any], count: int = 0) -> bytes:
    """Definitions that use each other twice: a few lines that stand for more ops than atoms."""
    count = count or random.choice([8, 14, 40, 400])
    x = {"name": "x0", "shape": []}
    defined = []
    for place in range(count):
        before = {"op": f"l{place - 1}", "args": [x]} if place else {"op": "neg", "args": [x]}
        twice = {"op": "add", "args": [before, before]}
        if random.random() < 0.7 and place:
            twice = {"op": f"l{place - 1}", "args": [before]}
        defined.append({
            "name": f"l{place}", "facts": {}, "arguments": [x], "elementwise": True,
            "formula": twice, "slopes": [None if random.random() < 0.5 else twice],
        })  # fmt: skip
    expr = spec["program"]["steps"][-1]["expr"]
    expr = {"op": f"l{count - 1}", "args": [expr]}
    spec = at(spec, ("program", "steps", -1, "expr"), expr)
    spec = at(spec, ("program", "definitions"), spec["program"]["definitions"] + defined)
    return signed({**spec, "definitions": spec["definitions"] + defined}, arrays)


def large_value(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """A program that makes matrices of which nothing is in the file."""
    last = spec["program"]["steps"][-1]
    shape = last["shape"]
    size = random.choice([10**4, 10**5, 10**7, 10**9, 2**40])
    one = {"number": 1.0}
    ones = {"op": "spread", "args": [one], "shape": [size, size]}
    n = random.choice([
        {"op": "sum", "args": [ones], "axis": None},
        {"op": "sum", "args": [{"op": "exp", "args": [ones]}], "axis": None},
        {"op": "sum", "args": [{"op": "matmul", "args": [ones, ones]}], "axis": None},
        {"op": "sum", "args": [{"op": "pad", "args": [last["expr"]], "axis": 1, "start": 0,
                                "size": size}], "axis": None},
        {"op": "sum", "args": [{"op": "matmul", "args": [
            last["expr"], {"op": "transpose", "args": [last["expr"]], "axes": [1, 0]}]}],
         "axis": None},
    ])  # fmt: skip
    spread = {"op": "spread", "args": [n], "shape": shape}
    expr = {"op": "add", "args": [last["expr"], spread]}
    return signed(at(spec, ("program", "steps", -1, "expr"), expr), arrays)


def many(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """More of something than anybody has."""
    count = random.choice([100, 3000, 20_000])
    layers = spec["network"]["layers"]
    level = spec["preparation"]["categories"] or spec["preparation"]["numbers"]
    match random.randrange(7):
        case 0:
            return signed(at(spec, ("network", "layers"), layers * count), arrays)
        case 1:
            return signed(at(spec, ("network", "layers", 0, "units"), 10**9), arrays)
        case 2:
            classes = [f"c{place}" for place in range(count)]
            return signed(at(spec, ("preparation", "target", "classes"), classes), arrays)
        case 3:
            return signed(at(spec, ("preparation", "target", "classes"), ["c"] * count), arrays)
        case 4:
            steps = [{**spec["program"]["steps"][-1], "name": f"s{i}"} for i in range(count // 10)]
            return signed(at(spec, ("program", "steps"), spec["program"]["steps"] + steps), arrays)
        case 5:
            more = {f"w{place}": np.zeros((1, 1)) for place in range(count // 10)}
            return signed(spec, {**arrays, **more})
        case _:
            columns = [{**level[0], "name": f"c{place}"} for place in range(count // 10)]
            where = "categories" if spec["preparation"]["categories"] else "numbers"
            return signed(at(spec, ("preparation", where), columns), arrays)


def other_format(random: randomness.Random, spec: Spec, arrays: dict[str, Any]) -> bytes:
    """What other programs take for a model: pickles, archives, bombs."""
    file = io.BytesIO()
    match random.randrange(8):
        case 0:
            return b"cos\nsystem\n(S'touch OWNED'\ntR."
        case 1:
            return pickle.dumps({"w": list(range(random.randrange(100)))}, random.randrange(5))
        case 2:
            np.savez_compressed(file, **arrays, allow_pickle=False)
        case 3:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("../../../tmp/owned", "x")
                archive.writestr("data.pkl", bytes(5_000_000))
        case 4:
            return gzip.compress(bytes(5_000_000))
        case 5:
            return b"\x89HDF\r\n\x1a\n" + random.randbytes(200)
        case 6:
            return b"ZF" + b"0x7fffffffffff       " + random.randbytes(10)  # joblib's bomb
        case _:
            return b"<!DOCTYPE html>\n" + b"<a>" * random.randrange(1000)
    return file.getvalue()


CRAFTED: dict[str, Craft] = {
    craft.__name__.replace("_", " "): craft
    for craft in (
        one_leaf, two_leaves, fact_gone, hostile_word, array_of_its_own, declared_size,
        header_length, otherwise_written, deep, laughs, large_value, many, other_format,
    )
}  # fmt: skip
