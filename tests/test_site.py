"""The site: what makes its pages, what looks them over, and, once built, what readers see.

The tests of built pages run where `WORKINGS_SITE` names their folder: `make docs-test` sets it.
"""

from __future__ import annotations

import doctest
import functools
import http.server
import importlib
import os
import re
import runpy
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import workings
from workings.catalogue import catalogue, shelves

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ASKED = "WORKINGS_SITE"
SITE = ROOT / os.environ.get(ASKED, "build/docs")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0  # as root a browser has no sandbox
BUILT = pytest.mark.skipif(ASKED not in os.environ, reason=f"{ASKED} is not set: make docs-test")


def of_the_site(word: str) -> ModuleType:
    """A module of docs/_site."""
    if str(DOCS / "_site") not in sys.path:
        sys.path.append(str(DOCS / "_site"))
    return importlib.import_module(word)


# -- what makes the pages --------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["checking", "docstrings", "made", "quiet"])
def test_the_examples_of_what_makes_the_site(word: str) -> None:
    assert doctest.testmod(of_the_site(word)).failed == 0


def test_every_public_name_is_on_a_page_of_names() -> None:
    pages = dict(of_the_site("made").texts())
    told = "\n".join(pages.values())
    for word in set(workings.__all__) - {"__version__"}:
        assert re.search(rf"^\.\. auto(class|function|exception):: workings\.{word}$", told, re.M)
        assert f"   {word}\n" in pages["names.md"]
    found = [*(ROOT / "src/workings").glob("*.py"), *(ROOT / "src/workings").glob("*/__init__.py")]
    names = {path.stem if path.parent.name == "workings" else path.parent.name for path in found}
    rooms = {name for name in names if name[0] != "_"}
    assert {Path(page).stem for page in pages if page.startswith("rooms/")} == rooms


def test_every_command_is_told_by_its_own_help() -> None:
    told = of_the_site("made").commands()
    for path in (ROOT / "src/workings/cli").glob("[a-z]*.py"):
        assert f"## workings {path.stem}\n" in told
        assert f"Usage: workings {path.stem} " in told


def test_a_name_that_is_taken_or_given_is_on_a_page() -> None:
    met = {one.__name__ for one in of_the_site("made").met()}
    assert {"Expr", "Result", "History", "Explanation", "Marked"} <= met


def test_links_out_of_the_documentation_lead_to_pages() -> None:
    made = of_the_site("made")
    source = ["[a](../SECURITY.md) [b](tables.md#x) [c](https://somewhere.org) [d](#here)"]
    made.links_out(None, "model-files", source)
    assert source == [
        "[a](/made/beside/security.md) [b](tables.md#x) [c](https://somewhere.org) [d](#here)"
    ]
    assert "](/model-files.md)" in made.page_beside("SECURITY.md")


def test_pages_that_are_made_no_longer_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = of_the_site("made")
    monkeypatch.setattr(made, "texts", lambda: [("a.md", "A"), ("b/c.md", "C")])
    made.write(tmp_path)
    before = (tmp_path / "a.md").stat().st_mtime_ns
    monkeypatch.setattr(made, "texts", lambda: [("a.md", "A")])
    made.write(tmp_path)
    assert [path.name for path in tmp_path.rglob("*.md")] == ["a.md"]
    assert (tmp_path / "a.md").stat().st_mtime_ns == before  # nothing new, so nothing to read again


def test_docstrings_keep_their_code_their_columns_and_their_examples() -> None:
    lines = [
        "Gives `x * y`, not *x*.", "", "    f(x)", "    g(x)", "", "- one_ `a`", "  more",
        "", "word      what it is", "another   what that is", "", ">>> 1 * 1", "1",
    ]  # fmt: skip
    assert of_the_site("docstrings").converted(lines) == [
        "Gives ``x * y``, not \\*x\\*.", "", "::", "", "    f(x)", "    g(x)", "",
        "- one\\_ ``a``", "  more", "",
        "::", "", "    word      what it is", "    another   what that is", "",
        ">>> 1 * 1", "1", "",
    ]  # fmt: skip


def test_html_says_what_it_is() -> None:
    known = '<dl class="py"><dt>x</dt><dd>y</dd></dl>'
    lines = '<dl>\n<dd><em class="sig-param">a</em>,</dd>\n</dl>'
    picture, caption = '<img alt="../_images/0a1b.svg">', '<p class="caption" role="heading">'
    context = {"body": f'{lines}{known}<th class="head"><p></p></th>{picture}{caption}'}
    of_the_site("docstrings").spans(None, "", "", context, None)
    assert context["body"] == (
        '<span class="sig-lines"><span class="sig-line"><em class="sig-param">a</em>,</span>\n'
        f'</span>{known}<td></td><img alt="What the lines above draw">'
        '<p class="caption" role="heading" aria-level="2">'
    )


