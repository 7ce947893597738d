"""The command line, called in a folder of its own, as the tests of commands do it."""

from cli.conftest import call

__all__ = ["call"]
