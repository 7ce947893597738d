"""What every command that reads a table takes besides its name."""

from __future__ import annotations

import click

SHEET_WORD = "of_sheet"
SHEET = click.option(
    "--sheet", SHEET_WORD, metavar="NAME", help="The sheet of a workbook; by default its first."
)
