"""How a program becomes machine code: the parts of the compiled engine, in the order of their work.

values      program and sizes -> what is to be computed, in primitive ops, each thing once
indexes     which cells a cell is made of
planning    values -> loop nests, fused where they share their loops, and what memory they need
text        loops and instructions as LLVM's text · vectors  exp, log, tanh, sigmoid, lane by lane
cells       one cell, or a few neighbouring rows, of a value, from the cells it is made of
writing     what nests are written with · nests  one loop nest of the plan, written down
products    matrix products, in blocks or by the BLAS · loading  the rows of a batch, fetched
iterations  the loop around all of them · reading  the same loops for people
machine     text -> object code -> a function · borrowed  where SciPy's BLAS begins in memory
keeping     object code kept on disk
kernels     a kernel with its memory: called with values, it gives values

Only `machine` and `borrowed` know another library.
"""
