"""The page as one text: every module of it is there, and nothing that would be asked for."""

from __future__ import annotations

import re
import shutil
import subprocess
from graphlib import CycleError
from pathlib import Path

import pytest

import workings.play
from workings.play import bundling

PLAY = Path(workings.play.__file__).parent
MODULES = {path.name: path.read_text() for path in (PLAY / "static").glob("*.js")}
STYLES = {path.name: path.read_text() for path in (PLAY / "static").glob("*.css")}


def test_every_module_of_the_page_is_in_the_bundle() -> None:
    script = bundling.script()
    assert len(MODULES) > 40
    for name, text in MODULES.items():
        assert script.count(f'"{name}": () => {{') == 1, name
        whole = script.partition(f'"{name}": () => {{\n')[2].partition("\n},\n")[0]
        body, _, given = whole.rpartition("\nreturn { ")
        exported = re.findall(r"^export (?:async )?(?:function|class|const) (\w+)", text, re.M)
        assert given.removesuffix(" };").split(", ") == (exported or [""]), name
        kept = [line for line in text.splitlines() if line and "import" not in line]
        for line in kept:
            assert re.sub(r"^export (\{\};)?", "", line) in body, (name, line)


def test_whatever_a_module_takes_from_another_is_there() -> None:
    script = bundling.script()
    taken = re.findall(r'need\("([\w-]+\.js)"\)', script)
    assert set(taken) <= set(MODULES)
    asked = sum(len(re.findall(r'^import \{|await import\("', text, re.M))
                for text in MODULES.values())  # fmt: skip
    assert len(taken) == asked + 1  # and main.js


def test_the_page_in_a_cell_is_the_page_and_asks_for_nothing() -> None:
    page = bundling.page()
    whole = (PLAY / "static" / "index.html").read_text()
    for text in STYLES.values():
        assert text in page
    body = whole.partition("<body>")[2].partition("</body>")[0].strip()
    assert body in page
    marks = re.sub(r"<script>.*</script>", "", page, flags=re.S)
    assert re.findall(r'(?:href|src)="([^"]*)"', marks) == ["about:srcdoc", "#sheet"]
    assert "default-src 'none'" in page
    assert "connect-src" not in page  # so there is nothing it may ask for
    inside = page.partition("<script>")[2].partition("</script>")[0]
    assert inside.strip().endswith("})();")


def test_nothing_in_a_script_ends_it() -> None:
    made = bundling._inline('const a = "</script><!-- </SCRIPT>";')
    assert "</script" not in made.lower()
    assert "<!--" not in made


@pytest.mark.parametrize("text", [
    'import all from "./b.js";', 'import * as all from "./b.js";', 'export * from "./b.js";',
    "export let many = 1;", "export default 3;", 'const b = await import(`./${name}.js`);',
])  # fmt: skip
def test_what_is_written_in_another_way_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot bundle main\.js"):
        bundling.script({"main.js": text, "b.js": ""})


def test_modules_that_need_each_other_at_once_are_refused() -> None:
    modules = {"main.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./main.js";'}
    with pytest.raises(CycleError):
        bundling.script(modules)


def test_the_module_for_the_cell_is_sound(tmp_path: Path) -> None:
    module = bundling.module()
    assert module.rstrip().endswith("export default { render };")
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here: whether it is JavaScript is seen in the browser's test")
    path = tmp_path / "cell.mjs"
    path.write_text(f"globalThis.window = {{}};\n{module}")
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
