"""HOW WEIGHTS ARE FOUND: a program, an engine and rows -> trained values and their history.

loop.py           epoch by epoch, or many at once; any iteration again
epochs.py         which rows make up each iteration of an epoch
iterating.py      iterations on rows, and where a value stops being finite
looking.py        metrics while it learns, and held-out rows
starting.py       what it starts with, and what is left at the end
runs.py           what a training is told, and what it tells
courses.py        the order of rows, the rate, and when it ends
noting.py         what is noted of every epoch, and whether it was the best or the last
states.py         where a training is, as plain data that another process can go on from
keeping.py        the state of a running training, handed to whoever keeps it
quasi_newton.py   L-BFGS: no batches and no rate
recording.py      wherever L-BFGS has looked, so that another process can go on with it
"""

from workings.training.loop import Masks, Watch, replay, train
from workings.training.starting import started
from workings.training.states import Keeper, State

__all__ = ["Keeper", "Masks", "State", "Watch", "replay", "started", "train"]
