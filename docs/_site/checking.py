"""The site as it was built, looked over: `python checking.py build/docs`.

Every link within it leads to a page and a place that are there, every picture and style is there,
nothing is asked of any other machine, and nothing is named twice on a page. Links that a reader may
follow to elsewhere are let be: nothing is asked there until then.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# what a browser fetches by itself, by the tag and the attribute that says from where
FETCHED = {
    ("img", "src"), ("img", "srcset"), ("script", "src"), ("link", "href"), ("iframe", "src"),
    ("source", "src"), ("source", "srcset"), ("video", "src"), ("video", "poster"),
    ("audio", "src"), ("track", "src"), ("embed", "src"), ("object", "data"), ("image", "href"),
    ("image", "xlink:href"), ("use", "href"), ("use", "xlink:href"), ("input", "src"),
    ("body", "background"), ("form", "action"), ("base", "href"), ("feimage", "href"),
}  # fmt: skip
FOLLOWED = {("a", "href"), ("area", "href"), ("a", "xlink:href")}
SAID = {"canonical", "license", "author", "help", "me"}  # links of a head that fetch nothing
CALLED = re.compile(r"(?:@import\s+(?!url)|url\()\s*[\"']?([^\"')\s;]+)", re.IGNORECASE)
SPOKEN = re.compile(
    r"(?:fetch|import|importScripts|WebSocket|EventSource|sendBeacon|open)\s*\(\s*"
    r"(?:[\"']\w+[\"']\s*,\s*)?[\"']((?:https?:|wss?:)?//[^\"']+)"
    r"|\.(?:src|href)\s*=\s*[\"']((?:https?:)?//[^\"']+)",
    re.IGNORECASE,
)


@dataclass
class Page(HTMLParser):
    """What one page names, fetches and leads to."""

    path: Path
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    _inside: str = ""
    _drawn: int = 0  # how many pictures are open

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what the tag names, fetches and leads to."""
        known = {word: value or "" for word, value in attrs}
        self._inside = tag
        self._drawn += tag == "svg"
        if "id" in known:  # the same picture twice has the same names twice, for the same things
            (self.ids if not self._drawn else self.names).append(known["id"])
        if tag == "a" and "name" in known:
            self.names.append(known["name"])
        if tag == "link" and set(known.get("rel", "").lower().split()) & SAID:
            return
        for word, value in known.items():
            if (tag, word) in FETCHED:
                parts = value.split(",") if word == "srcset" else [value]
                self.fetched += [part.split()[0] if word == "srcset" else part for part in parts]
            elif (tag, word) in FOLLOWED:
                self.followed.append(value)
            elif word == "style":
                self.styles.append(value)
            elif word.startswith("on"):
                self.scripts.append(value)

    def handle_endtag(self, tag: str) -> None:
        """What follows is no longer inside."""
        self._inside = ""
        self._drawn -= tag == "svg"

    def handle_data(self, data: str) -> None:
        """Notes styles and scripts that stand in the page."""
        if self._inside == "style":
            self.styles.append(data)
        elif self._inside == "script":
            self.scripts.append(data)

    @cached_property
    def places(self) -> set[str]:
        """Where a link into this page may lead."""
        return {*self.ids, *self.names, "", "top"}


def wrong(folder: Path) -> list[str]:
    """A sentence for each thing that is wrong with the site in a folder."""
    pages = {path.resolve(): Page(path) for path in sorted(folder.rglob("*.html"))}
    found = [f"{folder} holds no page"] * (not pages)
    for page in pages.values():
        here = page.path.relative_to(folder).as_posix()
        found += [f"{here}: {said}" for said in _of_page(page, pages, folder)]
    for path in sorted([*folder.rglob("*.css"), *folder.rglob("*.js"), *folder.rglob("*.svg")]):
        here, text = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
        calls = _called(text) if path.suffix != ".js" else _spoken(text)
        found += [f"{here}: asks for {call}" for call in calls if is_outside(call)]
    return found


def _of_page(page: Page, pages: dict[Path, Page], folder: Path) -> Iterator[str]:
    twice = {word for word in page.ids if page.ids.count(word) > 1}
    yield from (f"names {word!r} twice" for word in sorted(twice))
    calls = [call for text in page.styles for call in _called(text)]
    calls += [call for text in page.scripts for call in _spoken(text)]
    for call in page.fetched + calls:
        if is_outside(call):
            yield f"asks for {call}"
    for link in page.fetched + page.followed + calls:
        if said := _leads_nowhere(page, link, pages, folder):
            yield said


def _leads_nowhere(page: Page, link: str, pages: dict[Path, Page], folder: Path) -> str:
    """What is wrong with a link within the site, if anything is."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (
        (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
    )
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(folder.resolve()):
        return f"leads out of the site: {link}"
    if not target.is_file():
        return f"leads to {link}, which is not there"
    known = pages.get(target)
    if known and unquote(parts.fragment) not in known.places:
        return f"leads to {link}, and there is no such place on that page"
    return ""


def is_outside(link: str) -> bool:
    """Whether a browser would have to ask another machine.

    >>> is_outside("https://somewhere.org/a.js"), is_outside("a.js"), is_outside("data:,x")
    (True, False, False)
    """
    parts = urlsplit(link)
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ftp", "ws", "wss")


def _called(text: str) -> list[str]:
    return CALLED.findall(text)


def _spoken(text: str) -> list[str]:
    return [one or other for one, other in SPOKEN.findall(text)]


def main() -> int:
    """Says what is wrong; 1 if anything is."""
    folder = Path(sys.argv[1])
    found = wrong(folder)
    print("\n".join(found) or f"{len(list(folder.rglob('*.html')))} pages: nothing leads nowhere, "
          "nothing is asked for from outside")  # fmt: skip
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
