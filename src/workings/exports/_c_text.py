"""Text in a C file: `literal` writes a user's text as data, `comment` our own as a comment,
`identifiers` names what a program names. Nothing here lets a text become code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 1000  # bytes in one literal; C99 promises no more than 4095
PLAIN = {code: chr(code) for code in range(32, 127)} | {34: '\\"', 63: "\\?", 92: "\\\\"}
FIT = re.compile(r"[^A-Za-z0-9 ().,:;=<>+\-@|\[\]^_'*/]")

# words of C, of <math.h> and <stdio.h>, and of the file itself
WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while asm typeof "
    "acos asin atan atan2 cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma "
    "fmax fmin fmod fpclassify frexp gamma hypot ilogb isfinite isgreater isinf isless isnan "
    "isnormal isunordered ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround "
    "modf nan nearbyint nextafter nexttoward pow remainder remquo rint round scalb scalbln "
    "scalbn signbit signgam significand sin sinh sqrt tan tanh tgamma trunc drem j0 j1 jn y0 y1 yn "
    "clearerr fclose feof ferror fflush fgetc fgetpos fgets fopen fprintf fputc fputs fread "
    "freopen fscanf fseek fsetpos ftell fwrite getc getchar gets perror printf putc putchar puts "
    "remove rename rewind scanf setbuf setvbuf sprintf snprintf sscanf stderr stdin stdout "
    "tmpfile tmpnam ungetc vprintf vsprintf "
    "i j k top total main predict label_of place_of same_word lower smaller larger squared "
    "is_missing difference R column column_names target_name target_names class_labels label_words"
)
TAKEN = re.compile(r"[A-Z][A-Z_]{2}\w*|L_tmpnam|[ik]\d+|(top|total|value|levels|level_of|test)_.*")
ORDINARY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def literal(text: str | None) -> str:
    r"""The text as a string literal of ASCII alone, NULL for a missing one.

    >>> print(literal('say "hi"\n'), literal("é"), literal("??/"))
    "say \"hi\"\012" "\303\251" "\?\?/"
    """
    if text is None:
        return "NULL"
    data = text.encode("utf-8", "replace")
    if len(data) <= LONGEST:
        return '"' + "".join(PLAIN.get(byte, f"\\{byte:03o}") for byte in data) + '"'
    cells = ", ".join(f"'\\{byte:03o}'" for byte in (*data, 0))
    return f"(const char[]){{{cells}}}"


def comment(text: str) -> str:
    """The text fit for a comment: what could end it, or begin another, is taken apart.

    >>> comment("a */ b ??/")
    'a * / b ../'
    """
    return FIT.sub(".", text).replace("*/", "* /").replace("/*", "/ *")


def identifiers(words: Iterable[str]) -> dict[str, str]:
    """An identifier for each word: itself, if C lets it be one and nothing else is called so.

    >>> identifiers(["wh", "double", "d wh"])
    {'wh': 'wh', 'double': 'value_2', 'd wh': 'value_3'}
    """
    return {
        word: word if _is_free(word) else f"value_{count}" for count, word in enumerate(words, 1)
    }


def _is_free(word: str) -> bool:
    return (
        ORDINARY.fullmatch(word) is not None
        and TAKEN.fullmatch(word) is None
        and word not in WORDS.split()
    )
