r"""One number as a worked example in LaTeX: its formula, its terms, their sum, and its check.

document(run, "wh[1,3]", step=4)        compiles with amsmath alone
"""

from __future__ import annotations

import re
from typing import Any

from workings.exports._latex_frame import BEGINNING, END
from workings.notations._latex_text import escaped, power_of_ten, word
from workings.play import why
from workings.play.runs import Run
from workings.play.specs import NAME

TERMS = 40  # of a sum; the rest is added up in one line
PAGE = 20  # rows that stand together
SIGNS = {"*": r"\cdot", "/": "/", "+": "+", "-": "-"}
TOKEN = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?|\d+\.?\d*(?:e[-+]?\d+)?|.", re.DOTALL)


def document(run: Run, cell: str, step: int) -> str:
    """The document of one cell at a step; refuses a cell that there is not."""
    found = why.explained(run, cell, step, terms=TERMS)
    title = run.built.spec.title or run.built.job.table.source
    return "\n\n".join(filter(None, [
        BEGINNING,
        rf"\section*{{Why is {escaped(found['cell'])} = {escaped(found['shown'])}?}}",
        escaped(f"{title[:NAME]}, step {step}: {found['where']}. {found['why']}"),
        _formula(found), _terms(found), _owed(found), _check(found), END,
    ]))  # fmt: skip


def _formula(found: dict[str, Any]) -> str:
    formula = (found["formula"] or {}).get("latex")
    return rf"\working{{{word(found['name'])} = {formula}}}" if formula else ""


def _terms(found: dict[str, Any]) -> str:
    """The terms with their numbers, a line each, and the sum under a rule."""
    if not found["terms"]:
        return rf"It is given: \({power_of_ten(found['exact'])}\)."
    rows = [
        rf"{_said(one['text'])} &= {_said(one['numbers'])} &= {_said(one['shown'])} \\"
        for one in found["terms"]
    ]
    if found["left_out"]:
        left = found["left_out"]
        rows.append(rf"\text{{{left['count']} smaller terms}} && = {_said(left['shown'])} \\")
    total = rf"{_cell(found['cell'])} & &= {_said(found['shown'])}"
    exact = rf"\par With every digit: \({power_of_ten(found['exact'])}\)."
    pages = [rows[k : k + PAGE] for k in range(0, len(rows), PAGE)]
    body = "\n".join(_array(page) for page in pages[:-1])
    last = _array([*pages[-1], r"\hline", total])
    return "\n".join(filter(None, [body, last, exact]))


def _array(rows: list[str]) -> str:
    return "\n".join([r"\[\begin{array}{lll}", *rows, r"\end{array}\]"])


def _owed(found: dict[str, Any]) -> str:
    owed = found["owed"]
    if not owed:
        return ""
    return (rf"\working{{\frac{{\partial\,\mathit{{loss}}}}{{\partial\,{_cell(found['cell'])}}} = "
            rf"{_said(owed['shown'])}}}")  # fmt: skip


def _check(found: dict[str, Any]) -> str:
    return rf"\why{{{escaped(found['check']['sentence'])}}}" if found["check"] else ""


def _cell(text: str) -> str:
    """`wh[1,3]` as a name with its place below."""
    name, _, place = text.partition("[")
    return word(name) + (rf"_{{{_place(place.rstrip(']'))}}}" if place else "")


def _place(text: str) -> str:
    return text if re.fullmatch(r"[\d,]+", text) else rf"\text{{{escaped(text)}}}"


def _said(text: str) -> str:
    """An expression as it is written plainly, in signs of mathematics."""
    return " ".join(_token(one) for one in TOKEN.findall(text.replace("−", "-").replace("×", "*"))
                    if one.strip())  # fmt: skip


def _token(one: str) -> str:
    if one in SIGNS:
        return SIGNS[one]
    if re.match(r"[A-Za-z_]", one):
        return _cell(one)
    if re.match(r"\d", one):
        return power_of_ten(one)
    return one if one in "()[]=<>,.|" else rf"\text{{{escaped(one)}}}"
