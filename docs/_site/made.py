"""Pages of the reference that are made from the library when the site is built.

    write(folder)     a page for each room with its public names, one for all commands

A page is only written where it differs, so that Sphinx reads no more again than it has to.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import click

import workings
from workings.cli import _commands

# files beside the documentation that are pages of the site too
BESIDE = (
    "SECURITY.md", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/results.md",
    "benchmarks/playground.md", "examples/README.md",
)  # fmt: skip
HERE = Path(__file__).parents[1]  # the documentation
ROOT = HERE.parent
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)(#[\w-]+)?\)")
Name = tuple[str, str, Any]
DOORS = {"__main__"}  # what is run and never imported


def write(folder: Path) -> None:
    """Writes every page that is made, and removes those that are made no longer."""
    pages = dict(texts())
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in pages:
            path.unlink()


def texts() -> Iterator[tuple[str, str]]:
    """Each page: its file and its text."""
    yield "names.md", front_door()
    for room in rooms():
        yield f"rooms/{room}.md", room_page(room)
    yield "commands.md", commands()
    for name in BESIDE:
        yield beside(name), page_beside(name)


# -- names -----------------------------------------------------------------------------------------


def rooms() -> list[str]:
    """The modules and packages of the library."""
    return [one.name for one in pkgutil.iter_modules(workings.__path__) if one.name not in DOORS]


def _module(room: str) -> ModuleType:
    return importlib.import_module(f"workings.{room}")


def front_door() -> str:
    """Every name of `workings` itself with a line about it, and the pages of all rooms."""
    words = sorted((word for words in workings.HOMES.values() for word in words.split()),
                   key=str.lower)  # fmt: skip
    return (
        "# Names\n\nWhat `import workings` offers; each name leads to its page.\n\n"
        + _rst(".. currentmodule:: workings", ".. autosummary::", "", *(f"   {w}" for w in words))
        + "\n\nThe rooms of the library, which these names come from:\n\n"
        "```{toctree}\n:maxdepth: 1\n:glob:\n\nrooms/*\n```\n"
    )


def room_page(room: str) -> str:
    """What a room is, and its public names."""
    module = _module(room)
    parts = [_rst(f".. automodule:: workings.{room}", "   :no-members:")]
    parts += [_documented(where, word, thing) for where, word, thing in public(room, module)]
    return f"# `workings.{room}`\n\n" + "\n\n".join(parts) + "\n"


def public(room: str, module: ModuleType) -> list[Name]:
    """The names of a room: from where they are imported, the word, and what it is.

    First what the front door has of it, under the name that users write; then what the room
    itself offers; then the classes that names of any room take or give.
    """
    own = _offered_by(room, module)
    known = {id(thing) for *_, thing in own}
    return own + [(one.__module__, one.__name__, one) for one in met()
                  if one.__module__.split(".")[1] == room and id(one) not in known]  # fmt: skip


def _offered_by(room: str, module: ModuleType) -> list[Name]:
    front = [
        word for home, words in workings.HOMES.items() if home.split(".")[0] == room
        for word in words.split()
    ]  # fmt: skip
    found: list[Name] = [("workings", word, getattr(workings, word)) for word in front]
    known = {id(thing) for *_, thing in found}
    return found + [
        (module.__name__, word, thing) for word, thing in offered(module) if id(thing) not in known
    ]


@cache
def met() -> list[type]:
    """The library's classes that public functions and methods take or give, and theirs."""
    waiting = [thing for room in rooms() for *_, thing in _offered_by(room, _module(room))]
    found: dict[type, None] = {}
    while waiting:
        thing = waiting.pop()
        for one in _named_by(thing):
            ours = one.__module__.startswith("workings.") and one.__name__[0] != "_"
            if ours and one not in found:
                found[one] = None
                waiting.append(one)
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def _named_by(thing: Any) -> Iterator[type]:
    """The classes in the annotations of a function, or of a class and its public methods."""
    parts = [thing]
    if inspect.isclass(thing):
        parts += [_inner(part) for word, part in vars(thing).items()
                  if word[0] != "_" or word == "__init__"]  # fmt: skip
    for part in parts:
        if inspect.isclass(part) or inspect.isfunction(part):
            try:
                hints = get_type_hints(part)
            except (
                AttributeError,
                NameError,
                TypeError,
            ):  # known to a type checker alone
                continue
            yield from (one for hint in hints.values() for one in _classes(hint))


def _inner(part: Any) -> Any:
    """The function of a property or of a method of the class."""
    return next((getattr(part, word) for word in ("fget", "__func__", "func")
                 if getattr(part, word, None)), part)  # fmt: skip


def _classes(hint: Any) -> Iterator[type]:
    if inspect.isclass(hint) and not get_args(hint):
        yield hint
    for inner in get_args(hint):
        yield from [one for part in (inner if isinstance(inner, list) else [inner])
                    for one in _classes(part)]  # fmt: skip


def offered(module: ModuleType) -> list[tuple[str, Any]]:
    """What a module says it offers; without a word on it, the classes and functions made there."""
    said = getattr(module, "__all__", None)
    words = said if said is not None else [word for word in vars(module) if word[0] != "_"]
    things = [(word, getattr(module, word)) for word in words]
    return [
        (word, thing) for word, thing in things
        if (inspect.isclass(thing) or inspect.isfunction(thing))
        and (said is not None or thing.__module__ == module.__name__)
    ]  # fmt: skip


def _documented(where: str, word: str, thing: Any) -> str:
    kind = "class" if inspect.isclass(thing) else "function"
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        kind = "exception"
    members = ["   :members:"] * (kind == "class")
    return _rst(f".. auto{kind}:: {where}.{word}", *members)


def _rst(*lines: str) -> str:
    return "\n".join(["```{eval-rst}", *lines, "```"])


# -- the command line ------------------------------------------------------------------------------


def commands() -> str:
    """The help of every command, as it is printed."""
    group = _commands.workings
    context = click.Context(group, info_name="workings", max_content_width=88, terminal_width=88)
    parts = ["# The command line\n", _help(group, context)]
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None  # noqa: S101 - it was listed
        inner = click.Context(command, parent=context, info_name=word, terminal_width=88)
        parts += [f"## workings {word}\n", _help(command, inner)]
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> str:
    return f"```text\n{command.get_help(context)}\n```\n"


# -- pages that lie beside -------------------------------------------------------------------------


def beside(name: str) -> str:
    """Where the page of a file beside the documentation is: `SECURITY.md` is `beside/security.md`.

    >>> beside("examples/README.md")
    'beside/examples-readme.md'
    """
    return f"beside/{name.lower().replace('/', '-')}"


def page_beside(name: str) -> str:
    """A file beside the documentation, its links leading to where they lead from the site."""
    path = ROOT / name
    return LINK.sub(lambda link: _led(path.parent, link), path.read_text(encoding="utf-8"))


def links_out(app: Any, page: str, source: list[str]) -> None:
    """Links from the documentation to files beside it lead to their pages."""
    folder = (HERE / page).parent
    source[0] = LINK.sub(lambda link: _led(folder, link, inside=False), source[0])


def _led(folder: Path, link: re.Match[str], *, inside: bool = True) -> str:
    """A link of a file in `folder` as one of the site, from its top."""
    target = (folder / link[1]).resolve()
    if target.is_relative_to(HERE):
        return f"](/{target.relative_to(HERE)}{link[2] or ''})" if inside else link[0]
    name = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else ""
    if name in BESIDE:
        return f"](/made/{beside(name)}{link[2] or ''})"
    return f"](/../{name})" if inside else link[0]
