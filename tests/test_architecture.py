"""Who may import whom: the floors of the house as data, and every import held to them.

A file imports from lower floors only; rooms on one floor do not import each other, and there are no
cycles. Counted are imports inside functions and under TYPE_CHECKING too. The front door alone may
name, under TYPE_CHECKING, what it loads when asked for.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import workings

SOURCE = Path(workings.__file__).parent
PACKAGE = "workings"
FRONT_DOOR = "__init__"

FLOORS: tuple[tuple[str, str], ...] = (
    ("the front door, and what can go wrong", "__init__ errors"),
    ("finding and writing, plain facts, and what shows itself", "lookup files facts memory shows"),
    ("what a computation is, and what a table is", "language data"),
    ("rows, spellings, results",
     "activations optimizers initializers schedules conventions notations trace"),
    ("many iterations at once", "batches"),
    ("machine code", "compiling"),
    ("rows of rows; what becomes of columns; how programs are run and shown",
     "losses preparation engines views"),
    ("what a network is; what can be taken away", "network exports slips"),
    ("how weights are found; why a number is what it is", "training explaining"),
    ("the article's networks; what was trained; everything at a prompt", "systems models showing"),
    ("taken over from other libraries; how good it is", "adopting scores"),
    ("from a table to a scored model", "jobs"),
    ("what is wrong with a run", "diagnosing"),
    ("what is wrong with a working", "marking"),
    ("exercises, and mistakes made on purpose", "worksheets lab"),
    ("what is said about it, and taken away; what there is", "reporting taking catalogue"),
    ("the door of scikit-learn", "estimators"),
    ("everybody side by side; the page; the lessons", "benchmarking play learning"),
    ("the door at the prompt", "cli"),
    ("the way to the doors", "__main__"),
)  # fmt: skip
FLOOR = {room: floor for floor, (_, rooms) in enumerate(FLOORS) for room in rooms.split()}

ONLY_IN = {
    "anywidget": {"play"},
    "click": {"cli"},
    "sklearn": {"estimators"},
    "starlette": {"play"},
    "traitlets": {"play"},
    "uvicorn": {"play"},
    "websockets": {"play"},
}  # where a friend may be imported at the top of a file
EVERYWHERE = {"numpy"}  # but not in the rooms that know no numbers
WITHOUT_NUMPY = {
    "__init__",
    "errors",
    "lookup",
    "files",
    "facts",
    "memory",
    "shows",
    "language",
    "conventions",
    "notations",
}


class Import(NamedTuple):
    """One import: in which file and line, of which module, and whether it runs with the file."""

    file: str
    line: int
    module: str
    at_once: bool

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, imports {self.module}"


@cache
def files(source: Path) -> dict[str, Path]:
    """Every source file, by the dotted name of its module below the package."""
    found = {}
    for path in sorted(source.rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)] = path
    return found


def imports(source: Path, path: Path) -> Iterator[Import]:
    """Every import in a file, wherever it stands; a name that is a file is that file."""
    here = path.relative_to(source).as_posix()
    for node, at_once in statements(path.read_text(), here == "__init__.py"):
        for module in imported(source, path, node):
            yield Import(here, node.lineno, module, at_once)


@cache
def statements(text: str, is_front_door: bool) -> list[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import statement, and whether it runs as soon as the file does."""
    tree = ast.parse(text)
    late = {
        inner for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (is_front_door and is_type_checking(node))
        for inner in ast.walk(node)
    }  # fmt: skip
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return [(node, node not in late) for node in found]


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imported(source: Path, path: Path, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = path.parents[node.level - 1].relative_to(source).parts
            base = ".".join([PACKAGE, *package, *filter(None, [base])])
        for alias in node.names:
            is_module = f"{base}.{alias.name}".removeprefix(f"{PACKAGE}.") in files(source)
            whole = is_module and (base + ".").startswith(f"{PACKAGE}.")
            front = base == PACKAGE and alias.name != "__version__"
            yield f"{base}.{alias.name}" if whole or front else base


def own(one: Import) -> str | None:
    """The module below the package that is imported, if it is one of ours."""
    if one.module == PACKAGE:
        return FRONT_DOOR
    return one.module.removeprefix(f"{PACKAGE}.") if one.module.startswith(PACKAGE + ".") else None


@cache
def breaches(source: Path) -> set[str]:
    """Every import that goes up, stays on its floor, or fetches a name through the front door."""
    found, modules = set(), files(source)
    rooms = {module.split(".")[0] for module in modules}
    for module, path in modules.items():
        room = module.split(".")[0]
        for one in imports(source, path):
            target = (own(one) or FRONT_DOOR).split(".")[0]
            if target in (room, FRONT_DOOR) or (room == FRONT_DOOR and not one.at_once):
                continue
            if target not in rooms:
                found.add(f"{one}, which is no file: name the file that has it")
            elif FLOOR.get(target, 0) >= FLOOR.get(room, 0):
                found.add(f"{one}: from floor {FLOOR.get(room)} to floor {FLOOR.get(target)}")
    return found


def graph(source: Path) -> dict[str, set[str]]:
    """Which file imports which; the front door, which loads when asked, is left out."""
    modules = {module: path for module, path in files(source).items() if module != FRONT_DOOR}
    return {
        module: {other for one in imports(source, path) if (other := own(one)) in modules}
        for module, path in modules.items()
    }


def python(code: str) -> str:
    """What fresh Python prints for this code."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return ran.stdout


# -- the floors ------------------------------------------------------------------------------------


def test_every_room_has_a_floor_and_every_floor_its_rooms() -> None:
    assert {module.split(".")[0] for module in files(SOURCE)} == set(FLOOR)


def test_every_import_goes_down() -> None:
    assert breaches(SOURCE) == set()


def test_there_are_no_cycles() -> None:
    TopologicalSorter(graph(SOURCE)).prepare()


@pytest.mark.fault("T1", "T18")
def test_nothing_is_imported_by_a_computed_name_but_in_the_two_places_made_for_it() -> None:
    found = {
        module for module, path in files(SOURCE).items()
        if "import_module" in path.read_text() or "__import__" in path.read_text()
    }  # fmt: skip
    assert found == {FRONT_DOOR, "lookup"}


def test_the_front_door_is_asked_by_what_shows_itself_alone() -> None:
    asking = {
        module for module, path in files(SOURCE).items()
        if re.search(r"^ *import workings$|sys\.modules\[__package__\]", path.read_text(), re.M)
    }  # fmt: skip
    assert asking == {"shows"}


PLANTED = {
    "up": ("language/algebra.py", "from workings.training.loop import train"),
    "up, as a module": ("language/algebra.py", "from workings import training"),
    "up, plainly": ("trace.py", "import workings.engines.numpy"),
    "up, relative": ("language/algebra.py", "from .. import training"),
    "in a function": ("losses.py", "def f():\n    import workings.network"),
    "under TYPE_CHECKING": ("errors.py", "if TYPE_CHECKING:\n    from workings.trace import Trace"),
    "on one floor": ("engines/numpy.py", "from workings.network.layers import Dense"),
    "through the front door": ("layers.py", "from workings import train"),
    "by the front door": ("__init__.py", "import workings.activations"),
}


@pytest.mark.parametrize("how", PLANTED)
def test_a_planted_breach_is_named(how: str, tmp_path: Path) -> None:
    source = shutil.copytree(SOURCE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("*.pyc"))
    file, line = PLANTED[how]
    with (source / file).open("a") as end:
        end.write(f"\n{line}\n")
    (found,) = breaches(source) - breaches(SOURCE)
    assert found.startswith(f"{file}, line ")


def test_a_planted_cycle_inside_a_package_is_named(tmp_path: Path) -> None:
    source = shutil.copytree(SOURCE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("*.pyc"))
    with (source / "language/shapes.py").open("a") as end:
        end.write("\ndef f():\n    from workings.language.program import Step\n")
    with pytest.raises(CycleError, match=r"language\.shapes"):
        TopologicalSorter(graph(source)).prepare()


# -- friends from outside --------------------------------------------------------------------------


def strangers() -> list[tuple[str, Import, str]]:
    """Every import of what is neither ours nor Python's own: the room, the import, the friend."""
    return [
        (module.split(".")[0], one, friend)
        for module, path in files(SOURCE).items() for one in imports(SOURCE, path)
        if (friend := one.module.split(".")[0]) not in sys.stdlib_module_names | {PACKAGE}
    ]  # fmt: skip


def test_heavy_friends_are_imported_where_they_are_used() -> None:
    at_once = [(room, one, friend) for room, one, friend in strangers() if one.at_once]
    wrong = [
        str(one) for room, one, friend in at_once
        if friend not in EVERYWHERE and room not in ONLY_IN.get(friend, ())
    ]  # fmt: skip
    assert wrong == []


def test_the_language_knows_no_numpy_and_no_files() -> None:
    assert [str(one) for room, one, _ in strangers() if room in WITHOUT_NUMPY] == []
    formats = {"csv", "html", "pathlib", "io", "os", "shutil"}
    inside = [path for module, path in files(SOURCE).items() if module.startswith("language")]
    assert inside
    assert not {one.module for path in inside for one in imports(SOURCE, path)} & formats


def test_importing_everything_the_front_door_names_loads_numpy_alone() -> None:
    """But for the estimators, which are classes made from scikit-learn's own."""
    code = (
        "import sys; before = set(sys.modules); import workings; "
        "names = set(workings.__all__) - set(workings.HOMES['estimators'].split()); "
        "[getattr(workings, name) for name in names]; "
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    assert set(python(code).split()) - sys.stdlib_module_names == {PACKAGE, "numpy"}


@pytest.mark.parametrize("module", ["workings", "workings.language", "workings.errors"])
def test_the_front_door_and_the_language_load_no_numpy(module: str) -> None:
    assert python(f"import {module}, sys; print('numpy' in sys.modules)").strip() == "False"


def test_the_front_door_declares_what_it_loads() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text())
    declared = {
        (alias.asname, node.module)
        for block in tree.body if is_type_checking(block)
        for node in ast.walk(block) if isinstance(node, ast.ImportFrom) for alias in node.names
    }  # fmt: skip
    homes = {(word, f"{PACKAGE}.{home}") for home, words in workings.HOMES.items()
             for word in words.split()}  # fmt: skip
    assert declared == homes


def test_an_unknown_name_at_the_front_door_lists_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"has no 'trian'; it has .*train"):
        workings.trian  # noqa: B018
