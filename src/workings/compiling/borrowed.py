"""The product of large matrices: the address of the BLAS's function, which SciPy carries along.

gemm("double")        an address; the function takes pointers, as Fortran does
"""

from __future__ import annotations

import ctypes
from functools import cache

NAMES = {"double": "dgemm", "float": "sgemm"}


@cache
def gemm(real: str) -> int:
    """Where the product of matrices of this type begins in memory."""
    from scipy.linalg import cython_blas

    capsule = cython_blas.__pyx_capi__[NAMES[real]]
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype = ctypes.c_char_p
    api.PyCapsule_GetName.argtypes = [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return int(api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule)))
