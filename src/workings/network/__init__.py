"""WHAT A NETWORK IS: layers, a loss and a convention, lowered to a program.

network.py    `Network`: forward, backward, one iteration of a training; where it starts
layers.py     each layer lowers itself to named steps
headings.py   what the steps are called, and where they stand
picture.py    a network without weights, as text and as HTML
stored.py     a network as plain data for a model file, and back
"""

from workings.network.layers import Dense
from workings.network.network import INPUTS, RATE, SAMPLE_WEIGHTS, TARGET, Network

__all__ = ["INPUTS", "RATE", "SAMPLE_WEIGHTS", "TARGET", "Dense", "Network"]
