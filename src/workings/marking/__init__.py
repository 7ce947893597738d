"""WHERE A WORKING FIRST WENT WRONG: somebody's matrices held against a program, step by step.

working.py       named matrices as somebody wrote them
reading*.py      from workbooks, CSV, JSON, scripts and what they printed
problem.py       a program with all it is given, as a file
assignments.py   what a working is of, under every convention
spelling.py      what people call the steps
rounding.py      how far a number may be off that was worked out from rounded ones
numbers.py       what each step should be, from their own numbers
judging.py       a verdict for each step
likely.py        which slip makes the wrong numbers out of the right ones
marker.py        `mark`: all of that
marks.py         what came of it, as plain data · report.py: as text
"""

from workings.marking.assignments import Assignment, of_model, of_problem, of_system
from workings.marking.marker import mark
from workings.marking.marks import Finding, Mark, Marked
from workings.marking.problem import Problem
from workings.marking.working import Working

__all__ = [
    "Assignment",
    "Finding",
    "Mark",
    "Marked",
    "Problem",
    "Working",
    "mark",
    "of_model",
    "of_problem",
    "of_system",
]
