"""`workings`: a neural-network library and tool that shows its workings."""

__version__ = "0.1.0"
