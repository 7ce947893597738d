"""Files -> table (names, kinds, missing cells) -> arrays, and back.

`read_table`                              a file: CSV or TSV of any size, Excel, Parquet
`builtin_table`, `table_or_builtin`       tables that need no file; `BUILTIN` lists them
`Table`, `Column`                         cells, and what they mean; kept as text, or compactly
`task_of`                                 classification or regression, and why
`write_csv`                               results as a file

Each step can be asked what it guessed: `Table.notes` says it in words.
"""

from workings.data.builtin import BUILTIN, Builtin, builtin_table, table_or_builtin
from workings.data.kinds import MISSING, Kind
from workings.data.reading import read_table
from workings.data.table import Column, Origin, Table
from workings.data.tasks import Task, task_of
from workings.data.writing import write_csv

__all__ = [
    "BUILTIN",
    "MISSING",
    "Builtin",
    "Column",
    "Kind",
    "Origin",
    "Table",
    "Task",
    "builtin_table",
    "read_table",
    "table_or_builtin",
    "task_of",
    "write_csv",
]
