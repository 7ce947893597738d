"""EXERCISES: a network with short numbers, steps to be filled in, and the answers to them.

exercises.py    what an exercise is; one on a network of one's own, or on a problem there is
draws.py        short decimals for inputs, weights and targets, drawn from a seed
surviving.py    whether numbers survive rounding at each step
blanks.py       which steps are left blank, by words such as `deltas`
pages.py        an exercise laid out: what is given, what is blank, which formulas are used
picture.py      the network as a picture for media that take no SVG
xlsx.py html.py latex.py pdf.py    the forms of a sheet and of its key, found by their endings
students.py     one sheet for each of a class
overviews.py    the answers of a whole class on one page

    sheet = exercise([2, 2, 1], seed=7, blank="deltas,updates")
    write(sheet, "sheet.xlsx")                   for the student
    write(sheet, "sheet-key.xlsx", key=True)     with the answers

Each sheet carries its problem, so that what was filled in can be marked without another file.
"""

from workings.worksheets.exercises import Exercise, exercise, on_problem, on_system
from workings.worksheets.students import Student, students_in, write_all
from workings.worksheets.writing import forms, write

__all__ = [
    "Exercise",
    "Student",
    "exercise",
    "forms",
    "on_problem",
    "on_system",
    "students_in",
    "write",
    "write_all",
]
