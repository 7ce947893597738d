"""WHY A NUMBER IS WHAT IT IS, and whether it is right.

cells.py         one cell of an expression written out: which cells it is made of
finding.py       `explain`: the terms of a cell, what it feeds, what it is owed
indexing.py      a step in index form, over rows and columns
reaching.py      which cells a cell feeds
explanation.py   the same as data, and as text · telling.py  and as HTML
nudging.py       what a function does when one number is moved a little
checking.py      `check`: stated slope = derived slope = nudge
gallery.py       the activations side by side · losing.py  a loss by itself
importance.py    which inputs a network goes by
"""
