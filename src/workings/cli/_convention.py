"""The option of the commands that write a working in another book's way."""

from __future__ import annotations

import click

CONVENTION = click.option(
    "--convention",
    "written",
    metavar="KEY=VALUE,..",
    help="sign=, reduction=, samples=, bias=, names= as in the documentation.",
)
