"""Text, names and numbers in LaTeX.

`escaped` makes any text fit to be printed: what LaTeX would act on is written out, and characters
that a plain LaTeX has no sign for are written by their number.
"""

from __future__ import annotations

import re
import unicodedata

SPECIALS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\(\mathdollar\)", "&": r"\&",
    "#": r"\#", "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "`": r"\`{}",
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}",
    "Ł": r"\L{}", "ı": r"\i{}", "–": r"\textendash{}", "—": r"\textemdash{}", "’": "'",
    "…": r"\dots{}", "°": r"\(^{\circ}\)", "·": r"\(\cdot\)",
}  # fmt: skip
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u ",
    "\u0307": ".", "\u0308": '"', "\u030a": "r ", "\u030b": "H ", "\u030c": "v ",
    "\u0327": "c ",
}  # fmt: skip


def escaped(text: str) -> str:
    r"""Any text as LaTeX prints it, in text mode; nothing in it is ever a command.

    >>> print(escaped(r"50% \input{x}"), escaped("é"), escaped("\n"))
    50\% \textbackslash{}input\{x\} \'{e} \texttt{U+000A}
    """
    written = "".join(_character(one) for one in unicodedata.normalize("NFC", text))
    return re.sub(r"([-'])(?=\1)", r"\1{}", written)  # else two of them would become one sign


def _character(one: str) -> str:
    if one in SPECIALS:
        return SPECIALS[one]
    if " " <= one <= "~":
        return one
    base, *marks = list(unicodedata.normalize("NFD", one))
    if len(marks) == 1 and base.isascii() and base.isalpha() and marks[0] in ACCENTS:
        return rf"\{ACCENTS[marks[0]]}{{{base}}}"
    return rf"\texttt{{U+{ord(one):04X}}}"


def word(text: str) -> str:
    r"""A name: one letter as it is, a longer one upright enough to be read as a word.

    >>> print(word("X"), word("d_wh"), word("a&"))
    X \mathit{d\_wh} \text{a\&}
    """
    if re.fullmatch("[A-Za-z]", text):
        return text
    if re.fullmatch("[A-Za-z0-9_]+", text):
        return r"\mathit{" + text.replace("_", r"\_") + "}"
    return rf"\text{{{escaped(text)}}}"


def power_of_ten(text: str) -> str:
    r"""A number as Python writes it, with powers of ten and infinity in signs.

    >>> print(power_of_ten("1e-05"), power_of_ten("2.5e+07"), power_of_ten("-inf"))
    10^{-5} 2.5 \cdot 10^{7} -\infty
    """
    if "e" not in text:
        return text.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
    digits, power = text.split("e")
    ten = f"10^{{{int(power)}}}"
    return {"1": ten, "-1": f"-{ten}"}.get(digits, rf"{digits} \cdot {ten}")
