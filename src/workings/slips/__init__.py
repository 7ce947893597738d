"""MISTAKES THAT ARE OFTEN MADE, each a rewriting of a program's step into a wrong one.

table.py       `Slip` and the rows: a name, what to tell who made it, the rewriting
amounts.py     how rows on slopes, signs, rates and sums rewrite a step, a `Site`
matrices.py    how rows on products and on the wrong matrix do
anatomy.py     what each step of a program is for, found from its structure alone
rewriting.py   one place in an expression changed, or all of them; sizes as numbers
planting.py    a program with a slip in it, to be run beside the right one

The marker asks which slip explains somebody's numbers; the lab runs a program that has one. Both
read the same rows, and a row is written for any network: it looks at ops, never at names.
"""

from workings.slips.anatomy import Anatomy, anatomy
from workings.slips.planting import plant, sites
from workings.slips.rewriting import concrete
from workings.slips.site import Site
from workings.slips.table import Slip, slip, slips

__all__ = [
    "Anatomy",
    "Site",
    "Slip",
    "anatomy",
    "concrete",
    "plant",
    "sites",
    "slip",
    "slips",
]
