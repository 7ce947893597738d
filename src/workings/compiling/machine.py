"""From LLVM's text to a function that can be called; nothing else here knows LLVM.

lanes(real)          how many numbers this machine handles together
compiled(text)       object code for this machine
loaded(code)         the function in it, and what must be kept as long as it is used
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

OPTIMISED = 1  # of 3 levels, when instructions are chosen; the loops have their shape already


@dataclass(frozen=True)
class Function:
    """A kernel that can be called; it waits for nobody while it runs."""

    call: Callable[..., None]
    owner: Any = field(repr=False)


@cache
def target() -> Any:
    """This machine, as LLVM knows it, to compile for."""
    return _new_target()


def _new_target() -> Any:
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    found = llvm.Target.from_default_triple()
    return found.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=OPTIMISED, jit=True,
        codemodel="jitdefault",
    )  # fmt: skip


@cache
def _features() -> str:
    from llvmlite import binding as llvm

    return str(llvm.get_host_cpu_features().flatten())


@cache
def lanes(real: str) -> int:
    """How many numbers of this type fit the widest register."""
    features = _features().split(",")
    width = 64 if "+avx512f" in features else 32 if "+avx" in features else 16
    return width // (8 if real == "double" else 4)


@cache
def described() -> str:
    """What object code depends on besides its text: the processor and LLVM's version."""
    from llvmlite import binding as llvm

    version = ".".join(map(str, llvm.llvm_version_info))
    return f"{llvm.get_host_cpu_name()} {_features()} LLVM {version} {target().triple}"


def compiled(text: str) -> bytes:
    """Object code for this machine.

    The text has its loops, its lanes, and what is the same for all of a loop before that loop.
    So two of LLVM's passes are enough: words that change are put into registers, and instructions
    joined. All passes of its second level take ten times as long, and kernels are no faster.
    """
    from llvmlite import binding as llvm

    module = llvm.parse_assembly(_with_width(text))
    passes, builder = _passes()
    for function in module.functions:
        if not function.is_declaration:
            passes.run(function, builder)
    return bytes(target().emit_object(module))


@cache
def _passes() -> tuple[Any, Any]:
    """The two passes, and what runs them; made once, since LLVM keeps some memory of each."""
    from llvmlite import binding as llvm

    passes = llvm.create_new_function_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    return passes, llvm.create_pass_builder(target(), llvm.create_pipeline_tuning_options())


def _with_width(text: str) -> str:
    """The text, where the widest registers may be used."""
    head, body = text.split(" {\n", 1)
    return f'{head} "prefer-vector-width"="512" {{\n{body}'


def loaded(code: bytes) -> Function:
    """The function `kernel` in the object code."""
    from llvmlite import binding as llvm

    machine = _new_target()  # the engine's own: it is gone with the engine
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)
    return Function(kind(engine.get_function_address("kernel")), engine)
