"""LESSONS: notebooks kept as plain text, what they ask the reader, and how they are run and shown.

asking.py       a number to be predicted before it is looked at, and marked
practising.py   matrices to be filled in, marked by `marking`
formulas.py     a step's or an activation's formula, spelled by the library
pictures.py     a picture with what is to be seen in it
listing.py      rows of words and numbers, laid out for a page and for a terminal
beside_r.py     the generated R script, run, with what it printed
notebook.py     a lesson's file -> prose and cells
lessons.py      which lessons there are, by number
running.py      a lesson's cells, run in order, with what came out of them
pages.py        a lesson that was run as one page · terminal.py: as text

    lesson = lessons()[3]
    ran = run(lesson)                 every cell, with its output
    ran.exercises[0].mark("0.79")     right, or what is wrong with it

What lessons themselves import is `ask`, `practise`, `formula`, `picture`, `listed` and `in_r`.
"""

from workings.learning.asking import Question, Verdict, ask
from workings.learning.beside_r import InR, in_r
from workings.learning.formulas import Formulas, formula
from workings.learning.lessons import Lesson, lesson, lessons
from workings.learning.listing import Listed, listed
from workings.learning.pictures import Picture, picture
from workings.learning.practising import Practice, practise

__all__ = [
    "Formulas",
    "InR",
    "Lesson",
    "Listed",
    "Picture",
    "Practice",
    "Question",
    "Verdict",
    "ask",
    "formula",
    "in_r",
    "lesson",
    "lessons",
    "listed",
    "picture",
    "practise",
]
