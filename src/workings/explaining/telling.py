"""An explanation as HTML: `html(found)`. As text it prints itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workings.explaining.explanation import Explanation, Term, said_of_nudge
from workings.files import clean
from workings.views import parts


def html(found: Explanation) -> str:
    """The sentence, the facts, and the terms it is made of and owed as tables."""
    facts = [
        ("where", found.where), ("exactly", repr(found.value)), ("step", found.formula),
        ("cell", found.index_form), ("why", found.why),
        *(("", reason) for reason in found.reasons if reason != found.why),
        ("feeds", ", ".join(found.feeds) or "nothing: it is an end"),
    ]  # fmt: skip
    made = _table("Made of", found.terms, found.digits, (found.left_out, found.rest))
    rounding = f"<p>{_safe(found.rounding)}</p>" if found.rounding else ""
    return f"<p><strong>{_safe(found.sentence)}</strong></p>{_facts(facts)}{made}{rounding}" + (
        _owed(found)
    )


def _owed(found: Explanation) -> str:
    if found.owed is None:
        return ""
    held = f", which is {found.owed_as} in the working" if found.owed_as else ""
    facts = [("owed", f"d loss / d {found.cell} = {found.owed:.6g}{held}")]
    if found.nudge:
        facts.append(("nudge", said_of_nudge(found.nudge)))
    return _facts(facts) + _table(
        "What it is owed is made of", found.path, 6, (found.path_left_out, found.path_rest)
    )


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"<dt>{word}</dt><dd>{_safe(said)}</dd>" for word, said in _gathered(facts) if said
    )
    return f'<dl class="equations facts">{rows}</dl>'


def _gathered(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What has no word of its own goes with what is before it."""
    found: list[tuple[str, str]] = []
    for word, said in facts:
        found.append((word, said) if word else (found[-1][0], f"{found.pop()[1]} {said}"))
    return found


def _table(caption: str, terms: Sequence[Term], digits: int, left: tuple[int, float]) -> str:
    if not terms:
        return ""
    rows = [[term.text, term.numbers, f"{term.value:z.{digits}f}"] for term in terms]
    count, rest = left
    if count:
        rows.append([f"and {count} smaller terms", "together", f"{rest:z.{digits}f}"])
    return parts.table(caption, [["term", "in numbers", "comes to"], *rows])


def _safe(words: str) -> str:
    return escape(clean(words))
