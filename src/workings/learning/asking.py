"""A number to be predicted before it is looked at.

    ask("What is the first output?", trace, "output[1,1]")     a cell, with the reason it has
    ask("How many rows are wrong?", 3)                         any number

A question shows itself without its answer: in a notebook and on a page with a field to write the
prediction in, which is marked there and then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from workings.errors import DataError
from workings.explaining.finding import explain
from workings.files import clean
from workings.marking.rounding import places
from workings.trace import Trace
from workings.views.html import preformatted

COARSE = 0.1  # a prediction that says less than this share of the number is no prediction yet
DIGITS = 4  # that the answer is shown with
ENOUGH = 2  # decimals, after which it is taken however small the number is

RIGHT = "Right."
TOO_COARSE = "Right as far as it goes. Work out one digit more."
SIGN = "The size is right; the sign is not."
POINT = "The digits are right; the decimal point is not."
LARGE, SMALL = "Not yet: that is too large.", "Not yet: that is too small."


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer."""

    right: bool
    text: str

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


@dataclass(frozen=True)
class Question:
    """A question whose answer is a number; `why` says where the number comes from."""

    asked: str
    value: float
    why: str = ""

    def mark(self, answer: object) -> Verdict:
        """Whether an answer is the number, as far as it is written.

        One unit of the last decimal written is allowed, for what was rounded on the way. Raises
        `DataError` for what is no number.

        >>> ask("What is two thirds?", 2 / 3).mark("0.667")
        Right.
        >>> ask("What is two thirds?", 2 / 3).mark("-0.67")
        The size is right; the sign is not.
        """
        text = str(answer).strip()
        try:
            found = float(text.replace(",", ".").replace("−", "-"))
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise DataError(
                f"cannot mark {clean(text)[:40]!r}: it is no number",
                hint="Write it in decimals, such as 0.25.",
            )
        return _verdict(found, self.value, max(0, places(found, text)[0]))

    def right_answer(self) -> str:
        """An answer that is right: a whole number, or four decimals, of small numbers four digits.

        >>> ask("?", 3).right_answer(), ask("?", 2 / 3).right_answer()
        ('3', '0.6667')
        >>> ask("?", -1 / 3000).right_answer()
        '-0.0003333'
        """
        if self.value == round(self.value):
            return f"{self.value:.0f}"
        first = -math.floor(math.log10(abs(self.value)))  # where its first digit stands
        return f"{self.value:.{max(DIGITS, first + DIGITS - 1)}f}"

    def __str__(self) -> str:
        return f"Predict: {self.asked}"

    __repr__ = __str__

    def reveal(self) -> str:
        """The number, and why it is what it is."""
        return f"{self.right_answer()}\n{self.why}".rstrip()

    def _repr_html_(self) -> str:
        return _html(self)


def ask(asked: str, about: Trace | float, cell: str = "", *, why: str = "") -> Question:
    """A question about a cell of a trace, or about any number.

    >>> from workings.systems import system
    >>> first = ask("What is the first output?", system("article").trace(), "output[1,1]")
    >>> first.mark(0.7893).right, first.mark(0.9)
    (True, Not yet: that is too large.)
    """
    if isinstance(about, Trace):
        found = explain(about, cell)
        return Question(asked, found.value, why or str(found))
    return Question(asked, float(about), why)


def _verdict(found: float, value: float, decimals: int) -> Verdict:
    unit = 10.0**-decimals
    exactly = 1e-9 * max(1.0, abs(value))
    allowed = unit * (1 + 1e-9) if decimals else exactly
    if abs(found - value) <= exactly:
        return Verdict(True, RIGHT)
    if abs(found - value) <= allowed:
        coarse = decimals and decimals < ENOUGH and unit > COARSE * abs(value)
        return Verdict(not coarse, TOO_COARSE if coarse else RIGHT)
    if not decimals and abs(value) >= 1 and value != round(value) and abs(found - value) <= 0.5:
        return Verdict(False, TOO_COARSE)
    if abs(found + value) <= allowed:
        return Verdict(False, SIGN)
    if any(abs(found * by - value) <= allowed * by for by in (0.01, 0.1, 10.0, 100.0) if found):
        return Verdict(False, POINT)
    return Verdict(False, LARGE if found > value else SMALL)


SCRIPT = """(function(f){var t=f.elements.a.value.trim().replace(',','.').replace('−','-'),x=+t,
v=+f.dataset.value,m=/(?:\\.(\\d*))?(?:e([+-]?\\d+))?$/i.exec(t),
d=Math.max(0,(m[1]||'').length-(m[2]||0)),u=Math.pow(10,-d),
n=1e-9*Math.max(1,Math.abs(v)),e=d?u*(1+1e-9):n,w=f.dataset,s;
if(t===''||!isFinite(x))s=w.none;else if(Math.abs(x-v)<=n)s=w.right;
else if(Math.abs(x-v)<=e)
s=d&&d<ENOUGH&&u>COARSE*Math.abs(v)?w.coarse:w.right;
else if(!d&&Math.abs(v)>=1&&v!==Math.round(v)&&Math.abs(x-v)<=.5)s=w.coarse;
else if(Math.abs(x+v)<=e)s=w.sign;
else if(x&&[.01,.1,10,100].some(function(b){return Math.abs(x*b-v)<=e*b}))s=w.point;
else s=x>v?w.large:w.small;f.querySelector('output').textContent=s})(this);return false"""


def _html(one: Question) -> str:
    said = {
        "value": repr(one.value), "right": RIGHT, "coarse": TOO_COARSE, "sign": SIGN,
        "point": POINT, "large": LARGE, "small": SMALL, "none": "Write a number, such as 0.25.",
    }  # fmt: skip
    data = " ".join(f'data-{word}="{escape(text)}"' for word, text in said.items())
    script = SCRIPT.replace("\n", "").replace("ENOUGH", str(ENOUGH)).replace("COARSE", str(COARSE))
    return (
        f'<form class="workings-question" {data} onsubmit="{escape(script)}">\n'
        f"<p><strong>Predict.</strong> {escape(clean(one.asked))}</p>\n"
        '<p><label>Your number <input name="a" inputmode="decimal" autocomplete="off" size="10">'
        '</label> <button type="submit">Check</button> <output aria-live="polite"></output></p>\n'
        f"<details><summary>Show the answer</summary>{preformatted(one.reveal())}"
        "</details>\n</form>"
    )