def test_nothing_is_loaded_by_what_builds_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    conf = runpy.run_path(str(DOCS / "conf.py"))
    assert not [one for one in conf["extensions"] if "math" in one or "intersphinx" in one]
    assert conf["nb_execution_mode"] == "force"
    files = [*conf["html_css_files"], *conf["html_js_files"]]
    assert all((DOCS / "_static" / name).is_file() for name in files)


def test_every_shelf_of_the_catalogue_is_on_a_page_of_the_reference() -> None:
    told = "\n".join(path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md"))
    assert set(re.findall(r'^catalogue\("(\w+)"\)$', told, re.M)) == set(shelves())


def test_every_page_is_in_a_list_of_pages() -> None:
    toctree = re.compile(r"^```\{toctree\}\n(.*?)^```", re.S | re.M)
    sources = [path.read_text("utf-8") for path in DOCS.glob("*.md")]
    lines = [
        line for text in sources for part in toctree.findall(text) for line in part.split("\n")
    ]
    patterns = [line for line in lines if line and line[0] != ":"]
    for path in [*DOCS.glob("*.md"), *(DOCS / "reference").glob("*.md")]:
        page = path.relative_to(DOCS).with_suffix("")
        assert page.name == "index" or any(page.match(one) for one in patterns), page


# -- what looks them over --------------------------------------------------------------------------

WRONG = {
    "a page that is not there": ('<a href="b.html">b</a>', "leads to b.html, which is not there"),
    "a place that is not there": ('<a href="#b">b</a>', "leads to #b, and there is no such place"),
    "a picture that is not there": ('<img src="b.png">', "leads to b.png, which is not there"),
    "out of the site": ('<a href="../../b.html">b</a>', "leads out of the site"),
    "one name twice": ('<p id="b"></p><p id="b"></p>', "names 'b' twice"),
    "a script": ('<script src="https://b.org/b.js"></script>', "asks for https://b.org/b.js"),
    "without a scheme": ('<script src="//b.org/b.js"></script>', "asks for //b.org/b.js"),
    "a style": ('<link rel="stylesheet" href="http://b.org/b.css">', "asks for http://b.org"),
    "a picture": ('<img srcset="a.png 1x, https://b.org/b.png 2x">', "asks for https://b.org"),
    "a font": ("<style>@font-face{src:url('https://b.org/f')}</style>", "asks for https://b.org"),
    "an import": ('<style>@import "https://b.org/b.css";</style>', "asks for https://b.org"),
    "a style on a tag": ('<p style="background:url(//b.org/b)">b</p>', "asks for //b.org/b"),
    "a question": ("<script>fetch('https://b.org/b')</script>", "asks for https://b.org/b"),
    "a module": ('<script>import("https://b.org/b.js")</script>', "asks for https://b.org/b.js"),
    "a form": ('<form action="https://b.org/"></form>', "asks for https://b.org/"),
    "a frame": ('<iframe src="https://b.org/"></iframe>', "asks for https://b.org/"),
    "in a picture": ('<svg><use href="https://b.org/#b"/></svg>', "asks for https://b.org/#b"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_page_is_said(what: str, tmp_path: Path) -> None:
    body, said = WRONG[what]
    (tmp_path / "a.png").touch()
    (tmp_path / "a.html").write_text(f"<h1 id='top-of-it'>A</h1>{body}")
    found = of_the_site("checking").wrong(tmp_path)
    assert len(found) == 1, found
    assert found[0].startswith(f"a.html: {said}")


def test_a_page_may_lead_elsewhere_and_within_the_site(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "index.html").write_text('<p id="c">c</p><a href="../a.html#d-1">d</a>')
    (tmp_path / "a.html").write_text(
        '<a href="https://somewhere.org/">s</a><a href="b/#c">c</a><a href="b/index.html?x=1">b</a>'
        '<img src="data:image/png;base64,AA=="><a href="mailto:a@b.org">m</a><p id="d-1"></p>'
        '<svg><g id="e"/></svg><svg><g id="e"/><use href="#e"/></svg><link rel="canonical" '
        'href="https://somewhere.org/a.html"><style>p{background:url(data:,x)}</style>'
    )
    assert of_the_site("checking").wrong(tmp_path) == []


def test_styles_scripts_and_pictures_are_looked_over_too(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>a</p>")
    (tmp_path / "a.css").write_text("p { background: url(https://b.org/b.png) }")
    (tmp_path / "a.js").write_text('// see https://b.org\nnew WebSocket("wss://b.org/s")')
    (tmp_path / "a.svg").write_text("<style>@import url(//b.org/b.css)</style>")
    assert of_the_site("checking").wrong(tmp_path) == [
        "a.css: asks for https://b.org/b.png", "a.js: asks for wss://b.org/s",
        "a.svg: asks for //b.org/b.css",
    ]  # fmt: skip


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert of_the_site("checking").wrong(tmp_path) == [f"{tmp_path} holds no page"]


# -- the pages as they were built ------------------------------------------------------------------

LOOKED_AT = (
    "index.html", "howto.html", "lessons/03-forward.html", "reference/ops.html",
    "reference/activations.html",
    "reference/wrongs.html", "gallery.html", "program-format.html", "model-files.html",
    "made/rooms/network.html", "made/commands.html", "search.html",
)  # fmt: skip
WRITTEN = [
    *sorted(f"lessons/{one.stem}.html" for one in (DOCS / "lessons").glob("*.md")),
    "answers.html", "wrong-in-the-article.html", "notebooks.html",
]  # fmt: skip
THEMES = ("light", "dark")
IN_THEMES = [(name, theme) for name in LOOKED_AT for theme in THEMES] + [
    (name, THEMES[place % 2]) for place, name in enumerate(WRITTEN) if name not in LOOKED_AT
]
AXE_AT = {"light": 400, "dark": 1280}  # it takes seconds: each theme at one width
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    args = ["--disable-gpu", "--disable-dev-shm-usage", *(["--no-sandbox"] if AS_ROOT else [])]
    return {"executable_path": CHROMIUM, "args": args}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of the built site on this machine."""
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@BUILT
def test_the_built_site_is_whole() -> None:
    assert of_the_site("checking").wrong(SITE) == []
    names = "\n".join(path.read_text("utf-8") for path in SITE.glob("made/rooms/*.html"))
    for word in set(workings.__all__) - {"__version__"}:
        assert f'id="workings.{word}"' in names
    for shelf in shelves():
        made = catalogue(shelf)
        places = {f'id="{made.place(entry)}"' for entry in made.entries}
        told = "\n".join(path.read_text("utf-8") for path in SITE.glob("reference/*.html"))
        assert {place for place in places if place not in told} == set()


@BUILT
@pytest.mark.parametrize(("name", "theme"), IN_THEMES)
def test_pages_can_be_read_by_everybody(browser: Any, served: str, name: str, theme: str) -> None:
    """axe finds nothing; nothing is asked for from outside; nothing overflows, wide or narrow."""
    from axe_playwright_python.sync_playwright import Axe

    asked, said = [], []
    for width in (400, 1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, locale="en-GB"
        )
        page = context.new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda one: said.append(str(one)))
        assert page.goto(served + name).ok
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], (name, width)
        if width == AXE_AT[theme]:
            found = Axe().run(page, options=RULES).response["violations"]
            assert not [(one["id"], one["nodes"][0]["html"][:200]) for one in found], (name, width)
        context.close()
    assert [url for url in asked if not url.startswith((served, "data:"))] == []
    assert said == []


@BUILT
@pytest.mark.parametrize("by_file", [False, True], ids=["served", "as a file"])
def test_the_search_finds(browser: Any, served: str, by_file: bool) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    top = SITE.resolve().as_uri() + "/" if by_file else served
    page.goto(f"{top}search.html?q=softplus")
    page.locator("#search-results a[href*='reference/activations.html']").first.wait_for()
    assert said == []
    context.close()


@BUILT
def test_the_switch_of_the_page_changes_what_the_library_shows(browser: Any, served: str) -> None:
    """A page that is switched to dark by hand has its matrices dark, whatever the system says."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(served + "lessons/03-forward.html")
    colour = "getComputedStyle(document.querySelector('.workings tbody td')).backgroundColor"
    found = {}
    for theme in ("light", "dark"):
        page.evaluate(f"document.body.dataset.theme = '{theme}'")
        found[theme] = page.evaluate(f"{colour}.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert min(found["light"]) > 200 > 80 > max(found["dark"])
    context.close()


@BUILT
def test_a_question_is_marked_on_its_page(browser: Any, served: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served + "lessons/03-forward.html")
    form = page.locator("form.workings-question").first
    form.locator("input").fill("1000")
    form.get_by_role("button", name="Check").click()
    assert "too large" in form.locator("output").inner_text()
    form.locator("input").fill(form.get_attribute("data-value") or "")
    form.get_by_role("button", name="Check").click()
    assert "Right" in form.locator("output").inner_text()
    context.close()
