"""A TRAINED NETWORK with the preparation of its columns: it predicts, shows itself and is saved.

model.py        `Model` and `load`
files.py        arrays and a description with a digest: the container
assembling.py   a model put together from weights that were learnt elsewhere
"""

from workings.models.model import Model, load

__all__ = ["Model", "load"]
