"""HOW WEIGHTS ARE FOUND: a program, an engine and rows -> trained values and their history.

loop.py           epoch by epoch, or many at once; any iteration again
epochs.py         which rows make up each iteration of an epoch
iterating.py      iterations on rows, and where a value stops being finite
looking.py        metrics while it learns, and held-out rows
starting.py       what it starts with, and what is left at the end
runs.py           what a training is told, and what it tells
courses.py        the order of rows, the rate, and when it ends
quasi_newton.py   L-BFGS: no batches and no rate
"""

from workings.training.loop import Masks, Watch, replay, train
from workings.training.starting import started

__all__ = ["Masks", "Watch", "replay", "started", "train"]
