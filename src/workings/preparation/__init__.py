"""WHAT BECOMES OF THE COLUMNS OF A TABLE before a network reads them, as steps like any others.

columns.py     what is learnt about each column
prepared.py    cells -> inputs, target, answer, as steps
preparing.py   `fitted` on training rows, or `plain`; tables to arrays
answers.py     what a network's outputs say
stored.py      a preparation as plain data for a model file, and back
findings.py    what speaks against trusting a table
"""

from workings.preparation.preparing import Preparation, fitted, plain

__all__ = ["Preparation", "fitted", "plain"]
