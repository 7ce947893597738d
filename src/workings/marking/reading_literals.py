"""Matrices written out in NumPy's or R's way, read by a strict parser: numbers and nothing else.

    value("np.array([[1, 2], [3, 4]])")               [["1", "2"], ["3", "4"]] and where it ended
    value("matrix(c(1, 2, 3, 4), nrow=2)")            R fills column by column unless byrow=TRUE
    value("[[0.1 0.2]\n [0.3 0.4]]")                  as NumPy prints it

Numbers stay text, as they were written. What is no such matrix raises `NotWrittenOut`; its `wrong`
says that it began as one and is malformed, and not just something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?"
TOKEN = re.compile(
    rf"(?P<blank>(?:\s|\#[^\n]*|\\\n)+)|(?P<number>{NUMBER}|[+-]?(?:nan|inf|NaN|Inf|NA|None)\b)"
    r"|(?P<word>[^\W\d][\w.]*)|(?P<dots>\.\.\.)|(?P<sign>[\[\](),=])|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
)
ARRAYS = {"array", "np.array", "numpy.array", "np.asarray", "numpy.asarray", "np.matrix",
          "numpy.matrix", "jnp.array", "torch.tensor"}  # fmt: skip
SINGLES = {"np.float64", "np.float32", "numpy.float64", "float", "np.int64"}
IGNORED = {"dtype", "device", "requires_grad", "ndmin"}  # what is said behind an array
DEEPEST = 4
MOST_TOKENS = 2_000_000
NONE = {"NA": "", "None": ""}

Rows = list[list[str]]


class NotWrittenOut(Exception):
    """Here stands no matrix of numbers; `wrong` if it began as one."""

    def __init__(self, said: str = "", *, wrong: bool = False) -> None:
        super().__init__(said)
        self.wrong = wrong


def value(text: str) -> tuple[Rows, int]:
    """The rows of the matrix at the beginning of `text`, and where it ended.

    A number by itself is a matrix of one cell, a list of numbers one row. Nothing else may stand
    behind it in its line but a comment: `[[1]] * 2` is computed.

    >>> value("np.array([[1, 2.50]])  # two")
    ([['1', '2.50']], 21)
    """
    parser = _Parser(text)
    rows = parser.matrix()
    rest = text[parser.at :].partition("\n")[0].strip()
    if rest and not rest.startswith(("#", ";")):
        raise NotWrittenOut(f"{rest[:20]!r} stands behind it")
    return rows, parser.at


class _Parser:
    """Reads tokens from left to right; `at` is where the next begins."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.count = text, 0, 0

    def matrix(self) -> Rows:
        """Whatever way a matrix is written in."""
        kind, piece = self._next()
        if kind == "number":
            return [[_cell(piece)]]
        if piece == "[":
            return _rows(self._list(1))
        if kind == "word" and piece in CALLS:
            self._expect("(")
            return CALLS[piece](self)
        raise NotWrittenOut

    # -- tokens ------------------------------------------------------------------------------------

    def _next(self) -> tuple[str, str]:
        while True:
            match = TOKEN.match(self.text, self.at)
            self.count += 1
            if match is None or self.count > MOST_TOKENS:
                raise NotWrittenOut
            self.at = match.end()
            if match.lastgroup != "blank":
                return str(match.lastgroup), match[0]

    def _peek(self) -> str:
        before = self.at
        piece = self._next()[1]
        self.at = before
        return piece

    def _expect(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise NotWrittenOut

    # -- Python ------------------------------------------------------------------------------------

    def _list(self, depth: int) -> list[object]:
        """What stands between brackets: numbers or lists, commas between them or not."""
        if depth > DEEPEST:
            raise NotWrittenOut("it has more than two axes", wrong=True)
        found: list[object] = []
        while True:
            kind, piece = self._next()
            if piece == "]":
                return found
            if piece == "[":
                found.append(self._list(depth + 1))
            elif kind == "number":
                found.append(_cell(piece))
            elif kind == "dots":
                raise NotWrittenOut(
                    "NumPy left numbers out (...); print with np.set_printoptions(threshold=10**6)",
                    wrong=True,
                )
            elif piece != "," or not found:
                raise NotWrittenOut

    def array(self) -> Rows:
        """np.array([[..], [..]], dtype=float)."""
        if self._peek() != "[":
            raise NotWrittenOut
        self._next()
        rows = _rows(self._list(1))
        while (piece := self._next()[1]) != ")":
            if piece == ",":
                continue
            if piece not in IGNORED:
                raise NotWrittenOut
            self._expect("=")
            self._next()
        return rows

    def single(self) -> Rows:
        """np.float64(0.25)."""
        kind, piece = self._next()
        if kind != "number":
            raise NotWrittenOut
        self._expect(")")
        return [[_cell(piece)]]

    # -- R -----------------------------------------------------------------------------------------

    def numbers(self) -> list[str]:
        """c(1, 2, 3): what stands behind its parenthesis."""
        found: list[str] = []
        while True:
            kind, piece = self._next()
            if piece == ")":
                return found
            if kind == "number":
                found.append(_cell(piece))
            elif piece != ",":
                raise NotWrittenOut

    def vector(self) -> Rows:
        """c(1, 2, 3) by itself is one row."""
        return [self.numbers()]

    def filled(self) -> Rows:
        """matrix(c(..), nrow=2, byrow=TRUE)."""
        cells: list[str] | None = None
        given: dict[str, str] = {}
        places = ["nrow", "ncol", "byrow"]
        while (piece := self._next()[1]) != ")":
            if piece == ",":
                continue
            if piece in ("data", *places):
                self._expect("=")
                word, piece = piece, self._next()[1]
            else:
                word = "data" if cells is None else next((p for p in places if p not in given), "")
            if word == "data":
                cells = self._data(piece)
            elif word and re.fullmatch(r"\d{1,6}L?|TRUE|FALSE|T|F", piece):
                given[word] = piece.rstrip("L")
            else:
                raise NotWrittenOut
        return _filled(cells or [], given)

    def _data(self, piece: str) -> list[str]:
        if piece == "c":
            self._expect("(")
            return self.numbers()
        if re.fullmatch(NUMBER, piece):
            return [_cell(piece)]
        raise NotWrittenOut

    def bound(self) -> Rows:
        """rbind(c(..), c(..))."""
        rows: Rows = []
        while (piece := self._next()[1]) != ")":
            if piece == ",":
                continue
            rows.append(self._data(piece))
        return rows

    def bound_columns(self) -> Rows:
        """cbind(c(..), c(..))."""
        columns = self.bound()
        if len({len(column) for column in columns}) > 1:
            raise NotWrittenOut("its columns have different lengths", wrong=True)
        return [list(row) for row in zip(*columns, strict=True)]


CALLS: Mapping[str, Callable[[_Parser], Rows]] = {
    **dict.fromkeys(ARRAYS, _Parser.array), **dict.fromkeys(SINGLES, _Parser.single),
    "c": _Parser.vector, "matrix": _Parser.filled, "rbind": _Parser.bound,
    "cbind": _Parser.bound_columns,
}  # fmt: skip


def _cell(piece: str) -> str:
    return NONE.get(piece, piece.rstrip("L"))


def _rows(found: list[object]) -> Rows:
    """A list of numbers or of lists of numbers as rows."""
    if not found:
        raise NotWrittenOut("it is empty", wrong=True)
    if all(isinstance(one, str) for one in found):
        return [[str(one) for one in found]]
    rows: Rows = []
    for one in found:
        if not isinstance(one, list) or not all(isinstance(cell, str) for cell in one):
            raise NotWrittenOut("it has numbers and rows mixed, or more than two axes", wrong=True)
        rows.append([str(cell) for cell in one])
    return rows


def _filled(cells: list[str], given: Mapping[str, str]) -> Rows:
    """R's matrix(): column by column, or row by row."""
    high, wide = (int(given[word]) if word in given else 0 for word in ("nrow", "ncol"))
    if not high and not wide:
        high, wide = len(cells), 1
    high, wide = high or -(-len(cells) // max(wide, 1)), wide or -(-len(cells) // max(high, 1))
    if len(cells) == 1 and high * wide <= MOST_TOKENS:
        cells = cells * (high * wide)
    if high * wide != len(cells) or not cells:
        raise NotWrittenOut(f"{len(cells)} numbers do not fill {high} x {wide} cells", wrong=True)
    if given.get("byrow", "F").startswith("T"):
        return [cells[row * wide : (row + 1) * wide] for row in range(high)]
    return [cells[row::high] for row in range(high)]
