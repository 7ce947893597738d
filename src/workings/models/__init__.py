"""A TRAINED NETWORK with the preparation of its columns: it predicts, shows itself and is saved.

model.py        `Model`
loading.py      `load`: a file held to what a model has to be
files.py        arrays and a description with a digest: the container
assembling.py   a model put together from weights that were learnt elsewhere
"""

from workings.models.loading import load
from workings.models.model import Model

__all__ = ["Model", "load"]
