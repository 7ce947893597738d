"""What every command that reads a table takes besides its name."""

from __future__ import annotations

import click

SHEET = click.option(
    "--sheet", "of_sheet", metavar="NAME", help="The sheet of a workbook; by default its first."
)
