"""MISTAKES MADE ON PURPOSE: wrong and right beside each other, from the same start.

mistakes.py     the famous mistakes, each a row: what it breaks, and which check catches it
making.py       the programs they are: a slip planted, a setting changed, a loss put wrong
sides.py        one side of an experiment: a program with its values, run for some iterations
beside.py       the first step that differs, and what follows from it
checks.py       the checks that would have caught it, really run
outcome.py      all of that as plain data that prints itself

    lab("lr-twice")      runs both and says what came of it; print it
"""

from workings.lab.beside import lab
from workings.lab.mistakes import Mistake, mistake, mistakes
from workings.lab.outcome import Outcome

__all__ = ["Mistake", "Outcome", "lab", "mistake", "mistakes"]
