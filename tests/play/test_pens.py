"""The pen that writes pictures knows all that drawings of the page ask of a pen, and no more."""

from __future__ import annotations

import re
from importlib.resources import files

STATIC = files("workings.play") / "static"
RASTER = {
    "createImageData",
    "putImageData",
    "setTransform",
    "getTransform",
    "clearRect",
    "canvas",
}  # of a canvas's own pen
OWN = ("svgpen.js",)


def asked() -> dict[str, set[str]]:
    """What each file asks of a pen."""
    found = {}
    for file in STATIC.iterdir():
        if file.name.endswith(".js") and file.name not in OWN:
            text = file.read_text(encoding="utf-8")
            names = set(re.findall(r"\bpen\??\.(\w+)", text))
            names |= {word for words in re.findall(r"\bpen\[([^\]]+)\]", text)
                      for word in re.findall(r'"(\w+)"', words)}  # fmt: skip
            found[file.name] = names
    return found


def known() -> set[str]:
    """What the pen has: its methods, and what its look is made of."""
    text = (STATIC / OWN[0]).read_text(encoding="utf-8")
    body = text.partition("export class SvgPen {")[2].partition("\n}\n")[0]
    methods = set(re.findall(r"^  ([a-z]\w*)\(", body, re.MULTILINE)) - {"constructor"}
    return methods | set(re.findall(r"^    this\.(\w+) = ", body, re.MULTILINE))


def test_the_pen_knows_what_drawings_ask() -> None:
    wanted = {name: words - RASTER - known() for name, words in asked().items()}
    assert not {name: words for name, words in wanted.items() if words}


def test_nothing_is_asked_of_a_raster_but_where_rasters_are_made() -> None:
    users = {name for name, words in asked().items() if words & RASTER}
    assert users == {"layer.js", "palette.js", "raster.js"}


def test_the_pen_has_nothing_that_nobody_asks() -> None:
    assert known() <= set().union(*asked().values())
