"""How a program becomes machine code: the parts of the compiled engine, in the order of their work.

values      program and sizes -> what is to be computed, in primitive ops, each thing once
indexes     which cells a cell is made of
planning    values -> loop nests, fused where they share their loops, and what memory they need
text        loops and instructions as LLVM's text · vectors  exp, log, tanh, sigmoid, lane by lane
cells       one cell, or a few neighbouring rows, of a value, from the cells it is made of
sharing     who does what, where several threads run one kernel
writing     what nests are written with · nests  one loop nest of the plan, written down
factors     what a matrix product is made of · panels  strips of a matrix, copied or turned
products    matrix products, in blocks that stay in registers · loading  the rows of a batch
iterations  the loop around all of them · reading  the same loops for people
machine     text -> object code -> a function · keeping  object code kept on disk
cores       how many threads there are, and where each of them begins
teams       several threads in one call
turns       many iterations, ended soon by Ctrl-C or a flag
kernels     a kernel with its memory: called with values, it gives values
passes      a kernel run once, over rows that are few or many

Only `machine` knows another library.
"""
