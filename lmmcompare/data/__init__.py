"""Tables: read them from files, say what their columns hold, suggest what to compare."""

from .describe import ColumnInfo, GroupSizes, Relation, Suggestion, describe, groups, relation, suggest
from .read import Table, read_csv

__all__ = [
    "ColumnInfo",
    "GroupSizes",
    "Relation",
    "Suggestion",
    "Table",
    "describe",
    "groups",
    "read_csv",
    "relation",
    "suggest",
]
