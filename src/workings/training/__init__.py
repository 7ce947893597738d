"""HOW WEIGHTS ARE FOUND: a program, an engine and rows -> trained values and their history.

loop.py           epoch by epoch, or many at once; any iteration again
iterating.py      iterations on rows, and where a value stops being finite
runs.py           what a training is told, and what it tells
courses.py        the order of rows, the rate, and when it ends
quasi_newton.py   L-BFGS: no batches and no rate
"""

from workings.training.loop import Masks, Watch, replay, started, train

__all__ = ["Masks", "Watch", "replay", "started", "train"]
