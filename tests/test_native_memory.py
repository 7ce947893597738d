"""What LLVM and NumPy take from the system comes back: Python's own tools do not see it."""

from __future__ import annotations

import ctypes
import gc
from typing import Any

import pytest

from workings.compiling import kernels, machine

SOME = 40  # kernels compiled, after as many to warm up
MOST = 4096  # bytes each: what varies; passes made anew for each kernel kept 12 900
WORDS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
         "fordblks", "keepcost")  # fmt: skip
TEXT = """define void @kernel(ptr %p, i64 %me) {{
  %a = load double, ptr %p
  %b = fmul double %a, {constant:e}
  store double %b, ptr %p
  ret void
}}
"""


class Told(ctypes.Structure):
    """What the C library says of the memory it has handed out, in bytes."""

    _fields_ = [(word, ctypes.c_size_t) for word in WORDS]


@pytest.fixture
def handed_out() -> Any:
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if ask is None:
        pytest.skip("this C library does not say how much memory it has handed out")
    ask.restype = Told

    def now() -> int:
        gc.collect()
        return int(ask().uordblks)

    return now


def test_a_kernel_that_is_compiled_and_forgotten_leaves_no_memory_behind(handed_out: Any) -> None:
    def compile_some(first: int) -> None:
        for one in range(first, first + SOME):
            code = machine.compiled(TEXT.format(constant=1.0 + one))
            assert machine.loaded(code).call

    compile_some(1)
    before = handed_out()
    compile_some(1 + SOME)
    assert handed_out() - before <= MOST * SOME


def test_no_more_kernels_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernels, "IN_MEMORY", 3)
    monkeypatch.setattr(kernels, "_functions", type(kernels._functions)())
    monkeypatch.setenv("WORKINGS_KERNELS", "off")
    for one in range(9):
        kernels._function(TEXT.format(constant=2.0 + one))
    assert len(kernels._functions) == 3
