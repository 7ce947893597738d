"""The page's own files as one: for a notebook's cell, which loads a single module.

script()     every module of the page as one script, run from `main.js`
page()       the page as one text, its styles and its script inside; it asks for nothing else
module()     an ES module that puts that page into a cell, for anywidget

Made from the packaged files when it is asked for, so there is nothing to be kept in step. A module
becomes a function that is called when another one needs it; what it exports is what it returns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib.resources import files

MAIN = "main.js"
NAMES = r"\{ ([^{}]+) \}"
IMPORT = re.compile(rf'^import {NAMES} from "\./([\w-]+\.js)";$', re.MULTILINE)
LATER = re.compile(r'\bawait import\("\./([\w-]+\.js)"\)')
EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export)\b.*|\bawait import\(.*", re.MULTILINE)
STYLE = re.compile(r'<link rel="stylesheet" href="([\w-]+\.css)">')
ICON = re.compile(r'\s*<link rel="icon"[^>]*>')
SCRIPT = f'<script type="module" src="{MAIN}"></script>'
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src blob: data:; form-action 'none'"
)
# the address of a frame's text; without it `#sheet` would be a place in the notebook's page
HEAD = (
    f'<head>\n  <base href="about:srcdoc">\n'
    f'  <meta http-equiv="Content-Security-Policy" content="{POLICY}">'
)


def script(modules: Mapping[str, str] | None = None) -> str:
    """The modules as one script. Raises ValueError for one that is not written as ours are.

    >>> print(script({"main.js": 'import { b } from "./b.js";\\nb();', "b.js":
    ...               "export function b() {}"}))
    (() => {
    "use strict";
    const made = {}, files = {
    "b.js": () => {
    function b() {}
    return { b };
    },
    "main.js": () => {
    const { b } = need("b.js");
    b();
    return {  };
    },
    };
    const need = (name) => (made[name] ??= files[name]());
    need("main.js");
    })();
    """
    modules = _static(".js") if modules is None else modules
    order = TopologicalSorter({name: _needs(text) for name, text in modules.items()})
    parts = "".join(f'"{name}": () => {{\n{_module(name, modules[name])}\n}},\n'
                    for name in order.static_order())  # fmt: skip
    return (
        f'(() => {{\n"use strict";\nconst made = {{}}, files = {{\n{parts}}};\n'
        f'const need = (name) => (made[name] ??= files[name]());\nneed("{MAIN}");\n}})();'
    )


def page() -> str:
    """The page as one text, as the frame of a cell takes it."""
    styles, text = _static(".css"), _text("static", "index.html")
    text = ICON.sub("", text).replace("<head>", HEAD)
    text = STYLE.sub(lambda found: f"<style>\n{styles[found[1]]}</style>", text)
    # at the end, where what is to be filled is there already
    inside = _inline(_text("cell", "line.js") + script())
    return text.replace(SCRIPT, "").replace("</body>", f"<script>\n{inside}\n</script>\n</body>")


def module() -> str:
    """The ES module for anywidget."""
    return f"const PAGE = {json.dumps(page())};\n{_text('cell', 'cell.js')}"


def _needs(text: str) -> set[str]:
    """Which modules one needs before it can run."""
    return {found[1] for found in IMPORT.findall(text)}


def _module(name: str, text: str) -> str:
    """A module as the body of a function."""
    exported = [found[1] for found in EXPORT.finditer(text)]
    text = IMPORT.sub(lambda found: f'const {{ {_renamed(found[1])} }} = need("{found[2]}");', text)
    text = LATER.sub(r'need("\1")', text)
    text = NOTHING.sub("", EXPORT.sub("", text))
    if left := LEFT.search(text):
        raise ValueError(f"cannot bundle {name}: it is not known what becomes of {left[0]!r}")
    return f"{text.strip()}\nreturn {{ {', '.join(exported)} }};"


def _renamed(names: str) -> str:
    """What is imported, as it is taken out of an object."""
    return names.replace(" as ", ": ")


def _inline(text: str) -> str:
    """A script that stands inside a page: nothing in it ends the element."""
    return re.sub(r"</(?=script)|<!--", lambda found: found[0].replace("<", r"\x3c"), text,
                  flags=re.IGNORECASE)  # fmt: skip


def _static(ending: str) -> dict[str, str]:
    return {
        file.name: file.read_text(encoding="utf-8")
        for file in (files("workings.play") / "static").iterdir()
        if file.name.endswith(ending)
    }


def _text(folder: str, name: str) -> str:
    return (files("workings.play") / folder / name).read_text(encoding="utf-8")
