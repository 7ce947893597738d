"""exp, log, tanh and sigmoid, all lanes at once, each to within 4 units in the last place.

    exp(text, x)      2^k * e^r with k whole and |r| <= log(2) / 2, e^r by a polynomial
    log(text, x)      k * log(2) + log(m) with m between sqrt(1/2) and sqrt(2)
    tanh, sigmoid     from those, in forms that lose no digits

They are right for 0, infinities, NaN and numbers too small to be normal. No instruction here may
be reordered. Sources: Cody & Waite 1980 (log(2) in two parts); Tang 1989; fdlibm (the series of
log in s = f / (2 + f)); Muller, Elementary Functions, 3rd ed., 2016.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workings.compiling.text import Text, Word


@dataclass(frozen=True)
class Format:
    """Facts of a floating-point format, and how many terms its digits need.

    The powers are those of the polynomial through the Chebyshev nodes of |r| <= 0.35.
    """

    digits: int  # of the fraction
    bias: int
    high: float  # log(2) in two parts: the first so short that k times it is exact
    low: float
    least: float  # e to less than this is 0, to more than `most` infinite
    most: float
    powers: Sequence[float]  # (e^r - 1 - r) / r^2: interpolated where its error is least
    series: Sequence[float]  # log((1 + s) / (1 - s)) - 2 s, over s^3


FORMATS = {
    "double": Format(
        52, 1023, 0.693147180369123816490, 1.90821492927058770002e-10, -745.2, 709.8,
        [0.5000000000000001, 0.16666666666666669, 0.04166666666662064, 0.008333333333329793,
         0.0013888888918939168, 0.00019841269864380513, 2.4801518641395993e-05,
         2.75572664186123e-06, 2.7621338669142925e-07, 2.5101346928350342e-08],
        [6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
         2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
         1.479819860511658591e-01],
    ),
    "float": Format(
        23, 127, 0.693359375, -2.12194440e-4, -103.98, 88.73,
        [0.5, 0.16666573381900845, 0.04166655011030512, 0.008363773874405574,
         0.0013926926614021907],
        [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841],
    ),
}  # fmt: skip


def exp(text: Text, x: Word) -> Word:
    """e to the power of x."""
    reduced, k = _reduced(text, _clamped(text, x))
    e = text.op("fadd", _less_one(text, reduced), text.number(1.0))
    return _scaled(text, e, k)


def sigmoid(text: Text, x: Word) -> Word:
    """1 / (1 + e^-x), from e^-|x|: it neither overflows nor vanishes too early."""
    small = exp(text, text.op("fneg", text.call("fabs", x)))
    one = text.number(1.0)
    above = text.select(text.compare("fcmp ogt", x, text.number(0.0)), one, small)
    return text.op("fdiv", above, text.op("fadd", small, one))


def tanh(text: Text, x: Word) -> Word:
    """-(e^-2|x| - 1) / (e^-2|x| + 1) with the sign of x; the difference is never taken."""
    size = text.call("fabs", x)
    least = text.number(-45.0)  # from there on tanh is 1 to the last digit
    doubled = text.op("fmul", size, text.number(-2.0))
    doubled = text.select(text.compare("fcmp olt", doubled, least), least, doubled)
    reduced, k = _reduced(text, doubled)
    power = _power_of_two(text, k)
    below = text.op("fsub", power, text.number(1.0))
    less = text.call("fmuladd", power, _less_one(text, reduced), below)  # e^-2|x| - 1
    ratio = text.op("fdiv", text.op("fneg", less), text.op("fadd", less, text.number(2.0)))
    return text.call("copysign", ratio, x)


def log(text: Text, x: Word) -> Word:
    """The natural logarithm; NaN below 0."""
    facts = FORMATS[text.real]
    normal = text.number(2.0 ** (1 - facts.bias))
    tiny = text.compare("fcmp olt", x, normal)
    lifted = text.select(tiny, text.op("fmul", x, text.number(2.0 ** (facts.digits + 2))), x)
    bits = text.cast("bitcast", lifted, f"i{text.bits}")
    root = text.integer(_bits(text, math.sqrt(0.5)))
    moved = text.op("sub", bits, root)
    k = text.op("ashr", moved, text.integer(facts.digits))
    m = text.cast("bitcast", text.op("sub", bits, text.op("shl", k, text.integer(facts.digits))),
                  text.real)  # fmt: skip
    shift = text.select(tiny, text.number(-float(facts.digits + 2)), text.number(0.0))
    power = text.op("fadd", text.cast("sitofp", k, text.real), shift)
    return _at_the_ends(text, x, _log_of(text, m, power))


def _log_of(text: Text, m: Word, k: Word) -> Word:
    """log(m) + k log(2), with m near 1."""
    facts = FORMATS[text.real]
    f = text.op("fsub", m, text.number(1.0))
    s = text.op("fdiv", f, text.op("fadd", f, text.number(2.0)))
    square = text.op("fmul", s, s)
    rest = text.op("fmul", square, _polynomial(text, square, facts.series))
    half = text.op("fmul", text.op("fmul", f, f), text.number(0.5))
    low = text.op("fmul", k, text.number(facts.low))
    inner = text.call("fmuladd", s, text.op("fadd", half, rest), low)
    inner = text.op("fsub", half, inner)
    return text.call("fmuladd", k, text.number(facts.high), text.op("fsub", f, inner))


def _at_the_ends(text: Text, x: Word, result: Word) -> Word:
    """The logarithm of what is not positive, or not finite."""
    ends: list[tuple[str, float, Word]] = [
        ("fcmp oeq", math.inf, x),
        ("fcmp oeq", 0.0, text.number(-math.inf)),
        ("fcmp ult", 0.0, text.number(math.nan)),
    ]
    for how, where, answer in ends:
        result = text.select(text.compare(how, x, text.number(where)), answer, result)
    return result


def _clamped(text: Text, x: Word) -> Word:
    """x between where its exponential is 0 and where it is infinite; NaN stays."""
    facts = FORMATS[text.real]
    for how, end in (("fcmp ogt", facts.most), ("fcmp olt", facts.least)):
        limit = text.number(end)
        x = text.select(text.compare(how, x, limit), limit, x)
    return x


def _reduced(text: Text, x: Word) -> tuple[Word, Word]:
    """x - k log(2), and k as a whole number: rounded by adding what leaves no room for digits."""
    facts = FORMATS[text.real]
    room = text.number(1.5 * 2.0**facts.digits)
    rounded = text.call("fmuladd", x, text.number(1 / math.log(2)), room)
    k = text.op("fsub", rounded, room)
    reduced = text.call("fmuladd", k, text.number(-facts.high), x)
    reduced = text.call("fmuladd", k, text.number(-facts.low), reduced)
    bits = text.cast("bitcast", rounded, f"i{text.bits}")
    return reduced, text.op("sub", bits, text.integer(_bits(text, 1.5 * 2.0**facts.digits)))


def _less_one(text: Text, r: Word) -> Word:
    """e^r - 1 for a small r: r + r^2 (1/2 + r / 6 + ...)."""
    rest = _polynomial(text, r, FORMATS[text.real].powers)
    return text.call("fmuladd", text.op("fmul", r, r), rest, r)


def _polynomial(text: Text, x: Word, coefficients: Sequence[float]) -> Word:
    *rest, value = (text.number(one) for one in coefficients)
    for one in reversed(rest):
        value = text.call("fmuladd", value, x, one)
    return value


def _scaled(text: Text, x: Word, k: Word) -> Word:
    """x 2^k in two steps, since 2^k itself may be too large or too small to be written."""
    half = text.op("ashr", k, text.integer(1))
    other = text.op("sub", k, half)
    return text.op("fmul", text.op("fmul", x, _power_of_two(text, half)),
                   _power_of_two(text, other))  # fmt: skip


def _power_of_two(text: Text, k: Word) -> Word:
    facts = FORMATS[text.real]
    raised = text.op("add", k, text.integer(facts.bias))
    return text.cast("bitcast", text.op("shl", raised, text.integer(facts.digits)), text.real)


def _bits(text: Text, number: float) -> int:
    codes = ("<d", "<q") if text.bits == 64 else ("<f", "<i")
    return int(struct.unpack(codes[1], struct.pack(codes[0], number))[0])


VECTORS: dict[str, Callable[[Text, Word], Word]] = {
    "exp": exp, "log": log, "tanh": tanh, "sigmoid": sigmoid,
}  # fmt: skip
